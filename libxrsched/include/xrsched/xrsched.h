/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxrsched: real-time scheduling of neural networks on many accelerators.
 *
 * DOC: Use
 *
 * A handle (struct xrsched) is one client of one scheduling device: either
 * /dev/xrschedN, or a simulator that runs the same scheduling core inside the
 * process in virtual time.  Whoever holds a handle need not know which.
 *
 *	struct xrsched *x;
 *	int ret = xrsched_open(NULL, &x);
 *
 *	ret = xrsched_model_create(x, &model);	(model.handle)
 *	ret = xrsched_stream_create(x, &stream);	(stream.handle)
 *	ret = xrsched_submit(x, jobs, nr, 0, 0);
 *	ret = xrsched_wait(x, done, 32, 1, 0);
 *	xrsched_close(x);
 *
 * The structures are those of <linux/xrsched.h>.
 *
 * DOC: Structures that grow
 *
 * Structures of <linux/xrsched.h> may get new members at their end.  Calls that
 * take them are inline and hand over the size that the application was compiled
 * with, by functions of the same name with "_sized" behind it, which are also
 * for whoever binds the library to another language.  So an application and a
 * library that know structures of different sizes work together: what the
 * application does not know is zero, and left out; what the library, or the
 * kernel, does not know has to be zero (-E2BIG).  All other structures, but
 * those that begin with their size, are for ever as they are: if one has to
 * grow, its functions get a new symbol version.
 *
 * DOC: Errors
 *
 * Functions that return int return 0 or more on success and a negative errno
 * on failure; errno itself is neither read nor promised.  A call that failed
 * has changed nothing.  Where a struct xrsched_error is taken it may be NULL;
 * otherwise it is written on failure only, with one line for people.
 *
 * DOC: Threads
 *
 * On a device any number of threads may use one handle at once; which of them
 * gets which completion is then undefined.  A simulator is used by one thread
 * at a time, different ones by different threads.  xrsched_close() must be the
 * last call on its handle.  A handle may not be used after fork() in the
 * child, except that a child may exec() or exit().
 *
 * DOC: Time
 *
 * Nanoseconds of CLOCK_MONOTONIC on a device, of the simulator's own clock in a
 * simulator: compare with xrsched_now().  The simulator's clock stands still
 * except in xrsched_wait(), which moves it from event to event.
 */
#ifndef XRSCHED_XRSCHED_H
#define XRSCHED_XRSCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/xrsched.h>
#include <xrsched/policy.h>

