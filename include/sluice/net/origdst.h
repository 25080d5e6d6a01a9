/* SPDX-License-Identifier: MIT */
/*
 * Where a redirected connection was meant to go, as the kernel remembers it.
 * One file a platform: src/net/origdst_linux.c (netfilter's SO_ORIGINAL_DST
 * and IP6T_SO_ORIGINAL_DST; TPROXY and local routes by getsockname),
 * origdst_pf.c (DIOCNATLOOK), origdst_none.c.
 */
#ifndef SLUICE_NET_ORIGDST_H
#define SLUICE_NET_ORIGDST_H

#include "sluice/net/addr.h"

enum origdst {
	ORIGDST_FOUND,
	ORIGDST_DIRECT,		/* dialled to us, not redirected */
	ORIGDST_FAILED,		/* err says why */
};

/*
 * listener: the address it listens on, NULL when nothing comes straight to
 * it; fd: the accepted connection.
 */
enum origdst origdst_of(int fd, const struct addr *listener, struct addr *dst,
    struct err *err) NODISCARD;

/*
 * Lets TPROXY rules hand this listener connections for other addresses; needs
 * CAP_NET_ADMIN, and without it only redirected ones come.
 */
void origdst_prepare(int listener);

#endif
