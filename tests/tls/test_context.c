/* SPDX-License-Identifier: MIT */
/* The files that a context reads and writes: roots and the key log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pair.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

static struct pair p;

static int
setup(void **state)
{
	(void)state;
	pair_open(&p);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pair_close(&p);
	return 0;
}

static void
test_roots(void **state)
{
	char path[] = "/tmp/sluice-test-roots-XXXXXX";
	const char *const roots[] = { path };
	struct tls_setup setup = { .roots = roots, .root_count = 1 };
	struct tls_context *c;
	struct err err = { "" };
	struct buf pem;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_null(tls_context_new(&setup, &err));
	assert_true(str_starts(str_from(err.text), str_from(path)));
	assert_non_null(strstr(err.text, ": cannot read trusted certificates"));
	buf_init(&pem, 100000);
	assert_true(ca_export(p.ca, "pem", &pem, &err));
	assert_int_equal(write(fd, buf_str(&pem).p, buf_len(&pem)),
	    buf_len(&pem));
	c = tls_context_new(&setup, &err);
	assert_non_null(c);
	assert_false(tls_context_trust(c, STR("nothing"), &err));
	tls_context_free(c);
	buf_fini(&pem);
	close(fd);
	unlink(path);
	err_clear(&err);
	assert_null(tls_context_new(&setup, &err));
	assert_non_null(strstr(err.text, ": No such file or directory"));
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		n++;
	return n;
}

/* Both ends of the pair log, as both legs of a proxied connection do. */
static void
test_keylog(void **state)
{
	static const struct {
		int version;
		const char *labels[3];
	} rows[] = {
		{ TLS1_2_VERSION, { "CLIENT_RANDOM " } },
		{ TLS1_3_VERSION, { "CLIENT_TRAFFIC_SECRET_0 ",
		    "SERVER_TRAFFIC_SECRET_0 ",
		    "SERVER_HANDSHAKE_TRAFFIC_SECRET " } },
	};
	struct tls_context *before = p.context;
	struct tls_setup setup_plain = { .insecure = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[] = "/tmp/sluice-test-keys-XXXXXX";
		struct stat st;
		char *text;
		size_t n;

		close(mkstemp(path));
		unlink(path);
		setenv("SSLKEYLOGFILE", path, 1);
		p.context = tls_context_new(&setup_plain, NULL);
		unsetenv("SSLKEYLOGFILE");
		pair_connect(&p, "a.test", "a.test", "");
		SSL_set_max_proto_version(tls_ssl(p.client), rows[i].version);
		pair_to_hello(&p);
		pair_resume(&p, "a.test", "");
		pair_disconnect(&p);
		tls_context_free(p.context);
		p.context = before;
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		text = path_read(path, 100000, &n, NULL);
		assert_non_null(text);
		for (size_t j = 0; j < 3 && rows[i].labels[j]; j++)
			assert_int_equal(count(text, rows[i].labels[j]), 2);
		assert_int_equal(text[n - 1], '\n');
		free(text);
		unlink(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roots),
		cmocka_unit_test(test_keylog),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
