/* SPDX-License-Identifier: MIT */
/* Start, listen, accept, count, bury the dead, stop. */
#include "sluice/proxy/proxy.h"

#include <assert.h>
#include <string.h>
#include <sys/resource.h>

#include "private.h"
#include "session.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define HEAD_MOST (4u * 1024 * 1024)
#define CROWD 256		/* sessions at once, worth a look at the heap */

void
proxy_count(struct proxy *p, int change)
{
	size_t max = option_number(p->setup.options, OPTION_CONNECTIONS_MAX);

	p->session_count = (size_t)((long)p->session_count + change);
	if (p->session_count > p->session_peak)
		p->session_peak = p->session_count;
	ports_pause(p, p->quiet || p->session_count >= max);
}

/* Law 3: nobody dies in a callback; this runs between them. */
static void
bury(struct proxy *p)
{
	struct session *s, *stmp;
	struct origin *o, *otmp;

	list_for_each_safe(o, otmp, &p->dead, struct origin, link)
		origin_free(o);
	list_for_each_safe(s, stmp, &p->doomed, struct session, link)
		session_free(s);
}

/* Else the few that stay hold on to all that a crowd took.  At each half and
 * when the last have left; true: there is more to do. */
static bool
give_back(struct proxy *p)
{
	if (p->session_peak >= CROWD)
		p->crowded = true;
	if (p->crowded && p->session_count <= p->session_peak / 2) {
		p->trims = 1 + (p->trims > 0);
		p->session_peak = p->session_count;
		p->crowded = p->session_count > CROWD / 64;
	}
	if (p->trims > 0 && !trim_step(&p->trim))
		p->trims--;
	return p->trims > 0;
}

/* Bodies stay within their limits and memory comes back, a slice a turn of
 * the loop. */
static void
keep_house(struct proxy *p)
{
	bool more = budget_keep(&p->budget);

	more |= give_back(p);
	if (more && !ev_is_active(&p->more)) {
		ev_timer_set(&p->more, 0, 0);
		ev_timer_start(p->setup.loop, &p->more);
	}
}

static void
more_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	/* Only wakes the loop: the work is done between the events. */
	(void)loop;
	(void)w;
	(void)revents;
}

static void
bury_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)loop;
	(void)revents;
	struct proxy *p = container_of(w, struct proxy, bury);

	bury(p);
	keep_house(p);
}

static void
read_limits(struct proxy *p)
{
	const struct options *o = p->setup.options;

	/* A head goes into a wire's buffer whole. */
	p->limits.head_max = option_number(o, OPTION_HEAD_MAX);
	if (p->limits.head_max > HEAD_MOST)
		p->limits.head_max = HEAD_MOST;
	p->limits.fields_max = option_number(o, OPTION_FIELDS_MAX);
	p->limits.store = p->setup.store;
	store_set_body_max(p->setup.store,
	    option_number(o, OPTION_BODY_MEMORY));
	p->budget.memory = option_number(o, OPTION_MEMORY);
	p->budget.disk = option_number(o, OPTION_DISK);
	if (p->context)
		tls_context_set_insecure(p->context,
		    option_bool(o, OPTION_INSECURE));
}

static void
option_changed(struct option_observer *obs, enum option_id id)
{
	(void)id;
	read_limits(container_of(obs, struct proxy, settings));
}

static bool
read_version(const struct options *o, enum option_id id, uint16_t *version,
    struct err *err)
{
	const char *text = option_str(o, id);

	return tls_version_parse(str_from(text), version) ||
	    err_set(err, "-o %s=%s: no such TLS version; 1.0, 1.1, 1.2 or 1.3",
	    option_row(id)->name, text);
}

static bool
read_range(const struct options *o, enum option_id min, enum option_id max,
    enum option_id ciphers, struct tls_range *range, struct err *err)
{
	range->ciphers = option_str(o, ciphers);
	return read_version(o, min, &range->min, err) &&
	    read_version(o, max, &range->max, err);
}

static struct tls_context *
open_context(const struct options *o, struct err *err)
{
	size_t n = option_list_count(o, OPTION_UPSTREAM_CA);
	const char **roots = mem_array(NULL, n ? n : 1, sizeof *roots);
	struct tls_setup setup = {
		.insecure = option_bool(o, OPTION_INSECURE),
		.roots = roots,
		.root_count = n,
	};

	for (size_t i = 0; i < n; i++)
		roots[i] = option_list_at(o, OPTION_UPSTREAM_CA, i);
	struct tls_context *c = NULL;

	if (read_range(o, OPTION_CLIENT_TLS_MIN, OPTION_CLIENT_TLS_MAX,
	    OPTION_CLIENT_CIPHERS, &setup.client, err) &&
	    read_range(o, OPTION_SERVER_TLS_MIN, OPTION_SERVER_TLS_MAX,
	    OPTION_SERVER_CIPHERS, &setup.server, err))
		c = tls_context_new(&setup, err);

	free(roots);
	return c;
}

