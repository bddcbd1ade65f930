// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The load factor: how busy the busiest class of engines must be, however
 * cleverly the layers are split between the classes.
 *
 * The split that minimises the greatest utilisation is a linear program; this
 * is its dual.  With a price w_c for each class,
 *
 *	f(w) = sum over layers of rate * min over classes of w_c * latency
 *
 * is the work if every layer goes where it is cheapest, and the maximum of f
 * over w >= 0, sum of n_c * w_c = 1 (n_c engines of class c) is the answer.  f is
 * concave and piecewise linear.  For two classes its corners are tried, which
 * is exact; for more the ellipsoid method closes in on the maximum, and knows
 * how far away it can still be.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "wl.h"

#define GAP 1e-9 /* relative, of the ellipsoid method */
#define NS_PER_S_F 1e9
#define MAX_CLASSES WL_MAX_ENGINES

/**
 * struct items - Layers with their utilisation of one engine of each class
 * @use: by layer and class, INFINITY where the class cannot run it
 * @nr: layers
 * @classes: classes
 * @engines: engines of each class
 */
struct items {
	double *use;
	size_t nr;
	unsigned int classes;
	const unsigned int *engines;
};

static void fill_stream(struct items *items, const struct xrsched_workload *w,
			const struct wl_stream *stream)
{
	const struct wl_model *model = w->models[stream->model];
	double hz = NS_PER_S_F * stream->rate / stream->step;

	for (unsigned int l = 0; l < model->variants[0].nr_layers; l++) {
		double *use = &items->use[items->nr++ * w->nr_classes];

		for (unsigned int c = 0; c < w->nr_classes; c++) {
			use[c] = INFINITY;
			for (unsigned int m = 0; m < model->nr_classes; m++)
				if (!strcmp(model->classes[m].name,
					    w->classes[c]))
					use[c] =
						hz / NS_PER_S_F *
						model->costs
							[l * model->nr_classes +
							 m]
								.latency_ns;
		}
	}
}

/* Work at prices @w, and how much of it each class does (the slope of f). */
static double work(const struct items *items, const double *w, double *slope)
{
	double sum = 0;

	memset(slope, 0, items->classes * sizeof(*slope));
	for (size_t i = 0; i < items->nr; i++) {
		const double *use = &items->use[i * items->classes];
		unsigned int best = 0;
		double least = INFINITY;

		for (unsigned int c = 0; c < items->classes; c++) {
			if (isfinite(use[c]) && w[c] * use[c] < least) {
				least = w[c] * use[c];
				best = c;
			}
		}
		sum += least;
		slope[best] += use[best];
	}
	return sum;
}

/* ----- two classes ------------------------------------------------------ */

/*
 * By how much dearer the second class may be before the first is better: 0 if
 * only the first can run the layer, infinite if only the second can.
 */
static double corner(const double *use)
{
	return use[0] / use[1];
}

static int by_corner(const void *a, const void *b)
{
	double x = corner(a), y = corner(b);

	return (x > y) - (x < y);
}

/*
 * At a ratio r = w_1 / w_0 the layers with corner <= r are on class 0; between
 * corners f is monotone in r, so its maximum is at one, or at either end.
 */
static double two_classes(const struct items *items)
{
	double n0 = items->engines[0], n1 = items->engines[1];
	double on0 = 0, on1 = 0, best = 0, r;
	size_t i;

	qsort(items->use, items->nr, 2 * sizeof(double), by_corner);
	for (i = 0; i < items->nr; i++)
		if (isfinite(items->use[2 * i + 1]))
			on1 += items->use[2 * i + 1];
	for (i = 0; i < items->nr; i++) {
		const double *use = &items->use[2 * i];

		r = corner(use);
		if (!isfinite(r))
			break;
		on0 += use[0];
		if (isfinite(use[1]))
			on1 -= use[1];
		best = fmax(best, (on0 + r * fmax(on1, 0)) / (n0 + r * n1));
	}
	/* Class 1 beyond price: what no other can run stays with it. */
	for (on1 = 0; i < items->nr; i++)
		on1 += items->use[2 * i + 1];
	return fmax(best, on1 / n1);
}

/* ----- more ------------------------------------------------------------- */

/**
 * struct ellipsoid - Where the maximum is
 * @n: dimensions: classes less one, as the shares of all sum to 1
 * @centre: share n_c * w_c of the classes but the last
 * @axis: matrix, n by n, that makes it from the unit ball; the matrix itself
 *        and not its square is kept, as that does not decay with rounding
 * @q: direction of the last cut in the ball
 */
