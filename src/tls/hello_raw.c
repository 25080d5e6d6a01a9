/* SPDX-License-Identifier: MIT */
/*
 * A ClientHello read from the records it came in (RFC 8446 sections 4.1.2
 * and 5.1), for what OpenSSL does not tell of.  tls.c calls it once, at the
 * pause; every byte is hostile and nothing is kept but the texts.
 */
#include "hello_raw.h"

#include <assert.h>
#include <stdio.h>

#include <openssl/ssl3.h>
#include <openssl/tls1.h>

#include "sluice/base/buf.h"
#include "take.h"

#define HEAD_SIZE	4		/* type and length of a message */
#define RANDOM_SIZE	32
#define SESSION_ID_MAX	32
#define EXTENSION_ECH	0xfe0d
#define MORE		", .."

static const struct hello_version versions[] = {
	{ 0x0304, "13", "TLS 1.3" },
	{ 0x0303, "12", "TLS 1.2" },
	{ 0x0302, "11", "TLS 1.1" },
	{ 0x0301, "10", "TLS 1.0" },
	{ 0x0300, "s3", "SSL 3.0" },
	{ 0x0002, "s2", "SSL 2.0" },
	{ 0xfeff, "d1", "DTLS 1.0" },
	{ 0xfefd, "d2", "DTLS 1.2" },
	{ 0xfefc, "d3", "DTLS 1.3" },
};

