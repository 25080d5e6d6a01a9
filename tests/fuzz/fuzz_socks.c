/* SPDX-License-Identifier: MIT */
/* SOCKS5 greetings: read the same whole and byte by byte, and strictly. */
#include "../../src/proxy/socks_read.h"

#include <stdlib.h>

#include "fuzz.h"

#define OUT_MAX 4096

struct greeting {
	enum socks_verdict verdict;
	struct target to;
	struct buf out;
	struct err err;
	size_t taken;
};

static const struct access *
access_of(bool locked)
{
	static struct access *both[2];
	struct options *o;
	struct err err;

	if (both[locked])
		return both[locked];
	o = options_new();
	if (locked)
		assert(option_set(o, OPTION_PROXY_AUTH, STR("u:p"), &err));
	both[locked] = access_new(o, &err);
	assert(both[locked] && access_is_locked(both[locked]) == locked);
	options_free(o);
	return both[locked];
}

/* As much as piece bytes at a time show; a copy of the exact size is read. */
static void
greet(struct greeting *g, bool locked, struct str in, size_t piece)
{
	struct socks_reader r = {
		.access = access_of(locked), .to = &g->to, .out = &g->out
	};
	size_t shown = 0;

	*g = (struct greeting){ .verdict = SOCKS_MORE };
	buf_init(&g->out, OUT_MAX);
	while (g->verdict == SOCKS_TAKEN ||
	    (g->verdict == SOCKS_MORE && shown < in.n)) {
		size_t n = 0;
		char *exact;

		if (g->verdict == SOCKS_MORE)
			shown += piece < in.n - shown ? piece : in.n - shown;
		exact = malloc(shown - g->taken + 1);
		assert(exact);
		memcpy(exact, in.p + g->taken, shown - g->taken);
		g->verdict = socks_read(&r, str_make(exact, shown - g->taken),
		    &n, &g->err);
		free(exact);
		assert(n <= shown - g->taken);
		assert((n > 0) == (g->verdict == SOCKS_TAKEN ||
		    g->verdict == SOCKS_DONE));
		g->taken += n;
	}
}

static void
check(const struct greeting *g)
{
	assert(g->taken <= 3 * 515);
	if (g->verdict == SOCKS_WRONG)
		assert(err_is_set(&g->err) &&
		    safe_for_terminal(str_from(g->err.text)));
	if (g->verdict != SOCKS_DONE)
		return;
	assert(g->to.port > 0 && g->to.port < 65536 && g->to.host[0]);
	for (const char *c = g->to.host; *c; c++)
		assert(*c > 0x20 && *c < 0x7f && !strchr("/@?#[]", *c));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);
	bool locked = fuzz_choice(&in) & 1;
	struct greeting whole, parts;

	greet(&whole, locked, in, in.n);
	greet(&parts, locked, in, 1);
	check(&whole);
	assert(whole.verdict == parts.verdict);
	assert(str_eq(buf_str(&whole.out), buf_str(&parts.out)));
	if (whole.verdict == SOCKS_DONE)
		assert(whole.taken == parts.taken &&
		    target_eq(&whole.to, &parts.to));
	buf_fini(&whole.out);
	buf_fini(&parts.out);
	return 0;
}
