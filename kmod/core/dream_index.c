// SPDX-License-Identifier: GPL-2.0-only
/*
 * The highest MapScore among many ready jobs without a look at each of them.
 *
 * Jobs at the same layer of the same model have all of MapScore in common but
 * their deadlines, how long they have waited, and what a switch costs.  The
 * score never rises with the deadline and never falls with the wait.  So the
 * group's first deadline, its longest wait and its fewest live bytes bound the
 * scores of all its jobs, and so they do for any part of its tree, with the
 * deadline of the job before that part.  Groups and parts whose bound does not
 * beat the best pair so far are left out.
 *
 * Bounds are computed by the functions that scores are computed by: each of
 * these is monotonic in each of its arguments, rounding included, so that the
 * bound holds to the last bit, and the decision is that of a full scan.
 *
 * A job that lies on an idle engine pays for no switch there, which the bound
 * for the others does not allow for: those, one an engine, are looked at first.
 */
#include "dream.h"

const struct xrs_order xrs_dream_order = {
	.by_layer = true,
	.before = xrs_job_before,
};

/**
 * struct kind - What the jobs of a group have in common on an engine
 * @w: parameters
 * @pick: best pair so far
 * @engine: the engine
 * @now_ns: now
 * @togo_ns: ToGo, at most
 * @floor_ns: least slack
 * @mean_ns: mean latency of the layer
 * @lat_pref: LatPref
 * @en_pref: EnPref
 * @energy_pj: energy of the layer
 * @energy: beta * (EnPref - Switch), at most
 */
struct kind {
	const struct xrs_weights *w;
	struct xrs_pick *pick;
	struct xrs_engine *engine;
	u64 now_ns;
	u64 togo_ns;
	u64 floor_ns;
	u64 mean_ns;
	u64 lat_pref;
	u64 en_pref;
	u64 energy_pj;
	s64 energy;
};

static u64 layer_togo(const struct xrs_core *core, const struct xrs_model *model,
		      u32 layer)
{
	const struct xrs_layer_view *view = &model->view[layer];

	return core->param[XRS_PARAM_TOGO] == XRS_TOGO_MIN ?
		       view->togo_min_ns : view->togo_mean_ns;
}

static size_t cell_of(const struct xrs_model *model, u32 layer,
		      const struct xrs_engine *engine)
{
	return (size_t)layer * model->nr_classes + model->row[engine->id];
}

/* The order of a full scan: score, then the jobs' order, then the engine's. */
static void offer(struct xrs_pick *pick, struct xrs_job *job,
		  struct xrs_engine *engine, s64 score)
{
	if (pick->job) {
		if (score != pick->score) {
			if (score < pick->score)
				return;
		} else if (job == pick->job) {
			if (engine->id > pick->engine->id)
				return;
		} else if (!xrs_job_before(job, pick->job)) {
			return;
		}
	}
	pick->job = job;
	pick->engine = engine;
	pick->score = score;
}

static void offer_job(const struct xrs_core *core, const struct xrs_weights *w,
		      struct xrs_pick *pick, struct xrs_job *job,
		      struct xrs_engine *engine, u64 now_ns)
{
	const struct xrs_model *model = job->stream->model;
	size_t at = cell_of(model, job->layer, engine);
	u64 togo_ns = layer_togo(core, model, job->layer);
	s64 score;

	if (core->param[XRS_PARAM_CHAIN])
		togo_ns += job->stream->chain_ns;
	score = xrs_score_urgency(w, togo_ns,
				  xrs_dream_slack(job->deadline_ns,
						  xrs_dream_floor(job), now_ns),
				  model->cell[at].lat_pref);
	score += xrs_score_starv(w, now_ns - job->ready_ns,
				 model->view[job->layer].mean_ns);
	score += xrs_score_energy(w, model->cell[at].en_pref,
				  xrs_switch_pj(job, engine),
				  model->cost[at].energy_pj);
	offer(pick, job, engine, score);
}

/* No job of the group whose deadline and wait are not worse scores more. */
static s64 score_bound(const struct kind *k, u64 deadline_ns, u64 ready_ns)
{
	u64 slack_ns = xrs_dream_slack(deadline_ns, k->floor_ns, k->now_ns);

	return (s64)xrs_score_urgency(k->w, k->togo_ns, slack_ns,
				      k->lat_pref) +
	       (s64)xrs_score_starv(k->w, k->now_ns - ready_ns, k->mean_ns) +
	       k->energy;
}

/*
 * Whether a part of the group's tree may hold a better pair, if its jobs do not
 * come before @from.
 */
static bool may_win(const struct kind *k, const struct xrs_job *from,
		    const struct xrs_job *part)
{
	const struct xrs_pick *pick = k->pick;
	s64 best;

	if (!pick->job)
		return true;
	best = score_bound(k, from->deadline_ns, part->tree.oldest_ns);
	if (best != pick->score)
		return best > pick->score;
	if (from == pick->job)
		return k->engine->id < pick->engine->id;
	return xrs_job_before(from, pick->job);
}

