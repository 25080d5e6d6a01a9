/* SPDX-License-Identifier: MIT */
/*
 * A push-down automaton over bytes.  `expect` is the grammar between tokens,
 * `step` the grammar inside one; the stack has one bit per open container.
 */
#include "json_lex.h"

#include <assert.h>

enum expect {
	EXPECT_VALUE, EXPECT_VALUE_OR_CLOSE, EXPECT_KEY, EXPECT_KEY_OR_CLOSE,
	EXPECT_COLON, EXPECT_COMMA_OR_CLOSE, EXPECT_END
};

enum string_step { TEXT_PLAIN, TEXT_ESCAPE, TEXT_HEX_4, TEXT_HEX_3, TEXT_HEX_2,
	TEXT_HEX_1 };

enum number_step {
	NUMBER_MINUS, NUMBER_ZERO, NUMBER_INT, NUMBER_POINT, NUMBER_FRACTION,
	NUMBER_E, NUMBER_SIGN, NUMBER_EXPONENT
};

static const char *const words[] = { "true", "false", "null" };

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool
in_object(const struct json_lex *l)
{
	unsigned top = l->depth - 1u;

	return l->depth > 0 && (l->stack[top / 8] & (1u << top % 8)) != 0;
}

static void
push(struct json_lex *l, bool object)
{
	unsigned bit = 1u << l->depth % 8;
	uint8_t *byte = &l->stack[l->depth / 8];

	assert(l->depth < JSON_DEPTH_MAX);
	*byte = (uint8_t)(object ? *byte | bit : *byte & ~bit);
	l->depth++;
}

/* A value is complete: what may come now? */
static void
after_value(struct json_lex *l)
{
	if (l->depth > 0)
		l->expect = EXPECT_COMMA_OR_CLOSE;
	else
		l->expect = l->many ? EXPECT_VALUE : EXPECT_END;
}

/* The token that was under way is complete. */
static void
finish(struct json_lex *l)
{
	l->before = l->token;
	l->step = 0;
	if (l->token == LEX_KEY)
		l->expect = EXPECT_COLON;
	else
		after_value(l);
	l->token = LEX_MORE;
}

static const char *
expected(const struct json_lex *l)
{
	switch ((enum expect)l->expect) {
	case EXPECT_VALUE:
		return "expected a value";
	case EXPECT_VALUE_OR_CLOSE:
		return "expected a value or ']'";
	case EXPECT_KEY:
		return "expected a key in quotes";
	case EXPECT_KEY_OR_CLOSE:
		return "expected a key in quotes or '}'";
	case EXPECT_COLON:
		return "expected ':'";
	case EXPECT_COMMA_OR_CLOSE:
		return in_object(l) ? "expected ',' or '}'" :
		    "expected ',' or ']'";
	case EXPECT_END:
		return "expected nothing more";
	}
	assert(!"unknown expectation");
	return "";
}

/* One byte of a string: what is wrong with it, or NULL; *last: it ends it. */
static const char *
string_byte(struct json_lex *l, char c, bool *last)
{
	switch ((enum string_step)l->step) {
	case TEXT_PLAIN:
		if ((unsigned char)c < 0x20)
			return "control character in a string";
		if (c == '\\')
			l->step = TEXT_ESCAPE;
		*last = c == '"';
		return NULL;
	case TEXT_ESCAPE:
		if (c == '\0' || strchr("\"\\/bfnrtu", c) == NULL)
			return "unknown escape in a string";
		l->step = c == 'u' ? TEXT_HEX_4 : TEXT_PLAIN;
		return NULL;
	case TEXT_HEX_4:
	case TEXT_HEX_3:
	case TEXT_HEX_2:
	case TEXT_HEX_1:
		if (!is_hex(c))
			return "expected four hexadecimal digits";
		l->step = l->step == TEXT_HEX_1 ? TEXT_PLAIN :
		    (uint8_t)(l->step + 1);
		return NULL;
	}
	assert(!"unknown step");
	return NULL;
}

