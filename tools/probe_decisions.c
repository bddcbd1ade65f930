// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched probe decisions: why this one and not that one?
 */
#include "probe.h"

#include <inttypes.h>
#include <stdlib.h>

#include <events.h>

#include "args.h"
#include "clock.h"
#include "out.h"
#include "put.h"

static const char doc[] =
	"Of each decision what the score was made of, for the choice and for "
	"the runner-up below it: the best of the other ready frames on an idle "
	"engine, or, where no other was ready, the best other engine.  score = "
	"urgency + starv - switch + pref, alpha and beta included.  In the "
	"end, "
	"and of every --interval, for each pair of streams how often one came "
	"before the other, by how much on average, and the term that made most "
	"of the difference.\n"
	"\n"
	"Only policies with a score can say why: those of DREAM.  While this "
	"runs every decision takes another look at all pairs.\n"
	"\n"
	"  sudo xrsched probe decisions --sum -- xrsched run VR_Gaming --hw "
	"4k-1ws2os --policy dream\n"
	"  sudo xrsched probe decisions --limit 20\n"
	"  sudo xrsched probe decisions --json --duration 1 | jq "
	"'select(.kind == \"decision\" and .other.name == \"gaze\")'";

enum { OPT_SUM = 256, OPT_LIMIT };

static const struct argp_option options[] = {
	{ "sum", OPT_SUM, NULL, 0, "No line for each decision", 1 },
	{ "limit", OPT_LIMIT, "N", 0, "Show the first N only, count all", 1 },
	{ 0 },
};

/* Terms of a score, in the order in which they are printed. */
enum term { URGENCY, STARV, PREF, SWITCH, TERMS };

static const char *const term_names[TERMS] = { "urgency", "starv", "pref",
					       "switch" };

/**
 * struct pair - A stream that came before another
 * @device: number of their device.
 * @client: whose the one chosen is.
 * @stream: the one chosen.
 * @other_client: whose the other one is.
 * @other: the other one.
 * @nr: how often.
 * @margin: sum of the differences of their scores.
 * @term: sum of the differences of each term, as it counts in the score.
 */
struct pair {
	uint32_t device;
	uint32_t client;
	uint32_t stream;
	uint32_t other_client;
	uint32_t other;
	uint64_t nr;
	double margin;
	double term[TERMS];
};

/**
 * struct tally - What there is to report, of an interval or in all
 * @begin_ns: since when.
 * @pairs: pairs seen.
 * @nr_pairs: how many.
 * @decisions: decisions seen.
 * @unexplained: of these, those of a policy without a score.
 * @alone: of these, those without a runner-up.
 * @lost: decisions that had been lost before.
 * @missed: times that the kernel had skipped the probe before.
 */
struct tally {
	uint64_t begin_ns;
	struct pair *pairs;
	size_t nr_pairs;
	uint64_t decisions;
	uint64_t unexplained;
	uint64_t alone;
	uint64_t lost;
	uint64_t missed;
};

/**
 * struct decisions - Options and state
 * @opts: what all probes take.
 * @sum_only: no line for each decision.
 * @limit: lines at most.
 * @json: print JSON.
 * @events: what comes from the kernel.
 * @names: what numbers mean.
 * @total: since the beginning.
 * @interval: since the last report.
 * @run: for the loop.
 */
struct decisions {
	struct probe_opts opts;
	bool sum_only;
	uint64_t limit;
	bool json;
	struct xrs_events *events;
	struct probe_names names;
	struct tally total;
	struct tally interval;
	struct probe_run run;
};

