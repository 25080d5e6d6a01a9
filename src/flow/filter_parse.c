/* SPDX-License-Identifier: MIT */
/*
 * Filter text to tree, by recursive descent over the grammar in filter.h.
 * Depth and length are limited; AND and OR have any number of operands, so
 * the tree is no deeper than the text is nested.
 */
#include "filter_tree.h"

#include <assert.h>
#include <stdio.h>

#include "sluice/base/mem.h"

struct parser {
	struct lexer lexer;
	struct filter *filter;
	struct err *err;
	size_t *at;
	const struct filter_names *known;	/* or NULL */
	unsigned depth;		/* of ( and ! */
	unsigned inside, names;	/* @NAMEs around this, and all so far */
};

/* -- nodes ----------------------------------------------------------------- */

static void
node_free(struct filter_node *n)
{
	while (n) {
		struct filter_node *next = n->next;

		node_free(n->child);
		regex_free(n->regex);
		free(n->literal);
		free(n);
		n = next;
	}
}

static struct filter_node *
node_new(enum node_kind kind, struct filter_node *child)
{
	struct filter_node *n = NEW(struct filter_node);

	n->kind = kind;
	n->child = child;
	return n;
}

/* -- words ----------------------------------------------------------------- */

/* Says what is wrong at byte `at`, and gives up. */
static struct filter_node *
fail(const struct parser *p, size_t at, const char *what)
{
	*p->at = at;
	err_set(p->err, "%s", what);
	return NULL;
}

static bool
is_literal(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || strchr("\\^$.[]|()?*+{}", s.p[i]))
			return false;
	return s.n > 0;
}

static struct filter_node *
parse_regex(struct parser *p, const struct filter_atom *atom)
{
	char word[FILTER_TEXT_MAX];
	size_t origins[FILTER_TEXT_MAX], wrong = 0;
	struct str text = { word, lexer_unquote(&p->lexer, word, origins) };
	struct filter_node *n = node_new(NODE_ATOM, NULL);

	n->atom = atom;
	if (is_literal(text)) {
		n->literal = str_dup(text);
		n->literal_len = text.n;
		lexer_next(&p->lexer);
		return n;
	}
	n->regex = regex_new(text, p->err, &wrong);
	if (n->regex) {
		lexer_next(&p->lexer);
		return n;
	}
	node_free(n);
	err_wrap(p->err, "regex");
	*p->at = wrong < text.n ? origins[wrong] : p->lexer.at;
	return NULL;
}

static bool
parse_code(struct str s, unsigned *code)
{
	uint64_t value;

	if (s.n != 3 || !str_to_u64(s, &value))
		return false;
	*code = (unsigned)value;
	return true;
}

/* "404", "4xx", "400-403". */
static bool
parse_codes(struct str s, unsigned *low, unsigned *high)
{
	size_t dash = str_chr(s, '-', 0);

	if (s.n == 3 && s.p[0] >= '1' && s.p[0] <= '9' &&
	    str_eq_nocase(str_skip(s, 1), STR("xx"))) {
		*low = (unsigned)(s.p[0] - '0') * 100;
		*high = *low + 99;
		return true;
	}
	if (dash != SIZE_MAX)
		return parse_code(str_sub(s, 0, dash), low) &&
		    parse_code(str_skip(s, dash + 1), high) && *low <= *high;
	if (!parse_code(s, low))
		return false;
	*high = *low;
	return true;
}

static struct filter_node *
parse_argument(struct parser *p, const struct filter_atom *atom)
{
	const struct lexer *l = &p->lexer;
	struct filter_node *n;
	char what[40];

	snprintf(what, sizeof what, "~%s needs a %s", atom->row.name,
	    atom->kind == ATOM_NUMBER ? "number" : "regex");
	if (l->kind == TOKEN_UNCLOSED)
		return fail(p, l->start, "missing closing quote");
	if (l->kind != TOKEN_WORD || l->token.n == 0)
		return fail(p, l->start, what);
	if (atom->kind == ATOM_REGEX)
		return parse_regex(p, atom);
	n = node_new(NODE_ATOM, NULL);
	n->atom = atom;
	if (!parse_codes(l->token, &n->low, &n->high)) {
		node_free(n);
		return fail(p, l->start, what);
	}
	lexer_next(&p->lexer);
	return n;
}

