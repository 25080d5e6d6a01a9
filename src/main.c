/* SPDX-License-Identifier: MIT */
/*
 * Options, wiring, the loop, teardown in reverse.  Owns everything that is
 * one of a kind: the options, the CA, the flow list, the gate, the proxy and
 * the front end.
 */
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <ev.h>

#include "print.h"
#include "rules.h"
#include "sluice/base/log.h"
#include "sluice/base/mem.h"
#include "sluice/base/path.h"
#include "sluice/demo/demo.h"
#include "sluice/format/har.h"
#include "sluice/headless/headless.h"
#include "sluice/net/addr.h"
#include "sluice/proxy/proxy.h"
#include "sluice/run/run.h"
#include "sluice/tls/memory.h"
#include "sluice/ui/ui.h"

#define LOG_RECORDS	2000
/* How long running exchanges may take to end when the program does. */
#define GRACE_S		1.0
#define GRACE_STEP_S	0.02

struct program {
	struct ev_loop *loop;
	struct options *options;
	struct ca *ca;
	struct store *store;		/* outlives the flows */
	struct flow_list list;
	struct undo *undo;
	struct filter_names *names;
	struct gate gate;
	struct proxy *proxy;
	struct demo *demo;
	struct ui *ui;			/* one of the two */
	struct headless *headless;
	bool is_headless;
	char **command;			/* of `sluice run', or NULL */
	bool env_only;			/* .. told by variables alone */
	bool listen_given;
	struct run *run;
	char *data_dir, *state_dir, *runtime_dir, *rc_path;
	ev_signal ends[3];		/* SIGINT, SIGTERM, SIGHUP */
	bool ending;
	ev_timer grace;
	double grace_until;
};

static void
end_cb(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct program *p = ev_userdata(loop);

	(void)revents;
	/* The terminal told the command itself; it ends when it wants. */
	if (p->run && !run_is_over(p->run)) {
		if (w->signum != SIGINT)
			run_signal(p->run, w->signum);
		return;
	}
	if (p->ending) {
		ui_free(p->ui);
		_exit(1);
	}
	p->ending = true;
	ev_break(loop, EVBREAK_ALL);
}

/* libev's own way to end without memory leaves the terminal as it is. */
static void *
loop_memory(void *p, long size)
{
	if (size > 0)
		return mem_realloc(p, (size_t)size);
	free(p);
	return NULL;
}

static void
watch_signals(struct program *p)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

	signal(SIGPIPE, SIG_IGN);
	ev_set_userdata(p->loop, p);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		ev_signal_init(&p->ends[i], end_cb, numbers[i]);
		ev_signal_start(p->loop, &p->ends[i]);
		ev_unref(p->loop);
	}
}

static void
grace_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct program *p = container_of(w, struct program, grace);

	(void)revents;
	if (proxy_busy(p->proxy) == 0 || ev_now(loop) >= p->grace_until)
		ev_break(loop, EVBREAK_ALL);
}

/* Held requests go on, running exchanges get a moment to end. */
static void
drain(struct program *p)
{
	p->ending = true;
	proxy_quiesce(p->proxy);
	gate_set_on(&p->gate, false);
	gate_release_all(&p->gate, strcmp(option_str(p->options,
	    OPTION_ON_EXIT), "drop") == 0 ? VERDICT_DROP : VERDICT_FORWARD);
	if (proxy_busy(p->proxy) == 0)
		return;
	ev_now_update(p->loop);
	p->grace_until = ev_now(p->loop) + GRACE_S;
	ev_timer_init(&p->grace, grace_cb, GRACE_STEP_S, GRACE_STEP_S);
	ev_timer_start(p->loop, &p->grace);
	ev_run(p->loop, 0);
	ev_timer_stop(p->loop, &p->grace);
}

/* Points at what is wrong in an expression. */
static bool
check_filter(const struct program *p, enum option_id id)
{
	const char *text = option_str(p->options, id);
	struct err err;
	size_t at = 0;
	struct filter *f = filter_parse_named(p->names, str_from(text), &err,
	    &at);

	if (f) {
		filter_free(f);
		return true;
	}
	print_error(2, "--%s: %s\n  %s\n  %*s^", option_row(id)->name,
	    err.text, text, (int)at, "");
	return false;
}

