// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched probe misses: who held the engines while a frame missed its deadline?
 */
#include "probe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <events.h>
#include <linux/xrsched.h>

#include "args.h"
#include "clock.h"
#include "holders.h"
#include "out.h"
#include "put.h"

static const char doc[] =
	"For each frame that completed late or was dropped: how long it waited "
	"and ran, and who held the engines while it waited, as shares of the "
	"engines' time in that wait.  In the end, or every --interval, the "
	"same "
	"for each stream over all its misses.\n"
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

/* An engine that takes so much longer than expected is told of. */
#define SLOW 1.25
#define MATTERS 10 /* if that is a tenth of all that the frames ran */

enum { OPT_SUM = 256, OPT_TOP };

static const struct argp_option options[] = {
	{ "sum", OPT_SUM, NULL, 0, "No line for each miss", 1 },
	{ "top", OPT_TOP, "N", 0, "Show so many holders (3); JSON has all", 1 },
	{ 0 },
};

/**
 * struct victim - What a stream's misses have in common
 * @device: number of its device.
 * @client: number of its client.
 * @stream: its number.
 * @misses: how many.
 * @sum: of all of them, the holders too.
 */
struct victim {
	uint32_t device;
	uint32_t client;
	uint32_t stream;
	uint64_t misses;
	struct waiting sum;
};

/**
 * struct misses - Options and state
 * @opts: what all probes take.
 * @sum_only: no line for each miss.
 * @top: holders shown.
 * @json: print JSON.
 * @events: what comes from the kernel.
 * @holders: what engines did.
 * @names: what numbers mean.
 * @victims: streams that missed.
 * @nr_victims: how many.
 * @frames: frames that ended.
 * @misses: frames that missed.
 * @incomplete: misses of which not all was seen.
 * @lost: events lost so far, as far as misses were told of.
 * @begin_ns: when this began.
 * @run: for the loop.
 */
struct misses {
	struct probe_opts opts;
	bool sum_only;
	unsigned int top;
	bool json;
	struct xrs_events *events;
	struct holders *holders;
	struct probe_names names;
	struct victim *victims;
	size_t nr_victims;
	uint64_t frames;
	uint64_t misses;
	uint64_t incomplete;
	uint64_t lost;
	uint64_t begin_ns;
	struct probe_run run;
};

