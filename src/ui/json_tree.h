/* SPDX-License-Identifier: MIT */
/*
 * JSON as a tree of slices of its text: tokens, order and duplicate keys
 * stay as they are.  Bounded; for comparing, where a tree is needed.
 */
#ifndef SLUICE_SRC_UI_JSON_TREE_H
#define SLUICE_SRC_UI_JSON_TREE_H

#include "json_lex.h"

#define JSON_NODES_MAX	50000u
#define JSON_NONE	UINT32_MAX

struct json_node {
	enum json_kind kind;		/* LEX_OPEN: a container */
	bool object;
	struct str key;			/* in quotes; p NULL: none */
	struct str token;		/* of a scalar */
	uint32_t parent, first, next;	/* nodes, or JSON_NONE */
	uint32_t last, count;		/* children */
	uint64_t hash;			/* order of members does not count */
};

struct json_tree {
	struct json_node *nodes;	/* the first is the root */
	size_t count, cap;
};

/* False (and an empty tree) when it is no JSON, or too large. */
bool json_tree_make(struct json_tree *t, struct str text) NODISCARD;
void json_tree_fini(struct json_tree *t);

#endif
