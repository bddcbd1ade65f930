// SPDX-License-Identifier: GPL-2.0-only
/*
 * A probe's life: the command that it watches, its reports, its end.
 */
#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "out.h"

#define NEVER UINT64_MAX
#define CANNOT_RUN 127

/* How long events may lie in the kernel. */
#define CONSUME_NS 20000000ULL

/* How long a command may take to end before somebody wonders. */
#define PATIENCE_NS (2 * NS)

static void wanted_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
}

int probe_begin(struct probe_run *run)
{
	sigset_t set;

	run->out = stdout;
	if (run->opts->output) {
		run->out = fopen(run->opts->output, "we");
		if (!run->out)
			return fail("cannot write %s: %s", run->opts->output,
				    strerror(errno));
	}
	wanted_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return 0;
}

int probe_end(struct probe_run *run, int code)
{
	bool bad = ferror(run->out);

	if (run->out == stdout)
		return code; /* main() looks */
	if (fclose(run->out) || bad) {
		fail("cannot write %s: %s", run->opts->output, strerror(errno));
		return code ? code : EXIT_FAILURE;
	}
	return code;
}

/* Blocked signals are inherited, which the command would not expect. */
static pid_t start(char **command)
{
	posix_spawnattr_t attr;
	sigset_t none;
	pid_t pid;
	int ret;

	sigemptyset(&none);
	ret = posix_spawnattr_init(&attr);
	if (ret)
		return -ret;
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attr, &none);
	ret = posix_spawnp(&pid, command[0], NULL, &attr, command, environ);
	posix_spawnattr_destroy(&attr);
	return ret ? -ret : pid;
}

/**
 * struct loop - The loop's state
 * @run: what it is about.
 * @signals: signalfd.
 * @child: the command, 0: none, or it ended.
 * @status: how it ended, of waitpid().
 * @end_ns: when it is over.
 * @tick_ns: when the next report is due.
 */
struct loop {
	const struct probe_run *run;
	int signals;
	pid_t child;
	int status;
	uint64_t end_ns;
	uint64_t tick_ns;
};

/* Sleeps until a time, a signal's being enough; its number, 0 for none. */
static int sleep_until(const struct loop *loop, uint64_t until_ns)
{
	struct pollfd fd = { .fd = loop->signals, .events = POLLIN };
	uint64_t now = now_ns();
	struct signalfd_siginfo info;
	struct timespec rest = { 0 };

	if (loop->run->consume && until_ns > now + CONSUME_NS)
		until_ns = now + CONSUME_NS;
	if (until_ns > now && until_ns != NEVER) {
		rest.tv_sec = (until_ns - now) / NS;
		rest.tv_nsec = (until_ns - now) % NS;
	}
	if (ppoll(&fd, 1, until_ns == NEVER ? NULL : &rest, NULL) < 1)
		return 0;
	if (read(loop->signals, &info, sizeof(info)) != sizeof(info))
		return 0;
	return info.ssi_signo;
}

static int consume(const struct loop *loop)
{
	return loop->run->consume ? loop->run->consume(loop->run->ctx) : 0;
}

/* One round; positive: it is over. */
static int turn(struct loop *loop)
{
	uint64_t interval_ns = loop->run->opts->interval_ns;
	int signal, ret;

	signal = sleep_until(loop, loop->tick_ns < loop->end_ns ? loop->tick_ns
								: loop->end_ns);
	ret = consume(loop);
	if (ret)
		return ret;
	if (signal == SIGCHLD && loop->child &&
	    waitpid(loop->child, &loop->status, WNOHANG) == loop->child) {
		loop->child = 0;
		return 1;
	}
	if ((signal && signal != SIGCHLD) || now_ns() >= loop->end_ns)
		return 1;
	if (now_ns() < loop->tick_ns)
		return 0;
	ret = loop->run->report(loop->run->ctx, false);
	fflush(loop->run->out);
	/* What was missed while nobody ran us is not made up for. */
	while (loop->tick_ns <= now_ns())
		loop->tick_ns += interval_ns;
	return ret;
}

/*
 * The command is told to end, too, and its end is waited for; another signal to
 * us ends it at once, if it does not listen.
 */
static void end_command(struct loop *loop)
{
	uint64_t tell_ns = now_ns() + PATIENCE_NS;
	int signal;

	kill(loop->child, SIGTERM);
	while (waitpid(loop->child, &loop->status, WNOHANG) != loop->child) {
		signal = sleep_until(loop, tell_ns);
		if (signal && signal != SIGCHLD)
			kill(loop->child, SIGKILL);
		if (now_ns() < tell_ns)
			continue;
		tell_ns = NEVER;
		fprintf(stderr,
			"xrsched: waiting for the command (process %d) to end; "
			"Ctrl-C kills it\n",
			loop->child);
	}
	loop->child = 0;
}

/* First the report: what the command does at its end, it does afterwards. */
static int finish(struct loop *loop)
{
	int ret = consume(loop);

	if (!ret)
		ret = loop->run->report(loop->run->ctx, true);
	fflush(loop->run->out);
	if (loop->child)
		end_command(loop);
	return ret;
}

static int exit_code(const struct loop *loop)
{
	if (!loop->run->opts->command)
		return 0;
	if (WIFSIGNALED(loop->status))
		return 128 + WTERMSIG(loop->status);
	return WEXITSTATUS(loop->status);
}

int probe_loop(struct probe_run *run)
{
	const struct probe_opts *opts = run->opts;
	uint64_t begin_ns = now_ns();
	struct loop loop = {
		.run = run,
		.end_ns = opts->duration_ns ? begin_ns + opts->duration_ns
					    : NEVER,
		.tick_ns = opts->interval_ns ? begin_ns + opts->interval_ns
					     : NEVER,
	};
	sigset_t set;
	int ret = 0;

	wanted_signals(&set);
	loop.signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (loop.signals < 0)
		return fail("cannot wait for signals: %s", strerror(errno));
	if (opts->command) {
		loop.child = start(opts->command);
		if (loop.child < 0) {
			fail("cannot run %s: %s", opts->command[0],
			     strerror(-loop.child));
			close(loop.signals);
			return CANNOT_RUN;
		}
	}
	while (!ret)
		ret = turn(&loop);
	if (ret > 0)
		ret = finish(&loop);
	close(loop.signals);
	return ret ? fail("%s", strerror(-ret)) : exit_code(&loop);
}
