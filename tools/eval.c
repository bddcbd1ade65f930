// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched eval: options, and which suite they are for.
 */
#include "eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/workload.h>
#include <xrsched/xrsched.h>

#include "args.h"
#include "eval_record.h"
#include "out.h"

#define DEFAULT_SECONDS 5
#define MAX_SEEDS 100000
#define MAX_SHARDS 10000
#define MAX_JOBS 1024

static const char doc[] =
	"Suite dream: simulates every policy on every scenario, hardware and "
	"load with several seeds, on all processors, and says how much lower "
	"dream-full's UXCost is than each other's: of each cell (scenario and "
	"hardware) the arithmetic mean over the seeds, of the cells' ratios "
	"the geometric mean, with 95 % intervals (bootstrap over seeds and "
	"over cells); and the same of the policy that a device begins with.  "
	"With --json a line per run, then a line per load.\n"
	"Suite tuner: after every change from one scenario to another, how "
	"many "
	"windows the search for alpha and beta takes to settle, and how UXCost "
	"of the pair it finds compares with the best of a grid of fixed "
	"pairs.\n"
	"Suite xrbench-compat: what XRBench's own programs would say.\n"
	"Suite tuner does not know --expired, --phase, --cascade, "
	"--estimate-error, --shard, "
	"--out and --resume; xrbench-compat knows --scenario, --size and "
	"--seed only.\n"
	"\n"
	"  xrsched eval --seeds 2 --seconds 1\n"
	"  xrsched eval --load 0.8 --policy edf --policy dream-full --json\n"
	"  xrsched eval --seeds 10 --shard 1/2 --resume ./one.jsonl\n"
	"  xrsched eval --merge ./one.jsonl ./two.jsonl\n"
	"  xrsched eval --suite xrbench-compat --size 4K\n";

enum {
	OPT_SUITE = 256,
	OPT_SEEDS,
	OPT_FIRST_SEED,
	OPT_SECONDS,
	OPT_SCENARIO,
	OPT_EXPIRED,
	OPT_PHASE,
	OPT_CASCADE,
	OPT_ERROR,
	OPT_SHARD,
	OPT_RESUME,
	OPT_OUT,
	OPT_MERGE,
	OPT_SIZE,
	OPT_SEED,
};

static const struct argp_option eval_options[] = {
	{ "suite", OPT_SUITE, "NAME", 0,
	  "dream, tuner or xrbench-compat (dream)", 1 },
	{ "seeds", OPT_SEEDS, "N", 0, "So many seeds (1)", 2 },
	{ "first-seed", OPT_FIRST_SEED, "K", 0, "From this one on (1)", 3 },
	{ "seconds", 's', "S", 0, "Length of a run (5)", 4 },
	{ "policy", 'p', "POLICY", 0,
	  "Policy: NAME[,PARAMETER=VALUE]...; may be repeated (all policies); "
	  "suite tuner: one (dream-tuned)",
	  5 },
	{ "load", 'l', "L,...", 0,
	  "asis: cost set asis at natural rates; natural: rsfix likewise; a "
	  "number: rsfix stretched to that load (asis,0.6,0.8,1.0,1.2)",
	  6 },
	{ "scenario", OPT_SCENARIO, "NAME,...", 0, "(DREAM's five)", 7 },
	{ "hw", 'w', "HW,...", 0, "(DREAM's eight)", 8 },
	{ "expired", OPT_EXPIRED, "HOW,...", 0,
	  "Expired frames: drop, demote, clamp (drop)", 9 },
	{ "phase", OPT_PHASE, "HOW,...", 0,
	  "Streams start aligned or random; both (aligned)", 10 },
	{ "cascade", OPT_CASCADE, "P,...", 0,
	  "Probability of every triggered frame, or scenario: as that says "
	  "(scenario)",
	  11 },
	{ "estimate-error", OPT_ERROR, "E,...", 0,
	  "What policies are told of latencies is off by up to this share, as "
	  "0.3, each layer on each class by its own (0)",
	  12 },
	{ "shard", OPT_SHARD, "I/N", 0,
	  "Part I of N, from 1; 0 is the last one's other name (1/1)", 12 },
	{ "resume", OPT_RESUME, "FILE", 0,
	  "Add to FILE what is missing there; the file may be new", 13 },
	{ "out", OPT_OUT, "FILE", 0, "Write the lines to FILE, anew", 14 },
	{ "jobs", 'J', "N", 0, "Processes (one per processor)", 15 },
	{ "merge", OPT_MERGE, NULL, 0,
	  "Run nothing: put the FILEs of several calls together", 16 },
	{ "size", OPT_SIZE, "SIZE", 0, "xrbench-compat: 4K or 8K (both)", 17 },
	{ "seed", OPT_SEED, "N", 0, "xrbench-compat: seed of its draws (0)",
	  18 },
	{ 0 },
};

