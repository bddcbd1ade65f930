// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random events to the core, faults of all kinds among them, and the same ones
 * to a naive reference: decisions, outcomes, counters and wake-ups must be the
 * same, and the invariants hold after each.
 *
 * Usage: model_check [--seed N] [--events N]
 *
 * Without --seed, a fixed set of seeds; each failure names the seed and event.
 */

#include "invariants.h"
#include "model_check.h"

#define NR_SEEDS 10

static u32 nr_events = 10000;

/* Sums over all seeds, as struct naive_tally. */
static u64 all_contested[6];
static u64 all_lost[12];
static u64 all_quarantined, all_returned;

/* The engines begin what was dispatched; jobs that ended go back to the heap. */
static void follow_log(struct check *c)
{
	struct world *w = c->w;
	size_t i;

	for (i = 0; i < w->nr_log; i++) {
		const struct event *e = &w->log[i];
		u64 ns;

		if (e->kind == EV_FINISH)
			continue;
		ns = xrs_job_cost(e->job, e->engine)->latency_ns;
		if (rng_chance(&c->rng, 15))
			ns = ns / 2 + rng_below(&c->rng, ns);
		c->done_ns[e->engine->id] = c->now_ns + ns;
		/* One that hangs. */
		if (e->engine->guarded && rng_chance(&c->rng, 3))
			c->done_ns[e->engine->id] = XRS_NEVER;
	}
	for (i = 0; i < w->nr_log; i++) {
		if (w->log[i].kind != EV_FINISH)
			continue;
		c->ended++;
		memset(to_tjob(w->log[i].job), 0xff, sizeof(struct tjob));
		free(to_tjob(w->log[i].job));
	}
	w->nr_log = 0;
}

static void step(struct check *c)
{
	const char *broken;

	/* Several events of one moment may precede a run. */
	check_event(c, true);
	while (rng_chance(&c->rng, 15))
		check_event(c, false);
	world_run(c->w, c->now_ns);
	naive_run(c->n, c->w->log, c->w->nr_log, c->now_ns);
	naive_compare(c->n, c->w);
	broken = invariants_broken(c->w);
	if (broken)
		naive_fail(c->n, "%s", broken);
	if (c->n->error[0])
		fail_msg("--seed %llu --events %u (at %llu ns, %s): %s",
			 (unsigned long long)c->seed, c->event + 1,
			 (unsigned long long)c->now_ns, c->n->policy->name,
			 c->n->error);
	follow_log(c);
}

static struct check *check_new(u64 seed)
{
	struct check *c = calloc(1, sizeof(*c));
	u32 i;

	assert_non_null(c);
	c->seed = seed;
	c->rng.state = seed * 0x2545f4914f6cdd1dULL;
	c->w = world_new(MAX_STREAMS);
	c->n = calloc(1, sizeof(*c->n));
	assert_non_null(c->n);
	c->submits = (u32)rng_range(&c->rng, 15, 40);
	c->n->late = rng_chance(&c->rng, 50);
	c->n->slow_reset = rng_chance(&c->rng, 50);
	c->ops = *c->w->core.ops;
	if (c->n->slow_reset)
		c->ops.reset = check_no_answer;
	c->w->core.ops = &c->ops;
	check_guard(c);
	for (i = 0; i < NR_MODELS; i++)
		c->model[i] = model_random(c->w, &c->rng, 12, "abcd");
	check_policy(c);
	for (i = 0; i < 4; i++)
		check_engine_add(c, check_engine_id(i));
	for (i = 0; i < MAX_STREAMS - 2; i++)
		check_stream_add(c);
	return c;
}

/* No more frames: with an engine up, all of them end. */
static void drain(struct check *c)
{
	u32 in_flight = 1;
	u32 i;

	for (c->submits = 0; in_flight; c->event++) {
		if (c->event > nr_events + 20000)
			fail_msg("--seed %llu: jobs do not end",
				 (unsigned long long)c->seed);
		step(c);
		in_flight = 0;
		for (i = 0; i < c->n->nr_streams; i++)
			in_flight += c->n->stream[i]->twin->in_flight;
	}
}

