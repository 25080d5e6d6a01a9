/* SPDX-License-Identifier: MIT */
/* Roles (what a text means) to curses attributes; from theme.def. */
#ifndef SLUICE_SRC_UI_THEME_H
#define SLUICE_SRC_UI_THEME_H

#include <stdbool.h>

enum role {
#define ROLE(id, name, fg, attributes) ROLE_##id,
#include "sluice/ui/theme.def"
#undef ROLE
	ROLE_COUNT
};

/* After initscr: colours when wanted and there are any; light: on a light
 * background those that could not be read there give way. */
void theme_open(bool colour, bool light);
/* The curses attribute for a role (attr_t and colour pair). */
unsigned long theme_attr(enum role role);

#endif
