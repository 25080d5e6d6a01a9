/* SPDX-License-Identifier: MIT */
/*
 * Reads a certificate through OpenSSL's accessors.  Every text is copied
 * with its length and made safe; a name that is not plain is dropped, never
 * cut, so that "good.test\0.evil.test" does not become "good.test".
 */
#include "private.h"

#include <time.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

#define NAME_TEXT_MAX	1024
#define SERIAL_MAX	32	/* RFC 5280 allows 20 */

int64_t
identity_time(const ASN1_TIME *t)
{
	struct tm tm;

	if (!t || ASN1_TIME_to_tm(t, &tm) != 1)
		return 0;
	return (int64_t)timegm(&tm) * 1000000;
}

char *
identity_hex(const unsigned char *p, size_t n)
{
	struct buf b;
	char *text;

	buf_init(&b, n * 3 + 1);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%02X", i ? ":" : "", p[i]);
	text = buf_take(&b);
	buf_fini(&b);
	return text;
}

static void
put_entry(struct buf *b, const X509_NAME_ENTRY *entry)
{
	const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
	unsigned char *utf8 = NULL;
	char type[64];
	int nid = OBJ_obj2nid(object);
	int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));

	if (nid != NID_undef)
		snprintf(type, sizeof type, "%s", OBJ_nid2sn(nid));
	else
		OBJ_obj2txt(type, sizeof type, object, 1);
	escape_text(b, str_from(buf_len(b) ? ", " : ""), 0);
	escape_text(b, str_from(type), 0);
	escape_text(b, STR("="), 0);
	if (n >= 0)
		escape_text(b, str_make(utf8, (size_t)n), 0);
	else
		escape_text(b, STR("?"), 0);
	OPENSSL_free(utf8);
}

/* Most special first, as people look for the CN. */
char *
identity_name_text(const X509_NAME *name)
{
	struct buf b;
	char *text;

	buf_init(&b, NAME_TEXT_MAX);
	for (int i = X509_NAME_entry_count(name) - 1; i >= 0; i--)
		put_entry(&b, X509_NAME_get_entry(name, i));
	text = buf_take(&b);
	buf_fini(&b);
	return text;
}

void
identity_put_name(struct buf *out, const X509_NAME *name, size_t max,
    const char *none)
{
	char *text = identity_name_text(name);
	struct buf b;

	buf_init(&b, max);
	escape_text(&b, str_from(*text ? text : none), 0);
	buf_put(out, buf_str(&b));
	if (buf_len(&b) < strlen(text))
		buf_put(out, STR(".."));
	buf_fini(&b);
	free(text);
}

/* The text when it needs no escaping, else NULL. */
static char *
clean_text(const ASN1_STRING *s)
{
	unsigned char *utf8 = NULL;
	int n = ASN1_STRING_to_UTF8(&utf8, s);
	struct str raw = str_make(utf8, n > 0 ? (size_t)n : 0);
	char *text = NULL;

	if (n > 0 && raw.n <= NAME_HOST_MAX) {
		text = escape_dup(raw);
		if (!str_eq(str_from(text), raw)) {
			free(text);
			text = NULL;
		}
	}
	OPENSSL_free(utf8);
	return text;
}

char *
identity_common_name(const X509_NAME *name)
{
	int at = -1;

	for (;;) {
		char *text;

		at = X509_NAME_get_index_by_NID(name, NID_commonName, at);
		if (at < 0)
			return NULL;
		text = clean_text(X509_NAME_ENTRY_get_data(
		    X509_NAME_get_entry(name, at)));
		if (text)
			return text;
	}
}

static const char *
curve_name(const char *group)
{
	static const struct {
		const char *group, *name;
	} known[] = {
		{ "prime256v1", "P-256" },
		{ "secp384r1", "P-384" },
		{ "secp521r1", "P-521" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(group, known[i].group) == 0)
			return known[i].name;
	return group;
}

char *
identity_key_text(EVP_PKEY *key)
{
	char group[64];
	size_t n;

	if (!key)
		return mem_strdup("unknown");
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return mem_printf("RSA %d", EVP_PKEY_get_bits(key));
	case EVP_PKEY_RSA_PSS:
		return mem_printf("RSA-PSS %d", EVP_PKEY_get_bits(key));
	case EVP_PKEY_EC:
		if (EVP_PKEY_get_group_name(key, group, sizeof group, &n) != 1)
			return mem_strdup("EC");
		return mem_printf("EC %s", curve_name(group));
	default:
		break;
	}
	if (!EVP_PKEY_get0_type_name(key))
		return mem_strdup("unknown");
	return mem_strdup(EVP_PKEY_get0_type_name(key));
}

