// SPDX-License-Identifier: GPL-2.0-only
/* Models: what is refused, and the derived tables by hand. */

#include "suite.h"
#include "xrs_score.h"

/* Three layers, two classes; valid. */
static struct xrs_model *good(struct world *w)
{
	return CHAIN(w, 3, "ab", { 10, 1 }, { 20, 2 }, { 30, 3 }, { 40, 4 },
		     { 50, 5 }, { 60, 6 });
}

static void good_is_good(void **state)
{
	assert_int_equal(xrs_model_seal(good(*state)), 0);
}

/* Everything at the ends of its range. */
static void limits_are_good(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = good(w);

	m->layer[1].skip = XRS_MAX_SKIPS;
	m->layer[1].skip_ppm = XRS_PPM;
	m->layer[2].exit = XRS_MAX_EXITS;
	m->layer[2].exit_ppm = XRS_PPM;
	m->layer[2].flags = XRS_LAYER_SIDE;
	m->layer[2].out_bytes = U32_MAX;
	m->variant[0].input_bytes = U32_MAX;
	m->variant[0].accuracy_ppm = XRS_PPM;
	m->cost[0].latency_ns = 1ULL << 40;
	m->cost[0].energy_pj = 1ULL << 50;
	m->cost[1].latency_ns = 1;
	m->cost[1].energy_pj = 0;
	memset(m->class_name[1], 'x', XRS_NAME_LEN - 1);
	assert_int_equal(xrs_model_seal(m), 0);
}

/* One test for each way of being wrong; @edit spoils a good model. */
#define BAD(name, edit)                                       \
	static void bad_##name(void **state)                  \
	{                                                     \
		struct xrs_model *m = good(*state);           \
                                                              \
		edit;                                         \
		assert_int_equal(xrs_model_seal(m), -EINVAL); \
	}

BAD(latency_zero, m->cost[3].latency_ns = 0)
BAD(latency_large, m->cost[5].latency_ns = (1ULL << 40) + 1)
BAD(energy_large, m->cost[5].energy_pj = (1ULL << 50) + 1)
BAD(layer_pad, m->layer[1].pad = 1)
BAD(layer_flags, m->layer[1].flags = 2)
BAD(skip_number, (m->layer[1].skip = XRS_MAX_SKIPS + 1))
BAD(skip_share, (m->layer[1].skip = 1, m->layer[1].skip_ppm = XRS_PPM + 1))
BAD(skip_share_alone, m->layer[1].skip_ppm = 1)
BAD(skip_first_layer, m->layer[0].skip = 1)
BAD(skip_torn,
    (m->layer[1].skip = 1, m->layer[2].skip = 1, m->layer[2].skip_ppm = 5))
BAD(exit_number, m->layer[1].exit = XRS_MAX_EXITS + 1)
BAD(exit_share, (m->layer[1].exit = 1, m->layer[1].exit_ppm = XRS_PPM + 1))
BAD(exit_share_alone, m->layer[1].exit_ppm = 1)
BAD(exit_twice, (m->layer[0].exit = 1, m->layer[2].exit = 1))
BAD(exit_in_block, (m->layer[1].exit = 1, m->layer[1].skip = 1))
BAD(class_empty, m->class_name[1][0] = '\0')
BAD(class_twice, m->class_name[1][0] = 'a')
BAD(class_endless, memset(m->class_name[1], 'x', XRS_NAME_LEN))
BAD(class_unprintable, m->class_name[1][0] = '\n')
BAD(class_high, m->class_name[1][0] = (char)0xff)
BAD(class_tail, m->class_name[1][5] = 'x')
BAD(accuracy, m->variant[0].accuracy_ppm = XRS_PPM + 1)
BAD(variant_empty, m->variant[0].nr_layers = 0)
BAD(variant_short, m->variant[0].nr_layers = 2)
BAD(variant_long, m->variant[0].nr_layers = 4)
BAD(variant_wraps, m->variant[0].nr_layers = U32_MAX)

/* A block of one number in two places. */
static void bad_skip_apart(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		CHAIN(w, 4, "a", { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 });

	m->layer[1].skip = 1;
	m->layer[3].skip = 1;
	assert_int_equal(xrs_model_seal(m), -EINVAL);
}

/* A block must not reach from one variant into the next. */
static void bad_second_variant_starts_in_block(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 2, 2 };
	const struct xrs_cost cost[] = {
		{ 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }
	};
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);

	m->layer[1].skip = 1;
	m->layer[2].skip = 1;
	assert_int_equal(xrs_model_seal(m), -EINVAL);
}

/* Numbers of blocks and exits are each variant's own. */
static void variants_number_apart(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 2, 3 };
	const struct xrs_cost cost[] = {
		{ 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }
	};
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);

	m->layer[1].skip = 1;
	m->layer[3].skip = 1;
	m->layer[0].exit = 1;
	m->layer[4].exit = 1;
	assert_int_equal(xrs_model_seal(m), 0);
	assert_int_equal(m->variant[0].first_layer, 0);
	assert_int_equal(m->variant[1].first_layer, 2);
}

