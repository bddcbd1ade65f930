// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../clock.h"
#include "layer.h"
#include "net.h"

/**
 * struct net - A model
 * @nets: where it belongs
 * @next: the next one
 * @workload: its file
 * @model: what that says
 * @layers: its layers; those without an operation are not ready
 */
struct net {
	struct nets *nets;
	struct net *next;
	struct xrsched_workload *workload;
	struct xrsched_workload_model model;
	struct layer *layers;
};

/**
 * struct nets - All models that have been used
 * @opts: how they are run
 * @compute: the backend at work
 * @first: the models
 * @src: room for an input
 * @dst: room for an output
 * @cell: room for an LSTM's state
 * @room: floats that each of these holds
 * @dirty: floats of @src that are not the made-up input any more
 */
struct nets {
	struct net_opts opts;
	struct compute *compute;
	struct net *first;
	float *src;
	float *dst;
	float *cell;
	size_t room;
	size_t dirty;
};

int nets_open(const struct net_opts *opts, struct nets **nets)
{
	struct nets *n = calloc(1, sizeof(*n));
	int ret;

	if (!n)
		return -ENOMEM;
	n->opts = *opts;
	ret = opts->backend->open(&n->compute);
	if (ret) {
		free(n);
		return ret;
	}
	*nets = n;
	return 0;
}

static void net_free(struct net *net)
{
	for (unsigned int i = 0; net->layers && i < net->model.nr_layers; i++)
		if (net->layers[i].op)
			net->nets->opts.backend->release(net->layers[i].op);
	free(net->layers);
	xrsched_workload_free(net->workload);
	free(net);
}

void nets_close(struct nets *nets)
{
	struct net *net;

	while ((net = nets->first)) {
		nets->first = net->next;
		net_free(net);
	}
	nets->opts.backend->close(nets->compute);
	free(nets->src);
	free(nets->dst);
	free(nets->cell);
	free(nets);
}

static struct net *load(struct nets *nets, const char *name,
			struct xrsched_error *error)
{
	struct xrsched_workload_args args = { .size = sizeof(args),
					      .model = name };
	struct net *net = calloc(1, sizeof(*net));

	if (!net) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		return NULL;
	}
	net->nets = nets;
	if (xrsched_workload_load(&args, &net->workload, error))
		goto err_free;
	xrsched_workload_get_model(net->workload, 0, &net->model);
	net->layers = calloc(net->model.nr_layers, sizeof(*net->layers));
	if (!net->layers) {
		snprintf(error->text, sizeof(error->text), "out of memory");
		goto err_free;
	}
	net->next = nets->first;
	nets->first = net;
	return net;

err_free:
	net_free(net);
	return NULL;
}

struct net *nets_find(struct nets *nets, const char *name,
		      struct xrsched_error *error)
{
	for (struct net *net = nets->first; net; net = net->next)
		if (!strcmp(net->model.name, name))
			return net;
	return load(nets, name, error);
}

const struct xrsched_workload_model *net_model(const struct net *net)
{
	return &net->model;
}

/* The same weights in every process: keyed by seed, model and layer. */
static uint64_t layer_seed(const struct net *net, unsigned int layer)
{
	uint64_t hash = net->nets->opts.seed ^ 0xcbf29ce484222325;

	/* FNV-1a */
	for (const char *c = net->model.name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
	return (hash ^ layer) * 0x100000001b3;
}

static int grow(struct nets *nets, const struct layer *layer)
{
	size_t want =
		layer->inputs > layer->outputs ? layer->inputs : layer->outputs;
	float **const rooms[] = { &nets->src, &nets->dst, &nets->cell };

	if (layer_state(layer) > want)
		want = layer_state(layer);
	if (want <= nets->room)
		return 0;
	nets->room = 0;
	for (unsigned int i = 0; i < 3; i++) {
		free(*rooms[i]);
		/* A cache line: vector units like it. */
		*rooms[i] = aligned_alloc(64, (want * sizeof(float) + 63) &
						      ~(size_t)63);
	}
	if (!nets->src || !nets->dst || !nets->cell)
		return -ENOMEM;
	nets->room = want;
	nets->dirty = want;
	return 0;
}

int net_prepare(struct net *net, unsigned int layer)
{
	struct nets *nets = net->nets;
	struct layer *l;
	int ret;

	if (layer >= net->model.nr_layers)
		return -ENOENT;
	l = &net->layers[layer];
	if (l->op)
		return 0;
	ret = layer_prepare(nets->opts.backend, nets->compute,
			    &net->model.shapes[layer], nets->opts.scale,
			    layer_seed(net, layer), l);
	return ret ? ret : grow(nets, l);
}

/*
 * What the file does not hold is made up, anew where the last layer left its
 * own behind: what belongs to one client must not flow into another's output.
 */
static int read_input(struct nets *nets, const struct layer *l, int buffer)
{
	ssize_t got;

	layer_fill(nets->opts.seed, 1, nets->src, nets->dirty);
	nets->dirty = 0;
	if (layer_state(l) || buffer >= 0)
		nets->dirty = l->inputs;
	if (buffer < 0)
		return 0;
	got = pread(buffer, nets->src, l->inputs * sizeof(float), 0);
	return got < 0 ? -errno : 0;
}

/* As much as the file has room for: it is the client's, and stays as large. */
static int write_output(const struct nets *nets, const struct layer *l,
			int buffer)
{
	size_t size = l->outputs * sizeof(float);
	off_t room;

	if (buffer < 0)
		return 0;
	room = lseek(buffer, 0, SEEK_END);
	if (room < 0)
		return -errno;
	if (size > (size_t)room)
		size = room;
	return pwrite(buffer, nets->dst, size, 0) < 0 ? -errno : 0;
}

int net_run(struct net *net, unsigned int layer, int buffer, uint64_t *busy_ns)
{
	struct nets *nets = net->nets;
	struct layer *l;
	int ret;

	ret = net_prepare(net, layer);
	if (ret)
		return ret;
	l = &net->layers[layer];
	ret = read_input(nets, l, buffer);
	if (ret)
		return ret;
	*busy_ns = now_ns();
	ret = layer_run(nets->opts.backend, nets->compute, l, nets->src,
			nets->dst, nets->cell);
	*busy_ns = now_ns() - *busy_ns;
	return ret ? ret : write_output(nets, l, buffer);
}
