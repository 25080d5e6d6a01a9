/* SPDX-License-Identifier: MIT */
/*
 * RFC 1928 and 1929 as the server reads them.  Each message is at most 515
 * bytes; until one is whole nothing is taken.
 */
#include "socks_read.h"

#include <netinet/in.h>

#include "sluice/http/url.h"

#define VERSION 5

enum step { STEP_METHODS, STEP_PASSWORD, STEP_REQUEST };

enum {
	METHOD_NONE = 0, METHOD_PASSWORD = 2, METHOD_NO_GOOD = 0xff,
	COMMAND_CONNECT = 1,
	TYPE_V4 = 1, TYPE_NAME = 3, TYPE_V6 = 4,
	REPLY_OK = 0, REPLY_FAILED = 1, REPLY_COMMAND = 7, REPLY_TYPE = 8,
};

static void
say(struct socks_reader *r, const void *bytes, size_t n)
{
	buf_put(r->out, str_make(bytes, n));
}

/* RFC 1928 section 6; the address bound is nobody's business. */
static void
reply(struct socks_reader *r, uint8_t code)
{
	const uint8_t bytes[10] = { VERSION, code, 0, TYPE_V4 };

	say(r, bytes, sizeof bytes);
}

static uint8_t
byte(struct str b, size_t i)
{
	return (uint8_t)b.p[i];
}

/* How many bytes the message there is long; 0: not enough to tell. */
static size_t
methods_size(struct str b)
{
	return b.n < 2 ? 0 : 2u + byte(b, 1);
}

static size_t
password_size(struct str b)
{
	size_t user = b.n < 2 ? 0 : byte(b, 1);

	return b.n < 3 + user ? 0 : 3 + user + byte(b, 2 + user);
}

static size_t
request_size(struct str b)
{
	if (b.n < 5)
		return 0;
	switch (byte(b, 3)) {
	case TYPE_V4:
		return 10;
	case TYPE_V6:
		return 22;
	case TYPE_NAME:
		return 7u + byte(b, 4);
	default:
		return 4;	/* that is enough to refuse it */
	}
}

static bool
take_methods(struct socks_reader *r, struct str b, struct err *err)
{
	bool locked = access_is_locked(r->access);
	uint8_t want = locked ? METHOD_PASSWORD : METHOD_NONE;
	uint8_t answer[2] = { VERSION, METHOD_NO_GOOD };

	for (size_t i = 2; i < b.n; i++)
		if (byte(b, i) == want)
			answer[1] = want;
	say(r, answer, sizeof answer);
	r->step = locked ? STEP_PASSWORD : STEP_REQUEST;
	if (answer[1] == want)
		return true;
	return err_set(err, locked ?
	    "the SOCKS client offers no password, and one is wanted "
	    "(proxy_auth)" : "the SOCKS client insists on a password or more, "
	    "and none is wanted");
}

static bool
take_password(struct socks_reader *r, struct str b, struct err *err)
{
	size_t user = byte(b, 1);
	bool good = byte(b, 0) == 1 && access_knows(r->access,
	    str_sub(b, 2, 2 + user), str_skip(b, 3 + user));
	const uint8_t answer[2] = { 1, good ? 0 : 1 };

	say(r, answer, sizeof answer);
	r->step = STEP_REQUEST;
	return good || err_set(err, "the SOCKS client's user or password is "
	    "wrong (proxy_auth)");
}

