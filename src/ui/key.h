/* SPDX-License-Identifier: MIT */
/*
 * A key as a number: a Unicode code point or one of enum key_code, with
 * modifier bits; and its name as in keymap.def ("j", "C-d", "S-Tab", "F1").
 */
#ifndef SLUICE_SRC_UI_KEY_H
#define SLUICE_SRC_UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/str.h"

enum key_code {			/* above every code point */
	KEY_CODE_NONE = 0,
	KEY_CODE_FIRST = 0x110000,
	KEY_CODE_UP = KEY_CODE_FIRST, KEY_CODE_DOWN, KEY_CODE_LEFT,
	KEY_CODE_RIGHT, KEY_CODE_HOME, KEY_CODE_END, KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN, KEY_CODE_INSERT, KEY_CODE_DELETE, KEY_CODE_ENTER,
	KEY_CODE_TAB, KEY_CODE_BACKSPACE, KEY_CODE_ESCAPE,
	KEY_CODE_F1, KEY_CODE_F12 = KEY_CODE_F1 + 11,
	KEY_CODE_LAST
};

#define KEY_SHIFT	(1u << 24)
#define KEY_ALT		(1u << 25)
#define KEY_CTRL	(1u << 26)
#define KEY_CODE(k)	((k) & 0x1fffffu)
#define KEY_NAME_MAX	24

/* False when text names no key. */
bool key_parse(struct str text, uint32_t *k) NODISCARD;
/* The name, as key_parse takes it. */
void key_format(uint32_t k, char out[KEY_NAME_MAX]);
/* The name as help shows it: short, "↓" instead of "Down" with unicode. */
void key_show(uint32_t k, char out[KEY_NAME_MAX], bool unicode);
/* Is it a character to insert into a line? */
bool key_is_text(uint32_t k);

#endif
