/* SPDX-License-Identifier: MIT */
/* Socket addresses as text and back. */
#ifndef SLUICE_NET_ADDR_H
#define SLUICE_NET_ADDR_H

#include <stdbool.h>
#include <sys/socket.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct addr {
	struct sockaddr_storage ss;
	socklen_t len;
};

#define ADDR_TEXT_MAX 64

/* "127.0.0.1:80", "[::1]:80" (zone kept when there is one). */
void addr_format(const struct addr *a, char out[ADDR_TEXT_MAX]);
/* Without the port and brackets. */
void addr_format_host(const struct addr *a, char out[ADDR_TEXT_MAX]);
unsigned addr_port(const struct addr *a);
void addr_set_port(struct addr *a, unsigned port);
/* A literal IPv4 or IPv6 address (brackets allowed); false for a name. */
bool addr_parse_host(struct str host, unsigned port, struct addr *a) NODISCARD;
/* Is host an address, and no name? */
bool addr_is_literal(const char *host);
/*
 * "[HOST:]PORT" for listeners: "8080" is 127.0.0.1:8080, "*:8080" every IPv4
 * address, "[::]:8080", "localhost:8080".
 */
bool addr_parse_listen(struct str text, struct addr *a, struct err *err) NODISCARD;
/* A list of port numbers, "80,443": can it be read; is one in it? */
bool addr_ports_check(struct str list, struct err *err) NODISCARD;
bool addr_ports_have(struct str list, unsigned port);
bool addr_is_loopback(const struct addr *a);
/* 0.0.0.0 or ::, every address of the machine. */
bool addr_is_any(const struct addr *a);
/* Same address and port; a mapped IPv4 address equals the IPv4 one. */
bool addr_eq(const struct addr *a, const struct addr *b);
/* The same address; ports do not count. */
bool addr_is_same_host(const struct addr *a, const struct addr *b);
/* Is this one of the machine's own addresses (any interface)? */
bool addr_is_own(const struct addr *a);
/*
 * The first address of this machine in this family (AF_INET, AF_INET6) that
 * others can reach: not loopback, not link-local.  False: there is none.
 */
bool addr_outward(int family, struct addr *a) NODISCARD;
bool addr_of_socket(int fd, struct addr *a) NODISCARD;
bool addr_of_peer(int fd, struct addr *a) NODISCARD;

#endif
