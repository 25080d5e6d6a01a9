/* SPDX-License-Identifier: MIT */
/* The tree of a filter and its lexer, shared by the three filter files. */
#ifndef SLUICE_SRC_FLOW_FILTER_TREE_H
#define SLUICE_SRC_FLOW_FILTER_TREE_H

#include "sluice/flow/filter.h"
#include "sluice/flow/regex.h"

enum atom_kind { ATOM_FLAG, ATOM_REGEX, ATOM_NUMBER };

struct node;

typedef bool filter_fn(const struct node *, const struct flow *);

struct atom {
	const char *name;
	enum atom_kind kind;
	filter_fn *match;
	struct filter_atom_row row;
};

extern const struct atom filter_atoms[];
extern const size_t filter_atoms_count;

enum node_kind { NODE_ATOM, NODE_NOT, NODE_AND, NODE_OR };

struct node {
	enum node_kind kind;
	struct node *left, *right;	/* operands */
	const struct atom *atom;
	struct regex *regex;		/* ATOM_REGEX */
	unsigned from, to;		/* ATOM_NUMBER, inclusive */
};

struct filter {
	struct node *root;		/* NULL: everything matches */
	char *text;
	bool needs_body, needs_response;
};

enum token_kind {
	TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_NOT, TOKEN_AND, TOKEN_OR,
	TOKEN_ATOM,		/* ~name: text is the name */
	TOKEN_WORD,		/* text is unquoted, in token.word */
	TOKEN_BAD,		/* an open quote */
};

struct token {
	enum token_kind kind;
	size_t at;		/* byte offset */
	struct str name;	/* TOKEN_ATOM */
	struct buf word;	/* TOKEN_WORD; owned by the lexer */
};

struct lexer {
	struct str text;
	size_t at;
	struct token token;	/* the current one */
};

#define FILTER_TEXT_MAX	4096

void lexer_init(struct lexer *l, struct str text);
void lexer_fini(struct lexer *l);
void lexer_next(struct lexer *l);

#endif
