// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRBench's own programs, rebuilt: against figures that they gave, and rule by
 * rule against small workloads worked out by hand.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrbench.h>

#include "suite.h"
#include "files.h"

#define POINTS 100 /* scores are compared on this scale */

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

static struct xrsched_xrbench_result *run(struct xrsched_workload *w,
					  uint32_t seed)
{
	const struct xrsched_xrbench_opts opts = { .size = sizeof(opts),
						   .seed = seed };
	struct xrsched_xrbench_result *result;
	struct xrsched_error error = { "" };

	assert_ok(xrsched_xrbench_harness(w, &opts, &result, &error), &error);
	return result;
}

/* ----- figures of the original ------------------------------------------ */

static struct xrsched_xrbench_result *
run_named(const char *scenario, const char *size, char letter, uint32_t seed)
{
	struct xrsched_xrbench_result *result;
	char scenario_name[64], hardware[64];
	struct xrsched_workload *w;

	snprintf(scenario_name, sizeof(scenario_name), "xrbench-%s", scenario);
	snprintf(hardware, sizeof(hardware), "xrbench-%ck-%c", *size,
		 letter - 'A' + 'a');
	w = load(scenario_name, hardware);
	result = run(w, seed);
	xrsched_workload_free(w);
	return result;
}

static void assert_points(const char *line, double ours, double theirs)
{
	if (!(fabs(ours - theirs) * POINTS <= 1e-3))
		fail_msg("%.6f, not %.6f: %s", ours, theirs, line);
}

static void check_row(const char *line)
{
	struct xrsched_xrbench_result *r;
	unsigned long logged, dropped, late;
	char scenario[32], size[4], letter;
	struct xrsched_xrbench s;

	assert_int_equal(sscanf(line,
				"%31s %3s %c %*s %*s %lf %lf %lf %lf %lu %lu "
				"%lu",
				scenario, size, &letter, &s.rt, &s.en, &s.qoe,
				&s.overall, &logged, &dropped, &late),
			 10);
	r = run_named(scenario, size, letter, 0);
	assert_points(line, r->score.rt, s.rt);
	assert_points(line, r->score.en, s.en);
	assert_points(line, r->score.qoe, s.qoe);
	assert_points(line, r->score.overall, s.overall);
	if (r->logged != logged || r->dropped != dropped || r->late != late)
		fail_msg("%lu %lu %lu, not: %s", (unsigned long)r->logged,
			 (unsigned long)r->dropped, (unsigned long)r->late,
			 line);
	xrsched_xrbench_free(r);
}

static void test_figure5(void **state)
{
	FILE *stream = fopen(FIGURE5, "r");
	unsigned int rows = 0;
	char line[256];

	(void)state;
	assert_non_null(stream);
	assert_non_null(fgets(line, sizeof(line), stream));
	for (; fgets(line, sizeof(line), stream); rows++)
		check_row(line);
	fclose(stream);
	assert_int_equal(rows, 26);
}

/* ----- all scenarios ---------------------------------------------------- */

static void check_sums(const struct xrsched_xrbench_result *r)
{
	uint64_t logged = 0, dropped = 0, late = 0;
	double overall = 0;

	for (uint32_t i = 0; i < r->nr_streams; i++) {
		const struct xrsched_xrbench_stream *s = r->streams[i];

		assert_true(s->logged <= s->injected);
		assert_true(s->dropped + s->late <= s->logged);
		assert_true(s->score.overall <= s->score.qoe);
		logged += s->logged;
		dropped += s->dropped;
		late += s->late;
		overall += s->score.overall;
	}
	assert_int_equal(r->logged, logged);
	assert_int_equal(r->dropped, dropped);
	assert_int_equal(r->late, late);
	assert_true(fabs(overall / r->nr_streams - r->score.overall) < 1e-12);
	assert_true(r->end_ms >= 660 && r->end_ms < 700);
}

