// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulator's models, streams and engines, checked as the module checks
 * them.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "policy_spec.h"
#include "sim.h"
#include "xrs_mix.h"
#include "xrs_score.h"

/* The simulator hands these to the core as they are. */
_Static_assert(sizeof(struct xrsched_layer) == sizeof(struct xrs_layer) &&
		       offsetof(struct xrsched_layer, flags) ==
			       offsetof(struct xrs_layer, flags),
	       "layers differ");
_Static_assert(sizeof(struct xrsched_cost) == sizeof(struct xrs_cost),
	       "costs differ");
_Static_assert(sizeof(struct xrsched_class) == XRS_NAME_LEN, "classes differ");

#define DROP_WINDOW_MAX 64
#define DROP_MAX_INIT 2
#define DROP_WINDOW_INIT 10
#define WEIGHT_MAX 1000
#define PERIOD_MIN_NS 1000
#define PRIORITY_MAX 3

/* Handle of a new entry, 0 if memory or the limit is reached (-errno in @ret). */
static u32 table_add(struct sim_table *table, void *object, u32 max, int *ret)
{
	void **slot;
	u32 i;

	for (i = 0; i < table->nr; i++)
		if (!table->slot[i])
			break;
	if (i == max) {
		*ret = -ENOSPC;
		return 0;
	}
	if (i == table->nr) {
		u32 nr = table->nr ? table->nr * 2 : 16;

		slot = realloc(table->slot, nr * sizeof(*slot));
		if (!slot) {
			*ret = -ENOMEM;
			return 0;
		}
		memset(slot + table->nr, 0, (nr - table->nr) * sizeof(*slot));
		table->slot = slot;
		table->nr = nr;
	}
	table->slot[i] = object;
	*ret = 0;
	return i + 1;
}

int sim_get_caps(struct xrsched *x, struct xrsched_caps *caps, size_t size)
{
	struct sim *sim = to_sim(x);
	struct xrsched_caps ours = {
		.size = size,
		.features = XRSCHED_FEATURE_ADVICE,
		.engines = hweight64(sim->core.up),
		.max_models = SIM_MAX_MODELS,
		.max_streams = SIM_MAX_STREAMS,
		.max_jobs = sim->max_jobs,
		.max_batch = SIM_MAX_BATCH,
	};

	if (size < SIM_CAPS_SIZE_VER0)
		return -EINVAL;
	xrsched_give_sized(caps, size, &ours, sizeof(ours));
	return 0;
}

/* ----- models ----------------------------------------------------------- */

static void record_model(struct sim *sim, const struct sim_model *model);

static void model_put(struct sim_model *model)
{
	if (!model || --model->users)
		return;
	free(model->true_ns);
	free(model->mem);
	free(model);
}

/* Copies the variants; -EINVAL if their layers are not those of the model. */
static int fill_variants(struct xrs_model *core,
			 const struct xrsched_variant *variants)
{
	u64 first = 0;

	for (u32 i = 0; i < core->nr_variants; i++) {
		const struct xrsched_variant *from = &variants[i];
		struct xrs_variant *to = &core->variant[i];

		if (from->pad || !from->nr_layers)
			return -EINVAL;
		to->first_layer = first;
		to->nr_layers = from->nr_layers;
		to->input_bytes = from->input_bytes;
		to->accuracy_ppm = from->accuracy_ppm;
		first += from->nr_layers;
		if (first > core->nr_layers)
			return -EINVAL;
	}
	return first == core->nr_layers ? 0 : -EINVAL;
}

static u64 name_hash(const char *name)
{
	u64 hash = 0;

	while (*name)
		hash = xrs_mix64(hash ^ (unsigned char)*name++);
	return hash;
}

/* Keeps what layers take, and has the core believe something else. */
static int mislead(const struct sim *sim, struct sim_model *model)
{
	struct xrs_model *core = &model->core;
	u64 key = xrs_mix64(sim->error_seed) ^ name_hash(core->name);
	u32 spread = 2 * sim->error_ppm + 1;

	if (!sim->error_ppm)
		return 0;
	model->true_ns = calloc((size_t)core->nr_layers * core->nr_classes,
				sizeof(*model->true_ns));
	if (!model->true_ns)
		return -ENOMEM;
	for (u32 i = 0; i < core->nr_layers * core->nr_classes; i++) {
		u64 *latency_ns = &core->cost[i].latency_ns;
		u64 where = (u64)(i / core->nr_classes) << 32 ^
			    name_hash(core->class_name[i % core->nr_classes]);
		u64 ppm = XRS_PPM - sim->error_ppm +
			  xrs_mix64(key ^ xrs_mix64(where)) % spread;

		model->true_ns[i] = *latency_ns;
		*latency_ns =
			xrs_muldiv(*latency_ns, ppm, XRS_PPM, BIT_ULL(40));
		*latency_ns = max_t(u64, *latency_ns, 1);
	}
	return 0;
}

