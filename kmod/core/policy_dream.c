// SPDX-License-Identifier: GPL-2.0-only
/*
 * dream-mapscore: the pair of ready job and idle engine with the highest
 * MapScore (Kim et al., ASPLOS 2023), with fixed alpha and beta.
 *
 *	MapScore = Urgency * LatPref + alpha * Starv + beta * (EnPref - Switch)
 *
 * What does not depend on the engine is worked out once a job; preferences
 * come from the model's tables.
 */
#include "dream.h"

static u64 millionths_to_q32(s64 value)
{
	/* At most 2 million, so nothing is lost. */
	return div64_u64((u64)value << 32, 1000000);
}

static void weights(const struct xrs_core *core, struct xrs_weights *w)
{
	w->alpha = millionths_to_q32(core->param[XRS_PARAM_ALPHA]);
	w->beta = millionths_to_q32(core->param[XRS_PARAM_BETA]);
	w->add = core->param[XRS_PARAM_COMBINE] == XRS_COMBINE_ADD;
}

/* What each stream's frames will trigger, children before their parents. */
static void update_chains(struct xrs_core *core)
{
	u64 gen = xrs_times_gen(core);
	struct xrs_stream *stream;

	if (core->chain_gen == gen)
		return;
	core->chain_gen = gen;
	list_for_each_entry(stream, &core->streams, link)
		stream->chain_ns = 0;
	list_for_each_entry_reverse(stream, &core->streams, link) {
		u64 work_ns;

		if (!stream->upstream)
			continue;
		xrs_model_view(core, stream->model);
		work_ns = stream->model->view[0].togo_mean_ns;
		xrs_add_sat(&work_ns, stream->chain_ns);
		xrs_add_sat(&stream->upstream->chain_ns,
			    xrs_muldiv(work_ns, stream->trigger_ppm ?
				       stream->trigger_ppm : XRS_PPM, XRS_PPM,
				       U64_MAX));
	}
	xrs_ready_reindex(core);
}

/* Work to go and the time for it, never less than the model's floor. */
static inline void urgency_terms(const struct xrs_core *core,
				 const struct xrs_job *job, u64 now_ns,
				 struct xrs_terms *t)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_layer_view *view = &model->view[job->layer];

	t->slack_ns = xrs_dream_slack(job->deadline_ns, xrs_dream_floor(job),
				      now_ns);
	t->togo_ns = core->param[XRS_PARAM_TOGO] == XRS_TOGO_MIN ?
			     view->togo_min_ns : view->togo_mean_ns;
	if (core->param[XRS_PARAM_CHAIN])
		xrs_add_sat(&t->togo_ns, job->stream->chain_ns);
	t->age_ns = now_ns - job->ready_ns;
	t->mean_ns = view->mean_ns;
}

static bool dream_scan(const struct xrs_core *core,
		       const struct xrs_ready *ready,
		       const struct xrs_weights *w, u64 now_ns,
		       struct xrs_pick *pick)
{
	u64 distinct = xrs_dream_engines(core);
	u32 i;

	pick->job = NULL;
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		const struct xrs_model *model = job->stream->model;
		size_t row = (size_t)job->layer * model->nr_classes;
		u64 engines = distinct & model->engines;
		struct xrs_terms t __uninitialized;
		u64 starv;

		if (!engines)
			continue;
		urgency_terms(core, job, now_ns, &t);
		starv = xrs_score_starv(w, t.age_ns, t.mean_ns);
		for (; engines; engines &= engines - 1) {
			struct xrs_engine *engine =
				core->engine[__ffs64(engines)];
			size_t at = row + model->row[engine->id];
			s64 score;

			score = starv +
				xrs_score_urgency(w, t.togo_ns, t.slack_ns,
						  model->cell[at].lat_pref) +
				xrs_score_energy(w, model->cell[at].en_pref,
						 xrs_switch_pj(job, engine),
						 model->cost[at].energy_pj);
			if (pick->job &&
			    (score != pick->score ? score < pick->score :
			     job == pick->job ||
			     !xrs_job_before(job, pick->job)))
				continue;
			pick->job = job;
			pick->engine = engine;
			pick->score = score;
		}
	}
	return pick->job;
}

