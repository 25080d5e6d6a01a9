/* SPDX-License-Identifier: MIT */
/* A terminal, opened once more by its name. */
#include "sluice/base/tty.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

int
tty_reopen(int fd)
{
	const int how = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	char name[256];
	int tty;

	if (ttyname_r(fd, name, sizeof name) != 0)
		return -1;
	tty = open(name, how);
	/* After su it belongs to somebody else; this name is for everybody. */
	if (tty < 0 && tcgetsid(fd) == getsid(0))
		tty = open("/dev/tty", how);
	return tty;
}
