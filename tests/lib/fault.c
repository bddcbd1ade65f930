// SPDX-License-Identifier: GPL-2.0-only
/*
 * Specifications of faults and guards: what is read, what is refused, that
 * writing is the reverse of reading; and what the simulator makes of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xrsched/fault.h>
#include <xrsched/run.h>
#include <xrsched/xrsched.h>

#include "suite.h"

static void test_reversible(void **state)
{
	static const char *const texts[] = {
		"none",
		"hang=1%",
		"hang=0.1%,error=1.25%,slowx4=3%,wrong-seq=0.0001%",
		"hang=100%,burst=3,seed=18446744073709551615",
		"hang@5s+1s/10s",
		"error@250ms,wrong-seq@7us/3ns,slowx1000@0s+1ns",
		"error=2%,hang@1500ms+20us,burst=7",
	};
	struct xrsched_fault_plan plan;
	struct xrsched_error error;
	char text[XRSCHED_FAULT_TEXT], which[XRSCHED_NAME_LEN];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_ok(xrsched_fault_parse(texts[i], which, &plan, &error),
			  &error);
		assert_string_equal(which, "all");
		xrsched_fault_format(&plan, text, sizeof(text));
		assert_string_equal(text, texts[i]);
	}
}

static void test_values(void **state)
{
	struct xrsched_fault_plan plan;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];

	(void)state;
	assert_ok(xrsched_fault_parse("gpu:0:slowx4@1.5s+20ms/2s,error=0.5%",
				      which, &plan, &error),
		  &error);
	assert_string_equal(which, "gpu:0");
	assert_int_equal(plan.error_ppm, 5000);
	assert_int_equal(plan.nr_steps, 1);
	assert_int_equal(plan.step[0].kind, XRSCHED_FAULT_KIND_SLOW);
	assert_int_equal(plan.step[0].factor, 4);
	assert_int_equal(plan.step[0].at_ns, 1500000000);
	assert_int_equal(plan.step[0].for_ns, 20000000);
	assert_int_equal(plan.step[0].every_ns, 2000000000);
}

static void test_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"hang",
		"hang=1",
		"hang=101%",
		"hang=-1%",
		"hang=nan%",
		"hang=inf%",
		"hang= 1%",
		"hang=1%,",
		"hang=1%,hang=1%",
		"slow=1%",
		"slowx=1%",
		"slowx4",
		"slowx4000000000=1%",
		"hang@5",
		"hang@5s+",
		"hang@5s/",
		"hang@5s/1s+1s",
		"hang@99999999999999s",
		"burst=1001",
		"burst=x",
		"seed=18446744073709551616",
		"none,hang=1%",
		":hang=1%",
		"a-name-that-is-too-long-for-engines:hang=1%",
		"dies=1%",
	};
	struct xrsched_fault_plan plan;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		if (xrsched_fault_parse(texts[i], which, &plan, &error) !=
		    -EINVAL)
			fail_msg("\"%s\" was read", texts[i]);
}

static void test_too_many_steps(void **state)
{
	char text[512] = "hang@1s", which[XRSCHED_NAME_LEN];
	struct xrsched_fault_plan plan;

	(void)state;
	for (int i = 1; i < XRSCHED_FAULT_STEPS; i++)
		strcat(text, ",hang@1s");
	assert_int_equal(xrsched_fault_parse(text, which, &plan, NULL), 0);
	strcat(text, ",hang@1s");
	assert_int_equal(xrsched_fault_parse(text, which, &plan, NULL),
			 -EINVAL);
}

static void test_guard(void **state)
{
	static const char *const bad[] = {
		"",	  "floor=5", "floor",	  "factor=5ms",
		"rest=x", "speed=5", "factor=1,", "retries=-1",
	};
	struct xrsched_guard guard, was;
	struct xrsched_error error;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_int_equal(xrsched_guard_get(x, &was), 0);
	guard = was;
	assert_ok(xrsched_guard_parse("floor=50ms,retries=1,rest-max=2s",
				      &guard, &error),
		  &error);
	assert_int_equal(guard.floor_ns, 50000000);
	assert_int_equal(guard.retries, 1);
	assert_int_equal(guard.rest_max_ns, 2000000000);
	assert_int_equal(guard.factor, was.factor);
	assert_ok(xrsched_guard_set(x, &guard, &error), &error);
	assert_int_equal(xrsched_guard_get(x, &was), 0);
	assert_memory_equal(&guard, &was, sizeof(guard));
	guard.factor = 0;
	assert_int_equal(xrsched_guard_set(x, &guard, &error), -ERANGE);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(xrsched_guard_parse(bad[i], &guard, NULL),
				 -EINVAL);
	xrsched_close(x);
}

/* A run on two engines; the first one is given @text. */
static void run_with(const char *text, struct xrsched_engine *engine,
		     uint64_t *completed)
{
	struct xrsched_run_opts opts = { .size = sizeof(opts), .seconds = 2 };
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = "VR_Gaming",
		.hardware = "4k-1ws2os",
	};
	struct xrsched_workload *workload;
	struct xrsched_fault_plan plan;
	struct xrsched_result *result;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];
	struct xrsched *x;

	assert_ok(xrsched_workload_load(&args, &workload, &error), &error);
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_ok(xrsched_run_setup(x, workload, &error), &error);
	assert_ok(xrsched_fault_parse(text, which, &plan, &error), &error);
	assert_ok(xrsched_engine_fault(x, 0, &plan, &error), &error);
	assert_ok(xrsched_run(x, workload, &opts, &result, &error), &error);
	assert_int_equal(result->submitted,
			 result->completed + result->dropped +
				 result->cancelled + result->failed);
	*engine = *result->engines[0];
	*completed = result->completed;
	xrsched_result_free(result);
	xrsched_close(x);
	xrsched_workload_free(workload);
}

