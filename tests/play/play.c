/* SPDX-License-Identifier: MIT */
/*
 * Runs transcripts (*.play) against one exchange and a host that records.
 *
 *	# remark
 *	intercept FILTER		before the first line with '>'
 *	> client HEAD METHOD URL	what happens ..
 *	> client BODY TEXT | END | GONE | LEFT | RESET
 *	> reached | reused | unreached STATUS TEXT | lost TEXT
 *	> server HEAD STATUS | INTERIM STATUS | BODY TEXT | END | RESET TEXT
 *	> resume | drop | step | edit BODY-TEXT | full SIDE | drained SIDE
 *	< reach HOST:PORT		.. and what the exchange does about it
 *	< SIDE HEAD .. | BODY TEXT | END | RESET
 *	< held request | held response
 *	= STATE [TEXT]			the flow, at the end
 *
 * After each '>' line the things done are compared with the '<' lines that
 * follow it, word for word.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/proxy/exchange.h"
#include "../../src/proxy/target.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/flow/edit.h"

struct play {
	struct exchange_host host;
	struct flow_list list;
	struct gate gate;
	struct exchange *x;
	struct buf done;		/* "< ..." lines since the last '>' */
	bool full[2];
	bool has_verdict;
	enum verdict verdict;
	const char *path;
	unsigned line;
};

static struct play *
play_of(struct exchange_host *h)
{
	return container_of(h, struct play, host);
}

static const char *
side_name(enum side side)
{
	return side == SIDE_CLIENT ? "client" : "server";
}

/* -- the recording host ---------------------------------------------------- */

static void
do_reach(struct exchange_host *h, struct exchange *x)
{
	struct message *m = &x->flow->request;

	buf_printf(&play_of(h)->done, "< reach %.*s:%u\n",
	    STR_ARG(message_word(m, m->host)), m->port);
}

static void
do_head(struct exchange_host *h, enum side side, const struct message *m)
{
	struct buf *b = &play_of(h)->done;

	if (m->kind == MESSAGE_REQUEST)
		buf_printf(b, "< %s HEAD %.*s %.*s\n", side_name(side),
		    STR_ARG(message_word(m, m->method)),
		    STR_ARG(message_word(m, m->path)));
	else
		buf_printf(b, "< %s HEAD %u\n", side_name(side), m->status);
}

static void
do_body(struct exchange_host *h, enum side side, struct str bytes)
{
	struct str first = str_sub(bytes, 0, 40);

	buf_printf(&play_of(h)->done, "< %s BODY %.*s\n", side_name(side),
	    bytes.n > 40 || str_chr(first, '<', 0) != SIZE_MAX ? 4 :
	    (int)first.n, bytes.n > 40 || str_chr(first, '<', 0) != SIZE_MAX ?
	    "page" : first.p);
}

static void
do_end(struct exchange_host *h, enum side side, const struct headers *trailers)
{
	buf_printf(&play_of(h)->done, "< %s END%s\n", side_name(side),
	    trailers ? " trailers" : "");
}

static void
do_reset(struct exchange_host *h, enum side side)
{
	buf_printf(&play_of(h)->done, "< %s RESET\n", side_name(side));
}

static bool
do_is_full(struct exchange_host *h, enum side side)
{
	return play_of(h)->full[side];
}

static void
do_pause(struct exchange_host *h, enum side side, unsigned why, bool on)
{
	(void)h;
	(void)side;
	(void)why;
	(void)on;
}

static void
do_verdict(struct exchange_host *h, struct exchange *x, enum verdict v)
{
	struct play *p = play_of(h);

	(void)x;
	p->has_verdict = true;
	p->verdict = v;
}

static void
do_upgrade(struct exchange_host *h, struct exchange *x)
{
	(void)x;
	buf_put(&play_of(h)->done, STR("< upgrade\n"));
}

static const struct exchange_host_ops play_ops = {
	.reach = do_reach,
	.head = do_head,
	.body = do_body,
	.end = do_end,
	.reset = do_reset,
	.is_full = do_is_full,
	.pause = do_pause,
	.verdict = do_verdict,
	.upgrade = do_upgrade,
};

/* -- what happens ------------------------------------------------------------ */

static void
broken(const struct play *p, const char *what)
{
	fail_msg("%s:%u: %s", p->path, p->line, what);
}

static bool
take_word(struct str *rest, const char *word)
{
	struct str w = str_from(word);

	if (!str_starts(*rest, w) || (rest->n > w.n && rest->p[w.n] != ' '))
		return false;
	*rest = str_trim(str_skip(*rest, w.n));
	return true;
}

