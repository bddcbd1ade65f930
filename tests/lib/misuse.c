// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the data path, on the simulator: every way in which each can be
 * wrong, one fault each with all else right.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "simulator.h"

#define BAD_MODEL(change, ret)                                      \
	do {                                                        \
		struct xrsched_model_create m = good_model();       \
		change;                                             \
		assert_int_equal(xrsched_model_create(x, &m), ret); \
	} while (0)

static void test_bad_model(void **state)
{
	struct xrsched_variant v = variant;
	struct xrsched_layer l[3];
	struct xrsched_class c[2];
	struct xrsched_cost k[6];

	(void)state;
	memcpy(l, layers, sizeof(l));
	memcpy(c, classes, sizeof(c));
	memcpy(k, costs, sizeof(k));
	BAD_MODEL((void)m, 0);
	BAD_MODEL(m.flags = 1, -EINVAL);
	BAD_MODEL(m.name[0] = '\0', -EINVAL);
	BAD_MODEL(memset(m.name, 'a', sizeof(m.name)), -EINVAL);
	BAD_MODEL(m.name[5] = 'x', -EINVAL);
	BAD_MODEL(m.nr_variants = 0, -EINVAL);
	BAD_MODEL(m.nr_variants = XRSCHED_MAX_VARIANTS + 1, -EINVAL);
	BAD_MODEL(m.nr_layers = 0, -EINVAL);
	BAD_MODEL(m.nr_layers = XRSCHED_MAX_LAYERS + 1, -EINVAL);
	BAD_MODEL(m.nr_layers = 2, -EINVAL);
	BAD_MODEL(m.nr_classes = 0, -EINVAL);
	BAD_MODEL(m.nr_classes = XRSCHED_MAX_CLASSES + 1, -EINVAL);
	BAD_MODEL(m.variants = 0, -EFAULT);
	BAD_MODEL(m.costs = 0, -EFAULT);
	BAD_MODEL((v.nr_layers = 4, m.variants = (uintptr_t)&v), -EINVAL);
	v = variant;
	BAD_MODEL((v.nr_layers = 0, m.variants = (uintptr_t)&v), -EINVAL);
	v = variant;
	BAD_MODEL((v.pad = 1, m.variants = (uintptr_t)&v), -EINVAL);
	BAD_MODEL((l[0].skip = 1, m.layers = (uintptr_t)l), -EINVAL);
	memcpy(l, layers, sizeof(l));
	BAD_MODEL((l[2].exit = 8, m.layers = (uintptr_t)l), -EINVAL);
	memcpy(l, layers, sizeof(l));
	BAD_MODEL((l[1].skip_ppm = 1000001, m.layers = (uintptr_t)l), -EINVAL);
	memcpy(l, layers, sizeof(l));
	BAD_MODEL((l[1].flags = 2, m.layers = (uintptr_t)l), -EINVAL);
	memcpy(l, layers, sizeof(l));
	BAD_MODEL((l[1].pad = 1, m.layers = (uintptr_t)l), -EINVAL);
	BAD_MODEL((c[1] = c[0], m.classes = (uintptr_t)c), -EINVAL);
	BAD_MODEL((k[3].latency_ns = 0, m.costs = (uintptr_t)k), -EINVAL);
	memcpy(k, costs, sizeof(k));
	BAD_MODEL((k[3].latency_ns = XRSCHED_MAX_LATENCY_NS + 1,
		   m.costs = (uintptr_t)k),
		  -EINVAL);
	memcpy(k, costs, sizeof(k));
	BAD_MODEL((k[3].energy_pj = XRSCHED_MAX_ENERGY_PJ + 1,
		   m.costs = (uintptr_t)k),
		  -EINVAL);
	assert_int_equal(xrsched_model_destroy(x, 1), 0);
	assert_int_equal(xrsched_model_destroy(x, 1), -ENOENT);
	assert_int_equal(xrsched_model_destroy(x, 0), -ENOENT);
}

#define BAD_STREAM(change, ret)                                      \
	do {                                                         \
		struct xrsched_stream_create s = good_stream();      \
		change;                                              \
		assert_int_equal(xrsched_stream_create(x, &s), ret); \
	} while (0)

