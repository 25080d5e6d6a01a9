/* SPDX-License-Identifier: MIT */
/* The text of --mode. */
#include "mode.h"

#include <string.h>

#include "sluice/base/base64.h"
#include "sluice/base/mem.h"
#include "sluice/http/url.h"
#include "sluice/net/addr.h"

static const char *const names[] = {
	[MODE_REGULAR] = "regular",
	[MODE_TRANSPARENT] = "transparent",
	[MODE_REVERSE] = "reverse",
	[MODE_SOCKS5] = "socks5",
	[MODE_UPSTREAM] = "upstream",
};

const char *
mode_name(enum mode_kind kind)
{
	return names[kind];
}

void
mode_fini(struct mode *m)
{
	if (m->credentials)
		explicit_bzero(m->credentials, strlen(m->credentials));
	free(m->credentials);
	free(m->listen);
	*m = (struct mode){ 0 };
}

/* What has a meaning of its own in a URL is written %40 there. */
static void
set_credentials(struct mode *m, struct str userinfo)
{
	char *plain = mem_alloc(userinfo.n);
	struct buf b;

	buf_init(&b, userinfo.n * 2 + 16);
	buf_put(&b, STR("Basic "));
	base64_put(&b, url_unescape(userinfo, false, plain));
	explicit_bzero(plain, userinfo.n);
	free(plain);
	m->credentials = buf_take(&b);
	buf_fini(&b);
}

static bool
parse_server(struct mode *m, struct str text, struct err *err)
{
	struct url url;
	bool tls;

	if (!url_parse(text, &url, err))
		return false;
	tls = str_eq_nocase(url.scheme, STR("https"));
	if (!tls && !str_eq_nocase(url.scheme, STR("http")))
		return err_set(err, "only http:// and https://");
	if (url.path.n > 1 || (url.path.n == 1 && url.path.p[0] != '/'))
		return err_set(err, "a path has no meaning here");
	if (url.userinfo.n > 0 && m->kind != MODE_UPSTREAM)
		return err_set(err, "a user has no meaning here");
	if (url.userinfo.n > 0)
		set_credentials(m, url.userinfo);
	if (m->kind == MODE_UPSTREAM && !url.port_given)
		return err_set(err, "a proxy needs its port");
	return target_set(&m->server, tls, url.host, url.port, err);
}

static bool
parse_kind(struct mode *m, struct str text, struct err *err)
{
	size_t colon = str_chr(text, ':', 0);
	struct str name = str_sub(text, 0, colon);
	bool takes_server;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_eq(name, str_from(names[i])))
			continue;
		m->kind = (enum mode_kind)i;
		takes_server = m->kind == MODE_REVERSE ||
		    m->kind == MODE_UPSTREAM;
		if (!takes_server)
			return colon == SIZE_MAX || err_set(err,
			    "%s takes nothing behind it", names[i]);
		if (colon == SIZE_MAX)
			return err_set(err, "write %s:http://HOST:PORT",
			    names[i]);
		return parse_server(m, str_skip(text, colon + 1), err);
	}
	return err_set(err, "no such mode; regular, transparent, "
	    "reverse:URL, socks5 or upstream:URL");
}

/*
 * Is what stands behind the last '@' a place to listen, rather than the host
 * behind a user?  Then what stands before it is a mode of its own.
 */
static bool
parse_listen(struct mode *m, struct str text)
{
	size_t at = str_rchr(text, '@');
	struct addr a;

	if (at == SIZE_MAX ||
	    !addr_parse_listen(str_skip(text, at + 1), &a, NULL) ||
	    !parse_kind(m, str_sub(text, 0, at), NULL)) {
		mode_fini(m);
		return false;
	}
	m->listen = str_dup(str_skip(text, at + 1));
	return true;
}

bool
mode_parse(struct mode *m, struct str text, struct err *err)
{
	*m = (struct mode){ 0 };
	if (parse_listen(m, text) || parse_kind(m, text, err))
		return true;
	mode_fini(m);
	return err_wrap(err, "--mode %.*s", STR_ARG(str_sub(text, 0, 100)));
}
