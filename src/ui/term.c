/* SPDX-License-Identifier: MIT */
/*
 * The tty.  curses only draws here; the modes that curses does not know
 * (paste, mouse) are strings of our own.  Everything that undoes them is one
 * prepared string, because a signal handler may have to write it.
 */
#include "term.h"

#include <assert.h>
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "pane.h"
#include "sluice/base/clock.h"
#include "sluice/base/mem.h"
#include "theme.h"
#include "tty_out.h"

/* xterm's "Change VT100 text background color", with a question mark. */
#define ASK_BACKGROUND	"\033]11;?\033\\"
#define ANSWER_SOON	1000000		/* µs; later there is none */
/* Pastes in brackets, and who has the focus. */
#define MODES_ON	"\033[?2004h\033[?1004h"
#define MODES_OFF	"\033[?2004l\033[?1004l\033[?1006l\033[?1000l"
#define TITLE_KEEP	"\033[22;2t"
#define TITLE_BACK	"\033[23;2t"
#define MOUSE_ON	"\033[?1000h\033[?1006h"
#define MOUSE_OFF	"\033[?1006l\033[?1000l"

struct term {
	int fd;				/* input and modes */
	bool own_fd;			/* fd is /dev/tty, opened here */
	FILE *in, *out;			/* what newterm was given */
	struct tty_out tty;		/* where that leads to */
	SCREEN *screen;
	struct termios saved;
	bool unicode, mouse;
	bool has_title, titled;		/* it can; it is ours */
	bool colour, background_known;
	int64_t asked;			/* for it, monotonic; 0: no answer due */
	int cursor;			/* last curs_set, or -1 */
	volatile sig_atomic_t taken;	/* modes are ours now */
	char restore[256];
	size_t restore_len;
};

/* All that end the program and are not main's to watch. */
static const int fatal[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL,
    SIGQUIT, SIGTRAP, SIGSYS, SIGALRM, SIGVTALRM, SIGPROF, SIGUSR1, SIGUSR2,
    SIGXCPU, SIGXFSZ };

/* The one terminal; also for the signal handler and atexit. */
static struct term the;
static struct sigaction fatal_before[ARRAY_LEN(fatal)];
static char signal_stack[64 * 1024];

/*
 * A few bytes, directly; async-signal-safe.  A terminal that takes none for a
 * second is left as it is.
 */
static void
write_all(const char *p, size_t n)
{
	struct pollfd to = { .fd = STDOUT_FILENO, .events = POLLOUT };

	while (n > 0 && poll(&to, 1, 1000) > 0) {
		ssize_t done = write(STDOUT_FILENO, p, n);

		if (done < 0 && errno != EINTR && errno != EAGAIN)
			return;
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
}

/* Only async-signal-safe calls. */
static void
restore_now(void)
{
	if (!the.taken)
		return;
	the.taken = 0;
	write_all(the.restore, the.restore_len);
	tcsetattr(the.fd, TCSANOW, &the.saved);
}

static void
fatal_handler(int sig)
{
	static const char text[] = "sluice: a fatal signal ended the program\n";
	bool was = the.taken;

	restore_now();
	if (was)
		write_all(text, sizeof(text) - 1);
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++)
		if (fatal[i] == sig)
			sigaction(sig, &fatal_before[i], NULL);
	raise(sig);
}

static void
catch_fatal(void)
{
	static bool done;
	stack_t stack = {
		.ss_sp = signal_stack, .ss_size = sizeof(signal_stack)
	};
	struct sigaction action = {
		.sa_handler = fatal_handler, .sa_flags = SA_ONSTACK | SA_NODEFER
	};

	if (done)
		return;
	done = true;
	sigaltstack(&stack, NULL);
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(fatal); i++) {
		sigaction(fatal[i], &action, &fatal_before[i]);
		/* Who started us in the background wants it ignored: then it
		 * ends nothing. */
		if (fatal_before[i].sa_handler == SIG_IGN)
			sigaction(fatal[i], &fatal_before[i], NULL);
	}
	atexit(restore_now);
	mem_on_exhausted(restore_now);
}

static void
add_restore(const char *text)
{
	size_t n = text != NULL && text != (char *)-1 ? strlen(text) : 0;

	/* Delays of ancient terminals ("$<50>") are left out whole. */
	if (n == 0 || strstr(text, "$<") != NULL ||
	    the.restore_len + n > sizeof(the.restore))
		return;
	memcpy(the.restore + the.restore_len, text, n);
	the.restore_len += n;
}