static struct filter_node *
parse_atom(struct parser *p)
{
	struct str name = p->lexer.token;
	const struct filter_atom *atom = filter_atom_find(name);
	struct filter_node *n;

	if (!atom) {
		*p->at = p->lexer.start;
		err_set(p->err, "no operator ~%.*s", STR_ARG(name));
		return NULL;
	}
	p->filter->looks |= atom->looks;
	if (atom->kind != ATOM_FLAG) {
		lexer_next_argument(&p->lexer);
		return parse_argument(p, atom);
	}
	lexer_next(&p->lexer);
	n = node_new(NODE_ATOM, NULL);
	n->atom = atom;
	return n;
}

/* "size>1M": the value is a word behind the sign. */
static struct filter_node *
parse_field(struct parser *p)
{
	const struct filter_atom *field = filter_field_find(p->lexer.token);
	char word[FILTER_TEXT_MAX];
	size_t origins[FILTER_TEXT_MAX];
	struct filter_node *n = node_new(NODE_ATOM, NULL);
	struct str value = STR_NONE;

	n->atom = field;
	n->compare = p->lexer.compare;
	p->filter->looks |= field->looks;
	lexer_next_argument(&p->lexer);
	if (p->lexer.kind == TOKEN_UNCLOSED) {
		node_free(n);
		return fail(p, p->lexer.start, "missing closing quote");
	}
	if (p->lexer.kind == TOKEN_WORD)
		value = str_make(word, lexer_unquote(&p->lexer, word,
		    origins));
	if (filter_field_read(n, value, p->err)) {
		lexer_next(&p->lexer);
		return n;
	}
	node_free(n);
	*p->at = p->lexer.start;
	return NULL;
}

/* -- terms ----------------------------------------------------------------- */

static struct filter_node *parse_or(struct parser *p);

/* A filter within: its mistakes are told at the name. */
static struct filter_node *
parse_name(struct parser *p)
{
	struct str name = p->lexer.token;
	const char *text = p->known != NULL ?
	    filter_names_text(p->known, name) : NULL;
	struct lexer outer = p->lexer;
	struct filter_node *n;

	*p->at = outer.start;
	if (text == NULL) {
		err_set(p->err, "no filter has the name @%.*s; in quotes it "
		    "is a word", STR_ARG(name));
		return NULL;
	}
	if (p->inside == FILTER_DEPTH_MAX || p->names++ == FILTER_NAMES_MAX)
		return fail(p, outer.start, "nested too deeply");
	p->inside++;
	lexer_init(&p->lexer, str_from(text));
	n = parse_or(p);
	p->inside--;
	if (n != NULL && p->lexer.kind != TOKEN_END) {
		node_free(n);
		n = fail(p, outer.start, "missing (");
	}
	p->lexer = outer;
	if (n == NULL) {
		if (p->inside == 0)
			err_wrap(p->err, "@%.*s", STR_ARG(name));
		*p->at = outer.start;
		return NULL;
	}
	lexer_next(&p->lexer);
	return n;
}

static struct filter_node *
parse_group(struct parser *p)
{
	struct filter_node *n;

	lexer_next(&p->lexer);
	n = parse_or(p);
	if (n && p->lexer.kind != TOKEN_CLOSE) {
		node_free(n);
		return fail(p, p->lexer.start, "missing )");
	}
	lexer_next(&p->lexer);
	return n;
}

