/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rule of looking ahead and the time that runs on in it share.
 */
#ifndef XRS_LOOKAHEAD_INTERNAL_H
#define XRS_LOOKAHEAD_INTERNAL_H

#include "internal.h"
#include "xrs_lookahead.h"
#include "xrs_score.h"

#define ONE BIT(16)	/* Q16 */

static inline u64 scale(u64 value, u64 q16)
{
	if (q16 == ONE)
		return value;
	return value <= U64_MAX >> 16 ? value * q16 >> 16 :
					(value >> 16) * q16;
}

static inline bool idle(const struct xrs_picture *p, u32 e)
{
	return p->engine[e].job == XRS_AHEAD_NONE;
}

/* Costs of a job's next layer on an engine, NULL if it cannot run it. */
static inline const struct xrs_cost *cost_by(const struct xrs_ahead_job *j,
					     u8 id)
{
	u8 row = j->row[id];

	return row == XRS_NO_ROW ? NULL : &j->cost[row];
}

static inline u64 latency_of(const struct xrs_ahead_job *j,
			     const struct xrs_cost *cost)
{
	return max_t(u64, scale(cost->latency_ns, j->reach), 1);
}

/* What follows from the layer that it is at. */
static inline void at_layer(struct xrs_ahead_job *j)
{
	j->togo_ns = scale(j->model->view[j->layer].togo_min_ns, j->reach);
}

/* Where streams are many, frames that may be triggered are not foreseen. */
static inline bool xrs_ahead_foresees(const struct xrs_picture *p)
{
	return p->core->nr_streams <= XRS_AHEAD_STREAMS;
}

static inline void spend(struct xrs_picture *p, u32 work)
{
	p->work -= min(p->work, work);
}

struct xrs_ready;

void xrs_ahead_begin(struct xrs_picture *p);
void xrs_ahead_paint(struct xrs_core *core, const struct xrs_ready *ready,
		     u64 now_ns, struct xrs_picture *p);
bool xrs_ahead_look(struct xrs_core *core, const struct xrs_ready *ready,
		    u64 now_ns, u32 units);
void xrs_ahead_over(struct xrs_picture *p, u32 i, bool late);
void xrs_ahead_gather(struct xrs_picture *p);
u32 xrs_ahead_choose(struct xrs_picture *p, struct xrs_ahead_pick *picks,
		     u32 max);

#endif /* XRS_LOOKAHEAD_INTERNAL_H */