/* Who heeds an option; not in the table: all do. */
enum { DREAM = 1, TUNER = 2, XRBENCH = 4, MERGE = 8 };

static const char *const suites[] = { "dream", "tuner", "xrbench-compat",
				      NULL };

static const struct {
	int key;
	unsigned int by;
} heeded[] = {
	{ OPT_SEEDS, DREAM | TUNER }, { OPT_FIRST_SEED, DREAM | TUNER },
	{ 's', DREAM | TUNER },	      { 'p', DREAM | TUNER },
	{ 'l', DREAM | TUNER },	      { OPT_SCENARIO, DREAM | TUNER | XRBENCH },
	{ 'w', DREAM | TUNER },	      { OPT_EXPIRED, DREAM },
	{ OPT_PHASE, DREAM },	      { OPT_CASCADE, DREAM },
	{ OPT_SHARD, DREAM },	      { OPT_RESUME, DREAM },
	{ OPT_OUT, DREAM | MERGE },   { 'J', DREAM | TUNER },
	{ OPT_SIZE, XRBENCH },	      { OPT_SEED, XRBENCH },
	{ OPT_ERROR, DREAM },
};

static void note_given(struct eval_options *options, int key)
{
	for (unsigned int i = 0; eval_options[i].name; i++)
		if (eval_options[i].key == key)
			options->given |= 1U << i;
}

/* What is not heeded is refused, so that nobody believes it was. */
static void check_heeded(const struct eval_options *options,
			 const struct argp_state *state)
{
	unsigned int who = DREAM;

	for (unsigned int i = 0; suites[i]; i++)
		if (!strcmp(suites[i], options->suite))
			who = 1U << i;
	if (options->merge && who != DREAM)
		argp_error(state, "--merge is of lines of suite dream");
	if (options->merge)
		who = MERGE;
	for (unsigned int i = 0; eval_options[i].name; i++)
		for (size_t h = 0; h < sizeof(heeded) / sizeof(*heeded); h++)
			if (options->given >> i & 1 &&
			    heeded[h].key == eval_options[i].key &&
			    !(heeded[h].by & who))
				argp_error(state, "--%s: %s%s does not heed it",
					   eval_options[i].name,
					   who == MERGE ? "--merge" : "suite ",
					   who == MERGE ? "" : options->suite);
	if (who == TUNER && options->policies.nr > 1)
		argp_error(state, "--policy: suite tuner takes one");
}

static void list_add(struct eval_list *list, const char *text,
		     const char *option, const struct argp_state *state)
{
	if (list->nr == EVAL_VALUES)
		argp_error(state, "%s: at most %d of them", option,
			   EVAL_VALUES);
	if (!*text || strlen(text) >= EVAL_POLICY)
		argp_error(state, "%s \"%s\": empty or too long", option, text);
	list->text[list->nr++] = text;
}

/* The parts of a text between commas; the text is cut up. */
static void list_split(struct eval_list *list, char *text, const char *option,
		       const struct argp_state *state)
{
	char *part;

	while ((part = strsep(&text, ",")) != NULL) {
		if (strlen(part) >= EVAL_NAME)
			argp_error(state, "%s \"%s\": too long", option, part);
		list_add(list, part, option, state);
	}
}

