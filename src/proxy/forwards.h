/* SPDX-License-Identifier: MIT */
/*
 * Max-Forwards (RFC 9110 7.6.2): TRACE and OPTIONS end at the proxy that
 * counts down to zero, so that a user can see a chain of them.
 */
#ifndef SLUICE_SRC_PROXY_FORWARDS_H
#define SLUICE_SRC_PROXY_FORWARDS_H

#include "sluice/http/message.h"

/* True when the request ends here; else the count in it is one less. */
bool forwards_end(struct message *request);
/* What is said then: the request itself (RFC 9110 9.3.8), or what we can. */
void forwards_answer(const struct message *request, struct message *response);

#endif
