// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that make no sense, most of them nearly right: ioctls, rings, mappings
 * and netlink, by processes without privileges, beside a client that behaves.
 *
 * usage: fuzz [--calls NR] [--seed NR] [--processes NR] [--limit SECONDS]
 *
 * What is done, and how often: fuzz_kinds.c.
 *
 * TAP; the seed is printed, and gives the same calls again as far as they do not
 * depend on what the kernel has answered before.  tests/stress/fuzz.sh runs it
 * on a module of two devices: the client that behaves is on the first with an
 * engine of its own, and what root may do (netlink) is done to the second.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/xrsched.h>
#include <linux/xrsched_netlink.h>

#include <xrsched/control.h>
#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#include "fuzz.h"

#define NOBODY		65534
#define ROOTS		32	/* root's share of calls is one of so many */
#define BATCH		16
#define PAUSE_US	10000	/* of the client that behaves */
#define WAKE_US		10000	/* signals to the others */

struct shared *shared;

/* ----- processes --------------------------------------------------------- */

/* So that nothing blocks for long: calls that wait end by EINTR. */
static void wake(int sig)
{
	(void)sig;
}

static void start_waking(void)
{
	struct sigaction action = { .sa_handler = wake };
	struct itimerval every = { { 0, WAKE_US }, { 0, WAKE_US } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/*
 * Root's requests lower limits, after which others could do nothing any more.
 */
static void restore_limits(struct xrsched_control *control)
{
	static struct xrsched_limits limits;

	if (!limits.max_models &&
	    xrsched_control_limits_get(control, 0, &limits))
		return;
	xrsched_control_limits_set(control, 1, &limits);
}

/*
 * Memory far from all else, also if half of its address is changed: what the
 * kernel is told to write there must not come to be in our own books.
 */
static char *map_apart(unsigned int at, size_t size, int prot)
{
	return mmap(FUZZ_APART + at * FUZZ_STEP, size, prot,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/* Those of @device. */
static int add_engines(struct xrsched_control *control, uint32_t device)
{
	static const struct {
		uint32_t device, kind;
		const char *class_name;
	} engines[] = {
		{ 0, XRSCHED_ENGINE_KIND_SIM, GOOD_CLASS },
		{ 0, XRSCHED_ENGINE_KIND_NULL, "fuzz" },
		{ 1, XRSCHED_ENGINE_KIND_SIM, "fuzz" },
		{ 1, XRSCHED_ENGINE_KIND_NULL, "fuzz" },
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < 4 && ret >= 0; i++) {
		const char *class_name = engines[i].class_name;

		if (engines[i].device != device)
			continue;
		ret = xrsched_control_engine_new(control, device,
						 engines[i].kind, class_name,
						 NULL, 0, 0);
	}
	return ret < 0 ? ret : 0;
}

/* Those of the second device but for servers'. */
static void renew_engines(struct xrsched_control *control)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(control, 1, &list);
	int i;

	for (i = 0; i < nr; i++)
		if (list[i].kind != XRSCHED_ENGINE_KIND_SERVER)
			xrsched_control_engine_del(control, 1, list[i].id);
	if (nr >= 0)
		xrsched_free(list);
	add_engines(control, 1);
}

/* The first is root, who does netlink for the most, the others are nobody. */
static int fuzz_process(unsigned int nr, uint64_t seed, uint64_t calls,
			uint16_t family)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct rlimit limit = { 4 << 20, 4 << 20 };
	struct rlimit files = { MAX_FD, MAX_FD };
	struct xrsched_control *control = NULL;
	struct fuzz f = {
		.x = (seed + nr + 1) * 0x9E3779B97F4A7C15ULL | 1,
		.nr = nr,
		.family = family,
	};
	unsigned int i, steps = 0;

	f.memory = map_apart(0, MEMORY, PROT_READ | PROT_WRITE);
	f.read_only = map_apart(1, 4096, PROT_READ);
	if (f.memory == MAP_FAILED || f.read_only == MAP_FAILED)
		return 1;
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (!nr && xrsched_control_open(&control))
		return 1;
	if (nr && (setgid(NOBODY) || setuid(NOBODY)))
		return 1;
	f.now_ns = now_ns();
	f.eventfd = eventfd(0, EFD_NONBLOCK);
	f.memfd = memfd_create("fuzz", 0);
	f.fence = -1;
	f.netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK,
			   NETLINK_GENERIC);
	if (f.netlink < 0 || connect(f.netlink, (void *)&addr, sizeof(addr)))
		return 1;
	f.first_fd = dup(f.netlink);
	if (f.eventfd < 0 || f.memfd < 0 || f.first_fd < 0 ||
	    ftruncate(f.memfd, 4096) || setrlimit(RLIMIT_NOFILE, &files))
		return 1;
	close(f.first_fd);
	for (i = 0; i < MAX_FILES; i++) {
		f.client[i] = open(!nr || i % 2 ? "/dev/xrsched1" : "/dev/xrsched0",
				   O_RDWR | O_NONBLOCK);
		f.file[i] = -1;
	}
	start_waking();
	/* Some count more than one call, some none; nobody goes on for ever. */
	while (shared->calls[nr] < calls &&
	       !__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		fuzz_step(&f);
		if (nr)
			continue;
		if (!(++steps % 16))
			restore_limits(control);
		/* Some may be at a layer that takes 18 minutes. */
		if (!(steps % 256))
			renew_engines(control);
	}
	return 0;
}

/* ----- the client that behaves ------------------------------------------- */

static uint32_t good_stream(struct xrsched *x)
{
	struct xrsched_variant variant = { .nr_layers = 2 };
	struct xrsched_class class = { .name = GOOD_CLASS };
	struct xrsched_layer layer[2] = { { .out_bytes = 1 }, { 0 } };
	struct xrsched_cost cost[2] = { { 1000, 1 }, { 1000, 1 } };
	struct xrsched_model_create m = {
		.size = sizeof(m),
		.name = "good",
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)layer,
		.classes = (uintptr_t)&class,
		.costs = (uintptr_t)cost,
		.nr_variants = 1,
		.nr_layers = 2,
		.nr_classes = 1,
	};
	struct xrsched_stream_create s = {
		.size = sizeof(s),
		.name = "good",
		.period_ns = 1000000,
		.deadline_ns = 1000000000000ULL,
	};

	if (ioctl(xrsched_fd(x), XRSCHED_IOC_MODEL_CREATE, &m))
		return 0;
	s.model = m.handle;
	return ioctl(xrsched_fd(x), XRSCHED_IOC_STREAM_CREATE, &s) ? 0 :
								     s.handle;
}

