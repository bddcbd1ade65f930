// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who held the engines?  See holders.h.
 */
#include "holders.h"

#include <stdlib.h>

#include "out.h"

#define SPANS 8192 /* that an engine remembers, a power of two */
#define OPEN UINT64_MAX /* of a span that has not ended */
#define NOBODY UINT32_MAX /* client of a span in which the engine was down */

/**
 * struct span - An engine did something
 * @begin_ns: since when.
 * @end_ns: until when, OPEN: still.
 * @expected_ns: how long it should take.
 * @frame: for which frame.
 * @client: of which client, NOBODY: it was down.
 * @stream: of which stream.
 * @layer: which layer.
 */
struct span {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t expected_ns;
	uint64_t frame;
	uint32_t client;
	uint32_t stream;
	uint32_t layer;
};

/**
 * struct engine - What an engine did lately
 * @device: number of its device.
 * @id: its number.
 * @since_ns: what it did before is not known.
 * @seq: its last dispatch, 0: none seen.
 * @nr: spans so far; the last SPANS of them are kept.
 * @span: number i at i % SPANS.
 */
struct engine {
	uint32_t device;
	uint32_t id;
	uint64_t since_ns;
	uint64_t seq;
	uint64_t nr;
	struct span *span;
};

struct holders {
	struct engine *engines;
	size_t nr_engines;
	uint64_t lost;
	uint64_t gap_begin_ns;
	uint64_t gap_end_ns;
};

struct holders *holders_new(void)
{
	struct holders *holders = calloc(1, sizeof(*holders));

	if (!holders)
		out_of_memory();
	return holders;
}

void holders_free(struct holders *holders)
{
	for (size_t i = 0; i < holders->nr_engines; i++)
		free(holders->engines[i].span);
	free(holders->engines);
	free(holders);
}

/* The engine; a new one if it was not known. */
static struct engine *engine_of(struct holders *holders, uint32_t device,
				uint32_t id, uint64_t now_ns)
{
	struct engine *engine;

	for (size_t i = 0; i < holders->nr_engines; i++) {
		engine = &holders->engines[i];
		if (engine->device == device && engine->id == id)
			return engine;
	}
	engine = realloc(holders->engines,
			 (holders->nr_engines + 1) * sizeof(*engine));
	if (!engine)
		out_of_memory();
	holders->engines = engine;
	engine += holders->nr_engines++;
	*engine = (struct engine){ .device = device,
				   .id = id,
				   .since_ns = now_ns,
				   .span = calloc(SPANS, sizeof(struct span)) };
	if (!engine->span)
		out_of_memory();
	return engine;
}

static struct span *last_span(const struct engine *engine)
{
	return engine->nr ? &engine->span[(engine->nr - 1) % SPANS] : NULL;
}

/* Whatever it did is over. */
static void close_span(struct engine *engine, uint64_t now_ns)
{
	struct span *span = last_span(engine);

	if (span && span->end_ns == OPEN)
		span->end_ns =
			now_ns > span->begin_ns ? now_ns : span->begin_ns;
}

static struct span *open_span(struct engine *engine, uint64_t now_ns)
{
	struct span *span;

	close_span(engine, now_ns);
	/*
	 * That an engine was down is known by when it was told, which is after
	 * what the scheduler calls now: one thing at a time all the same.
	 */
	span = last_span(engine);
	if (span && span->end_ns > now_ns)
		now_ns = span->end_ns;
	span = &engine->span[engine->nr++ % SPANS];
	*span = (struct span){ .begin_ns = now_ns,
			       .end_ns = OPEN,
			       .client = NOBODY };
	return span;
}

void holders_engine(struct holders *holders, uint32_t device, uint32_t id,
		    bool up, uint64_t now_ns)
{
	struct engine *engine = engine_of(holders, device, id, now_ns);

	if (up)
		close_span(engine, now_ns);
	else
		open_span(engine, now_ns);
}

void holders_begin(struct holders *holders, const struct layer_dispatch *event)
{
	struct engine *engine =
		engine_of(holders, event->device, event->engine, event->now_ns);
	struct span *span;

	if (engine->seq && event->seq > engine->seq + 1) {
		holders->lost += event->seq - engine->seq - 1;
		engine->since_ns = event->now_ns;
	}
	engine->seq = event->seq;
	span = open_span(engine, event->now_ns);
	span->expected_ns = event->expected_ns;
	span->frame = event->frame;
	span->client = event->client;
	span->stream = event->stream;
	span->layer = event->layer;
}

