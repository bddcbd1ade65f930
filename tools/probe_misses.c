// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched probe misses: who held the engines while a frame missed its deadline?
 */
#include "probe.h"

#include <stdlib.h>

#include <events.h>
#include <linux/xrsched.h>

#include "args.h"
#include "clock.h"
#include "holders.h"
#include "out.h"
#include "probe_misses.h"

static const char doc[] =
	"For each frame that completed late or was dropped: how long it waited "
	"and ran, and who held the engines while it waited, as shares of the "
	"engines' time in that wait.  In the end, and of every --interval, the "
	"same for each stream over all its misses.\n"
	"\n"
	"Much of the wait held by one stream: that one is greedy.  Much of it "
	"idle: the policy holds back, or the frame waited for its upstream.  "
	"Ran longer than expected: an engine is slower than its profile, and "
	"is "
	"named as SLOW.  No "
	"wait, and ran as expected: the deadline is too short for the model.\n"
	"\n"
	"  sudo xrsched probe misses -- xrsched run VR_Gaming --hw 4k-1ws2os\n"
	"  sudo xrsched probe misses --sum --interval 5\n"
	"  sudo xrsched probe misses --json --duration 10 | jq "
	"'select(.kind == \"miss\") | [.name, .frame, .holders[0]]'";

enum { OPT_SUM = 256, OPT_TOP };

static const struct argp_option options[] = {
	{ "sum", OPT_SUM, NULL, 0, "No line for each miss", 1 },
	{ "top", OPT_TOP, "N", 0, "Show so many holders (3); JSON has all", 1 },
	{ 0 },
};

/**
 * struct misses - Options and state
 * @opts: what all probes take.
 * @sum_only: no line for each miss.
 * @view: how it is shown.
 * @events: what comes from the kernel.
 * @holders: what engines did.
 * @names: what numbers mean.
 * @total: since the beginning.
 * @interval: since the last report.
 * @lost: events lost so far, as far as misses were told of.
 * @ends: ends of layers that were not seen, the same.
 * @skipped: times that the kernel skipped the probe, the same.
 * @looked_ns: when that was asked for.
 * @run: for the loop.
 */
struct misses {
	struct probe_opts opts;
	bool sum_only;
	struct misses_view view;
	struct xrs_events *events;
	struct holders *holders;
	struct probe_names names;
	struct tally total;
	struct tally interval;
	uint64_t lost;
	uint64_t ends;
	uint64_t skipped;
	uint64_t looked_ns;
	struct probe_run run;
};

