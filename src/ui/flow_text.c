/* SPDX-License-Identifier: MIT */
/* One function a kind, which appends one flow's text. */
#include "flow_text.h"

#include <inttypes.h>

#include "console.h"
#include "redact.h"
#include "sluice/base/escape.h"
#include "sluice/base/mem.h"
#include "sluice/format/curl.h"
#include "sluice/format/fetch.h"
#include "sluice/format/har.h"
#include "sluice/format/httpie.h"
#include "sluice/format/k6.h"
#include "sluice/format/python.h"
#include "sluice/http/coding.h"

#define STEP		(32u * 1024)
#define URL_ROOM	(1024u * 1024)

typedef bool put_fn(const struct flow *f, struct buf *out, struct err *err);
typedef bool end_fn(struct buf *out, struct err *err);

static bool
too_long(struct err *err)
{
	return err_set(err, "it is over %u MiB", FLOW_TEXT_MAX >> 20);
}

static bool
put_url(const struct flow *f, struct buf *out, struct err *err)
{
	if (buf_room(out) < URL_ROOM)
		return too_long(err);
	flow_put_url(f, out);
	return true;
}

/* A message that was made here has no bytes yet: as they would go out. */
static bool
put_made_head(const struct message *m, struct buf *out, struct err *err)
{
	const struct headers *h = &m->headers;

	if (buf_room(out) < 2 * (size_t)h->len + 4 * (size_t)h->count + 64)
		return too_long(err);
	if (m->kind == MESSAGE_REQUEST)
		buf_printf(out, "%.*s %.*s HTTP/1.%u\r\n",
		    STR_ARG(message_word(m, m->method)),
		    STR_ARG(message_word(m, m->path)), m->version_minor);
	else
		buf_printf(out, "HTTP/1.%u %u %.*s\r\n", m->version_minor,
		    m->status, STR_ARG(message_word(m, m->reason)));
	for (size_t i = 0; i < h->count; i++) {
		buf_put(out, headers_name(h, i));
		buf_put(out, STR(": "));
		buf_put(out, headers_value(h, i));
		buf_put(out, STR("\r\n"));
	}
	buf_put(out, STR("\r\n"));
	return true;
}

/* Was it edited?  Then what was received is not what it is now. */
static bool
is_edited(const struct flow *f, const struct message *m)
{
	const struct message *was;

	if (f->original == NULL)
		return false;
	was = m == &f->request ? &f->original->request :
	    &f->original->response;
	return was->kind != MESSAGE_NONE &&
	    !str_eq(message_received(was), message_received(m));
}

/* A request as it went to the server, a response as it came from there. */
static bool
put_head(const struct flow *f, const struct message *m, struct buf *out,
    struct err *err)
{
	struct str head = m->kind == MESSAGE_RESPONSE && !is_edited(f, m) ?
	    message_received(m) : message_sent(m);

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is none");
	/* It stands in the body. */
	if (m->exact)
		return true;
	if (head.n == 0 || (m->sent == NULL && is_edited(f, m)))
		return put_made_head(m, out, err);
	return buf_add(out, head.p, head.n) || too_long(err);
}

static bool
put_raw_body(const struct message *m, struct buf *out, struct err *err)
{
	ssize_t n;

	for (uint64_t at = 0; at < m->body.len; at += (uint64_t)n) {
		char *room = buf_reserve(out, STEP);

		if (room == NULL)
			return too_long(err);
		n = body_read(&m->body, at, room, STEP, err);
		if (n <= 0)
			return false;
		buf_commit(out, (size_t)n);
	}
	return true;
}

static bool
put_request(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->request, out, err) &&
	    put_raw_body(&f->request, out, err);
}

static bool
put_response(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->response, out, err) &&
	    put_raw_body(&f->response, out, err);
}

static bool
put_headers(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->request, out, err) && (!flow_has_response(f) ||
	    put_head(f, &f->response, out, err));
}

const struct message *
flow_text_message(const struct flow *f)
{
	return flow_has_response(f) ? &f->response : &f->request;
}

static bool
put_body(const struct flow *f, struct buf *out, struct err *err)
{
	const struct message *m = flow_text_message(f);
	size_t start = buf_len(out);

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is none");
	if (!coding_is_coded(m))
		return put_raw_body(m, out, err);
	switch (coding_decode(m, out, err)) {
	case CODING_DONE:
		return true;
	case CODING_CUT:
		return too_long(err);
	case CODING_BROKEN:
	case CODING_UNKNOWN:
		break;
	}
	buf_truncate(out, start);
	return put_raw_body(m, out, err);
}

static bool
put_har(const struct flow *f, struct buf *out, struct err *err)
{
	return har_text_add(out, f, err);
}

static bool
put_k6(const struct flow *f, struct buf *out, struct err *err)
{
	return k6_add(out, f, err);
}

/* As it came: still compressed, if it was. */
static bool
put_received(const struct flow *f, struct buf *out, struct err *err)
{
	const struct message *m = flow_text_message(f);

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is none");
	return put_raw_body(m, out, err);
}