static error_t decisions_parse(int key, char *arg, struct argp_state *state)
{
	struct decisions *d = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &d->opts;
		d->limit = UINT64_MAX;
		return 0;
	case OPT_SUM:
		d->sum_only = true;
		return 0;
	case OPT_LIMIT:
		d->limit = arg_u64(state, "--limit", arg, 1, UINT64_MAX - 1);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- one side of a decision -------------------------------------------- */

/**
 * struct side - The choice or the runner-up
 * @client: whose stream it is.
 * @stream: its stream.
 * @frame: its frame.
 * @layer: its layer.
 * @engine: its engine.
 * @score: its score.
 * @term: what that is made of; the switch is subtracted.
 */
struct side {
	uint32_t client;
	uint32_t stream;
	uint64_t frame;
	uint32_t layer;
	uint32_t engine;
	double score;
	double term[TERMS];
};

static double q32(uint64_t value)
{
	return value / 4294967296.0;
}

static struct side winner_of(const struct decision *e)
{
	return (struct side){
		.client = e->client,
		.stream = e->stream,
		.frame = e->frame,
		.layer = e->layer,
		.engine = e->engine,
		.score = e->score_q32 / 4294967296.0,
		.term = { q32(e->urgency_q32), q32(e->starv_q32),
			  q32(e->pref_q32), q32(e->switch_q32) },
	};
}

static struct side other_of(const struct decision *e)
{
	return (struct side){
		.client = e->other_client,
		.stream = e->other_stream,
		.frame = e->other_frame,
		.layer = e->other_layer,
		.engine = e->other_engine,
		.score = e->other_score_q32 / 4294967296.0,
		.term = { q32(e->other_urgency_q32), q32(e->other_starv_q32),
			  q32(e->other_pref_q32), q32(e->other_switch_q32) },
	};
}

/*
 * The term that made most of the difference in the winner's favour; NULL: none
 * did, they were as good as each other.
 */
static const char *decisive(const double *difference)
{
	enum term best = URGENCY;

	for (enum term i = URGENCY; i < TERMS; i++)
		if (difference[i] > difference[best])
			best = i;
	return difference[best] > 0 ? term_names[best] : NULL;
}

static void differences(double *difference, const struct side *winner,
			const struct side *other)
{
	for (enum term i = URGENCY; i < TERMS; i++)
		difference[i] = (winner->term[i] - other->term[i]) *
				(i == SWITCH ? -1 : 1);
}

/* ----- a line each ------------------------------------------------------- */

static json_t *side_json(const struct decisions *d, uint32_t device,
			 const struct side *side, bool explained)
{
	json_t *object = put_object();

	put_count(object, "client", side->client);
	put_count(object, "stream", side->stream);
	put_text(object, "name",
		 probe_names_get(&d->names, device, side->client,
				 side->stream));
	put_count(object, "frame", side->frame);
	put_count(object, "layer", side->layer);
	put_count(object, "engine", side->engine);
	put_text(object, "engine_name",
		 probe_names_get(&d->names, device, 0, side->engine));
	if (!explained)
		return object;
	put_real(object, "score", side->score);
	for (enum term i = URGENCY; i < TERMS; i++)
		put_real(object, term_names[i], side->term[i]);
	return object;
}

static void print_json(FILE *out, const json_t *object)
{
	if (json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(9)))
		out_of_memory();
	fputc('\n', out);
}

static const char *name_or(const char *name, char *text, size_t size,
			   uint64_t number)
{
	snprintf(text, size, "%" PRIu64, number);
	return name ? name : text;
}

static void print_heading(FILE *out)
{
	fprintf(out, "%12s  %-18s %7s %5s  %-10s %9s", "TIME s", "STREAM",
		"FRAME", "LAYER", "ENGINE", "SCORE");
	for (enum term i = URGENCY; i < TERMS; i++)
		fprintf(out, " %8s", term_names[i]);
	fputc('\n', out);
}

static void print_side(FILE *out, const json_t *side)
{
	char stream[24], engine[24];

	fprintf(out, "  %-18s %7.0f %5.0f  %-10s",
		name_or(get_text(side, "name"), stream, sizeof(stream),
			get_number(side, "stream")),
		get_number(side, "frame"), get_number(side, "layer"),
		name_or(get_text(side, "engine_name"), engine, sizeof(engine),
			get_number(side, "engine")));
	if (json_object_get(side, "score")) {
		fprintf(out, " %9.4f", get_number(side, "score"));
		for (enum term i = URGENCY; i < TERMS; i++)
			fprintf(out, " %8.4f", get_number(side, term_names[i]));
	}
	fputc('\n', out);
}

static void print_decision(const struct decisions *d, const struct decision *e,
			   const struct side *winner, const struct side *other)
{
	json_t *object = put_object();
	FILE *out = d->run.out;

	put_text(object, "kind", "decision");
	put_real(object, "time_s", e->now_ns / 1e9);
	put_count(object, "device", e->device);
	put_count(object, "ready", e->ready);
	put_real(object, "alpha", e->alpha_ppm / 1e6);
	put_real(object, "beta", e->beta_ppm / 1e6);
	put(object, "winner", side_json(d, e->device, winner, e->explained));
	put(object, "other",
	    e->other ? side_json(d, e->device, other, true) : json_null());
	if (d->json) {
		print_json(out, object);
	} else {
		if (d->total.decisions == 1)
			print_heading(out);
		fprintf(out, "%12.6f", e->now_ns / 1e9);
		print_side(out, json_object_get(object, "winner"));
		if (e->other) {
			fprintf(out, "%12s", "over");
			print_side(out, json_object_get(object, "other"));
		}
	}
	json_decref(object);
}