static const void *user_ptr(u64 pointer)
{
	return (const void *)(uintptr_t)pointer;
}

static int model_create(struct xrsched *x, struct xrsched_model_create *arg)
{
	struct sim *sim = to_sim(x);
	u64 cells = (u64)arg->nr_layers * arg->nr_classes;
	struct sim_model *model;
	u32 handle;
	int ret;

	if (arg->flags || !xrs_name_valid(arg->name) || !arg->nr_variants ||
	    arg->nr_variants > XRSCHED_MAX_VARIANTS || !arg->nr_layers ||
	    arg->nr_layers > XRSCHED_MAX_LAYERS || !arg->nr_classes ||
	    arg->nr_classes > XRSCHED_MAX_CLASSES)
		return -EINVAL;
	if (!arg->variants || !arg->layers || !arg->classes || !arg->costs)
		return -EFAULT;
	model = calloc(1, sizeof(*model));
	if (!model)
		return -ENOMEM;
	model->users = 1;
	ret = -ENOMEM;
	model->mem = calloc(1, xrs_model_bytes(arg->nr_variants, arg->nr_layers,
					       arg->nr_classes));
	if (!model->mem)
		goto err_put_model;
	xrs_model_layout(&model->core, model->mem, arg->nr_variants,
			 arg->nr_layers, arg->nr_classes);
	memcpy(model->core.name, arg->name, XRS_NAME_LEN);
	model->core.nr = ++sim->last_model;
	ret = fill_variants(&model->core, user_ptr(arg->variants));
	if (ret)
		goto err_put_model;
	memcpy(model->core.layer, user_ptr(arg->layers),
	       arg->nr_layers * sizeof(struct xrs_layer));
	memcpy(model->core.class_name, user_ptr(arg->classes),
	       (size_t)arg->nr_classes * XRS_NAME_LEN);
	memcpy(model->core.cost, user_ptr(arg->costs),
	       cells * sizeof(struct xrs_cost));
	/* Not before it is known that the costs are in their range. */
	ret = xrs_model_seal(&model->core);
	if (!ret)
		ret = mislead(sim, model);
	if (!ret && model->true_ns)
		ret = xrs_model_seal(&model->core);
	if (ret)
		goto err_put_model;
	handle = table_add(&sim->models, model, SIM_MAX_MODELS, &ret);
	if (!handle)
		goto err_put_model;
	if (xrs_recorded(&sim->core))
		record_model(sim, model);
	arg->handle = handle;
	return 0;

err_put_model:
	model_put(model);
	return ret;
}

int sim_model_create(struct xrsched *x, struct xrsched_model_create *arg,
		     size_t size)
{
	struct xrsched_model_create ours;
	int ret;

	if (size < SIM_MODEL_CREATE_SIZE_VER0)
		return -EINVAL;
	ret = xrsched_copy_sized(&ours, sizeof(ours), arg, size);
	if (!ret)
		ret = model_create(x, &ours);
	if (!ret)
		arg->handle = ours.handle;
	return ret;
}

int sim_model_destroy(struct xrsched *x, uint32_t handle)
{
	struct sim *sim = to_sim(x);
	struct sim_model *model = sim_table_get(&sim->models, handle);

	if (!model)
		return -ENOENT;
	sim->models.slot[handle - 1] = NULL;
	model_put(model);
	return 0;
}

/* ----- streams ---------------------------------------------------------- */

static bool stream_valid(const struct xrsched_stream_create *arg)
{
	if ((arg->flags & ~XRSCHED_STREAM_FLAGS) || arg->pad[0] ||
	    arg->pad[1] || !xrs_name_valid(arg->name))
		return false;
	if ((arg->period_ns && arg->period_ns < PERIOD_MIN_NS) ||
	    arg->period_ns > XRSCHED_MAX_PERIOD_NS ||
	    arg->deadline_ns > XRSCHED_MAX_PERIOD_NS ||
	    (!arg->period_ns && !arg->deadline_ns))
		return false;
	if (arg->weight > WEIGHT_MAX || arg->trigger_ppm > XRSCHED_PPM ||
	    (arg->trigger_ppm && !arg->upstream))
		return false;
	return arg->drop_window <= DROP_WINDOW_MAX &&
	       arg->drop_max <= arg->drop_window &&
	       arg->priority <= PRIORITY_MAX;
}

