/* SPDX-License-Identifier: MIT */
/*
 * A caseless regular expression over raw bytes.  Match and depth limits keep
 * the time bounded whatever the expression; an expression that hits them
 * does not match.
 */
#define PCRE2_CODE_UNIT_WIDTH 8

#include "sluice/flow/regex.h"

#include <pcre2.h>

#include "sluice/base/mem.h"

#define MATCH_LIMIT	100000u
#define DEPTH_LIMIT	1000u
#define HEAP_LIMIT_KIB	1024u

struct regex {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *limits;
};

struct regex *
regex_new(struct str text, struct err *err, size_t *at)
{
	const uint32_t flags = PCRE2_CASELESS | PCRE2_NEVER_BACKSLASH_C |
	    PCRE2_NEVER_UTF |
	    PCRE2_DOTALL;
	struct regex *r;
	PCRE2_UCHAR why[160];
	PCRE2_SIZE offset;
	int code;
	pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)(text.p ? text.p : ""),
	    text.n, flags, &code, &offset, NULL);

	if (!compiled) {
		pcre2_get_error_message(code, why, sizeof why);
		*at = offset;
		err_set(err, "%s", (const char *)why);
		return NULL;
	}
	/* Without JIT it works all the same, only slower. */
	(void)pcre2_jit_compile(compiled, PCRE2_JIT_COMPLETE);
	r = NEW(struct regex);
	r->code = compiled;
	r->match = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(r->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(r->limits, HEAP_LIMIT_KIB);
	return r;
}

void
regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->match);
	pcre2_code_free(r->code);
	free(r);
}

bool
regex_match(const struct regex *r, struct str in)
{
	return pcre2_match(r->code, (PCRE2_SPTR)(in.p ? in.p : ""), in.n, 0, 0,
	    r->match, r->limits) >= 0;
}
