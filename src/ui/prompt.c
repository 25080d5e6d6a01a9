/* SPDX-License-Identifier: MIT */
/*
 * The prompt's keys and what each kind does with the line: while it is typed
 * (preview), on Enter, on Escape.
 */
#include "prompt.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "command.h"
#include "complete.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"
#include "view_list.h"

#define PREVIEW_FLOWS	1000u		/* looked at for "would hold" */

/* Letters in the history; 0: not kept. */
static const char letters[] = {
	[PROMPT_NONE] = 0, [PROMPT_FILTER] = 'f', [PROMPT_INTERCEPT] = 'i',
	[PROMPT_SEARCH] = '/', [PROMPT_COMMAND] = ':', [PROMPT_SAVE] = 's',
	[PROMPT_START] = 'u', [PROMPT_NOTE] = 'n', [PROMPT_ASK] = 0,
	[PROMPT_MENU] = 0, [PROMPT_KEY] = 0,
};

static void
set_string(char **field, const char *value)
{
	char *copy = value != NULL ? mem_strdup(value) : NULL;

	free(*field);
	*field = copy;
}

void
prompt_init(struct prompt *p, struct ui *ui, const char *state_dir)
{
	*p = (struct prompt){ .ui = ui, .kind = PROMPT_NONE };
	line_edit_init(&p->line);
	history_init(&p->history, state_dir);
}

void
prompt_fini(struct prompt *p)
{
	line_edit_fini(&p->line);
	history_fini(&p->history);
	set_string(&p->typed, NULL);
	set_string(&p->first, NULL);
	set_string(&p->before, NULL);
	set_string(&p->stem, NULL);
}

bool
prompt_is_open(const struct prompt *p)
{
	return p->kind != PROMPT_NONE;
}

static void
close_prompt(struct prompt *p)
{
	p->kind = PROMPT_NONE;
	p->bad = false;
	p->choice = p->back = 0;
	line_edit_set(&p->line, STR(""));
	ui_dirty(p->ui);
}

/* The list's filter as a preview: the option keeps the old one. */
static void
show_filter(struct ui *ui, struct filter *filter, bool on)
{
	flow_view_set_filter(ui->view, filter);
	flow_view_enable(ui->view, on);
}

static void
preview_hold(struct prompt *p, const struct filter *filter)
{
	const struct flow_list *l = p->ui->setup.list;
	const struct flow *f = NULL;

	p->matches = p->of = 0;
	/* Bodies may be long: no preview then. */
	if (filter_needs_body(filter))
		return;
	while (p->of < PREVIEW_FLOWS) {
		f = flow_list_prev(l, f);
		if (f == NULL)
			break;
		p->of++;
		p->matches += filter_match(filter, f);
	}
}

static void
preview_filter(struct prompt *p)
{
	struct str text = str_trim(line_edit_text(&p->line));
	struct filter *filter = filter_parse(line_edit_text(&p->line), &p->err,
	    &p->bad_at);

	p->bad = filter == NULL;
	if (p->bad)
		return;
	if (p->kind == PROMPT_INTERCEPT) {
		preview_hold(p, filter);
		filter_free(filter);
		return;
	}
	if (text.n == 0) {
		filter_free(filter);
		filter = NULL;
	}
	show_filter(p->ui, filter, true);
}

void
prompt_no_match(struct prompt *p)
{
	p->bad = true;
	p->bad_at = 0;
	err_set(&p->err, "no match");
	ui_dirty(p->ui);
}

static void
preview_search(struct prompt *p)
{
	struct view *v = screen_top(&p->ui->screen);

	if (v->ops->find == NULL)
		return;
	search_set(&p->ui->search, line_edit_text(&p->line));
	scroll_to(&v->scroll, p->scroll_before.cursor);
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	p->bad = false;
	if (p->ui->search.text[0] != '\0' &&
	    !v->ops->find(v, &p->ui->search, 1, true))
		prompt_no_match(p);
}

