// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Scenarios and hardware.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "wl.h"

#define MIN_FPS 0.001
#define MAX_FPS 1000000
#define FPS_UNIT 1000 /* frame rates have three decimals */
#define MAX_WEIGHT 1000
#define MAX_WINDOW 64
#define DROP_MAX 2 /* what "drop" has if it is there */
#define DROP_WINDOW 10
#define MAX_DEPTH 8 /* streams in a chain, as in the core */
#define MAX_BANDWIDTH (1ULL << 40)

/* ----- scenarios -------------------------------------------------------- */

/* "fps" or "period_ns", exactly one of them */
static int read_rate(struct wl_file *file, json_t *object,
		     struct wl_stream *stream)
{
	json_t *fps = json_object_get(object, "fps");
	double rate;
	int ret;

	stream->rate = 1;
	if (!fps && !json_object_get(object, "period_ns"))
		return wl_refuse(file, "must have fps or period_ns");
	if (!fps)
		return wl_integer(file, object, "period_ns", true, 1000,
				  XRSCHED_MAX_PERIOD_NS, &stream->step);
	if (json_object_get(object, "period_ns"))
		return wl_refuse(file, "has both fps and period_ns");
	ret = wl_enter(file, "fps");
	if (!json_is_number(fps))
		return wl_refuse(file, "must be a number");
	rate = json_number_value(fps);
	if (!(rate >= MIN_FPS && rate <= MAX_FPS))
		return wl_refuse(file, "%g is out of range %g..%d", rate,
				 MIN_FPS, MAX_FPS);
	if (fabs(rate * FPS_UNIT - rint(rate * FPS_UNIT)) > 1e-6)
		return wl_refuse(file, "%.12g has more than three decimals",
				 rate);
	wl_leave(file, ret);
	stream->step = WL_NS_PER_S * FPS_UNIT;
	stream->rate = (uint64_t)rint(rate * FPS_UNIT);
	return 0;
}

static int read_drop(struct wl_file *file, json_t *object,
		     struct wl_stream *stream)
{
	static const char *const fields[] = { "allow", "max", "window", NULL };
	json_t *drop;
	size_t mark;
	int ret;

	ret = wl_object(file, object, "drop", false, &drop);
	if (ret || !drop)
		return ret;
	mark = wl_enter(file, "drop");
	stream->drop_max = DROP_MAX;
	stream->drop_window = DROP_WINDOW;
	ret = wl_fields(file, drop, fields);
	if (!ret)
		ret = wl_bool(file, drop, "allow", &stream->early_drop);
	if (!ret)
		ret = wl_u32(file, drop, "window", false, 1, MAX_WINDOW,
			     &stream->drop_window);
	if (!ret && stream->drop_max > stream->drop_window)
		stream->drop_max = stream->drop_window;
	if (!ret)
		ret = wl_u32(file, drop, "max", false, 0, stream->drop_window,
			     &stream->drop_max);
	if (!ret)
		wl_leave(file, mark);
	return ret;
}

/* A triggered stream has rate, phase and deadline of the one it follows. */
static int read_upstream(struct wl_file *file, json_t *object,
			 struct xrsched_workload *w, struct wl_stream *stream)
{
	const struct wl_stream *up = NULL;
	const char *name = NULL;
	int depth = 2;
	int ret;

