// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs on the simulator: their frames, their draws, that they can be repeated,
 * and what the result says of them.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/run.h>

#include "suite.h"
#include "files.h"

static struct xrsched_workload *load(const char *scenario, const char *hardware)
{
	struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario,
		.hardware = hardware,
	};
	struct xrsched_error error = { "" };
	struct xrsched_workload *w;

	assert_ok(xrsched_workload_load(&args, &w, &error), &error);
	return w;
}

/* A run in a simulator of its own. */
static struct xrsched_result *run(const struct xrsched_workload *w,
				  const char *policy,
				  const struct xrsched_run_opts *opts)
{
	struct xrsched_error error = { "" };
	struct xrsched_policy_spec spec;
	struct xrsched_result *result;
	struct xrsched *x;

	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_ok(xrsched_run_setup(x, w, &error), &error);
	assert_ok(xrsched_policy_parse(policy, &spec, &error), &error);
	assert_ok(xrsched_policy_set(x, &spec, &error), &error);
	assert_ok(xrsched_run(x, w, opts, &result, &error), &error);
	xrsched_close(x);
	return result;
}

static struct xrsched_run_opts seconds(double length, uint64_t seed)
{
	return (struct xrsched_run_opts){
		.size = sizeof(struct xrsched_run_opts),
		.seconds = length,
		.seed = seed,
		.load = 0.8,
	};
}

/* XRBench's scores, from what the counters say. */
static void check_xrbench(const struct xrsched_result *r)
{
	double overall = 0;

	for (uint32_t i = 0; i < r->nr_streams; i++) {
		const struct xrsched_stream_stats *stats =
			&r->streams[i]->stats;
		const struct xrsched_xrbench *score = &r->streams[i]->xrbench;
		double done = stats->completed;
		double lost = stats->dropped + stats->failed;

		overall += score->overall;
		if (!stats->completed) {
			assert_true(score->rt == 0 && score->overall == 0);
			continue;
		}
		assert_close(score->qoe, done / (done + lost), 1e-12);
		/* In time is half a point or more, late is half or less. */
		assert_true(score->rt >= 0.5 * (done - stats->late) / done);
		assert_true(score->rt <= 1 - 0.5 * stats->late / done);
		assert_true(score->overall <= score->qoe * score->qoe);
		/* Of lost frames nobody knows what they took. */
		if (!lost)
			assert_close(score->en,
				     1 - stats->energy_pj / 1.5e12 / done,
				     1e-9);
	}
	assert_close(r->xrbench.overall, overall / r->nr_streams, 1e-9);
}

static void check_sums(const struct xrsched_result *r)
{
	uint64_t layers = 0, energy_pj = 0;

	check_xrbench(r);
	for (uint32_t i = 0; i < r->nr_streams; i++) {
		const struct xrsched_result_stream *s = r->streams[i];
		uint64_t drops = 0, variants = 0;

		assert_int_equal(s->stats.submitted,
				 s->stats.completed + s->stats.dropped +
					 s->stats.cancelled + s->stats.failed);
		assert_int_equal(s->stats.in_flight, 0);
		for (size_t k = 0; k < COUNT(s->drops); k++)
			drops += s->drops[k];
		assert_int_equal(drops, s->stats.dropped + s->stats.failed);
		for (size_t k = 0; k < COUNT(s->variants); k++)
			variants += s->variants[k];
		assert_int_equal(variants, s->stats.completed);
		assert_true(s->response_p50_ns <= s->response_p99_ns &&
			    s->response_p99_ns <= s->response_max_ns);
		/* The histogram does not look below 1024 ns. */
		if (s->queue_p99_ns >= 1024)
			assert_close(s->stats.queue_p99_ns,
				     (double)s->queue_p99_ns, 0.03);
		else
			assert_true(s->stats.queue_p99_ns <= 1024);
		assert_true(s->queue_p50_ns <= s->queue_p99_ns);
		if (s->stats.completed) {
			/* The device's histograms agree within 3 %. */
			assert_close(s->stats.response_p50_ns,
				     (double)s->response_p50_ns, 0.03);
			assert_close(s->stats.response_p99_ns,
				     (double)s->response_p99_ns, 0.03);
			assert_int_equal(s->stats.response_max_ns,
					 s->response_max_ns);
		}
	}
	for (uint32_t i = 0; i < r->nr_engines; i++) {
		layers += r->engines[i]->layers;
		energy_pj += r->engines[i]->energy_pj;
	}
	assert_int_equal(layers, r->layers);
	assert_int_equal(layers, r->decisions);
	/* Drained: what the engines used, the streams used. */
	if (!r->cancelled)
		assert_int_equal(energy_pj, r->energy_pj);
}

