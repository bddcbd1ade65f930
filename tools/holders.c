// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who held the engines?  See holders.h.
 */
#include "holders.h"

#include <stdlib.h>

#include <linux/xrsched.h>

#include "out.h"

#define SPANS 8192 /* that an engine remembers, a power of two */
#define OPEN UINT64_MAX /* of a span that has not ended */
#define NEVER UINT64_MAX
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
 * @life: how many had that number before it.
 * @since_ns: what it did before is not known; NEVER: nor what it does now.
 * @gone_ns: when it was removed, NEVER: it is there.
 * @asked_ns: of one that was there before: when it was asked about.
 * @seen: an event told of it.
 * @seq: its last dispatch, 0: none seen.
 * @nr: spans so far; the last SPANS of them are kept.
 * @span: number i at i % SPANS.
 */
struct engine {
	uint32_t device;
	uint32_t id;
	uint32_t life;
	uint64_t since_ns;
	uint64_t gone_ns;
	uint64_t asked_ns;
	bool seen;
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
	uint64_t forgotten_ns; /* of engines that went before, some are */
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

/* ----- engines ----------------------------------------------------------- */

static struct engine *find(struct holders *holders, uint32_t device,
			   uint32_t id)
{
	for (size_t i = 0; i < holders->nr_engines; i++) {
		struct engine *engine = &holders->engines[i];

		if (engine->device == device && engine->id == id &&
		    engine->gone_ns == NEVER)
			return engine;
	}
	return NULL;
}

/*
 * Of those that had a number before, only the last is remembered, for frames
 * that it made wait.  Return: how many they were.
 */
static uint32_t forget(struct holders *holders, uint32_t device, uint32_t id)
{
	struct engine *last = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < holders->nr_engines; i++) {
		struct engine *engine = &holders->engines[i];

		if (engine->device == device && engine->id == id && last) {
			/* They are in the order in which they came. */
			if (last->gone_ns > holders->forgotten_ns)
				holders->forgotten_ns = last->gone_ns;
			free(last->span);
			*last = *engine;
			continue;
		}
		holders->engines[kept] = *engine;
		if (engine->device == device && engine->id == id)
			last = &holders->engines[kept];
		kept++;
	}
	holders->nr_engines = kept;
	return last ? last->life + 1 : 0;
}

static struct engine *new_engine(struct holders *holders, uint32_t device,
				 uint32_t id, uint64_t since_ns)
{
	uint32_t life = forget(holders, device, id);
	struct engine *engine;

	engine = realloc(holders->engines,
			 (holders->nr_engines + 1) * sizeof(*engine));
	if (!engine)
		out_of_memory();
	holders->engines = engine;
	engine += holders->nr_engines++;
	*engine = (struct engine){ .device = device,
				   .id = id,
				   .life = life,
				   .since_ns = since_ns,
				   .gone_ns = NEVER,
				   .span = calloc(SPANS, sizeof(struct span)) };
	if (!engine->span)
		out_of_memory();
	return engine;
}

