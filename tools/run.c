// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched run: a workload on a device of the kernel, in real time.
 */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "bench.h"
#include "out.h"
#include "served.h"
#include "trouble.h"

#define MAX_ENGINES 64

static const char doc[] =
	"The module schedules; its simulated engines take as long as the "
	"models' tables say.  A device without engines is given those of the "
	"hardware, and they are removed at the end; a device that has exactly "
	"these is used as it is.  The device's policy is put back at the end.  "
	"Takes the group xrsched or root, and CAP_NET_ADMIN.\n"
	"\n"
	"  sudo xrsched run VR_Gaming --hw 4k-1ws2os --load 0.8 --seconds 5\n"
	"  sudo xrsched run AR_Social --hw 8k-1ws2os -p edf -p dream --device "
	"1\n"
	"  sudo xrsched run AR_Call --engines cpu:2 --scale 0.25\n"
	"\n"
	"With --engines, processes execute the layers for real: it measures "
	"what the models cost there, unless --profiles says, starts the "
	"processes (xrsched-engine-CLASS; CAP_SYS_ADMIN) and ends them.\n"
	"\n"
	"\"xrsched sim\" takes the same options and needs no privilege.";

/* A device that is lent to us, and what it has to look like afterwards. */
struct loan {
	struct xrsched *x;
	uint32_t number;
	struct xrsched_policy_spec policy;
	bool engines_are_ours;
};

static void on_signal(int number)
{
	(void)number;
	bench_interrupted = 1;
}

/*
 * A first signal ends the run in good order, a second one at once.  A reader
 * that goes away must not keep us from giving back what was borrowed.
 */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_RESETHAND };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Has the device exactly the engines that the hardware file lists? */
static bool same_engines(const struct bench *bench,
			 const struct xrsched_engine *engines, unsigned int nr)
{
	struct xrsched_workload_engine wanted;

	for (unsigned int i = 0; i < nr; i++)
		if (xrsched_workload_get_engine(bench->workload, i, &wanted) ||
		    strcmp(wanted.name, engines[i].name) ||
		    strcmp(wanted.class_name, engines[i].class_name))
			return false;
	/* Those that servers bring are not there yet. */
	return xrsched_workload_get_engine(bench->workload, nr, &wanted) ||
	       wanted.served;
}

static int refuse_engines(const struct loan *loan, const struct bench *bench,
			  const struct xrsched_engine *engines, unsigned int nr)
{
	fail("device %u has other engines than %s:", loan->number,
	     bench->hardware ? bench->hardware : "those that --engines brings");
	for (unsigned int i = 0; i < nr; i++)
		fprintf(stderr, "  %s (%s)%s", engines[i].name,
			engines[i].class_name, i + 1 < nr ? "" : "\n");
	fprintf(stderr,
		"  remove them: xrsched engine del all --device %u\n"
		"  or name the hardware that these are with --hw, or another "
		"device with --device\n",
		loan->number);
	return EXIT_FAILURE;
}

static int borrow_engines(struct loan *loan, const struct bench *bench)
{
	struct xrsched_engine engines[MAX_ENGINES];
	struct xrsched_error error;
	int nr = xrsched_engines_get(loan->x, engines, MAX_ENGINES);

	if (nr < 0)
		return trouble(nr,
			       "the engines of device %u cannot be seen: %s",
			       loan->number, strerror(-nr));
	if (nr)
		return same_engines(bench, engines, nr)
			       ? 0
			       : refuse_engines(loan, bench, engines, nr);
	loan->engines_are_ours = true;
	nr = xrsched_run_setup(loan->x, bench->workload, &error);
	return nr < 0 ? trouble(nr, "%s", error.text) : 0;
}

static bool is_wanted(const struct bench *bench,
		      const struct xrsched_engine *engine)
{
	struct xrsched_workload_engine wanted;

	for (unsigned int i = 0;
	     !xrsched_workload_get_engine(bench->workload, i, &wanted); i++)
		if (!strcmp(wanted.name, engine->name))
			return true;
	return false;
}

