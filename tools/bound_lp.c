// SPDX-License-Identifier: GPL-2.0-only
/*
 * The relaxation: layers may be cut at will and shared between engines, a frame
 * may run its layers in any order, and all is known beforehand.  What remains is
 * linear in both sums that UXCost multiplies; the least product lies on the
 * frontier between the two, which a handful of linear programs finds.
 *
 * Every schedule of the run gives a point of the program: for a group of frames
 * the share that is violated, the share completed in time by variant, and the
 * share of a layer's runs, for completed frames, by slot and class.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lpsolve/lp_lib.h>

#include "bound.h"

#define PJ_PER_BYTE 216.0 /* to move activations, DREAM */
/*
 * What rounding to microseconds may take from a slot: a release moves by half
 * of one, a deadline with it by two and a half at most, counting the cut at the
 * end of the hyperperiod; of both ends less than this.
 */
#define SLACK_NS 4000
#define NS_PER_MS 1e6
#define CLOSE 1e-3 /* gaps of the frontier are left, of the product */
#define LEAST_WEIGHT 1e-4 /* so that of equals the better is found */

/**
 * struct item - Layers of a variant that are alike
 * @variant: the variant
 * @times: how many layers
 * @share: frames of the group that run it
 * @cost: of one
 * @column: first of its columns: slots of the group by classes
 */
struct item {
	uint32_t variant;
	uint32_t times;
	double share;
	const struct xrsched_cost *cost;
	int column;
};

/**
 * struct part - A group in the program
 * @group: the group
 * @nr_variants: variants that a policy may choose
 * @item: layers
 * @nr_items: how many
 * @nr_slots: slots that it can run in
 *
 * Columns: violated share, completed share by variant, then the items.
 */
struct part {
	const struct bound_group *group;
	uint32_t nr_variants;
	struct item *item;
	uint32_t nr_items;
	uint32_t nr_slots;
};

/**
 * struct program - The linear program
 * @world: the run
 * @lp: the solver's
 * @part: groups
 * @nr_columns: columns; those of the streams' DLV are the first
 * @column: of the row that is being written
 * @value: the same
 * @nr: entries of that row
 * @ne: by column: what it adds to the sum of NE
 * @failed: the solver had no memory
 */
struct program {
	struct bound_world *world;
	lprec *lp;
	struct part *part;
	int nr_columns;
	int *column;
	double *value;
	int nr;
	double *ne;
	bool failed;
};

/* ----- columns ---------------------------------------------------------- */

static int class_of(const struct bound_world *world,
		    const struct xrsched_workload_model *model, uint32_t row)
{
	for (uint32_t c = 0; c < world->nr_classes; c++)
		if (!strcmp(world->class_name[c], model->classes[row].name))
			return c;
	return -1;
}

static bool alike(const struct item *item, uint32_t variant, double share,
		  const struct xrsched_cost *cost, uint32_t nr_classes)
{
	return item->variant == variant && item->share == share &&
	       !memcmp(item->cost, cost, nr_classes * sizeof(*cost));
}

static void add_item(struct part *part, uint32_t variant, double share,
		     const struct xrsched_cost *cost, uint32_t nr_classes)
{
	struct item *item;

	for (uint32_t i = 0; i < part->nr_items; i++) {
		item = &part->item[i];
		if (alike(item, variant, share, cost, nr_classes)) {
			item->times++;
			return;
		}
	}
	part->item[part->nr_items++] = (struct item){
		.variant = variant,
		.times = 1,
		.share = share,
		.cost = cost,
	};
}

static int lay_out(struct program *p, struct part *part,
		   struct bound_group *group)
{
	const struct xrsched_workload_stream *stream =
		&p->world->stream[group->stream];
	const struct xrsched_workload_model *model =
		&p->world->model[group->stream];
	uint32_t layer = 0;