static bool dream_pick(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_weights w;

	weights(core, &w);
	if (core->param[XRS_PARAM_CHAIN])
		update_chains(core);
	if (ready->order == &xrs_dream_order)
		return xrs_dream_index_pick(core, ready->set, &w, now_ns, pick);
	return dream_scan(core, ready, &w, now_ns, pick);
}

/* The same sum as in dream_scan(), part by part, for who watches. */
static void dream_explain(const struct xrs_core *core,
			  const struct xrs_job *job,
			  const struct xrs_engine *engine, u64 now_ns,
			  struct xrs_parts *parts)
{
	const struct xrs_model *model = job->stream->model;
	size_t at = (size_t)job->layer * model->nr_classes +
		    model->row[engine->id];
	struct xrs_weights w;
	struct xrs_terms t;

	weights(core, &w);
	urgency_terms(core, job, now_ns, &t);
	parts->urgency = xrs_score_urgency(&w, t.togo_ns, t.slack_ns,
					   model->cell[at].lat_pref);
	parts->starv = xrs_score_starv(&w, t.age_ns, t.mean_ns);
	parts->pref = xrs_score_energy(&w, model->cell[at].en_pref, 0, 1);
	parts->switched = -xrs_score_energy(&w, 0, xrs_switch_pj(job, engine),
					    model->cost[at].energy_pj);
	parts->score = parts->urgency + parts->starv + parts->pref -
		       parts->switched;
}

/*
 * Smart frame drop (DREAM): when at least min_at_risk frames cannot make
 * their deadlines even on the best engine for each layer, the one that is
 * furthest from it goes, if its stream allows one more.
 */
static struct xrs_job *dream_victim(struct xrs_core *core,
				    const struct xrs_ready *ready,
				    bool (*may_drop)(const struct xrs_stream *),
				    u64 now_ns)
{
	struct xrs_job *victim = NULL;
	u64 worst = 0;
	u32 i, at_risk = 0;

	if (ready->order == &xrs_dream_order)
		return xrs_dream_index_victim(core, ready->set, now_ns);
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		u64 togo_ns, despair;

		togo_ns = job->stream->model->view[job->layer].togo_min_ns;
		if (job->deadline_ns > now_ns &&
		    togo_ns <= job->deadline_ns - now_ns)
			continue;
		at_risk++;
		if (!may_drop(job->stream))
			continue;
		despair = xrs_dream_despair(job, now_ns);
		if (victim && (despair != worst ?
			       despair < worst : !xrs_job_before(job, victim)))
			continue;
		victim = job;
		worst = despair;
	}
	return at_risk >= core->param[XRS_PARAM_AT_RISK] ? victim : NULL;
}

static u64 togo_ns(const struct xrs_job *job)
{
	return job->stream->model->view[job->layer].togo_mean_ns;
}

/* ToGo of what is to be done before @job if deadlines are kept in order. */
static u64 queue_ns(const struct xrs_core *core, const struct xrs_job *job)
{
	const struct xrs_ready *ready = &core->ready[0];
	u64 sum_ns = 0, up;
	u32 i;

	if (ready->order == &xrs_dream_order) {
		sum_ns = xrs_dream_index_queue(ready, job);
	} else {
		for (i = 0; i < ready->nr; i++) {
			const struct xrs_job *other = ready->job[i];

			if (other != job &&
			    other->deadline_ns <= job->deadline_ns)
				xrs_add_sat(&sum_ns, togo_ns(other));
		}
	}
	for (up = core->up & ~core->idle; up; up &= up - 1) {
		const struct xrs_job *other = core->engine[__ffs64(up)]->job;

		if (!other || other->deadline_ns > job->deadline_ns)
			continue;
		xrs_model_view(core, other->stream->model);
		xrs_add_sat(&sum_ns, togo_ns(other));
	}
	return sum_ns;
}

