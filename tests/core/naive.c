// SPDX-License-Identifier: GPL-2.0-only
/* The naive reference's state machine; see naive.h. */

#include "naive.h"

void naive_fail(struct naive *n, const char *format, ...)
{
	va_list args;

	if (n->error[0])
		return;
	va_start(args, format);
	vsnprintf(n->error, sizeof(n->error), format, args);
	va_end(args);
}

void nlist_add(struct nlist *list, struct njob *job)
{
	if (list->nr == list->cap) {
		list->cap = list->cap ? 2 * list->cap : 16;
		list->job = realloc(list->job, list->cap * sizeof(*list->job));
		if (!list->job)
			exit(2);
	}
	list->job[list->nr++] = job;
}

static void nlist_remove(struct nlist *list, const struct njob *job)
{
	u32 i, k;

	for (i = k = 0; i < list->nr; i++)
		if (list->job[i] != job)
			list->job[k++] = list->job[i];
	list->nr = k;
}

static struct njob *head(const struct nlist *list)
{
	return list->nr ? list->job[0] : NULL;
}

static struct njob *find(const struct nstream *s, u64 frame)
{
	u32 i;

	for (i = 0; i < s->fresh.nr; i++)
		if (s->fresh.job[i]->frame == frame)
			return s->fresh.job[i];
	for (i = 0; i < s->stale.nr; i++)
		if (s->stale.job[i]->frame == frame)
			return s->stale.job[i];
	return NULL;
}

/* 1: completed, 0: ended otherwise, -1: not among the last XRS_RECENT. */
static int recall(const struct nstream *s, u64 frame)
{
	u32 i;

	for (i = s->nr_done; i-- > 0 && i + XRS_RECENT >= s->nr_done;)
		if (s->done[i][0] == frame)
			return (int)s->done[i][1];
	return -1;
}

static void remember(struct nstream *s, u64 frame, bool completed)
{
	s->done = realloc(s->done, (s->nr_done + 1) * sizeof(*s->done));
	if (!s->done)
		exit(2);
	s->done[s->nr_done][0] = frame;
	s->done[s->nr_done++][1] = completed;
}

static void count_end(struct naive *n, struct njob *job)
{
	struct xrs_counters *c = &job->stream->count;
	struct naive_set set = n->set;
	bool late = job->finish_ns > job->deadline_ns;
	u64 worst;
	u32 row;

	if (job->outcome == XRS_CANCELLED) {
		c->cancelled++;
		return;
	}
	if (!job->released)
		c->released++;
	if (!naive_nr_engines(job->stream->model, &set)) {
		memset(&set, 0, sizeof(set));
		for (row = 0; row < job->stream->model->nr_classes; row++) {
			memcpy(set.class_name[row],
			       job->stream->model->class_name[row],
			       XRS_NAME_LEN);
			set.up[row] = true;
		}
	}
	worst = naive_worst(job->stream->model, 0, &set);
	c->energy_pj += job->energy_pj;
	c->worst_pj += worst;
	if (job->outcome == XRS_COMPLETED && !late)
		c->honest_pj += job->energy_pj;
	else
		c->honest_pj += max(job->energy_pj, worst);
	c->dropped += job->outcome == XRS_DROPPED;
	c->failed += job->outcome == XRS_FAILED;
	c->completed += job->outcome == XRS_COMPLETED;
	c->late += job->outcome == XRS_COMPLETED && late;
	if (job->outcome == XRS_COMPLETED) {
		job->stream->response_nr++;
		job->stream->response_ns += job->finish_ns - job->release_ns;
	}
}

static void end(struct naive *n, struct njob *job, enum xrs_outcome outcome,
		enum xrs_reason reason)
{
	u32 i, k;

	job->state = N_DONE;
	job->outcome = outcome;
	job->reason = reason;
	job->finish_ns = n->now_ns;
	nlist_remove(&job->stream->fresh, job);
	nlist_remove(&job->stream->stale, job);
	for (i = 0; i < XRS_MAX_ENGINES; i++)
		if (n->engine[i].resident == job)
			n->engine[i].resident = NULL;
	n->tally.outcome[outcome]++;
	n->tally.reason[reason]++;
	count_end(n, job);
	remember(job->stream, job->frame, outcome == XRS_COMPLETED);
	nlist_add(&n->ended, job);

