// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched: look at, set up and try out the scheduler.
 */
#include "cmd.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

static const struct cmd *const objects[] = {
	&cmd_sim,    &cmd_bound,  &cmd_run,   &cmd_workload, &cmd_policy,
	&cmd_device, &cmd_engine, &cmd_stats, &cmd_eval,     &cmd_record,
	&cmd_replay, &cmd_trace,  &cmd_probe, &cmd_events,   &cmd_model,
	&cmd_top,    &cmd_tune,
};

/*
 * "xrsched help OBJECT VERB" becomes "xrsched OBJECT VERB --help".
 */
static void help_to_option(int argc, char **argv)
{
	static char option[] = "--help";

	if (argc < 2 || strcmp(argv[1], "help"))
		return;
	for (int i = 2; i < argc; i++)
		argv[i - 1] = argv[i];
	argv[argc - 1] = option;
}

/* The table of objects, as commands need it: in a row, with an end. */
static const struct cmd *make_table(struct cmd *verbs)
{
	for (size_t i = 0; i < ELEMENTS(objects); i++)
		verbs[i] = *objects[i];
	return verbs;
}

int main(int argc, char **argv)
{
	struct cmd verbs[ELEMENTS(objects) + 1] = { 0 };
	const struct cmd root = {
		.name = "xrsched",
		.args = "OBJECT [VERB] [ARGUMENT...]",
		.brief = "Real-time scheduling of neural networks on many "
			 "accelerators.",
		.doc = "Words may be shortened as long as they stay clear: "
		       "\"xrsched w s VR_Gaming\".\n"
		       "\"xrsched help OBJECT [VERB]\" says more.\n"
		       "\n"
		       "Try it, without a kernel module or privileges:\n"
		       "  xrsched workload list\n"
		       "  xrsched workload show VR_Gaming\n"
		       "  xrsched sim VR_Gaming --hw 4k-1ws2os --load 0.8\n"
		       "\n"
		       "Exit code: 0 done, 1 failed, 2 wrong use.",
		.verbs = make_table(verbs),
	};
	static char name[] = "xrsched", option[] = "--help";
	char *no_words[] = { name, option, NULL };
	struct app app = { .device = -1 };
	int ret;

	setlocale(LC_CTYPE, "");
	argp_err_exit_status = EXIT_USAGE;
	help_to_option(argc, argv);
	if (argc < 2)
		return cmd_main(&app, &root, 2, no_words);
	argv[0] = name;
	ret = cmd_main(&app, &root, argc, argv);
	return out_close() ? EXIT_FAILURE : ret;
}
