// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of ready jobs: search trees that are heaps by a random rank, which
 * keeps them flat.  Ranks come from streams' ids, so that the same jobs always
 * make the same tree.
 */
#include "xrs_core.h"

static u32 rank_of(const struct xrs_job *job)
{
	u32 hash = job->stream->id;

	hash = (hash ^ hash >> 16) * 0x85ebca6bU;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35U;
	return hash ^ hash >> 16;
}

/* What a job knows of those below it. */
static void sum_up(struct xrs_job *job)
{
	struct xrs_node *node = &job->tree;

	node->nr = 1;
	node->nr_may_drop = node->may_drop;
	node->oldest_ns = job->ready_ns;
	if (node->left) {
		node->nr += node->left->tree.nr;
		node->nr_may_drop += node->left->tree.nr_may_drop;
		node->oldest_ns = min(node->oldest_ns,
				      node->left->tree.oldest_ns);
	}
	if (node->right) {
		node->nr += node->right->tree.nr;
		node->nr_may_drop += node->right->tree.nr_may_drop;
		node->oldest_ns = min(node->oldest_ns,
				      node->right->tree.oldest_ns);
	}
}

/**
 * xrs_tree_touch() - what others know of a job has changed
 * @job: a job in a tree, or NULL
 *
 * Context: caller's lock.  O(log n).
 */
void xrs_tree_touch(struct xrs_job *job)
{
	for (; job; job = job->tree.up)
		sum_up(job);
}

/* @job, or nothing, takes the place of @old below @up. */
static void hang(struct xrs_group *group, struct xrs_job *up,
		 const struct xrs_job *old, struct xrs_job *job)
{
	if (job)
		job->tree.up = up;
	if (!up)
		group->root = job;
	else if (up->tree.left == old)
		up->tree.left = job;
	else
		up->tree.right = job;
}

/* A job changes places with the one above it; the order stays. */
static void rotate_up(struct xrs_group *group, struct xrs_job *job)
{
	struct xrs_job *up = job->tree.up, *between;

	hang(group, up->tree.up, up, job);
	if (up->tree.left == job) {
		between = job->tree.right;
		job->tree.right = up;
		up->tree.left = between;
	} else {
		between = job->tree.left;
		job->tree.left = up;
		up->tree.right = between;
	}
	if (between)
		between->tree.up = up;
	up->tree.up = job;
	sum_up(up);
	sum_up(job);
}

/**
 * xrs_tree_insert() - add a job to a group's tree
 * @group: the group
 * @job: a job that is in no tree; its tree.may_drop is set
 * @before: the tree's order
 *
 * Context: caller's lock.  O(log n).
 */
void xrs_tree_insert(struct xrs_group *group, struct xrs_job *job,
		     bool (*before)(const struct xrs_job *a,
				    const struct xrs_job *b))
{
	struct xrs_job **link = &group->root, *up = NULL;
	bool first = true;

	while (*link) {
		up = *link;
		if (before(job, up)) {
			link = &up->tree.left;
		} else {
			link = &up->tree.right;
			first = false;
		}
	}
	job->tree.left = NULL;
	job->tree.right = NULL;
	job->tree.rank = rank_of(job);
	job->tree.up = up;
	*link = job;
	if (first)
		group->first = job;
	xrs_tree_touch(job);
	while (job->tree.up && job->tree.up->tree.rank < job->tree.rank)
		rotate_up(group, job);
}

/**
 * xrs_tree_erase() - take a job out of its group's tree
 * @group: the group
 * @job: one of its jobs
 *
 * Context: caller's lock.  O(log n).
 */
void xrs_tree_erase(struct xrs_group *group, struct xrs_job *job)
{
	struct xrs_node *node = &job->tree;

	if (group->first == job)
		group->first = xrs_tree_next(job);
	while (node->left || node->right) {
		if (!node->right ||
		    (node->left &&
		     node->left->tree.rank > node->right->tree.rank))
			rotate_up(group, node->left);
		else
			rotate_up(group, node->right);
	}
	hang(group, node->up, job, NULL);
	xrs_tree_touch(node->up);
}

/**
 * xrs_tree_next() - the job that comes after another in their group
 * @job: a job in a tree
 *
 * Context: caller's lock.  Return: the job, or NULL.
 */
struct xrs_job *xrs_tree_next(const struct xrs_job *job)
{
	struct xrs_job *next = job->tree.right;

	if (next) {
		while (next->tree.left)
			next = next->tree.left;
		return next;
	}
	next = job->tree.up;
	while (next && next->tree.right == job) {
		job = next;
		next = next->tree.up;
	}
	return next;
}

/**
 * xrs_tree_count() - how many jobs have a deadline that is not later
 * @group: a group in the order of xrs_job_before()
 * @deadline_ns: than this
 *
 * Context: caller's lock.  O(log n).  Return: the number.
 */
u32 xrs_tree_count(const struct xrs_group *group, u64 deadline_ns)
{
	const struct xrs_job *job = group->root;
	u32 nr = 0;

	while (job) {
		if (job->deadline_ns > deadline_ns) {
			job = job->tree.left;
			continue;
		}
		nr += 1 + (job->tree.left ? job->tree.left->tree.nr : 0);
		job = job->tree.right;
	}
	return nr;
}

/**
 * xrs_tree_from() - the first job whose deadline is not earlier
 * @group: a group in the order of xrs_job_before()
 * @deadline_ns: than this
 *
 * Context: caller's lock.  O(log n).  Return: the job, or NULL.
 */
struct xrs_job *xrs_tree_from(const struct xrs_group *group, u64 deadline_ns)
{
	struct xrs_job *job = group->root, *from = NULL;

	while (job) {
		if (job->deadline_ns >= deadline_ns) {
			from = job;
			job = job->tree.left;
		} else {
			job = job->tree.right;
		}
	}
	return from;
}

/**
 * xrs_tree_may_drop() - the first job that may be dropped early
 * @group: the group
 *
 * Context: caller's lock.  O(log n).  Return: the job, or NULL.
 */
struct xrs_job *xrs_tree_may_drop(const struct xrs_group *group)
{
	struct xrs_job *job = group->root;

	while (job && job->tree.nr_may_drop) {
		struct xrs_job *left = job->tree.left;

		if (!(left && left->tree.nr_may_drop) && job->tree.may_drop)
			return job;
		job = left && left->tree.nr_may_drop ? left : job->tree.right;
	}
	return NULL;
}
