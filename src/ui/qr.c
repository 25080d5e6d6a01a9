/* SPDX-License-Identifier: MIT */
/* A QR code as rows of a sheet. */
#include "qr.h"

#include <qrencode.h>

#define QUIET	2		/* modules; four are asked for, two read well */

static bool
is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return code->data[y * code->width + x] & 1;
}

static struct str
cell(bool upper, bool lower)
{
	if (upper)
		return lower ? STR("\u2588") : STR("\u2580");
	return lower ? STR("\u2584") : STR(" ");
}

static void
put_row(struct sheet *s, size_t x, const QRcode *code, int y)
{
	struct buf row;

	buf_init(&row, 1024);
	for (int i = -QUIET; i < code->width + QUIET; i++) {
		if (pane_is_unicode())
			buf_put(&row, cell(is_dark(code, i, y),
			    is_dark(code, i, y + 1)));
		else
			buf_put(&row, is_dark(code, i, y) ? STR("##") :
			    STR("  "));
	}
	sheet_row(s);
	sheet_put(s, x, ROLE_QR, buf_str(&row));
	buf_fini(&row);
}

bool
qr_put(struct sheet *s, size_t x, const char *text)
{
	QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);
	int step = pane_is_unicode() ? 2 : 1;

	if (code == NULL)
		return false;
	for (int y = -QUIET; y < code->width + QUIET; y += step)
		put_row(s, x, code, y);
	QRcode_free(code);
	return true;
}
