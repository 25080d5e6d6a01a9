/* SPDX-License-Identifier: MIT */
/*
 * Content codings undone in a stream: from the chunks or the file of a body
 * into a bounded buffer.  Output stops at the buffer's maximum, and at 200
 * times the input once it is over a mebibyte.  At most two codings deep.
 */
#include "sluice/http/coding.h"

#include <assert.h>
#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

#include "sluice/base/mem.h"

#define DEPTH_MAX	2
#define RATIO_MAX	200
#define RATIO_FREE	(1u << 20)	/* output that may have any ratio */
#define STEP		(32u * 1024)
#define ZSTD_WINDOW_LOG	23		/* RFC 9659: no more for a coding */

/* Where coded bytes come from: memory or a body. */
struct source {
	struct str memory;
	const struct body *body;	/* or NULL */
	uint64_t at;
	char step[STEP];		/* for what lies on disk */
};

/* Where decoded bytes go. */
struct sink {
	struct buf *out;
	uint64_t took, made;
	char spare[1];			/* tells "full" from "just fits" */
	char *room;
	size_t size;
};

/* The next run of bytes; empty at the end; false when they are lost. */
static bool
source_next(struct source *s, struct str *run, struct err *err)
{
	if (!s->body) {
		*run = str_skip(s->memory, (size_t)s->at);
	} else {
		*run = body_peek(s->body, s->at);
		if (run->n == 0) {
			ssize_t n = body_read(s->body, s->at, s->step,
			    sizeof s->step, err);

			if (n < 0)
				return false;
			*run = str_make(s->step, (size_t)n);
		}
	}
	*run = str_sub(*run, 0, STEP);
	s->at += run->n;
	return true;
}

static void
sink_open(struct sink *k)
{
	size_t room = buf_room(k->out);

	k->size = room < STEP ? room : STEP;
	k->room = k->size ? buf_reserve(k->out, k->size) : k->spare;
	if (k->size == 0)
		k->size = sizeof k->spare;
	assert(k->room);
}

/* n bytes were written; false when that is enough. */
static bool
sink_take(struct sink *k, size_t n, size_t took)
{
	assert(n <= k->size);
	k->took += took;
	k->made += n;
	if (k->room == k->spare)
		return n == 0;
	buf_commit(k->out, n);
	return k->made <= RATIO_FREE || k->made / RATIO_MAX <= k->took;
}

static enum coding_result
broken(struct err *err, struct str coding, const char *why)
{
	err_set(err, "%.*s: %s", STR_ARG(coding), why);
	return CODING_BROKEN;
}

static enum coding_result
copy(struct source *s, struct buf *out, struct err *err)
{
	struct str run;

	do {
		if (!source_next(s, &run, err))
			return CODING_BROKEN;
		if (run.n > buf_room(out)) {
			buf_put(out, str_sub(run, 0, buf_room(out)));
			return CODING_CUT;
		}
		buf_put(out, run);
	} while (run.n > 0);
	return CODING_DONE;
}

/* -- gzip and deflate ---------------------------------------------------- */

/* What inflate() said, with rest left over; *more: go on with the rest. */
static enum coding_result
inflate_said(z_stream *z, int said, struct str coding, bool *more,
    struct err *err)
{
	*more = true;
	if (said == Z_OK || said == Z_BUF_ERROR)
		return CODING_DONE;
	if (said == Z_STREAM_END) {
		/* RFC 1952 2.2: members follow each other; else it is over. */
		*more = z->avail_in > 0 && z->next_in[0] == 0x1f &&
		    str_ends(coding, STR("gzip")) &&
		    inflateReset(z) == Z_OK;
		return CODING_DONE;
	}
	return broken(err, coding, z->msg ? z->msg : "damaged");
}

/* *ended: the stream is at a place where it may end. */
static enum coding_result
inflate_run(z_stream *z, struct sink *k, struct str coding, bool *ended,
    struct err *err)
{
	bool more = true;

	do {
		uInt before = z->avail_in;

		sink_open(k);
		z->next_out = (Bytef *)k->room;
		z->avail_out = (uInt)k->size;
		int said = inflate(z, Z_NO_FLUSH);
		size_t made = k->size - z->avail_out;

		if (!sink_take(k, made, before - z->avail_in))
			return CODING_CUT;
		enum coding_result r = inflate_said(z, said, coding, &more,
		    err);

		if (r != CODING_DONE)
			return r;
		*ended = said == Z_STREAM_END && !more;
		if (*ended || (made == 0 && z->avail_in == 0))
			return CODING_DONE;
	} while (z->avail_in > 0 || z->avail_out == 0);
	return CODING_DONE;
}

