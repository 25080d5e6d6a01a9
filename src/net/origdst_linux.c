/* SPDX-License-Identifier: MIT */
/*
 * Linux: what netfilter's REDIRECT and DNAT changed is asked of the
 * connection (SO_ORIGINAL_DST, both families); with TPROXY and with local
 * routes nothing was changed, and the socket's own address is it.
 */
#include "sluice/net/origdst.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* linux/netfilter_ipv4.h and _ipv6.h, which quarrel with netinet/in.h. */
#define ORIGINAL_DST	80

/*
 * An IPv4 client of an IPv6 listener is asked about with the IPv4 question:
 * its connection is one of IPv4 (::ffff:a.b.c.d only names it).
 */
static bool
ask_netfilter(int fd, bool v4, struct addr *dst)
{
	memset(dst, 0, sizeof *dst);
	dst->len = v4 ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	return getsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, ORIGINAL_DST,
	    &dst->ss, &dst->len) == 0;
}

static bool
is_v4(const struct addr *a)
{
	return a->ss.ss_family == AF_INET ||
	    IN6_IS_ADDR_V4MAPPED(&((const struct sockaddr_in6 *)
	    (const void *)&a->ss)->sin6_addr);
}

/* Without netfilter: is that address one the listener is dialled by? */
static bool
is_direct(const struct addr *own, const struct addr *listener)
{
	if (!listener || addr_port(own) != addr_port(listener))
		return false;
	return !addr_is_any(listener) || addr_is_own(own);
}

void
origdst_prepare(int listener)
{
	int on = 1;

	(void)setsockopt(listener, IPPROTO_IP, IP_TRANSPARENT, &on,
	    sizeof on);
	(void)setsockopt(listener, IPPROTO_IPV6, IPV6_TRANSPARENT, &on,
	    sizeof on);
}

enum origdst
origdst_of(int fd, const struct addr *listener, struct addr *dst,
    struct err *err)
{
	struct addr own;

	if (!addr_of_socket(fd, &own)) {
		err_set(err, "the client is gone already: %s",
		    strerror(errno));
		return ORIGDST_FAILED;
	}
	/* ENOENT: not tracked; ENOPROTOOPT: no netfilter at all. */
	if (!ask_netfilter(fd, is_v4(&own), dst) || addr_eq(dst, &own))
		*dst = own;
	else
		return ORIGDST_FOUND;
	return is_direct(&own, listener) ? ORIGDST_DIRECT : ORIGDST_FOUND;
}
