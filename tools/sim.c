// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched sim: a workload on simulated engines in virtual time.
 */
#include "bench.h"
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
	"\n"
	"DLV: share of frames that were late or lost, summed over the streams; "
	"NE: energy over worst-case energy, summed likewise; UXCost = DLV x "
	"NE; "
	"honest UXCost counts late and lost frames at their worst-case energy.";

static int simulate(struct bench *bench, unsigned int index)
{
	struct xrsched_error error;
	struct xrsched *x;
	int ret = xrsched_open_sim(NULL, &x);

	if (ret)
		return trouble(ret, "the simulator could not be set up");
	ret = xrsched_run_setup(x, bench->workload, &error);
	if (ret < 0)
		ret = trouble(ret, "%s", error.text);
	else
		ret = bench_policy(bench, x, index);
	xrsched_close(x);
	return ret;
}

static int sim_run(struct app *app, void *opts)
{
	struct bench *bench = opts;
	int ret = bench_load(bench, app);

	if (ret)
		return ret;
	for (unsigned int i = 0; i < bench->nr_policies && !ret; i++)
		ret = simulate(bench, i);
	bench_end(bench);
	return ret;
}

const struct cmd cmd_sim = {
	.name = "sim",
	.args = BENCH_ARGS,
	.brief = "Run a workload in a simulator",
	.doc = doc,
	.options = bench_options,
	.parse = bench_parse,
	.opts_size = sizeof(struct bench),
	.run = sim_run,
};
