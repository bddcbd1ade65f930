/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What belongs to the module rather than to a device.
 */
#ifndef XRS_MODULE_H
#define XRS_MODULE_H

#include <linux/device/class.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/** define XRS_MAX_DEVICES - Devices that a module can have. */
#define XRS_MAX_DEVICES 64

/**
 * struct xrs_limits - Limits in force; module parameters of the same names
 * @max_models: models a client may hold
 * @max_model_bytes: memory of a client's models
 * @max_streams: streams a client may hold
 * @max_device_streams: streams on a device
 * @max_jobs: jobs a client may have submitted and not yet read
 * @max_batch: elements of one submit or wait
 * @max_rings: pairs of rings a client may have
 *
 * May change at any moment through sysfs, in which case what exists already
 * stays: to be read once each time, with READ_ONCE().
 */
struct xrs_limits {
	unsigned int max_models;
	unsigned int max_model_bytes;
	unsigned int max_streams;
	unsigned int max_device_streams;
	unsigned int max_jobs;
	unsigned int max_batch;
	unsigned int max_rings;
};

extern struct xrs_limits xrs_limits;
extern bool xrs_sim_exact;
extern struct class xrs_class;
extern struct workqueue_struct *xrs_workqueue;

/** xrs_module_devt() - device number of device @nr */
dev_t xrs_module_devt(u32 nr);

#endif /* XRS_MODULE_H */