static void
changed(struct prompt *p)
{
	if (p->kind == PROMPT_FILTER || p->kind == PROMPT_INTERCEPT)
		preview_filter(p);
	else if (p->kind == PROMPT_SEARCH)
		preview_search(p);
	else
		p->bad = false;
	ui_dirty(p->ui);
}

void
prompt_open(struct ui *ui, enum prompt_kind kind, struct str text)
{
	struct prompt *p = &ui->prompt;
	struct view *v = screen_top(&ui->screen);
	const struct filter *filter = flow_view_filter(ui->view);
	char *first = str_dup(text);

	assert(kind != PROMPT_NONE && kind != PROMPT_ASK);
	p->kind = kind;
	p->bad = false;
	p->back = p->choice = 0;
	p->matches = p->of = 0;
	p->scroll_before = v->scroll;
	p->followed = v->ops->context == KEY_LIST && view_list_follows(v);
	set_string(&p->before, filter != NULL ? filter_text(filter) : NULL);
	p->before_on = flow_view_is_enabled(ui->view);
	set_string(&p->first, first);
	free(first);
	line_edit_set(&p->line, str_from(p->first));
	if (kind == PROMPT_FILTER || kind == PROMPT_INTERCEPT)
		changed(p);
	ui_dirty(ui);
}

static void
ask(struct prompt *p, const char *fmt, va_list ap)
{
	vsnprintf(p->question, sizeof(p->question), fmt, ap);
	p->kind = PROMPT_ASK;
	p->answer = NULL;
	p->choice_made = NULL;
	p->bad = false;
	line_edit_set(&p->line, STR(""));
	ui_dirty(p->ui);
}

void
prompt_ask(struct ui *ui, prompt_answer_fn *answer, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ask(&ui->prompt, fmt, ap);
	va_end(ap);
	ui->prompt.answer = answer;
}

void
prompt_choose(struct ui *ui, prompt_choice_fn *made, const char *keys,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	ask(&ui->prompt, fmt, ap);
	va_end(ap);
	ui->prompt.choice_made = made;
	ui->prompt.keys = keys;
}

/* A prompt that has no line: one key, and it is over. */
static void
open_lineless(struct ui *ui, enum prompt_kind kind)
{
	struct prompt *p = &ui->prompt;

	p->kind = kind;
	p->bad = false;
	p->back = p->choice = 0;
	set_string(&p->first, NULL);
	line_edit_set(&p->line, STR(""));
	ui_dirty(ui);
}

void
prompt_menu(struct ui *ui, enum key_context menu)
{
	assert(keymap_menu_name(menu) != NULL);
	ui->prompt.menu = menu;
	open_lineless(ui, PROMPT_MENU);
}

void
prompt_describe(struct ui *ui)
{
	open_lineless(ui, PROMPT_KEY);
}

static void
keep(struct prompt *p)
{
	if (letters[p->kind] != 0)
		history_add(&p->history, letters[p->kind],
		    line_edit_text(&p->line));
}

static void
restore_filter(struct prompt *p)
{
	struct filter *filter = NULL;
	struct err err;
	size_t at;

	if (p->before != NULL)
		filter = filter_parse(str_from(p->before), &err, &at);
	show_filter(p->ui, filter, p->before_on);
}

static void
restore_search(struct prompt *p)
{
	struct view *v = screen_top(&p->ui->screen);

	search_set(&p->ui->search, STR(""));
	scroll_to(&v->scroll, p->scroll_before.cursor);
	if (v->scroll.text)
		v->scroll.offset = p->scroll_before.offset;
	if (v->ops->moved != NULL)
		v->ops->moved(v);
	if (p->followed)
		view_list_follow(v, true);
}

void
prompt_cancel(struct prompt *p)
{
	struct str text = line_edit_text(&p->line);

	/* What was typed is not lost: Up brings it back. */
	if (p->first != NULL && !str_eq(text, str_from(p->first)) &&
	    p->kind != PROMPT_ASK)
		keep(p);
	if (p->kind == PROMPT_FILTER)
		restore_filter(p);
	else if (p->kind == PROMPT_SEARCH)
		restore_search(p);
	close_prompt(p);
}

