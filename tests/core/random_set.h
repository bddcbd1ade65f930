/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random sets of streams on random engines, and what they take to be run.
 */
#ifndef XRS_TEST_RANDOM_SET_H
#define XRS_TEST_RANDOM_SET_H

#include "common.h"

#define STREAMS 100 /* of a set that is to have many */
#define FEW 6 /* of any other */
#define ENGINES 4

/**
 * struct set - A random set of streams
 * @seed: what its layers are drawn from
 * @scale: periods are this many 1024ths of what was drawn
 * @many: it has STREAMS streams
 * @luck: what decides which frames are triggered
 * @w: where it lives
 * @nr: streams
 * @stream: these
 * @next: when the next frame of each comes
 * @frame: its number
 * @end: when each engine is done
 * @spoil: what is wrong with the set, or NULL: called when it was made
 * @liar: stream whose layers take not what its model says …
 * @times: … but so many times that …
 * @over: … over so many
 * @wrong: stream whose period is not what it says …
 * @wrong_ns: … but this
 * @hangs_ns: engine 0 hangs for so long, then works for so long, and so on; 0: it never does
 * @missed: frames that were late or lost
 * @done: frames that were on time
 */
struct set {
	u64 seed;
	u64 scale;
	bool many;
	u64 luck;
	struct world *w;
	u32 nr;
	struct xrs_stream *stream[STREAMS];
	u64 next[STREAMS];
	u64 frame[STREAMS];
	u64 end[ENGINES];
	void (*spoil)(struct set *set);
	const struct xrs_stream *liar;
	u32 times;
	u32 over;
	const struct xrs_stream *wrong;
	u64 wrong_ns;
	u64 hangs_ns;
	u32 missed;
	u32 done;
};

void set_make(struct set *set);
void set_submit(struct set *set, struct rng *rng, u32 index, u64 root, u64 now);
void set_obey(struct set *set, u64 now);
u64 set_next_event(const struct set *set);
void set_run(struct set *set, const char *policy, u64 seed);

#endif /* XRS_TEST_RANDOM_SET_H */
