/* SPDX-License-Identifier: MIT */
/*
 * Answers sluice gives itself.  The text is escaped, the page allows no
 * active content (CSP none) and echoes nothing of the request, so that it
 * cannot be used against the origin it seems to come from.
 */
#include "reply.h"

#include <stdio.h>

#include "sluice/base/escape.h"

#define PAGE_MAX (8u * 1024)

static const char *
advice(unsigned status)
{
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

static void
put_page(struct buf *page, unsigned status, const struct err *err)
{
	buf_printf(page, "<!doctype html><meta charset=utf-8>"
	    "<title>%u %s</title>\n"
	    "<style>body{font:16px/1.5 sans-serif;margin:3em;max-width:40em}"
	    "</style>\n<h1>%u %s</h1>\n<p>sluice: ", status,
	    http_reason(status), status, http_reason(status));
	escape_html(page, str_from(err->text));
	buf_printf(page, "</p>\n<p>%s</p>\n", advice(status));
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
reply_page(struct exchange_host *host, unsigned status, const struct err *err,
    bool head_only)
{
	struct message m;
	struct buf page;

	buf_init(&page, PAGE_MAX);
	put_page(&page, status, err);
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
	put_page(&page, status, err);
	make_head(&m, status, buf_len(&page));
	codec_head(c, 0, &m);
	codec_body(c, 0, buf_str(&page));
	codec_end(c, 0, NULL);
	message_fini(&m);
	buf_fini(&page);
}