static void
accept_filter(struct prompt *p, struct str text)
{
	struct err err;
	size_t at;
	bool good;

	if (p->kind == PROMPT_FILTER)
		good = ui_set_filter(p->ui, text, &err, &at);
	else
		good = ui_set_intercept(p->ui, text, &err, &at);
	if (!good)
		ui_message(p->ui, ROLE_ERROR, "%s", err.text);
	else if (p->kind == PROMPT_INTERCEPT && text.n == 0)
		ui_message(p->ui, ROLE_MESSAGE, "nothing is held any more");
}

static void
accept_search(struct prompt *p, struct str text)
{
	search_set(&p->ui->search, text);
	if (p->bad)
		ui_message(p->ui, ROLE_WARNING, "\"%.*s\" does not occur",
		    STR_ARG(utf8_fit(text, 60)));
}

static void
accept(struct prompt *p)
{
	enum prompt_kind kind = p->kind;
	struct ui *ui = p->ui;
	char *line;

	if (p->bad && kind != PROMPT_SEARCH) {
		term_bell(ui->term);
		return;
	}
	keep(p);
	if (kind == PROMPT_START && !editor_put_start(ui, p->flow,
	    line_edit_text(&p->line), &p->err)) {
		p->bad = true;
		p->bad_at = 0;
		ui_dirty(ui);
		return;
	}
	line = str_dup(str_trim(line_edit_text(&p->line)));
	if (kind == PROMPT_FILTER || kind == PROMPT_INTERCEPT)
		accept_filter(p, str_from(line));
	else if (kind == PROMPT_SEARCH)
		accept_search(p, str_from(line));
	/* A command may open the next prompt. */
	close_prompt(p);
	if (kind == PROMPT_COMMAND) {
		command_run(ui, str_from(line));
	} else if (kind == PROMPT_NOTE) {
		command_note_set(ui, p->flow, str_from(line));
	} else if (kind == PROMPT_SAVE && line[0] != '\0') {
		command_save_har(ui, str_from(line));
	}
	free(line);
}

/* Up: lines that begin with what was typed; C-r: with it anywhere. */
static bool
is_wanted(const struct prompt *p, struct str line, bool anywhere)
{
	struct str typed = str_from(p->typed);

	/* What the prompt opened with was not typed. */
	if (p->first != NULL && str_eq(typed, str_from(p->first)))
		return true;
	return anywhere ? str_find_nocase(line, typed) != SIZE_MAX :
	    str_starts(line, typed);
}

static void
recall(struct prompt *p, int direction, bool anywhere)
{
	char letter = letters[p->kind];
	size_t back = p->back;
	struct str line;
	char *now;

	if (letter == 0 || (direction < 0 && p->back == 0))
		return;
	if (p->back == 0) {
		now = str_dup(line_edit_text(&p->line));
		set_string(&p->typed, now);
		free(now);
	}
	do {
		back += direction > 0 ? 1 : (size_t)-1;
		line = back == 0 ? str_from(p->typed) :
		    history_get(&p->history, letter, back);
		if (line.p == NULL) {
			term_bell(p->ui->term);
			return;
		}
	} while (back > 0 && !is_wanted(p, line, anywhere));
	p->back = back;
	line_edit_set(&p->line, line);
	changed(p);
}

size_t
prompt_candidates(const struct prompt *p, struct candidate *out, size_t *from)
{
	struct str text = line_edit_text(&p->line);

	if (p->kind == PROMPT_ASK || p->line.at != text.n)
		return 0;
	if (p->choice > 0)
		text = str_from(p->stem);
	return complete_find(p->ui, p->kind, text, out, from);
}