static bool
take_address(struct socks_reader *r, struct str b, struct err *err)
{
	uint8_t type = byte(b, 3);
	unsigned port = (unsigned)byte(b, b.n - 2) << 8 | byte(b, b.n - 1);
	struct addr a = { .len = 0 };
	char text[ADDR_TEXT_MAX];
	struct str host = str_sub(b, 5, b.n - 2), name;
	unsigned none;

	if (type == TYPE_V4) {
		a.ss.ss_family = AF_INET;
		memcpy(&((struct sockaddr_in *)(void *)&a.ss)->sin_addr,
		    b.p + 4, 4);
	} else if (type == TYPE_V6) {
		a.ss.ss_family = AF_INET6;
		memcpy(&((struct sockaddr_in6 *)(void *)&a.ss)->sin6_addr,
		    b.p + 4, 16);
	}
	if (type != TYPE_NAME) {
		addr_format_host(&a, text);
		host = str_from(text);
	} else if (!addr_parse_host(host, 1, &a) &&
	    (str_chr(host, ':', 0) != SIZE_MAX ||
	    !url_parse_authority(host, 1, &name, &none, err))) {
		return err_set(err, "SOCKS: %zu bytes that are no host name",
		    host.n);
	}
	if (port == 0)
		return err_set(err, "SOCKS: port 0");
	return target_set(r->to, false, host, port, err);
}

static bool
take_request(struct socks_reader *r, struct str b, struct err *err)
{
	uint8_t type = byte(b, 3), code = REPLY_FAILED;

	if (byte(b, 1) != COMMAND_CONNECT) {
		err_set(err, "SOCKS command %u is not CONNECT", byte(b, 1));
		code = REPLY_COMMAND;
	} else if (type != TYPE_V4 && type != TYPE_V6 && type != TYPE_NAME) {
		err_set(err, "SOCKS address of unknown type %u", type);
		code = REPLY_TYPE;
	} else if (take_address(r, b, err)) {
		reply(r, REPLY_OK);
		return true;
	}
	reply(r, code);
	return false;
}

/* What speaks to us there, if it is not SOCKS5? */
static bool
check_version(struct socks_reader *r, struct str b, struct err *err)
{
	uint8_t version = byte(b, 0);

	if (r->step == STEP_PASSWORD || version == VERSION)
		return true;
	if (version == 4) {
		say(r, "\0\x5b\0\0\0\0\0\0", 8);
		return err_set(err, "the client speaks SOCKS4; this port takes "
		    "SOCKS5 (curl: --socks5-hostname)");
	}
	if (version == 0x16)
		return err_set(err, "the client speaks TLS; this port takes "
		    "SOCKS5");
	if (version >= 'A' && version <= 'Z') {
		struct str page = STR("HTTP/1.1 400 Bad Request\r\n"
		    "Content-Type: text/plain\r\nConnection: close\r\n\r\n"
		    "sluice: this port takes SOCKS5, not HTTP\n");

		say(r, page.p, page.n);
		return err_set(err, "the client speaks HTTP; this port takes "
		    "SOCKS5 (for HTTP open another: -m regular@PORT)");
	}
	return err_set(err, "SOCKS version %u; this port takes 5", version);
}

static bool
take(struct socks_reader *r, struct str b, struct err *err)
{
	switch ((enum step)r->step) {
	case STEP_METHODS:
		return take_methods(r, b, err);
	case STEP_PASSWORD:
		return take_password(r, b, err);
	case STEP_REQUEST:
		return take_request(r, b, err);
	}
	return false;
}

static size_t
size_of(const struct socks_reader *r, struct str b)
{
	switch ((enum step)r->step) {
	case STEP_METHODS:
		return methods_size(b);
	case STEP_PASSWORD:
		return password_size(b);
	case STEP_REQUEST:
		return request_size(b);
	}
	return 0;
}

enum socks_verdict
socks_read(struct socks_reader *r, struct str in, size_t *taken,
    struct err *err)
{
	bool last = r->step == STEP_REQUEST;
	size_t n;

	if (in.n > 0 && !check_version(r, in, err))
		return SOCKS_WRONG;
	n = size_of(r, in);
	if (n == 0 || n > in.n)
		return SOCKS_MORE;
	if (!take(r, str_sub(in, 0, n), err))
		return SOCKS_WRONG;
	*taken = n;
	return last ? SOCKS_DONE : SOCKS_TAKEN;
}

bool
socks_has_begun(const struct socks_reader *r)
{
	return r->step != STEP_METHODS;
}
