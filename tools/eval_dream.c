// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched eval --suite dream: policies on DREAM's scenarios, hardware and loads.
 */
#include "eval.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/workload.h>

#include "args.h"
#include "eval_pool.h"
#include "eval_run.h"
#include "eval_text.h"
#include "out.h"
#include "put.h"

/* Runs to be done, and where their lines go as they finish. */
struct sink {
	struct eval_task *tasks;
	FILE *file;
};

/* A workload that was read, and what was asked for. */
struct files {
	char scenario[EVAL_NAME];
	char hw[EVAL_NAME];
	const char *costs;
	struct xrsched_workload *workload;
};

struct library {
	size_t nr;
	struct files *files;
};

static const char *costs_of(const struct eval_key *key)
{
	return strcmp(key->load, "asis") ? "rsfix" : "asis";
}

/* Each is read once, however many runs there are on it. */
static int library_get(struct library *library, const struct eval_key *key,
		       const struct xrsched_workload **workload)
{
	const char *costs = costs_of(key);
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = key->scenario,
		.hardware = key->hw,
		.costs = costs,
	};
	struct xrsched_error error;
	struct files *files;

	for (size_t i = 0; i < library->nr; i++) {
		files = &library->files[i];
		*workload = files->workload;
		if (!strcmp(files->scenario, key->scenario) &&
		    !strcmp(files->hw, key->hw) && files->costs == costs)
			return 0;
	}
	library->files =
		realloc(library->files, (library->nr + 1) * sizeof(*files));
	if (!library->files)
		out_of_memory();
	files = &library->files[library->nr];
	if (xrsched_workload_load(&args, &files->workload, &error))
		return fail("%s", error.text);
	snprintf(files->scenario, EVAL_NAME, "%s", key->scenario);
	snprintf(files->hw, EVAL_NAME, "%s", key->hw);
	files->costs = costs;
	*workload = files->workload;
	library->nr++;
	return 0;
}

static void library_free(struct library *library)
{
	for (size_t i = 0; i < library->nr; i++)
		xrsched_workload_free(library->files[i].workload);
	free(library->files);
}

static void add_policies(struct eval_set *set, struct eval_key *key,
			 const struct eval_options *options)
{
	for (unsigned int i = 0; i < options->nr_seeds; i++) {
		key->seed = options->first_seed + i;
		for (unsigned int p = 0; p < options->policies.nr; p++) {
			snprintf(key->policy, EVAL_POLICY, "%s",
				 options->policies.text[p]);
			eval_set_add(set, key);
		}
	}
}

static void add_cells(struct eval_set *set, struct eval_key *key,
		      const struct eval_options *options)
{
	for (unsigned int s = 0; s < options->scenarios.nr; s++)
		for (unsigned int h = 0; h < options->hardware.nr; h++) {
			snprintf(key->scenario, EVAL_NAME, "%s",
				 options->scenarios.text[s]);
			snprintf(key->hw, EVAL_NAME, "%s",
				 options->hardware.text[h]);
			add_policies(set, key, options);
		}
}

/* Sets one member of the key to each value in turn and goes on with the next. */
static void add_groups(struct eval_set *set, struct eval_key *key,
		       const struct eval_options *options, unsigned int member)
{
	const struct {
		const struct eval_list *list;
		char *to;
	} members[] = {
		{ &options->loads, key->load },
		{ &options->phases, key->phase },
		{ &options->expired, key->expired },
		{ &options->cascades, key->cascade },
		{ &options->errors, key->error },
	};

	if (member == ELEMENTS(members)) {
		add_cells(set, key, options);
		return;
	}
	for (unsigned int i = 0; i < members[member].list->nr; i++) {
		snprintf(members[member].to, EVAL_NAME, "%s",
			 members[member].list->text[i]);
		add_groups(set, key, options, member + 1);
	}
}

/*
 * The runs asked for, added to those that are there.  A shard has all policies
 * of a seed and cell or none, so that its summary compares like with like.
 */
static void add_wanted(struct eval_set *set, const struct eval_options *options)
{
	struct eval_key key = { .seconds = options->seconds };
	struct eval_set all = { 0 };
	const struct eval_key *last = NULL;
	unsigned int shard = 0;

	add_groups(&all, &key, options, 0);
	eval_set_sort(&all);
	for (size_t i = 0; i < all.nr; i++) {
		const struct eval_key *k = &all.record[i].key;

		if (last &&
		    (last->seed != k->seed || !eval_same_group(last, k) ||
		     !eval_same_cell(last, k)))
			shard = (shard + 1) % options->nr_shards;
		last = k;
		if (shard == options->shard)
			eval_set_add(set, k);
	}
	eval_set_free(&all);
	eval_set_sort(set);
}