static char *
serial_text(const X509 *cert)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	size_t n = (size_t)ASN1_STRING_length(serial);
	char *hex = identity_hex(ASN1_STRING_get0_data(serial),
	    n < SERIAL_MAX ? n : SERIAL_MAX);
	char *text;

	if (!(ASN1_STRING_type(serial) & V_ASN1_NEG))
		return hex;
	text = mem_printf("-%s", hex);
	free(hex);
	return text;
}

static void
add_dns(struct identity *id, const ASN1_STRING *value)
{
	struct str name = str_make(ASN1_STRING_get0_data(value),
	    (size_t)ASN1_STRING_length(value));

	if (!name_is_host(name, true))
		return;
	id->dns[id->dns_count++] = str_dup(name);
}

static void
add_ip(struct identity *id, const ASN1_STRING *value)
{
	struct identity_ip *ip = &id->ip[id->ip_count];
	int n = ASN1_STRING_length(value);

	if (n != 4 && n != 16)
		return;
	ip->len = (uint8_t)n;
	memcpy(ip->bytes, ASN1_STRING_get0_data(value), (size_t)n);
	id->ip_count++;
}

/* OpenSSL bounds the size of the certificate, so the count is bounded. */
static void
read_names(struct identity *id, const X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name,
	    NULL, NULL);
	size_t n = names ? (size_t)sk_GENERAL_NAME_num(names) : 0;

	if (n > 0) {
		id->dns = mem_array(NULL, n, sizeof *id->dns);
		id->ip = mem_array(NULL, n, sizeof *id->ip);
	}
	for (size_t i = 0; i < n; i++) {
		int type;
		const void *value = GENERAL_NAME_get0_value(
		    sk_GENERAL_NAME_value(names, (int)i), &type);

		if (type == GEN_DNS)
			add_dns(id, value);
		else if (type == GEN_IPADD)
			add_ip(id, value);
	}
	GENERAL_NAMES_free(names);
}

struct identity *
identity_of(X509 *cert)
{
	struct identity *id = NEW(struct identity);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	id->cn = identity_common_name(X509_get_subject_name(cert));
	read_names(id, cert);
	id->subject = identity_name_text(X509_get_subject_name(cert));
	id->issuer = identity_name_text(X509_get_issuer_name(cert));
	id->serial = serial_text(cert);
	id->key = identity_key_text(X509_get0_pubkey(cert));
	X509_digest(cert, EVP_sha256(), digest, &n);
	id->sha256 = identity_hex(digest, n);
	id->not_before = identity_time(X509_get0_notBefore(cert));
	id->not_after = identity_time(X509_get0_notAfter(cert));
	id->verify_code = X509_V_ERR_UNSPECIFIED;
	id->verify_text = mem_strdup("not verified");
	ERR_clear_error();
	return id;
}

struct identity *
identity_read(const struct tls *t)
{
	SSL *ssl = tls_ssl(t);
	X509 *cert = SSL_get0_peer_certificate(ssl);
	const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	struct identity *id;

	if (!cert)
		return NULL;
	id = identity_of(cert);
	id->chain = chain ? (size_t)sk_X509_num(chain) : 1;
	id->verify_code = SSL_get_verify_result(ssl);
	if (id->verify_code == X509_V_OK && !tls_host_is_checked(t))
		id->verify_code = X509_V_ERR_HOSTNAME_MISMATCH;
	id->verified = id->verify_code == X509_V_OK;
	free(id->verify_text);
	id->verify_text = mem_strdup(
	    X509_verify_cert_error_string(id->verify_code));
	id->verify_depth = tls_verdict(ssl)->depth;
	id->chain_text = chain_text(chain, tls_verdict(ssl), id->verify_text);
	return id;
}

void
identity_free(struct identity *id)
{
	if (!id)
		return;
	for (size_t i = 0; i < id->dns_count; i++)
		free(id->dns[i]);
	free(id->dns);
	free(id->ip);
	free(id->cn);
	free(id->subject);
	free(id->issuer);
	free(id->serial);
	free(id->key);
	free(id->sha256);
	free(id->verify_text);
	free(id->chain_text);
	free(id);
}

static bool
covers_ip(const struct identity *id, const struct identity_ip *ip)
{
	for (size_t i = 0; i < id->ip_count; i++)
		if (id->ip[i].len == ip->len &&
		    memcmp(id->ip[i].bytes, ip->bytes, ip->len) == 0)
			return true;
	return false;
}

/* The CN counts only when there is no dNSName, as OpenSSL has it. */
bool
identity_covers(const struct identity *id, struct str host)
{
	struct identity_ip ip;

	if (name_parse_ip(host, &ip))
		return covers_ip(id, &ip);
	host = name_strip(host);
	if (!name_is_host(host, false))
		return false;
	if (id->dns_count == 0)
		return id->cn && name_is_host(str_from(id->cn), true) &&
		    name_covers(str_from(id->cn), host);
	for (size_t i = 0; i < id->dns_count; i++)
		if (name_covers(str_from(id->dns[i]), host))
			return true;
	return false;
}
