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
/* The flow shown, which may be deleted. */
struct flow *view_flow_peek(const struct view *v);
/* The message of the tab (the response if none); *plain: shown decoded. */
const struct message *view_flow_message(const struct view *v, bool *plain);
/* With a tab that shows the request over the response, or without. */
void view_flow_both(struct view *v, bool both);

#endif
