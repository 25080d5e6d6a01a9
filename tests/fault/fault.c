/* SPDX-License-Identifier: MIT */
/*
 * For LD_PRELOAD: makes the Nth call of one function fail or do less than it
 * was asked to.
 *
 *	FAULT="recv 7 104"	the 7th recv() fails with errno 104
 *	FAULT="send 0 short"	every send() takes one byte (0: every call)
 *	FAULT="recv 3 end"	the 3rd one says that it is the end
 *	FAULT="heap 900000 12"	malloc() and its kin fail when so many bytes
 *				are in use
 *	FAULT_LOG=FILE		gets "tripped" when it happens, and at the end
 *				a line "recv 93" for each function called;
 *				and "keys 700000": the bytes in use when
 *				termkey_start() was called
 *	FAULT_HOSTS=FILE	is read instead of /etc/hosts
 *
 * Nothing here allocates.
 */
#include <ares.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <termkey.h>
#include <unistd.h>

enum call {
	CALL_ACCEPT4, CALL_ARES_GETADDRINFO, CALL_ARES_INIT, CALL_BIND, CALL_CONNECT,
	CALL_EPOLL_CTL, CALL_EPOLL_WAIT,
	CALL_FALLOCATE, CALL_FCNTL, CALL_FSYNC, CALL_FTRUNCATE,
	CALL_GETSOCKNAME, CALL_GETSOCKOPT, CALL_LISTEN,
	CALL_MALLOC, CALL_OPEN, CALL_PREAD, CALL_PWRITE, CALL_READ, CALL_RECV,
	CALL_RECVFROM, CALL_RENAME, CALL_SEND, CALL_SENDTO, CALL_SETSOCKOPT,
	CALL_SOCKET, CALL_WRITE, CALL_WRITEV, CALL_COUNT
};

static const char *const names[CALL_COUNT] = {
	[CALL_ACCEPT4] = "accept4",
	[CALL_ARES_GETADDRINFO] = "ares_getaddrinfo",
	[CALL_ARES_INIT] = "ares_init_options", [CALL_BIND] = "bind",
	[CALL_CONNECT] = "connect",
	[CALL_EPOLL_CTL] = "epoll_ctl",
	[CALL_EPOLL_WAIT] = "epoll_wait", [CALL_FALLOCATE] = "fallocate",
	[CALL_FCNTL] = "fcntl", [CALL_FSYNC] = "fsync",
	[CALL_FTRUNCATE] = "ftruncate",
	[CALL_GETSOCKNAME] = "getsockname", [CALL_GETSOCKOPT] = "getsockopt",
	[CALL_LISTEN] = "listen", [CALL_MALLOC] = "malloc",
	[CALL_OPEN] = "open", [CALL_PREAD] = "pread",
	[CALL_PWRITE] = "pwrite", [CALL_READ] = "read", [CALL_RECV] = "recv",
	[CALL_RECVFROM] = "recvfrom", [CALL_RENAME] = "rename",
	[CALL_SEND] = "send", [CALL_SENDTO] = "sendto",
	[CALL_SETSOCKOPT] = "setsockopt", [CALL_SOCKET] = "socket",
	[CALL_WRITE] = "write", [CALL_WRITEV] = "writev",
};

enum way { WAY_FAIL, WAY_SHORT, WAY_END };

static struct {
	enum call call;
	unsigned long at;	/* 0: every one */
	enum way way;
	int code;
	bool read, armed, tripped;
	long heap;		/* 0: no limit */
	int log;
} plan = { .log = -1 };

static unsigned long counts[CALL_COUNT];

static void
say(const char *text)
{
	if (plan.log >= 0)
		(void)!syscall(SYS_write, plan.log, text, strlen(text));
}

/* Is this the one? */
static bool
strikes(enum call call)
{
	unsigned long n = __atomic_add_fetch(&counts[call], 1,
	    __ATOMIC_RELAXED);

	if (!plan.armed || call != plan.call || (plan.at && n != plan.at))
		return false;
	if (!plan.tripped) {
		plan.tripped = true;
		say("tripped\n");
	}
	return true;
}

/* For calls that can only fail. */
static bool
fails(enum call call)
{
	if (!strikes(call) || plan.way != WAY_FAIL)
		return false;
	errno = plan.code;
	return true;
}

/* For transfers: false, or *result is what the call gives; *n may shrink. */
static bool
spoils(enum call call, size_t *n, ssize_t *result)
{
	if (!strikes(call))
		return false;
	if (plan.way == WAY_SHORT) {
		*n = *n > 1 ? 1 : *n;
		return false;
	}
	*result = plan.way == WAY_END ? 0 : -1;
	if (plan.way == WAY_FAIL)
		errno = plan.code;
	return true;
}

/* What comes after this library under the same name. */
#define REAL(name)	((__typeof__(&name))next(#name))

