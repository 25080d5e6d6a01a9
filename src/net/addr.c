/* SPDX-License-Identifier: MIT */
/* Socket addresses as text and back. */
#include "sluice/net/addr.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

static const struct sockaddr_in *
as_v4(const struct addr *a)
{
	return (const void *)&a->ss;
}

static const struct sockaddr_in6 *
as_v6(const struct addr *a)
{
	return (const void *)&a->ss;
}

void
addr_format_host(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	char zone[IF_NAMESIZE];
	size_t n;

	out[0] = '\0';
	if (a->ss.ss_family == AF_INET) {
		inet_ntop(AF_INET, &as_v4(a)->sin_addr, out, ADDR_TEXT_MAX);
		return;
	}
	if (a->ss.ss_family != AF_INET6)
		return;
	inet_ntop(AF_INET6, &as_v6(a)->sin6_addr, out, ADDR_TEXT_MAX);
	n = strlen(out);
	if (as_v6(a)->sin6_scope_id &&
	    if_indextoname(as_v6(a)->sin6_scope_id, zone))
		snprintf(out + n, ADDR_TEXT_MAX - n, "%%%s", zone);
}

void
addr_format(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	char host[ADDR_TEXT_MAX];

	addr_format_host(a, host);
	snprintf(out, ADDR_TEXT_MAX, a->ss.ss_family == AF_INET6 ?
	    "[%.54s]:%u" : "%.54s:%u", host, addr_port(a));
}

unsigned
addr_port(const struct addr *a)
{
	if (a->ss.ss_family == AF_INET)
		return ntohs(as_v4(a)->sin_port);
	if (a->ss.ss_family == AF_INET6)
		return ntohs(as_v6(a)->sin6_port);
	return 0;
}

void
addr_set_port(struct addr *a, unsigned port)
{
	if (a->ss.ss_family == AF_INET)
		((struct sockaddr_in *)(void *)&a->ss)->sin_port =
		    htons((uint16_t)port);
	else if (a->ss.ss_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)&a->ss)->sin6_port =
		    htons((uint16_t)port);
}

static bool
parse_v6(const char *text, struct addr *a)
{
	struct sockaddr_in6 *v6 = (void *)&a->ss;
	char bare[ADDR_TEXT_MAX];
	const char *zone = strchr(text, '%');
	size_t n = zone ? (size_t)(zone - text) : strlen(text);

	memcpy(bare, text, n);
	bare[n] = '\0';
	if (inet_pton(AF_INET6, bare, &v6->sin6_addr) != 1)
		return false;
	if (zone) {
		v6->sin6_scope_id = if_nametoindex(zone + 1);
		if (v6->sin6_scope_id == 0)
			return false;
	}
	v6->sin6_family = AF_INET6;
	a->len = sizeof *v6;
	return true;
}

bool
addr_parse_host(struct str host, unsigned port, struct addr *a)
{
	struct sockaddr_in *v4 = (void *)&a->ss;
	char text[ADDR_TEXT_MAX];

	memset(a, 0, sizeof *a);
	if (host.n >= 2 && host.p[0] == '[' && host.p[host.n - 1] == ']')
		host = str_sub(host, 1, host.n - 1);
	if (host.n == 0 || host.n >= sizeof text ||
	    memchr(host.p, '\0', host.n))
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = '\0';
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		a->len = sizeof *v4;
	} else if (!parse_v6(text, a)) {
		return false;
	}
	addr_set_port(a, port);
	return true;
}

bool
addr_is_literal(const char *host)
{
	struct addr a;

	return addr_parse_host(str_from(host), 1, &a);
}

bool
addr_parse_listen(struct str text, struct addr *a, struct err *err)
{
	size_t colon = str_rchr(text, ':');
	struct str host = STR("127.0.0.1"), number = text;
	uint64_t port;

	if (colon != SIZE_MAX) {
		host = str_sub(text, 0, colon);
		number = str_skip(text, colon + 1);
	}
	if (!str_to_u64(number, &port) || port > 65535)
		return err_set(err, "no port from 0 to 65535 in %.*s: "
		    "write PORT or HOST:PORT", STR_ARG(text));
	if (str_eq(host, STR("*")))
		host = STR("0.0.0.0");
	else if (str_eq_nocase(host, STR("localhost")))
		host = STR("127.0.0.1");
	if (!addr_parse_host(host, (unsigned)port, a))
		return err_set(err, "%.*s is not an address of this machine: "
		    "write 127.0.0.1, [::1], * or another literal",
		    STR_ARG(host));
	return true;
}

