// SPDX-License-Identifier: GPL-2.0-only
/*
 * Null engines: a layer takes the energy that the profile says and no time at
 * all, so that what is left is the scheduler itself.
 */
#include "engine.h"

static void null_dispatch(struct xrs_engine_dev *engine,
			  const struct xrs_job *job, u64 now_ns)
{
	xrs_engine_instant(engine, xrs_job_cost(job, &engine->core)->energy_pj);
}

const struct xrs_provider xrs_engine_null_ops = {
	.kind = XRS_ENGINE_NULL,
	.name = "null",
	.size = sizeof(struct xrs_engine_dev),
	.dispatch = null_dispatch,
};