/* bits: zlib's windowBits, which also names the wrapper. */
static enum coding_result
inflate_as(struct source *s, struct sink *k, int bits, struct str coding,
    struct err *err)
{
	z_stream z = { 0 };
	enum coding_result r = CODING_DONE;
	bool ended = false;
	struct str run;

	if (inflateInit2(&z, bits) != Z_OK)
		return broken(err, coding, "the decoder does not start");
	while (r == CODING_DONE && !ended) {
		if (!source_next(s, &run, err)) {
			r = CODING_BROKEN;
		} else if (run.n == 0) {
			r = broken(err, coding, "it ends too early");
		} else {
			z.next_in = (Bytef *)(uintptr_t)run.p;
			z.avail_in = (uInt)run.n;
			r = inflate_run(&z, k, coding, &ended, err);
		}
	}
	inflateEnd(&z);
	return r;
}

static enum coding_result
decode_gzip(struct source *s, struct sink *k, struct str coding,
    struct err *err)
{
	return inflate_as(s, k, 15 + 16, coding, err);
}

/* RFC 9110 8.4.1.2: some servers leave the zlib wrapper away. */
static enum coding_result
decode_deflate(struct source *s, struct sink *k, struct str coding,
    struct err *err)
{
	uint64_t from = s->at;
	enum coding_result r = inflate_as(s, k, 15, coding, err);

	if (r != CODING_BROKEN || k->made > 0)
		return r;
	s->at = from;
	k->took = 0;
	return inflate_as(s, k, -15, coding, err);
}

/* -- brotli -------------------------------------------------------------- */

static enum coding_result
brotli_run(BrotliDecoderState *b, struct sink *k, struct str run, bool *ended,
    struct err *err)
{
	const uint8_t *in = (const uint8_t *)run.p;
	size_t in_left = run.n;

	for (;;) {
		size_t before = in_left;

		sink_open(k);
		uint8_t *out = (uint8_t *)k->room;
		size_t out_left = k->size;
		BrotliDecoderResult said = BrotliDecoderDecompressStream(b,
		    &in_left, &in, &out_left, &out, NULL);

		if (!sink_take(k, k->size - out_left, before - in_left))
			return CODING_CUT;
		if (said == BROTLI_DECODER_RESULT_ERROR)
			return broken(err, STR("br"), "damaged");
		*ended = said == BROTLI_DECODER_RESULT_SUCCESS;
		if (said != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
			return CODING_DONE;
	}
}

static enum coding_result
decode_brotli(struct source *s, struct sink *k, struct str coding,
    struct err *err)
{
	BrotliDecoderState *b = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	enum coding_result r = CODING_DONE;
	bool ended = false;
	struct str run;

	if (!b)
		return broken(err, coding, "the decoder does not start");
	while (r == CODING_DONE && !ended) {
		if (!source_next(s, &run, err))
			r = CODING_BROKEN;
		else if (run.n == 0)
			r = broken(err, coding, "it ends too early");
		else
			r = brotli_run(b, k, run, &ended, err);
	}
	BrotliDecoderDestroyInstance(b);
	return r;
}

/* -- zstd ---------------------------------------------------------------- */

static enum coding_result
zstd_run(ZSTD_DStream *z, struct sink *k, struct str run, bool *ended,
    struct err *err)
{
	ZSTD_inBuffer in = { .src = run.p, .size = run.n };

	for (;;) {
		size_t before = in.pos;

		sink_open(k);
		ZSTD_outBuffer out = { .dst = k->room, .size = k->size };
		size_t said = ZSTD_decompressStream(z, &out, &in);

		if (!sink_take(k, out.pos, in.pos - before))
			return CODING_CUT;
		if (ZSTD_isError(said))
			return broken(err, STR("zstd"),
			    ZSTD_getErrorName(said));
		*ended = said == 0;
		if (in.pos == in.size && (*ended || out.pos < out.size))
			return CODING_DONE;
	}
}

static enum coding_result
decode_zstd(struct source *s, struct sink *k, struct str coding,
    struct err *err)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	enum coding_result r = CODING_DONE;
	bool ended = false;
	struct str run;

