/* SPDX-License-Identifier: MIT */
/* Client certificates: their files, servers that ask for one or do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "pair.h"
#include "sluice/base/clock.h"
#include "sluice/base/path.h"

#define NAME "Robert'); DROP"

static struct pair p;
static char path[] = "/tmp/sluice-test-key-XXXXXX";
static struct odd good, other, old, young, middle;

static void
make(struct odd *o, int64_t from_days, int64_t to_days)
{
	int64_t now = clock_wall() / 1000000;

	odd_new(o);
	odd_cn(o, STR(NAME));
	assert_true(mint_times(o->cert, now + from_days * DAY_SECONDS,
	    now + to_days * DAY_SECONDS));
	odd_sign(o, p.ca);
}

/* A CA between ours and good; no key id of the issuer misleads. */
static void
make_middle(void)
{
	struct err err = { "" };

	assert_true(ca_make("Middle", false, &middle.key, &middle.cert,
	    &err));
	X509_EXTENSION_free(X509_delete_ext(middle.cert, X509_get_ext_by_NID(
	    middle.cert, NID_authority_key_identifier, -1)));
	odd_sign(&middle, p.ca);
	assert_true(X509_set_issuer_name(good.cert,
	    X509_get_subject_name(middle.cert)));
	assert_true(mint_sign(good.cert, middle.key));
}

static int
setup(void **state)
{
	(void)state;
	pair_open(&p);
	close(mkstemp(path));
	make(&good, -1, 30);
	make(&other, -1, 30);
	make(&old, -3, -1);
	make(&young, 1, 30);
	make_middle();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pair_close(&p);
	odd_free(&good);
	odd_free(&other);
	odd_free(&old);
	odd_free(&young);
	odd_free(&middle);
	unlink(path);
	return 0;
}

enum part {
	CERT_GOOD = 1 << 0,
	CERT_OTHER = 1 << 1,
	CERT_OLD = 1 << 2,
	CERT_YOUNG = 1 << 3,
	CERT_CA = 1 << 4,
	KEY_GOOD = 1 << 5,
	KEY_OLD = 1 << 6,
	KEY_YOUNG = 1 << 7,
	KEY_SEALED = 1 << 8,		/* with a password, PKCS #8 */
	KEY_SEALED_OLD = 1 << 9,	/* .. as OpenSSL did long ago */
	CERT_SEND = 1 << 10,		/* who issued CERT_GOOD */
};

static void
put_key(BIO *bio, EVP_PKEY *key, const EVP_CIPHER *cipher, bool traditional)
{
	unsigned char pass[] = "pass";

	if (traditional)
		assert_true(PEM_write_bio_PrivateKey_traditional(bio, key,
		    cipher, pass, 4, NULL, NULL));
	else
		assert_true(PEM_write_bio_PrivateKey(bio, key, cipher,
		    cipher ? pass : NULL, cipher ? 4 : 0, NULL, NULL));
}

static void
write_parts(unsigned parts, mode_t mode)
{
	const struct {
		unsigned part;
		X509 *cert;
	} certs[] = {
		{ CERT_SEND, middle.cert },
		{ CERT_GOOD, good.cert }, { CERT_OTHER, other.cert },
		{ CERT_OLD, old.cert }, { CERT_YOUNG, young.cert },
		{ CERT_CA, ca_cert(p.ca) },
	};
	BIO *bio = BIO_new_file(path, "w");

	assert_non_null(bio);
	BIO_puts(bio, "Bag Attributes\n    friendlyName: x\n");
	for (size_t i = 0; i < ARRAY_LEN(certs); i++)
		if (parts & certs[i].part)
			assert_true(PEM_write_bio_X509(bio, certs[i].cert));
	if (parts & KEY_GOOD)
		put_key(bio, good.key, NULL, false);
	if (parts & KEY_OLD)
		put_key(bio, old.key, NULL, false);
	if (parts & KEY_YOUNG)
		put_key(bio, young.key, NULL, false);
	if (parts & KEY_SEALED)
		put_key(bio, good.key, EVP_aes_128_cbc(), false);
	if (parts & KEY_SEALED_OLD)
		put_key(bio, good.key, EVP_aes_128_cbc(), true);
	BIO_free(bio);
	assert_int_equal(chmod(path, mode), 0);
}

