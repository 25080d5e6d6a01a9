/* SPDX-License-Identifier: MIT */
/* The notes tab: what the user wrote on a flow, and where it comes from. */
#include "tabs.h"

#include <inttypes.h>

static void
put_origin(struct sheet *s, const struct flow *f)
{
	const char *what = f->draft ? "a draft, not sent yet" : f->replayed ?
	    "sent by sluice" : "sent by a client";
	size_t x;

	sheet_row(s);
	x = sheet_printf(s, 0, ROLE_DIM, "#%" PRIu64 " ", f->id);
	x = sheet_put(s, x, ROLE_TEXT, str_from(what));
	if (f->parent != 0)
		x = sheet_printf(s, x, ROLE_REPLAYED, ", from #%" PRIu64,
		    f->parent);
	if (f->edited)
		x = sheet_put(s, x, ROLE_EDITED, STR(", edited by you"));
	if (f->request.exact)
		x = sheet_put(s, x, ROLE_EDITED, STR(", exact bytes"));
	if (f->dropped)
		x = sheet_put(s, x, ROLE_DROPPED, STR(", dropped by you"));
	if (f->marked)
		sheet_put(s, x, ROLE_MARK, STR(", marked"));
}

void
tab_notes(struct sheet *s, const struct flow *f, size_t cols)
{
	struct str text = str_from(f->note), line;

	put_origin(s, f);
	sheet_row(s);
	if (text.n == 0) {
		sheet_row(s);
		sheet_put(s, 0, ROLE_DIM, STR("there is no note on it"));
		return;
	}
	while (str_split(&text, '\n', &line)) {
		sheet_row(s);
		sheet_wrap(s, 0, cols, ROLE_TEXT, line);
	}
}
