/* SPDX-License-Identifier: MIT */
/*
 * Hostile bytes made safe.  Every path from the network to a terminal, a
 * page, a shell or a file name goes through exactly one of these
 * (CONSOLE 3.7, WIRE B4).
 *
 * Terminal rule: C0, DEL, C1 become \xNN; invalid UTF-8 becomes \xNN; bidi
 * controls, zero-width, tag characters, BOM, soft hyphen and code points
 * without width become <U+NNNN>; the rest passes.  Output contains no byte
 * below 0x20, no 0x7f, and is valid UTF-8.
 */
#ifndef SLUICE_BASE_ESCAPE_H
#define SLUICE_BASE_ESCAPE_H

#include "sluice/base/buf.h"

enum escape_flag {
	ESCAPE_KEEP_LF = 1 << 0,	/* let \n pass: the caller lays out lines */
	ESCAPE_KEEP_TAB = 1 << 1,
};

/* One step over input: what to show for the next character. */
struct escape_piece {
	char text[16];		/* NUL-terminated, safe */
	unsigned len;		/* bytes of text */
	unsigned used;		/* bytes of input, at least 1 */
	unsigned width;		/* cells on the screen */
	bool escaped;		/* true: draw it in the "escaped" style */
};

/* s.n > 0.  With the flags, \n and \t give themselves with width 0. */
void escape_next(struct str s, unsigned flags, struct escape_piece *piece);
/* Appends the safe form of s to out, up to what out may hold. */
void escape_text(struct buf *out, struct str s, unsigned flags);
/* A heap string; the caller frees. */
char *escape_dup(struct str s) NODISCARD;
/* & < > " ' as entities, and the terminal rule for the rest. */
void escape_html(struct buf *out, struct str s);
/* One shell word in single quotes; safe after '=' and as a whole word. */
void escape_shell(struct buf *out, struct str s);
/*
 * The inside of a "..." of Python or JavaScript, for which each byte is the
 * character of its number: what is not printable ASCII becomes \xNN.
 */
void escape_literal(struct buf *out, struct str s);
/*
 * The same for text, whose characters stay as they are.  Only where
 * escape_is_text says so: UTF-8 of which a terminal shows every character,
 * line ends and tabs.
 */
void escape_literal_text(struct buf *out, struct str s);
bool escape_is_text(struct str s);
/*
 * A file name without directories: letters, digits, . _ - only, no leading
 * dot or dash, at most 80 bytes; "file" when nothing is left.
 */
void escape_file_name(struct buf *out, struct str s);

#endif