static error_t misses_parse(int key, char *arg, struct argp_state *state)
{
	struct misses *misses = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &misses->opts;
		misses->view.top = 3;
		return 0;
	case OPT_SUM:
		misses->sum_only = true;
		return 0;
	case OPT_TOP:
		misses->view.top = arg_u64(state, "--top", arg, 1, 1000);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- the sums ---------------------------------------------------------- */

static struct victim *victim_of(struct tally *tally,
				const struct job_complete *frame)
{
	struct victim *victim;

	for (size_t i = 0; i < tally->nr_victims; i++) {
		victim = &tally->victims[i];
		if (victim->device == frame->device &&
		    victim->client == frame->client &&
		    victim->stream == frame->stream)
			return victim;
	}
	victim = realloc(tally->victims,
			 (tally->nr_victims + 1) * sizeof(*victim));
	if (!victim)
		out_of_memory();
	tally->victims = victim;
	victim += tally->nr_victims++;
	*victim = (struct victim){ .device = frame->device,
				   .client = frame->client,
				   .stream = frame->stream };
	return victim;
}

static void add_miss(struct tally *tally, const struct job_complete *frame,
		     const struct waiting *waiting)
{
	struct victim *victim = victim_of(tally, frame);

	tally->misses++;
	tally->incomplete += waiting->incomplete;
	victim->misses++;
	waiting_add(&victim->sum, waiting);
}

/* Another one begins. */
static void restart(struct misses *misses, struct tally *tally)
{
	for (size_t i = 0; i < tally->nr_victims; i++)
		waiting_free(&tally->victims[i].sum);
	free(tally->victims);
	*tally = (struct tally){ .begin_ns = now_ns(),
				 .lost = xrs_events_lost(misses->events),
				 .missed = xrs_events_missed(misses->events) };
}

static int report(void *ctx, bool total)
{
	struct misses *misses = ctx;
	struct tally *tally = total ? &misses->total : &misses->interval;

	misses_show_tally(&misses->view, tally, total,
			  xrs_events_lost(misses->events),
			  xrs_events_missed(misses->events));
	if (!total)
		restart(misses, tally);
	return 0;
}

/* ----- what comes from the kernel ---------------------------------------- */

static bool is_miss(const struct job_complete *frame)
{
	return frame->outcome == XRSCHED_DROPPED ||
	       (frame->outcome == XRSCHED_COMPLETED &&
		frame->finish_ns > frame->deadline_ns);
}

static void take_frame(struct misses *misses, const struct job_complete *frame)
{
	struct waiting waiting;

	holders_frame(misses->holders, frame);
	misses->total.frames++;
	misses->interval.frames++;
	if (!is_miss(frame))
		return;
	holders_ask(misses->holders, frame, &waiting);
	waiting_fold(&waiting);
	add_miss(&misses->total, frame, &waiting);
	add_miss(&misses->interval, frame, &waiting);
	if (!misses->sum_only)
		misses_show_miss(&misses->view, frame, &waiting);
	waiting_free(&waiting);
}

/* What was lost came after this record, and before now. */
static void look_for_gap(struct misses *misses, uint64_t time_ns)
{
	uint64_t lost = xrs_events_lost(misses->events);

	if (lost == misses->lost)
		return;
	misses->lost = lost;
	holders_gap(misses->holders, time_ns, now_ns());
}

/* The same, of what the kernel did not call the programs for. */
static void look_for_skips(struct misses *misses)
{
	uint64_t skipped = xrs_events_skipped(misses->events), now = now_ns();

	if (skipped != misses->skipped)
		holders_gap(misses->holders, misses->looked_ns, now);
	misses->skipped = skipped;
	misses->looked_ns = now;
}

/* Ends that are missing have no numbers of their own. */
static void look_for_ends(struct misses *misses)
{
	uint64_t ends = holders_lost(misses->holders);

	if (ends != misses->ends)
		xrs_events_gap(misses->events, XRS_EVENTS_END,
			       ends - misses->ends);
	misses->ends = ends;
}

static void take_engine(struct misses *misses,
			const struct engine_state *engine, uint64_t time_ns)
{
	uint32_t nr = holders_state(misses->holders, engine, time_ns);

	probe_names_set(&misses->names, engine->device, 0,
			probe_engine(engine->engine, nr), engine->name,
			engine->class_name);
}

static void handle(void *ctx, enum xrs_events_kind kind, __u64 time_ns,
		   const void *record)
{
	const struct stream_create *stream = record;
	struct misses *misses = ctx;

	look_for_gap(misses, time_ns);
	switch (kind) {
	case XRS_EVENTS_FRAME:
		take_frame(misses, record);
		break;
	case XRS_EVENTS_BEGIN:
		holders_begin(misses->holders, record);
		break;
	case XRS_EVENTS_END:
		holders_end(misses->holders, record);
		break;
	case XRS_EVENTS_ENGINE:
		take_engine(misses, record, time_ns);
		break;
	case XRS_EVENTS_STREAM:
		probe_names_set(&misses->names, stream->device, stream->client,
				stream->stream, stream->name, stream->model);
		break;
	default:
		break;
	}
	look_for_ends(misses);
}

static int consume(void *ctx)
{
	struct misses *misses = ctx;

	look_for_skips(misses);
	return xrs_events_consume(misses->events);
}

/* Engines that were there before, so that idle ones count. */
static void learn_engines(struct misses *misses, uint64_t begin_ns)
{
	const struct probe_names *names = &misses->names;
	uint64_t asked_ns = now_ns();

	for (int i = 0; i < names->nr_engines; i++) {
		const struct xrsched_control_engine *from = &names->engines[i];
		struct holders_engine engine = {
			.device = from->device,
			.id = from->id,
			.takes = from->state == XRSCHED_ENGINE_STATE_UP,
			.busy = from->busy,
			.stream = from->stream,
			.layer = from->layer,
			.frame = from->frame,
		};

		/* Whose layer it is, is told to CAP_NET_ADMIN only. */
		if (engine.busy && engine.stream != XRSCHED_CONTROL_NONE)
			engine.client = probe_names_client(names, engine.device,
							   engine.stream);
		holders_known(misses->holders, &engine, begin_ns, asked_ns);
	}
}

static int measure(struct misses *misses)
{
	uint64_t begin_ns = now_ns();
	int ret;

	misses->holders = holders_new();
	misses->looked_ns = begin_ns;
	restart(misses, &misses->total);
	restart(misses, &misses->interval);
	probe_names_open(&misses->names);
	learn_engines(misses, begin_ns);
	ret = probe_loop(&misses->run);
	restart(misses, &misses->total);
	restart(misses, &misses->interval);
	probe_names_close(&misses->names);
	holders_free(misses->holders);
	return ret;
}

static int misses_run(struct app *app, void *ptr)
{
	struct misses *misses = ptr;
	const struct xrs_events_opts opts = {
		.kinds = 1U << XRS_EVENTS_FRAME | 1U << XRS_EVENTS_BEGIN |
			 1U << XRS_EVENTS_END | 1U << XRS_EVENTS_ENGINE |
			 1U << XRS_EVENTS_STREAM,
		.handle = handle,
		.ctx = misses,
	};
	struct xrs_probe_error error;
	int ret;

	misses->view.json = app->json;
	misses->run.opts = &misses->opts;
	misses->run.ctx = misses;
	misses->run.consume = consume;
	misses->run.report = report;
	ret = probe_begin(&misses->run);
	if (ret)
		return ret;
	misses->view.out = misses->run.out;
	misses->view.names = &misses->names;
	xrs_probe_verbose(misses->opts.verbose);
	ret = xrs_events_open(&misses->events, &opts, &error);
	if (ret) {
		ret = fail("%s", error.text);
	} else {
		ret = measure(misses);
		xrs_events_close(misses->events);
	}
	return probe_end(&misses->run, ret);
}

const struct cmd probe_misses = {
	.name = "misses",
	.args = "[-- COMMAND...]",
	.brief = "For each missed deadline: who held the engines meanwhile",
	.doc = doc,
	.options = options,
	.parse = misses_parse,
	.shared = probe_shared,
	.opts_size = sizeof(struct misses),
	.run = misses_run,
};
