// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of devices and of users: where they come from, and who has what.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/hashtable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "client.h"
#include "limits.h"

const struct xrs_limit_info xrs_limit_table[XRS_LIMIT_NR] = {
	[XRS_LIMIT_MODELS] = { "max_models", 1, 4096 },
	[XRS_LIMIT_MODEL_BYTES] = { "max_model_bytes", 4096, 1 << 30 },
	[XRS_LIMIT_STREAMS] = { "max_streams", 1, 65536 },
	[XRS_LIMIT_JOBS] = { "max_jobs", 1, 1 << 20 },
	[XRS_LIMIT_RINGS] = { "max_rings", 1, 4096 },
	[XRS_LIMIT_RING_BYTES] = { "max_ring_bytes", 4096, 1 << 30 },
	[XRS_LIMIT_USER_CLIENTS] = { "max_user_clients", 1, 1 << 20 },
	[XRS_LIMIT_USER_MODEL_BYTES] = {
		"max_user_model_bytes", 4096, 1 << 30
	},
	[XRS_LIMIT_USER_STREAMS] = { "max_user_streams", 1, 65536 },
	[XRS_LIMIT_USER_JOBS] = { "max_user_jobs", 1, 1 << 24 },
	[XRS_LIMIT_DEVICE_CLIENTS] = { "max_device_clients", 1, 1 << 20 },
	[XRS_LIMIT_DEVICE_STREAMS] = { "max_device_streams", 1, 65536 },
	[XRS_LIMIT_DEVICE_JOBS] = { "max_device_jobs", 1, 1 << 24 },
	[XRS_LIMIT_DEVICE_RING_BYTES] = {
		"max_device_ring_bytes", 4096, 1 << 30
	},
};

/* ----- the module's parameters ------------------------------------------- */

/* What devices begin with. */
static u32 defaults[XRS_LIMIT_NR] = {
	[XRS_LIMIT_MODELS] = 64,
	[XRS_LIMIT_MODEL_BYTES] = 64 << 20,
	[XRS_LIMIT_STREAMS] = 256,
	[XRS_LIMIT_JOBS] = 4096,
	[XRS_LIMIT_RINGS] = 16,
	[XRS_LIMIT_RING_BYTES] = 16 << 20,
	[XRS_LIMIT_USER_CLIENTS] = 256,
	[XRS_LIMIT_USER_MODEL_BYTES] = 256 << 20,
	[XRS_LIMIT_USER_STREAMS] = 1024,
	[XRS_LIMIT_USER_JOBS] = 1 << 16,
	[XRS_LIMIT_DEVICE_CLIENTS] = 4096,
	[XRS_LIMIT_DEVICE_STREAMS] = 4096,
	[XRS_LIMIT_DEVICE_JOBS] = 1 << 18,
	[XRS_LIMIT_DEVICE_RING_BYTES] = 256 << 20,
};

static int param_set(const char *val, const struct kernel_param *kp)
{
	u32 id = (u32 *)kp->arg - defaults;
	u32 max[XRS_LIMIT_NR] = {};
	struct xrs_device *dev;
	unsigned int value;
	u32 nr;
	int ret;

	ret = kstrtouint(val, 0, &value);
	if (ret)
		return ret;
	if (value < xrs_limit_table[id].min || value > xrs_limit_table[id].max)
		return -EINVAL;
	WRITE_ONCE(defaults[id], value);
	max[id] = value;
	/* A device that comes meanwhile takes the new value by itself. */
	for (nr = 0; (dev = xrs_device_next(&nr)); nr++) {
		xrs_limits_set(dev, max);
		xrs_device_put(dev);
	}
	return 0;
}

static int param_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(*(u32 *)kp->arg));
}

static const struct kernel_param_ops param_ops = {
	.set = param_set,
	.get = param_get,
};

module_param_cb(max_models, &param_ops, &defaults[XRS_LIMIT_MODELS], 0644);
MODULE_PARM_DESC(max_models, "models a client may hold (default 64)");

module_param_cb(max_model_bytes, &param_ops,
		&defaults[XRS_LIMIT_MODEL_BYTES], 0644);
MODULE_PARM_DESC(max_model_bytes,
		 "memory of a client's models in bytes (default 64 MiB)");

module_param_cb(max_streams, &param_ops, &defaults[XRS_LIMIT_STREAMS], 0644);
MODULE_PARM_DESC(max_streams, "streams a client may hold (default 256)");

module_param_cb(max_jobs, &param_ops, &defaults[XRS_LIMIT_JOBS], 0644);
MODULE_PARM_DESC(max_jobs,
		 "jobs a client may have submitted and not yet read (default 4096)");

module_param_cb(max_rings, &param_ops, &defaults[XRS_LIMIT_RINGS], 0644);
MODULE_PARM_DESC(max_rings, "pairs of rings a client may have (default 16)");

module_param_cb(max_ring_bytes, &param_ops,
		&defaults[XRS_LIMIT_RING_BYTES], 0644);
MODULE_PARM_DESC(max_ring_bytes,
		 "memory of a client's rings in bytes, within RLIMIT_MEMLOCK (default 16 MiB)");

