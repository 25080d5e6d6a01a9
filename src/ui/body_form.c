/* SPDX-License-Identifier: MIT */
/* Forms and multipart bodies as lines of text. */
#include "body_form.h"

#include <stdio.h>

#include "sluice/base/human.h"

#define NAME_CELLS	24u
#define PART_SHOWN	2048u		/* bytes of a part's text */
#define PARTS_MAX	500u
#define BOUNDARY_MAX	70u		/* RFC 2046 section 5.1.1 */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Adds as much as there is room for. */
static void
add(struct buf *out, struct str s)
{
	buf_put(out, str_sub(s, 0, buf_room(out)));
}

/* Percent and plus decoded; line ends stay within the value's column. */
static void
put_decoded(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%' && i + 2 < s.n &&
		    hex_digit(s.p[i + 1]) >= 0 && hex_digit(s.p[i + 2]) >= 0) {
			c = (char)(hex_digit(s.p[i + 1]) << 4 |
			    hex_digit(s.p[i + 2]));
			i += 2;
		}
		if (c == '\n')
			add(out, STR("\n    "));
		else
			add(out, str_make(&c, 1));
	}
}

bool
body_form_pairs(struct str text, struct buf *out)
{
	struct str pair;

	if (text.n == 0)
		return false;
	while (str_split(&text, '&', &pair)) {
		size_t eq = str_chr(pair, '=', 0), from = buf_len(out);

		put_decoded(out, str_sub(pair, 0, eq));
		while (buf_len(out) - from < NAME_CELLS && buf_room(out) > 0)
			buf_putc(out, ' ');
		if (eq != SIZE_MAX) {
			add(out, STR(" = "));
			put_decoded(out, str_skip(pair, eq + 1));
		}
		add(out, STR("\n"));
	}
	return true;
}

/* The value of a parameter in "type/sub; name=value"; quotes taken off. */
static struct str
parameter(struct str field, struct str name)
{
	struct str part;

	(void)str_split(&field, ';', &part);
	while (field.p != NULL && str_split(&field, ';', &part)) {
		part = str_trim(part);
		if (!str_starts_nocase(part, name) || part.n <= name.n ||
		    part.p[name.n] != '=')
			continue;
		part = str_skip(part, name.n + 1);
		if (str_starts(part, STR("\"")))
			part = str_sub(part, 1, str_chr(part, '"', 1));
		return part;
	}
	return STR_NONE;
}

static struct str
next_line(struct str *rest)
{
	size_t lf = str_chr(*rest, '\n', 0);
	struct str line = str_sub(*rest, 0, lf);

	*rest = str_skip(*rest, lf == SIZE_MAX ? rest->n : lf + 1);
	return str_ends(line, STR("\r")) ? str_sub(line, 0, line.n - 1) : line;
}

/* A part: its fields, how long it is, and its text when it is text. */
static void
put_part(struct buf *out, struct str part, size_t number)
{
	char head[80], size[HUMAN_MAX];
	struct str line, shown;
	size_t at = buf_len(out);

	(void)snprintf(head, sizeof(head), "part %zu\n", number);
	add(out, str_from(head));
	for (line = next_line(&part); line.n > 0; line = next_line(&part)) {
		add(out, STR("  "));
		add(out, line);
		add(out, STR("\n"));
	}
	human_size(part.n, size);
	(void)snprintf(head, sizeof(head), "  %s bytes%s\n", size,
	    body_is_binary(part) ? ", binary" : "");
	add(out, str_from(head));
	if (body_is_binary(part))
		return;
	shown = str_sub(part, 0, PART_SHOWN);
	while (shown.n > 0) {
		add(out, STR("    "));
		add(out, next_line(&shown));
		add(out, STR("\n"));
	}
	if (part.n > PART_SHOWN)
		add(out, STR("    ..\n"));
	if (buf_len(out) > at)
		add(out, STR("\n"));
}

bool
body_form_parts(struct str type, struct str text, struct buf *out)
{
	struct str boundary = parameter(type, STR("boundary")), mark;
	char delimiter[BOUNDARY_MAX + 8];
	size_t n = 0, at, end;

	if (boundary.n == 0 || boundary.n > BOUNDARY_MAX)
		return false;
	(void)snprintf(delimiter, sizeof(delimiter), "--%.*s",
	    STR_ARG(boundary));
	mark = str_from(delimiter);
	at = str_find(text, mark);
	while (at != SIZE_MAX && n < PARTS_MAX) {
		struct str rest = str_skip(text, at + mark.n);

		if (str_starts(rest, STR("--")))
			break;
		(void)next_line(&rest);
		end = str_find(rest, mark);
		text = end != SIZE_MAX ? str_skip(rest, end) : STR("");
		rest = str_sub(rest, 0, end);
		if (str_ends(rest, STR("\n")))
			rest.n--;
		if (str_ends(rest, STR("\r")))
			rest.n--;
		put_part(out, rest, ++n);
		at = end != SIZE_MAX ? 0 : SIZE_MAX;
	}
	return n > 0;
}

bool
body_form_make(enum body_kind kind, const struct message *m, struct str text,
    struct buf *out)
{
	switch (kind) {
	case KIND_FORM:
		return body_form_pairs(text, out);
	case KIND_MULTIPART:
		return body_form_parts(headers_get(&m->headers,
		    STR("content-type")), text, out);
	case KIND_JWT:
		return body_form_jwt(text, out);
	case KIND_IMAGE:
		return body_form_image(m, text, out);
	case KIND_TEXT:
	case KIND_JSON:
	case KIND_XML:
	case KIND_HTML:
	case KIND_BINARY:
		break;
	}
	return false;
}
