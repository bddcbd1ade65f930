// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched-latency: where do the frames of each stream spend their time?
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

#define NSEC_PER_SEC 1000000000ULL
#define NEVER UINT64_MAX
#define EXIT_USAGE 2

static const char help[] =
	"usage: xrsched-latency [OPTION...] [-- COMMAND [ARGUMENT...]]\n"
	"\n"
	"Measures, for each stream of every xrsched device, how long its frames took\n"
	"from release to finish (response), from release to first dispatch (queueing)\n"
	"and from there to finish (service): p50, p90, p99, p99.9 within 1.6 %, and max.\n"
	"Counting is done in the kernel by a BPF program; frames that end while this\n"
	"runs are counted. Ends after COMMAND, after --duration, or by Ctrl-C, and then\n"
	"prints what it saw.\n"
	"\n"
	"  -i, --interval S     print what happened every S seconds, too\n"
	"  -d, --duration S     end after S seconds\n"
	"  -j, --json           one JSON object a line (times in ns)\n"
	"  -o, --output FILE    write there instead of standard output\n"
	"  -a, --attach HOW     btf: by type information of the module; event: by trace\n"
	"                       event; auto (default): btf where there is, else event\n"
	"  -s, --max-streams N  tell so many streams apart (256), 23 KiB each\n"
	"  -v, --verbose        show what libbpf and the verifier have to say\n"
	"  -h, --help\n"
	"\n"
	"Needs CAP_BPF and CAP_PERFMON, in practice root; --attach event also tracefs.\n"
	"The module cannot be unloaded meanwhile. Exit code: that of COMMAND; 1 if the\n"
	"probe cannot be attached, 2 for wrong use.\n"
	"\n"
	"  xrsched-latency -- xrsched run VR_Gaming --hw 4k-1ws2os --policy dream --seconds 5\n"
	"  xrsched-latency --interval 1 --json\n";

/**
 * struct config - What was asked for
 * @opts: of the probe
 * @interval_ns: 0: print at the end only
 * @duration_ns: 0: until told to stop
 * @json: print JSON
 * @verbose: let libbpf speak
 * @output: file to write to, NULL: standard output
 * @command: NULL-terminated; NULL: none
 */
struct config {
	struct xrs_latency_opts opts;
	__u64 interval_ns;
	__u64 duration_ns;
	bool json;
	bool verbose;
	const char *output;
	char **command;
};

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static int wrong_use(const char *what, const char *value)
{
	fprintf(stderr, "xrsched-latency: %s '%s', see --help\n", what, value);
	return EXIT_USAGE;
}

static int parse_seconds(const char *text, __u64 *ns)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0.01 && seconds <= 1e6))
		return wrong_use("wants seconds, 0.01 to 1000000, not", text);
	*ns = seconds * NSEC_PER_SEC;
	return 0;
}

static int parse_streams(const char *text, unsigned int *streams)
{
	char *end;
	long nr = strtol(text, &end, 10);

	if (end == text || *end || nr < 1 || nr > 65536)
		return wrong_use("wants a number of streams, 1 to 65536, not",
				 text);
	*streams = nr;
	return 0;
}

static int parse_attach(const char *text, enum xrs_latency_attach *attach)
{
	static const char *const names[] = {
		[XRS_LATENCY_AUTO] = "auto",
		[XRS_LATENCY_BTF] = "btf",
		[XRS_LATENCY_EVENT] = "event",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!strcmp(text, names[i])) {
			*attach = i;
			return 0;
		}
	}
	return wrong_use("attaches by auto, btf or event, not", text);
}

static int parse_option(struct config *config, int option)
{
	switch (option) {
	case 'i':
		return parse_seconds(optarg, &config->interval_ns);
	case 'd':
		return parse_seconds(optarg, &config->duration_ns);
	case 'j':
		config->json = true;
		return 0;
	case 'o':
		config->output = optarg;
		return 0;
	case 'a':
		return parse_attach(optarg, &config->opts.attach);
	case 's':
		return parse_streams(optarg, &config->opts.max_streams);
	case 'v':
		config->verbose = true;
		return 0;
	case 'h':
		fputs(help, stdout);
		exit(0);
	default:
		fputs("see xrsched-latency --help\n", stderr);
		return EXIT_USAGE;
	}
}