/* What @NAME means in the filters of the command line, and later. */
static void
read_names(struct program *p)
{
	const char *confdir = option_str(p->options, OPTION_CONFDIR);
	char *state = path_place(PATH_STATE, *confdir ? confdir : NULL);
	char *path = path_join(state, FILTER_NAMES_FILE);

	p->names = filter_names_new();
	filter_names_load(p->names, path);
	free(path);
	free(state);
}

static bool
check_listen(const struct options *o)
{
	struct addr a;
	struct err err;

	for (size_t i = 0; i < option_list_count(o, OPTION_LISTEN); i++) {
		const char *text = option_list_at(o, OPTION_LISTEN, i);

		if (!addr_parse_listen(str_from(text), &a, &err)) {
			print_error(2, "--listen: %s", err.text);
			return false;
		}
	}
	return true;
}

static bool
check_modes(const struct options *o)
{
	struct err err;

	if (proxy_check_modes(o, &err))
		return true;
	print_error(2, "%s", err.text);
	return false;
}

/* Better now than after an hour of work. */
static bool
check_har(const struct options *o, struct err *err)
{
	const char *path = option_str(o, OPTION_HAR);
	struct har_writer *w = *path ? har_begin(path, err) : NULL;

	if (w)
		har_abandon(w);
	return w || !*path;
}

static bool
set_gate(struct program *p, struct err *err)
{
	const char *text = option_str(p->options, OPTION_INTERCEPT);
	struct filter *f;
	size_t at;

	gate_init(&p->gate, &p->list);
	if (!*text)
		return true;
	f = filter_parse_named(p->names, str_from(text), err, &at);
	if (!f)
		return false;
	gate_set_filter(&p->gate, f);
	gate_set_on(&p->gate, true);
	return true;
}

static bool
open_places(struct program *p, struct err *err)
{
	const char *confdir = option_str(p->options, OPTION_CONFDIR);
	char *config_dir;

	p->data_dir = path_place(PATH_DATA, *confdir ? confdir : NULL);
	p->state_dir = path_place(PATH_STATE, *confdir ? confdir : NULL);
	p->runtime_dir = path_place(PATH_RUNTIME, *confdir ? confdir : NULL);
	config_dir = path_place(PATH_CONFIG, *confdir ? confdir : NULL);
	p->rc_path = path_join(config_dir, "sluicerc");
	free(config_dir);
	p->ca = ca_open(p->data_dir, err);
	return p->ca != NULL;
}

/* A command in a network of its own needs no address of ours. */
static bool
wants_listener(const struct program *p)
{
	const struct options *o = p->options;

	if (option_bool(o, OPTION_NO_SERVER))
		return false;
	return !p->run || run_needs_listener(p->run) ||
	    p->listen_given || option_is_set(o, OPTION_MODE);
}

static bool
open_engine(struct program *p, struct err *err)
{
	p->store = store_new(option_number(p->options, OPTION_BODY_MEMORY));
	p->undo = undo_new(&p->list);

	struct proxy_setup setup = {
		.loop = p->loop,
		.options = p->options,
		.list = &p->list,
		.store = p->store,
		.undo = p->undo,
		.gate = &p->gate,
		.ca = p->ca,
	};

	flow_list_init(&p->list, option_number(p->options, OPTION_FLOWS_MAX));
	if (!set_gate(p, err))
		return false;
	p->proxy = proxy_new(&setup, err);
	if (!p->proxy)
		return false;
	if (option_bool(p->options, OPTION_DEMO)) {
		p->demo = demo_start(p->loop, err);
		if (!p->demo || !proxy_trust(p->proxy, demo_root(p->demo), err))
			return false;
	}
	return !wants_listener(p) || proxy_listen(p->proxy, err);
}

static void
demo_done(void *owner)
{
	struct program *p = owner;

	ev_break(p->loop, EVBREAK_ALL);
}

static bool
start_demo(struct program *p, struct err *err)
{
	struct buf pem;

	if (!p->demo)
		return true;
	buf_init(&pem, 64 * 1024);
	bool ok = ca_export(p->ca, "pem", &pem, err) &&
	    demo_traffic(p->demo, proxy_address(p->proxy, 0), buf_str(&pem),
	    !p->is_headless, demo_done, p, err);

	buf_fini(&pem);
	return ok;
}

