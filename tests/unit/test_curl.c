/* SPDX-License-Identifier: MIT */
/*
 * curl commands, run by a real shell with a curl that only prints its words
 * and its input: they must be the request's bytes, whatever those are.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sluice/base/mem.h"
#include "sluice/format/curl.h"

#define WORDS_MAX	64
#define FUZZ_RUNS	300
#define OUT_MAX		(8u << 20)

static const char fake[] =
    "curl() {\n"
    "	printf '%s\\0' \"$@\"; printf '\\001input\\0'\n"
    "	case \" $* \" in *' @- '*) cat ;; esac\n"
    "	printf '\\001end of a command\\001'\n"
    "}\n";

#define INPUT	STR("\001input")
#define MARK	STR("\001end of a command\001")

/* What curl was told, as curl understands it. */
struct told {
	struct str url, method, target, body;
	struct str fields[WORDS_MAX];
	size_t count;
	bool head, globoff, path_as_is, compressed, old;
};

static struct flow *
make_flow(const char *method, const char *path, struct str body)
{
	struct flow *f = flow_new(NULL);
	struct message *m = &f->request;

	m->kind = MESSAGE_REQUEST;
	m->version_minor = 1;
	m->port = 443;
	m->complete = true;
	message_set(m, &m->method, str_from(method));
	message_set(m, &m->scheme, STR("https"));
	message_set(m, &m->host, STR("a.test"));
	message_set(m, &m->path, str_from(path));
	headers_add(&m->headers, STR("Host"), STR("a.test"));
	body_append(&m->body, body);
	return f;
}

static void
put_command(struct buf *script, const struct flow *f)
{
	struct err err = { "" };

	if (!curl_command(f, script, &err))
		fail_msg("no command: %s", err.text);
	buf_putc(script, '\n');
}

/* All that the script prints. */
static void
run(const struct buf *script, struct buf *out)
{
	char name[] = "/tmp/sluice-curl-XXXXXX", command[64];
	int fd = mkstemp(name);
	struct str s = buf_str(script);
	FILE *from;
	size_t n;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.n), s.n);
	close(fd);
	snprintf(command, sizeof command, "sh %s", name);
	from = popen(command, "r");
	assert_non_null(from);
	do {
		n = fread(buf_reserve(out, 65536), 1, 65536, from);
		buf_commit(out, n);
	} while (n > 0);
	assert_int_equal(pclose(from), 0);
	unlink(name);
}

static struct str
next_word(struct str *out)
{
	size_t end = str_chr(*out, '\0', 0);
	struct str word = str_sub(*out, 0, end);

	assert_int_not_equal(end, SIZE_MAX);
	*out = str_skip(*out, end + 1);
	return word;
}

static bool
read_flag(struct told *t, struct str word)
{
	if (str_eq(word, STR("--head")))
		return t->head = true;
	if (str_eq(word, STR("--globoff")))
		return t->globoff = true;
	if (str_eq(word, STR("--path-as-is")))
		return t->path_as_is = true;
	if (str_eq(word, STR("--compressed")))
		return t->compressed = true;
	if (str_eq(word, STR("--http1.0")))
		return t->old = true;
	return false;
}

/* Takes what one command printed off *out. */
static void
read_told(struct str *out, struct told *t)
{
	bool input = false;
	struct str word;

	*t = (struct told){ .url = next_word(out) };
	for (;;) {
		word = next_word(out);
		if (str_eq(word, INPUT))
			break;
		if (read_flag(t, word))
			continue;
		if (str_eq(word, STR("-X"))) {
			t->method = next_word(out);
		} else if (str_eq(word, STR("--request-target"))) {
			t->target = next_word(out);
		} else if (str_eq(word, STR("--data-raw"))) {
			t->body = next_word(out);
		} else if (str_eq(word, STR("--data-binary"))) {
			assert_true(str_eq(next_word(out), STR("@-")));
			input = true;
		} else if (str_eq(word, STR("-H"))) {
			assert_true(t->count < WORDS_MAX);
			t->fields[t->count++] = next_word(out);
		} else {
			fail_msg("a strange option: %.*s", STR_ARG(word));
		}
	}
	size_t end = str_find(*out, MARK);

	assert_int_not_equal(end, SIZE_MAX);
	assert_true(input || end == 0);
	if (input)
		t->body = str_sub(*out, 0, end);
	*out = str_skip(*out, end + MARK.n);
}

static void
tell(const struct flow *f, struct buf *out, struct told *t)
{
	struct buf script;
	struct str rest;

	buf_init(&script, OUT_MAX);
	buf_init(out, OUT_MAX);
	buf_put(&script, str_from(fake));
	put_command(&script, f);
	run(&script, out);
	rest = buf_str(out);
	read_told(&rest, t);
	assert_int_equal(rest.n, 0);
	buf_fini(&script);
}

