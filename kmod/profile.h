/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's model: the core's model, its memory and its name.
 */
#ifndef XRS_PROFILE_H
#define XRS_PROFILE_H

#include <linux/kref.h>

#include "client.h"

struct xrsched_model_create;

/**
 * struct xrs_profile - A client's model; immutable
 * @model: what the core knows; its derived parts: xrs_device::lock
 * @ref: held by the handle and by each stream that uses it
 * @client: owner; outlives it, since its streams hold it and its handle is its
 * @mem: arrays of @model
 * @bytes: size of @mem, charged to the client
 * @name: for people
 * @handle: the client's handle, once published; constant
 */
struct xrs_profile {
	struct xrs_model model;
	struct kref ref;
	struct xrs_client *client;
	void *mem;
	size_t bytes;
	char name[XRS_NAME_LEN];
	u32 handle;
};

/**
 * xrs_profile_create() - make a model
 * @client: its owner
 * @arg: validated in full here; @arg->handle is filled in
 *
 * Return: 0, or as struct xrsched_model_create says.
 */
int xrs_profile_create(struct xrs_client *client,
		       struct xrsched_model_create *arg);

/** xrs_profile_destroy() - drop a handle */
int xrs_profile_destroy(struct xrs_client *client, u32 handle);

/** xrs_profile_close_all() - drop all handles of a file that is closed */
void xrs_profile_close_all(struct xrs_client *client);

/** xrs_profile_put() - give a reference back; process context */
void xrs_profile_put(struct xrs_profile *profile);

#endif /* XRS_PROFILE_H */
