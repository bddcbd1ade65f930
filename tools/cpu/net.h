/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models that this engine knows: layers are made ready when they are first
 * needed, or beforehand.
 */
#ifndef NET_H
#define NET_H

#include <xrsched/workload.h>

#include "compute.h"

/**
 * struct net_opts - How models are run
 * @backend: what computes.
 * @scale: channels are multiplied by it.
 * @seed: what weights and inputs are drawn from.
 */
struct net_opts {
	const struct compute_backend *backend;
	double scale;
	uint64_t seed;
};

/** struct nets - All models that have been used (opaque) */
struct nets;

/** struct net - A model (opaque) */
struct net;

/**
 * nets_open() - begin without models
 * @opts: how they are run.
 * @nets: set to the handle.
 *
 * Return: 0 or -errno.
 */
int nets_open(const struct net_opts *opts, struct nets **nets);

/** nets_close() - give all models up */
void nets_close(struct nets *nets);

/**
 * nets_find() - look a model up, load it if need be
 * @nets: the handle.
 * @name: its name, or the path of its file.
 * @error: what is wrong.
 *
 * Return: the model, or NULL.
 */
struct net *nets_find(struct nets *nets, const char *name,
		      struct xrsched_error *error);

/** net_model() - what its file says */
const struct xrsched_workload_model *net_model(const struct net *net);

/**
 * net_prepare() - make a layer ready
 * @net: the model.
 * @layer: index of the layer in the model.
 *
 * Return: 0 or -errno: -ENOENT (no such layer), -EOPNOTSUPP (its file does not
 * say what it computes), -ENOMEM.
 */
int net_prepare(struct net *net, unsigned int layer);

/**
 * net_run() - compute a layer
 * @net: the model.
 * @layer: index of the layer in the model; made ready if it is not.
 * @buffer: file that holds the live activations, read before and written
 *          afterwards as far as it goes; -1: the input is made up, the output
 *          lost.
 * @busy_ns: set to the time that the computation took.
 *
 * Return: 0 or -errno, as net_prepare() or as reading and writing the file.
 */
int net_run(struct net *net, unsigned int layer, int buffer, uint64_t *busy_ns);

#endif /* NET_H */
