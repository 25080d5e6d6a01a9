/* SPDX-License-Identifier: MIT */
/*
 * What texts that send a request again have in common: shell commands
 * (curl.c, httpie.c) and programs (fetch.c, python.c, k6.c).
 */
#ifndef SLUICE_SRC_FORMAT_RESEND_H
#define SLUICE_SRC_FORMAT_RESEND_H

#include "sluice/flow/flow.h"

/* Quoting makes four bytes of one at most: '\'' in a shell, \xNN else. */
#define RESEND_GROWTH	4u

/*
 * A field that the tool writes itself from URL and body, or that was meant
 * for the proxy alone.
 */
bool resend_is_own(const struct message *m, struct str name, struct str value);
/* Has out room for the text, whatever its bytes become? */
bool resend_has_room(const struct buf *out, const struct message *m,
    size_t body);
/* Appends the text that sends m with this body. */
typedef bool resend_put_fn(struct buf *out, const struct message *m,
    struct str body, struct err *err);
/* f's request by put; tool: its name, for err.  False: out is as before. */
bool resend_text(const struct flow *f, const char *tool, resend_put_fn *put,
    struct buf *out, struct err *err) NODISCARD;

#endif
