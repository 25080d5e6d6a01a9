/* SPDX-License-Identifier: MIT */
/*
 * Which TLS versions and ciphers will do: texts of the user to versions,
 * and a range onto an SSL_CTX.  The two sides have one each; a server that
 * the user calls weak gets the widest.
 */
#include "private.h"

#include <openssl/err.h>

#define LIST_MAX 4096
#define LIST_SEPARATORS ": ,;"

static const struct {
	uint16_t version;
	const char *digits, *text;
} versions[] = {
	{ TLS1_VERSION, "1", "TLS 1.0" },
	{ TLS1_VERSION, "1.0", "TLS 1.0" },
	{ TLS1_1_VERSION, "1.1", "TLS 1.1" },
	{ TLS1_2_VERSION, "1.2", "TLS 1.2" },
	{ TLS1_3_VERSION, "1.3", "TLS 1.3" },
};

static bool
is_digits(struct str text, const char *digits)
{
	if (text.n != strlen(digits))
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != digits[i] &&
		    !(digits[i] == '.' && text.p[i] == '_'))
			return false;
	return true;
}

bool
tls_version_parse(struct str text, uint16_t *version)
{
	text = str_trim(text);
	*version = 0;
	if (text.n == 0)
		return true;
	if (str_starts_nocase(text, STR("TLS")))
		text = str_skip(text, 3);
	if (str_starts_nocase(text, STR("v")))
		text = str_skip(text, 1);
	text = str_trim(text);
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		if (!is_digits(text, versions[i].digits))
			continue;
		*version = versions[i].version;
		return true;
	}
	return false;
}

const char *
range_version_text(unsigned version)
{
	if (version == SSL3_VERSION)
		return "SSL 3.0";
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (versions[i].version == version)
			return versions[i].text;
	return "an unknown version";
}

static bool
is_known(uint16_t version)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (versions[i].version == version)
			return true;
	return false;
}

/* Old versions sign with SHA-1, which no level above 0 allows. */
static bool
apply_versions(SSL_CTX *ctx, uint16_t min, uint16_t max, struct err *err)
{
	if (!is_known(min) || !is_known(max))
		return err_set(err, "no such TLS version: 0x%04x",
		    is_known(min) ? max : min);
	if (min > max)
		return err_set(err, "%s as the oldest and %s as the newest "
		    "version leave none", range_version_text(min),
		    range_version_text(max));
	/* What the system's configuration set must not be in the way. */
	if (SSL_CTX_set_min_proto_version(ctx, 0) != 1 ||
	    SSL_CTX_set_max_proto_version(ctx, max) != 1 ||
	    SSL_CTX_set_min_proto_version(ctx, min) != 1 ||
	    SSL_CTX_get_min_proto_version(ctx) != min ||
	    SSL_CTX_get_max_proto_version(ctx) != max) {
		ERR_clear_error();
		return err_set(err, "%s can't do %s to %s", tls_library(),
		    range_version_text(min), range_version_text(max));
	}
	if (min < TLS1_2_VERSION)
		SSL_CTX_set_security_level(ctx, 0);
	return true;
}

static bool
is_suite(const char *word)
{
	return strncmp(word, "TLS_", 4) == 0;
}

/* OpenSSL ignores what it does not know; a user's typing error is one. */
static bool
is_in_library(const char *word)
{
	SSL_CTX *scratch = SSL_CTX_new(TLS_client_method());
	bool ok = false;

	if (scratch && is_suite(word))
		ok = SSL_CTX_set_cipher_list(scratch, "aNULL:eNULL") == 1 &&
		    SSL_CTX_set_ciphersuites(scratch, word) == 1;
	else if (scratch)
		ok = SSL_CTX_set_cipher_list(scratch, word) == 1;
	SSL_CTX_free(scratch);
	ERR_clear_error();
	return ok;
}

