/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Trace events
 *
 * Stable: events and fields are not renamed, moved or removed; new fields come
 * at the end.  A job is named by (device, stream, frame), a layer that runs by
 * (device, engine, seq), a client by its number; there are no pointers.
 * Fields have fixed widths and no holes, so that the layout behind the common
 * header is the same for 32 and 64 bits.  Times are CLOCK_MONOTONIC.
 * Documentation/tracepoints.md has the table of fields.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xrsched

#if !defined(XRSCHED_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XRSCHED_TRACE_H

#include <linux/tracepoint.h>

#include "engine.h"
#include "job.h"
#include "profile.h"
#include "stream.h"
#include "watch.h"

TRACE_EVENT(job_submit,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_user_job *job,
		 u32 client),
	TP_ARGS(dev, job, client),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, cookie)
		__field(u64, release_ns)
		__field(u64, deadline_ns)
		__field(u32, device)
		__field(u32, client)
		__field(u32, stream)
		__field(u32, pad)
	),
	TP_fast_assign(
		__entry->frame = job->core.frame;
		__entry->cookie = job->done.cookie;
		__entry->release_ns = job->core.release_ns;
		__entry->deadline_ns = job->core.deadline_ns;
		__entry->device = dev->nr;
		__entry->client = client;
		__entry->stream = job->core.stream->id;
		__entry->pad = 0;
	),
	TP_printk("device=%u client=%u stream=%u frame=%llu cookie=%#llx release_ns=%llu deadline_ns=%llu",
		  __entry->device, __entry->client, __entry->stream,
		  __entry->frame, __entry->cookie, __entry->release_ns,
		  __entry->deadline_ns)
);

TRACE_EVENT_FN(job_ready,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_job *job),
	TP_ARGS(dev, job),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u32, device)
		__field(u32, stream)
		__field(u32, layer)
		__field(u32, pad)
	),
	TP_fast_assign(
		__entry->frame = job->frame;
		__entry->device = dev->nr;
		__entry->stream = job->stream->id;
		__entry->layer = job->layer;
		__entry->pad = 0;
	),
	TP_printk("device=%u stream=%u frame=%llu layer=%u",
		  __entry->device, __entry->stream, __entry->frame,
		  __entry->layer),
	xrs_watch_ready, xrs_unwatch_ready
);

TRACE_EVENT_FN(layer_dispatch,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_pick *pick,
		 u64 now_ns),
	TP_ARGS(dev, pick, now_ns),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, seq)
		__field(u64, expected_ns)
		__field(u64, switch_pj)
		__field(s64, score_q32)
		__field(s64, slack_ns)
		__field(u32, device)
		__field(u32, engine)
		__field(u32, stream)
		__field(u32, layer)
		__field(u64, now_ns)
		__field(u64, ready_ns)
		__field(u32, client)
		__field(u32, pad)
	),
	TP_fast_assign(
		__entry->frame = pick->job->frame;
		__entry->seq = pick->engine->seq;
		__entry->expected_ns =
			xrs_job_cost(pick->job, pick->engine)->latency_ns;
		__entry->switch_pj = pick->engine->switch_pj;
		__entry->score_q32 = pick->score;
		__entry->slack_ns = pick->job->deadline_ns - now_ns;
		__entry->device = dev->nr;
		__entry->engine = pick->engine->id;
		__entry->stream = pick->job->stream->id;
		__entry->layer = pick->job->layer;
		__entry->now_ns = now_ns;
		__entry->ready_ns = pick->job->ready_ns;
		__entry->client =
			to_xrs_user_stream(pick->job->stream)->client->nr;
		__entry->pad = 0;
	),
	TP_printk("device=%u engine=%u stream=%u frame=%llu layer=%u seq=%llu expected_ns=%llu switch_pj=%llu score_q32=%lld slack_ns=%lld now_ns=%llu ready_ns=%llu client=%u",
		  __entry->device, __entry->engine, __entry->stream,
		  __entry->frame, __entry->layer, __entry->seq,
		  __entry->expected_ns, __entry->switch_pj,
		  __entry->score_q32, __entry->slack_ns, __entry->now_ns,
		  __entry->ready_ns, __entry->client),
	xrs_watch_scores, xrs_unwatch_scores
);

