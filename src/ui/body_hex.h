/* SPDX-License-Identifier: MIT */
/* A body's bytes as rows of hex; the part of view_body that needs no index. */
#ifndef SLUICE_SRC_UI_BODY_HEX_H
#define SLUICE_SRC_UI_BODY_HEX_H

#include "view_body.h"

/* Bytes in a row. */
unsigned body_hex_bytes(const struct view_body *b);
void body_hex_row(const struct view_body *b, const struct pane *p, int y,
    uint64_t row, const struct search *search);

#endif
