/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduling core: one device's engines, streams and jobs, and who runs
 * next where.
 */

/**
 * DOC: Rules
 *
 * A state machine without a clock, a lock, an allocation or a kernel call.
 * Its surroundings (the module, the simulator, a test) hold one lock around
 * every call, tell it what happened and when, and do what it says through
 * struct xrs_core_ops.  Same events, same decisions.
 *
 * Events only change state; xrs_core_run() then acts on timers and decides.
 * Every event, or batch of events of one instant, is followed by it:
 *
 *	lock; xrs_core_submit(core, job, now) …; xrs_core_run(core, now); unlock
 *
 * Times never go backwards: a @now before the last one is taken as the last.
 *
 * Objects are embedded in their owners' (container_of) and belong to the core
 * from the call that brings them in (submit, stream_add, engine_add) to the
 * one that gives them back (ops->finish, stream_remove, engine_remove).
 */
#ifndef XRS_CORE_H
#define XRS_CORE_H

#include "xrs_fault.h"
#include "xrs_heap.h"
#include "xrs_hist.h"
#include "xrs_lookahead.h"
#include "xrs_model.h"
#include "xrs_policy.h"
#include "xrs_ready.h"
#include "xrs_record.h"
#include "xrs_shim.h"
#include "xrs_tuner.h"

/** define XRS_NEVER - A time that does not come. */
#define XRS_NEVER U64_MAX

/** define XRS_RECENT - Finished frames that a stream remembers (power of 2). */
#define XRS_RECENT 16

/** define XRS_MAX_DEPTH - Longest chain of upstream streams. */
#define XRS_MAX_DEPTH 8

/** define XRS_RUN_BUDGET - Timers that one xrs_core_run() works off. */
#define XRS_RUN_BUDGET 256

/** define XRS_PJ_PER_BYTE - Energy to move a byte of activations (DREAM). */
#define XRS_PJ_PER_BYTE 216

/**
 * enum xrs_job_state - Where a job is in its life
 * @XRS_JOB_NEW: not yet submitted
 * @XRS_JOB_PENDING: before its release, behind another frame, or waiting for
 *                   its upstream frame
 * @XRS_JOB_READY: in the ready set
 * @XRS_JOB_RUNNING: one of its layers is on an engine
 * @XRS_JOB_DONE: ended; the core does not know it any more
 */
enum xrs_job_state {
	XRS_JOB_NEW,
	XRS_JOB_PENDING,
	XRS_JOB_READY,
	XRS_JOB_RUNNING,
	XRS_JOB_DONE,
};

/** enum xrs_outcome - How a job ended; values of enum xrsched_outcome. */
enum xrs_outcome {
	XRS_COMPLETED = 1,
	XRS_DROPPED = 2,
	XRS_CANCELLED = 3,
	XRS_FAILED = 4,
};

/** enum xrs_reason - Why it ended so; values of enum xrsched_reason. */
enum xrs_reason {
	XRS_REASON_NONE = 0,
	XRS_REASON_EXPIRED = 1,
	XRS_REASON_HOPELESS = 2,
	XRS_REASON_EARLY = 3,
	XRS_REASON_UPSTREAM = 4,
	XRS_REASON_CANCEL = 5,
	XRS_REASON_CLOSE = 6,
	XRS_REASON_DEVICE = 7,
	XRS_REASON_NO_ENGINE = 8,
	XRS_REASON_TIMEOUT = 9,
	XRS_REASON_FAULT = 10,
	XRS_REASON_REFUSED = 11,
	XRS_REASON_FENCE = 14,
};

/**
 * enum xrs_learns - Whether estimates follow what an engine's layers take
 * @XRS_LEARNS_NEVER: no: they take what the profile says
 * @XRS_LEARNS_ALWAYS: yes
 * @XRS_LEARNS_ASKED: if the policy wants that
 */
enum xrs_learns {
	XRS_LEARNS_NEVER,
	XRS_LEARNS_ALWAYS,
	XRS_LEARNS_ASKED,
};

