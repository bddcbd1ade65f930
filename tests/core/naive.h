/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The naive reference: the rules of the core once more, with plain lists, from
 * scratch at every step and in long double.  It decides nothing itself where
 * two scores are nearer than fixed point can tell, but follows the core.
 *
 * Where the rules leave room it reads them thus:
 *  - a head that is overdue and has no engine is overdue first;
 *  - an expired head that is hopeless too is EXPIRED under expired=drop and
 *    HOPELESS under the others;
 *  - a head is not hopeless before its release, nor without any engine;
 *  - before a job with variant 0 has started, its shortest rest is that of the
 *    quickest variant;
 *  - a lost layer is a boundary;
 *  - fcfs: a begun job whose engine is taken or gone is like any other;
 *  - stale jobs stay stale, whatever the rule becomes; a rule that drops what
 *    has expired or is hopeless drops them;
 *  - a switch that moves no bytes is none;
 *  - without any engine the worst case is over all classes.
 */
#ifndef XRS_TEST_NAIVE_H
#define XRS_TEST_NAIVE_H

#include "naive_model.h"

enum njob_state { N_WAITING, N_READY, N_RUNNING, N_DONE };

/**
 * struct njob - A frame
 * @twin: the core's job
 * @ended: its end was not compared yet
 * @engine: id of the engine it ran last on, -1 if none, or lost there
 * @tries: times that its layer was lost to faults
 */
struct njob {
	struct xrs_job *twin;
	struct nstream *stream;
	u64 frame;
	u64 release_ns;
	u64 deadline_ns;
	u64 skip_mask;
	u8 exit;
	u8 variant;
	enum njob_state state;
	bool stale;
	bool cancelled;
	bool released;
	bool started;
	bool ended;
	enum xrs_outcome outcome;
	enum xrs_reason reason;
	struct njob *parent;
	u32 layer;
	u64 live_bytes;
	int engine;
	u64 ready_ns;
	u64 start_ns;
	u64 finish_ns;
	u64 energy_pj;
	u32 layers;
	u32 switches;
	u32 tries;
};

/** struct nlist - A list of jobs */
struct nlist {
	struct njob **job;
	u32 nr;
	u32 cap;
};

/**
 * struct nstream - A stream
 * @done: frames that ended, each with 1 if it completed
 * @head_frame: first fresh frame when last looked at
 * @head_ns: since when it was the first
 */
struct nstream {
	struct xrs_stream *twin;
	u32 id;
	struct xrs_model *model;
	struct nstream *upstream;
	struct nlist fresh;
	struct nlist stale;
	u64 next_frame;
	u64 last_release_ns;
	u64 (*done)[2];
	u32 nr_done;
	u64 head_frame;
	u64 head_ns;
	struct xrs_counters count;
	u64 queued_nr;
	u64 queued_ns;
	u64 response_nr;
	u64 response_ns;
};

/** struct nengine - An engine */
struct nengine {
	struct xrs_engine *twin;
	struct njob *job;
	struct njob *resident;
	u64 since_ns;
	u64 seq;
	u64 busy_ns;
	u64 layers;
	u64 switches;
	u64 lost;
	u64 energy_pj;
	bool guarded;
	bool parked;
	bool revived;
	enum xrs_health health;
	u32 strikes;
	u32 good;
	u64 floor_ns;
	u64 alarm_ns;
	u64 switch_pj;
	u64 faults;
	u64 timeouts;
	u64 refused;
	u64 lost_ns;
	u64 lost_pj;
};

/**
 * struct naive_tally - What a run has gone through, to see that it was not idle
 * @contested: decisions of fcfs, edf, dream, rr, llf and of others with more
 *             than one ready job
 * @stale: decisions about stale jobs
 * @outcome: jobs that ended, by enum xrs_outcome
 * @reason: the same by enum xrs_reason
 * @near_ties: dream's choices that only the fixed point could tell apart
 * @lost: layers lost to faults, by enum xrs_reason
 * @quarantined: times that an engine was
 * @returned: times that an engine came back after a rest
 */
struct naive_tally {
	u64 contested[6];
	u64 stale;
	u64 outcome[5];
	u64 reason[12];
	u64 near_ties;
	u64 lost[12];
	u64 quarantined;
	u64 returned;
};

/**
 * struct naive - The reference
 * @ran_ns: time of the last run
 * @late: runs may come later than asked for
 * @guard: how faults are treated
 * @slow_reset: resets are answered later
 * @rr: stream that round robin has served last
 * @tally: what it went through
 * @error: first difference found, empty if none
 */
struct naive {
	struct naive_set set;
	struct nengine engine[XRS_MAX_ENGINES];
	struct nstream *stream[32];
	u32 nr_streams;
	struct nlist ended;
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	u64 now_ns;
	u64 ran_ns;
	bool late;
	struct xrs_guard guard;
	bool slow_reset;
	u32 rr;
	struct naive_tally tally;
	char error[400];
};

/** struct npick - A pair, and what speaks for it */
struct npick {
	struct njob *job;
	u32 engine;
	long double score;
	long double slop;
};

void naive_free(struct naive *n);
void naive_fail(struct naive *n, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void nlist_add(struct nlist *list, struct njob *job);

struct njob *naive_head(const struct nlist *list);
struct njob *naive_find(const struct nstream *s, u64 frame);
int naive_recall(const struct nstream *s, u64 frame);
void naive_end(struct naive *n, struct njob *job, enum xrs_outcome outcome,
	       enum xrs_reason reason);
bool naive_expire(struct naive *n, struct njob *job);
void naive_count_release(struct njob *job);
void naive_make_ready(struct naive *n, struct njob *job);
u64 naive_due_at(const struct naive *n, const struct njob *job);
void naive_boundary(struct naive *n, struct njob *job);

void naive_rules(struct naive *n, const struct xrs_policy *policy,
		 const s64 *param, u64 now_ns);
void naive_engine_up(struct naive *n, u32 id, const char *name, u64 now_ns);
void naive_engine_down(struct naive *n, u32 id, u64 now_ns);
void naive_watch(struct naive *n, u32 id);
void naive_alarms(struct naive *n);
void naive_layer_failed(struct naive *n, u32 id, enum xrs_reason reason,
			u64 energy_pj, u64 now_ns);
void naive_engine_reset(struct naive *n, u32 id, bool ok, u64 now_ns);
void naive_engine_guard(struct naive *n, u32 id, u64 now_ns);
struct nstream *naive_stream_add(struct naive *n, struct xrs_stream *twin,
				 struct nstream *upstream);
void naive_stream_remove(struct naive *n, struct nstream *stream);
int naive_submit(struct naive *n, struct nstream *stream, struct xrs_job *job,
		 u64 now_ns);
void naive_cancel(struct naive *n, struct njob *job, enum xrs_reason reason,
		  u64 now_ns);
void naive_layer_done(struct naive *n, u32 id, u64 energy_pj, u64 now_ns);
void naive_run(struct naive *n, const struct event *log, size_t nr, u64 now_ns);
u64 naive_wake(struct naive *n);
void naive_compare(struct naive *n, const struct world *w);

bool naive_idle(const struct naive *n, const struct njob *job, u32 id);
u64 naive_switch_pj(const struct naive *n, const struct njob *job, u32 id);
bool naive_pick_right(struct naive *n, bool stale, const struct npick *core);

#endif /* XRS_TEST_NAIVE_H */
