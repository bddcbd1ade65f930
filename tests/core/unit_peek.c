// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies may not know which blocks will be skipped, which exits taken and
 * which frames triggered.  Two worlds that are alike but for that decide alike
 * until the difference shows.
 */

#include "random_set.h"
#include "suite.h"

#ifdef __SANITIZE_ADDRESS__
#define TRIALS 100
#else
#define TRIALS 600
#endif

/* The same set, with the same arrivals but other fates. */
struct twin {
	struct set set;
	struct rng fate;
};

static void twin_init(struct twin *t, u64 seed, u64 fate, const char *policy)
{
	u32 i;

	t->set = (struct set){ .seed = seed, .scale = 300 };
	t->fate.state = fate;
	t->set.luck = fate;
	set_make(&t->set);
	world_policy(t->set.w, policy, 0);
	for (i = 0; i < ENGINES; i++)
		t->set.end[i] = XRS_NEVER;
	for (i = 0; i < t->set.nr; i++)
		if (t->set.stream[i]->upstream)
			t->set.next[i] = XRS_NEVER;
}

static void arrivals(struct twin *t, u64 now)
{
	u32 i;

	for (i = 0; i < t->set.nr; i++) {
		if (t->set.next[i] > now)
			continue;
		set_submit(&t->set, &t->fate, i, i, now);
		t->set.next[i] = now + t->set.stream[i]->period_ns;
		if (++t->set.frame[i] > 20)
			t->set.next[i] = XRS_NEVER;
	}
}

static void ends(struct twin *t, u64 now)
{
	u32 i;

	for (i = 0; i < ENGINES; i++) {
		if (t->set.end[i] > now)
			continue;
		t->set.end[i] = XRS_NEVER;
		xrs_core_layer_done(&t->set.w->core, t->set.w->core.engine[i],
				    1, now);
	}
}

static const struct xrs_job *find_ready(const struct twin *t,
					const struct xrs_job *like)
{
	const struct xrs_ready *ready = &t->set.w->core.ready[0];
	u32 i;

	for (i = 0; i < ready->nr; i++)
		if (ready->job[i]->stream->id == like->stream->id &&
		    ready->job[i]->frame == like->frame)
			return ready->job[i];
	return NULL;
}

/* Whether all that a policy may look at is the same: who is ready, for what. */
static bool alike(const struct twin *a, const struct twin *b)
{
	const struct xrs_ready *ready = &a->set.w->core.ready[0];
	u32 i;

	if (ready->nr != b->set.w->core.ready[0].nr)
		return false;
	for (i = 0; i < ready->nr; i++) {
		const struct xrs_job *other = find_ready(b, ready->job[i]);

		if (!other || other->layer != ready->job[i]->layer)
			return false;
	}
	return true;
}

/* A frame that waited for another, and was too late for that, is seen to go. */
static u32 nr_ended(const struct twin *t)
{
	const struct world *w = t->set.w;
	u32 nr = 0;
	size_t i;

	for (i = 0; i < w->nr_log; i++)
		nr += w->log[i].kind == EV_FINISH;
	return nr;
}

/* Who was dispatched where; ends of frames differ where fates do. */
static u32 next_dispatch(const struct twin *t, size_t *at)
{
	const struct world *w = t->set.w;

	while (*at < w->nr_log && w->log[*at].kind != EV_DISPATCH)
		(*at)++;
	if (*at == w->nr_log)
		return 0;
	return (w->log[*at].job->stream->id + 1) << 24 |
	       w->log[*at].job->frame << 16 | w->log[*at].layer << 8 |
	       w->log[*at].engine->id;
}

static void same_decisions(const struct twin *a, const struct twin *b)
{
	size_t at = 0, bt = 0;
	u32 x, y;

	do {
		x = next_dispatch(a, &at);
		y = next_dispatch(b, &bt);
		assert_int_equal(x, y);
		at++;
		bt++;
	} while (x);
}

/* Returns how many decisions were compared. */
static u64 compare(u64 seed, const char *policy)
{
	struct twin a, b;
	u64 now, decisions;

	twin_init(&a, seed, 1, policy);
	twin_init(&b, seed, 2, policy);
	for (;;) {
		/* One may have a frame more that waits, and will wake for it. */
		now = min(set_next_event(&a.set), set_next_event(&b.set));
		if (now == XRS_NEVER)
			break;
		ends(&a, now);
		ends(&b, now);
		arrivals(&a, now);
		arrivals(&b, now);
		/* What has ended shows what it was, and whom it triggers. */
		if (!alike(&a, &b))
			break;
		world_run(a.set.w, now);
		world_run(b.set.w, now);
		/* So does what became ready meanwhile. */
		if (nr_ended(&a) != nr_ended(&b) ||
		    a.set.w->ready_sum != b.set.w->ready_sum)
			break;
		same_decisions(&a, &b);
		set_obey(&a.set, now);
		set_obey(&b.set, now);
	}
	decisions = a.set.w->core.decisions;
	world_free(a.set.w);
	world_free(b.set.w);
	return decisions;
}

static void no_policy_peeks(void **state)
{
	u64 decisions = 0, i;
	u32 p;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++) {
		u64 before = decisions;

		for (i = 0; i < TRIALS; i++)
			decisions += compare(i, xrs_policies[p]->name);
		assert_true(decisions - before > TRIALS * 2);
	}
	print_message("# %llu decisions of twins\n",
		      (unsigned long long)decisions);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(no_policy_peeks),
};

SUITE(suite_peek, tests);