/**
 * struct xrs_engine - One queue that runs one layer at a time
 * @id: set by the caller: 0 … XRS_MAX_ENGINES - 1, unique on the device
 * @class_name: set by the caller: class, to be found in models' cost tables
 * @pes: set by the caller: processing elements, 0: not known (taken as 1)
 * @bytes_per_us: set by the caller: bandwidth that activations are moved with, 2^40
 *                at most; 0: not known, moving them takes no time
 * @label: set by the caller: its name, for recordings, or NULL
 * @kind: number of its class among those present on the device
 * @job: job whose layer runs here, NULL when idle or down
 * @resident: unfinished job whose activations lie here, NULL if none
 * @since_ns: when the running layer was dispatched
 * @seq: number of the dispatch; grows by one with each
 * @up: there to take layers, if not at this moment
 * @guarded: set by the caller: layers are watched, see xrs_fault.h
 * @learns: set by the caller: enum xrs_learns
 * @parked: takes no layer for now, see xrs_core_engine_park()
 * @revived: its last reset has succeeded
 * @health: enum xrs_health
 * @strikes: faults in a row
 * @good: layers finished since the last fault, if there are strikes
 * @slack: layers have 2^slack times as long, see xrs_fault.h
 * @floor_ns: set by the caller: least time that a layer has, if it is more than
 *            the device's
 * @alarm_ns: when the running layer is overdue, or its rest is over
 * @reported_ns: what its provider says the layer took, to be set before
 *               xrs_core_layer_done(); 0: nothing
 * @switch_pj: energy that the running layer's dispatch moved activations for
 * @switch_ns: time that this takes before the layer begins, which an engine
 *             that is a simulation adds to it; 0 unless switch=timed
 * @busy_ns: time that layers ran, finished ones and lost ones
 * @layers: layers finished
 * @switches: dispatches that moved activations
 * @lost: layers that were taken away before they finished
 * @energy_pj: energy used, switches included
 * @faults: layers lost to faults, those that took too long included
 * @timeouts: layers that took too long
 * @refused: layers that could not be run for what their clients had passed
 * @lost_ns: time that layers ran which were lost
 * @lost_pj: energy that these took, their switches included
 * @error_hist: how far estimates were off, ppm of them, if it learns
 */
struct xrs_engine {
	u32 id;
	char class_name[XRS_NAME_LEN];
	u32 pes;
	u64 bytes_per_us;
	const char *label;

	u32 kind;
	struct xrs_job *job;
	struct xrs_job *resident;
	u64 since_ns;
	u64 seq;
	bool up;
	bool guarded;
	u8 learns;
	bool parked;
	bool revived;
	u8 health;
	u8 strikes;
	u8 good;
	u8 slack;
	u64 floor_ns;
	u64 alarm_ns;
	u64 reported_ns;
	u64 switch_pj;
	u64 switch_ns;

	u64 busy_ns;
	u64 layers;
	u64 switches;
	u64 lost;
	u64 energy_pj;
	u64 faults;
	u64 timeouts;
	u64 refused;
	u64 lost_ns;
	u64 lost_pj;
	struct xrs_hist error_hist;
};

/**
 * struct xrs_counters - What UXCost and statistics are computed from
 * @submitted: jobs accepted
 * @released: jobs whose release came, or that ended before it
 * @completed: jobs that ended XRS_COMPLETED, late ones too
 * @late: of these, those after their deadline
 * @dropped: jobs that ended XRS_DROPPED
 * @cancelled: jobs that ended XRS_CANCELLED
 * @failed: jobs that ended XRS_FAILED
 * @retried: layers that were lost and had to be repeated
 * @layers: layers that finished
 * @switches: times activations had to be moved
 * @energy_pj: energy of ended jobs, cancelled ones left out
 * @worst_pj: worst-case energy of the same jobs
 * @honest_pj: energy of the same jobs, a violated one at its worst or more
 * @executed_pj: worst-case energy of those of them that had begun
 * @full: times a submission found no room; counted by the surroundings
 *
 * submitted = completed + dropped + cancelled + failed + in flight, always.
 */
struct xrs_counters {
	u64 submitted;
	u64 released;
	u64 completed;
	u64 late;
	u64 dropped;
	u64 cancelled;
	u64 failed;
	u64 retried;
	u64 layers;
	u64 switches;
	u64 energy_pj;
	u64 worst_pj;
	u64 honest_pj;
	u64 executed_pj;
	u64 full;
};