/* Numbers in one way of writing, so that 0.8 and 0.80 are the same run. */
static void list_numbers(struct eval_list *list, const char *option,
			 const char *const *words, double min, double max,
			 const struct argp_state *state)
{
	for (unsigned int i = 0; i < list->nr; i++) {
		const char *const *word = words;
		double number;
		char *text;

		while (*word && strcmp(*word, list->text[i]))
			word++;
		if (*word)
			continue;
		number = arg_real(state, option, list->text[i], min, max);
		if (asprintf(&text, "%.10g%s", number,
			     number == (int)number ? ".0" : "") < 0)
			out_of_memory();
		list->text[i] = text;
	}
}

static void list_words(const struct eval_list *list, const char *option,
		       const char *const *words, const struct argp_state *state)
{
	for (unsigned int i = 0; i < list->nr; i++)
		arg_choice(state, option, list->text[i], words);
}

/* What an option stands for when it was not given. */
static void list_default(struct eval_list *list, const char *const *words)
{
	if (list->nr)
		return;
	for (; *words; words++)
		list->text[list->nr++] = *words;
}

static void add_policy(struct eval_options *options, const char *text,
		       const struct argp_state *state)
{
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	char *given;

	if (xrsched_policy_parse(text, &spec, &error))
		argp_error(state, "--policy: %s", error.text);
	given = malloc(EVAL_POLICY);
	if (!given)
		out_of_memory();
	if (xrsched_policy_format(&spec, given, EVAL_POLICY) >= EVAL_POLICY)
		argp_error(state, "--policy \"%s\": too long", text);
	list_add(&options->policies, given, "--policy", state);
}

static void all_policies(struct eval_options *options,
			 const struct argp_state *state)
{
	struct xrsched_policy_info info;

	for (unsigned int i = 0; !xrsched_policy_get_info(i, &info); i++)
		add_policy(options, info.name, state);
}

static void fill_in(struct eval_options *options,
		    const struct argp_state *state)
{
	static const char *const scenarios[] = {
		"AR_Call",	 "AR_Social", "Drone_Indoor",
		"Drone_Outdoor", "VR_Gaming", NULL,
	};
	static const char *const hardware[] = {
		"4k-1os2ws", "4k-1ws2os", "4k-2os", "4k-2ws", "8k-1os2ws",
		"8k-1ws2os", "8k-2os",	  "8k-2ws", NULL,
	};
	static const char *const loads[] = { "asis", "0.6", "0.8",
					     "1.0",  "1.2", NULL };
	static const char *const phases[] = { "aligned", "random", NULL };
	static const char *const first_phase[] = { "aligned", NULL };
	static const char *const expired[] = { "drop", "demote", "clamp",
					       NULL };
	static const char *const first_expired[] = { "drop", NULL };
	static const char *const cost_words[] = { "asis", "natural", NULL };
	static const char *const cascades[] = { "scenario", NULL };
	static const char *const errors[] = { "0", NULL };

	options->scenario =
		options->scenarios.nr ? options->scenarios.text[0] : NULL;
	list_numbers(&options->loads, "--load", cost_words, 0.001, 100, state);
	list_numbers(&options->cascades, "--cascade", cascades, 0, 1, state);
	list_numbers(&options->errors, "--estimate-error", errors, 0, 0.99,
		     state);
	list_words(&options->phases, "--phase", phases, state);
	list_words(&options->expired, "--expired", expired, state);
	list_default(&options->scenarios, scenarios);
	list_default(&options->hardware, hardware);
	list_default(&options->loads, loads);
	list_default(&options->phases, first_phase);
	list_default(&options->expired, first_expired);
	list_default(&options->cascades, cascades);
	list_default(&options->errors, errors);
	if (!options->policies.nr && !strcmp(options->suite, "tuner"))
		add_policy(options, "dream-tuned", state);
	if (!options->policies.nr)
		all_policies(options, state);
	if (options->merge != (options->files.nr > 0))
		argp_error(state, "--merge goes with the names of files, and "
				  "they with it");
}

static void parse_shard(struct eval_options *options, char *arg,
			const struct argp_state *state)
{
	char *slash = strchr(arg, '/');

	if (!slash)
		argp_error(state, "--shard \"%s\": must be I/N, as 1/4", arg);
	*slash = '\0';
	options->nr_shards =
		arg_u64(state, "--shard", slash + 1, 1, MAX_SHARDS);
	options->shard = arg_u64(state, "--shard", arg, 0, options->nr_shards) %
			 options->nr_shards;
}