void holders_end(struct holders *holders, const struct layer_complete *event)
{
	struct engine *engine =
		engine_of(holders, event->device, event->engine, event->now_ns);

	/* Of one that began before we looked, nothing is known. */
	if (engine->seq == event->seq)
		close_span(engine, event->now_ns);
	else if (!engine->seq)
		engine->since_ns = event->now_ns;
}

uint64_t holders_lost(const struct holders *holders)
{
	return holders->lost;
}

void holders_gap(struct holders *holders, uint64_t begin_ns, uint64_t end_ns)
{
	/* A gap in a gap in time makes one. */
	if (!holders->gap_end_ns || begin_ns > holders->gap_end_ns)
		holders->gap_begin_ns = begin_ns;
	holders->gap_end_ns = end_ns;
}

/* ----- the question ------------------------------------------------------ */

struct part {
	uint32_t client;
	uint32_t stream;
	uint32_t layer;
	uint64_t ns;
};

/**
 * struct own - A span in which the frame ran
 * @begin_ns: since when, within the frame's life.
 * @end_ns: until when, likewise.
 * @expected_ns: how long it should have taken.
 * @engine: where.
 */
struct own {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t expected_ns;
	uint32_t engine;
};

/**
 * struct question - What is asked, and what was found so far
 * @frame: the frame.
 * @engine: whose spans are looked at.
 * @own: spans in which it ran; by time, and without overlaps, once all are
 *       there.
 * @nr_own: how many.
 * @parts: what others did in the wait.
 * @nr_parts: how many.
 * @room: for how many there is room.
 */
struct question {
	const struct job_complete *frame;
	const struct engine *engine;
	struct own *own;
	size_t nr_own;
	struct part *parts;
	size_t nr_parts;
	size_t room;
};

static uint64_t overlap(uint64_t begin, uint64_t end, uint64_t from,
			uint64_t to)
{
	if (begin < from)
		begin = from;
	if (end > to)
		end = to;
	return end > begin ? end - begin : 0;
}

/* How much of a time is within the wait. */
static uint64_t in_wait(const struct question *q, uint64_t begin, uint64_t end)
{
	uint64_t ns =
		overlap(begin, end, q->frame->release_ns, q->frame->finish_ns);

	for (size_t i = 0; i < q->nr_own && ns; i++)
		ns -= overlap(begin, end, q->own[i].begin_ns, q->own[i].end_ns);
	return ns;
}

static bool is_own(const struct question *q, const struct span *span)
{
	return span->client == q->frame->client &&
	       span->stream == q->frame->stream &&
	       span->frame == q->frame->frame;
}

/* Calls @visit for an engine's spans that the frame's life overlaps. */
static void each_span(struct question *q, const struct engine *engine,
		      void (*visit)(struct question *q, const struct span *span,
				    struct waiting *waiting),
		      struct waiting *waiting)
{
	uint64_t kept = engine->nr < SPANS ? engine->nr : SPANS;

	q->engine = engine;
	for (uint64_t i = 1; i <= kept; i++) {
		const struct span *span =
			&engine->span[(engine->nr - i) % SPANS];

		if (span->end_ns <= q->frame->release_ns)
			return;
		if (span->begin_ns < q->frame->finish_ns)
			visit(q, span, waiting);
	}
	/* Is there more that was forgotten? */
	if (engine->nr > SPANS)
		waiting->incomplete = true;
}

static void visit_own(struct question *q, const struct span *span,
		      struct waiting *waiting)
{
	struct own *own;

	(void)waiting;
	if (!is_own(q, span))
		return;
	own = realloc(q->own, (q->nr_own + 1) * sizeof(*own));
	if (!own)
		out_of_memory();
	q->own = own;
	own += q->nr_own++;
	*own = (struct own){ .begin_ns = span->begin_ns,
			     .end_ns = span->end_ns,
			     .expected_ns = span->expected_ns,
			     .engine = q->engine->id };
	if (own->begin_ns < q->frame->release_ns)
		own->begin_ns = q->frame->release_ns;
	if (own->end_ns > q->frame->finish_ns)
		own->end_ns = q->frame->finish_ns;
}

static int by_begin(const void *a, const void *b)
{
	const struct own *x = a, *y = b;

	return x->begin_ns < y->begin_ns ? -1 : x->begin_ns > y->begin_ns;
}

/*
 * A layer that was taken away from an engine has no end of its own: it is over
 * when the engine is told to be down, or when the frame runs elsewhere, whatever
 * comes first.
 */