module_param_cb(max_user_clients, &param_ops,
		&defaults[XRS_LIMIT_USER_CLIENTS], 0644);
MODULE_PARM_DESC(max_user_clients,
		 "files of a device that a user may have open (default 256)");

module_param_cb(max_user_model_bytes, &param_ops,
		&defaults[XRS_LIMIT_USER_MODEL_BYTES], 0644);
MODULE_PARM_DESC(max_user_model_bytes,
		 "memory of a user's models in bytes (default 256 MiB)");

module_param_cb(max_user_streams, &param_ops,
		&defaults[XRS_LIMIT_USER_STREAMS], 0644);
MODULE_PARM_DESC(max_user_streams,
		 "streams a user may have on a device (default 1024)");

module_param_cb(max_user_jobs, &param_ops,
		&defaults[XRS_LIMIT_USER_JOBS], 0644);
MODULE_PARM_DESC(max_user_jobs,
		 "jobs a user may have on a device and not yet read (default 65536)");

module_param_cb(max_device_clients, &param_ops,
		&defaults[XRS_LIMIT_DEVICE_CLIENTS], 0644);
MODULE_PARM_DESC(max_device_clients, "open files of a device (default 4096)");

module_param_cb(max_device_streams, &param_ops,
		&defaults[XRS_LIMIT_DEVICE_STREAMS], 0644);
MODULE_PARM_DESC(max_device_streams, "streams on a device (default 4096)");

module_param_cb(max_device_jobs, &param_ops,
		&defaults[XRS_LIMIT_DEVICE_JOBS], 0644);
MODULE_PARM_DESC(max_device_jobs,
		 "jobs of a device that were not yet read (default 262144)");

module_param_cb(max_device_ring_bytes, &param_ops,
		&defaults[XRS_LIMIT_DEVICE_RING_BYTES], 0644);
MODULE_PARM_DESC(max_device_ring_bytes,
		 "memory of all rings of a device in bytes (default 256 MiB)");

void xrs_limits_init(struct xrs_limits *limits)
{
	u32 id;

	for (id = 0; id < XRS_LIMIT_NR; id++)
		WRITE_ONCE(limits->max[id], READ_ONCE(defaults[id]));
}

/* ----- a device's -------------------------------------------------------- */

int xrs_limits_set(struct xrs_device *dev, const u32 *max)
{
	int ret = -ENODEV;
	u32 id;

	for (id = 0; id < XRS_LIMIT_NR; id++)
		if (max[id] && (max[id] < xrs_limit_table[id].min ||
				max[id] > xrs_limit_table[id].max))
			return -ERANGE;
	spin_lock_irq(&dev->lock);
	if (dev->gone)
		goto unlock;
	for (id = 0; id < XRS_LIMIT_NR; id++)
		if (max[id])
			WRITE_ONCE(dev->limits.max[id], max[id]);
	/* Those who wait for room may have it now. */
	xrs_client_kick_all(dev);
	xrs_device_run(dev);
	ret = 0;
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_limits_info(struct xrs_device *dev, struct xrs_limits_info *info)
{
	int ret = 0;

	spin_lock_irq(&dev->lock);
	if (dev->gone)
		ret = -ENODEV;
	memcpy(info->max, dev->limits.max, sizeof(info->max));
	info->nr_clients = dev->nr_clients;
	info->nr_streams = dev->core.nr_streams;
	info->nr_jobs = dev->limits.nr_jobs;
	info->ring_bytes = dev->limits.ring_bytes;
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* ----- sysfs ------------------------------------------------------------- */

/**
 * struct limit_attr - A file of a device's folder "limits"
 * @attr: the file
 * @id: what it is about
 */
struct limit_attr {
	struct device_attribute attr;
	enum xrs_limit_id id;
};

static ssize_t limit_show(struct device *device, struct device_attribute *attr,
			  char *buf)
{
	struct xrs_device *dev = container_of(device, struct xrs_device, dev);
	u32 id = container_of(attr, struct limit_attr, attr)->id;

	return sysfs_emit(buf, "%u\n", xrs_limit(dev, id));
}

static ssize_t limit_store(struct device *device, struct device_attribute *attr,
			   const char *buf, size_t count)
{
	struct xrs_device *dev = container_of(device, struct xrs_device, dev);
	u32 id = container_of(attr, struct limit_attr, attr)->id;
	u32 max[XRS_LIMIT_NR] = {};
	int ret;

	ret = kstrtou32(buf, 0, &max[id]);
	if (ret)
		return ret;
	/* 0 is none of them, and means another thing to xrs_limits_set(). */
	ret = max[id] ? xrs_limits_set(dev, max) : -ERANGE;
	return ret ? ret : count;
}

#define LIMIT_FILE(name, which)						\
	static struct limit_attr limit_##name = {			\
		__ATTR(name, 0644, limit_show, limit_store), which	\
	}

LIMIT_FILE(max_models, XRS_LIMIT_MODELS);
LIMIT_FILE(max_model_bytes, XRS_LIMIT_MODEL_BYTES);
LIMIT_FILE(max_streams, XRS_LIMIT_STREAMS);
LIMIT_FILE(max_jobs, XRS_LIMIT_JOBS);
LIMIT_FILE(max_rings, XRS_LIMIT_RINGS);
LIMIT_FILE(max_ring_bytes, XRS_LIMIT_RING_BYTES);
LIMIT_FILE(max_user_clients, XRS_LIMIT_USER_CLIENTS);
LIMIT_FILE(max_user_model_bytes, XRS_LIMIT_USER_MODEL_BYTES);
LIMIT_FILE(max_user_streams, XRS_LIMIT_USER_STREAMS);
LIMIT_FILE(max_user_jobs, XRS_LIMIT_USER_JOBS);
LIMIT_FILE(max_device_clients, XRS_LIMIT_DEVICE_CLIENTS);
LIMIT_FILE(max_device_streams, XRS_LIMIT_DEVICE_STREAMS);
LIMIT_FILE(max_device_jobs, XRS_LIMIT_DEVICE_JOBS);
LIMIT_FILE(max_device_ring_bytes, XRS_LIMIT_DEVICE_RING_BYTES);

static struct attribute *limit_attrs[] = {
	&limit_max_models.attr.attr,
	&limit_max_model_bytes.attr.attr,
	&limit_max_streams.attr.attr,
	&limit_max_jobs.attr.attr,
	&limit_max_rings.attr.attr,
	&limit_max_ring_bytes.attr.attr,
	&limit_max_user_clients.attr.attr,
	&limit_max_user_model_bytes.attr.attr,
	&limit_max_user_streams.attr.attr,
	&limit_max_user_jobs.attr.attr,
	&limit_max_device_clients.attr.attr,
	&limit_max_device_streams.attr.attr,
	&limit_max_device_jobs.attr.attr,
	&limit_max_device_ring_bytes.attr.attr,
	NULL
};

static const struct attribute_group limit_group = {
	.name = "limits",
	.attrs = limit_attrs,
};

#define USED_FILE(name, member, type)					\
static ssize_t name##_show(struct device *device,			\
			   struct device_attribute *attr, char *buf)	\
{									\
	struct xrs_limits_info info;					\
	int ret;							\
									\
	ret = xrs_limits_info(container_of(device, struct xrs_device,	\
					   dev), &info);		\
	return ret ? ret : sysfs_emit(buf, type "\n", info.member);	\
}									\
static DEVICE_ATTR_RO(name)

