/* SPDX-License-Identifier: MIT */
/*
 * The inside of struct ui, shared by the files of this floor: who owns what,
 * and the few functions every command needs.
 */
#ifndef SLUICE_SRC_UI_CONSOLE_H
#define SLUICE_SRC_UI_CONSOLE_H

#include "attention.h"
#include "body_out.h"
#include "clipboard.h"
#include "column.h"
#include "command.h"
#include "editor.h"
#include "errand.h"
#include "flow_text.h"
#include "highlight.h"
#include "history.h"
#include "input.h"
#include "keymap.h"
#include "mouse.h"
#include "prompt.h"
#include "rate.h"
#include "saver.h"
#include "screen.h"
#include "search.h"
#include "sluice/base/log.h"
#include "sluice/flow/flow_view.h"
#include "sluice/ui/ui.h"
#include "term.h"
#include "toast.h"

#define MESSAGE_MAX	256

struct deed;

enum export_place {
	EXPORT_FILE, EXPORT_CLIPBOARD, EXPORT_PIPE, EXPORT_PLACES
};

struct ui {
	struct ui_setup setup;		/* what main gave us, borrowed */
	struct flow_view *view;		/* owned: filter and rows of the list */
	struct flow_observer flows;	/* changes for the views on the stack */
	struct flow_view_observer rows;
	struct option_observer settings;
	struct log_observer log;
	struct screen screen;
	struct term *term;		/* owned */
	struct input *input;		/* owned */
	struct keymap *keymap;		/* owned */
	struct prompt prompt;
	struct editor editor;
	struct saver saver;
	struct clipboard clipboard;
	struct body_out out;
	struct search search;
	struct mouse mouse;
	struct toast toast;
	struct rate rate;		/* of new flows */
	struct attention attention;
	const struct deed *deed;	/* asked about; runs on yes */
	struct errand *errand;		/* under way, or NULL */
	struct highlight highlight;
	struct column_choice columns;	/* none: as many as fit */
	struct column_sort sort;
	ev_idle working;		/* works off errand and view */
	ev_timer tick;			/* 4 Hz while something is live */
	unsigned count;			/* digits typed before a key; 0: none */
	char message[MESSAGE_MAX];	/* shown in the last line until a key */
	char advised[MESSAGE_MAX];	/* the last advice on a failure */
	enum role message_role;
	double message_until;		/* loop time; 0: until a key */
	double quit_asked;		/* time of the last C-c in the list */
	unsigned used[COMMAND_COUNT];	/* when last typed, by uses .. */
	unsigned uses;			/* .. so far */
	bool sourcing;			/* commands come from a file */
	uint32_t key;			/* the key whose command runs, or 0 */
	enum flow_text copied;		/* the last choice of the copy menu */
	enum export_place export_place;	/* where the export menu leads */
	ev_signal resized, suspended, continued;
};

/* Shows a line in place of the hints until the next key. */
void ui_message(struct ui *ui, enum role role, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The flow commands act on, or NULL and a message. */
struct flow *ui_focus(struct ui *ui);
/* The list, at the bottom of the stack. */
struct view *ui_list(const struct ui *ui);
/* Puts the list's cursor on a flow, unless the filter hides it. */
void ui_select(struct ui *ui, const struct flow *f);
/* Shows only marked or held flows, or all again. */
void ui_limit(struct ui *ui, enum flow_limit limit);
void ui_dirty(struct ui *ui);		/* because of a key: paint soon */
/* For a child that needs the terminal: lends it, and takes it back. */
void ui_lend(struct ui *ui);
void ui_take(struct ui *ui);
/*
 * Validates, applies and keeps a filter or what to hold; false with err and
 * the place of the mistake.  A blank text means all, or nothing to hold.
 */
bool ui_set_filter(struct ui *ui, struct str text, struct err *err, size_t *at)
    NODISCARD;
bool ui_set_intercept(struct ui *ui, struct str text, struct err *err,
    size_t *at) NODISCARD;
/* Puts the option's value into effect. */
void ui_apply_option(struct ui *ui, enum option_id id);
/* What was chosen in an earlier run, unless the option says otherwise. */
void ui_load_columns(struct ui *ui);
void ui_apply_columns(struct ui *ui);
/* By a column; by the same again: the other way round. */
void ui_sort(struct ui *ui, enum column_id id);
/* Says so, in the prompt if one types there. */
void ui_no_match(struct ui *ui);
/* Closes the screen in front if what it shows has come to an end. */
void ui_close_over(struct ui *ui);
/* Begins and ends hearing of flows, rows, settings and the log. */
void ui_observe(struct ui *ui);
void ui_unobserve(struct ui *ui);
/* Works off errand and view between events, until nothing is left. */
void ui_work(struct ui *ui);
/* Runs the 4 Hz tick while something counts up or fades. */
void ui_tick(struct ui *ui);
/* Ends the program through the loop; asks first when flows are held. */
void ui_quit(struct ui *ui, bool ask);

#endif
