/* SPDX-License-Identifier: MIT */
/* One line of text with a cursor.  The prompt owns one. */
#include "line_edit.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

void
line_edit_init(struct line_edit *e)
{
	buf_init(&e->text, LINE_EDIT_MAX);
	buf_init(&e->killed, LINE_EDIT_MAX);
	e->at = 0;
}

void
line_edit_fini(struct line_edit *e)
{
	buf_fini(&e->text);
	buf_fini(&e->killed);
	e->at = 0;
}

struct str
line_edit_text(const struct line_edit *e)
{
	return buf_str(&e->text);
}

/* Puts text in place of the bytes from..to; the cursor goes behind it. */
static void
replace(struct line_edit *e, size_t from, size_t to, struct str text)
{
	struct str old = buf_str(&e->text);
	char *rest;
	size_t rest_len;

	assert(from <= to && to <= old.n);
	if (old.n - (to - from) + text.n > e->text.max)
		return;
	rest = str_dup(str_skip(old, to));
	rest_len = old.n - to;
	buf_truncate(&e->text, from);
	buf_put(&e->text, text);
	buf_put(&e->text, str_make(rest, rest_len));
	free(rest);
	e->at = from + text.n;
	assert(e->at <= buf_len(&e->text));
}

static void
insert_char(struct line_edit *e, uint32_t code)
{
	char bytes[4];

	replace(e, e->at, e->at, str_make(bytes, utf8_encode(code, bytes)));
}

void
line_edit_insert(struct line_edit *e, struct str text)
{
	struct buf clean;

	buf_init(&clean, LINE_EDIT_MAX);
	while (text.n > 0) {
		uint32_t code;
		size_t n = utf8_decode(text, &code);

		if (n > 0 && key_is_text(code) &&
		    !buf_add(&clean, text.p, n))
			break;
		text = str_skip(text, n > 0 ? n : 1);
	}
	replace(e, e->at, e->at, buf_str(&clean));
	buf_fini(&clean);
}

void
line_edit_set(struct line_edit *e, struct str text)
{
	buf_clear(&e->text);
	e->at = 0;
	line_edit_insert(e, text);
}

static bool
is_word(unsigned char c)
{
	return c >= 0x80 || (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool
word_at(const struct line_edit *e, size_t at)
{
	return is_word((unsigned char)line_edit_text(e).p[at]);
}

static size_t
word_back(const struct line_edit *e)
{
	size_t at = e->at;

	while (at > 0 && !word_at(e, at - 1))
		at--;
	while (at > 0 && word_at(e, at - 1))
		at--;
	return at;
}

static size_t
word_on(const struct line_edit *e)
{
	size_t at = e->at, len = buf_len(&e->text);

	while (at < len && !word_at(e, at))
		at++;
	while (at < len && word_at(e, at))
		at++;
	return at;
}

/* C-w: back to a blank, as the shell does. */
static size_t
blank_back(const struct line_edit *e)
{
	struct str text = line_edit_text(e);
	size_t at = e->at;

	while (at > 0 && text.p[at - 1] == ' ')
		at--;
	while (at > 0 && text.p[at - 1] != ' ')
		at--;
	return at;
}

static void
kill_range(struct line_edit *e, size_t from, size_t to)
{
	if (from == to)
		return;
	buf_clear(&e->killed);
	buf_put(&e->killed, str_sub(line_edit_text(e), from, to));
	replace(e, from, to, STR(""));
}

static bool
move_key(struct line_edit *e, uint32_t k)
{
	struct str text = line_edit_text(e);

	switch (k) {
	case KEY_CTRL | 'a':
	case KEY_CODE_HOME:
		e->at = 0;
		return true;
	case KEY_CTRL | 'e':
	case KEY_CODE_END:
		e->at = text.n;
		return true;
	case KEY_CTRL | 'b':
	case KEY_CODE_LEFT:
		e->at = e->at > 0 ? utf8_prev(text, e->at) : 0;
		return true;
	case KEY_CTRL | 'f':
	case KEY_CODE_RIGHT:
		e->at = e->at < text.n ? utf8_next(text, e->at) : text.n;
		return true;
	case KEY_ALT | 'b':
	case KEY_CTRL | KEY_CODE_LEFT:
		e->at = word_back(e);
		return true;
	case KEY_ALT | 'f':
	case KEY_CTRL | KEY_CODE_RIGHT:
		e->at = word_on(e);
		return true;
	default:
		return false;
	}
}

static bool
delete_key(struct line_edit *e, uint32_t k)
{
	struct str text = line_edit_text(e);

	switch (k) {
	case KEY_CODE_BACKSPACE:
	case KEY_CTRL | 'h':
		if (e->at > 0)
			replace(e, utf8_prev(text, e->at), e->at, STR(""));
		return true;
	case KEY_CODE_DELETE:
	case KEY_CTRL | 'd':
		if (e->at < text.n)
			replace(e, e->at, utf8_next(text, e->at), STR(""));
		return true;
	case KEY_CTRL | 'w':
		kill_range(e, blank_back(e), e->at);
		return true;
	case KEY_ALT | KEY_CODE_BACKSPACE:
		kill_range(e, word_back(e), e->at);
		return true;
	case KEY_ALT | 'd':
		kill_range(e, e->at, word_on(e));
		return true;
	case KEY_CTRL | 'u':
		kill_range(e, 0, e->at);
		return true;
	case KEY_CTRL | 'k':
		kill_range(e, e->at, text.n);
		return true;
	case KEY_CTRL | 'y':
		replace(e, e->at, e->at, buf_str(&e->killed));
		return true;
	default:
		return false;
	}
}

bool
line_edit_key(struct line_edit *e, uint32_t k)
{
	if (move_key(e, k) || delete_key(e, k))
		return true;
	if (!key_is_text(k))
		return false;
	insert_char(e, k);
	return true;
}

size_t
line_edit_cells(const struct line_edit *e)
{
	return utf8_cells(str_sub(line_edit_text(e), 0, e->at));
}
