/* SPDX-License-Identifier: MIT */
/*
 * The editor's file, what became of its text, and when.  The process itself
 * is editor_child.c's.
 */
#include "editor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console.h"
#include "editor_child.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "view_diff.h"
#include "view_flow.h"
#include "view_list.h"
#include "view_repeat.h"

#define TEXT_MAX	(256u * 1024 * 1024)
#define NAMES		100	/* files of one flow: kept ones stay */

/* Lets go of text and flow; the file is only removed with `discard`. */
static void
forget(struct editor *e, bool discard)
{
	assert(!e->running);
	if (discard && e->path != NULL)
		unlink(e->path);
	free(e->path);
	e->path = NULL;
	flow_unref(e->flow);
	e->flow = NULL;
	buf_clear(&e->before);
	buf_shrink(&e->before, 0);
	buf_clear(&e->refused);
	buf_shrink(&e->refused, 0);
	free(e->reason);
	e->reason = NULL;
}

/* For the editor to highlight it. */
static const char *
suffix(const struct flow *f, enum gate_point which, enum edit_part part)
{
	const struct message *m = which == GATE_REQUEST ? &f->request :
	    &f->response;
	const char *type = message_type_name(m);

	if (part == EDIT_ALL || part == EDIT_HEAD || part == EDIT_RAW)
		return "http";
	if (part != EDIT_BODY)
		return "txt";
	if (strcmp(type, "json") == 0 || strcmp(type, "html") == 0 ||
	    strcmp(type, "xml") == 0)
		return type;
	return strcmp(type, "text") == 0 ? "txt" : "bin";
}

static int
open_new(const char *dir, const struct editor *e, char **path)
{
	const struct flow *f = e->flow;
	enum gate_point which = e->which;
	const char *end = suffix(f, which, e->part);
	const char *what = which == GATE_REQUEST ? "request" : "response";

	for (int i = 1; i < NAMES; i++) {
		char *name = i == 1 ?
		    mem_printf("%" PRIu64 "-%s.%s", f->id, what, end) :
		    mem_printf("%" PRIu64 "-%s-%d.%s", f->id, what, i,
		    end);
		int fd;

		*path = path_join(dir, name);
		free(name);
		fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd >= 0)
			return fd;
		free(*path);
		*path = NULL;
		if (errno != EEXIST)
			break;
	}
	return -1;
}

static bool
write_all(int fd, struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(fd, s.p, s.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			s = str_skip(s, (size_t)n);
	}
	return true;
}

/* The message as text in a new file of our own directory. */
static bool
write_file(struct editor *e, struct err *err)
{
	const char *dir = e->ui->setup.runtime_dir;
	bool ok;
	int fd;

	if (!edit_part_format(e->flow, e->which, e->part, &e->before, err))
		return false;
	if (!path_make_dir(dir, err))
		return false;
	fd = open_new(dir, e, &e->path);
	if (fd < 0)
		return err_set(err, "cannot make a file in %s: %s", dir,
		    strerror(errno));
	ok = write_all(fd, buf_str(&e->before));
	if (close(fd) < 0 || !ok)
		return err_set(err, "cannot write %s: %s", e->path,
		    strerror(errno));
	return true;
}

/* May the flow itself still be changed? */
static bool
is_open(const struct editor *e)
{
	const struct flow *f = e->flow;

	if (flow_list_find(e->ui->setup.list, f->id) != f)
		return false;
	return f->draft || (f->state == FLOW_HELD && f->held_at == e->which &&
	    !f->client_gone);
}

static void
run(struct editor *e)
{
	struct err err = { "" };
	pid_t pid;

	ui_lend(e->ui);
	pid = editor_child_start(term_fd(e->ui->term), e->path,
	    strcmp(suffix(e->flow, e->which, e->part), "bin") == 0, &err);
	if (pid < 0) {
		ui_take(e->ui);
		ui_message(e->ui, ROLE_ERROR, "%s", err.text);
		forget(e, true);
		return;
	}
	ev_child_set(&e->child, pid, 1);
	ev_child_start(e->ui->setup.loop, &e->child);
	e->running = true;
}

static void
give_up(struct editor *e, const struct err *err)
{
	char *shown;

	if (e->path == NULL)
		return;		/* the prompt says it */
	shown = path_short(e->path);
	ui_message(e->ui, ROLE_ERROR, "%s; e edits it again (kept in %s)",
	    err->text, shown);
	free(shown);
}