static void test_bad_stream(void **state)
{
	(void)state;
	BAD_STREAM((void)s, 0);
	BAD_STREAM(s.flags = 2, -EINVAL);
	BAD_STREAM(s.flags = XRSCHED_STREAM_NO_EARLY_DROP, 0);
	BAD_STREAM(s.name[0] = '\0', -EINVAL);
	BAD_STREAM(s.model = 999, -ENOENT);
	BAD_STREAM(s.upstream = 999, -ENOENT);
	BAD_STREAM(s.period_ns = 999, -EINVAL);
	BAD_STREAM(s.period_ns = XRSCHED_MAX_PERIOD_NS + 1, -EINVAL);
	BAD_STREAM(s.deadline_ns = XRSCHED_MAX_PERIOD_NS + 1, -EINVAL);
	BAD_STREAM(s.period_ns = 0, -EINVAL);
	BAD_STREAM((s.period_ns = 0, s.deadline_ns = 5), 0);
	BAD_STREAM(s.weight = 1001, -EINVAL);
	BAD_STREAM(s.trigger_ppm = 5, -EINVAL);
	BAD_STREAM((s.upstream = 1, s.trigger_ppm = 1000001), -EINVAL);
	BAD_STREAM(s.drop_max = 1, -EINVAL);
	BAD_STREAM((s.drop_max = 3, s.drop_window = 2), -EINVAL);
	BAD_STREAM((s.drop_max = 1, s.drop_window = 65), -EINVAL);
	BAD_STREAM((s.drop_max = 0, s.drop_window = 64), 0);
	BAD_STREAM(s.lightest_variant = 2, -EINVAL);
	BAD_STREAM(s.priority = 4, -EINVAL);
	BAD_STREAM(s.pad[0] = 1, -EINVAL);
	BAD_STREAM(s.pad[1] = 1, -EINVAL);
}

/* The ninth in a chain. */
static void test_stream_depth(void **state)
{
	uint32_t up = 0;

	(void)state;
	for (int i = 0; i < 9; i++) {
		struct xrsched_stream_create s = good_stream();

		s.upstream = up;
		assert_int_equal(xrsched_stream_create(x, &s),
				 i < 8 ? 0 : -ELOOP);
		up = s.handle;
	}
}

#define BAD_JOB(change, ret)                                            \
	do {                                                            \
		struct xrsched_job j = { .stream = stream,              \
					 .frame = 10,                   \
					 .release_ns = START_NS + MS }; \
		change;                                                 \
		assert_int_equal(xrsched_submit(x, &j, 1, 0, 0), ret);  \
		assert_int_equal(j.result, (ret) < 0 ? (ret) : 0);      \
	} while (0)

static void test_bad_job(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_job job = { .stream = stream };
	struct xrsched_stream_stats stats;
	struct xrsched_completion done;
	struct {
		struct xrsched_job job;
		uint64_t more;
	} larger;

	(void)state;
	BAD_JOB(j.stream = 99, -ENOENT);
	BAD_JOB(j.flags = XRSCHED_JOB_IN_FENCE, -EOPNOTSUPP);
	BAD_JOB(j.flags = XRSCHED_JOB_OUT_FENCE, -EOPNOTSUPP);
	BAD_JOB(j.flags = 1U << 31, -EINVAL);
	BAD_JOB(j.in_fence = 1, -EINVAL);
	BAD_JOB(j.pad = 1, -EINVAL);
	BAD_JOB(j.exit = 8, -EINVAL);
	BAD_JOB(j.variant = 2, -EINVAL);
	BAD_JOB(j.deadline_ns = j.release_ns, -EINVAL);
	BAD_JOB(j.release_ns = UINT64_MAX - MS, -EINVAL);
	BAD_JOB((void)j, 1);
	BAD_JOB((void)j, -EINVAL); /* that frame again */
	BAD_JOB((j.frame = 11, j.release_ns -= 1), -EINVAL);
	BAD_JOB((j.frame = 12, j.variant = 1), 1);
	assert_int_equal(xrsched_submit(x, &job, 0, 0, 0), -EINVAL);
	/* Smaller than jobs have ever been, or no multiple of 8. */
	assert_int_equal(xrsched_submit_sized(x, &job, 1, 0, 0, 48), -EINVAL);
	assert_int_equal(xrsched_submit_sized(x, &job, 1, 0, 0, 60), -EINVAL);
	assert_int_equal(xrsched_wait_sized(x, &done, 1, 0, 0, 64), -EINVAL);
	assert_int_equal(xrsched_stream_stats_sized(x, 1, &stats, 16), -EINVAL);
	/* What the library does not know is not zero. */
	memset(&larger, 0, sizeof(larger));
	larger.job = job;
	larger.more = 1;
	assert_int_equal(xrsched_submit_sized(x, &larger.job, 1, 0, 0,
					      sizeof(larger)),
			 -E2BIG);
	assert_int_equal(larger.job.result, -E2BIG);
	assert_int_equal(xrsched_submit(x, &job, 1U << 20, 0, 0), -EINVAL);
	assert_int_equal(xrsched_submit(x, &job, 1, 2, 0), -EINVAL);
	assert_int_equal(xrsched_submit(x, &job, 1, 0, 5), -EINVAL);
	/* What was refused left no trace. */
	assert_int_equal(xrsched_stream_stats(x, stream, &stats), 0);
	assert_int_equal(stats.submitted, 2);
	assert_int_equal(stats.in_flight, 2);
}

