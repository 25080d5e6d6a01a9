/* SPDX-License-Identifier: MIT */
/* ClientHellos composed of lists, and what must hold for any bytes. */
#include "draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

const struct draft draft_chrome = {
	.ciphers = CHROME_CIPHERS, .extensions = CHROME_ECH,
	.signatures = CHROME_SIGNATURES,
};

static void
put_number(struct buf *b, size_t bytes, size_t value)
{
	while (bytes-- > 0)
		buf_putc(b, (char)(value >> 8 * bytes));
}

static void
put_list(struct buf *b, size_t length_bytes, const char *ids)
{
	struct str rest = str_from(ids), id;
	size_t n = ids[0] ? (rest.n + 1) / 5 : 0;

	put_number(b, length_bytes, 2 * n);
	while (n > 0 && str_split(&rest, ',', &id)) {
		uint64_t value;

		assert_true(str_to_hex64(id, &value));
		put_number(b, 2, (size_t)value);
	}
}

static void
put_extension(struct buf *b, const struct draft *d, size_t type)
{
	const char *alpn = d->alpn ? d->alpn : "h2";
	struct buf body;

	buf_init(&body, 128 * 1024);
	if (type == 0x000d && d->signatures) {
		put_list(&body, 2, d->signatures);
	} else if (type == 0x002b) {
		put_list(&body, 1, d->versions ? d->versions :
		    "0304,0303");
	} else if (type == 0x0010) {
		put_number(&body, 2, strlen(alpn) + 1);
		put_number(&body, 1, strlen(alpn));
		buf_put(&body, str_from(alpn));
	} else if (type == 0x0015) {
		for (size_t i = 0; i < d->padding; i++)
			buf_putc(&body, 0);
	}
	put_number(b, 2, type);
	put_number(b, 2, buf_len(&body));
	buf_put(b, buf_str(&body));
	buf_fini(&body);
}

void
draft_records(struct buf *raw, struct str message, size_t size)
{
	for (; message.n > 0; message = str_skip(message, size)) {
		struct str part = str_sub(message, 0, size);

		put_number(raw, 1, 22);
		put_number(raw, 2, 0x0301);
		put_number(raw, 2, part.n);
		buf_put(raw, part);
	}
}

static void
put_message(struct buf *raw, struct str hello, size_t record)
{
	struct buf message;

	buf_init(&message, 256 * 1024);
	put_number(&message, 1, 1);
	put_number(&message, 3, hello.n);
	buf_put(&message, hello);
	draft_records(raw, buf_str(&message), record ? record : 16384);
	buf_fini(&message);
}

void
draft_compose(const struct draft *d, struct buf *raw)
{
	struct buf hello, list;
	struct str rest, type;

	buf_init(raw, 1024 * 1024);
	buf_init(&hello, 256 * 1024);
	buf_init(&list, 256 * 1024);
	put_number(&hello, 2, 0x0303);
	for (size_t i = 0; i < 32; i++)
		buf_putc(&hello, (char)(0xa0 + i));
	put_number(&hello, 1, 3);
	buf_put(&hello, STR("abc"));
	put_list(&hello, 2, d->ciphers ? d->ciphers : "1301");
	put_number(&hello, 2, 0x0100);
	rest = str_from(d->extensions);
	while (rest.n > 0 && str_split(&rest, ',', &type)) {
		uint64_t value;

		assert_true(str_to_hex64(type, &value));
		put_extension(&list, d, (size_t)value);
	}
	if (d->extensions) {
		put_number(&hello, 2, buf_len(&list));
		buf_put(&hello, buf_str(&list));
	}
	put_message(raw, buf_str(&hello), d->record);
	buf_fini(&list);
	buf_fini(&hello);
}

void
draft_wrap(struct str body, struct buf *raw)
{
	buf_init(raw, 256 * 1024);
	put_message(raw, body, 0);
}

/* Texts that are whole and safe, or none at all. */
static void
check_fields(const struct hello *h, bool ok)
{
	const char *texts[] = { h->ja4, h->versions, h->ciphers };

	assert_int_equal(strlen(h->ja4), ok ? HELLO_JA4_SIZE - 1 : 0);
	assert_int_equal(h->ciphers[0] != '\0', ok);
	assert_true(ok || (!h->ech && h->versions[0] == '\0'));
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(strlen(texts[i]) < HELLO_TEXT_MAX);
		for (const char *p = texts[i]; *p; p++)
			assert_true(*p >= ' ' && *p < 0x7f);
	}
}

bool
draft_read_raw(struct str raw, struct hello *h)
{
	char *exact = malloc(raw.n ? raw.n : 1);
	bool ok;

	assert_non_null(exact);
	memcpy(exact, raw.p, raw.n);
	memset(h, 0, sizeof *h);
	h->ech = true;
	snprintf(h->sni, sizeof h->sni, "a.test");
	snprintf(h->ja4, sizeof h->ja4, "old");
	snprintf(h->versions, sizeof h->versions, "old");
	snprintf(h->ciphers, sizeof h->ciphers, "old");
	ok = hello_read_raw(h, str_make(exact, raw.n));
	free(exact);
	check_fields(h, ok);
	assert_string_equal(h->sni, "a.test");
	return ok;
}

bool
draft_read(const struct draft *d, struct hello *h)
{
	struct buf raw;
	bool ok;

	draft_compose(d, &raw);
	ok = draft_read_raw(buf_str(&raw), h);
	buf_fini(&raw);
	return ok;
}

char *
draft_ids(size_t from, size_t n)
{
	struct buf b;

	buf_init(&b, 1024 * 1024);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%04zx", i > 0 ? "," : "", from + i);
	return buf_take(&b);
}