static error_t misses_parse(int key, char *arg, struct argp_state *state)
{
	struct misses *misses = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &misses->opts;
		misses->top = 3;
		return 0;
	case OPT_SUM:
		misses->sum_only = true;
		return 0;
	case OPT_TOP:
		misses->top = arg_u64(state, "--top", arg, 1, 1000);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- how a miss is shown ----------------------------------------------- */

static const char *what_of(const struct job_complete *frame)
{
	static const char *const reasons[] = {
		[XRSCHED_REASON_EXPIRED] = "expired",
		[XRSCHED_REASON_HOPELESS] = "hopeless",
		[XRSCHED_REASON_EARLY] = "early",
		[XRSCHED_REASON_UPSTREAM] = "upstream",
	};

	if (frame->outcome == XRSCHED_COMPLETED)
		return "late";
	if (frame->reason < ELEMENTS(reasons) && reasons[frame->reason])
		return reasons[frame->reason];
	return "dropped";
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / whole : 0;
}

static void put_waiting(const struct misses *misses, json_t *object,
			uint32_t device, uint32_t client, uint32_t stream,
			const struct waiting *waiting)
{
	json_t *array = put_array();

	put_count(object, "waited_ns", waiting->wait_ns);
	put_count(object, "ran_ns", waiting->ran_ns);
	put_count(object, "expected_ns", waiting->expected_ns);
	put_count(object, "engines", waiting->engines);
	put_real(object, "idle", share(waiting->idle_ns, waiting->engine_ns));
	put_real(object, "down", share(waiting->down_ns, waiting->engine_ns));
	put_bool(object, "incomplete", waiting->incomplete);
	for (size_t i = 0; i < waiting->nr; i++) {
		const struct holder *holder = &waiting->holder[i];
		json_t *item = put_object();

		put_count(item, "client", holder->client);
		put_count(item, "stream", holder->stream);
		put_text(item, "name",
			 probe_names_get(&misses->names, device, holder->client,
					 holder->stream));
		put_bool(item, "self",
			 holder->client == client && holder->stream == stream);
		put_count(item, "held_ns", holder->ns);
		put_real(item, "share", share(holder->ns, waiting->engine_ns));
		put_count(item, "layer", holder->layer);
		put_real(item, "layer_share",
			 share(holder->layer_ns, waiting->engine_ns));
		put_append(array, item);
	}
	put(object, "holders", array);
	array = put_array();
	for (size_t i = 0; i < waiting->nr_workers; i++) {
		const struct worker *worker = &waiting->worker[i];
		json_t *item = put_object();

		put_count(item, "engine", worker->engine);
		put_text(item, "name",
			 probe_names_get(&misses->names, device, 0,
					 worker->engine));
		put_count(item, "ran_ns", worker->ran_ns);
		put_count(item, "expected_ns", worker->expected_ns);
		put_append(array, item);
	}
	put(object, "ran_on", array);
}

static void put_stream(const struct misses *misses, json_t *object,
		       uint32_t device, uint32_t client, uint32_t stream)
{
	put_count(object, "device", device);
	put_count(object, "client", client);
	put_count(object, "stream", stream);
	put_text(object, "name",
		 probe_names_get(&misses->names, device, client, stream));
}

static uint64_t count_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_who(FILE *out, const json_t *object)
{
	const char *name = get_text(object, "name");

	if (name)
		fputs(name, out);
	else
		fprintf(out, "stream %" PRIu64 " of client %" PRIu64,
			count_of(object, "stream"), count_of(object, "client"));
}

/*
 * Engines that took markedly longer than they should have, if that matters: of
 * short work a machine that stalls for a moment makes a multiple, too.
 */
static void print_slow(FILE *out, const json_t *object)
{
	const json_t *array = json_object_get(object, "ran_on"), *item;
	size_t i;

	json_array_foreach(array, i, item) {
		uint64_t ran = count_of(item, "ran_ns");
		uint64_t expected = count_of(item, "expected_ns");
		const char *name = get_text(item, "name");
		char took[32], should[32];

		if (!expected || ran < SLOW * expected ||
		    ran - expected < count_of(object, "ran_ns") / MATTERS)
			continue;
		probe_time(took, sizeof(took), ran);
		probe_time(should, sizeof(should), expected);
		fprintf(out, "     SLOW   ");
		if (name)
			fputs(name, out);
		else
			fprintf(out, "engine %" PRIu64,
				count_of(item, "engine"));
		fprintf(out, ": ran %s there, %.1f times the %s expected\n",
			took, (double)ran / expected, should);
	}
}

static void print_waiting(const struct misses *misses, const json_t *object)
{
	const json_t *array = json_object_get(object, "holders"), *holder;
	char waited[32], ran[32], expected[32];
	FILE *out = misses->run.out;
	size_t i;

	probe_time(waited, sizeof(waited), count_of(object, "waited_ns"));
	probe_time(ran, sizeof(ran), count_of(object, "ran_ns"));
	probe_time(expected, sizeof(expected), count_of(object, "expected_ns"));
	fprintf(out, "waited %s, ran %s (expected %s)%s\n", waited, ran,
		expected,
		json_is_true(json_object_get(object, "incomplete"))
			? ", INCOMPLETE: not all was seen"
			: "");
	print_slow(out, object);
	json_array_foreach(array, i, holder) {
		if (i == misses->top)
			break;
		fprintf(out, "  %5.1f %%  ", 100 * get_number(holder, "share"));
		if (json_is_true(json_object_get(holder, "self")))
			fputs("its own earlier frames", out);
		else
			print_who(out, holder);
		fprintf(out, ", most of it layer %" PRIu64 " (%.1f %%)\n",
			count_of(holder, "layer"),
			100 * get_number(holder, "layer_share"));
	}
	fprintf(out, "  %5.1f %%  idle", 100 * get_number(object, "idle"));
	if (get_number(object, "down") > 0)
		fprintf(out, ", %.1f %% down",
			100 * get_number(object, "down"));
	if (json_array_size(array) > misses->top)
		fprintf(out, "; %zu more streams",
			json_array_size(array) - misses->top);
	fputc('\n', out);
}

static void print_json(FILE *out, const json_t *object)
{
	if (json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(9)))
		out_of_memory();
	fputc('\n', out);
}

