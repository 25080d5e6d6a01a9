/* SPDX-License-Identifier: MIT */
/* Where a process can't be given a network of its own. */
#include "space.h"

bool
space_enter(struct space *s, struct err *err)
{
	(void)s;
	return err_set(err, "this platform has no network namespaces");
}
