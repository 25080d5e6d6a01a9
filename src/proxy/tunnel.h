/* SPDX-License-Identifier: MIT */
/* CONNECT: answer it, then sniff what comes; and bytes passed through. */
#ifndef SLUICE_SRC_PROXY_TUNNEL_H
#define SLUICE_SRC_PROXY_TUNNEL_H

#include "session.h"

/* A CONNECT head: 200 and STAGE_SNIFF, or 400. */
void tunnel_open(struct session *s, const struct message *connect);
/* It is known where the client's bytes go, s->tunnel: STAGE_SNIFF. */
void tunnel_begin(struct session *s);
/* STAGE_SNIFF: looks at the client's first bytes. */
void tunnel_sniff(struct session *s);
/* The client stays silent: the server must speak first. */
void tunnel_silence(struct session *s);
/*
 * Passes the client's bytes, beginning with those in its buffer, on; why is
 * for the flow.
 */
void tunnel_pass(struct session *s, const char *why);
/* The same over s->server, which is reached already. */
void tunnel_adopt(struct session *s, const char *why);
/* STAGE_RAW: moves what can be moved. */
void tunnel_splice(struct session *s);
/* 101: both wires leave HTTP; flow is the exchange's. */
void tunnel_upgrade(struct session *s, struct flow *flow);
void tunnel_reached(struct session *s);
void tunnel_failed(struct session *s, const struct err *err);
/* That side was reset: so is the other. */
void tunnel_broken(struct session *s, enum side side, const struct err *err);

/* X on a tunnel's flow. */
void tunnel_dropped(struct session *s);
/* The session ends: so does its tunnel's flow. */
void tunnel_end(struct session *s);

#endif
