/* SPDX-License-Identifier: MIT */
/*
 * Banner, status bar and hint line.  What does not fit is left out whole,
 * least important first; what is held and what failed always stays.
 */
#include "status.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "console.h"
#include "sluice/base/clock.h"
#include "sluice/base/human.h"
#include "sluice/base/utf8.h"
#include "sluice/http/store.h"
#include "tls_advice.h"
#include "view_help.h"
#include "view_list.h"

#define LEFT_MAX	1024u
#define PARTS		9
#define FILTER_CELLS	40

bool
status_has_banner(const struct ui *ui)
{
	return ui->setup.gate->held > 0;
}

/* "a flow.resume" as the hint "a resume"; returns the column behind it. */
static int
put_hint(struct ui *ui, const struct pane *p, int y, int x,
    const struct command_row *row, bool draw)
{
	/* Without being said, on the screens they are for. */
	static const char *const clear[] = {
		"flow.", "move.", "pass.", "column.", "option.", "help.",
		"changes.", "grid."
	};
	const struct view *v = screen_top(&ui->screen);
	struct str label = str_from(row->name);
	char text[40];
	struct buf key;

	for (size_t i = 0; i < ARRAY_LEN(clear); i++)
		if (str_starts(label, str_from(clear[i])))
			label = str_skip(label, strlen(clear[i]));
	snprintf(text, sizeof(text), "%.*s", STR_ARG(label));
	for (char *c = text; *c != '\0'; c++)
		if (*c == '.')
			*c = ' ';
	buf_init(&key, 64);
	keymap_keys(ui->keymap, view_context(v), row->name,
	    pane_is_unicode(), 1, &key);
	if (buf_len(&key) > 0) {
		if (draw) {
			pane_put(p, y, x, ROLE_HINT_KEY, buf_str(&key));
			pane_put(p, y, x + 1 + pane_width(buf_str(&key), 40),
			    ROLE_HINT, str_from(text));
			mouse_spot(&ui->mouse, p, y, x, x + 1 + pane_width(
			    buf_str(&key), 40) + (int)strlen(text),
			    row->name);
		}
		x += pane_width(buf_str(&key), 40) + 1 + (int)strlen(text) + 2;
	}
	buf_fini(&key);
	return x;
}

/* The oldest hold comes first in the gate's list. */
static const struct flow *
oldest(const struct gate *g)
{
	if (list_is_empty(&g->holds))
		return NULL;
	return list_entry(g->holds.next, struct gate_hold, link)->flow;
}

void
status_banner(struct ui *ui, const struct pane *p, int y)
{
	const struct gate *g = ui->setup.gate;
	const struct flow *f = oldest(g);
	bool in_queue = flow_view_limit(ui->view) == FLOW_LIMIT_HELD;
	const struct command_row *keys[] = {
		command_row(COMMAND_HELD_NEXT), command_row(in_queue ?
		    COMMAND_RESUME_ALL : COMMAND_ONLY_HELD)
	};
	char age[HUMAN_MAX] = "";
	int x, width = 0;

	pane_fill(p, y, ROLE_HELD);
	x = pane_put(p, y, 0, ROLE_HELD, pane_glyph(GLYPH_HELD));
	if (in_queue && p->cols >= 72) {
		x = pane_printf(p, y, x, ROLE_HELD, " INTERCEPT %s  ",
		    g->on ? "ON" : "OFF");
		if (g->on)
			x = pane_put(p, y, x, ROLE_HELD, utf8_fit(str_from(
			    g->filter != NULL ? filter_text(g->filter) :
			    "all requests"), FILTER_CELLS / 2));
		x = pane_put(p, y, x, ROLE_HELD, STR("  "));
	}
	x = pane_printf(p, y, x, ROLE_HELD, " HELD %zu", g->held);
	if (f != NULL) {
		human_duration(clock_mono() - f->times.held_since, age);
		x = pane_printf(p, y, x, ROLE_HELD, "   oldest %s, client %s",
		    age, f->client_gone ? "gone" : "still waiting");
	}
	if (screen_top(&ui->screen)->ops->context != KEY_LIST)
		return;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		width = put_hint(ui, p, y, width, keys[i], false);
	if (x + 2 + width > p->cols + 1)
		return;
	x = p->cols + 1 - width;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		x = put_hint(ui, p, y, x, keys[i], true);
}

