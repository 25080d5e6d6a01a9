/* SPDX-License-Identifier: MIT */
/*
 * What the list is sorted by: a column's value as bytes that compare as the
 * values do.  Texts count with their beginning, numbers with their high byte
 * first.
 */
#include "column.h"

#include <assert.h>
#include <string.h>

static void
put_number(unsigned char key[FLOW_KEY_MAX], uint64_t n)
{
	for (int i = 0; i < 8; i++)
		key[i] = (unsigned char)(n >> (56 - 8 * i));
}

static void
put_text(unsigned char key[FLOW_KEY_MAX], struct str text)
{
	memcpy(key, text.p, text.n < FLOW_KEY_MAX ? text.n : FLOW_KEY_MAX);
}

static void
key_method(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_text(key, message_word(&f->request, f->request.method));
}

/* Failures behind all answers. */
static void
key_status(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_number(key, f->state == FLOW_FAILED ? UINT64_MAX :
	    f->response.status);
}

static void
key_host(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	struct str host = message_word(&f->request, f->request.host);

	for (size_t i = 0; i < host.n && i < FLOW_KEY_MAX - 2; i++)
		key[i] = (unsigned char)(host.p[i] >= 'A' &&
		    host.p[i] <= 'Z' ? host.p[i] + ('a' - 'A') : host.p[i]);
	key[FLOW_KEY_MAX - 2] = (unsigned char)(f->request.port >> 8);
	key[FLOW_KEY_MAX - 1] = (unsigned char)f->request.port;
}

static void
key_path(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_text(key, message_word(&f->request, f->request.path));
}

static void
key_type(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_text(key, str_from(message_type_name(&f->response)));
}

static void
key_sent(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_number(key, f->kind == FLOW_TUNNEL ? f->tunnel_sent :
	    f->request.body.len);
}

static void
key_size(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_number(key, f->kind == FLOW_TUNNEL ?
	    f->tunnel_sent + f->tunnel_received : f->response.body.len);
}

static void
key_duration(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	/* Only ever of one that is over, so that now is of no account. */
	put_number(key, (uint64_t)flow_duration(f, 0));
}

static void
key_client(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	if (f->client != NULL && f->client->address != NULL)
		put_text(key, str_from(f->client->address));
}

/* By name, then by number; those without come last. */
static void
key_process(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	if (f->client == NULL || f->client->program == NULL) {
		memset(key, 0xff, FLOW_KEY_MAX);
		return;
	}
	put_text(key, str_from(f->client->program));
	for (int i = 0; i < 4; i++)
		key[FLOW_KEY_MAX - 1 - i] = (unsigned char)(f->client->pid >>
		    8 * i & 0xff);
}

static void
key_protocol(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	put_text(key, message_word(&f->request, f->request.scheme));
	key[FLOW_KEY_MAX - 1] = f->request.version_minor;
}

/* Those with a note first. */
static void
key_note(const struct flow *f, unsigned char key[FLOW_KEY_MAX])
{
	if (f->note != NULL)
		put_text(key, str_from(f->note));
	else
		memset(key, 0xff, FLOW_KEY_MAX);
}

/* NULL: arrival, which is also the order of beginning. */
static const struct {
	flow_key_fn *key;
	bool late;
} keys[COLUMN_COUNT] = {
	[COLUMN_ID] = { NULL, false },
	[COLUMN_TIME] = { NULL, false },
	[COLUMN_WATERFALL] = { NULL, false },
	[COLUMN_METHOD] = { key_method, false },
	[COLUMN_STATUS] = { key_status, true },
	[COLUMN_HOST] = { key_host, false },
	[COLUMN_PATH] = { key_path, false },
	[COLUMN_TYPE] = { key_type, true },
	[COLUMN_SENT] = { key_sent, true },
	[COLUMN_SIZE] = { key_size, true },
	[COLUMN_DURATION] = { key_duration, true },
	[COLUMN_CLIENT] = { key_client, false },
	[COLUMN_PROCESS] = { key_process, true },
	[COLUMN_PROTOCOL] = { key_protocol, false },
	[COLUMN_NOTE] = { key_note, false },
};

flow_key_fn *
column_key(enum column_id id)
{
	assert(id < COLUMN_COUNT);
	return keys[id].key;
}

bool
column_is_late(enum column_id id)
{
	assert(id < COLUMN_COUNT);
	return keys[id].late;
}
