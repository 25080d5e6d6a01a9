/* SPDX-License-Identifier: MIT */
/* What the program prints instead of running: help, version, ca, env. */
#include "config.h"

#include "print.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ev.h>

#include "sluice/base/clock.h"
#include "sluice/base/escape.h"
#include "sluice/net/addr.h"
#include "sluice/run/environment.h"
#include "sluice/tls/context.h"

static void
put(const struct buf *b)
{
	fwrite(buf_str(b).p, 1, buf_len(b), stdout);
}

void
print_help(void)
{
	struct buf b;

	buf_init(&b, 64 * 1024);
	buf_put(&b, STR("usage: sluice [OPTION]...        the console\n"
	    "       sluice --headless ...     a line on stdout per flow\n"
	    "       sluice env [OPTION]...    shell lines to eval: proxy and "
	    "CA variables\n"
	    "       sluice ca [OPTION]...     where the CA is, how to trust "
	    "it\n"
	    "       sluice run [--env-only] [OPTION]... -- COMMAND [ARG]...\n"
	    "                                 COMMAND with all its traffic "
	    "through sluice;\n"
	    "                                 a line per flow on stderr\n"
	    "       sluice transparent-rules [--apply|--remove] [--own] "
	    "[--user NAME]\n"
	    "              [--ports LIST] [--iptables] [OPTION]...\n"
	    "                                 rules that redirect to -m "
	    "transparent\n\n"));
	option_usage(&b);
	put(&b);
	buf_fini(&b);
}

void
print_version(void)
{
	printf("sluice %s\n%s, libev %d.%d\n", PACKAGE_VERSION,
	    tls_library(), ev_version_major(), ev_version_minor());
}

/* A listener on every address is reached on loopback. */
static void
proxy_place(const struct options *o, char *out, size_t size)
{
	const char *text = option_list_at(o, OPTION_LISTEN, 0);
	char address[ADDR_TEXT_MAX] = "127.0.0.1:8080";
	struct addr a;
	struct err err;

	if (addr_parse_listen(str_from(text), &a, &err)) {
		addr_format(&a, address);
		if (addr_is_any(&a))
			snprintf(address, sizeof address, "127.0.0.1:%u",
			    addr_port(&a));
	}
	snprintf(out, size, "%s", address);
}

static void
put_export(struct buf *b, const char *name, const char *value)
{
	buf_printf(b, "export %s=", name);
	escape_shell(b, str_from(value));
	buf_putc(b, '\n');
}

static void
export_cb(void *owner, const char *name, const char *value)
{
	put_export(owner, name, value);
}

void
print_ca(const struct ca *ca, const struct options *o)
{
	char until[CLOCK_TEXT_MAX], proxy[ADDR_TEXT_MAX + 16];
	const char *path = ca_cert_path(ca);

	proxy_place(o, proxy, sizeof proxy);
	clock_format_date(ca_expires(ca), until);
	printf("certificate  %s\n"
	    "subject      %s\n"
	    "sha256       %s\n"
	    "valid until  %s\n\n", path, ca_subject(ca), ca_fingerprint(ca),
	    until);
	printf("Trust it:\n"
	    "  this shell    eval \"$(sluice env)\"\n"
	    "  curl          curl --cacert %s -x http://%s URL\n"
	    "  Debian        cp %s /usr/local/share/ca-certificates/"
	    "sluice.crt && update-ca-certificates\n"
	    "  Firefox       Settings, Certificates, Import: %s\n"
	    "  Chromium      certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "
	    "sluice -i %s\n", path, proxy, path, path, path);
}

void
print_env(const struct ca *ca, const struct options *o)
{
	char proxy[ADDR_TEXT_MAX + 16];
	struct environment_setup setup = { .proxy = proxy,
	    .ca = ca_cert_path(ca), .roots = ca_cert_path(ca),
	    .java = ca_java_path(ca) };
	struct buf b;

	proxy_place(o, proxy, sizeof proxy);
	buf_init(&b, 64 * 1024);
	environment_each(&setup, export_cb, &b);
	put(&b);
	buf_fini(&b);
}

int
print_error(int status, const char *fmt, ...)
{
	va_list ap;

	fputs("sluice: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}
