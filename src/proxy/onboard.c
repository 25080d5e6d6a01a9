/* SPDX-License-Identifier: MIT */
/* The page with the certificate: its files, its steps, its answers. */
#include "onboard.h"

#include <string.h>

#include "onboard_steps.h"
#include "sluice/base/escape.h"
#include "sluice/base/mem.h"

#define PAGE_MAX (64u * 1024)

static const struct file {
	const char *path, *alias;	/* both without the '/' */
	const char *format;		/* of ca_export */
	const char *type, *label;
} files[] = {
	{ "sluice-ca-cert.pem", "cert.pem", "pem", "application/x-pem-file",
	    "PEM, for most" },
	{ "sluice-ca-cert.cer", "cert.cer", "der",
	    "application/x-x509-ca-cert", "DER, for Windows and Android" },
	{ "sluice-ca-cert.p12", "cert.p12", "p12", "application/x-pkcs12",
	    "PKCS#12, without a password" },
};

bool
onboard_is_host(struct str host)
{
	if (host.n > 0 && host.p[host.n - 1] == '.')
		host.n--;
	return str_eq_nocase(host, STR(ONBOARD_HOST));
}

static void
put_files(struct buf *page)
{
	buf_put(page, STR("<ul>\n"));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		buf_printf(page, "<li><a href=\"/%s\" download>%s</a> "
		    "(%s)\n", files[i].path, files[i].path, files[i].label);
	buf_put(page, STR("</ul>\n"));
}

/* Steps have %PROXY% in them where the listen address belongs. */
static void
put_step(struct buf *page, struct str text, const char *proxy)
{
	size_t at;

	while ((at = str_find(text, STR("%PROXY%"))) != SIZE_MAX) {
		escape_html(page, str_sub(text, 0, at));
		escape_html(page, str_from(proxy));
		text = str_skip(text, at + 7);
	}
	escape_html(page, text);
}

static void
put_steps(struct buf *page, const char *proxy)
{
	for (size_t i = 0; i < onboard_step_count; i++) {
		const struct onboard_step *s = &onboard_steps[i];

		buf_printf(page, "<details><summary>%s</summary><pre>",
		    s->platform);
		put_step(page, str_from(s->text), proxy);
		buf_put(page, STR("</pre></details>\n"));
	}
}

static void
put_page(struct buf *page, const struct ca *ca, const char *proxy)
{
	buf_put(page, STR("<!doctype html><html lang=en><meta charset=utf-8>"
	    "<meta name=viewport content=\"width=device-width\">"
	    "<meta name=color-scheme content=\"light dark\">"
	    "<title>sluice: trust the CA</title>\n"
	    "<style>body{font:16px/1.5 sans-serif;margin:2em auto;"
	    "max-width:45em;padding:0 1em}pre{white-space:pre-wrap;"
	    "overflow-wrap:anywhere}summary{cursor:pointer;font-weight:bold}"
	    "</style>\n<h1>sluice</h1>\n"
	    "<p>This proxy shows and changes HTTP traffic. To look into "
	    "HTTPS it signs certificates with a CA of its own, made on this "
	    "machine; its key never leaves it. Devices and programs that are "
	    "to be inspected must trust this certificate:</p>\n"));
	put_files(page);
	buf_put(page, STR("<p>Compare this fingerprint with the one that "
	    "<code>sluice ca</code> prints before you trust it.</p>\n"
	    "<pre>SHA-256 "));
	escape_html(page, str_from(ca_fingerprint(ca)));
	buf_put(page, STR("\n"));
	escape_html(page, str_from(ca_subject(ca)));
	buf_put(page, STR("</pre>\n<h2>Steps</h2>\n"));
	put_steps(page, proxy);
	buf_put(page, STR("<p>Remove the certificate again when you are done "
	    "with it: whoever has its key can read what these devices "
	    "say.</p>\n"));
}

static const struct file *
find_file(struct str path)
{
	path = str_skip(path, 1);
	path = str_sub(path, 0, str_chr(path, '?', 0));
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (str_eq(path, str_from(files[i].path)) ||
		    str_eq(path, str_from(files[i].alias)))
			return &files[i];
	return NULL;
}

static void
answer_file(const struct ca *ca, const struct file *file, struct message *m,
    struct buf *body)
{
	char *disposition;
	struct err err;

	if (!ca_export(ca, file->format, body, &err)) {
		m->status = 500;
		buf_printf(body, "%s\n", err.text);
		return;
	}
	headers_add(&m->headers, STR("Content-Type"), str_from(file->type));
	disposition = mem_printf("attachment; filename=\"%s\"", file->path);
	headers_add(&m->headers, STR("Content-Disposition"),
	    str_from(disposition));
	free(disposition);
}

static void
answer_text(struct message *m, struct buf *body, unsigned status,
    const char *text)
{
	m->status = (uint16_t)status;
	headers_add(&m->headers, STR("Content-Type"),
	    STR("text/plain; charset=utf-8"));
	buf_put(body, str_from(text));
}

static void
answer(const struct ca *ca, const char *proxy, const struct message *q,
    struct message *m, struct buf *body)
{
	struct str method = message_word(q, q->method);
	struct str path = message_word(q, q->path);
	const struct file *file = find_file(path);

	if (!str_eq(method, STR("GET")) && !str_eq(method, STR("HEAD"))) {
		headers_add(&m->headers, STR("Allow"), STR("GET, HEAD"));
		answer_text(m, body, 405, "only GET and HEAD\n");
	} else if (file) {
		answer_file(ca, file, m, body);
	} else if (str_eq(str_sub(path, 0, str_chr(path, '?', 0)), STR("/"))) {
		headers_add(&m->headers, STR("Content-Type"),
		    STR("text/html; charset=utf-8"));
		put_page(body, ca, proxy);
	} else {
		answer_text(m, body, 404, "nothing here; see "
		    "http://" ONBOARD_HOST "/\n");
	}
}

void
onboard_answer(const struct ca *ca, const char *proxy,
    const struct message *request, struct message *m)
{
	struct buf body;

	message_init(m, MESSAGE_RESPONSE, request->body.store);
	m->status = 200;
	buf_init(&body, PAGE_MAX);
	answer(ca, proxy, request, m, &body);
	message_set(m, &m->reason, str_from(http_reason(m->status)));
	headers_add(&m->headers, STR("Content-Security-Policy"),
	    STR("default-src 'none'; style-src 'unsafe-inline'"));
	headers_add(&m->headers, STR("X-Content-Type-Options"),
	    STR("nosniff"));
	headers_add(&m->headers, STR("Referrer-Policy"), STR("no-referrer"));
	headers_add(&m->headers, STR("Cache-Control"), STR("no-store"));
	m->framing = FRAMING_LENGTH;
	m->length = buf_len(&body);
	if (str_eq(message_word(request, request->method), STR("HEAD")))
		m->bodiless = true;
	else
		body_append(&m->body, buf_str(&body));
	m->complete = true;
	buf_fini(&body);
}
