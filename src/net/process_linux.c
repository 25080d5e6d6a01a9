/* SPDX-License-Identifier: MIT */
/*
 * Whose socket: sock_diag for its inode, then a walk through /proc/PID/fd,
 * from the newest process to the oldest, a piece in each turn of the loop.
 */
#include "sluice/net/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/base/str.h"

#define PIECE		500		/* µs in a turn */
#define LOOK_AT_CLOCK	16u		/* descriptors between two looks */
#define SHARE		50		/* one part in so many of the time .. */
#define CREDIT_MAX	20000		/* .. and so many µs ahead, for bursts */
#define WAITING_MAX	64u
#define RECENT		8u		/* processes that were found last */
#define PIDS_MAX	65536u

struct process_finder {
	struct ev_loop *loop;
	ev_timer turn;
	int diag;			/* netlink socket, or -1 */
	struct list waiting;		/* this walk is for them */
	struct list next;		/* came while it was under way */
	long recent[RECENT];
	size_t recent_count;
	bool walking;
	long *pids;			/* the last is the next to be looked at */
	size_t pid_count, pid_room;
	DIR *fds;			/* of that one, or NULL */
	int64_t credit;			/* µs that walks may take .. */
	int64_t credit_at;		/* .. as of then, monotonic */
};

/* -- the kernel's answer --------------------------------------------------- */

struct question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 about;
};

static void
put_address(__be32 to[4], const struct addr *a)
{
	if (a->ss.ss_family == AF_INET)
		memcpy(to, &((const struct sockaddr_in *)
		    (const void *)&a->ss)->sin_addr, 4);
	else
		memcpy(to, &((const struct sockaddr_in6 *)
		    (const void *)&a->ss)->sin6_addr, 16);
}

static bool
send_question(int fd, const struct addr *peer, const struct addr *own)
{
	struct question q = {
		.head = {
			.nlmsg_len = sizeof q,
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.about = {
			.sdiag_family = (uint8_t)peer->ss.ss_family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~0u,
			.id = {
				.idiag_sport = htons((uint16_t)addr_port(peer)),
				.idiag_dport = htons((uint16_t)addr_port(own)),
				.idiag_cookie = { INET_DIAG_NOCOOKIE,
				    INET_DIAG_NOCOOKIE },
			},
		},
	};

	put_address(q.about.id.idiag_src, peer);
	put_address(q.about.id.idiag_dst, own);
	return send(fd, &q, sizeof q, MSG_NOSIGNAL) == (ssize_t)sizeof q;
}

/* 0: nobody on this machine.  The answer is there when send returns. */
static uint32_t
inode_of(struct process_finder *f, const struct addr *peer,
    const struct addr *own)
{
	union {
		struct nlmsghdr head;
		char bytes[1024];
	} answer;
	const struct inet_diag_msg *said;
	ssize_t n;

	if (f->diag < 0 || peer->ss.ss_family != own->ss.ss_family ||
	    !send_question(f->diag, peer, own))
		return 0;
	n = recv(f->diag, &answer, sizeof answer, MSG_DONTWAIT);
	if (n < (ssize_t)NLMSG_LENGTH(sizeof *said) ||
	    answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return 0;
	said = NLMSG_DATA(&answer.head);
	return said->idiag_inode;
}

/* -- the walk -------------------------------------------------------------- */

static void
remember(struct process_finder *f, long pid)
{
	size_t i = 0, last;

	while (i < f->recent_count && f->recent[i] != pid)
		i++;
	if (i == f->recent_count && f->recent_count < RECENT)
		f->recent_count++;
	last = i < RECENT ? i : RECENT - 1;
	memmove(&f->recent[1], &f->recent[0], last * sizeof(f->recent[0]));
	f->recent[0] = pid;
}

static void
add_pid(struct process_finder *f, long pid)
{
	if (f->pid_count == f->pid_room) {
		f->pid_room = f->pid_room ? 2 * f->pid_room : 512;
		f->pids = mem_array(f->pids, f->pid_room, sizeof(f->pids[0]));
	}
	f->pids[f->pid_count++] = pid;
}

/* The number that was given last, at the end of a line: they are given in a
 * ring. */
static long
newest_pid(void)
{
	char line[128] = "";
	int fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof line);
	struct str text = str_trim(str_make(line, n > 1 ? (size_t)n - 1 : 0));
	uint64_t pid = 0;

	if (fd >= 0)
		close(fd);
	return str_to_u64(str_skip(text, str_rchr(text, ' ') + 1), &pid) ?
	    (long)pid : 0;
}

/* Those behind the newest are the oldest; the kernel lists them in order. */
static void
add_pids(struct process_finder *f, DIR *all, long newest, bool behind)
{
	struct dirent *entry;
	uint64_t pid;

	rewinddir(all);
	while ((entry = readdir(all)) != NULL && f->pid_count < PIDS_MAX)
		if (str_to_u64(str_from(entry->d_name), &pid) &&
		    ((long)pid > newest) == behind)
			add_pid(f, (long)pid);
}

static bool
begin_walk(struct process_finder *f)
{
	DIR *all = opendir("/proc");
	long newest = newest_pid();

	if (all == NULL)
		return false;
	f->pid_count = 0;
	add_pids(f, all, newest, true);
	add_pids(f, all, newest, false);
	closedir(all);
	for (size_t i = f->recent_count; i > 0; i--)
		add_pid(f, f->recent[i - 1]);
	f->walking = true;
	return true;
}

static void
answer(struct process_query *q, long pid, const char *name)
{
	list_remove(&q->link);
	q->found(q, pid, name);
}

static void
read_name(long pid, char name[PROCESS_NAME_MAX])
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%ld/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, name, PROCESS_NAME_MAX - 1);
	if (fd >= 0)
		close(fd);
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
}

