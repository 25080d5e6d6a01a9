/* SPDX-License-Identifier: MIT */
/* The CA certificate: what it is, where it lies, how to trust it, its PEM. */
#ifndef SLUICE_SRC_UI_VIEW_CA_H
#define SLUICE_SRC_UI_VIEW_CA_H

#include "view.h"

struct view *view_ca_new(struct ui *ui);
bool view_is_ca(const struct view *v);

#endif
