/* SPDX-License-Identifier: MIT */
/* Where a request wants to go: CONNECT's authority, absolute form, origin
 * form inside a tunnel, and "*". */
#include "target.h"

#include <string.h>

#include "sluice/base/mem.h"
#include "sluice/http/url.h"

bool
target_set(struct target *t, bool tls, struct str host, unsigned port,
    struct err *err)
{
	if (host.n == 0 || host.n >= TARGET_HOST_MAX)
		return err_set(err, "host name of %zu bytes", host.n);
	t->tls = tls;
	t->port = port;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		t->host[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	t->host[host.n] = '\0';
	return true;
}

bool
target_eq(const struct target *a, const struct target *b)
{
	return a->tls == b->tls && a->port == b->port &&
	    strcmp(a->host, b->host) == 0;
}

bool
target_of_connect(struct target *t, const struct message *m, struct err *err)
{
	struct str host;
	unsigned port;

	if (!url_parse_authority(message_word(m, m->target), 0, &host, &port,
	    err))
		return err_wrap(err, "CONNECT");
	return target_set(t, false, host, port, err);
}

static void
set_words(struct message *m, struct str scheme, struct str host, unsigned port,
    struct str path)
{
	message_set(m, &m->scheme, scheme);
	message_set(m, &m->host, host);
	m->port = (uint16_t)port;
	message_set(m, &m->path, path);
}

static bool
from_absolute(struct message *m, struct str text, struct err *err)
{
	bool options = str_eq(message_word(m, m->method), STR("OPTIONS"));
	const char *scheme;
	struct url url;
	struct buf host;

	/* A client keeps its fragment to itself; this one did not. */
	text = str_sub(text, 0, str_chr(text, '#', 0));
	if (!url_parse(text, &url, err))
		return false;
	if (!str_eq_nocase(url.scheme, STR("http")) &&
	    !str_eq_nocase(url.scheme, STR("https")))
		return err_set(err, "cannot fetch %.*s: only http and https",
		    STR_ARG(url.scheme));
	scheme = url.scheme.n == 5 ? "https" : "http";
	/* The slices lie in m's own block, which grows below: copy first. */
	buf_init(&host, 512);
	url_put_authority(&host, str_from(scheme), url.host, url.port);
	char *name = str_dup(url.host);
	char *path = url.path.n == 0 && options ? mem_strdup("*") :
	    url_path(&url);

	set_words(m, str_from(scheme), str_from(name), url.port,
	    str_from(path));
	free(name);
	free(path);
	if (!str_eq_nocase(headers_get(&m->headers, STR("Host")),
	    buf_str(&host)))
		headers_set(&m->headers, STR("Host"), buf_str(&host));
	buf_fini(&host);
	return true;
}

bool
target_of_request(struct message *m, const struct target *inside,
    struct err *err)
{
	struct str text = message_word(m, m->target);
	bool star = str_eq(text, STR("*"));

	if (text.n > 0 && text.p[0] != '/' && !star) {
		char *copy = str_dup(text);
		bool ok = from_absolute(m, str_make(copy, text.n), err);

		free(copy);
		return ok;
	}
	if (!inside)
		return err_set(err, "this is a proxy: a request must name "
		    "http://HOST/ or use CONNECT; its page is at "
		    "http://sluice.test/");
	char *path = str_dup(text);

	set_words(m, inside->tls ? STR("https") : STR("http"),
	    str_from(inside->host), inside->port, str_from(path));
	free(path);
	return true;
}

bool
target_of_words(struct target *t, const struct message *m, struct err *err)
{
	struct str scheme = message_word(m, m->scheme);

	return target_set(t, str_eq_nocase(scheme, STR("https")),
	    message_word(m, m->host), m->port, err);
}
