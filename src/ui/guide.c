/* SPDX-License-Identifier: MIT */
/* The first screen: everything a first request needs, ready to be copied. */
#include "guide.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "sluice/base/buf.h"
#include "sluice/base/escape.h"
#include "sluice/base/path.h"

#define INDENT		3
#define TEXT_MAX	(64 * 1024)
#define USUAL_ADDRESS	"127.0.0.1:8080"
#define FIRST_HALF	(8 + 16 * 3)	/* "SHA-256 " and 16 bytes */

/* Lines go out one below the other. */
struct page {
	const struct pane *p;
	int y;
};

static void
line(struct page *page, int indent, enum role role, struct str text)
{
	pane_put(page->p, page->y, INDENT + indent, role, text);
	page->y++;
}

static bool
is_plain(struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("/._-+", c) != NULL) &&
		    !(c == '~' && i == 0))
			return false;
	}
	return true;
}

/* A path as a shell takes it: short when that needs no quotes. */
static void
put_path(const char *path, struct buf *out)
{
	char *brief = path_short(path);

	if (is_plain(str_from(brief)))
		buf_put(out, str_from(brief));
	else
		escape_shell(out, str_from(path));
	free(brief);
}

/* Adds a word to the shell line in text, or ends that and begins the next. */
static void
put_word(struct page *page, struct buf *text, struct str word)
{
	int room = page->p->cols - INDENT - 5 - 2;

	if (buf_len(text) > 0 && pane_width(buf_str(text), TEXT_MAX) + 1 +
	    pane_width(word, TEXT_MAX) > room) {
		buf_put(text, STR(" \\"));
		line(page, 5, ROLE_TITLE, buf_str(text));
		buf_clear(text);
		buf_put(text, STR("   "));
	}
	if (buf_len(text) > 0)
		buf_putc(text, ' ');
	buf_put(text, word);
}

static void
put_curl(struct ui *ui, struct page *page, const char *address)
{
	struct buf text, word;

	buf_init(&text, TEXT_MAX);
	buf_init(&word, TEXT_MAX);
	buf_printf(&word, "curl -x http://%s", address);
	put_word(page, &text, buf_str(&word));
	buf_clear(&word);
	buf_put(&word, STR("--cacert "));
	put_path(ui->setup.ca_cert_path, &word);
	put_word(page, &text, buf_str(&word));
	put_word(page, &text, STR("https://example.org/"));
	line(page, 5, ROLE_TITLE, buf_str(&text));
	buf_fini(&word);
	buf_fini(&text);
}

/* What env must be told: all that is not as it would be anyway. */
static void
put_env(struct ui *ui, struct page *page, const char *address)
{
	const char *confdir = option_str(ui->setup.options, OPTION_CONFDIR);
	struct buf text, word;

	buf_init(&text, TEXT_MAX);
	buf_init(&word, TEXT_MAX);
	buf_put(&word, STR("eval \"$(sluice env"));
	if (strcmp(address, USUAL_ADDRESS) != 0)
		buf_printf(&word, " -p %s", address);
	if (*confdir) {
		put_word(page, &text, buf_str(&word));
		buf_clear(&word);
		buf_put(&word, STR("-c "));
		put_path(confdir, &word);
	}
	buf_put(&word, STR(")\""));
	put_word(page, &text, buf_str(&word));
	line(page, 5, ROLE_TITLE, buf_str(&text));
	buf_fini(&word);
	buf_fini(&text);
}

static void
put_ca(struct ui *ui, struct page *page)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	put_path(ui->setup.ca_cert_path, &text);
	line(page, 0, ROLE_TEXT, ui->setup.ca_is_new ?
	    STR("The CA certificate was made just now; its key stays here:") :
	    STR("The CA certificate to trust; its key stays here:"));
	line(page, 5, ROLE_TEXT, buf_str(&text));
	buf_clear(&text);
	buf_printf(&text, "SHA-256 %s", ui->setup.ca_fingerprint);
	/* 32 pairs and colons need two lines on a usual terminal. */
	if (pane_width(buf_str(&text), 200) > page->p->cols - INDENT - 5 &&
	    buf_len(&text) > FIRST_HALF) {
		line(page, 5, ROLE_DIM, str_sub(buf_str(&text), 0, FIRST_HALF));
		line(page, 13, ROLE_DIM, str_skip(buf_str(&text), FIRST_HALF));
	} else {
		line(page, 5, ROLE_DIM, buf_str(&text));
	}
	buf_fini(&text);
}

