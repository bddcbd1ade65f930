// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulated engines: a layer takes the time and the energy that the model's
 * profile says, by an absolute timer.
 */
#include <linux/debugfs.h>
#include <linux/fault-inject.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "compat.h"
#include "debugfs.h"
#include "engine.h"
#include "module.h"

/*
 * A simulated engine keeps its own clock, as an accelerator with a queue and
 * hardware time stamps does: a layer ends when the profile says, the next one
 * starts there and then, and what the interrupt came too late does not add up
 * over the hundreds of layers of a frame.  So the outcome is that of the
 * simulator, event for event, however slow or busy the machine is.
 */
bool xrs_sim_exact = true;
module_param_named(sim_exact, xrs_sim_exact, bool, 0644);
MODULE_PARM_DESC(sim_exact,
		 "simulated engines keep their own time; N: a layer starts as late as the interrupt before it came (default Y)");

/*
 * Layers in a row that may be over before they begin, because the engine's
 * clock is behind.  Such layers follow each other within one timer interrupt;
 * if they are shorter than their interrupt the engine falls behind for ever,
 * and the CPU would never leave it.  So the engine gives up what it is behind.
 */
#define SIM_CATCH_UP 256

/**
 * struct sim_engine - A simulated engine
 * @engine: engine
 * @timer: end of the running layer
 * @inject: what is to go wrong; xrs_device::lock
 * @seq: number that the running layer will be answered under;
 *       xrs_device::lock
 * @status: how it will end; xrs_device::lock
 * @end_ns: when it ends, XRS_NEVER if none runs; xrs_device::lock
 * @energy_pj: what it takes; xrs_device::lock
 * @behind: layers in a row that were over before they began; xrs_device::lock
 */
struct sim_engine {
	struct xrs_engine_dev engine;
	struct hrtimer timer;
	struct xrs_inject inject;
	u64 seq;
	enum xrs_layer_status status;
	u64 end_ns;
	u64 energy_pj;
	u32 behind;
};

static struct sim_engine *to_sim(struct xrs_engine_dev *engine)
{
	return container_of(engine, struct sim_engine, engine);
}

static enum hrtimer_restart sim_expired(struct hrtimer *timer)
{
	struct sim_engine *sim = container_of(timer, struct sim_engine, timer);
	struct xrs_device *dev = sim->engine.device;
	unsigned long flags;
	u64 now_ns;

	spin_lock_irqsave(&dev->lock, flags);
	now_ns = ktime_get_ns();
	/*
	 * The timer may have expired for a layer that was taken away while
	 * this waited for the lock; the next one has not come to its end then,
	 * and the timer is set again.
	 */
	if (now_ns >= sim->end_ns) {
		if (READ_ONCE(xrs_sim_exact))
			now_ns = sim->end_ns;
		sim->end_ns = XRS_NEVER;
		xrs_engine_complete_locked(&sim->engine, sim->seq, sim->status,
					   sim->energy_pj, now_ns);
		xrs_device_run_at(dev, now_ns);
	}
	spin_unlock_irqrestore(&dev->lock, flags);
	return HRTIMER_NORESTART;
}

static int sim_init(struct xrs_engine_dev *engine)
{
	struct sim_engine *sim = to_sim(engine);

	sim->end_ns = XRS_NEVER;
	xrs_hrtimer_setup(&sim->timer, sim_expired);
	return 0;
}

/* When a layer ends that begins, on the engine's clock, at @now_ns. */
static u64 sim_end(struct sim_engine *sim, u64 now_ns, u64 latency_ns)
{
	u64 real_ns = ktime_get_ns();

	if (now_ns + latency_ns > real_ns) {
		sim->behind = 0;
	} else if (++sim->behind > SIM_CATCH_UP) {
		sim->behind = 0;
		now_ns = real_ns;
	}
	return now_ns + latency_ns;
}

#ifdef CONFIG_FAULT_INJECTION_DEBUG_FS

/* The kernel's own way to have layers fail: debugfs, xrsched/fail_layer. */
static DECLARE_FAULT_ATTR(fail_layer);

static bool layer_should_fail(void)
{
	return should_fail(&fail_layer, 1);
}

