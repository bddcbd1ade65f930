// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ready set and its index; see xrs_ready.h.
 */
#include "internal.h"
#include "policies.h"

/* ----- groups ----------------------------------------------------------- */

/* Where a model remembers, plus one, the group of its layer. */
static u32 *layer_slot(const struct xrs_ready *ready,
		       const struct xrs_model *model, u32 layer)
{
	return &model->group[(size_t)ready->set * model->nr_layers + layer];
}

/* A job has come to a group: what was known of it does not hold any more. */
static void forget_bounds(struct xrs_ready *ready, u32 slot)
{
	u32 kind;

	for (kind = 0; kind < XRS_BOUND_KINDS; kind++)
		ready->bound[(size_t)kind * ready->max + slot].until_ns = 0;
}

/**
 * xrs_ready_forget() - bounds of groups do not hold any more
 * @ready: the set
 *
 * Context: caller's lock.  O(groups).
 */
void xrs_ready_forget(struct xrs_ready *ready)
{
	u32 i;

	for (i = 0; i < ready->nr_live; i++)
		forget_bounds(ready, i);
}

static struct xrs_group *group_new(struct xrs_ready *ready, u32 *index)
{
	struct xrs_group *group;

	*index = ready->live[ready->nr_live];
	group = &ready->group[*index];
	memset(group, 0, sizeof(*group));
	group->slot = ready->nr_live++;
	group->least_bytes = ~0U;
	return group;
}

static void group_free(struct xrs_ready *ready, struct xrs_group *group)
{
	u32 last = --ready->nr_live, slot = group->slot;
	u32 index = ready->live[slot], kind;

	if (group->model)
		*layer_slot(ready, group->model, group->layer) = 0;
	ready->live[slot] = ready->live[last];
	ready->live[last] = index;
	ready->group[ready->live[slot]].slot = slot;
	for (kind = 0; kind < XRS_BOUND_KINDS; kind++) {
		struct xrs_bound *bound =
			&ready->bound[(size_t)kind * ready->max];

		bound[slot] = bound[last];
	}
}

static struct xrs_group *group_of_layer(struct xrs_ready *ready,
					struct xrs_job *job)
{
	struct xrs_model *model = job->stream->model;
	u32 *slot = layer_slot(ready, model, job->layer);
	struct xrs_group *group;

	if (*slot) {
		job->group = *slot - 1;
		return &ready->group[job->group];
	}
	group = group_new(ready, &job->group);
	group->model = model;
	group->layer = job->layer;
	group->engines = model->engines;
	*slot = job->group + 1;
	return group;
}

/* There are about as many as combinations of classes, and engines. */
static struct xrs_group *group_of_place(struct xrs_ready *ready,
					struct xrs_job *job)
{
	u64 engines = job->stream->model->engines;
	u32 place = ready->order->place ? ready->order->place(job) :
					  XRS_MAX_ENGINES;
	struct xrs_group *group;
	u32 i;

	for (i = 0; i < ready->nr_live; i++) {
		group = &ready->group[ready->live[i]];
		if (group->engines == engines && group->place == place) {
			job->group = ready->live[i];
			return group;
		}
	}
	group = group_new(ready, &job->group);
	group->engines = engines;
	group->place = place;
	return group;
}

/* It may be dropped as soon as it is at risk (DREAM). */
static void may_be_dropped(struct xrs_ready *ready, const struct xrs_job *job)
{
	u64 togo_ns = job->stream->model->view[job->layer].togo_min_ns;
	u64 at_risk_ns = 0;

	if (togo_ns <= job->deadline_ns)
		at_risk_ns = job->deadline_ns - togo_ns + 1;
	ready->safe_until_ns = min(ready->safe_until_ns, at_risk_ns);
}

static void index_add(struct xrs_ready *ready, struct xrs_job *job)
{
	struct xrs_group *group = ready->order->by_layer ?
					  group_of_layer(ready, job) :
					  group_of_place(ready, job);

	group->least_bytes = min(group->least_bytes, job->live_bytes);
	group->most_chain_ns = max(group->most_chain_ns, job->stream->chain_ns);
	job->tree.may_drop = xrs_may_drop_early(job->stream);
	if (job->tree.may_drop)
		may_be_dropped(ready, job);
	if (ready->order->by_layer)
		forget_bounds(ready, group->slot);
	xrs_tree_insert(group, job, ready->order->before);
}

static void index_build(struct xrs_core *core, struct xrs_ready *ready)
{
	u32 i;

	ready->order = core->policy->order;
	ready->safe_until_ns = 0;
	for (i = 0; i < ready->nr; i++)
		index_add(ready, ready->job[i]);
}

static void index_drop(struct xrs_ready *ready)
{
	u32 i;

	ready->order = NULL;
	for (i = 0; i < ready->nr; i++)
		ready->job[i]->group = XRS_NO_GROUP;
	while (ready->nr_live)
		group_free(ready, &ready->group[ready->live[0]]);
}

/**
 * xrs_ready_unindex() - forget the indices, before something changes that they
 * depend on
 * @core: the core
 *
 * Context: caller's lock.  O(n); xrs_ready_reindex() follows.
 */
void xrs_ready_unindex(struct xrs_core *core)
{
	u32 set;

	for (set = 0; set < 2; set++)
		if (core->ready[set].order)
			index_drop(&core->ready[set]);
}