/* ----- the sums ---------------------------------------------------------- */

static struct pair *pair_of(struct tally *tally, const struct decision *e)
{
	struct pair *pair;

	for (size_t i = 0; i < tally->nr_pairs; i++) {
		pair = &tally->pairs[i];
		if (pair->device == e->device && pair->client == e->client &&
		    pair->stream == e->stream &&
		    pair->other_client == e->other_client &&
		    pair->other == e->other_stream)
			return pair;
	}
	pair = realloc(tally->pairs, (tally->nr_pairs + 1) * sizeof(*pair));
	if (!pair)
		out_of_memory();
	tally->pairs = pair;
	pair += tally->nr_pairs++;
	*pair = (struct pair){ .device = e->device,
			       .client = e->client,
			       .stream = e->stream,
			       .other_client = e->other_client,
			       .other = e->other_stream };
	return pair;
}

static void add_decision(struct tally *tally, const struct decision *e,
			 const struct side *winner, const struct side *other)
{
	double difference[TERMS];
	struct pair *pair;

	tally->decisions++;
	tally->unexplained += !e->explained;
	tally->alone += e->explained && !e->other;
	if (!e->other)
		return;
	pair = pair_of(tally, e);
	pair->nr++;
	pair->margin += winner->score - other->score;
	differences(difference, winner, other);
	for (enum term i = URGENCY; i < TERMS; i++)
		pair->term[i] += difference[i];
}

/* Another one begins. */
static void restart(struct decisions *d, struct tally *tally)
{
	free(tally->pairs);
	*tally = (struct tally){ .begin_ns = now_ns(),
				 .lost = xrs_events_lost(d->events),
				 .missed = xrs_events_missed(d->events) };
}

static int by_number(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	return x->nr > y->nr ? -1 : x->nr < y->nr;
}

static json_t *pair_json(const struct decisions *d, const struct pair *pair)
{
	json_t *object = put_object();

	put_count(object, "device", pair->device);
	put_count(object, "client", pair->client);
	put_count(object, "stream", pair->stream);
	put_text(object, "name",
		 probe_names_get(&d->names, pair->device, pair->client,
				 pair->stream));
	put_count(object, "other_client", pair->other_client);
	put_count(object, "other", pair->other);
	put_text(object, "other_name",
		 probe_names_get(&d->names, pair->device, pair->other_client,
				 pair->other));
	put_count(object, "decisions", pair->nr);
	put_real(object, "margin", pair->margin / pair->nr);
	for (enum term i = URGENCY; i < TERMS; i++)
		put_real(object, term_names[i], pair->term[i] / pair->nr);
	put_text(object, "decisive", decisive(pair->term));
	return object;
}

static void print_sum(FILE *out, const json_t *object)
{
	const json_t *pairs = json_object_get(object, "pairs"), *pair;
	char first[24], second[24];
	const char *most;
	size_t i;

	fprintf(out,
		"in %.2f s %.0f decisions, %.0f without a runner-up, %.0f of a "
		"policy without a score\n",
		get_number(object, "seconds"), get_number(object, "decisions"),
		get_number(object, "alone"), get_number(object, "unexplained"));
	if (json_array_size(pairs)) {
		fprintf(out, "%-18s %-18s %9s %9s", "STREAM", "CAME BEFORE",
			"TIMES", "BY");
		for (enum term t = URGENCY; t < TERMS; t++)
			fprintf(out, " %8s", term_names[t]);
		fputs("  MOST BY\n", out);
	}
	json_array_foreach(pairs, i, pair) {
		fprintf(out, "%-18s %-18s %9.0f %9.4f",
			name_or(get_text(pair, "name"), first, sizeof(first),
				get_number(pair, "stream")),
			name_or(get_text(pair, "other_name"), second,
				sizeof(second), get_number(pair, "other")),
			get_number(pair, "decisions"),
			get_number(pair, "margin"));
		for (enum term t = URGENCY; t < TERMS; t++)
			fprintf(out, " %+8.4f",
				get_number(pair, term_names[t]));
		most = get_text(pair, "decisive");
		fprintf(out, "  %s\n", most ? most : "tie");
	}
	if (get_number(object, "lost") > 0)
		fprintf(out, "%.0f events were LOST and are in no figure\n",
			get_number(object, "lost"));
	if (get_number(object, "missed") > 0)
		fprintf(out,
			"%.0f events MISSED: the kernel skipped the probe; "
			"they "
			"are in no figure\n",
			get_number(object, "missed"));
}

