/* SPDX-License-Identifier: MIT */
/*
 * Brings the console up and down, and connects its parts: keys to commands,
 * changes of flows, settings and log to what is shown.
 */
#include "sluice/ui/ui.h"

#include <assert.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "command.h"
#include "console.h"
#include "rcfile.h"
#include "sluice/base/mem.h"
#include "sluice/format/har.h"
#include "view_list.h"

#define TICK		0.25
#define FADE		4.0		/* messages; warnings twice that */
#define FILTER_SLICE	3000		/* µs */
#define COUNT_MAX	10000000u

void
ui_dirty(struct ui *ui)
{
	screen_dirty(&ui->screen, true);
}

static void
show_message(struct ui *ui, enum role role, const char *text)
{
	snprintf(ui->message, sizeof(ui->message), "%.*s", MESSAGE_MAX - 1,
	    text);
	ui->message_role = role;
	ui->message_until = 0;
	if (role != ROLE_ERROR)
		ui->message_until = ev_now(ui->setup.loop) +
		    (role == ROLE_WARNING ? 2 * FADE : FADE);
	ui_dirty(ui);
}

void
ui_message(struct ui *ui, enum role role, const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* What does not fit may be the name of a file with the user's work. */
	if ((role == ROLE_WARNING || role == ROLE_ERROR) && ui->term != NULL &&
	    pane_width(str_from(text), sizeof(text)) > term_cols(ui->term))
		log_write(LOG_INFO, "%s", text);
	show_message(ui, role, text);
}

struct flow *
ui_focus(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);
	struct flow *f = v->ops->focus != NULL ? v->ops->focus(v) : NULL;

	if (f == NULL)
		ui_message(ui, ROLE_MESSAGE, "there is no flow here");
	return f;
}

struct view *
ui_list(const struct ui *ui)
{
	return list_entry(ui->screen.views.next, struct view, link);
}

void
ui_select(struct ui *ui, const struct flow *f)
{
	struct view *v = ui_list(ui);

	if (view_list_select(v, f) && v == screen_top(&ui->screen))
		view_list_follow(v, false);
	ui_dirty(ui);
}

void
ui_lend(struct ui *ui)
{
	ui->screen.off = true;
	input_pause(ui->input);
	term_lend(ui->term);
}

void
ui_take(struct ui *ui)
{
	term_take(ui->term);
	input_resume(ui->input);
	ui->screen.off = false;
	ui_dirty(ui);
}

static void
quit_answer(struct ui *ui, bool yes)
{
	if (yes)
		ev_break(ui->setup.loop, EVBREAK_ALL);
}

static void
quit_choice(struct ui *ui, char key)
{
	if (key == 0)
		return;
	gate_set_on(ui->setup.gate, false);
	gate_release_all(ui->setup.gate, key == 'd' ? VERDICT_DROP :
	    VERDICT_FORWARD);
	ev_break(ui->setup.loop, EVBREAK_ALL);
}

void
ui_quit(struct ui *ui, bool ask)
{
	size_t held = ui->setup.gate->held;

	if (ask && ui->saver.writer != NULL)
		prompt_ask(ui, quit_answer, "A file is being saved. Quit?");
	else if (ask && held > 0)
		prompt_choose(ui, quit_choice, "ryd", "%zu held. Quit?  "
		    "r resumes all, d drops all, Esc stays", held);
	else
		ev_break(ui->setup.loop, EVBREAK_ALL);
}

/* Keys. */

static bool
count_digit(struct ui *ui, uint32_t k)
{
	if (k < '0' || k > '9' || (k == '0' && ui->count == 0))
		return false;
	ui->count = ui->count * 10 + (k - '0');
	if (ui->count > COUNT_MAX)
		ui->count = COUNT_MAX;
	ui_message(ui, ROLE_MESSAGE, "%u  times, or G: go there", ui->count);
	return true;
}

static void
run_key(struct ui *ui, uint32_t k)
{
	const struct view *v = screen_top(&ui->screen);
	const char *line = keymap_find(ui->keymap, view_context(v), k);
	char name[KEY_NAME_MAX];

	if (line == NULL) {
		key_format(k, name);
		ui_message(ui, ROLE_MESSAGE, "%s does nothing here; "
		    "? shows what keys do", name);
	} else {
		/* The command may bind the key anew. */
		char *copy = mem_strdup(line);

		ui->key = k;
		command_run(ui, str_from(copy));
		ui->key = KEY_CODE_NONE;
		free(copy);
	}
	ui->count = 0;
}

