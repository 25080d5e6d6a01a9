/* SPDX-License-Identifier: MIT */
/* Options from text and from the command line; sizes and durations. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sluice/base/human.h"
#include "sluice/base/option.h"

static bool
parse(struct options *o, struct err *err, int *argc, char **argv)
{
	bool help = false, version = false;

	return option_parse_args(o, argc, argv, &help, &version, err);
}

static void
command_line(void **state)
{
	const char *words[] = { "sluice", "-k", "-p", "8081", "-p8082", "ca",
	    "--filter=~u x", "--listen", "8083", "-o", "head_max=1k",
	    "--", "-n", NULL };
	char *argv[ARRAY_LEN(words)];
	int argc = 13;
	struct options *o = options_new();
	struct err err;

	(void)state;
	memcpy(argv, words, sizeof argv);
	assert_int_equal(option_list_count(o, OPTION_LISTEN), 1);
	assert_true(parse(o, &err, &argc, argv));
	assert_true(option_bool(o, OPTION_INSECURE));
	assert_int_equal(option_list_count(o, OPTION_LISTEN), 3);
	assert_string_equal(option_list_at(o, OPTION_LISTEN, 1), "8082");
	assert_string_equal(option_str(o, OPTION_FILTER), "~u x");
	assert_int_equal(option_number(o, OPTION_HEAD_MAX), 1000);
	assert_false(option_bool(o, OPTION_NO_SERVER));
	assert_int_equal(argc, 4);
	assert_string_equal(argv[1], "ca");
	assert_string_equal(argv[3], "-n");
	options_free(o);
}

static void
wrong_usage(void **state)
{
	static const char *const rows[][3] = {
		{ "sluice", "--nonsense", NULL },
		{ "sluice", "-Z", NULL },
		{ "sluice", "-p", NULL },
		{ "sluice", "--head_max=1", NULL },
		{ "sluice", "--format=xml", NULL },
		{ "sluice", "-ohead_max=many", NULL },
		{ "sluice", "-ononsense=1", NULL },
		{ "sluice", "--insecure=perhaps", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct options *o = options_new();
		char *argv[3];
		int argc = 2;
		struct err err = { "" };

		memcpy(argv, rows[i], sizeof argv);
		if (parse(o, &err, &argc, argv) || !err_is_set(&err))
			fail_msg("%s", rows[i][1]);
		options_free(o);
	}
}

struct watcher {
	struct option_observer observer;
	int calls;
};

static void
noted(struct option_observer *obs, enum option_id id)
{
	assert_int_equal(id, OPTION_INSECURE);
	container_of(obs, struct watcher, observer)->calls++;
}

static void
observers(void **state)
{
	struct options *o = options_new();
	struct watcher w = { .observer.changed = noted };
	struct err err;

	(void)state;
	option_observe(o, &w.observer);
	assert_true(option_assign(o, STR("insecure"), &err));
	assert_true(option_assign(o, STR("no-insecure"), &err));
	assert_false(option_assign(o, STR("insecure=x"), &err));
	assert_int_equal(w.calls, 2);
	assert_false(option_bool(o, OPTION_INSECURE));
	option_unobserve(&w.observer);
	options_free(o);
}

static void
sizes_and_durations(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		uint64_t value;
	} sizes[] = {
		{ "512", true, 512 }, { "64k", true, 64000 },
		{ "1.5M", true, 1500000 }, { "2MiB", true, 2097152 },
		{ "", false, 0 }, { "x", false, 0 }, { "1q", false, 0 },
		{ "99999999999999999999", false, 0 },
	};
	static const struct {
		int64_t us;
		const char *text;
	} spans[] = {
		{ 7999, "7ms" }, { 8249000, "8.2s" }, { 41000000, "41s" },
		{ 200000000, "3m20s" }, { 7500000000, "2h05m" },
	};
	static const struct {
		uint64_t bytes;
		const char *text;
	} shown[] = {
		{ 0, "0" }, { 999, "999" }, { 70100, "70.1k" },
		{ 184000, "184k" }, { 999999, "1.0M" }, { 1200000, "1.2M" },
	};
	char out[HUMAN_MAX];
	int64_t us;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		uint64_t v = 0;

		if (human_parse_size(str_from(sizes[i].text), &v) !=
		    sizes[i].ok || (sizes[i].ok && v != sizes[i].value))
			fail_msg("%s", sizes[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		human_duration(spans[i].us, out);
		assert_string_equal(out, spans[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		human_size(shown[i].bytes, out);
		assert_string_equal(out, shown[i].text);
	}
	assert_true(human_parse_duration(STR("500ms"), &us) && us == 500000);
	assert_true(human_parse_duration(STR("10"), &us) && us == 10000000);
	assert_false(human_parse_duration(STR("ten"), &us));
}

/* Values may be of any length; what shows them need not have the room. */
static void
long_values_are_cut(void **state)
{
	struct options *o = options_new();
	char text[100];
	struct err err;
	struct buf out;

	(void)state;
	memset(text, 'x', sizeof text);
	assert_true(option_set(o, OPTION_FILTER, str_make(text, sizeof text),
	    &err));
	assert_true(option_assign(o, STR("allow=10.0.0.0/8"), &err));
	assert_true(option_assign(o, STR("allow=::1"), &err));
	buf_init(&out, 10);
	option_format(o, OPTION_FILTER, &out);
	assert_true(str_eq(buf_str(&out), STR("xxxxxxxxxx")));
	buf_clear(&out);
	option_format(o, OPTION_ALLOW, &out);
	assert_true(str_eq(buf_str(&out), STR("10.0.0.0/8")));
	buf_fini(&out);
	options_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_line),
		cmocka_unit_test(wrong_usage),
		cmocka_unit_test(observers),
		cmocka_unit_test(sizes_and_durations),
		cmocka_unit_test(long_values_are_cut),
	};

	return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
