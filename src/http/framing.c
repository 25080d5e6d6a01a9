/* SPDX-License-Identifier: MIT */
/*
 * The one decision about where a body ends.  Rows of RFC 9112 6.3, in its
 * order; whatever two readers could take in two ways is refused.
 */
#include "sluice/http/framing.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "h1.h"

enum transfer {
	TRANSFER_ABSENT,
	TRANSFER_CHUNKED,
	TRANSFER_STRANGE,		/* ends in something we can't undo */
	TRANSFER_FAULTY,
};

static struct err *
fault(const struct message *m, unsigned status, struct codec_error *error)
{
	error->status = m->kind == MESSAGE_REQUEST ? status : 502;
	return &error->err;
}

/* One element of Content-Length; all elements must agree (RFC 9110 8.6). */
static bool
add_length(struct str text, size_t *elements, uint64_t *length)
{
	uint64_t n;

	if (!str_to_u64(text, &n) || n > INT64_MAX)
		return false;
	if ((*elements)++ > 0 && n != *length)
		return false;
	*length = n;
	return true;
}

static bool
read_length(struct message *m, size_t *elements, struct codec_error *error)
{
	const struct headers *h = &m->headers;
	char text[24];

	for (size_t i = 0; i < h->count; i++) {
		struct str list, part;

		if (!str_eq_nocase(headers_name(h, i), STR("Content-Length")))
			continue;
		list = headers_value(h, i);
		while (str_split(&list, ',', &part))
			if (!add_length(str_trim(part), elements, &m->length))
				return err_set(fault(m, 400, error),
				    "Content-Length is not one number");
	}
	if (*elements < 2)
		return true;
	snprintf(text, sizeof text, "%" PRIu64, m->length);
	headers_set(&m->headers, STR("Content-Length"), str_from(text));
	return true;
}

static enum transfer
add_coding(struct str name, enum transfer before)
{
	bool chunked = str_eq_nocase(name, STR("chunked"));

	if (before == TRANSFER_FAULTY || before == TRANSFER_CHUNKED ||
	    !h1_is_token(name) || str_eq_nocase(name, STR("identity")))
		return TRANSFER_FAULTY;
	return chunked && before == TRANSFER_ABSENT ? TRANSFER_CHUNKED :
	    TRANSFER_STRANGE;
}

static enum transfer
read_coding(const struct message *m)
{
	const struct headers *h = &m->headers;
	enum transfer coding = TRANSFER_ABSENT;
	size_t fields = 0;

	for (size_t i = 0; i < h->count; i++) {
		struct str list, part;

		if (!str_eq_nocase(headers_name(h, i),
		    STR("Transfer-Encoding")))
			continue;
		list = headers_value(h, i);
		while (str_split(&list, ',', &part))
			coding = add_coding(str_trim(part), coding);
		fields++;
	}
	return fields > 1 ? TRANSFER_FAULTY : coding;
}

static bool
has_no_body(const struct message *m, struct str method)
{
	return m->status < 200 || m->status == 204 || m->status == 304 ||
	    str_eq(method, STR("HEAD")) ||
	    (str_eq(method, STR("CONNECT")) && m->status < 300);
}

static bool
frame_request(struct message *m, enum transfer coding, size_t lengths,
    struct codec_error *error)
{
	if (coding == TRANSFER_CHUNKED && lengths > 0)
		return err_set(fault(m, 400, error),
		    "both Content-Length and Transfer-Encoding");
	if (coding == TRANSFER_CHUNKED && m->version_minor == 0)
		return err_set(fault(m, 400, error),
		    "Transfer-Encoding in HTTP/1.0");
	if (coding == TRANSFER_CHUNKED)
		m->framing = FRAMING_CHUNKED;
	else if (lengths > 0)
		m->framing = FRAMING_LENGTH;
	if (!str_eq(message_word(m, m->method), STR("CONNECT")))
		return true;
	if (coding == TRANSFER_CHUNKED || m->length > 0)
		return err_set(fault(m, 400, error), "CONNECT with a body");
	m->framing = FRAMING_NONE;
	return true;
}

static void
frame_response(struct message *m, enum transfer coding, size_t lengths)
{
	if (coding == TRANSFER_CHUNKED) {
		m->framing = FRAMING_CHUNKED;
		/* Real servers do this: believe the coding, trust no more. */
		if (lengths > 0 || m->version_minor == 0)
			m->keep_alive = false;
		m->length = 0;
	} else if (lengths > 0) {
		m->framing = FRAMING_LENGTH;
	} else {
		m->framing = FRAMING_CLOSE;
		m->keep_alive = false;
	}
}

bool
framing_read(struct message *m, struct str request_method,
    struct codec_error *error)
{
	size_t lengths = 0;

	assert(m->kind != MESSAGE_NONE);
	m->framing = FRAMING_NONE;
	m->length = 0;
	m->bodiless = false;
	if (!read_length(m, &lengths, error))
		return false;
	if (m->kind == MESSAGE_RESPONSE && has_no_body(m, request_method)) {
		m->bodiless = true;
		m->length = 0;
		return true;
	}
	enum transfer coding = read_coding(m);

	if (coding == TRANSFER_FAULTY)
		return err_set(fault(m, 400, error),
		    "Transfer-Encoding is not \"chunked\"");
	if (coding == TRANSFER_STRANGE)
		return err_set(fault(m, 501, error),
		    "a transfer coding other than chunked");
	if (m->kind == MESSAGE_REQUEST)
		return frame_request(m, coding, lengths, error);
	frame_response(m, coding, lengths);
	return true;
}

void
framing_fix(struct message *m)
{
	struct str name = STR("Content-Length");
	char text[24];

	if (m->bodiless)
		return;
	if (m->framing == FRAMING_CHUNKED && m->trailers.count > 0) {
		headers_remove(&m->headers, name);
		return;
	}
	headers_remove(&m->headers, STR("Transfer-Encoding"));
	m->length = m->body.len;
	if (m->kind == MESSAGE_REQUEST && m->body.len == 0 &&
	    !headers_get(&m->headers, name).p) {
		m->framing = FRAMING_NONE;
		return;
	}
	m->framing = FRAMING_LENGTH;
	snprintf(text, sizeof text, "%" PRIu64, m->length);
	headers_set(&m->headers, name, str_from(text));
}