static void *
next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (!p)
		abort();
	return p;
}

/* -- transfers ----------------------------------------------------------- */

#define TRANSFER(call, name, parameters, arguments)			\
ssize_t									\
name parameters								\
{									\
	ssize_t result;							\
									\
	if (spoils(call, &n, &result))					\
		return result;						\
	return REAL(name) arguments;					\
}

TRANSFER(CALL_READ, read, (int fd, void *p, size_t n), (fd, p, n))
TRANSFER(CALL_PREAD, pread, (int fd, void *p, size_t n, off_t at),
    (fd, p, n, at))
TRANSFER(CALL_PWRITE, pwrite, (int fd, const void *p, size_t n, off_t at),
    (fd, p, n, at))
TRANSFER(CALL_RECV, recv, (int fd, void *p, size_t n, int flags),
    (fd, p, n, flags))
TRANSFER(CALL_SEND, send, (int fd, const void *p, size_t n, int flags),
    (fd, p, n, flags))
TRANSFER(CALL_RECVFROM, recvfrom, (int fd, void *p, size_t n, int flags,
    struct sockaddr *from, socklen_t *len), (fd, p, n, flags, from, len))
TRANSFER(CALL_SENDTO, sendto, (int fd, const void *p, size_t n, int flags,
    const struct sockaddr *to, socklen_t len), (fd, p, n, flags, to, len))

/* -- the rest ------------------------------------------------------------ */

#define CALL(call, name, parameters, arguments)				\
int									\
name parameters								\
{									\
	return fails(call) ? -1 : REAL(name) arguments;			\
}

CALL(CALL_ACCEPT4, accept4, (int fd, struct sockaddr *a, socklen_t *n,
    int flags), (fd, a, n, flags))
CALL(CALL_BIND, bind, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n))
CALL(CALL_CONNECT, connect, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n))
CALL(CALL_EPOLL_WAIT, epoll_wait, (int fd, struct epoll_event *e, int n,
    int timeout), (fd, e, n, timeout))
CALL(CALL_FALLOCATE, fallocate, (int fd, int mode, off_t at, off_t n),
    (fd, mode, at, n))
CALL(CALL_FSYNC, fsync, (int fd), (fd))
CALL(CALL_FTRUNCATE, ftruncate, (int fd, off_t n), (fd, n))
CALL(CALL_GETSOCKNAME, getsockname, (int fd, struct sockaddr *a,
    socklen_t *n), (fd, a, n))
CALL(CALL_GETSOCKOPT, getsockopt, (int fd, int level, int name, void *p,
    socklen_t *n), (fd, level, name, p, n))
CALL(CALL_LISTEN, listen, (int fd, int n), (fd, n))
CALL(CALL_RENAME, rename, (const char *from, const char *to), (from, to))
CALL(CALL_SETSOCKOPT, setsockopt, (int fd, int level, int name,
    const void *p, socklen_t n), (fd, level, name, p, n))
CALL(CALL_SOCKET, socket, (int family, int type, int protocol),
    (family, type, protocol))

ssize_t
writev(int fd, const struct iovec *parts, int n)
{
	return fails(CALL_WRITEV) ? -1 : REAL(writev)(fd, parts, n);
}

int
open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list ap;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	return fails(CALL_OPEN) ? -1 : REAL(open)(path, flags, mode);
}

int
fcntl(int fd, int command, ...)
{
	va_list ap;
	void *argument;

	va_start(ap, command);
	argument = va_arg(ap, void *);
	va_end(ap);
	return fails(CALL_FCNTL) ? -1 : REAL(fcntl)(fd, command, argument);
}

/*
 * libev asserts that its own event descriptor can be watched and written to.
 * And it sleeps up to a minute before it tells that a listener can't be.
 */
static bool
is_connection(int fd)
{
	int listens;
	socklen_t n = sizeof listens;

	return syscall(SYS_getsockopt, fd, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &n) == 0 && !listens;
}

int
epoll_ctl(int fd, int op, int at, struct epoll_event *e)
{
	if (is_connection(at) && fails(CALL_EPOLL_CTL))
		return -1;
	return REAL(epoll_ctl)(fd, op, at, e);
}

static bool
is_event_descriptor(int fd)
{
	char path[64], target[64] = "";

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return syscall(SYS_readlinkat, AT_FDCWD, path, target,
	    sizeof target - 1) > 0 && strstr(target, "eventfd");
}

ssize_t
write(int fd, const void *p, size_t n)
{
	ssize_t result;

	if (!is_event_descriptor(fd) && spoils(CALL_WRITE, &n, &result))
		return result;
	return REAL(write)(fd, p, n);
}

/* -- names --------------------------------------------------------------- */

FILE *
fopen(const char *path, const char *mode)
{
	const char *hosts = getenv("FAULT_HOSTS");

	if (hosts && strcmp(path, "/etc/hosts") == 0)
		path = hosts;
	return REAL(fopen)(path, mode);
}