static bool
number_may_end(const struct json_lex *l)
{
	return l->step == NUMBER_ZERO || l->step == NUMBER_INT ||
	    l->step == NUMBER_FRACTION || l->step == NUMBER_EXPONENT;
}

/* The step after c, or -1 when c does not belong to the number. */
static int
number_step(uint8_t step, char c)
{
	bool digit = is_digit(c), e = c == 'e' || c == 'E';

	switch ((enum number_step)step) {
	case NUMBER_MINUS:
		return c == '0' ? NUMBER_ZERO : digit ? NUMBER_INT : -1;
	case NUMBER_ZERO:
		return c == '.' ? NUMBER_POINT : e ? NUMBER_E : -1;
	case NUMBER_INT:
		return digit ? NUMBER_INT : c == '.' ? NUMBER_POINT :
		    e ? NUMBER_E : -1;
	case NUMBER_POINT:
		return digit ? NUMBER_FRACTION : -1;
	case NUMBER_FRACTION:
		return digit ? NUMBER_FRACTION : e ? NUMBER_E : -1;
	case NUMBER_E:
		if (c == '+' || c == '-')
			return NUMBER_SIGN;
		return digit ? NUMBER_EXPONENT : -1;
	case NUMBER_SIGN:
	case NUMBER_EXPONENT:
		return digit ? NUMBER_EXPONENT : -1;
	}
	assert(!"unknown step");
	return -1;
}

/*
 * Goes on inside the token from *at.  Returns what is wrong with the byte at
 * *at, or NULL; *last when the token ended (at *at).
 */
