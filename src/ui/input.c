/* SPDX-License-Identifier: MIT */
/*
 * Decodes the terminal's bytes one at a time with libtermkey, so that a paste
 * can take over in the middle of what was read.
 */
#include "input.h"

#include <assert.h>
#include <errno.h>
#include <termkey.h>
#include <unistd.h>

#include "sluice/base/buf.h"
#include "sluice/base/mem.h"

#define ESCAPE_WAIT	0.025		/* a sequence comes in one piece, mostly */
#define ANSWER_WAIT	1.0		/* the rest of an answer .. */
#define ANSWER_SOON	5.0		/* .. that was asked for so lately */
#define ANSWER_MAX	64u
#define PASTE_MAX	(64u * 1024)
#define WAITING_MAX	(64u * 1024)
#define PASTE_END	"\033[201~"
#define KEYS_ROOM	(512u * 1024)	/* twice what they take */

struct input {
	struct ev_loop *loop;
	ev_io io;
	ev_timer escape;
	double patience;		/* seconds it runs */
	TermKey *decoder;
	const struct input_ops *ops;
	struct ui *ui;
	bool pasting;
	size_t ending;			/* bytes of PASTE_END seen */
	bool answering;			/* an OSC has begun */
	ev_tstamp expecting;		/* one, until then */
	struct buf answer;
	struct buf paste;
	struct buf waiting;		/* read, but not yet decoded */
};

static const struct {
	TermKeySym sym;
	uint32_t code;
} syms[] = {
	{ TERMKEY_SYM_UP, KEY_CODE_UP },
	{ TERMKEY_SYM_DOWN, KEY_CODE_DOWN },
	{ TERMKEY_SYM_LEFT, KEY_CODE_LEFT },
	{ TERMKEY_SYM_RIGHT, KEY_CODE_RIGHT },
	{ TERMKEY_SYM_HOME, KEY_CODE_HOME },
	{ TERMKEY_SYM_FIND, KEY_CODE_HOME },
	{ TERMKEY_SYM_END, KEY_CODE_END },
	{ TERMKEY_SYM_SELECT, KEY_CODE_END },
	{ TERMKEY_SYM_PAGEUP, KEY_CODE_PAGE_UP },
	{ TERMKEY_SYM_PAGEDOWN, KEY_CODE_PAGE_DOWN },
	{ TERMKEY_SYM_INSERT, KEY_CODE_INSERT },
	{ TERMKEY_SYM_DELETE, KEY_CODE_DELETE },
	{ TERMKEY_SYM_ENTER, KEY_CODE_ENTER },
	{ TERMKEY_SYM_TAB, KEY_CODE_TAB },
	{ TERMKEY_SYM_BACKSPACE, KEY_CODE_BACKSPACE },
	{ TERMKEY_SYM_DEL, KEY_CODE_BACKSPACE },
	{ TERMKEY_SYM_ESCAPE, KEY_CODE_ESCAPE },
	{ TERMKEY_SYM_SPACE, ' ' },
};

static uint32_t
modifier_bits(int modifiers)
{
	uint32_t bits = 0;

	if (modifiers & TERMKEY_KEYMOD_SHIFT)
		bits |= KEY_SHIFT;
	if (modifiers & TERMKEY_KEYMOD_ALT)
		bits |= KEY_ALT;
	if (modifiers & TERMKEY_KEYMOD_CTRL)
		bits |= KEY_CTRL;
	return bits;
}

static uint32_t
key_of(const TermKeyKey *tk)
{
	uint32_t bits = modifier_bits(tk->modifiers);

	switch (tk->type) {
	case TERMKEY_TYPE_UNICODE:
		return bits | (uint32_t)tk->code.codepoint;
	case TERMKEY_TYPE_FUNCTION:
		if (tk->code.number < 1 || tk->code.number > 12)
			return KEY_CODE_NONE;
		return bits | (KEY_CODE_F1 + (uint32_t)tk->code.number - 1);
	case TERMKEY_TYPE_KEYSYM:
		for (size_t i = 0; i < ARRAY_LEN(syms); i++)
			if (syms[i].sym == tk->code.sym)
				return bits | syms[i].code;
		return KEY_CODE_NONE;
	default:
		return KEY_CODE_NONE;
	}
}

