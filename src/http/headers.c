/* SPDX-License-Identifier: MIT */
/*
 * One block of text and slices into it.  The block only grows; a field that
 * is replaced or removed leaves its old bytes behind.  Every function takes
 * words that lie in the block itself, although the block may move.
 */
#include "sluice/http/headers.h"

#include <assert.h>

#include "sluice/base/mem.h"

/* Room left for the words that the engine adds to a received head. */
#define TEXT_SPARE	160
#define FIELDS_FIRST	8

static const struct str hop_by_hop[] = {
	STR("Connection"), STR("Keep-Alive"), STR("Proxy-Connection"),
	STR("Proxy-Authenticate"), STR("Proxy-Authorization"), STR("TE"),
	STR("Trailer"), STR("Transfer-Encoding"), STR("Upgrade"),
};

void
headers_init(struct headers *h)
{
	*h = (struct headers){ 0 };
}

void
headers_fini(struct headers *h)
{
	if (!h)
		return;
	free(h->text);
	free(h->fields);
	headers_init(h);
}

void
headers_copy(struct headers *to, const struct headers *from)
{
	headers_fini(to);
	if (from->len > 0) {
		to->text = mem_alloc(from->len);
		memcpy(to->text, from->text, from->len);
		to->len = to->cap = from->len;
	}
	if (from->count > 0) {
		to->fields = mem_array(NULL, from->count,
		    sizeof *to->fields);
		memcpy(to->fields, from->fields,
		    from->count * sizeof *to->fields);
		to->count = to->field_cap = from->count;
	}
}

static void
reserve_text(struct headers *h, size_t n)
{
	size_t need = h->len + n, cap = (size_t)h->cap * 2;

	assert(n < UINT32_MAX / 4 && need < UINT32_MAX / 4);
	if (need <= h->cap)
		return;
	if (cap < need + TEXT_SPARE)
		cap = need + TEXT_SPARE;
	h->text = mem_realloc(h->text, cap);
	h->cap = (uint32_t)cap;
}

static bool
is_inside(const struct headers *h, struct str s)
{
	uintptr_t p = (uintptr_t)s.p, text = (uintptr_t)h->text;

	return h->text && s.n > 0 && p >= text && s.n <= h->len &&
	    p - text <= h->len - s.n;
}

struct slice
headers_text(struct headers *h, struct str bytes)
{
	struct slice s = { h->len, (uint32_t)bytes.n };

	if (is_inside(h, bytes)) {
		s.off = (uint32_t)(bytes.p - h->text);
		return s;
	}
	reserve_text(h, bytes.n);
	if (bytes.n > 0)
		memcpy(h->text + h->len, bytes.p, bytes.n);
	h->len += s.len;
	return s;
}

void
headers_add_slices(struct headers *h, struct slice name, struct slice value)
{
	assert((uint64_t)name.off + name.len <= h->len);
	assert((uint64_t)value.off + value.len <= h->len);
	if (h->count == h->field_cap) {
		h->field_cap = h->field_cap ? h->field_cap * 2 : FIELDS_FIRST;
		h->fields = mem_array(h->fields, h->field_cap,
		    sizeof *h->fields);
	}
	h->fields[h->count++] = (struct field){ name, value };
}

void
headers_add(struct headers *h, struct str name, struct str value)
{
	bool inside = is_inside(h, value);
	struct slice v = { 0 };

	/* Where it lies must be known before the block can move. */
	if (inside)
		v = headers_text(h, value);
	struct slice n = headers_text(h, name);

	if (!inside)
		v = headers_text(h, value);
	headers_add_slices(h, n, v);
}

void
headers_remove_at(struct headers *h, size_t i)
{
	assert(i < h->count);
	memmove(h->fields + i, h->fields + i + 1,
	    (h->count - i - 1) * sizeof *h->fields);
	h->count--;
}

/* Removes all of that name from index from on. */
static size_t
remove_from(struct headers *h, size_t from, struct str name)
{
	size_t kept = from;

	for (size_t i = from; i < h->count; i++)
		if (!str_eq_nocase(headers_name(h, i), name))
			h->fields[kept++] = h->fields[i];
	size_t removed = h->count - kept;

	h->count = (uint32_t)kept;
	return removed;
}

static size_t
find(const struct headers *h, struct str name)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->fields[i].name.len == name.n &&
		    str_eq_nocase(headers_name(h, i), name))
			return i;
	return SIZE_MAX;
}

void
headers_set(struct headers *h, struct str name, struct str value)
{
	size_t at = find(h, name);

	if (at == SIZE_MAX) {
		headers_add(h, name, value);
		return;
	}
	remove_from(h, at + 1, name);
	h->fields[at].value = headers_text(h, value);
}

size_t
headers_remove(struct headers *h, struct str name)
{
	return remove_from(h, 0, name);
}

struct str
headers_name(const struct headers *h, size_t i)
{
	assert(i < h->count);
	return headers_slice(h, h->fields[i].name);
}

struct str
headers_value(const struct headers *h, size_t i)
{
	assert(i < h->count);
	return headers_slice(h, h->fields[i].value);
}

struct str
headers_get(const struct headers *h, struct str name)
{
	size_t at = find(h, name);

	return at == SIZE_MAX ? STR_NONE : headers_value(h, at);
}

bool
headers_eq(const struct headers *a, const struct headers *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(headers_name(a, i), headers_name(b, i)) ||
		    !str_eq(headers_value(a, i), headers_value(b, i)))
			return false;
	return true;
}

size_t
headers_count(const struct headers *h, struct str name)
{
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++)
		if (h->fields[i].name.len == name.n &&
		    str_eq_nocase(headers_name(h, i), name))
			n++;
	return n;
}

static bool
list_has(struct str list, struct str token)
{
	struct str part;

	while (str_split(&list, ',', &part))
		if (str_eq_nocase(str_trim(part), token))
			return true;
	return false;
}

bool
headers_has_token(const struct headers *h, struct str name, struct str token)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->fields[i].name.len == name.n &&
		    str_eq_nocase(headers_name(h, i), name) &&
		    list_has(headers_value(h, i), token))
			return true;
	return false;
}

bool
headers_is_hop_by_hop(const struct headers *h, struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(hop_by_hop); i++)
		if (str_eq_nocase(name, hop_by_hop[i]))
			return true;
	/* Naming these in Connection must not make a message ambiguous. */
	if (str_eq_nocase(name, STR("Host")) ||
	    str_eq_nocase(name, STR("Content-Length")))
		return false;
	return headers_has_token(h, STR("Connection"), name);
}
