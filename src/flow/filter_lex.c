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

static void
read_sign(struct lexer *l, enum token_kind kind)
{
	l->kind = kind;
	l->at++;
}

void
lexer_next(struct lexer *l)
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
		read_word(l);
		break;
	}
	assert(l->at > l->start && l->at <= l->text.n);
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