static const char *
inside(struct json_lex *l, struct str in, size_t *at, bool *last)
{
	for (; *at < in.n && !*last; ++*at) {
		char c = in.p[*at];
		const char *wrong = NULL;

		if (l->token == LEX_KEY || l->token == LEX_STRING) {
			wrong = string_byte(l, c, last);
		} else if (l->token == LEX_WORD) {
			if (c != words[l->word][l->step])
				return "expected true, false or null";
			*last = words[l->word][++l->step] == '\0';
		} else {
			int step = number_step(l->step, c);

			if (step < 0 && number_may_end(l)) {
				*last = true;
				return NULL;
			}
			if (step < 0)
				return "expected a digit";
			l->step = (uint8_t)step;
		}
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

/* The kind of token that begins with c here; LEX_BAD when none may. */
static enum json_kind
begins(const struct json_lex *l, char c)
{
	bool value = l->expect == EXPECT_VALUE ||
	    l->expect == EXPECT_VALUE_OR_CLOSE;

	switch (c) {
	case '{':
	case '[':
		return value ? LEX_OPEN : LEX_BAD;
	case '}':
		return l->expect == EXPECT_KEY_OR_CLOSE ||
		    (l->expect == EXPECT_COMMA_OR_CLOSE && in_object(l)) ?
		    LEX_CLOSE : LEX_BAD;
	case ']':
		return l->expect == EXPECT_VALUE_OR_CLOSE ||
		    (l->expect == EXPECT_COMMA_OR_CLOSE && !in_object(l)) ?
		    LEX_CLOSE : LEX_BAD;
	case ',':
		return l->expect == EXPECT_COMMA_OR_CLOSE ? LEX_COMMA :
		    LEX_BAD;
	case ':':
		return l->expect == EXPECT_COLON ? LEX_COLON : LEX_BAD;
	case '"':
		if (l->expect == EXPECT_KEY || l->expect == EXPECT_KEY_OR_CLOSE)
			return LEX_KEY;
		return value ? LEX_STRING : LEX_BAD;
	case 't':
	case 'f':
	case 'n':
		return value ? LEX_WORD : LEX_BAD;
	default:
		return value && (c == '-' || is_digit(c)) ? LEX_NUMBER :
		    LEX_BAD;
	}
}

/* A token of one byte: moves the grammar on. */
static void
punctuation(struct json_lex *l, enum json_kind kind, char c)
{
	l->before = (uint8_t)kind;
	if (kind == LEX_OPEN) {
		push(l, c == '{');
		l->expect = c == '{' ? EXPECT_KEY_OR_CLOSE :
		    EXPECT_VALUE_OR_CLOSE;
	} else if (kind == LEX_CLOSE) {
		assert(l->depth > 0);
		l->depth--;
		after_value(l);
	} else if (kind == LEX_COMMA) {
		l->expect = in_object(l) ? EXPECT_KEY : EXPECT_VALUE;
	} else {
		assert(kind == LEX_COLON);
		l->expect = EXPECT_VALUE;
	}
}

static void
enter(struct json_lex *l, enum json_kind kind, char c)
{
	l->token = (uint8_t)kind;
	l->step = TEXT_PLAIN;
	if (kind == LEX_NUMBER) {
		l->step = c == '-' ? NUMBER_MINUS :
		    c == '0' ? NUMBER_ZERO : NUMBER_INT;
	} else if (kind == LEX_WORD) {
		l->word = c == 't' ? 0 : c == 'f' ? 1 : 2;
		l->step = 1;
	}
}

static bool
begins_line(const struct json_lex *l, enum json_kind kind)
{
	if (kind == LEX_CLOSE)
		return l->before != LEX_OPEN;
	if (l->before == LEX_OPEN || l->before == LEX_COMMA)
		return true;
	return l->depth == 0 && l->before != LEX_MORE;
}

static enum json_kind
bad(struct json_piece *piece, size_t at, struct err *err, const char *why)
{
	piece->kind = LEX_BAD;
	piece->begin = piece->end = at;
	(void)err_set(err, "%s", why);
	return LEX_BAD;
}

void
json_lex_init(struct json_lex *l, bool many)
{
	*l = (struct json_lex){
		.expect = EXPECT_VALUE, .token = LEX_MORE,
		.before = LEX_MORE, .many = many
	};
}

enum json_kind
json_lex_next(struct json_lex *l, struct str in, struct json_piece *piece,
    struct err *err)
{
	size_t at = 0;
	bool last = false;
	const char *wrong;

	*piece = (struct json_piece){ .kind = (enum json_kind)l->token };
	if (l->token != LEX_MORE) {
		wrong = inside(l, in, &at, &last);
		if (wrong != NULL)
			return bad(piece, at, err, wrong);
		if (last)
			finish(l);
		/* A number ends where something else begins. */
		if (at > 0 || !last) {
			if (at == 0)
				piece->kind = LEX_MORE;
			piece->end = at;
			piece->ends = last;
			return piece->kind;
		}
		last = false;
	}
	while (at < in.n && (is_blank(in.p[at]) ||
	    (l->many && in.p[at] == 0x1e)))
		at++;
	piece->begin = piece->end = at;
	piece->kind = LEX_MORE;
	if (at == in.n)
		return LEX_MORE;
	piece->kind = begins(l, in.p[at]);
	if (piece->kind == LEX_BAD)
		return bad(piece, at, err, expected(l));
	if (piece->kind == LEX_OPEN && l->depth == JSON_DEPTH_MAX)
		return bad(piece, at, err, "nested too deep");
	piece->starts = true;
	piece->newline = begins_line(l, piece->kind);
	piece->depth = l->depth - (piece->kind == LEX_CLOSE);
	if (piece->kind < LEX_KEY) {
		punctuation(l, piece->kind, in.p[at++]);
		last = true;
	} else {
		enter(l, piece->kind, in.p[at++]);
		wrong = inside(l, in, &at, &last);
		if (wrong != NULL)
			return bad(piece, at, err, wrong);
		if (last)
			finish(l);
	}
	piece->end = at;
	piece->ends = last;
	return piece->kind;
}

bool
json_lex_end(const struct json_lex *l, struct err *err)
{
	struct json_lex end = *l;

	if (end.token == LEX_NUMBER && number_may_end(&end))
		finish(&end);
	if (end.token == LEX_KEY || end.token == LEX_STRING)
		return err_set(err, "the string has no end");
	if (end.token != LEX_MORE)
		return err_set(err, "it ends inside a value");
	if (end.depth > 0)
		return err_set(err, "%s, but it ends", expected(&end));
	if (end.before == LEX_MORE)
		return err_set(err, "there is no value");
	return true;
}
