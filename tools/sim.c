// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched sim: a workload on simulated engines in virtual time.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/fault.h>
#include <xrsched/record.h>

#include "args.h"
#include "bench.h"
#include "engine.h"
#include "harness.h"
#include "out.h"
#include "trouble.h"

#define SIM_ENGINES 64 /* a device has no more */

static const char doc[] =
	"The scheduler of the kernel module runs inside this program, on "
	"engines that take as long as the models' tables say; virtual time "
	"does not wait.  Nothing is needed but the files.\n"
	"\n"
	"  xrsched sim VR_Gaming --hw 4k-1ws2os\n"
	"  xrsched sim VR_Gaming --hw 4k-1ws2os --load 0.8 -p fcfs -p dream\n"
	"  xrsched sim AR_Call --hw 8k-2ws -p dream,alpha=0.5,expired=clamp\n"
	"  xrsched sim ./mine.json --hw ./board.json --json | jq .uxcost\n"
	"  xrsched sim AR_Call --hw 4k-1ws2os --fault os0:hang@5s+1s/10s\n"
	"  xrsched sim xrbench-VR_gaming --hw xrbench-4k-b --compat xrbench\n"
	"\n"
	"DLV: share of frames that were late or lost, summed over the streams; "
	"NE: energy over worst-case energy, summed likewise; UXCost = DLV x "
	"NE; "
	"honest UXCost counts late and lost frames at their worst-case "
	"energy.\n"
	"\n"
	"With --compat xrbench the scheduler is that of XRBench's own "
	"programs, "
	"with their length of 0.7 s and their habits: no policy, no load.";

/**
 * struct sim - Options of this command
 * @bench: those it shares with "run".
 * @compat: the harness of XRBench instead of a policy.
 * @record: file for a recording, NULL: none.
 * @fault: what is to go wrong.
 * @nr_faults: how many such specifications.
 * @guard: what is done about it, NULL: as the module does it.
 * @error: how far estimates are off.
 */
struct sim {
	struct bench bench;
	bool compat;
	const char *record;
	const char *fault[ENGINE_SPECS];
	unsigned int nr_faults;
	const char *guard;
	double error;
};

enum { OPT_ERROR = 512 };

static const struct argp_option sim_options[] = {
	{ "compat", 'c', "WHAT", 0,
	  "xrbench: do as XRBench's own programs do; only --hw, --seed (0) and "
	  "--costs go with it",
	  9 },
	{ "record", 'r', "FILE", 0,
	  "Record all that the scheduler is told and decides, for \"xrsched "
	  "replay\"; one policy only",
	  10 },
	{ "fault", 'f', "[ENGINE:]SPEC", 0,
	  "What goes wrong, as \"xrsched engine fault\" takes it: "
	  "hang=1%,error=1%,seed=7 or os0:hang@5s+1s/10s; may be repeated",
	  11 },
	{ "guard", 'g', "SPEC", 0,
	  "What is done about it, as \"xrsched engine guard\" takes it: "
	  "floor=50ms,retries=1",
	  12 },
	{ "estimate-error", OPT_ERROR, "E", 0,
	  "What the policy is told of latencies is off by up to this share, as "
	  "0.3, each layer on each class by its own, by --seed (0)",
	  13 },
	{ 0 },
};

static void check_record(const struct sim *sim, const struct argp_state *state)
{
	if (sim->record && sim->compat)
		argp_error(state, "--record has no meaning with --compat");
	if (sim->record && sim->bench.nr_policies > 1)
		argp_error(state, "--record takes one policy at a time");
}

static void check_compat(const struct sim *sim, const struct argp_state *state)
{
	if (!sim->compat)
		return;
	if (sim->nr_faults || sim->guard || sim->error > 0)
		argp_error(state, "--fault, --guard and --estimate-error have "
				  "no meaning with --compat");
	if (sim->bench.given)
		argp_error(state,
			   "%s has no meaning with --compat xrbench, which "
			   "takes --hw, --seed and --costs",
			   sim->bench.given);
	if (sim->bench.seed_given && sim->bench.run.seed > UINT32_MAX)
		argp_error(state,
			   "--seed: 0 ... %" PRIu32 " with --compat xrbench",
			   UINT32_MAX);
}

/* What cannot be read is said before anything is run. */
static void check_fault(const char *arg, const struct argp_state *state)
{
	struct xrsched_fault_plan plan;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];

	if (xrsched_fault_parse(arg, which, &plan, &error))
		argp_error(state, "%s", error.text);
}

static void check_guard(const char *arg, const struct argp_state *state)
{
	struct xrsched_guard guard;
	struct xrsched_error error;

	if (xrsched_guard_parse(arg, &guard, &error))
		argp_error(state, "%s", error.text);
}

