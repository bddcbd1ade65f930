/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ready set: a dense array, and once many jobs are ready an index beside
 * it, so that policies need not look at each of them.
 */
#ifndef XRS_READY_H
#define XRS_READY_H

#include "xrs_heap.h"
#include "xrs_shim.h"

struct xrs_core;
struct xrs_job;
struct xrs_model;
struct xrs_stream;

/**
 * DOC: Index
 *
 * With few ready jobs, a policy scans all of them: nothing is faster.  From
 * XRS_INDEX_MIN on, jobs are also kept in groups whose jobs are alike in what
 * matters to the policy, each group a tree in the policy's order.  What is to
 * be decided then is which group, by its first job or by a bound for all of
 * them.  A policy says how it groups and orders (struct xrs_order); one that
 * does not has no index and always scans.
 *
 * Scan and index decide the same, for any set: tests/core compares them.
 *
 * A job is in its group from when it becomes ready until it is not, so what
 * xrs_order.before looks at must not change meanwhile.  When it does (engines
 * come or go, a model's view is made anew), xrs_ready_reindex() follows.
 */

/** define XRS_INDEX_MIN - Ready jobs from which on they are indexed. */
#define XRS_INDEX_MIN 32

/** define XRS_BOUND_KINDS - Kinds of engines that groups' bounds are kept for. */
#define XRS_BOUND_KINDS 4

/** define XRS_NO_GROUP - A job that is not indexed. */
#define XRS_NO_GROUP (~0U)

/**
 * struct xrs_order - How a policy wants ready jobs indexed
 * @by_layer: jobs of one model and layer are a group; otherwise those that the
 *            same engines can run
 * @place: engine that a job wants to have, XRS_MAX_ENGINES if none; jobs of a
 *         group want the same.  May be NULL.  Not with @by_layer.
 * @before: order of a group's jobs; total, and the same as long as the jobs
 *          are ready
 */
struct xrs_order {
	bool by_layer;
	u32 (*place)(const struct xrs_job *job);
	bool (*before)(const struct xrs_job *a, const struct xrs_job *b);
};

/**
 * struct xrs_node - A job's place in a tree
 * @up: job above
 * @left: jobs before it
 * @right: jobs after it
 * @oldest_ns: least ready_ns of it and those below
 * @rank: keeps the tree flat: never greater than that of @up
 * @nr: it and those below
 * @may_drop: its stream's bounds allow an early drop
 * @nr_may_drop: how many of @nr have @may_drop
 */
struct xrs_node {
	struct xrs_job *up;
	struct xrs_job *left;
	struct xrs_job *right;
	u64 oldest_ns;
	u32 rank;
	u32 nr;
	bool may_drop;
	u32 nr_may_drop;
};

/**
 * struct xrs_group - Ready jobs that are alike
 * @root: of their tree
 * @first: first of them in the policy's order
 * @model: their model, if they are grouped by layer
 * @engines: engines that are up and can run them
 * @layer: their next layer, if they are grouped by that
 * @place: what xrs_order.place says of them
 * @least_bytes: none of them has fewer live bytes
 * @most_chain_ns: no stream of them has more chain_ns
 * @slot: its place in xrs_ready.live
 */
struct xrs_group {
	struct xrs_job *root;
	struct xrs_job *first;
	struct xrs_model *model;
	u64 engines;
	u32 layer;
	u32 place;
	u32 least_bytes;
	u64 most_chain_ns;
	u32 slot;
};

/**
 * struct xrs_bound - What a policy knows of a group on a kind of engines
 * @until_ns: how long it holds, unless a job comes to the group; 0: it does not
 * @score: no job of the group scores more
 */
struct xrs_bound {
	u64 until_ns;
	s64 score;
};

/**
 * struct xrs_ready - Ready jobs, dense
 * @job: array, in no particular order
 * @nr: how many
 * @set: index of this set in the core
 * @order: what the index is made for, NULL: there is none now
 * @group: memory of groups; jobs know theirs by index
 * @live: indices of groups: first those that have jobs
 * @nr_live: how many have
 * @bound: policies' own: bounds of groups, [kind * max + place in @live]
 * @bound_for: policies' own: what the bounds depend on
 * @max: how many jobs and groups there is memory for
 * @safe_until_ns: before then no job is at risk that may be dropped early; set
 *                 by policies, lowered as such jobs come
 */
struct xrs_ready {
	struct xrs_job **job;
	u32 nr;
	u32 set;
	const struct xrs_order *order;
	struct xrs_group *group;
	u32 *live;
	u32 nr_live;
	struct xrs_bound *bound;
	u64 bound_for;
	u32 max;
	u64 safe_until_ns;
};

void xrs_index_insert(struct xrs_core *core, struct xrs_job *job);
void xrs_index_erase(struct xrs_core *core, struct xrs_job *job);
void xrs_index_bounds_changed(struct xrs_core *core,
			      struct xrs_stream *stream);
void xrs_ready_forget(struct xrs_ready *ready);
void xrs_ready_unindex(struct xrs_core *core);
void xrs_ready_reindex(struct xrs_core *core);

size_t xrs_ready_bytes(u32 max_streams);
void *xrs_ready_move(struct xrs_ready *ready, void *mem, u32 max_streams);

void xrs_tree_insert(struct xrs_group *group, struct xrs_job *job,
		     bool (*before)(const struct xrs_job *a,
				    const struct xrs_job *b));
void xrs_tree_erase(struct xrs_group *group, struct xrs_job *job);
void xrs_tree_touch(struct xrs_job *job);
u32 xrs_tree_count(const struct xrs_group *group, u64 deadline_ns);
struct xrs_job *xrs_tree_from(const struct xrs_group *group, u64 deadline_ns);
struct xrs_job *xrs_tree_may_drop(const struct xrs_group *group);
struct xrs_job *xrs_tree_next(const struct xrs_job *job);

#endif /* XRS_READY_H */
