/* SPDX-License-Identifier: MIT */
/* What the console hears of: flows, rows, settings, the log. */
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "rate.h"
#include "tls_advice.h"

/* Trouble with TLS mostly waits for somebody to do something. */
static void
advise(struct ui *ui, const struct flow *f)
{
	char text[MESSAGE_MAX];

	/* Once: the next time the proxy itself has something to suggest. */
	if (f->state != FLOW_FAILED || !tls_advice_say(f, ui->keymap, text,
	    sizeof(text)) || strcmp(text, ui->advised) == 0)
		return;
	(void)snprintf(ui->advised, sizeof(ui->advised), "%s", text);
	log_write(LOG_WARNING, "%s", text);
}

static void
flow_added(struct flow_observer *o, struct flow *f)
{
	struct ui *ui = container_of(o, struct ui, flows);

	advise(ui, f);
	rate_add(&ui->rate, ev_now(ui->setup.loop));
	screen_dirty(&ui->screen, false);
}

static void
flow_changed(struct flow_observer *o, struct flow *f, unsigned parts)
{
	struct ui *ui = container_of(o, struct ui, flows);

	if (parts & FLOW_PART_STATE)
		advise(ui, f);
	screen_flow_changed(&ui->screen, f, parts);
}

static void
flow_removed(struct flow_observer *o, struct flow *f)
{
	struct ui *ui = container_of(o, struct ui, flows);

	screen_flow_removed(&ui->screen, f);
}

static void
flows_cleared(struct flow_observer *o)
{
	screen_dirty(&container_of(o, struct ui, flows)->screen, false);
}

static const struct flow_observer_ops flow_ops = {
	.added = flow_added,
	.changed = flow_changed,
	.removed = flow_removed,
	.cleared = flows_cleared,
};

static void
rows_changed(struct flow_view_observer *o)
{
	struct ui *ui = container_of(o, struct ui, rows);

	if (flow_view_is_busy(ui->view))
		ui_work(ui);
	screen_dirty(&ui->screen, false);
}

static void
setting_changed(struct option_observer *o, enum option_id id)
{
	ui_apply_option(container_of(o, struct ui, settings), id);
}

static void
logged(struct log_observer *o, const struct log_record *r)
{
	struct ui *ui = container_of(o, struct ui, log);

	if (r->level == LOG_WARNING || r->level == LOG_ERROR)
		toast_show(ui, r->level, r->text);
	screen_dirty(&ui->screen, false);
}

void
ui_observe(struct ui *ui)
{
	ui->flows.ops = &flow_ops;
	ui->rows.changed = rows_changed;
	ui->settings.changed = setting_changed;
	ui->log.logged = logged;
	flow_list_observe(ui->setup.list, &ui->flows);
	flow_view_observe(ui->view, &ui->rows);
	option_observe(ui->setup.options, &ui->settings);
	log_observe(&ui->log);
}

void
ui_unobserve(struct ui *ui)
{
	log_unobserve(&ui->log);
	option_unobserve(&ui->settings);
	flow_view_unobserve(&ui->rows);
	flow_list_unobserve(&ui->flows);
}