static void
check_refused(const char *why)
{
	struct err err = { "" };

	assert_null(tls_key_load(path, &err));
	assert_true(str_starts(str_from(err.text), str_from(path)));
	if (!strstr(err.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, err.text);
}

static void
test_refused(void **state)
{
	static const struct {
		unsigned parts;
		mode_t mode;
		const char *why;
	} rows[] = {
		{ CERT_GOOD | KEY_GOOD, 0640, "others (mode 0640); if nobody "
		    "has copied it: chmod 600 it" },
		{ CERT_GOOD | KEY_GOOD, 0602, "others (mode 0602)" },
		{ CERT_GOOD, 0600, ": holds no private key in PEM form" },
		{ KEY_GOOD, 0600, ": holds no certificate in PEM form" },
		{ 0, 0600, ": holds no private key in PEM form" },
		{ CERT_OTHER | KEY_GOOD, 0600,
		    ": the certificate does not belong to the key" },
		{ CERT_GOOD | KEY_SEALED, 0600, ": the key has a password" },
		{ CERT_GOOD | KEY_SEALED_OLD, 0400,
		    ": the key has a password" },
		{ CERT_OLD | KEY_OLD, 0600, ": the certificate expired on 20" },
		{ CERT_YOUNG | KEY_YOUNG, 0600,
		    ": the certificate is not valid before 20" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		write_parts(rows[i].parts, rows[i].mode);
		check_refused(rows[i].why);
	}
}

static void
test_odd_files(void **state)
{
	struct err err = { "" };
	FILE *f;

	(void)state;
	assert_null(tls_key_load("/tmp", &err));
	assert_string_equal(err.text, "/tmp: is not a regular file");
	assert_null(tls_key_load("/tmp/no/such/file", &err));
	assert_string_equal(err.text,
	    "/tmp/no/such/file: No such file or directory");
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(chmod(path, 0600), 0);
	for (size_t i = 0; i < 300; i++)
		fprintf(f, "%01023d\n", 0);
	fclose(f);
	check_refused(": is too large for a key");
	if (geteuid() != 0)
		return;
	write_parts(CERT_GOOD | KEY_GOOD, 0600);
	assert_int_equal(chown(path, 1, 1), 0);
	check_refused(": belongs to another user");
	assert_int_equal(chown(path, 0, 0), 0);
}

static struct tls_key *
load(unsigned parts)
{
	struct err err = { "" };
	struct tls_key *key;

	write_parts(parts, 0600);
	key = tls_key_load(path, &err);
	assert_string_equal(err.text, "");
	assert_non_null(key);
	assert_string_equal(tls_key_subject(key), "CN=" NAME);
	return key;
}

/* Takes any certificate: what is looked at is whether one came. */
static int
accept_cb(int ok, X509_STORE_CTX *run)
{
	(void)ok;
	(void)run;
	return 1;
}

enum ask { ASK_NOT, ASK, ASK_STRICTLY };

static void
connect_asking(const struct tls_key *key, int version, enum ask ask,
    STACK_OF(X509_NAME) *names)
{
	static const int modes[] = {
		[ASK_NOT] = SSL_VERIFY_NONE,
		[ASK] = SSL_VERIFY_PEER,
		[ASK_STRICTLY] = SSL_VERIFY_PEER |
		    SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
	};

	pair_connect_to(&p, &(struct tls_target){ .host = STR("a.test"),
		.sni = STR("a.test"), .peer = STR("192.0.2.1:443"),
		.key = key });
	SSL_set_max_proto_version(tls_ssl(p.server), version);
	SSL_set_verify(tls_ssl(p.server), modes[ask], accept_cb);
	SSL_set0_CA_list(tls_ssl(p.server), names);
	pair_to_hello(&p);
}

static bool
is_cert_sent(void)
{
	struct tls_facts facts;

	tls_facts(p.client, &facts);
	return facts.cert_sent;
}

static STACK_OF(X509_NAME) *
name_list(size_t count, const char *cn)
{
	STACK_OF(X509_NAME) *names = sk_X509_NAME_new_null();

	for (size_t i = 0; i < count; i++) {
		X509_NAME *name = X509_NAME_new();
		X509_NAME_ENTRY *e = X509_NAME_ENTRY_create_by_NID(NULL,
		    NID_commonName, V_ASN1_UTF8STRING,
		    (const unsigned char *)cn, (int)strlen(cn));

		assert_true(X509_NAME_add_entry(name, e, -1, 0));
		X509_NAME_ENTRY_free(e);
		sk_X509_NAME_push(names, name);
	}
	return names;
}

static void
test_asked(void **state)
{
	struct tls_key *key = load(CERT_SEND | CERT_GOOD | KEY_GOOD | CERT_CA |
	    CERT_OTHER);

	(void)state;
	for (int i = 0; i < 8; i++) {
		int version = i % 2 ? TLS1_3_VERSION : TLS1_2_VERSION;
		bool asked = i / 2 % 2, has_key = i / 4;
		X509 *cert;

		connect_asking(has_key ? key : NULL, version,
		    asked ? ASK : ASK_NOT, name_list(1, "Our CA"));
		pair_resume(&p, "a.test", "");
		cert = SSL_get0_peer_certificate(tls_ssl(p.server));
		assert_int_equal(cert != NULL, asked && has_key);
		assert_int_equal(is_cert_sent(), asked && has_key);
		if (!asked)
			assert_null(tls_cert_wanted(p.client));
		else
			assert_string_equal(tls_cert_wanted(p.client),
			    "CN=Our CA");
		if (!cert)
			continue;
		assert_int_equal(X509_cmp(cert, good.cert), 0);
		/* The issuer went along, root and stranger did not. */
		assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(
		    tls_ssl(p.server))), 1);
		assert_int_equal(X509_cmp(sk_X509_value(
		    SSL_get_peer_cert_chain(tls_ssl(p.server)), 0),
		    middle.cert), 0);
	}
	pair_disconnect(&p);
	tls_key_free(key);
}

