/* SPDX-License-Identifier: MIT */
/* HAR entries and files, of ordinary and hostile flows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/flow/flow.h"
#include "sluice/format/har.h"
#include "sluice/format/line.h"

static struct flow *
make_flow(struct str value, struct str body)
{
	struct flow *f = flow_new(NULL);
	struct message *q = &f->request, *r = &f->response;

	q->kind = MESSAGE_REQUEST;
	q->version_minor = 1;
	q->port = 443;
	message_set(q, &q->method, STR("POST"));
	message_set(q, &q->scheme, STR("https"));
	message_set(q, &q->host, STR("a.test"));
	message_set(q, &q->path, STR("/p?x=1&y"));
	headers_add(&q->headers, STR("Host"), STR("a.test"));
	headers_add(&q->headers, STR("X-Value"), value);
	headers_add(&q->headers, STR("Cookie"), STR("a=b; c=d"));
	body_append(&q->body, body);
	r->kind = MESSAGE_RESPONSE;
	r->version_minor = 1;
	r->status = 200;
	message_set(r, &r->reason, STR("OK"));
	headers_add(&r->headers, STR("Content-Type"), STR("text/plain"));
	body_append(&r->body, body);
	f->state = FLOW_DONE;
	f->times.wall = 1790000000123456;
	f->times.begin = 1000;
	f->times.sent = 3000;
	f->times.first = 9000;
	f->times.end = 10000;
	return f;
}

static json_t *
entry_of(const struct flow *f)
{
	struct buf out;
	struct err err;
	json_error_t why;
	json_t *o;

	buf_init(&out, 1 << 20);
	assert_true(har_entry(f, &out, &err));
	o = json_loadb(buf_str(&out).p, buf_len(&out), 0, &why);
	assert_non_null(o);
	buf_fini(&out);
	return o;
}

static const char *
text_at(const json_t *o, const char *a, const char *b)
{
	return json_string_value(json_object_get(json_object_get(o, a), b));
}

static void
entry(void **state)
{
	struct flow *f = make_flow(STR("v"), STR("hello"));
	json_t *o = entry_of(f), *q = json_object_get(o, "request");

	(void)state;
	assert_string_equal(text_at(o, "request", "method"), "POST");
	assert_string_equal(text_at(o, "request", "url"),
	    "https://a.test/p?x=1&y");
	assert_int_equal(json_array_size(json_object_get(q, "cookies")), 2);
	assert_int_equal(json_array_size(json_object_get(q, "headers")), 3);
	assert_int_equal(json_array_size(json_object_get(q,
	    "queryString")), 2);
	json_t *content = json_object_get(json_object_get(o, "response"),
	    "content");

	assert_string_equal(json_string_value(json_object_get(content,
	    "text")), "hello");
	json_t *t = json_object_get(o, "timings");

	assert_true(json_number_value(json_object_get(t, "wait")) == 6.0);
	assert_true(json_number_value(json_object_get(t, "dns")) == -1.0);
	assert_true(json_number_value(json_object_get(o, "time")) == 9.0);
	json_decref(o);
	flow_unref(f);
}

static void
hostile_bytes(void **state)
{
	struct flow *f = make_flow(STR("\xff\x1b\"\\</script>"),
	    str_make("\x00\xff\xfe", 3));
	json_t *o = entry_of(f);
	json_t *content = json_object_get(json_object_get(o, "response"),
	    "content");
	struct buf line;

	(void)state;
	assert_string_equal(json_string_value(json_object_get(content,
	    "encoding")), "base64");
	assert_string_equal(json_string_value(json_object_get(content,
	    "text")), "AP/+");
	json_decref(o);
	message_set(&f->request, &f->request.path, STR("/\x1b[31m\n"));
	buf_init(&line, 1 << 16);
	line_text(f, &line);
	assert_true(str_chr(buf_str(&line), 27, 0) == SIZE_MAX);
	assert_int_equal(str_chr(buf_str(&line), '\n', 0),
	    buf_len(&line) - 1);
	buf_clear(&line);
	line_json(f, &line);
	o = json_loadb(buf_str(&line).p, buf_len(&line), 0, NULL);
	assert_non_null(o);
	assert_int_equal(json_integer_value(json_object_get(o, "status")),
	    200);
	json_decref(o);
	buf_fini(&line);
	flow_unref(f);
}

static void
file_is_whole_or_absent(void **state)
{
	char dir[] = "/tmp/sluice-har-XXXXXX", path[64];
	struct flow *f = make_flow(STR("v"), STR("b"));
	struct err err;
	json_t *o;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/x.har", dir);
	struct har_writer *w = har_begin(path, &err);

	assert_true(har_add(w, f, &err) && har_add(w, f, &err));
	assert_int_equal(access(path, F_OK), -1);
	har_abandon(w);
	assert_int_equal(rmdir(dir), 0);
	assert_int_equal(access(dir, F_OK), -1);
	strcpy(strrchr(dir, '-'), "-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/x.har", dir);
	w = har_begin(path, &err);
	assert_true(har_add(w, f, &err) && har_add(w, f, &err));
	assert_true(har_finish(w, &err));
	o = json_load_file(path, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(
	    json_object_get(o, "log"), "entries")), 2);
	json_decref(o);
	assert_null(har_begin("/no/such/dir/x.har", &err));
	unlink(path);
	rmdir(dir);
	flow_unref(f);
}

static json_t *
at(json_t *o, const char *a, const char *b)
{
	return json_object_get(json_object_get(o, a), b);
}

/* No byte of a peer's can end a page's script that holds the file. */
static void
harmless_in_a_page(void **state)
{
	struct flow *f = make_flow(STR("</script><!--"), STR("<script>"));
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, 1 << 20);
	assert_true(har_entry(f, &out, &err));
	assert_int_equal(str_chr(buf_str(&out), '<', 0), SIZE_MAX);
	assert_int_not_equal(str_find(buf_str(&out), STR("\\u003cscript>")),
	    SIZE_MAX);
	buf_fini(&out);
	/* Too little room: an error, and nothing written. */
	buf_init(&out, 100);
	assert_false(har_entry(f, &out, &err));
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
	flow_unref(f);
}

