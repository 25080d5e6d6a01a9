/* SPDX-License-Identifier: MIT */
/*
 * Drawing on the curses screen.  The only way from text to the terminal:
 * whatever comes in is cut into safe pieces by escape_next first.
 */
#include "pane.h"

#include <assert.h>
#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

#include "sluice/base/escape.h"

static bool wide;

static const struct {
	const char *unicode, *ascii;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_CURSOR] = { "▌", ">" },
	[GLYPH_MARK] = { "●", "*" },
	[GLYPH_ELLIPSIS] = { "…", "~" },
	[GLYPH_DASH] = { "–", "-" },
	[GLYPH_RULE] = { "─", "-" },
	[GLYPH_BAR] = { "│", "|" },
	[GLYPH_FOLLOW] = { "▼", "v" },
	[GLYPH_PAUSED] = { "▽", "-" },
	[GLYPH_HELD] = { "‖", "=" },
	[GLYPH_CARET] = { "▼", "v" },
	[GLYPH_FOLD] = { "▸", "+" },
	[GLYPH_UP] = { "▲", "^" },
	[GLYPH_DOWN] = { "▼", "v" },
	[GLYPH_BLOCKED] = { "░", "." },
	[GLYPH_WAITING] = { "▒", ":" },
	[GLYPH_RECEIVING] = { "█", "#" },
};

void
pane_open(bool unicode)
{
	wide = unicode;
}

bool
pane_is_unicode(void)
{
	return wide;
}

struct str
pane_glyph(enum glyph g)
{
	assert(g < GLYPH_COUNT);
	return str_from(wide ? glyphs[g].unicode : glyphs[g].ascii);
}

struct pane
pane_sub(const struct pane *p, int y, int x, int rows, int cols)
{
	struct pane sub = { p->y + y, p->x + x, rows, cols };

	if (y < 0 || y > p->rows || x < 0 || x > p->cols)
		return (struct pane){ p->y, p->x, 0, 0 };
	if (sub.rows > p->rows - y)
		sub.rows = p->rows - y;
	if (sub.cols > p->cols - x)
		sub.cols = p->cols - x;
	if (sub.rows < 0)
		sub.rows = 0;
	if (sub.cols < 0)
		sub.cols = 0;
	return sub;
}

/* A run of pieces with one look, drawn with one call. */
struct run {
	char text[512];
	size_t len;
	bool escaped;
};

static void
run_flush(struct run *run, enum role role)
{
	if (run->len == 0)
		return;
	attrset((int)theme_attr(run->escaped ? ROLE_ESCAPED : role));
	addnstr(run->text, (int)run->len);
	run->len = 0;
}

int
pane_put(const struct pane *p, int y, int x, enum role role, struct str text)
{
	struct run run = { .len = 0 };

	if (y < 0 || y >= p->rows || x < 0 || x >= p->cols)
		return x;
	move(p->y + y, p->x + x);
	while (text.n > 0) {
		struct escape_piece piece;

		escape_next(text, 0, &piece);
		assert(piece.used > 0 && piece.len <= sizeof(piece.text));
		if ((int)piece.width > p->cols - x)
			break;
		if (piece.escaped != run.escaped ||
		    run.len + piece.len > sizeof(run.text))
			run_flush(&run, role);
		run.escaped = piece.escaped;
		memcpy(run.text + run.len, piece.text, piece.len);
		run.len += piece.len;
		x += (int)piece.width;
		text = str_skip(text, piece.used);
	}
	run_flush(&run, role);
	return x;
}

int
pane_printf(const struct pane *p, int y, int x, enum role role,
    const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return x;
	if ((size_t)n >= sizeof(text))
		n = sizeof(text) - 1;
	return pane_put(p, y, x, role, str_make(text, (size_t)n));
}

int
pane_width(struct str text, int most)
{
	int cells = 0;

	while (text.n > 0 && cells < most) {
		struct escape_piece piece;

		escape_next(text, 0, &piece);
		cells += (int)piece.width;
		text = str_skip(text, piece.used);
	}
	return cells < most ? cells : most;
}

/* The longest beginning of text that fits into the cells. */
static struct str
head_fit(struct str text, int cells)
{
	size_t n = 0;

	while (n < text.n) {
		struct escape_piece piece;

		escape_next(str_skip(text, n), 0, &piece);
		if ((int)piece.width > cells)
			break;
		cells -= (int)piece.width;
		n += piece.used;
	}
	return str_sub(text, 0, n);
}

/* The longest end that fits; only the last bytes of a huge text matter. */
static struct str
tail_fit(struct str text, int cells)
{
	const size_t most = 2048;
	int all;

	if (text.n > most)
		text = str_skip(text, text.n - most);
	all = pane_width(text, (int)most * 16);
	while (all > cells && text.n > 0) {
		struct escape_piece piece;

		escape_next(text, 0, &piece);
		all -= (int)piece.width;
		text = str_skip(text, piece.used);
	}
	return text;
}

static void
blanks(const struct pane *p, int y, int x, int n, enum role role)
{
	if (n > p->cols - x)
		n = p->cols - x;
	if (n <= 0 || x < 0 || y < 0 || y >= p->rows)
		return;
	attrset((int)theme_attr(role));
	mvhline(p->y + y, p->x + x, ' ' | theme_attr(role), n);
}

int
pane_cell(const struct pane *p, int y, int x, int width, enum role role,
    struct str text, bool from_left)
{
	int end = x + width, at = x;

	if (width <= 0)
		return x;
	if (pane_width(text, width + 1) <= width) {
		at = pane_put(p, y, at, role, text);
	} else if (from_left) {
		at = pane_put(p, y, at, role, pane_glyph(GLYPH_ELLIPSIS));
		at = pane_put(p, y, at, role, tail_fit(text, width - 1));
	} else {
		at = pane_put(p, y, at, role, head_fit(text, width - 1));
		at = pane_put(p, y, at, role, pane_glyph(GLYPH_ELLIPSIS));
	}
	blanks(p, y, at, end - at, role);
	return end;
}

int
pane_cell_right(const struct pane *p, int y, int x, int width,
    enum role role, struct str text)
{
	int cells = pane_width(text, width);

	blanks(p, y, x, width - cells, role);
	pane_put(p, y, x + width - cells, role, head_fit(text, width));
	return x + width;
}

void
pane_fill(const struct pane *p, int y, enum role role)
{
	blanks(p, y, 0, p->cols, role);
}

void
pane_reverse(const struct pane *p, int y)
{
	if (y < 0 || y >= p->rows)
		return;
	for (int x = 0; x < p->cols; x++) {
		wchar_t text[CCHARW_MAX + 1];
		cchar_t cell;
		attr_t attr;
		short pair;

		if (mvin_wch(p->y + y, p->x + x, &cell) == ERR ||
		    getcchar(&cell, text, &attr, &pair, NULL) == ERR)
			continue;
		mvchgat(p->y + y, p->x + x, 1, attr ^ A_REVERSE, pair, NULL);
	}
}

void
pane_rule(const struct pane *p, int y, enum role role)
{
	for (int x = 0; x < p->cols; x++)
		pane_put(p, y, x, role, pane_glyph(GLYPH_RULE));
}

void
pane_clear(const struct pane *p)
{
	for (int y = 0; y < p->rows; y++)
		pane_fill(p, y, ROLE_TEXT);
}

void
pane_cursor(const struct pane *p, int y, int x)
{
	if (y < 0 || y >= p->rows || p->cols < 1)
		return;
	if (x >= p->cols)
		x = p->cols - 1;
	move(p->y + y, p->x + (x > 0 ? x : 0));
}
