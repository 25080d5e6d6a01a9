/* SPDX-License-Identifier: MIT */
/* Any bytes as JSON: whatever a peer sends, the output stays valid. */
#include "json_text.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

json_t *
json_text_object(void)
{
	/* The same every time, so nobody else is disturbed. */
	json_set_alloc_funcs(mem_alloc, free);
	return json_object();
}

bool
json_text_is_utf8(struct str s)
{
	uint32_t code;

	while (s.n > 0) {
		size_t n = utf8_decode(s, &code);

		if (n == 0)
			return false;
		s = str_skip(s, n);
	}
	return true;
}

static json_t *
latin1(struct str s)
{
	struct buf out;
	json_t *text;

	buf_init(&out, s.n * 2);
	for (size_t i = 0; i < s.n; i++) {
		char c[4];
		size_t n = utf8_encode((unsigned char)s.p[i], c);

		buf_put(&out, str_make(c, n));
	}
	text = json_stringn(buf_str(&out).p, buf_len(&out));
	buf_fini(&out);
	return text;
}

json_t *
json_text(struct str s)
{
	json_t *text = json_text_is_utf8(s) ?
	    json_stringn(s.n ? s.p : "", s.n) : latin1(s);

	assert(text);
	return text;
}

void
json_text_set(json_t *o, const char *key, struct str s)
{
	json_object_set_new(o, key, json_text(s));
}

void
json_text_set_number(json_t *o, const char *key, int64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

/* A '<' can only be inside a string, DEL too. */
static int
put_part(const char *p, size_t n, void *to)
{
	struct buf *out = to;
	size_t done = 0;

	for (size_t i = 0; i < n; i++) {
		struct str safe = p[i] == '<' ? STR("\\u003c") :
		    STR("\\u007f");

		if (p[i] != '<' && p[i] != 0x7f)
			continue;
		if (!buf_add(out, p + done, i - done) ||
		    !buf_add(out, safe.p, safe.n))
			return -1;
		done = i + 1;
	}
	return buf_add(out, p + done, n - done) ? 0 : -1;
}

bool
json_text_put(json_t *o, size_t flags, struct buf *out)
{
	size_t before = buf_len(out);
	bool ok = json_dump_callback(o, put_part, out, flags) == 0;

	json_decref(o);
	if (!ok)
		buf_truncate(out, before);
	return ok;
}
