/* SPDX-License-Identifier: MIT */
/* Title and bell; nothing in the title comes from the network. */
#include "attention.h"

#include <stdio.h>
#include <string.h>

#include "console.h"

#define TITLE_EVERY	1.0

static void
ring(struct ui *ui)
{
	const char *how = option_str(ui->setup.options, OPTION_BELL);

	if (strcmp(how, "on") == 0 && !ui->attention.focused)
		term_bell(ui->term);
	else if (strcmp(how, "visual") == 0)
		ui_message(ui, ROLE_HELD, "something is held");
}

static void
format(const struct ui *ui, char *out, size_t size)
{
	const struct proxy *proxy = ui->setup.proxy;
	const char *dot = pane_is_unicode() ? " · " : " - ";
	const char *bars = pane_is_unicode() ? "‖" : "=";
	size_t held = ui->setup.gate->held;
	int n = snprintf(out, size, "sluice %s%s%zu",
	    proxy_listeners(proxy) > 0 ? proxy_address(proxy, 0) : "", dot,
	    ui->setup.list->total);

	if (held > 0 && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "%s%s%zu", dot, bars,
		    held);
}

static bool
set_title(struct ui *ui)
{
	struct attention *a = &ui->attention;
	double now = ev_now(ui->setup.loop);
	char title[sizeof(a->title)];

	if (!option_bool(ui->setup.options, OPTION_TITLE))
		return false;
	format(ui, title, sizeof(title));
	if (strcmp(title, a->title) == 0)
		return false;
	if (now >= a->titled && now - a->titled < TITLE_EVERY)
		return true;
	memcpy(a->title, title, sizeof(title));
	a->titled = now;
	term_title(ui->term, str_from(title));
	return false;
}

bool
attention_paint(struct ui *ui)
{
	struct attention *a = &ui->attention;
	size_t held = ui->setup.gate->held;

	if (held > 0 && a->held == 0)
		ring(ui);
	a->held = held;
	a->stale = set_title(ui);
	return a->stale;
}

void
attention_focus(struct ui *ui, bool focused)
{
	ui->attention.focused = focused;
}

void
attention_title(struct ui *ui)
{
	ui->attention.title[0] = '\0';
	ui->attention.titled = 0;
	term_titled(ui->term, option_bool(ui->setup.options, OPTION_TITLE));
}
