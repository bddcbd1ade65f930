// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of layers and engines that fail; see xrs_fault.h.
 *
 * An engine waits for one moment at a time: that its layer is overdue, or that
 * its rest is over.  There are 64 engines at most, so these are looked through
 * when the first may be due, rather than kept in order: what that costs, the
 * end of a layer does not.
 */
#include "internal.h"
#include "xrs_score.h"

/**
 * xrs_core_set_guard() - treat faults differently from now on
 * @core: the core
 * @guard: how
 * @now_ns: now
 *
 * Layers that run and engines that rest keep the time that they were given.
 *
 * Context: caller's lock.
 * Return: 0, -ERANGE (a value; nothing has changed).
 */
int xrs_core_set_guard(struct xrs_core *core, const struct xrs_guard *guard,
		       u64 now_ns)
{
	if (guard->floor_ns < 1000 || guard->floor_ns > BIT_ULL(40) ||
	    !guard->factor || guard->factor > 1000 || guard->retries > 100 ||
	    !guard->strikes || guard->strikes > XRS_MAX_STRIKES ||
	    guard->rest_ns < 1000 || guard->rest_max_ns < guard->rest_ns ||
	    guard->rest_max_ns > BIT_ULL(40))
		return -ERANGE;
	xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_guard(core, guard);
	core->events++;
	core->guard = *guard;
	return 0;
}

/**
 * xrs_engine_alarm() - set what an engine waits for
 * @core: the core
 * @engine: the engine
 * @at_ns: when, XRS_NEVER: for nothing
 *
 * Context: caller's lock.
 */
void xrs_engine_alarm(struct xrs_core *core, struct xrs_engine *engine,
		      u64 at_ns)
{
	engine->alarm_ns = at_ns;
	if (at_ns == XRS_NEVER) {
		core->alarmed &= ~BIT_ULL(engine->id);
		if (!core->alarmed)
			core->alarm_ns = XRS_NEVER;
	} else {
		core->alarmed |= BIT_ULL(engine->id);
		core->alarm_ns = min(core->alarm_ns, at_ns);
	}
}

/* How long a layer may take, but for the floor. 2^40 * 1000 * 8 at most. */
static u64 limit_of(const struct xrs_core *core,
		    const struct xrs_engine *engine, const struct xrs_job *job)
{
	const struct xrs_estimate *e = xrs_job_estimate(job, engine);

	return max(e->ns, e->profile_ns) * core->guard.factor << engine->slack;
}

/**
 * xrs_engine_watch() - a guarded engine has begun a layer
 * @core: the core
 * @engine: the engine
 * @now_ns: now
 *
 * However fast others of its class have shown to be, it may take what the
 * profile says: who declares that, and keeps to it, is not hung.
 *
 * Context: caller's lock.
 */
void xrs_engine_watch(struct xrs_core *core, struct xrs_engine *engine,
		      u64 now_ns)
{
	u64 floor_ns = max(core->guard.floor_ns, engine->floor_ns);
	u64 limit_ns = limit_of(core, engine, engine->job);

	xrs_engine_alarm(core, engine, now_ns + engine->switch_ns +
				       max(limit_ns, floor_ns));
}

/**
 * xrs_engine_settle() - say whether an engine is idle
 * @core: the core
 * @engine: one of its engines
 *
 * Idle is who is up, in good health, not parked and without a layer.
 *
 * Context: caller's lock.
 */
void xrs_engine_settle(struct xrs_core *core, struct xrs_engine *engine)
{
	u64 bit = BIT_ULL(engine->id);

	if (engine->up && engine->health == XRS_HEALTH_GOOD &&
	    !engine->parked && !engine->job)
		core->idle |= bit;
	else
		core->idle &= ~bit;
}

/**
 * xrs_engine_layer_over() - an engine that is not quite like others is done
 * @core: the core
 * @engine: the engine; its layer is off it
 * @job: its job, still at that layer
 * @seen_ns: time that it took
 *
 * Context: caller's lock.
 */
void xrs_engine_layer_over(struct xrs_core *core, struct xrs_engine *engine,
			   const struct xrs_job *job, u64 seen_ns)
{
	if (engine->guarded)
		xrs_engine_alarm(core, engine, XRS_NEVER);
	if (engine->slack && seen_ns <= limit_of(core, engine, job) / 4)
		engine->slack--;
	if (engine->strikes && ++engine->good >= XRS_GOOD_LAYERS)
		engine->strikes = 0;
	xrs_engine_settle(core, engine);
}

