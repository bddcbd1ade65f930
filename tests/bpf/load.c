// SPDX-License-Identifier: GPL-2.0-only
/*
 * A load whose every completion is written down, to compare probes with.
 *
 * usage: load [FRAMES [FILE [STATS]]]
 *
 * Two simulated engines, three streams: one at ease, one that waits for it now
 * and then, one that can hardly keep its deadlines.  Writes a line for each job
 * to FILE or standard output: stream, outcome, release, start, finish, deadline
 * (ns).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/control.h>
#include <xrsched/xrsched.h>

#define USEC 1000ULL
#define MSEC (1000 * USEC)
#define MAX_LAYERS 8
#define BATCH 64
#define ENGINES 2

/**
 * struct kind - A stream of the load and its model
 * @name: of both
 * @nr_layers: layers of the model
 * @layer_ns: time that each takes
 * @period_ns: time between frames
 * @deadline_ns: relative deadline
 * @share: it has the number of frames asked for, over this
 * @handle: of the stream, once it is there
 * @id: of the stream on the device, as traces show it
 */
struct kind {
	const char *name;
	unsigned int nr_layers;
	uint64_t layer_ns;
	uint64_t period_ns;
	uint64_t deadline_ns;
	unsigned int share;
	uint32_t handle;
	uint32_t id;
};

static struct kind kinds[] = {
	{ "easy", 4, 150 * USEC, 2 * MSEC, 2 * MSEC, 1, 0, 0 },
	{ "waiting", 2, 800 * USEC, 4 * MSEC, 4 * MSEC, 2, 0, 0 },
	{ "late", 3, 1100 * USEC, 8 * MSEC, 3500 * USEC, 4, 0, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

static void check(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "load: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static void create(struct xrsched *x, struct kind *kind)
{
	struct xrsched_variant variant = { .nr_layers = kind->nr_layers };
	struct xrsched_layer layers[MAX_LAYERS] = {};
	struct xrsched_cost costs[MAX_LAYERS];
	struct xrsched_class row = { .name = "bpf-test" };
	struct xrsched_model_create model = {
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)layers,
		.classes = (uintptr_t)&row,
		.costs = (uintptr_t)costs,
		.nr_variants = 1,
		.nr_layers = kind->nr_layers,
		.nr_classes = 1,
	};
	struct xrsched_stream_create stream = {
		.period_ns = kind->period_ns,
		.deadline_ns = kind->deadline_ns,
	};
	unsigned int i;

	for (i = 0; i < kind->nr_layers; i++) {
		costs[i].latency_ns = kind->layer_ns;
		costs[i].energy_pj = 1000;
	}
	snprintf(model.name, sizeof(model.name), "%s", kind->name);
	snprintf(stream.name, sizeof(stream.name), "%s", kind->name);
	check(xrsched_model_create(x, &model), "model");
	stream.model = model.handle;
	check(xrsched_stream_create(x, &stream), "stream");
	kind->handle = stream.handle;
	kind->id = stream.id;
}

static unsigned int submit(struct xrsched *x, const struct kind *kind,
			   uint64_t begin_ns, unsigned int frames)
{
	struct xrsched_job jobs[BATCH];
	unsigned int frame, nr;
	int ret;

	for (frame = 0; frame < frames; frame += nr) {
		memset(jobs, 0, sizeof(jobs));
		for (nr = 0; nr < BATCH && frame + nr < frames; nr++) {
			jobs[nr].stream = kind->handle;
			jobs[nr].frame = frame + nr;
			jobs[nr].release_ns =
				begin_ns + (frame + nr) * kind->period_ns;
		}
		ret = xrsched_submit(x, jobs, nr, 0, 0);
		check(ret, "submit");
		if ((unsigned int)ret != nr)
			check(jobs[ret].result, "submit");
	}
	return frames;
}

static void print(const struct xrsched_completion *done)
{
	uint32_t id = 0;
	size_t i;

	for (i = 0; i < KINDS; i++) {
		if (kinds[i].handle == done->stream)
			id = kinds[i].id;
	}
	printf("%u %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", id,
	       done->outcome, (uint64_t)done->release_ns,
	       (uint64_t)done->start_ns, (uint64_t)done->finish_ns,
	       (uint64_t)done->deadline_ns);
}

static void wait_for(struct xrsched *x, unsigned int nr)
{
	struct xrsched_completion done[BATCH];
	int got, i;

	while (nr) {
		got = xrsched_wait(x, done, nr < BATCH ? nr : BATCH, 1, 0);
		check(got, "wait");
		for (i = 0; i < got; i++)
			print(&done[i]);
		nr -= got;
	}
}

static void print_times(FILE *file, uint32_t id, const char *what,
			const struct xrsched_control_times *times)
{
	fprintf(file,
		"%u %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		"\n",
		id, what, (uint64_t)times->p50_ns, (uint64_t)times->p90_ns,
		(uint64_t)times->p99_ns, (uint64_t)times->p999_ns,
		(uint64_t)times->max_ns);
}

/* What the kernel's own histograms say of the streams. */
static void print_stats(const char *path)
{
	struct xrsched_control_stream *list;
	struct xrsched_control *control;
	FILE *file = fopen(path, "w");
	int nr, i;

	if (!file)
		check(-errno, path);
	check(xrsched_control_open(&control), "control plane");
	nr = xrsched_control_streams(control, 0, &list);
	check(nr, "streams");
	for (i = 0; i < nr; i++) {
		print_times(file, list[i].id, "response", &list[i].response);
		print_times(file, list[i].id, "queueing", &list[i].queue);
	}
	xrsched_free(list);
	xrsched_control_close(control);
	fclose(file);
}

int main(int argc, char **argv)
{
	unsigned int frames = argc > 1 ? atoi(argv[1]) : 400, nr = 0;
	int engine[ENGINES];
	struct xrsched_error error;
	struct xrsched *x;
	char name[16];
	uint64_t begin_ns;
	size_t i;

	if (argc > 2 && !freopen(argv[2], "w", stdout))
		check(-errno, argv[2]);
	check(xrsched_open(NULL, &x), "open /dev/xrsched0");
	for (i = 0; i < ENGINES; i++) {
		snprintf(name, sizeof(name), "bpf%zu", i);
		engine[i] =
			xrsched_engine_add(x, name, "bpf-test", 1, 0, &error);
		check(engine[i], "engine");
	}
	for (i = 0; i < KINDS; i++)
		create(x, &kinds[i]);
	begin_ns = xrsched_now(x) + 20 * MSEC;
	for (i = 0; i < KINDS; i++)
		nr += submit(x, &kinds[i], begin_ns, frames / kinds[i].share);
	wait_for(x, nr);
	if (argc > 3)
		print_stats(argv[3]);
	for (i = 0; i < ENGINES; i++)
		check(xrsched_engine_remove(x, engine[i], &error), "engine");
	xrsched_close(x);
	return fflush(stdout) ? 1 : 0;
}
