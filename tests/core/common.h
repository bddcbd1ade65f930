/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the scheduling core share: a random generator, a world in
 * which a core lives and which writes down what the core asks for, and short
 * ways to make models, streams and jobs.
 */
#ifndef XRS_TEST_COMMON_H
#define XRS_TEST_COMMON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "xrs_core.h"

#ifndef U32_MAX
#define U32_MAX ((u32)~0U)
#endif

#define MS 1000000ULL

/* Random numbers: splitmix64, so that a seed gives the same run everywhere. */

struct rng {
	u64 state;
};

u64 rng_u64(struct rng *rng);
u64 rng_below(struct rng *rng, u64 n);
u64 rng_range(struct rng *rng, u64 lo, u64 hi);
u64 rng_log(struct rng *rng, u64 lo, u64 hi);
bool rng_chance(struct rng *rng, u32 percent);

/**
 * struct tjob - A job and what was seen of it
 * @job: the job
 * @finishes: calls of ops->finish for it
 * @next_layer: lowest layer that may be dispatched next
 */
struct tjob {
	struct xrs_job job;
	u32 finishes;
	u32 next_layer;
};

/** to_tjob() - the tjob that a job is part of */
static inline struct tjob *to_tjob(struct xrs_job *job)
{
	return (struct tjob *)((char *)job - offsetof(struct tjob, job));
}

enum event_kind { EV_DISPATCH, EV_FINISH };

/**
 * struct event - Something that the core asked for
 * @kind: what
 * @job: of which job
 * @engine: where (dispatch)
 * @layer: which layer (dispatch)
 * @score: why (dispatch)
 * @at_ns: when
 */
struct event {
	enum event_kind kind;
	struct xrs_job *job;
	struct xrs_engine *engine;
	u32 layer;
	s64 score;
	u64 at_ns;
};

/**
 * struct world - A core and its surroundings
 * @core: the core under test
 * @param: parameters last set
 * @policy: policy last set
 * @log: what the core asked for, in order
 * @nr_log: events in @log
 * @cap_log: room in @log
 * @seen: events that the test has looked at
 * @wake_ns: what ops->wake was last told, XRS_NEVER if nothing
 * @wakes: calls of ops->wake
 * @readies: calls of ops->ready
 * @ready_sum: a sum over who they were for
 * @mem: memory to be freed with the world
 * @nr_mem: how many pieces
 * @cap_mem: room in @mem
 */
struct world {
	struct xrs_core core;
	s64 param[XRS_PARAM_NR];
	const struct xrs_policy *policy;
	struct event *log;
	size_t nr_log;
	size_t cap_log;
	size_t seen;
	u64 wake_ns;
	u32 wakes;
	u32 readies;
	u64 ready_sum;
	void **mem;
	size_t nr_mem;
	size_t cap_mem;
};

struct world *world_new(u32 max_streams);
void world_free(struct world *w);
void *world_alloc(struct world *w, size_t size);
int world_setup(void **state);
int world_teardown(void **state);

void world_policy(struct world *w, const char *name, u64 now_ns);
void world_param(struct world *w, enum xrs_param_id id, s64 value, u64 now_ns);

struct xrs_engine *world_engine(struct world *w, u32 id, const char *name);
struct xrs_stream *world_stream(struct world *w, u32 id,
				struct xrs_model *model,
				struct xrs_stream *upstream);
struct xrs_job *world_job(struct world *w, struct xrs_stream *stream, u64 frame,
			  u64 release_ns, u64 deadline_ns);
int world_try(struct world *w, struct xrs_job *job, u64 now_ns);
struct xrs_job *world_submit(struct world *w, struct xrs_stream *stream,
			     u64 frame, u64 release_ns, u64 deadline_ns,
			     u64 now_ns);
void world_run(struct world *w, u64 now_ns);
void world_settle(struct world *w, u64 now_ns);
void world_done(struct world *w, struct xrs_engine *engine, u64 now_ns);
void world_down(struct world *w, struct xrs_engine *engine, u64 now_ns);
void world_up(struct world *w, struct xrs_engine *engine, u64 now_ns);
void world_cancel(struct world *w, struct xrs_job *job, u64 now_ns);

struct xrs_model *model_new(struct world *w, u32 nr_variants,
			    const u32 *nr_layers, const char *classes,
			    const struct xrs_cost *cost);
void model_seal(struct xrs_model *model);
u64 stream_sum(const struct xrs_stream *stream);

/* A chain of @nr layers; costs layer by layer, one per letter of @classes. */
#define CHAIN(w, nr, classes, ...)                    \
	model_new(w, 1, (const u32[]){ nr }, classes, \
		  (const struct xrs_cost[]){ __VA_ARGS__ })

/* The same, sealed. */
#define MODEL(w, nr, classes, ...)                                          \
	({                                                                  \
		struct xrs_model *__m = CHAIN(w, nr, classes, __VA_ARGS__); \
		model_seal(__m);                                            \
		__m;                                                        \
	})

void check_dispatch(struct world *w, struct xrs_job *job,
		    struct xrs_engine *engine, const char *file, int line);
void check_quiet(struct world *w, const char *file, int line);
void check_end(struct world *w, struct xrs_job *job, enum xrs_outcome outcome,
	       enum xrs_reason reason, const char *file, int line);

/* The next dispatch that the test has not looked at is this one. */
#define expect_dispatch(w, job, engine) \
	check_dispatch(w, job, engine, __FILE__, __LINE__)

/* There is no dispatch that the test has not looked at. */
#define expect_quiet(w) check_quiet(w, __FILE__, __LINE__)

/* The job ended, once, in this way. */
#define expect_end(w, job, outcome, reason) \
	check_end(w, job, outcome, reason, __FILE__, __LINE__)

#endif /* XRS_TEST_COMMON_H */
