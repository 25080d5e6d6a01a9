/* SPDX-License-Identifier: MIT */
/*
 * Redirecting rules.  Everything added is in one table (nft) or one chain
 * and the jump to it (iptables) of our own name, so that removing takes
 * exactly that.
 */
#include "rules.h"

#include <errno.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "print.h"
#include "sluice/base/buf.h"
#include "sluice/base/mem.h"
#include "sluice/net/addr.h"

#define NAME "sluice"
#define CHAIN "SLUICE"
#define WORDS_MAX 24

extern char **environ;

/* -- flags ------------------------------------------------------------------ */

static bool
take_flag(struct rules *r, const char *arg)
{
	if (strcmp(arg, "--apply") == 0)
		r->what = RULES_APPLY;
	else if (strcmp(arg, "--remove") == 0)
		r->what = RULES_REMOVE;
	else if (strcmp(arg, "--own") == 0)
		r->own = true;
	else if (strcmp(arg, "--gateway") == 0)
		r->own = false;
	else if (strcmp(arg, "--iptables") == 0)
		r->iptables = true;
	else
		return false;
	return true;
}

bool
rules_take(struct rules *r, int *argc, char **argv, struct err *err)
{
	int kept = 1;

	*r = (struct rules){ .user = "root", .ports = "80,443" };
	for (int i = 1; i < *argc; i++) {
		bool user = strcmp(argv[i], "--user") == 0;

		if (take_flag(r, argv[i]))
			continue;
		if (!user && strcmp(argv[i], "--ports") != 0) {
			argv[kept++] = argv[i];
			continue;
		}
		if (i + 1 == *argc)
			return err_set(err, "%s needs a value", argv[i]);
		*(user ? &r->user : &r->ports) = argv[i + 1];
		i++;
	}
	*argc = kept;
	return true;
}

static bool
check_ports(const char *ports, struct err *err)
{
	return strcmp(ports, "all") == 0 ||
	    addr_ports_check(str_from(ports), err) ||
	    err_wrap(err, "--ports");
}

/* Names are looked up: what reaches a rule is a number. */
static bool
find_user(const char *name, unsigned *uid, struct err *err)
{
	const struct passwd *pw = getpwnam(name);
	uint64_t number;

	if (pw) {
		*uid = pw->pw_uid;
		return true;
	}
	if (str_to_u64(str_from(name), &number) && number < UINT32_MAX) {
		*uid = (unsigned)number;
		return true;
	}
	return err_set(err, "--user %s: no such user", name);
}

/* Where the transparent listener is. */
static bool
find_port(const struct options *o, unsigned *port, struct err *err)
{
	struct str text = str_from(option_list_at(o, OPTION_LISTEN, 0));
	struct addr a;

	for (size_t i = 0; i < option_list_count(o, OPTION_MODE); i++) {
		struct str mode = str_from(option_list_at(o, OPTION_MODE, i));

		if (str_starts(mode, STR("transparent@")))
			text = str_skip(mode, 12);
	}
	if (!addr_parse_listen(text, &a, err))
		return false;
	*port = addr_port(&a);
	return *port != 0 || err_set(err, "which port does the transparent "
	    "listener have? write -p PORT");
}

/* -- nft ---------------------------------------------------------------------- */

static void
put_nft(struct buf *b, const struct rules *r, unsigned port, unsigned uid)
{
	bool all = strcmp(r->ports, "all") == 0;

	buf_put(b, STR("table inet " NAME "\n"
	    "delete table inet " NAME "\n"
	    "table inet " NAME " {\n\tchain to_sluice {\n"));
	buf_printf(b, "\t\ttype nat hook %s priority %d; policy accept;\n",
	    r->own ? "output" : "prerouting", -100);
	if (r->own)
		buf_printf(b, "\t\tmeta skuid %u return\n", uid);
	buf_put(b, STR("\t\tfib daddr type local return\n"));
	if (all)
		buf_printf(b, "\t\tmeta l4proto tcp redirect to :%u\n", port);
	else
		buf_printf(b, "\t\ttcp dport { %s } redirect to :%u\n",
		    r->ports, port);
	buf_put(b, STR("\t}\n\tchain no_quic {\n"));
	buf_printf(b, "\t\ttype filter hook %s priority 0; policy accept;\n",
	    r->own ? "output" : "forward");
	if (r->own)
		buf_printf(b, "\t\tmeta skuid %u return\n", uid);
	buf_put(b, STR("\t\tudp dport 443 reject\n\t}\n}\n"));
}

/* -- iptables ------------------------------------------------------------------ */

static void
put_matches(struct buf *b, const struct rules *r, unsigned port, unsigned uid,
    const char *tool)
{
	if (r->own)
		buf_printf(b, "%s -t nat -A " CHAIN " -m owner --uid-owner %u "
		    "-j RETURN\n", tool, uid);
	buf_printf(b, "%s -t nat -A " CHAIN " -m addrtype --dst-type LOCAL "
	    "-j RETURN\n", tool);
	buf_printf(b, "%s -t nat -A " CHAIN " -p tcp", tool);
	if (strcmp(r->ports, "all") != 0)
		buf_printf(b, " -m multiport --dports %s", r->ports);
	buf_printf(b, " -j REDIRECT --to-ports %u\n", port);
}

static void
put_iptables(struct buf *b, const struct rules *r, unsigned port,
    unsigned uid)
{
	static const char *const tools[] = { "iptables", "ip6tables" };

	for (size_t i = 0; i < ARRAY_LEN(tools); i++) {
		const char *t = tools[i];

		buf_printf(b, "%s -t nat -N " CHAIN "\n", t);
		put_matches(b, r, port, uid, t);
		buf_printf(b, "%s -t nat -A %s -j " CHAIN "\n", t,
		    r->own ? "OUTPUT" : "PREROUTING");
	}
}

