// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs on all processors.  Each process takes the next run that nobody has
 * taken and sends its line through a pipe of its own; lines are passed on in
 * the order of the runs, whoever did them.
 */
#include "eval_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "out.h"

#define POLL_MS 1000
#define TELL_TERMINAL_S 1 /* between two lines of progress */
#define TELL_FILE_S 10

/* What precedes a line in a pipe. */
struct header {
	uint64_t index;
	uint64_t length;
};

/* A process and what it has sent of the next line. */
struct worker {
	pid_t pid;
	FILE *pipe;
};

struct pool {
	char *(*run)(void *arg, size_t index);
	size_t nr;
	char **line; /* by run, until it is passed on */
	_Atomic uint64_t *next; /* run that nobody has taken; shared */
	unsigned int jobs;
	struct worker *workers;
	size_t finished; /* runs done */
	size_t passed; /* runs that @done was called for */
	time_t begun;
	time_t told;
	void (*done)(void *arg, size_t index, char *line);
	void *arg;
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void work(struct pool *pool, FILE *to)
{
	for (;;) {
		struct header header = {
			.index = atomic_fetch_add(pool->next, 1),
		};
		char *line;

		if (header.index >= pool->nr)
			_exit(EXIT_SUCCESS);
		line = pool->run(pool->arg, header.index);
		if (!line)
			_exit(EXIT_FAILURE);
		header.length = strlen(line);
		if (fwrite(&header, sizeof(header), 1, to) != 1 ||
		    fwrite(line, header.length, 1, to) != 1 || fflush(to))
			_exit(EXIT_FAILURE);
		free(line);
	}
}

static int start(struct pool *pool, struct worker *worker)
{
	pid_t parent = getpid();
	int fds[2];

	if (pipe(fds))
		return fail("no pipe: %s", strerror(errno));
	fflush(stdout);
	worker->pid = fork();
	if (worker->pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return fail("no process: %s", strerror(errno));
	}
	if (!worker->pid) {
		FILE *to = fdopen(fds[1], "w");

		/* Nobody reads what is done after the parent is gone. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!to || getppid() != parent)
			_exit(EXIT_FAILURE);
		close(fds[0]);
		work(pool, to);
	}
	close(fds[1]);
	worker->pipe = fdopen(fds[0], "r");
	if (!worker->pipe)
		out_of_memory();
	/* poll() would not see what stdio has read ahead. */
	setvbuf(worker->pipe, NULL, _IONBF, 0);
	return 0;
}

/* Reads a line; false when the process has no more. */
static bool take(struct pool *pool, struct worker *worker)
{
	struct header header;
	char *line;

	if (fread(&header, sizeof(header), 1, worker->pipe) != 1)
		return false;
	line = calloc(1, header.length + 1);
	if (!line)
		out_of_memory();
	if (fread(line, header.length, 1, worker->pipe) != 1) {
		free(line);
		return false;
	}
	pool->line[header.index] = line;
	pool->finished++;
	while (pool->passed < pool->nr && pool->line[pool->passed]) {
		pool->done(pool->arg, pool->passed, pool->line[pool->passed]);
		pool->passed++;
	}
	return true;
}

static int stop(struct worker *worker)
{
	int status = 0;

	fclose(worker->pipe);
	worker->pipe = NULL;
	while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return fail("a run was ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) ? EXIT_FAILURE : 0;
}

static void tell(struct pool *pool)
{
	bool terminal = isatty(STDERR_FILENO);
	time_t now = seconds(), spent = now - pool->begun;
	time_t step = terminal ? TELL_TERMINAL_S : TELL_FILE_S;
	double share = (double)pool->finished / pool->nr;

	if (now - pool->told < step || !pool->finished)
		return;
	pool->told = now;
	fprintf(stderr, "%s%zu of %zu runs, %.0f %%, %.0f s left%s",
		terminal ? "\r\033[K" : "xrsched: ", pool->finished, pool->nr,
		100 * share, spent / share - spent, terminal ? "" : "\n");
	if (terminal && pool->finished == pool->nr)
		fputs("\r\033[K", stderr);
}

/* Until all processes have ended. */
static int collect(struct pool *pool)
{
	unsigned int left = pool->jobs;
	struct pollfd *fds = calloc(pool->jobs, sizeof(*fds));
	int ret = 0;

	if (!fds)
		out_of_memory();
	while (left) {
		for (unsigned int i = 0; i < pool->jobs; i++) {
			FILE *from = pool->workers[i].pipe;

			fds[i].fd = from ? fileno(from) : -1;
			fds[i].events = POLLIN;
		}
		poll(fds, pool->jobs, POLL_MS);
		for (unsigned int i = 0; i < pool->jobs; i++) {
			if (fds[i].fd < 0 || !fds[i].revents ||
			    take(pool, &pool->workers[i]))
				continue;
			ret |= stop(&pool->workers[i]);
			left--;
		}
		tell(pool);
	}
	free(fds);
	return ret;
}

int eval_pool(size_t nr, unsigned int jobs,
	      char *(*run)(void *arg, size_t index),
	      void (*done)(void *arg, size_t index, char *line), void *arg)
{
	struct pool pool = { .run = run,
			     .nr = nr,
			     .done = done,
			     .arg = arg,
			     .begun = seconds() };
	unsigned int wanted;
	cpu_set_t cpus;
	int ret = 0;

	if (!jobs && !sched_getaffinity(0, sizeof(cpus), &cpus))
		jobs = CPU_COUNT(&cpus);
	wanted = nr < jobs ? nr : jobs ? jobs : 1;

	pool.told = pool.begun;
	pool.line = calloc(nr + 1, sizeof(*pool.line));
	pool.workers = calloc(wanted + 1, sizeof(*pool.workers));
	pool.next = mmap(NULL, sizeof(*pool.next), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!pool.line || !pool.workers || pool.next == MAP_FAILED)
		out_of_memory();
	while (pool.jobs < wanted && !ret) {
		ret = start(&pool, &pool.workers[pool.jobs]);
		pool.jobs += !ret;
	}
	ret |= collect(&pool);
	if (!ret && pool.passed < nr)
		ret = fail("%zu runs were not done", nr - pool.passed);
	munmap((void *)pool.next, sizeof(*pool.next));
	for (size_t i = pool.passed; i < nr; i++)
		free(pool.line[i]);
	free(pool.line);
	free(pool.workers);
	return ret;
}
