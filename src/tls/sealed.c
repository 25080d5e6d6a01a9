/* SPDX-License-Identifier: MIT */
/*
 * A BIO of our own: OpenSSL reads from one borrowed buffer and writes to
 * another, so no bytes are copied in between.  tls.c owns the struct sealed.
 * While a ClientHello is awaited it also keeps a copy of what was taken.
 */
#include "private.h"

#include <assert.h>

static int
read_cb(BIO *bio, char *out, int size)
{
	struct sealed *s = BIO_get_data(bio);
	struct str in = buf_str(s->in);
	size_t n = in.n;

	assert(size >= 0);
	BIO_clear_retry_flags(bio);
	if (n > (size_t)size)
		n = (size_t)size;
	if (n == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (s->keep_raw) {
		if (n > buf_room(&s->raw))
			n = buf_room(&s->raw);
		if (n == 0) {
			s->overflow = true;
			return -1;
		}
		buf_put(&s->raw, str_sub(in, 0, n));
	}
	memcpy(out, in.p, n);
	buf_consume(s->in, n);
	return (int)n;
}

static int
write_cb(BIO *bio, const char *p, int size)
{
	struct sealed *s = BIO_get_data(bio);
	size_t n = buf_room(s->out);

	assert(size >= 0);
	BIO_clear_retry_flags(bio);
	if (n > (size_t)size)
		n = (size_t)size;
	if (n == 0) {
		BIO_set_retry_write(bio);
		return -1;
	}
	buf_put(s->out, str_make(p, n));
	return (int)n;
}

static long
ctrl_cb(BIO *bio, int cmd, long number, void *pointer)
{
	const struct sealed *s = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	switch (cmd) {
	case BIO_CTRL_FLUSH:
	case BIO_CTRL_DUP:
		return 1;
	case BIO_CTRL_PENDING:
		return (long)buf_len(s->in);
	default:
		return 0;
	}
}

BIO_METHOD *
sealed_method_new(void)
{
	BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "sealed");

	if (m) {
		BIO_meth_set_read(m, read_cb);
		BIO_meth_set_write(m, write_cb);
		BIO_meth_set_ctrl(m, ctrl_cb);
	}
	return m;
}

BIO *
sealed_bio_new(const BIO_METHOD *method, struct sealed *s)
{
	BIO *bio = BIO_new(method);

	if (bio) {
		BIO_set_data(bio, s);
		BIO_set_init(bio, 1);
	}
	return bio;
}
