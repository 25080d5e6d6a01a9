/* SPDX-License-Identifier: MIT */
/* Between the files of the prompt. */
#ifndef SLUICE_SRC_UI_PROMPT_PRIVATE_H
#define SLUICE_SRC_UI_PROMPT_PRIVATE_H

#include "prompt.h"

void prompt_close(struct prompt *p);
/* The line, into the history of its kind. */
void prompt_keep(struct prompt *p);
/* The line is another one: shows what it would do. */
void prompt_changed(struct prompt *p);
/* All as it was before it was typed. */
void prompt_restore(struct prompt *p);
void prompt_accept(struct prompt *p);
/* PROMPT_NAME and _VALUE: next goes on to the next cell. */
void prompt_accept_cell(struct prompt *p, bool next);

#endif
