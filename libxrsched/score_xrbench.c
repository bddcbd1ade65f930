// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The scores of XRBench.
 *
 * Lost frames weigh twice in a stream's overall score, in the mean and in the
 * quality of experience: so XRBench's programs have it.
 */
#include <math.h>

#include "run.h"

#define STEEPNESS_PER_MS 15
#define MAX_ENERGY_MJ 1500

void xrbench_completed(struct xrbench_tally *tally, double late_ms,
		       double energy_mj)
{
	double rt = 1 / (1 + exp(STEEPNESS_PER_MS * late_ms));
	double en = (MAX_ENERGY_MJ - energy_mj) / MAX_ENERGY_MJ;

	tally->completed++;
	tally->rt += rt;
	tally->en += en;
	tally->both += rt * en;
}

struct xrsched_xrbench xrbench_score(const struct xrbench_tally *tally)
{
	uint64_t ended = tally->completed + tally->lost;
	struct xrsched_xrbench score = {};

	if (!tally->completed)
		return score;
	score.rt = tally->rt / tally->completed;
	score.en = tally->en / tally->completed;
	score.qoe = (double)tally->completed / ended;
	score.overall = score.qoe * tally->both / ended;
	return score;
}

void xrbench_mean(struct xrsched_xrbench *sum,
		  const struct xrsched_xrbench *stream, unsigned int nr)
{
	sum->rt += stream->rt / nr;
	sum->en += stream->en / nr;
	sum->qoe += stream->qoe / nr;
	sum->overall += stream->overall / nr;
}
