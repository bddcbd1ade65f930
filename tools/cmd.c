// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the words of a command line to the command that they name.
 */
#include "cmd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrsched.h>

#include "args.h"
#include "out.h"

#define NAME_SIZE 64 /* "xrsched workload check" */
#define MAX_DEVICE 255

enum { OPT_USAGE = 1024 };

/*
 * Groups below 0 come last.  argp would add --help and --version itself, but
 * without -h, and with remarks.
 */
static const struct argp_option common_options[] = {
	{ "json", 'j', NULL, 0, "Print JSON, one value per line", -2 },
	{ "help", 'h', NULL, 0, "Print this help", -1 },
	{ "version", 'V', NULL, 0, "Print the version", -1 },
	{ "usage", OPT_USAGE, NULL, OPTION_HIDDEN, NULL, -1 },
	{ 0 },
};

static error_t common_parse(int key, char *arg, struct argp_state *state)
{
	struct app *app = state->input;

	(void)arg;
	switch (key) {
	case 'j':
		app->json = true;
		return 0;
	case 'h':
		argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
		return 0;
	case 'V':
		printf("xrsched %s\n", xrsched_version());
		exit(out_close());
	case OPT_USAGE:
		argp_state_help(state, stdout,
				ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp common = {
	.options = common_options,
	.parser = common_parse,
};

static const struct argp_option device_options[] = {
	{ "device", 'd', "N", 0, "The device /dev/xrschedN", -2 },
	{ 0 },
};

static error_t device_parse(int key, char *arg, struct argp_state *state)
{
	struct app *app = state->input;

	if (key != 'd')
		return ARGP_ERR_UNKNOWN;
	app->device = arg_u64(state, "--device", arg, 0, MAX_DEVICE);
	return 0;
}

static const struct argp device = {
	.options = device_options,
	.parser = device_parse,
};

/* What one level of the command line is parsed into. */
struct level {
	struct app *app;
	const struct cmd *cmd;
	void *opts;
	int rest; /* index of the first word that was left for the next level */
};

static error_t level_parse(int key, char *arg, struct argp_state *state)
{
	struct level *level = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = level->app;
		state->child_inputs[1] = level->cmd->verbs ? NULL : level->opts;
		if (level->cmd->flags & CMD_DEVICE)
			state->child_inputs[2] = level->app;
		return 0;
	case ARGP_KEY_ARGS:
		if (!level->cmd->verbs)
			return ARGP_ERR_UNKNOWN;
		level->rest = state->next;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Text for --help: the line, the commands of a group, what else there is. */
static char *describe(const struct cmd *cmd)
{
	const struct cmd *verb;
	size_t size;
	char *text = NULL;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		out_of_memory();
	fprintf(file, "%s\n", cmd->brief);
	for (verb = cmd->verbs; verb && verb->name; verb++) {
		char usage[NAME_SIZE];

		snprintf(usage, sizeof(usage), "%s %s", verb->name,
			 verb->args ? verb->args : "");
		fprintf(file, "%s  %-22s %s\n", verb == cmd->verbs ? "\n" : "",
			usage, verb->brief);
	}
	fprintf(file, "\v%s", cmd->doc ? cmd->doc : "");
	if (fclose(file))
		out_of_memory();
	return text;
}

/* Our options have their argument wherever they are shown: no note on that. */
static char *filter_help(int key, const char *text, void *input)
{
	(void)input;
	return key == ARGP_KEY_HELP_DUP_ARGS_NOTE ? NULL : (char *)text;
}

/* Parses the words of one level; returns how many of them it took. */
static int parse_level(struct level *level, int argc, char **argv)
{
	const struct cmd *cmd = level->cmd;
	const struct argp own = { .options = cmd->options,
				  .parser = cmd->parse,
				  .children = cmd->shared };
	const struct argp_child children[] = {
		{ .argp = &common, .group = -1 },
		{ .argp = &own },
		{ .argp = cmd->flags & CMD_DEVICE ? &device : NULL },
		{ 0 },
	};
	char *doc = describe(cmd);
	const struct argp argp = {
		.parser = level_parse,
		.args_doc = cmd->args,
		.doc = doc,
		.children = children,
		.help_filter = filter_help,
	};

	level->rest = argc;
	if (argp_parse(&argp, argc, argv,
		       ARGP_NO_HELP | (cmd->verbs ? ARGP_IN_ORDER : 0), NULL,
		       level))
		out_of_memory();
	free(doc);
	return level->rest;
}

/* The names that begin with @word, or all names, as "a, b, c". */
static void list_names(const struct cmd *verbs, const char *word, char *text,
		       size_t size)
{
	const char *comma = "";
	size_t used = 0;

	text[0] = '\0';
	for (; verbs->name && used < size; verbs++) {
		if (strncmp(verbs->name, word, strlen(word)))
			continue;
		used += snprintf(text + used, size - used, "%s%s", comma,
				 verbs->name);
		comma = ", ";
	}
}

/* The command that a word, or the beginning of one, names.  Exits if none. */
static const struct cmd *find(const struct cmd *verbs, const char *word,
			      const char *where)
{
	const struct cmd *cmd, *found = NULL;
	unsigned int matches = 0;
	char names[256];

	for (cmd = verbs; cmd->name; cmd++) {
		if (!strcmp(cmd->name, word))
			return cmd;
		if (*word && !strncmp(cmd->name, word, strlen(word))) {
			found = cmd;
			matches++;
		}
	}
	if (matches == 1)
		return found;
	list_names(verbs, matches ? word : "", names, sizeof(names));
	fprintf(stderr,
		matches ? "%s: \"%s\" may be any of: %s\n"
			: "%s: no command \"%s\"; there are: %s\n",
		where, word, names);
	fprintf(stderr, "Try \"%s --help\".\n", where);
	exit(EXIT_USAGE);
}

static int run_single(struct app *app, const struct cmd *cmd, int argc,
		      char **argv)
{
	struct level level = { .app = app, .cmd = cmd };
	int ret;

	level.opts = calloc(1, cmd->opts_size + 1);
	if (!level.opts)
		out_of_memory();
	parse_level(&level, argc, argv);
	ret = cmd->run(app, level.opts);
	free(level.opts);
	return ret;
}

/* Are there options, other than for help, and no word that may be a verb? */
static bool only_options(const struct cmd *cmd, int argc, char **argv)
{
	if (!(cmd->flags & CMD_FIRST) || argc < 2 || *argv[1] != '-')
		return false;
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return false;
		for (const struct cmd *verb = cmd->verbs; verb->name; verb++)
			if (*argv[i] &&
			    !strncmp(verb->name, argv[i], strlen(argv[i])))
				return false;
	}
	return true;
}

static int run_group(struct app *app, const struct cmd *cmd, int argc,
		     char **argv)
{
	struct level level = { .app = app, .cmd = cmd };
	const struct cmd *verb = cmd->verbs;
	char name[NAME_SIZE];
	int rest = 0;

	if (!only_options(cmd, argc, argv)) {
		rest = parse_level(&level, argc, argv);
		if (rest < argc)
			verb = find(cmd->verbs, argv[rest], argv[0]);
		else
			rest--;
	}
	snprintf(name, sizeof(name), "%s %s", argv[0], verb->name);
	argv[rest] = name;
	return cmd_main(app, verb, argc - rest, argv + rest);
}

int cmd_main(struct app *app, const struct cmd *cmd, int argc, char **argv)
{
	return cmd->verbs ? run_group(app, cmd, argc, argv)
			  : run_single(app, cmd, argc, argv);
}
