// SPDX-License-Identifier: GPL-2.0-only
/*
 * Admission advice: a sufficient test.
 *
 * The only thing asked of the policy is that it leaves no engine idle that a
 * ready job could run on, and gives none up.  Then a frame is at every moment
 * either running or waiting while all engines of its model run others' frames;
 * so it waits no longer than these have work for those engines within its own
 * time, divided by their number.  How much that is follows from how long
 * others' frames last at most, which is what is being computed: it begins with
 * their deadlines and gets shorter round by round.
 *
 * Every layer counts as long as on its slowest engine, blocks as not skipped,
 * exits as not taken, frames as triggered, the longest variant as chosen.
 */
#include "xrs_admission.h"
#include "xrs_core.h"
#include "xrs_score.h"

/* Longer times are cut to it: a shorter limit is only harder to keep. */
#define LIMIT_MAX_NS	BIT_ULL(40)
#define DEMAND_MAX_NS	BIT_ULL(50)

/* ----- the set ---------------------------------------------------------- */

static void longest_variant(const struct xrs_model *model,
			    struct xrs_admission_stream *s)
{
	u32 i;

	s->work_ns = 0;
	s->layers = 0;
	s->bytes = 0;
	for (i = 0; i < model->nr_variants; i++) {
		const struct xrs_variant *variant = &model->variant[i];

		s->work_ns = max(s->work_ns, variant->worst_ns);
		s->layers = max(s->layers, variant->nr_layers);
		s->bytes = max_t(u64, s->bytes, variant->most_bytes);
	}
}

/* The class of engines on which the model as a whole takes longest. */
static void slowest_class(const struct xrs_model *model,
			  struct xrs_admission_stream *s)
{
	const struct xrs_cell *cell =
		&model->cell[(size_t)model->variant[0].first_layer *
			     model->nr_classes];
	u64 engines, most_ns = 0;

	for (engines = model->engines; engines; engines &= engines - 1) {
		u32 row = model->row[__ffs64(engines)];

		if (cell[row].togo_ns <= most_ns)
			continue;
		most_ns = cell[row].togo_ns;
		memcpy(s->class_name, model->class_name[row], XRS_NAME_LEN);
	}
}

static void gather_one(struct xrs_core *core, struct xrs_stream *stream,
		       struct xrs_admission *a)
{
	struct xrs_admission_stream *s = &a->stream[a->nr];

	xrs_model_view(core, stream->model);
	memset(s, 0, sizeof(*s));
	stream->place = a->nr++;
	s->id = stream->id;
	s->upstream = stream->upstream ? stream->upstream->place :
					 stream->place;
	s->every_ns = stream->period_ns ? stream->period_ns :
					  stream->deadline_ns;
	s->limit_ns = stream->deadline_ns;
	s->engines = stream->model->engines;
	longest_variant(stream->model, s);
	slowest_class(stream->model, s);
}

/**
 * xrs_admission_gather() - write down the streams of a device
 * @core: the device
 * @a: with room for streams; filled in
 *
 * Context: caller's lock.  O(streams), and that of xrs_model_view() where a
 * model's is not up to date.
 * Return: 0, or -ENOSPC if there is no room for all.
 */
int xrs_admission_gather(struct xrs_core *core, struct xrs_admission *a)
{
	struct xrs_stream *stream;
	u64 up;

	a->nr = 0;
	a->conserving = core->policy->conserving;
	a->bytes_per_us = 0;
	if (core->nr_streams > a->max)
		return -ENOSPC;
	for (up = core->up; up; up &= up - 1) {
		u64 rate = core->engine[__ffs64(up)]->bytes_per_us;

		if (core->param[XRS_PARAM_SWITCH] == XRS_SWITCH_TIMED && rate &&
		    (!a->bytes_per_us || rate < a->bytes_per_us))
			a->bytes_per_us = rate;
	}
	list_for_each_entry(stream, &core->streams, link)
		gather_one(core, stream, a);
	return 0;
}