static bool
open_front(struct program *p, struct err *err)
{
	if (p->is_headless) {
		struct headless_setup setup = {
			.loop = p->loop,
			.options = p->options,
			.list = &p->list,
			.names = p->names,
			.fd = p->run ? STDERR_FILENO : STDOUT_FILENO,
		};

		p->headless = headless_new(&setup, err);
		for (size_t i = 0; !p->run && i < proxy_listeners(p->proxy); i++)
			fprintf(stderr, "sluice: listening on %s\n",
			    proxy_address(p->proxy, i));
		return p->headless != NULL;
	}
	struct ui_setup setup = {
		.loop = p->loop,
		.options = p->options,
		.list = &p->list,
		.undo = p->undo,
		.store = p->store,
		.gate = &p->gate,
		.names = p->names,
		.proxy = p->proxy,
		.ca_cert_path = ca_cert_path(p->ca),
		.ca_fingerprint = ca_fingerprint(p->ca),
		.rc_path = p->rc_path,
		.state_dir = p->state_dir,
		.runtime_dir = p->runtime_dir,
		.ca_is_new = ca_is_new(p->ca),
		.demo = p->demo != NULL,
	};

	p->ui = ui_new(&setup, err);
	return p->ui != NULL;
}

/* Headless: the flows that --filter shows. */
static bool
save_har(struct program *p, const char *path, struct err *err)
{
	size_t at;
	struct filter *filter = filter_parse_named(p->names,
	    str_from(option_str(p->options, OPTION_FILTER)), err, &at);
	struct har_writer *w = har_begin(path, err);
	struct flow *f = NULL;

	while (w && (f = flow_list_next(&p->list, f)) != NULL) {
		if (filter_match(filter, f) && !har_add(w, f, err)) {
			har_abandon(w);
			w = NULL;
		}
	}
	filter_free(filter);
	return w && har_finish(w, err);
}

static bool
close_front(struct program *p, struct err *err)
{
	const char *path = option_str(p->options, OPTION_HAR);
	bool ok = true;

	if (*path)
		ok = p->ui ? ui_save_har(p->ui, path, err) :
		    save_har(p, path, err);
	ui_free(p->ui);
	p->ui = NULL;
	headless_free(p->headless);
	p->headless = NULL;
	return ok;
}

static void
close_all(struct program *p)
{
	demo_stop(p->demo);
	ui_free(p->ui);
	headless_free(p->headless);
	proxy_free(p->proxy);
	if (p->gate.list)
		gate_fini(&p->gate);
	undo_free(p->undo);
	if (p->list.observers.next)
		flow_list_fini(&p->list);
	store_free(p->store);
	ca_free(p->ca);
	run_free(p->run);
	free(p->data_dir);
	free(p->state_dir);
	free(p->runtime_dir);
	free(p->rc_path);
}

/* Before there are threads: it forks. */
static bool
start_command(struct program *p, struct err *err)
{
	p->run = run_new(p->command, p->env_only, err);
	if (!p->run)
		return false;
	/* Several may run at once, and nobody need know the port. */
	p->listen_given = option_is_set(p->options, OPTION_LISTEN);
	return p->listen_given ||
	    option_assign(p->options, STR("listen=127.0.0.1:0"), err);
}

static int
run(struct program *p)
{
	struct err err = { "" };
	int status = 1;

	if (p->command && !start_command(p, &err))
		return print_error(1, "%s", err.text);
	ev_set_allocator(loop_memory);
	p->loop = ev_default_loop(EVFLAG_AUTO);
	if (!p->loop)
		return print_error(1, "the kernel gives no event loop");
	watch_signals(p);
	if (!check_har(p->options, &err) || !open_places(p, &err) ||
	    !open_engine(p, &err) ||
	    !open_front(p, &err) || !start_demo(p, &err) ||
	    (p->run && !run_start(p->run, p->loop, p->proxy,
	    p->ca, &err))) {
		ui_free(p->ui);
		p->ui = NULL;
		print_error(1, "%s", err.text);
		goto out;
	}
	/* Nobody may read our lines any more: the command goes on. */
	do
		ev_run(p->loop, 0);
	while (p->run && !run_is_over(p->run));
	drain(p);
	if (!close_front(p, &err)) {
		print_error(1, "%s", err.text);
		goto out;
	}
	status = p->run ? run_status(p->run) : 0;
out:
	close_all(p);
	return status;
}

