/* SPDX-License-Identifier: MIT */
/*
 * HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), written an
 * entry at a time so that the loop is never held up.  Bodies are decoded;
 * text that is not UTF-8 goes out as base64.
 */
#ifndef SLUICE_FORMAT_HAR_H
#define SLUICE_FORMAT_HAR_H

#include "sluice/flow/flow.h"

struct har_writer;

/*
 * Opens a private temporary file beside path (0600); har_finish renames it
 * onto path, har_abandon removes it: path is never half written.
 */
struct har_writer *har_begin(const char *path, struct err *err) NODISCARD;
/* False once writing failed (disk full); FLOW_TUNNEL and drafts are skipped. */
bool har_add(struct har_writer *w, const struct flow *f, struct err *err) NODISCARD;
/* Both free w. */
bool har_finish(struct har_writer *w, struct err *err) NODISCARD;
void har_abandon(struct har_writer *w);
size_t har_count(const struct har_writer *w);	/* entries written */

/*
 * The same as text: flows into an empty out, then its end.  False when out
 * has no room, or at the end when no flow can be in a HAR.
 */
bool har_text_add(struct buf *out, const struct flow *f, struct err *err)
    NODISCARD;
bool har_text_end(struct buf *out, struct err *err) NODISCARD;

/* One entry as JSON text (json export, tests). */
bool har_entry(const struct flow *f, struct buf *out, struct err *err) NODISCARD;

#endif
