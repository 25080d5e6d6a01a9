/* SPDX-License-Identifier: MIT */
/*
 * Bodies to events: by length, to the end of the connection, or in chunks.
 * The chunked coding is read here, byte for byte as RFC 9112 7.1 has it,
 * because http-parser takes any two bytes for the end of a chunk.  Also what
 * this and h1_read.c share: events, failures, the end of a message.
 */
#include "h1.h"

#include <assert.h>

#include "sluice/base/mem.h"

#define CHUNK_EXT_MAX	4096
#define CHUNK_DIGITS_MAX 16
/* Largest piece of body in one event; smaller runs are put together. */
#define PIECE_MAX	(1u << 20)
#define GATHER		4096u

struct h1_rules
h1_rules_of(const struct h1 *c)
{
	return (struct h1_rules){
		.kind = c->role == CODEC_SERVER ? MESSAGE_REQUEST :
		    MESSAGE_RESPONSE,
		.limits = &c->limits,
	};
}

struct err *
h1_fault(const struct h1 *c, unsigned status, struct codec_error *error)
{
	error->status = c->role == CODEC_SERVER ? status : 502;
	return &error->err;
}

enum h1_step
h1_fail(struct h1_feed *f, unsigned status, const char *why)
{
	err_set(h1_fault(f->c, status, f->error), "%s", why);
	return H1_STEP_FAILED;
}

/* -- events -------------------------------------------------------------- */

struct http_event *
h1_emit(struct list *events, enum http_kind kind)
{
	struct http_event *e = http_event_new(kind, 0);

	list_append(events, &e->link);
	return e;
}

static void
emit_body(struct h1_feed *f, struct str bytes, struct chunk *held)
{
	struct http_event *e = h1_emit(f->events, HTTP_BODY);

	e->body.bytes = bytes;
	e->body.held = held;
}

void
h1_flush(struct h1_feed *f)
{
	if (f->gathered)
		emit_body(f, chunk_str(f->gathered), f->gathered);
	f->gathered = NULL;
}

static void
gather(struct h1_feed *f, struct str run)
{
	struct chunk *c = f->gathered;

	f->c->reader.body_seen = true;
	if (c && c->cap - c->len < run.n) {
		h1_flush(f);
		c = NULL;
	}
	if (!c && run.n >= GATHER) {
		emit_body(f, run, NULL);
		return;
	}
	if (!c) {
		size_t left = f->in.n - f->at;

		c = f->gathered = chunk_alloc(left < GATHER ?
		    (uint32_t)left : GATHER);
	}
	chunk_append(c, run);
}

void
h1_end_message(struct h1_feed *f)
{
	h1_flush(f);
	h1_emit(f->events, HTTP_END);
	f->c->reader.state = H1_DONE;
	h1_turn(f->c);
}

enum h1_step
h1_find_block(struct h1_feed *f, const char *too_long, size_t *n)
{
	struct h1_reader *r = &f->c->reader;
	struct str rest = str_skip(f->in, f->at);
	size_t max = f->c->limits.head_max;

	/* Less than before: not what was promised, but no reason to trip. */
	if (r->scan.seen > rest.n)
		r->scan = (struct h1_scan){ 0 };
	*n = h1_scan(&r->scan, rest);
	if (*n > max || (*n == 0 && rest.n >= max))
		return h1_fail(f, 431, too_long);
	return *n ? H1_STEP_ON : H1_STEP_WAIT;
}

/* -- bodies -------------------------------------------------------------- */

static struct str
next_run(const struct h1_feed *f, uint64_t left)
{
	size_t n = f->in.n - f->at;

	if (n > left)
		n = (size_t)left;
	if (n > PIECE_MAX)
		n = PIECE_MAX;
	return str_sub(f->in, f->at, f->at + n);
}

enum h1_step
h1_read_run(struct h1_feed *f, uint64_t left)
{
	struct h1_reader *r = &f->c->reader;
	struct str run = next_run(f, left);

	if (run.n == 0)
		return H1_STEP_WAIT;
	r->body_seen = true;
	emit_body(f, run, NULL);
	f->at += run.n;
	if (r->state != H1_LENGTH)
		return H1_STEP_ON;
	r->left -= run.n;
	if (r->left == 0)
		h1_end_message(f);
	return H1_STEP_ON;
}

