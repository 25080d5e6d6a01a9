/* SPDX-License-Identifier: MIT */
/*
 * Filter text to tokens.  A bare word goes up to a blank, so that pieces of
 * URLs and regexes can be written as they are: inside a word, & and | belong
 * to it unless a term or nothing follows, and so do parentheses that are
 * balanced.  Called by filter_parse.c only; borrows the text.
 */
#include "filter_tree.h"

#include <assert.h>

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What stands i bytes further, or a blank at the end. */
static char
peek(const struct lexer *l, size_t i)
{
	return i < l->text.n - l->at ? l->text.p[l->at + i] : ' ';
}

/* Is the & or | at the cursor an operator, though a word runs into it? */
static bool
is_operator_here(const struct lexer *l)
{
	char next = peek(l, 1);

	return is_space(next) || strchr("~!()&|\"'", next) != NULL;
}

/* The end of a regex's group that opens at the cursor; 0 when it has none. */
static size_t
group_end(const struct lexer *l)
{
	size_t depth = 0;

	for (size_t i = 0; l->at + i < l->text.n; i++) {
		char c = peek(l, i);

		if (is_space(c))
			return 0;
		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

static void
read_word(struct lexer *l)
{
	l->kind = TOKEN_WORD;
	while (l->at < l->text.n) {
		char c = peek(l, 0);
		size_t group;

		if (is_space(c) || c == ')' || c == '"')
			break;
		if ((c == '&' || c == '|') && is_operator_here(l))
			break;
		group = c == '(' ? group_end(l) : 1;
		if (group == 0)
			break;
		l->at += group;
		if (c == '\\' && l->at < l->text.n)
			l->at++;
	}
	l->token = str_sub(l->text, l->start, l->at);
}

static void
read_quoted(struct lexer *l)
{
	l->quote = l->text.p[l->at++];
	while (l->at < l->text.n && l->text.p[l->at] != l->quote)
		l->at += l->text.p[l->at] == '\\' ? 2 : 1;
	if (l->at >= l->text.n) {
		l->at = l->text.n;
		l->kind = TOKEN_UNCLOSED;
		return;
	}
	l->kind = TOKEN_WORD;
	l->token = str_sub(l->text, l->start + 1, l->at);
	l->at++;
}

static void
read_atom(struct lexer *l)
{
	l->at++;
	while (l->at < l->text.n && is_letter(l->text.p[l->at]))
		l->at++;
	l->kind = TOKEN_ATOM;
	l->token = str_sub(l->text, l->start + 1, l->at);
}

/* "@name", as long as a name may be. */
static void
read_name(struct lexer *l)
{
	l->at++;
	while (l->at < l->text.n && filter_name_is_good(str_sub(l->text,
	    l->start + 1, l->at + 1)))
		l->at++;
	l->kind = TOKEN_NAME;
	l->token = str_sub(l->text, l->start + 1, l->at);
}

/* What is at the cursor, and how many bytes it is; 0 for none. */
static size_t
compare_at(const struct lexer *l, enum compare *compare)
{
	bool equal = peek(l, 1) == '=';

	switch (peek(l, 0)) {
	case '=':
		*compare = COMPARE_EQUAL;
		return 1;
	case '!':
		*compare = COMPARE_DIFFERENT;
		return equal ? 2 : 0;
	case '<':
		*compare = equal ? COMPARE_AT_MOST : COMPARE_LESS;
		return equal ? 2 : 1;
	case '>':
		*compare = equal ? COMPARE_AT_LEAST : COMPARE_MORE;
		return equal ? 2 : 1;
	default:
		return 0;
	}
}

/* The name of a field and a sign, with or without blanks between. */
static bool
read_field(struct lexer *l)
{
	size_t start = l->at, n;

	while (l->at < l->text.n && (is_letter(l->text.p[l->at]) ||
	    l->text.p[l->at] == '#'))
		l->at++;
	l->token = str_sub(l->text, start, l->at);
	while (l->at < l->text.n && is_space(l->text.p[l->at]))
		l->at++;
	n = compare_at(l, &l->compare);
	if (n > 0 && filter_field_find(l->token) != NULL) {
		l->at += n;
		l->kind = TOKEN_FIELD;
		return true;
	}
	l->at = start;
	return false;
}

static void
read_sign(struct lexer *l, enum token_kind kind)
{
	l->kind = kind;
	l->at++;
}

/* argument: whatever looks like a field or a name is a word. */
static void
read_token(struct lexer *l, bool argument)
{
	while (l->at < l->text.n && is_space(l->text.p[l->at]))
		l->at++;
	l->start = l->at;
	l->token = STR_NONE;
	l->quote = 0;
	if (l->at == l->text.n) {
		l->kind = TOKEN_END;
		return;
	}
	switch (l->text.p[l->at]) {
	case '(':
		read_sign(l, TOKEN_OPEN);
		break;
	case ')':
		read_sign(l, TOKEN_CLOSE);
		break;
	case '!':
		read_sign(l, TOKEN_NOT);
		break;
	case '&':
		read_sign(l, TOKEN_AND);
		break;
	case '|':
		read_sign(l, TOKEN_OR);
		break;
	case '~':
		read_atom(l);
		break;
	case '"':
	case '\'':
		read_quoted(l);
		break;
	default:
		if (argument)
			read_word(l);
		else if (l->text.p[l->at] == '@' && filter_name_is_good(str_sub(
		    l->text, l->at + 1, l->at + 2)))
			read_name(l);
		else if (!read_field(l))
			read_word(l);
		break;
	}
	assert(l->at > l->start && l->at <= l->text.n);
}

void
lexer_next(struct lexer *l)
{
	read_token(l, false);
}

void
lexer_next_argument(struct lexer *l)
{
	read_token(l, true);
}

void
lexer_init(struct lexer *l, struct str text)
{
	*l = (struct lexer){ .text = text };
	lexer_next(l);
}

size_t
lexer_unquote(const struct lexer *l, char *out, size_t *origins)
{
	size_t first = (size_t)(l->token.p - l->text.p), n = 0;

	assert(l->kind == TOKEN_WORD);
	for (size_t i = 0; i < l->token.n; i++) {
		char c = l->token.p[i];

		/* Only what quoting needs: \d and \. are the regex's. */
		if (l->quote && c == '\\' && i + 1 < l->token.n &&
		    (l->token.p[i + 1] == l->quote ||
		    l->token.p[i + 1] == '\\'))
			c = l->token.p[++i];
		origins[n] = first + i;
		out[n++] = c;
	}
	return n;
}
