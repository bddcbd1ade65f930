/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recording: everything that the core is told and everything that it decides,
 * as records of one size, in the order in which the caller's lock put it.
 */

/**
 * DOC: Recording
 *
 * With a struct xrs_recorder set, the core hands it a record for each *input*
 * (what the functions of xrs_core.h were called for) and for each *output*
 * (what the core made of it: dispatches, ends of jobs, wake-ups, steps of the
 * tuner).  An input's record comes before those of its outputs and carries the
 * time that the core took it to have happened at.  Inputs that changed nothing
 * (a job that was refused) leave no record.
 *
 * So a second core that is fed with the inputs of a recording must produce the
 * very same sequence of records, outputs included: that is all that a replay
 * compares (libxrsched/replay.c).
 *
 * Recording may begin at any moment: xrs_record_snapshot() writes down, as
 * inputs and XRS_REC_SNAP_* records, all state that decisions depend on.
 *
 * **Adding an input** (a new function of xrs_core.h): a value at the end of the
 * inputs of enum xrs_record_type and of enum xrsched_record_type (uapi), a
 * member of the union if none fits, a function here that fills it in, and
 * "if (xrs_recorded(core)) xrs_record_NAME(core, …);" in the new function,
 * after it has checked its arguments and called xrs_core_advance(), and before
 * it changes anything.  Then teach libxrsched/replay_feed.c to call it and
 * Documentation/record-format.md to describe it.
 *
 * **Adding state** that decisions depend on: write it in
 * xrs_record_snapshot(), read it in libxrsched/replay_state.c.
 *
 * Values are never used again, layouts never change: a new one gets a new type.
 */
#ifndef XRS_RECORD_H
#define XRS_RECORD_H

#include "xrs_shim.h"

#define XRS_RECORD_NAME 32

struct xrs_core;
struct xrs_engine;
struct xrs_guard;
struct xrs_job;
struct xrs_model;
struct xrs_pick;
struct xrs_policy;
struct xrs_stream;
struct xrs_tuner_step;

/**
 * enum xrs_record_type - What a record says; values of enum xrsched_record_type
 * @XRS_REC_NAME: name of the stream or engine that is added next
 * @XRS_REC_MODEL: a model; its tables follow
 * @XRS_REC_MODEL_DATA: up to three units of its tables
 * @XRS_REC_STREAM_ADD: xrs_core_stream_add()
 * @XRS_REC_STREAM_REMOVE: xrs_core_stream_remove()
 * @XRS_REC_ENGINE_ADD: xrs_core_engine_add()
 * @XRS_REC_ENGINE_UP: xrs_core_engine_up()
 * @XRS_REC_ENGINE_DOWN: xrs_core_engine_down()
 * @XRS_REC_ENGINE_REMOVE: xrs_core_engine_remove()
 * @XRS_REC_PARAM: a parameter of the policy that is set next
 * @XRS_REC_POLICY: xrs_core_set_policy()
 * @XRS_REC_SUBMIT: xrs_core_submit()
 * @XRS_REC_CANCEL: xrs_core_cancel()
 * @XRS_REC_LAYER_DONE: xrs_core_layer_done()
 * @XRS_REC_RUN: xrs_core_run()
 * @XRS_REC_RESET: xrs_core_reset_stats()
 * @XRS_REC_LAYER_FAILED: xrs_core_layer_failed(), not the core's own watch
 * @XRS_REC_ENGINE_RESET: xrs_core_engine_reset(), also from within ops->reset
 * @XRS_REC_ENGINE_PARK: xrs_core_engine_park()
 * @XRS_REC_ENGINE_GUARD: xrs_core_engine_guard()
 * @XRS_REC_GUARD: xrs_core_set_guard()
 * @XRS_REC_RELEASE: xrs_core_release()
 * @XRS_REC_LEARNED: what was learned of a layer on a class, of a model that no
 *                   stream uses yet
 *
 * @XRS_REC_DISPATCH: a layer was given to an engine
 * @XRS_REC_FINISH: a job ended
 * @XRS_REC_WAKE: the core wants to run at a time
 * @XRS_REC_TUNED: a window of the tuner ended
 *
 * @XRS_REC_SNAP_CORE: state of the core when the recording began
 * @XRS_REC_SNAP_WORDS: six words of a larger piece of state
 * @XRS_REC_SNAP_ENGINE: state of an engine
 * @XRS_REC_SNAP_STREAM: state of a stream
 * @XRS_REC_SNAP_JOB: first half of the state of a job
 * @XRS_REC_SNAP_JOB2: second half
 * @XRS_REC_SNAP_DEP: a job waits for its upstream frame
 * @XRS_REC_SNAP_END: the state is complete
 * @XRS_REC_SNAP_HEALTH: state of an engine that is watched or has failed
 *
 * @XRS_REC_LOST: records are missing here
 * @XRS_REC_END: the recording was ended in good order
 */
