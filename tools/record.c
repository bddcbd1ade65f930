// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched record: all that a device is told and decides, into a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/record.h>

#include "args.h"
#include "child.h"
#include "clock.h"
#include "out.h"
#include "put.h"
#include "record.h"
#include "trouble.h"

#define POLL_MS 100
#define QUIET_NS 2000000000 /* shorter recordings show no progress */

enum { OPT_RING = 256 };

static const char doc[] =
	"Records every event of the device, of all its clients, without loss: "
	"says so if the kernel's room did not suffice.  Ends with the command, "
	"after --seconds, or with Ctrl-C.  The device may be busy when it "
	"begins.  Takes CAP_PERFMON or CAP_SYS_ADMIN.\n"
	"\n"
	"  sudo xrsched record -o vr.rec -- xrsched run VR_Gaming --hw "
	"4k-1ws2os\n"
	"  sudo xrsched record -o busy.rec --seconds 5\n"
	"  xrsched replay vr.rec\n"
	"  xrsched replay vr.rec --policy edf\n"
	"\n"
	"\"xrsched sim --record FILE\" writes the same of a simulator.";

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where to (required)", 1 },
	{ "seconds", 's', "S", 0, "How long (until Ctrl-C)", 2 },
	{ "ring", OPT_RING, "N", 0,
	  "Records that the kernel keeps for us, 64 bytes each (262144)", 3 },
	{ 0 },
};

static error_t record_parse(int key, char *arg, struct argp_state *state)
{
	struct record *record = state->input;

	switch (key) {
	case 'o':
		record->path = arg;
		return 0;
	case 's':
		record->seconds = arg_real(state, "--seconds", arg, 0.001, 1e6);
		return 0;
	case OPT_RING:
		record->ring =
			arg_u64(state, "--ring", arg, 1024, XRSCHED_RECORD_MAX);
		return 0;
	case ARGP_KEY_ARG:
		/* All that is left is the command. */
		record->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_END:
		if (!record->path)
			argp_error(state, "where to? add -o FILE");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void progress(const struct record *record, uint64_t begun_ns,
		     uint64_t records, bool over)
{
	static bool shown;

	if (!isatty(STDERR_FILENO) || now_ns() - begun_ns < QUIET_NS)
		return;
	if (!over)
		fprintf(stderr, "\r%s: %.0f s, %" PRIu64 " records",
			record->path, (double)(now_ns() - begun_ns) / NS,
			records);
	else if (shown)
		fputs("\r\033[K", stderr);
	shown = true;
}

/* Until it is over; 0 or -errno.  @over: the command has ended, with @status. */
static int roll(const struct record *record, struct xrsched_recorder *recorder,
		pid_t child, bool *over, int *status)
{
	uint64_t begun_ns = now_ns(), records = 0;
	uint64_t end_ns = record->seconds > 0 ? begun_ns + record->seconds * NS
					      : UINT64_MAX;
	int ret = 0;

	while (!child_interrupted && now_ns() < end_ns) {
		*over = child_ended(child, status);
		if (*over)
			break;
		ret = xrsched_record_poll(recorder, POLL_MS);
		if (ret < 0)
			break;
		records += ret;
		progress(record, begun_ns, records, false);
	}
	progress(record, begun_ns, records, true);
	return ret < 0 && ret != -ENODEV ? ret : 0;
}

static const struct out_column columns[] = {
	{ "file", "file", OUT_TEXT, 0 },
	{ "records", "records", OUT_COUNT, 0 },
	{ "inputs", "inputs", OUT_COUNT, 0 },
	{ "decisions", "decisions", OUT_COUNT, 0 },
	{ "lost", "lost", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block view[] = { { .columns = columns }, { 0 } };

static int tell(const struct app *app, const struct record *record,
		const struct xrsched_record_sum *sum)
{
	json_t *object = put_object();

	put_text(object, "file", record->path);
	put_count(object, "records", sum->records);
	put_count(object, "inputs", sum->inputs);
	put_count(object, "decisions", sum->decisions);
	put_count(object, "lost", sum->lost);
	if (record->quiet)
		json_decref(object);
	else
		out_print(app, object, view);
	if (!sum->lost)
		return 0;
	return fail("%" PRIu64 " records were lost: give the kernel more room "
		    "with --ring N",
		    sum->lost);
}

static int record_to(struct app *app, const struct record *record,
		     struct xrsched *x, int fd)
{
	const struct xrsched_record_opts opts = { .size = sizeof(opts),
						  .records = record->ring };
	struct xrsched_record_sum sum;
	struct xrsched_recorder *recorder;
	struct xrsched_error error;
	int ret, err, status = 0;
	bool over = false;
	pid_t child = 0;

	ret = xrsched_record_start(x, fd, &opts, &recorder, &error);
	if (ret)
		return trouble(ret, "%s", error.text);
	child_catch_signals();
	if (record->command)
		child = child_start(record->command, false);
	if (child >= 0)
		ret = roll(record, recorder, child, &over, &status);
	/* Its end is part of what is recorded. */
	if (!over)
		child_stop(child);
	err = xrsched_record_stop(recorder, &sum);
	if (!ret)
		ret = err;
	if (ret)
		return fail("%s: %s", record->path, strerror(-ret));
	ret = tell(app, record, &sum);
	if (child < 0)
		return EXIT_FAILURE;
	if (over && child_result(record->command[0], status))
		return EXIT_FAILURE;
	return ret;
}

int record_live(struct app *app, const struct record *record)
{
	struct xrsched *x;
	int fd, ret;

	ret = device_open(app, &x);
	if (ret)
		return ret;
	fd = open(record->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		ret = fail("%s: %s", record->path, strerror(errno));
	} else {
		ret = record_to(app, record, x, fd);
		if (close(fd) && !ret)
			ret = fail("%s: %s", record->path, strerror(errno));
	}
	xrsched_close(x);
	return ret;
}

static int record_run(struct app *app, void *opts)
{
	return record_live(app, opts);
}

const struct cmd cmd_record = {
	.name = "record",
	.args = "[-- COMMAND...]",
	.brief = "Record all that a device does",
	.doc = doc,
	.flags = CMD_DEVICE,
	.options = options,
	.parse = record_parse,
	.opts_size = sizeof(struct record),
	.run = record_run,
};
