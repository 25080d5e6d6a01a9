/* SPDX-License-Identifier: MIT */
/* One toast at a time; the log has them all. */
#include "toast.h"

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "console.h"

#define FADE		8.0
/* Enter was meant for what stood there before. */
#define SETTLED		0.5

bool
toast_is_shown(const struct toast *t)
{
	return t->text[0] != '\0';
}

bool
toast_is_fading(const struct toast *t)
{
	return toast_is_shown(t) && t->until > 0;
}

void
toast_show(struct ui *ui, enum log_level level, const char *text)
{
	struct toast *t = &ui->toast;
	double now = ev_now(ui->setup.loop);

	if (toast_is_shown(t) && strncmp(t->text, text,
	    sizeof(t->text) - 1) == 0) {
		t->times++;
	} else if (toast_is_shown(t) && level < t->level) {
		return;
	} else {
		*t = (struct toast){ .times = 1, .since = now };
		snprintf(t->text, sizeof(t->text), "%s", text);
	}
	t->level = level;
	t->until = level == LOG_ERROR ? 0 : now + FADE;
	screen_dirty(&ui->screen, false);
}

void
toast_fade(struct toast *t, double now)
{
	if (toast_is_fading(t) && now >= t->until)
		t->text[0] = '\0';
}

bool
toast_key(struct ui *ui, bool enter)
{
	struct toast *t = &ui->toast;
	bool opens = toast_is_shown(t) && enter && t->level == LOG_ERROR &&
	    ev_now(ui->setup.loop) - t->since >= SETTLED;

	if (!toast_is_shown(t))
		return false;
	if (t->level == LOG_ERROR || opens)
		t->text[0] = '\0';
	ui_dirty(ui);
	return opens;
}

void
toast_draw(struct ui *ui, const struct pane *p, int y)
{
	const struct toast *t = &ui->toast;
	bool is_error = t->level == LOG_ERROR;
	enum role role = is_error ? ROLE_ERROR : ROLE_WARNING;
	char tail[128], key[KEYMAP_KEY_MAX], times[24] = "";
	int width;

	keymap_key(ui->keymap, view_context(screen_top(&ui->screen)),
	    command_row(COMMAND_LOG)->name, pane_is_unicode(), key);
	if (t->times > 1)
		snprintf(times, sizeof(times), " (%s%u)",
		    pane_is_unicode() ? "×" : "x", t->times);
	snprintf(tail, sizeof(tail), "%s  %s log", times, is_error ?
	    pane_is_unicode() ? "⏎" : "Enter" : key);
	width = pane_width(str_from(tail), 60);
	pane_fill(p, y, ROLE_TEXT);
	pane_put(p, y, 0, role, is_error ? STR("E") : STR("W"));
	if (p->cols < width + 20)
		width = 0;
	pane_cell(p, y, 2, p->cols - 2 - width, role, str_from(t->text),
	    false);
	if (width > 0)
		pane_put(p, y, p->cols - width, ROLE_HINT, str_from(tail));
}
