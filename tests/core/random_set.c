// SPDX-License-Identifier: GPL-2.0-only
/* Random sets of streams on random engines. */

#include "random_set.h"

static struct xrs_model *random_model(struct world *w, struct rng *rng,
				      u64 least)
{
	static const char *const classes[] = { "a", "b", "ab", "ab", "abc" };
	u32 nr[2] = { rng_range(rng, 1, 8), rng_range(rng, 1, 3) };
	u32 i, variants = rng_chance(rng, 20) ? 2 : 1;
	u32 layers = nr[0] + (variants > 1 ? nr[1] : 0);
	const char *class = classes[rng_below(rng, ARRAY_SIZE(classes))];
	struct xrs_cost cost[11 * 3];
	struct xrs_model *m;

	for (i = 0; i < layers * strlen(class); i++)
		cost[i] = (struct xrs_cost){ rng_log(rng, least, least * 40),
					     rng_range(rng, 1, 1000) };
	m = model_new(w, variants, nr, class, cost);
	for (i = 1; i < nr[0]; i++) {
		m->layer[i].out_bytes = rng_below(rng, 100);
		if (rng_chance(rng, 10)) {
			m->layer[i].skip = i;
			m->layer[i].skip_ppm = XRS_PPM / 2;
		} else if (i < 7 && rng_chance(rng, 10)) {
			m->layer[i].exit = i;
			m->layer[i].exit_ppm = XRS_PPM / 4;
		}
	}
	model_seal(m);
	return m;
}

/* The same set for the same seed, but for the periods. */
void set_make(struct set *set)
{
	struct rng rng = { set->seed };
	u32 i, engines = rng_range(&rng, 1, ENGINES);
	struct world *w = world_new(STREAMS);
	bool timed = rng_chance(&rng, 20);

	set->w = w;
	set->missed = 0;
	set->done = 0;
	for (i = 0; i < engines; i++) {
		const char *class = i < 2		   ? (i ? "b" : "a")
				    : rng_chance(&rng, 50) ? "a"
							   : "c";

		world_engine(w, i, engines == 1 ? "a" : class)->bytes_per_us =
			timed ? rng_range(&rng, 10000, 100000) : 0;
	}
	set->nr = set->many ? STREAMS : rng_range(&rng, 1, FEW);
	for (i = 0; i < set->nr; i++) {
		struct xrs_model *m =
			random_model(w, &rng, rng_chance(&rng, 30) ? 50 : 5);
		u32 up = i && rng_chance(&rng, 30) ? rng_below(&rng, i) + 1 : 0;
		struct xrs_stream *s =
			world_stream(w, i, m, up ? set->stream[up - 1] : NULL);
		u64 period = rng_log(&rng, 200, 4000);
		u64 percent =
			rng_chance(&rng, 30) ? rng_range(&rng, 40, 150) : 100;

		s->period_ns = period * set->scale >> 10;
		if (up)
			s->period_ns = set->stream[up - 1]->period_ns;
		s->deadline_ns = max_t(u64, s->period_ns * percent / 100, 1);
		s->trigger_ppm = rng_chance(&rng, 50) ? XRS_PPM : XRS_PPM / 2;
		set->stream[i] = s;
	}
	if (timed)
		world_param(w, XRS_PARAM_SWITCH, XRS_SWITCH_TIMED, 0);
}

/* A frame of stream @index, and those that it triggers. */
void set_submit(struct set *set, struct rng *rng, u32 index, u64 root, u64 now)
{
	struct xrs_stream *s = set->stream[index];
	struct xrs_job *job = world_job(set->w, s, set->frame[root], now,
					now + s->deadline_ns);
	u32 i;

	job->skip_mask = rng_u64(rng);
	job->exit = rng_chance(rng, 20) ? rng_range(rng, 1, 6) : 0;
	assert_int_equal(xrs_core_submit(&set->w->core, job, now), 0);
	for (i = index + 1; i < set->nr; i++) {
		struct rng coin = { set->luck ^ set->frame[root] << 8 ^ i };

		if (set->stream[i]->upstream == s &&
		    rng_below(&coin, XRS_PPM) < set->stream[i]->trigger_ppm)
			set_submit(set, rng, i, root, now);
	}
}
/* What the layer takes, if the models do not lie. */
static u64 true_latency(const struct set *set, const struct event *e)
{
	u64 latency_ns = xrs_job_cost(e->job, e->engine)->latency_ns;

	if (set->liar != e->job->stream)
		return latency_ns;
	return max_t(u64, latency_ns * set->times / set->over, 1);
}

