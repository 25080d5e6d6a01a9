/* SPDX-License-Identifier: MIT */
/*
 * Bytes to events, message after message.  Heads are taken apart by
 * h1_check.c and framed by framing.c, bodies are cut by h1_body.c.
 *
 * http-parser is the second reader of every head that needed no repair: if
 * it sees the body end anywhere else than we do, the head is refused.  It
 * gets a start line of ours, since methods and targets do not matter for
 * that and it knows fewer of them.
 */
#include "h1.h"

#include <assert.h>
/* Its name for a method is ours for an event. */
#define HTTP_HEAD	HTTP_PARSER_HEAD
#include <http_parser.h>
#undef HTTP_HEAD

#include "sluice/base/mem.h"
#include "sluice/http/framing.h"

#define BLANK_LINES_MAX	4

/* -- the second reader --------------------------------------------------- */

struct opinion {
	bool asked, agrees;
	const struct message *m;
};

static int
compare_cb(http_parser *p)
{
	struct opinion *o = p->data;
	bool chunked = p->flags & F_CHUNKED;
	bool length = p->flags & F_CONTENTLENGTH;

	o->asked = true;
	switch (o->m->framing) {
	case FRAMING_LENGTH:
		o->agrees = !chunked && length &&
		    p->content_length == o->m->length;
		break;
	case FRAMING_CHUNKED:
		o->agrees = chunked && !length;
		break;
	case FRAMING_NONE:
	case FRAMING_CLOSE:
		o->agrees = !chunked &&
		    (!length || p->content_length == 0);
		break;
	}
	/* Neither 0 nor 1 nor 2: stop here, the rest is not its business. */
	return 3;
}

static bool
second_reader_agrees(const struct message *m, struct str fields)
{
	static const http_parser_settings settings = {
		.on_headers_complete = compare_cb,
	};
	static const struct str starts[2][2] = {
		{ STR("POST / HTTP/1.0\r\n"), STR("POST / HTTP/1.1\r\n") },
		{ STR("HTTP/1.0 200 OK\r\n"), STR("HTTP/1.1 200 OK\r\n") },
	};
	bool response = m->kind == MESSAGE_RESPONSE;
	struct str start = starts[response][m->version_minor > 0];
	struct opinion o = { .m = m };
	http_parser p;

	/* The limit is ours, and fields fits in it. */
	http_parser_set_max_header_size(UINT32_MAX);
	http_parser_init(&p, response ? HTTP_RESPONSE : HTTP_REQUEST);
	p.data = &o;
	if (http_parser_execute(&p, &settings, start.p, start.n) != start.n)
		return false;
	http_parser_execute(&p, &settings, fields.p, fields.n);
	return o.asked && o.agrees;
}

/* -- heads --------------------------------------------------------------- */

/* RFC 9112 2.2: empty lines before a request are skipped. */
static enum h1_step
skip_blank_lines(struct h1_feed *f)
{
	struct h1_reader *r = &f->c->reader;

	while (f->at < f->in.n) {
		struct str rest = str_skip(f->in, f->at);
		bool cr = rest.p[0] == '\r';

		if (!cr && rest.p[0] != '\n')
			return H1_STEP_ON;
		if (cr && rest.n == 1)
			return H1_STEP_WAIT;
		if (cr && rest.p[1] != '\n')
			return h1_fail(f, 400, "a CR that does not end a line");
		if (++r->blank_lines > BLANK_LINES_MAX)
			return h1_fail(f, 400, "nothing but empty lines");
		f->at += cr ? 2 : 1;
	}
	return H1_STEP_WAIT;
}

/* Says at the first bytes what is not HTTP at all; rest is not empty. */
static bool
starts_well(const struct h1 *c, struct str rest, struct codec_error *error)
{
	if (c->role == CODEC_CLIENT) {
		if (str_starts(STR("HTTP/"), str_sub(rest, 0, 5)))
			return true;
		return err_set(h1_fault(c, 502, error), "the answer does not "
		    "start with HTTP/1.1: \"%.*s\"",
		    STR_ARG(str_sub(rest, 0, 40)));
	}
	if (h1_is_token(str_sub(rest, 0, 1)))
		return true;
	return err_set(h1_fault(c, 400, error),
	    "not HTTP: the request does not start with a method");
}

static bool
check_first_line(struct h1_feed *f, struct str rest)
{
	struct h1_reader *r = &f->c->reader;
	struct h1_rules rules = h1_rules_of(f->c);
	struct h1_start start;
	size_t n = r->scan.first;

	if (r->start_good || n == 0 || n > f->c->limits.head_max)
		return true;
	n -= n > 1 && rest.p[n - 2] == '\r' ? 2 : 1;
	r->start_good = h1_check_start(&rules, str_sub(rest, 0, n), &start,
	    f->error);
	return r->start_good;
}

static void
begin_body(struct h1_feed *f, const struct message *m)
{
	struct h1_reader *r = &f->c->reader;

	*r = (struct h1_reader){ .left = m->length };
	switch (m->framing) {
	case FRAMING_LENGTH:
		r->state = H1_LENGTH;
		break;
	case FRAMING_CHUNKED:
		r->state = H1_CHUNKED;
		r->left = 0;
		break;
	case FRAMING_CLOSE:
		r->state = H1_CLOSE;
		break;
	case FRAMING_NONE:
		r->state = H1_LENGTH;
		r->left = 0;
		break;
	}
	if (r->state == H1_LENGTH && r->left == 0)
		h1_end_message(f);
}

