/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of the time in which frames waited: an account of one miss, or of
 * many.
 */
#ifndef WAITING_H
#define WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct held - A layer that held engines
 * @client: number of its client.
 * @stream: number of its stream on the device.
 * @layer: the layer.
 * @ns: for how long, over all engines.
 */
struct held {
	uint32_t client;
	uint32_t stream;
	uint32_t layer;
	uint64_t ns;
};

/**
 * struct holder - A stream that held engines
 * @client: number of the client.
 * @stream: number of the stream on the device.
 * @ns: for how long, over all engines.
 * @layer: the layer that it was at longest.
 * @layer_ns: for how long.
 */
struct holder {
	uint32_t client;
	uint32_t stream;
	uint64_t ns;
	uint32_t layer;
	uint64_t layer_ns;
};

/**
 * struct worker - An engine that a frame ran on
 * @engine: its number.
 * @nr: how many had that number before it.
 * @ran_ns: how long the frame ran there.
 * @expected_ns: how long its layers should have run there.
 */
struct worker {
	uint32_t engine;
	uint32_t nr;
	uint64_t ran_ns;
	uint64_t expected_ns;
};

/**
 * struct waiting - What became of the time of a frame, or of several
 * @wait_ns: time in which it did not run.
 * @ran_ns: time in which it ran.
 * @expected_ns: how long its layers should have run.
 * @engines: engines there were.
 * @engine_ns: engines' time in the wait: that of all shares.
 * @idle_ns: of it, engines had nothing to do.
 * @down_ns: of it, engines took no layers.
 * @incomplete: not all of it was seen.
 * @nr_held: number of @held.
 * @room: for how many there is room.
 * @held: which layers held engines; by stream and layer after waiting_fold().
 * @nr: number of @holder.
 * @holder: which streams held engines, longest first, since waiting_fold().
 * @nr_workers: number of @worker.
 * @worker: where it ran.
 *
 * All zero is an empty one; waiting_free() gives back what it has.
 */
struct waiting {
	uint64_t wait_ns;
	uint64_t ran_ns;
	uint64_t expected_ns;
	uint32_t engines;
	uint64_t engine_ns;
	uint64_t idle_ns;
	uint64_t down_ns;
	bool incomplete;
	size_t nr_held;
	size_t room;
	struct held *held;
	size_t nr;
	struct holder *holder;
	size_t nr_workers;
	struct worker *worker;
};

/**
 * waiting_held() - somebody held an engine meanwhile
 * @waiting: the account.
 * @held: who, and for how long.
 */
void waiting_held(struct waiting *waiting, const struct held *held);

/**
 * waiting_ran() - the frame ran on an engine
 * @waiting: the account; its sums stay as they are.
 * @worker: where, and for how long.
 */
void waiting_ran(struct waiting *waiting, const struct worker *worker);

/**
 * waiting_add() - one account more
 * @sum: the account that takes it in.
 * @add: the other one.
 */
void waiting_add(struct waiting *sum, const struct waiting *add);

/**
 * waiting_fold() - of layers make streams, each with the layer it was at longest
 * @waiting: the account; more may come afterwards.
 */
void waiting_fold(struct waiting *waiting);

/** waiting_free() - forget what an account holds */
void waiting_free(struct waiting *waiting);

#endif /* WAITING_H */
