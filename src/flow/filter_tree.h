/* SPDX-License-Identifier: MIT */
/*
 * A filter taken apart, in private: filter_lex.c cuts the text into tokens,
 * filter_parse.c makes them a tree, filter_eval.c knows the atoms and asks
 * the tree about flows, filter_field.c knows the values to compare,
 * filter_names.c the filters that have names.
 */
#ifndef SLUICE_SRC_FLOW_FILTER_TREE_H
#define SLUICE_SRC_FLOW_FILTER_TREE_H

#include "sluice/flow/filter.h"
#include "sluice/flow/regex.h"

#define FILTER_TEXT_MAX	4096u
#define FILTER_DEPTH_MAX	64u
#define FILTER_NAMES_MAX	64u	/* @NAMEs taken apart */

/* -- filter_lex.c ---------------------------------------------------------- */

enum token_kind {
	TOKEN_END, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_NOT, TOKEN_AND, TOKEN_OR,
	TOKEN_ATOM,		/* ~name; text is the name */
	TOKEN_FIELD,		/* name>=; text is the name */
	TOKEN_NAME,		/* @name; text is the name */
	TOKEN_WORD,		/* text is what is between the quotes, if any */
	TOKEN_UNCLOSED,		/* a quote without its end */
};

enum compare {
	COMPARE_EQUAL, COMPARE_DIFFERENT, COMPARE_LESS, COMPARE_AT_MOST,
	COMPARE_MORE, COMPARE_AT_LEAST,
};

struct lexer {
	struct str text;
	size_t at;		/* first byte not read yet */
	enum token_kind kind;	/* of the current token */
	size_t start;		/* where it starts .. */
	struct str token;	/* .. and its text, inside `text` */
	char quote;		/* around a TOKEN_WORD, or 0 */
	enum compare compare;	/* of a TOKEN_FIELD */
};

void lexer_init(struct lexer *l, struct str text);	/* at the first token */
void lexer_next(struct lexer *l);
void lexer_next_argument(struct lexer *l);	/* a word, if it can be one */
/*
 * A TOKEN_WORD without its escapes; origins[i] is where in the filter byte i
 * of out comes from.  Returns the length; both have room for the token.
 */
size_t lexer_unquote(const struct lexer *l, char *out, size_t *origins);

/* -- the tree -------------------------------------------------------------- */

/* Does it match?  Of a message that is still coming, nobody may know. */
enum answer { ANSWER_NO, ANSWER_MAYBE, ANSWER_YES };

enum atom_kind {
	ATOM_FLAG, ATOM_REGEX, ATOM_NUMBER,
	ATOM_COUNT, ATOM_SIZE, ATOM_TIME, ATOM_WORD,	/* of fields */
};

enum atom_looks {
	LOOKS_AT_NOTHING = 0,
	LOOKS_AT_REQUEST_BODY = 1 << 0,
	LOOKS_AT_ITS_BODY = 1 << 1,		/* the response's */
	LOOKS_AT_EITHER_BODY = LOOKS_AT_REQUEST_BODY | LOOKS_AT_ITS_BODY,
	LOOKS_AT_RESPONSE = 1 << 2,
	LOOKS_AT_RESPONSE_BODY = LOOKS_AT_RESPONSE | LOOKS_AT_ITS_BODY,
};

struct filter_node;

struct filter_atom {
	struct filter_atom_row row;
	enum atom_kind kind;
	unsigned looks;			/* enum atom_looks */
	bool (*match)(const struct filter_node *, const struct flow *);
};

enum node_kind { NODE_ATOM, NODE_NOT, NODE_AND, NODE_OR };

struct filter_node {
	enum node_kind kind;
	struct filter_node *child;	/* first operand; NOT has one */
	struct filter_node *next;	/* operand of the same parent */
	const struct filter_atom *atom;
	struct regex *regex;		/* ATOM_REGEX, or NULL and .. */
	char *literal;			/* .. the word has no metacharacters */
	size_t literal_len;
	unsigned low, high;		/* ATOM_NUMBER, inclusive */
	enum compare compare;		/* fields, with .. */
	int64_t value;			/* .. a count, bytes, µs; of ATOM_WORD the
					 * regex is the pattern */
};

struct filter {
	struct filter_node *root;	/* NULL: everything matches */
	char *text;
	unsigned looks;			/* enum atom_looks of all atoms */
};

/* -- filter_eval.c --------------------------------------------------------- */

const struct filter_atom *filter_atom_find(struct str name);
/*
 * As filter_match, but a body that is not complete counts as unknown: may
 * the flow match once it is?
 */
enum answer filter_may_match(const struct filter *filter,
    const struct flow *flow);

/* -- filter_field.c -------------------------------------------------------- */

const struct filter_atom *filter_field_find(struct str name);
/* Reads what n->atom is to be compared with into n; err says what it takes. */
bool filter_field_read(struct filter_node *n, struct str value,
    struct err *err) NODISCARD;

/* -- filter_names.c --------------------------------------------------------- */

/* May a filter have this name? */
bool filter_name_is_good(struct str name);

#endif
