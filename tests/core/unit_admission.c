// SPDX-License-Identifier: GPL-2.0-only
/*
 * Admission advice: by hand, and random sets, each as tight as the test lets
 * it be, against what the core then does.
 */

#include "random_set.h"
#include "suite.h"
#include "xrs_admission.h"

#ifdef __SANITIZE_ADDRESS__
#define SETS 600
#else
#define SETS 12000
#endif

/* ----- by hand ---------------------------------------------------------- */

struct few {
	struct xrs_admission a;
	struct xrs_admission_stream stream[FEW];
};

static void few_init(struct few *f)
{
	memset(f, 0, sizeof(*f));
	f->a.stream = f->stream;
	f->a.max = FEW;
}

static struct xrs_admission_stream *few_add(struct few *f, u64 work, u64 every,
					    u64 engines)
{
	struct xrs_admission_stream *s = &f->stream[f->a.nr];

	*s = (struct xrs_admission_stream){
		.id = f->a.nr,
		.upstream = f->a.nr,
		.layers = 1,
		.every_ns = every,
		.limit_ns = every,
		.work_ns = work,
		.engines = engines,
	};
	f->a.nr++;
	return s;
}

static bool few_sure(struct few *f)
{
	xrs_admission_begin(&f->a);
	while (xrs_admission_step(&f->a))
		;
	return xrs_admission_sure(&f->a);
}

/* Alone a stream needs its work, and no more. */
static void alone(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 1000, 1000, 1);
	assert_true(few_sure(&f));
	assert_int_equal(f.stream[0].bound_ns, 1000);
	assert_int_equal(xrs_admission_load_ppm(&f.a, 0), XRS_PPM);

	few_init(&f);
	few_add(&f, 1001, 1000, 1);
	assert_false(few_sure(&f));
	assert_int_equal(f.stream[0].need_ns, 1001);
}

/* Two on one engine: the other's frame that was there before, and the next. */
static void one_engine(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 30, 100, 1);
	few_add(&f, 30, 100, 1);
	assert_true(few_sure(&f));
	assert_int_equal(f.stream[0].bound_ns, 90);
	/* The longer may last 50, so of the other's frames but one is there. */
	few_init(&f);
	few_add(&f, 10, 100, 1);
	few_add(&f, 20, 100, 1);
	assert_true(few_sure(&f));
	assert_int_equal(f.stream[0].bound_ns, 30);
	assert_int_equal(f.stream[1].bound_ns, 30);

	few_init(&f);
	few_add(&f, 51, 100, 1);
	few_add(&f, 50, 100, 1);
	assert_false(few_sure(&f));
	assert_int_equal(xrs_admission_load_ppm(&f.a, 0), 1010000);
}

/* A frame that is in nobody's way counts for nothing. */
static void other_engines(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 100, 100, 1);
	few_add(&f, 100, 100, 2);
	assert_true(few_sure(&f));
	assert_int_equal(xrs_admission_demand(&f.a, 0, 1), 0);
}

/* One of its frames runs at a time, so one stream cannot stop two engines. */
static void one_stops_one(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 99, 100, 3);
	few_add(&f, 90, 100, 3);
	assert_true(few_sure(&f));
}

/* A triggered frame has the time that its root's frame has. */
static void chains(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 60, 100, 1);
	few_add(&f, 40, 7, 2)->upstream = 0;
	f.stream[1].limit_ns = 100;
	assert_true(few_sure(&f));
	assert_int_equal(f.stream[1].bound_ns, 100);
	assert_int_equal(f.stream[1].every_ns, 100);

	few_init(&f);
	few_add(&f, 60, 100, 1);
	few_add(&f, 41, 7, 2)->upstream = 0;
	f.stream[1].limit_ns = 100;
	assert_false(few_sure(&f));
	assert_int_equal(xrs_admission_bottleneck(&f.a), 1);
}

