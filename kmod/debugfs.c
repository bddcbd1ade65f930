// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/debug/xrsched/N/state: all that a device knows;
 * /sys/kernel/debug/xrsched/N/check: whether it contradicts itself.
 *
 * Both look at everything with the lock held, for a picture that is of one
 * moment.  That keeps interrupts off for long on a device with thousands of
 * jobs, which is why they are for root and for debugging.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>

#include "client.h"
#include "debugfs.h"
#include "engine.h"
#include "job.h"
#include "stream.h"

/* Lines of jobs and streams that a dump has at most. */
#define STATE_LINES 2048
/* Memory to begin with, so that the picture is taken once, as a rule. */
#define STATE_BYTES (256 * 1024)

static struct dentry *debugfs_root;

static const char *const job_states[] = {
	[XRS_JOB_NEW] = "new",
	[XRS_JOB_PENDING] = "pending",
	[XRS_JOB_READY] = "ready",
	[XRS_JOB_RUNNING] = "running",
	[XRS_JOB_DONE] = "done",
};

/* ----- state ------------------------------------------------------------- */

static void show_policy(struct seq_file *m, const struct xrs_core *core)
{
	u32 id;

	seq_printf(m, "policy %s", core->policy->name);
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *param = &xrs_params[id];

		if (!(core->policy->params & BIT(id)))
			continue;
		if (param->choice)
			seq_printf(m, " %s=%s", param->name,
				   param->choice[core->param[id]]);
		else
			seq_printf(m, " %s=%lld/%u", param->name,
				   core->param[id], param->unit);
	}
	seq_printf(m, "\nevents %llu decisions %llu policy_faults %llu\n",
		   core->events, core->decisions, core->policy_faults);
	seq_printf(m, "ready %u stale %u timers %u\n", core->ready[0].nr,
		   core->ready[1].nr, core->timers.nr);
}

static void show_engine(struct seq_file *m, const struct xrs_engine_dev *engine)
{
	const struct xrs_engine *core = &engine->core;

	seq_printf(m, "engine %u name %s class %s kind %s %s", core->id,
		   engine->name, core->class_name, engine->ops->name,
		   core->up ? "up" : "down");
	seq_printf(m, " layers %llu lost %llu switches %llu busy_ns %llu energy_pj %llu",
		   core->layers, core->lost, core->switches, core->busy_ns,
		   core->energy_pj);
	if (core->job)
		seq_printf(m, " runs %u:%llu layer %u seq %llu since_ns %llu",
			   core->job->stream->id, core->job->frame,
			   core->job->layer, core->seq, core->since_ns);
	seq_putc(m, '\n');
}

static void show_job(struct seq_file *m, const struct xrs_job *job)
{
	seq_printf(m, "  job %llu %s%s%s layer %u release_ns %llu deadline_ns %llu energy_pj %llu",
		   job->frame, job_states[job->state],
		   job->stale ? " stale" : "",
		   job->cancelled ? " cancelled" : "", job->layer,
		   job->release_ns, job->deadline_ns, job->energy_pj);
	if (job->state == XRS_JOB_RUNNING)
		seq_printf(m, " engine %u", job->engine->id);
	if (job->parent)
		seq_printf(m, " waits for %u:%llu", job->parent->stream->id,
			   job->parent->frame);
	seq_putc(m, '\n');
}

static void show_jobs(struct seq_file *m, const struct list_head *jobs,
		      u32 *lines)
{
	const struct xrs_job *job;

	list_for_each_entry(job, jobs, node) {
		if (!*lines)
			return;
		(*lines)--;
		show_job(m, job);
	}
}

static void show_stream(struct seq_file *m, const struct xrs_user_stream *s)
{
	const struct xrs_stream *core = &s->core;
	const struct xrs_counters *count = &core->count;

	seq_printf(m, "stream %u name %s client %u handle %u%s model %s",
		   core->id, s->name, s->client->nr, s->handle,
		   s->closing ? " closing" : "", s->profile->name);
	if (core->upstream)
		seq_printf(m, " upstream %u", core->upstream->id);
	seq_printf(m, " period_ns %llu deadline_ns %llu weight %u priority %u\n",
		   core->period_ns, core->deadline_ns, core->weight,
		   core->priority);
	seq_printf(m, "  submitted %llu in_flight %u released %llu completed %llu late %llu dropped %llu cancelled %llu failed %llu retried %llu layers %llu switches %llu energy_pj %llu full %llu\n",
		   count->submitted, core->in_flight, count->released,
		   count->completed, count->late, count->dropped,
		   count->cancelled, count->failed, count->retried,
		   count->layers, count->switches, count->energy_pj,
		   count->full);
}

