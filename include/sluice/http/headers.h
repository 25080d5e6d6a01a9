/* SPDX-License-Identifier: MIT */
/*
 * Ordered header fields, duplicates and spelling kept.  One block of text
 * and an array of slices into it: a received head costs two allocations, not
 * two per field.  Slices are offsets, so the block may grow.
 *
 * The block also holds the words of the start line (see message.h).
 */
#ifndef SLUICE_HTTP_HEADERS_H
#define SLUICE_HTTP_HEADERS_H

#include <stdbool.h>

#include "sluice/base/buf.h"
#include "sluice/base/str.h"

struct slice {
	uint32_t off, len;
};

struct field {
	struct slice name, value;
};

struct headers {
	char *text;
	uint32_t len, cap;
	struct field *fields;
	uint32_t count, field_cap;
};

void headers_init(struct headers *h);
void headers_fini(struct headers *h);
/* to: inited; what it held is freed. */
void headers_copy(struct headers *to, const struct headers *from);
/* Appends bytes to the block and returns their slice. */
struct slice headers_text(struct headers *h, struct str bytes);
/* Appends a field whose name and value already lie in the block. */
void headers_add_slices(struct headers *h, struct slice name,
    struct slice value);
void headers_add(struct headers *h, struct str name, struct str value);
/* Replaces the first of that name and removes the others, or adds it. */
void headers_set(struct headers *h, struct str name, struct str value);
/* All of that name; returns how many. */
size_t headers_remove(struct headers *h, struct str name);
void headers_remove_at(struct headers *h, size_t i);

struct str headers_name(const struct headers *h, size_t i);
struct str headers_value(const struct headers *h, size_t i);
/* Value of the first of that name (case does not count), or STR_NONE. */
struct str headers_get(const struct headers *h, struct str name);
/* The same fields in the same order and spelling? */
bool headers_eq(const struct headers *a, const struct headers *b);
size_t headers_count(const struct headers *h, struct str name);
/*
 * Is token an element of the comma-separated list that all fields of that
 * name make together (RFC 9110 5.6.1)?  Case does not count.
 */
bool headers_has_token(const struct headers *h, struct str name,
    struct str token);
/*
 * Must this field not be forwarded (RFC 9110 7.6.1): Connection and what it
 * names, Keep-Alive, Proxy-Connection, Proxy-Authenticate,
 * Proxy-Authorization, TE, Trailer, Transfer-Encoding, Upgrade?  Host and
 * Content-Length stay whatever Connection names.
 */
bool headers_is_hop_by_hop(const struct headers *h, struct str name);

static inline struct str
headers_slice(const struct headers *h, struct slice s)
{
	return (struct str){ h->text ? h->text + s.off : "", s.len };
}

#endif