/* Each completion once, in order, completed; returns how many were not. */
static int take_good(struct xrsched_ring *ring, uint64_t first)
{
	const struct xrsched_completion *done;
	int taken = 0, bad = 0, nr, i;

	while (taken < BATCH) {
		nr = xrsched_ring_wait(ring, &done, 1,
				       now_ns() + 60000000000ULL);
		if (nr <= 0) {
			printf("# no completion: %s\n", strerror(-nr));
			return bad + BATCH - taken;
		}
		for (i = 0; i < nr; i++)
			bad += done[i].cookie != first + taken + i ||
			       done[i].frame != first + taken + i ||
			       done[i].outcome != XRSCHED_COMPLETED;
		xrsched_ring_seen(ring, nr);
		taken += nr;
	}
	return bad;
}

static int good_process(void)
{
	struct xrsched_ring *ring;
	uint64_t frame = 0;
	struct xrsched *x;
	uint32_t stream;
	int i;

	if (xrsched_open("/dev/xrsched0", &x) ||
	    xrsched_ring_create(x, NULL, &ring))
		return 1;
	stream = good_stream(x);
	if (!stream)
		return 1;
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < BATCH; i++)
			xrsched_job_prepare(xrsched_ring_get_job(ring), stream,
					    frame + i, frame + i);
		if (xrsched_ring_submit(ring) != BATCH)
			return 1;
		shared->bad += take_good(ring, frame);
		frame += BATCH;
		shared->good = frame;
		usleep(PAUSE_US);
	}
	xrsched_ring_destroy(ring);
	xrsched_close(x);
	return 0;
}

/* ----- all together ------------------------------------------------------ */

static unsigned int nr_test;
static int failed;

static void result(bool ok, const char *what)
{
	printf("%sok %u fuzz.%s\n", ok ? "" : "not ", ++nr_test, what);
	fflush(stdout);
	failed |= !ok;
}

/* What open(), read(), mmap() and their like say, of our files and of none. */
static const int documented[] = {
	EINVAL, EFAULT, EPERM, ENOMEM, ENOSPC, EDQUOT, ENODEV, EAGAIN, EINTR,
	EBADF, EMFILE, ENFILE, ENOTTY, EACCES, ESPIPE, ENXIO, EOVERFLOW,
	ENOBUFS,
};

static bool errors_documented(void)
{
	bool ok = true;
	unsigned int i, j;

	for (i = 0; i < 256; i++) {
		if (!shared->errors[i])
			continue;
		for (j = 0; j < sizeof(documented) / sizeof(int); j++)
			if (documented[j] == (int)i)
				break;
		printf("# %8llu %s\n", (unsigned long long)shared->errors[i],
		       strerror(i));
		if (j == sizeof(documented) / sizeof(int))
			ok = false;
	}
	return fuzz_calls_documented() && ok;
}

/* A layer may take 18 minutes, but no longer than there is its engine. */
static void remove_engines(struct xrsched_control *control)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(control, XRSCHED_CONTROL_ALL, &list);
	int i;

	for (i = 0; i < nr; i++)
		xrsched_control_engine_del(control, list[i].device, list[i].id);
	if (nr >= 0)
		xrsched_free(list);
}