struct part {
	char text[96];
	enum role role;
	int rank;			/* the highest is left out first */
	const char *line;		/* run when it is clicked, or NULL */
};

/* What bodies take of their limit; yellow before the oldest go to disk. */
static struct part
memory_part(const struct ui *ui, bool wide)
{
	uint64_t used = store_memory(ui->setup.store);
	uint64_t most = option_number(ui->setup.options, OPTION_MEMORY);
	struct part part = { .role = ROLE_STATUS, .rank = 3 };
	char text[HUMAN_MAX], limit[HUMAN_MAX];

	human_size(used, text);
	human_size(most, limit);
	if (wide && most > 0)
		snprintf(part.text, sizeof(part.text), "mem %s/%s", text,
		    limit);
	else
		snprintf(part.text, sizeof(part.text), "mem %s", text);
	if (most > 0 && used / 4 >= most / 5) {
		part.role = ROLE_HELD;
		part.rank = 1;
	}
	return part;
}

static size_t
right_parts(const struct ui *ui, int cols, struct part parts[PARTS])
{
	const struct flow_list *l = ui->setup.list;
	size_t listeners = proxy_listeners(ui->setup.proxy), n = 0;
	size_t held = ui->setup.gate->held, failed = l->count[FLOW_FAILED];
	unsigned rate;

	if (ui->setup.demo)
		parts[n++] = (struct part){
			.text = "demo", .role = ROLE_STATUS, .rank = 3
		};
	parts[n] = (struct part){
		.text = "not listening", .role = ROLE_STATUS, .rank = 2
	};
	/* Where there is no room for more, the port alone. */
	if (listeners > 0)
		snprintf(parts[n].text, sizeof(parts[n].text), "%s",
		    cols < 48 ? strrchr(proxy_address(ui->setup.proxy, 0),
		    ':') : proxy_address(ui->setup.proxy, 0));
	if (listeners > 1)
		snprintf(parts[n].text, sizeof(parts[n].text), "%.60s +%zu",
		    proxy_address(ui->setup.proxy, 0), listeners - 1);
	if (proxy_is_exposed(ui->setup.proxy))
		parts[n].role = ROLE_EXPOSED;
	n++;
	parts[n] = (struct part){ .role = ROLE_STATUS, .rank = 4 };
	snprintf(parts[n++].text, sizeof(parts[0].text), "%zu conns",
	    proxy_connections(ui->setup.proxy));
	rate = rate_of(&ui->rate, ev_now(ui->setup.loop));
	if (cols >= 120 && rate > 0) {
		parts[n] = (struct part){ .role = ROLE_STATUS, .rank = 4 };
		snprintf(parts[n++].text, sizeof(parts[0].text), "%u req/s",
		    rate);
	}
	if (l->evicted > 0) {
		parts[n] = (struct part){ .role = ROLE_STATUS, .rank = 2 };
		snprintf(parts[n++].text, sizeof(parts[0].text),
		    "%" PRIu64 " dropped", l->evicted);
	}
	parts[n] = (struct part){
		.role = held > 0 ? ROLE_HELD : ROLE_STATUS,
		.rank = held > 0 ? 0 : 1, .line = "held.next"
	};
	snprintf(parts[n++].text, sizeof(parts[0].text), "%zu held", held);
	parts[n] = (struct part){
		.role = ROLE_STATUS, .rank = failed > 0 ? 0 : 1,
		.line = "error.next"
	};
	snprintf(parts[n++].text, sizeof(parts[0].text), "%zu err", failed);
	parts[n++] = memory_part(ui, cols >= 120);
	assert(n <= PARTS);
	return n;
}

