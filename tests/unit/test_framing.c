/* SPDX-License-Identifier: MIT */
/* Where a body ends: fields in, framing or refusal out; and after edits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sluice/http/framing.h"

#define CL	"Content-Length"
#define TE	"Transfer-Encoding"
#define LENGTH(n) .framing = FRAMING_LENGTH, .length = (n)
#define NONE	.framing = FRAMING_NONE
#define CHUNKED	.framing = FRAMING_CHUNKED

struct row {
	struct { const char *name, *value; } fields[3];
	const char *method;
	enum framing framing;
	uint64_t length;
	unsigned refused;	/* status, or 0 */
	uint16_t status;
	bool old, bodiless, closes;
};

static void
fill(struct message *m, const struct row *row, enum message_kind kind)
{
	message_init(m, kind, NULL);
	m->version_minor = row->old ? 0 : 1;
	m->status = row->status;
	message_set(m, &m->method, str_from(row->method));
	for (size_t i = 0; i < ARRAY_LEN(row->fields); i++)
		if (row->fields[i].name)
			headers_add(&m->headers,
			    str_from(row->fields[i].name),
			    str_from(row->fields[i].value));
}

static void
check(const struct row *rows, size_t n, enum message_kind kind)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *row = &rows[i];
		struct codec_error e = { 0 };
		struct message m;

		fill(&m, row, kind);
		bool ok = framing_read(&m, kind == MESSAGE_REQUEST ? STR("") :
		    str_from(row->method), &e);

		if (ok != (row->refused == 0) || e.status != row->refused)
			fail_msg("row %zu: %d %u %s", i, ok, e.status,
			    e.err.text);
		if (ok) {
			if (m.framing != row->framing ||
			    m.length != row->length ||
			    m.bodiless != row->bodiless ||
			    m.keep_alive == row->closes)
				fail_msg("row %zu: framing %u length %zu", i,
				    m.framing, (size_t)m.length);
			assert_true(headers_count(&m.headers, STR(CL)) <= 1);
		}
		message_fini(&m);
	}
}

static void
test_requests(void **state)
{
	static const struct row rows[] = {
		{ .method = "GET", NONE },
		{ { { CL, "5" } }, "POST", LENGTH(5) },
		{ { { CL, "0" } }, "POST", LENGTH(0) },
		{ { { CL, "007" } }, "POST", LENGTH(7) },
		{ { { CL, "5" }, { "content-length", "5" } }, "POST",
		    LENGTH(5) },
		{ { { CL, "5, 5" } }, "POST", LENGTH(5) },
		{ { { CL, "9223372036854775807" } }, "POST",
		    LENGTH(INT64_MAX) },
		{ { { CL, "9223372036854775808" } }, "POST", .refused = 400 },
		{ { { CL, "18446744073709551617" } }, "POST",
		    .refused = 400 },
		{ { { CL, "1" }, { CL, "2" } }, "POST", .refused = 400 },
		{ { { CL, "1, 2" } }, "POST", .refused = 400 },
		{ { { CL, "+1" } }, "POST", .refused = 400 },
		{ { { CL, "-1" } }, "POST", .refused = 400 },
		{ { { CL, "0x1" } }, "POST", .refused = 400 },
		{ { { CL, "1 2" } }, "POST", .refused = 400 },
		{ { { CL, "1\xc2\xa0" } }, "POST", .refused = 400 },
		{ { { CL, "1.0" } }, "POST", .refused = 400 },
		{ { { CL, "" } }, "POST", .refused = 400 },
		{ { { CL, "1," } }, "POST", .refused = 400 },
		{ { { TE, "chunked" } }, "POST", CHUNKED },
		{ { { TE, "Chunked" } }, "POST", CHUNKED },
		{ { { TE, "chunked" }, { CL, "5" } }, "POST",
		    .refused = 400 },
		{ { { CL, "5" }, { TE, "chunked" } }, "POST",
		    .refused = 400 },
		{ { { TE, "chunked" } }, "POST", .refused = 400,
		    .old = true },
		{ { { TE, "xchunked" } }, "POST", .refused = 501 },
		{ { { TE, "gzip" } }, "POST", .refused = 501 },
		{ { { TE, "gzip, chunked" } }, "POST", .refused = 501 },
		{ { { TE, "chunked, gzip" } }, "POST", .refused = 400 },
		{ { { TE, "chunked, chunked" } }, "POST", .refused = 400 },
		{ { { TE, "chunked" }, { TE, "chunked" } }, "POST",
		    .refused = 400 },
		{ { { TE, "chunked" }, { TE, "identity" } }, "POST",
		    .refused = 400 },
		{ { { TE, "identity" }, { TE, "chunked" } }, "POST",
		    .refused = 400 },
		{ { { TE, "chunked" }, { TE, "chunked-false" } }, "POST",
		    .refused = 400 },
		{ { { TE, "identity, chunked" } }, "POST", .refused = 400 },
		{ { { TE, "identity" } }, "POST", .refused = 400 },
		{ { { TE, "" } }, "POST", .refused = 400 },
		{ { { TE, ", chunked" } }, "POST", .refused = 400 },
		{ { { TE, "\"chunked\"" } }, "POST", .refused = 400 },
		{ { { TE, "chunked;q=1" } }, "POST", .refused = 400 },
		{ { { TE, "chunked\xff" } }, "POST", .refused = 400 },
		{ { { CL, "0" } }, "CONNECT", NONE },
		{ { { CL, "1" } }, "CONNECT", .refused = 400 },
		{ { { TE, "chunked" } }, "CONNECT", .refused = 400 },
	};

	(void)state;
	check(rows, ARRAY_LEN(rows), MESSAGE_REQUEST);
}