/* ----- frames ----------------------------------------------------------- */

static void test_frames(void **state)
{
	struct xrsched_workload *w = load("VR_Gaming", "4k-1ws2os");
	struct xrsched_run_opts opts = seconds(5, 1);
	static const unsigned int frames[] = { 300, 150, 0, 150, 75, 0 };
	struct xrsched_result *r = run(w, "dream", &opts);

	(void)state;
	assert_int_equal(r->nr_streams, 6);
	for (uint32_t i = 0; i < r->nr_streams; i++)
		if (r->streams[i]->upstream < 0)
			assert_int_equal(r->streams[i]->stats.released,
					 frames[i]);
	/* 150 and 75 fair coins: within five standard deviations. */
	assert_in_range(r->streams[2]->stats.released, 75 - 31, 75 + 31);
	assert_in_range(r->streams[5]->stats.released, 37 - 21, 37 + 22);
	assert_string_equal(r->scenario, "VR_Gaming");
	assert_string_equal(r->hardware, "4k-1ws2os");
	assert_string_equal(r->costs, "rsfix");
	assert_string_equal(r->policy, "dream-mapscore");
	assert_string_equal(r->backend, "sim");
	assert_int_equal(r->streams[0]->period_ns, 16666666);
	assert_string_equal(r->streams[0]->model, "FBNet-C");
	assert_int_equal(r->nr_engines, 3);
	assert_string_equal(r->engines[0]->class_name, "ws-2k");
	assert_close(r->load, 0.8, 1e-12);
	/* The last deadline is the end of the run; nothing late runs on long. */
	assert_true(r->span_ns > 4900000000 && r->span_ns < 5100000000);
	check_sums(r);
	xrsched_result_free(r);

	/* A frame whose deadline is past the end is not run. */
	opts.seconds = 0.999999;
	r = run(w, "dream", &opts);
	assert_int_equal(r->streams[0]->stats.released, 59);
	assert_int_equal(r->streams[4]->stats.released, 14);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* Periods, phases and deadlines of a file of our own; nothing competes. */
static void test_times(void **state)
{
	struct xrsched_run_opts opts = seconds(1, 1);
	struct xrsched_error error;
	struct xrsched_workload *w;
	struct xrsched_result *r;

	(void)state;
	files_text("t.json",
		   "{'format': 'xrsched-scenario', 'version': 1, "
		   "'name': 't', 'streams': ["
		   "{'name': 'c', 'model': 'tiny', 'period_ns': "
		   "100000000,"
		   " 'deadline_ns': 30000000, 'phase_ns': 55000000}]}");
	assert_ok(files_load(&w, &error), &error);
	files_restore("t.json");
	opts.load = 0;
	r = run(w, "edf", &opts);
	/* 55 + 100 k + 30 <= 1000 ms: k = 0 … 9 */
	assert_int_equal(r->streams[0]->stats.released, 10);
	assert_int_equal(r->streams[0]->deadline_ns, 30000000);
	assert_true(r->scale == 1);
	/* Best engine for each: 1 + 1 (or skipped) + 0.3 [+ 4] ms. */
	assert_true(r->streams[0]->response_max_ns <= 6300000);
	assert_true(r->streams[0]->response_p50_ns >= 1300000);
	assert_int_equal(r->streams[0]->queue_p99_ns, 0);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* A queue too small for what is due: frames wait for room, none is lost. */
static void test_small_queue(void **state)
{
	struct xrsched_sim_opts sim = { .size = sizeof(sim), .max_jobs = 20 };
	struct xrsched_workload *w = load("VR_Gaming", "4k-1ws2os");
	struct xrsched_run_opts opts = seconds(3, 5);
	struct xrsched_error error = { "" };
	struct xrsched_result *r;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(&sim, &x), 0);
	assert_ok(xrsched_run_setup(x, w, &error), &error);
	assert_ok(xrsched_run(x, w, &opts, &r, &error), &error);
	assert_int_equal(r->streams[0]->stats.submitted, 180);
	assert_int_equal(r->streams[1]->stats.submitted, 90);
	check_sums(r);
	xrsched_result_free(r);
	xrsched_close(x);
	xrsched_workload_free(w);
}

/* ----- draws ------------------------------------------------------------ */

static void assert_same(const struct xrsched_result *a,
			const struct xrsched_result *b)
{
	assert_true(a->uxcost == b->uxcost);
	assert_true(a->uxcost_honest == b->uxcost_honest);
	assert_int_equal(a->events, b->events);
	assert_int_equal(a->energy_pj, b->energy_pj);
	assert_int_equal(a->span_ns, b->span_ns);
	for (uint32_t i = 0; i < a->nr_streams; i++) {
		const struct xrsched_result_stream *s = a->streams[i];
		const struct xrsched_result_stream *t = b->streams[i];

		assert_int_equal(s->response_p99_ns, t->response_p99_ns);
		assert_int_equal(s->queue_p99_ns, t->queue_p99_ns);
		assert_int_equal(s->stats.layers, t->stats.layers);
		assert_int_equal(s->stats.late, t->stats.late);
		assert_int_equal(s->stats.dropped, t->stats.dropped);
	}
}

static void test_repeatable(void **state)
{
	static const char *const scenarios[] = { "VR_Gaming", "Drone_Indoor",
						 "AR_Call" };
	struct xrsched_run_opts opts = seconds(2, 42);
	struct xrsched_result *a, *b;

	(void)state;
	for (size_t i = 0; i < COUNT(scenarios); i++) {
		struct xrsched_workload *w = load(scenarios[i], "4k-1os2ws");

		for (uint32_t phase = 0; phase < 2; phase++) {
			opts.phase = phase;
			opts.seed = 42;
			a = run(w, "dream,alpha=0.3", &opts);
			b = run(w, "dream,alpha=0.3", &opts);
			assert_same(a, b);
			xrsched_result_free(b);
			opts.seed = 43;
			b = run(w, "dream,alpha=0.3", &opts);
			assert_int_not_equal(a->energy_pj, b->energy_pj);
			xrsched_result_free(a);
			xrsched_result_free(b);
		}
		xrsched_workload_free(w);
	}
}

/* Twice on one handle is as good as on two. */
static void test_same_handle(void **state)
{
	struct xrsched_workload *w = load("AR_Call", "4k-2ws");
	struct xrsched_run_opts opts = seconds(2, 3);
	struct xrsched_error error = { "" };
	struct xrsched_result *a, *b;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_int_equal(xrsched_run_setup(x, w, &error), 2);
	assert_int_equal(xrsched_run_setup(x, w, &error), 0);
	assert_ok(xrsched_run(x, w, &opts, &a, &error), &error);
	assert_ok(xrsched_run(x, w, &opts, &b, &error), &error);
	assert_int_equal(a->layers, b->layers);
	assert_int_equal(a->energy_pj, b->energy_pj);
	check_sums(b);
	assert_true(a->uxcost == b->uxcost);
	xrsched_result_free(a);
	xrsched_result_free(b);
	xrsched_close(x);
	xrsched_workload_free(w);
}

/*
 * Policies see the same world: the same frames exist, and on an idle machine,
 * where all complete, they take the same way through their layers.
 */
static void test_policies_same_world(void **state)
{
	static const char *const policies[] = { "fcfs", "edf", "dream",
						"dream,beta=0,expired=clamp" };
	static const char *const scenarios[] = { "VR_Gaming", "Drone_Indoor",
						 "AR_Call" };
	struct xrsched_run_opts opts = seconds(3, 7);

	(void)state;
	for (size_t k = 0; k < COUNT(scenarios); k++) {
		struct xrsched_workload *w = load(scenarios[k], "8k-1ws2os");
		struct xrsched_result *first = NULL;

		for (size_t p = 0; p < COUNT(policies); p++) {
			struct xrsched_result *r;

			opts.load = 1.2;
			r = run(w, policies[p], &opts);
			for (uint32_t i = 0; first && i < r->nr_streams; i++)
				assert_int_equal(
					r->streams[i]->stats.submitted,
					first->streams[i]->stats.submitted);
			xrsched_result_free(r);

			opts.load = 0.01;
			r = run(w, policies[p], &opts);
			assert_int_equal(r->completed, r->submitted);
			for (uint32_t i = 0; first && i < r->nr_streams; i++)
				assert_int_equal(
					r->streams[i]->stats.layers,
					first->streams[i]->stats.layers);
			if (first)
				xrsched_result_free(r);
			else
				first = r;
		}
		xrsched_result_free(first);
		xrsched_workload_free(w);
	}
}

static void test_cascade(void **state)
{
	struct xrsched_workload *w = load("VR_Gaming", "8k-2ws");
	struct xrsched_run_opts opts = seconds(4, 1);
	struct xrsched_result *r;
	uint64_t half;

	(void)state;
	r = run(w, "edf", &opts);
	half = r->streams[2]->stats.submitted;
	xrsched_result_free(r);
	opts.flags = XRSCHED_RUN_CASCADE;
	r = run(w, "edf", &opts);
	assert_int_equal(r->streams[2]->stats.submitted, 0);
	assert_true(r->streams[2]->dlv == 0 && r->streams[2]->ne == 0);
	xrsched_result_free(r);
	opts.cascade_ppm = XRSCHED_PPM;
	r = run(w, "edf", &opts);
	assert_int_equal(r->streams[2]->stats.submitted, 120);
	assert_int_equal(r->streams[5]->stats.submitted, 60);
	xrsched_result_free(r);
	/* Which frames trigger grows with the probability, coin by coin. */
	opts.cascade_ppm = 500000;
	r = run(w, "edf", &opts);
	assert_int_equal(r->streams[2]->stats.submitted, half);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* The parent's coin: a child of a dropped parent exists, and is dropped. */
static void test_dropped_parent(void **state)
{
	struct xrsched_workload *w = load("VR_Gaming", "4k-2os");
	struct xrsched_run_opts opts = seconds(4, 1);
	const struct xrsched_result_stream *s;
	struct xrsched_result *r;

	(void)state;
	opts.load = 4;
	opts.flags = XRSCHED_RUN_CASCADE;
	opts.cascade_ppm = XRSCHED_PPM;
	r = run(w, "edf", &opts);
	s = r->streams[2];
	assert_int_equal(s->stats.submitted, 120);
	assert_int_equal(s->stats.released, 120);
	assert_true(r->streams[1]->stats.dropped > 0);
	assert_true(s->stats.dropped >= r->streams[1]->stats.dropped);
	assert_int_equal(s->violated, s->stats.late + s->stats.dropped);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* A frame exists only if all before it in its chain do. */
static void test_chain(void **state)
{
	struct xrsched_run_opts opts = seconds(20, 1);
	struct xrsched_error error;
	struct xrsched_workload *w;
	struct xrsched_result *r;

	(void)state;
	files_text("t.json",
		   "{'format': 'xrsched-scenario', 'version': 1, 'name': 't', "
		   "'streams': ["
		   "{'name': 'a', 'model': 'tiny', 'fps': 10},"
		   "{'name': 'b', 'model': 'tiny', 'fps': 10, 'upstream': 'a',"
		   " 'trigger_probability': 0.5},"
		   "{'name': 'c', 'model': 'tabled', 'fps': 10,"
		   " 'upstream': 'b', 'trigger_probability': 0.5},"
		   "{'name': 'd', 'model': 'tiny', 'fps': 10, 'upstream': 'a',"
		   " 'trigger_probability': 1}]}");
	assert_ok(files_load(&w, &error), &error);
	files_restore("t.json");
	opts.load = 0.2;
	r = run(w, "edf", &opts);
	assert_int_equal(r->streams[0]->stats.submitted, 200);
	assert_in_range(r->streams[1]->stats.submitted, 65, 135);
	assert_in_range(r->streams[2]->stats.submitted, 20, 80);
	assert_int_equal(r->streams[3]->stats.submitted, 200);
	assert_int_equal(r->completed, r->submitted);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* Frames of the lighter variant among all that completed, dream-full. */
static uint64_t light_frames(const char *field,
			     const struct xrsched_run_opts *opts)
{
	struct xrsched_error error;
	struct xrsched_workload *w;
	struct xrsched_result *r;
	uint64_t light;
	char text[1024];

	snprintf(text, sizeof(text),
		 "{'format': 'xrsched-scenario', 'version': 1, 'name': 't', "
		 "'streams': ["
		 "{'name': 'a', 'model': 'tiny', 'fps': 100%s},"
		 "{'name': 'b', 'model': 'tabled', 'fps': 100}]}",
		 field);
	files_text("t.json", text);
	assert_ok(files_load(&w, &error), &error);
	files_restore("t.json");
	r = run(w, "dream-full", opts);
	light = r->streams[0]->variants[1];
	assert_true(r->streams[0]->variants[0] + light > 0);
	xrsched_result_free(r);
	xrsched_workload_free(w);
	return light;
}

/* What a scenario says of variants binds the policy. */
static void test_variants_allowed(void **state)
{
	struct xrsched_run_opts opts = seconds(2, 1);

	(void)state;
	opts.load = 1.5;
	assert_true(light_frames("", &opts) > 0);
	assert_true(light_frames(", 'accuracy_floor': 0.7", &opts) > 0);
	assert_true(light_frames(", 'lightest_variant': 2", &opts) > 0);
	assert_int_equal(light_frames(", 'accuracy_floor': 0.75", &opts), 0);
	assert_int_equal(light_frames(", 'lightest_variant': 1", &opts), 0);
}

/* UXCost in its readings, from what the streams say. */
static void test_readings(void **state)
{
	struct xrsched_workload *w = load("VR_Gaming", "4k-2ws");
	struct xrsched_run_opts opts = seconds(3, 1);
	double sumprod = 0, executed = 0, both = 0;
	struct xrsched_result *r;

	(void)state;
	opts.load = 1.5;
	r = run(w, "fcfs", &opts);
	for (uint32_t i = 0; i < r->nr_streams; i++) {
		const struct xrsched_result_stream *s = r->streams[i];

		/* What was dropped before it began makes the two differ. */
		assert_true(s->ne_executed >= s->ne * (1 - 1e-12));
		sumprod += s->dlv * s->ne;
		executed += s->ne_executed;
		both += s->dlv * s->ne_executed;
	}
	assert_true(executed > r->ne_sum * 1.01);
	assert_close(r->uxcost_sumprod, sumprod, 1e-12);
	assert_close(r->uxcost_executed, r->dlv_sum * executed, 1e-12);
	assert_close(r->uxcost_sumprod_executed, both, 1e-12);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* Switches that take time delay frames. */
static void test_switch_time(void **state)
{
	struct xrsched_workload *w = load("VR_Gaming", "4k-2ws");
	struct xrsched_run_opts opts = seconds(3, 1);
	struct xrsched_result *free_one, *timed;

	(void)state;
	free_one = run(w, "fcfs", &opts);
	timed = run(w, "fcfs,switch=timed", &opts);
	assert_true(free_one->streams[0]->response_p50_ns <
		    timed->streams[0]->response_p50_ns);
	xrsched_result_free(free_one);
	xrsched_result_free(timed);
	xrsched_workload_free(w);
}

/* Exits and skips come as often as they should. */
static void test_probabilities(void **state)
{
	struct xrsched_workload *w = load("Drone_Indoor", "8k-2ws");
	struct xrsched_run_opts opts = seconds(100, 9);
	struct xrsched_workload_model m;
	struct xrsched_result *r;
	double mean;

	(void)state;
	opts.load = 0.01;
	r = run(w, "edf", &opts);
	/* RAPID-RL: 3, 6 or all layers with one third each. */
	assert_string_equal(r->streams[1]->model, "RAPID-RL");
	assert_int_equal(xrsched_workload_get_model(w, 1, &m), 0);
	mean = (3 + 6 + m.nr_layers) / 3.0;
	assert_close((double)r->streams[1]->stats.layers /
			     r->streams[1]->stats.completed,
		     mean, 0.03);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

/* ----- the end ---------------------------------------------------------- */

static int stop_at_half(void *arg, double done)
{
	double *last = arg;

	assert_true(done >= *last && done <= 1);
	*last = done;
	return done >= 0.5;
}

static void test_stop(void **state)
{
	struct xrsched_workload *w = load("AR_Social", "4k-2ws");
	struct xrsched_run_opts opts = seconds(10, 1);
	struct xrsched_result *r;
	double last = 0;

	(void)state;
	opts.progress = stop_at_half;
	opts.arg = &last;
	r = run(w, "edf", &opts);
	assert_int_equal(r->stopped, 1);
	assert_true(last >= 0.5 && last < 0.6);
	assert_true(r->cancelled > 0);
	check_sums(r);
	xrsched_result_free(r);
	xrsched_workload_free(w);
}

static void test_refused(void **state)
{
	struct xrsched_workload *w = load("AR_Call", "4k-2ws");
	struct xrsched_workload *other = load("AR_Call", "4k-2os");
	struct xrsched_run_opts good = seconds(1, 1), opts;
	struct xrsched_error error = { "" };
	struct xrsched_result *r;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_int_equal(xrsched_run(x, w, &good, &r, &error), -ENODEV);
	assert_string_equal(error.text, "the device has no engines");
	assert_ok(xrsched_run_setup(x, w, &error), &error);
	assert_int_equal(xrsched_run_setup(x, other, &error), -EBUSY);
	assert_non_null(strstr(error.text, "which is not part of 4k-2os"));
#define BAD(change, says)                                              \
	do {                                                           \
		opts = good;                                           \
		change;                                                \
		assert_int_equal(xrsched_run(x, w, &opts, &r, &error), \
				 -EINVAL);                             \
		assert_non_null(strstr(error.text, says));             \
	} while (0)
	BAD(opts.seconds = 0, "seconds: 0 is out of range");
	BAD(opts.seconds = NAN, "seconds: ");
	BAD(opts.seconds = 1000001, "seconds: ");
	BAD(opts.load = -1, "load: -1 is out of range");
	BAD(opts.load = NAN, "load: ");
	BAD(opts.phase = 2, "unknown phase");
	BAD(opts.flags = 2, "unknown flags");
	BAD(opts.cascade_ppm = 5, "cascade_ppm");
	BAD((opts.flags = XRSCHED_RUN_CASCADE, opts.cascade_ppm = 1000001),
	    "cascade_ppm");
	/* What was refused left nothing behind. */
	assert_ok(xrsched_run(x, w, &good, &r, &error), &error);
	xrsched_result_free(r);
	xrsched_result_free(NULL);
	xrsched_close(x);
	xrsched_workload_free(w);
	xrsched_workload_free(other);
}

/* Every shipped scenario under every policy: sums hold, nobody breaks rules. */
static void test_all(void **state)
{
	static const char *const policies[] = {
		"fcfs,expired=clamp", "edf,expired=demote", "dream",
		"dream,admit=sound,togo=min,combine=add"
	};
	struct xrsched_run_opts opts = seconds(1, 1);
	struct xrsched_error error = { "" };
	char **names;
	int nr;

	(void)state;
	nr = xrsched_workload_list(XRSCHED_WORKLOAD_SCENARIO, &names, &error);
	assert_ok(nr, &error);
	for (int i = 0; i < nr; i++) {
		struct xrsched_workload *w = load(names[i], "xrbench-4k-m");

		for (size_t p = 0; p < COUNT(policies); p++) {
			struct xrsched_result *r;

			opts.load = p & 1 ? 1.2 : 0.6;
			r = run(w, policies[p], &opts);
			assert_true(r->released > 0);
			assert_int_equal(r->policy_faults, 0);
			check_sums(r);
			xrsched_result_free(r);
		}
		xrsched_workload_free(w);
	}
	xrsched_workload_list_free(names);
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
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_small_queue),
		cmocka_unit_test(test_repeatable),
		cmocka_unit_test(test_same_handle),
		cmocka_unit_test(test_policies_same_world),
		cmocka_unit_test(test_cascade),
		cmocka_unit_test(test_dropped_parent),
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_probabilities),
		cmocka_unit_test(test_variants_allowed),
		cmocka_unit_test(test_readings),
		cmocka_unit_test(test_switch_time),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests_name("run", tests, setup, teardown);
}
