/* SPDX-License-Identifier: MIT */
/* The demo's two listeners, its CA, its birth and end. */
#include <string.h>

#include "private.h"
#include "sluice/base/mem.h"

static void
bury_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)loop;
	(void)revents;
	demo_origin_bury(container_of(w, struct demo, bury));
}

static struct listener *
open_port(struct demo *d, struct err *err)
{
	struct addr at;

	if (!addr_parse_listen(STR("127.0.0.1:0"), &at, err))
		return NULL;
	return listener_new(d->loop, &at, &demo_origin_ops, d, err);
}

static bool
open_all(struct demo *d, struct err *err)
{
	struct tls_setup setup = { .insecure = false };

	d->ca = ca_new_memory("sluice demo CA", err);
	if (!d->ca || !ca_export(d->ca, "pem", &d->root, err))
		return false;
	d->forge = forge_new(d->ca, err);
	d->context = d->forge ? tls_context_new(&setup, err) : NULL;
	if (!d->context)
		return false;
	d->https = open_port(d, err);
	d->http = d->https ? open_port(d, err) : NULL;
	return d->http != NULL;
}

struct demo *
demo_start(struct ev_loop *loop, struct err *err)
{
	struct demo *d = NEW(struct demo);

	d->loop = loop;
	list_init(&d->visits);
	buf_init(&d->root, 64 * 1024);
	ev_prepare_init(&d->bury, bury_cb);
	ev_prepare_start(loop, &d->bury);
	ev_unref(loop);
	if (open_all(d, err))
		return d;
	demo_stop(d);
	return NULL;
}

struct str
demo_root(const struct demo *d)
{
	return buf_str(&d->root);
}

unsigned
demo_https_port(const struct demo *d)
{
	return addr_port(listener_addr(d->https));
}

unsigned
demo_http_port(const struct demo *d)
{
	return addr_port(listener_addr(d->http));
}

void
demo_stop(struct demo *d)
{
	if (!d)
		return;
	demo_traffic_free(d->traffic);
	demo_origin_close(d);
	listener_free(d->https);
	listener_free(d->http);
	ev_ref(d->loop);
	ev_prepare_stop(d->loop, &d->bury);
	tls_context_free(d->context);
	forge_free(d->forge);
	ca_free(d->ca);
	buf_fini(&d->root);
	free(d);
}
