// SPDX-License-Identifier: GPL-2.0-only
/*
 * What engines that compute need of workloads: shapes, single models, engines
 * of servers, measured costs.
 */
#include <errno.h>
#include <string.h>

#include "suite.h"
#include "files.h"

static int load(const char *scenario, const char *hardware, const char *engines,
		const char *profiles, struct xrsched_workload **w,
		struct xrsched_error *error)
{
	struct xrsched_workload_args args = {
		.size = sizeof(args),
		.hardware = hardware,
		.engines = engines,
		.profiles = profiles,
	};
	char path[512];

	strcpy(path, files_path(scenario));
	args.scenario = path;
	return xrsched_workload_load(&args, w, error);
}

static void test_shapes(void **state)
{
	struct xrsched_workload_args args = { .size = sizeof(args),
					      .model = "SOSNet-p64" };
	struct xrsched_workload_model m;
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 0, &m), 0);
	assert_int_equal(xrsched_workload_get_model(w, 1, &m), -ENOENT);
	assert_string_equal(m.name, "SOSNet-p64");
	/* conv3 of its first variant, as its layer table has it */
	assert_string_equal(m.layer_names[2], "conv3");
	assert_int_equal(m.shapes[2].op, XRSCHED_OP_CONV);
	assert_int_equal(m.shapes[2].k, 64);
	assert_int_equal(m.shapes[2].c, 32);
	assert_int_equal(m.shapes[2].y, 32);
	assert_int_equal(m.shapes[2].x, 32);
	assert_int_equal(m.shapes[2].r, 3);
	assert_int_equal(m.shapes[2].s, 3);
	assert_int_equal(m.shapes[2].stride, 2);
	assert_int_equal(m.shapes[2].groups, 1);
	assert_int_equal(m.shapes[2].out_y, 16);
	assert_int_equal(m.shapes[2].out_x, 16);
	assert_int_equal(m.shapes[2].repeat, 1);
	assert_int_equal(m.shapes[2].batch, 64);
	xrsched_workload_free(w);
	args.model = "GNMT";
	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 0, &m), 0);
	assert_int_equal(m.shapes[m.nr_layers - 1].op, XRSCHED_OP_GEMM);
	assert_int_equal(m.shapes[m.nr_layers - 1].repeat, 15);
	xrsched_workload_free(w);
	args.hardware = "4k-2ws";
	assert_int_equal(xrsched_workload_load(&args, &w, &error), -EINVAL);
}

/* Layers that are written inline have no shape. */
static void test_no_shape(void **state)
{
	struct xrsched_workload_args args = { .size = sizeof(args) };
	struct xrsched_workload_model m;
	struct xrsched_error error;
	struct xrsched_workload *w;
	char path[512];

	(void)state;
	strcpy(path, files_path("tiny.json"));
	args.model = path;
	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 0, &m), 0);
	assert_int_equal(m.nr_layers, 5);
	assert_int_equal(m.shapes[0].op, XRSCHED_OP_UNKNOWN);
	assert_int_equal(m.shapes[0].k, 0);
	xrsched_workload_free(w);
}

/* Engines of servers stand behind those of the hardware. */
static void test_served(void **state)
{
	struct xrsched_workload_engine e;
	struct xrsched_workload_info info;
	struct xrsched_error error;
	struct xrsched_workload *w;
	char hardware[512];

	(void)state;
	strcpy(hardware, files_path("h.json"));
	assert_ok(load("t.json", hardware, "k1:2,k2", NULL, &w, &error),
		  &error);
	xrsched_workload_get_info(w, &info);
	assert_int_equal(info.nr_engines, 6);
	assert_int_equal(xrsched_workload_get_engine(w, 0, &e), 0);
	assert_int_equal(e.served, 0);
	assert_int_equal(xrsched_workload_get_engine(w, 4, &e), 0);
	assert_string_equal(e.name, "k11");
	assert_string_equal(e.class_name, "k1");
	assert_int_equal(e.served, 1);
	assert_int_equal(xrsched_workload_get_engine(w, 5, &e), 0);
	assert_string_equal(e.name, "k20");
	xrsched_workload_free(w);

	assert_ok(load("t.json", NULL, "k2:2", NULL, &w, &error), &error);
	xrsched_workload_get_info(w, &info);
	assert_string_equal(info.hardware, "k2:2");
	assert_int_equal(info.nr_engines, 2);
	assert_true(info.load > 0);
	xrsched_workload_free(w);
}

static void test_served_refused(void **state)
{
	static const char *const bad[] = {
		"", ":2", "k1:", "k1:0", "k1:x", "k1,,", "k1:65", "k1,k1", "k 1"
	};
	struct xrsched_error error;
	struct xrsched_workload *w;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(load("t.json", NULL, bad[i], NULL, &w, &error),
				 -EINVAL);
		assert_non_null(strstr(error.text, "engine"));
	}
	assert_int_equal(load("t.json", NULL, "nobody:1", NULL, &w, &error),
			 -EINVAL);
	assert_non_null(strstr(error.text, "nobody"));
}

/* A table in the directory adds a class, or replaces one. */
static void test_profiles(void **state)
{
	struct xrsched_workload_model m;
	struct xrsched_error error;
	struct xrsched_workload *w;
	char dir[512];

	(void)state;
	strcpy(dir, files_path(""));
	files_text("tabled.tsv",
		   "variant\tlayer\tcpu.latency_ns\tcpu.energy_pj\t"
		   "k2.latency_ns\tk2.energy_pj\n"
		   "v0\t0\t11\t21\t31\t41\nv0\t1\t12\t22\t32\t42\n"
		   "v0\t2\t13\t23\t33\t43\nv1\t0\t14\t24\t34\t44\n"
		   "v1\t1\t15\t25\t35\t45\n");
	assert_ok(load("t.json", NULL, "cpu:2,k2", dir, &w, &error), &error);
	assert_int_equal(xrsched_workload_get_model(w, 1, &m), 0);
	assert_string_equal(m.name, "tabled");
	assert_int_equal(m.nr_classes, 2);
	assert_string_equal(m.classes[0].name, "k2");
	assert_string_equal(m.classes[1].name, "cpu");
	assert_int_equal(m.costs[4 * 2 + 0].latency_ns, 35);
	assert_int_equal(m.costs[4 * 2 + 1].latency_ns, 15);
	assert_int_equal(m.costs[1 * 2 + 1].energy_pj, 22);
	/* the other model was not measured */
	assert_int_equal(xrsched_workload_get_model(w, 0, &m), 0);
	assert_int_equal(m.nr_classes, 1);
	xrsched_workload_free(w);

	files_text("tabled.tsv", "variant\tlayer\tcpu.latency_ns\t"
				 "cpu.energy_pj\nv0\t0\t11\t21\n");
	assert_int_equal(load("t.json", NULL, "cpu:2,k2", dir, &w, &error),
			 -EINVAL);
	assert_non_null(strstr(error.text, "tabled.tsv: line 2: ends after 1"));
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
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_no_shape),
		cmocka_unit_test(test_served),
		cmocka_unit_test(test_served_refused),
		cmocka_unit_test(test_profiles),
	};

	return cmocka_run_group_tests_name("served", tests, setup, teardown);
}