TRACE_EVENT(layer_complete,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_engine *engine,
		 u64 busy_ns, u64 energy_pj, u64 now_ns),
	TP_ARGS(dev, engine, busy_ns, energy_pj, now_ns),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, seq)
		__field(u64, busy_ns)
		__field(u64, energy_pj)
		__field(u32, device)
		__field(u32, engine)
		__field(u32, stream)
		__field(u32, layer)
		__field(u64, now_ns)
	),
	TP_fast_assign(
		__entry->frame = engine->job->frame;
		__entry->seq = engine->seq;
		__entry->busy_ns = busy_ns;
		__entry->energy_pj = energy_pj;
		__entry->device = dev->nr;
		__entry->engine = engine->id;
		__entry->stream = engine->job->stream->id;
		__entry->layer = engine->job->layer;
		__entry->now_ns = now_ns;
	),
	TP_printk("device=%u engine=%u stream=%u frame=%llu layer=%u seq=%llu busy_ns=%llu energy_pj=%llu now_ns=%llu",
		  __entry->device, __entry->engine, __entry->stream,
		  __entry->frame, __entry->layer, __entry->seq,
		  __entry->busy_ns, __entry->energy_pj, __entry->now_ns)
);

/*
 * @owner is the client's number above the stream's: one word by which BPF
 * programs tell streams apart, rather than a chain of pointers each of which
 * they have to check.
 */
TRACE_EVENT(job_complete,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_job *job,
		 u64 owner),
	TP_ARGS(dev, job, owner),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, release_ns)
		__field(u64, start_ns)
		__field(u64, finish_ns)
		__field(u64, deadline_ns)
		__field(u64, energy_pj)
		__field(u32, device)
		__field(u32, client)
		__field(u32, stream)
		__field(u32, layers)
		__field(u32, outcome)
		__field(u32, reason)
		__field(u64, number)
	),
	TP_fast_assign(
		__entry->frame = job->frame;
		__entry->release_ns = job->release_ns;
		__entry->start_ns = job->start_ns;
		__entry->finish_ns = job->finish_ns;
		__entry->deadline_ns = job->deadline_ns;
		__entry->energy_pj = job->energy_pj;
		__entry->device = dev->nr;
		__entry->client = owner >> 32;
		__entry->stream = (u32)owner;
		__entry->layers = job->layers;
		__entry->outcome = job->outcome;
		__entry->reason = job->reason;
		__entry->number = dev->nr_ended;
	),
	TP_printk("device=%u client=%u stream=%u frame=%llu outcome=%u reason=%u release_ns=%llu start_ns=%llu finish_ns=%llu deadline_ns=%llu energy_pj=%llu layers=%u number=%llu",
		  __entry->device, __entry->client, __entry->stream,
		  __entry->frame, __entry->outcome, __entry->reason,
		  __entry->release_ns, __entry->start_ns, __entry->finish_ns,
		  __entry->deadline_ns, __entry->energy_pj, __entry->layers,
		  __entry->number)
);

TRACE_EVENT(job_drop,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_job *job),
	TP_ARGS(dev, job),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, deadline_ns)
		__field(u32, device)
		__field(u32, stream)
		__field(u32, reason)
		__field(u32, pad)
	),
	TP_fast_assign(
		__entry->frame = job->frame;
		__entry->deadline_ns = job->deadline_ns;
		__entry->device = dev->nr;
		__entry->stream = job->stream->id;
		__entry->reason = job->reason;
		__entry->pad = 0;
	),
	TP_printk("device=%u stream=%u frame=%llu reason=%u deadline_ns=%llu",
		  __entry->device, __entry->stream, __entry->frame,
		  __entry->reason, __entry->deadline_ns)
);

TRACE_EVENT(deadline_miss,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_job *job),
	TP_ARGS(dev, job),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, late_ns)
		__field(u32, device)
		__field(u32, stream)
	),
	TP_fast_assign(
		__entry->frame = job->frame;
		__entry->late_ns = job->finish_ns - job->deadline_ns;
		__entry->device = dev->nr;
		__entry->stream = job->stream->id;
	),
	TP_printk("device=%u stream=%u frame=%llu late_ns=%llu",
		  __entry->device, __entry->stream, __entry->frame,
		  __entry->late_ns)
);

