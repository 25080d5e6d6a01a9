/* SPDX-License-Identifier: MIT */
/*
 * Answers sluice gives itself.  The text is escaped, the page allows no
 * active content (CSP none) and echoes nothing of the request, so that it
 * cannot be used against the origin it seems to come from.
 */
#include "reply.h"

#include <stdio.h>

#include "sluice/base/escape.h"

#define PAGE_MAX (64u * 1024)

static const char *
tls_advice(enum tls_fault fault)
{
	switch (fault) {
	case TLS_FAULT_CERT:
		return "In sluice, press t on the flow to trust this "
		    "certificate for this run, then try again.";
	case TLS_FAULT_WEAK:
		return "Start sluice with -o weak=HOST to speak the old TLS "
		    "of this server.";
	case TLS_FAULT_WANTS_CERT:
		return "Start sluice with -o client_cert=HOST=FILE to show "
		    "this server a certificate.";
	case TLS_FAULT_NO_TLS:
		return "Nothing on this port speaks TLS; perhaps it is plain "
		    "http.";
	case TLS_FAULT_NONE:
	case TLS_FAULT_REFUSED:
	case TLS_FAULT_LEFT:
	case TLS_FAULT_CLIENT:
	case TLS_FAULT_SERVER:
	case TLS_FAULT_LATE:
	case TLS_FAULT_CONSTRAINED:
		break;
	}
	return NULL;
}

static const char *
advice(unsigned status, const struct flow *f)
{
	const char *text = f ? tls_advice(f->tls_fault) : NULL;

	if (text)
		return text;
	switch (status) {
	case 400:
		return "The request is not valid HTTP, or not meant for a "
		    "proxy. Its bytes are in sluice's list.";
	case 407:
		return "Give the client the user and password of "
		    "-o proxy_auth, for instance in "
		    "http://USER:PASSWORD@HOST:PORT.";
	case 408:
		return "The request did not arrive in time.";
	case 431:
		return "Raise the limit with -o head_max=SIZE.";
	case 504:
		return "The server is too slow or cannot be reached. In "
		    "sluice, press r on the flow to try again.";
	case 508:
		return "The request asks sluice to connect to itself.";
	default:
		return "In sluice, open the flow to see more, or press r on "
		    "it to try again.";
	}
}

/* What the server showed, when that is what went wrong. */
static void
put_chain(struct buf *page, const struct flow *f)
{
	const struct certificate *c = f && f->server ?
	    f->server->certificate : NULL;

	if (!c || f->tls_fault != TLS_FAULT_CERT)
		return;
	buf_put(page, STR("<pre>"));
	escape_html(page, str_from(c->subject));
	buf_put(page, STR("\nissued by "));
	escape_html(page, str_from(c->issuer));
	buf_put(page, STR("\nfor "));
	escape_html(page, str_sub(str_from(c->names), 0, 1000));
	buf_put(page, STR("\nSHA-256 "));
	escape_html(page, str_from(c->sha256));
	if (c->chain_text) {
		buf_put(page, STR("\n\n"));
		escape_html(page, str_from(c->chain_text));
	}
	buf_put(page, STR("</pre>\n"));
}

static void
put_page(struct buf *page, unsigned status, const struct err *err,
    const struct flow *f)
{
	buf_printf(page, "<!doctype html><meta charset=utf-8>"
	    "<title>%u %s</title>\n"
	    "<style>body{font:16px/1.5 sans-serif;margin:3em;max-width:50em}"
	    "pre{white-space:pre-wrap;overflow-wrap:anywhere}"
	    "</style>\n<h1>%u %s</h1>\n<p>sluice: ", status,
	    http_reason(status), status, http_reason(status));
	escape_html(page, str_from(err->text));
	buf_put(page, STR("</p>\n"));
	put_chain(page, f);
	buf_printf(page, "<p>%s</p>\n", advice(status, f));
}

static void
make_head(struct message *m, unsigned status, size_t length)
{
	message_init(m, MESSAGE_RESPONSE, NULL);
	m->status = (uint16_t)status;
	m->version_minor = 1;
	message_set(m, &m->reason, str_from(http_reason(status)));
	headers_add(&m->headers, STR("Content-Type"),
	    STR("text/html; charset=utf-8"));
	headers_add(&m->headers, STR("Content-Security-Policy"),
	    STR("default-src 'none'; style-src 'unsafe-inline'"));
	headers_add(&m->headers, STR("X-Content-Type-Options"), STR("nosniff"));
	headers_add(&m->headers, STR("Cache-Control"), STR("no-store"));
	if (status == 407)
		headers_add(&m->headers, STR("Proxy-Authenticate"),
		    STR("Basic realm=\"sluice\", charset=\"UTF-8\""));
	m->framing = FRAMING_LENGTH;
	m->length = length;
	m->keep_alive = false;
}

void
reply_page(struct exchange_host *host, unsigned status, const struct flow *f,
    bool head_only)
{
	struct message m;
	struct buf page;

	buf_init(&page, PAGE_MAX);
	put_page(&page, status, &f->error, f);
	make_head(&m, status, buf_len(&page));
	if (head_only) {
		char length[24];

		snprintf(length, sizeof length, "%zu", buf_len(&page));
		headers_add(&m.headers, STR("Content-Length"),
		    str_from(length));
		m.framing = FRAMING_NONE;
		m.bodiless = true;
	}
	host->ops->head(host, SIDE_CLIENT, &m);
	if (!head_only)
		host->ops->body(host, SIDE_CLIENT, buf_str(&page));
	host->ops->end(host, SIDE_CLIENT, NULL);
	message_fini(&m);
	buf_fini(&page);
}

void
reply_to_codec(struct codec *c, unsigned status, const struct err *err)
{
	struct message m;
	struct buf page;

	buf_init(&page, PAGE_MAX);
	put_page(&page, status, err, NULL);
	make_head(&m, status, buf_len(&page));
	codec_head(c, 0, &m);
	codec_body(c, 0, buf_str(&page));
	codec_end(c, 0, NULL);
	message_fini(&m);
	buf_fini(&page);
}
