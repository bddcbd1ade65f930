/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Policies: who runs next, and where.
 *
 * Adding one: a file policy_NAME.c with its struct xrs_policy, a line in the
 * table of policy.c, and its parameters, if it has any of its own, in enum
 * xrs_param_id and the table beside it.
 */
#ifndef XRS_POLICY_H
#define XRS_POLICY_H

#include "xrs_shim.h"

struct xrs_core;
struct xrs_engine;
struct xrs_job;
struct xrs_order;
struct xrs_pick;
struct xrs_ready;
struct xrs_stream;

/**
 * enum xrs_param_id - Parameters, of all policies together
 * @XRS_PARAM_EXPIRED: enum xrs_expired: what happens to a job whose deadline
 *                     has passed
 * @XRS_PARAM_ADMIT: enum xrs_admit: whether hopeless jobs are dropped at once
 * @XRS_PARAM_ALPHA: weight of Starv, millionths
 * @XRS_PARAM_BETA: weight of EnPref - Switch, millionths
 * @XRS_PARAM_TOGO: enum xrs_togo: latency that ToGo adds up
 * @XRS_PARAM_COMBINE: enum xrs_combine: how Urgency and LatPref are joined
 * @XRS_PARAM_CHAIN: enum xrs_switch: ToGo includes that of frames which will
 *                   be triggered
 * @XRS_PARAM_AT_RISK: frames at risk from which on one may be dropped early
 * @XRS_PARAM_VENG: enum xrs_veng: engine that a block of layers takes
 * @XRS_PARAM_TUNE: enum xrs_switch: alpha and beta are searched for
 * @XRS_PARAM_TUNE_STEPS: steps after which a search settles
 * @XRS_PARAM_TUNE_RADIUS: how far from its centre a search begins to probe, as
 *                         a share of the ranges of alpha and beta
 * @XRS_PARAM_TUNE_NOISE: by how much two windows are taken to differ, until it
 *                        has been seen
 * @XRS_PARAM_TUNE_PERFECT: enum xrs_switch: search although the centre violates no
 *                          deadline
 * @XRS_PARAM_TUNE_SEED: what the directions of the search are drawn from
 * @XRS_PARAM_WINDOW: least length of a window, ms
 * @XRS_PARAM_WINDOW_FRAMES: least length of a window, frames of the slowest
 *                           stream
 * @XRS_PARAM_SWITCH: enum xrs_moving: whether moving activations takes time
 * @XRS_PARAM_UXCOST: enum xrs_reading: how the search joins the streams' costs
 * @XRS_PARAM_DENOMINATOR: enum xrs_denominator: frames whose worst-case energy
 *                         the search divides by
 * @XRS_PARAM_TUNE_GAIN: share that a move of the search has to gain
 * @XRS_PARAM_TUNE_SIGMAS: and how many times the noise
 * @XRS_PARAM_TUNE_END: radius below which a search settles
 * @XRS_PARAM_TUNE_RESTART: share that two windows in a row have to be off by for
 *                          a settled search to begin anew
 * @XRS_PARAM_TUNE_SCAN: enum xrs_switch: a search begins with a scan
 * @XRS_PARAM_NR: how many there are
 */
enum xrs_param_id {
	XRS_PARAM_EXPIRED,
	XRS_PARAM_ADMIT,
	XRS_PARAM_ALPHA,
	XRS_PARAM_BETA,
	XRS_PARAM_TOGO,
	XRS_PARAM_COMBINE,
	XRS_PARAM_CHAIN,
	XRS_PARAM_AT_RISK,
	XRS_PARAM_VENG,
	XRS_PARAM_TUNE,
	XRS_PARAM_TUNE_STEPS,
	XRS_PARAM_TUNE_RADIUS,
	XRS_PARAM_TUNE_NOISE,
	XRS_PARAM_TUNE_PERFECT,
	XRS_PARAM_TUNE_SEED,
	XRS_PARAM_WINDOW,
	XRS_PARAM_WINDOW_FRAMES,
	XRS_PARAM_SWITCH,
	XRS_PARAM_UXCOST,
	XRS_PARAM_DENOMINATOR,
	XRS_PARAM_TUNE_GAIN,
	XRS_PARAM_TUNE_SIGMAS,
	XRS_PARAM_TUNE_END,
	XRS_PARAM_TUNE_RESTART,
	XRS_PARAM_TUNE_SCAN,
	XRS_PARAM_NR,
};

enum xrs_expired { XRS_EXPIRED_CLAMP, XRS_EXPIRED_DEMOTE, XRS_EXPIRED_DROP };
enum xrs_admit { XRS_ADMIT_OFF, XRS_ADMIT_SOUND };
enum xrs_togo { XRS_TOGO_MEAN, XRS_TOGO_MIN };
enum xrs_switch { XRS_OFF, XRS_ON };
enum xrs_moving { XRS_SWITCH_FREE, XRS_SWITCH_TIMED };
enum xrs_veng { XRS_VENG_LOWEST, XRS_VENG_FASTEST };
enum xrs_reading { XRS_UXCOST_SUMSUM, XRS_UXCOST_SUMPROD };
enum xrs_denominator { XRS_OF_RELEASED, XRS_OF_EXECUTED };
enum xrs_combine { XRS_COMBINE_MUL, XRS_COMBINE_ADD };

