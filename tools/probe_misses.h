/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What "xrsched probe misses" prints.
 */
#ifndef PROBE_MISSES_H
#define PROBE_MISSES_H

#include <event.h>

#include "probe.h"
#include "waiting.h"

/**
 * struct victim - What a stream's misses have in common
 * @device: number of its device.
 * @client: number of its client.
 * @stream: its number.
 * @misses: how many.
 * @sum: of all of them, the holders too.
 */
struct victim {
	uint32_t device;
	uint32_t client;
	uint32_t stream;
	uint64_t misses;
	struct waiting sum;
};

/**
 * struct tally - What there is to report, of an interval or in all
 * @begin_ns: since when.
 * @victims: streams that missed.
 * @nr_victims: how many.
 * @frames: frames that ended.
 * @misses: frames that missed.
 * @incomplete: misses of which not all was seen.
 * @lost: events that had been lost before.
 * @missed: times that the kernel had skipped the probe before.
 */
struct tally {
	uint64_t begin_ns;
	struct victim *victims;
	size_t nr_victims;
	uint64_t frames;
	uint64_t misses;
	uint64_t incomplete;
	uint64_t lost;
	uint64_t missed;
};

/**
 * struct misses_view - How misses are shown
 * @out: where to.
 * @json: as lines of JSON, else for people.
 * @top: so many holders; JSON has all.
 * @names: what numbers mean.
 */
struct misses_view {
	FILE *out;
	bool json;
	unsigned int top;
	const struct probe_names *names;
};

/**
 * misses_show_miss() - a single miss
 * @view: how.
 * @frame: the frame.
 * @waiting: what became of its time, folded.
 */
void misses_show_miss(const struct misses_view *view,
		      const struct job_complete *frame,
		      const struct waiting *waiting);

/**
 * misses_show_tally() - what there is to report
 * @view: how.
 * @tally: all of it; accounts are folded, and sorted.
 * @total: of the whole measurement, not of an interval.
 * @lost: events lost by now.
 * @missed: times that the kernel skipped the probe by now.
 */
void misses_show_tally(const struct misses_view *view, struct tally *tally,
		       bool total, uint64_t lost, uint64_t missed);

#endif /* PROBE_MISSES_H */
