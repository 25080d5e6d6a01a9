/* SPDX-License-Identifier: MIT */
/* A message's life, and the short words that lists and pages show of it. */
#include "sluice/http/message.h"

#include "sluice/base/mem.h"
#include "sluice/http/url.h"

void
message_init(struct message *m, enum message_kind kind, struct store *store)
{
	*m = (struct message){
		.kind = kind,
		.version_minor = 1,
		.keep_alive = true,
	};
	headers_init(&m->headers);
	headers_init(&m->trailers);
	body_init(&m->body, store);
}

void
message_fini(struct message *m)
{
	if (!m)
		return;
	headers_fini(&m->headers);
	headers_fini(&m->trailers);
	free(m->sent);
	struct store *store = m->body.store;

	body_fini(&m->body);
	*m = (struct message){ .kind = MESSAGE_NONE };
	body_init(&m->body, store);
}

void
message_copy(struct message *to, const struct message *from)
{
	*to = *from;
	/* A copy has not been sent. */
	to->sent = NULL;
	to->sent_len = 0;
	headers_init(&to->headers);
	headers_init(&to->trailers);
	body_init(&to->body, from->body.store);
	headers_copy(&to->headers, &from->headers);
	headers_copy(&to->trailers, &from->trailers);
	body_copy(&to->body, &from->body);
}

void
message_move(struct message *to, struct message *from)
{
	struct store *store = from->body.store;

	*to = *from;
	*from = (struct message){ .kind = MESSAGE_NONE };
	body_init(&from->body, store);
}

/* What was received lies at the front of the block of fields. */
struct str
message_received(const struct message *m)
{
	size_t n = m->head_bytes < m->headers.len ? (size_t)m->head_bytes :
	    m->headers.len;

	return n > 0 ? str_make(m->headers.text, n) : STR_NONE;
}

struct str
message_sent(const struct message *m)
{
	return m->sent ? str_make(m->sent, m->sent_len) :
	    message_received(m);
}

void
message_set_sent(struct message *m, struct str head)
{
	free(m->sent);
	m->sent = NULL;
	m->sent_len = 0;
	if (str_eq(head, message_received(m)) || head.n > UINT32_MAX)
		return;
	m->sent = str_dup(head);
	m->sent_len = (uint32_t)head.n;
}

void
message_set(struct message *m, struct slice *word, struct str text)
{
	*word = headers_text(&m->headers, text);
}

static void
put_fitting(struct buf *out, struct str s)
{
	buf_put(out, str_sub(s, 0, buf_room(out)));
}

void
message_put_url(const struct message *m, struct buf *out)
{
	struct str scheme = message_word(m, m->scheme);
	struct str host = message_word(m, m->host);

	if (host.n == 0) {
		put_fitting(out, message_word(m, m->target));
		return;
	}
	if (scheme.n > 0) {
		put_fitting(out, scheme);
		put_fitting(out, STR("://"));
	}
	url_put_authority(out, scheme, host, m->port);
	struct str path = message_word(m, m->path);

	/* "OPTIONS *" has no path. */
	if (path.n > 0 && path.p[0] == '/')
		put_fitting(out, path);
}

struct str
message_media_type(const struct message *m)
{
	struct str type = headers_get(&m->headers, STR("Content-Type"));

	return str_trim(str_sub(type, 0, str_chr(type, ';', 0)));
}

/* The first row that fits counts: names within a media type, any case. */
static const struct {
	struct str part;
	const char *name;
} type_names[] = {
	{ STR("svg"), "svg" },
	{ STR("application/grpc"), "grpc" },
	{ STR("json"), "json" },
	{ STR("html"), "html" },
	{ STR("javascript"), "js" },
	{ STR("ecmascript"), "js" },
	{ STR("text/css"), "css" },
	{ STR("image/png"), "png" },
	{ STR("image/jpeg"), "jpg" },
	{ STR("image/gif"), "gif" },
	{ STR("image/webp"), "webp" },
	{ STR("image/avif"), "avif" },
	{ STR("icon"), "ico" },
	{ STR("image/"), "image" },
	{ STR("font"), "font" },
	{ STR("video/"), "video" },
	{ STR("audio/"), "audio" },
	{ STR("xml"), "xml" },
	{ STR("text/event-stream"), "sse" },
	{ STR("text/csv"), "csv" },
	{ STR("text/markdown"), "md" },
	{ STR("text/"), "text" },
	{ STR("x-www-form-urlencoded"), "form" },
	{ STR("multipart/form-data"), "form" },
	{ STR("application/pdf"), "pdf" },
	{ STR("wasm"), "wasm" },
	{ STR("protobuf"), "proto" },
	{ STR("zip"), "zip" },
	{ STR("octet-stream"), "bin" },
};

const char *
message_type_name(const struct message *m)
{
	struct str type = message_media_type(m);

	for (size_t i = 0; i < ARRAY_LEN(type_names); i++)
		if (str_find_nocase(type, type_names[i].part) != SIZE_MAX)
			return type_names[i].name;
	return "";
}

static const struct {
	unsigned status;
	const char *text;
} reasons[] = {
	{ 100, "Continue" }, { 101, "Switching Protocols" },
	{ 102, "Processing" }, { 103, "Early Hints" },
	{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" },
	{ 203, "Non-Authoritative Information" }, { 204, "No Content" },
	{ 205, "Reset Content" }, { 206, "Partial Content" },
	{ 207, "Multi-Status" }, { 208, "Already Reported" },
	{ 226, "IM Used" },
	{ 300, "Multiple Choices" }, { 301, "Moved Permanently" },
	{ 302, "Found" }, { 303, "See Other" }, { 304, "Not Modified" },
	{ 305, "Use Proxy" }, { 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" }, { 401, "Unauthorized" },
	{ 402, "Payment Required" }, { 403, "Forbidden" },
	{ 404, "Not Found" }, { 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" }, { 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
	{ 411, "Length Required" }, { 412, "Precondition Failed" },
	{ 413, "Content Too Large" }, { 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" }, { 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" }, { 418, "I'm a teapot" },
	{ 421, "Misdirected Request" }, { 422, "Unprocessable Content" },
	{ 423, "Locked" }, { 424, "Failed Dependency" }, { 425, "Too Early" },
	{ 426, "Upgrade Required" }, { 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
	{ 502, "Bad Gateway" }, { 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" }, { 505, "HTTP Version Not Supported" },
	{ 506, "Variant Also Negotiates" }, { 507, "Insufficient Storage" },
	{ 508, "Loop Detected" }, { 510, "Not Extended" },
	{ 511, "Network Authentication Required" },
};

const char *
http_reason(unsigned status)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "";
}
