/* SPDX-License-Identifier: MIT */
/* One end of a flow, shared by all flows of a connection. */
#include "sluice/flow/endpoint.h"

#include <assert.h>

#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

struct endpoint *
endpoint_new(void)
{
	struct endpoint *e = NEW(struct endpoint);

	e->refs = 1;
	return e;
}

struct endpoint *
endpoint_ref(struct endpoint *e)
{
	if (e)
		e->refs++;
	return e;
}

static void
free_certificate(struct certificate *c)
{
	if (!c)
		return;
	free(c->subject);
	free(c->issuer);
	free(c->serial);
	free(c->key);
	free(c->sha256);
	free(c->names);
	free(c->verify_text);
	free(c->chain_text);
	free(c);
}

void
endpoint_unref(struct endpoint *e)
{
	if (!e)
		return;
	assert(e->refs > 0);
	if (--e->refs > 0)
		return;
	free(e->address);
	free(e->name);
	free(e->program);
	free(e->via);
	free(e->tls_version);
	free(e->tls_cipher);
	free(e->sni);
	free(e->alpn);
	free(e->alpn_offered);
	free(e->tls_offered);
	free(e->ciphers_offered);
	free(e->ja4);
	free(e->client_cert);
	free(e->client_cert_wanted);
	free_certificate(e->certificate);
	free(e);
}

void
endpoint_set(char **field, const char *value)
{
	free(*field);
	*field = value ? escape_dup(str_from(value)) : NULL;
}
