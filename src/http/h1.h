/* SPDX-License-Identifier: MIT */
/*
 * HTTP/1 in private: the codec's two halves and the strict look at heads.
 * h1_read.c moves the reader, h1_write.c the writer, h1.c joins them.
 */
#ifndef SLUICE_HTTP_H1_H
#define SLUICE_HTTP_H1_H

#include "sluice/http/codec.h"

/* -- h1_check.c: heads --------------------------------------------------- */

/* Whose bytes these are, and how much of them is accepted. */
struct h1_rules {
	enum message_kind kind;
	const struct codec_limits *limits;
};

/* A start line taken apart; slices count from its first byte. */
struct h1_start {
	struct slice method, target;	/* requests */
	struct slice reason;		/* responses */
	uint8_t version_minor;
	uint16_t status;
};

/* How far the search for the empty line at the end of a block has come. */
struct h1_scan {
	size_t line;		/* start of the line under search */
	size_t seen;		/* bytes searched */
	size_t first;		/* length of the first line, or 0 */
};

bool h1_is_token(struct str s);			/* RFC 9110 5.6.2 */
/*
 * The length of the block of lines at the start of bytes, with the empty
 * line that ends it; 0 when that has not come yet.  The scan goes on where
 * it stopped when the same bytes and more are offered again.
 */
size_t h1_scan(struct h1_scan *scan, struct str bytes);
/* line: without its line end. */
bool h1_check_start(const struct h1_rules *rules, struct str line,
    struct h1_start *start, struct codec_error *error) NODISCARD;
/*
 * A whole head as h1_scan found it.  The caller frees *m.  *plain: nothing
 * in it needed repair, any other strict reader must see the same.
 */
bool h1_check_head(const struct h1_rules *rules, struct str head,
    struct message **m, bool *plain, struct codec_error *error) NODISCARD;
/* The block behind the last chunk, as h1_scan found it.  to: inited. */
bool h1_check_trailers(const struct h1_rules *rules, struct str block,
    struct headers *to, struct codec_error *error) NODISCARD;

/* -- the codec ----------------------------------------------------------- */

enum h1_reading {
	H1_HEAD,	/* waiting for a head, or in one */
	H1_LENGTH,	/* left bytes of body follow */
	H1_CHUNKED,
	H1_CLOSE,	/* body up to the end of the connection */
	H1_DONE,	/* the message is whole: its owner's turn */
	H1_STOPPED,	/* what follows, if anything, is not ours */
};

enum h1_chunk {
	H1_CHUNK_SIZE,
	H1_CHUNK_BLANK,		/* blanks behind the size */
	H1_CHUNK_EXT,
	H1_CHUNK_SIZE_LF,
	H1_CHUNK_DATA,
	H1_CHUNK_CR,
	H1_CHUNK_LF,
	H1_CHUNK_TRAILERS,
};

struct h1_reader {
	enum h1_reading state;
	struct h1_scan scan;
	unsigned blank_lines;	/* skipped before this head */
	bool start_good;	/* the start line has been checked */
	bool partial;		/* the last feed ended within a head */
	bool body_seen;		/* .. of the message being read */
	enum h1_chunk chunk;
	unsigned digits;	/* of the chunk size so far */
	size_t ext;		/* bytes of chunk extension on this line */
	uint64_t left;		/* of the body or the chunk */
};

enum h1_writing { H1_IDLE, H1_SENDING, H1_SENT, H1_DEAD };

struct h1_writer {
	enum h1_writing state;
	enum framing framing;	/* as written */
	uint64_t left;		/* with FRAMING_LENGTH */
};

/* What must be remembered of a request until its response is over. */
struct h1_request {
	bool head, connect, upgrade, expect;
	bool continued;		/* 100 was written for it */
	bool old;		/* HTTP/1.0 */
};

struct h1 {
	struct codec codec;
	enum codec_role role;
	struct codec_limits limits;
	struct buf *out;	/* borrowed */
	bool via_proxy;		/* requests in absolute form .. */
	struct str credentials;	/* .. with these; borrowed */
	bool persistent;	/* another message may follow this one */
	struct h1_request request;
	struct h1_reader reader;
	struct h1_writer writer;
};

struct codec *h1_open(enum codec_role role, const struct codec_limits *limits,
    struct buf *out) NODISCARD;
/* After a half has ended: the next exchange, or the end. */
void h1_turn(struct h1 *c);
void h1_remember(struct h1 *c, const struct message *request);
/* Does m ask for another protocol that we pass on (RFC 9110 7.8)? */
bool h1_wants_upgrade(const struct message *m);

/* -- h1_body.c ----------------------------------------------------------- */

enum h1_step { H1_STEP_ON, H1_STEP_WAIT, H1_STEP_FAILED };

/* One call of h1_feed. */
struct h1_feed {
	struct h1 *c;
	struct str in;
	size_t at;
	struct list *events;
	struct codec_error *error;
	struct chunk *gathered;		/* small runs of a chunked body */
};

struct h1_rules h1_rules_of(const struct h1 *c);
/* Sets the status (502 for a server's mistake) and lends the text. */
struct err *h1_fault(const struct h1 *c, unsigned status,
    struct codec_error *error);
enum h1_step h1_fail(struct h1_feed *f, unsigned status, const char *why);
struct http_event *h1_emit(struct list *events, enum http_kind kind);
/* The events of body bytes that were held back to be put together. */
void h1_flush(struct h1_feed *f);
void h1_end_message(struct h1_feed *f);
/*
 * Finds the end of the block of lines at f->at: H1_STEP_ON and *n, or
 * H1_STEP_WAIT when it has not come yet.
 */
enum h1_step h1_find_block(struct h1_feed *f, const char *too_long, size_t *n);
/* The next of at most left bytes of body. */
enum h1_step h1_read_run(struct h1_feed *f, uint64_t left);
enum h1_step h1_read_chunked(struct h1_feed *f);

/* -- h1_read.c, h1_write.c: the codec's calls ---------------------------- */

bool h1_feed(struct codec *codec, struct str in, size_t *used,
    struct list *events, struct codec_error *error);
bool h1_eof(struct codec *codec, struct list *events,
    struct codec_error *error);

void h1_head(struct codec *codec, uint32_t stream, const struct message *m);
void h1_body(struct codec *codec, uint32_t stream, struct str bytes);
void h1_end(struct codec *codec, uint32_t stream,
    const struct headers *trailers);
void h1_reset(struct codec *codec, uint32_t stream);

static inline struct h1 *
h1_of(struct codec *codec)
{
	return container_of(codec, struct h1, codec);
}

#endif
