// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Workloads: finding the files, putting them together, looking at them.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wl.h"

static const char *const kind_dirs[] = {
	[XRSCHED_WORKLOAD_SCENARIO] = "scenarios",
	[XRSCHED_WORKLOAD_HARDWARE] = "hardware",
	[XRSCHED_WORKLOAD_MODEL] = "models",
};

static const char *const kind_words[] = {
	[XRSCHED_WORKLOAD_SCENARIO] = "scenario",
	[XRSCHED_WORKLOAD_HARDWARE] = "hardware",
	[XRSCHED_WORKLOAD_MODEL] = "model",
};

/* ----- finding ---------------------------------------------------------- */

/* The i-th directory to look in, "" if there is none; -ENOENT after the last. */
static int data_dir(unsigned int i, char *dir)
{
	const char *env;
	ssize_t len;

	*dir = '\0';
	switch (i) {
	case 0:
		env = secure_getenv("XRSCHED_DATADIR");
		if (env && strlen(env) < PATH_MAX)
			strcpy(dir, env);
		return 0;
	case 1:
		len = readlink("/proc/self/exe", dir, PATH_MAX - 1);
		dir[len > 0 ? len : 0] = '\0';
		for (unsigned int up = 0; up < 2; up++)
			if (strrchr(dir, '/'))
				*strrchr(dir, '/') = '\0';
		if (len > 0 &&
		    strlen(dir) + sizeof("/share/xrsched") < PATH_MAX)
			strcat(dir, "/share/xrsched");
		return 0;
	case 2:
		strcpy(dir, DATADIR);
		return 0;
	default:
		return -ENOENT;
	}
}

static bool is_path(const char *name)
{
	size_t len = strlen(name);

	return strchr(name, '/') ||
	       (len > 5 && !strcmp(name + len - 5, ".json"));
}

/* The file in a directory, NULL if it is not there (*ret 0) or out of memory. */
static char *try_dir(const char *dir, size_t len, const char *sub,
		     const char *name, int *ret)
{
	char *path;

	*ret = 0;
	if (asprintf(&path, "%.*s%s%s%s.json", (int)len, dir, sub,
		     *sub ? "/" : "", name) < 0) {
		*ret = -ENOMEM;
		return NULL;
	}
	if (!access(path, F_OK))
		return path;
	free(path);
	return NULL;
}

/* There is no such name: says which there are, as far as they fit. */
static int refuse_name(enum xrsched_workload_kind kind, const char *name,
		       struct xrsched_error *error)
{
	char list[360] = "";
	char **names;
	int nr = xrsched_workload_list(kind, &names, error);

	if (nr < 0)
		return nr;
	for (int i = 0; i < nr; i++) {
		if (strlen(list) + strlen(names[i]) + sizeof(", ...") >
		    sizeof(list)) {
			strcat(list, "...");
			break;
		}
		strcat(list, names[i]);
		strcat(list, i + 1 < nr ? ", " : "");
	}
	xrsched_workload_list_free(names);
	return xrsched_fail(error, -ENOENT, "no %s \"%.80s\"; there are: %s",
			    kind_words[kind], name, list);
}

XRSCHED_API int xrsched_workload_find(enum xrsched_workload_kind kind,
				      const char *name, char **path,
				      struct xrsched_error *error)
{
	char dir[PATH_MAX];
	int ret;