static const struct {
	const char *what, *word, *suffix;
	put_fn *put;
	bool is_line;			/* ends with a line feed in a file */
} kinds[] = {
	[FLOW_TEXT_CURL] = { "curl command", "curl", ".sh", curl_command,
	    true },
	[FLOW_TEXT_HTTPIE] = { "HTTPie command", "httpie", ".sh",
	    httpie_command, true },
	[FLOW_TEXT_URL] = { "URL", "url", ".txt", put_url, true },
	[FLOW_TEXT_BODY] = { "body", "body", "", put_body, false },
	[FLOW_TEXT_HEADERS] = { "headers", "headers", ".txt", put_headers,
	    false },
	[FLOW_TEXT_REQUEST] = { "raw request", "request", ".raw", put_request,
	    false },
	[FLOW_TEXT_RESPONSE] = { "raw response", "response", ".raw",
	    put_response, false },
	[FLOW_TEXT_HAR] = { "HAR", "har", ".har", put_har, false },
	[FLOW_TEXT_FETCH] = { "fetch call", "fetch", ".mjs", fetch_program,
	    true },
	[FLOW_TEXT_PYTHON] = { "Python program", "python", ".py",
	    python_program, true },
	[FLOW_TEXT_K6] = { "k6 test", "k6", ".js", put_k6, false },
	[FLOW_TEXT_RECEIVED] = { "body as received", "received", "",
	    put_received, false },
};

_Static_assert(ARRAY_LEN(kinds) == FLOW_TEXT_COUNT, "a row for each kind");

/* The end of a text that all flows share; NULL: each has its own. */
static end_fn *
end_of(enum flow_text kind)
{
	return kind == FLOW_TEXT_HAR ? har_text_end :
	    kind == FLOW_TEXT_K6 ? k6_end : NULL;
}

/* One flow's text, without secrets if they are to go. */
static bool
put_flow(const struct ui *ui, const struct flow *f, put_fn *put,
    struct buf *out, struct err *err)
{
	struct flow *safe;
	bool ok;

	if (!option_bool(ui->setup.options, OPTION_REDACT))
		return put(f, out, err);
	if (f->request.exact)
		return err_set(err, "secrets cannot be left out of exact "
		    "bytes");
	safe = redact_dup(f);
	ok = put(safe, out, err);
	flow_unref(safe);
	return ok;
}

/* The marked flow behind f; of a detail there are none. */
static struct flow *
next_marked(const struct ui *ui, struct flow *f)
{
	if (screen_top(&ui->screen)->ops->context != KEY_LIST)
		return NULL;
	do
		f = flow_list_next(ui->setup.list, f);
	while (f != NULL && !f->marked);
	return f;
}

const char *
flow_text_name(enum flow_text kind)
{
	return kinds[kind].what;
}

const char *
flow_text_word(enum flow_text kind)
{
	return kinds[kind].word;
}

size_t
flow_text_chosen(struct ui *ui, struct flow **first)
{
	size_t n = 0;

	*first = next_marked(ui, NULL);
	for (struct flow *f = *first; f != NULL; f = next_marked(ui, f))
		n++;
	if (n > 0)
		return n;
	*first = ui_focus(ui);
	return *first != NULL;
}

uint64_t *
flow_text_ids(struct ui *ui, size_t n)
{
	uint64_t *ids = mem_array(NULL, n, sizeof(*ids));
	struct flow *f;

	(void)flow_text_chosen(ui, &f);
	for (size_t i = 0; i < n; i++, f = next_marked(ui, f))
		ids[i] = f->id;
	return ids;
}

/* All marked flows, a line end between two. */
static bool
put_marked(const struct ui *ui, enum flow_text kind, struct buf *out,
    struct err *err)
{
	struct flow *first = next_marked(ui, NULL);

	for (struct flow *f = first; f != NULL; f = next_marked(ui, f)) {
		if (f != first && end_of(kind) == NULL &&
		    !buf_add(out, "\n", 1))
			return too_long(err);
		if (!put_flow(ui, f, kinds[kind].put, out, err))
			return err_wrap(err, "#%" PRIu64, f->id);
	}
	return true;
}

bool
flow_text_put(const struct ui *ui, enum flow_text kind, struct buf *out,
    struct err *err)
{
	const struct view *v = screen_top(&ui->screen);
	bool ok;

	if (next_marked(ui, NULL) != NULL)
		ok = put_marked(ui, kind, out, err);
	else
		ok = put_flow(ui, v->ops->focus(screen_top(&ui->screen)),
		    kinds[kind].put, out, err);
	return ok && (end_of(kind) == NULL || end_of(kind)(out, err));
}

bool
flow_text_is_line(enum flow_text kind)
{
	return kinds[kind].is_line;
}

void
flow_text_file_name(enum flow_text kind, const struct flow *first, size_t n,
    struct buf *out)
{
	struct str path = message_word(&first->request, first->request.path);
	size_t slash;

	buf_printf(out, "%" PRIu64 "-", first->id);
	if (n > 1) {
		buf_printf(out, "%s-and-%zu-more", kinds[kind].word, n - 1);
	} else {
		buf_printf(out, "%s-", kinds[kind].word);
		path = str_sub(path, 0, str_chr(path, '?', 0));
		slash = str_rchr(path, '/');
		if (slash != SIZE_MAX)
			path = str_skip(path, slash + 1);
		escape_file_name(out, path);
	}
	buf_put(out, str_from(kinds[kind].suffix));
}
