/* SPDX-License-Identifier: MIT */
/*
 * FreeBSD, OpenBSD, macOS: pf remembers what rdr-to changed; DIOCNATLOOK asks
 * it, with both ends as they are now.  Needs to read /dev/pf.  Written from
 * pf(4); it could not be run here.
 */
#include "sluice/net/origdst.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <net/pfvar.h>

#if defined(__APPLE__)
#define PORT(x) ((x).port)
#define SPORT sxport
#define DPORT dxport
#define RDPORT rdxport
#else
#define PORT(x) (x)
#define SPORT sport
#define DPORT dport
#define RDPORT rdport
#endif

static int
pf_device(void)
{
	static int fd = -2;

	if (fd == -2)
		fd = open("/dev/pf", O_RDONLY | O_CLOEXEC);
	return fd;
}

static void
put_addr(const struct addr *a, struct pf_addr *to)
{
	if (a->ss.ss_family == AF_INET)
		memcpy(&to->v4, &((const struct sockaddr_in *)
		    (const void *)&a->ss)->sin_addr, sizeof to->v4);
	else
		memcpy(&to->v6, &((const struct sockaddr_in6 *)
		    (const void *)&a->ss)->sin6_addr, sizeof to->v6);
}

static void
take_addr(const struct pf_addr *from, sa_family_t family, unsigned port,
    struct addr *a)
{
	struct sockaddr_in *v4 = (void *)&a->ss;
	struct sockaddr_in6 *v6 = (void *)&a->ss;

	memset(a, 0, sizeof *a);
	a->ss.ss_family = family;
	if (family == AF_INET) {
		memcpy(&v4->sin_addr, &from->v4, sizeof v4->sin_addr);
		a->len = sizeof *v4;
	} else {
		memcpy(&v6->sin6_addr, &from->v6, sizeof v6->sin6_addr);
		a->len = sizeof *v6;
	}
	addr_set_port(a, port);
}

void
origdst_prepare(int listener)
{
	(void)listener;
}

enum origdst
origdst_of(int fd, const struct addr *listener, struct addr *dst,
    struct err *err)
{
	struct pfioc_natlook look = { .proto = IPPROTO_TCP,
	    .direction = PF_OUT };
	struct addr own, peer;

	(void)listener;
	if (!addr_of_socket(fd, &own) || !addr_of_peer(fd, &peer)) {
		err_set(err, "the client is gone already: %s",
		    strerror(errno));
		return ORIGDST_FAILED;
	}
	if (pf_device() < 0) {
		err_set(err, "/dev/pf: %s (redirected connections need it)",
		    strerror(errno));
		return ORIGDST_FAILED;
	}
	look.af = own.ss.ss_family;
	put_addr(&peer, &look.saddr);
	put_addr(&own, &look.daddr);
	PORT(look.SPORT) = htons((uint16_t)addr_port(&peer));
	PORT(look.DPORT) = htons((uint16_t)addr_port(&own));
	if (ioctl(pf_device(), DIOCNATLOOK, &look) == 0) {
		take_addr(&look.rdaddr, own.ss.ss_family,
		    ntohs(PORT(look.RDPORT)), dst);
		return addr_eq(dst, &own) ? ORIGDST_DIRECT : ORIGDST_FOUND;
	}
	if (errno == ENOENT)
		return ORIGDST_DIRECT;
	err_set(err, "pf: %s", strerror(errno));
	return ORIGDST_FAILED;
}
