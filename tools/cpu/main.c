// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched-engine-cpu: layers on the processor, for real.
 */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

/* The n-th processor of a set, round and round. */
static int nth_cpu(const cpu_set_t *cpus, unsigned int n)
{
	n %= CPU_COUNT(cpus);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, cpus) && !n--)
			return cpu;
	return 0;
}

/*
 * oneDNN computes on OpenMP's threads, which stay the same ones once they are
 * there.
 */
static int set_threads(const struct options *o)
{
	int bad = 0;

	omp_set_num_threads(o->threads);
	if (!o->pin)
		return 0;
#pragma omp parallel reduction(| : bad)
	{
		cpu_set_t mine;

		CPU_ZERO(&mine);
		CPU_SET(nth_cpu(&o->cpus, omp_get_thread_num()), &mine);
		bad |= sched_setaffinity(0, sizeof(mine), &mine) != 0;
	}
	return bad;
}

int main(int argc, char **argv)
{
	struct options options;
	struct nets *nets;
	int ret;

	options_parse(&options, argc, argv);
	if (set_threads(&options)) {
		fprintf(stderr, "xrsched-engine-cpu: --cpus: this machine does "
				"not let it run there\n");
		return EXIT_FAILURE;
	}
	ret = nets_open(&options.net, &nets);
	if (ret) {
		fprintf(stderr, "xrsched-engine-cpu: %s cannot be used: %s\n",
			options.net.backend->name, strerror(-ret));
		return EXIT_FAILURE;
	}
	ret = options.measure ? measure(&options, nets) : serve(&options, nets);
	nets_close(nets);
	return ret;
}
