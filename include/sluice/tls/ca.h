/* SPDX-License-Identifier: MIT */
/*
 * Our root: load, create, describe, export.  Files as CLI.md says, in one
 * directory (0700): sluice-ca.pem (key and certificate, 0600),
 * sluice-ca-cert.pem, sluice-ca-cert.cer (DER), sluice-ca-cert.p12 (the
 * certificate only, no password).
 */
#ifndef SLUICE_TLS_CA_H
#define SLUICE_TLS_CA_H

#include <stdbool.h>
#include <stdint.h>

#include "sluice/base/buf.h"
#include "sluice/base/err.h"
#include "sluice/base/str.h"

struct ca;

/*
 * Loads dir/sluice-ca.pem, or makes a new CA when there is none (atomic:
 * a crash leaves all files or none in force; the exports are made again when
 * missing).  Refuses, with a line that says what to do: a key readable by
 * group or others or owned by someone else; a certificate that does not
 * belong to the key, is no CA, has expired or is not valid yet.
 * The file holds the key, the CA certificate and, when that is not a root,
 * those who issued it, in any order; what does not belong is left alone.
 */
struct ca *ca_open(const char *dir, struct err *err) NODISCARD;
/* A CA that lives in memory only and is never written (demo, tests). */
struct ca *ca_new_memory(const char *common_name, struct err *err) NODISCARD;
void ca_free(struct ca *ca);
bool ca_is_new(const struct ca *ca);		/* made by this ca_open */

const char *ca_cert_path(const struct ca *ca);	/* .../sluice-ca-cert.pem */
const char *ca_java_path(const struct ca *ca);	/* .. .p12: a truststore */
const char *ca_fingerprint(const struct ca *ca); /* SHA-256, "AB:CD:.." */
const char *ca_subject(const struct ca *ca);	/* "CN=..., O=..." safe text */
int64_t ca_expires(const struct ca *ca);	/* wall µs */
/*
 * May this CA sign for host (a name or an IP literal)?  Only a CA with name
 * constraints (RFC 5280 4.2.1.10) ever says no.
 */
bool ca_permits(const struct ca *ca, struct str host);
/* The certificate; format is "pem", "der" or "p12". */
bool ca_export(const struct ca *ca, const char *format, struct buf *out,
    struct err *err) NODISCARD;

#endif