	part->group = group;
	part->nr_slots = __builtin_popcountll(group->slots);
	part->nr_variants = stream->lightest_variant ? stream->lightest_variant
						     : model->nr_variants;
	part->item = calloc(model->nr_layers, sizeof(*part->item));
	if (!part->item)
		return -ENOMEM;
	for (uint32_t v = 0; v < part->nr_variants; v++)
		for (uint32_t i = 0; i < model->variants[v].nr_layers; i++) {
			if (group->runs[layer])
				add_item(
					part, v,
					(double)group->runs[layer] / group->nr,
					&model->costs[layer * model->nr_classes],
					model->nr_classes);
			layer++;
		}
	group->column = p->nr_columns + 1;
	p->nr_columns += 1 + part->nr_variants;
	for (uint32_t i = 0; i < part->nr_items; i++) {
		part->item[i].column = p->nr_columns + 1;
		p->nr_columns += part->nr_slots * model->nr_classes;
	}
	return 0;
}

/*
 * What completing frames adds to NE: their first fetch, then each layer. A
 * violated frame may have used nothing, whatever it counts as.
 */
static void price(struct program *p, const struct part *part,
		  enum bound_ne which)
{
	uint32_t s = part->group->stream;
	const struct xrsched_workload_model *model = &p->world->model[s];
	double unit =
		part->group->nr / (p->world->frames[s] * p->world->worst_pj[s]);

	if (which == BOUND_NE_HONEST)
		p->ne[part->group->column] = unit * p->world->worst_pj[s];
	for (uint32_t v = 0; v < part->nr_variants; v++)
		p->ne[part->group->column + 1 + v] =
			unit * PJ_PER_BYTE * model->variants[v].input_bytes;
	for (uint32_t i = 0; i < part->nr_items; i++)
		for (uint32_t k = 0; k < part->nr_slots; k++)
			for (uint32_t c = 0; c < model->nr_classes; c++)
				p->ne[part->item[i].column +
				      k * model->nr_classes + c] =
					unit * part->item[i].cost[c].energy_pj;
}

/* ----- rows ------------------------------------------------------------- */

static void entry(struct program *p, int column, double value)
{
	p->column[p->nr] = column;
	p->value[p->nr++] = value;
}

static void end_row(struct program *p, int type, double value)
{
	if (!add_constraintex(p->lp, p->nr, p->value, p->column, type, value))
		p->failed = true;
	p->nr = 0;
}

static void completed(struct program *p, const struct part *part, double value)
{
	for (uint32_t v = 0; v < part->nr_variants; v++)
		entry(p, part->group->column + 1 + v, value);
}

/*
 * A frame is completed in time or violated.  One that another triggers is lost
 * if that is not completed.
 */
static void row_ends(struct program *p, const struct part *part)
{
	const struct bound_group *group = part->group;
	const struct bound_group *parent;

	completed(p, part, 1);
	entry(p, group->column, 1);
	end_row(p, EQ, 1);
	if (group->parent < 0)
		return;
	parent = &p->world->group[group->parent];
	completed(p, part, 1);
	completed(p, &p->part[group->parent], -(double)parent->nr / group->nr);
	end_row(p, LE, 0);
}

/*
 * Of the frames that run a layer at least so many are completed as are left if
 * all others are completed, too.
 */
static void rows_layers(struct program *p, const struct part *part)
{
	uint32_t nr_classes = p->world->model[part->group->stream].nr_classes;

	for (uint32_t i = 0; i < part->nr_items; i++) {
		const struct item *item = &part->item[i];

		for (uint32_t e = 0; e < part->nr_slots * nr_classes; e++)
			entry(p, item->column + e, 1);
		entry(p, part->group->column + 1 + item->variant,
		      -(double)item->times);
		end_row(p, GE, item->times * (item->share - 1));
	}
}

static double latency_ms(const struct program *p, const struct item *item,
			 uint32_t row)
{
	double ns = item->cost[row].latency_ns * p->world->scale;

	return (ns < 1 ? 1 : ns) / NS_PER_MS;
}

