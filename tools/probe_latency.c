// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched probe latency: where do frames spend their time?
 */
#include "probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <latency.h>

#include "args.h"
#include "out.h"
#include "probe_report.h"

static const char doc[] =
	"Of each stream's frames: from release to finish (response), from "
	"release to first dispatch (queueing), from there to finish (service); "
	"the time that was left to the deadline at that first dispatch "
	"(slack); "
	"and from when a client that slept for a frame was told of its end "
	"until it ran (wake-up).  With --engine the same of layers on an "
	"engine: from when "
	"a layer could have run.\n"
	"\n"
	"BPF programs count in the kernel, nothing is copied for an event: "
	"p50 to p99.9 are within 1.6 %, the maximum is exact.  Events that "
	"were "
	"not counted are reported.\n"
	"\n"
	"  sudo xrsched probe latency -- xrsched run VR_Gaming --hw 4k-1ws2os\n"
	"  sudo xrsched probe latency --engine --interval 1\n"
	"  sudo xrsched probe latency --json --duration 10 | jq "
	"'.streams[] | [.name, .response.p99_ns]'";

enum { OPT_ENGINE = 256, OPT_STREAM, OPT_CLIENT, OPT_ATTACH, OPT_MAX };

static const struct argp_option options[] = {
	{ "stream", OPT_STREAM, NULL, 0, "By stream (default)", 1 },
	{ "engine", OPT_ENGINE, NULL, 0, "By engine: layers, not frames", 1 },
	{ "client", OPT_CLIENT, NULL, 0, "By client, an open file", 1 },
	{ "attach", OPT_ATTACH, "HOW", 0,
	  "btf: by type information of the module; event: by trace event; auto "
	  "(default): btf where there is, else event",
	  2 },
	{ "max-streams", OPT_MAX, "N", 0,
	  "Streams or engines that are told apart (256), 46 KiB each", 2 },
	{ 0 },
};

/**
 * struct latency - Options and state
 * @opts: what all probes take.
 * @probe_opts: of the BPF side.
 * @by: of what.
 * @json: print JSON.
 * @probe: the probe.
 * @names: what numbers mean.
 * @first: reading at the beginning.
 * @last: reading at the last report.
 * @run: for the loop.
 */
struct latency {
	struct probe_opts opts;
	struct xrs_latency_opts probe_opts;
	enum report_by by;
	bool json;
	struct xrs_latency *probe;
	struct probe_names names;
	struct xrs_latency_reading *first;
	struct xrs_latency_reading *last;
	struct probe_run run;
};

static error_t latency_parse(int key, char *arg, struct argp_state *state)
{
	static const char *const ways[] = { "auto", "btf", "event", NULL };
	struct latency *latency = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &latency->opts;
		return 0;
	case OPT_STREAM:
		latency->by = REPORT_STREAM;
		return 0;
	case OPT_ENGINE:
		latency->by = REPORT_ENGINE;
		return 0;
	case OPT_CLIENT:
		latency->by = REPORT_CLIENT;
		return 0;
	case OPT_ATTACH:
		latency->probe_opts.attach =
			(enum xrs_latency_attach)arg_choice(state, "--attach",
							    arg, ways);
		return 0;
	case OPT_MAX:
		latency->probe_opts.max_slots =
			arg_u64(state, "--max-streams", arg, 1, 65536);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static struct xrs_latency_reading *copy(const struct xrs_latency_reading *from)
{
	size_t size = sizeof(*from) + from->nr * sizeof(*from->slot);
	struct xrs_latency_reading *to = malloc(size);

	if (!to)
		out_of_memory();
	memcpy(to, from, size);
	return to;
}

/* The probe saw streams come and remembers their names. */
static void learn_names(struct latency *latency,
			const struct xrs_latency_reading *reading)
{
	const struct xrs_latency_key *key;
	struct xrs_latency_name name;

	for (size_t i = 0; i < reading->nr; i++) {
		key = &reading->slot[i].key;
		/* While a map is looked at, programs may be skipped. */
		if (key->client != XRS_LATENCY_ENGINE &&
		    probe_names_get(&latency->names, key->device, key->client,
				    key->id))
			continue;
		if (!xrs_latency_name(latency->probe, key, &name))
			report_name(&latency->names, key, name.text, name.kind);
	}
}

static int report(void *ctx, bool total)
{
	struct latency *latency = ctx;
	struct xrs_latency_reading **before =
		total ? &latency->first : &latency->last;
	struct xrs_latency_reading *now, *since;
	struct report about = { .probe = latency->probe,
				.names = &latency->names,
				.by = latency->by,
				.total = total };
	int ret = xrs_latency_read(latency->probe, &now);

	if (ret)
		return ret;
	learn_names(latency, now);
	since = copy(now);
	xrs_latency_since(since, *before);
	about.reading = since;
	about.seconds = (now->time_ns - (*before)->time_ns) / 1e9;
	report_print(&about, latency->run.out, latency->json);
	free(since);
	free(*before);
	*before = now;
	return 0;
}

static int measure(struct latency *latency)
{
	int ret = xrs_latency_read(latency->probe, &latency->first);

	if (ret)
		return fail("%s", strerror(-ret));
	latency->last = copy(latency->first);
	ret = probe_loop(&latency->run);
	free(latency->first);
	free(latency->last);
	return ret;
}

static int latency_run(struct app *app, void *ptr)
{
	struct latency *latency = ptr;
	struct xrs_probe_error error;
	int ret;

	latency->json = app->json;
	latency->probe_opts.by_engine = latency->by == REPORT_ENGINE;
	latency->run.opts = &latency->opts;
	latency->run.ctx = latency;
	latency->run.report = report;
	ret = probe_begin(&latency->run);
	if (ret)
		return ret;
	xrs_probe_verbose(latency->opts.verbose);
	ret = xrs_latency_open(&latency->probe, &latency->probe_opts, &error);
	if (ret) {
		ret = fail("%s", error.text);
	} else {
		probe_names_open(&latency->names);
		ret = measure(latency);
		probe_names_close(&latency->names);
		xrs_latency_close(latency->probe);
	}
	return probe_end(&latency->run, ret);
}

const struct cmd probe_latency = {
	.name = "latency",
	.args = "[-- COMMAND...]",
	.brief = "Measure response, queueing, service, slack and wake-up times",
	.doc = doc,
	.options = options,
	.parse = latency_parse,
	.shared = probe_shared,
	.opts_size = sizeof(struct latency),
	.run = latency_run,
};
