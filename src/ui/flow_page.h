/* SPDX-License-Identifier: MIT */
/*
 * What one tab of a flow shows, as a page: heads, bodies, facts.  Owns a
 * reference to the flow and what was prepared of its two bodies.
 */
#ifndef SLUICE_SRC_UI_FLOW_PAGE_H
#define SLUICE_SRC_UI_FLOW_PAGE_H

#include "page.h"
#include "sluice/flow/flow.h"

struct keymap;

enum tab {
	TAB_BOTH,		/* the right side of a split: both messages */
	TAB_REQUEST, TAB_RESPONSE, TAB_TLS, TAB_TIMING, TAB_NOTES,
	TAB_COUNT
};

struct flow_page_tab {
	const char *name, *state;	/* in the tabs; in the status bar */
};
extern const struct flow_page_tab flow_page_tabs[TAB_COUNT];

struct flow_page {
	struct flow *flow;		/* a reference */
	enum tab tab;
	enum body_mode mode;
	bool wrap;
	bool both;			/* there is a tab with both messages */
	struct page page;		/* the tab, made for every paint */
	struct view_body bodies[2];	/* GATE_REQUEST, GATE_RESPONSE */
	int cols, rows;			/* at the last paint */
};

void flow_page_init(struct flow_page *g, struct flow *f);
void flow_page_fini(struct flow_page *g);
/* Another flow; the tab stays. */
void flow_page_show(struct flow_page *g, struct flow *f);
/* What one wants to see of f first. */
enum tab flow_page_first_tab(const struct flow *f);
/* Is the tab about messages?  They have rows to act on. */
bool flow_page_is_message(const struct flow_page *g);
/* The body that the tab is about: the last one in it, or NULL. */
struct view_body *flow_page_body(struct flow_page *g);
/* Makes the page anew for so many columns. */
void flow_page_make(struct flow_page *g, const struct keymap *keys, int cols);
/* Is a body's index still to be built?  Builds a slice; more to do? */
bool flow_page_is_busy(const struct flow_page *g);
bool flow_page_work(struct flow_page *g);

#endif
