/* SPDX-License-Identifier: MIT */
/*
 * Which hosts are opened and which are passed through untouched: the --pass
 * expressions, matched without case against the CONNECT host and the SNI.
 * They are filters on the URL atom of nothing but a name, so the filter
 * floor's regular expressions do the work.
 */
#include "policy.h"

#include "sluice/base/mem.h"
#include "sluice/flow/regex.h"

struct policy {
	struct regex **pass;
	size_t count;
};

struct policy *
policy_new(const struct options *o, struct err *err)
{
	struct policy *p = NEW(struct policy);
	size_t n = option_list_count(o, OPTION_PASS);

	p->pass = mem_array(NULL, n ? n : 1, sizeof *p->pass);
	for (size_t i = 0; i < n; i++) {
		const char *text = option_list_at(o, OPTION_PASS, i);
		size_t at;

		p->pass[i] = regex_new(str_from(text), err, &at);
		if (!p->pass[i]) {
			err_wrap(err, "--pass %s", text);
			policy_free(p);
			return NULL;
		}
		p->count++;
	}
	return p;
}

void
policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		regex_free(p->pass[i]);
	free(p->pass);
	free(p);
}

enum policy_answer
policy_decide(const struct policy *p, const char *host, const char *sni)
{
	for (size_t i = 0; i < p->count; i++) {
		if (regex_match(p->pass[i], str_from(host)) ||
		    (*sni && regex_match(p->pass[i], str_from(sni))))
			return POLICY_PASS;
	}
	return POLICY_OPEN;
}
