// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "xrsched probe misses" prints: JSON objects, or a view of them.
 */
#include "probe_misses.h"

#include <inttypes.h>
#include <stdlib.h>

#include <linux/xrsched.h>

#include "clock.h"
#include "out.h"
#include "put.h"

/* An engine that takes so much longer than expected is told of. */
#define SLOW 1.25
#define MATTERS 10 /* if that is a tenth of all that the frames ran */

/* ----- a miss ------------------------------------------------------------ */

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

static void put_waiting(const struct misses_view *view, json_t *object,
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
			 probe_names_get(view->names, device, holder->client,
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
			 probe_names_get(view->names, device, 0,
					 probe_engine(worker->engine,
						      worker->nr)));
		put_count(item, "ran_ns", worker->ran_ns);
		put_count(item, "expected_ns", worker->expected_ns);
		put_append(array, item);
	}
	put(object, "ran_on", array);
}

static void put_stream(const struct misses_view *view, json_t *object,
		       uint32_t device, uint32_t client, uint32_t stream)
{
	put_count(object, "device", device);
	put_count(object, "client", client);
	put_count(object, "stream", stream);
	put_text(object, "name",
		 probe_names_get(view->names, device, client, stream));
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

static void print_waiting(const struct misses_view *view, const json_t *object)
{
	const json_t *array = json_object_get(object, "holders"), *holder;
	char waited[32], ran[32], expected[32];
	FILE *out = view->out;
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
		if (i == view->top)
			break;
		fprintf(out, "  %5.1f %%  ", 100 * get_number(holder, "share"));
		if (json_is_true(json_object_get(holder, "self")))
			fputs("its own earlier frames", out);
		else
			print_who(out, holder);
		fprintf(out, ", longest at layer %" PRIu64 " (%.1f %%)\n",
			count_of(holder, "layer"),
			100 * get_number(holder, "layer_share"));
	}
	fprintf(out, "  %5.1f %%  idle", 100 * get_number(object, "idle"));
	if (get_number(object, "down") > 0)
		fprintf(out, ", %.1f %% down",
			100 * get_number(object, "down"));
	if (json_array_size(array) > view->top)
		fprintf(out, "; %zu more streams",
			json_array_size(array) - view->top);
	fputc('\n', out);
}

static void print_json(FILE *out, const json_t *object)
{
	if (json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(9)))
		out_of_memory();
	fputc('\n', out);
}

void misses_show_miss(const struct misses_view *view,
		      const struct job_complete *frame,
		      const struct waiting *waiting)
{
	FILE *out = view->out;
	json_t *object = put_object();
	uint64_t late_ns = frame->finish_ns > frame->deadline_ns
				   ? frame->finish_ns - frame->deadline_ns
				   : 0;
	char late[32];

	put_text(object, "kind", "miss");
	put_real(object, "time_s", frame->finish_ns / 1e9);
	put_stream(view, object, frame->device, frame->client, frame->stream);
	put_count(object, "frame", frame->frame);
	put_text(object, "what", what_of(frame));
	put_count(object, "late_ns", late_ns);
	put_waiting(view, object, frame->device, frame->client, frame->stream,
		    waiting);
	if (view->json) {
		print_json(out, object);
	} else {
		probe_time(late, sizeof(late), late_ns);
		fprintf(out, "%.6f ", frame->finish_ns / 1e9);
		print_who(out, object);
		fprintf(out,
			" frame %" PRIu64 " %s%s%s: ", (uint64_t)frame->frame,
			what_of(frame), late_ns ? " by " : "",
			late_ns ? late : "");
		print_waiting(view, object);
	}
	json_decref(object);
}

/* ----- the sums ---------------------------------------------------------- */

static int by_misses(const void *a, const void *b)
{
	const struct victim *x = a, *y = b;

	return x->misses > y->misses ? -1 : x->misses < y->misses;
}

static json_t *tally_json(const struct misses_view *view, struct tally *tally,
			  bool total, uint64_t lost, uint64_t missed)
{
	json_t *object = put_object(), *array = put_array();

	put_text(object, "kind", total ? "total" : "interval");
	put_real(object, "seconds", (now_ns() - tally->begin_ns) / 1e9);
	put_count(object, "frames", tally->frames);
	put_count(object, "misses", tally->misses);
	put_count(object, "incomplete", tally->incomplete);
	put_count(object, "lost", lost - tally->lost);
	put_count(object, "missed", missed - tally->missed);
	if (tally->nr_victims)
		qsort(tally->victims, tally->nr_victims,
		      sizeof(*tally->victims), by_misses);
	for (size_t i = 0; i < tally->nr_victims; i++) {
		struct victim *victim = &tally->victims[i];
		json_t *item = put_object();

		waiting_fold(&victim->sum);
		put_stream(view, item, victim->device, victim->client,
			   victim->stream);
		put_count(item, "misses", victim->misses);
		put_waiting(view, item, victim->device, victim->client,
			    victim->stream, &victim->sum);
		put_append(array, item);
	}
	put(object, "streams", array);
	return object;
}

static void print_tally(const struct misses_view *view, const json_t *object)
{
	const json_t *array = json_object_get(object, "streams"), *item;
	FILE *out = view->out;
	size_t i;

	fprintf(out, "in %.2f s %" PRIu64 " frames ended, %" PRIu64 " missed\n",
		get_number(object, "seconds"), count_of(object, "frames"),
		count_of(object, "misses"));
	json_array_foreach(array, i, item) {
		print_who(out, item);
		fprintf(out, ": %" PRIu64 " misses; ",
			count_of(item, "misses"));
		print_waiting(view, item);
	}
	if (count_of(object, "lost"))
		fprintf(out,
			"%" PRIu64 " events were LOST; what they touched is "
			"marked INCOMPLETE\n",
			count_of(object, "lost"));
	if (count_of(object, "missed"))
		fprintf(out,
			"%" PRIu64 " events MISSED: the kernel skipped the "
			"probe; what they touched is marked INCOMPLETE\n",
			count_of(object, "missed"));
}

void misses_show_tally(const struct misses_view *view, struct tally *tally,
		       bool total, uint64_t lost, uint64_t missed)
{
	json_t *object = tally_json(view, tally, total, lost, missed);

	if (view->json)
		print_json(view->out, object);
	else
		print_tally(view, object);
	json_decref(object);
}
