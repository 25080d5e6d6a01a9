/* SPDX-License-Identifier: MIT */
/* The first row of a flow's view: number, method, URL, and how it stands. */
#include "tabs.h"

#include <inttypes.h>

#include "sluice/base/clock.h"
#include "sluice/base/human.h"
#include "tls_advice.h"

#define URL_MAX		(1024u * 1024)
#define DOUBT_FROM	60		/* columns */

void
tab_put_size(struct buf *out, uint64_t bytes)
{
	char text[HUMAN_MAX];
	size_t n;
	char unit;

	human_size(bytes, text);
	n = strlen(text);
	unit = text[n - 1];
	if (unit >= '0' && unit <= '9')
		buf_printf(out, "%s B", text);
	else
		buf_printf(out, "%.*s %cB", (int)(n - 1), text, unit);
}

void
tab_put_duration(struct buf *out, int64_t us)
{
	char text[HUMAN_MAX];

	if (us < 10000) {
		buf_printf(out, "%.1f ms", (double)us / 1000);
	} else if (us < 1000000) {
		buf_printf(out, "%lld ms", (long long)(us / 1000));
	} else {
		human_duration(us, text);
		buf_printf(out, "%s", text);
	}
}

static void
put_state(const struct flow *f, struct buf *out)
{
	char text[HUMAN_MAX];
	int64_t now = clock_mono();

	if (f->state == FLOW_HELD) {
		human_duration(now - f->times.held_since, text);
		buf_printf(out, "HELD at %s %s", f->held_at == GATE_REQUEST ?
		    "request" : "response", text);
		return;
	}
	if (f->draft)
		buf_printf(out, "draft");
	else if (f->dropped)
		buf_printf(out, "dropped");
	else if (f->state == FLOW_FAILED)
		buf_printf(out, "ERR");
	if (flow_has_response(f)) {
		buf_printf(out, "%s%u ", buf_len(out) > 0 ? " " : "",
		    f->response.status);
		buf_printf(out, "%s ", pane_is_unicode() ? "·" : "-");
		tab_put_size(out, f->response.body.len);
	}
	if (f->draft || f->times.begin == 0)
		return;
	buf_printf(out, " %s ", pane_is_unicode() ? "·" : "-");
	tab_put_duration(out, flow_duration(f, now));
}

static enum role
state_role(const struct flow *f)
{
	unsigned class = f->response.status / 100;

	if (f->state == FLOW_HELD)
		return ROLE_HELD;
	if (f->state == FLOW_FAILED || f->dropped)
		return ROLE_ERROR;
	if (!flow_has_response(f))
		return ROLE_DIM;
	return class == 2 ? ROLE_OK : class == 3 ? ROLE_REDIRECT :
	    class == 4 ? ROLE_CLIENT_ERROR : class == 5 ? ROLE_SERVER_ERROR :
	    ROLE_TEXT;
}

void
tab_title(const struct pane *p, const struct flow *f)
{
	const char *doubt = tls_advice_doubt(f);
	struct buf text, state;
	int width, x, end;

	buf_init(&text, URL_MAX);
	buf_init(&state, 256);
	put_state(f, &state);
	width = pane_width(buf_str(&state), p->cols);
	if (doubt != NULL && p->cols >= DOUBT_FROM)
		width += pane_width(str_from(doubt), p->cols) + 2;
	x = pane_printf(p, 0, 0, ROLE_TITLE, "#%" PRIu64 " ", f->id);
	if (f->request.kind != MESSAGE_NONE) {
		x = pane_put(p, 0, x, ROLE_TITLE, str_sub(message_word(
		    &f->request, f->request.method), 0, 24));
		x++;
	}
	flow_put_url(f, &text);
	if (p->cols - x - width - 2 > 8)
		pane_cell(p, 0, x, p->cols - x - width - 2, ROLE_TEXT,
		    buf_str(&text), false);
	x = p->cols - width - 1;
	if (doubt != NULL && p->cols >= DOUBT_FROM) {
		end = pane_put(p, 0, x, ROLE_WARNING, str_from(doubt)) + 2;
		width -= end - x;
		x = end;
	}
	pane_cell_right(p, 0, x, width, state_role(f), buf_str(&state));
	buf_fini(&state);
	buf_fini(&text);
}