/* Two a connection and one a large body: the usual 1024 are soon used up. */
static void
raise_descriptors(void)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &most) != 0)
		return;
	most.rlim_cur = most.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &most);
}

struct proxy *
proxy_new(const struct proxy_setup *setup, struct err *err)
{
	struct proxy *p = NEW(struct proxy);

	p->setup = *setup;
	raise_descriptors();
	list_init(&p->ports);
	list_init(&p->sessions);
	list_init(&p->doomed);
	list_init(&p->dead);
	list_init(&p->settings.link);
	budget_init(&p->budget, setup->list, setup->store, setup->undo);
	ev_timer_init(&p->more, more_cb, 0, 0);
	ev_prepare_init(&p->bury, bury_cb);
	ev_prepare_start(setup->loop, &p->bury);
	read_limits(p);
	p->access = access_new(setup->options, err);
	if (!p->access)
		goto fail;
	p->policy = policy_new(setup->options, err);
	if (!p->policy)
		goto fail;
	p->passes = pass_list_new(setup->options, err);
	if (!p->passes)
		goto fail;
	p->context = open_context(setup->options, err);
	if (!p->context)
		goto fail;
	p->forge = forge_new(setup->ca, err);
	if (!p->forge)
		goto fail;
	p->processes = process_finder_new(setup->loop);
	p->resolver = resolver_new(setup->loop, err);
	if (!p->resolver)
		goto fail;
	p->settings.changed = option_changed;
	option_observe(setup->options, &p->settings);
	return p;
fail:
	proxy_free(p);
	return NULL;
}

void
proxy_free(struct proxy *p)
{
	struct session *s, *tmp;

	if (!p)
		return;
	p->quiet = true;
	list_for_each_safe(s, tmp, &p->sessions, struct session, link) {
		err_set(&s->client_err, "sluice ended");
		session_doom(s);
	}
	bury(p);
	assert(p->session_count == 0);
	ports_close(p);
	ev_prepare_stop(p->setup.loop, &p->bury);
	ev_timer_stop(p->setup.loop, &p->more);
	option_unobserve(&p->settings);
	resolver_free(p->resolver);
	process_finder_free(p->processes);
	forge_free(p->forge);
	tls_context_free(p->context);
	pass_list_free(p->passes);
	policy_free(p->policy);
	access_free(p->access);
	trim_fini(&p->trim);
	free(p);
}

void
proxy_quiesce(struct proxy *p)
{
	p->quiet = true;
	proxy_count(p, 0);
}

static bool
is_busy(const struct session *s)
{
	return s->exchange || s->tunnel_flow;
}

size_t
proxy_busy(const struct proxy *p)
{
	struct session *s;
	size_t n = 0;

	list_for_each(s, &p->sessions, struct session, link)
		n += is_busy(s);
	return n;
}

size_t
proxy_connections(const struct proxy *p)
{
	return p->session_count;
}

bool
proxy_drop(struct proxy *p, struct flow *f)
{
	struct session *s;

	if (gate_release(p->setup.gate, f, VERDICT_DROP))
		return true;
	list_for_each(s, &p->sessions, struct session, link) {
		if (s->tunnel_flow != f &&
		    (!s->exchange || s->exchange->flow != f))
			continue;
		session_post(s, NEWS_DROP, NULL);
		session_wake(s);
		return true;
	}
	return false;
}

bool
proxy_trust(struct proxy *p, struct str pem, struct err *err)
{
	return tls_context_trust(p->context, pem, err);
}

bool
proxy_trust_flow(struct proxy *p, const struct flow *f, struct err *err)
{
	const struct endpoint *e = f->server;

	if (!e || !e->name || !e->certificate || !e->certificate->sha256)
		return err_set(err, "this flow's server showed no "
		    "certificate");
	if (e->certificate->verified)
		return err_set(err, "the certificate of %s is verified "
		    "already", e->name);
	policy_trust(p->policy, e->name, e->certificate->sha256);
	log_write(LOG_INFO, "%s is trusted for this run with certificate %s",
	    e->name, e->certificate->sha256);
	return true;
}

size_t
proxy_passes(const struct proxy *p)
{
	return pass_list_count(p->passes);
}

void
proxy_pass_at(const struct proxy *p, size_t i, struct pass *pass)
{
	pass_list_at(p->passes, i, pass);
}

bool
proxy_pass_add(struct proxy *p, const char *host, struct err *err)
{
	return pass_list_add(p->passes, host, err);
}

bool
proxy_pass_remove(struct proxy *p, size_t i)
{
	return pass_list_remove(p->passes, i);
}
