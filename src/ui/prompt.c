/* SPDX-License-Identifier: MIT */
/* The prompt's life and its keys. */
#include "prompt.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "command.h"
#include "complete.h"
#include "console.h"
#include "prompt_private.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"
#include "view_list.h"

/* Letters in the history; 0: not kept. */
static const char letters[] = {
	[PROMPT_NONE] = 0, [PROMPT_FILTER] = 'f', [PROMPT_INTERCEPT] = 'i',
	[PROMPT_SEARCH] = '/', [PROMPT_COMMAND] = ':', [PROMPT_SAVE] = 's',
	[PROMPT_START] = 'u', [PROMPT_NOTE] = 'n',
	[PROMPT_NAME] = 0, [PROMPT_VALUE] = 0, [PROMPT_ASK] = 0,
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
	for (size_t back = HISTORY_MAX; back > 0; back--)
		command_used(ui, history_get(&p->history, ':', back));
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

void
prompt_close(struct prompt *p)
{
	p->kind = PROMPT_NONE;
	p->bad = false;
	p->choice = p->back = 0;
	line_edit_set(&p->line, STR(""));
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
		prompt_changed(p);
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

void
prompt_keep(struct prompt *p)
{
	if (letters[p->kind] != 0)
		history_add(&p->history, letters[p->kind],
		    line_edit_text(&p->line));
}

void
prompt_cancel(struct prompt *p)
{
	struct str text = line_edit_text(&p->line);

	/* What was typed is not lost: Up brings it back. */
	if (p->first != NULL && !str_eq(text, str_from(p->first)) &&
	    p->kind != PROMPT_ASK)
		prompt_keep(p);
	prompt_restore(p);
	if (p->kind == PROMPT_NAME || p->kind == PROMPT_VALUE)
		command_grid_leave(p->ui);
	prompt_close(p);
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
	prompt_changed(p);
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
		prompt_changed(p);
	}
	free(list);
}

static void
answer(struct prompt *p, uint32_t k)
{
	prompt_answer_fn *tell = p->answer;
	prompt_choice_fn *made = p->choice_made;

	prompt_close(p);
	if (made != NULL)
		made(p->ui, k > ' ' && k < 0x7f &&
		    strchr(p->keys, (int)k) != NULL ? (char)k : 0);
	else
		tell(p->ui, k == 'y' || k == 'Y');
	ui_close_over(p->ui);
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

		prompt_close(p);
		command_run(ui, str_from(copy));
		free(copy);
	} else if (k == KEY_CODE_ESCAPE || k == (KEY_CTRL | 'c') ||
	    k == (KEY_CTRL | 'g')) {
		prompt_close(p);
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
	prompt_changed(p);
}

/* C-n and C-p: through what is offered, else through the lines before. */
static void
walk(struct prompt *p, int direction)
{
	if (p->kind == PROMPT_COMMAND)
		complete(p, direction);
	else
		recall(p, -direction, false);
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
		prompt_close(p);
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
		prompt_accept(p);
		break;
	case KEY_CODE_UP:
		recall(p, 1, false);
		break;
	case KEY_CODE_DOWN:
		recall(p, -1, false);
		break;
	case KEY_CTRL | 'p':
		walk(p, -1);
		break;
	case KEY_CTRL | 'n':
		walk(p, 1);
		break;
	case KEY_CTRL | 'r':
		recall(p, 1, true);
		break;
	case KEY_CODE_TAB:
		if (p->kind == PROMPT_NAME || p->kind == PROMPT_VALUE)
			prompt_accept_cell(p, true);
		else
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
	prompt_changed(p);
}
