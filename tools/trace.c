// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched trace: a timeline for Perfetto, chrome://tracing, or a document.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "args.h"
#include "out.h"
#include "put.h"
#include "record.h"
#include "timeline.h"

enum { OPT_SVG = 256, OPT_FROM, OPT_LENGTH, OPT_RING };

static const char doc[] =
	"Of a recording, or of what a device does while a command runs or for "
	"some seconds (takes CAP_PERFMON or CAP_SYS_ADMIN).\n"
	"\n"
	"The JSON opens in https://ui.perfetto.dev and chrome://tracing: a "
	"track for each engine with layers, and arrows where a frame moves; "
	"for each stream with frames from arrival to deadline; counters of "
	"ready jobs, alpha and beta.\n"
	"\n"
	"  xrsched sim VR_Gaming --hw 4k-1ws2os --seconds 1 --record vr.rec\n"
	"  xrsched trace vr.rec -o vr.json --svg vr.svg --from 100\n"
	"  sudo xrsched trace -o vr.json -- xrsched run VR_Gaming --hw "
	"4k-1ws2os\n"
	"  sudo xrsched trace -o now.json --seconds 2";

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "JSON for Perfetto", 1 },
	{ "svg", OPT_SVG, "FILE", 0, "A picture (SVG)", 2 },
	{ "from", OPT_FROM, "MS", 0,
	  "Where the picture begins (with the first layer)", 3 },
	{ "length", OPT_LENGTH, "MS", 0, "How much it shows (200)", 4 },
	{ "seconds", 's', "S", 0, "How long to record the device", 5 },
	{ "ring", OPT_RING, "N", 0, "Records that the kernel keeps for us", 6 },
	{ 0 },
};

/**
 * struct trace - Options of this command
 * @words: a recording, or a command.
 * @nr_words: how many.
 * @json: where to, NULL: nowhere.
 * @svg: where to, NULL: nowhere.
 * @from_ms: where the picture begins, < 0: with the first layer.
 * @length_ms: how much it shows.
 * @live: recording of a device.
 * @is_live: there is to be one.
 */
struct trace {
	char **words;
	int nr_words;
	const char *json;
	const char *svg;
	double from_ms;
	double length_ms;
	struct record live;
	bool is_live;
};

static void check(struct trace *trace, const struct argp_state *state)
{
	if (!trace->json && !trace->svg)
		argp_error(state, "where to? add -o FILE or --svg FILE");
	if (trace->is_live)
		return;
	if (!trace->nr_words)
		argp_error(state, "of what? name a recording, or a command "
				  "after --, or add --seconds S");
	if (trace->nr_words > 1)
		argp_error(state, "one recording at a time, not %s too",
			   trace->words[1]);
}

/* After "--" it is a command that is recorded. */
static void take_words(struct trace *trace, const struct argp_state *state)
{
	int first = state->next - 1;

	trace->words = &state->argv[first];
	trace->nr_words = state->argc - first;
	if (first && !strcmp(state->argv[first - 1], "--")) {
		trace->live.command = trace->words;
		trace->is_live = true;
	}
}