/* With fewer engines a stage of a chain waits longer. */
static void narrow_chain(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 10, 100, 3);
	few_add(&f, 10, 100, 1)->upstream = 0;
	few_add(&f, 30, 100, 1);
	assert_true(few_sure(&f));
	/* 30 of the third, on the one engine that the second has. */
	assert_int_equal(f.stream[1].bound_ns, 20 + 30);
}

/* A longer deadline than the period is no excuse: frames come in order. */
static void late_is_in_the_way(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 101, 100, 1)->limit_ns = 1000;
	assert_false(few_sure(&f));
}

static void no_engine(void **state)
{
	struct few f;

	(void)state;
	few_init(&f);
	few_add(&f, 1, 100, 1);
	few_add(&f, 1, 100, 0);
	assert_false(few_sure(&f));
	assert_int_equal(xrs_admission_bottleneck(&f.a), 1);
	assert_int_equal(xrs_admission_load_ppm(&f.a, 1), U32_MAX);
}

/* The greatest numbers that there are overflow nowhere. */
static void greatest(void **state)
{
	struct few f;
	u32 i;

	(void)state;
	few_init(&f);
	f.a.bytes_per_us = 1;
	for (i = 0; i < FEW; i++) {
		struct xrs_admission_stream *s =
			few_add(&f, BIT_ULL(52), i ? U64_MAX : 1000, U64_MAX);

		s->layers = XRS_MAX_LAYERS;
		s->bytes = U32_MAX;
		if (i)
			s->upstream = i - 1;
	}
	assert_false(few_sure(&f));
	few_init(&f);
	few_add(&f, 1, 1, 1);
	few_add(&f, BIT_ULL(40), BIT_ULL(40), 1);
	assert_false(few_sure(&f));
}

/* What the core makes of a stream: slowest engine, all blocks, longest variant. */
static void takes_the_worst(void **state)
{
	struct world *w = *state;
	struct xrs_admission_stream room[2];
	struct xrs_admission a = { .stream = room, .max = 2 };
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = model_new(w, 2, (const u32[]){ 2, 1 }, "abc",
					(const struct xrs_cost[]){
						{ 10, 1 },
						{ 30, 1 },
						{ 900, 1 },
						{ 40, 1 },
						{ 20, 1 },
						{ 900, 1 },
						{ 5, 1 },
						{ 65, 1 },
						{ 900, 1 },
					});
	struct xrs_stream *s, *child;

	e->bytes_per_us = 500;
	world_engine(w, 1, "b");
	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = XRS_PPM;
	m->layer[1].skip = 1;
	m->layer[1].skip_ppm = XRS_PPM;
	m->layer[0].out_bytes = 70;
	m->variant[1].input_bytes = 100;
	model_seal(m);
	s = world_stream(w, 3, m, NULL);
	s->period_ns = 1000;
	s->deadline_ns = 800;
	child = world_stream(w, 4, m, s);
	child->deadline_ns = 700;

	assert_int_equal(xrs_admission_gather(&w->core, &a), 0);
	assert_true(a.conserving);
	assert_int_equal(a.nr, 2);
	assert_int_equal(room[0].id, 3);
	assert_int_equal(room[0].work_ns, 30 + 40);
	assert_int_equal(room[0].layers, 2);
	assert_int_equal(room[0].bytes, 100);
	assert_int_equal(room[0].engines, 3);
	assert_int_equal(a.bytes_per_us, 0);
	assert_int_equal(room[1].upstream, 0);

	world_param(w, XRS_PARAM_SWITCH, XRS_SWITCH_TIMED, 0);
	assert_int_equal(xrs_admission_gather(&w->core, &a), 0);
	xrs_admission_begin(&a);
	assert_int_equal(room[0].work_ns, 70 + 2 * (200 * 1000 / 500));
	assert_int_equal(room[1].every_ns, 1000);
	assert_int_equal(room[1].limit_ns, 700);

	world_policy(w, "lookahead", 0);
	assert_int_equal(xrs_admission_gather(&w->core, &a), 0);
	assert_false(a.conserving);
	world_down(w, e, 0);
	assert_int_equal(xrs_admission_gather(&w->core, &a), 0);
	assert_int_equal(room[0].work_ns, 65);
	a.max = 1;
	assert_int_equal(xrs_admission_gather(&w->core, &a), -ENOSPC);
}