static void
key_pressed(struct ui *ui, uint32_t k)
{
	if (ui->message[0] != '\0') {
		ui->message[0] = '\0';
		ui_dirty(ui);
	}
	if (prompt_is_open(&ui->prompt))
		prompt_key(&ui->prompt, k);
	else if (toast_key(ui, k == KEY_CODE_ENTER))
		command_log(ui, STR(""));
	else if (!count_digit(ui, k))
		run_key(ui, k);
}

static void
pasted(struct ui *ui, struct str text)
{
	if (prompt_is_open(&ui->prompt))
		prompt_paste(&ui->prompt, text);
	else
		ui_message(ui, ROLE_WARNING,
		    "the paste was ignored; f or : first");
}

static void
hung_up(struct ui *ui)
{
	ev_break(ui->setup.loop, EVBREAK_ALL);
}

static void
answered(struct ui *ui, struct str text)
{
	if (term_take_answer(ui->term, text)) {
		term_redraw(ui->term);
		ui_dirty(ui);
	}
}

static const struct input_ops input_ops = {
	.key = key_pressed,
	.paste = pasted,
	.click = mouse_clicked,
	.wheel = mouse_wheel,
	.focus = attention_focus,
	.answer = answered,
	.hangup = hung_up,
};

/* Time. */

static bool
is_fading(const struct ui *ui)
{
	return (ui->message[0] != '\0' && ui->message_until > 0) ||
	    toast_is_fading(&ui->toast);
}

/* The rate is shown: it must fall to nothing when nothing comes. */
static bool
counts_down(const struct ui *ui)
{
	double now = ev_now(ui->setup.loop);

	return rate_of(&ui->rate, now) > 0 || rate_of(&ui->rate, now + 1) > 0;
}

void
ui_tick(struct ui *ui)
{
	const struct flow_list *l = ui->setup.list;
	bool untitled = attention_paint(ui);

	if (l->count[FLOW_ACTIVE] + l->count[FLOW_HELD] > 0 ||
	    is_fading(ui) || untitled || counts_down(ui)) {
		if (!ev_is_active(&ui->tick))
			ev_timer_again(ui->setup.loop, &ui->tick);
	} else {
		ev_timer_stop(ui->setup.loop, &ui->tick);
	}
}

static void
tick_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct ui *ui = container_of(w, struct ui, tick);

	(void)revents;
	if (ui->message_until > 0 && ev_now(loop) >= ui->message_until)
		ui->message[0] = '\0';
	toast_fade(&ui->toast, ev_now(loop));
	screen_dirty(&ui->screen, false);
}

static void
working_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct ui *ui = container_of(w, struct ui, working);

	(void)revents;
	if (!errand_work(ui) && flow_view_work(ui->view, FILTER_SLICE))
		ev_idle_stop(loop, w);
	screen_dirty(&ui->screen, false);
}

void
ui_work(struct ui *ui)
{
	ev_idle_start(ui->setup.loop, &ui->working);
}

static void
resized_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct ui *ui = container_of(w, struct ui, resized);

	(void)loop;
	(void)revents;
	if (ui->screen.off)
		return;
	/* It may have been smaller meanwhile, and have lost what it showed. */
	if (!term_resize(ui->term))
		term_redraw(ui->term);
	ui_dirty(ui);
}

/* Stopped and continued by somebody else: the modes may have changed. */
static void
continued_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct ui *ui = container_of(w, struct ui, continued);

	(void)loop;
	(void)revents;
	if (ui->screen.off)
		return;
	term_take(ui->term);
	ui_dirty(ui);
}

/* C-z is a key; this came from outside. */
static void
suspended_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct ui *ui = container_of(w, struct ui, suspended);

	(void)loop;
	(void)revents;
	/* While the terminal is lent there is nothing to give back. */
	if (ui->screen.off)
		raise(SIGSTOP);
	else
		command_suspend(ui, STR(""));
}

/* Up and down. */

