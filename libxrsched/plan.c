// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The frames of a run: when they are released, and what fate holds for them.
 *
 * Every draw is a hash of seed, scenario, stream, frame and what is drawn, and
 * of nothing else: no policy, no order of events, no other draw.  The coin that
 * decides whether a frame triggers one downstream belongs to the parent's frame
 * number, so it says the same whatever becomes of the parent.
 */
#include <errno.h>
#include <string.h>

#include "run.h"
#include "xrs_mix.h"

/* What a draw is for; blocks and exits are added to theirs. */
enum {
	DRAW_TRIGGER = 0,
	DRAW_PHASE = 1,
	DRAW_EXIT = 16,
	DRAW_SKIP = 32,
	DRAW_BITS = 8,
};

/* ----- draws ------------------------------------------------------------ */

/* FNV-1a over a string and its NUL. */
static uint64_t hash_text(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
	} while (*text++);
	return hash;
}

static uint64_t stream_key(uint64_t seed, const char *scenario,
			   const char *stream)
{
	uint64_t hash = hash_text(0xcbf29ce484222325ULL, scenario);

	return xrs_mix64(xrs_mix64(seed) ^ hash_text(hash, stream));
}

static uint64_t draw(const struct plan_stream *stream, uint64_t frame,
		     unsigned int what)
{
	return xrs_mix64(stream->key ^ xrs_mix64(frame << DRAW_BITS | what));
}

/* A draw from 0 … limit - 1 */
static uint64_t below(uint64_t random, uint64_t limit)
{
	return (unsigned __int128)random * limit >> 64;
}

static bool chance(const struct plan_stream *stream, uint64_t frame,
		   unsigned int what, uint32_t ppm)
{
	return below(draw(stream, frame, what), XRSCHED_PPM) < ppm;
}

/* ----- setting up ------------------------------------------------------- */

/*
 * Draws are made before anyone knows which variant will run, by block and exit
 * number; the heaviest variant that has one says how probable it is.
 */
static void fill_marks(struct plan_stream *stream, const struct wl_model *model)
{
	for (unsigned int v = model->nr_variants; v-- > 0;) {
		const struct wl_variant *variant = &model->variant[v];

		for (unsigned int i = 0; i < variant->nr_skips; i++)
			stream->skip_ppm[i] = variant->skips[i].ppm;
		for (unsigned int i = 0; i < variant->nr_exits; i++)
			stream->exit_ppm[i] = variant->exits[i].ppm;
		if (variant->nr_skips > stream->nr_skips)
			stream->nr_skips = variant->nr_skips;
		if (variant->nr_exits > stream->nr_exits)
			stream->nr_exits = variant->nr_exits;
	}
}

/* Release and deadline of the stream's frame @frame, if it is in the run. */
static void set_frame(const struct plan *plan, struct plan_stream *stream,
		      uint64_t frame)
{
	const struct wl_stream *wl = stream->wl;

	stream->frame = frame;
	stream->release_ns = stream->phase_ns + wl_release(wl, frame);
	stream->deadline_ns =
		wl->deadline_ns ? stream->release_ns + wl->deadline_ns
				: stream->phase_ns + wl_release(wl, frame + 1);
	if (stream->deadline_ns > plan->length_ns)
		stream->deadline_ns = UINT64_MAX;
}

/* The earliest frame comes next; of several the first in the scenario's order. */
static void find_next(struct plan *plan)
{
	plan->next = -1;
	for (unsigned int i = 0; i < plan->nr_streams; i++) {
		const struct plan_stream *stream = &plan->stream[i];

		if (stream->root != i || stream->deadline_ns == UINT64_MAX)
			continue;
		if (plan->next < 0 ||
		    stream->release_ns < plan->stream[plan->next].release_ns)
			plan->next = i;
	}
}

int plan_init(struct plan *plan, struct wl_arena *arena,
	      const struct xrsched_workload *w,
	      const struct xrsched_run_opts *opts)
{
	memset(plan, 0, sizeof(*plan));
	plan->nr_streams = w->nr_streams;
	plan->length_ns = (uint64_t)(opts->seconds * WL_NS_PER_S + 0.5);
	plan->stream = wl_alloc(arena, w->nr_streams, sizeof(*plan->stream));
	if (!plan->stream)
		return -ENOMEM;
	for (unsigned int i = 0; i < w->nr_streams; i++) {
		struct plan_stream *stream = &plan->stream[i];
		const struct wl_stream *wl = &w->streams[i];

		stream->wl = wl;
		stream->key = stream_key(opts->seed, w->scenario, wl->name);
		stream->root = i;
		if (wl->upstream >= 0)
			stream->root = plan->stream[wl->upstream].root;
		stream->phase_ns = wl->phase_ns;
		if (opts->phase == XRSCHED_PHASE_RANDOM)
			stream->phase_ns = below(draw(stream, 0, DRAW_PHASE),
						 wl_release(wl, 1));
		if (wl->upstream >= 0)
			stream->trigger_ppm = opts->flags & XRSCHED_RUN_CASCADE
						      ? opts->cascade_ppm
						      : wl->trigger_ppm;
		fill_marks(stream, w->models[wl->model]);
		set_frame(plan, stream, 0);
	}
	find_next(plan);
	return 0;
}

/* ----- frames ----------------------------------------------------------- */

uint64_t plan_release(const struct plan *plan)
{
	return plan->start_ns + plan->stream[plan->next].release_ns;
}

static void fill_job(const struct plan *plan, unsigned int index,
		     const struct plan_stream *root, struct xrsched_job *job)
{
	const struct plan_stream *stream = &plan->stream[index];
	uint64_t frame = root->frame;

	memset(job, 0, sizeof(*job));
	job->stream = stream->handle;
	job->frame = frame;
	job->release_ns = plan->start_ns + root->release_ns;
	job->deadline_ns = plan->start_ns + root->deadline_ns;
	job->cookie = index;
	for (unsigned int i = 0; i < stream->nr_skips; i++)
		if (chance(stream, frame, DRAW_SKIP + i, stream->skip_ppm[i]))
			job->skip_mask |= 1ULL << i;
	/* An exit's probability is that of taking it once it was reached. */
	for (unsigned int i = 0; i < stream->nr_exits && !job->exit; i++)
		if (chance(stream, frame, DRAW_EXIT + i, stream->exit_ppm[i]))
			job->exit = i + 1;
}

unsigned int plan_take(struct plan *plan, struct xrsched_job *jobs)
{
	struct plan_stream *root = &plan->stream[plan->next];
	bool exists[WL_MAX_STREAMS] = { false };
	unsigned int nr = 0;

	for (unsigned int i = plan->next; i < plan->nr_streams; i++) {
		struct plan_stream *stream = &plan->stream[i];

		if ((int)stream->root != plan->next)
			continue;
		exists[i] = i == stream->root ||
			    (exists[stream->wl->upstream] &&
			     chance(stream, root->frame, DRAW_TRIGGER,
				    stream->trigger_ppm));
		if (exists[i])
			fill_job(plan, i, root, &jobs[nr++]);
	}
	set_frame(plan, root, root->frame + 1);
	find_next(plan);
	return nr;
}