/* Removes what borrow_engines() made, not what others have added since. */
static int return_engines(const struct loan *loan, const struct bench *bench)
{
	struct xrsched_engine engines[MAX_ENGINES];
	struct xrsched_error error;
	int nr = xrsched_engines_get(loan->x, engines, MAX_ENGINES);
	int ret = 0;

	if (nr < 0)
		return trouble(nr, "device %u keeps its engines: %s",
			       loan->number, strerror(-nr));
	for (int i = 0; i < nr; i++) {
		int err = is_wanted(bench, &engines[i])
				  ? xrsched_engine_remove(loan->x,
							  engines[i].id, &error)
				  : 0;

		if (err)
			ret = trouble(err, "%s", error.text);
	}
	return ret;
}

static int return_policy(const struct loan *loan)
{
	struct xrsched_error error;
	int ret = xrsched_policy_set(loan->x, &loan->policy, &error);

	return ret ? trouble(ret, "%s", error.text) : 0;
}

/* Runs all policies on a device whose engines are there. */
static int run_policies(const struct loan *loan, struct bench *bench)
{
	int ret = 0;

	for (unsigned int i = 0; i < bench->nr_policies && !ret; i++)
		ret = bench_policy(bench, loan->x, i);
	if (return_policy(loan))
		ret = EXIT_FAILURE;
	return ret;
}

static int run_on_loan(struct loan *loan, struct bench *bench,
		       struct served *served)
{
	int ret = xrsched_policy_get(loan->x, &loan->policy);

	if (ret)
		return trouble(ret,
			       "the policy of device %u cannot be seen: %s",
			       loan->number, strerror(-ret));
	ret = borrow_engines(loan, bench);
	if (!ret)
		ret = served_start(served, loan->x, loan->number,
				   bench->workload);
	if (!ret)
		ret = run_policies(loan, bench);
	served_stop(served);
	if (loan->engines_are_ours && return_engines(loan, bench))
		ret = EXIT_FAILURE;
	return ret;
}

/**
 * struct run - Options of this command
 * @bench: those it shares with "sim".
 * @served: engines that are processes.
 */
struct run {
	struct bench bench;
	struct served served;
};

enum { OPT_SCALE = 512 };

static const struct argp_option run_options[] = {
	{ "scale", OPT_SCALE, "F", 0,
	  "With --engines: multiply the channels of every layer by F, "
	  "0.001 ... 1 (1)",
	  10 },
	{ 0 },
};

static error_t run_parse(int key, char *arg, struct argp_state *state)
{
	struct run *run = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &run->bench;
		return 0;
	case ARGP_KEY_END:
		if (run->served.scale && !run->bench.engines)
			argp_error(state, "--scale goes with --engines");
		if (run->bench.engines && run->bench.run.load > 0)
			argp_error(state, "--load: engines that execute layers "
					  "take the time they take");
		return 0;
	case OPT_SCALE:
		arg_real(state, "--scale", arg, 0.001, 1);
		run->served.scale = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp bench_argp = {
	.options = bench_options,
	.parser = bench_parse,
};

static const struct argp_child run_shared[] = {
	{ .argp = &bench_argp },
	{ 0 },
};

/* What its models cost on engines that are processes. */
static int measure_served(struct bench *bench, struct served *served)
{
	int ret;

	if (!bench->engines)
		return 0;
	served->engines = bench->engines;
	served->profiles = bench->profiles;
	if (!workload_named(XRSCHED_WORKLOAD_SCENARIO, bench->scenario))
		return EXIT_USAGE;
	ret = served_measure(served, bench->scenario, bench->costs);
	bench->profiles = served->profiles;
	return ret;
}

static int run_run(struct app *app, void *opts)
{
	struct run *run = opts;
	struct bench *bench = &run->bench;
	struct loan loan = { .number = device_number(app) };
	int ret = measure_served(bench, &run->served);

	if (!ret)
		ret = bench_load(bench, app);
	if (ret) {
		served_stop(&run->served);
		return ret;
	}
	catch_signals();
	ret = device_open(app, &loan.x);
	if (!ret) {
		ret = run_on_loan(&loan, bench, &run->served);
		xrsched_close(loan.x);
	}
	served_stop(&run->served);
	bench_end(bench);
	return ret;
}

const struct cmd cmd_run = {
	.name = "run",
	.args = BENCH_ARGS,
	.brief = "Run a workload in the kernel",
	.doc = doc,
	.flags = CMD_DEVICE,
	.options = run_options,
	.parse = run_parse,
	.shared = run_shared,
	.opts_size = sizeof(struct run),
	.run = run_run,
};
