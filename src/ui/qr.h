/* SPDX-License-Identifier: MIT */
/*
 * A QR code (ISO/IEC 18004, by libqrencode) as rows of a sheet, two modules
 * a cell, or one in two cells where there is no Unicode.  It has its quiet
 * zone, and colours of its own: dark on light, whatever the terminal's are.
 */
#ifndef SLUICE_SRC_UI_QR_H
#define SLUICE_SRC_UI_QR_H

#include "sheet.h"

/* False, and no rows, when text is too long for one. */
bool qr_put(struct sheet *s, size_t x, const char *text) NODISCARD;

#endif