static void
bodies(void **state)
{
	/* gzip of "hello hello hello hello" */
	static const unsigned char coded[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0,
	    2, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x27, 1,
	    0xe3, 0x51, 0x3d, 0x8d, 23, 0, 0, 0 };
	struct flow *f = make_flow(STR("v"), STR("x=1"));
	struct message *r = &f->response;
	json_t *o, *content;

	(void)state;
	body_clear(&r->body);
	body_append(&r->body, str_make(coded, sizeof coded));
	headers_add(&r->headers, STR("Content-Encoding"), STR("gzip"));
	o = entry_of(f);
	content = at(o, "response", "content");
	assert_string_equal(json_string_value(json_object_get(content,
	    "text")), "hello hello hello hello");
	assert_int_equal(json_integer_value(json_object_get(content,
	    "size")), 23);
	assert_int_equal(json_integer_value(json_object_get(content,
	    "compression")), 23 - (int)sizeof coded);
	assert_int_equal(json_integer_value(at(o, "response", "bodySize")),
	    sizeof coded);
	assert_string_equal(json_string_value(json_object_get(at(o, "request",
	    "postData"), "text")), "x=1");
	json_decref(o);
	/* A coding that nobody knows: the bytes, and a word about it. */
	headers_set(&r->headers, STR("Content-Encoding"), STR("rot13"));
	o = entry_of(f);
	content = at(o, "response", "content");
	assert_non_null(json_object_get(content, "comment"));
	assert_int_equal(json_integer_value(json_object_get(content,
	    "size")), sizeof coded);
	json_decref(o);
	flow_unref(f);
}

static void
failed_flow(void **state)
{
	struct flow *f = make_flow(STR("v"), STR(""));
	json_t *o;

	(void)state;
	message_fini(&f->response);
	f->state = FLOW_FAILED;
	f->note = mem_strdup("look here");
	f->times.sent = f->times.first = 0;
	err_set(&f->error, "connect: refused");
	message_set(&f->request, &f->request.path, STR("/a#b"));
	o = entry_of(f);
	assert_string_equal(text_at(o, "request", "url"),
	    "https://a.test/a%23b");
	assert_int_equal(json_integer_value(at(o, "response", "status")), 0);
	assert_int_equal(json_integer_value(at(o, "response", "bodySize")),
	    -1);
	assert_string_equal(text_at(o, "response", "httpVersion"), "");
	assert_string_equal(json_string_value(json_object_get(o, "comment")),
	    "look here; connect: refused");
	assert_true(json_number_value(at(o, "timings", "wait")) == 0.0);
	assert_true(json_number_value(json_object_get(o, "time")) == 9.0);
	json_decref(o);
	flow_unref(f);
}

