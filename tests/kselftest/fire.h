/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of fire share: who fires (fire.c), who is fired at
 * (fire_targets.c), and who changes the policy meanwhile (fire_policy.c).
 */
#ifndef XRSCHED_TEST_FIRE_H
#define XRSCHED_TEST_FIRE_H

#include <time.h>

#include "calls.h"
#include "control.h"

#define MAX_CLIENTS	64
#define MAX_JOBS	1000
#define BATCH		16
#define TICK		(10 * MSEC)

/**
 * struct place - A client's place
 * @pid: who is there
 * @whole: clients that got all their jobs through
 * @killed: clients that were killed
 * @jobs: jobs that ended, of clients that were not killed
 * @outcome: the same by outcome
 */
struct place {
	pid_t pid;
	unsigned int whole;
	unsigned int killed;
	unsigned long jobs;
	unsigned long outcome[5];
};

/**
 * struct shared - What the processes tell each other
 * @place: of clients
 * @policies_set: changes of the policy
 * @late: of these began more than a tick after their time
 * @setting_ns: what these took, together
 * @longest_ns: what the longest took
 * @cpu_ns: what the switcher has computed for
 * @first_ns: when the first began
 * @last_ns: when the last was over
 * @policy_error: why it could not be changed, 0: it could
 */
struct shared {
	struct place place[MAX_CLIENTS];
	unsigned int policies_set;
	unsigned int late;
	uint64_t setting_ns;
	uint64_t longest_ns;
	uint64_t cpu_ns;
	uint64_t first_ns;
	uint64_t last_ns;
	int policy_error;
};

extern struct shared *shared;
extern unsigned int nr_clients, nr_jobs;
extern unsigned int rate;	/* jobs a second, 0: all they can */
extern bool debug_kernel;	/* slow, and with kmemleak */
extern unsigned int dice;

static inline unsigned int roll(unsigned int sides)
{
	return (rand_r(&dice) >> 4) % sides;
}

/* Sleeps until @at, if that has not passed. */
static inline void wait_for(uint64_t at)
{
	const struct timespec ts = { .tv_sec = at / SEC, .tv_nsec = at % SEC };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) ==
	       EINTR)
		;
}

/* What a client leaves between two of its frames, on average. */
static inline uint64_t frame_ns(void)
{
	return rate ? nr_clients * SEC / rate : 0;
}

/* What processes of their own do; an exit code. */
int client(struct place *p);
int serve(void);
int switch_policies(void);

/* What a change of the policy takes while nothing else happens. */
void time_alone(void);

#endif
