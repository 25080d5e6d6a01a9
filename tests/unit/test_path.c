/* SPDX-License-Identifier: MIT */
/* Places, atomic files, the log ring. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base/log.h"
#include "sluice/base/path.h"

static char dir[] = "/tmp/sluice-test-XXXXXX";

static void
check_place(enum path_place place, const char *confdir, const char *want)
{
	char *got = path_place(place, confdir);

	assert_string_equal(got, want);
	free(got);
}

static void
places(void **state)
{
	(void)state;
	setenv("HOME", "/home/x", 1);
	unsetenv("XDG_DATA_HOME");
	check_place(PATH_DATA, NULL, "/home/x/.local/share/sluice");
	setenv("XDG_DATA_HOME", "relative", 1);
	check_place(PATH_DATA, NULL, "/home/x/.local/share/sluice");
	setenv("XDG_DATA_HOME", "/data", 1);
	check_place(PATH_DATA, NULL, "/data/sluice");
	check_place(PATH_STATE, "/conf", "/conf");
	check_place(PATH_STATE, "~/conf", "/home/x/conf");
	char *s = path_short("/home/x/a/b");

	assert_string_equal(s, "~/a/b");
	free(s);
}

static void
atomic_files(void **state)
{
	char *sub, *path, *text;
	struct stat st;
	struct err err;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(dir));
	sub = path_join(dir, "a/b");
	assert_true(path_make_dir(sub, &err));
	assert_true(path_make_dir(sub, &err));
	assert_int_equal(stat(sub, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	path = path_join(sub, "file");
	assert_true(path_write_atomic(path, STR("one"), 0600, &err));
	assert_true(path_write_atomic(path, STR("two"), 0600, &err));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	text = path_read(path, 100, &n, &err);
	assert_string_equal(text, "two");
	free(text);
	assert_null(path_read(path, 2, &n, &err));
	assert_null(path_read("/no/such/file", 2, &n, &err));
	assert_false(path_write_atomic("/no/such/dir/x", STR("x"), 0600, &err));
	/* Not a temporary file is left behind. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(sub), 0);
	free(path);
	free(sub);
	sub = path_join(dir, "a");
	rmdir(sub);
	rmdir(dir);
	free(sub);
}

static int heard;

static void
listen_to(struct log_observer *o, const struct log_record *r)
{
	heard++;
	assert_null(strchr(r->text, 27));
	log_unobserve(o);
}

static void
log_ring(void **state)
{
	struct log_observer o = { .logged = listen_to };

	(void)state;
	log_write(LOG_INFO, "nobody has opened it");
	log_open(3);
	log_observe(&o);
	for (int i = 0; i < 5; i++)
		log_write(LOG_WARNING, "line \x1b %d", i);
	assert_int_equal(heard, 1);
	assert_int_equal(log_count(), 3);
	assert_string_equal(log_at(0)->text, "line \\x1b 2");
	assert_string_equal(log_at(2)->text, "line \\x1b 4");
	log_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(atomic_files),
		cmocka_unit_test(log_ring),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
