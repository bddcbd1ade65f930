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

#include "waiting.h"

/** struct holders - What engines did (opaque) */
struct holders;

/**
 * holders_new() - begin
 *
 * Return: what is to be freed by holders_free().
 */
struct holders *holders_new(void);

/** holders_free() - forget */
void holders_free(struct holders *holders);

/**
 * struct holders_engine - An engine that was there before
 * @device: number of its device.
 * @id: its number.
 * @takes: it takes layers.
 * @busy: a layer runs on it; what follows says which.
 * @client: number of the client, 0: not known.
 * @stream: number of the stream on the device.
 * @layer: the layer.
 * @frame: its frame.
 */
struct holders_engine {
	uint32_t device;
	uint32_t id;
	bool takes;
	bool busy;
	uint32_t client;
	uint32_t stream;
	uint32_t layer;
	uint64_t frame;
};

/**
 * holders_known() - there was an engine before
 * @holders: the holders, told of no event yet.
 * @engine: the engine as it was at some moment from @begin_ns to @asked_ns.
 * @begin_ns: from here on all events are told of.
 * @asked_ns: when that was known.
 */
void holders_known(struct holders *holders, const struct holders_engine *engine,
		   uint64_t begin_ns, uint64_t asked_ns);

/**
 * holders_state() - an engine came, went, or takes layers or not from now on
 * @holders: the holders.
 * @event: the event.
 * @time_ns: when it was.
 *
 * Return: how many had its number before it, for probe_engine().
 */
uint32_t holders_state(struct holders *holders,
		       const struct engine_state *event, uint64_t time_ns);

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
 * holders_frame() - a frame ended: it runs nowhere any more
 * @holders: the holders.
 * @event: the event.
 */
void holders_frame(struct holders *holders, const struct job_complete *event);

/**
 * holders_lost() - layers whose end was not seen, though they ended
 * @holders: the holders.
 *
 * Return: how many so far.
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
 * holders_ask() - who held the engines while a frame waited?
 * @holders: the holders.
 * @frame: the frame, which ended.
 * @waiting: the answer, not folded yet; to be freed.
 */
void holders_ask(struct holders *holders, const struct job_complete *frame,
		 struct waiting *waiting);

#endif /* HOLDERS_H */
