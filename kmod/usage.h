/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client has used: /proc/PID/fdinfo/FD.
 */
#ifndef XRS_USAGE_H
#define XRS_USAGE_H

#include <linux/types.h>

#include "xrs_core.h"

struct file;
struct seq_file;
struct xrs_device;

/**
 * struct xrs_usage - What a client has used since its file was opened
 * @busy_ns: time that its layers ran, by engine
 * @gone_ns: of these on engines that are not there any more
 * @ended: jobs that ended, by enum xrs_outcome
 * @late: of those completed, how many after their deadline
 * @layers: layers that ran for these
 * @energy_pj: energy of these, switches included
 * @queue_ns: time from release to first dispatch, summed over those dispatched
 *
 * Never goes back, whoever resets statistics.  Protected by xrs_device::lock.
 */
struct xrs_usage {
	u64 busy_ns[XRS_MAX_ENGINES];
	u64 gone_ns;
	u64 ended[XRS_FAILED + 1];
	u64 late;
	u64 layers;
	u64 energy_pj;
	u64 queue_ns;
};

/**
 * xrs_usage_layer() - a layer ran
 * @usage: its client's
 * @engine: id of the engine
 * @busy_ns: for how long
 *
 * Context: any; xrs_device::lock held.
 */
static inline void xrs_usage_layer(struct xrs_usage *usage, u32 engine,
				   u64 busy_ns)
{
	usage->busy_ns[engine] += busy_ns;
}

/**
 * xrs_usage_job() - a job ended
 * @usage: its client's
 * @job: the job
 * @late: it completed after its deadline
 *
 * Context: any; xrs_device::lock held.
 */
static inline void xrs_usage_job(struct xrs_usage *usage,
				 const struct xrs_job *job, bool late)
{
	usage->ended[job->outcome]++;
	usage->late += late;
	usage->layers += job->layers;
	usage->energy_pj += job->energy_pj;
	if (job->started)
		usage->queue_ns += job->start_ns - job->release_ns;
}

/**
 * xrs_usage_engine_gone() - an engine goes: its id will be another's
 * @dev: device
 * @id: its id
 *
 * Context: any; @dev->lock held.
 */
void xrs_usage_engine_gone(struct xrs_device *dev, u32 id);

/** xrs_usage_show() - fops->show_fdinfo of a client's file */
void xrs_usage_show(struct seq_file *m, struct file *file);

#endif /* XRS_USAGE_H */