void xrs_engine_sim_debugfs(struct dentry *folder)
{
	fault_create_debugfs_attr("fail_layer", folder, &fail_layer);
}

#else

static bool layer_should_fail(void)
{
	return false;
}

void xrs_engine_sim_debugfs(struct dentry *folder)
{
}

#endif

static void sim_dispatch(struct xrs_engine_dev *engine,
			 const struct xrs_job *job, u64 now_ns)
{
	struct sim_engine *sim = to_sim(engine);
	const struct xrs_cost *cost = xrs_job_cost(job, &engine->core);
	/* Others of the class may be real, and have taught that it takes longer. */
	u64 latency_ns = xrs_job_estimate(job, &engine->core)->profile_ns;
	enum xrs_inject_kind fault;

	fault = xrs_inject_layer(&sim->inject, now_ns, &latency_ns);
	if (layer_should_fail())
		fault = XRS_INJECT_ERROR;
	sim->seq = engine->core.seq;
	if (fault == XRS_INJECT_SEQ)
		sim->seq--;
	sim->status = fault == XRS_INJECT_ERROR ? XRS_LAYER_ERROR :
						  XRS_LAYER_DONE;
	sim->energy_pj = cost->energy_pj;
	if (fault == XRS_INJECT_HANG) {
		sim->end_ns = XRS_NEVER;
		return;
	}
	sim->end_ns = sim_end(sim, now_ns,
			      engine->core.switch_ns + latency_ns);
	xrs_hrtimer_start(&sim->timer, sim->end_ns);
}

static void sim_abort(struct xrs_engine_dev *engine)
{
	struct sim_engine *sim = to_sim(engine);

	sim->end_ns = XRS_NEVER;
	/* If it runs already, it will find that nothing has come to an end. */
	hrtimer_try_to_cancel(&sim->timer);
}

static void sim_exit(struct xrs_engine_dev *engine)
{
	hrtimer_cancel(&to_sim(engine)->timer);
}

static struct sim_engine *sim_find(struct xrs_device *dev, u32 id, int *err)
{
	struct xrs_engine_dev *engine;

	lockdep_assert_held(&dev->lock);
	*err = -ENODEV;
	if (dev->gone)
		return NULL;
	*err = -ENOENT;
	engine = id < XRS_MAX_ENGINES ? dev->engine[id] : NULL;
	if (!engine)
		return NULL;
	*err = -EOPNOTSUPP;
	return engine->ops == &xrs_engine_sim_ops ? to_sim(engine) : NULL;
}

static bool says_nothing(const struct xrs_inject_plan *plan)
{
	return !plan->nr_steps && !memchr_inv(plan->ppm, 0, sizeof(plan->ppm));
}

int xrs_engine_set_faults(struct xrs_device *dev, u32 id,
			  const struct xrs_inject_plan *plan)
{
	struct sim_engine *sim;
	int ret;

	spin_lock_irq(&dev->lock);
	sim = sim_find(dev, id, &ret);
	if (sim)
		ret = xrs_inject_set(&sim->inject, plan, id, ktime_get_ns());
	if (!ret) {
		xrs_core_engine_guard(&dev->core, &sim->engine.core,
				      ktime_get_ns());
		/* Who takes the faults away says that it works. */
		if (says_nothing(plan) &&
		    sim->engine.core.health == XRS_HEALTH_QUARANTINED)
			xrs_core_engine_reset(&dev->core, &sim->engine.core,
					      true, ktime_get_ns());
		xrs_device_run(dev);
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_engine_get_faults(struct xrs_device *dev, u32 id,
			  struct xrs_inject *faults)
{
	struct sim_engine *sim;
	int ret;

	spin_lock_irq(&dev->lock);
	sim = sim_find(dev, id, &ret);
	if (sim) {
		*faults = sim->inject;
		ret = 0;
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

const struct xrs_provider xrs_engine_sim_ops = {
	.kind = XRS_ENGINE_SIM,
	.name = "sim",
	.size = sizeof(struct sim_engine),
	.init = sim_init,
	.dispatch = sim_dispatch,
	.abort = sim_abort,
	.exit = sim_exit,
};
