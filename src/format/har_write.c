/* SPDX-License-Identifier: MIT */
/* A HAR file, an entry at a time, into a private file that replaces the
 * named one only when it is complete. */
#include "config.h"

#include "sluice/format/har.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "sluice/base/mem.h"

#define ENTRY_MAX (256u * 1024 * 1024)

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
free_writer(struct har_writer *w)
{
	free(w->path);
	free(w->temporary);
	free(w);
}

struct har_writer *
har_begin(const char *path, struct err *err)
{
	struct har_writer *w = NEW(struct har_writer);
	int fd;

	w->path = mem_strdup(path);
	w->temporary = mem_printf("%s.XXXXXX", path);
	fd = mkostemp(w->temporary, O_CLOEXEC);
	w->out = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!w->out) {
		refuse(w, err);
		if (fd >= 0)
			close(fd);
		free_writer(w);
		return NULL;
	}
	fprintf(w->out, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":"
	    "\"sluice\",\"version\":\"%s\"},\"pages\":[],\"entries\":[",
	    PACKAGE_VERSION);
	return w;
}

bool
har_add(struct har_writer *w, const struct flow *f, struct err *err)
{
	struct buf entry;
	bool ok;

	if (f->kind != FLOW_HTTP || f->draft)
		return true;
	buf_init(&entry, ENTRY_MAX);
	ok = har_entry(f, &entry, err);
	if (ok) {
		fprintf(w->out, "%s\n", w->count > 0 ? "," : "");
		fwrite(buf_str(&entry).p, 1, buf_len(&entry), w->out);
		w->count++;
		if (ferror(w->out))
			ok = refuse(w, err);
	}
	buf_fini(&entry);
	return ok;
}

bool
har_finish(struct har_writer *w, struct err *err)
{
	bool ok = fputs("\n]}}\n", w->out) >= 0 && fflush(w->out) == 0 &&
	    fsync(fileno(w->out)) == 0 && !ferror(w->out);

	ok = fclose(w->out) == 0 && ok;
	ok = ok && rename(w->temporary, w->path) == 0;
	if (!ok) {
		refuse(w, err);
		unlink(w->temporary);
	}
	free_writer(w);
	return ok;
}

void
har_abandon(struct har_writer *w)
{
	fclose(w->out);
	unlink(w->temporary);
	free_writer(w);
}

size_t
har_count(const struct har_writer *w)
{
	return w->count;
}
