// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

const char *argp_program_version = "xrsched-engine-cpu 0.1";

static const char doc[] =
	"An engine of xrsched that executes the layers of the shipped models "
	"on this machine's processor, for real.\n"
	"\n"
	"Weights are made up from a seed; so are inputs, unless the job comes "
	"with a buffer: then the layer reads its activations from the first "
	"and "
	"leaves its own there.  Serving takes CAP_SYS_ADMIN.\v"
	"  xrsched-engine-cpu --measure KWS-res8\n"
	"  xrsched-engine-cpu --measure KWS-res8,SkipNet --scale 0.25 "
	"--profiles ./measured\n"
	"  sudo xrsched-engine-cpu --scale 0.25 --cpus 2-3 --name cpu0\n"
	"\n"
	"\"xrsched run AR_Call --engines cpu:2\" measures, starts as many of "
	"these as it needs, and ends them.\n"
	"\n"
	"The energy of a layer is its time times --watts: few machines let a "
	"program read what it really was.";

enum { OPT_CLASS = 256, OPT_MEASURE, OPT_PROFILES, OPT_RUNS, OPT_WATTS };

static const struct argp_option options[] = {
	{ 0, 0, 0, 0, "What it computes, and how:", 1 },
	{ "backend", 'b', "NAME", 0,
	  "dnnl (default): oneDNN; ref: plain loops, slow", 1 },
	{ "scale", 's', "F", 0,
	  "multiply the channels of every layer by F, 0.001 ... 1 (1)", 1 },
	{ "seed", 'r', "N", 0, "what weights and inputs are drawn from (1)",
	  1 },
	{ "threads", 't', "N", 0,
	  "threads that compute (1, or one for each of --cpus)", 1 },
	{ "cpus", 'c', "LIST", 0,
	  "processors, as 0,2-3; each thread stays on one of them", 1 },
	{ 0, 0, 0, 0, "Serving:", 2 },
	{ "device", 'd', "PATH", 0, "node of the device (/dev/xrsched0)", 2 },
	{ "name", 'n', "NAME", 0, "name of the engine", 2 },
	{ "class", OPT_CLASS, "NAME", 0,
	  "class of the engine and of measured costs (cpu)", 2 },
	{ "models", 'm', "LIST", 0,
	  "make these models' layers ready beforehand, separated by commas",
	  2 },
	{ "watts", OPT_WATTS, "W", 0,
	  "power that a busy engine is taken to draw (10)", 2 },
	{ 0, 0, 0, 0, "Measuring:", 3 },
	{ "measure", OPT_MEASURE, "LIST", 0,
	  "measure these models instead of serving", 3 },
	{ "runs", OPT_RUNS, "N", 0,
	  "times that each layer is run; the median counts (5)", 3 },
	{ "profiles", OPT_PROFILES, "DIR", 0,
	  "write MODEL.tsv there instead of to standard output", 3 },
	{ "quiet", 'q', 0, 0, "no progress", 3 },
	{ 0 },
};

static double real(const struct argp_state *state, const char *name,
		   const char *text, double min, double max)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (errno || end == text || *end || !(value >= min && value <= max))
		argp_error(state, "%s: \"%s\" must be a number from %g to %g",
			   name, text, min, max);
	return value;
}

static unsigned long whole(const struct argp_state *state, const char *name,
			   const char *text, unsigned long min,
			   unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || value < min ||
	    value > max)
		argp_error(state,
			   "%s: \"%s\" must be a whole number from %lu to %lu",
			   name, text, min, max);
	return value;
}

/* "0,2-3" */
static void read_cpus(const struct argp_state *state, const char *text,
		      cpu_set_t *cpus)
{
	const char *at = text;

	CPU_ZERO(cpus);
	do {
		char *end;
		unsigned long first = strtoul(at, &end, 10), last = first;

		if (end != at && *end == '-') {
			at = end + 1;
			last = strtoul(at, &end, 10);
		}
		if (end == at || last < first || last >= CPU_SETSIZE ||
		    (*end && *end != ','))
			argp_error(state,
				   "--cpus: \"%s\" must be numbers or ranges, "
				   "as 0,2-3",
				   text);
		for (unsigned long cpu = first; cpu <= last; cpu++)
			CPU_SET(cpu, cpus);
		at = *end ? end + 1 : end;
	} while (*at);
}

static void set_backend(const struct argp_state *state, const char *name,
			struct options *o)
{
	o->net.backend = compute_find(name);
	if (!o->net.backend)
		argp_error(state, "--backend: \"%s\" must be dnnl or ref",
			   name);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'b':
		set_backend(state, arg, o);
		return 0;
	case 's':
		o->net.scale = real(state, "--scale", arg, 0.001, 1);
		return 0;
	case 'r':
		o->net.seed = whole(state, "--seed", arg, 0, ULONG_MAX);
		return 0;
	case 't':
		o->threads = whole(state, "--threads", arg, 1, 1024);
		return 0;
	case 'c':
		read_cpus(state, arg, &o->cpus);
		o->pin = true;
		return 0;
	case 'd':
		o->device = arg;
		return 0;
	case 'n':
		o->name = arg;
		return 0;
	case OPT_CLASS:
		o->class_name = arg;
		return 0;
	case 'm':
		o->models = arg;
		return 0;
	case OPT_WATTS:
		o->watts = real(state, "--watts", arg, 0, 1000);
		return 0;
	case OPT_MEASURE:
		o->measure = true;
		o->models = arg;
		return 0;
	case OPT_RUNS:
		o->runs = whole(state, "--runs", arg, 1, 1000);
		return 0;
	case OPT_PROFILES:
		o->profiles = arg;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "\"%s\": takes options only", arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	static const struct argp argp = { .options = options,
					  .parser = parse,
					  .doc = doc };

	*o = (struct options){
		.net = { .backend = compute_backends[0], .scale = 1, .seed = 1 },
		.class_name = "cpu",
		.watts = 10,
		.runs = 5,
	};
	sched_getaffinity(0, sizeof(o->cpus), &o->cpus);
	argp_err_exit_status = 2; /* as xrsched has it */
	argp_parse(&argp, argc, argv, 0, NULL, o);
	if (!o->threads)
		o->threads = o->pin ? CPU_COUNT(&o->cpus) : 1;
}

uint64_t energy_pj(const struct options *o, uint64_t busy_ns)
{
	/* A watt for a nanosecond is a nanojoule. */
	return llround(busy_ns * o->watts * 1000);
}