enum xrs_record_type {
	XRS_REC_NAME = 1,
	XRS_REC_MODEL = 2,
	XRS_REC_MODEL_DATA = 3,
	XRS_REC_STREAM_ADD = 4,
	XRS_REC_STREAM_REMOVE = 5,
	XRS_REC_ENGINE_ADD = 6,
	XRS_REC_ENGINE_UP = 7,
	XRS_REC_ENGINE_DOWN = 8,
	XRS_REC_ENGINE_REMOVE = 9,
	XRS_REC_PARAM = 10,
	XRS_REC_POLICY = 11,
	XRS_REC_SUBMIT = 12,
	XRS_REC_CANCEL = 13,
	XRS_REC_LAYER_DONE = 14,
	XRS_REC_RUN = 15,
	XRS_REC_RESET = 16,
	XRS_REC_LAYER_FAILED = 17,
	XRS_REC_ENGINE_RESET = 18,
	XRS_REC_ENGINE_PARK = 19,
	XRS_REC_GUARD = 20,
	XRS_REC_ENGINE_GUARD = 21,
	XRS_REC_RELEASE = 22,
	XRS_REC_LEARNED = 23,

	XRS_REC_DISPATCH = 64,
	XRS_REC_FINISH = 65,
	XRS_REC_WAKE = 66,
	XRS_REC_TUNED = 67,

	XRS_REC_SNAP_CORE = 128,
	XRS_REC_SNAP_WORDS = 129,
	XRS_REC_SNAP_ENGINE = 130,
	XRS_REC_SNAP_STREAM = 131,
	XRS_REC_SNAP_JOB = 132,
	XRS_REC_SNAP_JOB2 = 133,
	XRS_REC_SNAP_DEP = 134,
	XRS_REC_SNAP_END = 135,
	XRS_REC_SNAP_HEALTH = 136,

	XRS_REC_LOST = 192,
	XRS_REC_END = 193,
};

/** enum xrs_record_named - What XRS_REC_NAME names (its @arg) */
enum xrs_record_named { XRS_REC_NAME_STREAM = 1, XRS_REC_NAME_ENGINE = 2 };

/** enum xrs_record_words - What XRS_REC_SNAP_WORDS holds (its @arg) */
enum xrs_record_words {
	XRS_REC_WORDS_TUNER = 1,
	XRS_REC_WORDS_RECENT = 2,
	XRS_REC_WORDS_COUNT = 3,
	XRS_REC_WORDS_WINDOW = 4,
};

/* @arg of XRS_REC_SNAP_ENGINE */
#define XRS_REC_ENGINE_IS_UP	   0x1
#define XRS_REC_ENGINE_RUNS	   0x2
#define XRS_REC_ENGINE_HAS_RESIDENT 0x4

/* xrs_record::snap_job.flags */
#define XRS_REC_JOB_STARTED   0x1
#define XRS_REC_JOB_STALE     0x2
#define XRS_REC_JOB_CANCELLED 0x4
#define XRS_REC_JOB_RELEASED  0x8
#define XRS_REC_JOB_HELD      0x10

/** define XRS_REC_TUNER_WORDS - Words of the tuner's state. */
#define XRS_REC_TUNER_WORDS 26

