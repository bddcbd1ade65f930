// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load factor: the figures of tests/data/loads.tsv for two classes; for
 * more, a slow search of another kind.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "files.h"

#define MAX_CLASSES 3

static struct xrsched_workload *load(const char *scenario, const char *hardware,
				     const char *costs)
{
	struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario,
		.hardware = hardware,
		.costs = costs,
	};
	struct xrsched_error error = { "" };
	struct xrsched_workload *w;

	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	return w;
}

static void test_table(void **state)
{
	char line[256], costs[64], scenario[64], hardware[64];
	double four, exact, got;
	struct xrsched_workload *w;
	FILE *table = fopen(LOADS, "r");
	int rows = 0;

	(void)state;
	assert_non_null(table);
	assert_non_null(fgets(line, sizeof(line), table));
	while (fgets(line, sizeof(line), table)) {
		assert_int_equal(sscanf(line, "%63s %63s %63s %lf %lf", costs,
					scenario, hardware, &four, &exact),
				 5);
		w = load(scenario, hardware, costs);
		got = xrsched_workload_load_factor(w);
		xrsched_workload_free(w);
		/* Six digits are printed of the exact one. */
		if (fabs(got - exact) > 0.51e-6)
			fail_msg("%s %s %s: %.7f, not %.6f", costs, scenario,
				 hardware, got, exact);
		/* The other was found on a grid and may be a little low. */
		if (fabs(got - four) > 1.5e-4)
			fail_msg("%s %s %s: %.7f, not %.4f", costs, scenario,
				 hardware, got, four);
		rows++;
	}
	fclose(table);
	assert_int_equal(rows, 80);
}

/* ----- another way ------------------------------------------------------ */

/**
 * struct problem - A workload as the search wants it
 * @use: utilisation by layer and class
 * @nr: layers
 * @classes: classes
 * @engines: engines of each
 */
struct problem {
	double use[4096][MAX_CLASSES];
	size_t nr;
	unsigned int classes;
	double engines[MAX_CLASSES];
};

static struct problem problem;

static void add_layers(const struct xrsched_workload *w, unsigned int stream,
		       const char *const *classes)
{
	struct xrsched_workload_stream s;
	struct xrsched_workload_model m;

	xrsched_workload_get_stream(w, stream, &s);
	xrsched_workload_get_model(w, s.model_index, &m);
	for (unsigned int l = 0; l < m.variants[0].nr_layers; l++, problem.nr++)
		for (unsigned int c = 0; c < problem.classes; c++)
			for (unsigned int r = 0; r < m.nr_classes; r++)
				if (!strcmp(m.classes[r].name, classes[c]))
					problem.use[problem.nr][c] =
						s.fps / 1e9 *
						m.costs[l * m.nr_classes + r]
							.latency_ns;
}

/* Work at prices v_c / n_c, v summing to 1. */
static double work(double v0, double v1)
{
	double w[MAX_CLASSES] = { v0 / problem.engines[0],
				  v1 / problem.engines[1],
				  (1 - v0 - v1) / problem.engines[2] };
	double sum = 0;

	for (size_t i = 0; i < problem.nr; i++)
		sum += fmin(w[0] * problem.use[i][0],
			    fmin(w[1] * problem.use[i][1],
				 w[2] * problem.use[i][2]));
	return sum;
}

/* Ternary search for the maximum of a concave function, 3^-n of the way. */
static double best_v1(double v0)
{
	double low = 0, high = 1 - v0;

	for (int i = 0; i < 60; i++) {
		double a = low + (high - low) / 3, b = high - (high - low) / 3;

		if (work(v0, a) < work(v0, b))
			low = a;
		else
			high = b;
	}
	return work(v0, (low + high) / 2);
}

static double best(void)
{
	double low = 0, high = 1;

	for (int i = 0; i < 60; i++) {
		double a = low + (high - low) / 3, b = high - (high - low) / 3;

		if (best_v1(a) < best_v1(b))
			low = a;
		else
			high = b;
	}
	return best_v1((low + high) / 2);
}

#define HARDWARE                                                \
	"{'format': 'xrsched-hardware', 'version': 1, 'name': " \
	"'three', 'engines': ["

