/* SPDX-License-Identifier: MIT */
/*
 * One body as rows: pretty, raw, or hex.  Only the rows on the screen are
 * made; the index behind them is built in slices.  A coded body is decoded
 * when it is first shown, up to BODY_DECODED_MAX.
 */
#ifndef SLUICE_SRC_UI_VIEW_BODY_H
#define SLUICE_SRC_UI_VIEW_BODY_H

#include "body_kind.h"
#include "lines.h"
#include "pane.h"
#include "search.h"
#include "sluice/http/coding.h"

#define BODY_DECODED_MAX	(16u * 1024 * 1024)

/* BODY_AS and more: BODY_AS + enum body_kind, chosen by the user. */
enum body_mode { BODY_PRETTY, BODY_RAW, BODY_HEX, BODY_AS };

struct body_look {
	enum body_mode mode;
	bool wrap;
	int cols;
};

struct body_decoded {
	struct buf bytes;
	enum coding_result result;
	struct err err;
	uint64_t from;		/* bytes of the body it was made of */
	bool tried;
};

struct view_body {
	const struct message *m;	/* borrowed; NULL: nothing shown yet */
	struct body_look look;
	struct body_decoded decoded;
	struct lines lines;
	struct lines_row row;
	bool open;			/* lines is set up */
	bool hex;			/* what is shown is hex */
	enum body_kind kind;		/* what is shown of it, if not hex */
	bool gave_up;			/* JSON that is none: lines.err said why */
	struct buf formed;		/* made from the body, shown instead */
	bool is_formed;
	struct lines_folds folds;
	char problem[ERR_MAX];		/* for the user, or "" */
	uint64_t seen;			/* length of the text last time */
	bool complete;			/* was m complete last time? */
};

void view_body_init(struct view_body *b);
void view_body_fini(struct view_body *b);
/* Another message, or the same with another content: starts anew. */
void view_body_reset(struct view_body *b);
/*
 * Before every draw: decodes, looks what it is, indexes for some
 * milliseconds.
 */
void view_body_prepare(struct view_body *b, const struct message *m,
    const struct body_look *look);
/* Goes on indexing; false when there is nothing left to do. */
bool view_body_work(struct view_body *b);
bool view_body_is_busy(const struct view_body *b);
/* The text shown: its length, and some of it (less at the end, on trouble). */
uint64_t view_body_len(const struct view_body *b);
size_t view_body_read(const struct view_body *b, uint64_t at, char *out,
    size_t n);
uint64_t view_body_rows(const struct view_body *b);
/* Rows from first on, over the whole pane. */
void view_body_draw(struct view_body *b, const struct pane *p, uint64_t first,
    size_t skip, const struct search *search);

enum body_found { BODY_FOUND, BODY_NOT_FOUND, BODY_NOT_YET };
/*
 * The next row with a match from row `from` on in the direction.  NOT_YET:
 * it took too long; *row is where to go on.  *x: cells before the match.
 */
enum body_found view_body_find(struct view_body *b,
    const struct search *search, uint64_t from, int direction, uint64_t *row,
    size_t *x);
/* The first row of a line (hex: of a row); *known false: it took too long,
 * and the same again goes on. */
uint64_t view_body_line(struct view_body *b, uint64_t line, bool *known);

/*
 * Folds or unfolds the node at a row (or the one around it), and says at
 * which row it begins; false: there is none.
 */
bool view_body_fold(struct view_body *b, uint64_t row, uint64_t *begins)
    NODISCARD;
/* All of them; false: it is not JSON or markup. */
bool view_body_fold_all(struct view_body *b) NODISCARD;

/* "pretty json", "raw", "hex". */
void view_body_name(const struct view_body *b, struct buf *out);
/* "gzip 151→222", "1.2k", "no body". */
void view_body_size(const struct view_body *b, struct buf *out);
bool body_mode_parse(struct str text, enum body_mode *mode) NODISCARD;
/* The one that t shows next. */
enum body_mode body_mode_next(enum body_mode mode);
const char *body_mode_name(enum body_mode mode);

#endif
