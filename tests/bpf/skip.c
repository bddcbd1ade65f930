// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the kernel skip BPF programs.
 *
 * usage: skip COMMAND...
 *
 * While a map is updated by system call, no program that is attached to a trace
 * event runs on that processor: those of interrupts that come then are skipped.
 * All processors do little else as long as the command runs; exits with its code.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define VALUE (1 << 20) /* takes a while to copy */
#define MAX_CPUS 64

static int map;
static char value[VALUE];

static void *update(void *arg)
{
	const __u32 key = 0;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((long)arg, &set);
	pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
	/* The command comes first. */
	if (nice(10) == -1 && errno)
		return NULL;
	while (!bpf_map_update_elem(map, &key, value, BPF_ANY))
		;
	return NULL;
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	pthread_t thread;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "skip", 4, VALUE, 1, NULL);
	if (map < 0) {
		fprintf(stderr, "skip: no map: %s\n", strerror(-map));
		return 1;
	}
	pid = fork();
	if (!pid) {
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	for (cpu = 0; cpu < cpus && cpu < MAX_CPUS; cpu++) {
		if (pthread_create(&thread, NULL, update, (void *)cpu))
			return 1;
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
