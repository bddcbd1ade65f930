/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking ahead: a small picture of what is ready and running, on which a rule
 * decides, and time that runs on in the picture until all of it is done.
 *
 * The rule that policy "lookahead" goes by is the one that the picture is
 * played through with, so what was foreseen is what is done, as long as
 * nothing new arrives and layers take as long as expected.
 */
#ifndef XRS_LOOKAHEAD_H
#define XRS_LOOKAHEAD_H

#include "xrs_shim.h"

struct xrs_core;
struct xrs_cost;
struct xrs_engine;
struct xrs_job;
struct xrs_model;
struct xrs_stream;

/** define XRS_AHEAD_JOBS - Jobs that a picture has room for. */
#define XRS_AHEAD_JOBS 32

/** define XRS_AHEAD_ENGINES - Engines that a picture has room for. */
#define XRS_AHEAD_ENGINES 16

/** define XRS_AHEAD_STREAMS - Streams up to which triggered frames are foreseen. */
#define XRS_AHEAD_STREAMS 64

/*
 * Work is counted in units: a waiting job looked at, an engine looked at, or an
 * engine considered for a job.
 */

/**
 * define XRS_AHEAD_WORK - Units that one look ahead may take.
 *
 * It ends before it would take more, whatever it has found by then.
 */
#define XRS_AHEAD_WORK 6144

/**
 * define XRS_AHEAD_WAIT - Units of a look that an idle engine waits for.
 *
 * Enough for all of it where jobs are few.
 */
#define XRS_AHEAD_WAIT 192U

/**
 * define XRS_AHEAD_SLICE - Units after which a look lets others have their turn.
 *
 * A moment in the picture that was begun is looked at to its end.
 */
#define XRS_AHEAD_SLICE 24U

/**
 * define XRS_AHEAD_EARNED - Units of looking ahead that a dispatch pays for.
 *
 * So this is what it takes in the mean, however much there is to be seen.
 */
#define XRS_AHEAD_EARNED 96

/** define XRS_AHEAD_PURSE - Units that are put by at most. */
#define XRS_AHEAD_PURSE (8 * XRS_AHEAD_WORK)

/** define XRS_AHEAD_NONE - No job, or no engine. */
#define XRS_AHEAD_NONE 0xff

/**
 * struct xrs_style - How the rule weighs energy against time
 * @urgent: what an urgent job's time is worth: all of its time to spare is
 *          worth this share of its worst-case energy, Q16; 0: no energy is
 *          worth any time
 * @relaxed: the same of another job
 * @patient: jobs that are not urgent may wait for engines, too: for a better
 *           one, or for one to be done with the job whose activations it holds
 * @wary: blocks are not skipped and exits not taken in the picture, and what
 *        is ready just before its deadline counts as late
 */
struct xrs_style {
	u32 urgent;
	u32 relaxed;
	bool patient;
	bool wary;
};

extern const struct xrs_style xrs_style_hasty;
extern const struct xrs_style xrs_style_frugal;

/**
 * struct xrs_ahead_job - A job in the picture
 * @job: the job; NULL: one that is foreseen to be triggered
 * @stream: its stream
 * @model: its model
 * @cost: costs of its next layer, by row
 * @ready_ns: when it comes, 0: it is there
 * @deadline_ns: absolute deadline
 * @grace_ns: what its rest may take less than it is expected to
 * @chain_ns: fastest expected work that it may trigger
 * @work_ns: fastest time of all of its rest, what it may trigger included if
 *           there is time for that
 * @urgency: @work_ns over the time to the deadline, Q16
 * @weight: what a miss of it adds to DLV, relative to the others
 * @live_bytes: activations that a switch moves
 * @energy_pj: energy used in the picture
 * @layer: next or running layer
 * @end: layer behind its last
 * @reach: probability that @layer runs, Q16
 * @outside: the same for layers that belong to no block
 * @on: engine that runs it
 * @resident: engine that has its activations
 * @rejected: not to be run
 * @done: finished in the picture
 * @late: after its deadline
 * @missed: probability of that, Q16
 * @togo_ns: fastest expected time of its rest, what it may trigger left out
 * @row: row of @cost by engines' ids, XRS_NO_ROW if one cannot run the job
 */
struct xrs_ahead_job {
	struct xrs_job *job;
	const struct xrs_stream *stream;
	const struct xrs_model *model;
	const struct xrs_cost *cost;
	u64 ready_ns;
	u64 deadline_ns;
	u64 grace_ns;
	u64 chain_ns;
	u64 work_ns;
	u64 urgency;
	u64 weight;
	u64 live_bytes;
	u64 energy_pj;
	u32 layer;
	u32 end;
	u32 reach;
	u32 outside;
	u32 missed;
	u8 on;
	u8 resident;
	bool rejected;
	bool done;
	bool late;
	u64 togo_ns;
	const u8 *row;
};

/**
 * struct xrs_ahead_engine - An engine in the picture
 * @engine: the engine
 * @free_ns: when it is expected to be free
 * @id: its id
 * @job: index of the job that it runs
 * @resident: index of the job whose activations it has
 */
struct xrs_ahead_engine {
	struct xrs_engine *engine;
	u64 free_ns;
	u8 id;
	u8 job;
	u8 resident;
};

