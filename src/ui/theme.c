/* SPDX-License-Identifier: MIT */
/*
 * theme.def as curses attributes.  Only the eight basic colours on the
 * terminal's own background, so that light and dark schemes both work.
 */
#include "theme.h"

#include <assert.h>
#include <curses.h>

#define COLOR_DEFAULT	(-1)

enum { BOLD = 1 << 0, DIM = 1 << 1, REVERSE = 1 << 2, UNDERLINE = 1 << 3 };

static const struct {
	short foreground;
	unsigned attributes;
} roles[ROLE_COUNT] = {
#define ROLE(id, name, fg, attributes) [ROLE_##id] = { COLOR_##fg, attributes },
#include "sluice/ui/theme.def"
#undef ROLE
};

static bool colours;

/* Yellow and cyan are too pale for white paper. */
static short
shade(short colour, bool light)
{
	if (light && colour == COLOR_YELLOW)
		return COLOR_MAGENTA;
	return light && colour == COLOR_CYAN ? COLOR_BLUE : colour;
}

void
theme_open(bool colour, bool light)
{
	colours = colour && has_colors();
	if (!colours)
		return;
	start_color();
	use_default_colors();
	for (short c = COLOR_RED; c <= COLOR_CYAN; c++)
		init_pair(c, shade(c, light), -1);
}

unsigned long
theme_attr(enum role role)
{
	chtype attr = A_NORMAL;

	assert(role < ROLE_COUNT);
	if (roles[role].attributes & BOLD)
		attr |= A_BOLD;
	if (roles[role].attributes & DIM)
		attr |= A_DIM;
	if (roles[role].attributes & REVERSE)
		attr |= A_REVERSE;
	if (roles[role].attributes & UNDERLINE)
		attr |= A_UNDERLINE;
	if (colours && roles[role].foreground != COLOR_DEFAULT)
		attr |= (chtype)COLOR_PAIR(roles[role].foreground);
	return attr;
}
