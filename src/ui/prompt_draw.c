/* SPDX-License-Identifier: MIT */
/* How the prompt looks: its line, what the status bar says, the menu. */
#include "prompt.h"

#include <inttypes.h>

#include "command.h"
#include "complete.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

#define MENU_ROWS	8
#define KEY_ROWS	16		/* a menu of keys has them all */

static const char *const labels[] = {
	[PROMPT_NONE] = "", [PROMPT_FILTER] = "filter: ",
	[PROMPT_INTERCEPT] = "hold: ", [PROMPT_SEARCH] = "/",
	[PROMPT_COMMAND] = ":", [PROMPT_SAVE] = "save as HAR: ",
	[PROMPT_START] = "edit: ", [PROMPT_NOTE] = "note: ",
	[PROMPT_NAME] = "name: ", [PROMPT_VALUE] = "value: ",
	[PROMPT_ASK] = "", [PROMPT_MENU] = "",
	[PROMPT_KEY] = "the key to describe: ",
};

void
prompt_status(const struct prompt *p, struct buf *out)
{
	const struct ui *ui = p->ui;

	switch (p->kind) {
	case PROMPT_FILTER:
		buf_printf(out, "%zu of %zu match%s   Enter keeps it, Escape "
		    "goes back", flow_view_count(ui->view),
		    ui->setup.list->total,
		    flow_view_is_busy(ui->view) ? " .." : "");
		break;
	case PROMPT_INTERCEPT:
		if (p->of > 0)
			buf_printf(out, "would hold %zu of the last %zu",
			    p->matches, p->of);
		else
			buf_put(out, STR("HOLD"));
		break;
	case PROMPT_SEARCH:
		buf_put(out, STR("SEARCH   n next  N previous, after Enter"));
		break;
	case PROMPT_COMMAND:
		buf_put(out, prompt_offer(p) > 0 ? STR("COMMAND   Enter runs the "
		    "first, Tab completes") : STR("COMMAND   Tab completes"));
		break;
	case PROMPT_SAVE:
		buf_printf(out, "SAVE %zu flows", flow_view_count(ui->view));
		break;
	case PROMPT_START:
		buf_printf(out, "EDIT #%" PRIu64 "   Enter keeps it, Escape "
		    "goes back", p->flow);
		break;
	case PROMPT_NOTE:
		buf_printf(out, "NOTE on #%" PRIu64 "   an empty one goes",
		    p->flow);
		break;
	case PROMPT_NAME:
	case PROMPT_VALUE:
		buf_put(out, STR("EDIT   Enter keeps it, Tab goes on to the "
		    "next, Escape goes back"));
		break;
	case PROMPT_MENU:
		if (p->menu == KEY_EXPORT)
			command_export_status(ui, out);
		else
			buf_put(out, STR("one more key   Escape goes back"));
		break;
	case PROMPT_KEY:
		buf_put(out, STR("press a key: it is described, not run"));
		break;
	case PROMPT_ASK:
	case PROMPT_NONE:
		break;
	}
}

/* The part of the line that is shown; keeps the cursor in sight. */
static struct str
visible(const struct prompt *p, int room, int *cursor)
{
	struct str text = line_edit_text(&p->line);
	struct str before = str_sub(text, 0, p->line.at);
	size_t cells = utf8_cells(before), skip;

	if (room < 1)
		room = 1;
	if (cells < (size_t)room) {
		*cursor = (int)cells;
		return text;
	}
	before = utf8_fit_end(before, (size_t)room - 1);
	skip = p->line.at - before.n;
	*cursor = (int)utf8_cells(before);
	return str_skip(text, skip);
}

static struct str
label(const struct prompt *p)
{
	if (p->kind == PROMPT_MENU)
		return str_from(keymap_menu_name(p->menu));
	return str_from(labels[p->kind]);
}

bool
prompt_mistake(const struct prompt *p, int *column)
{
	struct str text = line_edit_text(&p->line);

	if (p->kind == PROMPT_NONE || !p->bad)
		return false;
	*column = (int)label(p).n +
	    (int)utf8_cells(str_sub(text, 0, p->bad_at));
	return true;
}

void
prompt_draw(const struct prompt *p, const struct pane *pane, int y)
{
	int x, cursor = 0;
	struct str text;

	pane_fill(pane, y, ROLE_TEXT);
	if (p->kind == PROMPT_ASK) {
		x = pane_put(pane, y, 0, ROLE_WARNING, str_from(p->question));
		x = pane_put(pane, y, x, ROLE_TEXT, p->choice_made != NULL ?
		    STR(" ") : STR(" (y/n) "));
		pane_cursor(pane, y, x);
		return;
	}
	x = pane_put(pane, y, 0, ROLE_TITLE, label(p));
	text = visible(p, pane->cols - x, &cursor);
	pane_put(pane, y, x, p->bad ? ROLE_ERROR : ROLE_TEXT, text);
	pane_cursor(pane, y, x + cursor);
}

void
prompt_draw_menu(const struct prompt *p, const struct pane *view)
{
	struct candidate *list = mem_array(NULL, COMPLETE_MAX, sizeof(*list));
	size_t from, n = prompt_candidates(p, list, &from), first = 0;
	size_t most = p->kind == PROMPT_MENU ? KEY_ROWS : MENU_ROWS;
	size_t rows = n < most ? n : most;
	/* The names of keys are short. */
	int cells = p->kind == PROMPT_MENU ? 6 : 18;

	if (rows >= (size_t)view->rows)
		rows = view->rows > 1 ? (size_t)view->rows - 1 : 0;
	if (p->choice > rows)
		first = p->choice - rows;
	for (size_t i = 0; i < rows; i++) {
		const struct candidate *c = &list[first + i];
		int y = view->rows - (int)rows + (int)i;
		int aside = pane_width(str_from(c->aside), 32);

		pane_fill(view, y, ROLE_TEXT);
		pane_put(view, y, 0, ROLE_DIM, pane_glyph(GLYPH_BAR));
		pane_cell(view, y, 2, cells, ROLE_HINT_KEY, str_from(c->text),
		    false);
		pane_cell(view, y, 3 + cells, view->cols - 3 - cells - aside -
		    2, ROLE_TEXT, str_from(c->help), false);
		pane_put(view, y, view->cols - aside - 1, ROLE_DIM,
		    str_from(c->aside));
		if (first + i + 1 == (p->choice > 0 ? p->choice :
		    prompt_offer(p)))
			pane_reverse(view, y);
	}
	free(list);
}
