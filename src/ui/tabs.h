/* SPDX-License-Identifier: MIT */
/* What the tabs of a flow say besides its bodies, as sheets. */
#ifndef SLUICE_SRC_UI_TABS_H
#define SLUICE_SRC_UI_TABS_H

#include "sheet.h"
#include "sluice/flow/flow.h"

struct keymap;

/* "222 B", "70.1 kB"; "0.4 ms", "13 ms", "8.2s". */
void tab_put_size(struct buf *out, uint64_t bytes);
void tab_put_duration(struct buf *out, int64_t us);
/* In row 0 of the pane. */
void tab_title(const struct pane *p, const struct flow *f);
/* Start line, fields, trailers, and what is odd; wrap: long values. */
void tab_head(struct sheet *s, const struct flow *f, enum gate_point which,
    size_t cols, bool wrap);
/* Its query and its tokens, decoded. */
void tab_decoded(struct sheet *s, const struct message *m, size_t wrap);
/* Below it: the lines of the head that forwarding changed, if any did. */
void tab_forward(struct sheet *s, const struct message *received,
    const struct message *sent, size_t wrap);
/* What went wrong and what to press, both connections, the certificates. */
void tab_tls(struct sheet *s, const struct flow *f, const struct keymap *keys,
    size_t cols);
/* The certificates alone. */
void tab_certificates(struct sheet *s, const struct flow *f, size_t cols);
/* The user's note, and where the flow comes from. */
void tab_notes(struct sheet *s, const struct flow *f, size_t cols);
/* Phases as bars; now: monotonic µs. */
void tab_timing(struct sheet *s, const struct flow *f, size_t cols,
    int64_t now);

#endif
