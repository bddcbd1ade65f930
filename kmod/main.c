// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module: its parameters, and the devices it comes with.
 *
 * The devices are platform devices that the module makes itself and binds to
 * its own driver, so that "unbind" and "bind" in
 * /sys/bus/platform/drivers/xrsched remove and restore one at any moment.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/platform_device.h>
#include <linux/sysfs.h>

#include "client.h"
#include "compat.h"
#include "debugfs.h"
#include "job.h"
#include "limits.h"
#include "module.h"
#include "netlink.h"

unsigned int xrs_max_batch = 1024;

/**
 * struct limit - A parameter that stays within bounds
 * @value: where it is
 * @min: least
 * @max: greatest
 */
struct limit {
	unsigned int *value;
	unsigned int min;
	unsigned int max;
};

static int limit_set(const char *val, const struct kernel_param *kp)
{
	const struct limit *limit = kp->arg;
	unsigned int value;
	int ret;

	ret = kstrtouint(val, 0, &value);
	if (ret)
		return ret;
	if (value < limit->min || value > limit->max)
		return -EINVAL;
	WRITE_ONCE(*limit->value, value);
	return 0;
}

static int limit_get(char *buf, const struct kernel_param *kp)
{
	const struct limit *limit = kp->arg;

	return sysfs_emit(buf, "%u\n", READ_ONCE(*limit->value));
}

static const struct kernel_param_ops limit_ops = {
	.set = limit_set,
	.get = limit_get,
};

static struct limit max_batch = { &xrs_max_batch, 1, 4096 };
module_param_cb(max_batch, &limit_ops, &max_batch, 0644);
MODULE_PARM_DESC(max_batch,
		 "elements of one submit or wait call (default 1024)");

static struct limit event_rate = { &xrs_event_limit, 1, 1000000 };
module_param_cb(event_rate, &limit_ops, &event_rate, 0644);
MODULE_PARM_DESC(event_rate,
		 "netlink events of jobs, and of all else, that a device sends a second (default 4096)");

static unsigned int nr_devices = 1;
static struct limit nr_devices_limit = { &nr_devices, 1, XRS_MAX_DEVICES };
module_param_cb(nr_devices, &limit_ops, &nr_devices_limit, 0444);
MODULE_PARM_DESC(nr_devices, "devices, each a scheduling domain (default 1)");

static dev_t first_devt;
static struct platform_device *platform_devices[XRS_MAX_DEVICES];
struct workqueue_struct *xrs_workqueue;
struct workqueue_struct *xrs_chores;

dev_t xrs_module_devt(u32 nr)
{
	return MKDEV(MAJOR(first_devt), MINOR(first_devt) + nr);
}

static char *class_devnode(XRS_DEVNODE_CONST struct device *dev, umode_t *mode)
{
	if (mode)
		*mode = 0660;
	return NULL;
}

struct class xrs_class = {
	.name = "xrsched",
	.devnode = class_devnode,
	.dev_groups = xrs_limit_groups,
};

static struct platform_driver driver = {
	.probe = xrs_device_probe,
	.driver = {
		.name = "xrsched",
		/* Those who load the module expect the nodes to be there. */
		.probe_type = PROBE_FORCE_SYNCHRONOUS,
	},
};

static void unregister_devices(void)
{
	u32 nr = XRS_MAX_DEVICES;

	while (nr-- > 0)
		platform_device_unregister(platform_devices[nr]);
}

/*
 * Nodes may be opened as soon as they are there, and a module whose init fails
 * is freed even so.  Hence this comes last, and once there is one device it
 * does not fail any more.
 */
static int register_devices(void)
{
	u32 nr;

	for (nr = 0; nr < nr_devices; nr++) {
		struct platform_device *pdev;

		pdev = platform_device_register_simple("xrsched", nr, NULL, 0);
		if (!IS_ERR(pdev) && platform_get_drvdata(pdev)) {
			platform_devices[nr] = pdev;
			continue;
		}
		if (!IS_ERR(pdev))
			platform_device_unregister(pdev);
		if (!nr)
			return IS_ERR(pdev) ? PTR_ERR(pdev) : -ENODEV;
		pr_warn("only %u of %u devices could be made\n", nr, nr_devices);
		break;
	}
	return 0;
}

static int __init xrs_init(void)
{
	int ret;

	ret = xrs_user_job_cache_create();
	if (ret)
		return ret;
	xrs_workqueue = alloc_workqueue("xrsched", WQ_UNBOUND | WQ_MEM_RECLAIM,
					0);
	if (!xrs_workqueue) {
		ret = -ENOMEM;
		goto err_cache;
	}
	xrs_chores = alloc_workqueue("xrsched_chores", WQ_UNBOUND, 0);
	if (!xrs_chores) {
		ret = -ENOMEM;
		goto err_workqueue;
	}
	ret = alloc_chrdev_region(&first_devt, 0, XRS_MAX_DEVICES, "xrsched");
	if (ret)
		goto err_chores;
	ret = class_register(&xrs_class);
	if (ret)
		goto err_chrdev;
	xrs_debugfs_init();
	ret = platform_driver_register(&driver);
	if (ret)
		goto err_debugfs;
	ret = xrs_netlink_init();
	if (ret)
		goto err_driver;
	ret = register_devices();
	if (ret)
		goto err_netlink;
	return 0;

err_netlink:
	xrs_netlink_exit();
err_driver:
	platform_driver_unregister(&driver);
err_debugfs:
	xrs_debugfs_exit();
	class_unregister(&xrs_class);
err_chrdev:
	unregister_chrdev_region(first_devt, XRS_MAX_DEVICES);
err_chores:
	destroy_workqueue(xrs_chores);
err_workqueue:
	destroy_workqueue(xrs_workqueue);
err_cache:
	xrs_user_job_cache_destroy();
	return ret;
}

/* No file is open any more: the kernel sees to that (fops.owner). */
static void __exit xrs_exit(void)
{
	xrs_netlink_exit();
	unregister_devices();
	platform_driver_unregister(&driver);
	xrs_debugfs_exit();
	/*
	 * Streams of files closed a moment ago still hold their devices.  What
	 * the first does may be work for the second, not the other way round.
	 */
	destroy_workqueue(xrs_workqueue);
	destroy_workqueue(xrs_chores);
	xrs_fences_exit();
	class_unregister(&xrs_class);
	unregister_chrdev_region(first_devt, XRS_MAX_DEVICES);
	xrs_user_job_cache_destroy();
}

module_init(xrs_init);
module_exit(xrs_exit);

MODULE_DESCRIPTION("Scheduler for periodic inference on accelerators");
MODULE_AUTHOR("The xrsched authors");
MODULE_LICENSE("GPL");
