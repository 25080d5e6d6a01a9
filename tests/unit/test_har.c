/* SPDX-License-Identifier: MIT */
/* HAR entries, lines, and curl commands, of ordinary and hostile flows. */
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
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/flow/flow.h"
#include "sluice/format/curl.h"
#include "sluice/format/har.h"
#include "sluice/format/line.h"

static struct flow *
make_flow(struct str value, struct str body)
{
	struct flow *f = flow_new(1 << 20);
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
	body_append_bytes(&q->body, body);
	r->kind = MESSAGE_RESPONSE;
	r->version_minor = 1;
	r->status = 200;
	message_set(r, &r->reason, STR("OK"));
	headers_add(&r->headers, STR("Content-Type"), STR("text/plain"));
	body_append_bytes(&r->body, body);
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

/* Runs the command with a curl that prints its words and its input. */
static char *
run_command(const struct flow *f, size_t *n)
{
	struct buf script, out;
	struct err err;
	char name[] = "/tmp/sluice-curl-XXXXXX", command[64];
	int fd = mkstemp(name);
	FILE *in;

	assert_true(fd >= 0);
	buf_init(&script, 1 << 20);
	buf_put(&script, STR("curl() { printf '%s\\037' \"$@\"; cat; }\n"));
	assert_true(curl_command(f, &script, &err));
	buf_put(&script, STR(" </dev/null\n"));
	struct str s = buf_str(&script);

	assert_int_equal(write(fd, s.p, s.n), s.n);
	close(fd);
	snprintf(command, sizeof command, "sh %s", name);
	in = popen(command, "r");
	buf_init(&out, 1 << 20);
	char *room = buf_reserve(&out, 1 << 16);

	*n = fread(room, 1, 1 << 16, in);
	buf_commit(&out, *n);
	pclose(in);
	unlink(name);
	buf_fini(&script);
	return buf_take(&out);
}

static void
curl_words(void **state)
{
	static const char *const nasty[] = { "plain", "it's", "$HOME `id`",
	    "-o /tmp/x", "@/etc/passwd", "\\n\\", "a\nb", "!!", "\xff\xfe",
	    "*", "'; touch /tmp/pwned; '" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(nasty); i++) {
		struct flow *f = make_flow(STR("v"), str_from(nasty[i]));
		char want[200];
		size_t n;
		char *words = run_command(f, &n);

		snprintf(want, sizeof want, "\037--data-raw\037%s\037",
		    nasty[i]);
		if (!strstr(words, want))
			fail_msg("%s became %s", nasty[i], words);
		assert_non_null(strstr(words,
		    "\037https://a.test/p?x=1&y\037"));
		free(words);
		flow_unref(f);
	}
}

static void
curl_binary(void **state)
{
	struct flow *f = make_flow(STR("v"), str_make("a\0b%\\'", 6));

	(void)state;
	/* Input comes from the pipe: no "</dev/null" behind the last word. */
	struct buf script;
	struct err err;

	buf_init(&script, 1 << 16);
	assert_true(curl_command(f, &script, &err));
	assert_true(str_starts(buf_str(&script),
	    STR("printf '\\141\\000\\142\\045\\134\\047' | curl")));
	assert_true(str_find(buf_str(&script), STR("--data-binary @-")) !=
	    SIZE_MAX);
	buf_fini(&script);
	flow_unref(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry),
		cmocka_unit_test(hostile_bytes),
		cmocka_unit_test(file_is_whole_or_absent),
		cmocka_unit_test(curl_words),
		cmocka_unit_test(curl_binary),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
