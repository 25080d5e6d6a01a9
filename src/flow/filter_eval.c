/* SPDX-License-Identifier: MIT */
/*
 * Does a flow match?  The atoms of filter.def, and the tree over them with
 * three answers, so that the gate can ask before a body is there.  Bodies
 * are searched in their first mebibyte, decoded when they are coded.
 */
#include "filter_tree.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/http/coding.h"

#define BODY_MAX	(1024u * 1024)
#define URL_ROOM	1024u	/* a URL's bytes besides those of the head */

static bool
matches(const struct filter_node *n, struct str text)
{
	if (n->literal)
		return str_find_nocase(text, str_make(n->literal,
		    n->literal_len)) != SIZE_MAX;
	return regex_match(n->regex, text);
}

/* -- what atoms look at ---------------------------------------------------- */

static bool
filter_url(const struct filter_node *n, const struct flow *f)
{
	struct buf url;
	bool found;

	buf_init(&url, (size_t)f->request.headers.len + URL_ROOM);
	flow_put_url(f, &url);
	found = matches(n, buf_str(&url));
	buf_fini(&url);
	return found;
}

static bool
filter_method(const struct filter_node *n, const struct flow *f)
{
	return matches(n, message_word(&f->request, f->request.method));
}

static bool
filter_host(const struct filter_node *n, const struct flow *f)
{
	return matches(n, message_word(&f->request, f->request.host));
}

static bool
filter_code(const struct filter_node *n, const struct flow *f)
{
	return flow_has_response(f) && f->response.status >= n->low &&
	    f->response.status <= n->high;
}

static bool
type_matches(const struct filter_node *n, const struct message *m)
{
	struct str type = headers_get(&m->headers, STR("Content-Type"));

	return type.p && matches(n, type);
}

static bool
filter_type(const struct filter_node *n, const struct flow *f)
{
	return type_matches(n, &f->request) || type_matches(n, &f->response);
}

/* One line at a time, so that ^ and $ mean its ends. */
static bool
fields_match(const struct filter_node *n, const struct headers *h)
{
	struct buf line;
	bool found = false;

	/* Both lie in the block, but may be the same bytes. */
	buf_init(&line, 2 * (size_t)h->len + 2);
	for (size_t i = 0; i < h->count && !found; i++) {
		buf_clear(&line);
		buf_put(&line, headers_name(h, i));
		buf_put(&line, STR(": "));
		buf_put(&line, headers_value(h, i));
		found = matches(n, buf_str(&line));
	}
	buf_fini(&line);
	return found;
}

static bool
filter_header_request(const struct filter_node *n, const struct flow *f)
{
	return fields_match(n, &f->request.headers) ||
	    fields_match(n, &f->request.trailers);
}

static bool
filter_header_response(const struct filter_node *n, const struct flow *f)
{
	return fields_match(n, &f->response.headers) ||
	    fields_match(n, &f->response.trailers);
}

static bool
filter_header(const struct filter_node *n, const struct flow *f)
{
	return filter_header_request(n, f) || filter_header_response(n, f);
}

/* The start of it, as it was on the wire. */
static bool
stored_matches(const struct filter_node *n, const struct body *b)
{
	struct str run = body_peek(b, 0);
	uint64_t whole = b->len < BODY_MAX ? b->len : BODY_MAX;
	char *bytes;
	ssize_t got;
	bool found;
	struct err err;

	if (run.n >= whole)
		return matches(n, str_sub(run, 0, BODY_MAX));
	bytes = mem_alloc((size_t)whole);
	got = body_read(b, 0, bytes, (size_t)whole, &err);
	found = got > 0 && matches(n, str_make(bytes, (size_t)got));
	free(bytes);
	return found;
}

static bool
body_matches(const struct filter_node *n, const struct message *m)
{
	struct buf bytes;
	struct err err;
	bool found;

	if (m->body.len == 0)
		return false;
	if (!coding_is_coded(m))
		return stored_matches(n, &m->body);
	buf_init(&bytes, BODY_MAX);
	if (coding_decode(m, &bytes, &err) == CODING_UNKNOWN)
		found = stored_matches(n, &m->body);
	else	/* What came out is good, even if not all did. */
		found = matches(n, buf_str(&bytes));
	buf_fini(&bytes);
	return found;
}

static bool
filter_body_request(const struct filter_node *n, const struct flow *f)
{
	return body_matches(n, &f->request);
}

static bool
filter_body_response(const struct filter_node *n, const struct flow *f)
{
	return body_matches(n, &f->response);
}

static bool
filter_body(const struct filter_node *n, const struct flow *f)
{
	return filter_body_request(n, f) || filter_body_response(n, f);
}

static bool
filter_request(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return !flow_has_response(f);
}

static bool
filter_response(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return flow_has_response(f);
}

static bool
filter_error(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->state == FLOW_FAILED;
}

static bool
filter_held(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->state == FLOW_HELD;
}

