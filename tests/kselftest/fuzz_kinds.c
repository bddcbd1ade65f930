// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a process does, and how often.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "fuzz.h"

/**
 * struct kind - Something to do
 * @name: what.
 * @make: does it.
 * @nobody: how often a process without privileges does it, of all their sum.
 * @root: how often that of root does.
 * @percent: of a hundred times, in how many there is something to do for it at
 *           least, such as a file that is open; 0: always.
 *
 * What takes long, as much memory comes and goes, is done less often than the
 * rest, so that a million calls take minutes on a kernel with KASAN.
 */
static const struct kind {
	const char *name;
	void (*make)(struct fuzz *f);
	unsigned int nobody;
	unsigned int root;
	unsigned int percent;
} kinds[] = {
	{ "model", fuzz_model, 8, 3, 0 },
	{ "stream", fuzz_stream, 20, 4, 0 },
	{ "model destroy", fuzz_model_destroy, 5, 0, 0 },
	{ "stream destroy", fuzz_stream_destroy, 5, 0, 0 },
	{ "submit", fuzz_submit, 110, 20, 0 },
	{ "wait", fuzz_wait, 90, 4, 0 },
	{ "cancel", fuzz_cancel, 60, 0, 0 },
	{ "stats", fuzz_stats, 60, 0, 0 },
	{ "caps", fuzz_caps, 60, 0, 0 },
	{ "advise", fuzz_advise, 8, 1, 0 },
	{ "ring setup", fuzz_ring_setup, 5, 1, 0 },
	{ "ring enter", fuzz_ring_enter, 160, 4, 0 },
	{ "ring eventfd", fuzz_ring_eventfd, 30, 2, 0 },
	{ "ring rewritten", fuzz_scribble, 60, 2, 25 },
	{ "serve", fuzz_serve, 2, 4, 0 },
	{ "server next", fuzz_server_next, 10, 40, 0 },
	{ "record", fuzz_record, 4, 2, 0 },
	{ "record file", fuzz_record_file, 10, 10, 0 },
	{ "any call", fuzz_any, 200, 20, 0 },
	{ "open", fuzz_open, 3, 1, 0 },
	{ "close", fuzz_close, 4, 2, 25 },
	{ "poll", fuzz_poll, 15, 4, 0 },
	{ "write", fuzz_write, 15, 4, 0 },
	{ "lseek", fuzz_lseek, 15, 4, 0 },
	{ "mmap", fuzz_map, 6, 4, 25 },
	{ "read", fuzz_read, 40, 10, 0 },
	{ "netlink", fuzz_netlink, 8, 40, 0 },
};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))
_Static_assert(NR_KINDS <= MAX_KINDS, "kinds");

static unsigned int weight(unsigned int kind, bool root)
{
	return root ? kinds[kind].root : kinds[kind].nobody;
}

static unsigned int all_weights(bool root)
{
	unsigned int i, sum = 0;

	for (i = 0; i < NR_KINDS; i++)
		sum += weight(i, root);
	return sum;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void step_timed(struct fuzz *f, unsigned int kind)
{
	struct tally *tally = &shared->kinds[f->nr][kind];
	uint64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	uint64_t begin_ns = now_ns();

	kinds[kind].make(f);
	f->now_ns = now_ns();
	tally->ns += f->now_ns - begin_ns;
	tally->cpu_ns += clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu_ns;
	tally->timed++;
}

void fuzz_step(struct fuzz *f)
{
	unsigned int at = below(f, all_weights(!f->nr)), kind = 0;
	uint64_t acts = f->acts;

	while (at >= weight(kind, !f->nr))
		at -= weight(kind++, !f->nr);
	/* A clock is a call, too, where it is not that of the processor. */
	if (below(f, TIMED))
		kinds[kind].make(f);
	else
		step_timed(f, kind);
	shared->kinds[f->nr][kind].times++;
	shared->kinds[f->nr][kind].done += f->acts != acts;
}

/* Chance makes a difference, but not one of five times the deviation. */
static bool often_enough(uint64_t done, uint64_t mean)
{
	return done && (done >= mean ||
			(mean - done) * (mean - done) <= 25 * mean);
}

bool fuzz_kinds_done(unsigned int processes)
{
	uint64_t steps[2] = { 0 };
	unsigned int nr, i;
	bool ok = true;

	for (nr = 0; nr < processes; nr++)
		for (i = 0; i < NR_KINDS; i++)
			steps[!nr] += shared->kinds[nr][i].times;
	printf("# %14s %8s %8s %8s %8s %6s\n", "kind", "times", "done", "us", "us CPU",
	       "CPU s");
	for (i = 0; i < NR_KINDS; i++) {
		struct tally sum = { 0 };
		uint64_t mean = 0;

		for (nr = 0; nr < processes; nr++) {
			const struct tally *tally = &shared->kinds[nr][i];

			sum.times += tally->times;
			sum.done += tally->done;
			sum.timed += tally->timed;
			sum.ns += tally->ns;
			sum.cpu_ns += tally->cpu_ns;
		}
		for (nr = 0; nr < 2; nr++)
			mean += steps[nr] * weight(i, nr) / all_weights(nr);
		if (kinds[i].percent)
			mean = mean * kinds[i].percent / 100;
		printf("# %14s %8llu %8llu %8.0f %8.0f %6.1f\n", kinds[i].name,
		       (unsigned long long)sum.times,
		       (unsigned long long)sum.done,
		       sum.timed ? sum.ns / 1e3 / sum.timed : 0.,
		       sum.timed ? sum.cpu_ns / 1e3 / sum.timed : 0.,
		       sum.timed ? sum.cpu_ns / 1e9 / sum.timed * sum.times : 0.);
		if (often_enough(sum.done, mean))
			continue;
		printf("# %s: not often enough, %llu are to be expected\n",
		       kinds[i].name, (unsigned long long)mean);
		ok = false;
	}
	return ok;
}
