/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run of random events to the core and to the reference (model_check.c), and
 * what may happen in it (model_events.c).
 */
#ifndef XRS_TEST_MODEL_CHECK_H
#define XRS_TEST_MODEL_CHECK_H

#include "naive.h"

#define MAX_STREAMS 10
#define NR_MODELS 8

/**
 * struct check - One run
 * @w: the core
 * @n: the reference
 * @rng: all that is random
 * @now_ns: time
 * @ops: what the core asks for, with resets that are answered later
 * @model: models that streams use
 * @stream: streams that exist
 * @up: whether an engine of the reference is there
 * @done_ns: when the engine's layer ends
 * @next_id: number of the next stream
 * @submits: share of submissions among the events, per cent
 * @event: number of the event
 */
struct check {
	struct world *w;
	struct naive *n;
	struct xrs_core_ops ops;
	struct rng rng;
	u64 seed;
	u64 now_ns;
	struct xrs_model *model[NR_MODELS];
	u64 done_ns[XRS_MAX_ENGINES];
	u32 next_id;
	u32 submits;
	u32 event;
	u64 ended;
};

/* Something happens; @pass: time may pass before it. */
void check_event(struct check *c, bool pass);

/* The @i-th id in use: not 0 … 5 only, the last one, too. */
u32 check_engine_id(u32 i);
void check_engine_add(struct check *c, u32 id);
void check_engine_remove(struct check *c, u32 id);
void check_stream_add(struct check *c);
void check_stream_remove(struct check *c, struct nstream *s);
/* Other limits for engines that hang; another policy. */
void check_guard(struct check *c);
void check_policy(struct check *c);

/* An engine's reset that is answered by an event of its own. */
void check_no_answer(struct xrs_core *core, struct xrs_engine *engine,
		     u64 now_ns);

#endif
