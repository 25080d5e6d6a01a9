/* SPDX-License-Identifier: MIT */
/* The command line of the console: looking up, matching, line editing. */
#include "../../src/ui/command.h"
#include "../../src/ui/line_edit.h"
#include "fuzz.h"

#define ROWS_MAX 20

static void
check_lookup(struct str in)
{
	const struct command_row *found[ROWS_MAX];
	static const unsigned used[COMMAND_COUNT] = { 1, 0, 2 };
	size_t n = command_match(in, used, found, ROWS_MAX);
	const struct command_row *row = command_find(in);

	assert(n <= ROWS_MAX);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert(found[i] != found[k]);
	/* What is found is found by its whole name too. */
	assert(!row || command_find(str_from(row->name)) == row);
}

/* Letters as they are, C-a and so on, and the upper half: the others. */
static uint32_t
key_of(unsigned char c)
{
	if (c < 0x20)
		return KEY_CTRL | (c + 0x60u);
	if (c < 0x7f)
		return c;
	return (c & 1 ? KEY_ALT : 0) |
	    (KEY_CODE_FIRST + c % (KEY_CODE_LAST - KEY_CODE_FIRST));
}

/* Pasted, then edited with the keys that the bytes stand for. */
static void
check_edit(struct str in)
{
	struct line_edit e;

	line_edit_init(&e);
	line_edit_insert(&e, str_sub(in, 0, in.n / 2));
	for (size_t i = in.n / 2; i < in.n; i++) {
		(void)line_edit_key(&e,
		    key_of((unsigned char)in.p[i]));
		assert(e.at <= line_edit_text(&e).n);
		assert(line_edit_text(&e).n <= LINE_EDIT_MAX);
	}
	struct str text = line_edit_text(&e);

	for (size_t i = 0; i < text.n; i++)
		assert((unsigned char)text.p[i] >= 0x20 && text.p[i] != 0x7f);
	(void)line_edit_cells(&e);
	line_edit_fini(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct str in = str_make(bytes, n);

	if (fuzz_choice(&in) % 2)
		check_edit(in);
	else
		check_lookup(in);
	return 0;
}
