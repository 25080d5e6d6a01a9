/* SPDX-License-Identifier: MIT */
/*
 * The last line while something is asked: a filter (live), what to hold, a
 * search (incremental), a command, a file name, a start line, a yes/no
 * question, one key of a menu.  Traffic never closes or changes it.
 */
#ifndef SLUICE_SRC_UI_PROMPT_H
#define SLUICE_SRC_UI_PROMPT_H

#include "history.h"
#include "line_edit.h"
#include "pane.h"
#include "scroll.h"
#include "view.h"
#include "sluice/base/err.h"

struct ui;

enum prompt_kind {
	PROMPT_NONE, PROMPT_FILTER, PROMPT_INTERCEPT, PROMPT_SEARCH,
	PROMPT_COMMAND, PROMPT_SAVE, PROMPT_START, PROMPT_NOTE,
	PROMPT_NAME, PROMPT_VALUE,	/* a cell of the grid */
	PROMPT_ASK, PROMPT_MENU, PROMPT_KEY
};

/* The answer to a question. */
typedef void prompt_answer_fn(struct ui *ui, bool yes);
/* The key that was chosen, or 0: none of them. */
typedef void prompt_choice_fn(struct ui *ui, char key);

struct prompt {
	struct ui *ui;
	enum prompt_kind kind;
	struct line_edit line;
	struct history history;
	size_t back;			/* steps into the history, 0: none */
	char *typed;			/* what stood there before Up */
	char *first;			/* the text it was opened with */
	char *before;			/* filter that Escape brings back */
	bool before_on;
	struct scroll scroll_before;	/* search: where it began */
	bool followed;			/* search: did the list follow? */
	bool bad;			/* filter: Enter is refused */
	size_t bad_at;
	struct err err;
	size_t matches, of;		/* intercept: how many it would hold */
	size_t choice;			/* Tab: which completion, from 1 */
	char *stem;			/* Tab: what is being completed */
	char question[200];
	prompt_answer_fn *answer;
	enum key_context menu;		/* whose keys are offered */
	uint64_t flow;			/* PROMPT_START, _NOTE: whose it is */
	prompt_choice_fn *choice_made;	/* in its stead, of these keys */
	const char *keys;
};

void prompt_init(struct prompt *p, struct ui *ui, const char *state_dir);
void prompt_fini(struct prompt *p);
bool prompt_is_open(const struct prompt *p);
/* Opens with a first text; Enter runs "filter TEXT", "save.har TEXT", .. */
void prompt_open(struct ui *ui, enum prompt_kind kind, struct str text);
/* y or n; Escape and every other key are no. */
void prompt_ask(struct ui *ui, prompt_answer_fn *answer, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Offers the keys of a menu's context; the next one runs. */
void prompt_menu(struct ui *ui, enum key_context menu);
/* The next key is described, not run. */
void prompt_describe(struct ui *ui);
/* One of some keys, which the question names; any other is none. */
void prompt_choose(struct ui *ui, prompt_choice_fn *made, const char *keys,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
void prompt_key(struct prompt *p, uint32_t k);
void prompt_paste(struct prompt *p, struct str text);
void prompt_cancel(struct prompt *p);
/* What is searched while it is typed does not occur. */
void prompt_no_match(struct prompt *p);
/* What Tab would offer, at most COMPLETE_MAX; *from: the byte it replaces. */
struct candidate;
size_t prompt_candidates(const struct prompt *p, struct candidate *out,
    size_t *from);
/* Which of them Enter takes though it was not chosen; 0: none. */
size_t prompt_offer(const struct prompt *p);
/* What stands in the status bar meanwhile. */
void prompt_status(const struct prompt *p, struct buf *out);
/* Is the line wrong?  *column: the cell in the last line where. */
bool prompt_mistake(const struct prompt *p, int *column);
/* Draws the last line and places the cursor. */
void prompt_draw(const struct prompt *p, const struct pane *pane, int y);
/* Completions, over the lowest rows of the view. */
void prompt_draw_menu(const struct prompt *p, const struct pane *view);

#endif