static error_t sim_parse(int key, char *arg, struct argp_state *state)
{
	static const char *const harnesses[] = { "xrbench", NULL };
	struct sim *sim = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &sim->bench;
		return 0;
	case ARGP_KEY_END:
		check_compat(sim, state);
		check_record(sim, state);
		return 0;
	case 'c':
		arg_choice(state, "--compat", arg, harnesses);
		sim->compat = true;
		return 0;
	case 'r':
		sim->record = arg;
		return 0;
	case 'f':
		if (sim->nr_faults == ENGINE_SPECS)
			argp_error(state, "--fault: %d times at most",
				   ENGINE_SPECS);
		check_fault(arg, state);
		sim->fault[sim->nr_faults++] = arg;
		return 0;
	case 'g':
		check_guard(arg, state);
		sim->guard = arg;
		return 0;
	case OPT_ERROR:
		sim->error = arg_real(state, "--estimate-error", arg, 0, 0.99);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp bench_argp = {
	.options = bench_options,
	.parser = bench_parse,
};

static const struct argp_child sim_shared[] = {
	{ .argp = &bench_argp },
	{ 0 },
};

static bool is_meant(const char *which, const struct xrsched_engine *engine)
{
	char number[16];

	snprintf(number, sizeof(number), "%u", engine->id);
	return !strcmp(which, "all") || !strcmp(which, number) ||
	       !strcmp(which, engine->name);
}

/* One specification after the other, for each engine; 0 or the exit code. */
static int set_faults(const struct sim *sim, struct xrsched *x)
{
	struct xrsched_engine engine[SIM_ENGINES];
	bool used[ENGINE_SPECS] = { false };
	int nr = xrsched_engines_get(x, engine, SIM_ENGINES);
	struct xrsched_error error;

	for (int e = 0; e < nr; e++) {
		struct xrsched_fault_plan plan = { 0 }, more;
		char which[XRSCHED_NAME_LEN];
		bool meant = false;

		for (unsigned int i = 0; i < sim->nr_faults; i++) {
			xrsched_fault_parse(sim->fault[i], which, &more, NULL);
			if (!is_meant(which, &engine[e]))
				continue;
			used[i] = meant = true;
			if (fault_merge(&plan, &more))
				return fail("--fault: a script has at most %d "
					    "steps",
					    XRSCHED_FAULT_STEPS);
		}
		if (meant &&
		    xrsched_engine_fault(x, engine[e].id, &plan, &error))
			return fail("--fault: %s", error.text);
	}
	for (unsigned int i = 0; i < sim->nr_faults; i++)
		if (!used[i])
			return fail("--fault %s: there is no such engine",
				    sim->fault[i]);
	return 0;
}

static int set_guard(const struct sim *sim, struct xrsched *x)
{
	struct xrsched_guard guard;
	struct xrsched_error error;

	if (!sim->guard)
		return 0;
	xrsched_guard_get(x, &guard);
	xrsched_guard_parse(sim->guard, &guard, NULL);
	return xrsched_guard_set(x, &guard, &error)
		       ? fail("--guard: %s", error.text)
		       : 0;
}

static int simulate_on(struct sim *sim, struct xrsched *x, unsigned int index)
{
	struct bench *bench = &sim->bench;
	struct xrsched_error error;
	int ret = xrsched_run_setup(x, bench->workload, &error);

	if (ret < 0)
		return trouble(ret, "%s", error.text);
	ret = set_guard(sim, x);
	if (!ret)
		ret = set_faults(sim, x);
	return ret ? ret : bench_policy(bench, x, index);
}

static int simulate_recorded(struct sim *sim, struct xrsched *x)
{
	struct xrsched_recorder *recorder;
	struct xrsched_error error;
	int fd, ret, err;

	fd = open(sim->record, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail("%s: %s", sim->record, strerror(errno));
	ret = xrsched_record_start(x, fd, NULL, &recorder, &error);
	if (ret) {
		close(fd);
		return fail("%s: %s", sim->record, error.text);
	}
	ret = simulate_on(sim, x, 0);
	err = xrsched_record_stop(recorder, NULL);
	if (close(fd) && !err)
		err = -errno;
	return err ? fail("%s: %s", sim->record, strerror(-err)) : ret;
}

static int simulate(struct sim *sim, unsigned int index)
{
	const struct xrsched_sim_opts opts = {
		.size = sizeof(opts),
		.estimate_error_ppm = sim->error * XRSCHED_PPM + 0.5,
		.estimate_seed = sim->bench.run.seed,
	};
	struct xrsched *x;
	int ret = xrsched_open_sim(&opts, &x);

	if (ret)
		return trouble(ret, "the simulator could not be set up");
	ret = sim->record ? simulate_recorded(sim, x)
			  : simulate_on(sim, x, index);
	xrsched_close(x);
	return ret;
}

static int sim_run(struct app *app, void *opts)
{
	struct sim *sim = opts;
	struct bench *bench = &sim->bench;
	int ret = bench_load(bench, app);

	if (ret)
		return ret;
	if (sim->compat) {
		ret = harness(app, bench->workload,
			      bench->seed_given ? bench->run.seed : 0);
		bench_end(bench);
		return ret;
	}
	for (unsigned int i = 0; i < bench->nr_policies && !ret; i++)
		ret = simulate(sim, i);
	bench_end(bench);
	return ret;
}

const struct cmd cmd_sim = {
	.name = "sim",
	.args = BENCH_ARGS,
	.brief = "Run a workload in a simulator",
	.doc = doc,
	.options = sim_options,
	.parse = sim_parse,
	.shared = sim_shared,
	.opts_size = sizeof(struct sim),
	.run = sim_run,
};