#ifdef __cplusplus
extern "C" {
/* Some functions are called like the structs they take, as stat() is. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif

/** struct xrsched - A client of a scheduling device (opaque) */
struct xrsched;

/**
 * struct xrsched_error - What went wrong, for people
 * @text: one line without a newline: what is wrong, where, what would be right.
 */
struct xrsched_error {
	char text[512];
};

/**
 * xrsched_version() - the library's version
 *
 * Return: a string like "0.1.0"; never freed.
 */
const char *xrsched_version(void);

/**
 * xrsched_open() - become a client of a device
 * @path: the device's node, NULL for /dev/xrsched0.
 * @x: set to the handle.
 *
 * Return: 0, or what open(2) says: -ENOENT (module not loaded), -EACCES, …;
 * -ENOTTY (not an xrsched device).
 */
int xrsched_open(const char *path, struct xrsched **x);

/**
 * struct xrsched_tuner_step - A window of the search for alpha and beta
 * @time_ns: when it ended.
 * @window: its number, from 1.
 * @step: number of the step it belongs to, 0 once the search has settled.
 * @probe: place that was measured: 0 the centre, from 1 a probe.
 * @again: 1: it was measured a second time.
 * @uxcost: UXCost of the window.
 * @alpha: alpha of the next window, millionths.
 * @beta: beta of the next window, millionths.
 * @settled: 1: the search is over; alpha and beta are what it has found.
 * @restarted: 1: it begins anew, as UXCost has left its running mean.
 */
struct xrsched_tuner_step {
	uint64_t time_ns;
	uint32_t window;
	uint32_t step;
	uint32_t probe;
	uint32_t again;
	double uxcost;
	uint32_t alpha;
	uint32_t beta;
	uint32_t settled;
	uint32_t restarted;
};

/**
 * struct xrsched_sim_opts - How to set up a simulator; all 0: defaults
 * @size: sizeof(struct xrsched_sim_opts).
 * @flags: must be 0.
 * @start_ns: where its clock starts, 0: one second.
 * @max_jobs: jobs that may be submitted and not reaped, 0: 65536.
 * @overhead_ns: added to every layer: what a real device needs from the end of
 *               a layer to the start of the next; 0 … 1000000000.
 * @tuned: told of each window of the tuner, or NULL.
 * @arg: its argument.
 * @estimate_error_ppm: how far what policies are told of latencies is off, for
 *                      each model, layer and class by a factor of its own,
 *                      uniform from 1 - this to 1 + this; 0 … 990000.
 *                      Layers take what the model says.
 * @estimate_seed: what these factors are drawn from.
 */
struct xrsched_sim_opts {
	uint32_t size;
	uint32_t flags;
	uint64_t start_ns;
	uint32_t max_jobs;
	uint32_t overhead_ns;
	void (*tuned)(void *arg, const struct xrsched_tuner_step *step);
	void *arg;
	uint32_t estimate_error_ppm;
	uint32_t estimate_seed;
};

/**
 * xrsched_open_sim() - make a simulated device without engines
 * @opts: how, NULL: defaults.
 * @x: set to the handle.
 *
 * Engines come with xrsched_engine_add(); the policy is the core's default
 * until xrsched_policy_set().
 *
 * Return: 0, -EINVAL, -E2BIG (@opts has fields set that this library does not
 * know) or -ENOMEM.
 */
int xrsched_open_sim(const struct xrsched_sim_opts *opts, struct xrsched **x);

/**
 * xrsched_close() - give up a client with all it has
 * @x: the handle, or NULL.
 *
 * Unfinished jobs are cancelled, their completions are lost.
 */
void xrsched_close(struct xrsched *x);

/**
 * xrsched_is_sim() - is it a simulator?
 * @x: the handle.
 *
 * Return: true for xrsched_open_sim(), false for xrsched_open().
 */
bool xrsched_is_sim(const struct xrsched *x);

/**
 * xrsched_fd() - the file behind a handle, to be polled
 * @x: the handle.
 *
 * Readable when a completion can be taken.  It belongs to the handle.
 *
 * Return: the file descriptor, -ENODEV for a simulator.
 */
int xrsched_fd(const struct xrsched *x);

/** xrsched_get_caps_sized() - xrsched_get_caps() of a struct of @size bytes */
int xrsched_get_caps_sized(struct xrsched *x, struct xrsched_caps *caps,
			   size_t size);

/** xrsched_model_create_sized() - xrsched_model_create(), likewise */
int xrsched_model_create_sized(struct xrsched *x,
			       struct xrsched_model_create *model, size_t size);

/** xrsched_stream_create_sized() - xrsched_stream_create(), likewise */
int xrsched_stream_create_sized(struct xrsched *x,
				struct xrsched_stream_create *stream,
				size_t size);

/** xrsched_stream_stats_sized() - xrsched_stream_stats(), likewise */
int xrsched_stream_stats_sized(struct xrsched *x, uint32_t stream,
			       struct xrsched_stream_stats *stats, size_t size);

/** xrsched_advise_sized() - xrsched_advise(), likewise */
int xrsched_advise_sized(struct xrsched *x, struct xrsched_advice *advice,
			 size_t size);

/** xrsched_submit_sized() - xrsched_submit() of jobs of @size bytes each */
int xrsched_submit_sized(struct xrsched *x, struct xrsched_job *jobs,
			 unsigned int nr, unsigned int flags,
			 uint64_t timeout_ns, size_t size);

/** xrsched_wait_sized() - xrsched_wait() for completions of @size bytes each */
int xrsched_wait_sized(struct xrsched *x,
		       struct xrsched_completion *completions, unsigned int max,
		       unsigned int min, uint64_t timeout_ns, size_t size);

/**
 * xrsched_get_caps() - what can the device do?
 * @x: the handle.
 * @caps: filled in.
 *
 * Return: 0 or -errno as XRSCHED_IOC_CAPS.
 */
static inline int xrsched_get_caps(struct xrsched *x, struct xrsched_caps *caps)
{
	return xrsched_get_caps_sized(x, caps, sizeof(*caps));
}

/**
 * xrsched_now() - what time is it?
 * @x: the handle.
 *
 * Return: the device's time, see "Time" above.
 */
uint64_t xrsched_now(struct xrsched *x);

/**
 * xrsched_model_create() - describe a model
 * @x: the handle.
 * @model: as for XRSCHED_IOC_MODEL_CREATE; @handle is set.
 *
 * Nothing that @model points to is needed afterwards.
 *
 * Return: 0 or -errno as XRSCHED_IOC_MODEL_CREATE.
 */
static inline int xrsched_model_create(struct xrsched *x,
				       struct xrsched_model_create *model)
{
	return xrsched_model_create_sized(x, model, sizeof(*model));
}

/**
 * xrsched_model_destroy() - give up a model
 * @x: the handle.
 * @model: handle of the model; it lives on while a stream uses it.
 *
 * Return: 0 or -errno as XRSCHED_IOC_MODEL_DESTROY.
 */
int xrsched_model_destroy(struct xrsched *x, uint32_t model);

/**
 * xrsched_stream_create() - describe a stream
 * @x: the handle.
 * @stream: as for XRSCHED_IOC_STREAM_CREATE; @handle and @id are set.
 *
 * Return: 0 or -errno as XRSCHED_IOC_STREAM_CREATE.
 */
static inline int xrsched_stream_create(struct xrsched *x,
					struct xrsched_stream_create *stream)
{
	return xrsched_stream_create_sized(x, stream, sizeof(*stream));
}

/**
 * xrsched_stream_destroy() - give up a stream
 * @x: the handle.
 * @stream: handle of the stream; unfinished jobs are cancelled, and each still
 *          gets its completion.
 *
 * Return: 0 or -errno as XRSCHED_IOC_STREAM_DESTROY.
 */
int xrsched_stream_destroy(struct xrsched *x, uint32_t stream);

/**
 * xrsched_advise() - is every frame sure to be on time?
 * @x: the handle.
 * @advice: @stream is a stream that more is to be said of, or 0: the one that
 *          is closest to being late; the rest is set.
 *
 * A sufficient test: yes is yes, no is not known; Documentation/admission.md
 * says what is taken for granted.  All streams of the device are looked at.
 *
 * Return: 0 or -errno as XRSCHED_IOC_ADVISE.
 */
static inline int xrsched_advise(struct xrsched *x,
				 struct xrsched_advice *advice)
{
	return xrsched_advise_sized(x, advice, sizeof(*advice));
}

/**
 * xrsched_stream_stats() - counters of a stream
 * @x: the handle.
 * @stream: handle of the stream.
 * @stats: filled in.
 *
 * Return: 0 or -errno as XRSCHED_IOC_STREAM_STATS.
 */
static inline int xrsched_stream_stats(struct xrsched *x, uint32_t stream,
				       struct xrsched_stream_stats *stats)
{
	return xrsched_stream_stats_sized(x, stream, stats, sizeof(*stats));
}

/**
 * xrsched_submit() - submit a batch of jobs
 * @x: the handle.
 * @jobs: the jobs; @result of each that was looked at is set.
 * @nr: how many, 1 … max_batch of struct xrsched_caps.
 * @flags: XRSCHED_SUBMIT_*.  A simulator cannot wait for room: nobody could
 *         take completions meanwhile; it answers -EAGAIN.
 * @timeout_ns: with XRSCHED_SUBMIT_WAIT: when to give up, 0: never.
 *
 * Return: how many were accepted (at least 1), or -errno as
 * XRSCHED_IOC_SUBMIT.
 */
static inline int xrsched_submit(struct xrsched *x, struct xrsched_job *jobs,
				 unsigned int nr, unsigned int flags,
				 uint64_t timeout_ns)
{
	return xrsched_submit_sized(x, jobs, nr, flags, timeout_ns,
				    sizeof(*jobs));
}

/**
 * xrsched_wait() - take completions
 * @x: the handle.
 * @completions: room for @max of them.
 * @max: at most this many, 1 … max_batch of struct xrsched_caps.
 * @min: return as soon as this many are there; 0: do not wait.
 * @timeout_ns: return then with what is there, 0: never.
 *
 * A simulator moves its clock until one of this holds.  If nothing can happen
 * any more (no event is due and @timeout_ns is 0) it returns what is there, or
 * -EDEADLK if that is nothing; a device would wait for ever.
 *
 * Return: completions taken, or -errno as XRSCHED_IOC_WAIT (-ETIMEDOUT:
 * nothing came before @timeout_ns; -EINTR: a signal came first).
 */
static inline int xrsched_wait(struct xrsched *x,
			       struct xrsched_completion *completions,
			       unsigned int max, unsigned int min,
			       uint64_t timeout_ns)
{
	return xrsched_wait_sized(x, completions, max, min, timeout_ns,
				  sizeof(*completions));
}

/**
 * xrsched_cancel() - cancel a frame, or all of a stream
 * @x: the handle.
 * @stream: handle of the stream.
 * @frame: the frame; 0 with XRSCHED_CANCEL_ALL.
 * @flags: XRSCHED_CANCEL_*.
 *
 * Return: how many jobs will end as cancelled, or -errno as
 * XRSCHED_IOC_CANCEL.
 */
int xrsched_cancel(struct xrsched *x, uint32_t stream, uint64_t frame,
		   unsigned int flags);

/*
 * The device as a whole: engines and policy.  On a kernel device these go over
 * generic netlink, and all but the getters need the privilege that
 * Documentation/netlink.md names (-EPERM).
 */

/**
 * struct xrsched_engine - An engine and what it did
 * @id: its number on the device.
 * @up: 1: takes layers.
 * @name: its name.
 * @class_name: its class.
 * @pes: its processing elements.
 * @pad: 0.
 * @busy_ns: time that layers ran.
 * @layers: layers finished.
 * @switches: dispatches that moved activations.
 * @lost: layers that were taken away before they finished.
 * @energy_pj: energy used, switches included.
 * @faults: layers lost to faults, those that took too long included.
 * @timeouts: layers that took too long.
 * @lost_ns: time that layers ran which were lost.
 * @lost_pj: energy that these took, their switches included.
 */
struct xrsched_engine {
	uint32_t id;
	uint32_t up;
	char name[XRSCHED_NAME_LEN];
	char class_name[XRSCHED_NAME_LEN];
	uint32_t pes;
	uint32_t pad;
	uint64_t busy_ns;
	uint64_t layers;
	uint64_t switches;
	uint64_t lost;
	uint64_t energy_pj;
	uint64_t faults;
	uint64_t timeouts;
	uint64_t lost_ns;
	uint64_t lost_pj;
};

/**
 * struct xrsched_device_stats - What a device did
 * @events: events that the core saw.
 * @decisions: layers dispatched.
 * @policy_faults: decisions that broke the rules and were replaced.
 */
struct xrsched_device_stats {
	uint64_t events;
	uint64_t decisions;
	uint64_t policy_faults;
};

/**
 * xrsched_engine_add() - add a simulated engine
 * @x: the handle.
 * @name: its name, unique on the device.
 * @class_name: its class.
 * @pes: its processing elements, of which only the ratio between engines
 *       matters; 0: 1.
 * @bytes_per_us: bandwidth that activations are moved with, 2^40 at most; 0:
 *                that takes no time. Counts under switch=timed.
 * @error: NULL or place for what is wrong.
 *
 * Return: the engine's number, or -EINVAL (a name out of rule), -ERANGE
 * (@bytes_per_us), -EEXIST, -ENOSPC, -EPERM, -ENOMEM, -ENODEV.
 */
int xrsched_engine_add(struct xrsched *x, const char *name,
		       const char *class_name, uint32_t pes,
		       uint64_t bytes_per_us, struct xrsched_error *error);

/**
 * xrsched_engine_remove() - remove a simulated engine
 * @x: the handle.
 * @id: its number; a layer that runs on it is repeated elsewhere.
 * @error: NULL or place for what is wrong.
 *
 * Return: 0, or -ENOENT, -EPERM, -ENODEV.
 */
int xrsched_engine_remove(struct xrsched *x, uint32_t id,
			  struct xrsched_error *error);

/**
 * xrsched_engines_get() - list the engines with their statistics
 * @x: the handle.
 * @engines: room for @max of them, by number; NULL with @max 0.
 * @max: at most this many are written.
 *
 * Return: how many there are, or -errno.
 */
int xrsched_engines_get(struct xrsched *x, struct xrsched_engine *engines,
			unsigned int max);

/**
 * xrsched_policy_set() - decide with another policy from now on
 * @x: the handle.
 * @spec: the policy; parameters left out get their defaults.
 * @error: NULL or place for what is wrong.
 *
 * Return: 0, or -ENOENT (no such policy), -EINVAL (a parameter that it has
 * not), -ERANGE (a value), -EPERM, -ENODEV.
 */
int xrsched_policy_set(struct xrsched *x,
		       const struct xrsched_policy_spec *spec,
		       struct xrsched_error *error);

/**
 * xrsched_policy_get() - what decides now?
 * @x: the handle.
 * @spec: filled in, with all parameters that the policy heeds.
 *
 * Return: 0 or -errno.
 */
int xrsched_policy_get(struct xrsched *x, struct xrsched_policy_spec *spec);

/**
 * xrsched_device_stats() - counters of the device
 * @x: the handle.
 * @stats: filled in.
 *
 * Return: 0 or -errno.
 */
int xrsched_device_stats(struct xrsched *x, struct xrsched_device_stats *stats);

#ifdef __cplusplus
#pragma GCC diagnostic pop
}
#endif

#endif /* XRSCHED_XRSCHED_H */
