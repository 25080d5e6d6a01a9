/* SPDX-License-Identifier: MIT */
/* The console: the flow list on a screen, and commands. */
#ifndef SLUICE_UI_UI_H
#define SLUICE_UI_UI_H

#include <ev.h>

#include "sluice/base/option.h"
#include "sluice/flow/gate.h"
#include "sluice/flow/undo.h"
#include "sluice/proxy/proxy.h"

struct ui;

struct ui_setup {
	struct ev_loop *loop;
	struct options *options;
	struct flow_list *list;
	struct undo *undo;
	const struct store *store;	/* for what its bodies take */
	struct gate *gate;
	struct filter_names *names;
	struct proxy *proxy;
	const char *ca_cert_path;
	const char *ca_fingerprint;
	const char *rc_path;		/* commands to begin with, or NULL */
	const char *state_dir;		/* history */
	const char *runtime_dir;	/* files being edited */
	bool ca_is_new;
	bool demo;
};

/* False with err before the terminal was touched (no terminal, bad filter). */
struct ui *ui_new(const struct ui_setup *setup, struct err *err) NODISCARD;
/* Restores the terminal and frees. */
void ui_free(struct ui *ui);
/*
 * Writes the --har file of the shown flows (all at once; at the end of the
 * program only).
 */
bool ui_save_har(struct ui *ui, const char *path, struct err *err) NODISCARD;

#endif