/**
 * struct xrs_param - What a parameter is
 * @name: name, as people write it
 * @choice: NULL-terminated names of the values 0, 1, …; NULL: a number
 * @min: least value
 * @max: greatest value
 * @init: default
 * @unit: 1000000 where values are millionths, 1 where they are whole numbers
 * @doc: one line for people
 * @range: which values are possible, said to whom has given another
 */
struct xrs_param {
	const char *name;
	const char *const *choice;
	s64 min;
	s64 max;
	s64 init;
	u32 unit;
	const char *doc;
	const char *range;
};

/**
 * struct xrs_parts - What a MapScore is the sum of, each in Q32
 * @score: @urgency + @starv + @pref - @switched
 * @urgency: Urgency * LatPref (or + with combine=add)
 * @starv: alpha * Starv
 * @pref: beta * EnPref
 * @switched: beta * Switch
 */
struct xrs_parts {
	s64 score;
	u64 urgency;
	u64 starv;
	u64 pref;
	u64 switched;
};

/**
 * struct xrs_policy - A way to decide
 * @name: unique, at most 31 bytes
 * @alias: second name, or NULL
 * @doc: one line for people
 * @params: mask of the enum xrs_param_id that it heeds
 * @sound: admit=sound unless somebody says otherwise
 * @learns: it wants estimates to follow what layers take, see enum xrs_learns
 * @conserving: leaves no engine idle that a ready job could run on, and gives up
 *              no job that could be on time: admission advice holds for it
 * @greedy: runs any ready job on any idle engine that can, and remembers nothing
 *          of it: with one of each it need not be asked
 * @order: how it wants many ready jobs indexed; NULL: it always scans them all
 */
struct xrs_policy {
	const char *name;
	const char *alias;
	const char *doc;
	u32 params;
	bool sound;
	bool learns;
	bool conserving;
	bool greedy;
	const struct xrs_order *order;

	/**
	 * @pick: Choose a job of @ready and an idle engine that can run it.
	 *
	 * Called when both sets are non-empty, again and again until it
	 * returns false or one of them is empty.  Returning false although a
	 * pair exists leaves engines idle until the next event, which only a
	 * policy that says so may do.  The models of all ready jobs have
	 * their views up to date.  Must not look at skip_mask and exit, must
	 * not change anything but the policy's own state.
	 *
	 * Every ready job is in @ready->job.  If @ready->order is the policy's
	 * own @order, they are in its groups as well, and it should look
	 * there: there are many.  Both ways must come to the same decision.
	 *
	 * A pick outside @ready, or of an engine that is not idle or cannot
	 * run the job, is counted as a fault and replaced by the oldest job
	 * on the lowest engine.
	 *
	 * Return: true when @pick is filled in.
	 */
	bool (*pick)(struct xrs_core *core, const struct xrs_ready *ready,
		     u64 now_ns, struct xrs_pick *pick);

	/**
	 * @rest: Work that no engine should have to wait for; may be NULL.
	 *
	 * Called at the end of every run, when all that could be dispatched
	 * has been.
	 *
	 * Return: true to have the core run again at once: there is more to
	 * be done, or decisions may come out differently now.
	 */
	bool (*rest)(struct xrs_core *core, u64 now_ns);

	/**
	 * @victim: Choose a ready job to be dropped early; may be NULL.
	 *
	 * Called before decisions until it returns NULL. @may_drop tells
	 * whether a stream's own bounds allow it; the core relies on it being
	 * asked.
	 */
	struct xrs_job *(*victim)(struct xrs_core *core,
				  const struct xrs_ready *ready,
				  bool (*may_drop)(const struct xrs_stream *),
				  u64 now_ns);

	/**
	 * @variant: Number, from 1, of the variant that a picked job which has
	 * not begun shall run; may be NULL: the heaviest.
	 */
	u32 (*variant)(struct xrs_core *core, const struct xrs_job *job,
		       u64 now_ns);

	/**
	 * @explain: What a ready job's score on an engine that can run it is
	 * made of; may be NULL: there is no score to be explained.
	 *
	 * For observers: called only while somebody watches decisions.  For
	 * the pair that @pick chose, parts->score is pick->score.
	 */
	void (*explain)(const struct xrs_core *core, const struct xrs_job *job,
			const struct xrs_engine *engine, u64 now_ns,
			struct xrs_parts *parts);
};

extern const struct xrs_param xrs_params[XRS_PARAM_NR];
extern const struct xrs_policy *const xrs_policies[];
extern const u32 xrs_nr_policies;

const struct xrs_policy *xrs_policy_find(const char *name);
int xrs_policy_check(const struct xrs_policy *policy, u32 id, s64 value);
void xrs_policy_defaults(const struct xrs_policy *policy, s64 *param);
bool xrs_policy_runner_up(const struct xrs_core *core,
			  const struct xrs_ready *ready,
			  const struct xrs_pick *pick, u64 now_ns,
			  struct xrs_pick *runner_up);

#endif /* XRS_POLICY_H */
