/* SPDX-License-Identifier: MIT */
/* Filter text to tree: recursive descent over the grammar in filter.h. */
#include "filter_tree.h"

#include "sluice/base/mem.h"

#define DEPTH_MAX 64

struct parser {
	struct lexer lexer;
	struct filter *filter;
	struct err *err;
	size_t *at;
	unsigned depth;
};

static void
free_node(struct node *n)
{
	if (!n)
		return;
	free_node(n->left);
	free_node(n->right);
	regex_free(n->regex);
	free(n);
}

static struct node *
new_node(enum node_kind kind, struct node *left, struct node *right)
{
	struct node *n = NEW(struct node);

	n->kind = kind;
	n->left = left;
	n->right = right;
	return n;
}

static struct node *
fail(struct parser *p, size_t at, const char *what, struct str about)
{
	*p->at = at;
	err_set(p->err, "%s%.*s", what, STR_ARG(about));
	return NULL;
}

static const struct atom *
find_atom(struct str name)
{
	for (size_t i = 0; i < filter_atoms_count; i++) {
		if (str_eq(name, str_from(filter_atoms[i].name)))
			return &filter_atoms[i];
	}
	return NULL;
}

static bool
names_response(struct str name)
{
	return str_eq(name, STR("s")) || str_eq(name, STR("c")) ||
	    str_eq(name, STR("hs")) || str_eq(name, STR("bs"));
}

/* "404", "5xx", "400-403". */
static bool
parse_codes(struct str s, struct node *n)
{
	size_t dash = str_chr(s, '-', 0);
	uint64_t from, to;

	if (s.n == 3 && s.p[0] >= '1' && s.p[0] <= '9' &&
	    str_eq_nocase(str_skip(s, 1), STR("xx"))) {
		n->from = (unsigned)(s.p[0] - '0') * 100;
		n->to = n->from + 99;
		return true;
	}
	if (!str_to_u64(str_sub(s, 0, dash), &from) || from > 999)
		return false;
	to = from;
	if (dash != SIZE_MAX &&
	    (!str_to_u64(str_skip(s, dash + 1), &to) || to > 999))
		return false;
	n->from = (unsigned)from;
	n->to = (unsigned)to;
	return true;
}

/* The current token is the argument. */
static struct node *
parse_argument(struct parser *p, const struct atom *atom)
{
	struct token *t = &p->lexer.token;
	struct node *n = new_node(NODE_ATOM, NULL, NULL);
	size_t inside = 0;

	n->atom = atom;
	if (atom->kind == ATOM_NUMBER) {
		if (!parse_codes(buf_str(&t->word), n)) {
			free_node(n);
			return fail(p, t->at, "no status code: ",
			    buf_str(&t->word));
		}
	} else {
		n->regex = regex_new(buf_str(&t->word), p->err, &inside);
		if (!n->regex) {
			*p->at = t->at + inside;
			free_node(n);
			return NULL;
		}
	}
	lexer_next(&p->lexer);
	return n;
}

static struct node *
parse_atom(struct parser *p)
{
	struct str name = p->lexer.token.name;
	size_t at = p->lexer.token.at;
	const struct atom *atom = find_atom(name);

	if (!atom)
		return fail(p, at, "no operator ~", name);
	if (str_starts(name, STR("b")))
		p->filter->needs_body = true;
	if (names_response(name))
		p->filter->needs_response = true;
	lexer_next(&p->lexer);
	if (atom->kind == ATOM_FLAG) {
		struct node *n = new_node(NODE_ATOM, NULL, NULL);

		n->atom = atom;
		return n;
	}
	if (p->lexer.token.kind == TOKEN_BAD)
		return fail(p, p->lexer.token.at, "no closing quote",
		    STR_NONE);
	if (p->lexer.token.kind != TOKEN_WORD)
		return fail(p, at, "this needs an argument, as in ",
		    str_from(atom->row.example));
	return parse_argument(p, atom);
}

