/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who held the engines?  Keeps what each engine did lately, and says of a time
 * in which a frame waited who had them.
 */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <event.h>

/** struct holders - What engines did (opaque) */
struct holders;

/**
 * struct holder - Who held engines
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
 * @ran_ns: how long the frame ran there.
 * @expected_ns: how long its layers should have run there.
 */
struct worker {
	uint32_t engine;
	uint64_t ran_ns;
	uint64_t expected_ns;
};

/**
 * struct waiting - What became of the time of a frame
 * @wait_ns: time in which it did not run.
 * @ran_ns: time in which it ran.
 * @expected_ns: how long its layers should have run.
 * @engines: engines there were.
 * @engine_ns: engines' time in the wait: that of all shares.
 * @idle_ns: of it, engines had nothing to do.
 * @down_ns: of it, engines took no layers.
 * @incomplete: not all of it was seen.
 * @nr: number of @holder.
 * @holder: who held engines, longest first; to be freed.
 * @nr_workers: number of @worker.
 * @worker: where it ran; to be freed.
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
	size_t nr;
	struct holder *holder;
	size_t nr_workers;
	struct worker *worker;
};

/**
 * holders_new() - begin
 *
 * Return: what is to be freed by holders_free().
 */
struct holders *holders_new(void);

/** holders_free() - forget */
void holders_free(struct holders *holders);

/**
 * holders_engine() - there is an engine
 * @holders: the holders.
 * @device: number of its device.
 * @engine: its number.
 * @up: it takes layers.
 * @now_ns: since when that is known.
 */
void holders_engine(struct holders *holders, uint32_t device, uint32_t engine,
		    bool up, uint64_t now_ns);

/**
 * holders_begin() - a layer began
 * @holders: the holders.
 * @event: the event.
 */
void holders_begin(struct holders *holders, const struct layer_dispatch *event);

/**
 * holders_end() - a layer ended
 * @holders: the holders.
 * @event: the event.
 */
void holders_end(struct holders *holders, const struct layer_complete *event);

/**
 * holders_lost() - dispatches missing in the engines' own count so far
 * @holders: the holders.
 *
 * Return: how many.
 */
uint64_t holders_lost(const struct holders *holders);

/**
 * holders_gap() - events are missing
 * @holders: the holders.
 * @begin_ns: after this.
 * @end_ns: before this.
 */
void holders_gap(struct holders *holders, uint64_t begin_ns, uint64_t end_ns);

/**
 * waiting_ran() - a frame ran on an engine
 * @waiting: the account; its sums stay as they are.
 * @engine: the engine's number.
 * @ran_ns: for how long.
 * @expected_ns: for how long it should have.
 */
void waiting_ran(struct waiting *waiting, uint32_t engine, uint64_t ran_ns,
		 uint64_t expected_ns);

/** waiting_free() - forget what an account holds */
void waiting_free(struct waiting *waiting);

/**
 * holders_ask() - who held the engines while a frame waited?
 * @holders: the holders.
 * @frame: the frame, which ended.
 * @waiting: the answer.
 */
void holders_ask(struct holders *holders, const struct job_complete *frame,
		 struct waiting *waiting);

#endif /* HOLDERS_H */