/* From both hooks: whoever removes need not know how it was added. */
static void
put_iptables_removal(struct buf *b)
{
	static const char *const tools[] = { "iptables", "ip6tables" };
	static const char *const steps[] = { "-D PREROUTING -j " CHAIN,
	    "-D OUTPUT -j " CHAIN, "-F " CHAIN, "-X " CHAIN };

	for (size_t i = 0; i < ARRAY_LEN(tools); i++)
		for (size_t j = 0; j < ARRAY_LEN(steps); j++)
			buf_printf(b, "%s -t nat %s\n", tools[i], steps[j]);
}

/* -- running ----------------------------------------------------------------- */

/* Runs a program with this input; its status, or -1 and errno. */
static int
run_with(char *const argv[], struct str input, bool quiet)
{
	posix_spawn_file_actions_t files;
	int ends[2], code, status = -1;
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, ends[0], STDIN_FILENO);
	posix_spawn_file_actions_addclose(&files, ends[0]);
	posix_spawn_file_actions_addclose(&files, ends[1]);
	if (quiet)
		posix_spawn_file_actions_addopen(&files, STDERR_FILENO,
		    "/dev/null", 1 /* O_WRONLY */, 0);
	code = posix_spawnp(&pid, argv[0], &files, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	close(ends[0]);
	/* A script is shorter than what a pipe takes at once. */
	if (code == 0 && input.n > 0 &&
	    write(ends[1], input.p, input.n) != (ssize_t)input.n)
		status = -1;
	close(ends[1]);
	if (code != 0) {
		errno = code;
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* One line of ours, cut at its blanks; no shell sees it. */
static int
run_line(struct str line, struct str input, bool quiet)
{
	char *text = str_dup(line), *save = NULL;
	char *argv[WORDS_MAX + 1];
	size_t n = 0;
	int status;

	for (char *w = strtok_r(text, " ", &save); w && n < WORDS_MAX;
	    w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = NULL;
	status = run_with(argv, input, quiet);
	free(text);
	return status;
}

/* Stops at the first that fails unless quiet; true: all went well. */
static bool
run_lines(struct str lines, bool quiet, struct err *err)
{
	size_t done = 0;

	while (lines.n > 0) {
		size_t eol = str_chr(lines, '\n', 0);
		struct str line = str_sub(lines, 0, eol);
		int status = run_line(line, STR_NONE, quiet);

		if (status == 0)
			done++;
		else if (!quiet)
			return err_set(err, "%.*s: %s", STR_ARG(line),
			    status < 0 ? strerror(errno) : "it failed");
		lines = str_skip(lines, eol + 1);
	}
	return done > 0 || err_set(err, "there are no rules of sluice's");
}

static bool
apply(const struct rules *r, struct str script, struct err *err)
{
	struct buf removal;
	struct err ignored;
	int status;

	if (!r->iptables) {
		status = run_line(STR("nft -f -"), script, false);
		return status == 0 || err_set(err, "nft: %s (root only; or "
		    "try --iptables)", status < 0 ? strerror(errno) :
		    "the rules were not taken");
	}
	buf_init(&removal, 4096);
	put_iptables_removal(&removal);
	(void)run_lines(buf_str(&removal), true, &ignored);
	bool ok = run_lines(script, false, err);

	if (!ok)	/* half of them would be worse than none */
		(void)run_lines(buf_str(&removal), true, &ignored);
	buf_fini(&removal);
	return ok;
}

static bool
take_away(const struct rules *r, struct err *err)
{
	struct buf removal;
	int status;

	if (!r->iptables) {
		status = run_line(STR("nft delete table inet " NAME),
		    STR_NONE, true);
		return status == 0 || err_set(err, status < 0 ?
		    "nft is not there; with --iptables?" :
		    "nft has no table inet " NAME " (or you are not root)");
	}
	buf_init(&removal, 4096);
	put_iptables_removal(&removal);
	bool ok = run_lines(buf_str(&removal), true, err);

	buf_fini(&removal);
	return ok;
}

static void
print_rules(const struct rules *r, struct str script, unsigned port)
{
	printf("# %s; undo: sluice transparent-rules --remove%s\n"
	    "# sluice: -m transparent %s\n", r->own ?
	    "this machine's own traffic, but not that of sluice's user" :
	    "what this machine routes for others", r->iptables ?
	    " --iptables" : "", r->own ? "-p 127.0.0.1:PORT -p [::1]:PORT" :
	    "-p 0.0.0.0:PORT -p [::]:PORT");
	if (!r->own)
		printf("# routing: sysctl -w net.ipv4.ip_forward=1 "
		    "net.ipv6.conf.all.forwarding=1\n");
	printf("# PORT is %u\n%.*s", port, STR_ARG(script));
}

int
rules_run(const struct rules *r, const struct options *o)
{
	unsigned port = 0, uid = 0;
	struct buf script;
	struct err err;
	bool ok = true;

	if (!check_ports(r->ports, &err) || !find_port(o, &port, &err) ||
	    (r->own && !find_user(r->user, &uid, &err)))
		return print_error(2, "%s", err.text);
	buf_init(&script, 8192);
	if (r->iptables)
		put_iptables(&script, r, port, uid);
	else
		put_nft(&script, r, port, uid);
	switch (r->what) {
	case RULES_PRINT:
		print_rules(r, buf_str(&script), port);
		break;
	case RULES_APPLY:
		ok = apply(r, buf_str(&script), &err);
		break;
	case RULES_REMOVE:
		ok = take_away(r, &err);
		break;
	}
	buf_fini(&script);
	return ok ? 0 : print_error(1, "%s", err.text);
}
