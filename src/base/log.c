/* SPDX-License-Identifier: MIT */
/* A ring of records with observers; written from everywhere, owned by main. */
#include "sluice/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

static struct {
	struct log_record *ring;
	size_t size, first, count;
	struct list observers;
} sink;

void
log_open(size_t records)
{
	sink.ring = mem_array(NULL, records, sizeof *sink.ring);
	sink.size = records;
	sink.first = sink.count = 0;
	list_init(&sink.observers);
}

void
log_close(void)
{
	free(sink.ring);
	memset(&sink, 0, sizeof sink);
}

static struct log_record *
next_record(void)
{
	size_t at = (sink.first + sink.count) % sink.size;

	if (sink.count < sink.size)
		sink.count++;
	else
		sink.first = (sink.first + 1) % sink.size;
	return &sink.ring[at];
}

void
log_write(enum log_level level, const char *fmt, ...)
{
	struct log_observer *o, *tmp;
	struct log_record *r;
	struct buf safe;
	char raw[800];
	va_list ap;

	if (!sink.ring)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof raw, fmt, ap);
	va_end(ap);
	r = next_record();
	r->wall = clock_wall();
	r->level = level;
	buf_init(&safe, sizeof r->text - 1);
	escape_text(&safe, str_from(raw), 0);
	memcpy(r->text, buf_str(&safe).p, buf_len(&safe));
	r->text[buf_len(&safe)] = '\0';
	buf_fini(&safe);
	list_for_each_safe(o, tmp, &sink.observers, struct log_observer, link)
		o->logged(o, r);
}

size_t
log_count(void)
{
	return sink.count;
}

const struct log_record *
log_at(size_t i)
{
	return &sink.ring[(sink.first + i) % sink.size];
}

void
log_observe(struct log_observer *o)
{
	list_append(&sink.observers, &o->link);
}

void
log_unobserve(struct log_observer *o)
{
	list_remove(&o->link);
}

const char *
log_level_name(enum log_level level)
{
	static const char *const names[] = {
		[LOG_DEBUG] = "debug",
		[LOG_INFO] = "info",
		[LOG_WARNING] = "warning",
		[LOG_ERROR] = "error",
	};

	return names[level];
}