static enum h1_step
take_request(struct h1_feed *f, struct message *m)
{
	struct h1 *c = f->c;

	/* RFC 9110 10.1.1: without content there is nothing to wait for. */
	if (m->framing != FRAMING_CHUNKED && m->length == 0)
		m->expect_continue = false;
	h1_remember(c, m);
	c->persistent = m->keep_alive;
	h1_emit(f->events, HTTP_HEAD)->head = m;
	begin_body(f, m);
	if (c->request.connect)
		c->reader.state = H1_STOPPED;
	return H1_STEP_ON;
}

static enum h1_step
take_response(struct h1_feed *f, struct message *m)
{
	struct h1 *c = f->c;
	bool interim = m->status < 200 && m->status != 101;

	if (m->status == 101 && !c->request.upgrade) {
		message_fini(m);
		free(m);
		return h1_fail(f, 502, "the server switches to a protocol that "
		    "was not asked for");
	}
	h1_emit(f->events, interim ? HTTP_INTERIM : HTTP_HEAD)->head = m;
	if (interim) {
		c->reader = (struct h1_reader){ .state = H1_HEAD };
		return H1_STEP_ON;
	}
	if (!m->keep_alive)
		c->persistent = false;
	bool switched = m->status == 101 ||
	    (c->request.connect && m->status < 300);

	begin_body(f, m);
	if (switched) {
		c->reader.state = H1_STOPPED;
		c->persistent = false;
	}
	return H1_STEP_ON;
}

/* head: whole.  The message it is, or NULL and f->error. */
static struct message *
read_message(struct h1_feed *f, struct str head)
{
	const struct h1 *c = f->c;
	struct h1_rules rules = h1_rules_of(c);
	struct str method = c->role == CODEC_SERVER ? STR("") :
	    c->request.head ? STR("HEAD") :
	    c->request.connect ? STR("CONNECT") : STR("");
	struct message *m;
	bool plain;

	if (!h1_check_head(&rules, head, &m, &plain, f->error))
		return NULL;
	bool good = framing_read(m, method, f->error);

	if (good && plain && !m->bodiless && !second_reader_agrees(m,
	    str_skip(head, str_chr(head, '\n', 0) + 1)))
		good = err_set(h1_fault(c, 400, f->error),
		    "the head can be read in two ways");
	if (good)
		return m;
	message_fini(m);
	free(m);
	return NULL;
}

static enum h1_step
read_head(struct h1_feed *f)
{
	struct h1 *c = f->c;
	enum h1_step said;
	size_t n;

	if (c->role == CODEC_SERVER) {
		said = skip_blank_lines(f);
		if (said != H1_STEP_ON)
			return said;
	}
	struct str rest = str_skip(f->in, f->at);

	if (rest.n == 0)
		return H1_STEP_WAIT;
	if (!starts_well(c, rest, f->error))
		return H1_STEP_FAILED;
	said = h1_find_block(f, "the head is too long", &n);
	if (!check_first_line(f, rest))
		return H1_STEP_FAILED;
	if (said != H1_STEP_ON) {
		c->reader.partial = true;
		return said;
	}
	struct message *m = read_message(f, str_sub(rest, 0, n));

	if (!m)
		return H1_STEP_FAILED;
	f->at += n;
	return c->role == CODEC_SERVER ? take_request(f, m) :
	    take_response(f, m);
}

/* -- feeding ------------------------------------------------------------- */

static enum h1_step
step(struct h1_feed *f)
{
	struct h1_reader *r = &f->c->reader;

	switch (r->state) {
	case H1_HEAD:
		return read_head(f);
	case H1_LENGTH:
		return h1_read_run(f, r->left);
	case H1_CLOSE:
		return h1_read_run(f, UINT64_MAX);
	case H1_CHUNKED:
		return h1_read_chunked(f);
	case H1_DONE:
		/* More than was asked for: never to be taken for the answer
		 * to the next request. */
		if (f->c->role == CODEC_CLIENT && f->at < f->in.n)
			f->c->persistent = false;
		return H1_STEP_WAIT;
	case H1_STOPPED:
		return H1_STEP_WAIT;
	}
	assert(!"a state of the reader");
	return H1_STEP_FAILED;
}

bool
h1_feed(struct codec *codec, struct str in, size_t *used, struct list *events,
    struct codec_error *error)
{
	struct h1 *c = h1_of(codec);
	struct h1_feed f = {
		.c = c, .in = in, .events = events, .error = error,
	};
	enum h1_step result;

	c->reader.partial = false;
	do
		result = step(&f);
	while (result == H1_STEP_ON);
	h1_flush(&f);
	*used = f.at;
	if (result == H1_STEP_WAIT)
		return true;
	c->persistent = false;
	c->reader.state = H1_STOPPED;
	return false;
}

bool
h1_eof(struct codec *codec, struct list *events, struct codec_error *error)
{
	struct h1 *c = h1_of(codec);
	enum h1_reading state = c->reader.state;

	c->persistent = false;
	c->reader.state = H1_STOPPED;
	switch (state) {
	case H1_HEAD:
		if (!c->reader.partial)
			return true;
		return err_set(h1_fault(c, 400, error),
		    "the connection ended within a head");
	case H1_LENGTH:
	case H1_CHUNKED:
		h1_emit(events, HTTP_RESET)->why = c->role == CODEC_SERVER ?
		    "the client left before its request was complete" :
		    "the server closed the connection before its answer was "
		    "complete";
		return true;
	case H1_CLOSE:
		h1_emit(events, HTTP_END);
		return true;
	case H1_DONE:
	case H1_STOPPED:
		return true;
	}
	assert(!"a state of the reader");
	return false;
}
