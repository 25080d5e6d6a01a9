/* SPDX-License-Identifier: MIT */
/* Files of command lines; sluicerc is one, run when the console starts. */
#ifndef SLUICE_SRC_UI_RCFILE_H
#define SLUICE_SRC_UI_RCFILE_H

struct ui;

/* A file that is not there is fine; mistakes are messages and log lines. */
void rcfile_run(struct ui *ui, const char *path);
/* Now, whatever was given before; a message when there is no such file. */
void rcfile_source(struct ui *ui, const char *path);

#endif
