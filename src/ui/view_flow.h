/* SPDX-License-Identifier: MIT */
/* One flow: tabs Request, Response, TLS, Timing. */
#ifndef SLUICE_SRC_UI_VIEW_FLOW_H
#define SLUICE_SRC_UI_VIEW_FLOW_H

#include "view.h"

/* Takes a reference to f. */
struct view *view_flow_new(struct ui *ui, struct flow *f);
bool view_is_flow(const struct view *v);
/* Another flow in the same view; tab and place are kept. */
void view_flow_show(struct view *v, struct flow *f);

#endif
