/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What XRBench's own programs would make of a workload: their scheduler, their
 * clock, their quirks (Documentation/xrbench-compat.md).  No device and no
 * policy of ours is involved.
 */
#ifndef XRSCHED_XRBENCH_H
#define XRSCHED_XRBENCH_H

#include <stdint.h>

#include <xrsched/run.h>
#include <xrsched/workload.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct xrsched_xrbench_opts - How to run
 * @size: sizeof(struct xrsched_xrbench_opts).
 * @flags: must be 0.
 * @seed: of the draws, as srand(3) takes it.
 * @pad: must be 0.
 */
struct xrsched_xrbench_opts {
	uint32_t size;
	uint32_t flags;
	uint32_t seed;
	uint32_t pad;
};

/**
 * struct xrsched_xrbench_stream - What came of a stream
 * @name: its name.
 * @model: its model's name, as XRBench has it.
 * @injected: frames that came into being.
 * @logged: of these, frames that were completed or dropped; the others were
 *          still waiting or running at the end.
 * @dropped: frames dropped.
 * @late: frames completed after their deadline.
 * @score: scores; all 0 if nothing was logged.
 */
struct xrsched_xrbench_stream {
	const char *name;
	const char *model;
	uint64_t injected;
	uint64_t logged;
	uint64_t dropped;
	uint64_t late;
	struct xrsched_xrbench score;
};

/**
 * struct xrsched_xrbench_result - What came of a scenario
 * @scenario: name of the scenario.
 * @hardware: name of the hardware.
 * @costs: cost set.
 * @seed: as asked for.
 * @nr_streams: number of @streams.
 * @end_ms: when the last frame was offered, which ends the run.
 * @events: moments at which the scheduler looked.
 * @logged: sum over the streams; this and the next two.
 * @dropped: frames dropped.
 * @late: frames completed after their deadline.
 * @score: means over all streams.
 * @streams: in the order of the scenario.
 *
 * Read only; the array is of pointers so that what they point to can grow.
 */
struct xrsched_xrbench_result {
	const char *scenario;
	const char *hardware;
	const char *costs;
	uint32_t seed;
	uint32_t nr_streams;
	double end_ms;
	uint64_t events;
	uint64_t logged;
	uint64_t dropped;
	uint64_t late;
	struct xrsched_xrbench score;
	const struct xrsched_xrbench_stream *const *streams;
};

/**
 * xrsched_xrbench_harness() - run a scenario as XRBench's programs do
 * @workload: with scenario and hardware.
 * @opts: how; NULL: seed 0.
 * @result: set to what came of it, to be freed with xrsched_xrbench_free().
 * @error: NULL or place for what is wrong.
 *
 * The same arguments give the same result; any number of threads may do this
 * at once.
 *
 * Return: 0; -EINVAL (@workload has what XRBench has not: the error says what),
 * -E2BIG (@opts), -ENOMEM.
 */
int xrsched_xrbench_harness(const struct xrsched_workload *workload,
			    const struct xrsched_xrbench_opts *opts,
			    struct xrsched_xrbench_result **result,
			    struct xrsched_error *error);

/**
 * xrsched_xrbench_free() - give up a result
 * @result: the result, or NULL.
 */
void xrsched_xrbench_free(struct xrsched_xrbench_result *result);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_XRBENCH_H */
