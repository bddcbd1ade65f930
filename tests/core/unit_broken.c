// SPDX-License-Identifier: GPL-2.0-only
/*
 * When what a policy is told is wrong: a stream with another period than it
 * says, a model whose estimates are off by 5, 100 streams at once; and when an
 * engine hangs half of the time.  lookahead
 * must not lose more than edf does, which looks at deadlines alone.
 */

#include "random_set.h"
#include "suite.h"

#ifdef __SANITIZE_ADDRESS__
#define SETS 200
#else
#define SETS 1500
#endif

/* Sets of 100 streams. */
#define MANY 15

/* The first stream's estimates are 5 times too high, or too low. */
static void five_times(struct set *set)
{
	set->liar = set->stream[0];
	set->times = set->seed % 2 ? 5 : 1;
	set->over = set->seed % 2 ? 1 : 5;
}

/* The first stream comes 3 times as often as it says, or as rarely. */
static void wrong_period(struct set *set)
{
	struct xrs_stream *stream = set->stream[0];

	set->wrong = stream;
	set->wrong_ns = stream->period_ns;
	stream->period_ns = set->seed % 2 ? stream->period_ns * 3
					  : max(stream->period_ns / 3, 1ULL);
}

/* The first engine hangs half of the time; the core's guard finds out. */
static void hung_engine(struct set *set)
{
	static const struct xrs_guard guard = {
		.floor_ns = 1000,
		.factor = 4,
		.retries = 3,
		.strikes = XRS_MAX_STRIKES,
		.rest_ns = 1000,
		.rest_max_ns = 2000,
	};
	struct xrs_core *core = &set->w->core;

	set->hangs_ns = 8000;
	assert_int_equal(xrs_core_set_guard(core, &guard, 0), 0);
	xrs_core_engine_guard(core, core->engine[0], 0);
}

/* Frames missed under a policy, of how many. */
static void try(const char *policy, void (*spoil)(struct set *set), bool many,
		u64 scale, u64 *missed, u64 *frames)
{
	u64 i;

	*missed = 0;
	*frames = 0;
	for (i = 0; i < (many ? MANY : SETS); i++) {
		struct set set = { .seed = i + 77777,
				   .scale = scale,
				   .spoil = spoil,
				   .many = many };

		set_run(&set, policy, i);
		*missed += set.missed;
		*frames += set.missed + set.done;
	}
}

static void no_worse(const char *what, void (*spoil)(struct set *set),
		     bool many)
{
	static const u64 scale[] = { 4000, 2000, 1000 };
	u64 edf, lookahead, frames, i;

	for (i = 0; i < ARRAY_SIZE(scale); i++) {
		u64 periods = scale[i] * (many ? 16 : 1);

		try("edf", spoil, many, periods, &edf, &frames);
		try("lookahead", spoil, many, periods, &lookahead, &frames);
		print_message("# %s, periods %llu/1024: of %llu frames edf "
			      "misses %llu, lookahead %llu\n",
			      what, (unsigned long long)periods,
			      (unsigned long long)frames,
			      (unsigned long long)edf,
			      (unsigned long long)lookahead);
		assert_true(edf > frames / 20);
		assert_true(lookahead <= edf);
	}
}

static void all_right(void **state)
{
	(void)state;
	no_worse("nothing wrong", NULL, false);
}

static void estimates_five_times_off(void **state)
{
	(void)state;
	no_worse("estimates 5 times off", five_times, false);
}

static void stream_with_a_wrong_period(void **state)
{
	(void)state;
	no_worse("wrong period", wrong_period, false);
}

static void an_engine_that_hangs(void **state)
{
	(void)state;
	no_worse("an engine hangs half of the time", hung_engine, false);
}

static void many_streams(void **state)
{
	(void)state;
	no_worse("100 streams", NULL, true);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(all_right),
	cmocka_unit_test(an_engine_that_hangs),
	cmocka_unit_test(estimates_five_times_off),
	cmocka_unit_test(many_streams),
	cmocka_unit_test(stream_with_a_wrong_period),
};

SUITE(suite_broken, tests);
