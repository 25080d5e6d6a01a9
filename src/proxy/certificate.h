/* SPDX-License-Identifier: MIT */
/* A certificate's facts as the flow keeps them: safe text, no OpenSSL. */
#ifndef SLUICE_SRC_PROXY_CERTIFICATE_H
#define SLUICE_SRC_PROXY_CERTIFICATE_H

#include "sluice/flow/endpoint.h"
#include "sluice/tls/identity.h"

/* Owned by the endpoint it is put into. */
struct certificate *certificate_of(const struct identity *id) NODISCARD;

#endif
