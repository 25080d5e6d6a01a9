/* SPDX-License-Identifier: MIT */
/* What a body is: by the type it says, and by its first bytes. */
#ifndef SLUICE_SRC_UI_BODY_KIND_H
#define SLUICE_SRC_UI_BODY_KIND_H

#include "sluice/http/message.h"

#define BODY_SNIFF	1024u		/* bytes that are looked at */

enum body_kind {
	KIND_TEXT, KIND_JSON, KIND_XML, KIND_HTML, KIND_FORM, KIND_MULTIPART,
	KIND_JWT, KIND_IMAGE, KIND_BINARY
};
#define BODY_KINDS	9

/* Control characters, or much that is not UTF-8? */
bool body_is_binary(struct str start);
/* By the type, else by its look; *sure: the type says so. */
enum body_kind body_kind_guess(const struct message *m, struct str start,
    bool *sure);
/* "json", "form", .. */
const char *body_kind_name(enum body_kind kind);
/* Is there a JSON Web Token at the start of s?  Its length, or 0. */
size_t body_jwt_length(struct str s);
/* The first one in s, in linear time; p NULL: none. */
struct str body_jwt_find(struct str s);

#endif
