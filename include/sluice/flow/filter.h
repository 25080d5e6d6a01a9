/* SPDX-License-Identifier: MIT */
/*
 * The filter language: atoms from filter.def, a bare or "quoted" word is a
 * regex on the URL, operators ! & | ( ) in that order of strength; two terms
 * side by side mean &.  Fields of filter.def are compared with a word, and
 * @NAME stands for a filter that has this name.
 *
 *	expr = and { "|" and } ; and = not { ["&"] not } ;
 *	not = "!" not | "(" expr ")" | "~" name [ arg ] | word
 *	    | field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) word | "@" name
 */
#ifndef SLUICE_FLOW_FILTER_H
#define SLUICE_FLOW_FILTER_H

#include "sluice/flow/flow.h"

struct filter;

struct filter_atom_row {
	const char *name, *example, *help;
	bool takes_argument;
};

/*
 * NULL with err and the byte offset *at of what is wrong.  An empty or blank
 * text gives a filter that matches everything.
 */
struct filter *filter_parse(struct str text, struct err *err, size_t *at) NODISCARD;
void filter_free(struct filter *f);	/* NULL is fine */
const char *filter_text(const struct filter *f);
/* Constant memory; regexes have match and depth limits, so time is bounded. */
bool filter_match(const struct filter *filter, const struct flow *flow);
bool filter_needs_body(const struct filter *f);		/* ~b ~bq ~bs */
/* Does any atom look at the response (~s ~c ~hs ~bs)? */
bool filter_needs_response(const struct filter *f);

size_t filter_atom_count(void);
const struct filter_atom_row *filter_atom_at(size_t i);
size_t filter_field_count(void);
const struct filter_atom_row *filter_field_at(size_t i);

/*
 * Filters with names, the same for the whole process.  Setting one that is
 * there replaces it; what was made of it before stays as it was.
 */
bool filter_name_set(struct str name, struct str text, struct err *err)
    NODISCARD;
bool filter_name_remove(struct str name);		/* false: none */
const char *filter_name_text(struct str name);		/* or NULL */
size_t filter_name_count(void);
const char *filter_name_at(size_t i);
#define FILTER_NAMES_FILE	"filters"	/* in the state directory */
/* A file of "NAME FILTER" lines (0600); none is fine. */
void filter_names_load(const char *path);
bool filter_names_save(const char *path, struct err *err) NODISCARD;

#endif
