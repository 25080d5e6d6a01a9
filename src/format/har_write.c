/* SPDX-License-Identifier: MIT */
/*
 * A HAR file, an entry at a time, into a private file that replaces the
 * named one only when it is complete.  The writer owns both names and the
 * open file.  There is no fsync: it would stop the loop for as long as the
 * disk takes, and the rename alone keeps readers from half a file.
 */
#include "config.h"

#include "sluice/format/har.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sluice/base/log.h"
#include "sluice/base/mem.h"

#define HAR_START	"{\"log\":{\"version\":\"1.2\",\"creator\":" \
	"{\"name\":\"sluice\",\"version\":\"" PACKAGE_VERSION "\"}," \
	"\"pages\":[],\"entries\":["
#define HAR_END		"\n]}}\n"

/* A flow has two bodies of 16 MiB at most; each byte may become six. */
#define ENTRY_MAX	(256u * 1024 * 1024)

struct har_writer {
	FILE *out;
	char *path, *temporary;
	size_t count;
};

static bool
refuse(const struct har_writer *w, struct err *err)
{
	return err_set(err, "cannot write %s: %s", w->path, strerror(errno));
}

static void
writer_free(struct har_writer *w)
{
	if (w->out)
		fclose(w->out);
	free(w->path);
	free(w->temporary);
	free(w);
}

/* Renaming would put a file in place of a device or a pipe. */
static bool
may_replace(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return true;
	errno = S_ISDIR(st.st_mode) ? EISDIR : EEXIST;
	return S_ISREG(st.st_mode);
}

static bool
open_temporary(struct har_writer *w)
{
	/* Exclusive and 0600 (mkostemp(3)). */
	int fd = mkostemp(w->temporary, O_CLOEXEC);

	if (fd < 0)
		return false;
	w->out = fdopen(fd, "w");
	if (!w->out) {
		close(fd);
		unlink(w->temporary);
	}
	return w->out != NULL;
}

struct har_writer *
har_begin(const char *path, struct err *err)
{
	struct har_writer *w = NEW(struct har_writer);

	w->path = mem_strdup(path);
	w->temporary = mem_printf("%s.XXXXXX", path);
	if (!may_replace(path) || !open_temporary(w)) {
		refuse(w, err);
		writer_free(w);
		return NULL;
	}
	fputs(HAR_START, w->out);
	return w;
}

bool
har_add(struct har_writer *w, const struct flow *f, struct err *err)
{
	struct buf entry;
	bool ok = true;

	if (f->kind == FLOW_TUNNEL || f->draft)
		return true;
	buf_init(&entry, ENTRY_MAX);
	if (har_entry(f, &entry, err)) {
		struct str text = buf_str(&entry);

		fputs(w->count++ > 0 ? ",\n" : "\n", w->out);
		if (fwrite(text.p, 1, text.n, w->out) < text.n ||
		    ferror(w->out))
			ok = refuse(w, err);
	} else {
		/* One giant must not cost the user all the others. */
		log_write(LOG_WARNING, "left out of %s: flow %" PRIu64
		    " is too large", w->path, f->id);
	}
	buf_fini(&entry);
	return ok;
}

bool
har_finish(struct har_writer *w, struct err *err)
{
	bool ok = fputs(HAR_END, w->out) >= 0 && !ferror(w->out);

	/* Closing may be the first to hear that the disk is full. */
	ok = fclose(w->out) == 0 && ok;
	w->out = NULL;
	ok = ok && rename(w->temporary, w->path) == 0;
	if (!ok) {
		refuse(w, err);
		unlink(w->temporary);
	}
	writer_free(w);
	return ok;
}

void
har_abandon(struct har_writer *w)
{
	if (!w)
		return;
	unlink(w->temporary);
	writer_free(w);
}

size_t
har_count(const struct har_writer *w)
{
	return w->count;
}

bool
har_text_add(struct buf *out, const struct flow *f, struct err *err)
{
	struct str before = STR(HAR_START);

	if (f->kind == FLOW_TUNNEL || f->draft)
		return true;
	if (buf_len(out) > 0)
		before = STR(",");
	return ((buf_add(out, before.p, before.n) && buf_add(out, "\n", 1)) ||
	    err_set(err, "it is too large for a HAR")) &&
	    har_entry(f, out, err);
}

bool
har_text_end(struct buf *out, struct err *err)
{
	if (buf_len(out) == 0)
		return err_set(err, "only requests can be in a HAR");
	return buf_add(out, HAR_END, strlen(HAR_END)) ||
	    err_set(err, "it is too large for a HAR");
}
