/* SPDX-License-Identifier: MIT */
/*
 * JSON compared by structure: members by their keys wherever they stand,
 * elements by what they are.  Every token is shown as it was written.
 */
#include "diff.h"

#include <assert.h>

#include "diff_script.h"
#include "json_tree.h"
#include "sluice/base/mem.h"

#define INDENT		2u
#define INDENT_MAX	40u
#define LINE_MAX_BYTES	4096u		/* of a token; then it is cut */
#define LOOKS_MAX	(4u * 1000 * 1000)	/* at keys */

enum part { PART_WHOLE, PART_OPEN, PART_CLOSE };

struct json_diff {
	struct diff *d;
	struct json_tree a, b;
	struct buf left, right;
	uint32_t a_line, b_line;
	bool *taken;			/* nodes of b that have a partner */
	size_t looks;
};

static void compare(struct json_diff *j, uint32_t a, uint32_t b,
    unsigned depth);

static const struct json_node *
node_of(const struct json_tree *t, uint32_t at)
{
	return at != JSON_NONE ? &t->nodes[at] : NULL;
}

static void
put_line(struct buf *out, const struct json_node *n, unsigned depth,
    enum part part)
{
	size_t indent = depth * INDENT;

	buf_clear(out);
	if (n == NULL)
		return;
	if (indent > INDENT_MAX)
		indent = INDENT_MAX;
	for (size_t i = 0; i < indent; i++)
		buf_putc(out, ' ');
	if (n->key.p != NULL && part != PART_CLOSE) {
		buf_put(out, str_sub(n->key, 0, LINE_MAX_BYTES));
		buf_put(out, STR(": "));
	}
	if (n->kind != LEX_OPEN)
		buf_put(out, str_sub(n->token, 0, LINE_MAX_BYTES));
	else if (part == PART_OPEN)
		buf_putc(out, n->object ? '{' : '[');
	else if (part == PART_CLOSE)
		buf_putc(out, n->object ? '}' : ']');
	else
		buf_put(out, n->object ? STR("{}") : STR("[]"));
	if (n->next != JSON_NONE && part != PART_OPEN)
		buf_putc(out, ',');
}

static void
emit(struct json_diff *j, enum diff_kind kind, const struct json_node *a,
    const struct json_node *b, unsigned depth, enum part part)
{
	put_line(&j->left, a, depth, part);
	put_line(&j->right, b, depth, part);
	diff_add_line(j->d, kind, buf_str(&j->left), buf_str(&j->right),
	    a != NULL ? ++j->a_line : 0, b != NULL ? ++j->b_line : 0);
}

/* All of a node that only one side has.  Depth is bounded by the lexer. */
static void
emit_all(struct json_diff *j, bool left, uint32_t at, unsigned depth)
{
	const struct json_tree *t = left ? &j->a : &j->b;
	const struct json_node *n = &t->nodes[at];
	enum diff_kind kind = left ? ROW_GONE : ROW_NEW;
	bool nested = n->kind == LEX_OPEN && n->count > 0;

	emit(j, kind, left ? n : NULL, left ? NULL : n, depth,
	    nested ? PART_OPEN : PART_WHOLE);
	if (!nested)
		return;
	for (uint32_t c = n->first; c != JSON_NONE; c = t->nodes[c].next)
		emit_all(j, left, c, depth + 1);
	emit(j, kind, left ? n : NULL, left ? NULL : n, depth, PART_CLOSE);
}

/*
 * The member of b with this key that has no partner yet, looked for from
 * `from` on and around the end: members are mostly in the same order.
 */
static uint32_t
partner(struct json_diff *j, const struct json_node *b, struct str key,
    uint32_t from)
{
	uint32_t at = from != JSON_NONE ? from : b->first;

	for (uint32_t i = 0; i < b->count; i++) {
		const struct json_node *n = &j->b.nodes[at];

		if (++j->looks > LOOKS_MAX)
			return JSON_NONE;
		if (!j->taken[at] && str_eq(n->key, key))
			return at;
		at = n->next != JSON_NONE ? n->next : b->first;
	}
	return JSON_NONE;
}

/* Members that only b has, as they stand before its next matched one. */
static void
emit_new(struct json_diff *j, uint32_t at, unsigned depth)
{
	for (; at != JSON_NONE && !j->taken[at]; at = j->b.nodes[at].next)
		emit_all(j, false, at, depth);
}