static void
tell_holder(struct process_finder *f, struct list *of, uint32_t inode,
    long pid)
{
	struct process_query *q, *tmp;
	char name[PROCESS_NAME_MAX];

	list_for_each_safe(q, tmp, of, struct process_query, link) {
		if (q->inode != inode)
			continue;
		read_name(pid, name);
		remember(f, pid);
		answer(q, pid, name);
	}
}

/* Is it a socket that somebody asks for? */
static void
look_at(struct process_finder *f, long pid, const char *entry)
{
	char text[64];
	ssize_t n = readlinkat(dirfd(f->fds), entry, text, sizeof text);
	struct str link = str_make(text, n > 0 ? (size_t)n : 0);
	uint64_t inode;

	if (!str_starts(link, STR("socket:[")) ||
	    !str_to_u64(str_sub(link, 8, link.n - 1), &inode))
		return;
	tell_holder(f, &f->waiting, (uint32_t)inode, pid);
	tell_holder(f, &f->next, (uint32_t)inode, pid);
}

/* Opens the next process that may be looked into; false: that was all. */
static bool
open_next(struct process_finder *f)
{
	char path[64];

	if (f->pid_count == 0)
		return false;
	snprintf(path, sizeof path, "/proc/%ld/fd",
	    f->pids[f->pid_count - 1]);
	f->fds = opendir(path);
	if (f->fds == NULL)
		f->pid_count--;
	return true;
}

/* Some descriptors of one process; false when all have been seen. */
static bool
walk_on(struct process_finder *f)
{
	struct dirent *entry = NULL;

	if (f->fds == NULL)
		return open_next(f);
	for (unsigned i = 0; i < LOOK_AT_CLOCK; i++) {
		entry = readdir(f->fds);
		if (entry == NULL)
			break;
		if (entry->d_name[0] != '.')
			look_at(f, f->pids[f->pid_count - 1], entry->d_name);
	}
	if (entry == NULL) {
		closedir(f->fds);
		f->fds = NULL;
		f->pid_count--;
	}
	return true;
}

static void
earn(struct process_finder *f, int64_t now)
{
	f->credit += (now - f->credit_at) / SHARE;
	if (f->credit > CREDIT_MAX)
		f->credit = CREDIT_MAX;
	f->credit_at = now;
}

static void
schedule(struct process_finder *f)
{
	if (f->walking || !list_is_empty(&f->waiting) ||
	    !list_is_empty(&f->next)) {
		ev_timer_set(&f->turn, 0, 0);
		ev_timer_start(f->loop, &f->turn);
	}
}

static void
end_walk(struct process_finder *f)
{
	struct process_query *q, *tmp;

	if (f->fds != NULL)
		closedir(f->fds);
	f->fds = NULL;
	f->walking = false;
	list_for_each_safe(q, tmp, &f->waiting, struct process_query, link)
		answer(q, 0, "");
	list_splice(&f->waiting, &f->next);
}

static void
turn_cb(struct ev_loop *loop, ev_timer *w, int events)
{
	struct process_finder *f = w->data;
	int64_t start = clock_mono(), now = start;
	bool more = true;

	(void)loop;
	(void)events;
	if (!f->walking) {
		list_splice(&f->waiting, &f->next);
		more = begin_walk(f);
	}
	while (more && !list_is_empty(&f->waiting) && now - start < PIECE) {
		more = walk_on(f);
		now = clock_mono();
	}
	f->credit -= clock_mono() - start;
	if (!more || list_is_empty(&f->waiting))
		end_walk(f);
	schedule(f);
}

/* -- asking ---------------------------------------------------------------- */

struct process_finder *
process_finder_new(struct ev_loop *loop)
{
	struct process_finder *f = NEW(struct process_finder);

	f->loop = loop;
	f->credit = CREDIT_MAX;
	f->credit_at = clock_mono();
	f->diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    NETLINK_SOCK_DIAG);
	list_init(&f->waiting);
	list_init(&f->next);
	ev_init(&f->turn, turn_cb);
	f->turn.data = f;
	return f;
}

void
process_finder_free(struct process_finder *f)
{
	if (f == NULL)
		return;
	ev_timer_stop(f->loop, &f->turn);
	if (f->fds != NULL)
		closedir(f->fds);
	if (f->diag >= 0)
		close(f->diag);
	free(f->pids);
	free(f);
}

void
process_query_init(struct process_query *q, void (*found)(
    struct process_query *q, long pid, const char *name))
{
	*q = (struct process_query){ .found = found };
	list_init(&q->link);
}

static size_t
count(const struct list *l)
{
	size_t n = 0;

	for (const struct list *i = l->next; i != l; i = i->next)
		n++;
	return n;
}

void
process_ask(struct process_finder *f, struct process_query *q,
    const struct addr *peer, const struct addr *own)
{
	int64_t start = clock_mono();

	earn(f, start);
	if (f->credit <= 0 ||
	    count(&f->waiting) + count(&f->next) >= WAITING_MAX)
		return;
	q->inode = inode_of(f, peer, own);
	f->credit -= clock_mono() - start;
	if (q->inode == 0)
		return;
	list_append(&f->next, &q->link);
	if (!ev_is_active(&f->turn))
		schedule(f);
}

void
process_cancel(struct process_query *q)
{
	list_remove(&q->link);
}
