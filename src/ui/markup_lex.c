/* SPDX-License-Identifier: MIT */
/*
 * Elements are remembered by hashes of their names, so that tags left open
 * in HTML do not indent the rest of the page.
 */
#include "markup_lex.h"

#include <assert.h>

enum markup_state {
	MARKUP_TEXT,
	MARKUP_RAW,			/* script, style: until its end tag */
	MARKUP_TAG, MARKUP_END_TAG,
	MARKUP_COMMENT, MARKUP_CDATA, MARKUP_DECLARATION
};

static const char *const void_names[] = {
	"area", "base", "br", "col", "embed", "hr", "img", "input", "link",
	"meta", "param", "source", "track", "wbr"
};

static const char *const raw_names[] = { "script", "style", "textarea" };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_alpha(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == ':' ||
	    (unsigned char)c >= 0x80;
}

/* The name at the start of s, at most so much as is looked ahead. */
static struct str
name_at(struct str s)
{
	size_t n = 0;

	while (n < s.n && n < MARKUP_AHEAD - 2 && !is_blank(s.p[n]) &&
	    s.p[n] != '>' && s.p[n] != '/')
		n++;
	return str_sub(s, 0, n);
}

static uint16_t
hash_name(const struct markup_lex *l, struct str name)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)(l->html ? lower(name.p[i]) :
		    name.p[i])) * 16777619u;
	return (uint16_t)(h ^ h >> 16);
}

static bool
is_one_of(const struct markup_lex *l, uint16_t name, const char *const *names,
    size_t n)
{
	for (size_t i = 0; i < n && l->html; i++)
		if (hash_name(l, str_from(names[i])) == name)
			return true;
	return false;
}

static void
push(struct markup_lex *l)
{
	if (l->depth < MARKUP_DEPTH)
		l->names[l->depth] = l->name;
	if (l->depth < UINT16_MAX)
		l->depth++;
}

/* Closes the innermost element of that name and all inside it. */
static void
pop(struct markup_lex *l, uint16_t name)
{
	if (l->depth > MARKUP_DEPTH) {
		l->depth--;
		return;
	}
	for (unsigned i = l->depth; i-- > 0; )
		if (l->names[i] == name) {
			l->depth = (uint16_t)i;
			return;
		}
}

/* What begins with the '<' at s: its kind, and the state inside it. */
static enum json_kind
tag_kind(struct markup_lex *l, struct str s)
{
	if (str_starts(s, STR("<!--"))) {
		l->state = MARKUP_COMMENT;
		return LEX_WORD;
	}
	if (str_starts(s, STR("<![CDATA["))) {
		l->state = MARKUP_CDATA;
		return LEX_WORD;
	}
	if (str_starts(s, STR("<!")) || str_starts(s, STR("<?"))) {
		l->state = MARKUP_DECLARATION;
		return LEX_WORD;
	}
	if (str_starts(s, STR("</")) && s.n > 2 && is_alpha(s.p[2])) {
		l->state = MARKUP_END_TAG;
		return LEX_CLOSE;
	}
	if (s.n > 1 && is_alpha(s.p[1])) {
		l->state = MARKUP_TAG;
		return LEX_OPEN;
	}
	return LEX_STRING;
}

/* Does the raw element end at the '<' at s? */
static bool
ends_raw(const struct markup_lex *l, struct str s)
{
	return str_starts(s, STR("</")) &&
	    hash_name(l, name_at(str_skip(s, 2))) == l->name;
}

/* The tag is complete. */
static void
close_tag(struct markup_lex *l)
{
	bool open = l->state == MARKUP_TAG && !l->slash &&
	    !is_one_of(l, l->name, void_names, 14);

	l->inlined = open;
	l->state = MARKUP_TEXT;
	if (!open)
		return;
	push(l);
	if (is_one_of(l, l->name, raw_names, 3))
		l->state = MARKUP_RAW;
}

