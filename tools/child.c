// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching while a command runs, or until somebody ends it.
 */
#include "child.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "out.h"

volatile sig_atomic_t child_interrupted;

static void on_signal(int number)
{
	(void)number;
	child_interrupted = 1;
}

static void on_child(int number)
{
	(void)number;
}

void child_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = SA_RESETHAND };
	struct sigaction child = { .sa_handler = on_child,
				   .sa_flags = SA_RESTART };

	sigemptyset(&action.sa_mask);
	sigemptyset(&child.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGCHLD, &child, NULL);
}

pid_t child_start(char **command, bool aside)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("cannot fork: %s", strerror(errno));
	if (pid)
		return pid;
	if (aside)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(command[0], command);
	fprintf(stderr, "%s: %s\n", command[0], strerror(errno));
	_exit(127);
}

bool child_ended(pid_t child, int *status)
{
	return child > 0 && waitpid(child, status, WNOHANG) == child;
}

void child_stop(pid_t child)
{
	if (child <= 0)
		return;
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
}

int child_result(const char *name, int status)
{
	if (WIFSIGNALED(status))
		return fail("%s was killed by signal %d", name,
			    WTERMSIG(status));
	if (WEXITSTATUS(status))
		return fail("%s failed with exit code %d", name,
			    WEXITSTATUS(status));
	return 0;
}

/* Whether a child's end waits to be seen; it stays for child_ended(). */
static bool child_waits(void)
{
	siginfo_t info = { 0 };

	return !waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid;
}

int child_poll(int fd, uint64_t timeout_ns)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	const struct timespec timeout = { timeout_ns / NS, timeout_ns % NS };
	sigset_t ours, before;
	int ret = 0;

	/* They come while it sleeps, or were here before, not in between. */
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigaddset(&ours, SIGHUP);
	sigaddset(&ours, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ours, &before);
	if (!child_interrupted && !child_waits())
		ret = ppoll(&pollfd, 1,
			    timeout_ns == UINT64_MAX ? NULL : &timeout,
			    &before);
	if (ret < 0)
		ret = errno == EINTR ? 0 : -errno;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}
