/* SPDX-License-Identifier: MIT */
/* The command's birth, its sockets, its environment, its end. */
#include "sluice/run/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "names.h"
#include "space.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/run/environment.h"

#define ROOTS_MAX	(8u * 1024 * 1024)

struct run {
	struct space space;
	struct names *names[SPACE_NAMES];
	struct ev_loop *loop;
	ev_child child;
	char *roots;			/* a file of ours, or NULL */
	bool started, over;
	int status;
};

struct run *
run_new(char *const *command, bool env_only, struct err *err)
{
	struct run *r = NEW(struct run);

	if (space_open(&r->space, command, !env_only, err))
		return r;
	free(r);
	return NULL;
}

bool
run_needs_listener(const struct run *r)
{
	return !r->space.apart;
}

/* What this system trusts, wherever it keeps that. */
static char *
read_roots(size_t *n)
{
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
	};
	const char *own = getenv("SSL_CERT_FILE");
	char *text = own && *own ? path_read(own, ROOTS_MAX, n, NULL) : NULL;

	for (size_t i = 0; !text && i < ARRAY_LEN(places); i++)
		text = path_read(places[i], ROOTS_MAX, n, NULL);
	return text;
}

/*
 * Hosts that are passed through show their own certificates, so the system's
 * roots stay trusted beside ours.
 */
static char *
write_roots(const char *cert, struct err *err)
{
	char *path = mem_printf("%s.run-%ld", cert, (long)getpid());
	size_t n = 0, m = 0;
	char *ours = path_read(cert, ROOTS_MAX, &m, err);
	char *theirs = read_roots(&n);
	struct buf all;
	bool ok = ours != NULL;

	buf_init(&all, 2 * ROOTS_MAX + 1);
	if (ok) {
		buf_put(&all, str_make(ours, m));
		buf_putc(&all, '\n');
		buf_put(&all, theirs ? str_make(theirs, n) : STR_NONE);
		ok = path_write_atomic(path, buf_str(&all), 0600, err);
	}
	buf_fini(&all);
	free(ours);
	free(theirs);
	if (ok)
		return path;
	free(path);
	return NULL;
}

static void
set_cb(void *owner, const char *name, const char *value)
{
	struct run *r = owner;
	char *text = mem_printf("%s=%s", name, value);

	space_set(&r->space, text);
	free(text);
}

static void
set_environment(struct run *r, const char *proxy, const struct ca *ca)
{
	struct environment_setup e = { .proxy = proxy,
	    .ca = ca_cert_path(ca), .roots = r->roots,
	    .java = ca_java_path(ca) };

	environment_each(&e, set_cb, r);
}

static void
child_cb(struct ev_loop *loop, ev_child *w, int revents)
{
	struct run *r = container_of(w, struct run, child);

	(void)revents;
	ev_child_stop(loop, w);
	r->over = true;
	r->status = WIFSIGNALED(w->rstatus) ? 128 + WTERMSIG(w->rstatus) :
	    WEXITSTATUS(w->rstatus);
	ev_break(loop, EVBREAK_ALL);
}

/* The descriptors of the other namespace become ours. */
static bool
adopt(struct run *r, struct proxy *proxy, struct err *err)
{
	struct space *s = &r->space;

	for (size_t i = 0; i < s->listener_count; i++) {
		int fd = s->listeners[i];

		s->listeners[i] = -1;
		if (!proxy_listen_on(proxy, fd, "transparent", err))
			return false;
	}
	for (size_t i = 0; i < s->name_count; i++) {
		r->names[i] = names_new(r->loop, s->names[i]);
		s->names[i] = -1;
	}
	return true;
}

static void
tell(const struct run *r)
{
	if (!r->space.apart)
		log_write(LOG_WARNING, "run: the command is told of the proxy "
		    "by its environment (%s)", r->space.why_not.text);
	else if (!r->space.all_ports)
		log_write(LOG_WARNING, "run: without nft only the usual ports "
		    "are caught: 80, 443, 8080, 8443, 3000 and a few more");
}

bool
run_start(struct run *r, struct ev_loop *loop, struct proxy *proxy,
    const struct ca *ca, struct err *err)
{
	r->loop = loop;
	r->roots = write_roots(ca_cert_path(ca), err);
	if (!r->roots || !adopt(r, proxy, err))
		return false;
	tell(r);
	set_environment(r, r->space.apart ? NULL : proxy_address(proxy, 0),
	    ca);
	ev_child_init(&r->child, child_cb, r->space.pid, 0);
	ev_child_start(loop, &r->child);
	r->started = true;
	space_go(&r->space);
	return true;
}

void
run_signal(struct run *r, int number)
{
	if (r->started && !r->over)
		kill(r->space.pid, number);
}

bool
run_is_over(const struct run *r)
{
	return r->over;
}

int
run_status(const struct run *r)
{
	return r->status;
}

void
run_free(struct run *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < SPACE_NAMES; i++)
		names_free(r->names[i]);
	space_close(&r->space);
	if (r->roots)
		unlink(r->roots);
	free(r->roots);
	free(r);
}