/* Seeds matter where there is a probability, and only there. */
static void test_seeds(void **state)
{
	static const struct {
		const char *scenario;
		bool draws;
	} all[] = {
		{ "VR_gaming", false },
		{ "AR_gaming", false },
		{ "social_interactionA", false },
		{ "social_interactionB", false },
		{ "outdoor_activity_A", true },
		{ "outdoor_activity_B", true },
		{ "AR_Assistant", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct xrsched_xrbench_result *first, *r;
		bool differs = false;

		first = run_named(all[i].scenario, "8K", 'M', 0);
		check_sums(first);
		for (uint32_t seed = 0; seed < 20; seed++) {
			r = run_named(all[i].scenario, "8K", 'M', seed);
			check_sums(r);
			if (r->score.overall != first->score.overall)
				differs = true;
			if (!seed)
				assert_false(differs);
			xrsched_xrbench_free(r);
		}
		assert_int_equal(differs, all[i].draws);
		xrsched_xrbench_free(first);
	}
}

static void test_all(void **state)
{
	static const char *const scenarios[] = {
		"VR_gaming",	       "AR_gaming",
		"social_interactionA", "social_interactionB",
		"outdoor_activity_A",  "outdoor_activity_B",
		"AR_Assistant",
	};
	struct xrsched_xrbench_result *r;

	(void)state;
	for (size_t i = 0; i < COUNT(scenarios); i++)
		for (char letter = 'A'; letter <= 'M'; letter++) {
			r = run_named(scenarios[i], "4K", letter, 3);
			check_sums(r);
			xrsched_xrbench_free(r);
		}
}

/* ----- rules ------------------------------------------------------------ */

/* A model of one layer: as fast on class "l" as on "k", at twice the energy. */
static void write_model(const char *name, unsigned int us, unsigned int mj)
{
	char file[64], text[512];

	snprintf(file, sizeof(file), "%s.json", name);
	snprintf(text, sizeof(text),
		 "{'format': 'xrsched-model', 'version': 1, 'name': '%s', "
		 "'variants': [{'name': 'v', 'input_bytes': 1, 'layers': "
		 "[{'name': 'l', 'out_bytes': 1}], 'costs': {'default': {"
		 "'k': {'latency_ns': [%u000], 'energy_pj': [%llu]},"
		 "'l': {'latency_ns': [%u000], 'energy_pj': [%llu]}}}}]}",
		 name, us, mj * 1000000000ULL, us, mj * 2000000000ULL);
	files_text(file, text);
}

static struct xrsched_workload *make_on(const char *engines,
					const char *streams)
{
	char text[2048], path[512];

	snprintf(text, sizeof(text),
		 "{'format': 'xrsched-scenario', 'version': 1, 'name': 's', "
		 "'streams': [%s]}",
		 streams);
	files_text("s.json", text);
	snprintf(text, sizeof(text),
		 "{'format': 'xrsched-hardware', 'version': 1, 'name': 'e', "
		 "'engines': [%s]}",
		 engines);
	files_text("e.json", text);
	strcpy(path, files_path("e.json"));
	return load(files_path("s.json"), path);
}

static struct xrsched_workload *make(const char *streams)
{
	return make_on("{'name': 'e', 'class': 'k'}", streams);
}

static struct xrsched_xrbench_result *play(const char *streams, uint32_t seed)
{
	struct xrsched_workload *w = make(streams);
	struct xrsched_xrbench_result *r = run(w, seed);

	xrsched_workload_free(w);
	return r;
}

static void assert_stream(const struct xrsched_xrbench_stream *s,
			  unsigned int injected, unsigned int logged,
			  unsigned int dropped, unsigned int late)
{
	assert_int_equal(s->injected, injected);
	assert_int_equal(s->logged, logged);
	assert_int_equal(s->dropped, dropped);
	assert_int_equal(s->late, late);
}

static void assert_score(const struct xrsched_xrbench *s, double rt, double en,
			 double qoe, double overall)
{
	assert_true(fabs(s->rt - rt) < 1e-6);
	assert_true(fabs(s->en - en) < 1e-6);
	assert_true(fabs(s->qoe - qoe) < 1e-6);
	assert_true(fabs(s->overall - overall) < 1e-6);
}

/*
 * The hog has the engine until 150 ms, so that frame 0 of a, due at 100, is
 * dropped.  From then on b waits for one more of a's frames than there are in
 * time, and is dropped at the next event after its deadline, when a finishes.
 * Frame 6 of a, begun at 600 ms, and frames 5 and 6 of b are never logged.
 */
static void test_by_hand(void **state)
{
	struct xrsched_xrbench_result *r;

	(void)state;
	write_model("a", 20000, 150);
	write_model("b", 20000, 150);
	write_model("Hog", 150000, 300);
	r = play("{'name': 'a', 'model': 'a', 'fps': 10},"
		 "{'name': 'b', 'model': 'b', 'fps': 10, 'upstream': 'a'},"
		 "{'name': 'hog', 'model': 'Hog', 'fps': 2}",
		 0);
	assert_stream(r->streams[0], 7, 6, 1, 0);
	assert_stream(r->streams[1], 7, 5, 5, 0);
	assert_stream(r->streams[2], 1, 1, 0, 0);
	assert_score(&r->streams[0]->score, 1, 0.9, 5. / 6, 0.625);
	assert_score(&r->streams[1]->score, 0, 0, 0, 0);
	assert_score(&r->streams[2]->score, 1, 0.8, 1, 0.8);
	assert_score(&r->score, 2. / 3, 1.7 / 3, 11. / 18, 0.475);
	assert_true(r->end_ms == 600);
	xrsched_xrbench_free(r);
}

/*
 * Periods are 22 and 33 ms, the tick 22.  b's frame 1 comes at the event of
 * 44 ms instead of 33, after a's, and is late: 45 + 22 > 66.  A stream that
 * comes alone is not, though it takes its whole period.
 */
static void test_late_injection(void **state)
{
	struct xrsched_xrbench_result *r;

	(void)state;
	write_model("a", 1000, 0);
	write_model("b", 22000, 0);
	r = play("{'name': 'a', 'model': 'a', 'fps': 45},"
		 "{'name': 'b', 'model': 'b', 'fps': 30}",
		 0);
	assert_int_equal(r->streams[0]->late, 0);
	assert_true(r->streams[1]->late > 0);
	xrsched_xrbench_free(r);
	r = play("{'name': 'b', 'model': 'b', 'fps': 45}", 0);
	/* 31 frames at 0, 22 … 660 ms: the last is not seen to end. */
	assert_stream(r->streams[0], 31, 30, 0, 0);
	/* Done at the deadline: half the score. */
	assert_score(&r->score, 0.5, 1, 1, 0.5);
	xrsched_xrbench_free(r);
}

/* Of two that want all of the engine, the name of the model decides. */
static void test_order(void **state)
{
	struct xrsched_xrbench_result *r;

	(void)state;
	write_model("A1", 60000, 0);
	write_model("a0", 60000, 0);
	r = play("{'name': 'x', 'model': 'a0', 'fps': 10},"
		 "{'name': 'y', 'model': 'A1', 'fps': 10}",
		 0);
	assert_int_equal(r->streams[1]->dropped + r->streams[1]->late, 0);
	assert_int_equal(r->streams[0]->dropped + r->streams[0]->late,
			 r->streams[0]->logged);
	assert_true(r->streams[0]->logged > 0);
	xrsched_xrbench_free(r);
	/* The name that it had in XRBench, not its file's. */
	r = play("{'name': 'x', 'model': 'a0', 'fps': 10, 'source_model': "
		 "'A0'},"
		 "{'name': 'y', 'model': 'A1', 'fps': 10}",
		 0);
	assert_string_equal(r->streams[0]->model, "A0");
	assert_int_equal(r->streams[0]->dropped + r->streams[0]->late, 0);
	assert_int_equal(r->streams[1]->dropped + r->streams[1]->late,
			 r->streams[1]->logged);
	xrsched_xrbench_free(r);
}

/*
 * An end 5 us after a tick is seen at the tick, so that it delays nobody; else
 * each frame would be later than the one before.
 */
static void test_tolerance(void **state)
{
	struct xrsched_xrbench_result *r;

	(void)state;
	write_model("b", 22005, 0);
	r = play("{'name': 'b', 'model': 'b', 'fps': 45}", 0);
	assert_stream(r->streams[0], 31, 30, 0, 30);
	assert_true(fabs(r->score.rt - 1 / (1 + exp(15 * 0.005))) < 1e-3);
	xrsched_xrbench_free(r);
	write_model("b", 22015, 0);
	r = play("{'name': 'b', 'model': 'b', 'fps': 45}", 0);
	assert_true(r->score.rt < 0.1);
	xrsched_xrbench_free(r);
}

/*
 * Both engines are free at 150 ms, for frames 2 and 3 of a, due at 150 and 200:
 * they are begun at once.  After that a always has both engines to choose from.
 */
static void test_engines(void **state)
{
	struct xrsched_xrbench_result *r;
	struct xrsched_workload *w;

	(void)state;
	write_model("a", 45000, 150);
	write_model("Hog", 150000, 0);
	w = make_on("{'name': 'e', 'class': 'k'}, {'name': 'f', 'class': 'l'}",
		    "{'name': 'hog', 'model': 'Hog', 'fps': 2},"
		    "{'name': 'gog', 'model': 'Hog', 'fps': 2, 'source_model': "
		    "'Gog'},"
		    "{'name': 'a', 'model': 'a', 'fps': 20}");
	r = run(w, 0);
	/* Frame 13, begun at 650 ms, is not seen to end. */
	assert_stream(r->streams[2], 14, 13, 2, 1);
	/* Frame 3 alone ran on the second engine. */
	assert_true(fabs(r->streams[2]->score.en - (10 * 0.9 + 0.8) / 11) <
		    1e-6);
	xrsched_xrbench_free(r);
	xrsched_workload_free(w);
}

/* ----- draws ------------------------------------------------------------ */

/* rand() of the C library, as the harness called it. */
struct library {
	struct random_data data;
	char state[128];
};

static float draw(struct library *library)
{
	int32_t number;

	random_r(&library->data, &number);
	return (float)number / (float)RAND_MAX;
}

/*
 * Frames of b that come into being: at 0, 100 … 600 ms both streams draw a
 * jitter and a fate; when a frame ends both draw a jitter.
 */
static unsigned int predict(uint32_t seed)
{
	struct library library = {};
	unsigned int frames = 0;

	initstate_r(seed, library.state, sizeof(library.state), &library.data);
	for (unsigned int frame = 0; frame < 7; frame++) {
		unsigned int jitters = 2;

		for (unsigned int i = 0; i < 3; i++)
			draw(&library);
		if (0.5f > draw(&library)) {
			frames++;
			jitters += 2;
		}
		while (jitters--)
			draw(&library);
	}
	return frames;
}

static void test_draws(void **state)
{
	static const uint32_t some[] = { 0x7fffffff, 0x80000000, UINT32_MAX };
	struct xrsched_workload *w;

	(void)state;
	write_model("a", 1000, 0);
	write_model("b", 1000, 0);
	w = make("{'name': 'a', 'model': 'a', 'fps': 10},"
		 "{'name': 'b', 'model': 'b', 'fps': 10, 'upstream': 'a', "
		 "'trigger_probability': 0.5}");
	for (uint32_t i = 0; i < 200 + COUNT(some); i++) {
		uint32_t seed = i < 200 ? i : some[i - 200];
		struct xrsched_xrbench_result *r = run(w, seed);

		assert_int_equal(r->seed, seed);
		assert_int_equal(r->streams[0]->injected, 7);
		assert_int_equal(r->streams[1]->injected, predict(seed));
		xrsched_xrbench_free(r);
	}
	xrsched_workload_free(w);
}

/* Nothing triggered: nothing logged, and the stream's scores are 0. */
static void test_never(void **state)
{
	struct xrsched_xrbench_result *r;

	(void)state;
	write_model("a", 1000, 0);
	write_model("b", 1000, 0);
	r = play("{'name': 'a', 'model': 'a', 'fps': 10},"
		 "{'name': 'b', 'model': 'b', 'fps': 10, 'upstream': 'a', "
		 "'trigger_probability': 0}",
		 0);
	assert_stream(r->streams[1], 0, 0, 0, 0);
	assert_score(&r->streams[1]->score, 0, 0, 0, 0);
	assert_score(&r->score, 0.5, 0.5, 0.5, 0.5);
	xrsched_xrbench_free(r);
}

/* ----- what is refused -------------------------------------------------- */

static void assert_refused(struct xrsched_workload *w, const char *text)
{
	struct xrsched_xrbench_result *r;
	struct xrsched_error error = { "" };

	assert_int_equal(xrsched_xrbench_harness(w, NULL, &r, &error), -EINVAL);
	if (!strstr(error.text, text))
		fail_msg("\"%s\" does not say \"%s\"", error.text, text);
	xrsched_workload_free(w);
}

static void test_refused(void **state)
{
	struct xrsched_xrbench_opts opts = { .size = sizeof(opts), .flags = 1 };
	struct xrsched_xrbench_result *r;
	struct xrsched_workload *w;
	struct xrsched_error error;

	(void)state;
	write_model("a", 1000, 0);
	assert_refused(make("{'name': 'a', 'model': 'a', 'fps': 12.5}"),
		       "rates");
	assert_refused(make("{'name': 'a', 'model': 'a', 'fps': 1001}"),
		       "rates");
	assert_refused(make("{'name': 'a', 'model': 'a', 'fps': 10, "
			    "'deadline_ns': 5}"),
		       "deadlines");
	assert_refused(
		make("{'name': 'a', 'model': 'a', 'fps': 10, 'phase_ns': 5}"),
		"phases");
	assert_refused(make("{'name': 'a', 'model': 'a', 'fps': 10},"
			    "{'name': 'b', 'model': 'a', 'fps': 10}"),
		       "second stream of one model");
	assert_refused(load("Drone_Indoor", "4k-2ws"), "stream");
	assert_refused(load("xrbench-VR_gaming", NULL), "hardware");
	w = make("{'name': 'a', 'model': 'a', 'fps': 10}");
	assert_int_equal(xrsched_xrbench_harness(w, &opts, &r, &error),
			 -EINVAL);
	opts.flags = 0;
	opts.size = 1;
	assert_int_equal(xrsched_xrbench_harness(w, &opts, &r, NULL), -EINVAL);
	xrsched_workload_free(w);
	xrsched_xrbench_free(NULL);
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
		cmocka_unit_test(test_figure5),
		cmocka_unit_test(test_seeds),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_late_injection),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_tolerance),
		cmocka_unit_test(test_engines),
		cmocka_unit_test(test_draws),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests_name("xrbench", tests, setup, teardown);
}