	for (i = 0; i < n->nr_streams; i++) {
		struct nstream *s = n->stream[i];
		struct njob *child;

		if (s->upstream != job->stream)
			continue;
		for (k = 0; k < s->fresh.nr + s->stale.nr; k++) {
			child = k < s->fresh.nr ? s->fresh.job[k] :
						  s->stale.job[k - s->fresh.nr];
			if (child->parent != job)
				continue;
			child->parent = NULL;
			if (outcome != XRS_COMPLETED)
				end(n, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
			else if (child->release_ns < n->now_ns)
				child->release_ns = n->now_ns;
			break;
		}
	}
}

/* Shortest rest of @job; 0 if nobody can run it. */
static u64 rest(const struct naive *n, const struct njob *job)
{
	const struct xrs_model *m = job->stream->model;
	u64 least = U64_MAX;
	u32 v;

	if (!naive_nr_engines(m, &n->set))
		return 0;
	if (job->started)
		return naive_rest(m, job->layer, &n->set);
	for (v = 0; v < m->nr_variants; v++)
		if (!job->variant || job->variant == v + 1)
			least = min(least, naive_rest(m, m->variant[v].first_layer,
						      &n->set));
	return least;
}

static u64 hopeless_at(const struct naive *n, const struct njob *job)
{
	u64 ns;

	if (n->param[XRS_PARAM_ADMIT] == XRS_ADMIT_OFF)
		return XRS_NEVER;
	ns = rest(n, job);
	if (!ns)
		return XRS_NEVER;
	return job->deadline_ns >= ns ? job->deadline_ns - ns + 1 : 0;
}

static u64 expired_at(const struct naive *n, const struct njob *job)
{
	if (n->param[XRS_PARAM_EXPIRED] == XRS_EXPIRED_CLAMP ||
	    (n->param[XRS_PARAM_EXPIRED] == XRS_EXPIRED_DEMOTE && job->stale))
		return XRS_NEVER;
	return job->deadline_ns;
}

/* Does what expired and admit say; true if they say anything. */
static bool expire(struct naive *n, struct njob *job)
{
	bool expired = expired_at(n, job) <= n->now_ns;
	bool hopeless = hopeless_at(n, job) <= n->now_ns;

	if (expired && n->param[XRS_PARAM_EXPIRED] == XRS_EXPIRED_DROP) {
		end(n, job, XRS_DROPPED, XRS_REASON_EXPIRED);
	} else if (hopeless) {
		end(n, job, XRS_DROPPED, XRS_REASON_HOPELESS);
	} else if (expired) {
		nlist_remove(&job->stream->fresh, job);
		if (job->stream->stale.nr)
			job->state = N_WAITING;
		nlist_add(&job->stream->stale, job);
		job->stale = true;
	}
	return expired || hopeless;
}

static void count_release(struct njob *job)
{
	if (!job->released)
		job->stream->count.released++;
	job->released = true;
}

static void make_ready(struct naive *n, struct njob *job)
{
	const struct xrs_model *m = job->stream->model;
	const struct xrs_variant *v =
		&m->variant[job->variant ? job->variant - 1 : 0];

	if (!naive_nr_engines(m, &n->set)) {
		end(n, job, XRS_FAILED, XRS_REASON_NO_ENGINE);
		return;
	}
	if (!job->started) {
		job->layer = v->first_layer;
		job->live_bytes = v->input_bytes;
	}
	job->state = N_READY;
	if (job->ready_ns == XRS_NEVER)
		job->ready_ns = n->now_ns;
}

/* When the first job of a list changes by itself. */
static u64 due_at(const struct naive *n, const struct njob *job)
{
	u64 at;

	if (!job || job->state == N_RUNNING)
		return XRS_NEVER;
	at = min(expired_at(n, job), hopeless_at(n, job));
	at = max(at, job->release_ns);
	if (job->state == N_WAITING && !job->parent)
		at = job->release_ns;
	return at;
}

/* At a boundary between layers, or where one was lost. */
static void boundary(struct naive *n, struct njob *job)
{
	job->state = N_WAITING;
	job->ready_ns = XRS_NEVER;
	if (job->cancelled)
		end(n, job, XRS_CANCELLED, job->reason);
	else if (!expire(n, job))
		make_ready(n, job);
	else if (job->state == N_WAITING && job->stream->stale.nr == 1)
		make_ready(n, job);
}

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
	e->busy_ns += n->now_ns - e->since_ns;
	e->energy_pj += energy_pj;
	e->layers++;
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
		end(n, job, XRS_COMPLETED, XRS_REASON_NONE);
	else
		boundary(n, job);
}