	if (is_path(name)) {
		*path = strdup(name);
		return *path ? 0 : -ENOMEM;
	}
	for (unsigned int i = 0; !data_dir(i, dir); i++) {
		if (!*dir)
			continue;
		strcat(dir, strlen(dir) + 1 < PATH_MAX ? "/" : "");
		*path = try_dir(dir, strlen(dir), kind_dirs[kind], name, &ret);
		if (*path || ret)
			return ret;
	}
	return refuse_name(kind, name, error);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the names of a directory's files to a growing list. */
static int list_dir(const char *dir, char ***names, size_t *nr)
{
	DIR *stream = opendir(dir);
	struct dirent *entry;
	int ret = 0;

	if (!stream)
		return 0;
	while (!ret && (entry = readdir(stream))) {
		size_t len = strlen(entry->d_name);
		char **more;

		if (len <= 5 || strcmp(entry->d_name + len - 5, ".json"))
			continue;
		more = realloc(*names, (*nr + 2) * sizeof(*more));
		ret = -ENOMEM;
		if (!more)
			break;
		*names = more;
		more[*nr] = strndup(entry->d_name, len - 5);
		more[*nr + 1] = NULL;
		if (more[*nr]) {
			++*nr;
			ret = 0;
		}
	}
	closedir(stream);
	return ret;
}

/* The same name in several directories counts once. */
static size_t drop_doubles(char **names, size_t nr)
{
	size_t kept = 0;

	for (size_t i = 0; i < nr; i++) {
		if (kept && !strcmp(names[kept - 1], names[i]))
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	names[kept] = NULL;
	return kept;
}

XRSCHED_API int xrsched_workload_list(enum xrsched_workload_kind kind,
				      char ***names,
				      struct xrsched_error *error)
{
	char dir[PATH_MAX + 16];
	size_t nr = 0;
	int ret = 0;

	*names = NULL;
	for (unsigned int i = 0; !ret && !data_dir(i, dir); i++) {
		if (!*dir)
			continue;
		strcat(dir, "/");
		strcat(dir, kind_dirs[kind]);
		ret = list_dir(dir, names, &nr);
	}
	if (!ret && !nr)
		ret = xrsched_fail(error, -ENOENT,
				   "no workload directory with %s files; set "
				   "XRSCHED_DATADIR to one",
				   kind_words[kind]);
	if (ret) {
		xrsched_workload_list_free(*names);
		*names = NULL;
		return ret;
	}
	qsort(*names, nr, sizeof(**names), by_name);
	return drop_doubles(*names, nr);
}

XRSCHED_API void xrsched_workload_list_free(char **names)
{
	for (char **name = names; name && *name; name++)
		free(*name);
	free(names);
}

/* A scenario's own directory comes first for its models. */
static int find_model(const struct wl_file *scenario, const char *given,
		      const char *name, char **path,
		      struct xrsched_error *error)
{
	int ret;

	if (is_path(given)) {
		*path = try_dir(scenario->path, scenario->dir, "", name, &ret);
		if (*path || ret)
			return ret;
	}
	return xrsched_workload_find(XRSCHED_WORKLOAD_MODEL, name, path, error);
}

/* ----- putting together ------------------------------------------------- */

static int load_hardware(struct xrsched_workload *w, const char *name,
			 struct xrsched_error *error)
{
	struct wl_file file;
	int ret;

	ret = xrsched_workload_find(XRSCHED_WORKLOAD_HARDWARE, name,
				    &w->hardware_path, error);
	if (!ret)
		ret = wl_open(&file, XRSCHED_WORKLOAD_HARDWARE,
			      w->hardware_path, &w->arena, error);
	if (ret)
		return ret;
	ret = wl_read_hardware(&file, w);
	wl_close(&file);
	return ret;
}

/* No engine can run the model: says which classes there would be. */
static int refuse_model(struct wl_file *scenario, struct xrsched_workload *w,
			const struct wl_model *model)
{
	char list[200] = "";

	for (unsigned int c = 0; c < w->nr_classes; c++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%s", c ? ", " : "", w->classes[c]);
	wl_enter(scenario, "model");
	return wl_refuse(scenario,
			 "no engine of %s can run \"%s\": it has no \"%s\" "
			 "costs for class %s",
			 w->hardware, model->name, w->costs, list);
}

/*
 * Variants that the stream allows: those from the heaviest on down to its
 * lightest, as far as all of them are as accurate as it wants.
 */
static int settle_variants(struct wl_file *scenario, struct wl_stream *stream,
			   const struct wl_model *model)
{
	unsigned int nr = 0;

	if (stream->lightest_variant > model->nr_variants) {
		wl_enter(scenario, "lightest_variant");
		return wl_refuse(scenario, "%u is out of range 1..%u of \"%s\"",
				 stream->lightest_variant, model->nr_variants,
				 model->name);
	}
	if (!stream->accuracy_floor)
		return 0;
	while (nr < model->nr_variants &&
	       model->variants[nr].accuracy_ppm >= stream->accuracy_floor)
		nr++;
	if (!nr) {
		wl_enter(scenario, "accuracy_floor");
		return wl_refuse(scenario,
				 "the heaviest variant of \"%s\" has accuracy "
				 "%g, which is less",
				 model->name,
				 (double)model->variants[0].accuracy_ppm /
					 XRSCHED_PPM);
	}
	if (!stream->lightest_variant || nr < stream->lightest_variant)
		stream->lightest_variant = nr;
	return 0;
}

/* Reads the model of a stream, whose place in the scenario is entered. */
static int load_model(struct wl_file *scenario,
		      const struct xrsched_workload_args *args,
		      struct xrsched_workload *w, struct wl_stream *stream)
{
	const char *given = args->scenario, *profiles = args->profiles;
	struct wl_model *model;
	struct wl_file file;
	char *path;
	int ret;

	for (stream->model = 0; stream->model < w->nr_models; stream->model++)
		if (!strcmp(w->models[stream->model]->name, stream->model_name))
			return settle_variants(scenario, stream,
					       w->models[stream->model]);
	ret = find_model(scenario, given, stream->model_name, &path, NULL);
	if (ret == -ENOENT) {
		wl_enter(scenario, "model");
		return wl_refuse(scenario, "there is no model \"%s\"",
				 stream->model_name);
	}
	if (ret)
		return ret;
	ret = wl_open(&file, XRSCHED_WORKLOAD_MODEL, path, &w->arena,
		      scenario->error);
	if (ret)
		goto err_free_path;
	model = wl_alloc(&w->arena, 1, sizeof(*model));
	ret = model ? 0 : wl_no_memory(scenario);
	if (!ret)
		model->profiles = profiles;
	if (!ret && w->nr_engines) {
		model->keep = w->classes;
		model->nr_keep = w->nr_classes;
	}
	if (!ret)
		ret = wl_read_model(&file, w->costs, model);
	wl_close(&file);
	if (!ret && !model->nr_classes)
		ret = refuse_model(scenario, w, model);
	if (!ret)
		ret = settle_variants(scenario, stream, model);
	if (!ret)
		w->models[w->nr_models++] = model;
err_free_path:
	free(path);
	return ret;
}

/* An engine that none of the models can use is a mistake. */
static int check_engines(struct xrsched_workload *w,
			 struct xrsched_error *error)
{
	for (unsigned int e = 0; e < w->nr_engines; e++) {
		const char *name = w->engines[e].class_name;
		bool used = false;

		for (unsigned int m = 0; m < w->nr_models; m++)
			for (unsigned int c = 0; c < w->models[m]->nr_classes;
			     c++)
				if (!strcmp(w->models[m]->classes[c].name,
					    name))
					used = true;
		if (!used && w->engines[e].served)
			return xrsched_fail(
				error, -EINVAL,
				"engine \"%s\": no model of %s has costs for "
				"class \"%s\"; measure them first",
				w->engines[e].name, w->scenario, name);
		if (!used)
			return xrsched_fail(
				error, -EINVAL,
				"%s: $.engines[%u].class: no model of %s has "
				"\"%s\" costs for class \"%s\"",
				w->hardware_path, e, w->scenario, w->costs,
				name);
	}
	return 0;
}

static int load_scenario(struct xrsched_workload *w,
			 const struct xrsched_workload_args *args,
			 struct xrsched_error *error)
{
	struct wl_file file;
	size_t list, at;
	int ret;

	ret = xrsched_workload_find(XRSCHED_WORKLOAD_SCENARIO, args->scenario,
				    &w->scenario_path, error);
	if (!ret)
		ret = wl_open(&file, XRSCHED_WORKLOAD_SCENARIO,
			      w->scenario_path, &w->arena, error);
	if (ret)
		return ret;
	ret = wl_read_scenario(&file, w);
	if (ret)
		goto out_close;
	if (args->costs)
		w->costs = wl_strdup(&w->arena, args->costs);
	w->models = wl_alloc(&w->arena, w->nr_streams, sizeof(*w->models));
	if (!w->models || !w->costs) {
		ret = wl_no_memory(&file);
		goto out_close;
	}
	list = wl_enter(&file, "streams");
	for (unsigned int i = 0; i < w->nr_streams && !ret; i++) {
		at = wl_enter_index(&file, i);
		ret = load_model(&file, args, w, &w->streams[i]);
		wl_leave(&file, at);
	}
	wl_leave(&file, list);
out_close:
	wl_close(&file);
	return ret;
}

/* One model by itself, with all its classes. */
static int load_single_model(struct xrsched_workload *w,
			     const struct xrsched_workload_args *args,
			     struct xrsched_error *error)
{
	struct wl_model *model;
	struct wl_file file;
	char *path;
	int ret;

	ret = xrsched_workload_find(XRSCHED_WORKLOAD_MODEL, args->model, &path,
				    error);
	if (ret)
		return ret;
	ret = wl_open(&file, XRSCHED_WORKLOAD_MODEL, path, &w->arena, error);
	if (ret)
		goto out_free_path;
	model = wl_alloc(&w->arena, 1, sizeof(*model));
	w->models = wl_alloc(&w->arena, 1, sizeof(*w->models));
	w->costs = wl_strdup(&w->arena, args->costs ? args->costs : "default");
	if (model && w->models && w->costs) {
		model->profiles = args->profiles;
		w->models[w->nr_models++] = model;
		ret = wl_read_model(&file, args->costs, model);
	} else {
		ret = wl_no_memory(&file);
	}
	wl_close(&file);
out_free_path:
	free(path);
	return ret;
}

/* Which of the arguments go together. */
static int check_args(const struct xrsched_workload_args *a)
{
	if (a->flags)
		return -EINVAL;
	if (a->model)
		return a->scenario || a->hardware || a->engines ? -EINVAL : 0;
	return a->scenario || a->hardware || a->engines ? 0 : -EINVAL;
}

static int load_parts(struct xrsched_workload *w,
		      const struct xrsched_workload_args *a,
		      struct xrsched_error *error)
{
	int ret = 0;

	if (a->model)
		return load_single_model(w, a, error);
	if (a->hardware)
		ret = load_hardware(w, a->hardware, error);
	if (!ret && a->engines)
		ret = wl_add_served(w, a->engines, error);
	if (!ret && a->scenario)
		ret = load_scenario(w, a, error);
	if (ret || !a->scenario || !w->nr_engines)
		return ret;
	ret = check_engines(w, error);
	if (ret)
		return ret;
	w->load = wl_load_factor(w);
	return w->load > 0 ? 0 : xrsched_fail(error, -ENOMEM, "out of memory");
}

XRSCHED_API int xrsched_workload_load(const struct xrsched_workload_args *args,
				      struct xrsched_workload **workload,
				      struct xrsched_error *error)
{
	struct xrsched_workload_args a;
	struct xrsched_workload *w;
	int ret;

	ret = xrsched_copy_opts(&a, sizeof(a), args);
	if (!ret)
		ret = check_args(&a);
	if (ret)
		return xrsched_fail(error, ret, "bad arguments for loading");
	w = calloc(1, sizeof(*w));
	if (!w)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	w->description = "";
	w->hardware_description = "";
	w->costs = "";
	ret = load_parts(w, &a, error);
	if (ret) {
		xrsched_workload_free(w);
		return ret;
	}
	*workload = w;
	return 0;
}

XRSCHED_API void xrsched_workload_free(struct xrsched_workload *workload)
{
	if (!workload)
		return;
	wl_arena_free(&workload->arena);
	free(workload->scenario_path);
	free(workload->hardware_path);
	free(workload);
}

static int check_model(const char *name, struct xrsched_error *error)
{
	struct wl_arena arena = {};
	struct wl_model *model;
	struct wl_file file;
	char *path;
	int ret;

	ret = xrsched_workload_find(XRSCHED_WORKLOAD_MODEL, name, &path, error);
	if (ret)
		return ret;
	ret = wl_open(&file, XRSCHED_WORKLOAD_MODEL, path, &arena, error);
	if (!ret) {
		model = wl_alloc(&arena, 1, sizeof(*model));
		ret = model ? wl_read_model(&file, NULL, model)
			    : wl_no_memory(&file);
		wl_close(&file);
	}
	wl_arena_free(&arena);
	free(path);
	return ret;
}

XRSCHED_API int xrsched_workload_check(enum xrsched_workload_kind kind,
				       const char *name,
				       struct xrsched_error *error)
{
	struct xrsched_workload_args args = { .size = sizeof(args) };
	struct xrsched_workload *w;
	int ret;

	if (kind == XRSCHED_WORKLOAD_MODEL)
		return check_model(name, error);
	if (kind == XRSCHED_WORKLOAD_SCENARIO)
		args.scenario = name;
	else
		args.hardware = name;
	ret = xrsched_workload_load(&args, &w, error);
	if (!ret)
		xrsched_workload_free(w);
	return ret;
}

/* ----- looking ---------------------------------------------------------- */

uint64_t wl_release(const struct wl_stream *stream, uint64_t frame)
{
	return (unsigned __int128)frame * stream->step / stream->rate;
}

XRSCHED_API void
xrsched_workload_get_info(const struct xrsched_workload *workload,
			  struct xrsched_workload_info *info)
{
	const struct xrsched_workload *w = workload;

	memset(info, 0, sizeof(*info));
	info->scenario = w->scenario ? w->scenario : "";
	info->hardware = w->hardware ? w->hardware : "";
	info->costs = w->costs;
	info->description =
		w->scenario ? w->description : w->hardware_description;
	info->nr_streams = w->nr_streams;
	info->nr_models = w->nr_models;
	info->nr_engines = w->nr_engines;
	info->load = w->load;
}

XRSCHED_API int
xrsched_workload_get_stream(const struct xrsched_workload *workload,
			    unsigned int index,
			    struct xrsched_workload_stream *stream)
{
	const struct wl_stream *s;

	if (index >= workload->nr_streams)
		return -ENOENT;
	s = &workload->streams[index];
	*stream = (struct xrsched_workload_stream){
		.name = s->name,
		.model = s->model_name,
		.model_index = s->model,
		.upstream = s->upstream,
		.fps = (double)WL_NS_PER_S * s->rate / s->step,
		.period_ns = wl_release(s, 1),
		.deadline_ns = s->deadline_ns,
		.phase_ns = s->phase_ns,
		.weight = s->weight,
		.trigger_ppm = s->trigger_ppm,
		.no_early_drop = !s->early_drop,
		.drop_max = s->drop_max,
		.drop_window = s->drop_window,
		.lightest_variant = s->lightest_variant,
	};
	return 0;
}

XRSCHED_API int
xrsched_workload_get_engine(const struct xrsched_workload *workload,
			    unsigned int index,
			    struct xrsched_workload_engine *engine)
{
	const struct wl_engine *e;

	if (index >= workload->nr_engines)
		return -ENOENT;
	e = &workload->engines[index];
	*engine = (struct xrsched_workload_engine){
		.name = e->name,
		.class_name = e->class_name,
		.pes = e->pes,
		.bytes_per_us = e->bytes_per_us,
		.served = e->served,
	};
	return 0;
}

XRSCHED_API int
xrsched_workload_get_model(const struct xrsched_workload *workload,
			   unsigned int index,
			   struct xrsched_workload_model *model)
{
	const struct wl_model *m;

	if (index >= workload->nr_models)
		return -ENOENT;
	m = workload->models[index];
	*model = (struct xrsched_workload_model){
		.name = m->name,
		.description = m->description,
		.nr_variants = m->nr_variants,
		.nr_layers = m->nr_layers,
		.nr_classes = m->nr_classes,
		.variants = m->variants,
		.layers = m->layers,
		.classes = m->classes,
		.costs = m->costs,
		.variant_names = m->variant_names,
		.layer_names = m->layer_names,
		.shapes = m->shapes,
	};
	return 0;
}

XRSCHED_API double
xrsched_workload_load_factor(const struct xrsched_workload *workload)
{
	return workload->load;
}
