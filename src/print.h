/* SPDX-License-Identifier: MIT */
/* What the program prints instead of running: help, version, ca, env. */
#ifndef SLUICE_SRC_PRINT_H
#define SLUICE_SRC_PRINT_H

#include "sluice/base/option.h"
#include "sluice/tls/ca.h"

void print_help(void);
void print_version(void);
/* Where the CA is, its fingerprint, how to trust it. */
void print_ca(const struct ca *ca, const struct options *o);
/* Shell lines to eval: proxy and CA variables. */
void print_env(const struct ca *ca, const struct options *o);
/* "sluice: ..." on stderr; returns status. */
int print_error(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
