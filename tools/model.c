// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched model: what models cost on engines that are real.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "cmd.h"
#include "model_file.h"
#include "out.h"
#include "put.h"
#include "served.h"

#define LINE_SIZE 512

/**
 * struct profile_opts - Options of xrsched model profile
 * @models: names, separated by commas.
 * @class_name: class of engine.
 * @scale: channels are multiplied by it, as typed.
 * @dir: where the tables go.
 * @workload: where model files go, NULL: none are written.
 */
struct profile_opts {
	const char *models;
	const char *class_name;
	const char *scale;
	const char *dir;
	const char *workload;
};

static const struct argp_option profile_options[] = {
	{ "class", 'c', "CLASS", 0,
	  "Class of the engine; the program xrsched-engine-CLASS measures "
	  "(cpu)",
	  0 },
	{ "dir", 'o', "DIR", 0,
	  "Directory for the tables, MODEL.tsv each, made if need be (.)", 0 },
	{ "workload", 'w', "DIR",
	  0, "Also write the models themselves, with these costs, as DIR/MODEL.json",
	  0 },
	{ "scale", 's', "F", 0, "Channels of every layer times F (1)", 0 },
	{ 0 },
};

static error_t profile_parse(int key, char *arg, struct argp_state *state)
{
	struct profile_opts *opts = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		opts->class_name = "cpu";
		opts->dir = ".";
		opts->scale = "1";
		return 0;
	case 'c':
		opts->class_name = arg;
		return 0;
	case 'o':
		opts->dir = arg;
		return 0;
	case 's':
		opts->scale = arg;
		return 0;
	case 'w':
		opts->workload = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (opts->models)
			argp_error(state, "several models with commas between "
					  "them");
		opts->models = arg;
		return 0;
	case ARGP_KEY_END:
		if (!opts->models)
			argp_error(state, "which model? \"xrsched workload "
					  "list models\" has them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/**
 * struct times - What the layers of a model took
 * @ns: by layer.
 * @nr: layers.
 * @sum_ns: all of them.
 */
struct times {
	double *ns;
	size_t nr;
	double sum_ns;
};

/* DIR/MODEL.tsv, as what measures names it; the model may be given by its path. */
static int table_path(char *path, const char *dir, const char *model)
{
	const char *slash = strrchr(model, '/');
	const char *name = slash ? slash + 1 : model;
	size_t len = strlen(name);

	if (len > 5 && !strcmp(name + len - 5, ".json"))
		len -= 5;
	if (snprintf(path, PATH_MAX, "%s/%.*s.tsv", dir, (int)len, name) >=
	    PATH_MAX)
		return fail("%s: the name is too long", dir);
	return 0;
}

/* Reads a table that was just measured: variant, layer, latency, energy. */
static int read_times(const char *dir, const char *model, struct times *times)
{
	char path[PATH_MAX], line[LINE_SIZE];
	uint64_t ns;
	FILE *file;
	int ret = 0;

	memset(times, 0, sizeof(*times));
	ret = table_path(path, dir, model);
	if (ret)
		return ret;
	file = fopen(path, "re");
	if (!file)
		return fail("%s: %s", path, strerror(errno));
	while (!ret && fgets(line, sizeof(line), file)) {
		double *more;

		if (sscanf(line, "%*[^\t]\t%*u\t%" SCNu64, &ns) != 1)
			continue;
		more = realloc(times->ns, (times->nr + 1) * sizeof(*more));
		if (!more) {
			ret = fail("out of memory");
			break;
		}
		times->ns = more;
		times->ns[times->nr++] = ns;
		times->sum_ns += ns;
	}
	fclose(file);
	if (!ret && !times->nr)
		ret = fail("%s: no layer was measured", path);
	return ret;
}

static int by_size(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * How far the first measurement predicts the second, layer by layer: shares of
 * what it said, sorted into @first's place.
 */
static void errors_of(struct times *first, const struct times *second)
{
	for (size_t i = 0; i < first->nr; i++) {
		double off = second->ns[i] - first->ns[i];

		first->ns[i] = (off < 0 ? -off : off) / first->ns[i];
	}
	qsort(first->ns, first->nr, sizeof(*first->ns), by_size);
}

/* Nearest rank. */
static double quantile(const struct times *times, unsigned int per_cent)
{
	size_t rank = (times->nr * per_cent + 99) / 100;

	return times->ns[rank ? rank - 1 : 0];
}

static int add_row(const struct profile_opts *opts, const char *scratch,
		   const char *model, json_t *rows)
{
	struct times first = { 0 }, second = { 0 };
	char path[PATH_MAX];
	json_t *row;
	int ret = read_times(opts->dir, model, &first);

	if (!ret)
		ret = read_times(scratch, model, &second);
	if (!ret && first.nr != second.nr)
		ret = fail("%s: measured twice, with another number of layers",
			   model);
	if (!ret) {
		row = put_object();
		put_text(row, "model", model);
		put_text(row, "class", opts->class_name);
		put_count(row, "layers", first.nr);
		put_count(row, "latency_ns", first.sum_ns);
		errors_of(&first, &second);
		put_real(row, "error_p50", quantile(&first, 50));
		put_real(row, "error_p95", quantile(&first, 95));
		table_path(path, opts->dir, model);
		put_text(row, "file", path);
		if (opts->workload)
			ret = model_file_write(model, opts->class_name, path,
					       opts->workload);
		put_append(rows, row);
	}
	free(first.ns);
	free(second.ns);
	return ret;
}

/* The second measurement is of no further use. */
static void remove_table(const char *dir, const char *model)
{
	char path[PATH_MAX];

	if (!table_path(path, dir, model))
		unlink(path);
}

static const struct out_column columns[] = {
	{ "model", "model", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "latency_ns", "all layers", OUT_TIME, 0 },
	{ "error_p50", "error p50", OUT_SHARE, 0 },
	{ "error_p95", "p95", OUT_SHARE, 0 },
	{ "file", "file", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .columns = columns },
	{ 0 },
};

static int measure_twice(const struct profile_opts *opts, const char *scratch)
{
	int ret = served_profile(opts->models, opts->class_name, opts->scale,
				 opts->dir);

	return ret ? ret
		   : served_profile(opts->models, opts->class_name, opts->scale,
				    scratch);
}

/* With those above it. */
static int make_dir(const char *dir)
{
	char path[PATH_MAX];
	char *slash = path;

	if (snprintf(path, sizeof(path), "%s", dir) >= (int)sizeof(path))
		return fail("%s: the name is too long", dir);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		mkdir(path, 0777);
		*slash = '/';
	}
	if (mkdir(dir, 0777) && errno != EEXIST)
		return fail("%s: %s", dir, strerror(errno));
	return 0;
}

static int profile_run(struct app *app, void *opts_)
{
	const struct profile_opts *opts = opts_;
	char scratch[] = "/tmp/xrsched-profile-XXXXXX";
	json_t *rows = put_array();
	char *list, *left, *model;
	int ret = 0;

	ret = make_dir(opts->dir);
	if (!ret && opts->workload)
		ret = make_dir(opts->workload);
	if (!ret && !mkdtemp(scratch))
		ret = fail("no directory for a second measurement: %s",
			   strerror(errno));
	list = strdup(opts->models);
	if (ret || !list) {
		free(list);
		json_decref(rows);
		return ret ? ret : fail("out of memory");
	}
	ret = measure_twice(opts, scratch);
	for (left = list; (model = strsep(&left, ","));) {
		if (!ret)
			ret = add_row(opts, scratch, model, rows);
		remove_table(scratch, model);
	}
	rmdir(scratch);
	free(list);
	if (ret)
		json_decref(rows);
	else
		out_print(app, rows, view);
	return ret;
}

static const struct cmd verbs[] = {
	{
		.name = "profile",
		.args = "MODEL[,MODEL...]",
		.brief = "Measure what models cost on an engine of a class",
		.doc = "Each layer runs several times; the table has the "
		       "median, in a form that --profiles of sim and run "
		       "takes.  All is measured a second time: \"error\" is "
		       "how far off the table was then, as a share of what it "
		       "says, over the layers.\n"
		       "\n"
		       "  xrsched model profile KWS-res8,GNMT,SkipNet "
		       "--scale 0.05 --dir ./profiles\n"
		       "  xrsched sim AR_Call --engines cpu:2 --profiles "
		       "./profiles\n"
		       "\n"
		       "These are all the models of AR_Call, which \"xrsched "
		       "workload show AR_Call\" lists: one that was not "
		       "measured has no engine that can run it.\n"
		       "\n"
		       "With --workload the models are written as files of "
		       "their own (workload-format.md), with the class in each "
		       "of their cost sets.  A scenario in the same directory "
		       "finds them first:\n"
		       "\n"
		       "  xrsched model profile KWS-res8,GNMT,SkipNet "
		       "--scale 0.05 -w ./mine\n"
		       "  cp build/share/xrsched/scenarios/AR_Call.json "
		       "./mine/\n"
		       "  xrsched sim ./mine/AR_Call.json --engines cpu:2",
		.options = profile_options,
		.parse = profile_parse,
		.opts_size = sizeof(struct profile_opts),
		.run = profile_run,
	},
	{ 0 },
};

const struct cmd cmd_model = {
	.name = "model",
	.args = "VERB",
	.brief = "Measure models on real engines",
	.doc = "What a layer costs on an engine is measured, not guessed.",
	.verbs = verbs,
};
