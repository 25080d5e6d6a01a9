/* SPDX-License-Identifier: MIT */
/*
 * Commands of the copy menu.  In the list they take the marked flows if there
 * are any, else the one under the cursor.  With the option redact secrets
 * are taken out of a copy of the flow first.
 */
#include "command.h"

#include <inttypes.h>

#include "clipboard.h"
#include "console.h"
#include "guide.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/format/curl.h"
#include "sluice/http/coding.h"

#define COPY_MAX	(8u * 1024 * 1024)
#define STEP		(32u * 1024)
#define URL_ROOM	(1024u * 1024)
#define TOO_LONG	"it is too long for the clipboard"

/* Appends one flow's text. */
typedef bool put_fn(const struct flow *f, struct buf *out, struct err *err);

static bool
put_url(const struct flow *f, struct buf *out, struct err *err)
{
	if (buf_room(out) < URL_ROOM)
		return err_set(err, TOO_LONG);
	flow_put_url(f, out);
	return true;
}

static const char *const secrets[] = {
	"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
	"X-Api-Key",
};

/* The bytes that came are forgotten with them: the head is made anew. */
static void
redact(struct message *m)
{
	struct headers *h = &m->headers;

	if (m->kind == MESSAGE_NONE)
		return;
	for (size_t i = 0; i < h->count; i++)
		for (size_t j = 0; j < ARRAY_LEN(secrets); j++)
			if (str_eq_nocase(headers_name(h, i),
			    str_from(secrets[j])))
				h->fields[i].value = headers_text(h,
				    STR("REDACTED"));
	m->head_bytes = 0;
	message_set_sent(m, STR(""));
}

/* One flow's text, without secrets if they are to go. */
static bool
put_flow(const struct ui *ui, const struct flow *f, put_fn *put,
    struct buf *out, struct err *err)
{
	struct flow *safe;
	bool ok;

	if (!option_bool(ui->setup.options, OPTION_REDACT))
		return put(f, out, err);
	safe = flow_copy(f);
	redact(&safe->request);
	redact(&safe->response);
	ok = put(safe, out, err);
	flow_unref(safe);
	return ok;
}

/* A message that was made here has no bytes yet: as they would go out. */
static bool
put_made_head(const struct message *m, struct buf *out, struct err *err)
{
	const struct headers *h = &m->headers;

	if (buf_room(out) < 2 * (size_t)h->len + 4 * (size_t)h->count + 64)
		return err_set(err, TOO_LONG);
	if (m->kind == MESSAGE_REQUEST)
		buf_printf(out, "%.*s %.*s HTTP/1.%u\r\n",
		    STR_ARG(message_word(m, m->method)),
		    STR_ARG(message_word(m, m->path)), m->version_minor);
	else
		buf_printf(out, "HTTP/1.%u %u %.*s\r\n", m->version_minor,
		    m->status, STR_ARG(message_word(m, m->reason)));
	for (size_t i = 0; i < h->count; i++) {
		buf_put(out, headers_name(h, i));
		buf_put(out, STR(": "));
		buf_put(out, headers_value(h, i));
		buf_put(out, STR("\r\n"));
	}
	buf_put(out, STR("\r\n"));
	return true;
}

/* Was it edited?  Then what was received is not what it is now. */
static bool
is_edited(const struct flow *f, const struct message *m)
{
	const struct message *was;

	if (f->original == NULL)
		return false;
	was = m == &f->request ? &f->original->request :
	    &f->original->response;
	return was->kind != MESSAGE_NONE &&
	    !str_eq(message_received(was), message_received(m));
}

/* A request as it went to the server, a response as it came from there. */
static bool
put_head(const struct flow *f, const struct message *m, struct buf *out,
    struct err *err)
{
	struct str head = m->kind == MESSAGE_RESPONSE && !is_edited(f, m) ?
	    message_received(m) : message_sent(m);

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is none");
	if (head.n == 0 || (m->sent == NULL && is_edited(f, m)))
		return put_made_head(m, out, err);
	return buf_add(out, head.p, head.n) || err_set(err, TOO_LONG);
}

static bool
put_raw_body(const struct message *m, struct buf *out, struct err *err)
{
	ssize_t n;

	for (uint64_t at = 0; at < m->body.len; at += (uint64_t)n) {
		char *room = buf_reserve(out, STEP);

		if (room == NULL)
			return err_set(err, TOO_LONG);
		n = body_read(&m->body, at, room, STEP, err);
		if (n <= 0)
			return false;
		buf_commit(out, (size_t)n);
	}
	return true;
}

static bool
put_request(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->request, out, err) &&
	    put_raw_body(&f->request, out, err);
}

static bool
put_response(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->response, out, err) &&
	    put_raw_body(&f->response, out, err);
}

static bool
put_headers(const struct flow *f, struct buf *out, struct err *err)
{
	return put_head(f, &f->request, out, err) && (!flow_has_response(f) ||
	    put_head(f, &f->response, out, err));
}

