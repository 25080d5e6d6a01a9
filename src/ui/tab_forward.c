/* SPDX-License-Identifier: MIT */
/*
 * What forwarding changed in a head: the lines that were received and not
 * sent on, and those that were sent and not received.
 */
#include "tabs.h"

/* The next line of a head without its end; false behind the last. */
static bool
next_line(struct str *head, struct str *line)
{
	if (!str_split(head, '\n', line))
		return false;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return line->n > 0;
}

static bool
has_line(struct str head, struct str wanted)
{
	struct str line;

	while (next_line(&head, &line))
		if (str_eq(line, wanted))
			return true;
	return false;
}

/* Lines of head that other lacks; the first of all begins with a title. */
static void
put_lines(struct sheet *s, struct str head, struct str other,
    const char *sign, enum role role, bool *begun, size_t wrap)
{
	struct str line;

	while (next_line(&head, &line)) {
		size_t x;

		if (has_line(other, line))
			continue;
		if (!*begun) {
			sheet_row(s);
			sheet_row(s);
			sheet_put(s, 0, ROLE_DIM,
			    STR("changed in forwarding:"));
			*begun = true;
		}
		sheet_row(s);
		x = sheet_put(s, 0, role, str_from(sign));
		sheet_wrap(s, x, wrap, role, line);
	}
}

void
tab_forward(struct sheet *s, const struct message *received,
    const struct message *sent, size_t wrap)
{
	struct str before = message_received(received);
	struct str after = message_sent(sent);
	bool begun = false;

	if (before.n == 0 || !sent->sent)
		return;
	put_lines(s, before, after, "- ", ROLE_DIM, &begun, wrap);
	put_lines(s, after, before, "+ ", ROLE_TEXT, &begun, wrap);
}