static void set_health(struct xrs_core *core, struct xrs_engine *engine,
		       enum xrs_health health, u64 now_ns)
{
	engine->health = health;
	/* As for engines that are parked no more. */
	core->ahead.arrived |= health == XRS_HEALTH_GOOD;
	xrs_engine_settle(core, engine);
	if (core->ops->health)
		core->ops->health(core, engine, now_ns);
}

static void reset_over(struct xrs_core *core, struct xrs_engine *engine,
		       bool ok, u64 now_ns);

/* Has an engine reset; who cannot be has nothing to reset. */
static void begin_reset(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns)
{
	xrs_engine_alarm(core, engine, XRS_NEVER);
	set_health(core, engine, XRS_HEALTH_RESETTING, now_ns);
	if (core->ops->reset)
		core->ops->reset(core, engine, now_ns);
	else
		reset_over(core, engine, true, now_ns);
}

static void strike(struct xrs_core *core, struct xrs_engine *engine, u64 now_ns)
{
	engine->good = 0;
	if (engine->strikes < XRS_MAX_STRIKES)
		engine->strikes++;
	begin_reset(core, engine, now_ns);
}

/* Takes the layer that failed off its engine, and charges what it took. */
static struct xrs_job *take_layer(struct xrs_core *core,
				  struct xrs_engine *engine, u64 energy_pj,
				  u64 now_ns)
{
	struct xrs_job *job = engine->job;
	u64 busy_ns = now_ns - engine->since_ns;

	engine->job = NULL;
	if (engine->resident)
		engine->resident->resident &= ~BIT_ULL(engine->id);
	engine->resident = NULL;
	engine->lost++;
	engine->busy_ns += busy_ns;
	engine->lost_ns += busy_ns;
	xrs_add_sat(&engine->energy_pj, energy_pj);
	xrs_add_sat(&engine->lost_pj, energy_pj);
	xrs_add_sat(&engine->lost_pj, engine->switch_pj);
	xrs_add_sat(&job->energy_pj, energy_pj);
	job->engine = NULL;
	job->last = XRS_MAX_ENGINES;
	job->again = true;
	job->state = XRS_JOB_PENDING;
	return job;
}

static void count_timeout(struct xrs_engine *engine)
{
	engine->timeouts++;
	/* A simulation that is slower than its profile is at fault. */
	if (engine->guarded && engine->learns == XRS_LEARNS_ALWAYS &&
	    engine->slack < XRS_MAX_SLACK)
		engine->slack++;
}

static void layer_failed(struct xrs_core *core, struct xrs_engine *engine,
			 enum xrs_reason reason, u64 energy_pj, u64 now_ns)
{
	struct xrs_job *job;
	bool again;

	core->events++;
	job = take_layer(core, engine, energy_pj, now_ns);
	again = reason != XRS_REASON_REFUSED &&
		job->tries++ < core->guard.retries;
	if (reason == XRS_REASON_REFUSED) {
		engine->refused++;
		xrs_engine_alarm(core, engine, XRS_NEVER);
		xrs_engine_settle(core, engine);
	} else {
		engine->faults++;
		if (reason == XRS_REASON_TIMEOUT)
			count_timeout(engine);
		if (core->ops->fault)
			core->ops->fault(core, engine, job, reason, now_ns);
		strike(core, engine, now_ns);
	}
	if (job->cancelled || again)
		xrs_job_layer_lost(core, job, now_ns);
	else
		xrs_job_end(core, job, XRS_FAILED, reason, now_ns);
}

/**
 * xrs_core_layer_failed() - an engine has not executed its layer
 * @core: the core
 * @engine: one of its engines; nothing happens if it runs no layer
 * @reason: XRS_REASON_FAULT: the engine is at fault, XRS_REASON_TIMEOUT: it
 *          took too long; XRS_REASON_REFUSED: the job is, and fails at once
 * @energy_pj: energy that was used even so, switch not included
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_layer_failed(struct xrs_core *core, struct xrs_engine *engine,
			   enum xrs_reason reason, u64 energy_pj, u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (!engine->job)
		return;
	if (xrs_recorded(core))
		xrs_record_layer_failed(core, engine, reason, energy_pj);
	layer_failed(core, engine, reason, energy_pj, now_ns);
}

/* How long an engine rests after its strikes. */
static u64 rest_ns(const struct xrs_guard *guard, u32 strikes)
{
	u64 ns = guard->rest_ns;

	while (--strikes && ns < guard->rest_max_ns)
		ns *= 2;
	return min(ns, guard->rest_max_ns);
}