/**
 * struct xrs_stream - One periodic or sporadic use of a model
 * @id: set by the caller: unique on the device; the lower one wins ties
 * @model: set by the caller; stays until the stream is removed
 * @upstream: set by the caller: stream whose frame of the same number must
 *            complete first, or NULL
 * @period_ns: set by the caller: 0 for a sporadic stream
 * @deadline_ns: set by the caller: default relative deadline
 * @weight: set by the caller: 1 … 1000
 * @trigger_ppm: set by the caller: how often an upstream frame leads to one
 * @drop_max: set by the caller: bound on early drops
 * @drop_window: set by the caller: frames that @drop_max is counted over
 * @lightest_variant: set by the caller: lightest variant a policy may choose
 * @priority: set by the caller: 0 … 3
 * @no_early_drop: set by the caller: forbids early drops
 * @label: set by the caller: its name, for recordings, or NULL
 *
 * @fresh: unfinished frames in order; only the first may be ready or run
 * @stale: frames that expired=demote put aside; only the first may run
 * @timer: next moment at which the first of @fresh changes by itself
 * @link: in the core's list of streams
 * @children: streams that name this one as their upstream
 * @in_flight: jobs submitted and not ended
 * @next_frame: frames below this number were submitted or never will be
 * @last_release_ns: release of the last frame submitted
 * @ended: frames that have ended
 * @recent: how the last of them ended: frame * 2 + (1 if completed), a ring;
 *          U64_MAX where there is none
 * @chain_ns: expected work that a frame will trigger downstream
 * @ahead_ns: the same, as lookahead reckons it
 * @ahead_lost: what is lost to it if no frame is on time that one may trigger
 * @came_ns: release of the last frame that was released
 * @drops: bit n: the frame that ended n frames ago was dropped
 * @bound: engine that fcfs-static has bound the stream to
 * @place: admission advice's own: index in the set that was last looked at
 * @count: counters since reset
 * @window: counters when the tuner's window began
 * @queue_hist: time from release to first dispatch
 * @response_hist: time from release to finish of completed jobs
 */
struct xrs_stream {
	u32 id;
	struct xrs_model *model;
	struct xrs_stream *upstream;
	u64 period_ns;
	u64 deadline_ns;
	u32 weight;
	u32 trigger_ppm;
	u16 drop_max;
	u16 drop_window;
	u8 lightest_variant;
	u8 priority;
	bool no_early_drop;
	const char *label;

	struct list_head fresh;
	struct list_head stale;
	struct xrs_timer timer;
	struct list_head link;
	u32 children;
	u32 in_flight;
	u64 next_frame;
	u64 last_release_ns;
	u64 ended;
	u64 recent[XRS_RECENT];
	u64 chain_ns;
	u64 ahead_ns;
	u64 ahead_lost;
	u64 came_ns;
	u64 drops;
	u32 bound;
	u32 place;

	struct xrs_counters count;
	struct xrs_counters window;
	struct xrs_hist queue_hist;
	struct xrs_hist response_hist;
};

/**
 * struct xrs_job - One frame of a stream
 * @exit: set by the caller: exit that will be taken, 0 none; policies must not
 *        look
 * @variant: set by the caller: 0 the policy chooses, else number from 1; the
 *           one that runs once @started
 * @held: set by the caller: waits for xrs_core_release(), besides all else
 *
 * @state: enum xrs_job_state
 * @outcome: enum xrs_outcome, when done
 * @reason: enum xrs_reason, when done
 * @started: a layer has been dispatched
 * @stale: on its stream's stale list
 * @cancelled: to be cancelled (with @reason) when its running layer ends
 * @released: counted as released
 * @tries: times that its next layer has failed
 * @again: its next layer was begun before
 * @rejected: lookahead's: not to be run until it looks ahead again
 * @ahead: lookahead's: where it is in the picture, if it is
 * @planned: lookahead's: it was there when the last look began
 * @foreseen: lookahead's: where it is in that of the look, if it is
 * @layer: next or running layer, index within the model
 * @live_bytes: activations that a switch has to move
 * @engine: where its layer runs, NULL while none does
 * @resident: mask of engines whose resident is this job
 * @start_ns: first dispatch, 0 if none
 * @energy_pj: energy used, switches included
 * @layers: layers that ran
 * @switches: times its activations were moved
 * @block_end: veltair's: first layer that is not in the block being run
 * @parent: upstream frame that it waits for, or NULL
 *
 * @stream: set by the caller
 * @frame: set by the caller: larger than any submitted before
 * @release_ns: set by the caller: when it comes into being; the core moves it
 *              to the end of the upstream frame where that is later
 * @deadline_ns: set by the caller: absolute
 * @skip_mask: set by the caller: blocks that will be skipped; policies must
 *             not look
 *
 * What follows is set before it is looked at, whatever it was:
 *
 * @last: id of the engine that its last layer was dispatched to,
 *        XRS_MAX_ENGINES if there is none
 * @ready_ns: since when its next layer could have run (Starv of MapScore),
 *            XRS_NEVER if it cannot yet
 * @finish_ns: end
 * @node: in its stream's list
 * @dependents: downstream jobs that wait for this one
 * @dep_node: in the upstream job's list
 * @slot: index in the ready set
 * @group: index of its group there, XRS_NO_GROUP if it has none
 * @tree: place in the group's tree
 */