/* Each layer fetches its own activations and flushes those of another. */
static void add_moves(struct xrs_admission *a)
{
	u64 most = 0;
	u32 i;

	if (!a->bytes_per_us)
		return;
	for (i = 0; i < a->nr; i++)
		most = max(most, a->stream[i].bytes);
	for (i = 0; i < a->nr; i++) {
		struct xrs_admission_stream *s = &a->stream[i];

		s->work_ns += s->layers * div64_u64((s->bytes + most) * 1000,
						    a->bytes_per_us);
	}
}

/**
 * xrs_admission_begin() - derive what the first step begins with
 * @a: the set, gathered or filled in: of each stream @id, @upstream, @layers,
 *     @bytes, @every_ns (at least 1), @limit_ns, @work_ns and @engines
 *
 * Context: any.  O(streams).
 */
void xrs_admission_begin(struct xrs_admission *a)
{
	u32 i;

	add_moves(a);
	a->rounds = 0;
	a->at = 0;
	a->moved = false;
	for (i = 0; i < a->nr; i++) {
		struct xrs_admission_stream *s = &a->stream[i];
		const struct xrs_admission_stream *up = &a->stream[s->upstream];

		s->root = i;
		s->path_ns = s->work_ns;
		s->path_engines = s->engines;
		s->fewest = hweight64(s->engines);
		if (up != s) {
			s->root = up->root;
			s->every_ns = up->every_ns;
			s->path_ns += up->path_ns;
			s->path_engines |= up->path_engines;
			s->fewest = min(s->fewest, up->fewest);
		}
		s->every_ns = min(s->every_ns, LIMIT_MAX_NS);
		s->limit_ns = min(s->limit_ns, s->every_ns);
		s->bound_ns = s->limit_ns;
		s->need_ns = U64_MAX;
		s->sure = false;
	}
}

/* ----- the test --------------------------------------------------------- */

static bool on_path(const struct xrs_admission *a,
		    const struct xrs_admission_stream *s, u32 index)
{
	u32 i;

	if (a->stream[index].root != s->root)
		return false;
	for (i = s - a->stream; i != index; i = a->stream[i].upstream)
		if (i == a->stream[i].upstream)
			return false;
	return true;
}

/*
 * The most that a stream's frames run within any @window_ns: the first of them
 * as late as its bound allows, the others as early as they may come.
 */
static u64 work_within(const struct xrs_admission_stream *s, u64 window_ns)
{
	u64 work_ns = min(s->work_ns, s->bound_ns);
	u64 span_ns = window_ns + s->bound_ns - work_ns;
	u64 whole = div64_u64(span_ns, s->every_ns);

	return xrs_muldiv(whole, work_ns, 1, DEMAND_MAX_NS) +
	       min(work_ns, span_ns - whole * s->every_ns);
}

/* How long stream @other is in the way of @s within a response of @window_ns. */
static u64 demand_within(const struct xrs_admission *a,
			 const struct xrs_admission_stream *s, u32 other,
			 u64 window_ns)
{
	const struct xrs_admission_stream *o = &a->stream[other];

	if (!(o->engines & s->path_engines) || on_path(a, s, other))
		return 0;
	/* One of its frames runs at a time, so it stops one engine. */
	return min(work_within(o, window_ns), window_ns - s->path_ns + 1);
}

/* What a response that lasts @window_ns at most needs; it may be more. */
static u64 need_within(const struct xrs_admission *a,
		       const struct xrs_admission_stream *s, u64 window_ns)
{
	u64 demand_ns = 0;
	u32 i;

	for (i = 0; i < a->nr; i++)
		demand_ns += demand_within(a, s, i, window_ns);
	return s->path_ns + div64_u64(demand_ns, s->fewest);
}

/* A window that needs no more than itself is a bound, and so is what it needs. */
static bool shorten(const struct xrs_admission *a,
		    struct xrs_admission_stream *s)
{
	u64 need_ns = need_within(a, s, s->bound_ns);