static void reset_over(struct xrs_core *core, struct xrs_engine *engine,
		       bool ok, u64 now_ns)
{
	core->events++;
	if (engine->health == XRS_HEALTH_QUARANTINED && ok) {
		engine->revived = true;
		if (engine->alarm_ns == XRS_NEVER)
			xrs_engine_alarm(core, engine, now_ns +
					 rest_ns(&core->guard, engine->strikes));
		return;
	}
	if (engine->health != XRS_HEALTH_RESETTING)
		return;
	if (!ok && engine->strikes < XRS_MAX_STRIKES)
		engine->strikes++;
	/* One that is down already, as a reset before has failed, stays so. */
	if (!ok || !engine->up || engine->strikes >= core->guard.strikes) {
		/* What the mask of engines says, decides who can run at all. */
		if (engine->up)
			xrs_engine_take_down(core, engine, now_ns);
		set_health(core, engine, XRS_HEALTH_QUARANTINED, now_ns);
		if (engine->strikes == XRS_MAX_STRIKES) {
			engine->revived = false;
			xrs_engine_alarm(core, engine, XRS_NEVER);
			return;
		}
	} else {
		set_health(core, engine, XRS_HEALTH_RESTING, now_ns);
	}
	engine->revived = ok;
	xrs_engine_alarm(core, engine,
			 now_ns + rest_ns(&core->guard, engine->strikes));
}

/**
 * xrs_core_engine_reset() - how the reset of an engine went
 * @core: the core
 * @engine: one of its engines; nothing happens if it is none any more
 * @ok: it works again
 * @now_ns: now
 *
 * Answers ops->reset, or says without having been asked that an engine which
 * is quarantined works: then it comes back after its rest without a reset.
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_reset(struct xrs_core *core, struct xrs_engine *engine,
			   bool ok, u64 now_ns)
{
	if (core->engine[engine->id] != engine)
		return;
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine_arg(core, XRS_REC_ENGINE_RESET, engine, ok);
	reset_over(core, engine, ok, now_ns);
}

/**
 * xrs_core_engine_park() - an engine takes no layer for a while, or does again
 * @core: the core
 * @engine: one of its engines; nothing happens if it is none any more
 * @parked: does not
 * @now_ns: now
 *
 * It stays up: jobs that only it can run wait.  A layer that runs is not
 * touched.
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_park(struct xrs_core *core, struct xrs_engine *engine,
			  bool parked, u64 now_ns)
{
	if (engine->parked == parked || core->engine[engine->id] != engine)
		return;
	xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine_arg(core, XRS_REC_ENGINE_PARK, engine,
				      parked);
	core->events++;
	/* What was given up while it was away, there may be time for now. */
	core->ahead.arrived |= !parked;
	engine->parked = parked;
	xrs_engine_settle(core, engine);
}

/**
 * xrs_core_engine_guard() - watch an engine's layers from now on
 * @core: the core
 * @engine: one of its engines
 * @now_ns: now
 *
 * A layer that runs has its whole time from now.  There is no way back: one
 * that hangs would then do so for ever.
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_guard(struct xrs_core *core, struct xrs_engine *engine,
			   u64 now_ns)
{
	if (engine->guarded)
		return;
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine(core, XRS_REC_ENGINE_GUARD, engine);
	core->events++;
	engine->guarded = true;
	if (engine->job)
		xrs_engine_watch(core, engine, now_ns);
}

/* The moment that an engine has waited for. */
static void alarm_rings(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns)
{
	u64 energy_pj;

	xrs_engine_alarm(core, engine, XRS_NEVER);
	if (engine->job) {
		/* Nobody tells what it took: what it was expected to take. */
		energy_pj = xrs_job_cost(engine->job, engine)->energy_pj;
		layer_failed(core, engine, XRS_REASON_TIMEOUT, energy_pj,
			     now_ns);
	} else if (!engine->revived) {
		begin_reset(core, engine, now_ns);
	} else if (engine->health == XRS_HEALTH_QUARANTINED) {
		xrs_engine_bring_up(core, engine, now_ns);
		set_health(core, engine, XRS_HEALTH_GOOD, now_ns);
	} else {
		set_health(core, engine, XRS_HEALTH_GOOD, now_ns);
	}
}

/**
 * xrs_core_alarms() - act on what engines have waited for
 * @core: the core
 * @now_ns: now; core->alarm_ns has come
 *
 * Context: caller's lock, from xrs_core_run().
 */
void xrs_core_alarms(struct xrs_core *core, u64 now_ns)
{
	u64 mask, next_ns = XRS_NEVER;

	for (mask = core->alarmed; mask; mask &= mask - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(mask)];

		if (engine->alarm_ns <= now_ns)
			alarm_rings(core, engine, now_ns);
	}
	for (mask = core->alarmed; mask; mask &= mask - 1)
		next_ns = min(next_ns,
			      core->engine[__ffs64(mask)]->alarm_ns);
	core->alarm_ns = next_ns;
}
