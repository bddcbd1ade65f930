// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Engines that servers provide, and costs that were measured on engines.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wl.h"

static int refuse_served(struct xrsched_error *error, const char *text)
{
	return xrsched_fail(error, -EINVAL,
			    "engines \"%.80s\": must be CLASS or CLASS:NUMBER, "
			    "separated by commas, %d engines at most",
			    text, WL_MAX_ENGINES);
}

static bool engine_exists(const struct xrsched_workload *w, const char *name)
{
	for (unsigned int i = 0; i < w->nr_engines; i++)
		if (!strcmp(w->engines[i].name, name))
			return true;
	return false;
}

static int add_one(struct xrsched_workload *w, const char *class_name,
		   unsigned int number, struct xrsched_error *error)
{
	struct wl_engine *engine = &w->engines[w->nr_engines];
	char name[XRSCHED_NAME_LEN];

	if (snprintf(name, sizeof(name), "%s%u", class_name, number) >=
	    (int)sizeof(name))
		return xrsched_fail(error, -EINVAL,
				    "engines \"%s:...\": the name is too long",
				    class_name);
	if (engine_exists(w, name))
		return xrsched_fail(error, -EINVAL,
				    "engine \"%s\" is there already", name);
	engine->name = wl_strdup(&w->arena, name);
	engine->class_name = class_name;
	engine->pes = 1;
	engine->served = true;
	if (!engine->name)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	wl_count_class(w, class_name);
	w->nr_engines++;
	return 0;
}

/* One "CLASS" or "CLASS:NUMBER" of the list. */
static int add_class(struct xrsched_workload *w, char *word, const char *text,
		     struct xrsched_error *error)
{
	char *number = strchr(word, ':'), *end;
	unsigned long nr = 1;
	int ret = 0;

	if (number) {
		*number++ = '\0';
		errno = 0;
		nr = strtoul(number, &end, 10);
		if (errno || end == number || *end)
			return refuse_served(error, text);
	}
	if (!wl_name_valid(word, XRSCHED_NAME_LEN - 1) || !nr ||
	    nr > WL_MAX_ENGINES - w->nr_engines)
		return refuse_served(error, text);
	for (unsigned int i = 0; i < nr && !ret; i++)
		ret = add_one(w, word, i, error);
	return ret;
}

int wl_add_served(struct xrsched_workload *w, const char *text,
		  struct xrsched_error *error)
{
	struct wl_engine *engines;
	char *list, *word;
	int ret = 0;

	engines = wl_alloc(&w->arena, WL_MAX_ENGINES, sizeof(*engines));
	list = wl_strdup(&w->arena, text);
	if (!engines || !list)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	if (w->nr_engines)
		memcpy(engines, w->engines, w->nr_engines * sizeof(*engines));
	w->engines = engines;
	if (!w->hardware)
		w->hardware = wl_strdup(&w->arena, text);
	if (!w->hardware)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	while (!ret && (word = strsep(&list, ",")))
		ret = add_class(w, word, text, error);
	return ret;
}

/* Not every model need have been measured. */
int wl_read_profile(const struct wl_file *file, struct wl_model *model)
{
	struct wl_file beside = *file;
	char *path;
	int ret = 0;

	if (!model->profiles)
		return 0;
	if (asprintf(&path, "%s/%s.tsv", model->profiles, model->name) < 0)
		return -ENOMEM;
	beside.path = path;
	beside.dir = strlen(model->profiles) + 1;
	if (!access(path, F_OK))
		ret = wl_read_cost_table(&beside, path + beside.dir, model);
	free(path);
	return ret;
}
