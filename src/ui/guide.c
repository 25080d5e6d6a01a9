/* SPDX-License-Identifier: MIT */
/* The first screen: everything a first request needs, ready to be copied. */
#include "guide.h"

#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "sluice/base/buf.h"
#include "sluice/base/escape.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"

#define INDENT		3
#define TEXT_MAX	(64 * 1024)
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

/* The words that belong on one line of the curl command; false: no more. */
static bool
curl_word(const struct ui *ui, size_t i, struct buf *out)
{
	buf_clear(out);
	if (i == 0) {
		buf_printf(out, "curl -x http://%s",
		    proxy_address(ui->setup.proxy, 0));
	} else if (i == 1) {
		buf_put(out, STR("--cacert "));
		put_path(ui->setup.ca_cert_path, out);
	} else if (i == 2) {
		buf_put(out, STR("https://example.org/"));
	}
	return i < 3;
}

/* Likewise of `env', with what it cannot know of how this one was started. */
static bool
env_word(const struct ui *ui, size_t i, struct buf *out)
{
	const char *address = proxy_address(ui->setup.proxy, 0);
	const char *dir = option_str(ui->setup.options, OPTION_CONFDIR);

	buf_clear(out);
	if (i == 0) {
		buf_put(out, STR("eval \"$(sluice env"));
		if (strcmp(address, option_row(OPTION_LISTEN)->initial) != 0)
			buf_printf(out, " -p %s", address);
	} else if (i == 1 && dir[0] != '\0') {
		buf_put(out, STR("-c "));
		put_path(dir, out);
	}
	if (i == (dir[0] != '\0'))
		buf_put(out, STR(")\""));
	return buf_len(out) > 0;
}

typedef bool word_fn(const struct ui *ui, size_t i, struct buf *out);

static void
join_words(const struct ui *ui, word_fn *put, struct buf *out)
{
	struct buf word;

	buf_init(&word, TEXT_MAX);
	for (size_t i = 0; put(ui, i, &word); i++) {
		if (i > 0)
			buf_putc(out, ' ');
		buf_put(out, buf_str(&word));
	}
	buf_fini(&word);
}

void
guide_curl(const struct ui *ui, struct buf *out)
{
	join_words(ui, curl_word, out);
}

void
guide_env(const struct ui *ui, struct buf *out)
{
	join_words(ui, env_word, out);
}

static void
draw_words(const struct ui *ui, struct page *page, word_fn *put)
{
	struct buf text, word;

	buf_init(&text, TEXT_MAX);
	buf_init(&word, TEXT_MAX);
	for (size_t i = 0; put(ui, i, &word); i++)
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
		    STR("1  Try it, in another terminal (y copies this):"));
		draw_words(ui, &page, curl_word);
		page.y += gap;
		line(&page, 0, ROLE_TEXT,
		    STR("2  Send a whole shell through it (Y copies this):"));
		draw_words(ui, &page, env_word);
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
		char key[KEYMAP_KEY_MAX];

		x = pane_printf(p, 1, INDENT, ROLE_TEXT, "Nothing is %s%s.  ",
		    held ? "held" : "marked", filter != NULL ?
		    " that the filter shows" : "");
		keymap_key(ui->keymap, KEY_LIST, held ? "only.held" :
		    "only.marked", pane_is_unicode(), key);
		x = pane_put(p, 1, x, ROLE_HINT_KEY, str_from(key));
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

static void
draw(struct view *v, const struct pane *p)
{
	guide_draw(v->ui, p);
}

static void
close_view(struct view *v)
{
	free(v);
}

static const struct view_ops ops = {
	.name = "WELCOME",
	.context = KEY_EMPTY,
	.draw = draw,
	.hints = "copy.try copy.env log back",
	.close = close_view,
};

struct view *
guide_new(struct ui *ui)
{
	struct view *v = NEW(struct view);

	*v = (struct view){ .ops = &ops, .ui = ui };
	v->scroll.text = true;
	return v;
}
