/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Commands: "xrsched OBJECT VERB ARGUMENT…".
 *
 * A command is a row of a table.  The table is what is searched, what --help
 * shows and what argp parses, so that these three cannot differ.
 */
#ifndef CMD_H
#define CMD_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>

#define EXIT_USAGE 2 /* the command line is wrong; 1: what it asks for failed */

#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct app - What the options of every command say
 * @json: print JSON rather than text.
 * @device: number of the device, -1: not said.
 */
struct app {
	bool json;
	int device;
};

#define CMD_DEVICE (1U << 0) /* takes --device */
#define CMD_FIRST (1U << 1) /* options alone are for its first verb */

/**
 * struct cmd - A command, or a group of them
 * @name: the word that is typed.
 * @args: its arguments as usage shows them, NULL: none.
 * @brief: one line about it.
 * @doc: more, and examples; shown after the options, may be NULL.
 * @flags: CMD_*.
 * @verbs: a group: its commands, up to one without a name; of an object the
 *         first is meant when none is typed.  The rest is for a single command.
 * @options: its own options, may be NULL.
 * @parse: reads options and arguments into state->input, NULL: there are none.
 * @shared: options that it shares with others, may be NULL; @parse hands its
 *          input on when it gets ARGP_KEY_INIT.
 * @opts_size: what @parse and @run are given room for, zeroed.
 * @run: does it; returns the exit code.
 */
struct cmd {
	const char *name;
	const char *args;
	const char *brief;
	const char *doc;
	unsigned int flags;
	const struct cmd *verbs;
	const struct argp_option *options;
	argp_parser_t parse;
	const struct argp_child *shared;
	size_t opts_size;
	int (*run)(struct app *app, void *opts);
};

extern const struct cmd cmd_device;
extern const struct cmd cmd_engine;
extern const struct cmd cmd_model;
extern const struct cmd cmd_eval;
extern const struct cmd cmd_events;
extern const struct cmd cmd_policy;
extern const struct cmd cmd_probe;
extern const struct cmd cmd_record;
extern const struct cmd cmd_replay;
extern const struct cmd cmd_run;
extern const struct cmd cmd_bound;
extern const struct cmd cmd_sim;
extern const struct cmd cmd_stats;
extern const struct cmd cmd_top;
extern const struct cmd cmd_trace;
extern const struct cmd cmd_tune;
extern const struct cmd cmd_workload;

/**
 * cmd_main() - parse a command line and do what it says
 * @app: filled in on the way.
 * @cmd: what argv[0] names.
 * @argc: number of words.
 * @argv: words; the first is the command as it is to appear in messages.
 *
 * Return: the exit code; wrong use and --help exit from here.
 */
int cmd_main(struct app *app, const struct cmd *cmd, int argc, char **argv);

#endif /* CMD_H */
