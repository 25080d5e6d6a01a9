/* SPDX-License-Identifier: MIT */
/* Filter text to tokens. */
#include "filter_tree.h"

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
ends_word(char c)
{
	return is_space(c) || c == ')' || c == '(' || c == '&' || c == '|';
}

void
lexer_init(struct lexer *l, struct str text)
{
	*l = (struct lexer){ .text = text };
	buf_init(&l->token.word, FILTER_TEXT_MAX);
	lexer_next(l);
}

void
lexer_fini(struct lexer *l)
{
	buf_fini(&l->token.word);
}

static void
read_quoted(struct lexer *l)
{
	char quote = l->text.p[l->at++];

	l->token.kind = TOKEN_WORD;
	while (l->at < l->text.n && l->text.p[l->at] != quote) {
		char c = l->text.p[l->at++];

		/* A backslash keeps the quote; others are the regex's own. */
		if (c == '\\' && l->at < l->text.n &&
		    l->text.p[l->at] == quote)
			c = l->text.p[l->at++];
		buf_putc(&l->token.word, c);
	}
	if (l->at == l->text.n)
		l->token.kind = TOKEN_BAD;
	else
		l->at++;
}

/* A word may hold balanced parentheses and |, as regexes do inside them. */
static void
read_word(struct lexer *l)
{
	unsigned depth = 0;

	l->token.kind = TOKEN_WORD;
	while (l->at < l->text.n) {
		char c = l->text.p[l->at];

		if (is_space(c) || (depth == 0 && ends_word(c) && c != '('))
			break;
		if (c == '(')
			depth++;
		else if (c == ')')
			depth--;
		buf_putc(&l->token.word, c);
		l->at++;
		if (c == '\\' && l->at < l->text.n)
			buf_putc(&l->token.word, l->text.p[l->at++]);
	}
}

static void
read_atom(struct lexer *l)
{
	size_t from = ++l->at;

	while (l->at < l->text.n && ((l->text.p[l->at] >= 'a' &&
	    l->text.p[l->at] <= 'z') || (l->text.p[l->at] >= 'A' &&
	    l->text.p[l->at] <= 'Z')))
		l->at++;
	l->token.kind = TOKEN_ATOM;
	l->token.name = str_sub(l->text, from, l->at);
}

static void
read_one(struct lexer *l, enum token_kind kind)
{
	l->token.kind = kind;
	l->at++;
}

void
lexer_next(struct lexer *l)
{
	buf_clear(&l->token.word);
	while (l->at < l->text.n && is_space(l->text.p[l->at]))
		l->at++;
	l->token.at = l->at;
	if (l->at == l->text.n) {
		l->token.kind = TOKEN_END;
		return;
	}
	switch (l->text.p[l->at]) {
	case '(':
		read_one(l, TOKEN_OPEN);
		break;
	case ')':
		read_one(l, TOKEN_CLOSE);
		break;
	case '!':
		read_one(l, TOKEN_NOT);
		break;
	case '&':
		read_one(l, TOKEN_AND);
		break;
	case '|':
		read_one(l, TOKEN_OR);
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
}
