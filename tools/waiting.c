// SPDX-License-Identifier: GPL-2.0-only
/*
 * What became of the time in which frames waited: see waiting.h.
 */
#include "waiting.h"

#include <stdlib.h>

#include "out.h"

#define ROOM 64 /* for layers, at first */

static int by_layer(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return x->layer < y->layer ? -1 : x->layer > y->layer;
}

/* Sorts, and each layer is there only once. */
static void squeeze(struct waiting *waiting)
{
	struct held *held = waiting->held, *last = held;

	if (!waiting->nr_held)
		return;
	qsort(held, waiting->nr_held, sizeof(*held), by_layer);
	for (size_t i = 1; i < waiting->nr_held; i++) {
		if (by_layer(last, &held[i]))
			*++last = held[i];
		else
			last->ns += held[i].ns;
	}
	waiting->nr_held = last - held + 1;
}

void waiting_held(struct waiting *waiting, const struct held *held)
{
	if (waiting->nr_held == waiting->room) {
		squeeze(waiting);
		/* Not soon again. */
		if (waiting->nr_held >= waiting->room / 2) {
			waiting->room =
				waiting->room ? 2 * waiting->room : ROOM;
			waiting->held = realloc(waiting->held,
						waiting->room * sizeof(*held));
			if (!waiting->held)
				out_of_memory();
		}
	}
	waiting->held[waiting->nr_held++] = *held;
}

void waiting_ran(struct waiting *waiting, const struct worker *add)
{
	struct worker *worker = waiting->worker;
	size_t i = 0;

	while (i < waiting->nr_workers &&
	       (worker[i].engine != add->engine || worker[i].nr != add->nr))
		i++;
	if (i < waiting->nr_workers) {
		worker[i].ran_ns += add->ran_ns;
		worker[i].expected_ns += add->expected_ns;
		return;
	}
	worker = realloc(worker, (i + 1) * sizeof(*worker));
	if (!worker)
		out_of_memory();
	waiting->worker = worker;
	worker[waiting->nr_workers++] = *add;
}

void waiting_add(struct waiting *sum, const struct waiting *add)
{
	sum->wait_ns += add->wait_ns;
	sum->ran_ns += add->ran_ns;
	sum->expected_ns += add->expected_ns;
	sum->engine_ns += add->engine_ns;
	sum->idle_ns += add->idle_ns;
	sum->down_ns += add->down_ns;
	sum->incomplete |= add->incomplete;
	if (add->engines > sum->engines)
		sum->engines = add->engines;
	for (size_t i = 0; i < add->nr_held; i++)
		waiting_held(sum, &add->held[i]);
	for (size_t i = 0; i < add->nr_workers; i++)
		waiting_ran(sum, &add->worker[i]);
}

static int by_time(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

void waiting_fold(struct waiting *waiting)
{
	struct holder *holder = NULL;

	squeeze(waiting);
	free(waiting->holder);
	waiting->nr = 0;
	waiting->holder = calloc(waiting->nr_held + 1, sizeof(*holder));
	if (!waiting->holder)
		out_of_memory();
	for (size_t i = 0; i < waiting->nr_held; i++) {
		const struct held *held = &waiting->held[i];

		if (!holder || holder->client != held->client ||
		    holder->stream != held->stream) {
			holder = &waiting->holder[waiting->nr++];
			holder->client = held->client;
			holder->stream = held->stream;
		}
		holder->ns += held->ns;
		if (held->ns > holder->layer_ns) {
			holder->layer = held->layer;
			holder->layer_ns = held->ns;
		}
	}
	if (waiting->nr)
		qsort(waiting->holder, waiting->nr, sizeof(*holder), by_time);
}

void waiting_free(struct waiting *waiting)
{
	free(waiting->held);
	free(waiting->holder);
	free(waiting->worker);
	*waiting = (struct waiting){ 0 };
}
