/* SPDX-License-Identifier: MIT */
/*
 * One line per flow for headless use.
 *
 * text: "15:04:05 GET https://host/path 200 1.2k 11ms", errors end with the
 * reason.  json: one object: id, time, method, url, host, port, scheme,
 * status, request_bytes, response_bytes, type, duration_ms, state, error,
 * client, process, pid, server, tls, client_tls and server_tls (an object each), tls_fault,
 * passed (why a tunnel was not opened), retried, edited, replay_of; null when there is
 * none.
 *
 * Very long words are cut: out needs room for 64 KiB.
 */
#ifndef SLUICE_FORMAT_LINE_H
#define SLUICE_FORMAT_LINE_H

#include "sluice/flow/flow.h"

void line_text(const struct flow *f, struct buf *out);	/* ends with \n; safe bytes */
void line_json(const struct flow *f, struct buf *out);	/* ends with \n */

#endif
