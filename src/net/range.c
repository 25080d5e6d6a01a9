/* SPDX-License-Identifier: MIT */
/* Address ranges: all compared as 16 bytes, IPv4 mapped (RFC 4291 2.5.5.2). */
#include "sluice/net/range.h"

#include <assert.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

static bool
to_bytes(const struct addr *a, uint8_t out[16])
{
	if (a->ss.ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)&a->ss;

		memcpy(out, mapped, sizeof mapped);
		memcpy(out + 12, &v4->sin_addr, 4);
		return true;
	}
	if (a->ss.ss_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)&a->ss;

		memcpy(out, &v6->sin6_addr, 16);
		return true;
	}
	return false;
}

bool
range_parse(struct str text, struct range *r, struct err *err)
{
	size_t slash = str_chr(text, '/', 0);
	struct str host = str_sub(text, 0, slash);
	unsigned most;
	uint64_t bits;
	struct addr a;

	if (!addr_parse_host(host, 0, &a) || !to_bytes(&a, r->bytes))
		return err_set(err, "%.*s is no address or range: write "
		    "10.0.0.0/8 or fd00::/8", STR_ARG(text));
	most = a.ss.ss_family == AF_INET ? 32 : 128;
	bits = most;
	if (slash != SIZE_MAX && (!str_to_u64(str_skip(text, slash + 1),
	    &bits) || bits > most))
		return err_set(err, "%.*s: a range has /0 to /%u",
		    STR_ARG(text), most);
	r->bits = (unsigned)bits + 128 - most;
	return true;
}

bool
range_has(const struct range *r, const struct addr *a)
{
	unsigned whole = r->bits / 8, rest = r->bits % 8;
	uint8_t bytes[16];

	if (!to_bytes(a, bytes) || memcmp(bytes, r->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	    (bytes[whole] ^ r->bytes[whole]) >> (8 - rest) == 0;
}

bool
range_is_private(const struct addr *a)
{
	static const char *const ranges[] = {
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12",
		"192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10",
		"::1", "fc00::/7", "fe80::/10",
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		struct range r = { 0 };
		bool ok = range_parse(str_from(ranges[i]), &r, NULL);

		assert(ok);
		(void)ok;
		if (range_has(&r, a))
			return true;
	}
	return false;
}
