/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running a workload on a device or a simulator, and what came of it.
 */
#ifndef XRSCHED_RUN_H
#define XRSCHED_RUN_H

#include <stdint.h>

#include <xrsched/workload.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * enum xrsched_phase - How the streams' frames lie against each other
 * @XRSCHED_PHASE_ALIGNED: as the scenario says: one clock.
 * @XRSCHED_PHASE_RANDOM: each stream starts anywhere in its first period, as
 *                        the seed says; a triggered one with its upstream.
 */
enum xrsched_phase {
	XRSCHED_PHASE_ALIGNED = 0,
	XRSCHED_PHASE_RANDOM = 1,
};

/* @cascade_ppm of struct xrsched_run_opts counts. */
#define XRSCHED_RUN_CASCADE (1U << 0)
#define XRSCHED_RUN_FLAGS XRSCHED_RUN_CASCADE

/**
 * struct xrsched_run_opts - How to run
 * @size: sizeof(struct xrsched_run_opts).
 * @flags: XRSCHED_RUN_*.
 * @seconds: length: frames whose deadline lies within it are run, 0.001 …
 *           1000000.
 * @seed: of all draws (which frames are triggered, blocks skipped, exits
 *        taken, random phases); they depend on nothing else but scenario,
 *        stream and frame number, so all policies see the same world.
 * @load: latencies are multiplied so that xrsched_workload_load_factor()
 *        becomes this, 0: as they are.
 * @phase: enum xrsched_phase.
 * @cascade_ppm: with XRSCHED_RUN_CASCADE: probability of every triggered
 *               stream, in place of the scenario's.
 * @lead_ns: start this long after the call, 0: 20 ms on a device, 1 ms in a
 *           simulator.
 * @progress: NULL, or called now and then with the share done, 0 … 1 (on a
 *            device at least every 100 ms); if it does not return 0 the run
 *            ends early: what is under way is cancelled, and the result has
 *            @stopped set.
 * @arg: first argument of @progress.
 */
struct xrsched_run_opts {
	uint32_t size;
	uint32_t flags;
	double seconds;
	uint64_t seed;
	double load;
	uint32_t phase;
	uint32_t cascade_ppm;
	uint64_t lead_ns;
	int (*progress)(void *arg, double done);
	void *arg;
};

/**
 * struct xrsched_xrbench - Scores of XRBench, 0 … 1
 * @rt: real time: mean of 1 / (1 + exp(15 * lateness in ms)) over completed
 *      frames; 0 if there are none.
 * @en: energy: mean of 1 - energy / 1500 mJ over completed frames; below 0 for
 *      frames that take more; 0 if there are none.
 * @qoe: quality of experience: share of the frames that ended which completed;
 *       0 if none ended.
 * @overall: of a stream: @qoe times the mean, over all frames that ended, of
 *           rt * en of each, lost frames counted as 0.
 *
 * Frames that ended are those completed, dropped or failed, not cancelled ones.
 * All scores of a scenario are the plain means of those of its streams.
 */
struct xrsched_xrbench {
	double rt;
	double en;
	double qoe;
	double overall;
};

/**
 * struct xrsched_result_stream - What came of a stream
 * @name: its name.
 * @model: its model's name.
 * @period_ns: time between frames.
 * @deadline_ns: relative deadline.
 * @upstream: index of the stream that triggers it, -1: none.
 * @stats: the device's counters (percentiles in it are of its histograms).
 * @response_p50_ns: median time from release to finish of completed jobs:
 *                   exact, as all percentiles here (nearest rank).
 * @response_p90_ns: 90 %.
 * @response_p99_ns: 99 %.
 * @response_p999_ns: 99.9 %.
 * @response_max_ns: the longest.
 * @queue_p50_ns: median time from release to first dispatch of jobs begun.
 * @queue_p99_ns: 99 %.
 * @violated: late + dropped + failed.
 * @dlv: violated / frames, 1 / (2 * frames) if none was violated; frames are
 *       those that completed, were dropped or failed; 0 if there are none.
 * @ne: energy over worst-case energy; 0 if there are no frames.
 * @ne_honest: the same, violated frames counted at their worst or more.
 * @ne_executed: energy over the worst-case energy of those frames that had
 *               begun; 0 if none had.
 * @accuracy: mean accuracy of the variants that completed, 0: not known.
 * @drops: dropped and failed jobs by enum xrsched_reason.
 * @variants: completed jobs by variant.
 * @xrbench: scores as XRBench has them.
 */
struct xrsched_result_stream {
	const char *name;
	const char *model;
	uint64_t period_ns;
	uint64_t deadline_ns;
	int32_t upstream;
	struct xrsched_stream_stats stats;
	uint64_t response_p50_ns;
	uint64_t response_p90_ns;
	uint64_t response_p99_ns;
	uint64_t response_p999_ns;
	uint64_t response_max_ns;
	uint64_t queue_p50_ns;
	uint64_t queue_p99_ns;
	uint64_t violated;
	double dlv;
	double ne;
	double ne_honest;
	double accuracy;
	uint64_t drops[16];
	uint64_t variants[XRSCHED_MAX_VARIANTS];
	struct xrsched_xrbench xrbench;
	double ne_executed;
};

