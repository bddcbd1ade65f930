// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frames of a run, grouped: those of a stream that lie alike in the
 * hyperperiod have the same part in any average of it.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/control.h>

#include "bound.h"

/* Releases of a stream of 60 frames a second lie a nanosecond off the grid. */
#define GRID_NS 1000
#define NS_PER_S 1e9
#define MOST_BEATS 64 /* of the slowest stream in a hyperperiod */

/* ----- classes and streams ---------------------------------------------- */

static int count_engines(struct bound_world *world)
{
	struct xrsched_workload_engine engine;
	uint32_t c;

	for (uint32_t i = 0;
	     !xrsched_workload_get_engine(world->workload, i, &engine); i++) {
		for (c = 0; c < world->nr_classes; c++)
			if (!strcmp(world->class_name[c], engine.class_name))
				break;
		if (c == BOUND_CLASSES)
			return -E2BIG;
		if (c == world->nr_classes)
			world->class_name[world->nr_classes++] =
				engine.class_name;
		world->engines[c]++;
	}
	return 0;
}

/* Of the heaviest variant, on the worst engine, as NE is defined. */
static double worst_energy(const struct xrsched_workload_model *model)
{
	double sum = 0;

	for (uint32_t i = 0; i < model->variants[0].nr_layers; i++) {
		uint64_t worst = 0;

		for (uint32_t c = 0; c < model->nr_classes; c++) {
			uint64_t pj = model->costs[i * model->nr_classes + c]
					      .energy_pj;

			worst = pj > worst ? pj : worst;
		}
		sum += worst;
	}
	return sum;
}

static void read_streams(struct bound_world *world, bool heaviest)
{
	for (uint32_t i = 0; i < world->nr_streams; i++) {
		xrsched_workload_get_stream(world->workload, i,
					    &world->stream[i]);
		xrsched_workload_get_model(world->workload,
					   world->stream[i].model_index,
					   &world->model[i]);
		world->worst_pj[i] = worst_energy(&world->model[i]);
		if (heaviest)
			world->stream[i].lightest_variant = 1;
	}
}

/* ----- hyperperiod ------------------------------------------------------ */

static bool all_divide(const struct bound_world *world, double seconds)
{
	for (uint32_t i = 0; i < world->nr_streams; i++) {
		double beats = world->stream[i].fps * seconds;

		if (world->stream[i].upstream < 0 &&
		    fabs(beats - round(beats)) > 1e-6)
			return false;
	}
	return true;
}

/* The least time after which all streams lie as before; 0: none is short. */
static double hyperperiod(const struct bound_world *world)
{
	double slowest = 0;

	for (uint32_t i = 0; i < world->nr_streams; i++) {
		double period = 1 / world->stream[i].fps;

		if (world->stream[i].upstream < 0 && period > slowest)
			slowest = period;
	}
	for (int beats = 1; beats <= MOST_BEATS; beats++)
		if (all_divide(world, slowest * beats))
			return slowest * beats;
	return 0;
}

static int by_time(const void *a_, const void *b_)
{
	const uint64_t *a = a_, *b = b_;

	return (*a > *b) - (*a < *b);
}

static uint64_t on_grid(uint64_t ns)
{
	return (ns + GRID_NS / 2) / GRID_NS * GRID_NS;
}

/*
 * To the nearest, so that a frame's deadline and the next one's release stay
 * one cut; what that takes from a slot SLACK_NS gives back.  But no window
 * vanishes: a frame that has no slot could not be completed.
 */
static uint64_t span_on_grid(uint64_t ns)
{
	return ns < GRID_NS ? GRID_NS : on_grid(ns);
}

/* Cuts the hyperperiod where a frame is released or due; false: too often. */
static bool cut_slots(struct bound_world *world)
{
	uint64_t *cut = calloc(2 * world->nr_groups + 1, sizeof(*cut));
	uint32_t nr = 1, slots = 0;
	bool fits = true;

	if (!cut)
		return false;
	for (uint32_t g = 0; g < world->nr_groups; g++) {
		cut[nr++] = world->group[g].from_ns;
		cut[nr++] = world->group[g].to_ns % world->period_ns;
	}
	qsort(cut, nr, sizeof(*cut), by_time);
	for (uint32_t i = 0; i < nr && fits; i++) {
		if (i && cut[i] == cut[i - 1])
			continue;
		fits = slots < BOUND_SLOTS;
		if (fits)
			world->slot_ns[slots++] = cut[i];
	}
	free(cut);
	world->nr_slots = slots;
	world->slot_ns[slots] = world->period_ns;
	return fits;
}

static void find_slots(struct bound_world *world, struct bound_group *group)
{
	uint64_t period = world->period_ns;

	group->slots = 0;
	for (uint32_t k = 0; k < world->nr_slots; k++) {
		uint64_t begin = world->slot_ns[k];
		uint64_t end = world->slot_ns[k + 1];

		if ((begin >= group->from_ns && end <= group->to_ns) ||
		    (begin + period >= group->from_ns &&
		     end + period <= group->to_ns))
			group->slots |= 1ULL << k;
	}
}

/* ----- groups ----------------------------------------------------------- */