/* Back to the editor, the reason on top; but not for ever. */
static void
refused(struct editor *e, struct str text, const struct err *err)
{
	struct err failed = { "" };
	struct buf file;
	bool again;

	if (e->path == NULL || (e->reason != NULL &&
	    str_eq(text, buf_str(&e->refused)))) {
		give_up(e, err);
		return;
	}
	free(e->reason);
	e->reason = mem_printf("# - %s\n", err->text);
	buf_clear(&e->refused);
	buf_put(&e->refused, text);
	buf_init(&file, text.n + sizeof(err->text) + 8);
	buf_put(&file, str_from(e->reason));
	buf_put(&file, text);
	again = path_write_atomic(e->path, buf_str(&file), 0600, &failed);
	buf_fini(&file);
	if (again)
		run(e);
	else
		give_up(e, &failed);
}

/* The text has no flow to go to: keep its file. */
static void
keep(struct editor *e, enum role role, const char *why)
{
	char *shown = path_short(e->path);

	ui_message(e->ui, role, "%s; your text is kept in %s", why, shown);
	free(shown);
	forget(e, false);
}

static void
unchanged(struct editor *e, enum edit_result result)
{
	ui_message(e->ui, ROLE_MESSAGE, result == EDIT_EMPTY ?
	    "everything was deleted: cancelled, nothing changed" :
	    "nothing changed");
	forget(e, true);
}

/* After the editor; a line typed in the prompt is still to be seen. */
static void
show_changes(struct editor *e, struct flow *f)
{
	struct ui *ui = e->ui;
	struct view *top = screen_top(&ui->screen);

	if (view_is_changes(top))
		return;
	if (e->path == NULL || view_is_repeat(top))
		ui_message(ui, ROLE_MESSAGE, "#%" PRIu64 " edited: press %s "
		    "to send", f->id, f->draft ? "r" : "a");
	else
		screen_push(&ui->screen, view_changes_new(ui, f));
}

/* False with err when it cannot be read: the flow is as before. */
static bool
apply_in_place(struct editor *e, struct str text, struct err *err)
{
	struct flow *f = e->flow;
	struct flow *before = edit_snapshot(f);
	enum edit_result result = edit_part_apply(e->ui->setup.list, f,
	    e->which, e->part, buf_str(&e->before), text, err);

	if (result == EDIT_CHANGED)
		undo_edit(e->ui->setup.undo, f, before);
	else
		flow_unref(before);
	switch (result) {
	case EDIT_SAME:
	case EDIT_EMPTY:
		unchanged(e, result);
		return true;
	case EDIT_BAD:
		return false;
	case EDIT_CHANGED:
		break;
	}
	show_changes(e, f);
	forget(e, true);
	return true;
}

/* Brings a new draft before the user. */
static void
show_draft(struct editor *e, struct flow *draft)
{
	struct ui *ui = e->ui;
	struct view *top = screen_top(&ui->screen);
	struct view *list = ui_list(ui);

	view_list_follow(list, false);
	view_list_select(list, draft);
	if (view_is_flow(top))
		view_flow_show(top, draft);
}

static bool
apply_to_draft(struct editor *e, struct str text, struct err *err)
{
	struct flow_list *list = e->ui->setup.list;
	struct flow *draft = flow_ref(edit_duplicate(list, e->flow));
	enum edit_result result = edit_part_apply(list, draft, GATE_REQUEST,
	    e->part, buf_str(&e->before), text, err);

	if (result == EDIT_CHANGED) {
		if (e->was_held)
			ui_message(e->ui, ROLE_WARNING, "#%" PRIu64 " %s "
			    "meanwhile; your edit is draft #%" PRIu64
			    ", r sends it", e->flow->id,
			    e->flow->client_gone ? "lost its client" :
			    e->flow->state == FLOW_FAILED ? "ended" :
			    "went on", draft->id);
		else
			ui_message(e->ui, ROLE_MESSAGE, "edited as draft #%"
			    PRIu64 ": press r to send", draft->id);
		show_draft(e, draft);
		if (e->path != NULL && !view_is_repeat(screen_top(
		    &e->ui->screen)))
			screen_push(&e->ui->screen,
			    view_changes_new(e->ui, draft));
		forget(e, true);
	} else {
		if (!flow_list_remove(list, draft))
			assert(!"a draft is never live");
		if (result != EDIT_BAD)
			unchanged(e, result);
	}
	flow_unref(draft);
	return result != EDIT_BAD;
}

