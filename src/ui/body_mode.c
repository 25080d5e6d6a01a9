/* SPDX-License-Identifier: MIT */
/* The ways to show a body by name, and in which order t goes through them. */
#include "view_body.h"

static const char *const mode_names[] = {
	[BODY_PRETTY] = "pretty", [BODY_RAW] = "raw", [BODY_HEX] = "hex"
};

const char *
body_mode_name(enum body_mode mode)
{
	if (mode >= BODY_AS)
		return body_kind_name((enum body_kind)(mode - BODY_AS));
	return mode_names[mode];
}

enum body_mode
body_mode_next(enum body_mode mode)
{
	return mode == BODY_HEX ? BODY_PRETTY : mode == BODY_RAW ? BODY_HEX :
	    BODY_RAW;
}

bool
body_mode_parse(struct str text, enum body_mode *mode)
{
	for (unsigned i = 0; i < BODY_AS + KIND_BINARY; i++)
		if (str_eq(text, str_from(body_mode_name(i)))) {
			*mode = i;
			return true;
		}
	return false;
}
