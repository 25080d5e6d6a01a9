/* SPDX-License-Identifier: MIT */
/* One pass over the text makes the nodes, one backwards their hashes. */
#include "json_tree.h"

#include <assert.h>

#include "sluice/base/mem.h"

struct maker {
	struct json_tree *t;
	struct str key;			/* waits for its value */
	uint32_t open;			/* innermost container */
};

static bool
add_node(struct maker *m, const struct json_node *node)
{
	struct json_tree *t = m->t;
	uint32_t at = (uint32_t)t->count;

	if (t->count == JSON_NODES_MAX)
		return false;
	if (t->count == t->cap) {
		t->cap = t->cap > 0 ? t->cap * 2 : 64;
		t->nodes = mem_array(t->nodes, t->cap, sizeof(*t->nodes));
	}
	t->nodes[t->count++] = *node;
	t->nodes[at].key = m->key;
	t->nodes[at].parent = m->open;
	m->key = STR_NONE;
	if (m->open != JSON_NONE) {
		struct json_node *parent = &t->nodes[m->open];

		if (parent->first == JSON_NONE)
			parent->first = at;
		else
			t->nodes[parent->last].next = at;
		parent->last = at;
		parent->count++;
	}
	return true;
}

static bool
add_piece(struct maker *m, const struct json_piece *piece, struct str token)
{
	struct json_node node = {
		.kind = piece->kind, .token = token, .first = JSON_NONE,
		.next = JSON_NONE, .last = JSON_NONE
	};

	switch (piece->kind) {
	case LEX_OPEN:
		node.object = token.p[0] == '{';
		node.token = STR("");
		if (!add_node(m, &node))
			return false;
		m->open = (uint32_t)(m->t->count - 1);
		return true;
	case LEX_CLOSE:
		m->open = m->t->nodes[m->open].parent;
		return true;
	case LEX_KEY:
		m->key = token;
		return true;
	case LEX_STRING:
	case LEX_NUMBER:
	case LEX_WORD:
		return add_node(m, &node);
	case LEX_COMMA:
	case LEX_COLON:
	case LEX_MORE:
	case LEX_BAD:
		break;
	}
	return true;
}

static uint64_t
mix(uint64_t h, uint64_t with)
{
	h = (h ^ with) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

/* Children stand behind their parents, so backwards they are known. */
static void
hash_nodes(struct json_tree *t)
{
	for (size_t i = t->count; i-- > 0; ) {
		struct json_node *n = &t->nodes[i];
		uint64_t h = n->kind == LEX_OPEN ? n->object ? 3 : 5 : 7;

		if (n->kind != LEX_OPEN)
			h = mix(h, str_hash(n->token));
		for (uint32_t c = n->first; c != JSON_NONE;
		    c = t->nodes[c].next) {
			const struct json_node *child = &t->nodes[c];

			if (n->object)
				h += mix(str_hash(child->key), child->hash);
			else
				h = mix(h, child->hash);
		}
		n->hash = mix(h, n->count);
	}
}

bool
json_tree_make(struct json_tree *t, struct str text)
{
	struct maker m = { .t = t, .open = JSON_NONE };
	struct json_lex lex;
	struct json_piece piece;
	struct str rest = text;

	*t = (struct json_tree){ .count = 0 };
	json_lex_init(&lex, false);
	while (json_lex_next(&lex, rest, &piece, NULL) != LEX_MORE) {
		struct str token = str_sub(rest, piece.begin, piece.end);

		if (piece.kind == LEX_BAD || !add_piece(&m, &piece, token))
			break;
		rest = str_skip(rest, piece.end);
	}
	if (piece.kind != LEX_MORE || !json_lex_end(&lex, NULL)) {
		json_tree_fini(t);
		return false;
	}
	assert(t->count > 0 && m.open == JSON_NONE);
	hash_nodes(t);
	return true;
}

void
json_tree_fini(struct json_tree *t)
{
	free(t->nodes);
	*t = (struct json_tree){ .count = 0 };
}
