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
 * xrs_max_batch - elements of one submit or wait; may change at any moment, to
 * be read once each time, with READ_ONCE()
 */
extern unsigned int xrs_max_batch;
extern bool xrs_sim_exact;
extern struct class xrs_class;

/*
 * xrs_workqueue: what jobs, and so out-fences, may depend on (WQ_MEM_RECLAIM);
 * works there wait neither for memory nor for fences, see fence.h.
 * xrs_chores: all else, which may: events, and freeing what is gone.
 */
extern struct workqueue_struct *xrs_workqueue;
extern struct workqueue_struct *xrs_chores;

/** xrs_module_devt() - device number of device @nr */
dev_t xrs_module_devt(u32 nr);

#endif /* XRS_MODULE_H */
