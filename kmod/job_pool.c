// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of jobs: a slab cache for all, and for each client a few that have
 * ended and serve again, at a fraction of what the slab and its accounting take.
 */
#include <linux/slab.h>

#include "job.h"

static struct kmem_cache *job_cache;

int xrs_user_job_cache_create(void)
{
	/* Completions are copied to userspace from where they lie. */
	job_cache = KMEM_CACHE_USERCOPY(xrs_user_job, SLAB_ACCOUNT, done);
	return job_cache ? 0 : -ENOMEM;
}

void xrs_user_job_cache_destroy(void)
{
	kmem_cache_destroy(job_cache);
}

u32 xrs_user_job_take(struct xrs_client *client, struct xrs_user_job **jobs,
		      u32 nr)
{
	struct xrs_device *dev = client->device;
	u32 i, taken;

	spin_lock_irq(&dev->lock);
	taken = min(nr, client->nr_pool);
	for (i = 0; i < taken; i++)
		jobs[i] = client->pool[--client->nr_pool];
	spin_unlock_irq(&dev->lock);
	if (taken < nr)
		taken += kmem_cache_alloc_bulk(job_cache, GFP_KERNEL,
					       nr - taken,
					       (void **)jobs + taken);
	return taken;
}

/* Room in the client's pool for up to @nr; how many. */
static u32 pool_room(const struct xrs_client *client, u32 nr)
{
	lockdep_assert_held(&client->device->lock);
	return min(nr, XRS_POOL_JOBS - client->nr_pool);
}

void xrs_user_job_give(struct xrs_client *client, struct xrs_user_job **jobs,
		       u32 nr)
{
	struct xrs_device *dev = client->device;
	u32 i, kept;

	spin_lock_irq(&dev->lock);
	kept = pool_room(client, nr);
	for (i = 0; i < kept; i++)
		client->pool[client->nr_pool++] = jobs[i];
	spin_unlock_irq(&dev->lock);
	if (kept < nr)
		kmem_cache_free_bulk(job_cache, nr - kept,
				     (void **)jobs + kept);
}

void xrs_user_job_pool_fill(struct xrs_client *client, struct list_head *jobs,
			    u32 nr)
{
	u32 left = pool_room(client, nr);
	struct xrs_user_job *job, *next;

	/* Mostly all of them: then none has to be taken from the list. */
	if (left == nr) {
		list_for_each_entry_safe(job, next, jobs, link)
			client->pool[client->nr_pool++] = job;
		INIT_LIST_HEAD(jobs);
		return;
	}
	list_for_each_entry_safe(job, next, jobs, link) {
		if (!left--)
			return;
		list_del(&job->link);
		client->pool[client->nr_pool++] = job;
	}
}

void xrs_user_job_pool_free(struct xrs_client *client)
{
	if (client->nr_pool)
		kmem_cache_free_bulk(job_cache, client->nr_pool,
				     (void **)client->pool);
}

void xrs_user_job_free_list(struct list_head *jobs)
{
	struct xrs_user_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, link)
		kmem_cache_free(job_cache, job);
	INIT_LIST_HEAD(jobs);
}