static bool
put_body(const struct flow *f, struct buf *out, struct err *err)
{
	const struct message *m = flow_has_response(f) ? &f->response :
	    &f->request;
	size_t start = buf_len(out);

	if (m->kind == MESSAGE_NONE)
		return err_set(err, "there is none");
	if (!coding_is_coded(m))
		return put_raw_body(m, out, err);
	switch (coding_decode(m, out, err)) {
	case CODING_DONE:
		return true;
	case CODING_CUT:
		return err_set(err, TOO_LONG);
	case CODING_BROKEN:
	case CODING_UNKNOWN:
		break;
	}
	buf_truncate(out, start);
	return put_raw_body(m, out, err);
}

static const struct {
	const char *what;
	put_fn *put;
} kinds[] = {
	{ "curl command", curl_command },
	{ "URL", put_url },
	{ "body", put_body },
	{ "headers", put_headers },
	{ "raw request", put_request },
	{ "raw response", put_response },
};

/* All marked flows, a line end between two; how many. */
static bool
put_marked(const struct ui *ui, put_fn *put, struct buf *out, size_t *n,
    struct err *err)
{
	*n = 0;
	if (ui->setup.list->marked == 0)
		return true;
	for (struct flow *f = flow_list_next(ui->setup.list, NULL); f != NULL;
	    f = flow_list_next(ui->setup.list, f)) {
		if (!f->marked)
			continue;
		if (*n > 0 && !buf_add(out, "\n", 1))
			return err_set(err, TOO_LONG);
		if (!put_flow(ui, f, put, out, err))
			return err_wrap(err, "#%" PRIu64, f->id);
		++*n;
	}
	return true;
}

static void
copy(struct ui *ui, size_t kind)
{
	bool in_list = screen_top(&ui->screen)->ops->context == KEY_LIST;
	const char *without = option_bool(ui->setup.options, OPTION_REDACT) ?
	    ", without secrets" : "";
	struct err err = { "" };
	struct flow *f;
	struct buf out;
	size_t n = 0;
	bool ok;

	ui->copied = kind;
	buf_init(&out, COPY_MAX);
	ok = !in_list || put_marked(ui, kinds[kind].put, &out, &n, &err);
	if (ok && n == 0) {
		f = ui_focus(ui);
		if (f == NULL)
			goto out;
		ok = put_flow(ui, f, kinds[kind].put, &out, &err);
	}
	ok = ok && clipboard_set(ui->term, buf_str(&out), &err);
	if (!ok)
		ui_message(ui, ROLE_ERROR, "%s not copied: %s",
		    kinds[kind].what, err.text);
	else if (n > 1)
		ui_message(ui, ROLE_MESSAGE, "copied %s of %zu flows, %zu "
		    "bytes%s", kinds[kind].what, n, buf_len(&out), without);
	else
		ui_message(ui, ROLE_MESSAGE, "copied %s, %zu bytes%s",
		    kinds[kind].what, buf_len(&out), without);
out:
	buf_fini(&out);
}

static void
copy_as(struct ui *ui, put_fn *put)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (kinds[i].put == put)
			copy(ui, i);
}

void
command_copy_menu(struct ui *ui, struct str args)
{
	(void)args;
	if (ui_focus(ui) != NULL)
		prompt_menu(ui, KEY_COPY);
}

void
command_copy_curl(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, curl_command);
}

void
command_copy_url(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, put_url);
}

void
command_copy_body(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, put_body);
}

void
command_copy_headers(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, put_headers);
}

void
command_copy_request(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, put_request);
}

void
command_copy_response(struct ui *ui, struct str args)
{
	(void)args;
	copy_as(ui, put_response);
}

/* To the clipboard: a line that sends something through this sluice. */
static void
copy_line(struct ui *ui, const char *what,
    void (*put)(const struct ui *, struct buf *))
{
	struct err err = { "" };
	struct buf out;

	if (proxy_listeners(ui->setup.proxy) == 0) {
		ui_message(ui, ROLE_WARNING, "sluice is not listening");
		return;
	}
	buf_init(&out, COPY_MAX);
	put(ui, &out);
	if (clipboard_set(ui->term, buf_str(&out), &err))
		ui_message(ui, ROLE_MESSAGE, "copied %s", what);
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	buf_fini(&out);
}

void
command_copy_try(struct ui *ui, struct str args)
{
	(void)args;
	copy_line(ui, "the curl line", guide_curl);
}

void
command_copy_env(struct ui *ui, struct str args)
{
	(void)args;
	copy_line(ui, "the line for a shell", guide_env);
}

void
command_copy_again(struct ui *ui, struct str args)
{
	(void)args;
	copy(ui, ui->copied);
}

void
command_copy_ca(struct ui *ui, struct str args)
{
	struct err err = { "" };
	size_t len = 0;
	char *pem = path_read(ui->setup.ca_cert_path, COPY_MAX, &len, &err);

	(void)args;
	if (pem != NULL && clipboard_set(ui->term, str_make(pem, len), &err))
		ui_message(ui, ROLE_MESSAGE,
		    "copied the CA certificate, %zu bytes", len);
	else
		ui_message(ui, ROLE_ERROR, "not copied: %s", err.text);
	free(pem);
}
