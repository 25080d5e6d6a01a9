/* SPDX-License-Identifier: MIT */
/* Does a flow match?  The atoms' functions, and the tree's. */
#include <assert.h>

#include "filter_tree.h"
#include "sluice/base/mem.h"
#include "sluice/http/coding.h"

#define URL_MAX		(64u * 1024)
#define BODY_LOOK_MAX	(1024u * 1024)	/* decoded bytes searched */

static bool
filter_url(const struct node *n, const struct flow *f)
{
	struct buf url;
	bool hit;

	buf_init(&url, 2 * URL_MAX + f->request.headers.len);
	flow_put_url(f, &url);
	hit = regex_match(n->regex, buf_str(&url));
	buf_fini(&url);
	return hit;
}

static bool
filter_method(const struct node *n, const struct flow *f)
{
	return regex_match(n->regex, message_word(&f->request,
	    f->request.method));
}

static bool
filter_host(const struct node *n, const struct flow *f)
{
	return regex_match(n->regex, message_word(&f->request,
	    f->request.host));
}

static bool
filter_code(const struct node *n, const struct flow *f)
{
	return flow_has_response(f) && f->response.status >= n->from &&
	    f->response.status <= n->to;
}

static bool
filter_type(const struct node *n, const struct flow *f)
{
	struct str q = headers_get(&f->request.headers, STR("Content-Type"));
	struct str s = headers_get(&f->response.headers, STR("Content-Type"));

	return (q.p && regex_match(n->regex, q)) ||
	    (s.p && regex_match(n->regex, s));
}

static bool
match_headers(const struct regex *r, const struct headers *h)
{
	struct buf line;
	bool hit = false;

	buf_init(&line, (size_t)h->len + 8);
	for (size_t i = 0; i < h->count && !hit; i++) {
		buf_clear(&line);
		buf_put(&line, headers_name(h, i));
		buf_put(&line, STR(": "));
		buf_put(&line, headers_value(h, i));
		hit = regex_match(r, buf_str(&line));
	}
	buf_fini(&line);
	return hit;
}

static bool
filter_header_request(const struct node *n, const struct flow *f)
{
	return match_headers(n->regex, &f->request.headers);
}

static bool
filter_header_response(const struct node *n, const struct flow *f)
{
	return match_headers(n->regex, &f->response.headers);
}

static bool
filter_header(const struct node *n, const struct flow *f)
{
	return filter_header_request(n, f) || filter_header_response(n, f);
}

static bool
match_body(const struct regex *r, const struct message *m)
{
	struct buf bytes;
	struct err err;
	bool hit;

	if (m->kind == MESSAGE_NONE || m->body.len == 0)
		return false;
	/* One run of memory, uncoded: look without copying. */
	if (!coding_is_coded(m) && m->body.len <= BODY_LOOK_MAX) {
		struct str run = body_peek(&m->body, 0);

		if (run.n == m->body.len)
			return regex_match(r, run);
	}
	buf_init(&bytes, BODY_LOOK_MAX);
	(void)!coding_decode(m, &bytes, &err);
	hit = regex_match(r, buf_str(&bytes));
	buf_fini(&bytes);
	return hit;
}

static bool
filter_body_request(const struct node *n, const struct flow *f)
{
	return match_body(n->regex, &f->request);
}

static bool
filter_body_response(const struct node *n, const struct flow *f)
{
	return match_body(n->regex, &f->response);
}

static bool
filter_body(const struct node *n, const struct flow *f)
{
	return filter_body_request(n, f) || filter_body_response(n, f);
}

static bool
filter_request(const struct node *n, const struct flow *f)
{
	(void)n;
	return !flow_has_response(f);
}

static bool
filter_response(const struct node *n, const struct flow *f)
{
	(void)n;
	return flow_has_response(f);
}

static bool
filter_error(const struct node *n, const struct flow *f)
{
	(void)n;
	return f->state == FLOW_FAILED;
}

static bool
filter_held(const struct node *n, const struct flow *f)
{
	(void)n;
	return f->state == FLOW_HELD;
}

static bool
filter_marked(const struct node *n, const struct flow *f)
{
	(void)n;
	return f->marked;
}

static bool
filter_replay(const struct node *n, const struct flow *f)
{
	(void)n;
	return f->replayed;
}

static bool
filter_edited(const struct node *n, const struct flow *f)
{
	(void)n;
	return f->edited;
}

static bool
filter_tls(const struct node *n, const struct flow *f)
{
	(void)n;
	return (f->client && f->client->tls) || (f->server && f->server->tls);
}

static bool
match_address(const struct regex *r, const struct endpoint *e)
{
	return e && ((e->address && regex_match(r, str_from(e->address))) ||
	    (e->name && regex_match(r, str_from(e->name))));
}

static bool
filter_client(const struct node *n, const struct flow *f)
{
	return match_address(n->regex, f->client);
}

static bool
filter_server(const struct node *n, const struct flow *f)
{
	return match_address(n->regex, f->server);
}

static bool
filter_all(const struct node *n, const struct flow *f)
{
	(void)n;
	(void)f;
	return true;
}

const struct atom filter_atoms[] = {
#define ATOM(name_, kind_, function, example_, help_) \
	{ \
		.name = name_, \
		.kind = ATOM_##kind_, \
		.match = function, \
		.row = { \
			.name = name_, \
			.example = example_, \
			.help = help_, \
			.takes_argument = ATOM_##kind_ != ATOM_FLAG, \
		}, \
	},
#include "sluice/flow/filter.def"
#undef ATOM
};

const size_t filter_atoms_count = ARRAY_LEN(filter_atoms);

static bool
eval(const struct node *n, const struct flow *f)
{
	switch (n->kind) {
	case NODE_ATOM:
		return n->atom->match(n, f);
	case NODE_NOT:
		return !eval(n->left, f);
	case NODE_AND:
		return eval(n->left, f) && eval(n->right, f);
	case NODE_OR:
		return eval(n->left, f) || eval(n->right, f);
	}
	assert(!"a node of no kind");
	return false;
}

bool
filter_match(const struct filter *filter, const struct flow *flow)
{
	return !filter->root || eval(filter->root, flow);
}

size_t
filter_atom_count(void)
{
	return filter_atoms_count;
}

const struct filter_atom_row *
filter_atom_at(size_t i)
{
	assert(i < filter_atoms_count);
	return &filter_atoms[i].row;
}
