/* SPDX-License-Identifier: MIT */
/*
 * The filter language: atoms from filter.def, a bare or "quoted" word is a
 * regex on the URL, operators ! & | ( ) in that order of strength; two terms
 * side by side mean &.
 *
 *	expr = and { "|" and } ; and = not { ["&"] not } ;
 *	not = "!" not | "(" expr ")" | "~" name [ arg ] | word
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

#endif
