// SPDX-License-Identifier: GPL-2.0-only
/* The naive reference: events, and what follows from them; see naive.h. */

#include "naive.h"

void naive_layer_done(struct naive *n, u32 id, u64 energy_pj, u64 now_ns)
{
	struct nengine *e = &n->engine[id];
	struct njob *job = e->job;
	const struct xrs_model *m = job->stream->model;
	const struct xrs_variant *v = &m->variant[job->variant - 1];
	const struct xrs_layer *ran = &m->layer[job->layer];
	u32 last = v->first_layer + v->nr_layers;

	n->now_ns = max(n->now_ns, now_ns);
	e->job = NULL;
	e->alarm_ns = XRS_NEVER;
	if (e->strikes && ++e->good == XRS_GOOD_LAYERS)
		e->strikes = 0;
	e->busy_ns += n->now_ns - e->since_ns;
	e->energy_pj += energy_pj;
	e->layers++;
	job->tries = 0;
	job->energy_pj += energy_pj;
	job->layers++;
	job->stream->count.layers++;
	if (!(ran->flags & XRS_LAYER_SIDE))
		job->live_bytes = ran->out_bytes;

	job->layer++;
	while (job->layer < last && m->layer[job->layer].skip &&
	       (job->skip_mask >> (m->layer[job->layer].skip - 1) & 1))
		job->layer++;
	if (ran->exit && ran->exit == job->exit)
		job->layer = last;
	if (job->layer == last && !job->cancelled)
		naive_end(n, job, XRS_COMPLETED, XRS_REASON_NONE);
	else
		naive_boundary(n, job);
}

/* What the new rules make due is due from now on. */
void naive_rules(struct naive *n, const struct xrs_policy *policy,
		 const s64 *param, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	n->ran_ns = n->now_ns;
	n->policy = policy;
	memcpy(n->param, param, sizeof(n->param));
}

struct nstream *naive_stream_add(struct naive *n, struct xrs_stream *twin,
				 struct nstream *upstream)
{
	struct nstream *s = calloc(1, sizeof(*s));

	if (!s)
		exit(2);
	s->twin = twin;
	s->id = twin->id;
	s->model = twin->model;
	s->upstream = upstream;
	s->head_frame = U64_MAX;
	n->stream[n->nr_streams++] = s;
	return s;
}

static void stream_free(struct nstream *s)
{
	u32 i;

	for (i = 0; i < s->fresh.nr; i++)
		free(s->fresh.job[i]);
	for (i = 0; i < s->stale.nr; i++)
		free(s->stale.job[i]);
	free(s->fresh.job);
	free(s->stale.job);
	free(s->done);
	free(s);
}

void naive_stream_remove(struct naive *n, struct nstream *stream)
{
	u32 i, k;

	for (i = k = 0; i < n->nr_streams; i++)
		if (n->stream[i] != stream)
			n->stream[k++] = n->stream[i];
	n->nr_streams = k;
	stream_free(stream);
}

void naive_free(struct naive *n)
{
	u32 i;

	for (i = 0; i < n->nr_streams; i++)
		stream_free(n->stream[i]);
	for (i = 0; i < n->ended.nr; i++)
		free(n->ended.job[i]);
	free(n->ended.job);
	free(n);
}

