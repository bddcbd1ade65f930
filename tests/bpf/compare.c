// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what a probe printed agree with what really happened?
 *
 * usage: compare COMPLETIONS REPORT
 *
 * COMPLETIONS is the output of load, REPORT that of xrsched probe latency --json.
 * Counts and maxima must be equal, quantiles within 3 % of those computed from
 * the completions one by one.  Says what differs; exit code 1 if anything does.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <linux/xrsched.h>

#define MAX_JOBS 100000
#define MAX_STREAM 64
#define TOLERANCE 0.03

enum { RESPONSE, QUEUEING, SERVICE, TIMES };

static const char *const time_names[] = { "response", "queueing", "service" };

/**
 * struct truth - What happened to the jobs of a stream
 * @ended: by outcome
 * @late: completed after the deadline
 * @nr: how many there are of each @time
 * @time: of completed jobs; queueing: of all that were dispatched
 */
struct truth {
	uint64_t ended[XRSCHED_FAILED + 1];
	uint64_t late;
	uint64_t nr[TIMES];
	uint64_t *time[TIMES];
};

static struct truth truths[MAX_STREAM];
static unsigned int differences;
static unsigned int compared;

static void die(const char *what)
{
	fprintf(stderr, "compare: %s\n", what);
	exit(2);
}

static void add(struct truth *truth, int which, uint64_t ns)
{
	if (!truth->time[which])
		truth->time[which] = calloc(MAX_JOBS, sizeof(uint64_t));
	if (!truth->time[which] || truth->nr[which] >= MAX_JOBS)
		die("too many completions");
	truth->time[which][truth->nr[which]++] = ns;
}

static void note(struct truth *truth, unsigned int outcome, uint64_t release,
		 uint64_t start, uint64_t finish, uint64_t deadline)
{
	truth->ended[outcome]++;
	if (start)
		add(truth, QUEUEING, start - release);
	if (outcome != XRSCHED_COMPLETED)
		return;
	if (finish > deadline)
		truth->late++;
	add(truth, RESPONSE, finish - release);
	add(truth, SERVICE, finish - start);
}

static void read_completions(const char *path)
{
	uint64_t release, start, finish, deadline;
	unsigned int stream, outcome;
	FILE *file = fopen(path, "r");
	unsigned int nr = 0;

	if (!file)
		die("cannot read the completions");
	while (fscanf(file,
		      "%u %u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		      &stream, &outcome, &release, &start, &finish,
		      &deadline) == 6) {
		if (stream >= MAX_STREAM || outcome > XRSCHED_FAILED)
			die("completion of an unknown kind");
		note(&truths[stream], outcome, release, start, finish,
		     deadline);
		nr++;
	}
	if (!nr || !feof(file))
		die("the completions are not what load writes");
	fclose(file);
}

static void expect(uint32_t stream, const char *what, const char *of,
		   uint64_t truth, uint64_t probe, double tolerance)
{
	compared++;
	if (fabs((double)probe - (double)truth) <= tolerance * truth)
		return;
	differences++;
	printf("# stream %u: %s%s%s is %" PRIu64 ", but the probe says %" PRIu64
	       "\n",
	       stream, of, *of ? " " : "", what, truth, probe);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t number(const json_t *json, const char *name)
{
	const json_t *value = json_object_get(json, name);

	if (!json_is_integer(value))
		die("the report lacks a number");
	return json_integer_value(value);
}

static void compare_time(uint32_t stream, const struct truth *truth, int which,
			 const json_t *json)
{
	static const struct {
		const char *name;
		unsigned int ppm;
	} quantiles[] = {
		{ "p50_ns", 500000 },  { "p90_ns", 900000 },
		{ "p99_ns", 990000 },  { "p999_ns", 999000 },
		{ "max_ns", 1000000 },
	};
	uint64_t nr = truth->nr[which], rank;
	const json_t *times = json_object_get(json, time_names[which]);
	uint64_t *sorted = truth->time[which];
	size_t i;

	expect(stream, "count", time_names[which], nr, number(times, "count"),
	       0);
	if (!nr)
		return;
	qsort(sorted, nr, sizeof(*sorted), by_size);
	for (i = 0; i < sizeof(quantiles) / sizeof(*quantiles); i++) {
		rank = (nr * quantiles[i].ppm + 999999) / 1000000;
		/* Below 1 us the histogram has a single bucket. */
		if (sorted[rank - 1] < 1024)
			continue;
		expect(stream, quantiles[i].name, time_names[which],
		       sorted[rank - 1], number(times, quantiles[i].name),
		       quantiles[i].ppm == 1000000 ? 0 : TOLERANCE);
	}
}

static void compare_stream(const json_t *json)
{
	uint32_t stream = number(json, "stream");
	const struct truth *truth;
	int i;

	if (stream >= MAX_STREAM)
		die("the report has an unknown stream");
	truth = &truths[stream];
	expect(stream, "completed", "", truth->ended[XRSCHED_COMPLETED],
	       number(json, "completed"), 0);
	expect(stream, "dropped", "", truth->ended[XRSCHED_DROPPED],
	       number(json, "dropped"), 0);
	expect(stream, "cancelled", "", truth->ended[XRSCHED_CANCELLED],
	       number(json, "cancelled"), 0);
	expect(stream, "failed", "", truth->ended[XRSCHED_FAILED],
	       number(json, "failed"), 0);
	expect(stream, "late", "", truth->late, number(json, "late"), 0);
	for (i = 0; i < TIMES; i++)
		compare_time(stream, truth, i, json);
}

static uint64_t completed(const json_t *report)
{
	const json_t *stream;
	uint64_t sum = 0;
	size_t i;

	json_array_foreach(json_object_get(report, "streams"), i, stream)
		sum += number(stream, "completed");
	return sum;
}

/*
 * The last line, which is about the whole time.  Those before it are about
 * intervals, of which the last may be cut short and is then not reported.
 */
static json_t *read_report(const char *path)
{
	uint64_t in_intervals = 0;
	static char line[1 << 20];
	FILE *file = fopen(path, "r");
	json_t *json = NULL;

	if (!file)
		die("cannot read the report");
	while (fgets(line, sizeof(line), file)) {
		if (json)
			in_intervals += completed(json);
		json_decref(json);
		json = json_loads(line, 0, NULL);
		if (!json)
			die("the report is not JSON");
	}
	fclose(file);
	if (!json)
		die("the report is empty");
	if (in_intervals > completed(json))
		expect(0, "completed", "sum of intervals'", completed(json),
		       in_intervals, 0);
	return json;
}

int main(int argc, char **argv)
{
	size_t i, streams = 0, reported;
	json_t *report, *stream;

	if (argc != 3)
		die("usage: compare COMPLETIONS REPORT");
	read_completions(argv[1]);
	report = read_report(argv[2]);
	expect(0, "untracked", "", 0, number(report, "untracked"), 0);
	expect(0, "missed", "", 0, number(report, "missed"), 0);
	json_array_foreach(json_object_get(report, "streams"), i, stream)
		compare_stream(stream);
	reported = json_array_size(json_object_get(report, "streams"));
	for (i = 0; i < MAX_STREAM; i++)
		streams += truths[i].time[RESPONSE] ||
			   truths[i].ended[XRSCHED_DROPPED];
	expect(0, "number of streams", "", streams, reported, 0);
	printf("# %u figures compared, %u differ\n", compared, differences);
	json_decref(report);
	return differences ? 1 : 0;
}
