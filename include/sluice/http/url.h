/* SPDX-License-Identifier: MIT */
/*
 * Split and join URLs and authorities (RFC 3986, RFC 9110 section 4).
 * Strict: what cannot be split without doubt is refused.
 */
#ifndef SLUICE_HTTP_URL_H
#define SLUICE_HTTP_URL_H

#include <stdbool.h>

#include "sluice/base/buf.h"
#include "sluice/base/err.h"

struct url {
	struct str scheme;	/* "http", "https", .. as written */
	struct str userinfo;	/* without '@'; p NULL when absent */
	struct str host;	/* without brackets for IPv6 */
	unsigned port;		/* given, or the scheme's default, or 0 */
	bool port_given;
	struct str path;	/* with query; starts with '/' or '?', or
				 * is empty */
};

/* "scheme://authority/path?query"; a fragment is refused. */
bool url_parse(struct str text, struct url *url, struct err *err) NODISCARD;
/* The path as requests have it: with its '/' in front (RFC 9112 3.2.1). */
char *url_path(const struct url *url) NODISCARD;
/*
 * "host:port", "[v6]:port", "host" (default_port; 0 means a port is a must).
 * No userinfo, no path; host bytes are letters digits - . _ (and : in v6);
 * port 1 to 65535.
 */
bool url_parse_authority(struct str text, unsigned default_port,
    struct str *host, unsigned *port, struct err *err) NODISCARD;
unsigned url_default_port(struct str scheme);	/* 80, 443, or 0 */
/* "host" or "host:port" when the port is not the scheme's default; brackets. */
void url_put_authority(struct buf *out, struct str scheme, struct str host,
    unsigned port);
/*
 * Undoes %XX (RFC 3986 2.1), and '+' for a blank where forms write it so;
 * what is no %XX stays.  out has room for text, which it may be.
 */
struct str url_unescape(struct str text, bool plus, char *out);

#endif
