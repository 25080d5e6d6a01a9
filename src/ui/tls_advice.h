/* SPDX-License-Identifier: MIT */
/*
 * TLS in plain words: what kind of trouble ended a flow, what that mostly
 * means and what to press; and what is doubtful about one that went well.
 */
#ifndef SLUICE_SRC_UI_TLS_ADVICE_H
#define SLUICE_SRC_UI_TLS_ADVICE_H

#include "sheet.h"
#include "sluice/flow/flow.h"

struct keymap;

/* "the CA is refused", for lists; "" for none. */
const char *tls_advice_brief(enum tls_fault fault);
/* Rows: what it means, and the keys that help.  Nothing without a fault. */
void tls_advice_put(struct sheet *s, const struct flow *f,
    const struct keymap *keys, size_t cols);
/* One line for a failure that somebody can do something about, and the key
 * for it in the list; false: there is none. */
bool tls_advice_say(const struct flow *f, const struct keymap *keys,
    char *out, size_t size);
/* "weak TLS", "trusted by you", .., or NULL: nothing is doubtful. */
const char *tls_advice_doubt(const struct flow *f);
/* Has the server shown a certificate that flow.trust would take? */
bool tls_advice_may_trust(const struct flow *f);

#endif
