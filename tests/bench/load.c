/* SPDX-License-Identifier: MIT */
/*
 * A load of HTTP requests, for make bench: a thread a connection, blocking,
 * so that what it measures is the proxy and not a clever client.
 *
 *	load [-x HOST:PORT] [-kw] [-u BYTES] [-c N] [-n N] [-d SECONDS] URL
 *
 * -x: through a proxy (CONNECT for https, absolute form for http); -k: keep
 * nothing alive, a new connection for each request; -u: upload so many bytes
 * with PUT; -c: connections at a time; -n: so many requests and no more; -d:
 * how long at most; -w: one request a connection first, that is not counted,
 * then print "ready" and wait for a line.  Prints one JSON object: requests,
 * errors, bytes, seconds, p50_us, p99_us.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define SAMPLES_MAX	(1u << 20)	/* latencies kept a thread */
#define BUFFER		(256u * 1024)
#define WARM_TRIES	100

static struct {
	bool tls, new_each, warm;
	char host[256], port[8], path[512];
	char proxy_host[256], proxy_port[8];
	uint64_t upload, requests;
	unsigned connections;
	double seconds;
} plan = { .connections = 16, .seconds = 5 };

static SSL_CTX *context;
static atomic_bool stop;
static atomic_uint_fast64_t begun;
static pthread_barrier_t warmed, started;

struct worker {
	pthread_t thread;
	uint64_t requests, errors, bytes;
	uint32_t *samples;		/* µs */
	size_t sample_count;
	char *buffer;
};

struct link {
	int fd;
	SSL *ssl;
};

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static ssize_t
link_read(struct link *l, char *p, size_t n)
{
	if (!l->ssl)
		return read(l->fd, p, n);
	return SSL_read(l->ssl, p, n > INT32_MAX ? INT32_MAX : (int)n);
}

static bool
link_write(struct link *l, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = l->ssl ? SSL_write(l->ssl, p, (int)n) :
		    write(l->fd, p, n);

		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static void
link_close(struct link *l)
{
	SSL_free(l->ssl);
	if (l->fd >= 0)
		close(l->fd);
	*l = (struct link){ .fd = -1 };
}

static int
dial(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_family = AF_INET }, *all;
	int fd, on = 1;

	if (getaddrinfo(host, port, &hints, &all) != 0)
		return -1;
	fd = socket(all->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, all->ai_addr, all->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(all);
	if (fd >= 0)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof on);
	return fd;
}

/* Up to the empty line; what comes behind it stays in the buffer. */
static ssize_t
read_head(struct link *l, char *p, size_t size, size_t *have)
{
	*have = 0;
	for (;;) {
		ssize_t n = link_read(l, p + *have, size - 1 - *have);
		const char *end;

		if (n <= 0)
			return -1;
		*have += (size_t)n;
		p[*have] = '\0';
		end = strstr(p, "\r\n\r\n");
		if (end)
			return end + 4 - p;
		if (*have == size - 1)
			return -1;
	}
}

static bool
tunnel(struct link *l, char *buffer)
{
	char text[700];
	size_t have;
	int n = snprintf(text, sizeof text, "CONNECT %s:%s HTTP/1.1\r\n"
	    "Host: %s:%s\r\n\r\n", plan.host, plan.port, plan.host, plan.port);

	return link_write(l, text, (size_t)n) &&
	    read_head(l, buffer, BUFFER, &have) > 0 &&
	    strncmp(buffer + 8, " 200", 4) == 0;
}

static bool
link_open(struct link *l, char *buffer)
{
	bool through = *plan.proxy_host;

	*l = (struct link){ .fd = through ?
	    dial(plan.proxy_host, plan.proxy_port) :
	    dial(plan.host, plan.port) };
	if (l->fd < 0)
		return false;
	if (!plan.tls)
		return true;
	if (through && !tunnel(l, buffer))
		return false;
	l->ssl = SSL_new(context);
	SSL_set_fd(l->ssl, l->fd);
	SSL_set_tlsext_host_name(l->ssl, plan.host);
	return SSL_connect(l->ssl) == 1;
}

static bool
send_request(struct link *l)
{
	static const char zeros[64 * 1024];
	char text[2048], length[64] = "";
	uint64_t left = plan.upload;
	bool absolute = *plan.proxy_host && !plan.tls;
	int n;

	if (plan.upload)
		snprintf(length, sizeof length, "Content-Length: %llu\r\n",
		    (unsigned long long)plan.upload);
	n = snprintf(text, sizeof text, "%s %s%s%s%s%s HTTP/1.1\r\n"
	    "Host: %s:%s\r\n%s\r\n", plan.upload ? "PUT" : "GET",
	    absolute ? "http://" : "", absolute ? plan.host : "",
	    absolute ? ":" : "", absolute ? plan.port : "", plan.path,
	    plan.host, plan.port, length);
	if (!link_write(l, text, (size_t)n))
		return false;
	while (left > 0) {
		size_t part = left < sizeof zeros ? (size_t)left :
		    sizeof zeros;

		if (!link_write(l, zeros, part))
			return false;
		left -= part;
	}
	return true;
}

