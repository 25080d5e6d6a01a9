/* SPDX-License-Identifier: MIT */
/* Address ranges and the password of clients. */
#include "access.h"

#include <string.h>

#include "sluice/base/base64.h"
#include "sluice/base/clock.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/net/range.h"

#define SAY_EVERY_US (10 * 1000000)

struct access {
	struct range *allowed;
	size_t count;
	char *secret;			/* base64 of user:password; NULL: none */
	int64_t said;			/* monotonic, last line in the log */
	size_t refused;			/* peers */
};

static bool
read_ranges(struct access *a, const struct options *o, struct err *err)
{
	size_t n = option_list_count(o, OPTION_ALLOW);

	a->allowed = mem_array(NULL, n ? n : 1, sizeof *a->allowed);
	for (size_t i = 0; i < n; i++) {
		struct str text = str_from(option_list_at(o, OPTION_ALLOW, i));

		if (!range_parse(text, &a->allowed[i], err))
			return err_wrap(err, "-o allow");
		a->count++;
	}
	return true;
}

static bool
read_secret(struct access *a, const struct options *o, struct err *err)
{
	struct str text = str_from(option_str(o, OPTION_PROXY_AUTH));
	size_t colon = str_chr(text, ':', 0);
	struct buf coded;

	if (text.n == 0)
		return true;
	if (colon == 0 || colon == SIZE_MAX)
		return err_set(err, "-o proxy_auth: write USER:PASSWORD");
	buf_init(&coded, text.n * 2 + 4);
	base64_put(&coded, text);
	a->secret = buf_take(&coded);
	buf_fini(&coded);
	return true;
}

struct access *
access_new(const struct options *o, struct err *err)
{
	struct access *a = NEW(struct access);

	if (read_ranges(a, o, err) && read_secret(a, o, err))
		return a;
	access_free(a);
	return NULL;
}

void
access_free(struct access *a)
{
	if (!a)
		return;
	if (a->secret)
		explicit_bzero(a->secret, strlen(a->secret));
	free(a->secret);
	free(a->allowed);
	free(a);
}

/* Somebody who scans the Internet must not fill the log. */
static void
say_refused(struct access *a, const struct addr *peer)
{
	int64_t now = clock_mono();
	char text[ADDR_TEXT_MAX];

	a->refused++;
	if (a->said && now - a->said < SAY_EVERY_US)
		return;
	a->said = now;
	addr_format_host(peer, text);
	log_write(LOG_WARNING, "refused %s: not a private address "
	    "(%zu so far); -o allow=%s lets it in", text, a->refused, text);
}

bool
access_admits(struct access *a, const struct addr *peer)
{
	bool in = addr_is_loopback(peer);

	/* Ranges, once given, are the whole list. */
	if (!in && a->count == 0)
		in = range_is_private(peer);
	for (size_t i = 0; !in && i < a->count; i++)
		in = range_has(&a->allowed[i], peer);
	if (!in)
		say_refused(a, peer);
	return in;
}

/* The time it takes does not tell how much of it was right. */
static bool
is_same(struct str a, struct str b)
{
	unsigned char differs = a.n != b.n;

	for (size_t i = 0; i < a.n; i++)
		differs |= (unsigned char)(a.p[i] ^
		    (b.n > 0 ? b.p[i % b.n] : 0));
	return differs == 0;
}

bool
access_authorizes(const struct access *a, const struct headers *h)
{
	struct str value = headers_get(h, STR("Proxy-Authorization"));

	if (!a->secret)
		return true;
	if (!str_starts_nocase(value, STR("Basic ")))
		return false;
	return is_same(str_trim(str_skip(value, 6)), str_from(a->secret));
}

bool
access_is_locked(const struct access *a)
{
	return a->secret != NULL;
}

bool
access_knows(const struct access *a, struct str user, struct str password)
{
	struct buf plain, coded;
	bool same;

	if (!a->secret)
		return true;
	buf_init(&plain, 600);
	buf_put(&plain, user);
	buf_putc(&plain, ':');
	buf_put(&plain, password);
	buf_init(&coded, 1200);
	base64_put(&coded, buf_str(&plain));
	same = is_same(buf_str(&coded), str_from(a->secret));
	buf_fini(&plain);
	buf_fini(&coded);
	return same;
}