static void test_bad_engine(void **state)
{
	struct xrsched_error error = { "" };
	char name[16];

	(void)state;
	assert_int_equal(xrsched_engine_add(x, "e0", "k", 1, 0, &error),
			 -EEXIST);
	assert_non_null(strstr(error.text, "an engine \"e0\" already"));
	assert_int_equal(xrsched_engine_add(x, "", "k", 1, 0, NULL), -EINVAL);
	assert_int_equal(xrsched_engine_add(x, "a b", "k", 1, 0, NULL),
			 -EINVAL);
	assert_int_equal(xrsched_engine_add(x, "a", "", 1, 0, NULL), -EINVAL);
	assert_int_equal(
		xrsched_engine_add(x, "a",
				   "a-class-whose-name-is-too-long-by-a-bit", 1,
				   0, &error),
		-EINVAL);
	assert_int_equal(xrsched_engine_add(x, "a", "k", 1, (1ULL << 40) + 1,
					    NULL),
			 -ERANGE);
	for (int i = 1; i < 64; i++) {
		snprintf(name, sizeof(name), "e%d", i);
		assert_int_equal(xrsched_engine_add(x, name, "k", 1, 0, NULL),
				 i);
	}
	assert_int_equal(xrsched_engine_add(x, "e64", "k", 1, 0, NULL),
			 -ENOSPC);
	assert_int_equal(xrsched_engine_remove(x, 64, NULL), -ENOENT);
}

static void test_policy(void **state)
{
	struct xrsched_policy_spec spec = { .name = "nosuch" };
	struct xrsched_error error;

	(void)state;
	assert_int_equal(xrsched_policy_set(x, &spec, &error), -ENOENT);
	set_policy("dream,alpha=0.5");
	assert_int_equal(xrsched_policy_get(x, &spec), 0);
	assert_string_equal(spec.name, "dream-mapscore");
	for (uint32_t i = 0; i < spec.nr; i++)
		if (!strcmp(spec.param[i].name, "alpha"))
			assert_int_equal(spec.param[i].value, 500000);
	assert_true(spec.nr >= 4);
}

static void test_open(void **state)
{
	struct {
		struct xrsched_sim_opts opts;
		uint64_t later;
	} more = { .opts.size = sizeof(more), .opts.start_ns = 5 };
	struct xrsched_caps caps;
	struct xrsched *other;

	(void)state;
	assert_true(xrsched_is_sim(x));
	assert_int_equal(xrsched_fd(x), -ENODEV);
	assert_int_equal(xrsched_get_caps(x, &caps), 0);
	assert_int_equal(caps.engines, 1);
	assert_true(caps.max_batch >= 256 && caps.max_jobs >= 1024);
	assert_int_equal(caps.features, XRSCHED_FEATURE_ADVICE);
	assert_int_equal(xrsched_open_sim(&more.opts, &other), 0);
	assert_int_equal(xrsched_now(other), 5);
	xrsched_close(other);
	more.later = 1;
	assert_int_equal(xrsched_open_sim(&more.opts, &other), -E2BIG);
	more.later = 0;
	more.opts.flags = 1;
	assert_int_equal(xrsched_open_sim(&more.opts, &other), -EINVAL);
	xrsched_close(NULL);
	assert_int_equal(xrsched_open("/nonexistent", &other), -ENOENT);
	assert_int_equal(xrsched_open("/dev/null", &other), -ENOTTY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(test_bad_model),    SIM_TEST(test_bad_stream),
		SIM_TEST(test_stream_depth), SIM_TEST(test_bad_job),
		SIM_TEST(test_bad_engine),   SIM_TEST(test_policy),
		SIM_TEST(test_open),
	};

	return cmocka_run_group_tests_name("misuse", tests, NULL, NULL);
}
