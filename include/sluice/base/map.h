/* SPDX-License-Identifier: MIT */
/* String to pointer.  Keys are copied; values are borrowed. */
#ifndef SLUICE_BASE_MAP_H
#define SLUICE_BASE_MAP_H

#include "sluice/base/str.h"

struct map;

struct map *map_new(void) NODISCARD;
void map_free(struct map *m);
void *map_get(const struct map *m, struct str key);
/* Returns the value that was there before, or NULL; value must not be NULL. */
void *map_put(struct map *m, struct str key, void *value);
void *map_remove(struct map *m, struct str key);
size_t map_count(const struct map *m);
/* Walk in any order: *at starts at 0; false at the end.  No changes meanwhile. */
bool map_next(const struct map *m, size_t *at, struct str *key, void **value);

#endif
