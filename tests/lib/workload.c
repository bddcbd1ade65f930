// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading workload files: what good ones hold.
 */
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "files.h"

static void test_streams(void **state)
{
	struct xrsched_workload_stream s;
	struct xrsched_workload_info info;
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(files_load(&w, &error), &error);
	xrsched_workload_get_info(w, &info);
	assert_string_equal(info.scenario, "t");
	assert_string_equal(info.hardware, "h");
	assert_string_equal(info.costs, "default");
	assert_string_equal(info.description, "three streams");
	assert_int_equal(info.nr_streams, 3);
	assert_int_equal(info.nr_models, 2);
	assert_int_equal(info.nr_engines, 3);

	assert_int_equal(xrsched_workload_get_stream(w, 0, &s), 0);
	assert_string_equal(s.name, "a");
	assert_string_equal(s.model, "tiny");
	assert_int_equal(s.upstream, -1);
	assert_int_equal(s.period_ns, 33333333);
	assert_true(s.fps == 30);
	assert_int_equal(s.weight, 2);
	assert_int_equal(s.trigger_ppm, 0);
	assert_int_equal(s.no_early_drop, 0);
	assert_int_equal(s.drop_window, 0);

	assert_int_equal(xrsched_workload_get_stream(w, 1, &s), 0);
	assert_int_equal(s.upstream, 0);
	assert_int_equal(s.trigger_ppm, 500000);
	assert_int_equal(s.drop_max, 1);
	assert_int_equal(s.drop_window, 10);
	assert_int_equal(s.model_index, 0);

	assert_int_equal(xrsched_workload_get_stream(w, 2, &s), 0);
	assert_int_equal(s.period_ns, 20000000);
	assert_int_equal(s.deadline_ns, 10000000);
	assert_int_equal(s.phase_ns, 5000000);
	assert_int_equal(s.model_index, 1);
	assert_int_equal(xrsched_workload_get_stream(w, 3, &s), -ENOENT);
	xrsched_workload_free(w);
}

static void test_engines(void **state)
{
	struct xrsched_workload_engine e;
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(files_load(&w, &error), &error);
	assert_int_equal(xrsched_workload_get_engine(w, 0, &e), 0);
	assert_string_equal(e.name, "e0");
	assert_string_equal(e.class_name, "k1");
	assert_int_equal(e.pes, 4);
	assert_int_equal(e.bytes_per_us, 100);
	assert_int_equal(xrsched_workload_get_engine(w, 2, &e), 0);
	assert_string_equal(e.name, "e2");
	assert_int_equal(e.pes, 1);
	assert_int_equal(e.bytes_per_us, 0);
	assert_int_equal(xrsched_workload_get_engine(w, 3, &e), -ENOENT);
	xrsched_workload_free(w);
}

static void test_inline_model(void **state)
{
	struct xrsched_workload_model m;
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(files_load(&w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 0, &m), 0);
	assert_string_equal(m.name, "tiny");
	assert_int_equal(m.nr_variants, 2);
	assert_int_equal(m.nr_layers, 5);
	assert_int_equal(m.nr_classes, 2);
	assert_string_equal(m.variant_names[1], "small");
	assert_int_equal(m.variants[0].nr_layers, 4);
	assert_int_equal(m.variants[0].input_bytes, 3072);
	assert_int_equal(m.variants[0].accuracy_ppm, 800000);
	assert_int_equal(m.layers[1].skip, 1);
	assert_int_equal(m.layers[1].skip_ppm, 250000);
	assert_int_equal(m.layers[2].exit, 1);
	assert_int_equal(m.layers[2].exit_ppm, 500000);
	assert_int_equal(m.layers[2].flags, XRSCHED_LAYER_SIDE);
	assert_int_equal(m.layers[3].flags, 0);
	assert_string_equal(m.layer_names[3], "l3");
	assert_string_equal(m.classes[1].name, "k2");
	assert_int_equal(m.costs[2 * 2 + 1].latency_ns, 600000);
	assert_int_equal(m.costs[4 * 2 + 0].latency_ns, 500000);
	assert_int_equal(m.costs[3 * 2 + 1].energy_pj, 41);
	xrsched_workload_free(w);
}

/* Only the class that the hardware has is kept. */
static void test_table_model(void **state)
{
	struct xrsched_workload_model m;
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(files_load(&w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 1, &m), 0);
	assert_string_equal(m.name, "tabled");
	assert_int_equal(m.nr_layers, 5);
	assert_int_equal(m.nr_classes, 1);
	assert_string_equal(m.classes[0].name, "k2");
	assert_int_equal(m.variants[0].nr_layers, 3);
	assert_int_equal(m.variants[1].nr_layers, 2);
	assert_int_equal(m.layers[1].skip, 1);
	assert_int_equal(m.layers[1].out_bytes, 90);
	assert_int_equal(m.layers[2].flags, XRSCHED_LAYER_SIDE);
	assert_int_equal(m.layers[3].exit, 1);
	assert_int_equal(m.layers[3].exit_ppm, 1000000);
	assert_int_equal(m.costs[1].latency_ns, 1600000);
	assert_int_equal(m.costs[4].energy_pj, 11);
	xrsched_workload_free(w);
}

/* The default set stands in for one that a model has not. */
static void test_default_set(void **state)
{
	struct xrsched_workload_args args = { .size = sizeof(args) };
	struct xrsched_workload_info info;
	struct xrsched_error error;
	struct xrsched_workload *w;
	char path[512];

	(void)state;
	strcpy(path, files_path("t.json"));
	args.scenario = path;
	args.costs = "another";
	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	xrsched_workload_get_info(w, &info);
	assert_string_equal(info.costs, "another");
	assert_string_equal(info.hardware, "");
	assert_true(info.load == 0);
	xrsched_workload_free(w);
}

static void test_extensible_args(void **state)
{
	struct {
		struct xrsched_workload_args args;
		uint64_t later;
	} more = { .args.size = sizeof(more), .args.hardware = "4k-2ws" };
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(xrsched_workload_load(&more.args, &w, &error), &error);
	xrsched_workload_free(w);
	more.later = 1;
	assert_int_equal(xrsched_workload_load(&more.args, &w, &error), -E2BIG);
	more.args.size = 2;
	assert_int_equal(xrsched_workload_load(&more.args, &w, &error),
			 -EINVAL);
}

static void test_shipped(void **state)
{
	static const enum xrsched_workload_kind kinds[] = {
		XRSCHED_WORKLOAD_SCENARIO, XRSCHED_WORKLOAD_HARDWARE,
		XRSCHED_WORKLOAD_MODEL
	};
	static const int at_least[] = { 12, 34, 29 };
	struct xrsched_error error = { "" };
	char **names;
	int nr;

	(void)state;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		nr = xrsched_workload_list(kinds[k], &names, &error);
		assert_true(nr >= at_least[k]);
		for (int i = 0; i < nr; i++) {
			assert_ok(xrsched_workload_check(kinds[k], names[i],
							 &error),
				  &error);
			if (i)
				assert_true(strcmp(names[i - 1], names[i]) < 0);
		}
		assert_null(names[nr]);
		xrsched_workload_list_free(names);
	}
}

static int setup(void **state)
{
	(void)state;
	files_make();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	files_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_inline_model),
		cmocka_unit_test(test_table_model),
		cmocka_unit_test(test_default_set),
		cmocka_unit_test(test_extensible_args),
		cmocka_unit_test(test_shipped),
	};

	return cmocka_run_group_tests_name("workload", tests, setup, teardown);
}
