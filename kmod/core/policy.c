// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of policies and of their parameters.
 */
#include "policies.h"

static const char *const expired_names[] = { "clamp", "demote", "drop", NULL };
static const char *const admit_names[] = { "off", "sound", NULL };
static const char *const togo_names[] = { "mean", "min", NULL };
static const char *const switch_names[] = { "off", "on", NULL };
static const char *const moving_names[] = { "free", "timed", NULL };
static const char *const veng_names[] = { "lowest", "fastest", NULL };
static const char *const combine_names[] = { "mul", "add", NULL };

static const char *const uxcost_names[] = { "sumsum", "sumprod", NULL };
static const char *const of_names[] = { "released", "executed", NULL };

#define MILLIONTHS 1000000

const struct xrs_param xrs_params[XRS_PARAM_NR] = {
	[XRS_PARAM_EXPIRED] = {
		.name = "expired", .choice = expired_names, .unit = 1,
		.min = XRS_EXPIRED_CLAMP, .max = XRS_EXPIRED_DROP,
		.init = XRS_EXPIRED_DROP,
		.doc = "a job past its deadline: runs on, comes last, or is dropped",
		.range = "expired must be one of clamp, demote, drop",
	},
	[XRS_PARAM_ADMIT] = {
		.name = "admit", .choice = admit_names, .unit = 1,
		.min = XRS_ADMIT_OFF, .max = XRS_ADMIT_SOUND,
		.init = XRS_ADMIT_OFF,
		.doc = "drop a job as soon as its fastest rest would be late (lookahead: sound)",
		.range = "admit must be one of off, sound",
	},
	[XRS_PARAM_ALPHA] = {
		.name = "alpha", .unit = MILLIONTHS,
		.min = 0, .max = 2 * MILLIONTHS, .init = MILLIONTHS / 10,
		.doc = "weight of starvation in MapScore",
		.range = "alpha must be a number from 0 to 2",
	},
	[XRS_PARAM_BETA] = {
		.name = "beta", .unit = MILLIONTHS,
		.min = 0, .max = 2 * MILLIONTHS, .init = MILLIONTHS,
		.doc = "weight of energy preference less switch cost in MapScore",
		.range = "beta must be a number from 0 to 2",
	},
	[XRS_PARAM_TOGO] = {
		.name = "togo", .choice = togo_names, .unit = 1,
		.min = XRS_TOGO_MEAN, .max = XRS_TOGO_MIN,
		.init = XRS_TOGO_MEAN,
		.doc = "latency that work to go is counted in: mean or fastest engine",
		.range = "togo must be one of mean, min",
	},
	[XRS_PARAM_COMBINE] = {
		.name = "combine", .choice = combine_names, .unit = 1,
		.min = XRS_COMBINE_MUL, .max = XRS_COMBINE_ADD,
		.init = XRS_COMBINE_MUL,
		.doc = "how urgency and latency preference are joined",
		.range = "combine must be one of mul, add",
	},
	[XRS_PARAM_CHAIN] = {
		.name = "chain", .choice = switch_names, .unit = 1,
		.min = XRS_OFF, .max = XRS_ON, .init = XRS_OFF,
		.doc = "work to go includes that of frames a frame may trigger",
		.range = "chain must be one of off, on",
	},
	[XRS_PARAM_AT_RISK] = {
		.name = "min_at_risk", .unit = 1, .min = 1, .max = 1000,
		.init = 2,
		.doc = "frames at risk from which on one may be dropped early",
		.range = "min_at_risk must be a number from 1 to 1000",
	},
	[XRS_PARAM_VENG] = {
		.name = "veng", .choice = veng_names, .unit = 1,
		.min = XRS_VENG_LOWEST, .max = XRS_VENG_FASTEST,
		.init = XRS_VENG_LOWEST,
		.doc = "idle engine that a block of layers takes",
		.range = "veng must be one of lowest, fastest",
	},
	[XRS_PARAM_TUNE] = {
		.name = "tune", .choice = switch_names, .unit = 1,
		.min = XRS_OFF, .max = XRS_ON, .init = XRS_ON,
		.doc = "alpha and beta are searched for while it runs",
		.range = "tune must be one of off, on",
	},
	[XRS_PARAM_TUNE_STEPS] = {
		.name = "tune_steps", .unit = 1, .min = 1, .max = 100,
		.init = 8,
		.doc = "steps after which a search settles",
		.range = "tune_steps must be a number from 1 to 100",
	},
	[XRS_PARAM_TUNE_RADIUS] = {
		.name = "tune_radius", .unit = MILLIONTHS,
		.min = MILLIONTHS / 20, .max = MILLIONTHS,
		.init = MILLIONTHS * 15 / 100,
		.doc = "share of alpha's and beta's ranges that a search first steps by",
		.range = "tune_radius must be a number from 0.05 to 1",
	},
	[XRS_PARAM_TUNE_NOISE] = {
		.name = "tune_noise", .unit = MILLIONTHS,
		.min = 0, .max = MILLIONTHS, .init = MILLIONTHS / 10,
		.doc = "share by which two windows differ, before it was measured",
		.range = "tune_noise must be a number from 0 to 1",
	},
	[XRS_PARAM_TUNE_PERFECT] = {
		.name = "tune_perfect", .choice = switch_names, .unit = 1,
		.min = XRS_OFF, .max = XRS_ON, .init = XRS_OFF,
		.doc = "a search goes on although no deadline is missed",
		.range = "tune_perfect must be one of off, on",
	},
	[XRS_PARAM_TUNE_SEED] = {
		.name = "tune_seed", .unit = 1, .min = 0, .max = 1000000000,
		.init = 1,
		.doc = "what the directions of the search are drawn from",
		.range = "tune_seed must be a number from 0 to 1000000000",
	},
	[XRS_PARAM_WINDOW] = {
		.name = "window_ms", .unit = 1, .min = 1, .max = 60000,
		.init = 500,
		.doc = "least length of the window that UXCost is measured over",
		.range = "window_ms must be a number from 1 to 60000",
	},
	[XRS_PARAM_WINDOW_FRAMES] = {
		.name = "window_frames", .unit = 1, .min = 1, .max = 1000,
		.init = 15,
		.doc = "and its least length in frames of the slowest stream",
		.range = "window_frames must be a number from 1 to 1000",
	},
	[XRS_PARAM_SWITCH] = {
		.name = "switch", .choice = moving_names, .unit = 1,
		.min = XRS_SWITCH_FREE, .max = XRS_SWITCH_TIMED,
		.init = XRS_SWITCH_FREE,
		.doc = "moving activations: takes no time, or bytes over the engine's bandwidth",
		.range = "switch must be one of free, timed",
	},
	[XRS_PARAM_UXCOST] = {
		.name = "uxcost", .choice = uxcost_names, .unit = 1,
		.min = XRS_UXCOST_SUMSUM, .max = XRS_UXCOST_SUMPROD,
		.init = XRS_UXCOST_SUMSUM,
		.doc = "what a search minimises: product of the streams' sums, or sum of products",
		.range = "uxcost must be one of sumsum, sumprod",
	},
	[XRS_PARAM_DENOMINATOR] = {
		.name = "energy_denominator", .choice = of_names, .unit = 1,
		.min = XRS_OF_RELEASED, .max = XRS_OF_EXECUTED,
		.init = XRS_OF_RELEASED,
		.doc = "energy is divided by the worst of all frames, or of those that began",
		.range = "energy_denominator must be one of released, executed",
	},
	[XRS_PARAM_TUNE_GAIN] = {
		.name = "tune_gain", .unit = MILLIONTHS,
		.min = 0, .max = MILLIONTHS, .init = MILLIONTHS / 100,
		.doc = "share of UXCost that a move of the search has to gain",
		.range = "tune_gain must be a number from 0 to 1",
	},
	[XRS_PARAM_TUNE_SIGMAS] = {
		.name = "tune_sigmas", .unit = MILLIONTHS,
		.min = 0, .max = 10 * MILLIONTHS, .init = 2 * MILLIONTHS,
		.doc = "and how many times the noise of windows",
		.range = "tune_sigmas must be a number from 0 to 10",
	},
	[XRS_PARAM_TUNE_END] = {
		.name = "tune_end", .unit = MILLIONTHS,
		.min = MILLIONTHS / 1000, .max = MILLIONTHS,
		.init = MILLIONTHS / 20,
		.doc = "radius below which a search settles",
		.range = "tune_end must be a number from 0.001 to 1",
	},
	[XRS_PARAM_TUNE_RESTART] = {
		.name = "tune_restart", .unit = MILLIONTHS,
		.min = MILLIONTHS / 100, .max = 100 * MILLIONTHS,
		.init = MILLIONTHS / 4,
		.doc = "share that two windows in a row are off by when a search begins anew",
		.range = "tune_restart must be a number from 0.01 to 100",
	},
	[XRS_PARAM_TUNE_SCAN] = {
		.name = "tune_scan", .choice = switch_names, .unit = 1,
		.min = XRS_OFF, .max = XRS_ON, .init = XRS_ON,
		.doc = "a search begins with a scan of four places far apart",
		.range = "tune_scan must be one of off, on",
	},
};