static void
client_head(struct play *p, struct str rest)
{
	struct message m;
	struct str method, url;
	struct err err;

	str_split(&rest, ' ', &method);
	str_split(&rest, ' ', &url);
	message_init(&m, MESSAGE_REQUEST, NULL);
	m.version_minor = 1;
	m.keep_alive = true;
	m.framing = FRAMING_CHUNKED;
	m.expect_continue = str_eq(str_trim(rest), STR("expect"));
	message_set(&m, &m.method, method);
	message_set(&m, &m.target, url);
	if (!target_of_request(&m, NULL, &err))
		broken(p, err.text);
	p->x = exchange_new(&p->host, &m, NULL);
	exchange_start(p->x);
	message_fini(&m);
}

static struct message *
response_head(struct str rest)
{
	struct message *m = NEW(struct message);
	uint64_t status = 0;

	message_init(m, MESSAGE_RESPONSE, NULL);
	assert_true(str_to_u64(rest, &status));
	m->status = (uint16_t)status;
	m->version_minor = 1;
	m->framing = FRAMING_CHUNKED;
	return m;
}

static void
send_event(struct play *p, enum side side, enum http_kind kind, struct str rest)
{
	struct http_event *e = http_event_new(kind, 0);

	if (kind == HTTP_HEAD || kind == HTTP_INTERIM)
		e->head = response_head(rest);
	else if (kind == HTTP_BODY)
		e->body.bytes = rest;
	else if (kind == HTTP_RESET)
		e->why = "cut short";
	exchange_handle(p->x, side, e);
	http_event_free(e);
}

static void
from_side(struct play *p, enum side side, struct str rest)
{
	if (side == SIDE_CLIENT && take_word(&rest, "HEAD"))
		client_head(p, rest);
	else if (take_word(&rest, "HEAD"))
		send_event(p, side, HTTP_HEAD, rest);
	else if (take_word(&rest, "INTERIM"))
		send_event(p, side, HTTP_INTERIM, rest);
	else if (take_word(&rest, "BODY"))
		send_event(p, side, HTTP_BODY, rest);
	else if (take_word(&rest, "END"))
		send_event(p, side, HTTP_END, rest);
	else if (take_word(&rest, "RESET"))
		send_event(p, side, HTTP_RESET, rest);
	else if (take_word(&rest, "GONE"))
		exchange_client_lost(p->x, "the client left");
	else if (take_word(&rest, "LEFT"))
		exchange_client_left(p->x);
	else
		broken(p, "unknown event");
}

/* As a person would: change the body's text, keep the head. */
static void
edit(struct play *p, struct str body)
{
	struct flow *f = p->x->flow;
	enum gate_point which = f->held_at;
	struct buf before, text;
	struct err err;

	buf_init(&before, 1 << 16);
	buf_init(&text, 1 << 16);
	assert_true(edit_format(f, which, &before, &err));
	struct str all = buf_str(&before);
	size_t head = str_find(all, STR("\n\n"));

	assert_int_not_equal(head, SIZE_MAX);
	buf_put(&text, str_sub(all, 0, head + 2));
	buf_put(&text, body);
	assert_int_equal(edit_apply(&p->list, f, which, all, buf_str(&text),
	    &err), EDIT_CHANGED);
	buf_fini(&before);
	buf_fini(&text);
}

static void
unreached(struct play *p, struct str rest)
{
	struct str number;
	uint64_t status = 0;
	struct err err;

	str_split(&rest, ' ', &number);
	assert_true(str_to_u64(number, &status));
	err_set(&err, "%.*s", STR_ARG(rest));
	exchange_unreached(p->x, (unsigned)status, &err);
}

static void
lost(struct play *p, struct str rest)
{
	struct err err;

	err_set(&err, "%.*s", STR_ARG(rest));
	exchange_server_lost(p->x, &err);
}

static enum side
read_side(struct str rest)
{
	return str_eq(rest, STR("client")) ? SIDE_CLIENT : SIDE_SERVER;
}

static void
happen(struct play *p, struct str rest)
{
	if (take_word(&rest, "client"))
		from_side(p, SIDE_CLIENT, rest);
	else if (take_word(&rest, "server"))
		from_side(p, SIDE_SERVER, rest);
	else if (take_word(&rest, "reached"))
		exchange_reached(p->x, NULL, false);
	else if (take_word(&rest, "reused"))
		exchange_reached(p->x, NULL, true);
	else if (take_word(&rest, "unreached"))
		unreached(p, rest);
	else if (take_word(&rest, "lost"))
		lost(p, rest);
	else if (take_word(&rest, "resume"))
		assert_true(gate_release(&p->gate, p->x->flow,
		    VERDICT_FORWARD));
	else if (take_word(&rest, "step")) {
		p->x->flow->hold_response = true;
		assert_true(gate_release(&p->gate, p->x->flow,
		    VERDICT_FORWARD));
	} else if (take_word(&rest, "drop"))
		assert_true(gate_release(&p->gate, p->x->flow, VERDICT_DROP));
	else if (take_word(&rest, "edit"))
		edit(p, rest);
	else if (take_word(&rest, "full"))
		p->full[read_side(rest)] = true;
	else if (take_word(&rest, "drained")) {
		p->full[read_side(rest)] = false;
		exchange_drained(p->x, read_side(rest));
	} else
		broken(p, "unknown line");
	if (p->has_verdict) {
		p->has_verdict = false;
		exchange_verdict(p->x, p->verdict);
	}
}