	if (!z)
		return broken(err, coding, "the decoder does not start");
	ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	do {
		if (!source_next(s, &run, err))
			r = CODING_BROKEN;
		else if (run.n > 0)
			r = zstd_run(z, k, run, &ended, err);
	} while (r == CODING_DONE && run.n > 0);
	ZSTD_freeDStream(z);
	if (r == CODING_DONE && !ended)
		r = broken(err, coding, "it ends too early");
	return r;
}

/* -- which and how deep -------------------------------------------------- */

typedef enum coding_result decode_fn(struct source *, struct sink *,
    struct str coding, struct err *);

static const struct {
	const char *name;
	decode_fn *decode;
} codings[] = {
	{ "gzip", decode_gzip },
	{ "x-gzip", decode_gzip },
	{ "deflate", decode_deflate },
	{ "br", decode_brotli },
	{ "zstd", decode_zstd },
};

static decode_fn *
find_coding(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(codings); i++)
		if (str_eq_nocase(name, str_from(codings[i].name)))
			return codings[i].decode;
	return NULL;
}

static enum coding_result
decode(decode_fn *fn, struct source *s, struct str coding, struct buf *out,
    struct err *err)
{
	struct sink k = { .out = out };

	return fn(s, &k, coding, err);
}

enum coding_result
coding_decode_bytes(struct str coding, struct str in, struct buf *out,
    struct err *err)
{
	decode_fn *fn = find_coding(coding);
	struct source *s;
	enum coding_result r;

	if (!fn) {
		err_set(err, "unknown coding \"%.*s\"", STR_ARG(coding));
		return CODING_UNKNOWN;
	}
	s = NEW(struct source);
	s->memory = in;
	r = decode(fn, s, coding, out, err);
	free(s);
	return r;
}

/*
 * The codings of m in the order they were put on; how many there are, or
 * DEPTH_MAX + 1 for too many.
 */
static size_t
list_codings(const struct message *m, struct str names[DEPTH_MAX])
{
	const struct headers *h = &m->headers;
	size_t n = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct str list, name;

		if (!str_eq_nocase(headers_name(h, i),
		    STR("Content-Encoding")))
			continue;
		list = headers_value(h, i);
		while (str_split(&list, ',', &name)) {
			name = str_trim(name);
			if (name.n == 0 ||
			    str_eq_nocase(name, STR("identity")))
				continue;
			if (n == DEPTH_MAX)
				return DEPTH_MAX + 1;
			names[n++] = name;
		}
	}
	return n;
}

bool
coding_is_coded(const struct message *m)
{
	struct str names[DEPTH_MAX];

	return list_codings(m, names) > 0;
}

/* The inner coding is as much a bomb as the outer: both are capped. */
static enum coding_result
decode_two(struct source *s, const struct str names[2], struct buf *out,
    struct err *err)
{
	struct buf middle;
	enum coding_result r, inner;

	buf_init(&middle, out->max);
	r = decode(find_coding(names[1]), s, names[1], &middle, err);
	s->body = NULL;
	s->memory = buf_str(&middle);
	s->at = 0;
	inner = decode(find_coding(names[0]), s, names[0], out,
	    r == CODING_DONE ? err : NULL);
	buf_fini(&middle);
	return r == CODING_DONE ? inner : r;
}

enum coding_result
coding_decode(const struct message *m, struct buf *out, struct err *err)
{
	struct str names[DEPTH_MAX];
	size_t n = list_codings(m, names);
	enum coding_result r;
	struct source *s;

	for (size_t i = 0; i < n && i < DEPTH_MAX; i++) {
		if (!find_coding(names[i])) {
			err_set(err, "unknown coding \"%.*s\"",
			    STR_ARG(names[i]));
			return CODING_UNKNOWN;
		}
	}
	if (n > DEPTH_MAX) {
		err_set(err, "more than %d codings", DEPTH_MAX);
		return CODING_UNKNOWN;
	}
	s = NEW(struct source);
	s->body = &m->body;
	if (n == 0 || m->body.len == 0)
		r = copy(s, out, err);
	else if (n == 1)
		r = decode(find_coding(names[0]), s, names[0], out, err);
	else
		r = decode_two(s, names, out, err);
	free(s);
	return r;
}
