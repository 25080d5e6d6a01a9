/* SPDX-License-Identifier: MIT */
/* Places (XDG base directories), private files, atomic replacement. */
#ifndef SLUICE_BASE_PATH_H
#define SLUICE_BASE_PATH_H

#include <stdbool.h>

#include "sluice/base/err.h"
#include "sluice/base/str.h"

enum path_place { PATH_CONFIG, PATH_DATA, PATH_STATE, PATH_RUNTIME };

/*
 * The directory for a place, NUL-terminated, heap.  With a confdir every
 * place is confdir itself; else $XDG_CONFIG_HOME/sluice and so on with the
 * specification's defaults.  PATH_RUNTIME falls back to a directory of the
 * user's in $TMPDIR.  "~/" at the start of confdir is $HOME.
 */
char *path_place(enum path_place place, const char *confdir) NODISCARD;
char *path_join(const char *dir, const char *name) NODISCARD;
/* Makes dir and its parents, 0700; fine when it exists. */
bool path_make_dir(const char *dir, struct err *err) NODISCARD;
/*
 * Replaces or creates path with bytes: temporary file of the same directory
 * with the mode, rename.  It does not wait for the disk.
 */
bool path_write_atomic(const char *path, struct str bytes, int mode,
    struct err *err) NODISCARD;
/* The same, on the disk when it returns (fsync).  Not from the loop. */
bool path_write_durable(const char *path, struct str bytes, int mode,
    struct err *err) NODISCARD;
/* The whole file, at most max bytes; heap, NUL-terminated, caller frees. */
char *path_read(const char *path, size_t max, size_t *len, struct err *err)
    NODISCARD;
/* An open, already unlinked temporary file, 0600, O_CLOEXEC; -1 and err. */
int path_unlinked(struct err *err) NODISCARD;
/* "~/.local/..." for a path below $HOME, for people; heap. */
char *path_short(const char *path) NODISCARD;

#endif
