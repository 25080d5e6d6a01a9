/* SPDX-License-Identifier: MIT */
/* Where no way is known to ask for the original destination. */
#include "sluice/net/origdst.h"

void
origdst_prepare(int listener)
{
	(void)listener;
}

enum origdst
origdst_of(int fd, const struct addr *listener, struct addr *dst,
    struct err *err)
{
	(void)fd;
	(void)listener;
	(void)dst;
	err_set(err, "this platform cannot tell where a redirected "
	    "connection was meant to go");
	return ORIGDST_FAILED;
}