/**
 * struct xrs_picture - What is ready and running
 * @core: whose
 * @style: how the rule decides in it
 * @begin_ns: when it was made
 * @now_ns: its time
 * @most: more than this need not be lost in it: there is a better plan
 * @waiting: mask of jobs that may choose an engine
 * @coming: mask of jobs that are yet to come
 * @work: units of work that may still be spent on it
 * @until: how many of these are to be left when it pauses
 * @missed: a job has just ended late
 * @nr_jobs: how many of @job
 * @nr_engines: how many of @engine
 * @job: jobs
 * @engine: engines, in order of their ids
 */
struct xrs_picture {
	const struct xrs_core *core;
	const struct xrs_style *style;
	u64 begin_ns;
	u64 now_ns;
	u64 most;
	u32 waiting;
	u32 coming;
	u32 work;
	u32 until;
	bool missed;
	u32 nr_jobs;
	u32 nr_engines;
	struct xrs_ahead_job job[XRS_AHEAD_JOBS];
	struct xrs_ahead_engine engine[XRS_AHEAD_ENGINES];
};

/**
 * enum xrs_ahead_end - How far time ran on in a picture
 * @XRS_AHEAD_WHOLE: until nothing runs any more
 * @XRS_AHEAD_PAUSED: until a slice's work was done; it is to go on
 * @XRS_AHEAD_CUT: until there was no work left to be spent on it
 * @XRS_AHEAD_BEATEN: until more was lost than may be; jobs that are late say so
 */
enum xrs_ahead_end {
	XRS_AHEAD_WHOLE,
	XRS_AHEAD_PAUSED,
	XRS_AHEAD_CUT,
	XRS_AHEAD_BEATEN,
};

/**
 * struct xrs_ahead_pick - A decision in the picture
 * @job: index of the job
 * @engine: index of the engine
 */
struct xrs_ahead_pick {
	u8 job;
	u8 engine;
};

/**
 * struct xrs_plan - What a style comes to
 * @style: the style
 * @lost: weight of the jobs that would be late or are rejected
 * @energy: energy, each job's relative to its worst case and times its weight
 * @rejected: mask of jobs of the picture that are not to be run
 * @whole: it was played to its end
 */
struct xrs_plan {
	const struct xrs_style *style;
	u64 lost;
	u64 energy;
	u64 rejected;
	bool whole;
};

/**
 * enum xrs_ahead_stage - How far a look has come
 * @XRS_AHEAD_REST: there is none
 * @XRS_AHEAD_FRUGAL: frugally
 * @XRS_AHEAD_REGRET: the same, with frames that are yet to come
 * @XRS_AHEAD_HASTY: hastily
 */
enum xrs_ahead_stage {
	XRS_AHEAD_REST,
	XRS_AHEAD_FRUGAL,
	XRS_AHEAD_REGRET,
	XRS_AHEAD_HASTY,
};

/**
 * struct xrs_lookahead - What the policy remembers
 * @style: how it decides until it looks ahead again
 * @arrived: a job has come since it looked, or engines have changed
 * @ended: a job has ended since
 * @easy: what it saw was frugal and nothing late, so that an end that comes
 *        no later than expected changes nothing
 * @chain_gen: xrs_times_gen() that streams' ahead_ns is for
 * @lossy: the plan that it goes by gives something up, or has it late
 * @events: the core's events, as of the last run
 * @idle: engines that were idle at its end
 * @gen: the same that the look is for
 * @stage: how far the look has come
 * @plan: the best that it has met
 * @trial: what it tries
 * @doubt: by what share profiles were off, in the mean of the last layers, Q16
 * @purse: units of work saved for looking ahead, at most XRS_AHEAD_PURSE; when
 *         there are none it goes on as it did
 * @looks: looks that came to their end
 * @slices: slices of looks
 * @work: units of work spent on them
 * @most_work: the most that went into one of them
 * @cut: times that a look ended for XRS_AHEAD_WORK
 * @now: the picture of now, for a decision
 * @first: what the look began with
 * @then: what has become of that
 */
struct xrs_lookahead {
	const struct xrs_style *style;
	bool arrived;
	bool ended;
	bool easy;
	bool lossy;
	u64 chain_gen;
	u64 events;
	u64 idle;
	u64 gen;
	enum xrs_ahead_stage stage;
	struct xrs_plan plan;
	struct xrs_plan trial;
	u32 doubt;
	s64 purse;
	u64 looks;
	u64 slices;
	u64 work;
	u64 most_work;
	u64 cut;
	struct xrs_picture now;
	struct xrs_picture first;
	struct xrs_picture then;
};

u64 xrs_ahead_weight(const struct xrs_stream *stream);
void xrs_ahead_add(struct xrs_picture *p, const struct xrs_stream *stream,
		   struct xrs_job *job, u64 deadline_ns);
u32 xrs_ahead_decide(struct xrs_picture *p, struct xrs_ahead_pick *picks,
		     u32 max);
enum xrs_ahead_end xrs_ahead_run(struct xrs_picture *p);
u64 xrs_ahead_lost(const struct xrs_picture *p, const struct xrs_ahead_job *j);
void xrs_ahead_forget(struct xrs_core *core);

#endif /* XRS_LOOKAHEAD_H */
