/* SPDX-License-Identifier: MIT */
/*
 * The strict look at a whole head before anything is believed of it, and
 * its turn into a message: the bytes are copied once, fields are slices.
 * Refused: a bare CR, NUL and control bytes in fields, a blank before the
 * colon (requests), folded framing fields, anything but one good Host.
 * Repaired: folds of other fields become blanks, in a response the blank
 * before the colon goes.  A line may end with LF alone.
 */
#include "h1.h"

#include <assert.h>

#include "sluice/base/mem.h"
#include "sluice/http/url.h"

/* Every field is looked up in all Connection fields: keep that cheap. */
#define CONNECTION_MAX	1024

/* What the fields of one head gave away while they were read. */
struct marks {
	unsigned hosts, lengths, codings;
	size_t connection;	/* bytes of Connection values */
	bool repaired;
};

/* A block of lines in the text of h, being cut into fields. */
struct block {
	const struct h1_rules *rules;
	struct headers *h;
	size_t at;		/* start of the next line */
	struct marks marks;
};

static struct err *
fault(const struct h1_rules *rules, unsigned status, struct codec_error *error)
{
	error->status = rules->kind == MESSAGE_REQUEST ? status : 502;
	return &error->err;
}

static bool
is_token_byte(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '-')
		return true;
	return c != '\0' && strchr("!#$%&'*+.^_`|~", c) != NULL;
}