static error_t trace_parse(int key, char *arg, struct argp_state *state)
{
	struct trace *trace = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		trace->from_ms = -1;
		trace->length_ms = 200;
		return 0;
	case 'o':
		trace->json = arg;
		return 0;
	case OPT_SVG:
		trace->svg = arg;
		return 0;
	case OPT_FROM:
		trace->from_ms = arg_real(state, "--from", arg, 0, 1e9);
		return 0;
	case OPT_LENGTH:
		trace->length_ms = arg_real(state, "--length", arg, 0.001, 1e7);
		return 0;
	case 's':
		trace->live.seconds =
			arg_real(state, "--seconds", arg, 0.001, 1e6);
		trace->is_live = true;
		return 0;
	case OPT_RING:
		trace->live.ring =
			arg_u64(state, "--ring", arg, 1024, XRSCHED_RECORD_MAX);
		return 0;
	case ARGP_KEY_ARG:
		take_words(trace, state);
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		check(trace, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- writing ---------------------------------------------------------- */

static uint64_t from_ns(const struct trace *trace, const struct timeline *t)
{
	if (trace->from_ms >= 0)
		return trace->from_ms * 1e6;
	return t->work_ns ? t->work_ns - t->begin_ns : 0;
}

static int write_file(const struct trace *trace, const struct timeline *t,
		      const char *path, bool svg)
{
	FILE *file = fopen(path, "w");

	if (!file)
		return fail("%s: %s", path, strerror(errno));
	if (svg)
		timeline_svg(t, from_ns(trace, t), trace->length_ms * 1e6,
			     file);
	else
		timeline_json(t, file);
	if (fflush(file) || ferror(file)) {
		fail("%s: %s", path, strerror(errno));
		fclose(file);
		return EXIT_FAILURE;
	}
	return fclose(file) ? fail("%s: %s", path, strerror(errno)) : 0;
}

static const struct out_column columns[] = {
	{ "seconds", "seconds", OUT_REAL, 0 },
	{ "streams", "streams", OUT_COUNT, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "frames", "frames", OUT_COUNT, 0 },
	{ "lost", "lost records", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block view[] = { { .columns = columns }, { 0 } };

static int tell(const struct app *app, const struct timeline *t)
{
	json_t *object = put_object();

	put_real(object, "seconds", (t->end_ns - t->begin_ns) / 1e9);
	put_count(object, "streams", t->nr_streams);
	put_count(object, "layers", t->nr_slices);
	put_count(object, "frames", t->nr_frames);
	put_count(object, "lost", t->lost);
	put_bool(object, "truncated", t->truncated);
	out_print(app, object, view);
	fflush(stdout);
	if (t->lost)
		return fail("%" PRIu64 " records are missing in it", t->lost);
	return t->truncated ? fail("the recording is cut off") : 0;
}

/* A picture without a layer is not what was wanted. */
static int tell_empty(const struct trace *trace, const struct timeline *t)
{
	uint64_t begin_ns = t->begin_ns + from_ns(trace, t);
	uint64_t end_ns = begin_ns + trace->length_ms * 1e6;

	for (size_t i = 0; i < t->nr_slices; i++)
		if (t->slice[i].begin_ns < end_ns &&
		    t->slice[i].end_ns > begin_ns)
			return 0;
	if (!t->nr_slices)
		return fail("%s: no layer ran while this was recorded",
			    trace->svg);
	return fail("%s: no layer ran from %g to %g ms; the first one began at "
		    "%g ms, the last one ended at %g ms",
		    trace->svg, (begin_ns - t->begin_ns) / 1e6,
		    (end_ns - t->begin_ns) / 1e6,
		    (t->work_ns - t->begin_ns) / 1e6,
		    (t->slice[t->nr_slices - 1].end_ns - t->begin_ns) / 1e6);
}

static int convert(const struct app *app, const struct trace *trace,
		   const char *path)
{
	struct timeline t;
	int ret = timeline_read(path, &t);

	if (ret)
		return ret;
	if (trace->json)
		ret = write_file(trace, &t, trace->json, false);
	if (!ret && trace->svg)
		ret = write_file(trace, &t, trace->svg, true);
	if (!ret)
		ret = tell(app, &t);
	if (!ret && trace->svg)
		ret = tell_empty(trace, &t);
	timeline_free(&t);
	return ret;
}

/* Records into a file that goes afterwards. */
static int trace_live(struct app *app, struct trace *trace)
{
	const char *dir = getenv("TMPDIR");
	struct stat file;
	char path[4096];
	int fd, ret, err = 0;

	snprintf(path, sizeof(path), "%s/xrsched-trace.XXXXXX",
		 dir ? dir : "/tmp");
	fd = mkstemp(path);
	if (fd < 0)
		return fail("%s: %s", path, strerror(errno));
	close(fd);
	trace->live.path = path;
	trace->live.quiet = true;
	ret = record_live(app, &trace->live);
	/* Whatever became of the command: what was recorded is shown. */
	if (!ret || (!stat(path, &file) && file.st_size))
		err = convert(app, trace, path);
	unlink(path);
	return ret ? ret : err;
}

static int trace_run(struct app *app, void *opts)
{
	struct trace *trace = opts;

	return trace->is_live ? trace_live(app, trace)
			      : convert(app, trace, trace->words[0]);
}

const struct cmd cmd_trace = {
	.name = "trace",
	.args = "[RECORDING | -- COMMAND...]",
	.brief = "Draw a timeline",
	.doc = doc,
	.flags = CMD_DEVICE,
	.options = options,
	.parse = trace_parse,
	.opts_size = sizeof(struct trace),
	.run = trace_run,
};