	stream->upstream = -1;
	ret = wl_name(file, object, "upstream", false, XRSCHED_NAME_LEN - 1,
		      &name);
	if (ret)
		return ret;
	if (!name) {
		if (!json_object_get(object, "trigger_probability"))
			return 0;
		wl_enter(file, "trigger_probability");
		return wl_refuse(file, "must come with upstream");
	}
	for (unsigned int i = 0; i < w->nr_streams; i++)
		if (!strcmp(w->streams[i].name, name)) {
			up = &w->streams[i];
			stream->upstream = i;
		}
	if (!up) {
		wl_enter(file, "upstream");
		return wl_refuse(file,
				 "\"%s\" is no stream before this one; a "
				 "stream that triggers others comes before "
				 "them, so that they form no cycle",
				 name);
	}
	if (stream->step * (unsigned __int128)up->rate !=
	    up->step * (unsigned __int128)stream->rate)
		return wl_refuse(file,
				 "must have the rate of its upstream \"%s\"",
				 name);
	if (stream->phase_ns != up->phase_ns)
		return wl_refuse(
			file, "must have the phase_ns of its upstream \"%s\"",
			name);
	if (stream->deadline_ns && stream->deadline_ns != up->deadline_ns)
		return wl_refuse(file,
				 "shares the deadline of its upstream \"%s\", "
				 "and may have no other deadline_ns",
				 name);
	for (; up->upstream >= 0; up = &w->streams[up->upstream])
		depth++;
	if (depth > MAX_DEPTH)
		return wl_refuse(
			file, "is the end of a chain of more than %d streams",
			MAX_DEPTH);
	stream->deadline_ns = w->streams[stream->upstream].deadline_ns;
	stream->trigger_ppm = XRSCHED_PPM;
	return wl_ppm(file, object, "trigger_probability", false,
		      &stream->trigger_ppm);
}

static int read_stream(struct wl_file *file, json_t *object,
		       struct xrsched_workload *w, struct wl_stream *stream)
{
	static const char *const fields[] = { "name",
					      "model",
					      "fps",
					      "period_ns",
					      "deadline_ns",
					      "phase_ns",
					      "weight",
					      "upstream",
					      "trigger_probability",
					      "drop",
					      "lightest_variant",
					      "accuracy_floor",
					      "source_model",
					      NULL };
	int ret;

	stream->weight = 1;
	stream->early_drop = true;
	ret = wl_fields(file, object, fields);
	if (!ret)
		ret = wl_name(file, object, "name", true, XRSCHED_NAME_LEN - 1,
			      &stream->name);
	if (!ret)
		ret = wl_name(file, object, "model", true, XRSCHED_NAME_LEN - 1,
			      &stream->model_name);
	stream->source_model = stream->model_name;
	if (!ret)
		ret = wl_string(file, object, "source_model", false,
				&stream->source_model);
	if (!ret)
		ret = read_rate(file, object, stream);
	if (!ret)
		ret = wl_integer(file, object, "deadline_ns", false, 1,
				 XRSCHED_MAX_PERIOD_NS, &stream->deadline_ns);
	if (!ret)
		ret = wl_integer(file, object, "phase_ns", false, 0,
				 XRSCHED_MAX_PERIOD_NS, &stream->phase_ns);
	if (!ret)
		ret = wl_u32(file, object, "weight", false, 1, MAX_WEIGHT,
			     &stream->weight);
	if (!ret)
		ret = read_drop(file, object, stream);
	if (!ret)
		ret = wl_u32(file, object, "lightest_variant", false, 1,
			     XRSCHED_MAX_VARIANTS, &stream->lightest_variant);
	if (!ret)
		ret = wl_ppm(file, object, "accuracy_floor", false,
			     &stream->accuracy_floor);
	if (!ret)
		ret = read_upstream(file, object, w, stream);
	return ret;
}

int wl_read_scenario(struct wl_file *file, struct xrsched_workload *w)
{
	static const char *const fields[] = { "format",	     "version",
					      "name",	     "description",
					      "source_name", "costs",
					      "streams",     NULL };
	const char *source = NULL;
	size_t list, at;
	json_t *array;
	int ret;

	w->costs = "default";
	ret = wl_fields(file, file->root, fields);
	if (!ret)
		ret = wl_name(file, file->root, "name", true, WL_MAX_NAME,
			      &w->scenario);
	if (!ret)
		ret = wl_string(file, file->root, "description", false,
				&w->description);
	if (!ret)
		ret = wl_string(file, file->root, "source_name", false,
				&source);
	if (!ret)
		ret = wl_name(file, file->root, "costs", false, WL_MAX_NAME,
			      &w->costs);
	if (!ret)
		ret = wl_array(file, file->root, "streams", true, 1,
			       WL_MAX_STREAMS, &array);
	if (ret)
		return ret;
	w->streams = wl_alloc(file->arena, json_array_size(array),
			      sizeof(*w->streams));
	if (!w->streams)
		return wl_no_memory(file);
	list = wl_enter(file, "streams");
	for (size_t i = 0; i < json_array_size(array); i++) {
		at = wl_enter_index(file, i);
		ret = read_stream(file, json_array_get(array, i), w,
				  &w->streams[i]);
		if (ret)
			return ret;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(w->streams[j].name, w->streams[i].name)) {
				wl_enter(file, "name");
				return wl_refuse(file, "\"%s\" is there twice",
						 w->streams[i].name);
			}
		w->nr_streams++;
		wl_leave(file, at);
	}
	wl_leave(file, list);
	return 0;
}

