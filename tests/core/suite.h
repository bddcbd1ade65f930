/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups of tests, so that a program can be put together from several files. */
#ifndef XRS_TEST_SUITE_H
#define XRS_TEST_SUITE_H

#include "common.h"

/**
 * struct suite - The tests of one file
 * @tests: the tests
 * @nr: how many
 */
struct suite {
	const struct CMUnitTest *tests;
	size_t nr;
};

/* Defines the suite @name from an array of tests. */
#define SUITE(name, array) \
	const struct suite name = { array, ARRAY_SIZE(array) }

/* A test in a world of its own. */
#define WORLD_TEST(f)                                    \
	{                                                \
#f, f, world_setup, world_teardown, NULL \
	}

/* Random tests' seed: set from the command line, else fixed. */
extern u64 oracle_seed;

extern const struct suite suite_score;
extern const struct suite suite_uxcost;
extern const struct suite suite_hist;
extern const struct suite suite_heap;
extern const struct suite suite_view;

extern const struct suite suite_model;
extern const struct suite suite_submit;
extern const struct suite suite_upstream;
extern const struct suite suite_held;
extern const struct suite suite_expiry;
extern const struct suite suite_engine;
extern const struct suite suite_fault;
extern const struct suite suite_fault_slow;
extern const struct suite suite_inject;
extern const struct suite suite_switch;
extern const struct suite suite_policy;
extern const struct suite suite_rogue;
extern const struct suite suite_dream;
extern const struct suite suite_explain;
extern const struct suite suite_stream;
extern const struct suite suite_scale;
extern const struct suite suite_limits;
extern const struct suite suite_baselines;
extern const struct suite suite_blocks;
extern const struct suite suite_lookahead;
extern const struct suite suite_ahead_rules;
extern const struct suite suite_ahead_plans;
extern const struct suite suite_admission;
extern const struct suite suite_peek;
extern const struct suite suite_broken;
extern const struct suite suite_adapt;
extern const struct suite suite_tuner;
extern const struct suite suite_record;

int suite_run(const char *name, const struct suite *const *suites, size_t nr);

#endif /* XRS_TEST_SUITE_H */
