/* SPDX-License-Identifier: MIT */
/* Guesses about bodies from little of them. */
#include "body_kind.h"

#include <assert.h>

#include "sluice/base/utf8.h"

static const char *const names[BODY_KINDS] = {
	[KIND_TEXT] = "text", [KIND_JSON] = "json", [KIND_XML] = "xml",
	[KIND_HTML] = "html", [KIND_FORM] = "form",
	[KIND_MULTIPART] = "multipart", [KIND_JWT] = "jwt",
	[KIND_IMAGE] = "image", [KIND_BINARY] = "binary"
};

const char *
body_kind_name(enum body_kind kind)
{
	assert(kind < BODY_KINDS);
	return names[kind];
}

bool
body_is_binary(struct str s)
{
	size_t all, odd = 0;

	s = str_sub(s, 0, BODY_SNIFF);
	all = s.n;
	while (s.n > 0) {
		unsigned char c = (unsigned char)s.p[0];
		uint32_t code;
		size_t n = utf8_decode(s, &code);

		if (c == 0)
			return true;
		if (n == 0)
			odd++;
		else if (c < 0x20 && strchr("\t\n\r\f\033\x1e", c) == NULL)
			odd++;
		s = str_skip(s, n > 0 ? n : 1);
	}
	return odd * 10 > all;
}

/* Characters of base64url from `from` on. */
static size_t
token_part(struct str s, size_t from)
{
	size_t n = from;

	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') ||
	    (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
	    (s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-' ||
	    s.p[n] == '_'))
		n++;
	return n - from;
}

size_t
body_jwt_length(struct str s)
{
	size_t head, claims;

	/* RFC 7519: base64url of {" .. */
	if (!str_starts(s, STR("eyJ")) && !str_starts(s, STR("eyA")))
		return 0;
	head = token_part(s, 0);
	if (head >= s.n || s.p[head] != '.')
		return 0;
	claims = token_part(s, head + 1);
	if (claims < 2 || head + 1 + claims >= s.n ||
	    s.p[head + 1 + claims] != '.')
		return 0;
	claims += head + 2;
	return claims + token_part(s, claims);
}

struct str
body_jwt_find(struct str s)
{
	for (size_t i = 0; i + 1 < s.n; i++) {
		size_t n;

		if (s.p[i] != 'e' || s.p[i + 1] != 'y')
			continue;
		n = body_jwt_length(str_skip(s, i));
		if (n > 0)
			return str_sub(s, i, i + n);
		/* Inside the same run of letters there is none either. */
		i += token_part(s, i);
	}
	return STR_NONE;
}

/* By the media type; KIND_BINARY: it says nothing of use. */
static enum body_kind
by_type(struct str type)
{
	if (str_find_nocase(type, STR("json")) != SIZE_MAX)
		return KIND_JSON;
	if (str_eq_nocase(type, STR("application/x-www-form-urlencoded")))
		return KIND_FORM;
	if (str_starts_nocase(type, STR("multipart/")))
		return KIND_MULTIPART;
	if (str_eq_nocase(type, STR("application/jwt")))
		return KIND_JWT;
	if (str_eq_nocase(type, STR("text/html")))
		return KIND_HTML;
	if (str_starts_nocase(type, STR("image/")) &&
	    str_find_nocase(type, STR("svg")) == SIZE_MAX)
		return KIND_IMAGE;
	if (str_find_nocase(type, STR("xml")) != SIZE_MAX ||
	    str_find_nocase(type, STR("svg")) != SIZE_MAX)
		return KIND_XML;
	return KIND_BINARY;
}

static struct str
skip_blanks(struct str s)
{
	while (s.n > 0 && s.p[0] != '\0' && strchr(" \t\r\n", s.p[0]) != NULL)
		s = str_skip(s, 1);
	return s;
}

static enum body_kind
by_look(struct str start)
{
	struct str s = skip_blanks(start);

	if (str_starts(s, STR("{")) || str_starts(s, STR("[")))
		return KIND_JSON;
	if (str_starts_nocase(s, STR("<!doctype html")) ||
	    str_starts_nocase(s, STR("<html")))
		return KIND_HTML;
	if (str_starts(s, STR("<?xml")))
		return KIND_XML;
	if (body_jwt_length(s) > 0 &&
	    skip_blanks(str_skip(s, body_jwt_length(s))).n == 0)
		return KIND_JWT;
	return KIND_TEXT;
}

enum body_kind
body_kind_guess(const struct message *m, struct str start, bool *sure)
{
	struct str type = message_media_type(m);
	enum body_kind kind = by_type(type);

	*sure = kind != KIND_BINARY;
	if (kind == KIND_IMAGE || kind == KIND_MULTIPART)
		return kind;
	if (body_is_binary(start))
		return KIND_BINARY;
	if (*sure)
		return kind;
	if (type.n > 0 && !str_eq_nocase(type, STR("text/plain")))
		return KIND_TEXT;
	return by_look(start);
}
