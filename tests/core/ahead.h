/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of lookahead share. */
#ifndef XRS_TEST_AHEAD_H
#define XRS_TEST_AHEAD_H

#include "common.h"

static inline struct xrs_job *enqueue(struct world *w, struct xrs_stream *s,
				      u64 deadline)
{
	struct xrs_job *j =
		world_job(w, s, s->next_frame, w->core.now_ns, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, w->core.now_ns), 0);
	return j;
}

/* As world_stream(), with a period: a miss weighs as much as that is long. */
static inline struct xrs_stream *periodic(struct world *w, u32 id,
					  struct xrs_model *m)
{
	struct xrs_stream *s = world_stream(w, id, m, NULL);

	s->period_ns = 1000;
	s->weight = 1;
	return s;
}

/* The same without a next frame to be expected. */
static inline struct xrs_stream *weighing(struct world *w, u32 id,
					  struct xrs_model *m, u32 weight)
{
	struct xrs_stream *s = world_stream(w, id, m, NULL);

	s->deadline_ns = 1000;
	s->weight = weight;
	return s;
}

/* A job of a stream of its own. */
static inline struct xrs_job *job_of(struct world *w, u32 id,
				     struct xrs_model *m, u64 deadline)
{
	return enqueue(w, weighing(w, id, m, 1), deadline);
}

/* A model of many layers, so that what there is to be seen is long. */
static inline struct xrs_model *endless(struct world *w, const char *class,
					u64 latency_ns)
{
	u32 layers[] = { XRS_MAX_LAYERS };
	struct xrs_cost *cost =
		world_alloc(w, layers[0] * sizeof(struct xrs_cost));
	struct xrs_model *m;
	u32 i;

	for (i = 0; i < layers[0]; i++)
		cost[i] = (struct xrs_cost){ latency_ns, 1 };
	m = model_new(w, 1, layers, class, cost);
	model_seal(m);
	return m;
}

/*
 * A job on engines of its own that would be late by its margin if it were
 * frugal, so that hastily is how it goes on, and nothing is lost for it.
 */
static inline struct xrs_job *hurry(struct world *w)
{
	struct xrs_model *m = MODEL(w, 2, "mn", { 1000, 1000 }, { 1400, 100 },
				    { 8500, 100 }, { 8500, 100 });

	world_engine(w, 20, "m");
	world_engine(w, 21, "n");
	return job_of(w, 50, m, w->core.now_ns + 10000);
}

#define expect_on(job, where) assert_ptr_equal((job)->engine, where)
#define expect_idle(job) assert_null((job)->engine)

#endif /* XRS_TEST_AHEAD_H */
