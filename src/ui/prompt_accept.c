/* SPDX-License-Identifier: MIT */
/* What Enter does with the line. */
#include "prompt_private.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complete.h"
#include "console.h"
#include "sluice/base/mem.h"
#include "sluice/base/utf8.h"

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

size_t
prompt_offer(const struct prompt *p)
{
	struct str line = str_trim(line_edit_text(&p->line));
	uint64_t number;

	if (p->kind != PROMPT_COMMAND || line.n == 0 || line.p[0] == ':' ||
	    str_chr(line, ' ', 0) != SIZE_MAX || str_to_u64(line, &number) ||
	    command_find(line) != NULL)
		return 0;
	return 1;
}

/* Enter takes the first that is offered: it may need more to be typed. */
static bool
take_offer(struct prompt *p)
{
	struct candidate *list;
	struct ui *ui = p->ui;
	size_t from, n;
	char *line;

	if (prompt_offer(p) == 0)
		return false;
	list = mem_array(NULL, COMPLETE_MAX, sizeof(*list));
	n = prompt_candidates(p, list, &from);
	line = n > 0 ? mem_strdup(list[0].text) : NULL;
	free(list);
	if (line == NULL)
		return false;
	prompt_close(p);
	if (strchr(line, '=') != NULL)
		prompt_open(ui, PROMPT_COMMAND, str_from(line));
	else
		command_offer(ui, command_find(str_from(line)));
	command_used(ui, str_from(line));
	free(line);
	return true;
}

void
prompt_accept_cell(struct prompt *p, bool next)
{
	struct ui *ui = p->ui;
	char *text = str_dup(line_edit_text(&p->line));

	/* The next cell opens the prompt again. */
	prompt_close(p);
	command_grid_put(ui, str_from(text), next);
	free(text);
}

void
prompt_accept(struct prompt *p)
{
	enum prompt_kind kind = p->kind;
	struct ui *ui = p->ui;
	char *line;

	if (p->bad && kind != PROMPT_SEARCH) {
		term_bell(ui->term);
		return;
	}
	if (kind == PROMPT_NAME || kind == PROMPT_VALUE) {
		prompt_accept_cell(p, false);
		return;
	}
	if (take_offer(p))
		return;
	prompt_keep(p);
	if (kind == PROMPT_START && !command_start_put(ui, p->flow,
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
	prompt_close(p);
	if (kind == PROMPT_COMMAND) {
		command_used(ui, str_from(line));
		command_run(ui, str_from(line));
	} else if (kind == PROMPT_NOTE) {
		command_note_set(ui, p->flow, str_from(line));
	} else if (kind == PROMPT_SAVE && line[0] != '\0') {
		command_save_har(ui, str_from(line));
	}
	free(line);
}