static void
note_hold(struct play *p, bool *was_held)
{
	bool held = p->x && p->x->flow->state == FLOW_HELD;

	if (held && !*was_held)
		buf_printf(&p->done, "< held %s\n",
		    p->x->flow->held_at == GATE_REQUEST ? "request" :
		    "response");
	*was_held = held;
}

static void
check_flow(struct play *p, struct str rest)
{
	static const char *const names[] = { "active", "held", "done",
	    "failed" };
	const struct flow *f = p->x->flow;
	char seen[ERR_MAX + 32];

	snprintf(seen, sizeof seen, "%s%s%s", names[f->state],
	    f->error.text[0] ? " " : "", f->error.text);
	if (!str_eq(str_from(seen), rest))
		fail_msg("%s:%u: flow is: %s", p->path, p->line, seen);
}

static void
intercept(struct play *p, struct str text)
{
	struct err err;
	size_t at;
	struct filter *f = filter_parse(text, &err, &at);

	assert_non_null(f);
	gate_set_filter(&p->gate, f);
	gate_set_on(&p->gate, true);
}

static void
expect(struct play *p, struct buf *wanted)
{
	if (!str_eq(buf_str(&p->done), buf_str(wanted)))
		fail_msg("%s: before line %u\nwanted:\n%.*sdone:\n%.*s",
		    p->path, p->line, STR_ARG(buf_str(wanted)),
		    STR_ARG(buf_str(&p->done)));
	buf_clear(&p->done);
	buf_clear(wanted);
}

static void
run_lines(struct play *p, struct str text)
{
	struct buf wanted;
	struct str line;
	bool held = false;

	buf_init(&wanted, 1 << 16);
	while (str_split(&text, '\n', &line)) {
		p->line++;
		struct str rest = line;

		if (take_word(&rest, ">")) {
			expect(p, &wanted);
			happen(p, rest);
			note_hold(p, &held);
		} else if (str_starts(line, STR("<"))) {
			buf_printf(&wanted, "%.*s\n", STR_ARG(line));
		} else if (take_word(&rest, "intercept")) {
			intercept(p, rest);
		} else if (take_word(&rest, "=")) {
			expect(p, &wanted);
			check_flow(p, rest);
		} else if (line.n > 0 && line.p[0] != '#') {
			broken(p, "what is this line?");
		}
	}
	expect(p, &wanted);
	buf_fini(&wanted);
}

static void
run_play(void **state)
{
	struct play p = { .path = *state };
	struct err err;
	size_t len;
	char *text = path_read(p.path, 1 << 16, &len, &err);

	assert_non_null(text);
	flow_list_init(&p.list, 100);
	gate_init(&p.gate, &p.list);
	buf_init(&p.done, 1 << 16);
	p.host.ops = &play_ops;
	p.host.list = &p.list;
	p.host.gate = &p.gate;
	run_lines(&p, str_make(text, len));
	if (p.x && !p.x->over)
		exchange_client_lost(p.x, "the play ended");
	exchange_free(p.x);
	gate_fini(&p.gate);
	flow_list_fini(&p.list);
	buf_fini(&p.done);
	free(text);
}

int
main(void)
{
	const char *top = getenv("TOP_SRCDIR");
	char pattern[4096];
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/tests/play/*.play",
	    top ? top : ".");
	if (glob(pattern, 0, NULL, &found) != 0) {
		fprintf(stderr, "no plays in %s\n", pattern);
		return 1;
	}
	log_open(16);
	struct CMUnitTest *tests = mem_array(NULL, found.gl_pathc,
	    sizeof *tests);

	for (size_t i = 0; i < found.gl_pathc; i++)
		tests[i] = (struct CMUnitTest){
			.name = strrchr(found.gl_pathv[i], '/') + 1,
			.test_func = run_play,
			.initial_state = found.gl_pathv[i],
		};
	int failed = _cmocka_run_group_tests("plays", tests, found.gl_pathc,
	    NULL, NULL);

	free(tests);
	globfree(&found);
	log_close();
	return failed;
}
