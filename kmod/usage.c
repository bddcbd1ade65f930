// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a client has used.  The keys that begin with "drm-" mean what
 * Documentation/gpu/drm-usage-stats.rst of the kernel says; all are listed in
 * Documentation/fdinfo.md.
 */
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "client.h"
#include "engine.h"
#include "stream.h"

void xrs_usage_engine_gone(struct xrs_device *dev, u32 id)
{
	struct xrs_client *client;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(client, &dev->clients, link) {
		client->usage.gone_ns += client->usage.busy_ns[id];
		client->usage.busy_ns[id] = 0;
	}
}

/**
 * struct picture - What is shown, of one moment
 * @usage: what was used
 * @engine: names of the engines, "" where there is none
 * @nr_jobs: jobs not yet read
 * @nr_done: of these, how many have ended
 */
struct picture {
	struct xrs_usage usage;
	char engine[XRS_MAX_ENGINES][XRS_NAME_LEN];
	u32 nr_jobs;
	u32 nr_done;
};

/* Layers that run count as far as they have, or time would seem to jump. */
static void add_running(struct picture *picture,
			const struct xrs_client *client,
			const struct xrs_engine_dev *engine, u64 now_ns)
{
	const struct xrs_job *job = engine->core.job;

	if (!job || to_xrs_user_stream(job->stream)->client != client)
		return;
	picture->usage.busy_ns[engine->core.id] +=
		xrs_engine_running_ns(engine, now_ns);
}

static void picture_take(struct picture *picture,
			 const struct xrs_client *client)
{
	struct xrs_device *dev = client->device;
	u64 now_ns;
	u32 id;

	spin_lock_irq(&dev->lock);
	now_ns = ktime_get_ns();
	picture->usage = client->usage;
	picture->nr_jobs = client->nr_jobs;
	picture->nr_done = client->nr_done;
	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		if (!dev->engine[id])
			continue;
		memcpy(picture->engine[id], dev->engine[id]->name,
		       XRS_NAME_LEN);
		add_running(picture, client, dev->engine[id], now_ns);
	}
	spin_unlock_irq(&dev->lock);
}

static void show_engines(struct seq_file *m, const struct picture *picture)
{
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (picture->engine[id][0])
			seq_printf(m, "drm-engine-%s:\t%llu ns\n",
				   picture->engine[id],
				   picture->usage.busy_ns[id]);
	seq_printf(m, "xrsched-engines-gone:\t%llu ns\n",
		   picture->usage.gone_ns);
}

static void show_jobs(struct seq_file *m, const struct picture *picture)
{
	const struct xrs_usage *usage = &picture->usage;

	seq_printf(m, "xrsched-jobs-completed:\t%llu\n",
		   usage->ended[XRS_COMPLETED]);
	seq_printf(m, "xrsched-jobs-late:\t%llu\n", usage->late);
	seq_printf(m, "xrsched-jobs-dropped:\t%llu\n",
		   usage->ended[XRS_DROPPED]);
	seq_printf(m, "xrsched-jobs-cancelled:\t%llu\n",
		   usage->ended[XRS_CANCELLED]);
	seq_printf(m, "xrsched-jobs-failed:\t%llu\n", usage->ended[XRS_FAILED]);
	seq_printf(m, "xrsched-jobs-unread:\t%u\n", picture->nr_jobs);
	seq_printf(m, "xrsched-layers:\t%llu\n", usage->layers);
	seq_printf(m, "xrsched-energy:\t%llu pJ\n", usage->energy_pj);
	seq_printf(m, "xrsched-queue-time:\t%llu ns\n", usage->queue_ns);
}

void xrs_usage_show(struct seq_file *m, struct file *file)
{
	struct xrs_client *client = file->private_data;
	struct picture *picture = kzalloc(sizeof(*picture), GFP_KERNEL);
	u64 ring_bytes;
	u32 nr_models, nr_streams, nr_rings;

	if (!picture)
		return;
	mutex_lock(&client->lock);
	nr_models = client->nr_models;
	nr_streams = client->nr_streams;
	nr_rings = client->nr_rings;
	ring_bytes = client->ring_bytes;
	mutex_unlock(&client->lock);
	picture_take(picture, client);

	seq_puts(m, "drm-driver:\txrsched\n");
	seq_printf(m, "drm-client-id:\t%u\n", client->nr);
	seq_printf(m, "xrsched-device:\t%u\n", client->device->nr);
	show_engines(m, picture);
	show_jobs(m, picture);
	seq_printf(m, "xrsched-models:\t%u\n", nr_models);
	seq_printf(m, "xrsched-model-memory:\t%lu KiB\n",
		   DIV_ROUND_UP(atomic_long_read(&client->model_bytes), 1024));
	seq_printf(m, "xrsched-streams:\t%u\n", nr_streams);
	seq_printf(m, "xrsched-rings:\t%u\n", nr_rings);
	seq_printf(m, "xrsched-ring-memory:\t%llu KiB\n", ring_bytes / 1024);
	kfree(picture);
}
