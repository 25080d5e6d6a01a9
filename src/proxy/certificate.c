/* SPDX-License-Identifier: MIT */
/* What the TLS floor read of a certificate, for the flow and the screen. */
#include "certificate.h"

#include <arpa/inet.h>

#include "sluice/base/buf.h"
#include "sluice/base/mem.h"

struct certificate *
certificate_of(const struct identity *id)
{
	struct certificate *c = NEW(struct certificate);
	struct buf names;

	buf_init(&names, 64 * 1024);
	for (size_t i = 0; i < id->dns_count && buf_room(&names) > 300; i++)
		buf_printf(&names, "%s%.256s", i ? " " : "", id->dns[i]);
	for (size_t i = 0; i < id->ip_count && buf_room(&names) > 300; i++) {
		char text[INET6_ADDRSTRLEN] = "";

		inet_ntop(id->ip[i].len == 4 ? AF_INET : AF_INET6,
		    id->ip[i].bytes, text, sizeof text);
		buf_printf(&names, "%s%s", buf_len(&names) ? " " : "", text);
	}
	c->names = buf_take(&names);
	buf_fini(&names);
	endpoint_set(&c->subject, id->subject);
	endpoint_set(&c->issuer, id->issuer);
	endpoint_set(&c->serial, id->serial);
	endpoint_set(&c->key, id->key);
	endpoint_set(&c->sha256, id->sha256);
	endpoint_set(&c->verify_text, id->verify_text);
	/* Lines stay lines: each is safe text already. */
	if (id->chain_text)
		c->chain_text = mem_strdup(id->chain_text);
	c->not_before = id->not_before;
	c->not_after = id->not_after;
	c->chain = id->chain;
	c->verified = id->verified;
	return c;
}
