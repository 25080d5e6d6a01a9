/* SPDX-License-Identifier: MIT */
/* A directory for a CA of one's own, and what is put there. */
#include "place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/pem.h>

#include "sluice/base/mem.h"
#include "sluice/base/path.h"

const char *const place_files[PLACE_FILES] = {
	"sluice-ca.pem", "sluice-ca-cert.pem", "sluice-ca-cert.cer",
	"sluice-ca-cert.p12",
};

void
place_init(struct place *p)
{
	snprintf(p->top, sizeof p->top, "/tmp/sluice-test-ca-XXXXXX");
	assert_non_null(mkdtemp(p->top));
	p->dir = path_join(p->top, "conf");
	p->key = path_join(p->dir, place_files[0]);
}

void
place_fini(struct place *p)
{
	for (size_t i = 0; i < PLACE_FILES; i++) {
		char *path = path_join(p->dir, place_files[i]);

		unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(p->dir), 0);
	assert_int_equal(rmdir(p->top), 0);
	free(p->dir);
	free(p->key);
}

unsigned
place_mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (unsigned)st.st_mode & 07777;
}

void
place_put_file(const char *path, const char *text)
{
	assert_true(path_write_atomic(path, str_from(text), 0600, NULL));
}

char *
place_pem_of(EVP_PKEY *key, X509 *one, X509 *two)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *p, *text;
	long n;

	if (key)
		assert_true(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0,
		    NULL, NULL));
	if (one)
		assert_true(PEM_write_bio_X509(bio, one));
	if (two)
		assert_true(PEM_write_bio_X509(bio, two));
	n = BIO_get_mem_data(bio, &p);
	text = str_dup(str_make(p, (size_t)n));
	BIO_free(bio);
	return text;
}

void
place_refuse(const struct place *p, const char *why)
{
	struct err err = { "" };

	assert_null(ca_open(p->dir, &err));
	print_message("%s\n", err.text);
	assert_true(str_find(str_from(err.text), str_from(why)) != SIZE_MAX);
	assert_true(str_find(str_from(err.text), str_from(p->key)) !=
	    SIZE_MAX);
}