/* Room in the core for one more stream. */
static int streams_reserve(struct sim *sim)
{
	u32 max = sim->core.max_streams ? sim->core.max_streams * 2 : 16;
	void *mem;

	if (sim->core.nr_streams < sim->core.max_streams)
		return 0;
	mem = malloc(xrs_core_reserve_bytes(max));
	if (!mem)
		return -ENOMEM;
	free(xrs_core_reserve(&sim->core, mem, max));
	return 0;
}

static void stream_fill(struct xrs_stream *core,
			const struct xrsched_stream_create *arg)
{
	bool bounds = arg->drop_max || arg->drop_window;

	core->period_ns = arg->period_ns;
	core->deadline_ns =
		arg->deadline_ns ? arg->deadline_ns : arg->period_ns;
	core->weight = arg->weight ? arg->weight : 1;
	core->trigger_ppm = arg->trigger_ppm ? arg->trigger_ppm : XRSCHED_PPM;
	core->drop_max = bounds ? arg->drop_max : DROP_MAX_INIT;
	core->drop_window = bounds ? arg->drop_window : DROP_WINDOW_INIT;
	core->lightest_variant = arg->lightest_variant;
	core->priority = arg->priority;
	core->no_early_drop = arg->flags & XRSCHED_STREAM_NO_EARLY_DROP;
}

static int stream_create(struct xrsched *x, struct xrsched_stream_create *arg)
{
	struct sim *sim = to_sim(x);
	struct sim_model *model = sim_table_get(&sim->models, arg->model);
	struct sim_stream *up = sim_stream_get(sim, arg->upstream);
	struct sim_stream *stream;
	u32 handle;
	int ret;

	if (!stream_valid(arg))
		return -EINVAL;
	if (!model || (arg->upstream && !up))
		return -ENOENT;
	if (arg->lightest_variant > model->core.nr_variants)
		return -EINVAL;
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return -ENOMEM;
	stream_fill(&stream->core, arg);
	stream->model = model;
	stream->core.model = &model->core;
	stream->core.upstream = up ? &up->core : NULL;
	stream->core.id = sim->next_id;
	memcpy(stream->name, arg->name, sizeof(stream->name));
	stream->core.label = stream->name;
	handle = table_add(&sim->streams, stream, SIM_MAX_STREAMS, &ret);
	if (!handle)
		goto err_free_stream;
	stream->handle = handle;
	ret = streams_reserve(sim);
	if (ret)
		goto err_free_handle;
	ret = xrs_core_stream_add(&sim->core, &stream->core);
	if (ret)
		goto err_free_handle;
	model->users++;
	sim->next_id++;
	arg->handle = handle;
	arg->id = stream->core.id;
	return 0;

err_free_handle:
	sim->streams.slot[handle - 1] = NULL;
err_free_stream:
	free(stream);
	return ret;
}

int sim_stream_create(struct xrsched *x, struct xrsched_stream_create *arg,
		      size_t size)
{
	struct xrsched_stream_create ours;
	int ret;

	if (size < SIM_STREAM_CREATE_SIZE_VER0)
		return -EINVAL;
	ret = xrsched_copy_sized(&ours, sizeof(ours), arg, size);
	if (!ret)
		ret = stream_create(x, &ours);
	if (!ret) {
		arg->handle = ours.handle;
		arg->id = ours.id;
	}
	return ret;
}

static void stream_free(struct sim *sim, struct sim_stream *stream)
{
	sim->streams.slot[stream->handle - 1] = NULL;
	model_put(stream->model);
	free(stream);
}

/*
 * Streams that were destroyed go when their last running job has ended and no
 * other names them as its upstream.
 */
void sim_streams_reap(struct sim *sim)
{
	u32 before;

	do {
		before = sim->dying;
		for (u32 i = 0; i < sim->streams.nr && sim->dying; i++) {
			struct sim_stream *stream = sim->streams.slot[i];

			if (!stream || !stream->dying ||
			    xrs_core_stream_remove(&sim->core, &stream->core))
				continue;
			stream_free(sim, stream);
			sim->dying--;
		}
	} while (sim->dying && sim->dying < before);
}