const struct xrs_policy *const xrs_policies[] = {
	&xrs_policy_lookahead,
	&xrs_policy_dream_mapscore,
	&xrs_policy_dream_tuned,
	&xrs_policy_dream_drop,
	&xrs_policy_dream_full,
	&xrs_policy_edf,
	&xrs_policy_fcfs,
	&xrs_policy_fcfs_static,
	&xrs_policy_llf,
	&xrs_policy_planaria,
	&xrs_policy_rr,
	&xrs_policy_veltair,
	&xrs_policy_xrbench,
};

const u32 xrs_nr_policies = ARRAY_SIZE(xrs_policies);

/**
 * xrs_policy_find() - look a policy up
 * @name: its name or alias
 *
 * Context: any.  Return: the policy, or NULL.
 */
const struct xrs_policy *xrs_policy_find(const char *name)
{
	u32 i;

	for (i = 0; i < xrs_nr_policies; i++) {
		const struct xrs_policy *policy = xrs_policies[i];

		if (!strcmp(policy->name, name) ||
		    (policy->alias && !strcmp(policy->alias, name)))
			return policy;
	}
	return NULL;
}

/* The best pair with another job than the pick's, or with its job if @same. */
static bool best_other(const struct xrs_core *core,
		       const struct xrs_ready *ready,
		       const struct xrs_pick *pick, bool same, u64 now_ns,
		       struct xrs_pick *best)
{
	u32 i;

