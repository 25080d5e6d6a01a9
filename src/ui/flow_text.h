/* SPDX-License-Identifier: MIT */
/*
 * Flows as text that leaves the program: what the copy and the export menu
 * offer.  In the list they take the marked flows if there are any, else the
 * one under the cursor; with the option redact without secrets.
 */
#ifndef SLUICE_SRC_UI_FLOW_TEXT_H
#define SLUICE_SRC_UI_FLOW_TEXT_H

#include "sluice/flow/flow.h"

#define FLOW_TEXT_MAX	(8u * 1024 * 1024)

struct ui;

enum flow_text {
	FLOW_TEXT_CURL, FLOW_TEXT_HTTPIE, FLOW_TEXT_URL, FLOW_TEXT_BODY,
	FLOW_TEXT_HEADERS, FLOW_TEXT_REQUEST, FLOW_TEXT_RESPONSE,
	FLOW_TEXT_HAR, FLOW_TEXT_FETCH, FLOW_TEXT_PYTHON, FLOW_TEXT_K6,
	FLOW_TEXT_RECEIVED, FLOW_TEXT_COUNT
};

const char *flow_text_name(enum flow_text kind);	/* "curl command" */
const char *flow_text_word(enum flow_text kind);	/* "curl" */
/* How many are taken and the first; none: 0 and a message. */
size_t flow_text_chosen(struct ui *ui, struct flow **first);
/* The numbers of the n that are taken; heap. */
uint64_t *flow_text_ids(struct ui *ui, size_t n) NODISCARD;
/* Does a file of it end with a line feed that is not in the text? */
bool flow_text_is_line(enum flow_text kind);
/* out: empty, with room for FLOW_TEXT_MAX. */
bool flow_text_put(const struct ui *ui, enum flow_text kind, struct buf *out,
    struct err *err) NODISCARD;
/* "7-curl-login.sh": a safe name for a file with n of them. */
void flow_text_file_name(enum flow_text kind, const struct flow *first,
    size_t n, struct buf *out);
/* The message whose body is FLOW_TEXT_BODY and FLOW_TEXT_RECEIVED. */
const struct message *flow_text_message(const struct flow *f);

#endif