/* Bytes of `in` from `at` that belong to the token; *last: it ends there. */
static size_t
inside(struct markup_lex *l, struct str in, size_t at, size_t limit,
    bool *last)
{
	for (; at < limit && in.p[at] != '\n'; at++) {
		char c = in.p[at];
		struct str rest = str_skip(in, at);

		switch ((enum markup_state)l->state) {
		case MARKUP_TEXT:
			if (c == '<' && tag_kind(l, rest) != LEX_STRING) {
				l->state = MARKUP_TEXT;
				*last = true;
				return at;
			}
			continue;
		case MARKUP_RAW:
			if (c == '<' && ends_raw(l, rest)) {
				*last = true;
				return at;
			}
			continue;
		case MARKUP_TAG:
		case MARKUP_END_TAG:
			if (l->quote != 0) {
				if (c == (char)l->quote)
					l->quote = 0;
				continue;
			}
			if (c == '>')
				break;
			if ((c == '"' || c == '\'') && at > 0)
				l->quote = (uint8_t)c;
			l->slash = c == '/';
			continue;
		case MARKUP_COMMENT:
		case MARKUP_CDATA:
			if (!str_starts(rest, l->state == MARKUP_COMMENT ?
			    STR("-->") : STR("]]>")))
				continue;
			at += 2;
			break;
		case MARKUP_DECLARATION:
			if (c != '>')
				continue;
			break;
		}
		*last = true;
		close_tag(l);
		return at + 1;
	}
	return at;
}

void
markup_lex_init(struct markup_lex *l, bool html)
{
	*l = (struct markup_lex){
		.html = html, .before = LEX_MORE, .first = true
	};
}

/* Sets a new token up; its kind, and whether a row begins with it. */
static void
begin(struct markup_lex *l, struct str in, size_t at, bool broken,
    struct json_piece *piece)
{
	bool inlined = l->inlined && !broken;

	piece->kind = LEX_STRING;
	if (in.p[at] == '<' && (l->state != MARKUP_RAW ||
	    ends_raw(l, str_skip(in, at))))
		piece->kind = tag_kind(l, str_skip(in, at));
	piece->newline = true;
	if (piece->kind == LEX_CLOSE) {
		unsigned depth = l->depth;

		l->name = hash_name(l, name_at(str_skip(in, at + 2)));
		pop(l, l->name);
		/* It stands behind its text, unless it ends more. */
		piece->newline = !inlined || l->depth + 1u != depth;
	} else if (piece->kind == LEX_OPEN) {
		l->name = hash_name(l, name_at(str_skip(in, at + 1)));
	} else if (piece->kind == LEX_STRING) {
		piece->newline = !inlined || l->before != LEX_OPEN;
	}
	piece->depth = l->depth;
	l->inlined = inlined && piece->kind == LEX_STRING;
	l->slash = false;
	l->quote = 0;
	l->before = (uint8_t)piece->kind;
}

static enum json_kind
kind_inside(const struct markup_lex *l)
{
	return l->state == MARKUP_TAG ? LEX_OPEN :
	    l->state == MARKUP_END_TAG ? LEX_CLOSE : LEX_WORD;
}

enum json_kind
markup_lex_next(struct markup_lex *l, struct str in, size_t limit,
    struct json_piece *piece)
{
	bool tokens = l->state == MARKUP_TEXT || l->state == MARKUP_RAW;
	bool broken = l->broken, last = false;
	size_t at = 0, from;

	assert(limit <= in.n);
	*piece = (struct json_piece){ .kind = LEX_MORE };
	l->broken = false;
	/* Blanks between tokens; in scripts only line ends. */
	while (at < limit && is_blank(in.p[at])) {
		if (in.p[at] == '\n')
			broken = true;
		else if (!broken && (!tokens || l->cut))
			break;
		else if (l->state == MARKUP_RAW && in.p[at] != '\r')
			break;
		at++;
	}
	piece->begin = piece->end = at;
	if (at == limit) {
		l->broken = broken;
		return LEX_MORE;
	}
	piece->starts = broken || (tokens && !l->cut);
	if (tokens && !piece->starts) {
		piece->kind = LEX_STRING;
	} else if (tokens) {
		begin(l, in, at, broken, piece);
	} else {
		piece->kind = kind_inside(l);
		piece->newline = broken;
		piece->depth = l->depth + 1u;
	}
	if (l->first)
		piece->newline = false;
	l->first = false;
	from = at;
	/* A '<' that is text, or a token's first byte, is no end. */
	at = inside(l, in, at + (piece->starts && in.p[at] == '<'), limit,
	    &last);
	assert(at > from || last);
	l->cut = !last && at >= limit && (at == in.n || in.p[at] != '\n');
	piece->end = at;
	piece->ends = last;
	return piece->kind;
}
