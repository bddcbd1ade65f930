// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a decision costs: the core alone, under more work than its engines can
 * do, so that most streams have a frame ready.
 *
 * usage: decide POLICY STREAMS ENGINES [--scan] [--decisions N]
 *
 * --scan       without the index of the ready set
 * --decisions  just so many, once: for counting instructions in measure()
 *
 * Prints a JSON line: policy, streams, engines, index, ready (mean number of
 * ready frames), decisions, ns (for a decision, the best of many batches; all
 * that the core does is in it: releases, expiry, drops, accounts).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "xrs_core.h"

#define NR_MODELS 16
#define BATCH_NS 20000000ULL /* least length of a batch */
#define TOTAL_NS 400000000ULL /* of all batches */
#define LOAD 2 /* times what the engines can do */

struct frame {
	struct xrs_job job;
	struct source *source;
};

/* A stream; one of its frames is under way, the other one waits. */
struct source {
	struct xrs_stream stream;
	struct frame frame[2];
	u64 next_release_ns;
};

static struct xrs_core core;
static struct xrs_engine engine[XRS_MAX_ENGINES];
static u64 done_ns[XRS_MAX_ENGINES];
static struct xrs_model model[NR_MODELS];
static struct source *source;
static struct frame **ended;
static u32 nr_ended;
static u64 wake_ns = XRS_NEVER;
static u64 now_ns;
static u64 ready_sum;
static u64 steps;
static u64 random_state = 1;