static int
parts_width(const struct part *parts, size_t n, int rank)
{
	int width = 0;

	for (size_t i = 0; i < n; i++)
		if (parts[i].rank <= rank)
			width += pane_width(str_from(parts[i].text), 100) + 3;
	return width > 0 ? width - 2 : 0;
}

/* Returns the column it begins at: the left part ends before it. */
static int
draw_right(struct ui *ui, const struct pane *p, int y, int left)
{
	struct part parts[PARTS];
	size_t n = right_parts(ui, p->cols, parts);
	int rank = 4, x, begin;

	while (rank > 0 && parts_width(parts, n, rank) + left + 2 > p->cols)
		rank--;
	x = p->cols - parts_width(parts, n, rank);
	if (x < 0)
		x = 0;
	begin = x;
	for (size_t i = 0, shown = 0; i < n; i++) {
		if (parts[i].rank > rank)
			continue;
		if (shown++ > 0) {
			x = pane_put(p, y, x, ROLE_STATUS, STR(" "));
			x = pane_put(p, y, x, ROLE_STATUS,
			    pane_glyph(GLYPH_BAR));
			x = pane_put(p, y, x, ROLE_STATUS, STR(" "));
		}
		if (parts[i].line != NULL)
			mouse_spot(&ui->mouse, p, y, x, x + pane_width(
			    str_from(parts[i].text), 100), parts[i].line);
		x = pane_put(p, y, x, parts[i].role, str_from(parts[i].text));
	}
	return begin;
}

static void
put_intercept(const struct ui *ui, const struct view *v, int cols,
    struct buf *out)
{
	const struct gate *g = ui->setup.gate;

	if (g->on) {
		buf_put(out, STR("  I:ON "));
		buf_put(out, utf8_fit(str_from(g->filter != NULL ?
		    filter_text(g->filter) : "all"), FILTER_CELLS));
	} else if (v->ops->context == KEY_LIST && cols >= 60) {
		buf_put(out, STR("  intercept OFF"));
	}
}

/* "HELD 1/3 #12 at REQUEST 41s": where one stands among what is held. */
static bool
put_held(struct ui *ui, struct view *v, struct buf *out)
{
	const struct flow *f = v->ops->context == KEY_LIST ?
	    v->ops->focus(v) : NULL;
	const struct gate_hold *h;
	char age[HUMAN_MAX];
	size_t at = 0, first, last;

	if (f == NULL || f->state != FLOW_HELD || ui->setup.list->marked > 0 ||
	    view_list_range(v, &first, &last))
		return false;
	list_for_each(h, &ui->setup.gate->holds, struct gate_hold, link) {
		at++;
		if (h->flow == f)
			break;
	}
	human_duration(clock_mono() - f->times.held_since, age);
	buf_printf(out, "HELD %zu/%zu  #%" PRIu64 " at %s %s", at,
	    ui->setup.gate->held, f->id, f->held_at == GATE_REQUEST ?
	    "REQUEST" : "RESPONSE", age);
	return true;
}

/* What is wrong, with a mark above the place in the prompt's line. */
static bool
draw_mistake(const struct ui *ui, const struct pane *p, int y)
{
	struct str text = str_from(ui->prompt.err.text);
	int column, width;

	if (!prompt_mistake(&ui->prompt, &column))
		return false;
	if (column >= p->cols)
		column = p->cols - 1;
	width = pane_width(text, p->cols);
	if (column + 2 + width <= p->cols) {
		pane_put(p, y, column + 2, ROLE_STATUS, text);
	} else if (width + 1 <= column) {
		pane_put(p, y, column - 1 - width, ROLE_STATUS, text);
	} else {
		pane_put(p, y, 0, ROLE_STATUS, text);
		return true;
	}
	pane_put(p, y, column, ROLE_STATUS, pane_glyph(GLYPH_CARET));
	return true;
}