	best->job = NULL;
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		u64 engines = xrs_job_engines(core, job);
		bool mine = job == pick->job;

		if (mine != same)
			continue;
		if (same)
			engines &= ~BIT_ULL(pick->engine->id);
		for (; engines; engines &= engines - 1) {
			struct xrs_engine *engine =
				core->engine[__ffs64(engines)];
			struct xrs_parts parts;

			core->policy->explain(core, job, engine, now_ns,
					      &parts);
			if (best->job && (parts.score != best->score ?
					  parts.score < best->score :
					  job == best->job ||
					  !xrs_job_before(job, best->job)))
				continue;
			best->job = job;
			best->engine = engine;
			best->score = parts.score;
		}
	}
	return best->job;
}

/**
 * xrs_policy_runner_up() - whom a decision passed over
 * @core: the core, its policy one with an explain operation
 * @ready: the set that was chosen from, the choice still in it
 * @pick: the choice
 * @now_ns: when
 * @runner_up: best pair with another job; if there is none, the best other
 *             engine for the same job
 *
 * Looks at every pair: for observers.
 *
 * Context: caller's lock.  Return: true when there is one.
 */
bool xrs_policy_runner_up(const struct xrs_core *core,
			  const struct xrs_ready *ready,
			  const struct xrs_pick *pick, u64 now_ns,
			  struct xrs_pick *runner_up)
{
	return best_other(core, ready, pick, false, now_ns, runner_up) ||
	       best_other(core, ready, pick, true, now_ns, runner_up);
}

/**
 * xrs_policy_check() - whether a policy takes a value for a parameter
 * @policy: the policy
 * @id: enum xrs_param_id
 * @value: in the parameter's unit
 *
 * Context: any.
 * Return: 0, -ENOENT (it does not heed the parameter), -ERANGE.
 */
int xrs_policy_check(const struct xrs_policy *policy, u32 id, s64 value)
{
	if (id >= XRS_PARAM_NR || !(policy->params & (1U << id)))
		return -ENOENT;
	if (value < xrs_params[id].min || value > xrs_params[id].max)
		return -ERANGE;
	return 0;
}

/**
 * xrs_policy_defaults() - the parameters of a policy before anyone sets them
 * @policy: the policy
 * @param: XRS_PARAM_NR values to be filled in
 *
 * Context: any.
 */
void xrs_policy_defaults(const struct xrs_policy *policy, s64 *param)
{
	u32 id;

	for (id = 0; id < XRS_PARAM_NR; id++)
		param[id] = policy->params & (1U << id) ? xrs_params[id].init :
							  xrs_params[id].min;
	if (policy->sound)
		param[XRS_PARAM_ADMIT] = XRS_ADMIT_SOUND;
}
