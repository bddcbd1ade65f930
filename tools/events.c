// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched events: what happens on the devices, as it happens.
 */
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "child.h"
#include "clock.h"
#include "cmd.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

#define LAST_NS 300000000 /* how long the last events are waited for */

enum { OPT_ENGINE = 256, OPT_CLIENT };

static const char doc[] =
	"Follows missed deadlines, dropped frames, engines that come, go or "
	"fail, changes of policy and steps of the tuner, of all devices unless "
	"--device names one, until Ctrl-C, or the end of the command, whose "
	"output goes to stderr.  Takes CAP_NET_ADMIN.\n"
	"\n"
	"The kernel sends event_rate events a second at most (module "
	"parameter).  What is lost, there or because this program was too slow "
	"for it, is told in its place (\"lost\", whatever the filters) and at "
	"the end; the exit code is 1 then.\n"
	"\n"
	"  sudo xrsched events\n"
	"  sudo xrsched events --kind deadline-miss --stream gaze\n"
	"  sudo xrsched events --kind engine-fault,engine-down --count 1\n"
	"  sudo xrsched events --json -- xrsched run AR_Call --hw 4k-2ws | jq "
	".reason\n"
	"\n"
	"Kinds: deadline-miss, drop, engine-up, engine-down, engine-fault, "
	"policy-change, tuner-step.  TIME is CLOCK_MONOTONIC, as in traces.";

static const struct argp_option options[] = {
	{ "kind", 'k', "KIND,...", 0, "Only events of these kinds", 1 },
	{ "stream", 's', "STREAM,...", 0,
	  "Only of these streams, by name or number", 2 },
	{ "engine", OPT_ENGINE, "ENGINE,...", 0,
	  "Only of these engines, by name or number", 3 },
	{ "client", OPT_CLIENT, "N,...", 0, "Only of these clients", 4 },
	{ "count", 'n', "N", 0, "End after N events that were shown", 5 },
	{ "duration", 't', "S", 0, "End after S seconds", 6 },
	{ 0 },
};

/**
 * struct events - Options of this command, and how far it is
 * @app: how to print.
 * @filter: what is shown.
 * @count: after how many it ends, 0: not said.
 * @seconds: after how long it ends, 0: not said.
 * @command: NULL-terminated, NULL: none.
 * @source: where they come from.
 * @control: who knows how many there were.
 * @accounts: of each device.
 * @seen: events that came.
 * @shown: of these, how many were shown.
 */
struct events {
	const struct app *app;
	struct events_filter filter;
	uint64_t count;
	double seconds;
	char **command;
	struct xrsched_events *source;
	struct xrsched_control *control;
	struct events_account accounts[EVENTS_DEVICES];
	uint64_t seen;
	uint64_t shown;
};

static void check_kinds(const struct events *events,
			const struct argp_state *state)
{
	static const char *const kinds[] = {
		"deadline-miss", "drop",	  "engine-up",	"engine-down",
		"engine-fault",	 "policy-change", "tuner-step", NULL,
	};

	for (unsigned int i = 0; i < events->filter.kinds.nr; i++)
		arg_choice(state, "--kind", events->filter.kinds.word[i],
			   kinds);
}