TRACE_EVENT(engine_state,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_engine *engine),
	TP_ARGS(dev, engine),
	TP_STRUCT__entry(
		__field(u32, device)
		__field(u32, engine)
		__field(u32, up)
		__field(u32, pad)
		__array(char, class_name, XRS_NAME_LEN)
		__field(u32, health)
		__field(u32, strikes)
		__array(char, name, XRS_NAME_LEN)
		__field(u64, seq)
		__field(u32, present)
		__field(u32, pad2)
	),
	TP_fast_assign(
		__entry->device = dev->nr;
		__entry->engine = engine->id;
		__entry->up = engine->up;
		__entry->pad = 0;
		memcpy(__entry->class_name, engine->class_name, XRS_NAME_LEN);
		__entry->health = engine->health;
		__entry->strikes = engine->strikes;
		strscpy_pad(__entry->name, engine->label, XRS_NAME_LEN);
		__entry->seq = engine->seq;
		__entry->present = xrs_engine_present(
			container_of(engine, struct xrs_engine_dev, core));
		__entry->pad2 = 0;
	),
	TP_printk("device=%u engine=%u up=%u class=%s health=%u strikes=%u name=%s seq=%llu present=%u",
		  __entry->device, __entry->engine, __entry->up,
		  __entry->class_name, __entry->health, __entry->strikes,
		  __entry->name, __entry->seq, __entry->present)
);

TRACE_EVENT(policy_change,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_policy *policy),
	TP_ARGS(dev, policy),
	TP_STRUCT__entry(
		__field(u32, device)
		__field(u32, pad)
		__array(char, name, XRS_NAME_LEN)
	),
	TP_fast_assign(
		__entry->device = dev->nr;
		__entry->pad = 0;
		strscpy_pad(__entry->name, policy->name, XRS_NAME_LEN);
	),
	TP_printk("device=%u name=%s", __entry->device, __entry->name)
);

TRACE_EVENT(tuner_step,
	TP_PROTO(const struct xrs_device *dev,
		 const struct xrs_tuner_step *step),
	TP_ARGS(dev, step),
	TP_STRUCT__entry(
		__field(u32, device)
		__field(u32, window)
		__field(u64, cost_q40)
		__field(u32, step)
		__field(u32, probe)
		__field(u32, alpha_ppm)
		__field(u32, beta_ppm)
		__field(u32, radius)
		__field(u8, again)
		__field(u8, settled)
		__field(u8, restarted)
		__field(u8, pad)
	),
	TP_fast_assign(
		__entry->device = dev->nr;
		__entry->window = step->window;
		__entry->cost_q40 = step->cost_q40;
		__entry->step = step->step;
		__entry->probe = step->probe;
		__entry->alpha_ppm = step->alpha;
		__entry->beta_ppm = step->beta;
		__entry->radius = step->radius;
		__entry->again = step->again;
		__entry->settled = step->settled;
		__entry->restarted = step->restarted;
		__entry->pad = 0;
	),
	TP_printk("device=%u window=%u step=%u probe=%u again=%u cost_q40=%llu alpha_ppm=%u beta_ppm=%u radius=%u settled=%u restarted=%u",
		  __entry->device, __entry->window, __entry->step,
		  __entry->probe, __entry->again, __entry->cost_q40,
		  __entry->alpha_ppm, __entry->beta_ppm, __entry->radius,
		  __entry->settled, __entry->restarted)
);

TRACE_EVENT(client_wake,
	TP_PROTO(const struct xrs_device *dev, u32 client,
		 const struct xrs_wake *wake, u64 awake_ns),
	TP_ARGS(dev, client, wake, awake_ns),
	TP_STRUCT__entry(
		__field(u64, frame)
		__field(u64, finish_ns)
		__field(u64, awake_ns)
		__field(u32, device)
		__field(u32, client)
		__field(u32, stream)
		__field(u32, pad)
		__field(u64, woken_ns)
	),
	TP_fast_assign(
		__entry->frame = wake->frame;
		__entry->finish_ns = wake->finish_ns;
		__entry->awake_ns = awake_ns;
		__entry->device = dev->nr;
		__entry->client = client;
		__entry->stream = wake->stream;
		__entry->pad = 0;
		__entry->woken_ns = wake->woken_ns;
	),
	TP_printk("device=%u client=%u stream=%u frame=%llu finish_ns=%llu awake_ns=%llu woken_ns=%llu",
		  __entry->device, __entry->client, __entry->stream,
		  __entry->frame, __entry->finish_ns, __entry->awake_ns,
		  __entry->woken_ns)
);

