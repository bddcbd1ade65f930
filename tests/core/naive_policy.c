// SPDX-License-Identifier: GPL-2.0-only
/* Whether a decision is the one that the policy's rule asks for. */

#include <math.h>

#include "naive.h"

static bool before(const struct njob *a, const struct njob *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	if (a->stream->id != b->stream->id)
		return a->stream->id < b->stream->id;
	return a->frame < b->frame;
}

/* fcfs: those that go on where they are; then by release. */
static bool fcfs_first(const struct naive *n, const struct njob *a,
		       const struct njob *b)
{
	bool a_stays = a->engine >= 0 && naive_idle(n, a, (u32)a->engine);
	bool b_stays = b->engine >= 0 && naive_idle(n, b, (u32)b->engine);

	if (a_stays != b_stays)
		return a_stays;
	if (a->release_ns != b->release_ns)
		return a->release_ns < b->release_ns;
	return before(a, b);
}

static u32 fcfs_where(const struct naive *n, const struct njob *job)
{
	u32 id = 0;

	if (job->engine >= 0 && naive_idle(n, job, (u32)job->engine))
		return (u32)job->engine;
	while (!naive_idle(n, job, id))
		id++;
	return id;
}

static u32 edf_where(const struct naive *n, const struct njob *job)
{
	const struct xrs_model *m = job->stream->model;
	u64 least = U64_MAX;
	u32 best = 0;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		u64 ns;

		if (!naive_idle(n, job, id))
			continue;
		ns = naive_cost(m, job->layer, &n->set, id)->latency_ns;
		if (ns < least) {
			least = ns;
			best = id;
		}
	}
	return best;
}

/*
 * MapScore in long double, and by how much whole ns and Q32 may make the
 * core's differ: a mean by one ns, ToGo by one ns a layer, alpha and beta by
 * 2^-32, the score by 1e-6 of its terms' magnitudes.
 */
static void score(const struct naive *n, struct npick *p)
{
	const struct njob *j = p->job;
	const struct xrs_model *m = j->stream->model;
	const struct xrs_cost *cost =
		naive_cost(m, j->layer, &n->set, p->engine);
	bool fastest = n->param[XRS_PARAM_TOGO] == XRS_TOGO_MIN;
	bool add = n->param[XRS_PARAM_COMBINE] == XRS_COMBINE_ADD;
	long double alpha = n->param[XRS_PARAM_ALPHA] / 1e6L;
	long double beta = n->param[XRS_PARAM_BETA] / 1e6L;
	long double togo = naive_togo(m, j->layer, &n->set, fastest);
	long double mean = naive_mean(m, j->layer, &n->set);
	long double floor =
		naive_floor(m, j->variant ? j->variant - 1 : 0, &n->set);
	long double left =
		j->deadline_ns > n->now_ns ? j->deadline_ns - n->now_ns : 0;
	long double energy = cost->energy_pj ? cost->energy_pj : 1;
	long double urgency = togo / fmaxl(left, floor);
	long double lat_pref =
		(long double)naive_lat_sum(m, j->layer, &n->set) /
		cost->latency_ns;
	long double starv = fminl((n->now_ns - j->ready_ns) / mean, 0x1p20L);
	long double en_pref =
		fminl(naive_en_sum(m, j->layer, &n->set) / energy, 0x1p20L);
	long double switched =
		fminl(naive_switch_pj(n, j, p->engine) / energy, 0x1p20L);
	long double first =
		fminl(add ? urgency + lat_pref : urgency * lat_pref, 0x1p29L);

	p->score = first + alpha * starv + beta * (en_pref - switched);
	p->slop =
		1e-6L * (first + alpha * starv + beta * (en_pref + switched)) +
		urgency * (add ? 1 : lat_pref) *
			((m->nr_layers + 1) / togo + 1 / floor) +
		alpha * starv / mean +
		(starv + en_pref + switched + 16) * 0x1p-32L;
}

/* Whether the two pairs are alike in all that a score is made of. */
static bool alike(const struct naive *n, const struct npick *a,
		  const struct npick *b)
{
	const struct xrs_model *m = a->job->stream->model;
	const struct xrs_cost *x =
		naive_cost(m, a->job->layer, &n->set, a->engine);
	const struct xrs_cost *y =
		naive_cost(m, a->job->layer, &n->set, b->engine);

	return a->job == b->job && x->latency_ns == y->latency_ns &&
	       x->energy_pj == y->energy_pj &&
	       naive_switch_pj(n, a->job, a->engine) ==
		       naive_switch_pj(n, b->job, b->engine);
}

/* True if @other should have been taken rather than @core. */
static bool dream_better(struct naive *n, const struct npick *other,
			 const struct npick *core)
{
	long double slop = other->slop + core->slop;

	/* Exact ties: the lower engine. */
	if (alike(n, other, core))
		return other->engine < core->engine;
	if (other->score <= core->score)
		return false;
	if (other->score <= core->score + slop) {
		n->tally.near_ties++;
		return false;
	}
	return true;
}

