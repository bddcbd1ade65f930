// SPDX-License-Identifier: GPL-2.0-only
/* The naive reference: the life of a job; see naive.h. */

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

struct njob *naive_head(const struct nlist *list)
{
	return list->nr ? list->job[0] : NULL;
}

struct njob *naive_find(const struct nstream *s, u64 frame)
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
int naive_recall(const struct nstream *s, u64 frame)
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
	if (job->started)
		c->executed_pj += worst;
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

void naive_end(struct naive *n, struct njob *job, enum xrs_outcome outcome,
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
			child = k < s->fresh.nr ? s->fresh.job[k]
						: s->stale.job[k - s->fresh.nr];
			if (child->parent != job)
				continue;
			child->parent = NULL;
			if (outcome != XRS_COMPLETED)
				naive_end(n, child, XRS_DROPPED,
					  XRS_REASON_UPSTREAM);
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
			least = min(least,
				    naive_rest(m, m->variant[v].first_layer,
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
bool naive_expire(struct naive *n, struct njob *job)
{
	bool expired = expired_at(n, job) <= n->now_ns;
	bool hopeless = hopeless_at(n, job) <= n->now_ns;

	if (expired && n->param[XRS_PARAM_EXPIRED] == XRS_EXPIRED_DROP) {
		naive_end(n, job, XRS_DROPPED, XRS_REASON_EXPIRED);
	} else if (hopeless) {
		naive_end(n, job, XRS_DROPPED, XRS_REASON_HOPELESS);
	} else if (expired) {
		nlist_remove(&job->stream->fresh, job);
		if (job->stream->stale.nr)
			job->state = N_WAITING;
		nlist_add(&job->stream->stale, job);
		job->stale = true;
	}
	return expired || hopeless;
}

void naive_count_release(struct njob *job)
{
	if (!job->released)
		job->stream->count.released++;
	job->released = true;
}

void naive_make_ready(struct naive *n, struct njob *job)
{
	const struct xrs_model *m = job->stream->model;
	const struct xrs_variant *v =
		&m->variant[job->variant ? job->variant - 1 : 0];

	if (!naive_nr_engines(m, &n->set)) {
		naive_end(n, job, XRS_FAILED, XRS_REASON_NO_ENGINE);
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
u64 naive_due_at(const struct naive *n, const struct njob *job)
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
void naive_boundary(struct naive *n, struct njob *job)
{
	job->state = N_WAITING;
	job->ready_ns = XRS_NEVER;
	if (job->cancelled)
		naive_end(n, job, XRS_CANCELLED, job->reason);
	else if (!naive_expire(n, job))
		naive_make_ready(n, job);
	else if (job->state == N_WAITING && job->stream->stale.nr == 1)
		naive_make_ready(n, job);
}