static void
compare_members(struct json_diff *j, const struct json_node *a,
    const struct json_node *b, unsigned depth)
{
	uint32_t *found = mem_array(NULL, a->count + 1, sizeof(*found));
	uint32_t from = b->first, i = 0;

	for (uint32_t c = a->first; c != JSON_NONE; c = j->a.nodes[c].next) {
		found[i] = partner(j, b, j->a.nodes[c].key, from);
		if (found[i] != JSON_NONE) {
			j->taken[found[i]] = true;
			from = j->b.nodes[found[i]].next;
		}
		i++;
	}
	/* What only b has comes behind what only a has in that place. */
	from = b->first;
	i = 0;
	for (uint32_t c = a->first; c != JSON_NONE; c = j->a.nodes[c].next) {
		if (found[i] == JSON_NONE) {
			emit_all(j, true, c, depth);
		} else {
			emit_new(j, from, depth);
			compare(j, c, found[i], depth);
			from = j->b.nodes[found[i]].next;
		}
		i++;
	}
	emit_new(j, from, depth);
	free(found);
}

/* The children of a node and their hashes. */
static uint32_t *
children(const struct json_tree *t, const struct json_node *n,
    uint64_t **hashes)
{
	uint32_t *list = mem_array(NULL, n->count + 1, sizeof(*list)), i = 0;

	*hashes = mem_array(NULL, n->count + 1, sizeof(**hashes));
	for (uint32_t c = n->first; c != JSON_NONE; c = t->nodes[c].next) {
		(*hashes)[i] = t->nodes[c].hash;
		list[i++] = c;
	}
	assert(i == n->count);
	return list;
}

static void
compare_elements(struct json_diff *j, const struct json_node *a,
    const struct json_node *b, unsigned depth)
{
	uint64_t *a_hashes, *b_hashes;
	uint32_t *left = children(&j->a, a, &a_hashes);
	uint32_t *right = children(&j->b, b, &b_hashes);
	struct diff_script s;

	diff_script_make(&s, a_hashes, a->count, b_hashes, b->count);
	for (size_t i = 0; i < s.count; ) {
		const struct diff_edit *e = &s.edits[i];
		size_t gone = 0, fresh = 0;

		if (e->op == DIFF_SAME) {
			compare(j, left[e->a], right[e->b], depth);
			i++;
			continue;
		}
		for (; i < s.count && s.edits[i].op == DIFF_GONE; i++)
			gone++;
		for (; i < s.count && s.edits[i].op == DIFF_NEW; i++)
			fresh++;
		for (size_t k = 0; k < gone || k < fresh; k++) {
			if (k < gone && k < fresh)
				compare(j, left[e->a + k], right[e->b + k],
				    depth);
			else if (k < gone)
				emit_all(j, true, left[e->a + k], depth);
			else
				emit_all(j, false, right[e->b + k], depth);
		}
	}
	diff_script_fini(&s);
	free(left);
	free(right);
	free(a_hashes);
	free(b_hashes);
}

static void
compare(struct json_diff *j, uint32_t at, uint32_t bt, unsigned depth)
{
	const struct json_node *a = node_of(&j->a, at);
	const struct json_node *b = node_of(&j->b, bt);
	bool nested = a->kind == LEX_OPEN && b->kind == LEX_OPEN &&
	    a->object == b->object;

	if (!nested && (a->kind == LEX_OPEN || b->kind == LEX_OPEN)) {
		emit_all(j, true, at, depth);
		emit_all(j, false, bt, depth);
	} else if (!nested) {
		emit(j, str_eq(a->token, b->token) ? ROW_SAME : ROW_PAIR, a, b,
		    depth, PART_WHOLE);
	} else if (a->count == 0 && b->count == 0) {
		emit(j, ROW_SAME, a, b, depth, PART_WHOLE);
	} else {
		emit(j, ROW_SAME, a, b, depth, PART_OPEN);
		if (a->object)
			compare_members(j, a, b, depth + 1);
		else
			compare_elements(j, a, b, depth + 1);
		emit(j, ROW_SAME, a, b, depth, PART_CLOSE);
	}
}

bool
diff_json(struct diff *d, struct str a, struct str b)
{
	struct json_diff j = { .d = d };
	bool good = json_tree_make(&j.a, a) && json_tree_make(&j.b, b);

	if (good) {
		j.taken = mem_zalloc(j.b.count);
		buf_init(&j.left, 3 * LINE_MAX_BYTES);
		buf_init(&j.right, 3 * LINE_MAX_BYTES);
		compare(&j, 0, 0, 0);
		buf_fini(&j.left);
		buf_fini(&j.right);
		free(j.taken);
	}
	json_tree_fini(&j.a);
	json_tree_fini(&j.b);
	return good;
}
