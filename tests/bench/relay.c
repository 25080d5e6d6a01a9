/* SPDX-License-Identifier: MIT */
/*
 * The floor for make bench: TLS from a client, TLS to one server, and bytes
 * from one to the other.  libev and OpenSSL and nothing else: no HTTP, no
 * record of anything, no certificates made, no names looked up.
 *
 *	relay PORT SERVER-PORT CERT-AND-KEY CA
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ev.h>
#include <openssl/ssl.h>

#define IN		(64u * 1024)
#define OUT		(256u * 1024)
#define RECORD		(16u * 1024)
#define SEALED		(RECORD + 512)	/* a record, sealed */

struct pair;

struct end {
	ev_io io;
	struct pair *pair;
	SSL *ssl;
	int fd;
	bool eof;
	size_t in_off, in_end, out_off, out_end;
	char in[IN], out[OUT];
};

struct pair {
	struct end client, server;
};

static BIO_METHOD *method;
static SSL_CTX *to_client, *to_server;
static struct sockaddr_in server_address;

static int
bio_read(BIO *bio, char *p, int size)
{
	struct end *e = BIO_get_data(bio);
	size_t n = e->in_end - e->in_off;

	BIO_clear_retry_flags(bio);
	if (n == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	n = n < (size_t)size ? n : (size_t)size;
	memcpy(p, e->in + e->in_off, n);
	e->in_off += n;
	return (int)n;
}

static int
bio_write(BIO *bio, const char *p, int size)
{
	struct end *e = BIO_get_data(bio);
	size_t n = OUT - e->out_end;

	BIO_clear_retry_flags(bio);
	if (n == 0) {
		BIO_set_retry_write(bio);
		return -1;
	}
	n = n < (size_t)size ? n : (size_t)size;
	memcpy(e->out + e->out_end, p, n);
	e->out_end += n;
	return (int)n;
}

static long
bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH;
}

static void
receive(struct end *e)
{
	ssize_t n;

	memmove(e->in, e->in + e->in_off, e->in_end - e->in_off);
	e->in_end -= e->in_off;
	e->in_off = 0;
	if (e->in_end == IN)
		return;
	n = recv(e->fd, e->in + e->in_end, IN - e->in_end, 0);
	if (n > 0)
		e->in_end += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		e->eof = true;
}

static void
transmit(struct end *e)
{
	ssize_t n;

	if (e->out_end == e->out_off)
		return;
	n = send(e->fd, e->out + e->out_off, e->out_end - e->out_off,
	    MSG_NOSIGNAL);
	if (n > 0)
		e->out_off += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		e->eof = true;
	if (e->out_off == e->out_end)
		e->out_off = e->out_end = 0;
}

static bool
has_room(const struct end *e)
{
	return OUT - e->out_end >= SEALED;
}

/* Opens what came from one and seals it for the other. */
static void
pass(struct end *from, struct end *to)
{
	char plain[RECORD];
	int n;

	if (!SSL_is_init_finished(from->ssl) && SSL_do_handshake(from->ssl) !=
	    1)
		return;
	while (SSL_is_init_finished(to->ssl) && has_room(to)) {
		n = SSL_read(from->ssl, plain, sizeof plain);
		if (n <= 0)
			break;
		SSL_write(to->ssl, plain, n);
	}
	if (SSL_get_shutdown(from->ssl) & SSL_RECEIVED_SHUTDOWN)
		from->eof = true;
}

static void
rearm(struct end *e, const struct end *other)
{
	int want = (has_room(other) ? EV_READ : 0) |
	    (e->out_end > e->out_off ? EV_WRITE : 0);

	if ((e->io.events & (EV_READ | EV_WRITE)) == want)
		return;
	ev_io_stop(EV_DEFAULT, &e->io);
	ev_io_set(&e->io, e->fd, want);
	ev_io_start(EV_DEFAULT, &e->io);
}

static void
end_free(struct end *e)
{
	ev_io_stop(EV_DEFAULT, &e->io);
	SSL_free(e->ssl);
	close(e->fd);
}

static void
end_cb(struct ev_loop *loop, ev_io *io, int events)
{
	struct pair *p = ((struct end *)io)->pair;
	struct end *c = &p->client, *s = &p->server;

	(void)loop;
	if (events & EV_READ)
		receive((struct end *)io);
	pass(c, s);
	pass(s, c);
	pass(c, s);		/* what came before the handshake's end */
	transmit(c);
	transmit(s);
	if (c->eof || s->eof) {
		end_free(c);
		end_free(s);
		free(p);
		return;
	}
	rearm(c, s);
	rearm(s, c);
}

static void
end_init(struct end *e, struct pair *p, int fd, SSL_CTX *context)
{
	BIO *bio = BIO_new(method);
	int on = 1;

	e->pair = p;
	e->fd = fd;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	e->ssl = SSL_new(context);
	BIO_set_data(bio, e);
	BIO_set_init(bio, 1);
	SSL_set_bio(e->ssl, bio, bio);
	ev_io_init(&e->io, end_cb, fd, EV_READ);
	ev_io_start(EV_DEFAULT, &e->io);
}

static void
accept_cb(struct ev_loop *loop, ev_io *io, int events)
{
	int client = accept(io->fd, NULL, NULL), server;
	struct pair *p;

	(void)events;
	if (client < 0)
		return;
	server = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(server, (struct sockaddr *)&server_address,
	    sizeof server_address) != 0) {
		close(client);
		close(server);
		return;
	}
	p = malloc(sizeof *p);
	memset(&p->client, 0, offsetof(struct end, in));
	memset(&p->server, 0, offsetof(struct end, in));
	end_init(&p->client, p, client, to_client);
	end_init(&p->server, p, server, to_server);
	SSL_set_accept_state(p->client.ssl);
	SSL_set_connect_state(p->server.ssl);
	SSL_set_tlsext_host_name(p->server.ssl, "localhost");
	ev_feed_event(loop, &p->server.io, EV_WRITE);
}

int
main(int argc, char **argv)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	ev_io listener;

	if (argc != 5)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server_address = own;
	own.sin_port = htons((uint16_t)atoi(argv[1]));
	server_address.sin_port = htons((uint16_t)atoi(argv[2]));
	method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "end");
	BIO_meth_set_read(method, bio_read);
	BIO_meth_set_write(method, bio_write);
	BIO_meth_set_ctrl(method, bio_ctrl);
	to_client = SSL_CTX_new(TLS_server_method());
	to_server = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(to_server, SSL_VERIFY_PEER, NULL);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (SSL_CTX_use_certificate_chain_file(to_client, argv[3]) != 1 ||
	    SSL_CTX_use_PrivateKey_file(to_client, argv[3], SSL_FILETYPE_PEM)
	    != 1 || SSL_CTX_load_verify_file(to_server, argv[4]) != 1 ||
	    bind(fd, (struct sockaddr *)&own, sizeof own) != 0 ||
	    listen(fd, SOMAXCONN) != 0)
		return 1;
	ev_io_init(&listener, accept_cb, fd, EV_READ);
	ev_io_start(EV_DEFAULT, &listener);
	ev_run(EV_DEFAULT, 0);
	return 0;
}
