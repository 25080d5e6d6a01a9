/* SPDX-License-Identifier: MIT */
/* Roles (what a text means) to curses attributes; from theme.def. */
#ifndef SLUICE_SRC_UI_THEME_H
#define SLUICE_SRC_UI_THEME_H

#include "sluice/base/err.h"
#include "sluice/base/str.h"

enum role {
#define ROLE(id, name, fg, attributes) ROLE_##id,
#include "sluice/ui/theme.def"
#undef ROLE
	ROLE_COUNT
};

/* After initscr: colours when wanted and there are any; light: on a light
 * background those that could not be read there give way. */
void theme_open(bool colour, bool light);
/* The background is light, or dark: from the next redraw on. */
void theme_light(bool light);
/* The curses attribute for a role (attr_t and colour pair). */
unsigned long theme_attr(enum role role);

const char *theme_role_name(enum role role);
bool theme_role(struct str name, enum role *role) NODISCARD;
/*
 * Another look for a role, at any time: "FOREGROUND [BACKGROUND]
 * [ATTRIBUTE]...", as in "yellow default bold"; "" is the one of theme.def.
 * A colour is a name, a number up to 255 or #rrggbb (the nearest of the 256);
 * one that the terminal does not have is its own.  False: as it was.
 */
bool theme_set(enum role role, struct str look, struct err *err) NODISCARD;

#endif