/* Ready jobs that nobody can run any more. */
static void fail_unable(struct naive *n)
{
	u32 i, k;

	for (i = 0; i < n->nr_streams; i++)
		for (k = 0; k < 2; k++) {
			struct nstream *s = n->stream[i];
			struct njob *job = head(k ? &s->stale : &s->fresh);

			if (job && job->state == N_READY &&
			    !naive_nr_engines(s->model, &n->set))
				end(n, job, XRS_FAILED, XRS_REASON_NO_ENGINE);
		}
}

void naive_engine_up(struct naive *n, u32 id, const char *name, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	memset(n->set.class_name[id], 0, XRS_NAME_LEN);
	strcpy(n->set.class_name[id], name);
	n->set.up[id] = true;
}

void naive_engine_down(struct naive *n, u32 id, u64 now_ns)
{
	struct nengine *e = &n->engine[id];
	struct njob *lost = e->job;

	n->now_ns = max(n->now_ns, now_ns);
	if (!n->set.up[id])
		return;
	n->set.up[id] = false;
	e->resident = NULL;
	e->job = NULL;
	fail_unable(n);
	if (!lost)
		return;
	e->lost++;
	e->busy_ns += n->now_ns - e->since_ns;
	lost->engine = -1;
	lost->stream->count.retried++;
	boundary(n, lost);
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
		parent = find(stream->upstream, twin->frame);
		seen = recall(stream->upstream, twin->frame);
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
		end(n, job, XRS_DROPPED, XRS_REASON_UPSTREAM);
	return 0;
}

void naive_cancel(struct naive *n, struct njob *job, enum xrs_reason reason,
		  u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	if (job->state != N_RUNNING) {
		end(n, job, XRS_CANCELLED, reason);
	} else if (!job->cancelled) {
		job->cancelled = true;
		job->reason = reason;
	}
}

/* Heads that are due, by time and stream. */
static struct njob *first_due(const struct naive *n)
{
	struct njob *best = NULL;
	u64 best_at = 0;
	u32 i, k;

	for (i = 0; i < n->nr_streams; i++)
		for (k = 0; k < 2; k++) {
			const struct nstream *s = n->stream[i];
			struct njob *job = head(k ? &s->stale : &s->fresh);
			u64 at = due_at(n, job);

			if (!job || at > n->now_ns)
				continue;
			if (best && (at > best_at ||
				     (at == best_at &&
				      s->id >= best->stream->id)))
				continue;
			best = job;
			best_at = at;
		}
	return best;
}

bool naive_idle(const struct naive *n, const struct njob *job, u32 id)
{
	return naive_can(job->stream->model, &n->set, id) && !n->engine[id].job;
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
}

static bool any_pair(const struct naive *n, bool stale)
{
	u32 i, id;

	for (i = 0; i < n->nr_streams; i++) {
		const struct nstream *s = n->stream[i];
		const struct njob *job = head(stale ? &s->stale : &s->fresh);

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
	struct nstream *s;
	u32 i;

	for (i = 0; i < n->nr_streams; i++) {
		s = n->stream[i];
		pick.job = head(stale ? &s->stale : &s->fresh);
		if (pick.job && pick.job->twin == event->job)
			break;
	}
	if (i == n->nr_streams || pick.job->state != N_READY) {
		naive_fail(n, "dispatched stream %u frame %llu is not ready (%s)",
			   event->job->stream->id,
			   (unsigned long long)event->job->frame,
			   stale ? "stale" : "fresh");
		return false;
	}
	if (event->layer != pick.job->layer) {
		naive_fail(n, "stream %u frame %llu: layer %u, not %u",
			   s->id, (unsigned long long)pick.job->frame,
			   event->layer, pick.job->layer);
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
	struct njob *job;
	size_t at = 0;

	n->now_ns = max(n->now_ns, now_ns);
	while ((job = first_due(n))) {
		if (!job->parent)
			count_release(job);
		if (!expire(n, job))
			make_ready(n, job);
	}
	while (any_pair(n, false) || any_pair(n, true)) {
		while (at < nr && log[at].kind != EV_DISPATCH)
			at++;
		if (at == nr) {
			naive_fail(n, "an idle engine and a ready job are left");
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
		at = min(at, due_at(n, head(&n->stream[i]->fresh)));
		at = min(at, due_at(n, head(&n->stream[i]->stale)));
	}
	return at;
}
