/* SPDX-License-Identifier: MIT */
/* A directory for a CA of one's own, and what is put there. */
#ifndef SLUICE_TESTS_TLS_PLACE_H
#define SLUICE_TESTS_TLS_PLACE_H

#include "../../src/tls/private.h"

#define PLACE_FILES 4

/* What lies there in the end; the key's is the first. */
extern const char *const place_files[PLACE_FILES];

struct place {
	char top[64];
	char *dir, *key;
};

void place_init(struct place *p);
void place_fini(struct place *p);
unsigned place_mode_of(const char *path);
void place_put_file(const char *path, const char *text);
/* Key and certificates as PEM text, heap; each may be NULL. */
char *place_pem_of(EVP_PKEY *key, X509 *one, X509 *two);
/* It cannot be opened; the reason has why and the file in it. */
void place_refuse(const struct place *p, const char *why);

#endif