static void print_miss(struct misses *misses, const struct job_complete *frame,
		       const struct waiting *waiting)
{
	FILE *out = misses->run.out;
	json_t *object = put_object();
	uint64_t late_ns = frame->finish_ns > frame->deadline_ns
				   ? frame->finish_ns - frame->deadline_ns
				   : 0;
	char late[32];

	put_text(object, "kind", "miss");
	put_real(object, "time_s", frame->finish_ns / 1e9);
	put_stream(misses, object, frame->device, frame->client, frame->stream);
	put_count(object, "frame", frame->frame);
	put_text(object, "what", what_of(frame));
	put_count(object, "late_ns", late_ns);
	put_waiting(misses, object, frame->device, frame->client, frame->stream,
		    waiting);
	if (misses->json) {
		print_json(out, object);
	} else {
		probe_time(late, sizeof(late), late_ns);
		fprintf(out, "%.6f ", frame->finish_ns / 1e9);
		print_who(out, object);
		fprintf(out,
			" frame %" PRIu64 " %s%s%s: ", (uint64_t)frame->frame,
			what_of(frame), late_ns ? " by " : "",
			late_ns ? late : "");
		print_waiting(misses, object);
	}
	json_decref(object);
}

/* ----- the sums ---------------------------------------------------------- */

static struct victim *victim_of(struct misses *misses,
				const struct job_complete *frame)
{
	struct victim *victim;

	for (size_t i = 0; i < misses->nr_victims; i++) {
		victim = &misses->victims[i];
		if (victim->device == frame->device &&
		    victim->client == frame->client &&
		    victim->stream == frame->stream)
			return victim;
	}
	victim = realloc(misses->victims,
			 (misses->nr_victims + 1) * sizeof(*victim));
	if (!victim)
		out_of_memory();
	misses->victims = victim;
	victim += misses->nr_victims++;
	*victim = (struct victim){ .device = frame->device,
				   .client = frame->client,
				   .stream = frame->stream };
	return victim;
}

static void add_holder(struct waiting *sum, const struct holder *add)
{
	struct holder *holder;

	for (size_t i = 0; i < sum->nr; i++) {
		holder = &sum->holder[i];
		if (holder->client != add->client ||
		    holder->stream != add->stream)
			continue;
		holder->ns += add->ns;
		/* The longest layer of any miss stands for all of them. */
		if (holder->layer == add->layer) {
			holder->layer_ns += add->layer_ns;
		} else if (add->layer_ns > holder->layer_ns) {
			holder->layer = add->layer;
			holder->layer_ns = add->layer_ns;
		}
		return;
	}
	holder = realloc(sum->holder, (sum->nr + 1) * sizeof(*holder));
	if (!holder)
		out_of_memory();
	sum->holder = holder;
	holder[sum->nr++] = *add;
}

static void add_waiting(struct waiting *sum, const struct waiting *add)
{
	sum->wait_ns += add->wait_ns;
	sum->ran_ns += add->ran_ns;
	sum->expected_ns += add->expected_ns;
	sum->engine_ns += add->engine_ns;
	sum->idle_ns += add->idle_ns;
	sum->down_ns += add->down_ns;
	sum->incomplete |= add->incomplete;
	if (add->engines > sum->engines)
		sum->engines = add->engines;
	for (size_t i = 0; i < add->nr; i++)
		add_holder(sum, &add->holder[i]);
	for (size_t i = 0; i < add->nr_workers; i++)
		waiting_ran(sum, add->worker[i].engine, add->worker[i].ran_ns,
			    add->worker[i].expected_ns);
}

static int by_time(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	return x->ns > y->ns ? -1 : x->ns < y->ns;
}

static int by_misses(const void *a, const void *b)
{
	const struct victim *x = a, *y = b;

	return x->misses > y->misses ? -1 : x->misses < y->misses;
}

