// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver that answers when it is too late, and resets badly, for
 * tests/stress/driver.sh: layers are taken and never answered, but when somebody
 * writes to the parameter "answer", whatever has become of layer, engine and
 * device by then.  tests/vm/build-module builds it along with the module.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "xrsched_engine.h"

static bool greedy;
module_param(greedy, bool, 0644);
MODULE_PARM_DESC(greedy, "its reset waits for memory, which it must not");

static unsigned long long seq;
module_param(seq, ullong, 0444);
MODULE_PARM_DESC(seq, "number of the last layer");

static unsigned int resets;
module_param(resets, uint, 0444);
MODULE_PARM_DESC(resets, "how often it was reset");

static struct xrs_engine_dev *engine;
static int said;

/* Writes the number of a layer: 0 the last one's. Reads what became of that. */
static int answer_set(const char *text, const struct kernel_param *kp)
{
	u64 nr;
	int ret = kstrtou64(text, 0, &nr);

	if (ret || !engine)
		return ret ?: -EINVAL;
	said = xrs_engine_complete(engine, nr ?: READ_ONCE(seq), XRS_LAYER_DONE,
				   0);
	return 0;
}

static int answer_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%d\n", said);
}

static const struct kernel_param_ops answer_ops = {
	.set = answer_set,
	.get = answer_get,
};
module_param_cb(answer, &answer_ops, NULL, 0644);
MODULE_PARM_DESC(answer, "layer to be answered now; what the last answer gave");

static void late_dispatch(void *priv, const struct xrs_layer_info *layer)
{
	WRITE_ONCE(seq, layer->seq);
}

static int late_reset(void *priv)
{
	void *memory = greedy ? kmalloc(64, GFP_KERNEL) : NULL;

	WRITE_ONCE(resets, resets + 1);
	kfree(memory);
	return 0;
}

static const struct xrs_engine_ops late_ops = {
	.dispatch = late_dispatch,
	.reset = late_reset,
};

static int __init late_init(void)
{
	const struct xrs_engine_desc desc = {
		.name = "late",
		.class_name = "test",
		.watchdog_ns = 200000000,
		.ops = &late_ops,
	};
	struct xrs_engine_dev *ret = xrs_engine_register(&desc);

	if (IS_ERR(ret))
		return PTR_ERR(ret);
	engine = ret;
	return 0;
}

static void __exit late_exit(void)
{
	xrs_engine_unregister(engine);
}

module_init(late_init);
module_exit(late_exit);

MODULE_DESCRIPTION("Engine driver for tests of xrsched that answers too late");
MODULE_AUTHOR("The xrsched authors");
MODULE_LICENSE("GPL");
