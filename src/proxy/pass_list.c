/* SPDX-License-Identifier: MIT */
/* Hosts passed through: asked for, or learned from clients' refusals. */
#include "pass_list.h"

#include <string.h>

#include "memory.h"
#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/base/list.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/flow/regex.h"

#define ENTRIES_MAX	1000	/* of the list; the oldest learned one goes */
#define MEMORY_MAX	4000	/* names and refusals remembered */
#define REFUSALS	2	/* so many, then it is learned */

struct entry {
	struct list link;
	enum pass_why why;
	char *host;			/* lower case */
	struct regex *regex;		/* PASS_OPTION */
	char *reason;
	int64_t since, until;		/* wall µs; until 0: this run */
	size_t used;
};

struct pass_list {
	struct options *options;
	struct list entries;
	size_t count;
	struct memory *trusted;		/* names that clients trusted us for */
	struct memory *refused;		/* "client name": how often */
};

static char *
lower(const char *s)
{
	char *copy = mem_strdup(s);

	for (char *c = copy; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 32);
	return copy;
}

static struct entry *
add(struct pass_list *p, enum pass_why why, const char *host,
    const char *reason)
{
	struct entry *e = NEW(struct entry);

	e->why = why;
	e->host = lower(host);
	e->reason = escape_dup(str_from(reason));
	e->since = clock_wall();
	list_append(&p->entries, &e->link);
	p->count++;
	return e;
}

static void
drop(struct pass_list *p, struct entry *e)
{
	list_remove(&e->link);
	p->count--;
	regex_free(e->regex);
	free(e->host);
	free(e->reason);
	free(e);
}

struct pass_list *
pass_list_new(struct options *o, struct err *err)
{
	struct pass_list *p = NEW(struct pass_list);

	p->options = o;
	list_init(&p->entries);
	p->trusted = memory_new(MEMORY_MAX);
	p->refused = memory_new(MEMORY_MAX);
	for (size_t i = 0; i < option_list_count(o, OPTION_PASS); i++) {
		const char *text = option_list_at(o, OPTION_PASS, i);
		struct entry *e = add(p, PASS_OPTION, text, "--pass");
		size_t at;

		e->regex = regex_new(str_from(text), err, &at);
		if (!e->regex) {
			err_wrap(err, "--pass %s", text);
			pass_list_free(p);
			return NULL;
		}
	}
	return p;
}

void
pass_list_free(struct pass_list *p)
{
	struct entry *e, *tmp;

	if (!p)
		return;
	list_for_each_safe(e, tmp, &p->entries, struct entry, link)
		drop(p, e);
	memory_free(p->trusted);
	memory_free(p->refused);
	free(p);
}

/* What was learned ends; the client gets another chance with us. */
static void
expire(struct pass_list *p)
{
	int64_t now = clock_wall();
	struct entry *e, *tmp;

	list_for_each_safe(e, tmp, &p->entries, struct entry, link) {
		if (e->until && e->until <= now)
			drop(p, e);
	}
}

static bool
matches(const struct entry *e, struct str name)
{
	return e->regex ? regex_match(e->regex, name) :
	    str_eq_nocase(str_from(e->host), name);
}

static struct entry *
find(struct pass_list *p, struct str name)
{
	struct entry *e;

	list_for_each(e, &p->entries, struct entry, link) {
		if (matches(e, name))
			return e;
	}
	return NULL;
}

const char *
pass_list_take(struct pass_list *p, const char *name)
{
	struct entry *e;

	if (!*name || list_is_empty(&p->entries))
		return NULL;
	expire(p);
	list_for_each(e, &p->entries, struct entry, link) {
		if (e->why == PASS_SUGGESTED || !matches(e, str_from(name)))
			continue;
		e->used++;
		return e->reason;
	}
	return NULL;
}

size_t
pass_list_count(struct pass_list *p)
{
	expire(p);
	return p->count;
}

static struct entry *
entry_at(struct pass_list *p, size_t i)
{
	struct entry *e;

	list_for_each(e, &p->entries, struct entry, link) {
		if (i-- == 0)
			return e;
	}
	return NULL;
}

void
pass_list_at(struct pass_list *p, size_t i, struct pass *pass)
{
	const struct entry *e = entry_at(p, i);

	memset(pass, 0, sizeof *pass);
	pass->host = pass->reason = "";
	if (!e)
		return;
	pass->why = e->why;
	pass->host = e->host;
	pass->reason = e->reason;
	pass->since = e->since;
	pass->until = e->until;
	pass->used = e->used;
}

/* Room for one more; what the user and the options asked for stays. */
static bool
make_room(struct pass_list *p)
{
	struct entry *e;

	if (p->count < ENTRIES_MAX)
		return true;
	list_for_each(e, &p->entries, struct entry, link) {
		if (e->why != PASS_LEARNED && e->why != PASS_SUGGESTED)
			continue;
		drop(p, e);
		return true;
	}
	return false;
}

bool
pass_list_add(struct pass_list *p, const char *host, struct err *err)
{
	struct entry *e;

	if (!*host)
		return err_set(err, "no host to pass through");
	e = find(p, str_from(host));
	if (e && e->why != PASS_SUGGESTED && e->why != PASS_LEARNED)
		return true;
	if (e)
		drop(p, e);
	if (!make_room(p))
		return err_set(err, "the list is full (%d hosts)",
		    ENTRIES_MAX);
	add(p, PASS_USER, host, "by you");
	return true;
}

bool
pass_list_remove(struct pass_list *p, size_t i)
{
	struct entry *e = entry_at(p, i);

	if (!e || e->why == PASS_OPTION)
		return false;
	drop(p, e);
	return true;
}

static void
learn(struct pass_list *p, const char *client, const char *name,
    const char *how)
{
	bool begin = strcmp(option_str(p->options, OPTION_LEARN_PASS),
	    "auto") == 0;
	char *reason = mem_printf("%s refused our certificate twice: %s",
	    client, how);
	struct entry *e;

	if (make_room(p)) {
		e = add(p, begin ? PASS_LEARNED : PASS_SUGGESTED, name,
		    reason);
		e->until = e->since +
		    option_duration(p->options, OPTION_LEARN_TIME);
		log_write(LOG_WARNING, begin ? "client %s refuses our "
		    "certificate for %s: passed through from now on" :
		    "client %s refuses our certificate for %s: it does not "
		    "trust the CA or pins its own; pass this host through?",
		    client, name);
	}
	free(reason);
}

void
pass_list_refused(struct pass_list *p, const char *client, const char *name,
    const char *how)
{
	char *host = lower(name), *key = mem_printf("%s %s", client, host);

	expire(p);
	if (strcmp(option_str(p->options, OPTION_LEARN_PASS), "off") != 0 &&
	    *host && !memory_count(p->trusted, str_from(host)) &&
	    !find(p, str_from(host)) &&
	    memory_note(p->refused, str_from(key)) >= REFUSALS) {
		memory_forget(p->refused, str_from(key));
		learn(p, client, host, how);
	}
	free(host);
	free(key);
}

void
pass_list_trusted(struct pass_list *p, const char *name)
{
	char *host = lower(name);
	struct entry *e;

	memory_note(p->trusted, str_from(host));
	/* Another client had trouble, but not because of the name. */
	e = find(p, str_from(host));
	if (e && e->why == PASS_SUGGESTED)
		drop(p, e);
	free(host);
}