static void show_streams(struct seq_file *m, struct xrs_device *dev)
{
	struct xrs_stream *stream;
	u32 lines = STATE_LINES;

	list_for_each_entry(stream, &dev->core.streams, link) {
		if (!lines)
			break;
		lines--;
		show_stream(m, to_xrs_user_stream(stream));
		show_jobs(m, &stream->fresh, &lines);
		show_jobs(m, &stream->stale, &lines);
	}
	if (!lines)
		seq_puts(m, "(and more)\n");
}

static int state_show(struct seq_file *m, void *unused)
{
	struct xrs_device *dev = m->private;
	const struct xrs_client *client;
	u32 id;

	spin_lock_irq(&dev->lock);
	seq_printf(m, "device %u gen %u now_ns %llu%s\n", dev->nr, dev->gen,
		   ktime_get_ns(), dev->gone ? " gone" : "");
	show_policy(m, &dev->core);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (dev->engine[id])
			show_engine(m, dev->engine[id]);
	list_for_each_entry(client, &dev->clients, link)
		seq_printf(m, "client %u jobs %u done %u\n", client->nr,
			   client->nr_jobs, client->nr_done);
	show_streams(m, dev);
	spin_unlock_irq(&dev->lock);
	return 0;
}

static int state_open(struct inode *inode, struct file *file)
{
	return single_open_size(file, state_show, inode->i_private,
				STATE_BYTES);
}