static error_t events_parse(int key, char *arg, struct argp_state *state)
{
	struct events *events = state->input;
	struct events_filter *filter = &events->filter;

	switch (key) {
	case 'k':
		events_words(state, "--kind", arg, &filter->kinds);
		check_kinds(events, state);
		return 0;
	case 's':
		events_words(state, "--stream", arg, &filter->streams);
		return 0;
	case OPT_ENGINE:
		events_words(state, "--engine", arg, &filter->engines);
		return 0;
	case OPT_CLIENT:
		events_words(state, "--client", arg, &filter->clients);
		return 0;
	case 'n':
		events->count = arg_u64(state, "--count", arg, 1, INT64_MAX);
		return 0;
	case 't':
		events->seconds =
			arg_real(state, "--duration", arg, 0.001, 1e6);
		return 0;
	case ARGP_KEY_ARG:
		/* All that is left is the command. */
		events->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- one event ---------------------------------------------------------- */

static bool of_device(const struct events *events, uint32_t device)
{
	return events->filter.device < 0 ||
	       device == (uint32_t)events->filter.device;
}

static void print(const struct events *events,
		  const struct xrsched_event *event)
{
	json_t *object;

	if (!events->app->json) {
		events_text(event);
		return;
	}
	object = events_json(event);
	out_json(object);
	json_decref(object);
}

/* Whether from the kernel's words or from a gap: told in the same way. */
static void print_lost(const struct events *events,
		       const struct xrsched_event *event, uint64_t lost)
{
	const struct xrsched_event told = {
		.kind = XRSCHED_CMD_LOST_NTF,
		.device = event->device,
		.time_ns = event->time_ns,
		.seq = event->seq,
		.client = XRSCHED_EVENT_NONE,
		.stream = XRSCHED_EVENT_NONE,
		.engine = XRSCHED_EVENT_NONE,
		.lost = lost,
	};

	print(events, &told);
}

static void take(struct events *events, const struct xrsched_event *event)
{
	uint64_t lost = 0;

	if (event->device < EVENTS_DEVICES)
		lost = events_count(&events->accounts[event->device], event);
	if (!of_device(events, event->device))
		return;
	if (lost)
		print_lost(events, event, lost);
	if (event->kind == XRSCHED_CMD_LOST_NTF)
		return;
	events->seen++;
	if (!events_wanted(&events->filter, event))
		return;
	print(events, event);
	events->shown++;
}

static bool enough(const struct events *events)
{
	return events->count && events->shown >= events->count;
}

/* Takes what is there; 0 or -errno. */
static int drain(struct events *events)
{
	struct xrsched_event event;
	int ret = 0;

	while (!enough(events) && !child_interrupted) {
		ret = xrsched_events_next(events->source, &event);
		if (ret == 1)
			take(events, &event);
		else if (ret != -ENOBUFS) /* which makes a gap */
			break;
	}
	fflush(stdout);
	return ret < 0 && ret != -ENOBUFS ? ret : 0;
}

/* ----- from the first to the last ----------------------------------------- */

static uint64_t left_until(uint64_t end_ns)
{
	uint64_t now = now_ns();

	if (end_ns == UINT64_MAX)
		return UINT64_MAX;
	return end_ns > now ? end_ns - now : 0;
}

/* Until it is over, by its command's end or otherwise; 0 or -errno. */
static int follow(struct events *events, pid_t child, int *status, bool *over)
{
	uint64_t end_ns = events->seconds > 0 ? now_ns() + events->seconds * NS
					      : UINT64_MAX;
	int ret = 0;

	while (!ret && !enough(events) && !child_interrupted &&
	       left_until(end_ns)) {
		*over = child_ended(child, status);
		if (*over)
			break;
		ret = child_poll(xrsched_events_fd(events->source),
				 left_until(end_ns));
		if (ret >= 0)
			ret = drain(events);
	}
	return ret;
}

/* What happened before the end, but is still on its way. */
static int follow_last(struct events *events)
{
	uint64_t end_ns = now_ns() + LAST_NS;
	int ret = 0;

	if (enough(events))
		return 0;
	events_end(events->accounts, events->control);
	child_interrupted = 0;
	while (!ret && events_outstanding(events->accounts) &&
	       left_until(end_ns) && !enough(events) && !child_interrupted) {
		ret = child_poll(xrsched_events_fd(events->source),
				 left_until(end_ns));
		if (ret >= 0)
			ret = drain(events);
	}
	return ret;
}

static json_t *summary(const struct events *events, uint64_t *lost,
		       uint64_t *left_out)
{
	json_t *object = put_object();

	*lost = 0;
	*left_out = 0;
	for (int i = 0; i < EVENTS_DEVICES; i++) {
		if (!of_device(events, i))
			continue;
		*lost += events->accounts[i].lost;
		*left_out += events->accounts[i].left_out;
	}
	put_bool(object, "summary", true);
	put_count(object, "events", events->seen);
	put_count(object, "shown", events->shown);
	put_count(object, "lost", *lost);
	put_count(object, "left_out", *left_out);
	return object;
}

static int tell(struct events *events)
{
	uint64_t lost, left_out;
	json_t *object;

	events_settle(events->accounts);
	object = summary(events, &lost, &left_out);
	if (events->app->json)
		out_json(object);
	json_decref(object);
	if (!lost)
		return 0;
	return fail("%" PRIu64 " events are missing: %" PRIu64
		    " were more than event_rate allows, %" PRIu64
		    " came too fast for this program",
		    lost, left_out, lost - left_out);
}

static int watch(struct events *events)
{
	int ret, err, status = 0;
	bool over = false;
	pid_t child = 0;

	child_catch_signals();
	if (!events->app->json) {
		events_heading();
		fflush(stdout);
	}
	if (events->command)
		child = child_start(events->command, true);
	if (child < 0)
		return EXIT_FAILURE;
	ret = follow(events, child, &status, &over);
	if (!over)
		child_stop(child);
	if (!ret)
		ret = follow_last(events);
	err = tell(events);
	if (ret == -ENODEV)
		return fail("the xrsched module was unloaded");
	if (ret)
		return fail("events cannot be read: %s", strerror(-ret));
	if (over && child_result(events->command[0], status))
		return EXIT_FAILURE;
	return err;
}

static int subscribe(struct events *events)
{
	int ret = xrsched_events_open(&events->source);

	if (ret == -EPERM)
		return fail("events are told to CAP_NET_ADMIN only: say it "
			    "again with sudo");
	if (ret)
		return fail("events cannot be followed: %s", strerror(-ret));
	ret = events_begin(events->accounts, events->control);
	return ret ? trouble_control(events->control, ret,
				     "no devices to be seen")
		   : 0;
}

static int events_run(struct app *app, void *opts)
{
	struct events *events = opts;
	int ret = control_connect(&events->control);

	if (ret)
		return ret;
	events->app = app;
	events->filter.device = app->device;
	ret = subscribe(events);
	if (!ret)
		ret = watch(events);
	xrsched_events_close(events->source);
	xrsched_control_close(events->control);
	return ret;
}

const struct cmd cmd_events = {
	.name = "events",
	.args = "[-- COMMAND...]",
	.brief = "Follow what happens on the devices",
	.doc = doc,
	.flags = CMD_DEVICE,
	.options = options,
	.parse = events_parse,
	.opts_size = sizeof(struct events),
	.run = events_run,
};