/* Time of a group's layers in the slot'th of its slots; class -1: all. */
static void work(struct program *p, const struct part *part, uint32_t slot,
		 int class, double factor)
{
	const struct xrsched_workload_model *model =
		&p->world->model[part->group->stream];

	for (uint32_t row = 0; row < model->nr_classes; row++) {
		if (class >= 0 && class_of(p->world, model, row) != class)
			continue;
		for (uint32_t i = 0; i < part->nr_items; i++)
			entry(p,
			      part->item[i].column + slot * model->nr_classes +
				      row,
			      factor * latency_ms(p, &part->item[i], row));
	}
}

static double slot_ms(const struct bound_world *world, uint32_t k)
{
	return (world->slot_ns[k + 1] - world->slot_ns[k] + SLACK_NS) /
	       NS_PER_MS;
}

/* Engines of a class have only so much time in a slot. */
static void rows_engines(struct program *p)
{
	const struct bound_world *world = p->world;

	for (uint32_t k = 0; k < world->nr_slots; k++)
		for (uint32_t c = 0; c < world->nr_classes; c++) {
			for (uint32_t g = 0; g < world->nr_groups; g++) {
				uint64_t slots = world->group[g].slots;
				uint64_t below = slots & ((1ULL << k) - 1);

				if (slots >> k & 1)
					work(p, &p->part[g],
					     __builtin_popcountll(below), c,
					     world->group[g].nr);
			}
			end_row(p, LE,
				slot_ms(world, k) * world->engines[c] *
					world->repeats);
		}
}

/* One frame runs one layer at a time: in a slot, and until its deadline. */
static void rows_chain(struct program *p, const struct part *part)
{
	const struct bound_world *world = p->world;
	uint32_t slot = 0;

	for (uint32_t k = 0; world->periodic && k < world->nr_slots; k++) {
		if (!(part->group->slots >> k & 1))
			continue;
		work(p, part, slot++, -1, 1);
		completed(p, part, -slot_ms(world, k));
		end_row(p, LE, 0);
	}
	if (!world->periodic) {
		work(p, part, 0, -1, 1);
		completed(p, part,
			  -(double)(part->group->span_ns + SLACK_NS) /
				  NS_PER_MS);
		end_row(p, LE, 0);
	}
}

/* @factor times the share of a stream's frames that is violated. */
static void violated(struct program *p, uint32_t s, double factor)
{
	const struct bound_world *world = p->world;

	for (uint32_t g = 0; g < world->nr_groups; g++)
		if (world->group[g].stream == s)
			entry(p, world->group[g].column,
			      factor * world->group[g].nr / world->frames[s]);
}

/*
 * DLV of a stream: its violated share, or that of half a frame if none is.  So
 * with k frames violated, of n, it is not less than (k + 1) / 2n: as k is a
 * whole number, that holds for all schedules, and less than half a frame more
 * is not free.
 */
static void rows_dlv(struct program *p, uint32_t s)
{
	entry(p, 1 + s, 1);
	violated(p, s, -1);
	end_row(p, GE, 0);
	entry(p, 1 + s, 1);
	violated(p, s, -0.5);
	end_row(p, GE, 0.5 / p->world->frames[s]);
}

static int program_init(struct program *p, struct bound_world *world,
			enum bound_ne which)
{
	memset(p, 0, sizeof(*p));
	p->world = world;
	p->nr_columns = world->nr_streams;
	p->part = calloc(world->nr_groups, sizeof(*p->part));
	if (!p->part)
		return -ENOMEM;
	for (uint32_t g = 0; g < world->nr_groups; g++)
		if (lay_out(p, &p->part[g], &world->group[g]))
			return -ENOMEM;
	p->column = calloc(p->nr_columns + 1, sizeof(*p->column));
	p->value = calloc(p->nr_columns + 1, sizeof(*p->value));
	p->ne = calloc(p->nr_columns + 1, sizeof(*p->ne));
	p->lp = make_lp(0, p->nr_columns);
	if (!p->column || !p->value || !p->ne || !p->lp)
		return -ENOMEM;
	set_verbose(p->lp, CRITICAL);
	set_add_rowmode(p->lp, TRUE);
	for (uint32_t g = 0; g < world->nr_groups; g++) {
		price(p, &p->part[g], which);
		row_ends(p, &p->part[g]);
		rows_layers(p, &p->part[g]);
		rows_chain(p, &p->part[g]);
	}
	rows_engines(p);
	for (uint32_t s = 0; s < world->nr_streams; s++)
		if (world->frames[s])
			rows_dlv(p, s);
	set_add_rowmode(p->lp, FALSE);
	return p->failed ? -ENOMEM : 0;
}

