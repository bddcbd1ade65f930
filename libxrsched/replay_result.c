// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What came of a replay, from the counters of its streams.
 */
#include <stdio.h>
#include <stdlib.h>

#include "replay.h"
#include "policy_spec.h"
#include "run.h"

/**
 * struct made - A result and all that it points to
 * @result: first, so that it can be freed by it
 * @policy: text
 * @name: pairs of names, of streams and their models
 * @stream: streams
 * @at: pointers to them
 */
struct made {
	struct xrsched_result result;
	struct xrsched_policy_spec spec;
	char policy[1024];
	char (*name)[2][XRS_NAME_LEN];
	struct xrsched_result_stream *stream;
	const struct xrsched_result_stream **at;
};

static void fill_stats(struct xrsched_stream_stats *stats,
		       const struct replay_row *row)
{
	const struct xrs_counters *count = &row->count;

	*stats = (struct xrsched_stream_stats){
		.size = sizeof(*stats),
		.stream = row->id,
		.in_flight = count->submitted - count->completed -
			     count->dropped - count->cancelled - count->failed,
		.submitted = count->submitted,
		.released = count->released,
		.completed = count->completed,
		.late = count->late,
		.dropped = count->dropped,
		.cancelled = count->cancelled,
		.failed = count->failed,
		.retried = count->retried,
		.layers = count->layers,
		.switches = count->switches,
		.energy_pj = count->energy_pj,
		.worst_pj = count->worst_pj,
		.honest_pj = count->honest_pj,
		.response_p50_ns = xrs_hist_quantile(&row->response, 500000),
		.response_p99_ns = xrs_hist_quantile(&row->response, 990000),
		.response_max_ns = row->response.max_ns,
		.queue_p50_ns = xrs_hist_quantile(&row->queue, 500000),
		.queue_p99_ns = xrs_hist_quantile(&row->queue, 990000),
	};
}

static void fill_stream(struct made *made, const struct replay_row *row, u32 i)
{
	struct xrsched_result_stream *stream = &made->stream[i];

	memcpy(made->name[i][0], row->name, XRS_NAME_LEN);
	memcpy(made->name[i][1], row->model, XRS_NAME_LEN);
	stream->name = made->name[i][0];
	stream->model = made->name[i][1];
	stream->period_ns = row->period_ns;
	stream->deadline_ns = row->deadline_ns;
	stream->upstream = row->upstream;
	fill_stats(&stream->stats, row);
	stream->response_p50_ns = stream->stats.response_p50_ns;
	stream->response_p90_ns = xrs_hist_quantile(&row->response, 900000);
	stream->response_p99_ns = stream->stats.response_p99_ns;
	stream->response_p999_ns = xrs_hist_quantile(&row->response, 999000);
	stream->response_max_ns = stream->stats.response_max_ns;
	stream->queue_p50_ns = stream->stats.queue_p50_ns;
	stream->queue_p99_ns = stream->stats.queue_p99_ns;
	score_stream(stream, row->count.executed_pj);
	made->at[i] = stream;
}

/**
 * replay_result() - put a result together
 * @world: the replay's core; all counters were noted
 * @span_ns: how long it took
 *
 * Return: the result, or NULL without memory.
 */
struct xrsched_result *replay_result(struct replay_world *world, u64 span_ns)
{
	struct made *made = calloc(1, sizeof(*made));
	u32 nr = world->nr_rows;

	if (!made)
		return NULL;
	made->name = calloc(nr + 1, sizeof(*made->name));
	made->stream = calloc(nr + 1, sizeof(*made->stream));
	made->at = calloc(nr + 1, sizeof(*made->at));
	if (!made->name || !made->stream || !made->at) {
		replay_result_free(&made->result);
		return NULL;
	}
	for (u32 i = 0; i < nr; i++)
		fill_stream(made, &world->row[i], i);
	if (!world->used)
		replay_used(world);
	xrsched_policy_describe(world->used, world->used_param, &made->spec);
	xrsched_policy_format(&made->spec, made->policy, sizeof(made->policy));
	made->result.policy = made->spec.name;
	made->result.policy_spec = made->policy;
	made->result.scenario = "";
	made->result.hardware = "";
	made->result.costs = "";
	made->result.backend = "replay";
	made->result.span_ns = span_ns;
	made->result.events = world->core.events;
	made->result.decisions = world->core.decisions;
	made->result.policy_faults = world->core.policy_faults;
	made->result.nr_streams = nr;
	made->result.streams = made->at;
	score_result(&made->result);
	return &made->result;
}

/** replay_result_free() - free what replay_result() made; NULL is none */
void replay_result_free(const struct xrsched_result *result)
{
	struct made *made = (struct made *)result;

	if (!made)
		return;
	free(made->name);
	free(made->stream);
	free(made->at);
	free(made);
}