static void
ended(struct editor *e, int status)
{
	struct err err = { "" };
	size_t len = 0;
	char *bytes = path_read(e->path, TEXT_MAX, &len, &err), why[120];
	struct str text = str_make(bytes, len);
	bool same;

	if (bytes != NULL && e->reason != NULL &&
	    str_starts(text, str_from(e->reason)))
		text = str_skip(text, strlen(e->reason));
	same = bytes != NULL && str_eq(text, buf_str(&e->before));

	if (bytes == NULL) {
		ui_message(e->ui, ROLE_ERROR, "nothing changed: %s", err.text);
		forget(e, false);
	} else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		editor_child_reason(status, why, sizeof(why));
		if (!same) {
			keep(e, ROLE_WARNING, why);
		} else {
			ui_message(e->ui, ROLE_WARNING, "%s", why);
			forget(e, true);
		}
	} else if (same) {
		unchanged(e, EDIT_SAME);
	} else if (is_open(e)) {
		if (!apply_in_place(e, text, &err))
			refused(e, text, &err);
	} else if (e->which == GATE_RESPONSE) {
		keep(e, ROLE_WARNING, "the response is not held any more");
	} else {
		if (!apply_to_draft(e, text, &err))
			refused(e, text, &err);
	}
	free(bytes);
}

static void
child_cb(struct ev_loop *loop, ev_child *w, int revents)
{
	struct editor *e = container_of(w, struct editor, child);
	int status = w->rstatus;

	(void)revents;
	assert(e->running);
	if (WIFCONTINUED(status))
		return;
	if (!e->stopped) {
		editor_child_foreground(term_fd(e->ui->term), getpgrp());
		ui_take(e->ui);
	}
	if (WIFSTOPPED(status)) {
		e->stopped = true;
		ui_message(e->ui, ROLE_WARNING,
		    "the editor is stopped; e goes back to it");
		return;
	}
	ev_child_stop(loop, w);
	e->running = e->stopped = false;
	ended(e, status);
	ui_dirty(e->ui);
}

void
editor_init(struct editor *e, struct ui *ui)
{
	*e = (struct editor){ .ui = ui };
	buf_init(&e->before, TEXT_MAX);
	buf_init(&e->refused, TEXT_MAX);
	ev_init(&e->child, child_cb);
}

static bool
is_untouched(const struct editor *e)
{
	size_t len = 0;
	char *bytes = path_read(e->path, TEXT_MAX, &len, NULL);
	bool same = bytes != NULL && str_eq(str_make(bytes, len),
	    buf_str(&e->before));

	free(bytes);
	return same;
}

void
editor_fini(struct editor *e)
{
	if (e->ui == NULL)
		return;
	if (e->running) {
		ev_child_stop(e->ui->setup.loop, &e->child);
		kill(-e->child.pid, SIGHUP);
		kill(-e->child.pid, SIGCONT);
		if (!e->stopped) {
			editor_child_foreground(term_fd(e->ui->term),
			    getpgrp());
			ui_take(e->ui);
		}
		e->running = false;
	}
	/* The program ends; what was typed must not. */
	forget(e, e->path != NULL && is_untouched(e));
	buf_fini(&e->refused);
	buf_fini(&e->before);
}

bool
editor_is_stopped(const struct editor *e)
{
	return e->running && e->stopped;
}

void
editor_resume(struct editor *e)
{
	assert(editor_is_stopped(e));
	ui_lend(e->ui);
	e->stopped = false;
	editor_child_foreground(term_fd(e->ui->term), e->child.pid);
	kill(-e->child.pid, SIGCONT);
}

void
editor_start(struct editor *e, struct flow *f, enum gate_point which,
    enum edit_part part)
{
	struct err err = { "" };

	if (editor_is_stopped(e)) {
		editor_resume(e);
		return;
	}
	if (e->running)
		return;
	/* The text that was refused is still there. */
	if (e->path != NULL && e->flow == f && e->which == which &&
	    e->part == part && access(e->path, R_OK) == 0) {
		run(e);
		return;
	}
	forget(e, false);
	e->flow = flow_ref(f);
	e->which = which;
	e->part = part;
	e->was_held = f->state == FLOW_HELD;
	if (!write_file(e, &err)) {
		ui_message(e->ui, ROLE_ERROR, "cannot edit it: %s", err.text);
		forget(e, true);
		return;
	}
	run(e);
}

enum gate_point
editor_half(const struct flow *f)
{
	return f->state == FLOW_HELD ? f->held_at : GATE_REQUEST;
}

/* Without a process: an editor of its own, another one may be stopped. */
bool
editor_put(struct ui *ui, struct flow *f, enum gate_point which,
    enum edit_part part, struct str text, struct err *err)
{
	struct editor e;
	bool ok;

	editor_init(&e, ui);
	e.flow = flow_ref(f);
	e.which = which;
	e.part = part;
	e.was_held = f->state == FLOW_HELD;
	ok = edit_part_format(f, e.which, e.part, &e.before, err);
	if (ok && is_open(&e))
		ok = apply_in_place(&e, text, err);
	else if (ok && which == GATE_RESPONSE)
		ok = err_set(err, "the response is not held any more");
	else if (ok)
		ok = apply_to_draft(&e, text, err);
	editor_fini(&e);
	return ok;
}