/**
 * struct xrs_record - Something that happened: 64 bytes
 * @at_ns: when, on the core's clock
 * @type: enum xrs_record_type
 * @arg: small argument: reason, outcome, part, …
 * @part: second one
 * @id: number of the stream or engine that it is about
 * @word: the rest as words
 * @name: the rest of XRS_REC_NAME (an engine's value: its bandwidth, bytes/us),
 *        _PARAM (with value), _POLICY
 * @model: the rest of XRS_REC_MODEL
 * @engine: the rest of XRS_REC_ENGINE_ADD
 * @stream: the rest of XRS_REC_STREAM_ADD
 * @submit: the rest of XRS_REC_SUBMIT; XRS_REC_CANCEL, _RELEASE: the frame only
 * @done: the rest of XRS_REC_LAYER_DONE, _LAYER_FAILED
 * @guard: the rest of XRS_REC_GUARD
 * @learned: the rest of XRS_REC_LEARNED: number of the model, its estimate,
 *           the latency that decisions look at, the profile's, index of the
 *           estimate, its samples, the model's since decisions followed
 * @snap_health: the rest of XRS_REC_SNAP_HEALTH
 * @dispatch: the rest of XRS_REC_DISPATCH
 * @finish: the rest of XRS_REC_FINISH
 * @tuned: the rest of XRS_REC_TUNED
 * @snap_core: the rest of XRS_REC_SNAP_CORE
 * @snap_engine: the rest of XRS_REC_SNAP_ENGINE
 * @snap_stream: the rest of XRS_REC_SNAP_STREAM
 * @snap_job: the rest of XRS_REC_SNAP_JOB
 * @snap_job2: the rest of XRS_REC_SNAP_JOB2
 *
 * Documentation/record-format.md describes them field by field.  Bytes that a
 * type does not use are 0.
 */
struct xrs_record {
	u64 at_ns;
	u16 type;
	u8 arg;
	u8 part;
	u32 id;
	union {
		u64 word[6];
		struct {
			char name[XRS_RECORD_NAME];
			s64 value;
			u64 pad;
		} name;
		struct {
			char name[XRS_RECORD_NAME];
			u32 nr_layers;
			u16 nr_variants;
			u16 nr_classes;
			u64 nr;
		} model;
		struct {
			char class_name[XRS_RECORD_NAME];
			u32 pes;
			u8 guarded;
			u8 learns;
			u8 parked;
			u8 pad;
			u64 floor_ns;
		} engine;
		struct {
			u64 model;
			u64 period_ns;
			u64 deadline_ns;
			u32 upstream;
			u32 weight;
			u32 trigger_ppm;
			u16 drop_max;
			u16 drop_window;
			u8 lightest_variant;
			u8 priority;
			u8 no_early_drop;
			u8 pad[5];
		} stream;
		struct {
			u64 frame;
			u64 release_ns;
			u64 deadline_ns;
			u64 skip_mask;
			u8 exit;
			u8 variant;
			u8 held;
			u8 pad[13];
		} submit;
		struct {
			u64 frame;
			u64 energy_pj;
			u64 seq;
			u32 stream;
			u32 layer;
			u64 pad[2];
		} done;
		struct {
			u64 frame;
			s64 score;
			u64 seq;
			u64 switch_pj;
			u32 stream;
			u32 layer;
			u32 ready;
			u8 variant;
			u8 pad[3];
		} dispatch;
		struct {
			u64 frame;
			u64 release_ns;
			u64 start_ns;
			u64 deadline_ns;
			u64 energy_pj;
			u32 layers;
			u32 ready;
		} finish;
		struct {
			u64 cost_q40;
			u32 window;
			u32 step;
			u32 probe;
			u32 alpha;
			u32 beta;
			u32 radius;
			u8 again;
			u8 settled;
			u8 restarted;
			u8 pad[13];
		} tuned;
		struct {
			u64 floor_ns;
			u64 rest_ns;
			u64 rest_max_ns;
			u32 factor;
			u32 retries;
			u32 strikes;
			u32 pad[3];
		} guard;
		struct {
			u64 model;
			u64 ns;
			u64 cost_ns;
			u64 profile_ns;
			u32 cell;
			u32 samples;
			u32 model_samples;
			u32 pad;
		} learned;
		struct {
			u64 alarm_ns;
			u8 health;
			u8 strikes;
			u8 good;
			u8 parked;
			u8 revived;
			u8 slack;
			u8 pad[34];
		} snap_health;
		struct {
			u64 wake_ns;
			u64 stream_gen;
			u64 events;
			u64 decisions;
			u64 policy_faults;
			u32 rr;
			u32 pad;
		} snap_core;
		struct {
			u64 since_ns;
			u64 seq;
			u64 switch_pj;
			u64 frame;
			u64 resident_frame;
			u32 stream;
			u32 resident_stream;
		} snap_engine;
		struct {
			u64 next_frame;
			u64 last_release_ns;
			u64 ended;
			u64 drops;
			u64 timer_ns;
			u32 bound;
			u32 pad;
		} snap_stream;
		struct {
			u64 frame;
			u64 release_ns;
			u64 deadline_ns;
			u64 skip_mask;
			u8 exit;
			u8 variant;
			u8 reason;
			u8 flags;
			u32 layer;
			u32 live_bytes;
			u32 slot;
		} snap_job;
		struct {
			u64 frame;
			u64 ready_ns;
			u64 start_ns;
			u64 energy_pj;
			u32 layers;
			u32 switches;
			u32 last;
			u32 block_end;
		} snap_job2;
	};
};