static void
test_responses(void **state)
{
	static const struct row rows[] = {
		{ .method = "GET", .framing = FRAMING_CLOSE, .status = 200,
		    .closes = true },
		{ { { CL, "5" } }, "GET", LENGTH(5), .status = 200 },
		{ { { CL, "5" }, { CL, "5" }, { CL, "5,5" } }, "GET",
		    LENGTH(5), .status = 200 },
		{ { { CL, "5" }, { CL, "6" } }, "GET", .refused = 502,
		    .status = 200 },
		{ { { CL, "x" } }, "GET", .refused = 502, .status = 200 },
		{ { { TE, "chunked" } }, "GET", CHUNKED,
		    .status = 200 },
		{ { { TE, "chunked" }, { CL, "5" } }, "GET",
		    CHUNKED, .status = 200, .closes = true },
		{ { { TE, "chunked" } }, "GET", CHUNKED,
		    .status = 200, .old = true, .closes = true },
		{ { { TE, "gzip" } }, "GET", .refused = 502, .status = 200 },
		{ { { TE, "identity" }, { TE, "chunked" } }, "GET",
		    .refused = 502, .status = 200 },
		{ { { CL, "5" } }, "HEAD", NONE, .status = 200,
		    .bodiless = true },
		{ { { TE, "chunked" } }, "HEAD", NONE, .status = 200,
		    .bodiless = true },
		{ { { CL, "5" } }, "GET", NONE, .status = 204,
		    .bodiless = true },
		{ { { CL, "5" } }, "GET", NONE, .status = 304,
		    .bodiless = true },
		{ { { CL, "5" } }, "GET", NONE, .status = 101,
		    .bodiless = true },
		{ { { TE, "chunked" } }, "GET", NONE, .status = 103,
		    .bodiless = true },
		{ { { CL, "5" } }, "CONNECT", NONE, .status = 200,
		    .bodiless = true },
		{ { { CL, "5" } }, "CONNECT", LENGTH(5),
		    .status = 403 },
	};

	(void)state;
	check(rows, ARRAY_LEN(rows), MESSAGE_RESPONSE);
}

static void
test_fix(void **state)
{
	static const struct {
		struct row row;
		enum message_kind kind;
		enum framing before;
		const char *body;
		bool trailers;
		enum framing after;
		const char *length;	/* the field, or NULL */
	} rows[] = {
		{ { .fields = { { CL, "9" } } }, MESSAGE_REQUEST,
		    FRAMING_LENGTH, "abc", false,
		    FRAMING_LENGTH, "3" },
		{ { .fields = { { TE, "chunked" } } }, MESSAGE_REQUEST,
		    FRAMING_CHUNKED, "abc", false,
		    FRAMING_LENGTH, "3" },
		{ { .fields = { { TE, "chunked" } } }, MESSAGE_REQUEST,
		    FRAMING_CHUNKED, "abc", true,
		    FRAMING_CHUNKED, NULL },
		{ { .fields = { { "A", "b" } } }, MESSAGE_REQUEST,
		    FRAMING_NONE, "", false,
		    FRAMING_NONE, NULL },
		{ { .fields = { { "A", "b" } } }, MESSAGE_REQUEST,
		    FRAMING_NONE, "x", false,
		    FRAMING_LENGTH, "1" },
		{ { .fields = { { CL, "9" } } }, MESSAGE_REQUEST,
		    FRAMING_LENGTH, "", false,
		    FRAMING_LENGTH, "0" },
		{ { .fields = { { "A", "b" } } }, MESSAGE_RESPONSE,
		    FRAMING_CLOSE, "", false,
		    FRAMING_LENGTH, "0" },
		{ { .fields = { { "A", "b" } } }, MESSAGE_RESPONSE,
		    FRAMING_CLOSE, "hello", false,
		    FRAMING_LENGTH, "5" },
		{ { .fields = { { CL, "9" } }, .bodiless = true },
		    MESSAGE_RESPONSE, FRAMING_NONE, "", false,
		    FRAMING_NONE, "9" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct message m;

		fill(&m, &rows[i].row, rows[i].kind);
		m.framing = rows[i].before;
		m.bodiless = rows[i].row.bodiless;
		body_append(&m.body, str_from(rows[i].body));
		if (rows[i].trailers)
			headers_add(&m.trailers, STR("T"), STR("v"));
		framing_fix(&m);
		assert_int_equal(m.framing, rows[i].after);
		if (!str_eq(headers_get(&m.headers, STR(CL)),
		    str_from(rows[i].length)))
			fail_msg("row %zu", i);
		if (m.framing == FRAMING_LENGTH)
			assert_int_equal(m.length, m.body.len);
		message_fini(&m);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