static struct node *parse_or(struct parser *p);

static struct node *
parse_group(struct parser *p)
{
	size_t at = p->lexer.token.at;
	struct node *n;

	lexer_next(&p->lexer);
	n = parse_or(p);
	if (!n)
		return NULL;
	if (p->lexer.token.kind != TOKEN_CLOSE) {
		free_node(n);
		return fail(p, at, "missing )", STR_NONE);
	}
	lexer_next(&p->lexer);
	return n;
}

static struct node *
parse_not(struct parser *p)
{
	struct node *n = NULL;

	if (p->depth == DEPTH_MAX)
		return fail(p, p->lexer.token.at, "nested too deeply",
		    STR_NONE);
	p->depth++;
	switch (p->lexer.token.kind) {
	case TOKEN_NOT:
		lexer_next(&p->lexer);
		n = parse_not(p);
		if (n)
			n = new_node(NODE_NOT, n, NULL);
		break;
	case TOKEN_OPEN:
		n = parse_group(p);
		break;
	case TOKEN_ATOM:
		n = parse_atom(p);
		break;
	case TOKEN_WORD:
		n = parse_argument(p, &filter_atoms[0]);
		break;
	case TOKEN_BAD:
		fail(p, p->lexer.token.at, "no closing quote", STR_NONE);
		break;
	case TOKEN_CLOSE:
		fail(p, p->lexer.token.at, "nothing to close here", STR_NONE);
		break;
	case TOKEN_END:
	case TOKEN_AND:
	case TOKEN_OR:
		fail(p, p->lexer.token.at, "something is missing here",
		    STR_NONE);
		break;
	}
	p->depth--;
	return n;
}

static bool
begins_term(enum token_kind kind)
{
	return kind == TOKEN_NOT || kind == TOKEN_OPEN || kind == TOKEN_ATOM ||
	    kind == TOKEN_WORD || kind == TOKEN_BAD;
}

static struct node *
parse_and(struct parser *p)
{
	struct node *left = parse_not(p), *right;

	while (left && (p->lexer.token.kind == TOKEN_AND ||
	    begins_term(p->lexer.token.kind))) {
		if (p->lexer.token.kind == TOKEN_AND)
			lexer_next(&p->lexer);
		right = parse_not(p);
		if (!right) {
			free_node(left);
			return NULL;
		}
		left = new_node(NODE_AND, left, right);
	}
	return left;
}

static struct node *
parse_or(struct parser *p)
{
	struct node *left = parse_and(p), *right;

	while (left && p->lexer.token.kind == TOKEN_OR) {
		lexer_next(&p->lexer);
		right = parse_and(p);
		if (!right) {
			free_node(left);
			return NULL;
		}
		left = new_node(NODE_OR, left, right);
	}
	return left;
}

struct filter *
filter_parse(struct str text, struct err *err, size_t *at)
{
	struct filter *f = NEW(struct filter);
	struct parser p = { .filter = f, .err = err, .at = at };

	*at = 0;
	if (text.n > FILTER_TEXT_MAX) {
		err_set(err, "a filter has at most %d bytes", FILTER_TEXT_MAX);
		free(f);
		return NULL;
	}
	f->text = str_dup(text);
	lexer_init(&p.lexer, text);
	if (p.lexer.token.kind != TOKEN_END) {
		f->root = parse_or(&p);
		if (f->root && p.lexer.token.kind != TOKEN_END) {
			fail(&p, p.lexer.token.at, "nothing to close here",
			    STR_NONE);
			free_node(f->root);
			f->root = NULL;
		}
		if (!f->root) {
			lexer_fini(&p.lexer);
			filter_free(f);
			return NULL;
		}
	}
	lexer_fini(&p.lexer);
	return f;
}

void
filter_free(struct filter *f)
{
	if (!f)
		return;
	free_node(f->root);
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
	return f->needs_body;
}

bool
filter_needs_response(const struct filter *f)
{
	return f->needs_response;
}