static void
handle_mouse(struct input *in, const TermKeyKey *tk)
{
	TermKeyMouseEvent event;
	int button, line, column;

	if (termkey_interpret_mouse(in->decoder, tk, &event, &button, &line,
	    &column) != TERMKEY_RES_KEY || event != TERMKEY_MOUSE_PRESS)
		return;
	if (button == 1)
		in->ops->click(in->ui, line - 1, column - 1);
	else if (button == 4 || button == 5)
		in->ops->wheel(in->ui, button == 4 ? -1 : 1, line - 1,
		    column - 1);
}

static void
handle_csi(struct input *in, const TermKeyKey *tk)
{
	long args[4] = { 0 };
	size_t count = ARRAY_LEN(args);
	unsigned long command;

	if (termkey_interpret_csi(in->decoder, tk, args, &count, &command) !=
	    TERMKEY_RES_KEY)
		return;
	if (command == '~' && count > 0 && args[0] == 200)
		in->pasting = true;
	else if (command == 'I' || command == 'O')
		in->ops->focus(in->ui, command == 'I');
}

static void
handle(struct input *in, const TermKeyKey *tk)
{
	uint32_t k;

	if (tk->type == TERMKEY_TYPE_MOUSE) {
		handle_mouse(in, tk);
	} else if (tk->type == TERMKEY_TYPE_UNKNOWN_CSI) {
		handle_csi(in, tk);
	} else {
		k = key_of(tk);
		if (k != KEY_CODE_NONE)
			in->ops->key(in->ui, k);
	}
}

/* True when the bytes so far may still become a longer sequence. */
static bool
drain(struct input *in)
{
	for (;;) {
		TermKeyKey tk;
		TermKeyResult result = termkey_getkey(in->decoder, &tk);

		if (result != TERMKEY_RES_KEY)
			return result == TERMKEY_RES_AGAIN;
		handle(in, &tk);
		if (!ev_is_active(&in->io))
			return false;
	}
}

static void
paste_byte(struct input *in, char byte)
{
	const struct str end = STR(PASTE_END);

	if (buf_room(&in->paste) > 0)
		buf_putc(&in->paste, byte);
	if (byte != end.p[in->ending])
		in->ending = byte == end.p[0];
	else
		in->ending++;
	if (in->ending < end.n)
		return;
	in->ending = 0;
	in->pasting = false;
	if (str_ends(buf_str(&in->paste), end))
		buf_truncate(&in->paste, buf_len(&in->paste) - end.n);
	for (size_t i = 0; i < buf_len(&in->paste); i++) {
		char *p = in->paste.p + in->paste.off + i;

		if (*p == '\n' || *p == '\r' || *p == '\t')
			*p = ' ';
	}
	in->ops->paste(in->ui, buf_str(&in->paste));
	buf_clear(&in->paste);
	buf_shrink(&in->paste, 0);
}

static void
end_answer(struct input *in)
{
	in->answering = false;
	buf_clear(&in->answer);
}

/* The decoder would wait for ST alone, while some terminals send BEL. */
static void
answer_byte(struct input *in, char byte)
{
	struct str so_far = buf_str(&in->answer);
	bool ends = byte == '\a' || byte == '\x9c' ||
	    (byte == '\\' && str_ends(so_far, STR("\033")));

	if (!ends) {
		if (buf_room(&in->answer) == 0)
			end_answer(in);
		else
			buf_putc(&in->answer, byte);
		return;
	}
	if (byte == '\\')
		buf_truncate(&in->answer, so_far.n - 1);
	in->ops->answer(in->ui, buf_str(&in->answer));
	end_answer(in);
}

/* Takes ESC ] off what waits, when an answer is due. */
static bool
begin_answer(struct input *in)
{
	if (ev_now(in->loop) >= in->expecting ||
	    !str_starts(buf_str(&in->waiting), STR("\033]")))
		return false;
	buf_consume(&in->waiting, 2);
	return in->answering = true;
}

static void
escape_cb(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct input *in = container_of(w, struct input, escape);
	TermKeyKey tk;

	(void)loop;
	(void)revents;
	if (in->answering)
		end_answer(in);
	while (ev_is_active(&in->io) && termkey_getkey_force(in->decoder,
	    &tk) == TERMKEY_RES_KEY)
		handle(in, &tk);
}