/* Mostly, what bounds the scores of a group's jobs is all that a job's has. */
static void offer_member(const struct xrs_core *core, const struct kind *k,
			 const struct xrs_group *group, struct xrs_job *job)
{
	if (job->live_bytes == group->least_bytes &&
	    job->stream->chain_ns == group->most_chain_ns &&
	    job != k->engine->resident)
		offer(k->pick, job, k->engine,
		      score_bound(k, job->deadline_ns, job->ready_ns));
	else
		offer_job(core, k->w, k->pick, job, k->engine, k->now_ns);
}

/* The group's jobs in order, less the parts of its tree that cannot win. */
static void walk(const struct xrs_core *core, const struct kind *k,
		 const struct xrs_group *group)
{
	struct xrs_job *job = group->root, *from = group->first, *up;

	for (;;) {
		/* Down to the first job of this part. */
		while (job->tree.left && may_win(k, from, job->tree.left))
			job = job->tree.left;
		for (;;) {
			offer_member(core, k, group, job);
			from = job;
			if (job->tree.right &&
			    may_win(k, from, job->tree.right))
				break;
			/* Up to the next job that has its left part done. */
			for (up = job->tree.up; up && up->tree.right == job;
			     up = job->tree.up)
				job = up;
			if (!up)
				return;
			job = up;
		}
		job = job->tree.right;
	}
}

/* What the jobs of a group have in common on an engine. */
static void describe(const struct xrs_core *core, const struct xrs_group *group,
		     struct kind *k)
{
	const struct xrs_model *model = group->model;
	size_t at = cell_of(model, group->layer, k->engine);

	k->togo_ns = layer_togo(core, model, group->layer);
	if (core->param[XRS_PARAM_CHAIN])
		k->togo_ns += group->most_chain_ns;
	k->floor_ns = xrs_dream_floor(group->first);
	k->mean_ns = model->view[group->layer].mean_ns;
	k->lat_pref = model->cell[at].lat_pref;
	k->en_pref = model->cell[at].en_pref;
	k->energy_pj = model->cost[at].energy_pj;
}

/*
 * A bound that holds for a while, on all engines of the kind: a switch costs
 * least where nothing lies on the engine.  The longest while that leaves it
 * well below the best pair so far: groups that are far behind are not looked at for
 * long.
 */
static void remember(const struct xrs_group *group, struct kind *k,
		     struct xrs_bound *bound)
{
	u64 now_ns = k->now_ns;
	u64 slack_ns = xrs_dream_slack(group->first->deadline_ns, k->floor_ns,
				       now_ns);
	u32 shift;

	if (slack_ns >= XRS_NEVER - now_ns)
		return;
	k->energy = xrs_score_energy(k->w, k->en_pref,
				     (u64)group->least_bytes * XRS_PJ_PER_BYTE,
				     k->energy_pj);
	for (shift = 1; shift <= 7; shift += 2) {
		k->now_ns = now_ns + (slack_ns >> shift);
		bound->until_ns = k->now_ns;
		bound->score = score_bound(k, group->first->deadline_ns,
					   group->root->tree.oldest_ns);
		if (k->pick->job &&
		    bound->score + bound->score / 16 < k->pick->score)
			break;
	}
	k->now_ns = now_ns;
}

static void look_at(const struct xrs_core *core, const struct xrs_group *group,
		    struct kind *k, struct xrs_bound *bound)
{
	const struct xrs_job *resident = k->engine->resident;
	u64 bytes = group->least_bytes;

	describe(core, group, k);
	if (bound && bound->until_ns <= k->now_ns)
		remember(group, k, bound);
	/* The resident was looked at; the others have it flushed. */
	if (resident)
		bytes += resident->live_bytes;
	k->energy = xrs_score_energy(k->w, k->en_pref, bytes * XRS_PJ_PER_BYTE,
				     k->energy_pj);
	if (may_win(k, group->first, group->root))
		walk(core, k, group);
}

/* Jobs that lie on idle engines. */
static void look_at_residents(const struct xrs_core *core,
			      const struct xrs_ready *ready,
			      const struct xrs_weights *w, u64 now_ns,
			      struct xrs_pick *pick)
{
	u64 engines;

	for (engines = core->idle; engines; engines &= engines - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(engines)];
		struct xrs_job *job = engine->resident;

		if (job && job->state == XRS_JOB_READY &&
		    job->stale == ready->set &&
		    (xrs_job_engines(core, job) & BIT_ULL(engine->id)))
			offer_job(core, w, pick, job, engine, now_ns);
	}
}

/* The group that promises most: the sooner a good pair is found, the better. */
static u32 most_promising(const struct xrs_ready *ready,
			  const struct xrs_bound *bound)
{
	u32 i, best = 0;

	for (i = 1; i < ready->nr_live; i++)
		if (bound[i].score > bound[best].score)
			best = i;
	return best;
}

/* Groups that may hold a better pair with an engine. */
static void look_for(const struct xrs_core *core, struct xrs_ready *ready,
		     struct kind *k)
{
	const struct xrs_pick *pick = k->pick;
	struct xrs_bound *bound = NULL;
	u64 bit = BIT_ULL(k->engine->id);
	u32 i;