bool
h1_is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_byte((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

size_t
h1_scan(struct h1_scan *scan, struct str bytes)
{
	assert(scan->line <= scan->seen && scan->seen <= bytes.n);
	for (;;) {
		size_t lf = str_chr(bytes, '\n', scan->seen);

		if (lf == SIZE_MAX) {
			scan->seen = bytes.n;
			return 0;
		}
		size_t n = lf - scan->line;
		bool empty = n == 0 ||
		    (n == 1 && bytes.p[scan->line] == '\r');

		scan->line = scan->seen = lf + 1;
		if (scan->first == 0)
			scan->first = lf + 1;
		if (empty)
			return lf + 1;
	}
}

/* -- the start line ------------------------------------------------------ */

static struct slice
cut(struct str line, struct str part)
{
	return (struct slice){ (uint32_t)(part.p - line.p),
	    (uint32_t)part.n };
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1": status is what a wrong one deserves. */
static bool
read_version(struct str text, uint8_t *minor, unsigned *status)
{
	*status = 400;
	if (!str_starts(text, STR("HTTP/")) || text.n != 8 ||
	    !is_digit(text.p[5]) || text.p[6] != '.' || !is_digit(text.p[7]))
		return false;
	if (text.p[5] > '1')
		*status = 505;
	*minor = (uint8_t)(text.p[7] - '0');
	return text.p[5] == '1';
}

static bool
is_target(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		/* Raw UTF-8 is not allowed, but sites depend on it. */
		if (c <= 0x20 || c == 0x7f)
			return false;
	}
	return s.n > 0;
}

static bool
check_request_line(const struct h1_rules *rules, struct str line,
    struct h1_start *start, struct codec_error *error)
{
	size_t first = str_chr(line, ' ', 0), last = str_rchr(line, ' ');
	struct str method = str_sub(line, 0, first);
	unsigned status;

	if (!h1_is_token(method))
		return err_set(fault(rules, 400, error),
		    "not HTTP: the request does not start with a method");
	if (first == last)
		return err_set(fault(rules, 400, error),
		    "no HTTP version on the request line");
	struct str target = str_sub(line, first + 1, last);

	if (!read_version(str_skip(line, last + 1), &start->version_minor,
	    &status))
		return err_set(fault(rules, status, error), status == 505 ?
		    "a version of HTTP that must be negotiated with TLS" :
		    "no HTTP version at the end of the request line");
	if (!is_target(target))
		return err_set(fault(rules, 400, error),
		    "a blank or control byte in the request's target");
	start->method = cut(line, method);
	start->target = cut(line, target);
	return true;
}

static bool
check_status_line(const struct h1_rules *rules, struct str line,
    struct h1_start *start, struct codec_error *error)
{
	struct str code = str_sub(line, 9, 12);
	unsigned status;
	uint64_t n = 0;

	if (!read_version(str_sub(line, 0, 8), &start->version_minor,
	    &status) || (line.n > 8 && line.p[8] != ' '))
		return err_set(fault(rules, 502, error),
		    "the answer does not start with HTTP/1.1: \"%.*s\"",
		    STR_ARG(str_sub(line, 0, 40)));
	if (code.n != 3 || !str_to_u64(code, &n) || n < 100 ||
	    (line.n > 12 && line.p[12] != ' '))
		return err_set(fault(rules, 502, error),
		    "no status code in the answer: \"%.*s\"",
		    STR_ARG(str_sub(line, 0, 40)));
	start->status = (uint16_t)n;
	start->reason = cut(line, str_skip(line, 13));
	return true;
}

/* CR and NUL have no place inside any line. */
static bool
check_line(const struct h1_rules *rules, struct str line,
    struct codec_error *error)
{
	if (str_chr(line, '\r', 0) != SIZE_MAX)
		return err_set(fault(rules, 400, error),
		    "a CR that does not end a line");
	if (str_chr(line, '\0', 0) != SIZE_MAX)
		return err_set(fault(rules, 400, error), "a NUL in the head");
	return true;
}

bool
h1_check_start(const struct h1_rules *rules, struct str line,
    struct h1_start *start, struct codec_error *error)
{
	assert(rules->kind != MESSAGE_NONE);
	*start = (struct h1_start){ 0 };
	if (!check_line(rules, line, error))
		return false;
	if (rules->kind == MESSAGE_REQUEST)
		return check_request_line(rules, line, start, error);
	return check_status_line(rules, line, start, error);
}

/* -- fields -------------------------------------------------------------- */

/* The next line without its end. */
static struct str
next_line(struct block *b)
{
	struct str rest = str_make(b->h->text + b->at, b->h->len - b->at);
	size_t lf = str_chr(rest, '\n', 0);

	/* h1_scan found the empty line, and the caller stops there. */
	assert(lf != SIZE_MAX);
	b->at += lf + 1;
	if (lf > 0 && rest.p[lf - 1] == '\r')
		lf--;
	return str_sub(rest, 0, lf);
}

static struct slice
slice_of(const struct block *b, struct str s)
{
	return (struct slice){ (uint32_t)(s.p - b->h->text), (uint32_t)s.n };
}

static bool
is_field_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static bool
is_framing_name(struct str name)
{
	return str_eq_nocase(name, STR("Content-Length")) ||
	    str_eq_nocase(name, STR("Transfer-Encoding")) ||
	    str_eq_nocase(name, STR("Host"));
}

/*
 * http-parser takes a longer name for this one, and so do servers built on
 * it; so not even behind a repair, where it is not asked.
 */
static bool
is_mistakable(struct str name)
{
	struct str coding = STR("Transfer-Encoding");

	return name.n > coding.n && str_starts_nocase(name, coding);
}

/* raw: the value with the blanks around it. */
static void
mark(struct marks *marks, struct str name, struct str raw)
{
	if (str_eq_nocase(name, STR("Host"))) {
		marks->hosts++;
	} else if (str_eq_nocase(name, STR("Content-Length"))) {
		marks->lengths++;
		if (str_chr(raw, '\t', 0) != SIZE_MAX ||
		    str_chr(raw, ',', 0) != SIZE_MAX)
			marks->repaired = true;
	} else if (str_eq_nocase(name, STR("Transfer-Encoding"))) {
		marks->codings++;
		/* The second reader does not trim tabs. */
		if (str_chr(raw, '\t', 0) != SIZE_MAX)
			marks->repaired = true;
	} else if (str_eq_nocase(name, STR("Connection"))) {
		marks->connection += raw.n;
	}
}

/* A line that goes on with the field before it: RFC 9112 5.2. */
static bool
join_fold(struct block *b, struct str line, size_t line_at,
    struct codec_error *error)
{
	struct headers *h = b->h;

	if (h->count == 0)
		return err_set(fault(b->rules, 400, error),
		    "the first field starts with a blank");
	if (str_trim(line).n == 0)
		return err_set(fault(b->rules, 400, error),
		    "a line of blanks in the head");
	struct str name = headers_name(h, h->count - 1);

	if (is_framing_name(name))
		return err_set(fault(b->rules, 400, error),
		    "%.*s goes on on a second line", STR_ARG(name));
	struct slice *value = &h->fields[h->count - 1].value;

	h->text[line_at - 1] = ' ';
	if (h->text[line_at - 2] == '\r')
		h->text[line_at - 2] = ' ';
	mark(&b->marks, name, line);
	b->marks.repaired = true;
	*value = slice_of(b, str_trim(str_make(h->text + value->off,
	    (size_t)(line.p + line.n - h->text) - value->off)));
	return true;
}

static bool
add_field(struct block *b, struct str line, struct codec_error *error)
{
	size_t colon = str_chr(line, ':', 0);
	struct str name = str_sub(line, 0, colon), bare = str_trim(name);
	struct str raw = str_skip(line, name.n + 1);

	if (colon == SIZE_MAX)
		return err_set(fault(b->rules, 400, error),
		    "a line without a colon in the head");
	if (bare.n < name.n && b->rules->kind == MESSAGE_RESPONSE)
		b->marks.repaired = true;
	else if (bare.n < name.n)
		return err_set(fault(b->rules, 400, error),
		    "a blank between a field's name and its colon");
	if (!h1_is_token(bare))
		return err_set(fault(b->rules, 400, error),
		    "\"%.*s\" is not a field name",
		    STR_ARG(str_sub(bare, 0, 60)));
	if (is_mistakable(bare))
		return err_set(fault(b->rules, 400, error),
		    "%.*s may be taken for Transfer-Encoding",
		    STR_ARG(str_sub(bare, 0, 60)));
	if (b->h->count >= b->rules->limits->fields_max)
		return err_set(fault(b->rules, 431, error),
		    "more than %zu fields in the head",
		    b->rules->limits->fields_max);
	mark(&b->marks, bare, raw);
	/* An empty value must still have a place: a fold may go on there. */
	struct str value = str_trim(raw);

	headers_add_slices(b->h, slice_of(b, bare), slice_of(b, value));
	return true;
}

static bool
read_fields(struct block *b, struct codec_error *error)
{
	for (;;) {
		size_t line_at = b->at;
		struct str line = next_line(b);
		bool good;

		if (line.n == 0)
			break;
		if (!check_line(b->rules, line, error))
			return false;
		if (!is_field_text(line))
			return err_set(fault(b->rules, 400, error),
			    "a control byte in the field \"%.*s\"",
			    STR_ARG(str_sub(line, 0,
			    str_chr(str_sub(line, 0, 40), ':', 0))));
		if (line.p[0] == ' ' || line.p[0] == '\t')
			good = join_fold(b, line, line_at, error);
		else
			good = add_field(b, line, error);
		if (!good)
			return false;
	}
	assert(b->at == b->h->len);
	if (b->marks.connection > CONNECTION_MAX)
		return err_set(fault(b->rules, 431, error),
		    "Connection names too much");
	return true;
}

bool
h1_check_trailers(const struct h1_rules *rules, struct str block,
    struct headers *to, struct codec_error *error)
{
	struct block b = { .rules = rules, .h = to };

	assert(to->len == 0);
	headers_text(to, block);
	return read_fields(&b, error);
}

/* -- the whole head ------------------------------------------------------ */

/* RFC 9112 3.2. */
static bool
check_host(const struct h1_rules *rules, const struct message *m,
    unsigned hosts, struct codec_error *error)
{
	struct str value = headers_get(&m->headers, STR("Host")), host;
	struct err why;
	unsigned port;

	if (hosts > 1)
		return err_set(fault(rules, 400, error),
		    "more than one Host field");
	if (hosts == 0 && m->version_minor > 0)
		return err_set(fault(rules, 400, error), "no Host field");
	if (value.n > 0 && !url_parse_authority(value, 80, &host, &port, &why))
		return err_set(fault(rules, 400, error), "bad Host field: %s",
		    why.text);
	return true;
}

static void
read_connection(struct message *m)
{
	const struct headers *h = &m->headers;
	struct str name = STR("Connection");
	bool old = m->version_minor == 0;

	m->keep_alive = !headers_has_token(h, name, STR("close")) &&
	    (!old || headers_has_token(h, name, STR("keep-alive")));
	m->expect_continue = m->kind == MESSAGE_REQUEST && !old &&
	    headers_has_token(h, STR("Expect"), STR("100-continue"));
}

static struct message *
message_of(const struct h1_rules *rules, struct str head,
    const struct h1_start *start)
{
	struct message *m = NEW(struct message);

	message_init(m, rules->kind, rules->limits->store);
	headers_text(&m->headers, head);
	m->method = start->method;
	m->target = start->target;
	m->reason = start->reason;
	m->status = start->status;
	m->version_minor = start->version_minor;
	m->head_bytes = head.n;
	return m;
}

bool
h1_check_head(const struct h1_rules *rules, struct str head,
    struct message **out, bool *plain, struct codec_error *error)
{
	struct block b = { .rules = rules };
	size_t lf = str_chr(head, '\n', 0);
	struct h1_start start;
	struct message *m;

	assert(lf != SIZE_MAX);
	*out = NULL;
	if (!h1_check_start(rules, str_sub(head, 0, lf > 0 &&
	    head.p[lf - 1] == '\r' ? lf - 1 : lf), &start, error))
		return false;
	m = message_of(rules, head, &start);
	b.h = &m->headers;
	b.at = lf + 1;
	if (!read_fields(&b, error) || (rules->kind == MESSAGE_REQUEST &&
	    !check_host(rules, m, b.marks.hosts, error))) {
		message_fini(m);
		free(m);
		return false;
	}
	read_connection(m);
	*plain = !b.marks.repaired && b.marks.lengths <= 1 &&
	    !(b.marks.lengths > 0 && b.marks.codings > 0);
	*out = m;
	return true;
}
