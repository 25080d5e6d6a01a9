/* SPDX-License-Identifier: MIT */
/*
 * JSON Web Tokens (RFC 7519) read, not verified: there is no key here.  The
 * parts are shown as JSON, every token as it was written.
 */
#include "body_form.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "json_tree.h"
#include "lines.h"
#include "sluice/base/clock.h"

#define PART_MAX	(16u * 1024)
#define LOOK_MAX	(256u * 1024)	/* how far a token is looked for */

static int
digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* base64url without padding; false when it is none. */
static bool
decode(struct str s, struct buf *out)
{
	uint32_t bits = 0;
	unsigned have = 0;

	if (s.n > PART_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit(s.p[i]);

		if (d < 0)
			return false;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		buf_putc(out, (char)(bits >> have & 0xff));
	}
	return true;
}

/* A decoded part laid out, or as it is when it is no JSON. */
static void
put_part(struct buf *out, const char *title, struct str json)
{
	struct lines_setup setup = {
		.kind = LINES_JSON, .memory = json, .final = true
	};
	struct lines lines;
	struct lines_row row;

	buf_printf(out, "%s\n", title);
	lines_init(&lines);
	lines_open(&lines, &setup);
	while (lines_index(&lines, PART_MAX))
		continue;
	if (lines.bad) {
		setup.kind = LINES_TEXT;
		lines_open(&lines, &setup);
		while (lines_index(&lines, PART_MAX))
			continue;
	}
	lines_row_init(&row);
	lines_seek(&lines, 0);
	while (lines_next(&lines, &row) &&
	    buf_room(out) > buf_len(&row.text) + 4) {
		buf_put(out, STR("  "));
		buf_put(out, buf_str(&row.text));
		buf_putc(out, '\n');
	}
	lines_row_fini(&row);
	lines_fini(&lines);
}

static const struct json_node *
member(const struct json_tree *t, struct str quoted)
{
	if (t->count == 0 || !t->nodes[0].object)
		return NULL;
	for (uint32_t c = t->nodes[0].first; c != JSON_NONE;
	    c = t->nodes[c].next)
		if (str_eq(t->nodes[c].key, quoted))
			return &t->nodes[c];
	return NULL;
}

static void
put_time(struct buf *out, const struct json_tree *t, struct str name,
    const char *title, int64_t now)
{
	const struct json_node *n = member(t, name);
	uint64_t seconds;
	char date[40];
	struct tm tm;
	time_t when;

	if (n == NULL || !str_to_u64(n->token, &seconds) ||
	    seconds > 253402300799u)
		return;
	when = (time_t)seconds;
	if (gmtime_r(&when, &tm) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		return;
	buf_printf(out, "%-11s%s (%s)\n", title, date,
	    (int64_t)seconds > now ? "in the future" : "past");
}

static void
put_token(struct buf *out, struct str head, struct str claims, size_t signature)
{
	int64_t now = clock_wall() / 1000000;
	const struct json_node *n;
	struct json_tree t;

	put_part(out, "header", head);
	put_part(out, "claims", claims);
	if (json_tree_make(&t, claims)) {
		put_time(out, &t, STR("\"iat\""), "issued", now);
		put_time(out, &t, STR("\"nbf\""), "valid from", now);
		put_time(out, &t, STR("\"exp\""), "expires", now);
	}
	json_tree_fini(&t);
	buf_printf(out, "signature  ");
	if (json_tree_make(&t, head)) {
		n = member(&t, STR("\"alg\""));
		if (n != NULL)
			buf_put(out, str_sub(n->token, 0, 40));
		buf_putc(out, ' ');
	}
	json_tree_fini(&t);
	buf_printf(out, "%zu bytes, not verified\n", signature);
}

bool
body_form_jwt(struct str text, struct buf *out)
{
	struct str s = body_jwt_find(str_sub(text, 0, LOOK_MAX));
	size_t dot, second;
	struct buf head, claims;
	bool good;

	if (s.p == NULL)
		return false;
	dot = str_chr(s, '.', 0);
	second = str_chr(s, '.', dot + 1);
	buf_init(&head, PART_MAX);
	buf_init(&claims, PART_MAX);
	good = decode(str_sub(s, 0, dot), &head) &&
	    decode(str_sub(s, dot + 1, second), &claims);
	if (good)
		put_token(out, buf_str(&head), buf_str(&claims),
		    (s.n - second - 1) * 3 / 4);
	buf_fini(&head);
	buf_fini(&claims);
	return good;
}
