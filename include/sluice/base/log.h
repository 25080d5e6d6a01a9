/* SPDX-License-Identifier: MIT */
/*
 * A ring of records with observers.  The log is the only object besides the
 * terminal that is global (STYLE 35): anyone may write, main owns it.
 * Texts are made safe for a terminal when they are written.
 */
#ifndef SLUICE_BASE_LOG_H
#define SLUICE_BASE_LOG_H

#include <stdint.h>

#include "sluice/base/attr.h"
#include "sluice/base/list.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_record {
	int64_t wall;			/* microseconds */
	enum log_level level;
	char text[400];
};

struct log_observer {
	struct list link;
	void (*logged)(struct log_observer *, const struct log_record *);
};

void log_open(size_t records);		/* size of the ring */
void log_close(void);
void log_write(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
size_t log_count(void);			/* records still in the ring */
const struct log_record *log_at(size_t i);	/* 0 is the oldest */
void log_observe(struct log_observer *o);
void log_unobserve(struct log_observer *o);
const char *log_level_name(enum log_level level);

#endif