FILE *
fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

/* The codes of these two are c-ares' own. */
int
ares_init_options(ares_channel *channel, struct ares_options *options,
    int mask)
{
	if (fails(CALL_ARES_INIT))
		return plan.code;
	return REAL(ares_init_options)(channel, options, mask);
}

void
ares_getaddrinfo(ares_channel channel, const char *name, const char *service,
    const struct ares_addrinfo_hints *hints, ares_addrinfo_callback done,
    void *owner)
{
	if (fails(CALL_ARES_GETADDRINFO))
		done(owner, plan.code, 0, NULL);
	else
		REAL(ares_getaddrinfo)(channel, name, service, hints, done,
		    owner);
}

/* -- allocation ---------------------------------------------------------- */

/*
 * Counted once the plan is read, which is when main() is about to begin.
 * dlsym() may ask for memory while it looks for malloc: it gets some of this.
 */
static char spare[4096];
static size_t spared;
static bool seeking;

static void *
from_spare(size_t n)
{
	void *p = spare + spared;

	n = (n + 15) & ~(size_t)15;
	if (n > sizeof spare - spared)
		abort();
	spared += n;
	return p;
}

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
} real;

/* All at once: each look for one may use the others. */
static void
find_real(void)
{
	if (real.free)
		return;
	seeking = true;
	real.malloc = REAL(malloc);
	real.calloc = REAL(calloc);
	real.realloc = REAL(realloc);
	real.free = REAL(free);
	seeking = false;
}

static long in_use;

static void
use(const void *p, int sign)
{
	/* Sanitizers are not ready before. */
	long n = p && plan.read ?
	    (long)malloc_usable_size((void *)(uintptr_t)p) : 0;

	__atomic_add_fetch(&in_use, sign * n, __ATOMIC_RELAXED);
}

static bool
is_beyond(size_t n)
{
	if (plan.heap == 0 || n < (size_t)(plan.heap > in_use ?
	    plan.heap - in_use : 0))
		return false;
	if (!plan.tripped)
		say("tripped\n");
	plan.tripped = true;
	errno = ENOMEM;
	return true;
}

static bool
is_refused(size_t n)
{
	return plan.read && (is_beyond(n) || fails(CALL_MALLOC));
}

#define ALLOCATION(name, parameters, arguments, size, old)		\
void *									\
name parameters								\
{									\
	if (seeking)							\
		return from_spare(size);				\
	find_real();							\
	if (is_refused(size))						\
		return NULL;						\
	use(old, -1);							\
	void *got = real.name arguments;				\
									\
	use(got ? got : old, 1);					\
	return got;							\
}

ALLOCATION(malloc, (size_t n), (n), n, NULL)
ALLOCATION(calloc, (size_t k, size_t n), (k, n), k * n, NULL)
ALLOCATION(realloc, (void *p, size_t n), (p, n), n, p)

void
free(void *p)
{
	if (seeking || ((char *)p >= spare &&
	    (char *)p < spare + sizeof spare))
		return;
	find_real();
	use(p, -1);
	real.free(p);
}

int
termkey_start(TermKey *keys)
{
	char line[40];

	snprintf(line, sizeof line, "keys %ld\n", in_use);
	say(line);
	return REAL(termkey_start)(keys);
}

/* -- the plan ------------------------------------------------------------ */

static void
read_plan(char *text)
{
	char *name = strtok(text, " "), *at = strtok(NULL, " ");
	char *way = strtok(NULL, " ");

	if (!name || !at || !way)
		return;
	if (strcmp(name, "heap") == 0)
		plan.heap = strtol(at, NULL, 10);
	for (int i = 0; i < CALL_COUNT; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		plan.call = (enum call)i;
		plan.at = strtoul(at, NULL, 10);
		plan.way = strcmp(way, "short") == 0 ? WAY_SHORT :
		    strcmp(way, "end") == 0 ? WAY_END : WAY_FAIL;
		plan.code = atoi(way);
		plan.armed = true;
	}
}

static void __attribute__((constructor))
begin(void)
{
	static char text[100];
	const char *fault = getenv("FAULT"), *log = getenv("FAULT_LOG");

	/* Shells around it, and programs that it starts, are left alone. */
	if (strcmp(program_invocation_short_name, "sluice") != 0)
		return;
	if (log)
		plan.log = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY |
		    O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fault) {
		snprintf(text, sizeof text, "%s", fault);
		read_plan(text);
	}
	plan.read = true;
}

static void __attribute__((destructor))
finish(void)
{
	char line[64];

	for (int i = 0; i < CALL_COUNT; i++) {
		if (counts[i] == 0)
			continue;
		snprintf(line, sizeof line, "%s %lu\n", names[i], counts[i]);
		say(line);
	}
}