struct xrs_job {
	u8 exit;
	u8 variant;
	bool held;

	u8 state;
	u8 outcome;
	u8 reason;
	bool started;
	bool stale;
	bool cancelled;
	bool released;
	u8 tries;
	bool again;
	bool rejected;
	u8 ahead;
	bool planned;
	u8 foreseen;
	u32 layer;
	u32 live_bytes;
	struct xrs_engine *engine;
	u64 resident;
	u64 start_ns;
	u64 energy_pj;
	u32 layers;
	u32 switches;
	u32 block_end;
	struct xrs_job *parent;

	struct xrs_stream *stream;
	u64 frame;
	u64 release_ns;
	u64 deadline_ns;
	u64 skip_mask;

	u32 last;
	u64 ready_ns;
	u64 finish_ns;
	struct list_head node;
	struct list_head dependents;
	struct list_head dep_node;
	u32 slot;
	u32 group;
	struct xrs_node tree;
};

/**
 * struct xrs_pick - A decision
 * @job: who
 * @engine: where
 * @score: why: the policy's figure of merit, Q32 (MapScore for dream); 0 where
 *         a policy has none, and where there was no choice unless xrs_scored()
 */
struct xrs_pick {
	struct xrs_job *job;
	struct xrs_engine *engine;
	s64 score;
};

/**
 * enum xrs_watch - What somebody looks at who is not always there
 * @XRS_WATCH_DECISIONS: ops->decided is to be called
 * @XRS_WATCH_SCORES: xrs_pick::score is to be worked out
 * @XRS_WATCH_READY: ops->ready is to be called
 */
enum xrs_watch {
	XRS_WATCH_DECISIONS = 1,
	XRS_WATCH_SCORES = 2,
	XRS_WATCH_READY = 4,
};

/**
 * struct xrs_core_ops - What the core asks of its surroundings
 *
 * All are called from within xrs_core_run() or an event, with the caller's
 * lock held; none may sleep or call the core.
 */
