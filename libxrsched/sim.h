/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The simulator: the scheduling core in virtual time.
 *
 * DOC: Time
 *
 * The clock stands still but in xrsched_wait(), which takes it from event to
 * event: the next end of a layer or the core's own next timer.  At one instant
 * the ends of layers are told to the core in the order of the engines, then it
 * decides once: what the module does when its timers fire together.
 *
 * DOC: Memory
 *
 * Nothing is allocated while time passes.  Jobs come from a pool that grows in
 * submit; the ring of completions has room for every job that was submitted
 * and not reaped.
 */
#ifndef XRSCHED_SIM_H
#define XRSCHED_SIM_H

#include "xrs_core.h"
#include "xrs_inject.h"

#include "internal.h"

#define SIM_CHUNK 256 /* jobs allocated at once */
#define SIM_MAX_MODELS 4096
#define SIM_MAX_STREAMS 65536
#define SIM_MAX_BATCH 4096

/* Sizes of the first version of what may grow, as the kernel has them. */
#define SIM_CAPS_SIZE_VER0 40
#define SIM_MODEL_CREATE_SIZE_VER0 88
#define SIM_STREAM_CREATE_SIZE_VER0 88
#define SIM_STREAM_STATS_SIZE_VER0 168
#define SIM_JOB_SIZE_VER0 56
#define SIM_COMPLETION_SIZE_VER0 72
#define SIM_MAX_JOBS (1U << 24)
#define SIM_DEFAULT_JOBS (1U << 16)
#define SIM_MAX_OVERHEAD_NS 1000000000
#define SIM_MAX_ERROR_PPM 990000

/**
 * struct sim_engine - An engine
 * @core: for the core
 * @inject: what is to go wrong on it
 * @failing: the layer that runs will fail
 * @name: its name
 */
struct sim_engine {
	struct xrs_engine core;
	struct xrs_inject inject;
	bool failing;
	char name[XRSCHED_NAME_LEN];
};

/**
 * struct sim_model - A model
 * @core: for the core
 * @mem: its arrays
 * @true_ns: what layers take, indexed as costs; NULL: what the costs say
 * @users: streams, and 1 for the handle while that lives
 */
struct sim_model {
	struct xrs_model core;
	void *mem;
	u64 *true_ns;
	u32 users;
};

/**
 * struct sim_stream - A stream
 * @core: for the core
 * @model: its model
 * @handle: its handle
 * @name: for people
 * @dying: destroyed; goes with its last job
 */
struct sim_stream {
	struct xrs_stream core;
	struct sim_model *model;
	u32 handle;
	char name[XRSCHED_NAME_LEN];
	bool dying;
};

/**
 * struct sim_job - A job
 * @core: for the core
 * @cookie: for its owner
 * @next: free one after this
 */
struct sim_job {
	struct xrs_job core;
	u64 cookie;
	struct sim_job *next;
};

struct sim_chunk {
	struct sim_chunk *next;
	struct sim_job job[SIM_CHUNK];
};

/**
 * struct sim_table - Objects by handle
 * @slot: object of handle i + 1, NULL if there is none
 * @nr: slots
 */
struct sim_table {
	void **slot;
	u32 nr;
};

/**
 * struct sim - A simulator
 * @base: handle
 * @core: the scheduler
 * @now_ns: the clock
 * @wake_ns: when the core wants to run
 * @overhead_ns: added to every layer
 * @error_ppm: how far estimates are off
 * @error_seed: what that is drawn from
 * @tuned: observer of the tuner, or NULL
 * @tuned_arg: its argument
 * @busy: engines that run a layer
 * @end_ns: when each of these will be done
 * @energy_pj: what the layer takes
 * @models: models by handle
 * @streams: streams by handle
 * @dying: streams destroyed with jobs in flight
 * @next_id: id of the next stream
 * @last_model: number of the last model
 * @free_jobs: list of them
 * @chunks: memory of all jobs
 * @ring: completions, oldest first, a power of 2
 * @ring_size: room there
 * @ring_head: number of the oldest completion
 * @ring_tail: number of the next
 * @max_jobs: limit of @jobs
 * @jobs: submitted and not reaped
 */
struct sim {
	struct xrsched base;
	struct xrs_core core;
	u64 now_ns;
	u64 wake_ns;
	u64 overhead_ns;
	u32 error_ppm;
	u32 error_seed;
	void (*tuned)(void *arg, const struct xrsched_tuner_step *step);
	void *tuned_arg;
	u64 busy;
	u64 end_ns[XRS_MAX_ENGINES];
	u64 energy_pj[XRS_MAX_ENGINES];

	struct sim_table models;
	struct sim_table streams;
	u32 dying;
	u32 next_id;
	u64 last_model;

	struct sim_job *free_jobs;
	struct sim_chunk *chunks;
	struct xrsched_completion *ring;
	u32 ring_size;
	u32 ring_head;
	u32 ring_tail;
	u32 max_jobs;
	u32 jobs;
};

static inline struct sim *to_sim(struct xrsched *x)
{
	return (struct sim *)x;
}

static inline void *sim_table_get(const struct sim_table *table, u32 handle)
{
	return handle && handle <= table->nr ? table->slot[handle - 1] : NULL;
}

/* A stream by handle; those that were destroyed do not exist any more. */
static inline struct sim_stream *sim_stream_get(struct sim *sim, u32 handle)
{
	struct sim_stream *stream = sim_table_get(&sim->streams, handle);

	return stream && !stream->dying ? stream : NULL;
}

/* sim_object.c: models, streams, engines, policy */
int sim_get_caps(struct xrsched *x, struct xrsched_caps *caps, size_t size);
int sim_model_create(struct xrsched *x, struct xrsched_model_create *arg,
		     size_t size);
int sim_model_destroy(struct xrsched *x, uint32_t handle);
int sim_stream_create(struct xrsched *x, struct xrsched_stream_create *arg,
		      size_t size);
int sim_stream_destroy(struct xrsched *x, uint32_t handle);
int sim_stream_stats(struct xrsched *x, uint32_t handle,
		     struct xrsched_stream_stats *stats, size_t size);
int sim_advise(struct xrsched *x, struct xrsched_advice *advice);
int sim_engine_add(struct xrsched *x, const char *name, const char *class_name,
		   uint32_t pes, uint64_t bytes_per_us,
		   struct xrsched_error *error);
int sim_engine_remove(struct xrsched *x, uint32_t id,
		      struct xrsched_error *error);
int sim_engines_get(struct xrsched *x, struct xrsched_engine *engines,
		    unsigned int max);
int sim_policy_set(struct xrsched *x, const struct xrsched_policy_spec *spec,
		   struct xrsched_error *error);
int sim_policy_get(struct xrsched *x, struct xrsched_policy_spec *spec);
int sim_device_stats(struct xrsched *x, struct xrsched_device_stats *stats);
void sim_streams_reap(struct sim *sim);
void sim_objects_free(struct sim *sim);
void sim_record_models(struct sim *sim);

/* sim.c: jobs and time */
u32 sim_cancel_stream(struct sim *sim, struct sim_stream *stream,
		      enum xrs_reason reason);
void sim_run(struct sim *sim);

#endif /* XRSCHED_SIM_H */