static bool
has_field(const struct told *t, const char *field)
{
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->fields[i], str_from(field)))
			return true;
	return false;
}

static void
ordinary(void **state)
{
	struct flow *f = make_flow("POST", "/p?x=[1]&y={2}", STR("a=1"));
	struct headers *h = &f->request.headers;
	struct told t;
	struct buf out;

	(void)state;
	headers_add(h, STR("Content-Length"), STR("3"));
	headers_add(h, STR("Connection"), STR("keep-alive"));
	headers_add(h, STR("Accept-Encoding"), STR("gzip"));
	headers_add(h, STR("X-Empty"), STR(""));
	tell(f, &out, &t);
	assert_true(str_eq(t.url, STR("https://a.test/p?x=[1]&y={2}")));
	assert_true(t.globoff && t.compressed && !t.path_as_is && !t.head);
	assert_int_equal(t.method.n, 0);
	assert_true(str_eq(t.body, STR("a=1")));
	assert_true(has_field(&t, "Accept-Encoding: gzip"));
	assert_true(has_field(&t, "X-Empty;"));
	assert_true(has_field(&t, "User-Agent:"));
	assert_true(has_field(&t, "Accept:"));
	assert_true(has_field(&t, "Content-Type:"));
	assert_false(has_field(&t, "Host: a.test"));
	assert_false(has_field(&t, "Content-Length: 3"));
	assert_false(has_field(&t, "Connection: keep-alive"));
	buf_fini(&out);
	flow_unref(f);
}

static const struct {
	const char *method, *path, *body;
	const char *told;		/* -X, or "" */
	bool head, path_as_is;
	const char *target;		/* --request-target, or "" */
} starts[] = {
	{ "GET", "/", "", "", false, false, "" },
	{ "GET", "/", "x", "GET", false, false, "" },
	{ "POST", "/", "", "POST", false, false, "" },
	{ "POST", "/", "x", "", false, false, "" },
	{ "HEAD", "/", "", "", true, false, "" },
	{ "-o", "/", "", "-o", false, false, "" },
	{ "GET", "/a/../b", "", "", false, true, "" },
	{ "GET", "/a#b", "", "", false, false, "/a#b" },
	{ "OPTIONS", "*", "", "OPTIONS", false, false, "*" },
};

static void
start_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		struct flow *f = make_flow(starts[i].method, starts[i].path,
		    str_from(starts[i].body));
		struct told t;
		struct buf out;

		tell(f, &out, &t);
		if (!str_eq(t.method, str_from(starts[i].told)) ||
		    t.head != starts[i].head ||
		    t.path_as_is != starts[i].path_as_is ||
		    !str_eq(t.target, str_from(starts[i].target)) ||
		    !str_eq(t.body, str_from(starts[i].body)))
			fail_msg("%s %s", starts[i].method, starts[i].path);
		buf_fini(&out);
		flow_unref(f);
	}
}

/* A Host of the user's own goes along; another version, too. */
static void
host_and_version(void **state)
{
	struct flow *f = make_flow("GET", "/", STR(""));
	struct told t;
	struct buf out;

	(void)state;
	f->request.version_minor = 0;
	headers_set(&f->request.headers, STR("Host"), STR("other.test"));
	tell(f, &out, &t);
	assert_true(has_field(&t, "Host: other.test"));
	assert_true(t.old);
	buf_fini(&out);
	flow_unref(f);
}

/* -- hostile bytes --------------------------------------------------------- */

static uint32_t
random_of(uint32_t *seed, uint32_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % n;
}

static size_t
random_text(uint32_t *seed, char out[64], bool any)
{
	static const char nasty[] = "'\"\\$`!@-;|&<>()*?[]{}~#% \ta0"
	    "\xc3\xa9\xff";
	size_t n = random_of(seed, 64);

	for (size_t i = 0; i < n; i++)
		out[i] = any ? (char)random_of(seed, 256) :
		    nasty[random_of(seed, sizeof nasty - 1)];
	return n;
}

static struct flow *
random_flow(uint32_t *seed)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "-d" };
	static const char *const paths[] = { "/", "/it's", "/$(id)`id`",
	    "/\xff?\"&'*" };
	char text[64];
	size_t n = random_text(seed, text, random_of(seed, 3) == 0);
	struct flow *f = make_flow(methods[random_of(seed, 4)],
	    paths[random_of(seed, 4)], str_make(text, n));

	for (uint32_t i = random_of(seed, 4); i > 0; i--) {
		n = random_text(seed, text, false);
		headers_add(&f->request.headers, i == 1 ? STR("-x") :
		    STR("X-Fuzz"), str_make(text, n));
	}
	return f;
}