struct xrs_core_ops {
	/**
	 * @dispatch: Start the layer pick->job->layer of pick->job on
	 * pick->engine now.  Its end is reported by xrs_core_layer_done(),
	 * after this run has returned.
	 */
	void (*dispatch)(struct xrs_core *core, const struct xrs_pick *pick,
			 u64 now_ns);
	/**
	 * @finish: The job ended; outcome, reason and the rest are set, the
	 * core has forgotten it.  Exactly once for every accepted job.
	 */
	void (*finish)(struct xrs_core *core, struct xrs_job *job, u64 now_ns);
	/**
	 * @wake: Call xrs_core_run() once at @at_ns, or soon if that has
	 * passed; XRS_NEVER: no need to.  Takes the place of what was asked
	 * for before.  A wake-up that has come is forgotten: the next one is
	 * asked for anew, even for the same time.
	 */
	void (*wake)(struct xrs_core *core, u64 at_ns);
	/**
	 * @ready: The job's next layer may run.  Called only for
	 * XRS_WATCH_READY (observers only; may be NULL if that is never set).
	 */
	void (*ready)(struct xrs_core *core, struct xrs_job *job, u64 now_ns);
	/**
	 * @reset: Bring an engine into working order after a fault; whatever
	 * it does is to be stopped.  To be answered by
	 * xrs_core_engine_reset(), at any time, from within as well (the only
	 * call that is allowed there).  May be NULL: engines work again at
	 * once.
	 */
	void (*reset)(struct xrs_core *core, struct xrs_engine *engine,
		      u64 now_ns);
	/**
	 * @fault: The layer job->layer of @job has failed on @engine, and was
	 * taken off it; what becomes of the two follows (observers only; may
	 * be NULL).
	 */
	void (*fault)(struct xrs_core *core, const struct xrs_engine *engine,
		      const struct xrs_job *job, enum xrs_reason reason,
		      u64 now_ns);
	/**
	 * @health: An engine's health has changed (observers only; may be
	 * NULL).
	 */
	void (*health)(struct xrs_core *core, const struct xrs_engine *engine,
		       u64 now_ns);
	/**
	 * @learned: An estimate has followed a sample (observers only; may be
	 * NULL).
	 */
	void (*learned)(struct xrs_core *core, const struct xrs_engine *engine,
			const struct xrs_job *job, u64 seen_ns,
			u64 estimate_ns);
	/**
	 * @tuned: A window of the tuner ended (observers only; may be NULL).
	 */
	void (*tuned)(struct xrs_core *core, const struct xrs_tuner_step *step);
	/**
	 * @decided: The policy chose @pick from @ready, in which it still is;
	 * @dispatch follows.  Called only for XRS_WATCH_DECISIONS (observers
	 * only; may be NULL if that is never set).
	 */
	void (*decided)(struct xrs_core *core, const struct xrs_ready *ready,
			const struct xrs_pick *pick, u64 now_ns);
};

/**
 * struct xrs_core - A scheduling domain
 * @ops: its surroundings
 * @recorder: told of all that happens (see xrs_record.h), or NULL; set by the
 *            caller, under its lock
 * @policy: who decides
 * @param: values of all parameters, by enum xrs_param_id
 * @engine: engines by id, NULL where there is none
 * @up: mask of engines that take layers
 * @idle: mask of these that run nothing
 * @alarmed: mask of engines that wait for something, see fault.c
 * @alarm_ns: none of these waits for anything earlier
 * @guard: how faults are treated
 * @engine_gen: grows whenever @up changes; models' views are derived anew
 * @ready: jobs that may run, [0] fresh, [1] put aside by expired=demote and
 *         looked at only when no fresh one can run
 * @timers: streams' next moments
 * @timer_slot: its memory, by xrs_core_reserve()
 * @index_min: ready jobs from which on they are indexed: XRS_INDEX_MIN, or
 *             something else to compare decisions with those of a full scan
 * @max_streams: what was reserved
 * @nr_streams: streams present
 * @streams: list of them, in order of addition
 * @now_ns: time of the last event
 * @wake_ns: what ops->wake was last told
 * @budget: how much the run that is under way may still do
 * @stream_gen: grows whenever a stream comes or goes
 * @cost_gen: grows whenever learned costs take the place of a profile's
 * @bound_gen: engine_gen + stream_gen that fcfs-static's binding is for
 * @chain_gen: xrs_times_gen() that streams' chain_ns are for
 * @ahead: what lookahead remembers
 * @tuner: search for alpha and beta
 * @rr: policies' own: stream id that round robin stopped at
 * @watched: set by the caller: mask of enum xrs_watch
 * @events: events seen
 * @decisions: dispatches
 * @policy_faults: picks that broke the rules and were replaced
 */
struct xrs_core {
	const struct xrs_core_ops *ops;
	struct xrs_recorder *recorder;
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	struct xrs_engine *engine[XRS_MAX_ENGINES];
	u64 up;
	u64 idle;
	u64 alarmed;
	u64 alarm_ns;
	struct xrs_guard guard;
	u64 engine_gen;
	struct xrs_ready ready[2];
	struct xrs_heap timers;
	struct xrs_timer **timer_slot;
	u32 index_min;
	u32 max_streams;
	u32 nr_streams;
	struct list_head streams;
	u64 now_ns;
	u64 wake_ns;
	u32 budget;
	u64 stream_gen;
	u64 cost_gen;
	u64 bound_gen;
	u64 chain_gen;
	struct xrs_lookahead ahead;
	struct xrs_tuner tuner;
	u32 rr;
	u8 watched;
	u64 events;
	u64 decisions;
	u64 policy_faults;
};

