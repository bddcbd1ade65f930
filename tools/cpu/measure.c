// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a model's layers cost on this engine: a table as the loader of workloads
 * takes it (Documentation/workload-format.md, measured costs).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "options.h"

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Median of several runs; the one before them warms up. */
static int measure_layer(const struct options *o, struct net *net,
			 unsigned int layer, uint64_t *busy_ns)
{
	uint64_t *times = calloc(o->runs, sizeof(*times));
	uint64_t warm;
	int ret;

	if (!times)
		return -ENOMEM;
	ret = net_run(net, layer, -1, &warm);
	for (unsigned int i = 0; i < o->runs && !ret; i++)
		ret = net_run(net, layer, -1, &times[i]);
	qsort(times, o->runs, sizeof(*times), by_size);
	/* A layer has to take some time. */
	*busy_ns = times[o->runs / 2] ? times[o->runs / 2] : 1;
	free(times);
	return ret;
}

/* Once a second, where somebody looks. */
static void progress(const struct options *o, const char *name,
		     unsigned int done, unsigned int nr)
{
	static time_t last;
	time_t now = time(NULL);

	if (o->quiet || (now == last && done < nr))
		return;
	last = now;
	fprintf(stderr, "\rmeasuring %s: layer %u of %u%s", name, done, nr,
		done == nr ? "\n" : "");
}

static int measure_layers(const struct options *o, struct net *net,
			  FILE *stream)
{
	const struct xrsched_workload_model *model = net_model(net);
	unsigned int layer = 0;
	uint64_t busy_ns;
	int ret;

	fprintf(stream, "variant\tlayer\t%s.latency_ns\t%s.energy_pj\n",
		o->class_name, o->class_name);
	for (unsigned int v = 0; v < model->nr_variants; v++)
		for (unsigned int i = 0; i < model->variants[v].nr_layers;
		     i++) {
			ret = measure_layer(o, net, layer++, &busy_ns);
			if (ret)
				return ret;
			fprintf(stream, "%s\t%u\t%" PRIu64 "\t%" PRIu64 "\n",
				model->variant_names[v], i, busy_ns,
				energy_pj(o, busy_ns));
			progress(o, model->name, layer, model->nr_layers);
		}
	return 0;
}

/* The table appears whole or not at all. */
static int measure_to_file(const struct options *o, struct net *net)
{
	char *path = NULL, *draft = NULL;
	FILE *stream;
	int ret = -ENOMEM;

	if (asprintf(&path, "%s/%s.tsv", o->profiles, net_model(net)->name) < 0)
		return ret;
	if (asprintf(&draft, "%s.part", path) < 0)
		goto out_free;
	stream = fopen(draft, "w");
	ret = stream ? measure_layers(o, net, stream) : -errno;
	if (stream && fclose(stream) && !ret)
		ret = -errno;
	if (!ret && rename(draft, path))
		ret = -errno;
	if (ret && stream)
		remove(draft);
	free(draft);
out_free:
	free(path);
	return ret;
}

int measure(const struct options *o, struct nets *nets)
{
	char *list = o->models, *name;

	while ((name = strsep(&list, ","))) {
		struct xrsched_error error;
		struct net *net = nets_find(nets, name, &error);
		int ret;

		if (!net) {
			fprintf(stderr, "xrsched-engine-cpu: %s\n", error.text);
			return EXIT_FAILURE;
		}
		ret = o->profiles ? measure_to_file(o, net)
				  : measure_layers(o, net, stdout);
		if (ret) {
			fprintf(stderr,
				"xrsched-engine-cpu: %s cannot be measured: "
				"%s\n",
				name,
				ret == -EOPNOTSUPP
					? "its file does not say what its "
					  "layers compute"
					: strerror(-ret));
			return EXIT_FAILURE;
		}
	}
	return EXIT_SUCCESS;
}