static void program_free(struct program *p)
{
	if (p->lp)
		delete_lp(p->lp);
	for (uint32_t g = 0; p->part && g < p->world->nr_groups; g++)
		free(p->part[g].item);
	free(p->part);
	free(p->column);
	free(p->value);
	free(p->ne);
}

/* ----- frontier --------------------------------------------------------- */

/*
 * The solver goes on from where it was, and now and then loses its way for it:
 * then it begins anew, by other rules.
 */
static int solve_anyhow(lprec *lp)
{
	static const int pivoting[] = { PRICER_DEVEX, PRICER_STEEPESTEDGE,
					PRICER_DANTZIG };
	int ret = solve(lp);

	for (size_t i = 0; i < sizeof(pivoting) / sizeof(pivoting[0]); i++) {
		if (ret == OPTIMAL || ret == PRESOLVED || ret == NOMEMORY)
			break;
		default_basis(lp);
		set_pivoting(lp, pivoting[i] | PRICE_ADAPTIVE);
		ret = solve(lp);
	}
	set_pivoting(lp, PRICER_DEVEX | PRICE_ADAPTIVE);
	return ret;
}

static int solve_line(struct program *p, double dlv, double ne,
		      struct bound_line *line)
{
	int streams = p->world->nr_streams, ret;
	double *x;

	for (int c = 1; c <= p->nr_columns; c++)
		p->value[c] = c <= streams ? dlv : ne * p->ne[c];
	if (!set_obj_fn(p->lp, p->value))
		return -ENOMEM;
	ret = solve_anyhow(p->lp);
	if (ret != OPTIMAL && ret != PRESOLVED)
		return ret == NOMEMORY ? -ENOMEM : -EDOM;
	*line = (struct bound_line){ .dlv = dlv, .ne = ne };
	line->least = get_objective(p->lp);
	get_ptr_variables(p->lp, &x);
	for (int c = 1; c <= p->nr_columns; c++)
		if (c <= streams)
			line->point.dlv += x[c - 1];
		else
			line->point.ne += p->ne[c] * x[c - 1];
	return 0;
}

/* Where two lines cross: the best that anything between them could be. */
static struct bound_point crossing(const struct bound_line *a,
				   const struct bound_line *b)
{
	double det = a->dlv * b->ne - b->dlv * a->ne;
	struct bound_point at = a->point;

	if (fabs(det) > 1e-12) {
		at.dlv = (a->least * b->ne - b->least * a->ne) / det;
		at.ne = (a->dlv * b->least - b->dlv * a->least) / det;
	}
	return at;
}

static double product(struct bound_point at)
{
	return at.dlv * at.ne;
}

/* How much less the product could be than on the chord between two points. */
static double unknown(const struct bound_line *a, const struct bound_line *b)
{
	double width = b->point.dlv - a->point.dlv;
	struct bound_point at = crossing(a, b);
	double chord;

	if (!(width > 0))
		return 0;
	chord = a->point.ne +
		(b->point.ne - a->point.ne) * (at.dlv - a->point.dlv) / width;
	return at.dlv * (chord - at.ne);
}