static int parse(struct config *config, int argc, char **argv)
{
	static const struct option options[] = {
		{ "interval", required_argument, NULL, 'i' },
		{ "duration", required_argument, NULL, 'd' },
		{ "json", no_argument, NULL, 'j' },
		{ "output", required_argument, NULL, 'o' },
		{ "attach", required_argument, NULL, 'a' },
		{ "max-streams", required_argument, NULL, 's' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option, ret;

	while ((option = getopt_long(argc, argv, "+i:d:jo:a:s:vh", options,
				     NULL)) != -1) {
		ret = parse_option(config, option);
		if (ret)
			return ret;
	}
	if (optind < argc)
		config->command = argv + optind;
	return 0;
}

/**
 * struct run - A measurement under way
 * @config: what was asked for
 * @probe: the probe
 * @out: where to print
 * @first: reading at the start
 * @last: reading at the end of the last interval
 * @child: the command, 0: none, or it ended
 * @status: how it ended, of waitpid()
 */
struct run {
	const struct config *config;
	struct xrs_latency *probe;
	FILE *out;
	struct xrs_latency_reading *first;
	struct xrs_latency_reading *last;
	pid_t child;
	int status;
};

/* Prints what happened since @before, and makes that a reading of now. */
static int report_since(struct run *run, struct xrs_latency_reading **before,
			bool total)
{
	struct xrs_latency_reading *now, *since;
	struct xrs_report report = { .probe = run->probe, .total = total };
	size_t size;
	int ret;

	ret = xrs_latency_read(run->probe, &now);
	if (ret)
		return ret;
	size = sizeof(*now) + now->nr * sizeof(*now->stream);
	since = malloc(size);
	if (!since) {
		free(now);
		return -ENOMEM;
	}
	memcpy(since, now, size);
	xrs_latency_since(since, *before);
	report.reading = since;
	report.seconds = (double)(now->time_ns - (*before)->time_ns) /
			 NSEC_PER_SEC;
	if (run->config->json)
		ret = xrs_report_json(&report, run->out);
	else
		ret = xrs_report_text(&report, run->out);
	fflush(run->out);
	free(since);
	free(*before);
	*before = now;
	return ret;
}

static const int ends[] = { SIGINT, SIGTERM, SIGHUP };

static void wanted_signals(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	for (i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		sigaddset(set, ends[i]);
	sigaddset(set, SIGCHLD);
}

/* Blocked signals are inherited, which the command would not expect. */
static int start(struct run *run)
{
	posix_spawnattr_t attr;
	sigset_t none;
	int ret;

	sigemptyset(&none);
	ret = posix_spawnattr_init(&attr);
	if (ret)
		return ret;
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	ret = posix_spawnp(&run->child, run->config->command[0], NULL, &attr,
			   run->config->command, environ);
	posix_spawnattr_destroy(&attr);
	if (ret) {
		run->child = 0;
		fprintf(stderr, "xrsched-latency: cannot run %s: %s\n",
			run->config->command[0], strerror(ret));
	}
	return ret;
}

/* Sleeps until @until_ns or a signal: its number, 0 for none. */
static int sleep_until(__u64 until_ns)
{
	struct timespec rest;
	__u64 now = now_ns();
	sigset_t set;
	int sig;

	wanted_signals(&set);
	if (until_ns == NEVER) {
		sig = sigwaitinfo(&set, NULL);
	} else {
		if (until_ns < now)
			until_ns = now;
		rest.tv_sec = (until_ns - now) / NSEC_PER_SEC;
		rest.tv_nsec = (until_ns - now) % NSEC_PER_SEC;
		sig = sigtimedwait(&set, NULL, &rest);
	}
	return sig > 0 ? sig : 0;
}

static bool child_ended(struct run *run)
{
	return run->child &&
	       waitpid(run->child, &run->status, WNOHANG) == run->child;
}

static int measure(struct run *run)
{
	__u64 begin = now_ns(), end = NEVER, tick = NEVER;
	int sig, ret;

	if (run->config->duration_ns)
		end = begin + run->config->duration_ns;
	if (run->config->interval_ns)
		tick = begin + run->config->interval_ns;
	for (;;) {
		sig = sleep_until(tick < end ? tick : end);
		if (sig == SIGCHLD && child_ended(run)) {
			run->child = 0;
			return 0;
		}
		if ((sig && sig != SIGCHLD) || now_ns() >= end)
			return 0;
		if (now_ns() < tick)
			continue;
		ret = report_since(run, &run->last, false);
		if (ret)
			return ret;
		tick += run->config->interval_ns;
	}
}

/* The command is told to end, too, and its end is waited for. */
static int finish(struct run *run)
{
	if (run->child) {
		kill(run->child, SIGTERM);
		while (waitpid(run->child, &run->status, 0) < 0 &&
		       errno == EINTR)
			;
	}
	return report_since(run, &run->first, true);
}

static int exit_code(const struct run *run)
{
	if (!run->config->command)
		return 0;
	if (WIFSIGNALED(run->status))
		return 128 + WTERMSIG(run->status);
	return WEXITSTATUS(run->status);
}

static int run_all(struct run *run)
{
	int ret;

	ret = xrs_latency_read(run->probe, &run->first);
	if (!ret)
		ret = xrs_latency_read(run->probe, &run->last);
	if (!ret && run->config->command && start(run))
		return 127;
	if (!ret)
		ret = measure(run);
	if (!ret)
		ret = finish(run);
	if (!ret)
		return exit_code(run);
	fprintf(stderr, "xrsched-latency: %s\n", strerror(-ret));
	return 1;
}

int main(int argc, char **argv)
{
	struct config config = {};
	struct run run = { .config = &config, .out = stdout };
	struct xrs_probe_error error;
	sigset_t set;
	int ret;

	ret = parse(&config, argc, argv);
	if (ret)
		return ret;
	if (config.output) {
		run.out = fopen(config.output, "we");
		if (!run.out) {
			fprintf(stderr, "xrsched-latency: cannot write %s: %s\n",
				config.output, strerror(errno));
			return 1;
		}
	}
	xrs_probe_verbose(config.verbose);
	wanted_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ret = xrs_latency_open(&run.probe, &config.opts, &error);
	if (ret) {
		fprintf(stderr, "xrsched-latency: %s\n", error.text);
		return 1;
	}
	ret = run_all(&run);
	free(run.first);
	free(run.last);
	xrs_latency_close(run.probe);
	return ret;
}