static json_t *sum_json(const struct decisions *d, struct tally *tally,
			bool total)
{
	json_t *object = put_object(), *array = put_array();

	put_text(object, "kind", total ? "total" : "interval");
	put_real(object, "seconds", (now_ns() - tally->begin_ns) / 1e9);
	put_count(object, "decisions", tally->decisions);
	put_count(object, "unexplained", tally->unexplained);
	put_count(object, "alone", tally->alone);
	put_count(object, "lost", xrs_events_lost(d->events) - tally->lost);
	put_count(object, "missed",
		  xrs_events_missed(d->events) - tally->missed);
	if (tally->nr_pairs)
		qsort(tally->pairs, tally->nr_pairs, sizeof(*tally->pairs),
		      by_number);
	for (size_t i = 0; i < tally->nr_pairs; i++)
		put_append(array, pair_json(d, &tally->pairs[i]));
	put(object, "pairs", array);
	return object;
}

static int report(void *ctx, bool total)
{
	struct decisions *d = ctx;
	struct tally *tally = total ? &d->total : &d->interval;
	json_t *object = sum_json(d, tally, total);

	if (d->json)
		print_json(d->run.out, object);
	else
		print_sum(d->run.out, object);
	json_decref(object);
	if (!total)
		restart(d, tally);
	return 0;
}

/* ----- what comes from the kernel ---------------------------------------- */

static void take_decision(struct decisions *d, const struct decision *e)
{
	struct side winner = winner_of(e), other = other_of(e);

	add_decision(&d->total, e, &winner, &other);
	add_decision(&d->interval, e, &winner, &other);
	if (!d->sum_only && d->total.decisions <= d->limit)
		print_decision(d, e, &winner, &other);
}

static void handle(void *ctx, enum xrs_events_kind kind, __u64 time_ns,
		   const void *record)
{
	const struct stream_create *stream = record;
	const struct engine_state *engine = record;
	struct decisions *d = ctx;

	(void)time_ns;
	switch (kind) {
	case XRS_EVENTS_DECISION:
		take_decision(d, record);
		break;
	case XRS_EVENTS_ENGINE:
		probe_names_set(&d->names, engine->device, 0, engine->engine,
				engine->name, engine->class_name);
		break;
	case XRS_EVENTS_STREAM:
		probe_names_set(&d->names, stream->device, stream->client,
				stream->stream, stream->name, stream->model);
		break;
	default:
		break;
	}
}

static int consume(void *ctx)
{
	struct decisions *d = ctx;

	return xrs_events_consume(d->events);
}

static int measure(struct decisions *d)
{
	int ret;

	restart(d, &d->total);
	restart(d, &d->interval);
	probe_names_open(&d->names);
	ret = probe_loop(&d->run);
	restart(d, &d->total);
	restart(d, &d->interval);
	probe_names_close(&d->names);
	return ret;
}

static int decisions_run(struct app *app, void *ptr)
{
	struct decisions *d = ptr;
	const struct xrs_events_opts opts = {
		.kinds = 1U << XRS_EVENTS_DECISION | 1U << XRS_EVENTS_ENGINE |
			 1U << XRS_EVENTS_STREAM,
		.handle = handle,
		.ctx = d,
	};
	struct xrs_probe_error error;
	int ret;

	d->json = app->json;
	d->run.opts = &d->opts;
	d->run.ctx = d;
	d->run.consume = consume;
	d->run.report = report;
	ret = probe_begin(&d->run);
	if (ret)
		return ret;
	xrs_probe_verbose(d->opts.verbose);
	ret = xrs_events_open(&d->events, &opts, &error);
	if (ret) {
		ret = fail("%s", error.text);
	} else {
		ret = measure(d);
		xrs_events_close(d->events);
	}
	return probe_end(&d->run, ret);
}

const struct cmd probe_decisions = {
	.name = "decisions",
	.args = "[-- COMMAND...]",
	.brief = "For each decision: what made the score of winner and "
		 "runner-up",
	.doc = doc,
	.options = options,
	.parse = decisions_parse,
	.shared = probe_shared,
	.opts_size = sizeof(struct decisions),
	.run = decisions_run,
};
