/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside a run: the plan of its frames, what is collected, what it scores.
 */
#ifndef XRSCHED_LIB_RUN_H
#define XRSCHED_LIB_RUN_H

#include <xrsched/run.h>

#include "wl.h"

/**
 * struct plan_stream - A stream's frames, as they come
 * @wl: the stream
 * @key: hash that all draws of the stream start from
 * @handle: its handle on the device
 * @root: index of the stream at the head of its chain
 * @phase_ns: release of frame 0, relative to the start of the run
 * @trigger_ppm: probability of being triggered
 * @skip_ppm: probability of skipping a block, by its number less 1
 * @nr_skips: blocks
 * @exit_ppm: probability of taking an exit, by its number less 1
 * @nr_exits: exits
 * @frame: next frame, of those with no upstream
 * @release_ns: its release
 * @deadline_ns: its deadline; U64 max when there is none any more
 */
struct plan_stream {
	const struct wl_stream *wl;
	uint64_t key;
	uint32_t handle;
	unsigned int root;
	uint64_t phase_ns;
	uint32_t trigger_ppm;
	uint32_t skip_ppm[XRSCHED_MAX_SKIPS];
	unsigned int nr_skips;
	uint32_t exit_ppm[XRSCHED_MAX_EXITS];
	unsigned int nr_exits;
	uint64_t frame;
	uint64_t release_ns;
	uint64_t deadline_ns;
};

/**
 * struct plan - All frames of a run, in order of release
 * @stream: streams in the order of the scenario
 * @nr_streams: how many
 * @length_ns: frames whose deadline is later are not run
 * @start_ns: when the run starts, to be set before frames are taken
 * @next: stream of the next frame, -1 when there is none
 */
struct plan {
	struct plan_stream *stream;
	unsigned int nr_streams;
	uint64_t length_ns;
	uint64_t start_ns;
	int next;
};

int plan_init(struct plan *plan, struct wl_arena *arena,
	      const struct xrsched_workload *w,
	      const struct xrsched_run_opts *opts);
/* When the next frame is released; only if plan->next is not -1. */
uint64_t plan_release(const struct plan *plan);
/* Takes it and those it triggers, parents first; room for nr_streams jobs. */
unsigned int plan_take(struct plan *plan, struct xrsched_job *jobs);

/**
 * struct times - Times seen
 * @ns: they
 * @nr: how many
 * @room: room in @ns
 */
struct times {
	uint64_t *ns;
	size_t nr;
	size_t room;
};

int times_add(struct times *times, uint64_t ns);
/* Sorts them; then times_rank() gives nearest-rank percentiles, 0 of none. */
void times_sort(struct times *times);
uint64_t times_rank(const struct times *times, double share);

/* DLV and NE of a stream, from the counters in @stream->stats; @executed_pj:
 * worst-case energy of the frames that had begun. */
void score_stream(struct xrsched_result_stream *stream, double executed_pj);
/* Sums over the streams, and UXCost. */
void score_result(struct xrsched_result *result);

/**
 * struct xrbench_tally - What frames bring for XRBench's scores
 * @completed: frames that completed
 * @lost: frames that ended in another way and count
 * @rt: sum of the real-time scores of completed ones
 * @en: sum of their energy scores
 * @both: sum of the products of the two
 */
struct xrbench_tally {
	uint64_t completed;
	uint64_t lost;
	double rt;
	double en;
	double both;
};

/* A frame completed, so long after its deadline, at so much energy. */
void xrbench_completed(struct xrbench_tally *tally, double late_ms,
		       double energy_mj);
/* Scores of a stream. */
struct xrsched_xrbench xrbench_score(const struct xrbench_tally *tally);
/* Adds a stream's share to the scores of a scenario of @nr streams. */
void xrbench_mean(struct xrsched_xrbench *sum,
		  const struct xrsched_xrbench *stream, unsigned int nr);

#define RUN_BATCH 256 /* jobs submitted or reaped at once */

/**
 * struct tally - What the completions of a stream said
 * @response: release to finish of completed jobs
 * @queue: release to first dispatch of those begun
 * @drops: dropped and failed ones by reason
 * @variants: completed ones by variant
 * @begun: frames that ended and count, of which a layer was dispatched
 * @xrbench: for XRBench's scores
 */
struct tally {
	struct times response;
	struct times queue;
	uint64_t drops[16];
	uint64_t variants[XRSCHED_MAX_VARIANTS];
	uint64_t begun;
	struct xrbench_tally xrbench;
};

/**
 * struct run - A run under way
 * @x: the device
 * @w: the workload
 * @opts: how
 * @error: for what goes wrong
 * @advice: where advice on each stream goes, NULL: this is a run
 * @arena: for as long as the run
 * @plan: its frames
 * @model: handles of the models
 * @nr_models: how many were created
 * @nr_streams: how many streams were created
 * @tally: by stream
 * @jobs: taken from the plan, not yet submitted from @first on
 * @first: see @jobs
 * @nr_jobs: see @jobs
 * @max_batch: of one submit or wait
 * @in_flight: submitted, not reaped
 * @room: how many more may be
 * @last_ns: finish of the last completion
 * @idle_ns: how far to wait next, in a simulation that has all frames
 * @stopped: the caller wants no more
 * @stop_ns: since when (wall clock)
 */
struct run {
	struct xrsched *x;
	const struct xrsched_workload *w;
	struct xrsched_run_opts opts;
	struct xrsched_error *error;
	struct xrsched_advice *advice;
	struct wl_arena arena;
	struct plan plan;
	uint32_t *model;
	unsigned int nr_models;
	unsigned int nr_streams;
	struct tally *tally;
	struct xrsched_job jobs[RUN_BATCH + WL_MAX_STREAMS];
	unsigned int first;
	unsigned int nr_jobs;
	unsigned int max_batch;
	uint64_t in_flight;
	uint64_t room;
	uint64_t last_ns;
	uint64_t idle_ns;
	bool stopped;
	uint64_t stop_ns;
};

/**
 * struct before - What the device had counted before the run
 * @stats: in all
 * @engine: by engine
 * @nr: engines
 */
struct before {
	struct xrsched_device_stats stats;
	struct xrsched_engine engine[WL_MAX_ENGINES];
	int nr;
};

/* result.c: notes what the device has counted so far; 0 or -errno */
int run_look(struct run *run, struct before *look);
/* Puts together what came of a run that is over; 0 or -errno */
int run_result(struct run *run, const struct before *then, double scale,
	       struct xrsched_result **out);

#endif /* XRSCHED_LIB_RUN_H */
