// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings of the simulator: replayed, damaged, asked "what if".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/record.h>

#include "suite.h"
#include "simulator.h"

#define RECORD 64
#define MUTANTS 1500
#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static char path[64];

static int make_file(void)
{
	snprintf(path, sizeof(path), "/tmp/xrsched-record.XXXXXX");
	return mkstemp(path);
}

/* The whole file; to be freed. */
static unsigned char *slurp(size_t *size)
{
	FILE *file = fopen(path, "rb");
	unsigned char *data = malloc(16 << 20);

	assert_non_null(file);
	assert_non_null(data);
	*size = fread(data, 1, 16 << 20, file);
	fclose(file);
	return data;
}

static void spit(const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static struct xrsched_recorder *start(int fd)
{
	struct xrsched_recorder *recorder;
	struct xrsched_error error;

	assert_int_equal(xrsched_record_start(x, fd, NULL, &recorder, &error),
			 0);
	return recorder;
}

/* A deterministic source of variety. */
static uint32_t dice(uint32_t n)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static uint32_t streams[5];
static uint64_t next_frame;

static void add_streams(void)
{
	for (int i = 0; i < 5; i++)
		streams[i] = new_stream();
	next_frame = 0;
}

/* Frames, some of them cancelled, engines that come and go, other policies. */
static void make_trouble(int rounds)
{
	static const char *const policies[] = {
		"fcfs",
		"edf",
		"llf",
		"rr",
		"veltair",
		"planaria",
		"xrbench",
		"fcfs-static",
		"dream-full,window_ms=10,window_frames=1",
		"dream,expired=demote",
		"edf,admit=sound",
		"lookahead,switch=timed",
		"llf,switch=timed",
	};
	struct xrsched_completion done[64];
	struct xrsched_error error;

	for (int i = 0; i < rounds; i++) {
		uint64_t now = xrsched_now(x);

		for (int s = 0; s < 5; s++)
			if (dice(3))
				submit(streams[s], next_frame,
				       now + dice(9 * MS), 0);
		if (!dice(5))
			xrsched_cancel(x, streams[dice(5)], next_frame, 0);
		next_frame++;
		if (!dice(7))
			set_policy(policies[dice(ELEMENTS(policies))]);
		if (!dice(11))
			xrsched_engine_remove(x, dice(3), &error);
		if (!dice(6))
			xrsched_engine_add(x, dice(2) ? "e1" : "e2",
					   dice(2) ? "k" : "slow", 1,
					   dice(2) * 64, &error);
		xrsched_wait(x, done, 64, 1 + dice(3),
			     now + (1 + dice(8)) * MS);
	}
}

static struct xrsched_replay *replay_good(void)
{
	struct xrsched_replay *replay;
	struct xrsched_error error;
	int ret = xrsched_replay_file(path, NULL, &replay, &error);

	if (ret)
		fail_msg("%s", error.text);
	return replay;
}

static void expect_same(uint64_t least)
{
	struct xrsched_replay *replay = replay_good();

	if (replay->differences)
		fail_msg("%s", replay->notes[0]);
	assert_int_equal(replay->lost, 0);
	assert_false(replay->truncated);
	assert_true(replay->compared.dispatches >= least);
	assert_true(replay->compared.finishes >= least / 4);
	xrsched_replay_free(replay);
}

/* A recording that begins with the simulator. */
static void record_all(int rounds)
{
	struct xrsched_record_sum sum;
	int fd = make_file();
	struct xrsched_recorder *recorder = start(fd);

	add_streams();
	make_trouble(rounds);
	assert_int_equal(xrsched_record_stop(recorder, &sum), 0);
	close(fd);
	assert_int_equal(sum.lost, 0);
	assert_true(sum.decisions > 0);
}

static void test_same(void **state)
{
	(void)state;
	record_all(400);
	expect_same(200);
	unlink(path);
}

/* Begun amid the work: the state at the beginning is enough. */
static void test_begins_anywhere(void **state)
{
	(void)state;
	add_streams();
	for (int i = 0; i < 40; i++) {
		int fd = make_file();
		struct xrsched_recorder *recorder = start(fd);

		make_trouble(12);
		assert_int_equal(xrsched_record_stop(recorder, NULL), 0);
		close(fd);
		expect_same(0);
		unlink(path);
		make_trouble(3);
	}
}

/* A frame that waits for one upstream when the recording begins. */
static void test_begins_with_waiting_frames(void **state)
{
	struct xrsched_stream_create stream = good_stream();
	struct xrsched_completion done[8];
	struct xrsched_recorder *recorder;
	uint32_t up = new_stream();
	int fd = make_file();

	(void)state;
	stream.upstream = up;
	assert_int_equal(xrsched_stream_create(x, &stream), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(submit(up, i, 0, 0), 1);
		assert_int_equal(submit(stream.handle, i, 0, 0), 1);
	}
	recorder = start(fd);
	assert_int_equal(xrsched_wait(x, done, 8, 6, 0), 6);
	assert_int_equal(xrsched_record_stop(recorder, NULL), 0);
	close(fd);
	expect_same(5);
	unlink(path);
}

/* Each decision that was recorded otherwise is found, and where. */
static void test_flipped(void **state)
{
	unsigned char *data;
	unsigned int seen[256] = { 0 };
	size_t size;

	(void)state;
	record_all(60);
	data = slurp(&size);
	for (size_t at = 64; at + RECORD <= size; at += RECORD) {
		unsigned int type = data[at + 8];
		struct xrsched_replay *replay;
		char where[32];

		if (type < 64 || type > 67 || seen[type]++ > 8)
			continue;
		data[at + 16 + dice(8)] ^= 1 << dice(8);
		spit(data, size);
		replay = replay_good();
		assert_int_equal(replay->differences, 1);
		/* Told with the input that led to it, which is before. */
		snprintf(where, sizeof(where), "offset ");
		assert_non_null(strstr(replay->notes[0], where));
		xrsched_replay_free(replay);
		free(data);
		unlink(path);
		record_all(60);
		data = slurp(&size);
	}
	assert_true(seen[64] && seen[65] && seen[66]);
	free(data);
	unlink(path);
}

/* A decision that is missing in the file, or one too many. */
static void test_missing(void **state)
{
	struct xrsched_replay *replay;
	unsigned char *data;
	size_t size, at;

	(void)state;
	record_all(60);
	data = slurp(&size);
	for (at = 64; data[at + 8] != 64; at += RECORD)
		;
	memmove(data + at, data + at + RECORD, size - at - RECORD);
	size -= RECORD;
	/* The end counts what is before it. */
	data[size - RECORD + 16]--;
	spit(data, size);
	replay = replay_good();
	/* The next one is compared in its place. */
	assert_in_range(replay->differences, 1, 2);
	xrsched_replay_free(replay);
	free(data);
	unlink(path);
}

/* Cut off anywhere: what is there is compared, and it is said. */
static void test_truncated(void **state)
{
	struct xrsched_error error;
	unsigned char *data;
	size_t size;

	(void)state;
	record_all(30);
	data = slurp(&size);
	for (size_t cut = 0; cut < size; cut += 1 + dice(400)) {
		struct xrsched_replay *replay = NULL;
		int ret;

		spit(data, cut);
		ret = xrsched_replay_file(path, NULL, &replay, &error);
		if (cut < 64) {
			assert_int_equal(ret, -EPROTO);
			continue;
		}
		assert_int_equal(ret, 0);
		assert_true(replay->truncated);
		assert_int_equal(replay->differences, 0);
		xrsched_replay_free(replay);
	}
	free(data);
	unlink(path);
}

/* Records that the kernel had no room for. */
static void test_lost(void **state)
{
	struct xrsched_record lost = { .type = XRSCHED_REC_LOST,
				       .data = { 17 } };
	struct xrsched_replay *replay;
	unsigned char *data;
	size_t size, at;

	(void)state;
	record_all(60);
	data = slurp(&size);
	at = 64 + (size - 64) / RECORD / 2 * RECORD;
	while (data[at + 8] != XRSCHED_REC_RUN)
		at += RECORD;
	memcpy(&lost, data + at, 8);
	memcpy(data + at, &lost, sizeof(lost));
	spit(data, size);
	replay = replay_good();
	assert_int_equal(replay->lost, 17);
	assert_int_equal(replay->differences, 0);
	assert_true(replay->compared.dispatches > 0);
	xrsched_replay_free(replay);
	free(data);
	unlink(path);
}

static void expect_error(const unsigned char *data, size_t size,
			 const char *text)
{
	struct xrsched_replay *replay;
	struct xrsched_error error;

	spit(data, size);
	assert_int_equal(xrsched_replay_file(path, NULL, &replay, &error),
			 -EPROTO);
	if (!strstr(error.text, text))
		fail_msg("\"%s\" does not say \"%s\"", error.text, text);
}

/* What is wrong is said, with the place. */
static void test_refused(void **state)
{
	unsigned char *data, *spoilt;
	struct xrsched_replay *replay;
	struct xrsched_error error;
	size_t size;

	(void)state;
	record_all(10);
	data = slurp(&size);
	spoilt = malloc(size + RECORD);
	memcpy(spoilt, data, size);
	spoilt[0] = 'x';
	expect_error(spoilt, size, "offset 0: this is no recording");
	memcpy(spoilt, data, size);
	spoilt[8] = 2;
	expect_error(spoilt, size, "offset 8: version 2");
	memcpy(spoilt, data, size);
	spoilt[16] = 32;
	expect_error(spoilt, size, "offset 12");
	memcpy(spoilt, data, size);
	memset(spoilt + 128 + 16, 'x', 48);
	expect_error(spoilt, size, "offset 128: a name without an end");
	memcpy(spoilt, data, size);
	spoilt[size - RECORD + 16] ^= 1;
	expect_error(spoilt, size, "the end counts");
	memcpy(spoilt, data, size);
	memset(spoilt + size, 0, RECORD);
	expect_error(spoilt, size + RECORD, "more after the end");
	memcpy(spoilt, data, size);
	spoilt[64 + RECORD] = 0xff;
	expect_error(spoilt, size, "time goes backwards");
	free(spoilt);
	free(data);
	unlink(path);
	assert_int_equal(xrsched_replay_file(path, NULL, &replay, &error),
			 -ENOENT);
}

/*
 * Whatever a file holds, a replay ends, with or without complaint (the
 * sanitizers look on).
 */
static void test_mutants(void **state)
{
	struct xrsched_policy_spec policy;
	struct xrsched_replay_opts opts = { .size = sizeof(opts) };
	struct xrsched_error error;
	unsigned char *data, *mutant;
	unsigned int refused = 0;
	size_t size;
	int fd = make_file();
	struct xrsched_recorder *recorder;

	(void)state;
	add_streams();
	make_trouble(9);
	recorder = start(fd);
	make_trouble(9);
	assert_int_equal(xrsched_record_stop(recorder, NULL), 0);
	close(fd);
	assert_int_equal(xrsched_policy_parse("dream-full", &policy, &error),
			 0);
	data = slurp(&size);
	mutant = malloc(size);
	for (int i = 0; i < MUTANTS; i++) {
		struct xrsched_replay *replay = NULL;

		memcpy(mutant, data, size);
		for (int n = dice(4); n >= 0; n--) {
			size_t at = 64 + dice(size - 64);

			/* Never the time: files would end there. */
			if (at % RECORD < 8)
				at += 8;
			if (dice(2))
				mutant[at] ^= 1 << dice(8);
			else
				mutant[at] = dice(2) ? 0xff : dice(256);
		}
		spit(mutant, size);
		opts.policy = dice(2) ? &policy : NULL;
		if (xrsched_replay_file(path, &opts, &replay, &error))
			refused++;
		else
			xrsched_replay_free(replay);
	}
	/* Both kinds occur. */
	assert_in_range(refused, 1, MUTANTS - 1);
	free(mutant);
	free(data);
	unlink(path);
}

/* Another policy on the same frames comes to what it would have come to. */
static void test_what_if(void **state)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = "VR_Gaming",
		.hardware = "4k-1ws2os",
	};
	const struct xrsched_run_opts run = {
		.size = sizeof(run), .seconds = 0.5, .seed = 3, .load = 1.0
	};
	struct xrsched_replay_opts opts = { .size = sizeof(opts) };
	struct xrsched_result *first, *second;
	struct xrsched_policy_spec policy;
	struct xrsched_replay *replay;
	struct xrsched_recorder *recorder;
	struct xrsched_workload *w;
	struct xrsched_error error;
	int fd = make_file();

	(void)state;
	assert_int_equal(xrsched_workload_load(&args, &w, &error), 0);
	xrsched_close(x);
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	recorder = start(fd);
	assert_true(xrsched_run_setup(x, w, &error) >= 0);
	set_policy("fcfs");
	assert_int_equal(xrsched_run(x, w, &run, &first, &error), 0);
	assert_int_equal(xrsched_record_stop(recorder, NULL), 0);
	close(fd);
	set_policy("dream-full");
	assert_int_equal(xrsched_run(x, w, &run, &second, &error), 0);

	assert_int_equal(xrsched_policy_parse("dream-full", &policy, &error),
			 0);
	opts.policy = &policy;
	assert_int_equal(xrsched_replay_file(path, &opts, &replay, &error), 0);
	assert_int_equal(replay->differences, 0);
	assert_true(replay->recorded->uxcost == first->uxcost);
	assert_int_equal(replay->recorded->completed, first->completed);
	assert_true(replay->what_if->uxcost == second->uxcost);
	assert_int_equal(replay->what_if->completed, second->completed);
	assert_int_equal(replay->what_if->energy_pj, second->energy_pj);
	assert_string_equal(replay->what_if->policy, "dream-full");
	assert_string_equal(replay->recorded->streams[0]->name,
			    first->streams[0]->name);
	assert_true(first->uxcost != second->uxcost);
	xrsched_replay_free(replay);
	xrsched_result_free(first);
	xrsched_result_free(second);
	xrsched_workload_free(w);
	unlink(path);
}

/* A full disk is told, at the latest at the end. */
static void test_no_space(void **state)
{
	struct xrsched_recorder *recorder;
	struct xrsched_error error;
	int fd = open("/dev/full", O_WRONLY);

	(void)state;
	assert_int_equal(xrsched_record_start(x, fd, NULL, &recorder, &error),
			 -ENOSPC);
	close(fd);
	fd = make_file();
	recorder = start(fd);
	assert_int_equal(dup2(open("/dev/full", O_WRONLY), fd), fd);
	add_streams();
	make_trouble(3);
	assert_int_equal(xrsched_record_stop(recorder, NULL), -ENOSPC);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(test_same),
		SIM_TEST(test_begins_anywhere),
		SIM_TEST(test_begins_with_waiting_frames),
		SIM_TEST(test_flipped),
		SIM_TEST(test_missing),
		SIM_TEST(test_truncated),
		SIM_TEST(test_lost),
		SIM_TEST(test_refused),
		SIM_TEST(test_mutants),
		SIM_TEST(test_what_if),
		SIM_TEST(test_no_space),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
