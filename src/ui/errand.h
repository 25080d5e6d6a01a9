/* SPDX-License-Identifier: MIT */
/*
 * A command's work on very many flows, done between events in short pieces so
 * that neither traffic nor the screen waits.  The keys do: what is typed
 * meanwhile is read when it is over.
 */
#ifndef SLUICE_SRC_UI_ERRAND_H
#define SLUICE_SRC_UI_ERRAND_H

#include <stdbool.h>
#include <stdint.h>

struct ui;

/* The first member of what the command allocated for it. */
struct errand {
	/* Goes on until the clock (clock_mono) says until; true: all done. */
	bool (*work)(struct ui *, struct errand *, int64_t until);
	/* Once: tells what was done, frees it. done false: the console ends,
	 * nothing is told. */
	void (*end)(struct ui *, struct errand *, bool done);
};

/* Takes e.  What is done within a few milliseconds ends before it returns;
 * one that is under way already is finished first. */
void errand_run(struct ui *ui, struct errand *e);
/* A piece more of the one under way; false: there is none any more. */
bool errand_work(struct ui *ui);
/* All of it, in one piece. */
void errand_finish(struct ui *ui);
void errand_abandon(struct ui *ui);

#endif