static bool has_children(const struct sim *sim, const struct sim_stream *stream)
{
	for (u32 i = 0; i < sim->streams.nr; i++) {
		const struct sim_stream *child = sim->streams.slot[i];

		if (child && !child->dying &&
		    child->core.upstream == &stream->core)
			return true;
	}
	return false;
}

int sim_stream_destroy(struct xrsched *x, uint32_t handle)
{
	struct sim *sim = to_sim(x);
	struct sim_stream *stream = sim_stream_get(sim, handle);

	if (!stream)
		return -ENOENT;
	if (has_children(sim, stream))
		return -EBUSY;
	sim_cancel_stream(sim, stream, XRS_REASON_CLOSE);
	stream->dying = true;
	sim->dying++;
	sim_run(sim);
	return 0;
}

int sim_stream_stats(struct xrsched *x, uint32_t handle,
		     struct xrsched_stream_stats *stats, size_t size)
{
	struct sim_stream *stream = sim_stream_get(to_sim(x), handle);
	const struct xrs_counters *count;
	const struct xrs_hist *response, *queue;
	struct xrsched_stream_stats ours;

	if (size < SIM_STREAM_STATS_SIZE_VER0)
		return -EINVAL;
	if (!stream)
		return -ENOENT;
	count = &stream->core.count;
	response = &stream->core.response_hist;
	queue = &stream->core.queue_hist;
	ours = (struct xrsched_stream_stats){
		.size = size,
		.stream = handle,
		.in_flight = stream->core.in_flight,
		.submitted = count->submitted,
		.released = count->released,
		.completed = count->completed,
		.late = count->late,
		.dropped = count->dropped,
		.cancelled = count->cancelled,
		.failed = count->failed,
		.retried = count->retried,
		.layers = count->layers,
		.switches = count->switches,
		.energy_pj = count->energy_pj,
		.worst_pj = count->worst_pj,
		.honest_pj = count->honest_pj,
		.response_p50_ns = xrs_hist_quantile(response, 500000),
		.response_p99_ns = xrs_hist_quantile(response, 990000),
		.response_max_ns = response->max_ns,
		.queue_p50_ns = xrs_hist_quantile(queue, 500000),
		.queue_p99_ns = xrs_hist_quantile(queue, 990000),
		.full = count->full,
	};
	xrsched_give_sized(stats, size, &ours, sizeof(ours));
	return 0;
}

/* ----- engines and policy ----------------------------------------------- */

static struct sim_engine *engine_get(struct sim *sim, u32 id)
{
	return id < XRS_MAX_ENGINES ? (struct sim_engine *)sim->core.engine[id]
				    : NULL;
}

/* Into a zeroed name; false if it is none. */
static bool name_fill(char *name, const char *text)
{
	snprintf(name, XRSCHED_NAME_LEN, "%s", text);
	return strlen(text) < XRSCHED_NAME_LEN && xrs_name_valid(name);
}

static int bad_name(const char *what, const char *name,
		    struct xrsched_error *error)
{
	return xrsched_fail(error, -EINVAL,
			    "%s \"%.40s\": must be 1 to 31 printable "
			    "characters without blanks",
			    what, name);
}

int sim_engine_add(struct xrsched *x, const char *name, const char *class_name,
		   uint32_t pes, uint64_t bytes_per_us,
		   struct xrsched_error *error)
{
	struct sim *sim = to_sim(x);
	struct sim_engine *engine;
	u32 id = XRS_MAX_ENGINES;

	for (u32 i = XRS_MAX_ENGINES; i-- > 0;) {
		if (!sim->core.engine[i])
			id = i;
		else if (!strcmp(engine_get(sim, i)->name, name))
			return xrsched_fail(error, -EEXIST,
					    "there is an engine \"%s\" already",
					    name);
	}
	if (id == XRS_MAX_ENGINES)
		return xrsched_fail(error, -ENOSPC,
				    "a device has at most %d engines",
				    XRS_MAX_ENGINES);
	if (bytes_per_us > BIT_ULL(40))
		return xrsched_fail(error, -ERANGE,
				    "bytes_per_us: must be 0 to 2^40");
	engine = calloc(1, sizeof(*engine));
	if (!engine)
		return -ENOMEM;
	if (!name_fill(engine->name, name)) {
		free(engine);
		return bad_name("engine", name, error);
	}
	if (!name_fill(engine->core.class_name, class_name)) {
		free(engine);
		return bad_name("engine class", class_name, error);
	}
	engine->core.id = id;
	engine->core.pes = pes ? pes : 1;
	engine->core.bytes_per_us = bytes_per_us;
	engine->core.label = engine->name;
	/* Otherwise nothing could be learned but what overhead_ns adds. */
	if (sim->error_ppm)
		engine->core.learns = XRS_LEARNS_ASKED;
	xrs_core_engine_add(&sim->core, &engine->core, sim->now_ns);
	sim_run(sim);
	return id;
}