static u64 draw(u64 from, u64 to)
{
	u64 z = (random_state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	z ^= z >> 31;
	return from + z % (to - from + 1);
}

static void *must(size_t size)
{
	void *mem = calloc(1, size);

	if (!mem) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return mem;
}

/* ----- what the core asks for ------------------------------------------- */

static void dispatch(struct xrs_core *c, const struct xrs_pick *pick, u64 now)
{
	(void)c;
	done_ns[pick->engine->id] =
		now + xrs_job_cost(pick->job, pick->engine)->latency_ns;
}

static void finish(struct xrs_core *c, struct xrs_job *job, u64 now)
{
	(void)c;
	(void)now;
	ended[nr_ended++] = (struct frame *)job;
}

static void wake(struct xrs_core *c, u64 at_ns)
{
	(void)c;
	wake_ns = at_ns;
}

static const struct xrs_core_ops ops = {
	.dispatch = dispatch,
	.finish = finish,
	.wake = wake,
};

/* ----- the load --------------------------------------------------------- */

/* Two classes; each layer runs up to five times as fast on one as on the other. */
static void make_model(struct xrs_model *m, u32 index)
{
	u32 nr_variants = index % 8 ? 1 : 3, per = (u32)draw(15, 60);
	u32 nr = nr_variants * per, i;

	xrs_model_layout(m, must(xrs_model_bytes(nr_variants, nr, 2)),
			 nr_variants, nr, 2);
	snprintf(m->name, sizeof(m->name), "model-%u", index);
	m->class_name[0][0] = 'a';
	m->class_name[1][0] = 'b';
	for (i = 0; i < nr_variants; i++) {
		m->variant[i].nr_layers = per;
		m->variant[i].input_bytes = (u32)draw(1000, 500000);
	}
	for (i = 0; i < nr; i++) {
		u64 ns = draw(20000, 400000) / (1 + i / per);

		m->layer[i].out_bytes = (u32)draw(1000, 500000);
		m->cost[2 * i].latency_ns = ns;
		m->cost[2 * i + 1].latency_ns = ns * draw(20, 500) / 100;
		m->cost[2 * i].energy_pj = ns * draw(500, 2000);
		m->cost[2 * i + 1].energy_pj = ns * draw(500, 2000);
	}
	if (xrs_model_seal(m))
		abort();
}

static void submit(struct source *s, struct frame *frame, u64 period_ns)
{
	struct xrs_job *job = &frame->job;
	u64 number = s->stream.next_frame;

	memset(job, 0, sizeof(*job));
	job->stream = &s->stream;
	job->frame = number;
	job->release_ns = s->next_release_ns;
	job->deadline_ns = job->release_ns + period_ns;
	s->next_release_ns += period_ns;
	if (xrs_core_submit(&core, job, now_ns))
		abort();
}

/* Each stream's frames come so rarely that all together are LOAD. */
static void make_load(u32 nr_streams, u32 nr_engines)
{
	u64 work_ns = 0;
	u32 i;

	xrs_core_reserve(&core, must(xrs_core_reserve_bytes(nr_streams)),
			 nr_streams);
	for (i = 0; i < NR_MODELS; i++)
		make_model(&model[i], i);
	for (i = 0; i < nr_engines; i++) {
		engine[i].id = i;
		engine[i].pes = 1 + i % 2;
		engine[i].class_name[0] = "ab"[i % 2];
		if (xrs_core_engine_add(&core, &engine[i], 0))
			abort();
	}
	source = must(nr_streams * sizeof(*source));
	ended = must(2 * nr_streams * sizeof(struct frame *));
	for (i = 0; i < nr_streams; i++) {
		struct xrs_stream *s = &source[i].stream;

		s->id = i + 1;
		s->model = &model[i % NR_MODELS];
		s->weight = 1;
		xrs_model_view(&core, s->model);
		work_ns += s->model->view[0].togo_min_ns;
		if (xrs_core_stream_add(&core, s))
			abort();
	}
	for (i = 0; i < nr_streams; i++) {
		struct source *s = &source[i];

		s->stream.period_ns =
			work_ns / nr_engines / LOAD * draw(50, 200) / 100;
		s->stream.deadline_ns = s->stream.period_ns;
		s->next_release_ns = draw(0, s->stream.period_ns);
		submit(s, &s->frame[0], s->stream.period_ns);
		submit(s, &s->frame[1], s->stream.period_ns);
	}
}

/* ----- running it ------------------------------------------------------- */

/* On to the next moment at which something happens. */
static void step(void)
{
	u64 next_ns = wake_ns, mask;

	for (mask = core.up & ~core.idle; mask; mask &= mask - 1)
		next_ns = min(next_ns, done_ns[__ffs64(mask)]);
	if (next_ns == XRS_NEVER)
		abort();
	now_ns = max(now_ns, next_ns);
	for (mask = core.up & ~core.idle; mask; mask &= mask - 1) {
		struct xrs_engine *e = core.engine[__ffs64(mask)];

		if (done_ns[e->id] <= now_ns)
			xrs_core_layer_done(&core, e,
					    xrs_job_cost(e->job, e)->energy_pj,
					    now_ns);
	}
	while (nr_ended) {
		struct frame *frame = ended[--nr_ended];
		struct source *s = (struct source *)frame->job.stream;

		submit(s, frame, s->stream.period_ns);
	}
	if (wake_ns <= now_ns)
		wake_ns = XRS_NEVER;
	xrs_core_run(&core, now_ns);
	ready_sum += core.ready[0].nr;
	steps++;
}

/* Steps for a decision, after which a policy gives up all there is. */
#define PATIENCE 1000

/*
 * All that is counted; its name is what callgrind is told.  False if there are
 * not so many decisions.
 */
static noinline bool measure(u64 decisions)
{
	u64 end = core.decisions + decisions, left = decisions * PATIENCE;

	while (core.decisions < end && left--)
		step();
	return core.decisions >= end;
}

static u64 clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* The best of batches that grow until they take long enough; 0: there is none. */
static double best_batch(u64 *decisions)
{
	u64 begin_ns = clock_ns(), batch = 100;
	double best = 1e18;

	do {
		u64 then_ns = clock_ns(), took_ns;

		if (!measure(batch))
			return 0;
		took_ns = clock_ns() - then_ns;
		*decisions += batch;
		if (took_ns < BATCH_NS)
			batch *= 2;
		else if ((double)took_ns / batch < best)
			best = (double)took_ns / batch;
	} while (clock_ns() - begin_ns < TOTAL_NS || best == 1e18);
	return best;
}

/* Until streams' phases are mixed and most have a frame ready. */
static void warm_up(void)
{
	u64 until_ns = 0;
	u32 i;

	for (i = 0; i < core.nr_streams; i++)
		until_ns = max(until_ns, source[i].stream.period_ns);
	until_ns += until_ns / 2;
	while (now_ns < until_ns && steps++ < 2000000)
		step();
	ready_sum = 0;
	steps = 0;
}

static int usage(void)
{
	fputs("usage: decide POLICY STREAMS ENGINES [--scan] [--decisions N]\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	u64 decisions = 0, events, most = 0;
	u32 nr_streams, nr_engines;
	bool scan = false;
	double ns = 0;

	if (argc < 4)
		return usage();
	policy = xrs_policy_find(argv[1]);
	nr_streams = (u32)strtoul(argv[2], NULL, 0);
	nr_engines = (u32)strtoul(argv[3], NULL, 0);
	if (!policy || !nr_streams || !nr_engines ||
	    nr_engines > XRS_MAX_ENGINES)
		return usage();
	for (int i = 4; i < argc; i++) {
		if (!strcmp(argv[i], "--scan"))
			scan = true;
		else if (!strcmp(argv[i], "--decisions") && i + 1 < argc)
			most = strtoull(argv[++i], NULL, 0);
		else
			return usage();
	}

	xrs_core_init(&core, &ops);
	make_load(nr_streams, nr_engines);
	/* Both ways come to the same state; the index gets there sooner. */
	xrs_policy_defaults(policy, param);
	if (xrs_core_set_policy(&core, policy, param, 0))
		abort();
	xrs_core_run(&core, 0);
	warm_up();
	if (scan) {
		core.index_min = ~0U;
		xrs_core_set_policy(&core, policy, param, now_ns);
	}
	events = core.events;
	if (most) {
		decisions = measure(most) ? most : 0;
	} else {
		ns = best_batch(&decisions);
	}
	printf("{\"policy\": \"%s\", \"streams\": %u, \"engines\": %u, "
	       "\"index\": %s, \"ready\": %.0f, \"decisions\": %llu, "
	       "\"events\": %llu, \"ns\": %.1f}\n",
	       policy->name, nr_streams, nr_engines, scan ? "false" : "true",
	       (double)ready_sum / steps, decisions, core.events - events, ns);
	return 0;
}
