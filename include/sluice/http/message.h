/* SPDX-License-Identifier: MIT */
/*
 * A request or a response.  Words of the start line are slices into the
 * headers' text block.  `target` is what was on the request line; scheme,
 * host, port and path are what it means, filled in by the engine
 * (proxy/target.c) or by flow/edit.c.
 */
#ifndef SLUICE_HTTP_MESSAGE_H
#define SLUICE_HTTP_MESSAGE_H

#include "sluice/http/body.h"
#include "sluice/http/headers.h"

enum message_kind { MESSAGE_NONE, MESSAGE_REQUEST, MESSAGE_RESPONSE };

/* How the length of the body is told (RFC 9112 section 6). */
enum framing {
	FRAMING_NONE,		/* no body, and none announced */
	FRAMING_LENGTH,		/* Content-Length: `length` */
	FRAMING_CHUNKED,
	FRAMING_CLOSE,		/* response that ends with the connection */
};

struct message {
	enum message_kind kind;		/* MESSAGE_NONE: not there (yet) */
	uint8_t version_minor;		/* HTTP/1.minor */
	uint16_t status;		/* responses */
	uint16_t port;			/* requests */
	struct slice method, target;	/* requests */
	struct slice scheme, host, path;
	struct slice reason;		/* responses */
	enum framing framing;
	uint64_t length;		/* with FRAMING_LENGTH */
	bool bodiless;			/* HEAD, 204, 304: headers may announce
					 * what does not follow */
	bool keep_alive;		/* what the sender's head said; in a
					 * message made here (head_bytes 0):
					 * may the connection go on after it? */
	bool expect_continue;
	bool complete;			/* its end was seen */
	bool exact;			/* requests: the body is all of it, its
					 * head too, and goes out as it is */
	struct headers headers;
	struct body body;
	struct headers trailers;
	uint64_t head_bytes;		/* on the wire; 0: made here */
	char *sent;			/* its head as it was forwarded, when
					 * that is not what was received */
	uint32_t sent_len;
};

/* HTTP/1.1, keep_alive set. */
void message_init(struct message *m, enum message_kind kind,
    struct store *store);
void message_fini(struct message *m);
/* to: fini'd or zeroed. */
void message_copy(struct message *to, const struct message *from);
/* Moves; from is left empty (MESSAGE_NONE). to: fini'd or zeroed. */
void message_move(struct message *to, struct message *from);

/* The head's bytes as they came; empty when it was made here. */
struct str message_received(const struct message *m);
/* .. and as they went: message_received when nothing was changed. */
struct str message_sent(const struct message *m);
void message_set_sent(struct message *m, struct str head);

static inline struct str
message_word(const struct message *m, struct slice s)
{
	return headers_slice(&m->headers, s);
}
/* Sets a word: message_set(m, &m->method, STR("GET")). */
void message_set(struct message *m, struct slice *word, struct str text);

/* "https://host/path", authority as url_put_authority writes it. */
void message_put_url(const struct message *m, struct buf *out);
/* Media type without parameters, lower case as sent, or empty. */
struct str message_media_type(const struct message *m);
/* Short name for lists: "json", "html", "png", "js", "css", "text", "". */
const char *message_type_name(const struct message *m);
const char *http_reason(unsigned status);	/* "Not Found", or "" */

#endif