static void
put_where(struct ui *ui, struct view *v, int cols, struct buf *out)
{
	if (put_held(ui, v, out))
		return;
	if (cols >= 60 || v->ops->context != KEY_LIST)
		buf_printf(out, "%s ", v->ops->name);
	if (v->ops->status != NULL)
		v->ops->status(v, out);
}

void
status_bar(struct ui *ui, const struct pane *p, int y)
{
	struct view *v = screen_top(&ui->screen);
	struct buf left;
	int end;

	pane_fill(p, y, ROLE_STATUS);
	if (draw_mistake(ui, p, y))
		return;
	buf_init(&left, LEFT_MAX * 4);
	if (prompt_is_open(&ui->prompt)) {
		prompt_status(&ui->prompt, &left);
	} else {
		put_where(ui, v, p->cols, &left);
		put_intercept(ui, v, p->cols, &left);
	}
	end = draw_right(ui, p, y, pane_width(buf_str(&left), p->cols));
	pane_cell(p, y, 0, end - 1, ROLE_STATUS, buf_str(&left), false);
	buf_fini(&left);
}

/* Rows by their names in a list separated by blanks. */
static const struct command_row *
next_hint(struct str *names)
{
	struct str name;

	while (str_split(names, ' ', &name)) {
		const struct command_row *row = command_find(name);

		if (row != NULL)
			return row;
	}
	return NULL;
}

static const char *
hints_of(struct ui *ui)
{
	struct view *v = screen_top(&ui->screen);
	const struct flow *f;

	if (v->ops->context != KEY_LIST && v->ops->context != KEY_FLOW)
		return v->ops->hints;
	if (v->ops->context == KEY_LIST && ui->setup.list->total > 0 &&
	    flow_view_count(ui->view) == 0)
		return "filter.toggle filter flow.resume-all intercept.toggle";
	f = v->ops->focus != NULL ? v->ops->focus(v) : NULL;
	if (f != NULL && f->state == FLOW_HELD &&
	    f->held_at == GATE_RESPONSE)
		return "flow.resume flow.edit flow.drop "
		    "flow.revert flow.resume-all held.next intercept.toggle";
	if (f != NULL && f->state == FLOW_HELD)
		return "flow.resume flow.step flow.edit flow.drop "
		    "flow.revert flow.resume-all held.next intercept.toggle";
	if (v->ops->context == KEY_LIST && ui->setup.gate->held > 0)
		return "held.next flow.resume-all open flow.edit filter "
		    "intercept.toggle";
	if (v->ops->context == KEY_LIST && ui->setup.list->total == 0)
		return "copy.try copy.env intercept log command quit";
	if (view_context(v) == KEY_TLS && f != NULL && tls_advice_may_trust(f))
		return "flow.trust flow.replay flow.pass passes tab.next "
		    "flow.next copy.curl back";
	if (view_context(v) == KEY_TLS)
		return "tab.next flow.next flow.pass passes search copy.curl "
		    "back";
	return v->ops->hints;
}

void
status_hints(struct ui *ui, const struct pane *p, int y)
{
	const struct command_row *help = command_row(COMMAND_HELP), *row;
	const char *hints = hints_of(ui);
	struct str names = str_from(hints);
	bool in_help = view_is_help(screen_top(&ui->screen));
	int x = 0, tail = in_help ? 0 : put_hint(ui, p, y, 0, help, false);

	pane_fill(p, y, ROLE_HINT);
	if (ui->message[0] != '\0') {
		pane_cell(p, y, 0, p->cols, ui->message_role,
		    str_from(ui->message), false);
		return;
	}
	while (hints != NULL) {
		int end;

		row = next_hint(&names);
		if (row == NULL)
			break;
		end = put_hint(ui, p, y, x, row, false);
		if (row == help || end + tail - 2 > p->cols)
			continue;
		x = put_hint(ui, p, y, x, row, true);
	}
	if (!in_help)
		put_hint(ui, p, y, x, help, true);
}