/* Those that clients offer first; any other is shown as its number. */
static const struct {
	uint16_t id;
	const char *name;
} suites[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256" },
	{ 0x1302, "TLS_AES_256_GCM_SHA384" },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256" },
	{ 0x1304, "TLS_AES_128_CCM_SHA256" },
	{ 0x1305, "TLS_AES_128_CCM_8_SHA256" },
	{ 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256" },
	{ 0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" },
	{ 0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" },
	{ 0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384" },
	{ 0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384" },
	{ 0x0033, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0039, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x0067, "TLS_DHE_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x006b, "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256" },
	{ 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384" },
	{ 0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA" },
	{ 0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA" },
	{ 0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256" },
	{ 0x003d, "TLS_RSA_WITH_AES_256_CBC_SHA256" },
	{ 0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA" },
	{ 0x0005, "TLS_RSA_WITH_RC4_128_SHA" },
	{ 0x0004, "TLS_RSA_WITH_RC4_128_MD5" },
};

const struct hello_version *
hello_version(size_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		if (versions[i].id == id)
			return &versions[i];
	return NULL;
}

bool
hello_is_grease(size_t id)
{
	return (id & 0x0f0f) == 0x0a0a && id >> 8 == (id & 0xff);
}

bool
hello_next_id(struct str *rest, size_t *id)
{
	while (take_number(rest, 2, id))
		if (!hello_is_grease(*id))
			return true;
	return false;
}

bool
hello_next_extension(struct str *rest, size_t *type, struct str *body)
{
	return take_number(rest, 2, type) && take_list(rest, 2, body);
}

bool
hello_find(const struct hello_parts *parts, size_t type, struct str *body)
{
	struct str rest = parts->extensions;
	size_t found;

	while (hello_next_extension(&rest, &found, body))
		if (found == type)
			return true;
	return false;
}

struct str
hello_version_list(const struct hello_parts *parts, char legacy[2])
{
	struct str body, list;

	if (hello_find(parts, TLSEXT_TYPE_supported_versions, &body) &&
	    take_vector(body, 1, &list))
		return list;
	legacy[0] = (char)(parts->version >> 8);
	legacy[1] = (char)parts->version;
	return str_make(legacy, 2);
}

/*
 * The length that the head of a message tells; false when it is no hello or
 * too long.  SIZE_MAX as long as the head is not complete.
 */
static bool
message_length(struct str message, size_t *length)
{
	size_t type, n;

	*length = SIZE_MAX;
	if (!take_number(&message, 1, &type))
		return true;
	if (type != SSL3_MT_CLIENT_HELLO)
		return false;
	if (!take_number(&message, 3, &n))
		return true;
	*length = HEAD_SIZE + n;
	return *length <= HELLO_MESSAGE_MAX;
}

/* OpenSSL allows empty records, so they are no reason to stop here. */
static bool
take_record(struct str *raw, struct str *fragment)
{
	size_t type, version;

	return take_number(raw, 1, &type) && take_number(raw, 2, &version) &&
	    take_list(raw, 2, fragment) && type == SSL3_RT_HANDSHAKE &&
	    version >> 8 == SSL3_VERSION_MAJOR &&
	    fragment->n <= SSL3_RT_MAX_PLAIN_LENGTH;
}

/* The message without its head, from as many records as it takes. */
static bool
join_records(struct str raw, struct buf *message, struct str *hello)
{
	size_t length;

	for (;;) {
		struct str fragment;

		if (!message_length(buf_str(message), &length))
			return false;
		if (length <= buf_len(message))
			break;
		if (!take_record(&raw, &fragment))
			return false;
		/* Whatever comes behind the hello need not fit. */
		buf_put(message, str_sub(fragment, 0, buf_room(message)));
	}
	*hello = str_sub(buf_str(message), HEAD_SIZE, length);
	return true;
}

static bool
are_extensions_whole(struct str rest)
{
	struct str body;
	size_t type;

	while (rest.n > 0)
		if (!hello_next_extension(&rest, &type, &body))
			return false;
	return true;
}

static bool
find_parts(struct str hello, struct hello_parts *parts)
{
	struct str random, session, compression;

	parts->extensions = STR_NONE;
	if (!take_number(&hello, 2, &parts->version) ||
	    !take(&hello, RANDOM_SIZE, &random) ||
	    !take_list(&hello, 1, &session) || session.n > SESSION_ID_MAX ||
	    !take_list(&hello, 2, &parts->ciphers) ||
	    parts->ciphers.n % 2 != 0 ||
	    !take_list(&hello, 1, &compression))
		return false;
	/* Before TLS 1.3 the whole block may be missing. */
	if (hello.n == 0)
		return true;
	return take_vector(hello, 2, &parts->extensions) &&
	    are_extensions_whole(parts->extensions);
}

/* False when it does not fit: the text then ends with the mark for more. */
static bool
put_word(char out[HELLO_TEXT_MAX], const char *separator, const char *word)
{
	size_t used = strlen(out), room = HELLO_TEXT_MAX - used;

	assert(room >= sizeof MORE);
	if (strlen(separator) + strlen(word) + sizeof MORE > room) {
		memcpy(out + used, MORE, sizeof MORE);
		return false;
	}
	snprintf(out + used, room, "%s%s", separator, word);
	return true;
}

static void
write_versions(const struct hello_parts *parts, char out[HELLO_TEXT_MAX])
{
	char legacy[2], number[sizeof "0xffff"];
	struct str list = hello_version_list(parts, legacy);
	size_t id;

	out[0] = '\0';
	while (hello_next_id(&list, &id)) {
		const struct hello_version *version = hello_version(id);

		snprintf(number, sizeof number, "0x%04x", (uint16_t)id);
		if (!put_word(out, out[0] ? ", " : "",
		    version ? version->text : number))
			return;
	}
}

/* Signals that look like ciphers (RFC 5746 section 3.3, RFC 7507) are none. */
static bool
next_cipher(struct str *rest, size_t *id)
{
	while (hello_next_id(rest, id))
		if (*id != 0x00ff && *id != 0x5600)
			return true;
	return false;
}

static const char *
suite_name(size_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (suites[i].id == id)
			return suites[i].name;
	return NULL;
}

static void
write_ciphers(const struct hello_parts *parts, char out[HELLO_TEXT_MAX])
{
	struct str rest = parts->ciphers;
	const char *separator = ": ";
	char number[sizeof "0xffff"];
	size_t id, count = 0;

	while (next_cipher(&rest, &id))
		count++;
	snprintf(out, HELLO_TEXT_MAX, "%zu suite%s", count,
	    count == 1 ? "" : "s");
	rest = parts->ciphers;
	while (next_cipher(&rest, &id)) {
		const char *name = suite_name(id);

		snprintf(number, sizeof number, "0x%04x", (uint16_t)id);
		if (!put_word(out, separator, name ? name : number))
			return;
		separator = ", ";
	}
}

bool
hello_read_raw(struct hello *h, struct str raw)
{
	struct hello_parts parts;
	struct buf message;
	struct str hello, body;
	bool ok;

	h->ech = false;
	h->ja4[0] = h->versions[0] = h->ciphers[0] = '\0';
	buf_init(&message, HELLO_MESSAGE_MAX);
	ok = join_records(raw, &message, &hello) && find_parts(hello, &parts);
	if (ok) {
		h->ech = hello_find(&parts, EXTENSION_ECH, &body);
		ja4_write(&parts, h->ja4);
		write_versions(&parts, h->versions);
		write_ciphers(&parts, h->ciphers);
	}
	buf_fini(&message);
	return ok;
}