static void three_classes(const char *scenario, const char *const *classes,
			  const int *engines)
{
	char text[2048] = HARDWARE, path[512];
	struct xrsched_workload_info info;
	struct xrsched_workload *w;
	int nr = 0;

	for (int c = 0; c < MAX_CLASSES; c++)
		for (int i = 0; i < engines[c]; i++)
			sprintf(text + strlen(text),
				"%s{'name': 'e%d', 'class': '%s'}",
				nr ? ", " : "", nr, classes[c]),
				nr++;
	strcat(text, "]}");
	files_text("three.json", text);
	strcpy(path, files_path("three.json"));
	w = load(scenario, path, NULL);
	problem.nr = 0;
	problem.classes = MAX_CLASSES;
	for (int c = 0; c < MAX_CLASSES; c++)
		problem.engines[c] = engines[c];
	xrsched_workload_get_info(w, &info);
	for (unsigned int i = 0; i < info.nr_streams; i++)
		add_layers(w, i, classes);
	assert_close(xrsched_workload_load_factor(w), best(), 1e-6);
	xrsched_workload_free(w);
}

static void test_three(void **state)
{
	static const char *const classes[] = { "ws-2k", "os-1k", "rs-4k" };
	static const int engines[] = { 1, 2, 1 };

	(void)state;
	three_classes("AR_Call", classes, engines);
	three_classes("Drone_Outdoor", classes, engines);
}

/* Two classes of which one is there twice under two names change nothing. */
static void test_equal_classes(void **state)
{
	struct xrsched_workload *two, *three;
	char path[512], scenario[512];

	(void)state;
	files_text("h3.json", "{'format': 'xrsched-hardware', 'version': "
			      "1, 'name': 'h3', 'engines': ["
			      "{'name': 'a', 'class': 'k1'}, "
			      "{'name': 'b', 'class': 'k2'},"
			      "{'name': 'c', 'class': 'k3'}]}");
	/* k3 becomes k2's twin in both models. */
	files_text("twin.json",
		   "{'format': 'xrsched-model', 'version': 1, 'name': "
		   "'twin', 'variants': ["
		   "{'name': 'v', 'input_bytes': 1, 'layers': ["
		   "{'name': 'l0', 'out_bytes': 1}, {'name': 'l1', "
		   "'out_bytes': 1}, {'name': 'l2', 'out_bytes': 1}],"
		   "'costs': {'default': {"
		   "'k1': {'latency_ns': [3000000, 1000000, 7000000], "
		   "'energy_pj': [1, 1, 1]},"
		   "'k2': {'latency_ns': [1000000, 4000000, 5000000], "
		   "'energy_pj': [1, 1, 1]},"
		   "'k3': {'latency_ns': [1000000, 4000000, 5000000], "
		   "'energy_pj': [1, 1, 1]}}}}]}");
	files_text("s.json", "{'format': 'xrsched-scenario', 'version': 1, "
			     "'name': 's', 'streams': ["
			     "{'name': 'a', 'model': 'twin', 'fps': 100}]}");
	strcpy(path, files_path("h.json"));
	strcpy(scenario, files_path("s.json"));
	two = load(scenario, path, NULL);
	strcpy(path, files_path("h3.json"));
	three = load(scenario, path, NULL);
	/*
	 * By hand: k1 takes l1 (0.1), two k2 take l0 (0.1) and l2 (0.5); moving a
	 * share x of l2 to k1: 0.1 + 0.7 x = (0.6 - 0.5 x) / 2 gives x = 4/19.
	 */
	assert_close(xrsched_workload_load_factor(two), 0.1 + 0.7 * 4 / 19,
		     1e-9);
	assert_close(xrsched_workload_load_factor(three), 0.1 + 0.7 * 4 / 19,
		     1e-8);
	xrsched_workload_free(two);
	xrsched_workload_free(three);
}

/* A model that only one of two classes can run stays with it. */
static void test_bound_class(void **state)
{
	struct xrsched_workload *w;
	struct xrsched_error error;

	(void)state;
	/* Of t.json only "c", 4.8 ms on k2 alone, two of them, 50 a second. */
	files_text("t.json", "{'format': 'xrsched-scenario', 'version': 1, "
			     "'name': 't', 'streams': ["
			     "{'name': 'c', 'model': 'tabled', 'fps': 50},"
			     "{'name': 'a', 'model': 'tiny', 'fps': 1}]}");
	assert_ok(files_load(&w, &error), &error);
	/* 0.24 on two of k2 is 0.12 each; k1 has the 7.3 ms of "a" to itself. */
	assert_close(xrsched_workload_load_factor(w), 0.12, 1e-9);
	xrsched_workload_free(w);
	files_restore("t.json");
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
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_three),
		cmocka_unit_test(test_equal_classes),
		cmocka_unit_test(test_bound_class),
	};

	return cmocka_run_group_tests_name("load", tests, setup, teardown);
}
