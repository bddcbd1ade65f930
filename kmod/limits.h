/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much a client, all clients of a user, and all clients of a device may
 * have.
 */

/**
 * DOC: Limits
 *
 * A device has a value for each enum xrs_limit_id.  The module's parameters are
 * where devices get theirs from: one that is set is set for all devices there
 * are, and for those to come.  Netlink (limits-set) and the device's sysfs
 * attributes set one device's.  What exists when a limit is lowered stays.
 *
 * What counts against a client's limit is refused with -ENOSPC (jobs: -EAGAIN,
 * and can be waited for), against a user's with -EDQUOT, against a device's
 * with -ENOSPC.  A user is a real user id; processes that had CAP_SYS_RESOURCE
 * when they opened the file count, but are not refused.
 */
#ifndef XRS_LIMITS_H
#define XRS_LIMITS_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct attribute_group;
struct xrs_client;
struct xrs_device;

/**
 * enum xrs_limit_id - What is limited
 * @XRS_LIMIT_MODELS: models a client may hold
 * @XRS_LIMIT_MODEL_BYTES: memory of a client's models
 * @XRS_LIMIT_STREAMS: streams a client may hold
 * @XRS_LIMIT_JOBS: jobs a client may have submitted and not yet read
 * @XRS_LIMIT_RINGS: pairs of rings a client may have
 * @XRS_LIMIT_RING_BYTES: memory of these
 * @XRS_LIMIT_USER_CLIENTS: files a user may have open
 * @XRS_LIMIT_USER_MODEL_BYTES: memory of a user's models
 * @XRS_LIMIT_USER_STREAMS: streams of all clients of a user
 * @XRS_LIMIT_USER_JOBS: jobs of all clients of a user
 * @XRS_LIMIT_DEVICE_CLIENTS: open files of a device
 * @XRS_LIMIT_DEVICE_STREAMS: streams on a device
 * @XRS_LIMIT_DEVICE_JOBS: jobs of a device that were not yet read
 * @XRS_LIMIT_DEVICE_RING_BYTES: memory of all rings of a device
 * @XRS_LIMIT_NR: how many these are
 */
enum xrs_limit_id {
	XRS_LIMIT_MODELS,
	XRS_LIMIT_MODEL_BYTES,
	XRS_LIMIT_STREAMS,
	XRS_LIMIT_JOBS,
	XRS_LIMIT_RINGS,
	XRS_LIMIT_RING_BYTES,
	XRS_LIMIT_USER_CLIENTS,
	XRS_LIMIT_USER_MODEL_BYTES,
	XRS_LIMIT_USER_STREAMS,
	XRS_LIMIT_USER_JOBS,
	XRS_LIMIT_DEVICE_CLIENTS,
	XRS_LIMIT_DEVICE_STREAMS,
	XRS_LIMIT_DEVICE_JOBS,
	XRS_LIMIT_DEVICE_RING_BYTES,
	XRS_LIMIT_NR
};

/**
 * struct xrs_limits - A device's limits, and what counts against them
 * @max: the limits; written with WRITE_ONCE(), read by xrs_limit()
 * @nr_jobs: jobs of all its clients that were not yet read; xrs_device::lock
 * @ring_bytes: memory of all its rings; xrs_device::lock
 */
struct xrs_limits {
	u32 max[XRS_LIMIT_NR];
	u32 nr_jobs;
	u64 ring_bytes;
};

/**
 * struct xrs_user - What a user has on a device
 * @node: in xrs_device::users
 * @uid: who; constant
 * @model_bytes: memory of the models of all its clients
 * @nr_refs: clients that point here; this and the rest: xrs_device::lock
 * @nr_clients: files it has open
 * @nr_streams: streams of its clients, those that are about to go included
 * @nr_jobs: jobs of its clients that were not yet read
 */
struct xrs_user {
	struct hlist_node node;
	kuid_t uid;
	atomic_long_t model_bytes;
	u32 nr_refs;
	u32 nr_clients;
	u32 nr_streams;
	u32 nr_jobs;
};

/**
 * struct xrs_limit_info - About a limit
 * @name: as in sysfs
 * @min: least value
 * @max: greatest value
 */
struct xrs_limit_info {
	const char *name;
	u32 min;
	u32 max;
};

extern const struct xrs_limit_info xrs_limit_table[XRS_LIMIT_NR];
extern const struct attribute_group *xrs_limit_groups[];

/** xrs_limits_init() - give a device those of the module */
void xrs_limits_init(struct xrs_limits *limits);

/**
 * xrs_limits_set() - change some of a device's limits
 * @dev: device
 * @max: values; 0 for those that stay
 *
 * Context: process.
 * Return: 0, -ERANGE (nothing has changed) or -ENODEV.
 */
int xrs_limits_set(struct xrs_device *dev, const u32 *max);

/**
 * struct xrs_limits_info - A device's limits and what counts against them
 * @max: limits
 * @nr_clients: open files
 * @nr_streams: streams
 * @nr_jobs: jobs not yet read
 * @ring_bytes: memory of rings
 */
struct xrs_limits_info {
	u32 max[XRS_LIMIT_NR];
	u32 nr_clients;
	u32 nr_streams;
	u32 nr_jobs;
	u64 ring_bytes;
};

/** xrs_limits_info() - take a picture of them; 0 or -ENODEV */
int xrs_limits_info(struct xrs_device *dev, struct xrs_limits_info *info);

/**
 * xrs_user_enter() - a client that was opened becomes one of its user's
 * @client: client, not yet to be seen by others; its user is filled in
 * @spare: memory for a user that was not there yet; NULL where it was used
 *
 * Context: process; xrs_device::lock held.
 * Return: 0, -EDQUOT or -ENOSPC.
 */
int xrs_user_enter(struct xrs_client *client, struct xrs_user **spare);

/**
 * xrs_user_leave() - the last that is left of a client goes
 * @client: client
 *
 * Context: process; takes xrs_device::lock.
 */
void xrs_user_leave(struct xrs_client *client);

#endif /* XRS_LIMITS_H */
