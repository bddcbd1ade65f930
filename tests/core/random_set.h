/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random sets of streams on random engines, and what they take to be run.
 */
#ifndef XRS_TEST_RANDOM_SET_H
#define XRS_TEST_RANDOM_SET_H

#include "common.h"

#define STREAMS 6
#define ENGINES 4

/**
 * struct set - A random set of streams
 * @seed: what its layers are drawn from
 * @scale: periods are this many 1024ths of what was drawn
 * @luck: what decides which frames are triggered
 * @w: where it lives
 * @nr: streams
 * @stream: these
 * @next: when the next frame of each comes
 * @frame: its number
 * @end: when each engine is done
 * @missed: frames that were late or lost
 * @done: frames that were on time
 */
struct set {
	u64 seed;
	u64 scale;
	u64 luck;
	struct world *w;
	u32 nr;
	struct xrs_stream *stream[STREAMS];
	u64 next[STREAMS];
	u64 frame[STREAMS];
	u64 end[ENGINES];
	u32 missed;
	u32 done;
};

void set_make(struct set *set);
void set_submit(struct set *set, struct rng *rng, u32 index, u64 root, u64 now);
void set_obey(struct set *set, u64 now);
u64 set_next_event(const struct set *set);

#endif /* XRS_TEST_RANDOM_SET_H */