static void names(void **state)
{
	char name[XRS_NAME_LEN] = "ws-2k";

	(void)state;
	assert_true(xrs_name_valid(name));
	name[3] = ' ';
	assert_false(xrs_name_valid(name));
	name[3] = '\t';
	assert_false(xrs_name_valid(name));
	name[3] = 0x7f;
	assert_false(xrs_name_valid(name));
	name[3] = '2';
	name[31] = '!';
	assert_false(xrs_name_valid(name));
	memset(name, '~', sizeof(name));
	assert_false(xrs_name_valid(name));
	name[31] = '\0';
	assert_true(xrs_name_valid(name));
	memset(name, 0, sizeof(name));
	assert_false(xrs_name_valid(name));
}

/* mean, LatPref, EnPref, worst case and floor over two of three classes. */
static void view_by_hand(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		MODEL(w, 2, "abc", { 100, 40 }, { 300, 10 }, { 7, 7000 },
		      { 60, 5 }, { 20, 15 }, { 7, 7000 });
	struct xrs_cell *cell = m->cell;

	world_engine(w, 3, "a");
	world_engine(w, 5, "b");
	world_engine(w, 6, "z");
	xrs_model_view(&w->core, m);

	assert_int_equal(m->engines, BIT_ULL(3) | BIT_ULL(5));
	assert_int_equal(m->row[3], 0);
	assert_int_equal(m->row[5], 1);
	assert_int_equal(m->row[6], XRS_NO_ROW);
	assert_int_equal(m->view[0].mean_ns, 200);
	assert_int_equal(m->view[1].mean_ns, 40);
	assert_int_equal(m->view[0].togo_mean_ns, 240);
	assert_int_equal(m->view[0].togo_min_ns, 120);
	assert_int_equal(m->view[0].rest_ns, 120);
	assert_int_equal(m->view[1].togo_mean_ns, 40);
	assert_int_equal(cell[0].lat_pref, 4 * XRS_Q32_ONE);
	assert_int_equal(cell[1].lat_pref, 4 * XRS_Q32_ONE / 3);
	assert_int_equal(cell[0].en_pref, 5 * XRS_Q32_ONE / 4);
	assert_int_equal(cell[1].en_pref, 5 * XRS_Q32_ONE);
	assert_int_equal(m->variant[0].floor_ns, 40);
	assert_int_equal(m->variant[0].worst_pj, 40 + 15);
}

/* Two engines of a class count twice. */
static void view_counts_engines_not_classes(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 40 }, { 400, 10 });

	world_engine(w, 0, "a");
	world_engine(w, 1, "b");
	world_engine(w, 2, "a");
	xrs_model_view(&w->core, m);
	assert_int_equal(m->view[0].mean_ns, 200);
	assert_int_equal(m->cell[0].lat_pref, 6 * XRS_Q32_ONE);
	assert_int_equal(m->cell[0].en_pref, 90 * XRS_Q32_ONE / 40);
}

static void view_follows_engines(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 40 }, { 400, 10 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");

	xrs_model_view(&w->core, m);
	assert_int_equal(m->view[0].mean_ns, 250);
	world_down(w, a, 1);
	xrs_model_view(&w->core, m);
	assert_int_equal(m->engines, BIT_ULL(1));
	assert_int_equal(m->view[0].mean_ns, 400);
	assert_int_equal(m->view[0].rest_ns, 400);
	assert_int_equal(m->variant[0].worst_pj, 10);
	world_up(w, a, 2);
	xrs_core_engine_remove(&w->core, b, 3);
	xrs_model_view(&w->core, m);
	assert_int_equal(m->engines, BIT_ULL(0));
	assert_int_equal(m->view[0].mean_ns, 100);
}

/*
 * Layers 100, [200, 400] skipped at 1/4, 800 with an exit at 1/2, [1600]
 * skipped at 1/10, 3200.
 */
static struct xrs_model *branchy(struct world *w)
{
	struct xrs_model *m =
		CHAIN(w, 6, "a", { 100, 1 }, { 200, 1 }, { 400, 1 }, { 800, 1 },
		      { 1600, 1 }, { 3200, 1 });

	m->layer[1].skip = 1;
	m->layer[2].skip = 1;
	m->layer[1].skip_ppm = 250000;
	m->layer[2].skip_ppm = 250000;
	m->layer[3].exit = 1;
	m->layer[3].exit_ppm = 500000;
	m->layer[4].skip = 2;
	m->layer[4].skip_ppm = 100000;
	model_seal(m);
	world_engine(w, 0, "a");
	xrs_model_view(&w->core, m);
	return m;
}

