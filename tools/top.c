// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched top: what engines and streams do, live.
 */
#include "top.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "child.h"
#include "clock.h"
#include "cmd.h"
#include "out.h"
#include "trouble.h"

#define ESCAPE 27

enum { OPT_ONCE = 256, OPT_WHOLE };

static const char doc[] =
	"Figures are of the last interval; P50 and P99 since the statistics "
	"were reset.  A stream that begins to miss deadlines is marked with "
	"!!, one that goes on with !.  \"?\" shows the keys.  Streams, and "
	"whose layer an engine runs, are shown to CAP_NET_ADMIN only.\n"
	"\n"
	"  sudo xrsched top\n"
	"  sudo xrsched top --sort uxcost --filter gaze\n"
	"  sudo xrsched top --once --interval 5\n"
	"  sudo xrsched top --json | jq '.streams[] | select(.missing).name'";

static const struct argp_option options[] = {
	{ "interval", 'i', "S", 0, "Time between two looks (1)", 1 },
	{ "once", OPT_ONCE, NULL, 0, "Print one interval and end", 2 },
	{ "count", 'n', "N", 0, "Print N intervals and end", 3 },
	{ "sort", 's', "COLUMN", 0,
	  "Sort streams by id, name, fps, p99, late, dropped, dlv, ne, uxcost",
	  4 },
	{ "filter", 'f', "TEXT", 0,
	  "Only streams with this in name or model, or of this process", 5 },
	{ "whole", OPT_WHOLE, NULL, 0,
	  "Since the statistics' reset, not of the last interval", 6 },
	{ 0 },
};

/**
 * struct top - Options of this command, and what it looks at
 * @screen: what the user has asked for.
 * @count: intervals to print, 0: until it is ended.
 * @print: no screen.
 * @control: who knows.
 * @then: the moment before.
 * @now: the latest moment.
 * @view: what happened in between.
 */
struct top {
	struct top_screen screen;
	uint64_t count;
	bool print;
	struct xrsched_control *control;
	struct top_sample then;
	struct top_sample now;
	struct top_view view;
};

static error_t top_parse(int key, char *arg, struct argp_state *state)
{
	struct top *top = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		top->screen.interval = 1;
		return 0;
	case 'i':
		top->screen.interval =
			arg_real(state, "--interval", arg, 0.1, 3600);
		return 0;
	case OPT_ONCE:
		top->count = 1;
		top->print = true;
		return 0;
	case 'n':
		top->count = arg_u64(state, "--count", arg, 1, INT64_MAX);
		top->print = true;
		return 0;
	case 's':
		top->screen.sort =
			arg_choice(state, "--sort", arg, top_sort_names);
		return 0;
	case 'f':
		if (strlen(arg) >= TOP_FILTER)
			argp_error(state, "--filter: at most %d characters",
				   TOP_FILTER - 1);
		strcpy(top->screen.filter, arg);
		return 0;
	case OPT_WHOLE:
		top->screen.whole = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* What was now is then. */
static int look(struct top *top)
{
	struct top_sample sample;
	int ret = top_sample(top->control, top->screen.device, &sample);

	if (ret) {
		top_sample_free(&sample);
		return ret;
	}
	top_sample_free(&top->then);
	top->then = top->now;
	top->now = sample;
	return 0;
}

/* Of what is there, without another look. */
static void show(struct top *top)
{
	top_view(&top->view, top->screen.whole ? NULL : &top->then, &top->now);
	top_sort(&top->view, top->screen.sort, top->screen.reverse,
		 top->screen.filter);
}

/* Nobody types there. */
static void sleep_until(uint64_t end_ns)
{
	while (!child_interrupted && now_ns() < end_ns)
		child_poll(-1, end_ns - now_ns());
}

/* ----- without a screen --------------------------------------------------- */

static void print(const struct app *app, const struct top *top)
{
	json_t *value = top_json(&top->view);

	if (app->json) {
		out_json(value);
	} else {
		top_text(value);
		if (top->count != 1)
			putchar('\n');
	}
	fflush(stdout);
	json_decref(value);
}

static int run_print(const struct app *app, struct top *top)
{
	uint64_t next_ns = now_ns();
	int ret = look(top);

	if (!ret && top->now.nr_streams == -EPERM)
		fputs("xrsched: streams are shown to CAP_NET_ADMIN only: say "
		      "it again with sudo to see them\n",
		      stderr);
	for (uint64_t i = 0; !ret && (!top->count || i < top->count); i++) {
		next_ns += top->screen.interval * NS;
		sleep_until(next_ns);
		if (child_interrupted)
			break;
		ret = look(top);
		if (ret)
			break;
		show(top);
		print(app, top);
	}
	return ret;
}

/* ----- with one ----------------------------------------------------------- */

static void type_filter(struct top_screen *screen, int key)
{
	size_t len = strlen(screen->filter);

	if (key == '\r' || key == '\n' || key == KEY_ENTER || key == ESCAPE)
		screen->typing = false;
	if (key == ESCAPE)
		screen->filter[0] = '\0';
	else if ((key == KEY_BACKSPACE || key == 127 || key == '\b') && len)
		screen->filter[len - 1] = '\0';
	else if (key >= ' ' && key < 127 && len + 1 < TOP_FILTER) {
		screen->filter[len] = key;
		screen->filter[len + 1] = '\0';
	}
}

static void next_device(struct top *top)
{
	struct xrsched_control_device *list;
	int nr = xrsched_control_devices(top->control, &list);
	uint32_t next = nr > 0 ? list[0].nr : top->screen.device;

	for (int i = nr; i-- > 0;)
		if (list[i].nr > top->screen.device)
			next = list[i].nr;
	if (nr >= 0)
		xrsched_free(list);
	if (next == top->screen.device)
		return;
	top->screen.device = next;
	top_sample_free(&top->now);
	look(top);
	top_sample_free(&top->then);
}

static void change_interval(struct top_screen *screen, double factor)
{
	double interval = screen->interval * factor;

	if (interval >= 0.1 && interval <= 3600)
		screen->interval = interval;
}

/* Returns false if it is to end. */
static bool press(struct top *top, int key)
{
	struct top_screen *screen = &top->screen;

	if (key == KEY_RESIZE)
		return true;
	if (screen->help) {
		screen->help = false;
		return true;
	}
	if (screen->typing) {
		type_filter(screen, key);
		return true;
	}
	switch (key) {
	case 'q':
		return false;
	case ' ':
	case 'p':
		screen->paused = !screen->paused;
		break;
	case 's':
		screen->sort = (screen->sort + 1) % TOP_SORTS;
		break;
	case 'S':
		screen->sort = (screen->sort + TOP_SORTS - 1) % TOP_SORTS;
		break;
	case 'r':
		screen->reverse = !screen->reverse;
		break;
	case '/':
		screen->typing = true;
		break;
	case ESCAPE:
		screen->filter[0] = '\0';
		break;
	case 'w':
		screen->whole = !screen->whole;
		break;
	case 'd':
		next_device(top);
		break;
	case '+':
		change_interval(screen, 2);
		break;
	case '-':
		change_interval(screen, 0.5);
		break;
	case KEY_UP:
		screen->scroll--;
		break;
	case KEY_DOWN:
		screen->scroll++;
		break;
	case '?':
	case 'h':
		screen->help = true;
		break;
	}
	return true;
}

/* A terminal that went away is readable for ever, with nothing to be read. */
static bool hung_up(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO };

	return poll(&fd, 1, 0) == 1 && fd.revents & (POLLHUP | POLLERR);
}