/**
 * struct xrs_recorder - Who takes the records
 * @put: takes one; it is the caller's again when this returns
 *
 * Context of @put: caller's lock; must neither sleep nor call the core.
 */
struct xrs_recorder {
	void (*put)(struct xrs_recorder *recorder,
		    const struct xrs_record *record);
};

void xrs_record_stream_add(struct xrs_core *core,
			   const struct xrs_stream *stream);
void xrs_record_stream(struct xrs_core *core, enum xrs_record_type type,
		       const struct xrs_stream *stream);
void xrs_record_engine_add(struct xrs_core *core,
			   const struct xrs_engine *engine);
void xrs_record_engine(struct xrs_core *core, enum xrs_record_type type,
		       const struct xrs_engine *engine);
void xrs_record_policy(struct xrs_core *core, const struct xrs_policy *policy,
		       const s64 *param);
void xrs_record_submit(struct xrs_core *core, const struct xrs_job *job);
void xrs_record_cancel(struct xrs_core *core, const struct xrs_job *job,
		       u8 reason);
void xrs_record_release(struct xrs_core *core, const struct xrs_job *job,
			bool good);
void xrs_record_layer_done(struct xrs_core *core,
			   const struct xrs_engine *engine, u64 energy_pj);
void xrs_record_layer_failed(struct xrs_core *core,
			     const struct xrs_engine *engine, u8 reason,
			     u64 energy_pj);
void xrs_record_engine_arg(struct xrs_core *core, enum xrs_record_type type,
			   const struct xrs_engine *engine, u8 arg);
void xrs_record_guard(struct xrs_core *core, const struct xrs_guard *guard);
void xrs_record_plain(struct xrs_core *core, enum xrs_record_type type);
void xrs_record_dispatch(struct xrs_core *core, const struct xrs_pick *pick);
void xrs_record_finish(struct xrs_core *core, const struct xrs_job *job);
void xrs_record_wake(struct xrs_core *core, u64 wake_ns);
void xrs_record_tuned(struct xrs_core *core, const struct xrs_tuner_step *step);

bool xrs_record_model(struct xrs_core *core, const struct xrs_model *model,
		      u32 *next, u32 budget);
bool xrs_record_learned(struct xrs_core *core, const struct xrs_model *model,
			u32 *next, u32 budget);
u64 xrs_record_snapshot_size(const struct xrs_core *core);
void xrs_record_snapshot(struct xrs_core *core);

#endif /* XRS_RECORD_H */