/* After which line to look next, -1: nowhere. */
static int widest_gap(const struct bound_frontier *frontier, const bool *known)
{
	double most = 0;
	int widest = -1;

	for (uint32_t i = 0; i < frontier->nr; i++)
		most = fmax(most, CLOSE * product(frontier->line[i].point));
	for (uint32_t i = 0; i + 1 < frontier->nr; i++) {
		double gap =
			unknown(&frontier->line[i], &frontier->line[i + 1]);

		if (!known[i] && gap > most) {
			most = gap;
			widest = i;
		}
	}
	return widest;
}

/* Another line, parallel to the chord between the points of two. */
static int look_between(struct program *p, struct bound_frontier *frontier,
			bool *known, uint32_t i)
{
	struct bound_line *line = &frontier->line[i];
	double dlv = line[0].point.ne - line[1].point.ne;
	double ne = line[1].point.dlv - line[0].point.dlv;
	double sum = dlv + ne;
	uint32_t behind = frontier->nr - i - 1;

	known[i] = true;
	if (!(dlv > 0) || !(ne > 0))
		return 0;
	memmove(&line[2], &line[1], behind * sizeof(*line));
	memmove(&known[i + 2], &known[i + 1], behind * sizeof(*known));
	frontier->nr++;
	known[i] = known[i + 1] = false;
	return solve_line(p, dlv / sum, ne / sum, &line[1]);
}

static int find_frontier(struct program *p, struct bound_frontier *frontier)
{
	static const double first[][2] = {
		{ 1, 0 }, { 1, LEAST_WEIGHT }, { LEAST_WEIGHT, 1 }, { 0, 1 }
	};
	bool known[BOUND_LINES] = { false };
	int ret = 0, i = 0;

	for (; frontier->nr < 4 && !ret; frontier->nr++)
		ret = solve_line(p, first[frontier->nr][0],
				 first[frontier->nr][1],
				 &frontier->line[frontier->nr]);
	/* Their points are where they are by chance. */
	frontier->line[0].point = frontier->line[1].point;
	frontier->line[3].point = frontier->line[2].point;
	while (!ret && i >= 0 && frontier->nr < BOUND_LINES) {
		i = widest_gap(frontier, known);
		if (i >= 0)
			ret = look_between(p, frontier, known, i);
	}
	return ret;
}

int bound_solve(struct bound_world *world, enum bound_ne which,
		struct bound_frontier *frontier)
{
	struct program p;
	int ret;

	memset(frontier, 0, sizeof(*frontier));
	ret = program_init(&p, world, which);
	if (!ret) {
		frontier->columns = p.nr_columns;
		frontier->rows = get_Nrows(p.lp);
		ret = find_frontier(&p, frontier);
	}
	program_free(&p);
	return ret;
}

/* The least NE that goes with this DLV. */
static double least_ne(const struct bound_frontier *frontier, double dlv)
{
	double ne = 0;

	for (uint32_t i = 0; i < frontier->nr; i++) {
		const struct bound_line *line = &frontier->line[i];

		if (line->ne > 0)
			ne = fmax(ne,
				  (line->least - line->dlv * dlv) / line->ne);
	}
	return ne;
}

/*
 * The product is quasi-concave, so that it is least in a corner of what the
 * lines leave, or where that is cut off at @dlv.
 */
double bound_least(const struct bound_frontier *frontier, double dlv,
		   struct bound_point *at)
{
	double best = INFINITY;

	if (dlv < frontier->line[0].least * (1 - 1e-9))
		return INFINITY;
	for (uint32_t i = 0; i < frontier->nr; i++) {
		struct bound_point corner = { .dlv = dlv };

		if (i + 1 < frontier->nr)
			corner = crossing(&frontier->line[i],
					  &frontier->line[i + 1]);
		else if (isinf(dlv))
			break;
		if (corner.dlv > dlv)
			continue;
		/* Other lines may lie above the crossing of two. */
		corner.ne = fmax(0, least_ne(frontier, corner.dlv));
		if (product(corner) < best) {
			best = product(corner);
			*at = corner;
		}
	}
	return best;
}