/* A byte of the size: a digit, or what may follow at least one. */
static bool
take_size(struct h1_reader *r, char c)
{
	int digit = str_hex_digit(c);

	if (digit >= 0) {
		r->left = r->left << 4 | (unsigned)digit;
		return ++r->digits <= CHUNK_DIGITS_MAX &&
		    r->left <= INT64_MAX >> 4;
	}
	if (r->digits == 0)
		return false;
	r->ext = 0;
	r->chunk = H1_CHUNK_BLANK;
	return true;
}

/* RFC 9112 7.1.1: extensions are skipped, but not without end. */
static bool
take_ext(struct h1_reader *r, char c)
{
	unsigned char u = (unsigned char)c;

	if (c == '\r') {
		r->chunk = H1_CHUNK_SIZE_LF;
		return true;
	}
	if (r->chunk == H1_CHUNK_BLANK && c != ' ' && c != '\t') {
		if (c != ';')
			return false;
		r->chunk = H1_CHUNK_EXT;
	}
	return (u >= 0x20 || c == '\t') && u != 0x7f &&
	    ++r->ext <= CHUNK_EXT_MAX;
}

static void
take_data(struct h1_feed *f)
{
	struct h1_reader *r = &f->c->reader;
	struct str run = next_run(f, r->left);

	gather(f, run);
	f->at += run.n;
	r->left -= run.n;
	if (r->left == 0)
		r->chunk = H1_CHUNK_CR;
}

/* One byte of what is between the data. */
static bool
take_between(struct h1_reader *r, char c)
{
	switch (r->chunk) {
	case H1_CHUNK_SIZE:
		if (!take_size(r, c))
			return false;
		return r->chunk == H1_CHUNK_SIZE || take_ext(r, c);
	case H1_CHUNK_BLANK:
	case H1_CHUNK_EXT:
		return take_ext(r, c);
	case H1_CHUNK_SIZE_LF:
		r->chunk = r->left ? H1_CHUNK_DATA : H1_CHUNK_TRAILERS;
		r->digits = 0;
		return c == '\n';
	case H1_CHUNK_CR:
		r->chunk = H1_CHUNK_LF;
		return c == '\r';
	case H1_CHUNK_LF:
		r->chunk = H1_CHUNK_SIZE;
		return c == '\n';
	case H1_CHUNK_DATA:
	case H1_CHUNK_TRAILERS:
		break;
	}
	assert(!"a byte of data between chunks");
	return false;
}

static enum h1_step
read_trailers(struct h1_feed *f)
{
	struct h1_rules rules = h1_rules_of(f->c);
	struct headers *h;
	size_t n;
	enum h1_step said = h1_find_block(f, "the trailers are too long", &n);

	if (said != H1_STEP_ON)
		return said;
	h = NEW(struct headers);
	headers_init(h);
	if (!h1_check_trailers(&rules, str_sub(f->in, f->at, f->at + n), h,
	    f->error)) {
		headers_fini(h);
		free(h);
		return H1_STEP_FAILED;
	}
	f->at += n;
	h1_flush(f);
	if (h->count > 0)
		h1_emit(f->events, HTTP_TRAILERS)->trailers = h;
	else
		headers_fini(h);
	if (h->count == 0)
		free(h);
	h1_end_message(f);
	return H1_STEP_ON;
}

enum h1_step
h1_read_chunked(struct h1_feed *f)
{
	struct h1_reader *r = &f->c->reader;

	while (f->at < f->in.n) {
		if (r->chunk == H1_CHUNK_TRAILERS)
			return read_trailers(f);
		if (r->chunk == H1_CHUNK_DATA)
			take_data(f);
		else if (!take_between(r, f->in.p[f->at++]))
			return h1_fail(f, 400, "the chunked coding of the body "
			    "is broken");
	}
	return H1_STEP_WAIT;
}
