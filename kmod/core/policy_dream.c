// SPDX-License-Identifier: GPL-2.0-only
/*
 * dream-mapscore: the pair of ready job and idle engine with the highest
 * MapScore (Kim et al., ASPLOS 2023; DREAM.md 2), with fixed alpha and beta.
 *
 *	MapScore = Urgency * LatPref + alpha * Starv + beta * (EnPref - Switch)
 *
 * What does not depend on the engine is worked out once a job; preferences
 * come from the model's tables.
 */
#include "policies.h"
#include "xrs_score.h"

static u64 millionths_to_q32(s64 value)
{
	return xrs_muldiv(value, XRS_Q32_ONE, 1000000, U64_MAX);
}

static void weights(const struct xrs_core *core, struct xrs_weights *w)
{
	w->alpha = millionths_to_q32(core->param[XRS_PARAM_ALPHA]);
	w->beta = millionths_to_q32(core->param[XRS_PARAM_BETA]);
	w->add = core->param[XRS_PARAM_COMBINE] == XRS_COMBINE_ADD;
}

/* Work to go and the time for it, never less than the model's floor. */
static void urgency_terms(const struct xrs_core *core,
			  const struct xrs_job *job, u64 now_ns,
			  struct xrs_terms *t)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_layer_view *view = &model->view[job->layer];
	u64 floor_ns, slack_ns;

	floor_ns = model->variant[job->variant ? job->variant - 1 : 0].floor_ns;
	slack_ns = job->deadline_ns > now_ns ? job->deadline_ns - now_ns : 0;
	t->slack_ns = max(slack_ns, floor_ns);
	t->togo_ns = core->param[XRS_PARAM_TOGO] == XRS_TOGO_MIN ?
			     view->togo_min_ns : view->togo_mean_ns;
	t->age_ns = now_ns - job->ready_ns;
	t->mean_ns = view->mean_ns;
}

static bool dream_pick(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_weights w;
	u32 i;

	pick->job = NULL;
	weights(core, &w);
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		const struct xrs_model *model = job->stream->model;
		size_t row = (size_t)job->layer * model->nr_classes;
		u64 engines = xrs_job_engines(core, job);
		struct xrs_terms t;
		u64 starv;

		if (!engines)
			continue;
		urgency_terms(core, job, now_ns, &t);
		starv = xrs_score_starv(&w, t.age_ns, t.mean_ns);
		for (; engines; engines &= engines - 1) {
			struct xrs_engine *engine =
				core->engine[__ffs64(engines)];
			size_t at = row + model->row[engine->id];
			s64 score;

			score = starv +
				xrs_score_urgency(&w, t.togo_ns, t.slack_ns,
						  model->cell[at].lat_pref) +
				xrs_score_energy(&w, model->cell[at].en_pref,
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

const struct xrs_policy xrs_policy_dream_mapscore = {
	.name = "dream-mapscore",
	.alias = "dream",
	.doc = "highest MapScore of DREAM with fixed alpha and beta",
	.params = XRS_PARAMS_ALL_POLICIES | 1U << XRS_PARAM_ALPHA |
		  1U << XRS_PARAM_BETA | 1U << XRS_PARAM_TOGO |
		  1U << XRS_PARAM_COMBINE,
	.pick = dream_pick,
};
