/* SPDX-License-Identifier: MIT */
/*
 * Bodies shown as what they mean: forms, multipart, tokens, facts about
 * images.  Made as text, bounded; what the bytes say is not changed.
 */
#ifndef SLUICE_SRC_UI_BODY_FORM_H
#define SLUICE_SRC_UI_BODY_FORM_H

#include "body_kind.h"
#include "sluice/base/buf.h"

#define BODY_FORM_MAX	(1024u * 1024)	/* longer bodies are shown as text */

/* False: it is not of that kind after all, or there is nothing to say. */
bool body_form_make(enum body_kind kind, const struct message *m,
    struct str text, struct buf *out) NODISCARD;
/* "a=1&b=%41": a line each, decoded. */
bool body_form_pairs(struct str text, struct buf *out) NODISCARD;
bool body_form_parts(struct str type, struct str text, struct buf *out)
    NODISCARD;
/* The first token in text: header, claims, what is known of its times. */
bool body_form_jwt(struct str text, struct buf *out) NODISCARD;
/* What libmagic says about the first bytes. */
bool body_form_image(const struct message *m, struct str text,
    struct buf *out) NODISCARD;

#endif