static bool dream_right(struct naive *n, bool stale, const struct npick *core)
{
	struct npick taken = *core;
	u32 i, id;

	score(n, &taken);
	if (fabsl(core->score - taken.score) > taken.slop) {
		naive_fail(n,
			   "dream: stream %u on engine %u has score %.12Lg, "
			   "exact %.12Lg",
			   taken.job->stream->id, taken.engine, core->score,
			   taken.score);
		return false;
	}
	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];
		const struct nlist *list = stale ? &s->stale : &s->fresh;
		struct npick other = { 0 };

		if (!list->nr || list->job[0]->state != N_READY)
			continue;
		other.job = list->job[0];
		for (id = 0; id < XRS_MAX_ENGINES; id++) {
			if (!naive_idle(n, other.job, id))
				continue;
			other.engine = id;
			score(n, &other);
			if (!dream_better(n, &other, &taken))
				continue;
			naive_fail(n,
				   "dream: stream %u on engine %u (%.12Lg), "
				   "not stream %u on engine %u (%.12Lg)",
				   taken.job->stream->id, taken.engine,
				   taken.score, other.job->stream->id, id,
				   other.score);
			return false;
		}
	}
	return true;
}

/* rr: the next stream after the one served last, going round. */
static bool rr_first(const struct naive *n, const struct njob *a,
		     const struct njob *b)
{
	bool a_wraps = a->stream->id <= n->rr, b_wraps = b->stream->id <= n->rr;

	return a_wraps != b_wraps ? b_wraps : a->stream->id < b->stream->id;
}

/*
 * llf: least time to the deadline less ToGo on the best engines, which the
 * core rounds by a ns a layer at most: the reference follows it within that.
 */
static bool llf_first(const struct naive *n, const struct njob *a,
		      const struct njob *b)
{
	const struct xrs_model *m = a->stream->model, *k = b->stream->model;
	long double x = a->deadline_ns - naive_togo(m, a->layer, &n->set, true);
	long double y = b->deadline_ns - naive_togo(k, b->layer, &n->set, true);

	return x < y - m->nr_layers - k->nr_layers - 2;
}

/* A job is before another; where the engine then is. */
struct order {
	bool (*first)(const struct naive *n, const struct njob *a,
		      const struct njob *b);
	u32 (*where)(const struct naive *n, const struct njob *job);
};

static bool edf_first(const struct naive *n, const struct njob *a,
		      const struct njob *b)
{
	(void)n;
	return before(a, b);
}

/* A job first, then its engine. */
static bool ordered_right(struct naive *n, bool stale, const struct npick *core,
			  const struct order *order)
{
	struct npick want = { .job = core->job };
	u32 i, id;

	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];
		const struct nlist *list = stale ? &s->stale : &s->fresh;
		struct njob *job = list->nr ? list->job[0] : NULL;

		if (!job || job->state != N_READY)
			continue;
		for (id = 0; id < XRS_MAX_ENGINES; id++)
			if (naive_idle(n, job, id))
				break;
		if (id == XRS_MAX_ENGINES)
			continue;
		if (order->first(n, job, want.job))
			want.job = job;
	}
	want.engine = order->where(n, want.job);
	if (want.job == core->job && want.engine == core->engine)
		return true;
	naive_fail(n, "%s: stream %u on engine %u, not stream %u on engine %u",
		   n->policy->name, core->job->stream->id, core->engine,
		   want.job->stream->id, want.engine);
	return false;
}

static u32 nr_choices(const struct naive *n, bool stale)
{
	u32 nr = 0;
	u32 i, id;

	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];
		const struct nlist *list = stale ? &s->stale : &s->fresh;

		if (!list->nr || list->job[0]->state != N_READY)
			continue;
		for (id = 0; id < XRS_MAX_ENGINES; id++)
			if (naive_idle(n, list->job[0], id))
				break;
		nr += id < XRS_MAX_ENGINES;
	}
	return nr;
}

/* Whether @core is what the rule asks for of the ready jobs of one kind. */
bool naive_pick_right(struct naive *n, bool stale, const struct npick *core)
{
	static const struct {
		const char *name;
		u32 tally;
		struct order order;
	} orders[] = {
		{ "rr", 3, { rr_first, edf_where } },
		{ "llf", 4, { llf_first, edf_where } },
		{ "edf", 1, { edf_first, edf_where } },
		{ "fcfs", 0, { fcfs_first, fcfs_where } },
	};
	bool contested = nr_choices(n, stale) > 1;
	u32 i;

	n->tally.stale += stale;
	if (!naive_idle(n, core->job, core->engine)) {
		naive_fail(n,
			   "stream %u on engine %u, which is not idle or "
			   "cannot run it",
			   core->job->stream->id, core->engine);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		bool right;

		if (strcmp(n->policy->name, orders[i].name))
			continue;
		n->tally.contested[orders[i].tally] += contested;
		right = ordered_right(n, stale, core, &orders[i].order);
		if (!i)
			n->rr = core->job->stream->id;
		return right;
	}
	if (!strcmp(n->policy->name, "dream-mapscore")) {
		n->tally.contested[2] += contested;
		return dream_right(n, stale, core);
	}
	/* any pair that is one; what is the right one is for the unit tests */
	n->tally.contested[5] += contested;
	return true;
}
