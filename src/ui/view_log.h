/* SPDX-License-Identifier: MIT */
/* The event log: the ring of log.h, newest at the bottom. */
#ifndef SLUICE_SRC_UI_VIEW_LOG_H
#define SLUICE_SRC_UI_VIEW_LOG_H

#include "view.h"

struct view *view_log_new(struct ui *ui);
bool view_is_log(const struct view *v);

#endif
