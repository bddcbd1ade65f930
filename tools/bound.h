/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How low could UXCost be?  What a clairvoyant scheduler could not undercut in
 * a given run, by a relaxation that Documentation/bound.md explains.
 */
#ifndef BOUND_H
#define BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include <xrsched/run.h>

#define BOUND_STREAMS 64
#define BOUND_CLASSES 8
#define BOUND_SLOTS 64 /* in a hyperperiod */
#define BOUND_LINES 64 /* of a frontier */

/**
 * struct bound_group - Frames of a stream that lie alike in the hyperperiod
 * @stream: the stream, an index
 * @parent: group of the frames that trigger them, -1: none
 * @from_ns: release, from the start of the hyperperiod
 * @to_ns: deadline, the same; may lie in the next one
 * @span_ns: most time that one of them has
 * @nr: frames
 * @slots: slots of the hyperperiod that lie within, a mask
 * @runs: by layer of the model: how many of the frames run it
 * @column: first column in the linear program
 */
struct bound_group {
	uint32_t stream;
	int parent;
	uint64_t from_ns;
	uint64_t to_ns;
	uint64_t span_ns;
	uint32_t nr;
	uint64_t slots;
	uint32_t *runs;
	int column;
};

/**
 * struct bound_world - A run, as the relaxation sees it
 * @workload: the files
 * @scale: what latencies are multiplied by
 * @nr_streams: streams
 * @stream: they
 * @model: their models
 * @frames: by stream: frames of the run
 * @worst_pj: by stream: worst-case energy of a frame
 * @nr_classes: classes of engines
 * @class_name: they
 * @engines: how many of each
 * @period_ns: hyperperiod; of a run that has none, its length
 * @periodic: it is a hyperperiod
 * @repeats: hyperperiods that the run touches
 * @nr_slots: slots of the hyperperiod
 * @slot_ns: where each begins; the last entry is @period_ns
 * @group: groups
 * @nr_groups: how many
 */
struct bound_world {
	const struct xrsched_workload *workload;
	double scale;
	uint32_t nr_streams;
	struct xrsched_workload_stream stream[BOUND_STREAMS];
	struct xrsched_workload_model model[BOUND_STREAMS];
	uint32_t frames[BOUND_STREAMS];
	double worst_pj[BOUND_STREAMS];
	uint32_t nr_classes;
	const char *class_name[BOUND_CLASSES];
	uint32_t engines[BOUND_CLASSES];
	uint64_t period_ns;
	bool periodic;
	uint32_t repeats;
	uint32_t nr_slots;
	uint64_t slot_ns[BOUND_SLOTS + 1];
	struct bound_group *group;
	uint32_t nr_groups;
};

/**
 * bound_world_init() - look at a run's frames
 * @world: filled in; to be given to bound_world_free() in any case.
 * @workload: with scenario and hardware.
 * @opts: of the run.
 * @heaviest: of each model only the heaviest variant may run.
 * @error: place for what is wrong.
 *
 * Return: 0 or -errno.
 */
int bound_world_init(struct bound_world *world,
		     const struct xrsched_workload *workload,
		     const struct xrsched_run_opts *opts, bool heaviest,
		     struct xrsched_error *error);
void bound_world_free(struct bound_world *world);

/**
 * struct bound_point - What a schedule comes to
 * @dlv: sum of the streams' DLV
 * @ne: sum of the streams' NE
 */
struct bound_point {
	double dlv;
	double ne;
};

/**
 * struct bound_line - What one linear program says of all schedules
 * @dlv: weight of DLV
 * @ne: weight of NE
 * @least: no schedule has less of the weighted sum
 * @point: where the relaxation has it
 */
struct bound_line {
	double dlv;
	double ne;
	double least;
	struct bound_point point;
};

/**
 * struct bound_frontier - No schedule lies below any of these lines
 * @line: lines, by falling weight of DLV
 * @nr: how many
 * @rows: constraints of each program
 * @columns: variables of each
 */
struct bound_frontier {
	struct bound_line line[BOUND_LINES];
	uint32_t nr;
	uint32_t rows;
	uint32_t columns;
};

/**
 * enum bound_ne - Which NE
 * @BOUND_NE: energy that was used
 * @BOUND_NE_HONEST: a violated frame counts its worst-case energy or more
 */
enum bound_ne { BOUND_NE, BOUND_NE_HONEST };

/**
 * bound_solve() - the frontier between DLV and NE
 * @world: the run; columns of its groups are set.
 * @which: which NE.
 * @frontier: filled in.
 *
 * Return: 0, -ENOMEM, or -EDOM: the solver gave up.
 */
int bound_solve(struct bound_world *world, enum bound_ne which,
		struct bound_frontier *frontier);

/**
 * bound_least() - the least product of the two sums
 * @frontier: the frontier.
 * @dlv: of schedules with a DLV of at most this; INFINITY: of all.
 * @at: set to where it is.
 *
 * Return: the product; INFINITY if there is no schedule with so little DLV.
 */
double bound_least(const struct bound_frontier *frontier, double dlv,
		   struct bound_point *at);

#endif /* BOUND_H */
