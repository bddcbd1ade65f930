// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a job costs in drm_sched with a backend that signals at once: a peer for
 * tests/bench/path.c.  For Debian's generic 6.1, under icount.  Measures while
 * it is loaded and says the result in the kernel log:
 *
 *	drm_mock: batch 32: N instructions per job
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/dma-fence.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <asm/msr.h>
#include <drm/gpu_scheduler.h>

#define REPEATS 60
#define WARM_UP 20
#define REPEAT_JOBS 256

static struct drm_gpu_scheduler scheduler;
static struct drm_sched_entity entity;
static struct completion freed;
static atomic_t left;

/* A fence that has been signalled, so that nothing of it is counted. */
static struct dma_fence *mock_run_job(struct drm_sched_job *job)
{
	return dma_fence_get_stub();
}

static enum drm_gpu_sched_stat mock_timedout(struct drm_sched_job *job)
{
	return DRM_GPU_SCHED_STAT_NOMINAL;
}

static void mock_free_job(struct drm_sched_job *job)
{
	drm_sched_job_cleanup(job);
	kfree(job);
	if (atomic_dec_and_test(&left))
		complete(&freed);
}

static const struct drm_sched_backend_ops mock_ops = {
	.run_job = mock_run_job,
	.timedout_job = mock_timedout,
	.free_job = mock_free_job,
};

static int mock_submit(void)
{
	struct drm_sched_job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	int ret;

	if (!job)
		return -ENOMEM;
	ret = drm_sched_job_init(job, &entity, NULL);
	if (ret) {
		kfree(job);
		return ret;
	}
	drm_sched_job_arm(job);
	drm_sched_entity_push_job(job);
	return 0;
}

/* Has @nr jobs done, from their submission until all have been freed. */
static int mock_batch(u32 nr)
{
	u32 i;
	int ret;

	reinit_completion(&freed);
	atomic_set(&left, nr);
	for (i = 0; i < nr; i++) {
		ret = mock_submit();
		if (ret)
			return ret;
	}
	wait_for_completion(&freed);
	return 0;
}

static int mock_measure(u32 batch)
{
	u32 rounds = REPEAT_JOBS / batch, i, j;
	u64 least = U64_MAX;
	int ret;

	for (i = 0; i < WARM_UP + REPEATS; i++) {
		u64 begin = rdtsc(), took;

		for (j = 0; j < rounds; j++) {
			ret = mock_batch(batch);
			if (ret)
				return ret;
		}
		took = rdtsc() - begin;
		if (i >= WARM_UP)
			least = min(least, took);
	}
	pr_info("batch %u: %llu instructions per job\n", batch,
		least / REPEAT_JOBS);
	return 0;
}

static int __init mock_init(void)
{
	static const struct drm_sched_init_args args = {
		.ops = &mock_ops,
		.credit_limit = 64,
		.timeout = MAX_SCHEDULE_TIMEOUT,
		.name = "mock",
	};
	struct drm_gpu_scheduler *list[] = { &scheduler };
	int ret;

	init_completion(&freed);
	ret = drm_sched_init(&scheduler, &args);
	if (ret)
		return ret;
	ret = drm_sched_entity_init(&entity, DRM_SCHED_PRIORITY_NORMAL, list, 1,
				    NULL);
	if (ret)
		goto err_fini;
	ret = mock_measure(1);
	if (!ret)
		ret = mock_measure(32);
	drm_sched_entity_destroy(&entity);
err_fini:
	drm_sched_fini(&scheduler);
	return ret;
}
module_init(mock_init);

static void __exit mock_exit(void)
{
}
module_exit(mock_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("drm_sched with a backend that signals at once");
