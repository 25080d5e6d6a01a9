/* SPDX-License-Identifier: MIT */
/*
 * The variables that point programs at sluice and have them trust its CA;
 * one list for `sluice env' and `sluice run'.
 */
#ifndef SLUICE_RUN_ENVIRONMENT_H
#define SLUICE_RUN_ENVIRONMENT_H

#include "sluice/base/str.h"

struct environment_setup {
	const char *proxy;	/* "127.0.0.1:8080"; NULL: no proxy variables */
	const char *ca;		/* the CA's certificate, PEM */
	const char *roots;	/* PEM file of all roots to trust */
	const char *java;	/* PKCS#12 file of those Java is to trust */
};

typedef void environment_fn(void *owner, const char *name,
    const char *value);

/* Calls set for each variable. */
void environment_each(const struct environment_setup *setup,
    environment_fn *set, void *owner);

#endif