static void
prepare_restore(void)
{
	the.restore_len = 0;
	add_restore(MODES_OFF);
	if (the.titled)
		add_restore(TITLE_BACK);
	add_restore(tigetstr("sgr0"));
	add_restore(tigetstr("cnorm"));
	add_restore(tigetstr("rmcup"));
}

static void
modes_on(void)
{
	write_all(MODES_ON, sizeof(MODES_ON) - 1);
	if (the.mouse)
		write_all(MOUSE_ON, sizeof(MOUSE_ON) - 1);
	if (the.titled)
		write_all(TITLE_KEEP, sizeof(TITLE_KEEP) - 1);
}

static bool
open_tty(struct err *err)
{
	const char *name = getenv("TERM");

	if (!isatty(STDOUT_FILENO))
		return err_set(err, "standard output is no terminal; "
		    "--headless works without one");
	if (name == NULL || *name == '\0' || strcmp(name, "dumb") == 0)
		return err_set(err, "TERM names no full-screen terminal; "
		    "--headless works without one");
	the.fd = STDIN_FILENO;
	the.own_fd = !isatty(STDIN_FILENO);
	if (the.own_fd)
		the.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (the.fd < 0)
		return err_set(err, "there is no terminal to read keys from");
	if (tcgetattr(the.fd, &the.saved) == 0)
		return true;
	if (the.own_fd)
		close(the.fd);
	return err_set(err, "the terminal has no modes");
}

static bool
wants_colour(const char *color)
{
	const char *no = getenv("NO_COLOR");

	if (strcmp(color, "never") == 0)
		return false;
	return strcmp(color, "always") == 0 || no == NULL || *no == '\0';
}

/* Terminals like xterm say so, or have a name that does. */
static bool
has_title(void)
{
	static const char *const names[] = { "xterm", "screen", "tmux" };
	const char *name = getenv("TERM");

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strncmp(name, names[i], strlen(names[i])) == 0)
			return true;
	return tigetflag("XT") > 0;
}

/* "15;0" or "0;default;15": the last is the background. */
static bool
is_light(const char *background)
{
	const char *set = getenv("COLORFGBG");
	const char *last = set != NULL ? strrchr(set, ';') : NULL;

	if (strcmp(background, "auto") != 0)
		return strcmp(background, "light") == 0;
	return last != NULL && (strcmp(last, ";7") == 0 ||
	    strcmp(last, ";15") == 0);
}

struct term *
term_new(const char *color, const char *background, struct err *err)
{
	assert(the.screen == NULL);
	if (!open_tty(err))
		return NULL;
	the.in = fdopen(fcntl(the.fd, F_DUPFD_CLOEXEC, 3), "r");
	the.out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
	the.screen = the.in != NULL && the.out != NULL ?
	    newterm(NULL, the.out, the.in) : NULL;
	if (the.screen == NULL) {
		err_set(err, "there is no description of the terminal "
		    "\"%s\"; try TERM=xterm, or --headless", getenv("TERM"));
		term_free(&the);
		return NULL;
	}
	tty_out_open(&the.tty, fileno(the.out));
	raw();
	noecho();
	nonl();
	typeahead(-1);
	idlok(stdscr, FALSE);
	/* C-z is ours: curses' own handler would draw from a signal. */
	signal(SIGTSTP, SIG_DFL);
	the.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	the.cursor = -1;
	pane_open(the.unicode);
	the.colour = wants_colour(color);
	the.background_known = strcmp(background, "auto") != 0 ||
	    getenv("COLORFGBG") != NULL;
	theme_open(the.colour, is_light(background));
	the.has_title = has_title();
	prepare_restore();
	catch_fatal();
	the.taken = 1;
	modes_on();
	return &the;
}

void
term_lend(struct term *t)
{
	if (!t->taken)
		return;
	tty_out_finish(&t->tty);
	write_all(MODES_OFF, sizeof(MODES_OFF) - 1);
	if (t->titled)
		write_all(TITLE_BACK, sizeof(TITLE_BACK) - 1);
	endwin();
	tcsetattr(t->fd, TCSADRAIN, &t->saved);
	t->taken = 0;
}

