/* SPDX-License-Identifier: MIT */
/* Which command line a key runs in a context; filled from keymap.def. */
#ifndef SLUICE_SRC_UI_KEYMAP_H
#define SLUICE_SRC_UI_KEYMAP_H

#include "key.h"
#include "sluice/base/buf.h"
#include "view.h"

#define KEYMAP_KEY_MAX	64

struct keymap;

struct keymap_row {
	enum key_context context;
	uint32_t key;
	const char *line;		/* owned by the keymap */
};

struct keymap *keymap_new(void) NODISCARD;	/* with the default keys */
void keymap_free(struct keymap *m);
/*
 * The command line, or NULL.  The context's own row wins over the one it is
 * a part of (KEY_TLS of KEY_FLOW), and that over KEY_ANY.  A menu has its own
 * rows only.
 */
const char *keymap_find(const struct keymap *m, enum key_context context,
    uint32_t k);
/*
 * The keys that run the line in a context, own rows first, blank between; or
 * one row of a menu, behind the key that opens it there: "e h".
 */
void keymap_keys(const struct keymap *m, enum key_context context,
    const char *line, bool unicode, size_t most, struct buf *out);
/* One key that runs the line there, or ":line" when there is none. */
void keymap_key(const struct keymap *m, enum key_context context,
    const char *line, bool unicode, char out[KEYMAP_KEY_MAX]);
/* A context by its name in the "bind" command, and all those names. */
bool keymap_context(struct str name, enum key_context *context) NODISCARD;
void keymap_put_contexts(struct buf *out);
/* Gives a key of a context this line alone, or none; false: it had none. */
void keymap_bind(struct keymap *m, enum key_context context, uint32_t k,
    struct str line);
bool keymap_unbind(struct keymap *m, enum key_context context, uint32_t k)
    NODISCARD;
/* What a menu is called ("edit"); NULL: the context is none. */
const char *keymap_menu_name(enum key_context context);
size_t keymap_count(const struct keymap *m);
const struct keymap_row *keymap_at(const struct keymap *m, size_t i);

#endif
