/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's job: the core's job and the completion that it will become.
 */
#ifndef XRS_JOB_H
#define XRS_JOB_H

#include <linux/xrsched.h>

#include "stream.h"

/**
 * struct xrs_user_job - A client's job
 * @core: what the core knows, from submission to its end
 * @link: in the list of whoever owns it outside the core
 * @done: cookie and handle from the start, the rest when it ends: there is
 *        nothing to allocate then, so no completion can be lost
 * @announced: trace event job_submit has been emitted
 *
 * Protected by xrs_device::lock from submission until it is reaped.
 */
struct xrs_user_job {
	struct xrs_job core;
	struct list_head link;
	struct xrsched_completion done;
	bool announced;
};

/** to_xrs_user_job() - the job that the core means */
static inline struct xrs_user_job *to_xrs_user_job(struct xrs_job *core)
{
	return container_of(core, struct xrs_user_job, core);
}

int xrs_user_job_cache_create(void);
void xrs_user_job_cache_destroy(void);

/** xrs_user_job_free() - free a job that nobody owns; any context */
void xrs_user_job_free(struct xrs_user_job *job);

/** xrs_user_job_free_list() - free the jobs of a list; any context */
void xrs_user_job_free_list(struct list_head *jobs);

/**
 * xrs_user_job_announce() - trace its submission, once, before all else
 * @dev: device
 * @job: job that the core has accepted
 *
 * Context: any; @dev->lock held.
 */
void xrs_user_job_announce(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_user_job_finish() - the job ended: complete, count down, trace
 * @dev: device
 * @job: job that the core has given back
 *
 * Context: any; @dev->lock held.
 */
void xrs_user_job_finish(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_user_job_submit() - submit a batch, as XRSCHED_IOC_SUBMIT says
 * @client: client
 * @arg: the call; all but @arg->size is checked here, @arg->accepted filled in
 *
 * Return: 0, or as struct xrsched_submit says.
 */
int xrs_user_job_submit(struct xrs_client *client, struct xrsched_submit *arg);

/**
 * xrs_user_job_cancel() - cancel frames, as XRSCHED_IOC_CANCEL says
 * @client: client
 * @arg: the call; all but @arg->size is checked here, @arg->cancelled filled in
 *
 * Return: 0, or as struct xrsched_cancel says.
 */
int xrs_user_job_cancel(struct xrs_client *client, struct xrsched_cancel *arg);

#endif /* XRS_JOB_H */