void xrs_core_init(struct xrs_core *core, const struct xrs_core_ops *ops);

size_t xrs_core_reserve_bytes(u32 max_streams);
void *xrs_core_reserve(struct xrs_core *core, void *mem, u32 max_streams);

int xrs_core_engine_add(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns);
void xrs_core_engine_down(struct xrs_core *core, struct xrs_engine *engine,
			  u64 now_ns);
void xrs_core_engine_up(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns);
void xrs_core_engine_remove(struct xrs_core *core, struct xrs_engine *engine,
			    u64 now_ns);

int xrs_core_stream_add(struct xrs_core *core, struct xrs_stream *stream);
int xrs_core_stream_remove(struct xrs_core *core, struct xrs_stream *stream);

int xrs_core_submit(struct xrs_core *core, struct xrs_job *job, u64 now_ns);
void xrs_core_cancel(struct xrs_core *core, struct xrs_job *job,
		     enum xrs_reason reason, u64 now_ns);
void xrs_core_release(struct xrs_core *core, struct xrs_job *job, bool good,
		      u64 now_ns);
u64 xrs_core_latest_start(const struct xrs_core *core,
			  const struct xrs_job *job);
struct xrs_job *xrs_core_find(struct xrs_stream *stream, u64 frame);
void xrs_core_layer_done(struct xrs_core *core, struct xrs_engine *engine,
			 u64 energy_pj, u64 now_ns);

int xrs_core_set_policy(struct xrs_core *core, const struct xrs_policy *policy,
			const s64 *param, u64 now_ns);
void xrs_core_reset_stats(struct xrs_core *core);
void xrs_core_run(struct xrs_core *core, u64 now_ns);

/** xrs_recorded() - whether somebody wants records; mostly not */
static inline bool xrs_recorded(const struct xrs_core *core)
{
	return unlikely(core->recorder);
}

/** xrs_scored() - whether somebody looks at scores; mostly not */
static inline bool xrs_scored(const struct xrs_core *core)
{
	return unlikely(core->watched &
			(XRS_WATCH_DECISIONS | XRS_WATCH_SCORES)) ||
	       xrs_recorded(core);
}

/**
 * xrs_model_view() - bring a model's derived tables up to date
 * @core: the device
 * @model: a sealed model
 *
 * Nothing to do unless the set of engines has changed since the last call.
 *
 * Context: caller's lock.
 */
static inline void xrs_model_view(const struct xrs_core *core,
				  struct xrs_model *model)
{
	if (unlikely(model->view_gen != core->engine_gen))
		xrs_model_view_anew(core, model);
}

/**
 * xrs_job_cost() - what a job's next layer costs on an engine
 * @job: the job
 * @engine: an engine that can run its model
 *
 * Switches not included.  Context: caller's lock.
 */
static inline const struct xrs_cost *xrs_job_cost(const struct xrs_job *job,
						  const struct xrs_engine *engine)
{
	const struct xrs_model *model = job->stream->model;

	return &model->cost[(size_t)job->layer * model->nr_classes +
			    model->row[engine->id]];
}

/**
 * xrs_job_estimate() - what is known of a job's next layer on an engine
 * @job: the job
 * @engine: an engine that can run its model
 *
 * Context: caller's lock.
 */
static inline const struct xrs_estimate *
xrs_job_estimate(const struct xrs_job *job, const struct xrs_engine *engine)
{
	const struct xrs_model *model = job->stream->model;

	return &model->estimate[(size_t)job->layer * model->nr_classes +
				model->row[engine->id]];
}

/**
 * xrs_switch_pj() - energy to bring a job's activations to an engine
 * @job: the job
 * @engine: the engine
 *
 * Nothing if they are there; else theirs are fetched and those of an
 * unfinished resident are flushed (Switch of MapScore, before division).
 *
 * Context: caller's lock.
 */
static inline u64 xrs_switch_pj(const struct xrs_job *job,
				const struct xrs_engine *engine)
{
	const struct xrs_job *resident = engine->resident;
	u64 bytes = job->live_bytes;

	if (resident == job && job->last == engine->id)
		return 0;
	if (resident && resident != job)
		bytes += resident->live_bytes;
	return bytes * XRS_PJ_PER_BYTE;
}

#endif /* XRS_CORE_H */
