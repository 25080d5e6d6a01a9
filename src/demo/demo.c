/* SPDX-License-Identifier: MIT */
/* The demo's two listeners, its CA and made files, its birth and end. */
#include <string.h>

#include <zlib.h>

#include "private.h"
#include "sluice/base/mem.h"

static void
put_chunk(struct buf *out, const char *type, struct str data)
{
	uint8_t word[4];
	uint32_t crc;

	for (int i = 0; i < 4; i++)
		word[i] = (uint8_t)(data.n >> (24 - 8 * i));
	buf_put(out, str_make(word, 4));
	buf_put(out, str_from(type));
	buf_put(out, data);
	crc = (uint32_t)crc32(0, (const Bytef *)type, 4);
	if (data.n > 0)
		crc = (uint32_t)crc32(crc, (const Bytef *)data.p,
		    (uInt)data.n);
	for (int i = 0; i < 4; i++)
		word[i] = (uint8_t)(crc >> (24 - 8 * i));
	buf_put(out, str_make(word, 4));
}

/* A picture of 64 by 64 grey levels, deflated. */
static void
make_logo(struct buf *png)
{
	static const char size[] = "\0\0\0\x40\0\0\0\x40\x08\0\0\0\0";
	Bytef rows[64 * 65], packed[5000];
	uLongf n = sizeof packed;

	for (int y = 0; y < 64; y++) {
		rows[y * 65] = 0;
		for (int x = 0; x < 64; x++)
			rows[y * 65 + 1 + x] = (Bytef)(x * y / 16 ^ x);
	}
	compress(packed, &n, rows, sizeof rows);
	buf_put(png, STR("\x89PNG\r\n\x1a\n"));
	put_chunk(png, "IHDR", str_make(size, 13));
	put_chunk(png, "IDAT", str_make(packed, n));
	put_chunk(png, "IEND", STR_NONE);
}

static void
make_script(struct buf *gzip)
{
	static const char line[] = "export const add = (a, b) => a + b;\n";
	Bytef text[40 * (sizeof line - 1)], packed[4096];
	z_stream z = { .next_in = text, .avail_in = sizeof text,
	    .next_out = packed, .avail_out = sizeof packed };

	for (size_t i = 0; i < 40; i++)
		memcpy(text + i * (sizeof line - 1), line, sizeof line - 1);
	/* 16 more than the window bits: gzip. */
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8,
	    Z_DEFAULT_STRATEGY) == Z_OK) {
		deflate(&z, Z_FINISH);
		deflateEnd(&z);
	}
	buf_put(gzip, str_make(packed, sizeof packed - z.avail_out));
}

static void
bury_cb(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)loop;
	(void)revents;
	demo_origin_bury(container_of(w, struct demo, bury));
}

static struct listener *
open_port(struct demo *d, struct err *err)
{
	struct addr at;

	if (!addr_parse_listen(STR("127.0.0.1:0"), &at, err))
		return NULL;
	return listener_new(d->loop, &at, &demo_origin_ops, d, err);
}

static bool
open_all(struct demo *d, struct err *err)
{
	struct tls_setup setup = { .insecure = false };

	d->ca = ca_new_memory("sluice demo CA", err);
	if (!d->ca || !ca_export(d->ca, "pem", &d->root, err))
		return false;
	d->forge = forge_new(d->ca, err);
	d->context = d->forge ? tls_context_new(&setup, err) : NULL;
	if (!d->context)
		return false;
	d->https = open_port(d, err);
	d->http = d->https ? open_port(d, err) : NULL;
	return d->http != NULL;
}

struct demo *
demo_start(struct ev_loop *loop, struct err *err)
{
	struct demo *d = NEW(struct demo);

	d->loop = loop;
	list_init(&d->visits);
	buf_init(&d->root, 64 * 1024);
	buf_init(&d->logo, 8 * 1024);
	buf_init(&d->script, 4 * 1024);
	make_logo(&d->logo);
	make_script(&d->script);
	ev_prepare_init(&d->bury, bury_cb);
	ev_prepare_start(loop, &d->bury);
	ev_unref(loop);
	if (open_all(d, err))
		return d;
	demo_stop(d);
	return NULL;
}

struct str
demo_root(const struct demo *d)
{
	return buf_str(&d->root);
}

unsigned
demo_https_port(const struct demo *d)
{
	return addr_port(listener_addr(d->https));
}

unsigned
demo_http_port(const struct demo *d)
{
	return addr_port(listener_addr(d->http));
}

void
demo_stop(struct demo *d)
{
	if (!d)
		return;
	demo_traffic_free(d->traffic);
	demo_origin_close(d);
	listener_free(d->https);
	listener_free(d->http);
	ev_ref(d->loop);
	ev_prepare_stop(d->loop, &d->bury);
	tls_context_free(d->context);
	forge_free(d->forge);
	ca_free(d->ca);
	buf_fini(&d->root);
	buf_fini(&d->logo);
	buf_fini(&d->script);
	free(d);
}
