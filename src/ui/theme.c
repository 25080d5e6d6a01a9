/* SPDX-License-Identifier: MIT */
/*
 * theme.def as curses attributes.  Only the eight basic colours on the
 * terminal's own background, so that light and dark schemes both work; who
 * wants others has a pair of colours for each role.
 */
#include "theme.h"

#include <assert.h>
#include <curses.h>

#define COLOR_DEFAULT	(-1)
/* Pairs: the basic colours by their numbers, then one a role. */
#define PAIR_OWN	8
#define CUBE		16	/* the first of 6 x 6 x 6 colours */

enum { BOLD = 1 << 0, DIM = 1 << 1, REVERSE = 1 << 2, UNDERLINE = 1 << 3 };

static const struct {
	const char *name;
	short foreground;
	unsigned attributes;
} roles[ROLE_COUNT] = {
#define ROLE(id, name, fg, attributes)					\
	[ROLE_##id] = { name, COLOR_##fg, attributes },
#include "sluice/ui/theme.def"
#undef ROLE
};

/* What was set for a role. */
struct look {
	bool given;
	short foreground, background;
	unsigned attributes;
};

static struct look looks[ROLE_COUNT];
static bool colours;

/* -- reading a look -------------------------------------------------------- */

static bool
read_attribute(struct str word, unsigned *attributes)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {
		{ "normal", 0 }, { "bold", BOLD }, { "dim", DIM },
		{ "reverse", REVERSE }, { "underline", UNDERLINE },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!str_eq_nocase(word, str_from(names[i].name)))
			continue;
		*attributes |= names[i].bit;
		return true;
	}
	return false;
}

/* 0 to 255 on the cube's axis of 0, 95, 135, 175, 215, 255. */
static short
cube_step(int value)
{
	return (short)(value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40);
}

/* #rrggbb */
static bool
read_rgb(struct str word, short *colour)
{
	uint64_t rgb;

	if (word.n != 7 || word.p[0] != '#' ||
	    !str_to_hex64(str_skip(word, 1), &rgb))
		return false;
	*colour = (short)(CUBE + 36 * cube_step((int)(rgb >> 16)) +
	    6 * cube_step((int)(rgb >> 8 & 0xff)) +
	    cube_step((int)(rgb & 0xff)));
	return true;
}

static bool
read_colour(struct str word, short *colour)
{
	static const char *const names[] = {
		"black", "red", "green", "yellow", "blue", "magenta", "cyan",
		"white"
	};
	uint64_t number;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq_nocase(word, str_from(names[i]))) {
			*colour = (short)i;
			return true;
		}
	}
	if (str_eq_nocase(word, STR("default"))) {
		*colour = COLOR_DEFAULT;
		return true;
	}
	if (str_to_u64(word, &number) && number < 256) {
		*colour = (short)number;
		return true;
	}
	return read_rgb(word, colour);
}

/* -- pairs ----------------------------------------------------------------- */

/* Yellow and cyan are too pale for white paper. */
static short
shade(short colour, bool light)
{
	if (light && colour == COLOR_YELLOW)
		return COLOR_MAGENTA;
	return light && colour == COLOR_CYAN ? COLOR_BLUE : colour;
}

static short
at_hand(short colour)
{
	return colour < COLORS ? colour : COLOR_DEFAULT;
}

static void
open_own(enum role role)
{
	const struct look *look = &looks[role];

	if (colours && look->given)
		init_pair((short)(PAIR_OWN + role), at_hand(look->foreground),
		    at_hand(look->background));
}

void
theme_light(bool light)
{
	for (short c = COLOR_RED; colours && c <= COLOR_CYAN; c++)
		init_pair(c, shade(c, light), -1);
}

void
theme_open(bool colour, bool light)
{
	colours = colour && has_colors();
	if (!colours)
		return;
	start_color();
	use_default_colors();
	theme_light(light);
	/* Cameras want dark on light, and the terminal may be either. */
	if (!looks[ROLE_QR].given)
		looks[ROLE_QR] = (struct look){ true, COLOR_BLACK,
		    COLOR_WHITE, 0 };
	for (int role = 0; role < ROLE_COUNT; role++)
		open_own((enum role)role);
}

unsigned long
theme_attr(enum role role)
{
	const struct look *look = &looks[role];
	unsigned attributes = look->given ? look->attributes :
	    roles[role].attributes;
	chtype attr = A_NORMAL;

	assert(role < ROLE_COUNT);
	if (attributes & BOLD)
		attr |= A_BOLD;
	if (attributes & DIM)
		attr |= A_DIM;
	if (attributes & REVERSE)
		attr |= A_REVERSE;
	if (attributes & UNDERLINE)
		attr |= A_UNDERLINE;
	if (colours && look->given)
		attr |= (chtype)COLOR_PAIR(PAIR_OWN + role);
	else if (colours && roles[role].foreground != COLOR_DEFAULT)
		attr |= (chtype)COLOR_PAIR(roles[role].foreground);
	return attr;
}

/* -- roles by name --------------------------------------------------------- */

const char *
theme_role_name(enum role role)
{
	return roles[role].name;
}

bool
theme_role(struct str name, enum role *role)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (!str_eq(name, str_from(roles[i].name)))
			continue;
		*role = (enum role)i;
		return true;
	}
	return false;
}

bool
theme_set(enum role role, struct str look, struct err *err)
{
	struct look new = { .given = look.n > 0, .foreground = COLOR_DEFAULT,
	    .background = COLOR_DEFAULT };
	short *next[] = { &new.foreground, &new.background };
	size_t colour = 0;
	struct str word;

	while (str_split(&look, ' ', &word)) {
		if (word.n == 0 || read_attribute(word, &new.attributes))
			continue;
		if (colour == ARRAY_LEN(next) ||
		    !read_colour(word, next[colour++]))
			return err_set(err, "\"%.*s\" is no colour (red, 208, "
			    "#ff8700, default) and no attribute (bold, dim, "
			    "reverse, underline)", STR_ARG(str_sub(word, 0,
			    40)));
	}
	looks[role] = new;
	open_own(role);
	return true;
}