static void part_own(struct question *q, struct waiting *waiting)
{
	struct own *own = q->own;
	size_t i;

	if (q->nr_own)
		qsort(own, q->nr_own, sizeof(*own), by_begin);
	for (i = 0; i < q->nr_own; i++) {
		if (i + 1 < q->nr_own && own[i].end_ns > own[i + 1].begin_ns)
			own[i].end_ns = own[i + 1].begin_ns;
		waiting->ran_ns += own[i].end_ns - own[i].begin_ns;
		waiting->expected_ns += own[i].expected_ns;
		waiting_ran(waiting, own[i].engine,
			    own[i].end_ns - own[i].begin_ns,
			    own[i].expected_ns);
	}
}

static void visit_other(struct question *q, const struct span *span,
			struct waiting *waiting)
{
	uint64_t ns;

	if (is_own(q, span))
		return;
	ns = in_wait(q, span->begin_ns, span->end_ns);
	if (!ns)
		return;
	waiting->idle_ns -= ns;
	if (span->client == NOBODY) {
		waiting->down_ns += ns;
		return;
	}
	if (q->nr_parts == q->room) {
		q->room = q->room ? 2 * q->room : 64;
		q->parts = realloc(q->parts, q->room * sizeof(*q->parts));
		if (!q->parts)
			out_of_memory();
	}
	q->parts[q->nr_parts++] = (struct part){ .client = span->client,
						 .stream = span->stream,
						 .layer = span->layer,
						 .ns = ns };
}

static int by_who(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return x->layer < y->layer ? -1 : x->layer > y->layer;
}

static int by_time(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

/* Parts of the same stream become one, with its longest layer. */
static void fold(struct question *q, struct waiting *waiting)
{
	struct holder *holder = NULL;
	uint64_t layer_ns = 0;

	waiting->holder = calloc(q->nr_parts + 1, sizeof(*holder));
	if (!waiting->holder)
		out_of_memory();
	if (q->nr_parts)
		qsort(q->parts, q->nr_parts, sizeof(*q->parts), by_who);
	for (size_t i = 0; i < q->nr_parts; i++) {
		const struct part *part = &q->parts[i];

		if (!holder || holder->client != part->client ||
		    holder->stream != part->stream) {
			holder = &waiting->holder[waiting->nr++];
			holder->client = part->client;
			holder->stream = part->stream;
			layer_ns = 0;
		} else if (q->parts[i - 1].layer != part->layer) {
			layer_ns = 0;
		}
		holder->ns += part->ns;
		layer_ns += part->ns;
		if (layer_ns > holder->layer_ns) {
			holder->layer = part->layer;
			holder->layer_ns = layer_ns;
		}
	}
	if (waiting->nr)
		qsort(waiting->holder, waiting->nr, sizeof(*holder), by_time);
}

void waiting_ran(struct waiting *waiting, uint32_t engine, uint64_t ran_ns,
		 uint64_t expected_ns)
{
	struct worker *worker = waiting->worker;
	size_t i = 0;

	while (i < waiting->nr_workers && worker[i].engine != engine)
		i++;
	if (i == waiting->nr_workers) {
		worker = realloc(worker, (i + 1) * sizeof(*worker));
		if (!worker)
			out_of_memory();
		waiting->worker = worker;
		waiting->nr_workers++;
		worker[i] = (struct worker){ .engine = engine };
	}
	worker[i].ran_ns += ran_ns;
	worker[i].expected_ns += expected_ns;
}

void waiting_free(struct waiting *waiting)
{
	free(waiting->holder);
	free(waiting->worker);
	*waiting = (struct waiting){ 0 };
}

void holders_ask(struct holders *holders, const struct job_complete *frame,
		 struct waiting *waiting)
{
	struct question q = { .frame = frame };
	const struct engine *engine;
	size_t i;

	*waiting = (struct waiting){ 0 };
	if (holders->gap_end_ns > frame->release_ns &&
	    holders->gap_begin_ns < frame->finish_ns)
		waiting->incomplete = true;
	for (i = 0; i < holders->nr_engines; i++) {
		engine = &holders->engines[i];
		if (engine->device != frame->device)
			continue;
		waiting->engines++;
		/* Not known before: it is no engine of that time. */
		if (engine->since_ns > frame->release_ns)
			waiting->incomplete = true;
		each_span(&q, engine, visit_own, waiting);
	}
	part_own(&q, waiting);
	waiting->wait_ns = in_wait(&q, frame->release_ns, frame->finish_ns);
	waiting->engine_ns = waiting->wait_ns * waiting->engines;
	waiting->idle_ns = waiting->engine_ns;
	for (i = 0; i < holders->nr_engines; i++) {
		engine = &holders->engines[i];
		if (engine->device == frame->device)
			each_span(&q, engine, visit_other, waiting);
	}
	fold(&q, waiting);
	free(q.own);
	free(q.parts);
}
