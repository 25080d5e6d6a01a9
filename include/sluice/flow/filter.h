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
struct filter_names;

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
 * Filters with names.  Setting one that is there replaces it; what was made
 * of it before stays as it was.  No ring of names can be set.
 */
#define FILTER_NAMES_FILE	"filters"	/* in the state directory */
struct filter_names *filter_names_new(void) NODISCARD;
void filter_names_free(struct filter_names *n);		/* NULL is fine */
bool filter_names_set(struct filter_names *n, struct str name,
    struct str text, struct err *err) NODISCARD;
/* False: there is none. */
bool filter_names_remove(struct filter_names *n, struct str name);
/* What it stands for, or NULL; until it is set or removed. */
const char *filter_names_text(const struct filter_names *n, struct str name);
size_t filter_names_count(const struct filter_names *n);
const char *filter_names_at(const struct filter_names *n, size_t i);
/* A file of "NAME FILTER" lines (0600); none is fine. */
void filter_names_load(struct filter_names *n, const char *path);
bool filter_names_save(const struct filter_names *n, const char *path,
    struct err *err) NODISCARD;
/* As filter_parse, with names for what @NAME stands for. */
struct filter *filter_parse_named(const struct filter_names *names,
    struct str text, struct err *err, size_t *at) NODISCARD;

#endif