/* Keys as far as they are wanted: a command may pause the reading. */
static void
take(struct input *in)
{
	struct buf *waiting = &in->waiting;
	bool unfinished = drain(in);

	while (ev_is_active(&in->io) && buf_len(waiting) > 0) {
		char byte = buf_str(waiting).p[0];

		if (!in->pasting && !in->answering && begin_answer(in))
			continue;
		buf_consume(waiting, 1);
		if (in->pasting || in->answering) {
			(in->pasting ? paste_byte : answer_byte)(in, byte);
			continue;
		}
		termkey_push_bytes(in->decoder, &byte, 1);
		unfinished = drain(in);
	}
	if (in->answering || (unfinished && !in->pasting)) {
		ev_timer_set(&in->escape, in->answering ? ANSWER_WAIT :
		    in->patience, 0.0);
		ev_timer_start(in->loop, &in->escape);
	}
}

static void
read_cb(struct ev_loop *loop, ev_io *w, int revents)
{
	struct input *in = container_of(w, struct input, io);
	char bytes[1024];
	ssize_t n = read(w->fd, bytes, sizeof(bytes));

	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		ev_io_stop(loop, w);
		in->ops->hangup(in->ui);
		return;
	}
	ev_timer_stop(loop, &in->escape);
	buf_put(&in->waiting, str_make(bytes, (size_t)n));
	take(in);
}

/*
 * Some descriptions announce SGR mouse reports as the key "mouse", which the
 * decoder would take for the old form with other coordinates.
 */
static const char *
terminfo_cb(const char *name, const char *value, void *data)
{
	(void)data;
	return strcmp(name, "key_mouse") == 0 ? "\033[M" : value;
}

static TermKey *
open_decoder(void)
{
	const char *term = getenv("TERM");
	TermKey *tk = termkey_new_abstract(term != NULL ? term : "xterm",
	    TERMKEY_FLAG_UTF8 | TERMKEY_FLAG_NOSTART | TERMKEY_FLAG_CONVERTKP |
	    TERMKEY_FLAG_NOTERMIOS);

	if (tk == NULL)
		return NULL;
	/* It does not look at what malloc() gives: half of the keys would be
	 * unknown, or worse. */
	free(mem_alloc(KEYS_ROOM));
	termkey_set_canonflags(tk, TERMKEY_CANON_DELBS);
	termkey_hook_terminfo_getstr(tk, terminfo_cb, NULL);
	if (!termkey_start(tk)) {
		termkey_destroy(tk);
		return NULL;
	}
	return tk;
}

struct input *
input_new(struct ev_loop *loop, int fd, const struct input_ops *ops,
    struct ui *ui, struct err *err)
{
	TermKey *decoder = open_decoder();
	struct input *in;

	if (decoder == NULL) {
		err_set(err, "the terminal's keys are unknown");
		return NULL;
	}
	in = NEW(struct input);
	*in = (struct input){
		.loop = loop, .decoder = decoder, .ops = ops, .ui = ui,
		.patience = ESCAPE_WAIT
	};
	buf_init(&in->paste, PASTE_MAX);
	buf_init(&in->answer, ANSWER_MAX);
	buf_init(&in->waiting, WAITING_MAX);
	ev_io_init(&in->io, read_cb, fd, EV_READ);
	ev_timer_init(&in->escape, escape_cb, ESCAPE_WAIT, 0.0);
	ev_io_start(loop, &in->io);
	return in;
}

void
input_free(struct input *in)
{
	if (in == NULL)
		return;
	input_pause(in);
	termkey_destroy(in->decoder);
	buf_fini(&in->paste);
	buf_fini(&in->answer);
	buf_fini(&in->waiting);
	free(in);
}

void
input_set_patience(struct input *in, double seconds)
{
	in->patience = seconds;
}

void
input_expect_answer(struct input *in)
{
	in->expecting = ev_now(in->loop) + ANSWER_SOON;
}

void
input_pause(struct input *in)
{
	ev_io_stop(in->loop, &in->io);
	ev_timer_stop(in->loop, &in->escape);
}

void
input_resume(struct input *in)
{
	ev_io_start(in->loop, &in->io);
	take(in);
}