static void
check_told(const struct flow *f, const struct told *t)
{
	const struct message *m = &f->request;
	struct buf url;

	buf_init(&url, 1000);
	message_put_url(m, &url);
	assert_true(str_eq(t->url, buf_str(&url)));
	buf_fini(&url);
	assert_true(str_eq(t->body, body_peek(&m->body, 0)));
	/* Field 0 is Host, which follows from the URL. */
	for (size_t i = 1; i < m->headers.count; i++) {
		struct str name = headers_name(&m->headers, i);
		struct str value = headers_value(&m->headers, i);
		struct str field = t->fields[i - 1];

		assert_true(str_starts(field, name));
		field = str_skip(field, name.n);
		if (value.n == 0)
			assert_true(str_eq(field, STR(";")));
		else
			assert_true(str_starts(field, STR(": ")) &&
			    str_eq(str_skip(field, 2), value));
	}
}

static void
fuzz(void **state)
{
	struct flow *flows[FUZZ_RUNS];
	struct buf script, out;
	uint32_t seed = 4711;
	struct str rest;

	(void)state;
	buf_init(&script, OUT_MAX);
	buf_init(&out, OUT_MAX);
	buf_put(&script, str_from(fake));
	for (size_t i = 0; i < FUZZ_RUNS; i++) {
		flows[i] = random_flow(&seed);
		put_command(&script, flows[i]);
	}
	run(&script, &out);
	rest = buf_str(&out);
	for (size_t i = 0; i < FUZZ_RUNS; i++) {
		struct told t;

		read_told(&rest, &t);
		check_told(flows[i], &t);
		flow_unref(flows[i]);
	}
	assert_int_equal(rest.n, 0);
	buf_fini(&out);
	buf_fini(&script);
}

static const struct {
	const char *what;
	struct str body;
	bool piped;
} bodies[] = {
	{ "text", STR("gr\xc3\xbc\xc3\x9f\n\tyou"), false },
	{ "a file's name", STR("@/etc/passwd"), false },
	{ "an option", STR("--next"), false },
	{ "NUL", STR("a\0b"), true },
	{ "an escape", STR("a\033[31m"), true },
	{ "C1", STR("a\xc2\x9b" "b"), true },
	{ "no UTF-8", STR("a\xff%s"), true },
};

/* What a terminal should not be given comes out of a printf. */
static void
printed_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct flow *f = make_flow("POST", "/", bodies[i].body);
		struct buf out;
		struct err err;
		struct told t;

		buf_init(&out, OUT_MAX);
		assert_true(curl_command(f, &out, &err));
		if (str_starts(buf_str(&out), STR("printf '\\")) !=
		    bodies[i].piped)
			fail_msg("%s", bodies[i].what);
		buf_fini(&out);
		tell(f, &out, &t);
		assert_true(str_eq(t.body, bodies[i].body));
		buf_fini(&out);
		flow_unref(f);
	}
}

/* Longer than a word may be, and longer than there is room. */
static void
long_body(void **state)
{
	struct str body = { mem_zalloc(200000), 200000 };
	struct flow *f;
	struct err err;
	struct told t;
	struct buf out;

	(void)state;
	memset((char *)body.p, 'x', body.n);
	f = make_flow("POST", "/", body);
	tell(f, &out, &t);
	assert_true(str_eq(t.body, body));
	buf_fini(&out);
	buf_init(&out, 100000);
	assert_false(curl_command(f, &out, &err));
	assert_non_null(strstr(err.text, "too large"));
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
	flow_unref(f);
	free((char *)body.p);
}

static void
refusals(void **state)
{
	struct flow *f = make_flow("GET", "/", STR(""));
	struct err err;
	struct buf out;

	(void)state;
	buf_init(&out, OUT_MAX);
	headers_add(&f->request.headers, STR("@x"), STR("1"));
	assert_false(curl_command(f, &out, &err));
	headers_remove(&f->request.headers, STR("@x"));
	headers_add(&f->request.headers, STR("x"), STR("1\r\nEvil: 1"));
	assert_false(curl_command(f, &out, &err));
	headers_remove(&f->request.headers, STR("x"));
	assert_true(curl_command(f, &out, &err));
	buf_clear(&out);
	f->kind = FLOW_TUNNEL;
	assert_false(curl_command(f, &out, &err));
	assert_int_equal(buf_len(&out), 0);
	buf_fini(&out);
	flow_unref(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary),
		cmocka_unit_test(start_lines),
		cmocka_unit_test(host_and_version),
		cmocka_unit_test(fuzz),
		cmocka_unit_test(printed_bodies),
		cmocka_unit_test(long_body),
		cmocka_unit_test(refusals),
	};

	return cmocka_run_group_tests_name("curl", tests, NULL, NULL);
}