/* Whether, within some seconds, nothing of any client is left. */
static bool all_gone(struct xrsched_control *control)
{
	struct xrsched_limits limits = { .clients = 1 };
	unsigned int device, tries;

	remove_engines(control);
	for (device = 0; device < 2; device++) {
		for (tries = 0; tries < 500; tries++) {
			if (xrsched_control_limits_get(control, device,
						       &limits))
				return false;
			if (!limits.clients && !limits.streams &&
			    !limits.jobs && !limits.ring_bytes)
				break;
			usleep(10000);
		}
		printf("# device %u: %u clients, %u streams, %u jobs left\n",
		       device, limits.clients, limits.streams, limits.jobs);
		if (tries == 500)
			return false;
	}
	return true;
}

/**
 * struct plan - How much to do
 * @calls: calls, of all processes.
 * @seed: seed.
 * @processes: processes, that of root included.
 * @limit: seconds after which it has failed.
 */
struct plan {
	uint64_t calls;
	uint64_t seed;
	unsigned int processes;
	unsigned int limit;
};

static uint64_t calls_made(const struct plan *plan)
{
	uint64_t calls = 0;
	unsigned int i;

	for (i = 0; i < plan->processes; i++)
		calls += shared->calls[i];
	return calls;
}

/* Waits for @nr processes; false if one failed or they took too long. */
static bool wait_for(pid_t *pid, unsigned int nr, uint64_t until_ns)
{
	bool ok = true;
	unsigned int i;
	int status;

	for (i = 0; i < nr; i++) {
		while (!waitpid(pid[i], &status, WNOHANG)) {
			if (now_ns() > until_ns) {
				printf("# process %u hangs or is too slow\n",
				       i);
				kill(pid[i], SIGKILL);
				waitpid(pid[i], &status, 0);
				break;
			}
			usleep(20000);
		}
		if (status)
			printf("# process %u: status %#x\n", i, status);
		ok &= !status;
	}
	return ok;
}

static void fuzz_all(const struct plan *plan, uint16_t family)
{
	uint64_t each = plan->calls - plan->calls / ROOTS;
	uint64_t begin = now_ns();
	pid_t good, pid[MAX_PROCESSES];
	unsigned int i;
	double seconds;
	bool ok;

	good = fork();
	if (!good)
		_exit(good_process());
	for (i = 0; i < plan->processes; i++) {
		pid[i] = fork();
		if (!pid[i])
			_exit(fuzz_process(i, plan->seed,
					   i ? each / (plan->processes - 1) + 1 :
					       plan->calls / ROOTS,
					   family));
	}
	ok = wait_for(pid, plan->processes,
		      begin + plan->limit * 1000000000ULL);
	seconds = (now_ns() - begin) / 1e9;
	result(ok && calls_made(plan) >= plan->calls, "all_calls_made");
	printf("# %llu calls in %.1f s, %.0f a second\n",
	       (unsigned long long)calls_made(plan), seconds,
	       calls_made(plan) / seconds);
	__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	ok = wait_for(&good, 1, now_ns() + 90000000000ULL);
	printf("# beside them: %llu jobs, %llu not as they should be\n",
	       (unsigned long long)shared->good,
	       (unsigned long long)shared->bad);
	result(ok && shared->good && !shared->bad, "others_unharmed");
}

static void read_arguments(int argc, char **argv, struct plan *plan)
{
	static const struct option options[] = {
		{ "calls", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "processes", required_argument, NULL, 'p' },
		{ "limit", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 'c')
			plan->calls = strtoull(optarg, NULL, 0);
		else if (c == 's')
			plan->seed = strtoull(optarg, NULL, 0);
		else if (c == 'p')
			plan->processes = strtoul(optarg, NULL, 0);
		else if (c == 'l')
			plan->limit = strtoul(optarg, NULL, 0);
		else
			exit(2);
	}
	if (!plan->limit)
		plan->limit = 300 + plan->calls / 400;
	if (plan->processes < 2 || plan->processes > MAX_PROCESSES) {
		fprintf(stderr, "fuzz: 2 to %d processes\n", MAX_PROCESSES);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct plan plan = { 100000, 0, 3, 0 };
	struct xrsched_control *control;
	uint16_t family;

	plan.seed = now_ns();
	read_arguments(argc, argv, &plan);
	printf("TAP version 13\n1..6\n# --seed %llu --calls %llu --processes %u\n",
	       (unsigned long long)plan.seed, (unsigned long long)plan.calls,
	       plan.processes);
	fflush(stdout);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	family = fuzz_family();
	if (shared == MAP_FAILED || !family || xrsched_control_open(&control) ||
	    add_engines(control, 0) || add_engines(control, 1)) {
		printf("Bail out! two devices, and root, are needed\n");
		return 1;
	}
	fuzz_all(&plan, family);
	result(errors_documented(), "errors_are_documented");
	result(fuzz_kinds_done(plan.processes), "every_kind_done");
	result(fuzz_calls_deep(), "calls_succeed_too");
	result(all_gone(control), "all_is_given_back");
	xrsched_control_close(control);
	return failed;
}