	if (k->engine->kind < XRS_BOUND_KINDS) {
		const struct xrs_group *group;

		bound = &ready->bound[(size_t)k->engine->kind * ready->max];
		i = most_promising(ready, bound);
		group = xrs_group(ready, i);
		if (group->engines & bit)
			look_at(core, group, k, &bound[i]);
	}
	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group;

		if (bound && pick->job && bound[i].until_ns > k->now_ns &&
		    bound[i].score < pick->score)
			continue;
		group = xrs_group(ready, i);
		if (group->engines & bit)
			look_at(core, group, k, bound ? &bound[i] : NULL);
	}
}

/**
 * xrs_dream_index_pick() - the pair with the highest MapScore
 * @core: the core
 * @set: a ready set that is indexed by xrs_dream_order
 * @w: parameters of MapScore
 * @now_ns: now
 * @pick: set, if there is a pair
 *
 * Context: caller's lock.  For each idle engine, of those of a kind on which
 * nothing lies for one, O(groups) comparisons, and O(log n) jobs of each group
 * that has a chance.
 * Return: whether there is a pair.
 */
bool xrs_dream_index_pick(struct xrs_core *core, u32 set,
			  const struct xrs_weights *w, u64 now_ns,
			  struct xrs_pick *pick)
{
	struct xrs_ready *ready = &core->ready[set];
	struct kind k = { .w = w, .pick = pick, .now_ns = now_ns };
	/* Both are millionths, at most 2. */
	u64 bound_for = (u64)core->param[XRS_PARAM_ALPHA] << 32 |
			core->param[XRS_PARAM_BETA];
	u64 engines;

	if (ready->bound_for != bound_for) {
		ready->bound_for = bound_for;
		xrs_ready_forget(ready);
	}
	pick->job = NULL;
	look_at_residents(core, ready, w, now_ns, pick);
	for (engines = xrs_dream_engines(core); engines;
	     engines &= engines - 1) {
		k.engine = core->engine[__ffs64(engines)];
		look_for(core, ready, &k);
	}
	return pick->job;
}

/**
 * xrs_dream_index_queue() - mean ToGo of the other ready jobs up to a deadline
 * @ready: a set that is indexed by xrs_dream_order
 * @job: whose deadline it is, a ready job; of this set, unless it is stale
 *
 * Context: caller's lock.  O(groups * log n).  Return: the sum, or U64_MAX if it
 * is greater.
 */
u64 xrs_dream_index_queue(const struct xrs_ready *ready,
			  const struct xrs_job *job)
{
	u64 sum_ns = 0;
	u32 i, nr;

	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);

		if (group->first->deadline_ns > job->deadline_ns)
			continue;
		nr = xrs_tree_count(group, job->deadline_ns);
		if (!job->stale && group == &ready->group[job->group])
			nr--;
		xrs_add_sat(&sum_ns,
			    xrs_muldiv(group->model->view[group->layer]
					       .togo_mean_ns, nr, 1, U64_MAX));
	}
	return sum_ns;
}

/**
 * xrs_dream_index_victim() - the job that is furthest from its deadline of those
 * at risk that may be dropped
 * @core: the core
 * @set: a ready set that is indexed by xrs_dream_order
 * @now_ns: now
 *
 * At one layer of one model, those at risk are those whose deadline is before
 * some moment, and the first that may be dropped is the furthest from it.
 * Where none is at risk that may be dropped, nothing needs to be looked at
 * again until the first of them would be, or another one becomes ready.
 *
 * Context: caller's lock.  O(groups * log n).
 * Return: the job, or NULL if there is none, or too few are at risk.
 */
struct xrs_job *xrs_dream_index_victim(struct xrs_core *core, u32 set,
				       u64 now_ns)
{
	struct xrs_ready *ready = &core->ready[set];
	u64 enough = core->param[XRS_PARAM_AT_RISK], at_risk = 0;
	u64 safe_until_ns = XRS_NEVER, worst = 0;
	struct xrs_job *victim = NULL;
	u32 i;

	if (now_ns < ready->safe_until_ns)
		return NULL;
	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);
		u64 togo_ns, limit_ns, despair;
		struct xrs_job *job;

		/* At risk: deadline <= limit.  No layer takes no time. */
		togo_ns = group->model->view[group->layer].togo_min_ns;
		limit_ns = now_ns + min(togo_ns - 1, U64_MAX - now_ns);
		if (at_risk < enough && group->first->deadline_ns <= limit_ns)
			at_risk += xrs_tree_count(group, limit_ns);
		job = xrs_tree_may_drop(group);
		if (!job)
			continue;
		if (job->deadline_ns > limit_ns) {
			safe_until_ns = min(safe_until_ns,
					    job->deadline_ns - togo_ns + 1);
			continue;
		}
		despair = xrs_dream_despair(job, now_ns);
		if (victim && (despair != worst ? despair < worst :
						  !xrs_job_before(job, victim)))
			continue;
		victim = job;
		worst = despair;
	}
	if (!victim)
		ready->safe_until_ns = safe_until_ns;
	return at_risk >= enough ? victim : NULL;
}
