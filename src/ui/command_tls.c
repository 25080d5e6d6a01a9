/* SPDX-License-Identifier: MIT */
/*
 * Commands on trust: taking a server's certificate for this run, passing
 * hosts through unopened, and opening them again.
 */
#include "command.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "console.h"
#include "sluice/base/mem.h"
#include "view_passes.h"

#define HOST_CELLS	60		/* of a message */
#define DIGEST_BYTES	5		/* "AB:CD" of a fingerprint */

static void
key_of(const struct ui *ui, enum key_context context, enum command_id id,
    char out[KEYMAP_KEY_MAX])
{
	keymap_key(ui->keymap, context, command_row(id)->name,
	    pane_is_unicode(), out);
}

/* The name to act on: the client's SNI, else what the request says. */
static char *
host_of(const struct flow *f)
{
	struct str host = message_word(&f->request, f->request.host);

	if (f->client != NULL && f->client->sni != NULL)
		return str_dup(str_from(f->client->sni));
	if (host.n == 0 && f->server != NULL)
		host = str_from(f->server->name);
	return str_dup(host);
}

static void
tell_trusted(struct ui *ui, const struct flow *f)
{
	const struct certificate *c = f->server->certificate;
	char again[KEYMAP_KEY_MAX];
	struct str host = message_word(&f->request, f->request.host);

	key_of(ui, view_context(screen_top(&ui->screen)), COMMAND_REPLAY,
	    again);
	if (host.n > HOST_CELLS)
		host.n = HOST_CELLS;
	ui_message(ui, ROLE_MESSAGE,
	    "trusted %.*s for this run, certificate %.*s..%s%s%s",
	    STR_ARG(host), DIGEST_BYTES, c->sha256 != NULL ? c->sha256 : "",
	    f->kind == FLOW_HTTP ? "; " : "",
	    f->kind == FLOW_HTTP ? again : "",
	    f->kind == FLOW_HTTP ? " tries again" : "");
}

void
command_trust(struct ui *ui, struct str args)
{
	struct flow *f = ui_focus(ui);
	struct err err;

	(void)args;
	if (f == NULL)
		return;
	if (proxy_trust_flow(ui->setup.proxy, f, &err))
		tell_trusted(ui, f);
	else
		ui_message(ui, ROLE_WARNING, "#%" PRIu64 ": %s", f->id,
		    err.text);
	ui_dirty(ui);
}

static void
pass_host(struct ui *ui, const char *host)
{
	char list[KEYMAP_KEY_MAX], undo[KEYMAP_KEY_MAX];
	struct err err;

	if (!proxy_pass_add(ui->setup.proxy, host, &err)) {
		ui_message(ui, ROLE_ERROR, "%s", err.text);
		return;
	}
	key_of(ui, KEY_LIST, COMMAND_PASSES, list);
	key_of(ui, KEY_PASSES, COMMAND_PASS_UNDO, undo);
	ui_message(ui, ROLE_MESSAGE, "%.*s passes through from now on; "
	    "%s lists, %s there undoes it", HOST_CELLS, host, list, undo);
}

/* Requests in the clear are always read: there is nothing to pass through. */
static bool
is_plain(const struct flow *f)
{
	return f->kind == FLOW_HTTP && str_eq_nocase(
	    message_word(&f->request, f->request.scheme), STR("http"));
}

void
command_pass(struct ui *ui, struct str args)
{
	struct flow *f;
	char *host;

	if (args.n > 0) {
		host = str_dup(args);
	} else {
		f = ui_focus(ui);
		if (f == NULL)
			return;
		if (is_plain(f)) {
			ui_message(ui, ROLE_WARNING, "#%" PRIu64 " is plain "
			    "HTTP, which is always read; :flow.pass HOST "
			    "is for TLS", f->id);
			return;
		}
		host = host_of(f);
	}
	pass_host(ui, host);
	free(host);
	ui_dirty(ui);
}

void
command_passes(struct ui *ui, struct str args)
{
	(void)args;
	if (!view_is_passes(screen_top(&ui->screen)))
		screen_push(&ui->screen, view_passes_new(ui));
}

/* Where the cursor is, or false and a message. */
static bool
pass_at_cursor(struct ui *ui, size_t *i, struct pass *pass)
{
	struct view *v = screen_top(&ui->screen);

	if (!view_is_passes(v)) {
		ui_message(ui, ROLE_MESSAGE,
		    "this acts on the list of hosts passed through, :%s",
		    command_row(COMMAND_PASSES)->name);
		return false;
	}
	if (!view_passes_focus(v, i)) {
		ui_message(ui, ROLE_MESSAGE, "there is no host here");
		return false;
	}
	proxy_pass_at(ui->setup.proxy, *i, pass);
	return true;
}

void
command_pass_undo(struct ui *ui, struct str args)
{
	struct pass pass;
	char *host;
	size_t i;

	(void)args;
	if (!pass_at_cursor(ui, &i, &pass))
		return;
	host = mem_strdup(pass.host);
	if (proxy_pass_remove(ui->setup.proxy, i))
		ui_message(ui, ROLE_MESSAGE, "%.*s is opened again, from the "
		    "next connection on", HOST_CELLS, host);
	else
		ui_message(ui, ROLE_WARNING, "--pass %.*s holds as long as "
		    "sluice runs", HOST_CELLS, host);
	free(host);
	ui_dirty(ui);
}

void
command_pass_begin(struct ui *ui, struct str args)
{
	struct pass pass;
	char *host;
	size_t i;

	(void)args;
	if (!pass_at_cursor(ui, &i, &pass))
		return;
	if (pass.why != PASS_SUGGESTED) {
		ui_message(ui, ROLE_MESSAGE, "%.*s passes through already",
		    HOST_CELLS, pass.host);
		return;
	}
	host = mem_strdup(pass.host);
	pass_host(ui, host);
	free(host);
}