/* ca and env need the CA and no engine. */
static int
run_word(struct program *p, const char *word)
{
	struct err err;
	int status = 0;

	if (!open_places(p, &err))
		status = print_error(1, "%s", err.text);
	else if (strcmp(word, "ca") == 0)
		print_ca(p->ca, p->options);
	else
		print_env(p->ca, p->options);
	close_all(p);
	return status;
}

static int
choose_front(struct program *p)
{
	bool demo = option_bool(p->options, OPTION_DEMO);

	p->is_headless = option_bool(p->options, OPTION_HEADLESS) ||
	    p->command;
	if (p->is_headless || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return 0;
	if (!demo)
		return print_error(2, "the console needs a terminal; use "
		    "--headless for a line per flow");
	fputs("sluice: no terminal, so the demo runs with --headless\n",
	    stderr);
	p->is_headless = true;
	return 0;
}

/* sluice run [--env-only] [OPTION]... -- COMMAND [ARG]... */
static void
take_command(struct program *p, int *argc, char **argv)
{
	int kept = 1, i;

	for (i = 2; i < *argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--env-only") == 0)
			p->env_only = true;
		else
			argv[kept++] = argv[i];
	}
	if (i + 1 < *argc)
		p->command = &argv[i + 1];
	*argc = kept;
}

static int
start(struct program *p, int argc, char **argv)
{
	bool help = false, version = false, is_rules, is_run;
	struct rules rules;
	struct err err;

	is_rules = argc > 1 && strcmp(argv[1], "transparent-rules") == 0;
	if (is_rules && !rules_take(&rules, &argc, argv, &err))
		return print_error(2, "%s", err.text);
	is_run = argc > 1 && strcmp(argv[1], "run") == 0;
	if (is_run)
		take_command(p, &argc, argv);
	if (!option_parse_args(p->options, &argc, argv, &help, &version, &err))
		return print_error(2, "%s", err.text);
	if (help) {
		print_help();
		return 0;
	}
	if (version) {
		print_version();
		return 0;
	}
	if (is_run && !p->command)
		return print_error(2, "write: sluice run [OPTION]... -- "
		    "COMMAND [ARG]...");
	read_names(p);
	if (!check_listen(p->options) || !check_modes(p->options) ||
	    !check_filter(p, OPTION_FILTER) ||
	    !check_filter(p, OPTION_INTERCEPT))
		return 2;
	if (is_rules && argc == 2)
		return rules_run(&rules, p->options);
	if (argc > 2 || (argc == 2 && strcmp(argv[1], "ca") != 0 &&
	    strcmp(argv[1], "env") != 0))
		return print_error(2, "unknown word %s (try --help)",
		    argv[argc > 2 ? 2 : 1]);
	if (argc == 2)
		return run_word(p, argv[1]);
	if (option_bool(p->options, OPTION_DEMO) &&
	    option_bool(p->options, OPTION_NO_SERVER))
		return print_error(2, "--demo needs a listener: leave "
		    "--no-server out");
	int status = choose_front(p);

	return status ? status : run(p);
}

static void
set_locale(void)
{
	const char *all = getenv("LC_ALL"), *type = getenv("LC_CTYPE"),
	    *lang = getenv("LANG");
	bool unset = (!all || !*all) && (!type || !*type) && (!lang || !*lang);

	if (unset || !setlocale(LC_ALL, ""))
		setlocale(LC_ALL, "C.UTF-8");
	setlocale(LC_NUMERIC, "C");
}

int
main(int argc, char **argv)
{
	struct program p = { 0 };

	mem_keep();
	tls_memory_init();
	set_locale();
	log_open(LOG_RECORDS);
	p.options = options_new();
	int status = start(&p, argc, argv);

	filter_names_free(p.names);
	options_free(p.options);
	log_close();
	return status;
}