/* Words that take away or sort may match nothing. */
static bool
add_word(const char *word, struct buf *list, struct buf *suites,
    struct err *err)
{
	struct buf *to = is_suite(word) ? suites : list;

	if (!strchr("!-+@", *word) && !is_in_library(word))
		return err_set(err, "no such cipher: %s", word);
	if (buf_room(to) < strlen(word) + 2)
		return err_set(err, "the list of ciphers is too long");
	if (buf_len(to) > 0)
		buf_putc(to, ':');
	buf_put(to, str_from(word));
	return true;
}

static bool
split_list(const char *text, struct buf *list, struct buf *suites,
    struct err *err)
{
	char copy[LIST_MAX], *rest = copy, *word;

	if (strlen(text) >= sizeof copy)
		return err_set(err, "the list of ciphers is too long");
	memcpy(copy, text, strlen(text) + 1);
	while ((word = strsep(&rest, LIST_SEPARATORS)) != NULL)
		if (*word && !add_word(word, list, suites, err))
			return false;
	return true;
}

static bool
apply_ciphers(SSL_CTX *ctx, const char *text, struct err *err)
{
	struct buf list, suites;
	bool ok;

	buf_init(&list, LIST_MAX + 1);
	buf_init(&suites, LIST_MAX + 1);
	ok = split_list(text, &list, &suites, err);
	if (ok) {
		size_t named = buf_len(&list), named_suites = buf_len(&suites);

		buf_putc(&list, '\0');
		buf_putc(&suites, '\0');
		ok = (named == 0 ||
		    SSL_CTX_set_cipher_list(ctx, buf_str(&list).p) == 1) &&
		    (named_suites == 0 ||
		    SSL_CTX_set_ciphersuites(ctx, buf_str(&suites).p) == 1);
		if (!ok) {
			fault_set(err, "no good list of ciphers");
			err_wrap(err, "%.200s", text);
		}
	}
	buf_fini(&list);
	buf_fini(&suites);
	return ok;
}

bool
range_apply(SSL_CTX *ctx, const struct tls_range *range, struct err *err)
{
	uint16_t min = range->min ? range->min : TLS1_2_VERSION;
	uint16_t max = range->max ? range->max : TLS1_3_VERSION;

	return apply_versions(ctx, min, max, err) &&
	    (!range->ciphers || !*range->ciphers ||
	    apply_ciphers(ctx, range->ciphers, err));
}

static bool
is_allowed(SSL *ssl, const SSL_CIPHER *cipher)
{
	const STACK_OF(SSL_CIPHER) *allowed = SSL_get_ciphers(ssl);

	for (int i = 0; i < sk_SSL_CIPHER_num(allowed); i++)
		if (SSL_CIPHER_get_id(sk_SSL_CIPHER_value(allowed, i)) ==
		    SSL_CIPHER_get_id(cipher))
			return true;
	return false;
}

bool
range_has_ecdsa(SSL *ssl, unsigned version_max)
{
	const unsigned char *p;
	size_t n;

	if (version_max >= TLS1_3_VERSION &&
	    SSL_get_max_proto_version(ssl) >= TLS1_3_VERSION)
		return true;
	n = SSL_client_hello_get0_ciphers(ssl, &p);
	for (size_t i = 0; i + 1 < n; i += 2) {
		const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, p + i);

		if (cipher &&
		    SSL_CIPHER_get_auth_nid(cipher) == NID_auth_ecdsa &&
		    is_allowed(ssl, cipher))
			return true;
	}
	return false;
}

/* Never anonymous ones: there must be a certificate to judge. */
void
range_weaken(SSL *ssl)
{
	SSL_set_security_level(ssl, 0);
	SSL_set_min_proto_version(ssl, TLS1_VERSION);
	SSL_set_cipher_list(ssl, "ALL:!aNULL:@SECLEVEL=0");
	SSL_set_options(ssl, SSL_OP_LEGACY_SERVER_CONNECT);
	ERR_clear_error();
}