/* Answers with a Content-Length only: the origin is ours. */
static bool
read_answer(struct link *l, struct worker *w)
{
	size_t have;
	ssize_t head = read_head(l, w->buffer, BUFFER, &have);
	const char *field;
	uint64_t length;

	if (head < 0 || strncmp(w->buffer + 8, " 20", 3) != 0)
		return false;
	field = strcasestr(w->buffer, "\r\ncontent-length:");
	if (!field)
		return strncmp(w->buffer + 8, " 204", 4) == 0;
	length = strtoull(field + 17, NULL, 10);
	have -= (size_t)head;
	w->bytes += length;
	while (have < length) {
		ssize_t n = link_read(l, w->buffer, BUFFER);

		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

static bool
one_request(struct link *l, struct worker *w)
{
	if ((l->fd < 0 && !link_open(l, w->buffer)) || !send_request(l) ||
	    !read_answer(l, w)) {
		w->errors++;
		link_close(l);
		usleep(1000);
		return false;
	}
	if (plan.new_each)
		link_close(l);
	return true;
}

/* What a first connection costs is not what is measured. */
static void
warm_up(struct link *l, struct worker *w)
{
	for (int i = 0; i < WARM_TRIES && !one_request(l, w); i++)
		continue;
	w->errors = w->bytes = 0;
	pthread_barrier_wait(&warmed);
	pthread_barrier_wait(&started);
}

static bool
may_begin(void)
{
	if (atomic_load(&stop))
		return false;
	return plan.requests == 0 ||
	    atomic_fetch_add(&begun, 1) < plan.requests;
}

static void *
work(void *owner)
{
	struct worker *w = owner;
	struct link l = { .fd = -1 };

	if (plan.warm)
		warm_up(&l, w);
	while (may_begin()) {
		int64_t began = now_us();

		if (!one_request(&l, w))
			continue;
		w->requests++;
		if (w->sample_count < SAMPLES_MAX)
			w->samples[w->sample_count++] =
			    (uint32_t)(now_us() - began);
	}
	link_close(&l);
	return NULL;
}

/* A second thread, so that main can wait for the workers alone. */
static void *
ring(void *nothing)
{
	usleep((useconds_t)(plan.seconds * 1e6));
	atomic_store(&stop, true);
	return nothing;
}

static int
compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
report(struct worker *workers, double seconds)
{
	uint64_t requests = 0, errors = 0, bytes = 0;
	size_t n = 0;
	uint32_t *all;

	for (unsigned i = 0; i < plan.connections; i++) {
		requests += workers[i].requests;
		errors += workers[i].errors;
		bytes += workers[i].bytes;
		n += workers[i].sample_count;
	}
	all = malloc((n ? n : 1) * sizeof *all);
	n = 0;
	for (unsigned i = 0; i < plan.connections; i++) {
		memcpy(all + n, workers[i].samples,
		    workers[i].sample_count * sizeof *all);
		n += workers[i].sample_count;
	}
	qsort(all, n, sizeof *all, compare);
	printf("{\"requests\":%llu,\"errors\":%llu,\"bytes\":%llu,"
	    "\"seconds\":%.6f,\"p50_us\":%u,\"p99_us\":%u}\n",
	    (unsigned long long)requests, (unsigned long long)errors,
	    (unsigned long long)bytes, seconds, n ? all[n / 2] : 0,
	    n ? all[n * 99 / 100] : 0);
	free(all);
}

static bool
split_authority(char *text, char *host, size_t size, char *port)
{
	char *colon = strrchr(text, ':');

	if (!colon || strlen(colon + 1) > 5 ||
	    (size_t)(colon - text) >= size)
		return false;
	strcpy(port, colon + 1);
	memcpy(host, text, (size_t)(colon - text));
	host[colon - text] = '\0';
	return true;
}

static bool
read_url(char *url)
{
	char *rest = strstr(url, "://"), *slash;

	if (!rest)
		return false;
	plan.tls = strncmp(url, "https", 5) == 0;
	rest += 3;
	slash = strchr(rest, '/');
	if (!slash || strlen(slash) >= sizeof plan.path)
		return false;
	strcpy(plan.path, slash);
	*slash = '\0';
	return split_authority(rest, plan.host, sizeof plan.host, plan.port);
}

static bool
read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "x:kwu:c:n:d:")) != -1) {
		switch (c) {
		case 'x':
			if (!split_authority(optarg, plan.proxy_host,
			    sizeof plan.proxy_host, plan.proxy_port))
				return false;
			break;
		case 'k':
			plan.new_each = true;
			break;
		case 'w':
			plan.warm = true;
			break;
		case 'n':
			plan.requests = strtoull(optarg, NULL, 10);
			break;
		case 'u':
			plan.upload = strtoull(optarg, NULL, 10);
			break;
		case 'c':
			plan.connections = (unsigned)atoi(optarg);
			break;
		case 'd':
			plan.seconds = atof(optarg);
			break;
		default:
			return false;
		}
	}
	return optind + 1 == argc && plan.connections > 0 &&
	    read_url(argv[optind]);
}

static void
start(struct worker *workers)
{
	pthread_barrier_init(&warmed, NULL, plan.connections + 1);
	pthread_barrier_init(&started, NULL, plan.connections + 1);
	for (unsigned i = 0; i < plan.connections; i++) {
		workers[i].samples = malloc(SAMPLES_MAX * sizeof(uint32_t));
		workers[i].buffer = malloc(BUFFER);
		pthread_create(&workers[i].thread, NULL, work, &workers[i]);
	}
	if (!plan.warm)
		return;
	pthread_barrier_wait(&warmed);
	puts("ready");
	fflush(stdout);
	(void)getchar();
	pthread_barrier_wait(&started);
}

int
main(int argc, char **argv)
{
	struct worker *workers;
	pthread_t clock;
	int64_t began;

	if (!read_options(argc, argv)) {
		fprintf(stderr, "usage: load [-x HOST:PORT] [-kw] [-u BYTES] "
		    "[-c N] [-n N] [-d SECONDS] URL\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	workers = calloc(plan.connections, sizeof *workers);
	start(workers);
	began = now_us();
	pthread_create(&clock, NULL, ring, NULL);
	for (unsigned i = 0; i < plan.connections; i++)
		pthread_join(workers[i].thread, NULL);
	report(workers, (double)(now_us() - began) / 1e6);
	return 0;
}