int naive_submit(struct naive *n, struct nstream *stream, struct xrs_job *twin,
		 u64 now_ns)
{
	struct njob *parent = NULL;
	struct njob *job;
	int seen = 1;

	n->now_ns = max(n->now_ns, now_ns);
	if (twin->frame < stream->next_frame ||
	    twin->release_ns < stream->last_release_ns ||
	    twin->deadline_ns <= twin->release_ns ||
	    twin->variant > stream->model->nr_variants ||
	    twin->exit > XRS_MAX_EXITS)
		return -EINVAL;
	if (stream->upstream) {
		parent = naive_find(stream->upstream, twin->frame);
		seen = naive_recall(stream->upstream, twin->frame);
		if (!parent && seen < 0)
			return -ENOENT;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		exit(2);
	job->twin = twin;
	job->stream = stream;
	job->frame = twin->frame;
	job->release_ns = twin->release_ns;
	job->deadline_ns = twin->deadline_ns;
	job->skip_mask = twin->skip_mask;
	job->exit = twin->exit;
	job->variant = twin->variant;
	job->engine = -1;
	job->ready_ns = XRS_NEVER;
	job->parent = parent;
	nlist_add(&stream->fresh, job);
	stream->next_frame = job->frame + 1;
	stream->last_release_ns = job->release_ns;
	stream->count.submitted++;
	if (!parent && !seen)
		naive_end(n, job, XRS_DROPPED, XRS_REASON_UPSTREAM);
	return 0;
}

void naive_cancel(struct naive *n, struct njob *job, enum xrs_reason reason,
		  u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	if (job->state != N_RUNNING) {
		naive_end(n, job, XRS_CANCELLED, reason);
	} else if (!job->cancelled) {
		job->cancelled = true;
		job->reason = reason;
	}
}

/* The first frame of a stream that is due, NULL if none. */
static struct njob *due(const struct naive *n, const struct nstream *s)
{
	if (naive_due_at(n, naive_head(&s->fresh)) <= n->now_ns)
		return naive_head(&s->fresh);
	if (naive_due_at(n, naive_head(&s->stale)) <= n->now_ns)
		return naive_head(&s->stale);
	return NULL;
}

/*
 * The stream that is due, by time and number.  What would have been due before
 * the frame was the first, or in an earlier run, has become so now.
 */
static struct nstream *first_due(const struct naive *n)
{
	struct nstream *best = NULL;
	u64 best_at = 0;
	u32 i;

	for (i = 0; i < n->nr_streams; i++) {
		struct nstream *s = n->stream[i];
		u64 at;

		if (s->fresh.nr &&
		    s->head_frame != naive_head(&s->fresh)->frame) {
			s->head_frame = naive_head(&s->fresh)->frame;
			s->head_ns = n->now_ns;
		}
		if (!due(n, s))
			continue;
		at = max(naive_due_at(n, due(n, s)), s->head_ns);
		if (at <= n->ran_ns)
			at = n->now_ns;
		if (best &&
		    (at > best_at || (at == best_at && s->id > best->id)))
			continue;
		best = s;
		best_at = at;
	}
	return best;
}

bool naive_idle(const struct naive *n, const struct njob *job, u32 id)
{
	const struct nengine *e = &n->engine[id];

	return naive_can(job->stream->model, &n->set, id) && !e->job &&
	       e->health == XRS_HEALTH_GOOD && !e->parked;
}

u64 naive_switch_pj(const struct naive *n, const struct njob *job, u32 id)
{
	const struct njob *there = n->engine[id].resident;
	u64 bytes = job->live_bytes;

	if (there == job && job->engine == (int)id)
		return 0;
	if (there && there != job)
		bytes += there->live_bytes;
	return XRS_PJ_PER_BYTE * bytes;
}

static void dispatch(struct naive *n, struct njob *job, u32 id)
{
	struct nengine *e = &n->engine[id];
	u64 pj = naive_switch_pj(n, job, id);

	if (!job->started) {
		job->started = true;
		job->start_ns = n->now_ns;
		if (!job->variant)
			job->variant = 1;
		job->stream->queued_nr++;
		job->stream->queued_ns += n->now_ns - job->release_ns;
	}
	job->state = N_RUNNING;
	job->energy_pj += pj;
	job->switches += !!pj;
	job->stream->count.switches += !!pj;
	job->engine = (int)id;
	e->energy_pj += pj;
	e->switches += !!pj;
	e->job = job;
	e->resident = job;
	e->since_ns = n->now_ns;
	e->seq++;
	e->switch_pj = pj;
	if (e->guarded)
		naive_watch(n, id);
}

static bool any_pair(const struct naive *n, bool stale)
{
	u32 i, id;

	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];
		const struct njob *job =
			naive_head(stale ? &s->stale : &s->fresh);

		if (!job || job->state != N_READY)
			continue;
		for (id = 0; id < XRS_MAX_ENGINES; id++)
			if (naive_idle(n, job, id))
				return true;
	}
	return false;
}

/* The core's next decision, if it is right, is taken over. */
static bool follow(struct naive *n, bool stale, const struct event *event)
{
	struct npick pick = { .engine = event->engine->id };
	u32 i;

	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];

		pick.job = naive_head(stale ? &s->stale : &s->fresh);
		if (pick.job && pick.job->twin == event->job)
			break;
	}
	if (i == n->nr_streams || pick.job->state != N_READY) {
		naive_fail(n,
			   "dispatched stream %u frame %llu is not ready (%s)",
			   event->job->stream->id,
			   (unsigned long long)event->job->frame,
			   stale ? "stale" : "fresh");
		return false;
	}
	if (event->layer != pick.job->layer) {
		naive_fail(n, "stream %u frame %llu: layer %u, not %u",
			   pick.job->stream->id,
			   (unsigned long long)pick.job->frame, event->layer,
			   pick.job->layer);
		return false;
	}
	pick.score = event->score / 4294967296.0L;
	if (!naive_pick_right(n, stale, &pick))
		return false;
	dispatch(n, pick.job, pick.engine);
	return true;
}

/* @log: what the core did in this event and its run. */
void naive_run(struct naive *n, const struct event *log, size_t nr, u64 now_ns)
{
	struct nstream *s;
	struct njob *job;
	size_t at = 0;

	n->now_ns = max(n->now_ns, now_ns);
	naive_alarms(n);
	while ((s = first_due(n))) {
		while ((job = due(n, s))) {
			if (!job->parent)
				naive_count_release(job);
			if (!naive_expire(n, job))
				naive_make_ready(n, job);
		}
	}
	n->ran_ns = n->now_ns;
	while (any_pair(n, false) || any_pair(n, true)) {
		while (at < nr && log[at].kind != EV_DISPATCH)
			at++;
		if (at == nr) {
			naive_fail(n,
				   "an idle engine and a ready job are left");
			return;
		}
		if (!follow(n, !any_pair(n, false), &log[at++]))
			return;
	}
	for (; at < nr; at++)
		if (log[at].kind == EV_DISPATCH)
			naive_fail(n, "dispatch of stream %u out of nothing",
				   log[at].job->stream->id);
}

/* Next moment at which something happens by itself. */
u64 naive_wake(struct naive *n)
{
	u64 at = XRS_NEVER;
	u32 i;

	for (i = 0; i < n->nr_streams; i++) {
		at = min(at, naive_due_at(n, naive_head(&n->stream[i]->fresh)));
		at = min(at, naive_due_at(n, naive_head(&n->stream[i]->stale)));
	}
	for (i = 0; i < XRS_MAX_ENGINES; i++)
		if (n->engine[i].twin)
			at = min(at, n->engine[i].alarm_ns);
	return at;
}