int sim_engine_remove(struct xrsched *x, uint32_t id,
		      struct xrsched_error *error)
{
	struct sim *sim = to_sim(x);
	struct sim_engine *engine = engine_get(sim, id);

	if (!engine)
		return xrsched_fail(error, -ENOENT, "there is no engine %u",
				    id);
	sim->busy &= ~BIT_ULL(id);
	xrs_core_engine_remove(&sim->core, &engine->core, sim->now_ns);
	free(engine);
	sim_run(sim);
	return 0;
}

int sim_engines_get(struct xrsched *x, struct xrsched_engine *engines,
		    unsigned int max)
{
	struct sim *sim = to_sim(x);
	unsigned int nr = 0;

	for (u32 id = 0; id < XRS_MAX_ENGINES; id++) {
		const struct sim_engine *engine = engine_get(sim, id);
		struct xrsched_engine *to = &engines[nr];

		if (!engine || nr++ >= max)
			continue;
		memset(to, 0, sizeof(*to));
		to->id = id;
		to->up = engine->core.up;
		memcpy(to->name, engine->name, sizeof(to->name));
		memcpy(to->class_name, engine->core.class_name,
		       sizeof(to->class_name));
		to->pes = engine->core.pes;
		to->busy_ns = engine->core.busy_ns;
		to->layers = engine->core.layers;
		to->switches = engine->core.switches;
		to->lost = engine->core.lost;
		to->energy_pj = engine->core.energy_pj;
		to->faults = engine->core.faults;
		to->timeouts = engine->core.timeouts;
		to->lost_ns = engine->core.lost_ns;
		to->lost_pj = engine->core.lost_pj;
	}
	return nr;
}

int sim_policy_set(struct xrsched *x, const struct xrsched_policy_spec *spec,
		   struct xrsched_error *error)
{
	struct sim *sim = to_sim(x);
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	int ret;

	ret = xrsched_policy_resolve(spec, &policy, param, error);
	if (!ret)
		ret = xrs_core_set_policy(&sim->core, policy, param,
					  sim->now_ns);
	if (!ret)
		sim_run(sim);
	return ret;
}

int sim_policy_get(struct xrsched *x, struct xrsched_policy_spec *spec)
{
	struct sim *sim = to_sim(x);

	xrsched_policy_describe(sim->core.policy, sim->core.param, spec);
	return 0;
}

int sim_device_stats(struct xrsched *x, struct xrsched_device_stats *stats)
{
	struct sim *sim = to_sim(x);

	stats->events = sim->core.events;
	stats->decisions = sim->core.decisions;
	stats->policy_faults = sim->core.policy_faults;
	return 0;
}

static void record_model(struct sim *sim, const struct sim_model *model)
{
	u32 next = 0;

	while (!xrs_record_model(&sim->core, &model->core, &next, UINT32_MAX))
		;
}

/* All models, when a recording begins; later ones as they come. */
void sim_record_models(struct sim *sim)
{
	const struct xrs_stream *stream;

	for (u32 i = 0; i < sim->models.nr; i++)
		if (sim->models.slot[i])
			record_model(sim, sim->models.slot[i]);
	/* Those whose handle has gone, twice if they have several streams. */
	list_for_each_entry(stream, &sim->core.streams, link)
		record_model(sim, ((const struct sim_stream *)stream)->model);
}

void sim_objects_free(struct sim *sim)
{
	for (u32 i = 0; i < sim->streams.nr; i++)
		if (sim->streams.slot[i])
			stream_free(sim, sim->streams.slot[i]);
	for (u32 i = 0; i < sim->models.nr; i++)
		model_put(sim->models.slot[i]);
	for (u32 id = 0; id < XRS_MAX_ENGINES; id++)
		free(engine_get(sim, id));
	free(sim->streams.slot);
	free(sim->models.slot);
}