struct ellipsoid {
	unsigned int n;
	double centre[MAX_CLASSES];
	double axis[MAX_CLASSES][MAX_CLASSES];
	double q[MAX_CLASSES];
};

/* Half its width in the direction of @g, times |g|; fills in @q. */
static double width(struct ellipsoid *e, const double *g)
{
	double sum = 0;

	for (unsigned int i = 0; i < e->n; i++) {
		e->q[i] = 0;
		for (unsigned int j = 0; j < e->n; j++)
			e->q[i] += e->axis[j][i] * g[j];
		sum += e->q[i] * e->q[i];
	}
	sum = sqrt(sum);
	for (unsigned int i = 0; i < e->n && sum > 0; i++)
		e->q[i] /= sum;
	return sum;
}

/*
 * Keeps the half on the side that the direction of width() points away from:
 * the smallest ellipsoid around it, 1 / (n + 1) of the way there, narrower that
 * way and a little wider every other.
 */
static void cut(struct ellipsoid *e)
{
	double n = e->n, wider = n / sqrt(n * n - 1);
	double narrower = sqrt((n - 1) / (n + 1));

	for (unsigned int i = 0; i < e->n; i++) {
		double step = 0;

		for (unsigned int j = 0; j < e->n; j++)
			step += e->axis[i][j] * e->q[j];
		e->centre[i] -= step / (n + 1);
		for (unsigned int j = 0; j < e->n; j++)
			e->axis[i][j] =
				wider * (e->axis[i][j] +
					 (narrower - 1) * step * e->q[j]);
	}
}

/* A bound of the simplex that the centre violates, as the slope to go down. */
static bool outside(const struct ellipsoid *e, double *g)
{
	double sum = 0;

	for (unsigned int i = 0; i < e->n; i++) {
		g[i] = 0;
		sum += e->centre[i];
	}
	for (unsigned int i = 0; i < e->n; i++) {
		if (e->centre[i] < 0) {
			g[i] = -1;
			return true;
		}
	}
	for (unsigned int i = 0; sum > 1 && i < e->n; i++)
		g[i] = 1;
	return sum > 1;
}

/* f at the centre; @g: where it falls */
static double inside(const struct ellipsoid *e, const struct items *items,
		     double *g)
{
	double w[MAX_CLASSES], slope[MAX_CLASSES], last = 1, f;
	unsigned int n = e->n;

	for (unsigned int i = 0; i < n; i++) {
		w[i] = e->centre[i] / items->engines[i];
		last -= e->centre[i];
	}
	w[n] = fmax(last, 0) / items->engines[n];
	f = work(items, w, slope);
	for (unsigned int i = 0; i < n; i++)
		g[i] = slope[n] / items->engines[n] -
		       slope[i] / items->engines[i];
	return f;
}

static double many_classes(const struct items *items)
{
	double g[MAX_CLASSES], best = 0, half;
	struct ellipsoid *e = calloc(1, sizeof(*e));

	if (!e)
		return 0;
	/* A ball around the middle that holds the simplex. */
	e->n = items->classes - 1;
	for (unsigned int i = 0; i < e->n; i++) {
		e->centre[i] = 1.0 / items->classes;
		e->axis[i][i] = 1;
	}
	for (unsigned int rounds = 200 * e->n * e->n + 1000; rounds; rounds--) {
		bool out = outside(e, g);

		if (!out)
			best = fmax(best, inside(e, items, g));
		half = width(e, g);
		/* f can be no more than this above its value at the centre. */
		if (half == 0 || (!out && half <= GAP * best))
			break;
		cut(e);
	}
	free(e);
	return best;
}

double wl_load_factor(const struct xrsched_workload *w)
{
	struct items items = {
		.classes = w->nr_classes,
		.engines = w->class_engines,
	};
	double slope, one, load;
	size_t nr = 0;

	for (unsigned int i = 0; i < w->nr_streams; i++)
		nr += w->models[w->streams[i].model]->variants[0].nr_layers;
	items.use = calloc(nr * w->nr_classes, sizeof(*items.use));
	if (!items.use)
		return 0;
	for (unsigned int i = 0; i < w->nr_streams; i++)
		fill_stream(&items, w, &w->streams[i]);
	one = 1.0 / w->class_engines[0];
	if (w->nr_classes == 1)
		load = work(&items, &one, &slope);
	else if (w->nr_classes == 2)
		load = two_classes(&items);
	else
		load = many_classes(&items);
	free(items.use);
	return load;
}