TRACE_EVENT_FN(decision,
	TP_PROTO(const struct xrs_device *dev,
		 const struct xrs_decision *decision),
	TP_ARGS(dev, decision),
	TP_STRUCT__entry(
		__field(u64, now_ns)
		__field(u32, device)
		__field(u32, ready)
		__field(u32, alpha_ppm)
		__field(u32, beta_ppm)
		__field(u64, frame)
		__field(s64, score_q32)
		__field(u64, urgency_q32)
		__field(u64, starv_q32)
		__field(u64, pref_q32)
		__field(u64, switch_q32)
		__field(u32, stream)
		__field(u32, layer)
		__field(u32, engine)
		__field(u32, explained)
		__field(u64, other_frame)
		__field(s64, other_score_q32)
		__field(u64, other_urgency_q32)
		__field(u64, other_starv_q32)
		__field(u64, other_pref_q32)
		__field(u64, other_switch_q32)
		__field(u32, other_stream)
		__field(u32, other_layer)
		__field(u32, other_engine)
		__field(u32, other)
		__field(u32, client)
		__field(u32, other_client)
		__field(u64, number)
	),
	TP_fast_assign(
		__entry->now_ns = decision->now_ns;
		__entry->device = dev->nr;
		__entry->ready = decision->ready;
		__entry->alpha_ppm = dev->core.param[XRS_PARAM_ALPHA];
		__entry->beta_ppm = dev->core.param[XRS_PARAM_BETA];
		__entry->frame = decision->winner.job->frame;
		__entry->score_q32 = decision->winner.score;
		__entry->urgency_q32 = decision->winner_parts.urgency;
		__entry->starv_q32 = decision->winner_parts.starv;
		__entry->pref_q32 = decision->winner_parts.pref;
		__entry->switch_q32 = decision->winner_parts.switched;
		__entry->stream = decision->winner.job->stream->id;
		__entry->layer = decision->winner.job->layer;
		__entry->engine = decision->winner.engine->id;
		__entry->explained = decision->explained;
		__entry->other = !!decision->other.job;
		__entry->other_frame = __entry->other ?
			decision->other.job->frame : 0;
		__entry->other_score_q32 = decision->other.score;
		__entry->other_urgency_q32 = decision->other_parts.urgency;
		__entry->other_starv_q32 = decision->other_parts.starv;
		__entry->other_pref_q32 = decision->other_parts.pref;
		__entry->other_switch_q32 = decision->other_parts.switched;
		__entry->other_stream = __entry->other ?
			decision->other.job->stream->id : 0;
		__entry->other_layer = __entry->other ?
			decision->other.job->layer : 0;
		__entry->other_engine = __entry->other ?
			decision->other.engine->id : 0;
		__entry->client = to_xrs_user_stream(
			decision->winner.job->stream)->client->nr;
		__entry->other_client = __entry->other ?
			to_xrs_user_stream(
				decision->other.job->stream)->client->nr : 0;
		/* It is counted when it takes effect. */
		__entry->number = dev->core.decisions + 1;
	),
	TP_printk("device=%u stream=%u frame=%llu layer=%u engine=%u score_q32=%lld urgency_q32=%llu starv_q32=%llu pref_q32=%llu switch_q32=%llu explained=%u other=%u other_stream=%u other_frame=%llu other_layer=%u other_engine=%u other_score_q32=%lld other_urgency_q32=%llu other_starv_q32=%llu other_pref_q32=%llu other_switch_q32=%llu ready=%u alpha_ppm=%u beta_ppm=%u now_ns=%llu client=%u other_client=%u number=%llu",
		  __entry->device, __entry->stream, __entry->frame,
		  __entry->layer, __entry->engine, __entry->score_q32,
		  __entry->urgency_q32, __entry->starv_q32,
		  __entry->pref_q32, __entry->switch_q32,
		  __entry->explained, __entry->other, __entry->other_stream,
		  __entry->other_frame, __entry->other_layer,
		  __entry->other_engine, __entry->other_score_q32,
		  __entry->other_urgency_q32, __entry->other_starv_q32,
		  __entry->other_pref_q32, __entry->other_switch_q32,
		  __entry->ready, __entry->alpha_ppm, __entry->beta_ppm,
		  __entry->now_ns, __entry->client, __entry->other_client,
		  __entry->number),
	xrs_watch_decisions, xrs_unwatch_decisions
);