static json_t *sum_json(struct misses *misses, bool total)
{
	json_t *object = put_object(), *array = put_array();

	put_text(object, "kind", total ? "total" : "interval");
	put_real(object, "seconds", (now_ns() - misses->begin_ns) / 1e9);
	put_count(object, "frames", misses->frames);
	put_count(object, "misses", misses->misses);
	put_count(object, "incomplete", misses->incomplete);
	put_count(object, "lost",
		  xrs_events_lost(misses->events) +
			  holders_lost(misses->holders));
	put_count(object, "missed", xrs_events_missed(misses->events));
	if (misses->nr_victims)
		qsort(misses->victims, misses->nr_victims,
		      sizeof(*misses->victims), by_misses);
	for (size_t i = 0; i < misses->nr_victims; i++) {
		struct victim *victim = &misses->victims[i];
		json_t *item = put_object();

		if (victim->sum.nr)
			qsort(victim->sum.holder, victim->sum.nr,
			      sizeof(*victim->sum.holder), by_time);
		put_stream(misses, item, victim->device, victim->client,
			   victim->stream);
		put_count(item, "misses", victim->misses);
		put_waiting(misses, item, victim->device, victim->client,
			    victim->stream, &victim->sum);
		put_append(array, item);
	}
	put(object, "streams", array);
	return object;
}

static void print_sum(const struct misses *misses, const json_t *object)
{
	const json_t *array = json_object_get(object, "streams"), *item;
	uint64_t lost = count_of(object, "lost") + count_of(object, "missed");
	FILE *out = misses->run.out;
	size_t i;

	fprintf(out, "in %.2f s %" PRIu64 " frames ended, %" PRIu64 " missed\n",
		get_number(object, "seconds"), count_of(object, "frames"),
		count_of(object, "misses"));
	json_array_foreach(array, i, item) {
		print_who(out, item);
		fprintf(out, ": %" PRIu64 " misses; ",
			count_of(item, "misses"));
		print_waiting(misses, item);
	}
	if (lost)
		fprintf(out,
			"%" PRIu64 " events were LOST; what they touched is "
			"marked INCOMPLETE\n",
			lost);
}

/* Sums are since the beginning in any case: streams that miss are few. */
static int report(void *ctx, bool total)
{
	struct misses *misses = ctx;
	json_t *object = sum_json(misses, total);

	if (misses->json)
		print_json(misses->run.out, object);
	else
		print_sum(misses, object);
	json_decref(object);
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
	struct victim *victim;

	misses->frames++;
	if (!is_miss(frame))
		return;
	holders_ask(misses->holders, frame, &waiting);
	misses->misses++;
	misses->incomplete += waiting.incomplete;
	victim = victim_of(misses, frame);
	victim->misses++;
	add_waiting(&victim->sum, &waiting);
	if (!misses->sum_only)
		print_miss(misses, frame, &waiting);
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

static void handle(void *ctx, enum xrs_events_kind kind, __u64 time_ns,
		   const void *record)
{
	const struct stream_create *stream = record;
	const struct engine_state *engine = record;
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
		probe_names_set(&misses->names, engine->device, 0,
				engine->engine, engine->name,
				engine->class_name);
		holders_engine(misses->holders, engine->device, engine->engine,
			       engine->up, time_ns);
		break;
	case XRS_EVENTS_STREAM:
		probe_names_set(&misses->names, stream->device, stream->client,
				stream->stream, stream->name, stream->model);
		break;
	default:
		break;
	}
}

static int consume(void *ctx)
{
	struct misses *misses = ctx;

	return xrs_events_consume(misses->events);
}

/* Engines that were there before, so that idle ones count. */
static void take_engine(void *ctx, uint32_t device, uint32_t id, bool up)
{
	struct misses *misses = ctx;

	holders_engine(misses->holders, device, id, up, misses->begin_ns);
}

static int measure(struct misses *misses)
{
	int ret;

	misses->holders = holders_new();
	misses->begin_ns = now_ns();
	probe_names_open(&misses->names);
	probe_names_engines(&misses->names, take_engine, misses);
	ret = probe_loop(&misses->run);
	for (size_t i = 0; i < misses->nr_victims; i++)
		waiting_free(&misses->victims[i].sum);
	free(misses->victims);
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

	misses->json = app->json;
	misses->run.opts = &misses->opts;
	misses->run.ctx = misses;
	misses->run.consume = consume;
	misses->run.report = report;
	ret = probe_begin(&misses->run);
	if (ret)
		return ret;
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
