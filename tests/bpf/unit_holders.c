// SPDX-License-Identifier: GPL-2.0-only
/*
 * Native tests of who held the engines, and of accounts of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include <linux/xrsched.h>

#include "../../tools/holders.h"
#include "../../tools/out.h"

static unsigned int nr, failed;

static void ok(bool good, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++nr, what);
	failed += !good;
}

/* Not of tools/out.c, which has more than is wanted here. */
void out_of_memory(void)
{
	abort();
}

static void begin(struct holders *h, uint32_t engine, uint64_t seq,
		  uint32_t client, uint64_t frame, uint32_t layer,
		  uint64_t now_ns)
{
	holders_begin(h, &(struct layer_dispatch){ .engine = engine,
						   .seq = seq,
						   .client = client,
						   .frame = frame,
						   .layer = layer,
						   .now_ns = now_ns });
}

static void end(struct holders *h, uint32_t engine, uint64_t seq,
		uint64_t frame, uint32_t layer, uint64_t now_ns)
{
	holders_end(h, &(struct layer_complete){ .engine = engine,
						 .seq = seq,
						 .frame = frame,
						 .layer = layer,
						 .now_ns = now_ns });
}

static uint32_t state(struct holders *h, uint32_t engine, uint64_t seq,
		      bool present, uint32_t health, uint64_t time_ns)
{
	return holders_state(h,
			     &(struct engine_state){ .engine = engine,
						     .seq = seq,
						     .present = present,
						     .up = present,
						     .health = health },
			     time_ns);
}

/* A frame of client 9 that ended, never having run. */
static struct waiting ask(struct holders *h, uint64_t release_ns,
			  uint64_t finish_ns)
{
	struct job_complete frame = { .client = 9,
				      .release_ns = release_ns,
				      .finish_ns = finish_ns,
				      .outcome = XRSCHED_DROPPED };
	struct waiting waiting;

	holders_frame(h, &frame);
	holders_ask(h, &frame, &waiting);
	waiting_fold(&waiting);
	return waiting;
}

static void test_held(void)
{
	struct holders *h = holders_new();
	struct waiting w;

	state(h, 0, 0, true, 0, 0);
	state(h, 1, 0, true, 0, 0);
	begin(h, 0, 1, 1, 5, 0, 100);
	end(h, 0, 1, 5, 0, 300);
	begin(h, 0, 2, 1, 5, 1, 300);
	w = ask(h, 200, 400);
	ok(w.engines == 2 && w.wait_ns == 200 && w.engine_ns == 400 &&
		   w.idle_ns == 200 && !w.down_ns && !w.incomplete,
	   "what is not held is idle");
	ok(w.nr == 1 && w.holder[0].client == 1 && w.holder[0].ns == 200,
	   "who held an engine is named, by the time in the wait");
	waiting_free(&w);
	holders_free(h);
}

/* Number 2 was there in a first run only. */
static void test_removed(void)
{
	struct holders *h = holders_new();
	struct waiting w;
	uint32_t i;

	for (i = 0; i < 3; i++)
		state(h, i, 0, true, 0, 0);
	begin(h, 2, 1, 1, 5, 0, 100);
	for (i = 0; i < 3; i++)
		state(h, i, i == 2, false, 0, 200);
	w = ask(h, 150, 250);
	ok(w.engines == 3 && w.down_ns == 150 && w.nr == 1 &&
		   w.holder[0].ns == 50 && !w.incomplete,
	   "an engine that is removed is down from then on");
	waiting_free(&w);
	ok(state(h, 0, 0, true, 0, 300) == 1 &&
		   state(h, 1, 0, true, 0, 300) == 1,
	   "who gets a free number is another engine");
	w = ask(h, 350, 400);
	ok(w.engines == 2 && !w.down_ns && w.idle_ns == 100 && !w.incomplete,
	   "an engine that was removed before is none of a frame's");
	waiting_free(&w);
	begin(h, 0, 1, 2, 6, 0, 400);
	state(h, 0, 1, false, 0, 500);
	ok(state(h, 0, 0, true, 0, 600) == 2, "however often");
	w = ask(h, 250, 700);
	ok(w.incomplete, "of those before the last one nothing is known");
	waiting_free(&w);
	ok(state(h, 0, 0, true, 0, 700) == 2,
	   "an engine that has not done anything yet is the same one");
	begin(h, 0, 1, 2, 6, 0, 800);
	ok(state(h, 0, 0, true, 0, 900) == 3,
	   "one that begins anew is not, even if its removal was not seen");
	holders_free(h);
}

static void test_health(void)
{
	struct holders *h = holders_new();
	struct waiting w;

	state(h, 0, 0, true, 0, 0);
	state(h, 0, 0, true, 1, 100);
	state(h, 0, 0, true, 2, 200);
	state(h, 0, 0, true, 0, 300);
	w = ask(h, 50, 400);
	ok(w.down_ns == 200 && w.idle_ns == 150,
	   "an engine that is being reset, or rests, is not idle");
	waiting_free(&w);
	holders_free(h);
}

/* Engines that were there before: found at 1100, events from 1000 on. */
static struct holders *found(bool busy, uint32_t client, bool takes)
{
	struct holders_engine engine = { .takes = takes,
					 .busy = busy,
					 .client = client,
					 .stream = 0,
					 .layer = 3,
					 .frame = 5 };
	struct holders *h = holders_new();