static void togo_with_skips_and_exits(void **state)
{
	struct xrs_model *m = branchy(*state);
	/* behind the exit: half of the frames */
	u64 tail = (1440 + 3200) / 2;

	assert_int_equal(m->view[5].togo_mean_ns, 3200);
	assert_int_equal(m->view[4].togo_mean_ns, 1600 + 3200);
	assert_int_equal(m->view[3].togo_mean_ns, 800 + tail);
	/* within the block it is certain that the rest of the block runs */
	assert_int_equal(m->view[2].togo_mean_ns, 400 + 800 + tail);
	assert_int_equal(m->view[1].togo_mean_ns, 200 + 400 + 800 + tail);
	assert_int_equal(m->view[0].togo_mean_ns, 100 + 450 + 800 + tail);
	assert_int_equal(m->view[0].togo_min_ns, 100 + 450 + 800 + tail);
}

static void rest_takes_skips_and_first_exit(void **state)
{
	struct xrs_model *m = branchy(*state);

	assert_int_equal(m->view[0].rest_ns, 100 + 800);
	assert_int_equal(m->view[1].rest_ns, 200 + 400 + 800);
	assert_int_equal(m->view[2].rest_ns, 400 + 800);
	assert_int_equal(m->view[3].rest_ns, 800);
	assert_int_equal(m->view[4].rest_ns, 1600 + 3200);
	assert_int_equal(m->view[5].rest_ns, 3200);
}

/* Adjacent blocks are two decisions. */
static void togo_adjacent_blocks(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		CHAIN(w, 3, "a", { 100, 1 }, { 200, 1 }, { 400, 1 });

	m->layer[1].skip = 1;
	m->layer[1].skip_ppm = 500000;
	m->layer[2].skip = 2;
	m->layer[2].skip_ppm = 250000;
	model_seal(m);
	world_engine(w, 0, "a");
	xrs_model_view(&w->core, m);
	assert_int_equal(m->view[0].togo_mean_ns, 100 + 100 + 300);
	assert_int_equal(m->view[1].togo_mean_ns, 200 + 300);
	assert_int_equal(m->view[0].rest_ns, 100);
}

/* A variant's figures know nothing of the others. */
static void variants_apart(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 2, 1 };
	const struct xrs_cost cost[] = { { 100, 7 }, { 50, 8 }, { 30, 5 } };
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);

	model_seal(m);
	world_engine(w, 0, "a");
	xrs_model_view(&w->core, m);
	assert_int_equal(m->view[0].togo_mean_ns, 150);
	assert_int_equal(m->view[1].togo_mean_ns, 50);
	assert_int_equal(m->view[1].rest_ns, 50);
	assert_int_equal(m->view[2].togo_mean_ns, 30);
	assert_int_equal(m->variant[0].floor_ns, 50);
	assert_int_equal(m->variant[1].floor_ns, 30);
	assert_int_equal(m->variant[0].worst_pj, 15);
	assert_int_equal(m->variant[1].worst_pj, 5);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(good_is_good),
	WORLD_TEST(limits_are_good),
	WORLD_TEST(bad_latency_zero),
	WORLD_TEST(bad_latency_large),
	WORLD_TEST(bad_energy_large),
	WORLD_TEST(bad_layer_pad),
	WORLD_TEST(bad_layer_flags),
	WORLD_TEST(bad_skip_number),
	WORLD_TEST(bad_skip_share),
	WORLD_TEST(bad_skip_share_alone),
	WORLD_TEST(bad_skip_first_layer),
	WORLD_TEST(bad_skip_torn),
	WORLD_TEST(bad_skip_apart),
	WORLD_TEST(bad_exit_number),
	WORLD_TEST(bad_exit_share),
	WORLD_TEST(bad_exit_share_alone),
	WORLD_TEST(bad_exit_twice),
	WORLD_TEST(bad_exit_in_block),
	WORLD_TEST(bad_class_empty),
	WORLD_TEST(bad_class_twice),
	WORLD_TEST(bad_class_endless),
	WORLD_TEST(bad_class_unprintable),
	WORLD_TEST(bad_class_high),
	WORLD_TEST(bad_class_tail),
	WORLD_TEST(bad_accuracy),
	WORLD_TEST(bad_variant_empty),
	WORLD_TEST(bad_variant_short),
	WORLD_TEST(bad_variant_long),
	WORLD_TEST(bad_variant_wraps),
	WORLD_TEST(bad_second_variant_starts_in_block),
	WORLD_TEST(variants_number_apart),
	cmocka_unit_test(names),
	WORLD_TEST(view_by_hand),
	WORLD_TEST(view_counts_engines_not_classes),
	WORLD_TEST(view_follows_engines),
	WORLD_TEST(togo_with_skips_and_exits),
	WORLD_TEST(rest_takes_skips_and_first_exit),
	WORLD_TEST(togo_adjacent_blocks),
	WORLD_TEST(variants_apart),
};

SUITE(suite_model, tests);