/* The runs that have no result yet. */
static int list_tasks(struct eval_set *set, struct library *library,
		      struct eval_task *tasks, size_t *nr)
{
	int ret = 0;

	*nr = 0;
	for (size_t i = 0; i < set->nr && !ret; i++) {
		struct eval_task *task = &tasks[*nr];

		if (set->record[i].line)
			continue;
		task->record = &set->record[i];
		ret = library_get(library, &task->record->key, &task->workload);
		(*nr)++;
	}
	return ret;
}

static char *run_task(void *arg, size_t index)
{
	struct sink *sink = arg;

	return eval_run(&sink->tasks[index]);
}

static void take_line(void *arg, size_t index, char *line)
{
	struct sink *sink = arg;
	struct eval_record *record = sink->tasks[index].record;

	eval_record_line(record, line);
	if (!sink->file)
		return;
	fprintf(sink->file, "%s\n", record->line);
	fflush(sink->file);
}

static void write_json(FILE *file, const json_t *array)
{
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		json_dumpf(item, file, JSON_REAL_PRECISION(15));
		fputc('\n', file);
	}
}

static int cannot_write(const char *path)
{
	return fail("%s: %s", path, strerror(errno ? errno : EIO));
}

/* Replaces a file as a whole, so that no moment finds it half written. */
static int rewrite(const char *path, const struct eval_set *set,
		   const json_t *summaries)
{
	struct sink sink;
	char *other;
	int ret = 0;

	if (asprintf(&other, "%s.new", path) < 0)
		out_of_memory();
	sink.file = fopen(other, "w");
	if (!sink.file) {
		ret = cannot_write(other);
		free(other);
		return ret;
	}
	for (size_t i = 0; i < set->nr; i++)
		if (set->record[i].line)
			fprintf(sink.file, "%s\n", set->record[i].line);
	if (summaries)
		write_json(sink.file, summaries);
	ret = ferror(sink.file);
	if (fclose(sink.file) || ret || rename(other, path))
		ret = cannot_write(path);
	free(other);
	return ret;
}

static int do_tasks(struct eval_task *tasks, size_t nr,
		    const struct eval_options *options)
{
	struct sink sink = { .tasks = tasks };
	int ret;

	if (options->out) {
		sink.file = fopen(options->out, "a");
		if (!sink.file)
			return cannot_write(options->out);
	} else if (options->app->json) {
		sink.file = stdout;
	}
	ret = eval_pool(nr, options->jobs, run_task, take_line, &sink);
	if (options->out && fclose(sink.file))
		ret = cannot_write(options->out);
	return ret;
}

static int run_missing(struct eval_set *set, const struct eval_options *options)
{
	struct eval_task *tasks = calloc(set->nr + 1, sizeof(*tasks));
	struct library library = { 0 };
	size_t nr;
	int ret;

	if (!tasks)
		out_of_memory();
	ret = list_tasks(set, &library, tasks, &nr);
	if (!ret && options->out)
		ret = rewrite(options->out, set, NULL);
	if (!ret)
		ret = do_tasks(tasks, nr, options);
	library_free(&library);
	free(tasks);
	return ret;
}

/* The end of every call: summaries, to the file and to the reader. */
static int finish(const struct eval_set *set,
		  const struct eval_options *options)
{
	json_t *summaries = eval_summaries(set);
	int ret = 0;

	if (options->out)
		ret = rewrite(options->out, set, summaries);
	if (options->app->json)
		write_json(stdout, summaries);
	else
		eval_text(summaries);
	json_decref(summaries);
	return ret;
}

int eval_dream(const struct eval_options *options)
{
	struct eval_set set = { 0 };
	int ret = 0;

	if (options->resume && !access(options->out, F_OK))
		ret = eval_set_read(&set, options->out);
	if (!ret) {
		add_wanted(&set, options);
		ret = run_missing(&set, options);
	}
	if (!ret)
		ret = finish(&set, options);
	eval_set_free(&set);
	return ret;
}

int eval_merge(const struct eval_options *options)
{
	struct eval_set set = { 0 };
	int ret = 0;

	for (unsigned int i = 0; i < options->files.nr && !ret; i++)
		ret = eval_set_read(&set, options->files.text[i]);
	if (!ret) {
		eval_set_sort(&set);
		if (!options->out && options->app->json)
			for (size_t i = 0; i < set.nr; i++)
				puts(set.record[i].line);
		ret = finish(&set, options);
	}
	eval_set_free(&set);
	return ret;
}