static bool
check_filter(const struct ui_setup *setup, enum option_id id, struct err *err)
{
	struct str text = str_from(option_str(setup->options, id));
	size_t at;
	struct filter *filter = filter_parse_named(setup->names, text, err,
	    &at);

	if (filter == NULL)
		return err_wrap(err, "--%s, at character %zu",
		    option_row(id)->name, at + 1);
	filter_free(filter);
	return true;
}

static void
start_watchers(struct ui *ui)
{
	struct ev_loop *loop = ui->setup.loop;

	ev_idle_init(&ui->working, working_cb);
	ev_timer_init(&ui->tick, tick_cb, TICK, TICK);
	ev_signal_init(&ui->resized, resized_cb, SIGWINCH);
	ev_signal_init(&ui->continued, continued_cb, SIGCONT);
	ev_signal_init(&ui->suspended, suspended_cb, SIGTSTP);
	ev_signal_start(loop, &ui->resized);
	ev_signal_start(loop, &ui->suspended);
	ev_signal_start(loop, &ui->continued);
}

struct ui *
ui_new(const struct ui_setup *setup, struct err *err)
{
	struct ui *ui;
	struct term *term;

	if (!check_filter(setup, OPTION_FILTER, err) ||
	    !check_filter(setup, OPTION_INTERCEPT, err))
		return NULL;
	term = term_new(option_str(setup->options, OPTION_COLOR),
	    option_str(setup->options, OPTION_BACKGROUND), err);
	if (term == NULL)
		return NULL;
	ui = NEW(struct ui);
	ui->setup = *setup;
	ui->term = term;
	ui->input = input_new(setup->loop, term_fd(term), &input_ops, ui, err);
	if (ui->input == NULL) {
		term_free(term);
		free(ui);
		return NULL;
	}
	if (term_ask_background(term))
		input_expect_answer(ui->input);
	ui->keymap = keymap_new();
	ui->view = flow_view_new(setup->list);
	screen_init(&ui->screen, ui);
	prompt_init(&ui->prompt, ui, setup->state_dir);
	editor_init(&ui->editor, ui);
	saver_init(&ui->saver, ui);
	clipboard_init(&ui->clipboard, ui);
	body_out_init(&ui->out, ui);
	start_watchers(ui);
	screen_push(&ui->screen, view_list_new(ui));
	ui_observe(ui);
	ui_apply_option(ui, OPTION_FILTER);
	ui_apply_option(ui, OPTION_INTERCEPT);
	ui_apply_option(ui, OPTION_MOUSE);
	ui_apply_option(ui, OPTION_READER);
	ui_apply_option(ui, OPTION_ESCDELAY);
	ui_apply_option(ui, OPTION_COLUMNS);
	ui_apply_option(ui, OPTION_TITLE);
	ui_load_columns(ui);
	if (setup->rc_path != NULL)
		rcfile_run(ui, setup->rc_path);
	return ui;
}

void
ui_free(struct ui *ui)
{
	struct ev_loop *loop;

	if (ui == NULL)
		return;
	loop = ui->setup.loop;
	ui_unobserve(ui);
	ev_signal_stop(loop, &ui->continued);
	ev_signal_stop(loop, &ui->resized);
	ev_signal_stop(loop, &ui->suspended);
	ev_timer_stop(loop, &ui->tick);
	ev_idle_stop(loop, &ui->working);
	errand_abandon(ui);
	saver_fini(&ui->saver);
	clipboard_fini(&ui->clipboard);
	highlight_fini(&ui->highlight);
	body_out_fini(&ui->out);
	editor_fini(&ui->editor);
	prompt_fini(&ui->prompt);
	screen_fini(&ui->screen);
	flow_view_free(ui->view);
	keymap_free(ui->keymap);
	input_free(ui->input);
	term_free(ui->term);
	free(ui);
}

bool
ui_save_har(struct ui *ui, const char *path, struct err *err)
{
	struct har_writer *w = har_begin(path, err);

	if (w == NULL)
		return false;
	while (!flow_view_work(ui->view, FILTER_SLICE))
		continue;
	for (size_t i = 0; i < flow_view_count(ui->view); i++) {
		if (!har_add(w, flow_view_at(ui->view, i), err)) {
			har_abandon(w);
			return false;
		}
	}
	return har_finish(w, err);
}
