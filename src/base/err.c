/* SPDX-License-Identifier: MIT */
/*
 * One error text, passed by the caller.  Texts may quote a peer's bytes, so
 * they are made safe for a terminal here, once.
 */
#include "sluice/base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sluice/base/escape.h"

static void
set_safe(struct err *err, const char *raw)
{
	struct buf out;

	buf_init(&out, ERR_MAX - 1);
	escape_text(&out, str_from(raw), 0);
	memcpy(err->text, buf_str(&out).p, buf_len(&out));
	err->text[buf_len(&out)] = '\0';
	buf_fini(&out);
}

bool
err_set(struct err *err, const char *fmt, ...)
{
	char raw[2 * ERR_MAX];
	va_list ap;

	if (!err)
		return false;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	set_safe(err, raw);
	return false;
}

bool
err_wrap(struct err *err, const char *fmt, ...)
{
	char raw[3 * ERR_MAX];
	va_list ap;
	int n;

	if (!err)
		return false;
	va_start(ap, fmt);
	n = vsnprintf(raw, ERR_MAX, fmt, ap);
	va_end(ap);
	if (n < 0)
		return false;
	if (n >= ERR_MAX)
		n = ERR_MAX - 1;
	snprintf(raw + n, sizeof raw - (size_t)n, ": %s", err->text);
	set_safe(err, raw);
	return false;
}

void
err_clear(struct err *err)
{
	err->text[0] = '\0';
}

bool
err_is_set(const struct err *err)
{
	return err->text[0] != '\0';
}
