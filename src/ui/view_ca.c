/* SPDX-License-Identifier: MIT */
/* One sheet, made when the screen is opened. */
#include "view_ca.h"

#include "console.h"
#include "qr.h"
#include "sheet.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/proxy/proxy.h"

#define PEM_MAX		(64u * 1024)
#define VALUE_AT	15
#define FIRST_HALF	(16u * 3)	/* of the fingerprint */

struct view_ca {
	struct view view;
	struct sheet sheet;
};

static struct view_ca *
ca_of(struct view *v)
{
	return container_of(v, struct view_ca, view);
}

static void
put_fact(struct sheet *s, const char *name, const char *value)
{
	sheet_row(s);
	sheet_put(s, 1, ROLE_NAME, str_from(name));
	sheet_put(s, VALUE_AT, ROLE_TEXT, str_from(value));
}

static void
put_pem(struct sheet *s, const char *path)
{
	struct err err = { "" };
	size_t len = 0;
	char *pem = path_read(path, PEM_MAX, &len, &err);
	struct str rest = str_make(pem, len), line;

	sheet_row(s);
	if (pem == NULL) {
		sheet_row(s);
		sheet_put(s, 1, ROLE_ERROR, str_from(err.text));
		return;
	}
	while (rest.n > 0 && str_split(&rest, '\n', &line)) {
		sheet_row(s);
		sheet_put(s, 1, ROLE_TEXT, line);
	}
	free(pem);
}

static void
put_code(struct sheet *s, const struct proxy *proxy)
{
	struct buf url;
	char *text;

	buf_init(&url, 256);
	if (!proxy_put_page(proxy, &url)) {
		buf_fini(&url);
		put_fact(s, "a phone", "needs a proxy it can reach: start "
		    "sluice with -p 0.0.0.0:8080");
		return;
	}
	text = buf_take(&url);
	put_fact(s, "a phone", text);
	sheet_row(s);
	if (!qr_put(s, VALUE_AT, text))
		sheet_put(s, VALUE_AT, ROLE_DIM, STR("(too long for a code)"));
	free(text);
}

static void
make(struct view_ca *vc)
{
	const struct ui_setup *setup = &vc->view.ui->setup;
	char *brief = path_short(setup->ca_cert_path);
	struct sheet *s = &vc->sheet;
	struct str print;

	sheet_row(s);
	sheet_put(s, 1, ROLE_TITLE, STR("The CA certificate that clients "
	    "have to trust; its key stays on this machine"));
	sheet_row(s);
	put_fact(s, "file", brief);
	print = str_from(setup->ca_fingerprint);
	sheet_row(s);
	sheet_put(s, 1, ROLE_NAME, STR("SHA-256"));
	sheet_put(s, VALUE_AT, ROLE_TEXT, str_sub(print, 0, FIRST_HALF));
	sheet_row(s);
	sheet_put(s, VALUE_AT, ROLE_TEXT, str_skip(print, FIRST_HALF));
	sheet_row(s);
	put_fact(s, "over the air", "http://sluice.test/ through this proxy "
	    "has it, and steps");
	put_fact(s, "on a shell", "sluice ca says how; "
	    "eval \"$(sluice env)\" is enough for many");
	put_code(s, setup->proxy);
	free(brief);
	put_pem(s, setup->ca_cert_path);
}

static void
settle(struct view *v)
{
	scroll_fit(&v->scroll, ca_of(v)->sheet.row_count, v->scroll.page);
}

static void
draw(struct view *v, const struct pane *p)
{
	struct sheet *s = &ca_of(v)->sheet;

	view_place(v, p, 0);
	scroll_fit(&v->scroll, s->row_count, (size_t)p->rows);
	pane_clear(p);
	for (int y = 0; y < p->rows; y++) {
		size_t row = v->scroll.offset + (size_t)y;

		if (row >= s->row_count)
			break;
		sheet_draw(s, p, y, row, v->scroll.column,
		    &v->ui->search);
	}
}

static bool
find(struct view *v, const struct search *search, int direction, bool here)
{
	const struct sheet *s = &ca_of(v)->sheet;
	size_t row = v->scroll.cursor, n = s->row_count;

	for (size_t i = here ? 0 : 1; i <= n; i++) {
		size_t at = direction > 0 ? (row + i) % n :
		    (row + n - i % n) % n;

		if (!sheet_match(s, at, search))
			continue;
		scroll_to(&v->scroll, at);
		return true;
	}
	return false;
}

static void
status(struct view *v, struct buf *out)
{
	(void)v;
	buf_put(out, STR("certificate"));
}

static void
close_ca(struct view *v)
{
	sheet_fini(&ca_of(v)->sheet);
	free(ca_of(v));
}

static const struct view_ops ops = {
	.name = "CA",
	.context = KEY_ANY,
	.draw = draw,
	.settle = settle,
	.find = find,
	.status = status,
	.hints = "copy.ca move.down search back",
	.close = close_ca,
};

struct view *
view_ca_new(struct ui *ui)
{
	struct view_ca *vc = NEW(struct view_ca);

	vc->view = (struct view){ .ops = &ops, .ui = ui };
	vc->view.scroll = (struct scroll){ .page = 1, .text = true };
	sheet_init(&vc->sheet);
	make(vc);
	return &vc->view;
}

bool
view_is_ca(const struct view *v)
{
	return v->ops == &ops;
}