/*
 * Supernet switching (DREAM): the heaviest variant that still fits behind
 * the queue, else the lightest.
 */
static u32 dream_variant(struct xrs_core *core, const struct xrs_job *job,
			 u64 now_ns)
{
	const struct xrs_model *model = job->stream->model;
	u64 wait_ns, need_ns, slack_ns;
	u32 i;

	if (model->nr_variants == 1)
		return 1;
	wait_ns = div64_u64(queue_ns(core, job), hweight64(core->up));
	for (i = 0; i < model->nr_variants; i++) {
		const struct xrs_variant *variant = &model->variant[i];

		slack_ns = job->deadline_ns > now_ns ?
				   job->deadline_ns - now_ns : 0;
		slack_ns = max(slack_ns, variant->floor_ns);
		need_ns = wait_ns;
		xrs_add_sat(&need_ns,
			    model->view[variant->first_layer].togo_mean_ns);
		if (need_ns <= slack_ns)
			return i + 1;
	}
	return model->nr_variants;
}

#define DREAM_PARAMS (XRS_PARAMS_ALL_POLICIES | BIT(XRS_PARAM_ALPHA) |	\
		      BIT(XRS_PARAM_BETA) | BIT(XRS_PARAM_TOGO) |	\
		      BIT(XRS_PARAM_COMBINE) | BIT(XRS_PARAM_CHAIN))

const struct xrs_policy xrs_policy_dream_mapscore = {
	.name = "dream-mapscore",
	.alias = "dream",
	.doc = "highest MapScore of DREAM with fixed alpha and beta",
	.conserving = true,
	.params = DREAM_PARAMS,
	.greedy = true,
	.order = &xrs_dream_order,
	.pick = dream_pick,
	.explain = dream_explain,
};

#define TUNE_PARAMS (BIT(XRS_PARAM_TUNE) | BIT(XRS_PARAM_TUNE_STEPS) |	\
		     BIT(XRS_PARAM_TUNE_RADIUS) | BIT(XRS_PARAM_TUNE_NOISE) | \
		     BIT(XRS_PARAM_TUNE_PERFECT) |			\
		     BIT(XRS_PARAM_TUNE_SEED) | BIT(XRS_PARAM_WINDOW) |	\
		     BIT(XRS_PARAM_WINDOW_FRAMES) | BIT(XRS_PARAM_UXCOST) | \
		     BIT(XRS_PARAM_DENOMINATOR) |			\
		     BIT(XRS_PARAM_TUNE_GAIN) |				\
		     BIT(XRS_PARAM_TUNE_SIGMAS) |			\
		     BIT(XRS_PARAM_TUNE_END) |				\
		     BIT(XRS_PARAM_TUNE_RESTART) | BIT(XRS_PARAM_TUNE_SCAN))

const struct xrs_policy xrs_policy_dream_tuned = {
	.name = "dream-tuned",
	.doc = "highest MapScore of DREAM, alpha and beta found while it runs",
	.conserving = true,
	.params = DREAM_PARAMS | TUNE_PARAMS,
	.greedy = true,
	.order = &xrs_dream_order,
	.pick = dream_pick,
	.explain = dream_explain,
};

const struct xrs_policy xrs_policy_dream_drop = {
	.name = "dream-drop",
	.doc = "dream-tuned with smart frame drop",
	.params = DREAM_PARAMS | TUNE_PARAMS | BIT(XRS_PARAM_AT_RISK),
	.greedy = true,
	.order = &xrs_dream_order,
	.pick = dream_pick,
	.explain = dream_explain,
	.victim = dream_victim,
};

const struct xrs_policy xrs_policy_dream_full = {
	.name = "dream-full",
	.doc = "dream-drop with supernet switching: all of DREAM",
	.params = DREAM_PARAMS | TUNE_PARAMS | BIT(XRS_PARAM_AT_RISK),
	.greedy = true,
	.order = &xrs_dream_order,
	.pick = dream_pick,
	.explain = dream_explain,
	.victim = dream_victim,
	.variant = dream_variant,
};