static void
put_head(struct ui *ui, struct page *page)
{
	struct proxy *proxy = ui->setup.proxy;
	size_t count = proxy_listeners(proxy);
	struct buf text;

	buf_init(&text, TEXT_MAX);
	if (count == 0)
		buf_put(&text, STR("sluice is not listening"));
	else
		buf_put(&text, page->p->cols < 60 ? STR("listening on ") :
		    STR("sluice is listening on "));
	for (size_t i = 0; i < count && i < 8; i++)
		buf_printf(&text, "%s%s", i > 0 ? ", " : "",
		    proxy_address(proxy, i));
	buf_put(&text, STR("          no traffic yet"));
	line(page, 0, ROLE_TITLE, buf_str(&text));
	buf_fini(&text);
}

void
guide_draw(struct ui *ui, const struct pane *p)
{
	struct page page = { .p = p, .y = p->rows > 18 };
	int gap = p->rows > 15;

	put_head(ui, &page);
	page.y += gap;
	if (proxy_listeners(ui->setup.proxy) > 0) {
		line(&page, 0, ROLE_TEXT,
		    STR("1  Try it, in another terminal:"));
		put_curl(ui, &page, proxy_address(ui->setup.proxy, 0));
		page.y += gap;
		line(&page, 0, ROLE_TEXT,
		    STR("2  Send a whole shell through it:"));
		put_env(ui, &page, proxy_address(ui->setup.proxy, 0));
		page.y += gap;
	}
	put_ca(ui, &page);
	page.y += gap;
	line(&page, 0, ROLE_TEXT, STR("Then:  Enter looks inside a request"
	    "    i  holds requests, to edit them"));
	line(&page, 0, ROLE_TEXT, STR("       f  filters"
	    "    r  sends one again    ?  shows every key    q  quits"));
	page.y += gap;
	line(&page, 0, ROLE_TEXT, STR("Nothing shows up?  E opens the event "
	    "log: it tells who was refused, and why."));
}

void
guide_draw_hidden(struct ui *ui, const struct pane *p)
{
	const struct filter *filter = flow_view_filter(ui->view);
	int x;

	if (flow_view_limit(ui->view) != FLOW_LIMIT_NONE) {
		bool held = flow_view_limit(ui->view) == FLOW_LIMIT_HELD;

		x = pane_printf(p, 1, INDENT, ROLE_TEXT, "Nothing is %s%s.  ",
		    held ? "held" : "marked", filter != NULL ?
		    " that the filter shows" : "");
		x = pane_put(p, 1, x, ROLE_HINT_KEY, str_from(held ? "H" : "M"));
		pane_put(p, 1, x, ROLE_HINT, STR("  shows all flows"));
		return;
	}
	if (flow_view_is_busy(ui->view)) {
		pane_put(p, 1, INDENT, ROLE_TEXT, STR("filtering .."));
		return;
	}
	x = pane_put(p, 1, INDENT, ROLE_TEXT, STR("No flow matches   "));
	x = pane_put(p, 1, x, ROLE_TITLE,
	    str_from(filter != NULL ? filter_text(filter) : ""));
	pane_printf(p, 1, x + 3, ROLE_TEXT, "(%zu hidden)",
	    ui->setup.list->total);
	x = pane_put(p, 2, INDENT, ROLE_HINT_KEY, STR("\\"));
	x = pane_put(p, 2, x, ROLE_HINT, STR("  turns the filter off     "));
	x = pane_put(p, 2, x, ROLE_HINT_KEY, STR("f"));
	pane_put(p, 2, x, ROLE_HINT, STR("  changes it"));
}
