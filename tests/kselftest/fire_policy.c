// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who changes the policy under fire, and how long that takes.
 */
#include <sched.h>

#include <xrsched/policy.h>

#include "fire.h"

/* On debug kernels, who changes the policy leaves the CPU for so long. */
#define REST		(2 * MSEC)

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * SEC + t.tv_nsec;
}

static int set_one(struct xrsched_control *control)
{
	static const char *const policy[] = {
		"fcfs", "edf,expired=drop", "llf", "rr", "dream", "dream-full",
		"planaria", "veltair", "xrbench", "lookahead", "fcfs-static",
		"edf,expired=demote",
	};
	struct xrsched_policy_spec spec;
	uint64_t begin = now_ns(), took;
	int ret = xrsched_policy_parse(policy[roll(sizeof(policy) /
						   sizeof(policy[0]))],
				       &spec, NULL);

	if (!ret)
		ret = xrsched_control_policy_set(control, 0, &spec);
	shared->last_ns = now_ns();
	took = shared->last_ns - begin;
	if (!shared->first_ns)
		shared->first_ns = begin;
	shared->policies_set += !ret;
	shared->setting_ns += took;
	shared->cpu_ns = cpu_ns();
	if (took > shared->longest_ns)
		shared->longest_ns = took;
	return ret;
}

/* Another policy a hundred times a second; what it is behind it makes up for. */
int switch_policies(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct xrsched_control *control;
	uint64_t next = now_ns();
	int ret = xrsched_control_open(&control);

	/* With any share of two CPUs it would wait for 64 clients. */
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		ret = -errno;
	while (!ret) {
		shared->late += now_ns() > next + TICK;
		ret = set_one(control);
		next += TICK;
		/* A change takes so long there that RCU might starve. */
		if (debug_kernel)
			wait_for(now_ns() + REST);
		wait_for(next);
	}
	shared->policy_error = ret;
	return 1;
}

void time_alone(void)
{
	struct xrsched_control *control;
	unsigned int i;

	device_reset("edf");
	if (xrsched_control_open(&control))
		return;
	for (i = 0; i < 100; i++)
		set_one(control);
	xrsched_control_close(control);
	printf("# setting a policy took %u us, %u us at most, without clients\n",
	       (unsigned int)(shared->setting_ns / USEC / 100),
	       (unsigned int)(shared->longest_ns / USEC));
}