/**
 * struct xrsched_result - What came of a run
 * @scenario: name of the scenario.
 * @hardware: name of the hardware.
 * @costs: cost set.
 * @policy: the policy's name.
 * @policy_spec: the policy with all its parameters, as xrsched_policy_parse()
 *               reads it.
 * @backend: "sim" or "device".
 * @seed: as asked for.
 * @seconds: as asked for.
 * @load: utilisation of xrsched_workload_load_factor() as run.
 * @scale: what latencies were multiplied by.
 * @stopped: 1: ended early.
 * @uxcost: @dlv_sum * @ne_sum.
 * @uxcost_honest: @dlv_sum * @ne_honest_sum.
 * @dlv_sum: sum of the streams' dlv.
 * @ne_sum: sum of the streams' ne.
 * @ne_honest_sum: sum of the streams' ne_honest.
 * @submitted: jobs; this and the next are sums over the streams.
 * @released: jobs whose release came.
 * @completed: jobs that completed.
 * @late: of these, the late ones.
 * @dropped: jobs dropped.
 * @cancelled: jobs cancelled.
 * @failed: jobs failed.
 * @layers: layers that ran.
 * @energy_pj: energy of all streams.
 * @events: events that the core saw during the run.
 * @decisions: layers dispatched during the run.
 * @policy_faults: decisions that broke the rules and were replaced.
 * @span_ns: device time from the start to the last completion.
 * @wall_ns: time that the run took its caller.
 * @nr_streams: number of @streams.
 * @streams: in the order of the scenario.
 * @nr_engines: number of @engines.
 * @engines: engines of the device; counters are those of this run.
 * @xrbench: means over the streams of their scores.
 * @uxcost_sumprod: sum of the streams' dlv * ne (DREAM, uxcost=sumprod).
 * @uxcost_executed: @dlv_sum times the sum of the streams' ne_executed
 *                   (energy_denominator=executed).
 * @uxcost_sumprod_executed: sum of the streams' dlv * ne_executed.
 *
 * Read only; the arrays are of pointers so that what they point to can grow.
 */
struct xrsched_result {
	const char *scenario;
	const char *hardware;
	const char *costs;
	const char *policy;
	const char *policy_spec;
	const char *backend;
	uint64_t seed;
	double seconds;
	double load;
	double scale;
	uint32_t stopped;
	double uxcost;
	double uxcost_honest;
	double dlv_sum;
	double ne_sum;
	double ne_honest_sum;
	uint64_t submitted;
	uint64_t released;
	uint64_t completed;
	uint64_t late;
	uint64_t dropped;
	uint64_t cancelled;
	uint64_t failed;
	uint64_t layers;
	uint64_t energy_pj;
	uint64_t events;
	uint64_t decisions;
	uint64_t policy_faults;
	uint64_t span_ns;
	uint64_t wall_ns;
	uint32_t nr_streams;
	const struct xrsched_result_stream *const *streams;
	uint32_t nr_engines;
	const struct xrsched_engine *const *engines;
	struct xrsched_xrbench xrbench;
	double uxcost_sumprod;
	double uxcost_executed;
	double uxcost_sumprod_executed;
};

/**
 * xrsched_run_frames() - the frames that a run consists of
 * @workload: with scenario and hardware.
 * @opts: of the run.
 * @jobs: set to an array to be given to xrsched_free(): what the run would
 *        submit, times from its start, @cookie the index of the stream,
 *        @stream 0; a frame that triggers others before these, as if it
 *        completed.
 * @error: NULL or place for what is wrong.
 *
 * What is drawn (triggered frames, skipped blocks, exits, phases) is in it,
 * which no policy knows beforehand: for those who ask what could have been
 * done at best.
 *
 * Return: how many, or -EINVAL (an option), -E2BIG (more than 2^24), -ENOMEM.
 */
int xrsched_run_frames(const struct xrsched_workload *workload,
		       const struct xrsched_run_opts *opts,
		       struct xrsched_job **jobs, struct xrsched_error *error);

/**
 * xrsched_run_advise() - are all frames of a run sure to be on time?
 * @x: the handle of a device whose policy and engines are set up.
 * @workload: a scenario on hardware.
 * @opts: as for xrsched_run(), of which only the load matters.
 * @advice: room for as many as the scenario has streams: what is said of each,
 *          in its order, see xrsched_advise().
 * @error: NULL or place for what is wrong.
 *
 * Models and streams are made for it as for a run, and taken away again.
 *
 * Return: index of the stream that is closest to being late, or -errno as
 * xrsched_run() and xrsched_advise().
 */
int xrsched_run_advise(struct xrsched *x,
		       const struct xrsched_workload *workload,
		       const struct xrsched_run_opts *opts,
		       struct xrsched_advice *advice,
		       struct xrsched_error *error);

/**
 * xrsched_run_setup() - give a device the engines of a workload
 * @x: the handle.
 * @workload: with hardware.
 * @error: NULL or place for what is wrong.
 *
 * Engines of the same name and class that are there already are kept; others
 * that are there are an error (-EBUSY), as they would take part.
 *
 * Return: how many engines were added, or -errno as xrsched_engine_add().
 */
int xrsched_run_setup(struct xrsched *x,
		      const struct xrsched_workload *workload,
		      struct xrsched_error *error);

/**
 * xrsched_run() - run a scenario to its end
 * @x: the handle; the device has its engines and its policy already.  Nobody
 *     else may submit or wait on it meanwhile.
 * @workload: with scenario and hardware.
 * @opts: how.
 * @result: set to what came of it, to be freed with xrsched_result_free().
 * @error: NULL or place for what is wrong.
 *
 * Models and streams are created, all frames submitted and waited for, and the
 * streams and models destroyed again.
 *
 * Return: 0; -EINVAL, -E2BIG (@opts), -ENOMEM, or what the device said.
 */
int xrsched_run(struct xrsched *x, const struct xrsched_workload *workload,
		const struct xrsched_run_opts *opts,
		struct xrsched_result **result, struct xrsched_error *error);

/**
 * xrsched_result_free() - give up a result
 * @result: the result, or NULL.
 */
void xrsched_result_free(struct xrsched_result *result);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_RUN_H */