static const struct file_operations state_fops = {
	.owner = THIS_MODULE,
	.open = state_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

/* ----- check ------------------------------------------------------------- */

/* Complains, and counts, unless @ok. */
#define EXPECT(m, ok, fmt, ...)                                                \
	do {                                                                   \
		if (!(ok))                                                     \
			seq_printf(m, fmt "\n", ##__VA_ARGS__);                \
	} while (0)

static void check_job(struct seq_file *m, const struct xrs_device *dev,
		      const struct xrs_job *job, bool first)
{
	u32 id = job->stream->id;

	EXPECT(m, first || job->state == XRS_JOB_PENDING,
	       "job %u:%llu is %s but not the first of its stream", id,
	       job->frame, job_states[job->state]);
	EXPECT(m, job->state >= XRS_JOB_PENDING && job->state < XRS_JOB_DONE,
	       "job %u:%llu is %s but in flight", id, job->frame,
	       job_states[job->state]);
	if (job->state == XRS_JOB_RUNNING)
		EXPECT(m, job->engine && job->engine->job == job,
		       "job %u:%llu runs on an engine that does not run it",
		       id, job->frame);
	if (job->state == XRS_JOB_READY) {
		const struct xrs_ready *ready = &dev->core.ready[job->stale];

		EXPECT(m,
		       job->slot < ready->nr && ready->job[job->slot] == job,
		       "job %u:%llu is ready but not in the ready set", id,
		       job->frame);
	}
}

static u32 check_jobs(struct seq_file *m, const struct xrs_device *dev,
		      const struct list_head *jobs)
{
	const struct xrs_job *job;
	u64 frame = 0;
	u32 nr = 0;

	list_for_each_entry(job, jobs, node) {
		EXPECT(m, !nr || job->frame > frame,
		       "frames of stream %u are out of order",
		       job->stream->id);
		frame = job->frame;
		check_job(m, dev, job, !nr);
		nr++;
	}
	return nr;
}

static void check_stream(struct seq_file *m, const struct xrs_device *dev,
			 const struct xrs_stream *stream)
{
	const struct xrs_counters *count = &stream->count;
	u32 nr;

	nr = check_jobs(m, dev, &stream->fresh) +
	     check_jobs(m, dev, &stream->stale);
	EXPECT(m, nr == stream->in_flight,
	       "stream %u has %u jobs in its queues and %u in flight",
	       stream->id, nr, stream->in_flight);
	EXPECT(m, count->submitted ==
		  count->completed + count->dropped + count->cancelled +
		  count->failed + stream->in_flight,
	       "stream %u: submitted %llu is not completed %llu + dropped %llu + cancelled %llu + failed %llu + in flight %u",
	       stream->id, count->submitted, count->completed, count->dropped,
	       count->cancelled, count->failed, stream->in_flight);
	EXPECT(m, count->late <= count->completed,
	       "stream %u: more late than completed", stream->id);
}

static void check_engine(struct seq_file *m, const struct xrs_device *dev,
			 const struct xrs_engine *engine)
{
	bool idle = dev->core.idle & BIT_ULL(engine->id);
	bool takes = engine->up && !engine->parked &&
		     engine->health == XRS_HEALTH_GOOD;
	const struct xrs_job *job = engine->job;

	EXPECT(m, dev->core.engine[engine->id] == engine,
	       "engine %u is not the core's", engine->id);
	EXPECT(m, engine->up == !!(dev->core.up & BIT_ULL(engine->id)),
	       "engine %u is not where its state says", engine->id);
	EXPECT(m, idle == (takes && !job),
	       "engine %u is%s idle, but %s and has %s layer", engine->id,
	       idle ? "" : " not", takes ? "takes layers" : "takes none",
	       job ? "a" : "no");
	if (job)
		EXPECT(m,
		       job->state == XRS_JOB_RUNNING && job->engine == engine,
		       "engine %u runs job %u:%llu, which does not run there",
		       engine->id, job->stream->id, job->frame);
}

/* What the client is charged with is at least what can be found of it. */
static void check_client(struct seq_file *m, const struct xrs_device *dev,
			 const struct xrs_client *client)
{
	const struct xrs_stream *stream;
	const struct list_head *at;
	u32 done = 0, in_flight = 0;

	list_for_each(at, &client->done)
		done++;
	list_for_each_entry(stream, &dev->core.streams, link)
		if (container_of(stream, struct xrs_user_stream, core)->client ==
		    client)
			in_flight += stream->in_flight;
	EXPECT(m, done == client->nr_done,
	       "client %u has %u completions and counts %u", client->nr, done,
	       client->nr_done);
	EXPECT(m, done + in_flight <= client->nr_jobs,
	       "client %u has %u completions and %u jobs in flight but counts %u",
	       client->nr, done, in_flight, client->nr_jobs);
}

static int check_show(struct seq_file *m, void *unused)
{
	struct xrs_device *dev = m->private;
	const struct xrs_client *client;
	const struct xrs_stream *stream;
	u32 id, nr = 0;

	spin_lock_irq(&dev->lock);
	list_for_each_entry(stream, &dev->core.streams, link) {
		check_stream(m, dev, stream);
		nr++;
	}
	EXPECT(m, nr == dev->core.nr_streams, "%u streams, counted %u", nr,
	       dev->core.nr_streams);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (dev->engine[id])
			check_engine(m, dev, &dev->engine[id]->core);
	list_for_each_entry(client, &dev->clients, link)
		check_client(m, dev, client);
	spin_unlock_irq(&dev->lock);
	if (!m->count)
		seq_puts(m, "ok\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(check);

/* ----- folders ----------------------------------------------------------- */

void xrs_debugfs_add(struct xrs_device *dev)
{
	char name[12];

	snprintf(name, sizeof(name), "%u", dev->nr);
	dev->debugfs = debugfs_create_dir(name, debugfs_root);
	debugfs_create_file("state", 0400, dev->debugfs, dev, &state_fops);
	debugfs_create_file("check", 0400, dev->debugfs, dev, &check_fops);
}

/* On return nobody looks at the device any more. */
void xrs_debugfs_remove(struct xrs_device *dev)
{
	debugfs_remove_recursive(dev->debugfs);
}

void xrs_debugfs_init(void)
{
	debugfs_root = debugfs_create_dir("xrsched", NULL);
	xrs_engine_sim_debugfs(debugfs_root);
}

void xrs_debugfs_exit(void)
{
	debugfs_remove_recursive(debugfs_root);
}