void
term_free(struct term *t)
{
	if (t == NULL)
		return;
	/* An answer that is under way is not for the shell. */
	if (t->asked != 0 && clock_mono() - t->asked < ANSWER_SOON)
		tcflush(t->fd, TCIFLUSH);
	term_lend(t);
	if (t->screen != NULL) {
		tty_out_close(&t->tty);
		delscreen(t->screen);
	}
	if (t->out != NULL)
		fclose(t->out);
	if (t->in != NULL)
		fclose(t->in);
	if (t->own_fd && t->fd >= 0)
		close(t->fd);
	the = (struct term){ .fd = -1 };
}

bool
term_ask_background(struct term *t)
{
	/* Who has no title may print what it does not know. */
	if (!t->colour || t->background_known || !t->has_title ||
	    !has_colors())
		return false;
	t->asked = clock_mono();
	term_write(t, STR(ASK_BACKGROUND));
	return true;
}

/* "rgb:f/80/fff": of each number the first digits count. */
static bool
read_luminance(struct str text, double *luminance)
{
	static const double weights[] = { 0.299, 0.587, 0.114 };
	struct str part;

	*luminance = 0;
	for (size_t i = 0; i < ARRAY_LEN(weights); i++) {
		uint64_t value;

		if (!str_split(&text, '/', &part) || part.n > 4 ||
		    !str_to_hex64(part, &value))
			return false;
		*luminance += weights[i] * (double)value /
		    (double)((1u << 4 * part.n) - 1);
	}
	return text.n == 0;
}

bool
term_take_answer(struct term *t, struct str text)
{
	double luminance;

	if (t->asked == 0 || !str_starts(text, STR("11;rgb:")) ||
	    !read_luminance(str_skip(text, 7), &luminance))
		return false;
	t->asked = 0;
	theme_light(luminance > 0.5);
	return true;
}

int
term_fd(const struct term *t)
{
	return t->fd;
}

int
term_rows(const struct term *t)
{
	(void)t;
	return LINES;
}

int
term_cols(const struct term *t)
{
	(void)t;
	return COLS;
}

bool
term_is_unicode(const struct term *t)
{
	return t->unicode;
}

bool
term_resize(struct term *t)
{
	struct winsize size;

	if (ioctl(t->fd, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return false;
	if (size.ws_row == LINES && size.ws_col == COLS)
		return false;
	resizeterm(size.ws_row, size.ws_col);
	return true;
}

void
term_flush(struct term *t, bool cursor)
{
	if (!t->taken)
		return;
	tty_out_begin(&t->tty);
	if (t->cursor != cursor)
		curs_set(cursor);
	t->cursor = cursor;
	wnoutrefresh(stdscr);
	doupdate();
	tty_out_end(&t->tty);
}

bool
term_is_behind(const struct term *t)
{
	return tty_out_is_behind(&t->tty);
}

void
term_go_on(struct term *t)
{
	tty_out_go_on(&t->tty);
}

int
term_out_fd(const struct term *t)
{
	return t->tty.tty;
}

void
term_redraw(struct term *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

void
term_take(struct term *t)
{
	reset_prog_mode();
	t->taken = 1;
	t->cursor = -1;
	term_resize(t);
	clearok(curscr, TRUE);
	tty_out_begin(&t->tty);
	doupdate();
	tty_out_end(&t->tty);
	modes_on();
}

void
term_suspend(struct term *t)
{
	static const char text[] =
	    "sluice: stopped, and with it the proxy; fg goes on\n";
	const struct sigaction stop = { .sa_handler = SIG_DFL };
	struct sigaction ours;

	term_lend(t);
	write_all(text, sizeof(text) - 1);
	sigaction(SIGTSTP, &stop, &ours);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	term_take(t);
}

void
term_write(struct term *t, struct str bytes)
{
	if (!t->taken)
		return;
	tty_out_put(&t->tty, bytes);
}

void
term_mouse(struct term *t, bool on)
{
	t->mouse = on;
	term_write(t, on ? STR(MOUSE_ON) : STR(MOUSE_OFF));
}

void
term_title(struct term *t, struct str text)
{
	char line[256];
	int n;

	if (!t->titled || !t->taken)
		return;
	n = snprintf(line, sizeof(line), "\033]2;%.*s\033\\", STR_ARG(text));
	if (n > 0 && (size_t)n < sizeof(line))
		term_write(t, str_make(line, (size_t)n));
}

void
term_titled(struct term *t, bool ours)
{
	ours = ours && t->has_title;
	if (t->titled == ours)
		return;
	t->titled = ours;
	term_write(t, ours ? STR(TITLE_KEEP) : STR(TITLE_BACK));
	prepare_restore();
}

void
term_bell(struct term *t)
{
	term_write(t, STR("\a"));
}
