/* SPDX-License-Identifier: MIT */
/*
 * URLs and authorities, split strictly: everything that decides where a
 * connection goes passes through here, so what two readers could understand
 * in two ways is refused.
 */
#include "sluice/http/url.h"

#include <assert.h>

#include "sluice/base/mem.h"

/* A DNS name has at most 253 bytes (RFC 1035 2.3.4), and a dot behind it. */
#define HOST_MAX 254

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
is_name_byte(char c)
{
	return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
}

static bool
is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_byte(s.p[i]))
			return false;
	return s.n > 0 && s.n <= HOST_MAX;
}

static bool
is_v6(struct str s)
{
	size_t colons = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':')
			colons++;
		else if (!is_hex(s.p[i]) && s.p[i] != '.')
			return false;
	}
	/* The longest has 45 bytes: six groups and an IPv4 address. */
	return colons >= 2 && colons <= 8 && s.n <= 45;
}

static bool
parse_port(struct str digits, unsigned *port, struct err *err)
{
	uint64_t n;

	if (digits.n > 5 || !str_to_u64(digits, &n) || n == 0 || n > 65535)
		return err_set(err, "port \"%.*s\" is not 1 to 65535",
		    STR_ARG(str_sub(digits, 0, 20)));
	*port = (unsigned)n;
	return true;
}

/* Cuts text into host and port; port.p is NULL when there is none. */
static bool
cut_authority(struct str text, struct str *host, struct str *port,
    struct err *err)
{
	size_t at;

	*port = STR_NONE;
	if (text.n > 0 && text.p[0] == '[') {
		at = str_chr(text, ']', 0);
		if (at == SIZE_MAX)
			return err_set(err, "\"[\" without \"]\" in the host");
		*host = str_sub(text, 1, at++);
		if (!is_v6(*host))
			return err_set(err, "no IPv6 address in the brackets");
	} else {
		at = str_chr(text, ':', 0);
		*host = str_sub(text, 0, at);
		if (!is_name(*host))
			return err_set(err, "\"%.*s\" is not a host name",
			    STR_ARG(str_sub(*host, 0, 100)));
	}
	if (at >= text.n)
		return true;
	if (text.p[at] != ':')
		return err_set(err, "something behind the host's \"]\"");
	*port = str_skip(text, at + 1);
	return true;
}

bool
url_parse_authority(struct str text, unsigned default_port, struct str *host,
    unsigned *port, struct err *err)
{
	struct str digits;

	if (!cut_authority(text, host, &digits, err))
		return false;
	if (digits.p)
		return parse_port(digits, port, err);
	if (default_port == 0)
		return err_set(err, "no port in \"%.*s\"",
		    STR_ARG(str_sub(text, 0, 100)));
	*port = default_port;
	return true;
}

unsigned
url_default_port(struct str scheme)
{
	if (str_eq_nocase(scheme, STR("http")))
		return 80;
	if (str_eq_nocase(scheme, STR("https")))
		return 443;
	return 0;
}

static bool
parse_scheme(struct str text, struct str *scheme, struct err *err)
{
	size_t end = str_find(text, STR("://"));

	if (end == SIZE_MAX || end == 0 || !is_alpha(text.p[0]))
		return err_set(err, "not a URL: no scheme in front");
	*scheme = str_sub(text, 0, end);
	for (size_t i = 1; i < end; i++) {
		char c = text.p[i];

		if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' &&
		    c != '.')
			return err_set(err, "not a URL: no scheme in front");
	}
	return true;
}

static bool
check_bytes(struct str text, struct err *err)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c <= 0x20 || c == 0x7f)
			return err_set(err, "a blank or control byte in the "
			    "URL");
		if (c == '#')
			return err_set(err, "a fragment in the URL");
	}
	return true;
}

/* RFC 3986 3.2.1; a browser would end the host at the "\" of "a\@b". */
static bool
is_userinfo(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_byte(s.p[i]) &&
		    !strchr("~%!$&'()*+,;=:", s.p[i]))
			return false;
	return true;
}

bool
url_parse(struct str text, struct url *url, struct err *err)
{
	struct str rest, authority, port;
	size_t at = 0;

	*url = (struct url){ 0 };
	if (!check_bytes(text, err) || !parse_scheme(text, &url->scheme, err))
		return false;
	rest = str_skip(text, url->scheme.n + 3);
	while (at < rest.n && rest.p[at] != '/' && rest.p[at] != '?')
		at++;
	authority = str_sub(rest, 0, at);
	url->path = str_skip(rest, at);
	at = str_chr(authority, '@', 0);
	if (at != SIZE_MAX) {
		url->userinfo = str_sub(authority, 0, at);
		authority = str_skip(authority, at + 1);
	}
	if (!is_userinfo(url->userinfo))
		return err_set(err, "something strange before the host's "
		    "\"@\"");
	if (!cut_authority(authority, &url->host, &port, err))
		return false;
	url->port = url_default_port(url->scheme);
	url->port_given = port.p != NULL;
	return !port.p || parse_port(port, &url->port, err);
}

char *
url_path(const struct url *url)
{
	bool rooted = url->path.n > 0 && url->path.p[0] == '/';

	return mem_printf("%s%.*s", rooted ? "" : "/", STR_ARG(url->path));
}

static void
put_fitting(struct buf *out, struct str s)
{
	buf_put(out, str_sub(s, 0, buf_room(out)));
}

void
url_put_authority(struct buf *out, struct str scheme, struct str host,
    unsigned port)
{
	bool v6 = str_chr(host, ':', 0) != SIZE_MAX;
	char digits[16] = ":", *end = digits + sizeof digits, *p = end;

	assert(port <= 65535);
	if (v6)
		put_fitting(out, STR("["));
	put_fitting(out, host);
	if (v6)
		put_fitting(out, STR("]"));
	if (port == 0 || port == url_default_port(scheme))
		return;
	for (unsigned n = port; n > 0; n /= 10)
		*--p = (char)('0' + n % 10);
	*--p = ':';
	put_fitting(out, str_make(p, (size_t)(end - p)));
}

struct str
url_unescape(struct str text, bool plus, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++) {
		bool coded = text.p[i] == '%' && text.n - i > 2;
		int high = coded ? str_hex_digit(text.p[i + 1]) : -1;
		int low = coded ? str_hex_digit(text.p[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			out[n++] = (char)(high * 16 + low);
			i += 2;
		} else {
			out[n++] = plus && text.p[i] == '+' ? ' ' : text.p[i];
		}
	}
	return str_make(out, n);
}