static void test_runs(void **state)
{
	struct xrsched_engine good, bad, again;
	uint64_t completed, fewer, same;

	(void)state;
	run_with("none", &good, &completed);
	assert_int_equal(good.faults, 0);
	run_with("error=1%", &bad, &fewer);
	assert_true(bad.faults > 10 && !bad.timeouts && bad.lost_ns);
	run_with("error=1%", &again, &same);
	assert_memory_equal(&bad, &again, sizeof(bad));
	assert_int_equal(fewer, same);
	run_with("hang=1%", &bad, &fewer);
	assert_true(bad.timeouts > 10 && bad.timeouts == bad.faults);
	run_with("wrong-seq=1%", &again, &same);
	assert_true(again.timeouts > 10 && again.timeouts == again.faults);
	run_with("slowx3=100%", &bad, &fewer);
	assert_true(!bad.faults && bad.layers < good.layers);
	/* Dead for the second second: no layer more than in the first. */
	run_with("hang@1s+10s", &bad, &fewer);
	assert_true(bad.timeouts && bad.layers < good.layers * 6 / 10);
}

static void test_no_engine(void **state)
{
	struct xrsched_fault_plan plan = { 0 };
	struct xrsched_error error;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_int_equal(xrsched_engine_fault(x, 0, &plan, &error), -ENOENT);
	assert_int_equal(xrsched_engine_add(x, "e", "a", 1, 0, &error), 0);
	assert_int_equal(xrsched_engine_fault(x, 0, &plan, &error), 0);
	assert_int_equal(xrsched_engine_fault(x, UINT32_MAX, &plan, &error),
			 -ENOENT);
	plan.burst = 1001;
	assert_int_equal(xrsched_engine_fault(x, 0, &plan, &error), -ERANGE);
	xrsched_close(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reversible),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_too_many_steps),
		cmocka_unit_test(test_guard),
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_no_engine),
	};

	return cmocka_run_group_tests_name("libxrsched: faults", tests, NULL,
					   NULL);
}
