/* SPDX-License-Identifier: MIT */
/* Hostile bytes made safe, for a terminal, a page, a shell, a file name. */
#include "sluice/base/escape.h"

#include <langinfo.h>
#include <stdio.h>

#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

/* Combining marks drawn on one base character; more is an attack. */
#define MARKS_MAX 4
#define FILE_NAME_MAX 80

static bool
locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool
is_plain(char c)
{
	return c >= 0x20 && c < 0x7f;
}

static void
set_piece(struct escape_piece *piece, const char *text, size_t n,
    unsigned width, bool escaped)
{
	memcpy(piece->text, text, n);
	piece->text[n] = '\0';
	piece->len = (unsigned)n;
	piece->width = width;
	piece->escaped = escaped;
}

static void
set_escape(struct escape_piece *piece, const char *fmt, unsigned value)
{
	char text[16];
	int n = snprintf(text, sizeof text, fmt, value);

	set_piece(piece, text, (size_t)n, (unsigned)n, true);
}

void
escape_next(struct str s, unsigned flags, struct escape_piece *piece)
{
	unsigned char c = (unsigned char)s.p[0];
	uint32_t code;
	size_t n;
	int width;

	piece->used = 1;
	if (is_plain(s.p[0])) {
		set_piece(piece, s.p, 1, 1, false);
		return;
	}
	if ((c == '\n' && flags & ESCAPE_KEEP_LF) ||
	    (c == '\t' && flags & ESCAPE_KEEP_TAB)) {
		set_piece(piece, s.p, 1, 0, false);
		return;
	}
	n = utf8_decode(s, &code);
	if (n <= 1 || !locale_is_utf8()) {
		set_escape(piece, "\\x%02x", c);
		return;
	}
	piece->used = (unsigned)n;
	width = utf8_width(code);
	if (width < 0)
		set_escape(piece, "<U+%04X>", code);
	else
		set_piece(piece, s.p, n, (unsigned)width, false);
}

/* Most of what is shown is plain; that many bytes at the start of s. */
static size_t
plain_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_plain(s.p[n]))
		n++;
	return n;
}

void
escape_text(struct buf *out, struct str s, unsigned flags)
{
	struct escape_piece piece;
	unsigned marks = 0;

	while (s.n > 0) {
		size_t n = plain_run(s), room = buf_room(out);

		if (n > 0) {
			buf_put(out, str_sub(s, 0, n < room ? n : room));
			if (n > room)
				return;
			s = str_skip(s, n);
			marks = 0;
			continue;
		}
		escape_next(s, flags, &piece);
		s = str_skip(s, piece.used);
		marks = piece.width == 0 && piece.len > 1 ? marks + 1 : 0;
		if (marks > MARKS_MAX)
			continue;
		if (!buf_add(out, piece.text, piece.len))
			return;
	}
}

char *
escape_dup(struct str s)
{
	struct buf out;

	/* No piece is longer than ten bytes for one byte of input. */
	buf_init(&out, s.n * 10 + 1);
	escape_text(&out, s, 0);
	return buf_take(&out);
}

static struct str
entity(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	case '\'':
		return STR("&#39;");
	default:
		return STR_NONE;
	}
}

void
escape_html(struct buf *out, struct str s)
{
	struct escape_piece piece;

	while (s.n > 0) {
		escape_next(s, ESCAPE_KEEP_LF, &piece);
		s = str_skip(s, piece.used);
		for (unsigned i = 0; i < piece.len; i++) {
			struct str e = entity(piece.text[i]);

			if (!e.p)
				e = str_make(piece.text + i, 1);
			if (!buf_add(out, e.p, e.n))
				return;
		}
	}
}

void
escape_shell(struct buf *out, struct str s)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'')
			buf_put(out, STR("'\\''"));
		else if (s.p[i] != '\0')	/* no word can hold it */
			buf_putc(out, s.p[i]);
	}
	buf_putc(out, '\'');
}

/* The escapes that Python and JavaScript share. */
static bool
put_named(struct buf *out, char c)
{
	switch (c) {
	case '\n':
		buf_put(out, STR("\\n"));
		return true;
	case '\r':
		buf_put(out, STR("\\r"));
		return true;
	case '\t':
		buf_put(out, STR("\\t"));
		return true;
	case '"':
	case '\\':
		buf_putc(out, '\\');
		buf_putc(out, c);
		return true;
	default:
		return false;
	}
}

void
escape_literal(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (put_named(out, s.p[i]))
			continue;
		if (is_plain(s.p[i]))
			buf_putc(out, s.p[i]);
		else
			buf_printf(out, "\\x%02x", (unsigned char)s.p[i]);
	}
}

void
escape_literal_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!put_named(out, s.p[i]))
			buf_putc(out, s.p[i]);
}

bool
escape_is_text(struct str s)
{
	uint32_t code;

	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0 || (code != '\n' && code != '\r' && code != '\t' &&
		    utf8_width(code) < 0))
			return false;
		s = str_skip(s, n);
	}
	return true;
}

static bool
is_file_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

void
escape_file_name(struct buf *out, struct str s)
{
	size_t slash = str_rchr(s, '/'), n = 0;

	if (slash != SIZE_MAX)
		s = str_skip(s, slash + 1);
	for (size_t i = 0; i < s.n && n < FILE_NAME_MAX; i++) {
		bool lead = n == 0 && (s.p[i] == '.' || s.p[i] == '-');

		if (!is_file_char(s.p[i]) || lead)
			continue;
		buf_putc(out, s.p[i]);
		n++;
	}
	if (n == 0)
		buf_put(out, STR("file"));
}
