/* SPDX-License-Identifier: MIT */
/* What an exchange may ask of its session. */
#ifndef SLUICE_SRC_PROXY_SESSION_HOST_H
#define SLUICE_SRC_PROXY_SESSION_HOST_H

#include "exchange.h"

extern const struct exchange_host_ops session_host_ops;

#endif
