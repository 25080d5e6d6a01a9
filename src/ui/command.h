/* SPDX-License-Identifier: MIT */
/*
 * Commands by name, from command.def.  Everything a key does is a command
 * line, so the prompt can do it too.
 */
#ifndef SLUICE_SRC_UI_COMMAND_H
#define SLUICE_SRC_UI_COMMAND_H

#include "flow_text.h"
#include "sluice/flow/edit.h"
#include "sluice/base/buf.h"
#include "sluice/base/str.h"

struct ui;

/* args: what stood behind the name, without blanks at the ends. */
typedef void command_fn(struct ui *ui, struct str args);

enum command_id {
#define COMMAND(id, name, args, function, group, help) COMMAND_##id,
#include "sluice/ui/command.def"
#undef COMMAND
	COMMAND_COUNT
};

enum command_group {
	GROUP_MOVE, GROUP_VIEW, GROUP_INTERCEPT, GROUP_FLOW, GROUP_OUT,
	GROUP_APP, GROUP_COUNT
};

struct command_row {
	const char *name, *args;
	command_fn *run;
	enum command_group group;
	const char *help;
};

#define COMMAND(id, name, args, function, group, help) command_fn function;
#include "sluice/ui/command.def"
#undef COMMAND

const struct command_row *command_row(enum command_id id);
/* By full name, or by a beginning or a last word that only one has. */
const struct command_row *command_find(struct str name);
/*
 * Commands whose name or help has what was typed, best first: it begins the
 * name, a word of it, stands in it, is scattered over it, is in the help;
 * among equals the one with the highest `used'.  Returns how many.
 */
size_t command_match(struct str typed, const unsigned used[COMMAND_COUNT],
    const struct command_row **out, size_t most);
/* One typed that: command_match offers it before others. */
void command_used(struct ui *ui, struct str line);
/* Runs "name args"; a number goes to that flow.  Mistakes are a message. */
void command_run(struct ui *ui, struct str line);
/* Runs it without arguments, or asks for those it needs. */
void command_offer(struct ui *ui, const struct command_row *row);
/* Tells what a key does on the screen that is shown. */
void command_describe_key(struct ui *ui, uint32_t k);
/* Copies the chosen flows as text. */
void command_copy_text(struct ui *ui, enum flow_text kind);
/* What the export menu is set to. */
void command_export_status(const struct ui *ui, struct buf *out);
/*
 * What Enter does in the prompts: a new start line for the flow, or a draft of
 * it (false with err when it cannot be read); a cell of the grid, next: and
 * on to the next one; what Escape does there; the note.
 */
bool command_start_put(struct ui *ui, uint64_t flow, struct str text,
    struct err *err);
void command_grid_put(struct ui *ui, struct str text, bool next);
void command_grid_leave(struct ui *ui);
/* Names and values of f, to be edited in place. */
void command_open_grid(struct ui *ui, struct flow *f, enum edit_part part);
void command_note_set(struct ui *ui, uint64_t flow, struct str text);

#endif