static void
complete(struct prompt *p, int direction)
{
	struct candidate *list = mem_array(NULL, COMPLETE_MAX, sizeof(*list));
	size_t from, n = prompt_candidates(p, list, &from);
	struct buf line;

	if (n > 0) {
		if (p->choice == 0) {
			char *now = str_dup(line_edit_text(&p->line));

			set_string(&p->stem, now);
			free(now);
		}
		p->choice = direction > 0 ? p->choice % n + 1 :
		    (p->choice <= 1 ? n : p->choice - 1);
		buf_init(&line, LINE_EDIT_MAX + sizeof(list->text));
		buf_put(&line, str_sub(str_from(p->stem), 0, from));
		buf_put(&line, str_from(list[p->choice - 1].text));
		line_edit_set(&p->line, buf_str(&line));
		buf_fini(&line);
		changed(p);
	}
	free(list);
}

static void
answer(struct prompt *p, uint32_t k)
{
	prompt_answer_fn *tell = p->answer;
	prompt_choice_fn *made = p->choice_made;

	close_prompt(p);
	if (made != NULL)
		made(p->ui, k > ' ' && k < 0x7f &&
		    strchr(p->keys, (int)k) != NULL ? (char)k : 0);
	else
		tell(p->ui, k == 'y' || k == 'Y');
}

/* A key that means nothing leaves the menu open: it says what there is. */
static void
choose(struct prompt *p, uint32_t k)
{
	struct ui *ui = p->ui;
	const char *line = keymap_find(ui->keymap, p->menu, k);

	if (line != NULL) {
		/* The command may bind the key anew. */
		char *copy = mem_strdup(line);

		close_prompt(p);
		command_run(ui, str_from(copy));
		free(copy);
	} else if (k == KEY_CODE_ESCAPE || k == (KEY_CTRL | 'c') ||
	    k == (KEY_CTRL | 'g')) {
		close_prompt(p);
	} else {
		term_bell(ui->term);
	}
}

static void
edit(struct prompt *p, uint32_t k)
{
	bool was_empty = line_edit_text(&p->line).n == 0;

	if (was_empty && k == KEY_CODE_BACKSPACE &&
	    (p->kind == PROMPT_COMMAND || p->kind == PROMPT_SEARCH)) {
		prompt_cancel(p);
		return;
	}
	if (!line_edit_key(&p->line, k))
		return;
	p->choice = p->back = 0;
	changed(p);
}

void
prompt_key(struct prompt *p, uint32_t k)
{
	assert(prompt_is_open(p));
	if (p->kind == PROMPT_ASK) {
		answer(p, k);
		return;
	}
	if (p->kind == PROMPT_MENU) {
		choose(p, k);
		return;
	}
	if (p->kind == PROMPT_KEY) {
		close_prompt(p);
		command_describe_key(p->ui, k);
		return;
	}
	switch (k) {
	case KEY_CODE_ESCAPE:
	case KEY_CTRL | 'c':
	case KEY_CTRL | 'g':
		prompt_cancel(p);
		break;
	case KEY_CODE_ENTER:
	case KEY_CTRL | 'j':
		accept(p);
		break;
	case KEY_CODE_UP:
	case KEY_CTRL | 'p':
		recall(p, 1, false);
		break;
	case KEY_CODE_DOWN:
	case KEY_CTRL | 'n':
		recall(p, -1, false);
		break;
	case KEY_CTRL | 'r':
		recall(p, 1, true);
		break;
	case KEY_CODE_TAB:
		complete(p, 1);
		break;
	case KEY_SHIFT | KEY_CODE_TAB:
		complete(p, -1);
		break;
	case KEY_CTRL | 'z':
		command_run(p->ui, STR("suspend"));
		break;
	case KEY_CTRL | 'l':
		command_run(p->ui, STR("redraw"));
		break;
	default:
		edit(p, k);
		break;
	}
}

void
prompt_paste(struct prompt *p, struct str text)
{
	if (p->kind == PROMPT_ASK || p->kind == PROMPT_MENU ||
	    p->kind == PROMPT_KEY)
		return;
	line_edit_insert(&p->line, str_trim(text));
	p->choice = p->back = 0;
	changed(p);
}