/* Keys until the next look; false if it is to end. */
static bool keys_until(struct top *top, uint64_t next_ns)
{
	uint64_t now;
	int key;

	while (!child_interrupted && (now = now_ns()) < next_ns) {
		child_poll(STDIN_FILENO, next_ns - now);
		if (hung_up())
			return false;
		while ((key = getch()) != ERR) {
			if (!press(top, key))
				return false;
			show(top);
			top_draw(&top->screen, &top->view);
		}
	}
	return !child_interrupted;
}

/* initscr() would end the program where the terminal is not known. */
static SCREEN *open_screen(void)
{
	const char *term = getenv("TERM");
	SCREEN *screen = newterm(NULL, stdout, stdin);
	const char *cup;

	if (!screen) {
		fail("what terminal this is, is not known (TERM is %s): add "
		     "--once or --json",
		     term && *term ? term : "not set");
		return NULL;
	}
	cup = tigetstr("cup");
	if (!cup || cup == (const char *)-1) {
		endwin();
		delscreen(screen);
		fail("a terminal that is %s has no screen to draw on: add "
		     "--once or --json",
		     term ? term : "unknown");
		return NULL;
	}
	return screen;
}

static int run_screen(struct top *top)
{
	SCREEN *screen;
	int ret = look(top);

	if (ret)
		return ret;
	screen = open_screen();
	if (!screen)
		return EXIT_FAILURE;
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(50);
	curs_set(0);
	/* ncurses has its own, which leave at once. */
	child_catch_signals();
	do {
		show(top);
		top_draw(&top->screen, &top->view);
		if (!keys_until(top, now_ns() + top->screen.interval * NS))
			break;
		if (!top->screen.paused)
			ret = look(top);
	} while (!ret);
	endwin();
	delscreen(screen);
	return ret;
}

static int top_run(struct app *app, void *opts)
{
	struct top *top = opts;
	bool print_it = top->print || app->json;
	int ret;

	if (!print_it && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
		fail("this is no terminal: add --once or --json");
		return EXIT_USAGE;
	}
	ret = control_connect(&top->control);
	if (ret)
		return ret;
	child_catch_signals();
	top->screen.device = device_number(app);
	ret = print_it ? run_print(app, top) : run_screen(top);
	/* While it goes, its family of netlink may be there or not. */
	if (ret == -ENOENT || ret == -EPROTONOSUPPORT)
		ret = fail("the xrsched module was unloaded");
	else if (ret < 0)
		ret = trouble_control(top->control, ret, "nothing to be seen");
	top_view_free(&top->view);
	top_sample_free(&top->then);
	top_sample_free(&top->now);
	xrsched_control_close(top->control);
	return ret;
}

const struct cmd cmd_top = {
	.name = "top",
	.brief = "Show what engines and streams do, live",
	.doc = doc,
	.flags = CMD_DEVICE,
	.options = options,
	.parse = top_parse,
	.opts_size = sizeof(struct top),
	.run = top_run,
};