static bool
read_port(struct str text, uint64_t *port)
{
	return str_to_u64(str_trim(text), port) && *port > 0 &&
	    *port <= 65535;
}

bool
addr_ports_check(struct str list, struct err *err)
{
	struct str rest = list, part;
	uint64_t port;

	while (str_split(&rest, ',', &part)) {
		if (!read_port(part, &port))
			return err_set(err, "%.*s: write port numbers, "
			    "80,443", STR_ARG(str_sub(list, 0, 80)));
	}
	return true;
}

bool
addr_ports_have(struct str list, unsigned wanted)
{
	struct str part;
	uint64_t port;

	while (str_split(&list, ',', &part))
		if (read_port(part, &port) && port == wanted)
			return true;
	return false;
}

/* The IPv4 address inside a v4 or mapped v6 address. */
static bool
inner_v4(const struct addr *a, uint32_t *v4)
{
	if (a->ss.ss_family == AF_INET) {
		*v4 = ntohl(as_v4(a)->sin_addr.s_addr);
		return true;
	}
	if (a->ss.ss_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&as_v6(a)->sin6_addr)) {
		memcpy(v4, as_v6(a)->sin6_addr.s6_addr + 12, 4);
		*v4 = ntohl(*v4);
		return true;
	}
	return false;
}

bool
addr_is_loopback(const struct addr *a)
{
	uint32_t v4;

	if (inner_v4(a, &v4))
		return v4 >> 24 == 127;
	return a->ss.ss_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&as_v6(a)->sin6_addr);
}

bool
addr_is_any(const struct addr *a)
{
	uint32_t v4;

	if (inner_v4(a, &v4))
		return v4 == 0;
	return a->ss.ss_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&as_v6(a)->sin6_addr);
}

bool
addr_is_same_host(const struct addr *a, const struct addr *b)
{
	uint32_t x = 0, y = 0;
	bool ax = inner_v4(a, &x), by = inner_v4(b, &y);

	if (ax || by)
		return ax && by && x == y;
	return a->ss.ss_family == AF_INET6 && b->ss.ss_family == AF_INET6 &&
	    IN6_ARE_ADDR_EQUAL(&as_v6(a)->sin6_addr, &as_v6(b)->sin6_addr);
}

bool
addr_eq(const struct addr *a, const struct addr *b)
{
	return addr_port(a) == addr_port(b) && addr_is_same_host(a, b);
}

bool
addr_is_own(const struct addr *a)
{
	struct ifaddrs *all, *i;
	bool own = addr_is_loopback(a) || addr_is_any(a);

	if (own || getifaddrs(&all) != 0)
		return own;
	for (i = all; i && !own; i = i->ifa_next) {
		struct addr one = { .len = sizeof one.ss };

		if (!i->ifa_addr || (i->ifa_addr->sa_family != AF_INET &&
		    i->ifa_addr->sa_family != AF_INET6))
			continue;
		memcpy(&one.ss, i->ifa_addr, i->ifa_addr->sa_family ==
		    AF_INET ? sizeof(struct sockaddr_in) :
		    sizeof(struct sockaddr_in6));
		own = addr_is_same_host(&one, a);
	}
	freeifaddrs(all);
	return own;
}

static bool
is_link_local(const struct addr *a)
{
	uint32_t v4;

	if (inner_v4(a, &v4))
		return v4 >> 16 == 0xa9fe;	/* 169.254.0.0/16, RFC 3927 */
	return IN6_IS_ADDR_LINKLOCAL(&as_v6(a)->sin6_addr);
}

bool
addr_outward(int family, struct addr *a)
{
	struct ifaddrs *all, *i;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (i = all; i && !found; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != family ||
		    !(i->ifa_flags & IFF_UP))
			continue;
		*a = (struct addr){ .len = family == AF_INET ?
		    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6) };
		memcpy(&a->ss, i->ifa_addr, a->len);
		found = !addr_is_loopback(a) && !is_link_local(a);
	}
	freeifaddrs(all);
	return found;
}

bool
addr_of_socket(int fd, struct addr *a)
{
	memset(a, 0, sizeof *a);
	a->len = sizeof a->ss;
	return getsockname(fd, (struct sockaddr *)&a->ss, &a->len) == 0;
}

bool
addr_of_peer(int fd, struct addr *a)
{
	memset(a, 0, sizeof *a);
	a->len = sizeof a->ss;
	return getpeername(fd, (struct sockaddr *)&a->ss, &a->len) == 0;
}
