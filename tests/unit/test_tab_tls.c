/* SPDX-License-Identifier: MIT */
/* What the TLS tab says, as rows of text, at several widths. */
#include "../../src/ui/tabs.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/ui/cells.h"
#include "../../src/ui/keymap.h"
#include "../../src/ui/tls_advice.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"

#define DAY	(86400 * INT64_C(1000000))
#define JA4	"t13d1516h2_8daaf6152771_e5627efa2ab1"

static struct certificate *
make_certificate(const char *subject, int64_t days)
{
	struct certificate *c = NEW(struct certificate);

	endpoint_set(&c->subject, subject);
	endpoint_set(&c->issuer, "CN=Test Root");
	endpoint_set(&c->serial, "03:AF:91");
	endpoint_set(&c->key, "EC P-256");
	endpoint_set(&c->sha256, "AB:CD:EF:01:02:03:04:05:06:07:08:09:0A:0B:"
	    "0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D");
	endpoint_set(&c->names, "shop.test www.shop.test");
	c->not_before = clock_wall() - 40 * DAY;
	c->not_after = clock_wall() + days * DAY + DAY / 2;
	c->chain = 1;
	return c;
}

static struct flow *
make_flow(void)
{
	struct flow *f = flow_new(0);
	struct endpoint *client = endpoint_new(), *server = endpoint_new();

	f->client = client;
	f->server = server;
	client->tls = server->tls = true;
	endpoint_set(&client->address, "127.0.0.1:45884");
	endpoint_set(&client->tls_version, "TLS 1.3");
	endpoint_set(&client->tls_offered, "TLS 1.3, TLS 1.2");
	endpoint_set(&client->tls_cipher, "TLS_AES_128_GCM_SHA256");
	endpoint_set(&client->ciphers_offered, "3 suites: A B C");
	endpoint_set(&client->sni, "shop.test");
	endpoint_set(&client->ja4, JA4);
	client->ech = true;
	client->certificate = make_certificate("CN=minted", 30);
	endpoint_set(&server->address, "10.0.0.7:443");
	endpoint_set(&server->tls_version, "TLS 1.2");
	endpoint_set(&server->alpn, "http/1.1");
	server->certificate = make_certificate("CN=genuine", 37);
	server->certificate->verified = true;
	f->state = FLOW_DONE;
	return f;
}

/* The row as it is drawn, spans at their places. */
static void
put_row(const struct sheet *s, size_t row, struct buf *out)
{
	size_t end = row + 1 < s->row_count ? s->rows[row + 1] : s->span_count;
	size_t x = 0;

	for (size_t i = s->rows[row]; i < end; i++) {
		const struct sheet_span *span = &s->spans[i];
		struct str text = str_sub(buf_str(&s->text), span->off,
		    span->off + span->len);

		/* One span never covers another. */
		assert_true(span->x >= x);
		for (; x < span->x; x++)
			buf_putc(out, ' ');
		buf_put(out, text);
		x += cells_of(text);
	}
	buf_putc(out, '\n');
}

static char *
show(const struct flow *f, size_t cols, size_t *widest)
{
	struct keymap *keys = keymap_new();
	struct sheet s;
	struct buf out;

	sheet_init(&s);
	buf_init(&out, 1u << 20);
	tab_tls(&s, f, keys, cols);
	*widest = 0;
	for (size_t i = 0; i < s.row_count; i++) {
		size_t before = buf_len(&out), cells;

		put_row(&s, i, &out);
		cells = cells_of(str_skip(buf_str(&out), before)) - 4;
		if (cells > *widest)
			*widest = cells;
	}
	sheet_fini(&s);
	keymap_free(keys);
	return buf_take(&out);
}

/* The first row with the word, as a copy. */
static char *
row_with(const char *text, const char *word)
{
	const char *at = strstr(text, word), *begin = at;

	if (at == NULL)
		fail_msg("no \"%s\" in:\n%s", word, text);
	while (begin > text && begin[-1] != '\n')
		begin--;
	return str_dup(str_make(begin, strcspn(begin, "\n")));
}

static void
assert_row(const char *text, const char *word, const char *also)
{
	char *row = row_with(text, word);

	if (strstr(row, also) == NULL)
		fail_msg("no \"%s\" in the row \"%s\" of:\n%s", also, row,
		    text);
	free(row);
}

static void
assert_other_rows(const char *text, const char *word, const char *other)
{
	char *row = row_with(text, word);

	assert_null(strstr(row, other));
	assert_non_null(strstr(text, other));
	free(row);
}

static void
test_widths(void **state)
{
	static const size_t widths[] = { 12, 40, 79, 80, 99, 100, 160 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct flow *f = make_flow();
		size_t cols = widths[i], widest;
		char *text = show(f, cols, &widest);

		/* Narrower ones are scrolled sideways. */
		if (cols >= 40)
			assert_in_range(widest, 1, cols);
		if (cols >= 80)
			assert_row(text, "TLS 1.3", "TLS 1.2");
		if (cols >= 100)
			assert_row(text, "CN=genuine", "CN=minted");
		else if (cols >= 40)
			assert_other_rows(text, "CN=genuine", "CN=minted");
		if (cols >= 79)
			assert_row(text, "JA4", JA4);
		free(text);
		flow_unref(f);
	}
}

