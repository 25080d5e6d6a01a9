/* SPDX-License-Identifier: MIT */
/* How clients come to a listener, and where what they say leads. */
#ifndef SLUICE_SRC_PROXY_MODE_H
#define SLUICE_SRC_PROXY_MODE_H

#include "target.h"

enum mode_kind {
	MODE_REGULAR,		/* absolute form and CONNECT */
	MODE_TRANSPARENT,	/* redirected: the kernel knows where to */
	MODE_REVERSE,		/* always to one server */
	MODE_SOCKS5,		/* RFC 1928 */
	MODE_UPSTREAM,		/* regular, by way of another proxy */
};

struct mode {
	enum mode_kind kind;
	struct target server;	/* of REVERSE; the other proxy of UPSTREAM */
	char *credentials;	/* UPSTREAM: "Basic dXNlcjpwYXNz", or NULL */
	bool apart;		/* its listener is in another network
				 * namespace: nothing dials it directly */
	char *listen;		/* a listener of its own: "[HOST:]PORT", or
				 * NULL: those of --listen */
};

/*
 * "regular", "transparent", "socks5", "reverse:http[s]://HOST[:PORT]",
 * "upstream:http[s]://[USER:PASSWORD@]HOST:PORT"; each may end in
 * "@[HOST:]PORT".  The caller calls mode_fini.
 */
bool mode_parse(struct mode *m, struct str text, struct err *err) NODISCARD;
void mode_fini(struct mode *m);
const char *mode_name(enum mode_kind kind);

#endif