/* ----- random sets ------------------------------------------------------ */

static bool set_sure(const struct set *set, struct xrs_admission *a)
{
	if (xrs_admission_gather(&set->w->core, a))
		return false;
	xrs_admission_begin(a);
	while (xrs_admission_step(a))
		;
	return xrs_admission_sure(a);
}

/* The shortest periods at which the advice is yes; false: it never is. */
static bool set_tighten(struct set *set, struct xrs_admission *a)
{
	u64 low = 1, high = 1 << 20;

	while (low < high) {
		bool sure;

		set->scale = (low + high) / 2;
		set_make(set);
		sure = set_sure(set, a);
		world_free(set->w);
		if (sure)
			high = set->scale;
		else
			low = set->scale + 1;
	}
	set->scale = high;
	return high < 1 << 20;
}

static const char *const conserving[] = {
	"edf",	 "llf",		"fcfs",	   "rr",
	"dream", "dream-tuned", "xrbench", "veltair",
};

/* The list above is the one that the advice goes by. */
static void who_conserves(void **state)
{
	u32 i, nr = 0;

	(void)state;
	for (i = 0; i < xrs_nr_policies; i++)
		nr += xrs_policies[i]->conserving;
	assert_int_equal(nr, ARRAY_SIZE(conserving));
	for (i = 0; i < nr; i++)
		assert_true(xrs_policy_find(conserving[i])->conserving);
}

/*
 * 12,000 sets, each at the edge of a yes, under two of the policies: no frame
 * is late.  With half of the time many are: such sets do miss deadlines.
 */
static void never_wrong(void **state)
{
	struct xrs_admission_stream room[FEW];
	struct xrs_admission a = { .stream = room, .max = FEW };
	u64 seed = 1, i, yes = 0, frames = 0, missing = 0, ahead = 0,
	    ahead_sets = 0;

	(void)state;
	if (getenv("ADMISSION_SEED"))
		seed = strtoull(getenv("ADMISSION_SEED"), NULL, 0);
	for (i = 0; yes < SETS; i++) {
		struct set set = { .seed = seed * 1000003 + i };
		u64 edge;

		if (!set_tighten(&set, &a))
			continue;
		yes++;
		edge = set.scale;
		set_run(&set, conserving[i % 8], i);
		assert_int_equal(set.missed, 0);
		frames += set.done;
		set_run(&set, conserving[(i / 8 + 1) % 8], ~i);
		assert_int_equal(set.missed, 0);
		frames += set.done;
		set_run(&set, "lookahead", i);
		ahead_sets += set.missed != 0;
		ahead += set.missed;
		set.scale = edge / 2;
		set_run(&set, "edf", i);
		missing += set.missed != 0;
	}
	print_message("# %llu sets sure of %llu, %llu frames, none late; with "
		      "half of "
		      "the time %llu sets have late frames (edf); lookahead: "
		      "%llu late frames in %llu sets\n",
		      (unsigned long long)yes, (unsigned long long)i,
		      (unsigned long long)frames, (unsigned long long)missing,
		      (unsigned long long)ahead,
		      (unsigned long long)ahead_sets);
	assert_true(missing > yes / 10);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(alone),
	cmocka_unit_test(one_engine),
	cmocka_unit_test(other_engines),
	cmocka_unit_test(one_stops_one),
	cmocka_unit_test(chains),
	cmocka_unit_test(narrow_chain),
	cmocka_unit_test(late_is_in_the_way),
	cmocka_unit_test(no_engine),
	cmocka_unit_test(greatest),
	WORLD_TEST(takes_the_worst),
	cmocka_unit_test(who_conserves),
	cmocka_unit_test(never_wrong),
};

SUITE(suite_admission, tests);