static error_t parse_list(struct eval_options *options, int key, char *arg,
			  const struct argp_state *state)
{
	static char both[] = "aligned,random";

	switch (key) {
	case 'p':
		add_policy(options, arg, state);
		break;
	case 'l':
		list_split(&options->loads, arg, "--load", state);
		break;
	case 'w':
		list_split(&options->hardware, arg, "--hw", state);
		break;
	case OPT_SCENARIO:
		list_split(&options->scenarios, arg, "--scenario", state);
		break;
	case OPT_EXPIRED:
		list_split(&options->expired, arg, "--expired", state);
		break;
	case OPT_PHASE:
		list_split(&options->phases, strcmp(arg, "both") ? arg : both,
			   "--phase", state);
		break;
	case OPT_CASCADE:
		list_split(&options->cascades, arg, "--cascade", state);
		break;
	case OPT_ERROR:
		list_split(&options->errors, arg, "--estimate-error", state);
		break;
	case ARGP_KEY_ARG:
		list_add(&options->files, arg, "FILE", state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static error_t parse_number(struct eval_options *options, int key, char *arg,
			    const struct argp_state *state)
{
	switch (key) {
	case OPT_SEEDS:
		options->nr_seeds =
			arg_u64(state, "--seeds", arg, 1, MAX_SEEDS);
		break;
	case OPT_FIRST_SEED:
		options->first_seed = arg_u64(state, "--first-seed", arg, 0,
					      INT64_MAX - MAX_SEEDS);
		break;
	case OPT_SEED:
		options->seed = arg_u64(state, "--seed", arg, 0, UINT32_MAX);
		break;
	case 's':
		options->seconds =
			arg_real(state, "--seconds", arg, 0.001, 1e6);
		break;
	case 'J':
		options->jobs = arg_u64(state, "--jobs", arg, 1, MAX_JOBS);
		break;
	case OPT_SHARD:
		parse_shard(options, arg, state);
		break;
	default:
		return parse_list(options, key, arg, state);
	}
	return 0;
}

static error_t eval_parse(int key, char *arg, struct argp_state *state)
{
	struct eval_options *options = state->input;

	note_given(options, key);
	switch (key) {
	case ARGP_KEY_INIT:
		options->suite = suites[0];
		options->nr_seeds = 1;
		options->first_seed = 1;
		options->seconds = DEFAULT_SECONDS;
		options->nr_shards = 1;
		break;
	case ARGP_KEY_END:
		check_heeded(options, state);
		fill_in(options, state);
		break;
	case OPT_SUITE:
		options->suite =
			suites[arg_choice(state, "--suite", arg, suites)];
		break;
	case OPT_SIZE:
		options->size = arg;
		break;
	case OPT_OUT:
	case OPT_RESUME:
		if (options->out)
			argp_error(state, "one of --out and --resume");
		options->out = arg;
		options->resume = key == OPT_RESUME;
		break;
	case OPT_MERGE:
		options->merge = true;
		break;
	default:
		return parse_number(options, key, arg, state);
	}
	return 0;
}

static bool names_known(const struct eval_list *list,
			enum xrsched_workload_kind kind)
{
	for (unsigned int i = 0; i < list->nr; i++)
		if (!workload_named(kind, list->text[i]))
			return false;
	return true;
}

static int eval_run_suite(struct app *app, void *opts)
{
	struct eval_options *options = opts;

	options->app = app;
	if (options->merge)
		return eval_merge(options);
	if (!strcmp(options->suite, "xrbench-compat"))
		return eval_xrbench(options);
	if (!names_known(&options->scenarios, XRSCHED_WORKLOAD_SCENARIO) ||
	    !names_known(&options->hardware, XRSCHED_WORKLOAD_HARDWARE))
		return EXIT_USAGE;
	if (!strcmp(options->suite, "tuner"))
		return eval_tuner(options);
	return eval_dream(options);
}

const struct cmd cmd_eval = {
	.name = "eval",
	.args = "[FILE...]",
	.brief = "Compare policies over scenarios, hardware and loads",
	.doc = doc,
	.options = eval_options,
	.parse = eval_parse,
	.opts_size = sizeof(struct eval_options),
	.run = eval_run_suite,
};