	if (!s->sure || need_ns < s->bound_ns)
		s->need_ns = need_ns;
	if (need_ns > s->bound_ns || (s->sure && need_ns == s->bound_ns))
		return false;
	s->bound_ns = need_ns;
	s->sure = true;
	return true;
}

/**
 * xrs_admission_step() - make the bound of the next stream shorter
 * @a: the set, begun
 *
 * To be called until it says so; what is sure by then stays so, and nothing
 * that was found is wrong if it is not called again.
 *
 * Context: any.  O(streams).
 * Return: true if there is more to be found.
 */
bool xrs_admission_step(struct xrs_admission *a)
{
	struct xrs_admission_stream *s;

	if (!a->nr || a->rounds >= XRS_ADMISSION_ROUNDS)
		return false;
	s = &a->stream[a->at];
	if (!s->fewest)
		s->need_ns = U64_MAX;
	else if (s->path_ns > s->limit_ns)
		s->need_ns = s->path_ns;
	else
		a->moved |= shorten(a, s);
	if (++a->at < a->nr)
		return true;
	a->at = 0;
	a->rounds++;
	if (!a->moved)
		return false;
	a->moved = false;
	return a->rounds < XRS_ADMISSION_ROUNDS;
}

/* ----- what was found --------------------------------------------------- */

/**
 * xrs_admission_demand() - how long a stream is in another's way at most
 * @a: the set, after its last step
 * @index: the one that waits
 * @other: the other
 *
 * Summed over all others and divided by the engines that is a bound for the
 * wait.
 *
 * Context: any.  Return: ns within a response of the one that waits.
 */
u64 xrs_admission_demand(const struct xrs_admission *a, u32 index, u32 other)
{
	const struct xrs_admission_stream *s = &a->stream[index];

	return s->path_ns > s->bound_ns ? 0 :
	       demand_within(a, s, other, s->bound_ns);
}

/**
 * xrs_admission_sure() - whether all streams are sure to be on time
 * @a: the set, after its last step
 *
 * Context: any.  O(streams).
 */
bool xrs_admission_sure(const struct xrs_admission *a)
{
	u32 i;

	for (i = 0; i < a->nr; i++)
		if (!a->stream[i].sure)
			return false;
	return true;
}

/**
 * xrs_admission_bottleneck() - the stream that is closest to its limit, or the
 *                              furthest above it
 * @a: the set, after its last step; not empty
 *
 * Context: any.  O(streams).
 * Return: its index; the first of equals.
 */
u32 xrs_admission_bottleneck(const struct xrs_admission *a)
{
	u64 most = 0;
	u32 i, index = 0;

	for (i = 0; i < a->nr; i++) {
		const struct xrs_admission_stream *s = &a->stream[i];
		u64 share = xrs_muldiv(s->need_ns, XRS_Q32_ONE, s->limit_ns,
				       U64_MAX);

		if (share > most) {
			most = share;
			index = i;
		}
	}
	return index;
}

/**
 * xrs_admission_load_ppm() - how much of a stream's engines is asked for
 * @a: the set, begun
 * @index: the stream
 *
 * The work of all streams that can run on them, at its longest, over the time
 * that they have.
 *
 * Context: any.  O(streams).
 * Return: parts per million, U32_MAX at most; that if it has no engine.
 */
u32 xrs_admission_load_ppm(const struct xrs_admission *a, u32 index)
{
	u64 engines = a->stream[index].engines;
	u64 load = 0;
	u32 i;

	if (!engines)
		return U32_MAX;
	for (i = 0; i < a->nr; i++) {
		const struct xrs_admission_stream *s = &a->stream[i];

		if (s->engines & engines)
			load += xrs_muldiv(s->work_ns, XRS_PPM, s->every_ns,
					   U32_MAX);
	}
	return min_t(u64, div64_u64(load, hweight64(engines)), U32_MAX);
}