static struct filter_node *
parse_term(struct parser *p)
{
	const struct lexer *l = &p->lexer;
	struct filter_node *n;

	switch (l->kind) {
	case TOKEN_NOT:
	case TOKEN_OPEN:
		if (p->depth == FILTER_DEPTH_MAX)
			return fail(p, l->start, "nested too deeply");
		p->depth++;
		if (l->kind == TOKEN_OPEN) {
			n = parse_group(p);
		} else {
			lexer_next(&p->lexer);
			n = parse_term(p);
			n = n ? node_new(NODE_NOT, n) : NULL;
		}
		p->depth--;
		return n;
	case TOKEN_ATOM:
		return parse_atom(p);
	case TOKEN_FIELD:
		return parse_field(p);
	case TOKEN_NAME:
		return parse_name(p);
	case TOKEN_WORD:
	case TOKEN_UNCLOSED:
		return parse_argument(p, filter_atom_find(STR("u")));
	case TOKEN_CLOSE:
		return fail(p, l->start, p->depth > 0 ?
		    "something is missing before )" : "missing (");
	case TOKEN_AND:
	case TOKEN_OR:
		return fail(p, l->start, l->kind == TOKEN_AND ?
		    "something is missing before &" :
		    "something is missing before |");
	case TOKEN_END:
		return fail(p, l->start, "something is missing at the end");
	}
	assert(!"a token of no kind");
	return NULL;
}

static bool
begins_term(enum token_kind kind)
{
	return kind == TOKEN_NOT || kind == TOKEN_OPEN || kind == TOKEN_ATOM ||
	    kind == TOKEN_FIELD || kind == TOKEN_NAME || kind == TOKEN_WORD ||
	    kind == TOKEN_UNCLOSED;
}

/* first and its siblings become operands; a lone one stays as it is. */
static struct filter_node *
join(enum node_kind kind, struct filter_node *first)
{
	return first->next ? node_new(kind, first) : first;
}

static struct filter_node *
parse_and(struct parser *p)
{
	struct filter_node *first = parse_term(p), *last = first;

	if (!first)
		return NULL;
	while (p->lexer.kind == TOKEN_AND || begins_term(p->lexer.kind)) {
		if (p->lexer.kind == TOKEN_AND)
			lexer_next(&p->lexer);
		last->next = parse_term(p);
		if (!last->next) {
			node_free(first);
			return NULL;
		}
		last = last->next;
	}
	return join(NODE_AND, first);
}

static struct filter_node *
parse_or(struct parser *p)
{
	struct filter_node *first = parse_and(p), *last = first;

	if (!first)
		return NULL;
	while (p->lexer.kind == TOKEN_OR) {
		lexer_next(&p->lexer);
		last->next = parse_and(p);
		if (!last->next) {
			node_free(first);
			return NULL;
		}
		last = last->next;
	}
	return join(NODE_OR, first);
}

/* -- filters --------------------------------------------------------------- */

/* The whole text; false with err and *at. */
static bool
parse_text(struct parser *p)
{
	struct filter_node *n;

	if (p->lexer.kind == TOKEN_END)
		return true;
	n = parse_or(p);
	if (!n)
		return false;
	p->filter->root = n;
	if (p->lexer.kind == TOKEN_END)
		return true;
	/* Whatever else can begin a term was taken as one. */
	assert(p->lexer.kind == TOKEN_CLOSE && p->depth == 0);
	fail(p, p->lexer.start, "missing (");
	return false;
}

struct filter *
filter_parse(struct str text, struct err *err, size_t *at)
{
	return filter_parse_named(NULL, text, err, at);
}

struct filter *
filter_parse_named(const struct filter_names *names, struct str text,
    struct err *err, size_t *at)
{
	struct parser p = { .err = err, .at = at, .known = names };

	*at = 0;
	if (text.n > FILTER_TEXT_MAX) {
		*at = FILTER_TEXT_MAX;
		err_set(err, "a filter has at most %u bytes",
		    FILTER_TEXT_MAX);
		return NULL;
	}
	p.filter = NEW(struct filter);
	p.filter->text = str_dup(text);
	lexer_init(&p.lexer, text);
	if (parse_text(&p))
		return p.filter;
	filter_free(p.filter);
	return NULL;
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	node_free(f->root);
	free(f->text);
	free(f);
}

const char *
filter_text(const struct filter *f)
{
	return f->text;
}

bool
filter_needs_body(const struct filter *f)
{
	return f->looks & LOOKS_AT_EITHER_BODY;
}

bool
filter_needs_response(const struct filter *f)
{
	return f->looks & LOOKS_AT_RESPONSE;
}
