/* SPDX-License-Identifier: MIT */
/*
 * sluice transparent-rules: the nft or iptables lines that redirect traffic
 * to a transparent listener; printed, applied, or taken away again.
 */
#ifndef SLUICE_SRC_RULES_H
#define SLUICE_SRC_RULES_H

#include "sluice/base/option.h"

struct rules {
	enum { RULES_PRINT, RULES_APPLY, RULES_REMOVE } what;
	bool own;		/* this machine's traffic, not what it routes */
	bool iptables;		/* for systems without nft */
	const char *user;	/* own: whose traffic is left out: sluice's */
	const char *ports;	/* "80,443" or "all" */
};

/* Takes the flags of this word out of argv; false: one has no value. */
bool rules_take(struct rules *r, int *argc, char **argv, struct err *err)
    NODISCARD;
/* The exit status; errors are told. */
int rules_run(const struct rules *r, const struct options *o);

#endif