static struct bound_group *group_of(struct bound_world *world,
				    const struct xrsched_job *job)
{
	uint64_t from = 0, to = world->period_ns;
	struct bound_group *group, *more;

	if (world->periodic) {
		from = (job->release_ns + GRID_NS / 2) % world->period_ns /
		       GRID_NS * GRID_NS;
		to = from + span_on_grid(job->deadline_ns - job->release_ns);
		if (to > world->period_ns && to < world->period_ns + GRID_NS)
			to = world->period_ns;
	}
	for (uint32_t g = 0; g < world->nr_groups; g++) {
		group = &world->group[g];
		if (group->stream == job->cookie && group->from_ns == from &&
		    group->to_ns == to)
			return group;
	}
	more = realloc(world->group, (world->nr_groups + 1) * sizeof(*more));
	if (!more)
		return NULL;
	world->group = more;
	group = &world->group[world->nr_groups++];
	memset(group, 0, sizeof(*group));
	group->stream = job->cookie;
	group->parent = -1;
	group->from_ns = from;
	group->to_ns = to;
	group->runs = calloc(world->model[group->stream].nr_layers,
			     sizeof(*group->runs));
	return group->runs ? group : NULL;
}

/* Which layers the frame would run, in each variant. */
static void add_layers(const struct xrsched_workload_model *model,
		       const struct xrsched_job *job, uint32_t *runs)
{
	uint32_t i = 0;

	for (uint32_t v = 0; v < model->nr_variants; v++) {
		bool over = false;

		for (uint32_t end = i + model->variants[v].nr_layers; i < end;
		     i++) {
			const struct xrsched_layer *layer = &model->layers[i];

			if (over || (layer->skip &&
				     (job->skip_mask >> (layer->skip - 1) & 1)))
				continue;
			runs[i]++;
			over = layer->exit && layer->exit == job->exit;
		}
	}
}

static int add_frames(struct bound_world *world, const struct xrsched_job *jobs,
		      int nr)
{
	for (int i = 0; i < nr; i++) {
		const struct xrsched_job *job = &jobs[i];
		struct bound_group *group = group_of(world, job);
		uint64_t span = job->deadline_ns - job->release_ns;

		if (!group)
			return -ENOMEM;
		group->nr++;
		if (span > group->span_ns)
			group->span_ns = span;
		world->frames[group->stream]++;
		add_layers(&world->model[group->stream], job, group->runs);
	}
	return 0;
}

static void find_parents(struct bound_world *world)
{
	for (uint32_t g = 0; g < world->nr_groups; g++) {
		struct bound_group *group = &world->group[g];
		int upstream = world->stream[group->stream].upstream;

		for (uint32_t p = 0; upstream >= 0 && p < world->nr_groups; p++)
			if (world->group[p].stream == (uint32_t)upstream &&
			    world->group[p].from_ns == group->from_ns &&
			    world->group[p].to_ns == group->to_ns)
				group->parent = p;
	}
}

static void drop_groups(struct bound_world *world)
{
	for (uint32_t g = 0; g < world->nr_groups; g++)
		free(world->group[g].runs);
	free(world->group);
	world->group = NULL;
	world->nr_groups = 0;
	memset(world->frames, 0, sizeof(world->frames));
}

static bool too_long(const struct bound_world *world)
{
	for (uint32_t g = 0; g < world->nr_groups; g++)
		if (world->group[g].to_ns - world->group[g].from_ns >
		    world->period_ns)
			return true;
	return false;
}

static int group_frames(struct bound_world *world,
			const struct xrsched_job *jobs, int nr, uint64_t length)
{
	int ret;

	world->period_ns = llround(hyperperiod(world) * NS_PER_S);
	world->periodic = world->period_ns && 2 * world->period_ns <= length;
	if (world->periodic) {
		world->repeats =
			(length + world->period_ns - 1) / world->period_ns;
		ret = add_frames(world, jobs, nr);
		if (ret || (!too_long(world) && cut_slots(world)))
			return ret;
		drop_groups(world);
	}
	/* Then the run is one slot, and all frames of a stream are alike. */
	world->periodic = false;
	world->period_ns = length;
	world->repeats = 1;
	ret = add_frames(world, jobs, nr);
	world->nr_slots = 1;
	world->slot_ns[1] = length;
	return ret;
}

int bound_world_init(struct bound_world *world,
		     const struct xrsched_workload *workload,
		     const struct xrsched_run_opts *opts, bool heaviest,
		     struct xrsched_error *error)
{
	struct xrsched_workload_info info;
	struct xrsched_job *jobs;
	int nr, ret;

	memset(world, 0, sizeof(*world));
	xrsched_workload_get_info(workload, &info);
	world->workload = workload;
	world->nr_streams = info.nr_streams;
	world->scale = opts->load > 0 ? opts->load / info.load : 1;
	nr = xrsched_run_frames(workload, opts, &jobs, error);
	if (nr < 0)
		return nr;
	if (!nr) {
		xrsched_free(jobs);
		snprintf(error->text, sizeof(error->text),
			 "no frame has its deadline within the run: make it "
			 "longer");
		return -EINVAL;
	}
	ret = info.nr_streams > BOUND_STREAMS ? -E2BIG : count_engines(world);
	if (!ret) {
		read_streams(world, heaviest);
		ret = group_frames(world, jobs, nr,
				   opts->seconds * NS_PER_S + 0.5);
	}
	xrsched_free(jobs);
	if (ret) {
		snprintf(error->text, sizeof(error->text),
			 ret == -E2BIG ? "at most %d streams, %d classes"
				       : "out of memory",
			 BOUND_STREAMS, BOUND_CLASSES);
		return ret;
	}
	for (uint32_t g = 0; g < world->nr_groups; g++)
		find_slots(world, &world->group[g]);
	find_parents(world);
	return 0;
}

void bound_world_free(struct bound_world *world)
{
	drop_groups(world);
}
