// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commits the fault named by its parameter while it is loaded:
 *
 *	insmod xrsched.ko fault=warn
 *
 * Each fault has to be seen by the gate of tests/vm/run it is meant for.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *fault = "none";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "what to do wrong");

static DEFINE_SPINLOCK(faults_a);
static DEFINE_SPINLOCK(faults_b);
/* Not static and volatile where the compiler must not see through the fault. */
static long faults_raced;
static volatile unsigned int faults_shift = 40;

static void faults_use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	WRITE_ONCE(p[8], 1);
}

static void faults_leak(void)
{
	int i;

	/* Some may be hidden by a stale pointer on a stack: not all of them. */
	for (i = 0; i < 10; i++)
		pr_info("leaking %d\n", !!kmalloc(100 + i, GFP_KERNEL));
}

static void faults_lock_order(void)
{
	spin_lock(&faults_a);
	spin_lock(&faults_b);
	spin_unlock(&faults_b);
	spin_unlock(&faults_a);

	spin_lock(&faults_b);
	spin_lock(&faults_a);
	spin_unlock(&faults_a);
	spin_unlock(&faults_b);
}

static void faults_sleep_in_atomic(void)
{
	spin_lock(&faults_a);
	msleep(1);
	spin_unlock(&faults_a);
}

static int faults_racer(void *unused)
{
	while (!kthread_should_stop()) {
		faults_raced++;
		cond_resched();
	}
	return 0;
}

static void faults_race(void)
{
	struct task_struct *t[2];
	int i;

	for (i = 0; i < 2; i++)
		t[i] = kthread_run(faults_racer, NULL, "racer%d", i);
	msleep(3000);
	for (i = 0; i < 2; i++) {
		if (!IS_ERR(t[i]))
			kthread_stop(t[i]);
	}
}

static void faults_null(void)
{
	int *volatile p = NULL;

	WRITE_ONCE(*p, 1);
}

static void faults_hang(void)
{
	spin_lock(&faults_a);
	for (;;)
		cpu_relax();
}

static int __init faults_init(void)
{
	pr_info("fault: %s\n", fault);
	if (!strcmp(fault, "none"))
		return 0;
	if (!strcmp(fault, "warn"))
		WARN(1, "deliberate warning\n");
	else if (!strcmp(fault, "panic"))
		panic("deliberate panic");
	else if (!strcmp(fault, "null"))
		faults_null();
	else if (!strcmp(fault, "hang"))
		faults_hang();
	else if (!strcmp(fault, "use-after-free"))
		faults_use_after_free();
	else if (!strcmp(fault, "leak"))
		faults_leak();
	else if (!strcmp(fault, "lock-order"))
		faults_lock_order();
	else if (!strcmp(fault, "sleep-in-atomic"))
		faults_sleep_in_atomic();
	else if (!strcmp(fault, "shift"))
		pr_info("shifted %d\n", 1 << faults_shift);
	else if (!strcmp(fault, "race"))
		faults_race();
	else
		return -EINVAL;
	return 0;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_DESCRIPTION("Deliberate faults for the test VM's self-test");
MODULE_LICENSE("GPL");
