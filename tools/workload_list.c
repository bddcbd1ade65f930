// SPDX-License-Identifier: GPL-2.0-only
/*
 * What workload files there are.
 */
#include <stdio.h>
#include <string.h>

#include "out.h"
#include "put.h"
#include "workload.h"

int workload_sniff(const char *path, enum xrsched_workload_kind *kind)
{
	json_t *file = json_load_file(path, 0, NULL);
	const char *format = json_string_value(json_object_get(file, "format"));

	*kind = XRSCHED_WORKLOAD_SCENARIO;
	if (format && !strcmp(format, "xrsched-hardware"))
		*kind = XRSCHED_WORKLOAD_HARDWARE;
	else if (format && !strcmp(format, "xrsched-model"))
		*kind = XRSCHED_WORKLOAD_MODEL;
	json_decref(file);
	return 0;
}

static int load(enum xrsched_workload_kind kind, const char *name,
		struct xrsched_workload **workload)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = kind == XRSCHED_WORKLOAD_SCENARIO ? name : NULL,
		.hardware = kind == XRSCHED_WORKLOAD_HARDWARE ? name : NULL,
	};
	struct xrsched_error error;

	if (xrsched_workload_load(&args, workload, &error))
		return fail("%s", error.text);
	return 0;
}

static int scenario_row(const char *name, json_t *row)
{
	struct xrsched_workload_info info;
	struct xrsched_workload *workload;
	int ret = load(XRSCHED_WORKLOAD_SCENARIO, name, &workload);

	if (ret)
		return ret;
	xrsched_workload_get_info(workload, &info);
	put_count(row, "streams", info.nr_streams);
	put_text(row, "costs", info.costs);
	put_text(row, "description", info.description);
	xrsched_workload_free(workload);
	return 0;
}

static int hardware_row(const char *name, json_t *row)
{
	struct xrsched_workload_engine engine;
	struct xrsched_workload *workload;
	json_t *classes = put_array();
	int ret = load(XRSCHED_WORKLOAD_HARDWARE, name, &workload);

	put(row, "classes", classes);
	if (ret)
		return ret;
	for (unsigned int i = 0;
	     !xrsched_workload_get_engine(workload, i, &engine); i++)
		put_append(classes, json_string(engine.class_name));
	xrsched_workload_free(workload);
	return 0;
}

static bool uses(const struct xrsched_workload *workload, const char *model)
{
	struct xrsched_workload_stream stream;

	for (unsigned int i = 0;
	     !xrsched_workload_get_stream(workload, i, &stream); i++)
		if (!strcmp(stream.model, model))
			return true;
	return false;
}

/* Notes a scenario with each of the models that it uses. */
static int note_user(const char *scenario, json_t *models)
{
	struct xrsched_workload *workload;
	json_t *model;
	size_t i;
	int ret = load(XRSCHED_WORKLOAD_SCENARIO, scenario, &workload);

	if (ret)
		return ret;
	json_array_foreach(models, i, model)
		if (uses(workload,
			 json_string_value(json_object_get(model, "name"))))
			json_array_append_new(json_object_get(model, "used_by"),
					      json_string(scenario));
	xrsched_workload_free(workload);
	return 0;
}

static int note_users(json_t *models)
{
	struct xrsched_error error;
	char **names;
	int ret = 0;

	if (xrsched_workload_list(XRSCHED_WORKLOAD_SCENARIO, &names, &error) <
	    0)
		return fail("%s", error.text);
	for (char **name = names; *name && !ret; name++)
		ret = note_user(*name, models);
	xrsched_workload_list_free(names);
	return ret;
}

static int fill_row(enum xrsched_workload_kind kind, const char *name,
		    json_t *row)
{
	put_text(row, "name", name);
	switch (kind) {
	case XRSCHED_WORKLOAD_SCENARIO:
		return scenario_row(name, row);
	case XRSCHED_WORKLOAD_HARDWARE:
		return hardware_row(name, row);
	default:
		put(row, "used_by", put_array());
		return 0;
	}
}

int workload_list(enum xrsched_workload_kind kind, json_t **list)
{
	struct xrsched_error error;
	char **names;
	int ret = 0;

	if (xrsched_workload_list(kind, &names, &error) < 0)
		return fail("%s", error.text);
	*list = put_array();
	for (char **name = names; *name && !ret; name++) {
		json_t *row = put_object();

		ret = fill_row(kind, *name, row);
		put_append(*list, row);
	}
	xrsched_workload_list_free(names);
	if (!ret && kind == XRSCHED_WORKLOAD_MODEL)
		ret = note_users(*list);
	if (ret)
		json_decref(*list);
	return ret;
}
