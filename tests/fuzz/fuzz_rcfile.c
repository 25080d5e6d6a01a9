/* SPDX-License-Identifier: MIT */
/*
 * The file of commands, run by a console without a terminal: settings,
 * filters, columns and keys.  Commands that touch files or run programs are
 * left out.
 */
#include "../../src/ui/rcfile.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../src/ui/command.h"
#include "../../src/ui/console.h"
#include "../../src/ui/view_list.h"
#include "fuzz.h"
#include "sluice/base/mem.h"

static const enum command_id allowed[] = {
	COMMAND_BIND, COMMAND_UNBIND, COMMAND_DESCRIBE, COMMAND_SET,
	COMMAND_FILTER, COMMAND_FILTER_TOGGLE, COMMAND_INTERCEPT,
	COMMAND_INTERCEPT_TOGGLE, COMMAND_COLUMNS, COMMAND_SORT,
	COMMAND_COLUMN_RESET, COMMAND_ONLY_MARKED, COMMAND_ONLY_HELD,
	COMMAND_FOLLOW, COMMAND_GOTO, COMMAND_LINE_DOWN, COMMAND_BOTTOM,
	COMMAND_NOTE, COMMAND_SEARCH, COMMAND_COMMAND_LINE,
};

struct console {
	struct ui ui;
	struct flow_list list;
	struct gate gate;
};

static void
setting_changed(struct option_observer *o, enum option_id id)
{
	ui_apply_option(container_of(o, struct ui, settings), id);
}

static void
open_console(struct console *c)
{
	struct ui *ui = &c->ui;

	*c = (struct console){ .ui.count = 0 };
	flow_list_init(&c->list, 100);
	gate_init(&c->gate, &c->list);
	ui->setup = (struct ui_setup){
		.loop = ev_default_loop(EVFLAG_AUTO),
		.options = options_new(), .list = &c->list, .gate = &c->gate,
	};
	ui->keymap = keymap_new();
	ui->view = flow_view_new(&c->list);
	ev_idle_init(&ui->working, NULL);
	screen_init(&ui->screen, ui);
	prompt_init(&ui->prompt, ui, "/nonexistent");
	screen_push(&ui->screen, view_list_new(ui));
	ui->settings.changed = setting_changed;
	option_observe(ui->setup.options, &ui->settings);
}

static void
close_console(struct console *c)
{
	struct ui *ui = &c->ui;

	option_unobserve(&ui->settings);
	ev_idle_stop(ui->setup.loop, &ui->working);
	prompt_fini(&ui->prompt);
	screen_fini(&ui->screen);
	flow_view_free(ui->view);
	keymap_free(ui->keymap);
	gate_fini(&c->gate);
	flow_list_fini(&c->list);
	options_free(ui->setup.options);
}

static bool
is_allowed(struct str line)
{
	const struct command_row *row;

	line = str_trim(line);
	if (line.n > 0 && line.p[0] == ':')
		line = str_trim(str_skip(line, 1));
	/* command_run takes a second one off. */
	if (line.n > 0 && line.p[0] == ':')
		line = str_trim(str_skip(line, 1));
	row = command_find(str_sub(line, 0, str_chr(line, ' ', 0)));
	for (size_t i = 0; row && i < ARRAY_LEN(allowed); i++)
		if (row == command_row(allowed[i]))
			return true;
	return !row;
}

/* What is left of in, as a file; its descriptor. */
static int
write_file(struct str in)
{
	int fd = memfd_create("rc", MFD_CLOEXEC);
	struct str line;

	assert(fd >= 0);
	while (str_split(&in, '\n', &line)) {
		if (!is_allowed(line))
			continue;
		assert(write(fd, line.p, line.n) == (ssize_t)line.n);
		assert(write(fd, "\n", 1) == 1);
	}
	return fd;
}

static void
check_keys(const struct keymap *m)
{
	for (size_t i = 0; i < keymap_count(m); i++) {
		const struct keymap_row *row = keymap_at(m, i);
		struct str line = str_from(row->line);
		struct str name = str_sub(line, 0, str_chr(line, ' ', 0));
		char text[KEY_NAME_MAX];
		uint64_t number;
		uint32_t k;

		assert(command_find(name) || str_to_u64(name, &number));
		key_format(row->key, text);
		assert(key_parse(str_from(text), &k) && k == row->key);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct console c;
	char path[40];
	int fd = write_file(str_make(bytes, n));

	open_console(&c);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	rcfile_run(&c.ui, path);
	assert(!prompt_is_open(&c.ui.prompt));
	check_keys(c.ui.keymap);
	close_console(&c);
	close(fd);
	return 0;
}
