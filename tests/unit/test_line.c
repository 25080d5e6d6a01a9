/* SPDX-License-Identifier: MIT */
/* One line per flow: its words, and that no peer can make it two. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "sluice/base/mem.h"
#include "sluice/format/line.h"

#define ROOM	(64u * 1024)

static struct flow *
make_flow(const char *path)
{
	struct flow *f = flow_new(NULL);
	struct message *m = &f->request;

	m->kind = MESSAGE_REQUEST;
	m->port = 443;
	message_set(m, &m->method, STR("GET"));
	message_set(m, &m->scheme, STR("https"));
	message_set(m, &m->host, STR("a.test"));
	message_set(m, &m->path, str_from(path));
	f->state = FLOW_DONE;
	f->times.wall = 0;
	f->times.begin = 1000;
	f->times.end = 12000;
	return f;
}

static void
answer(struct flow *f, uint16_t status, struct str body)
{
	f->response.kind = MESSAGE_RESPONSE;
	f->response.status = status;
	headers_add(&f->response.headers, STR("Content-Type"),
	    STR("application/json; charset=utf-8"));
	body_append(&f->response.body, body);
}

static void
expect_text(const struct flow *f, const char *want)
{
	struct buf out;

	buf_init(&out, ROOM);
	line_text(f, &out);
	if (!str_eq(buf_str(&out), str_from(want)))
		fail_msg("%.*s", STR_ARG(buf_str(&out)));
	buf_fini(&out);
}

static void
texts(void **state)
{
	struct flow *f = make_flow("/p?q");

	(void)state;
	expect_text(f, "00:00:00 GET https://a.test/p?q - 0 11ms\n");
	answer(f, 200, STR("hello"));
	expect_text(f, "00:00:00 GET https://a.test/p?q 200 5 11ms\n");
	f->state = FLOW_FAILED;
	err_set(&f->error, "connect: refused");
	expect_text(f, "00:00:00 GET https://a.test/p?q ERR 5 11ms "
	    "connect: refused\n");
	f->kind = FLOW_TUNNEL;
	f->state = FLOW_DONE;
	f->tunnel_received = 1200;
	err_clear(&f->error);
	expect_text(f, "00:00:00 TUNNEL a.test:443 200 1.2k 11ms\n");
	flow_unref(f);
}

static json_t *
json_of(const struct flow *f)
{
	struct buf out;
	json_t *o;

	buf_init(&out, ROOM);
	line_json(f, &out);
	assert_int_equal(str_chr(buf_str(&out), '\n', 0), buf_len(&out) - 1);
	for (size_t i = 0; i + 1 < buf_len(&out); i++)
		assert_in_range((unsigned char)buf_str(&out).p[i], 0x20, 0x7e);
	o = json_loadb(buf_str(&out).p, buf_len(&out), 0, NULL);
	assert_non_null(o);
	buf_fini(&out);
	return o;
}

static const char *
text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void
objects(void **state)
{
	struct flow *f = make_flow("/p");
	json_t *o;

	(void)state;
	f->id = 7;
	f->parent = 3;
	f->edited = true;
	f->client = endpoint_new();
	endpoint_set(&f->client->address, "127.0.0.1:9");
	body_append(&f->request.body, STR("four"));
	answer(f, 404, STR("eight..."));
	o = json_of(f);
	assert_int_equal(json_integer_value(json_object_get(o, "id")), 7);
	assert_string_equal(text_of(o, "time"), "1970-01-01T00:00:00.000Z");
	assert_string_equal(text_of(o, "url"), "https://a.test/p");
	assert_string_equal(text_of(o, "host"), "a.test");
	assert_string_equal(text_of(o, "scheme"), "https");
	assert_string_equal(text_of(o, "type"), "application/json");
	assert_string_equal(text_of(o, "state"), "done");
	assert_string_equal(text_of(o, "client"), "127.0.0.1:9");
	assert_true(json_is_null(json_object_get(o, "server")));
	assert_true(json_is_null(json_object_get(o, "error")));
	assert_true(json_is_true(json_object_get(o, "tls")));
	assert_true(json_is_true(json_object_get(o, "edited")));
	assert_int_equal(json_integer_value(json_object_get(o, "port")), 443);
	assert_int_equal(json_integer_value(json_object_get(o, "status")),
	    404);
	assert_int_equal(json_integer_value(json_object_get(o,
	    "request_bytes")), 4);
	assert_int_equal(json_integer_value(json_object_get(o,
	    "response_bytes")), 8);
	assert_int_equal(json_integer_value(json_object_get(o,
	    "replay_of")), 3);
	assert_true(json_number_value(json_object_get(o, "duration_ms")) ==
	    11.0);
	json_decref(o);
	flow_unref(f);
}

/* No response, no parent: null, not absent. */
static void
nulls(void **state)
{
	static const char *const keys[] = { "status", "replay_of", "error",
	    "client", "server" };
	struct flow *f = make_flow("/");
	json_t *o = json_of(f);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (!json_is_null(json_object_get(o, keys[i])))
			fail_msg("%s", keys[i]);
	json_decref(o);
	flow_unref(f);
}

static void
hostile(void **state)
{
	struct flow *f = make_flow("/\x1b[31m\n\r\x7f\xff\xc2\x9b</script>");
	struct buf out;

	(void)state;
	f->id = 1;
	answer(f, 200, STR(""));
	json_decref(json_of(f));
	buf_init(&out, ROOM);
	line_text(f, &out);
	for (size_t i = 0; i + 1 < buf_len(&out); i++)
		assert_in_range((unsigned char)buf_str(&out).p[i], 0x20, 0x7e);
	buf_fini(&out);
	flow_unref(f);
}

/* Words as long as a peer likes: a line still has its place. */
static void
endless(void **state)
{
	static char words[120000];
	struct flow *f = make_flow("/");
	struct message *m = &f->request;
	struct str s = { words, sizeof words };
	struct buf out;

	(void)state;
	memset(words, '\xff', sizeof words);
	message_set(m, &m->method, s);
	message_set(m, &m->path, s);
	words[0] = '/';
	message_set(m, &m->path, s);
	answer(f, 200, STR(""));
	headers_set(&f->response.headers, STR("Content-Type"), s);
	buf_init(&out, ROOM);
	line_text(f, &out);
	assert_in_range(buf_len(&out), 1000, ROOM);
	assert_int_not_equal(str_find(buf_str(&out), STR(".. ")), SIZE_MAX);
	buf_fini(&out);
	json_decref(json_of(f));
	flow_unref(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(objects),
		cmocka_unit_test(nulls),
		cmocka_unit_test(hostile),
		cmocka_unit_test(endless),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
