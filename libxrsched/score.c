// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * UXCost from counters, in double, and percentiles.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "run.h"

int times_add(struct times *times, uint64_t ns)
{
	size_t room = times->room ? times->room * 2 : 256;
	uint64_t *more;

	if (times->nr == times->room) {
		more = realloc(times->ns, room * sizeof(*more));
		if (!more)
			return -ENOMEM;
		times->ns = more;
		times->room = room;
	}
	times->ns[times->nr++] = ns;
	return 0;
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void times_sort(struct times *times)
{
	if (times->nr)
		qsort(times->ns, times->nr, sizeof(*times->ns), by_size);
}

uint64_t times_rank(const struct times *times, double share)
{
	size_t rank = ceil(share * times->nr);

	if (!times->nr)
		return 0;
	return times->ns[rank ? rank - 1 : 0];
}

/*
 * As the core's xrs_uxcost_add(): frames that ended count, cancelled ones do
 * not; and the rate of violations of a stream that violated none is taken as
 * half a frame's, so that the product does not vanish.
 */
void score_stream(struct xrsched_result_stream *stream, double executed_pj)
{
	const struct xrsched_stream_stats *stats = &stream->stats;

	uint64_t frames = stats->completed + stats->dropped + stats->failed;

	stream->violated = stats->late + stats->dropped + stats->failed;
	stream->dlv = 0;
	stream->ne = 0;
	stream->ne_honest = 0;
	stream->ne_executed = 0;
	if (!frames)
		return;
	stream->dlv = (stream->violated ? stream->violated : 0.5) / frames;
	if (!stats->worst_pj)
		return;
	stream->ne = (double)stats->energy_pj / stats->worst_pj;
	stream->ne_honest = (double)stats->honest_pj / stats->worst_pj;
	if (executed_pj > 0)
		stream->ne_executed = stats->energy_pj / executed_pj;
}

void score_result(struct xrsched_result *result)
{
	double ne_executed_sum = 0;

	for (uint32_t i = 0; i < result->nr_streams; i++) {
		const struct xrsched_result_stream *stream = result->streams[i];

		result->dlv_sum += stream->dlv;
		result->ne_sum += stream->ne;
		result->ne_honest_sum += stream->ne_honest;
		ne_executed_sum += stream->ne_executed;
		result->uxcost_sumprod += stream->dlv * stream->ne;
		result->uxcost_sumprod_executed +=
			stream->dlv * stream->ne_executed;
		result->submitted += stream->stats.submitted;
		result->released += stream->stats.released;
		result->completed += stream->stats.completed;
		result->late += stream->stats.late;
		result->dropped += stream->stats.dropped;
		result->cancelled += stream->stats.cancelled;
		result->failed += stream->stats.failed;
		result->layers += stream->stats.layers;
		result->energy_pj += stream->stats.energy_pj;
		xrbench_mean(&result->xrbench, &stream->xrbench,
			     result->nr_streams);
	}
	result->uxcost = result->dlv_sum * result->ne_sum;
	result->uxcost_honest = result->dlv_sum * result->ne_honest_sum;
	result->uxcost_executed = result->dlv_sum * ne_executed_sum;
}