static void
test_facts(void **state)
{
	struct flow *f = make_flow();
	size_t widest;
	char *text;

	(void)state;
	endpoint_set(&f->server->client_cert_wanted, "CN=Staff CA");
	f->server->certificate->chain = 2;
	f->server->certificate->chain_text =
	    mem_strdup("0 CN=genuine, CN=Middle\n1 CN=Middle, CN=Root");
	f->client->name_added = true;
	text = show(f, 160, &widest);
	assert_row(text, "TLS 1.3, TLS 1.2", "offered");
	assert_row(text, "3 suites", "offered");
	assert_row(text, "ECH", "offered");
	assert_row(text, "mTLS", "wanted, none shown (of CN=Staff CA)");
	assert_row(text, "verified", "OK");
	assert_row(text, "verified", "made by sluice");
	assert_row(text, "(37 days left)", "(30 days left)");
	assert_row(text, "chain", "2 certificates sent");
	assert_non_null(strstr(text, "          1 CN=Middle, CN=Root\n"));
	assert_non_null(strstr(text, "it was added for the client"));
	assert_null(strstr(text, "WEAK"));
	assert_null(strstr(text, "error"));
	free(text);

	endpoint_set(&f->server->client_cert, "CN=me");
	f->server->weak = true;
	text = show(f, 160, &widest);
	assert_row(text, "mTLS", "client certificate shown: CN=me");
	assert_row(text, "version", "WEAK");
	free(text);
	flow_unref(f);
}

static void
test_doubts(void **state)
{
	struct flow *f = make_flow();
	struct certificate *c = f->server->certificate;
	size_t widest;
	char *text;

	(void)state;
	assert_null(tls_advice_doubt(f));
	assert_false(tls_advice_may_trust(f));
	c->verified = false;
	c->not_after = clock_wall() - 3 * DAY - DAY / 2;
	endpoint_set(&c->verify_text, "certificate has expired");
	assert_string_equal(tls_advice_doubt(f), "unverified");
	assert_true(tls_advice_may_trust(f));
	text = show(f, 120, &widest);
	assert_row(text, "verified", "no: certificate has expired");
	assert_row(text, "valid  ", "(expired 3 days ago)");
	free(text);

	c->trusted_by_you = true;
	assert_string_equal(tls_advice_doubt(f), "trusted by you");
	assert_false(tls_advice_may_trust(f));
	text = show(f, 160, &widest);
	assert_row(text, "verified", "trusted by you for this run");
	free(text);
	f->server->weak = true;
	assert_string_equal(tls_advice_doubt(f), "trusted by you, weak TLS");
	f->state = FLOW_FAILED;
	assert_null(tls_advice_doubt(f));
	flow_unref(f);
}

/* Every trouble is explained, with keys that do something in this tab. */
static void
test_advice(void **state)
{
	(void)state;
	for (int fault = TLS_FAULT_NONE; fault <= TLS_FAULT_CONSTRAINED;
	    fault++) {
		struct flow *f = make_flow();
		size_t widest;
		char *text;

		f->state = FLOW_FAILED;
		f->tls_fault = (enum tls_fault)fault;
		err_set(&f->error, "the error itself");
		text = show(f, 80, &widest);
		assert_in_range(widest, 1, 80);
		assert_int_equal(strncmp(text, "error: the error itself", 23),
		    0);
		assert_null(strstr(text, ":flow."));
		assert_null(strstr(text, ":passes"));
		if (fault == TLS_FAULT_NONE)
			assert_string_equal(tls_advice_brief(f->tls_fault), "");
		else
			assert_true(strlen(tls_advice_brief(f->tls_fault)) > 0);
		free(text);
		flow_unref(f);
	}
}

static void
test_advice_fits_the_flow(void **state)
{
	struct flow *f = make_flow();
	size_t widest;
	char *text;

	(void)state;
	f->state = FLOW_FAILED;
	f->tls_fault = TLS_FAULT_CERT;
	f->server->certificate->verified = false;
	text = show(f, 100, &widest);
	assert_row(text, "t trust this certificate", "r send the request");
	free(text);

	/* Without a request there is nothing to send again. */
	f->kind = FLOW_HANDSHAKE;
	text = show(f, 100, &widest);
	assert_row(text, "t trust this certificate", "p pass this host");
	assert_null(strstr(text, "send the request again"));
	free(text);

	f->tls_fault = TLS_FAULT_REFUSED;
	text = show(f, 100, &widest);
	assert_non_null(strstr(text, "does not trust the CA, or pins"));
	assert_row(text, "p pass this host", "T hosts passed through");
	assert_null(strstr(text, "trust this certificate"));
	free(text);
	flow_unref(f);
}

/* Peers choose names and what they offer. */
static void
test_hostile(void **state)
{
	static const size_t widths[] = { 12, 80, 160 };
	struct flow *f = make_flow();
	struct certificate *c = f->server->certificate;
	char *many = mem_alloc(60001);

	(void)state;
	memset(many, 'x', 60000);
	many[60000] = '\0';
	for (size_t i = 0; i < 60000; i += 251)
		many[i] = ' ';
	endpoint_set(&c->names, many);
	endpoint_set(&c->subject, many);
	endpoint_set(&f->client->ciphers_offered, many);
	endpoint_set(&f->client->ja4, many);
	endpoint_set(&f->server->client_cert_wanted, many);
	endpoint_set(&c->key, "");
	endpoint_set(&c->serial, NULL);
	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		size_t widest;
		char *text = show(f, widths[i], &widest);

		if (widths[i] >= 80)
			assert_in_range(widest, 1, widths[i]);
		free(text);
	}
	free(many);
	flow_unref(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_widths),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_advice_fits_the_flow),
		cmocka_unit_test(test_hostile),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