/* The engine that an event tells of; a new one if it was not known. */
static struct engine *engine_of(struct holders *holders, uint32_t device,
				uint32_t id, uint64_t now_ns)
{
	struct engine *engine = find(holders, device, id);

	if (!engine)
		engine = new_engine(holders, device, id, now_ns);
	if (engine->since_ns == NEVER)
		engine->since_ns = now_ns;
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

void holders_known(struct holders *holders, const struct holders_engine *known,
		   uint64_t begin_ns, uint64_t asked_ns)
{
	struct engine *engine =
		new_engine(holders, known->device, known->id, begin_ns);
	struct span *span;

	engine->asked_ns = asked_ns;
	if (known->busy && !known->client) {
		engine->since_ns = NEVER;
	} else if (known->busy) {
		span = open_span(engine, begin_ns);
		span->client = known->client;
		span->stream = known->stream;
		span->layer = known->layer;
		span->frame = known->frame;
	} else if (!known->takes) {
		open_span(engine, begin_ns);
	}
}

/*
 * The first event of an engine that was there before.  It was asked about after
 * that began to come: what it was found at, it may have begun only then.
 */
static void first_event(struct engine *engine, uint64_t since_ns)
{
	if (engine->seen)
		return;
	engine->seen = true;
	if (!engine->asked_ns)
		return;
	engine->nr = 0;
	if (engine->since_ns < since_ns)
		engine->since_ns = since_ns;
}

uint32_t holders_state(struct holders *holders,
		       const struct engine_state *event, uint64_t time_ns)
{
	struct engine *engine = find(holders, event->device, event->engine);
	/* One that is being reset, or rests, is there, but takes nothing. */
	const bool takes = event->present && event->up && !event->health;
	const struct span *span;

	/* That the one before was removed has been lost. */
	if (engine && event->present && !event->seq && engine->seq) {
		open_span(engine, time_ns);
		engine->gone_ns = time_ns;
	}
	engine = engine_of(holders, event->device, event->engine, time_ns);
	span = last_span(engine);
	/* Found out of use, and so it was until now. */
	if (takes && engine->asked_ns && span && span->client == NOBODY)
		engine->seen = true;
	first_event(engine, time_ns);
	if (takes)
		close_span(engine, time_ns);
	else
		open_span(engine, time_ns);
	if (!event->present)
		engine->gone_ns = time_ns;
	return engine->life;
}

/* An engine's layer is over, which nobody has told: when, is not known. */
static void end_unseen(struct engine *engine, uint64_t now_ns)
{
	close_span(engine, now_ns);
	engine->since_ns = now_ns;
}

static bool runs(const struct engine *engine, uint32_t client, uint32_t stream,
		 uint64_t frame)
{
	const struct span *span = last_span(engine);

	return span && span->end_ns == OPEN && span->client == client &&
	       span->stream == stream && span->frame == frame;
}

void holders_begin(struct holders *holders, const struct layer_dispatch *event)
{
	struct engine *engine =
		engine_of(holders, event->device, event->engine, event->now_ns);
	struct span *span;

	/* If there had been something before, its end would have come first. */
	first_event(engine, 0);
	if (engine->seq && event->seq > engine->seq + 1)
		engine->since_ns = event->now_ns;
	engine->seq = event->seq;
	/* A frame runs at one place; and if further than there, it had ended. */
	for (size_t i = 0; i < holders->nr_engines; i++) {
		struct engine *other = &holders->engines[i];

		if (other->device != event->device ||
		    !runs(other, event->client, event->stream, event->frame))
			continue;
		holders->lost += last_span(other)->layer != event->layer;
		end_unseen(other, event->now_ns);
	}
	span = last_span(engine);
	if (span && span->end_ns == OPEN && span->client != NOBODY)
		end_unseen(engine, event->now_ns);
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
	const struct span *span = last_span(engine);

	if (engine->seq == event->seq) {
		close_span(engine, event->now_ns);
		return;
	}
	/* It is what the engine was found at, or a beginning was not seen. */
	if (!engine->seen && span && span->stream == event->stream &&
	    span->frame == event->frame && span->layer == event->layer) {
		engine->seen = true;
		close_span(engine, event->now_ns);
	} else {
		first_event(engine, event->now_ns);
		end_unseen(engine, event->now_ns);
	}
	engine->seq = event->seq;
}

void holders_frame(struct holders *holders, const struct job_complete *event)
{
	for (size_t i = 0; i < holders->nr_engines; i++) {
		struct engine *engine = &holders->engines[i];

		if (engine->device != event->device ||
		    !runs(engine, event->client, event->stream, event->frame))
			continue;
		if (event->outcome != XRSCHED_COMPLETED) {
			close_span(engine, event->finish_ns);
			continue;
		}
		holders->lost++;
		end_unseen(engine, event->finish_ns);
	}
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
	const struct engine *engine;
};

/**
 * struct question - What is asked, and what was found so far
 * @frame: the frame.
 * @engine: whose spans are looked at.
 * @own: spans in which it ran; by time, and without overlaps, once all are
 *       there.
 * @nr_own: how many.
 */
struct question {
	const struct job_complete *frame;
	const struct engine *engine;
	struct own *own;
	size_t nr_own;
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
			     .engine = q->engine };
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
		waiting_ran(waiting,
			    &(struct worker){
				    .engine = own[i].engine->id,
				    .nr = own[i].engine->life,
				    .ran_ns = own[i].end_ns - own[i].begin_ns,
				    .expected_ns = own[i].expected_ns });
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
	waiting_held(waiting, &(struct held){ .client = span->client,
					      .stream = span->stream,
					      .layer = span->layer,
					      .ns = ns });
}

/* One of the engines that the frame could have had? */
static bool counts(const struct engine *engine,
		   const struct job_complete *frame)
{
	return engine->device == frame->device &&
	       engine->gone_ns > frame->release_ns;
}

/* Not known before, or not yet: it is no engine of that time. */
static bool was_known(const struct engine *engine,
		      const struct job_complete *frame)
{
	return engine->since_ns <= frame->release_ns &&
	       (engine->seen || engine->asked_ns <= frame->finish_ns);
}

void holders_ask(struct holders *holders, const struct job_complete *frame,
		 struct waiting *waiting)
{
	struct question q = { .frame = frame };
	const struct engine *engine;
	size_t i;

	*waiting = (struct waiting){ 0 };
	if ((holders->gap_end_ns > frame->release_ns &&
	     holders->gap_begin_ns < frame->finish_ns) ||
	    holders->forgotten_ns > frame->release_ns)
		waiting->incomplete = true;
	for (i = 0; i < holders->nr_engines; i++) {
		engine = &holders->engines[i];
		if (!counts(engine, frame))
			continue;
		waiting->engines++;
		if (!was_known(engine, frame))
			waiting->incomplete = true;
		each_span(&q, engine, visit_own, waiting);
	}
	part_own(&q, waiting);
	waiting->wait_ns = in_wait(&q, frame->release_ns, frame->finish_ns);
	waiting->engine_ns = waiting->wait_ns * waiting->engines;
	waiting->idle_ns = waiting->engine_ns;
	for (i = 0; i < holders->nr_engines; i++) {
		engine = &holders->engines[i];
		if (counts(engine, frame))
			each_span(&q, engine, visit_other, waiting);
	}
	free(q.own);
}
