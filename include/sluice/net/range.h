/* SPDX-License-Identifier: MIT */
/* Ranges of addresses, "10.0.0.0/8" or "fd00::/8" (RFC 4632, RFC 4291). */
#ifndef SLUICE_NET_RANGE_H
#define SLUICE_NET_RANGE_H

#include "sluice/net/addr.h"

struct range {
	uint8_t bytes[16];	/* IPv4 as a mapped IPv6 address */
	unsigned bits;		/* of those that count: 0 to 128 */
};

/* A single address is a range, too. */
bool range_parse(struct str text, struct range *r, struct err *err) NODISCARD;
bool range_has(const struct range *r, const struct addr *a);
/*
 * Is this an address that the Internet does not route: loopback, private
 * (RFC 1918, RFC 4193), link-local, or of a carrier's inside (RFC 6598)?
 */
bool range_is_private(const struct addr *a);

#endif
