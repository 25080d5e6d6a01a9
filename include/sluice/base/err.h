/* SPDX-License-Identifier: MIT */
/*
 * One error text, passed by the caller as the last parameter and never
 * allocated.  Text is a plain clause without a full stop, safe to print
 * (err_set passes everything through escape_text).
 */
#ifndef SLUICE_BASE_ERR_H
#define SLUICE_BASE_ERR_H

#include <stdbool.h>

#include "sluice/base/attr.h"

#define ERR_MAX 320

struct err {
	char text[ERR_MAX];
};

/* Sets the text (cut to fit) and returns false; err may be NULL. */
bool err_set(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Puts "prefix: " before the text and returns false. */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *err);
bool err_is_set(const struct err *err);

#endif