static void
test_required(void **state)
{
	static const struct {
		int version, alert;
		const char *text;
	} rows[] = {
		{ TLS1_2_VERSION, 40,
		    "server sent alert: handshake failure (40)" },
		{ TLS1_3_VERSION, 116,
		    "server sent alert: certificate required (116)" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct leaf *leaf = pair_leaf(&p, NULL, "a.test", NULL);
		enum tls_step client, server;
		struct err err = { "" };
		struct buf plain;

		connect_asking(NULL, rows[i].version, ASK_STRICTLY, NULL);
		assert_true(tls_resume(p.server, leaf, STR(""), NULL));
		leaf_unref(leaf);
		pair_run(&p, &client, &server);
		assert_int_equal(server, TLS_FAILED);
		buf_init(&plain, 100);
		/* In TLS 1.3 the client learns of it when it reads. */
		if (client == TLS_READY)
			assert_int_equal(tls_read(p.client, &plain, &err),
			    TLS_FAILED);
		else
			assert_int_equal(tls_handshake(p.client, &err),
			    TLS_FAILED);
		assert_string_equal(err.text, rows[i].text);
		assert_int_equal(tls_alert(p.client), rows[i].alert);
		/* It is no lack of a common version or suite. */
		assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_ALERT);
		assert_string_equal(tls_cert_wanted(p.client), "any");
		buf_fini(&plain);
	}
}