USED_FILE(clients, nr_clients, "%u");
USED_FILE(streams, nr_streams, "%u");
USED_FILE(jobs, nr_jobs, "%u");
USED_FILE(ring_bytes, ring_bytes, "%llu");

static ssize_t policy_show(struct device *device,
			   struct device_attribute *attr, char *buf)
{
	struct xrs_device_info info;
	int ret;

	ret = xrs_device_info(container_of(device, struct xrs_device, dev),
			      &info);
	return ret ? ret : sysfs_emit(buf, "%s\n", info.policy->name);
}
static DEVICE_ATTR_RO(policy);

static struct attribute *used_attrs[] = {
	&dev_attr_clients.attr,
	&dev_attr_streams.attr,
	&dev_attr_jobs.attr,
	&dev_attr_ring_bytes.attr,
	&dev_attr_policy.attr,
	NULL
};

static const struct attribute_group used_group = {
	.attrs = used_attrs,
};

const struct attribute_group *xrs_limit_groups[] = {
	&used_group,
	&limit_group,
	NULL
};

/* ----- users ------------------------------------------------------------- */

static struct xrs_user *user_find(struct xrs_device *dev, kuid_t uid)
{
	struct xrs_user *user;

	hash_for_each_possible(dev->users, user, node, __kuid_val(uid))
		if (uid_eq(user->uid, uid))
			return user;
	return NULL;
}

int xrs_user_enter(struct xrs_client *client, struct xrs_user **spare)
{
	struct xrs_device *dev = client->device;
	kuid_t uid = current_user()->uid;
	struct xrs_user *user;

	lockdep_assert_held(&dev->lock);
	if (dev->nr_clients >= xrs_limit(dev, XRS_LIMIT_DEVICE_CLIENTS))
		return -ENOSPC;
	user = user_find(dev, uid);
	if (!user) {
		user = *spare;
		*spare = NULL;
		user->uid = uid;
		hash_add(dev->users, &user->node, __kuid_val(uid));
	} else if (!client->exempt &&
		   user->nr_clients >= xrs_limit(dev, XRS_LIMIT_USER_CLIENTS)) {
		return -EDQUOT;
	}
	client->user = user;
	user->nr_refs++;
	user->nr_clients++;
	return 0;
}

void xrs_user_leave(struct xrs_client *client)
{
	struct xrs_device *dev = client->device;
	struct xrs_user *user = client->user;
	bool last;

	spin_lock_irq(&dev->lock);
	last = !--user->nr_refs;
	if (last)
		hash_del(&user->node);
	spin_unlock_irq(&dev->lock);
	if (last)
		kfree(user);
}
