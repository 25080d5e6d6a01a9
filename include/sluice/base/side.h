/* SPDX-License-Identifier: MIT */
/*
 * The two ends of everything: client and server.  No other words for them
 * (up, down, front, back, local, remote) exist in this program.
 */
#ifndef SLUICE_BASE_SIDE_H
#define SLUICE_BASE_SIDE_H

enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side
side_other(enum side side)
{
	return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

#endif
