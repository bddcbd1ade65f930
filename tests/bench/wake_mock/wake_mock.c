// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a driver that leaves its decisions to a kernel thread of normal priority
 * would wait for it: a timer wakes one, over and over.  Measures while it is
 * loaded and says in the kernel log how late the thread ran:
 *
 *	wake_mock: N P50 P90 P99 MAX	(nanoseconds)
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sort.h>

#define TIMES 1000
#define PERIOD_US 997

/**
 * struct wake - The thread's and the timer's
 * @timer: wakes it
 * @due: the timer's interrupt has come
 * @over: all is measured
 * @late_ns: how late the thread ran, each time
 */
struct wake {
	struct hrtimer timer;
	struct completion due;
	struct completion over;
	u64 late_ns[TIMES];
};

static enum hrtimer_restart wake_due(struct hrtimer *timer)
{
	complete(&container_of(timer, struct wake, timer)->due);
	return HRTIMER_NORESTART;
}

static int wake_thread(void *data)
{
	struct wake *wake = data;
	unsigned int i;
	ktime_t due;

	for (i = 0; i < TIMES; i++) {
		due = ktime_add_us(ktime_get(), PERIOD_US);
		hrtimer_start(&wake->timer, due, HRTIMER_MODE_ABS);
		wait_for_completion(&wake->due);
		wake->late_ns[i] = ktime_to_ns(ktime_sub(ktime_get(), due));
	}
	kthread_complete_and_exit(&wake->over, 0);
}

static int wake_order(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int __init wake_init(void)
{
	struct task_struct *thread;
	struct wake *wake;

	wake = kzalloc(sizeof(*wake), GFP_KERNEL);
	if (!wake)
		return -ENOMEM;
	init_completion(&wake->due);
	init_completion(&wake->over);
	hrtimer_init(&wake->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	wake->timer.function = wake_due;
	thread = kthread_run(wake_thread, wake, "wake_mock");
	if (IS_ERR(thread)) {
		kfree(wake);
		return PTR_ERR(thread);
	}
	wait_for_completion(&wake->over);
	hrtimer_cancel(&wake->timer);
	sort(wake->late_ns, TIMES, sizeof(*wake->late_ns), wake_order, NULL);
	pr_info("%u %llu %llu %llu %llu\n", TIMES, wake->late_ns[TIMES / 2],
		wake->late_ns[TIMES * 9 / 10], wake->late_ns[TIMES * 99 / 100],
		wake->late_ns[TIMES - 1]);
	kfree(wake);
	return 0;
}

static void __exit wake_exit(void)
{
}

module_init(wake_init);
module_exit(wake_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("How late a kernel thread of normal priority runs");
