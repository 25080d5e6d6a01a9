/* SPDX-License-Identifier: MIT */
/*
 * Key names: one table of the keys that are no character, modifiers as
 * prefixes.  Used by keymap.c for the default keys and by the help screen.
 */
#include "key.h"

#include <stdio.h>

#include "sluice/base/utf8.h"

struct key_name {
	uint32_t code;
	const char *name;
	const char *sign;		/* shorter, in Unicode; or NULL */
};

static const struct key_name names[] = {
	{ KEY_CODE_UP, "Up", "↑" },
	{ KEY_CODE_DOWN, "Down", "↓" },
	{ KEY_CODE_LEFT, "Left", "←" },
	{ KEY_CODE_RIGHT, "Right", "→" },
	{ KEY_CODE_HOME, "Home", NULL },
	{ KEY_CODE_END, "End", NULL },
	{ KEY_CODE_PAGE_UP, "PageUp", NULL },
	{ KEY_CODE_PAGE_DOWN, "PageDown", NULL },
	{ KEY_CODE_INSERT, "Insert", NULL },
	{ KEY_CODE_DELETE, "Delete", NULL },
	{ KEY_CODE_ENTER, "Enter", "⏎" },
	{ KEY_CODE_TAB, "Tab", NULL },
	{ KEY_CODE_BACKSPACE, "Backspace", NULL },
	{ KEY_CODE_ESCAPE, "Escape", NULL },
	{ ' ', "Space", NULL },
};

static const struct {
	char letter;
	uint32_t bit;
} modifiers[] = {
	{ 'C', KEY_CTRL }, { 'A', KEY_ALT }, { 'M', KEY_ALT },
	{ 'S', KEY_SHIFT },
};

static bool
parse_function_key(struct str text, uint32_t *code)
{
	uint64_t n;

	if (text.n < 2 || text.p[0] != 'F' ||
	    !str_to_u64(str_skip(text, 1), &n))
		return false;
	if (n < 1 || n > 12)
		return false;
	*code = KEY_CODE_F1 + (uint32_t)n - 1;
	return true;
}

static bool
parse_code(struct str text, uint32_t *code)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(text, str_from(names[i].name))) {
			*code = names[i].code;
			return true;
		}
	}
	if (parse_function_key(text, code))
		return true;
	return text.n > 0 && utf8_decode(text, code) == text.n && *code >= ' ';
}

static uint32_t
parse_modifier(struct str text)
{
	if (text.n < 3 || text.p[1] != '-')
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(modifiers); i++)
		if (text.p[0] == modifiers[i].letter)
			return modifiers[i].bit;
	return 0;
}

bool
key_parse(struct str text, uint32_t *k)
{
	uint32_t bits = 0, code;

	for (;;) {
		uint32_t bit = parse_modifier(text);

		if (bit == 0)
			break;
		bits |= bit;
		text = str_skip(text, 2);
	}
	if (!parse_code(text, &code))
		return false;
	*k = bits | code;
	return true;
}

static void
format(uint32_t k, char out[KEY_NAME_MAX], bool signs)
{
	uint32_t code = KEY_CODE(k);
	char text[5] = "";
	const char *name = text;

	if (code >= KEY_CODE_F1 && code <= KEY_CODE_F12)
		snprintf(text, sizeof(text), "F%u", code - KEY_CODE_F1 + 1);
	else if (code < KEY_CODE_FIRST)
		text[utf8_encode(code, text)] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].code != code)
			continue;
		name = names[i].name;
		if (signs && names[i].sign != NULL)
			name = names[i].sign;
	}
	snprintf(out, KEY_NAME_MAX, "%s%s%s%s", k & KEY_CTRL ? "C-" : "",
	    k & KEY_ALT ? "A-" : "", k & KEY_SHIFT ? "S-" : "", name);
}

void
key_format(uint32_t k, char out[KEY_NAME_MAX])
{
	format(k, out, false);
}

void
key_show(uint32_t k, char out[KEY_NAME_MAX], bool unicode)
{
	format(k, out, unicode);
}

bool
key_is_text(uint32_t k)
{
	return k >= ' ' && k < KEY_CODE_FIRST && k != 0x7f &&
	    !(k >= 0x80 && k < 0xa0);
}
