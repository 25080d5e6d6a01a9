/* SPDX-License-Identifier: MIT */
/* Requests that no server is asked for: the answer is our own. */
#include "session.h"

#include "forwards.h"
#include "onboard.h"
#include "private.h"
#include "sluice/http/url.h"

/* Where the client reached us, as it may be told to others. */
static bool
own_address(const struct session *s, struct addr *a)
{
	return s->has_client && addr_of_socket(s->client.conn.fd, a);
}

/*
 * Names only the client itself can have written there: another site's name
 * that leads to us (DNS rebinding) is not answered.
 */
static bool
is_own_name(const struct session *s, struct str value)
{
	struct addr own, literal;
	struct str host;
	unsigned port;

	if (!url_parse_authority(value, 80, &host, &port, NULL))
		return false;
	if (onboard_is_host(host))
		return true;
	return own_address(s, &own) && port == addr_port(&own) &&
	    (str_eq_nocase(host, STR("localhost")) ||
	    addr_parse_host(host, port, &literal));
}

bool
session_is_asked(const struct session *s, struct message *m)
{
	struct str target = message_word(m, m->target);

	if (target.n == 0 || target.p[0] != '/' ||
	    !is_own_name(s, headers_get(&m->headers, STR("Host"))))
		return false;
	message_set(m, &m->scheme, STR("http"));
	message_set(m, &m->host, STR(ONBOARD_HOST));
	m->port = 80;
	m->path = m->target;
	return true;
}

bool
session_answer(struct session *s)
{
	struct exchange *x = s->exchange;
	struct message *q = &x->flow->request, m;
	char proxy[ADDR_TEXT_MAX] = "127.0.0.1:8080";
	struct addr own;

	if (onboard_is_host(message_word(q, q->host))) {
		if (own_address(s, &own))
			addr_format(&own, proxy);
		onboard_answer(s->proxy->setup.ca, proxy, q, &m);
	} else if (forwards_end(q)) {
		forwards_answer(q, &m);
	} else {
		return false;
	}
	exchange_answer(x, &m);
	return true;
}
