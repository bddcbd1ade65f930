// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched sim: a workload on simulated engines in virtual time.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/record.h>

#include "args.h"
#include "bench.h"
#include "harness.h"
#include "out.h"
#include "trouble.h"

static const char doc[] =
	"The scheduler of the kernel module runs inside this program, on "
	"engines that take as long as the models' tables say; virtual time "
	"does not wait.  Nothing is needed but the files.\n"
	"\n"
	"  xrsched sim VR_Gaming --hw 4k-1ws2os\n"
	"  xrsched sim VR_Gaming --hw 4k-1ws2os --load 0.8 -p fcfs -p dream\n"
	"  xrsched sim AR_Call --hw 8k-2ws -p dream,alpha=0.5,expired=clamp\n"
	"  xrsched sim ./mine.json --hw ./board.json --json | jq .uxcost\n"
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
 */
struct sim {
	struct bench bench;
	bool compat;
	const char *record;
};

static const struct argp_option sim_options[] = {
	{ "compat", 'c', "WHAT", 0,
	  "xrbench: do as XRBench's own programs do; only --hw, --seed (0) and "
	  "--costs go with it",
	  9 },
	{ "record", 'r', "FILE", 0,
	  "Record all that the scheduler is told and decides, for \"xrsched "
	  "replay\"; one policy only",
	  10 },
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

static int simulate_on(struct bench *bench, struct xrsched *x,
		       unsigned int index)
{
	struct xrsched_error error;
	int ret = xrsched_run_setup(x, bench->workload, &error);

	return ret < 0 ? trouble(ret, "%s", error.text)
		       : bench_policy(bench, x, index);
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
	ret = simulate_on(&sim->bench, x, 0);
	err = xrsched_record_stop(recorder, NULL);
	if (close(fd) && !err)
		err = -errno;
	return err ? fail("%s: %s", sim->record, strerror(-err)) : ret;
}

static int simulate(struct sim *sim, unsigned int index)
{
	struct xrsched *x;
	int ret = xrsched_open_sim(NULL, &x);

	if (ret)
		return trouble(ret, "the simulator could not be set up");
	ret = sim->record ? simulate_recorded(sim, x)
			  : simulate_on(&sim->bench, x, index);
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