/**
 * xrs_ready_reindex() - make the indices anew, as the policy wants them now
 * @core: the core
 *
 * To be called when something has changed by which ready jobs are grouped or
 * ordered: policy, engines, models' views.
 *
 * Context: caller's lock.  O(n log n).
 */
void xrs_ready_reindex(struct xrs_core *core)
{
	u32 set;

	xrs_ready_unindex(core);
	for (set = 0; set < 2; set++)
		if (core->policy->order &&
		    core->ready[set].nr >= core->index_min)
			index_build(core, &core->ready[set]);
}

/* ----- jobs ------------------------------------------------------------- */

/**
 * xrs_index_insert() - many jobs are ready, and another one
 * @core: the core
 * @job: the job, in its set
 *
 * Context: caller's lock.  O(log n), or O(n log n) if the index is made now.
 */
void xrs_index_insert(struct xrs_core *core, struct xrs_job *job)
{
	struct xrs_ready *ready = &core->ready[job->stale];

	if (ready->order)
		index_add(ready, job);
	else if (core->policy->order)
		index_build(core, ready);
}

/**
 * xrs_index_erase() - a job of an indexed set is not ready any more
 * @core: the core
 * @job: the job, not in its set any more
 *
 * Context: caller's lock.  O(log n), or O(n) if the index is given up.
 */
void xrs_index_erase(struct xrs_core *core, struct xrs_job *job)
{
	struct xrs_ready *ready = &core->ready[job->stale];

	xrs_tree_erase(&ready->group[job->group], job);
	if (!ready->group[job->group].root)
		group_free(ready, &ready->group[job->group]);
	job->group = XRS_NO_GROUP;
	/* Not at once below the threshold: the number may go up and down. */
	if (ready->nr < core->index_min / 2)
		index_drop(ready);
}

/**
 * xrs_index_first() - the first job of an indexed set that can run
 * @core: the core
 * @ready: an indexed set, grouped by engines and places
 * @stays: set to whether the engine that it wants to have is idle: such jobs
 *         come before all others
 *
 * Context: caller's lock.  O(groups).  Return: the job, or NULL.
 */
struct xrs_job *xrs_index_first(const struct xrs_core *core,
				const struct xrs_ready *ready, bool *stays)
{
	struct xrs_job *best = NULL;
	u32 i;

	*stays = false;
	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);
		u64 engines = core->idle & group->engines;
		bool group_stays;

		if (!engines)
			continue;
		group_stays = group->place < XRS_MAX_ENGINES &&
			      (engines & BIT_ULL(group->place));
		if (best && (group_stays != *stays ? *stays :
			     !ready->order->before(group->first, best)))
			continue;
		best = group->first;
		*stays = group_stays;
	}
	return best;
}

/**
 * xrs_index_bounds_changed() - xrs_ready_bounds_changed() where many are ready
 * @core: the core, its fresh jobs indexed
 * @stream: the stream
 *
 * Context: caller's lock.
 */
void xrs_index_bounds_changed(struct xrs_core *core, struct xrs_stream *stream)
{
	struct xrs_ready *ready = &core->ready[0];
	struct xrs_job *job;
	bool may_drop;

	if (list_empty(&stream->fresh))
		return;
	job = list_first_entry(&stream->fresh, struct xrs_job, node);
	if (job->state != XRS_JOB_READY)
		return;
	may_drop = xrs_may_drop_early(stream);
	if (may_drop == job->tree.may_drop)
		return;
	job->tree.may_drop = may_drop;
	xrs_tree_touch(job);
	if (may_drop)
		may_be_dropped(ready, job);
}

/* ----- memory ----------------------------------------------------------- */

/**
 * xrs_ready_bytes() - memory that xrs_ready_move() wants
 * @max_streams: at most so many jobs are ready
 *
 * Context: any.  Return: a multiple of 8.
 */
size_t xrs_ready_bytes(u32 max_streams)
{
	return max_streams * (sizeof(struct xrs_job *) +
			      sizeof(struct xrs_group) +
			      XRS_BOUND_KINDS * sizeof(struct xrs_bound)) +
	       (max_streams + 1) / 2 * 8;
}

/**
 * xrs_ready_move() - give a ready set other memory
 * @ready: the set
 * @mem: xrs_ready_bytes() of memory, aligned to 8
 * @max_streams: jobs there is room for; not fewer than there are
 *
 * The memory that it had is not used any more.
 *
 * Context: caller's lock.  Return: end of what was taken of @mem.
 */
void *xrs_ready_move(struct xrs_ready *ready, void *mem, u32 max_streams)
{
	struct xrs_job **job = mem;
	struct xrs_group *group = (struct xrs_group *)(job + max_streams);
	struct xrs_bound *bound = (struct xrs_bound *)(group + max_streams);
	u32 *live = (u32 *)(bound + (size_t)XRS_BOUND_KINDS * max_streams);
	u32 i;

	if (ready->nr)
		memcpy(job, ready->job, ready->nr * sizeof(*job));
	if (ready->max) {
		memcpy(group, ready->group, ready->max * sizeof(*group));
		memcpy(live, ready->live, ready->max * sizeof(*live));
	}
	for (i = ready->max; i < max_streams; i++)
		live[i] = i;
	ready->job = job;
	ready->group = group;
	ready->live = live;
	ready->bound = bound;
	ready->max = max_streams;
	xrs_ready_forget(ready);
	return (char *)mem + xrs_ready_bytes(max_streams);
}
