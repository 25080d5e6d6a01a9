/* SPDX-License-Identifier: MIT */
/* The shell script that a mailcap file makes for a media type. */
#include "../../src/ui/mailcap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define ENTRY(test, command)	"if " test "\nthen\n" command "\nexit\nfi\n"

static const struct {
	const char *mailcap, *type, *script;
} rows[] = {
	{ "", "image/png", "" },
	{ "image/png; see %s\n", "image/png", ENTRY("true", "see \"$1\"") },
	{ "image/png; see '%s'", "IMAGE/PNG", ENTRY("true", "see \"$1\"") },
	{ "image/*; see \"%s\" %t %%; test=t %s; description=x",
	    "image/png", ENTRY("t \"$1\"", "see \"$1\" image/png %") },
	{ "image; see", "image/png", ENTRY("true", "see <\"$1\"") },
	{ "# image/png; x\nimage/png; a \\; b \\\n c %s", "image/png",
	    ENTRY("true", "a ; b  c \"$1\"") },
	{ "image/png\n;\nimage/png;\n", "image/png", "" },
	{ "image/gif; see %s", "image/png", "" },
	/* A type that is not one never gets near a shell. */
	{ "*/*; see %t", "image/$(x)", "" },
	{ "image/*; see %t", "image/a;b", "" },
	{ "image/*; see %t", "image/a'b", "" },
	{ "image; see %s", "image", "" },
};

static void
test_scripts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out;
		char *script;

		buf_init(&out, 1024 * 1024);
		mailcap_put(&out, str_from(rows[i].mailcap),
		    str_from(rows[i].type));
		script = buf_take(&out);
		assert_string_equal(script, rows[i].script);
		free(script);
	}
}

static void
test_random(void **state)
{
	static const char set[] = "image/png*;%st='\"\\\n# ";
	unsigned seed = 3;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char text[300];
		struct buf out;

		for (size_t i = 0; i < sizeof(text); i++)
			text[i] = set[(size_t)rand_r(&seed) %
			    (sizeof(set) - 1)];
		buf_init(&out, 1024 * 1024);
		mailcap_put(&out, str_make(text, sizeof(text)),
		    STR("image/png"));
		buf_fini(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