	holders_known(h, &engine, 1000, 1100);
	return h;
}

static void test_before(void)
{
	struct holders *h = found(true, 1, true);
	struct waiting w;

	w = ask(h, 1200, 1300);
	ok(!w.idle_ns && w.nr == 1 && w.holder[0].client == 1 &&
		   w.holder[0].layer == 3 && !w.incomplete,
	   "an engine that was at work before is not idle");
	waiting_free(&w);
	w = ask(h, 1010, 1090);
	ok(w.incomplete, "before it was asked about, that is not certain");
	waiting_free(&w);
	end(h, 0, 7, 5, 3, 1400);
	w = ask(h, 1300, 1500);
	ok(w.idle_ns == 100 && w.holder[0].ns == 100 && !w.incomplete,
	   "until its layer ends");
	waiting_free(&w);
	holders_free(h);

	h = found(true, 0, true);
	w = ask(h, 1200, 1300);
	ok(w.incomplete, "if nobody knows whose layer that is, it says so");
	waiting_free(&w);
	end(h, 0, 7, 5, 3, 1400);
	begin(h, 0, 8, 1, 5, 4, 1450);
	w = ask(h, 1400, 1500);
	ok(w.idle_ns == 50 && !w.incomplete, "until that ends");
	waiting_free(&w);
	holders_free(h);

	h = found(true, 1, true);
	begin(h, 0, 8, 1, 5, 3, 1050);
	w = ask(h, 1000, 1100);
	ok(w.idle_ns == 50 && w.holder[0].ns == 50 && !w.incomplete,
	   "what it was found at began only then: before, it was idle");
	waiting_free(&w);
	holders_free(h);

	h = found(false, 0, true);
	end(h, 0, 7, 5, 3, 1050);
	w = ask(h, 1010, 1200);
	ok(w.incomplete, "found idle, but it was at work in the beginning");
	waiting_free(&w);
	holders_free(h);

	h = found(false, 0, false);
	state(h, 0, 3, true, 0, 1200);
	w = ask(h, 1100, 1300);
	ok(w.down_ns == 100 && w.idle_ns == 100 && !w.incomplete,
	   "found out of use, and so it was until it came back");
	waiting_free(&w);
	holders_free(h);
}

static void test_lost(void)
{
	struct holders *h = holders_new();
	struct waiting w;

	state(h, 0, 0, true, 0, 0);
	state(h, 1, 0, true, 0, 0);
	begin(h, 0, 1, 1, 5, 0, 100);
	begin(h, 1, 1, 1, 5, 1, 200);
	ok(holders_lost(h) == 1,
	   "a frame that goes on elsewhere has ended its layer");
	w = ask(h, 150, 300);
	ok(w.incomplete, "but when is not known");
	waiting_free(&w);
	begin(h, 0, 3, 1, 6, 0, 400);
	w = ask(h, 350, 450);
	ok(w.incomplete, "nor what was done between two dispatches");
	waiting_free(&w);
	holders_frame(h,
		      &(struct job_complete){ .client = 1,
					      .frame = 5,
					      .finish_ns = 500,
					      .outcome = XRSCHED_COMPLETED });
	ok(holders_lost(h) == 2, "a frame that completed has ended its last");
	holders_frame(h,
		      &(struct job_complete){ .client = 1,
					      .frame = 6,
					      .finish_ns = 600,
					      .outcome = XRSCHED_CANCELLED });
	ok(holders_lost(h) == 2, "one that is cancelled need not");
	w = ask(h, 600, 700);
	ok(w.idle_ns == 200 && !w.incomplete,
	   "and its engine is free, for all that is known");
	waiting_free(&w);
	holders_free(h);
}

/* Misses whose longest layers differ. */
static void test_sum(void)
{
	struct waiting sum = { 0 }, one = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		/* Layer 7 is never the longest, but always there. */
		waiting_held(&one, &(struct held){ 1, 0, 7, 60 });
		waiting_held(&one, &(struct held){ 1, 0, 10 + i % 10, 100 });
		waiting_held(&one, &(struct held){ 2, 0, i, 1 });
		waiting_fold(&one);
		waiting_add(&sum, &one);
		waiting_free(&one);
	}
	waiting_fold(&sum);
	ok(sum.nr == 2 && sum.holder[0].client == 1 &&
		   sum.holder[0].ns == 160000 && sum.holder[1].ns == 1000,
	   "times of holders add up");
	ok(sum.holder[0].layer == 7 && sum.holder[0].layer_ns == 60000,
	   "the longest layer is that of all misses, not of the worst one");
	waiting_ran(&sum, &(struct worker){ 0, 0, 10, 5 });
	waiting_ran(&sum, &(struct worker){ 0, 1, 10, 5 });
	waiting_ran(&sum, &(struct worker){ 0, 1, 10, 5 });
	ok(sum.nr_workers == 2 && sum.worker[1].ran_ns == 20,
	   "engines that had the same number are different ones");
	waiting_free(&sum);
}

int main(void)
{
	test_held();
	test_removed();
	test_health();
	test_before();
	test_lost();
	test_sum();
	printf("1..%u\n", nr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
