/* SPDX-License-Identifier: MIT */
/*
 * A terminal written to without waiting for it.  Even where poll(2) says that
 * it takes bytes, a write may wait until it has taken all of them, which a
 * terminal behind a line that stands still never does; and O_NONBLOCK on a
 * descriptor we were given would hold for all who share it, the shell among
 * them.
 */
#ifndef SLUICE_BASE_TTY_H
#define SLUICE_BASE_TTY_H

/*
 * A descriptor of our own, for writing only, that never waits; -1 when fd is
 * no terminal or it cannot be opened.  The caller closes it.
 */
int tty_reopen(int fd);

#endif