static bool
filter_marked(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->marked;
}

static bool
filter_note(const struct filter_node *n, const struct flow *f)
{
	return f->note != NULL && matches(n, str_from(f->note));
}

static bool
filter_replay(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->replayed;
}

static bool
filter_edited(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->edited;
}

/* A server name or protocols are only ever offered in a TLS hello. */
static bool
speaks_tls(const struct endpoint *e)
{
	return e && (e->tls || e->sni || e->alpn_offered);
}

static bool
filter_tls(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	if (f->kind != FLOW_HTTP)
		return speaks_tls(f->client) || speaks_tls(f->server);
	return str_eq_nocase(message_word(&f->request, f->request.scheme),
	    STR("https"));
}

static bool
address_matches(const struct filter_node *n, const struct endpoint *e)
{
	if (!e)
		return false;
	return (e->address && matches(n, str_from(e->address))) ||
	    (e->name && matches(n, str_from(e->name)));
}

static bool
filter_client(const struct filter_node *n, const struct flow *f)
{
	return address_matches(n, f->client);
}

static bool
filter_server(const struct filter_node *n, const struct flow *f)
{
	return address_matches(n, f->server);
}

/* As mitmproxy has it: what a page loads besides itself. */
static bool
filter_asset(const struct filter_node *n, const struct flow *f)
{
	static const char *const parts[] = {
		"image/", "font", "text/css", "javascript", "ecmascript",
		"shockwave-flash",
	};
	struct str type = message_media_type(&f->response);

	(void)n;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (str_find_nocase(type, str_from(parts[i])) != SIZE_MAX)
			return true;
	return false;
}

static bool
filter_http(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->kind == FLOW_HTTP;
}

static bool
filter_tunnel(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->kind == FLOW_TUNNEL;
}

static bool
filter_websocket(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	return f->response.status == 101 && headers_has_token(
	    &f->response.headers, STR("Upgrade"), STR("websocket"));
}

static bool
filter_all(const struct filter_node *n, const struct flow *f)
{
	(void)n;
	(void)f;
	return true;
}

/* -- the table ------------------------------------------------------------- */

static const struct filter_atom atoms[] = {
#define FIELD(...)
#define ATOM(name_, kind_, function_, looks_, example_, help_)		\
	{								\
		.row = {						\
			.name = (name_), .example = (example_),		\
			.help = (help_),				\
			.takes_argument = ATOM_##kind_ != ATOM_FLAG,	\
		},							\
		.kind = ATOM_##kind_, .looks = LOOKS_AT_##looks_,	\
		.match = (function_),					\
	},
#include "sluice/flow/filter.def"
#undef ATOM
#undef FIELD
};

size_t
filter_atom_count(void)
{
	return ARRAY_LEN(atoms);
}

const struct filter_atom_row *
filter_atom_at(size_t i)
{
	assert(i < ARRAY_LEN(atoms));
	return &atoms[i].row;
}

const struct filter_atom *
filter_atom_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(atoms); i++)
		if (str_eq(name, str_from(atoms[i].row.name)))
			return &atoms[i];
	return NULL;
}

/* -- the tree -------------------------------------------------------------- */

static bool
is_coming(const struct message *m)
{
	return m->kind != MESSAGE_NONE && !m->complete;
}

static enum answer
ask_atom(const struct filter_node *n, const struct flow *f, bool early)
{
	if (early && ((n->atom->looks & LOOKS_AT_REQUEST_BODY &&
	    is_coming(&f->request)) || (n->atom->looks & LOOKS_AT_ITS_BODY &&
	    is_coming(&f->response))))
		return ANSWER_MAYBE;
	return n->atom->match(n, f) ? ANSWER_YES : ANSWER_NO;
}

/* Left to right, and no further than needed. */
static enum answer
ask(const struct filter_node *n, const struct flow *f, bool early)
{
	enum answer all = ANSWER_YES, any = ANSWER_NO, one;

	switch (n->kind) {
	case NODE_ATOM:
		return ask_atom(n, f, early);
	case NODE_NOT:
		one = ask(n->child, f, early);
		return one == ANSWER_MAYBE ? one :
		    one == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
	case NODE_AND:
		for (n = n->child; n && all != ANSWER_NO; n = n->next) {
			one = ask(n, f, early);
			all = one < all ? one : all;
		}
		return all;
	case NODE_OR:
		for (n = n->child; n && any != ANSWER_YES; n = n->next) {
			one = ask(n, f, early);
			any = one > any ? one : any;
		}
		return any;
	}
	assert(!"a node of no kind");
	return ANSWER_NO;
}

enum answer
filter_may_match(const struct filter *filter, const struct flow *flow)
{
	return filter->root ? ask(filter->root, flow, true) : ANSWER_YES;
}

bool
filter_match(const struct filter *filter, const struct flow *flow)
{
	return !filter->root ||
	    ask(filter->root, flow, false) == ANSWER_YES;
}
