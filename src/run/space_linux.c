/* SPDX-License-Identifier: MIT */
/*
 * Linux: a network namespace without root through a user namespace.  In it
 * every address is a local one (an "AnyIP" route), so that no packet leaves;
 * nft redirects each TCP connection to one listener, which asks for its
 * original destination.  Without nft the usual ports are listened on, and
 * the socket's own address is the destination.
 */
#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/net/addr.h"

#define BACKLOG 1024

/* Caught one by one where nothing can redirect. */
static const unsigned usual_ports[] = {
	80, 443, 8080, 8443, 3000, 5000, 8000, 8008, 8081, 8888, 9000, 9443,
};

/* -- the namespaces ------------------------------------------------------- */

static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* The command keeps its user and group; nobody else is there. */
static bool
map_user(uid_t uid, gid_t gid)
{
	char text[64];

	if (!write_file("/proc/self/setgroups", "deny"))
		return false;
	snprintf(text, sizeof text, "%u %u 1\n", (unsigned)uid,
	    (unsigned)uid);
	if (!write_file("/proc/self/uid_map", text))
		return false;
	snprintf(text, sizeof text, "%u %u 1\n", (unsigned)gid,
	    (unsigned)gid);
	return write_file("/proc/self/gid_map", text);
}

static bool
leave(struct err *err)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return err_set(err, "this kernel allows no namespaces: %s",
		    strerror(errno));
	return map_user(uid, gid) || err_set(err,
	    "cannot map the user: %s", strerror(errno));
}

/* -- routes ----------------------------------------------------------------- */

static bool
raise_loopback(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	bool ok = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &r) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

struct route {
	struct nlmsghdr head;
	struct rtmsg body;
	char attributes[64];
};

static void
add_attribute(struct route *r, unsigned short type, const void *data,
    size_t n)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(n);
	memcpy(RTA_DATA(a), data, n);
	r->head.nlmsg_len = (unsigned)(NLMSG_ALIGN(r->head.nlmsg_len) +
	    RTA_ALIGN(a->rta_len));
}

/* rtnetlink(7): "local default dev lo src 127.0.0.1" */
static bool
make_local(int family)
{
	static const uint8_t own4[4] = { 127, 0, 0, 1 }, own6[16] = {
	    [15] = 1 };
	struct route r = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof r.body),
		    .nlmsg_type = RTM_NEWROUTE, .nlmsg_flags = NLM_F_REQUEST |
		    NLM_F_CREATE | NLM_F_ACK },
		.body = { .rtm_family = (unsigned char)family,
		    .rtm_table = RT_TABLE_LOCAL, .rtm_protocol = RTPROT_STATIC,
		    .rtm_scope = RT_SCOPE_HOST, .rtm_type = RTN_LOCAL },
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr body;
	} answer = { .body.error = -EIO };
	unsigned lo = if_nametoindex("lo");
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (fd < 0)
		return false;
	add_attribute(&r, RTA_OIF, &lo, sizeof lo);
	if (family == AF_INET)
		add_attribute(&r, RTA_PREFSRC, own4, sizeof own4);
	else
		add_attribute(&r, RTA_PREFSRC, own6, sizeof own6);
	if (send(fd, &r, r.head.nlmsg_len, 0) < 0 ||
	    recv(fd, &answer, sizeof answer, 0) < (ssize_t)sizeof answer.head)
		answer.body.error = -EIO;
	close(fd);
	return answer.body.error == 0;
}

/* -- sockets ---------------------------------------------------------------- */

static int
open_socket(int family, int type, unsigned port)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0), on = 1;
	struct addr a = { .ss.ss_family = (sa_family_t)family };

	if (fd < 0)
		return -1;
	a.len = family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	addr_set_port(&a, port);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof on);
	if (bind(fd, (struct sockaddr *)&a.ss, a.len) == 0 &&
	    (type != SOCK_STREAM || listen(fd, BACKLOG) == 0))
		return fd;
	close(fd);
	return -1;
}

static bool
add_listener(struct space *s, int family, unsigned port)
{
	int fd = s->listener_count < SPACE_LISTENERS ?
	    open_socket(family, SOCK_STREAM, port) : -1;

	if (fd >= 0)
		s->listeners[s->listener_count++] = fd;
	return fd >= 0;
}

/* The answer must come from the address that was asked. */
static void
add_names(struct space *s, int family)
{
	int fd = open_socket(family, SOCK_DGRAM, 53), on = 1;

	if (fd < 0)
		return;
	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
	else
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
		    sizeof on);
	s->names[s->name_count++] = fd;
}

/* -- redirecting ------------------------------------------------------------- */

/* Through an exec only ambient capabilities stay (capabilities(7)). */
static void
keep_capability(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) != 0)
		return;
	data[0].inheritable |= 1u << CAP_NET_ADMIN;
	if (syscall(SYS_capset, &head, data) == 0)
		(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE,
		    CAP_NET_ADMIN, 0, 0);
}

static _Noreturn void
become_nft(int input)
{
	int null = open("/dev/null", O_WRONLY);

	keep_capability();
	dup2(input, STDIN_FILENO);
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	execlp("nft", "nft", "-f", "-", (char *)NULL);
	/* Not on everyone's path. */
	execl("/usr/sbin/nft", "nft", "-f", "-", (char *)NULL);
	_exit(127);
}

static bool
run_nft(const char *script)
{
	int ends[2], status = -1;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	pid = fork();
	if (pid == 0)
		become_nft(ends[0]);
	close(ends[0]);
	size_t n = strlen(script);
	bool sent = pid > 0 && write(ends[1], script, n) == (ssize_t)n;

	close(ends[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return sent && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Loopback stays the command's own, but for the names asked over TCP. */
static bool
redirect(struct space *s)
{
	char script[600];
	struct addr own;
	unsigned port;

	if (!add_listener(s, AF_INET, 0) ||
	    !addr_of_socket(s->listeners[0], &own))
		return false;
	port = addr_port(&own);
	(void)add_listener(s, AF_INET6, port);
	snprintf(script, sizeof script, "table inet sluice {\n"
	    "chain to_sluice {\n"
	    "type nat hook output priority -100; policy accept;\n"
	    "tcp dport 53 redirect to :%u\n"
	    "ip daddr 127.0.0.0/8 return\n"
	    "ip6 daddr ::1 return\n"
	    "meta l4proto tcp redirect to :%u\n"
	    "}\n}\n", port, port);
	return run_nft(script);
}

bool
space_enter(struct space *s, struct err *err)
{
	if (!leave(err))
		return false;
	if (!raise_loopback() || !make_local(AF_INET))
		return err_set(err, "cannot set up a network: %s",
		    strerror(errno));
	(void)make_local(AF_INET6);
	s->all_ports = redirect(s);
	for (size_t i = 0; !s->all_ports && i < ARRAY_LEN(usual_ports); i++) {
		(void)add_listener(s, AF_INET, usual_ports[i]);
		(void)add_listener(s, AF_INET6, usual_ports[i]);
	}
	add_names(s, AF_INET);
	add_names(s, AF_INET6);
	return s->listener_count > 0 || err_set(err,
	    "cannot listen: %s", strerror(errno));
}