static void check_free(struct check *c)
{
	u32 i;

	while (c->n->nr_streams)
		for (i = 0; i < c->n->nr_streams; i++)
			check_stream_remove(c, c->n->stream[i]);
	for (i = 0; i < XRS_MAX_ENGINES; i++)
		if (c->n->engine[i].twin)
			check_engine_remove(c, i);
	naive_free(c->n);
	world_free(c->w);
	free(c);
}

/* What was gone through; a run that did next to nothing has shown nothing. */
static void tell(const struct check *c)
{
	const struct naive_tally *t = &c->n->tally;
	u32 i;

	printf("# seed %llu: %llu completed %llu dropped %llu cancelled %llu "
	       "failed; %llu decisions, contested fcfs %llu edf %llu dream "
	       "%llu, stale %llu, near ties %llu; lost to faults %llu, too "
	       "slow %llu, refused %llu, quarantines %llu, returns %llu\n",
	       (unsigned long long)c->seed,
	       (unsigned long long)t->outcome[XRS_COMPLETED],
	       (unsigned long long)t->outcome[XRS_DROPPED],
	       (unsigned long long)t->outcome[XRS_CANCELLED],
	       (unsigned long long)t->outcome[XRS_FAILED],
	       (unsigned long long)c->w->core.decisions,
	       (unsigned long long)t->contested[0],
	       (unsigned long long)t->contested[1],
	       (unsigned long long)t->contested[2],
	       (unsigned long long)t->stale, (unsigned long long)t->near_ties,
	       (unsigned long long)t->lost[XRS_REASON_FAULT],
	       (unsigned long long)t->lost[XRS_REASON_TIMEOUT],
	       (unsigned long long)t->lost[XRS_REASON_REFUSED],
	       (unsigned long long)t->quarantined,
	       (unsigned long long)t->returned);
	for (i = 0; i < ARRAY_SIZE(all_lost); i++)
		all_lost[i] += t->lost[i];
	all_quarantined += t->quarantined;
	all_returned += t->returned;
	for (i = 0; i < ARRAY_SIZE(all_contested); i++)
		all_contested[i] += t->contested[i];
	if (nr_events < 10000)
		return;
	assert_true(c->w->core.decisions > nr_events / 10);
	assert_true(t->outcome[XRS_COMPLETED] > nr_events / 100);
	assert_true(t->contested[2] > nr_events / 500);
}

static void model_check(void **state)
{
	u64 seed = *(u64 *)*state;
	struct check *c = check_new(seed);

	for (; c->event < nr_events; c->event++)
		step(c);
	drain(c);
	tell(c);
	assert_int_equal(c->w->core.policy_faults, 0);
	check_free(c);
}

/* Each rule had something to decide. */
static void all_kinds(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(all_contested); i++)
		assert_true(all_contested[i] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_FAULT] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_TIMEOUT] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_REFUSED] > nr_events / 100);
	assert_true(all_quarantined > nr_events / 100);
	assert_true(all_returned > nr_events / 100);
}

int main(int argc, char **argv)
{
	static u64 seed[NR_SEEDS];
	static char name[NR_SEEDS][40];
	struct CMUnitTest tests[NR_SEEDS + 1] = { 0 };
	size_t nr = NR_SEEDS;
	int i;

	for (i = 0; i < NR_SEEDS; i++)
		seed[i] = 1 + (u64)i;
	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--seed")) {
			seed[0] = strtoull(argv[i + 1], NULL, 0);
			nr = 1;
		} else if (!strcmp(argv[i], "--events")) {
			nr_events = (u32)strtoul(argv[i + 1], NULL, 0);
		} else {
			break;
		}
	}
	if (i != argc) {
		fprintf(stderr, "usage: model_check [--seed N] [--events N]\n");
		return 2;
	}
	for (i = 0; i < (int)nr; i++) {
		snprintf(name[i], sizeof(name[i]), "model_check seed %llu",
			 (unsigned long long)seed[i]);
		tests[i].name = name[i];
		tests[i].test_func = model_check;
		tests[i].initial_state = &seed[i];
	}
	if (nr == NR_SEEDS) {
		tests[nr].name = "all_kinds";
		tests[nr++].test_func = all_kinds;
	}
	return _cmocka_run_group_tests("core: model check", tests, nr, NULL,
				       NULL)
		       ? 1
		       : 0;
}