/* ----- hardware --------------------------------------------------------- */

static int read_engine(struct wl_file *file, json_t *object,
		       struct wl_engine *engine)
{
	static const char *const fields[] = { "name", "class", "pes",
					      "bytes_per_us", NULL };
	int ret;

	engine->pes = 1;
	ret = wl_fields(file, object, fields);
	if (!ret)
		ret = wl_name(file, object, "name", true, XRSCHED_NAME_LEN - 1,
			      &engine->name);
	if (!ret)
		ret = wl_name(file, object, "class", true, XRSCHED_NAME_LEN - 1,
			      &engine->class_name);
	if (!ret)
		ret = wl_u32(file, object, "pes", false, 1, WL_MAX_U32,
			     &engine->pes);
	if (!ret)
		ret = wl_integer(file, object, "bytes_per_us", false, 0,
				 MAX_BANDWIDTH, &engine->bytes_per_us);
	return ret;
}

void wl_count_class(struct xrsched_workload *w, const char *name)
{
	unsigned int i;

	for (i = 0; i < w->nr_classes; i++)
		if (!strcmp(w->classes[i], name))
			break;
	if (i == w->nr_classes)
		w->classes[w->nr_classes++] = name;
	w->class_engines[i]++;
}

/* "costs" of the hardware is a hint for people; it only has to be one. */
static int check_hint(struct wl_file *file)
{
	size_t list, at;
	json_t *array;
	int ret;

	ret = wl_array(file, file->root, "costs", false, 0, WL_MAX_SETS,
		       &array);
	if (ret || !array)
		return ret;
	list = wl_enter(file, "costs");
	for (size_t i = 0; i < json_array_size(array); i++) {
		const char *name = json_string_value(json_array_get(array, i));

		at = wl_enter_index(file, i);
		if (!name || !wl_name_valid(name, WL_MAX_NAME))
			return wl_refuse(file,
					 "must be the name of a cost set");
		wl_leave(file, at);
	}
	wl_leave(file, list);
	return 0;
}

int wl_read_hardware(struct wl_file *file, struct xrsched_workload *w)
{
	static const char *const fields[] = { "format",	     "version",
					      "name",	     "description",
					      "source_name", "costs",
					      "engines",     NULL };
	const char *source = NULL;
	size_t list, at;
	json_t *array;
	int ret;

	ret = wl_fields(file, file->root, fields);
	if (!ret)
		ret = wl_name(file, file->root, "name", true, WL_MAX_NAME,
			      &w->hardware);
	if (!ret)
		ret = wl_string(file, file->root, "description", false,
				&w->hardware_description);
	if (!ret)
		ret = wl_string(file, file->root, "source_name", false,
				&source);
	if (!ret)
		ret = check_hint(file);
	if (!ret)
		ret = wl_array(file, file->root, "engines", true, 1,
			       WL_MAX_ENGINES, &array);
	if (ret)
		return ret;
	w->engines = wl_alloc(file->arena, json_array_size(array),
			      sizeof(*w->engines));
	if (!w->engines)
		return wl_no_memory(file);
	list = wl_enter(file, "engines");
	for (size_t i = 0; i < json_array_size(array); i++) {
		at = wl_enter_index(file, i);
		ret = read_engine(file, json_array_get(array, i),
				  &w->engines[i]);
		if (ret)
			return ret;
		for (size_t j = 0; j < i; j++)
			if (!strcmp(w->engines[j].name, w->engines[i].name)) {
				wl_enter(file, "name");
				return wl_refuse(file, "\"%s\" is there twice",
						 w->engines[i].name);
			}
		wl_count_class(w, w->engines[i].class_name);
		w->nr_engines++;
		wl_leave(file, at);
	}
	wl_leave(file, list);
	return 0;
}