static void
test_wanted(void **state)
{
	static const char evil[] = "\x1b]0;x\a";
	char big[400];

	(void)state;
	connect_asking(NULL, TLS1_3_VERSION, ASK, name_list(1, evil));
	pair_resume(&p, "a.test", "");
	assert_string_equal(tls_cert_wanted(p.client), "CN=\\x1b]0;x\\x07");
	connect_asking(NULL, TLS1_2_VERSION, ASK, name_list(13, "x"));
	pair_resume(&p, "a.test", "");
	assert_string_equal(tls_cert_wanted(p.client), "CN=x; CN=x; CN=x; "
	    "CN=x; CN=x; CN=x; CN=x; CN=x; CN=x; CN=x and 3 more");
	memset(big, 'b', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	connect_asking(NULL, TLS1_3_VERSION, ASK, name_list(33, big));
	pair_resume(&p, "a.test", "");
	assert_true(strlen(tls_cert_wanted(p.client)) <= 1024);
	assert_non_null(strstr(tls_cert_wanted(p.client), "b..; CN=bb"));
	assert_true(str_ends(str_from(tls_cert_wanted(p.client)),
	    STR(".. and 23 more")));
	connect_asking(NULL, TLS1_3_VERSION, ASK, name_list(0, ""));
	pair_resume(&p, "a.test", "");
	assert_string_equal(tls_cert_wanted(p.client), "any");
}

/* An ECDSA key is of no use to a server that can only read RSA. */
static void
test_unsuited(void **state)
{
	struct tls_key *key = load(CERT_GOOD | KEY_GOOD);

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		connect_asking(key, version, ASK, NULL);
		assert_true(SSL_set1_client_sigalgs_list(tls_ssl(p.server),
		    "RSA+SHA256:RSA-PSS+SHA256"));
		pair_resume(&p, "a.test", "");
		assert_null(SSL_get0_peer_certificate(tls_ssl(p.server)));
		assert_false(is_cert_sent());
		assert_string_equal(tls_cert_wanted(p.client), "any");
	}
	pair_disconnect(&p);
	tls_key_free(key);
}

/* A session with a certificate is not for connections without it. */
static void
test_resumed(void **state)
{
	struct tls_key *key = load(CERT_GOOD | KEY_GOOD);

	(void)state;
	for (int version = TLS1_2_VERSION; version <= TLS1_3_VERSION;
	    version++) {
		static const struct {
			bool key, resumed, sent;
		} rows[] = {
			{ true, false, true },
			{ true, true, true },
			{ true, true, true },
			{ false, false, false },
			{ false, true, false },
			{ true, true, true },
		};

		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			connect_asking(rows[i].key ? key : NULL, version, ASK,
			    NULL);
			pair_resume(&p, "a.test", "");
			tls_approve(p.client);
			pair_say(p.server, p.client, "tickets");
			assert_int_equal(SSL_session_reused(tls_ssl(p.client)),
			    rows[i].resumed);
			assert_int_equal(is_cert_sent(), rows[i].sent);
			assert_int_equal(SSL_get0_peer_certificate(
			    tls_ssl(p.server)) != NULL, rows[i].sent);
		}
	}
	pair_disconnect(&p);
	tls_key_free(key);
}

/* Too small for the security level, unless weakness is allowed. */
static void
test_small(void **state)
{
	struct odd keep = good;
	struct tls_key *key;

	(void)state;
	odd_new(&good);
	EVP_PKEY_free(good.key);
	good.key = EVP_RSA_gen(1024);
	assert_true(X509_set_pubkey(good.cert, good.key));
	odd_cn(&good, STR(NAME));
	odd_sign(&good, p.ca);
	key = load(CERT_GOOD | KEY_GOOD);
	for (int weak = 0; weak < 2; weak++) {
		struct leaf *leaf = pair_leaf(&p, NULL, "a.test", NULL);
		enum tls_step client, server;

		pair_connect_to(&p, &(struct tls_target){
			.host = STR("a.test"), .key = key, .weak = weak });
		SSL_set_verify(tls_ssl(p.server), SSL_VERIFY_PEER, accept_cb);
		SSL_set_security_level(tls_ssl(p.server), 0);
		pair_to_hello(&p);
		assert_true(tls_resume(p.server, leaf, STR(""), NULL));
		leaf_unref(leaf);
		pair_run(&p, &client, &server);
		assert_int_equal(client, weak ? TLS_READY : TLS_FAILED);
		if (weak) {
			assert_true(is_cert_sent());
			continue;
		}
		assert_string_equal(p.client_err.text,
		    "the key of our client certificate is too small");
		assert_int_equal(tls_trouble(p.client), TLS_TROUBLE_WEAK);
	}
	pair_disconnect(&p);
	tls_key_free(key);
	odd_free(&good);
	good = keep;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_wanted),
		cmocka_unit_test(test_unsuited),
		cmocka_unit_test(test_resumed),
		cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
