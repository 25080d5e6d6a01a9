/* SPDX-License-Identifier: MIT */
/* How connections begin: asked, redirected, reverse, or by SOCKS. */
#include "arrive.h"

#include <string.h>

#include "private.h"
#include "sluice/base/mem.h"
#include "sluice/http/url.h"
#include "sluice/net/origdst.h"
#include "tunnel.h"

/* -- connections ----------------------------------------------------------- */

static void
begin_redirected(struct session *s, const struct addr *own)
{
	char host[ADDR_TEXT_MAX];
	struct addr dst;
	struct err err;

	switch (origdst_of(s->client.conn.fd, own, &dst, &err)) {
	case ORIGDST_FOUND:
		addr_format_host(&dst, host);
		if (!target_set(&s->tunnel, false, str_from(host),
		    addr_port(&dst), &err))
			break;
		tunnel_begin(s);
		return;
	case ORIGDST_DIRECT:
		s->stray = true;
		session_speak_http(s);
		return;
	case ORIGDST_FAILED:
		break;
	}
	session_refuse(s, &err);
}

void
arrive(struct session *s, const struct addr *own)
{
	switch (s->mode->kind) {
	case MODE_REGULAR:
	case MODE_UPSTREAM:
		session_speak_http(s);
		break;
	case MODE_TRANSPARENT:
		begin_redirected(s, own);
		break;
	case MODE_REVERSE:
		s->tunnel = s->mode->server;
		tunnel_begin(s);
		break;
	case MODE_SOCKS5:
		session_stage(s, STAGE_SOCKS);
		break;
	}
}

bool
arrive_is_tls_port(const struct session *s)
{
	const struct options *o = s->proxy->setup.options;

	if (!s->mode || s->mode->kind != MODE_TRANSPARENT)
		return false;
	for (size_t i = 0; i < option_list_count(o, OPTION_TLS_PORTS); i++) {
		if (addr_ports_have(str_from(option_list_at(o,
		    OPTION_TLS_PORTS, i)), s->tunnel.port))
			return true;
	}
	return false;
}

/* A rule that redirects what we send ourselves would go round for ever. */
bool
arrive_is_loop(const struct session *s)
{
	struct session *other;
	struct origin *o;
	struct addr peer;

	if (s->mode->kind != MODE_TRANSPARENT || s->mode->apart ||
	    !addr_of_peer(s->client.conn.fd, &peer))
		return false;
	list_for_each(other, &s->proxy->sessions, struct session, link) {
		list_for_each(o, &other->origins, struct origin, link) {
			if (o->has_wire && addr_eq(&o->own, &peer))
				return true;
		}
	}
	return false;
}

void
arrive_loop(struct session *s)
{
	struct err err;

	err_set(&err, "sluice's own connection was redirected to itself: the "
	    "rule must leave out the user it runs as (sluice "
	    "transparent-rules)");
	session_refuse(s, &err);
}

void
arrive_stray(struct err *err)
{
	err_set(err, "this port takes connections that the kernel "
	    "redirected, and this one came straight to it; sluice "
	    "transparent-rules prints the rules; for clients that are told "
	    "of a proxy open another port: -m regular@PORT; the certificate "
	    "is at /sluice-ca-cert.pem");
}

/* -- requests ------------------------------------------------------------- */

static bool
read_host(const struct message *m, bool tls, struct target *t)
{
	struct str host;
	unsigned port;

	return url_parse_authority(headers_get(&m->headers, STR("Host")),
	    tls ? 443 : 80, &host, &port, NULL) &&
	    target_set(t, tls, host, port, NULL);
}

/* Of an absolute form only the path counts where the server is known. */
static void
take_path(struct message *m)
{
	struct url url;
	struct buf host;
	char *path;

	if (!url_parse(message_word(m, m->target), &url, NULL))
		return;
	buf_init(&host, TARGET_HOST_MAX + 16);
	url_put_authority(&host, url.scheme, url.host, url.port);
	path = url_path(&url);
	message_set(m, &m->target, str_from(path));
	headers_set(&m->headers, STR("Host"), buf_str(&host));
	buf_fini(&host);
	free(path);
}

static void
name_server(const struct session *s, struct message *m)
{
	struct buf host;

	if (option_bool(s->proxy->setup.options, OPTION_KEEP_HOST))
		return;
	buf_init(&host, TARGET_HOST_MAX + 16);
	url_put_authority(&host, s->inside.tls ? STR("https") : STR("http"),
	    str_from(s->inside.host), s->inside.port);
	headers_set(&m->headers, STR("Host"), buf_str(&host));
	buf_fini(&host);
}

/* An address tells a reader little: the Host is a better label. */
static bool
label(struct session *s, const struct target *host)
{
	if (s->secure || !addr_is_literal(s->tunnel.host))
		return false;
	s->inside = s->tunnel;
	memcpy(s->inside.host, host->host, sizeof s->inside.host);
	return addr_is_literal(host->host) ?
	    strcmp(host->host, s->tunnel.host) != 0 : false;
}

bool
arrive_request(struct session *s, struct message *m)
{
	enum mode_kind kind = s->mode->kind;
	bool redirected = kind == MODE_TRANSPARENT || kind == MODE_SOCKS5;
	bool differs = false;
	struct target host;
	struct url url;

	if (kind == MODE_REVERSE || (redirected && *s->inside.host))
		take_path(m);
	if (kind == MODE_REVERSE) {
		name_server(s, m);
		return false;
	}
	if (!*s->inside.host)
		return url_parse(message_word(m, m->target), &url, NULL) &&
		    read_host(m, url.scheme.n == 5, &host) &&
		    (!str_eq_nocase(url.host, str_from(host.host)) ||
		    url.port != host.port);
	if (!read_host(m, s->inside.tls, &host)) {
		if (redirected && !s->secure)
			s->inside = s->tunnel;
		return false;
	}
	if (redirected)
		differs = label(s, &host);
	return differs || host.port != s->inside.port ||
	    strcmp(host.host, s->inside.host) != 0;
}