/* For perf and the like, which read what is printed from the format file. */
TRACE_DEFINE_ENUM(XRS_FAULT_ERROR);
TRACE_DEFINE_ENUM(XRS_FAULT_TIMEOUT);
TRACE_DEFINE_ENUM(XRS_FAULT_REFUSED);
TRACE_DEFINE_ENUM(XRS_FAULT_STALE);
TRACE_DEFINE_ENUM(XRS_FAULT_UNKNOWN);
TRACE_DEFINE_ENUM(XRS_FAULT_ABSURD);
TRACE_DEFINE_ENUM(XRS_FAULT_RESET);
TRACE_DEFINE_ENUM(XRS_FAULT_DIED);

TRACE_EVENT(engine_fault,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_engine *engine,
		 u64 seq, u32 kind),
	TP_ARGS(dev, engine, seq, kind),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u32, device)
		__field(u32, engine)
		__field(u32, kind)
		__field(u32, strikes)
	),
	TP_fast_assign(
		__entry->seq = seq;
		__entry->device = dev->nr;
		__entry->engine = engine->id;
		__entry->kind = kind;
		__entry->strikes = engine->strikes;
	),
	TP_printk("device=%u engine=%u seq=%llu kind=%s strikes=%u",
		  __entry->device, __entry->engine, __entry->seq,
		  __print_symbolic(__entry->kind,
				   { XRS_FAULT_ERROR, "error" },
				   { XRS_FAULT_TIMEOUT, "timeout" },
				   { XRS_FAULT_REFUSED, "refused" },
				   { XRS_FAULT_STALE, "stale-answer" },
				   { XRS_FAULT_UNKNOWN, "unknown-answer" },
				   { XRS_FAULT_ABSURD, "absurd-answer" },
				   { XRS_FAULT_RESET, "reset-failed" },
				   { XRS_FAULT_DIED, "died" }),
		  __entry->strikes)
);

TRACE_EVENT(layer_learned,
	TP_PROTO(const struct xrs_device *dev, const struct xrs_engine *engine,
		 const struct xrs_job *job, u64 seen_ns, u64 estimate_ns),
	TP_ARGS(dev, engine, job, seen_ns, estimate_ns),
	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, expected_ns)
		__field(u64, seen_ns)
		__field(u64, estimate_ns)
		__field(u32, device)
		__field(u32, engine)
		__field(u32, stream)
		__field(u32, layer)
	),
	TP_fast_assign(
		__entry->seq = engine->seq;
		__entry->expected_ns = xrs_job_cost(job, engine)->latency_ns;
		__entry->seen_ns = seen_ns;
		__entry->estimate_ns = estimate_ns;
		__entry->device = dev->nr;
		__entry->engine = engine->id;
		__entry->stream = job->stream->id;
		__entry->layer = job->layer;
	),
	TP_printk("device=%u engine=%u stream=%u layer=%u seq=%llu expected_ns=%llu seen_ns=%llu estimate_ns=%llu",
		  __entry->device, __entry->engine, __entry->stream,
		  __entry->layer, __entry->seq, __entry->expected_ns,
		  __entry->seen_ns, __entry->estimate_ns)
);

TRACE_EVENT(stream_create,
	TP_PROTO(const struct xrs_device *dev,
		 const struct xrs_user_stream *stream),
	TP_ARGS(dev, stream),
	TP_STRUCT__entry(
		__field(u32, device)
		__field(u32, client)
		__field(u32, stream)
		__field(u32, pid)
		__field(u64, period_ns)
		__field(u64, deadline_ns)
		__array(char, name, XRS_NAME_LEN)
		__array(char, model, XRS_NAME_LEN)
	),
	TP_fast_assign(
		__entry->device = dev->nr;
		__entry->client = stream->client->nr;
		__entry->stream = stream->core.id;
		__entry->pid = stream->client->pid;
		__entry->period_ns = stream->core.period_ns;
		__entry->deadline_ns = stream->core.deadline_ns;
		memcpy(__entry->name, stream->name, XRS_NAME_LEN);
		memcpy(__entry->model, stream->profile->name, XRS_NAME_LEN);
	),
	TP_printk("device=%u client=%u stream=%u pid=%u name=%s model=%s period_ns=%llu deadline_ns=%llu",
		  __entry->device, __entry->client, __entry->stream,
		  __entry->pid, __entry->name, __entry->model,
		  __entry->period_ns, __entry->deadline_ns)
);

#endif /* XRSCHED_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xrsched_trace
#include <trace/define_trace.h>