/* When it will be over; what a hung engine begins, never. */
static u64 layer_end(const struct set *set, const struct event *e, u64 now)
{
	if (set->hangs_ns && !e->engine->id && !(now / set->hangs_ns % 2))
		return XRS_NEVER;
	return now + e->engine->switch_ns + true_latency(set, e);
}

/* What the core has asked for. */
void set_obey(struct set *set, u64 now)
{
	struct world *w = set->w;
	size_t i;

	for (i = 0; i < w->nr_log; i++) {
		const struct event *e = &w->log[i];

		if (e->kind == EV_DISPATCH) {
			set->end[e->engine->id] = layer_end(set, e, now);
		} else if (e->job->outcome == XRS_COMPLETED &&
			   now <= e->job->deadline_ns) {
			set->done++;
		} else {
			set->missed++;
		}
	}
	w->nr_log = 0;
}

/* How often frames do come. */
static u64 set_period(const struct set *set, u32 index)
{
	u64 period_ns = set->stream[index]->period_ns;

	return set->wrong == set->stream[index] ? set->wrong_ns : period_ns;
}

u64 set_next_event(const struct set *set)
{
	u64 next = set->w->wake_ns;
	u32 i;

	for (i = 0; i < ENGINES; i++)
		next = min(next, set->end[i]);
	for (i = 0; i < set->nr; i++)
		next = min(next, set->next[i]);
	return next;
}

/*
 * All streams begin with random phases, and then at once; frames come as early
 * as they may, mostly.
 */
void set_run(struct set *set, const char *policy, u64 seed)
{
	struct rng rng = { seed };
	u64 longest = 0, now, i, together;

	set->luck = seed;
	set_make(set);
	if (set->spoil)
		set->spoil(set);
	world_policy(set->w, policy, 0);
	if (set->w->core.engine[0]->bytes_per_us)
		world_param(set->w, XRS_PARAM_SWITCH, XRS_SWITCH_TIMED, 0);
	for (i = 0; i < set->nr; i++)
		longest = max(longest, set->stream[i]->period_ns);
	together = longest * 4;
	for (i = 0; i < ENGINES; i++)
		set->end[i] = XRS_NEVER;
	for (i = 0; i < set->nr; i++) {
		set->frame[i] = 0;
		set->next[i] =
			set->stream[i]->upstream
				? XRS_NEVER
				: rng_below(&rng, set->stream[i]->period_ns);
	}
	while ((now = set_next_event(set)) != XRS_NEVER) {
		for (i = 0; i < ENGINES; i++) {
			struct xrs_engine *e = set->w->core.engine[i];

			if (set->end[i] > now)
				continue;
			set->end[i] = XRS_NEVER;
			xrs_core_layer_done(&set->w->core, e, 1, now);
		}
		for (i = 0; i < set->nr; i++) {
			u64 period = set_period(set, i);

			if (set->next[i] > now)
				continue;
			set_submit(set, &rng, i, i, now);
			set->frame[i]++;
			set->next[i] = now + period;
			if (set->next[i] < together &&
			    set->next[i] + period > together)
				set->next[i] = together;
			else if (rng_chance(&rng, 10))
				set->next[i] += rng_below(&rng, period);
			if (set->frame[i] > 40 || now > longest * 8)
				set->next[i] = XRS_NEVER;
		}
		world_run(set->w, now);
		set_obey(set, now);
	}
	world_free(set->w);
}
