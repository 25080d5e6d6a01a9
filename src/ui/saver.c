/* SPDX-License-Identifier: MIT */
/*
 * Saving to HAR from an idle watcher.  The flow saved last is known by its
 * id, because rows come and go between slices.
 */
#include "saver.h"

#include <assert.h>
#include <inttypes.h>

#include "console.h"
#include "redact.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define SLICE_US	4000

static void
stop(struct saver *s)
{
	ev_idle_stop(s->ui->setup.loop, &s->idle);
	free(s->path);
	s->path = NULL;
	s->writer = NULL;
	free(s->ids);
	s->ids = NULL;
}

static void
fail(struct saver *s, const struct err *err)
{
	ui_message(s->ui, ROLE_ERROR, "not saved: %s", err->text);
	stop(s);
}

static void
finish(struct saver *s)
{
	size_t n = har_count(s->writer);
	struct err err = { "" };
	char *shown;

	if (!har_finish(s->writer, &err)) {
		fail(s, &err);
		return;
	}
	shown = path_short(s->path);
	ui_message(s->ui, ROLE_MESSAGE, "saved %zu flow%s to %s", n,
	    n == 1 ? "" : "s", shown);
	free(shown);
	stop(s);
}

/* The next of those that are still there. */
static struct flow *
next_chosen(struct saver *s)
{
	struct flow *f = NULL;

	while (f == NULL && s->next < s->count)
		f = flow_list_find(s->ui->setup.list, s->ids[s->next++]);
	return f;
}

/* The next shown flow, or NULL. */
static struct flow *
next_shown(const struct saver *s)
{
	struct flow_view *rows = s->ui->view;
	size_t row = flow_view_near(rows, s->at + 1);
	struct flow *f = row != SIZE_MAX ? flow_view_at(rows, row) : NULL;

	return f != NULL && f->id > s->at ? f : NULL;
}

static bool
add(struct saver *s, const struct flow *f, struct err *err)
{
	struct flow *safe;
	bool ok;

	if (!s->redact)
		return har_add(s->writer, f, err);
	if (f->request.exact)
		return err_set(err, "#%" PRIu64 ": secrets cannot be left out "
		    "of exact bytes", f->id);
	safe = redact_dup(f);
	ok = har_add(s->writer, safe, err);
	flow_unref(safe);
	return ok;
}

static void
idle_cb(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct saver *s = container_of(w, struct saver, idle);
	int64_t end = clock_mono() + SLICE_US;
	struct err err = { "" };

	(void)loop;
	(void)revents;
	assert(s->writer != NULL);
	do {
		struct flow *f = s->ids != NULL ? next_chosen(s) :
		    next_shown(s);

		if (f == NULL) {
			finish(s);
			return;
		}
		s->at = f->id;
		if (!add(s, f, &err)) {
			har_abandon(s->writer);
			fail(s, &err);
			return;
		}
	} while (clock_mono() < end);
}

void
saver_init(struct saver *s, struct ui *ui)
{
	*s = (struct saver){ .ui = ui };
	ev_idle_init(&s->idle, idle_cb);
	/* Among other events, or traffic would put it off for ever. */
	ev_set_priority(&s->idle, 1);
}

void
saver_fini(struct saver *s)
{
	if (s->writer == NULL)
		return;
	har_abandon(s->writer);
	stop(s);
}

char *
saver_path(struct str text)
{
	const char *home = getenv("HOME");

	if (str_starts(text, STR("~/")) && home != NULL && *home != '\0')
		return mem_printf("%s/%.*s", home,
		    STR_ARG(str_skip(text, 2)));
	return str_dup(text);
}

/* False with a message. */
static bool
begin(struct saver *s, struct str path)
{
	struct err err = { "" };

	if (s->writer != NULL) {
		ui_message(s->ui, ROLE_WARNING, "still saving to %s", s->path);
		return false;
	}
	s->path = saver_path(path);
	s->writer = har_begin(s->path, &err);
	s->at = 0;
	s->redact = false;
	if (s->writer == NULL) {
		fail(s, &err);
		return false;
	}
	ui_message(s->ui, ROLE_MESSAGE, "saving ..");
	ev_idle_start(s->ui->setup.loop, &s->idle);
	return true;
}

void
saver_start(struct saver *s, const char *path)
{
	if (s->writer == NULL && flow_view_count(s->ui->view) == 0)
		ui_message(s->ui, ROLE_MESSAGE, "there is nothing to save");
	else
		(void)begin(s, str_from(path));
}

void
saver_start_chosen(struct saver *s, struct str path, uint64_t *ids,
    size_t count)
{
	if (!begin(s, path)) {
		free(ids);
		return;
	}
	s->ids = ids;
	s->count = count;
	s->next = 0;
	s->redact = option_bool(s->ui->setup.options, OPTION_REDACT);
}