/* Milliseconds of the phases, for flows of one shape each. */
static const struct {
	const char *what;
	int64_t begin, request_done, sent, first, end, held;
	int64_t dial, resolved, connected, secured;
	double blocked, dns, connect, ssl, send, wait, receive;
} shapes[] = {
	{ "reused", 1, 2, 3, 9, 10, 0, 0, 0, 0, 0,
	    0, -1, -1, -1, 2, 6, 1 },
	{ "dialled", 10, 11, 30, 50, 60, 0, 12, 15, 20, 28,
	    0, 3, 13, 8, 4, 20, 10 },
	{ "dialled before", 30, 31, 32, 50, 60, 0, 12, 15, 20, 28,
	    0, 3, 13, 8, 2, 18, 10 },
	{ "no name, no TLS", 10, 11, 30, 50, 60, 0, 12, 0, 20, 0,
	    0, -1, 8, -1, 12, 20, 10 },
	{ "request held", 10, 11, 1012, 1020, 1030, 1000, 0, 0, 0, 0,
	    1000, -1, -1, -1, 2, 8, 10 },
	/* What fits between request_done and sent counts as the request's. */
	{ "response held", 10, 11, 12, 20, 1030, 1000, 0, 0, 0, 0,
	    1000, -1, -1, -1, 1, 8, 11 },
	{ "never sent", 10, 11, 0, 0, 60, 0, 0, 0, 0, 0,
	    0, -1, -1, -1, 50, 0, 0 },
	{ "early answer", 10, 0, 40, 20, 60, 0, 0, 0, 0, 0,
	    0, -1, -1, -1, 30, 0, 40 },
};

static void
check_time(const json_t *timings, const char *key, double want, size_t i,
    double *sum)
{
	double got = json_number_value(json_object_get(timings, key));

	if (got - want > 0.001 || want - got > 0.001)
		fail_msg("%s: %s %f", shapes[i].what, key, got);
	if (got > 0 && strcmp(key, "ssl") != 0)
		*sum += got;
}

static void
timings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct flow *f = make_flow(STR("v"), STR(""));
		json_t *o, *t;
		double sum = 0, time;

		f->times = (struct flow_times){ 1, shapes[i].begin * 1000,
		    shapes[i].request_done * 1000, shapes[i].sent * 1000,
		    shapes[i].first * 1000, shapes[i].end * 1000,
		    shapes[i].held * 1000, 0 };
		f->server = endpoint_new();
		f->server->dial_started = shapes[i].dial * 1000;
		f->server->resolved = shapes[i].resolved * 1000;
		f->server->connected = shapes[i].connected * 1000;
		f->server->secured = shapes[i].secured * 1000;
		o = entry_of(f);
		t = json_object_get(o, "timings");
		check_time(t, "blocked", shapes[i].blocked, i, &sum);
		check_time(t, "dns", shapes[i].dns, i, &sum);
		check_time(t, "connect", shapes[i].connect, i, &sum);
		check_time(t, "ssl", shapes[i].ssl, i, &sum);
		check_time(t, "send", shapes[i].send, i, &sum);
		check_time(t, "wait", shapes[i].wait, i, &sum);
		check_time(t, "receive", shapes[i].receive, i, &sum);
		time = json_number_value(json_object_get(o, "time"));
		assert_true(time - sum < 0.001 && sum - time < 0.001);
		json_decref(o);
		flow_unref(f);
	}
}

static void
what_is_written(void **state)
{
	char dir[] = "/tmp/sluice-har-XXXXXX", path[64];
	struct flow *f = make_flow(STR("v"), STR("b"));
	struct stat st;
	struct err err;
	struct har_writer *w;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/x.har", dir);
	w = har_begin(path, &err);
	assert_non_null(w);
	f->draft = true;
	assert_true(har_add(w, f, &err));
	f->draft = false;
	f->kind = FLOW_TUNNEL;
	assert_true(har_add(w, f, &err));
	assert_int_equal(har_count(w), 0);
	f->kind = FLOW_HANDSHAKE;
	assert_true(har_add(w, f, &err));
	assert_int_equal(har_count(w), 1);
	assert_true(har_finish(w, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	unlink(path);
	/* What is no file is not replaced. */
	assert_null(har_begin(dir, &err));
	assert_null(har_begin("/dev/null", &err));
	rmdir(dir);
	flow_unref(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(file_is_whole_or_absent),
		cmocka_unit_test(harmless_in_a_page),
		cmocka_unit_test(bodies),
		cmocka_unit_test(failed_flow),
		cmocka_unit_test(timings),
		cmocka_unit_test(what_is_written),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("har", tests, NULL, NULL);
}
