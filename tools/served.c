// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "out.h"
#include "served.h"
#include "trouble.h"

#define POLL_NS 20000000
#define START_NS 120000000000ULL /* a model's layers are made ready first */

/* xrsched-engine-CLASS in the directory of the running program. */
static int find_program(const char *class_name, char *path)
{
	ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);

	if (len < 0)
		len = 0;
	path[len] = '\0';
	if (strrchr(path, '/'))
		strrchr(path, '/')[1] = '\0';
	if (snprintf(path + strlen(path), PATH_MAX - strlen(path),
		     "xrsched-engine-%s",
		     class_name) < (int)(PATH_MAX - strlen(path)) &&
	    !access(path, X_OK))
		return 0;
	fail("no program for engines of class \"%s\": %s is not there",
	     class_name, path);
	return EXIT_FAILURE;
}

/* Starts a program; its arguments end with NULL. */
static pid_t start(char *const *args)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid)
		return pid;
	/* The terminal's signals are for us; we end our children, in any way. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	execv(args[0], args);
	_exit(127);
}

/* "a,b" of the scenario's models, each once. */
static int list_models(struct served *served, const char *scenario,
		       const char *costs)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario,
		.costs = costs,
	};
	struct xrsched_workload_model model;
	struct xrsched_workload *workload;
	struct xrsched_error error;
	size_t size;
	FILE *list;

	if (xrsched_workload_load(&args, &workload, &error))
		return fail("%s", error.text);
	list = open_memstream(&served->models, &size);
	for (unsigned int i = 0;
	     list && !xrsched_workload_get_model(workload, i, &model); i++)
		fprintf(list, "%s%s", i ? "," : "", model.name);
	xrsched_workload_free(workload);
	if (!list || fclose(list))
		return fail("out of memory");
	return 0;
}

int served_profile(const char *models, const char *class_name,
		   const char *scale, const char *dir)
{
	char program[PATH_MAX];
	char *const args[] = {
		program,       "--measure",	   (char *)models,
		"--class",     (char *)class_name, "--scale",
		(char *)scale, "--profiles",	   (char *)dir,
		NULL
	};
	int status;
	pid_t pid;

	if (find_program(class_name, program))
		return EXIT_FAILURE;
	pid = start(args);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return fail("%s: %s", program, strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return fail("engines of class \"%s\" could not be measured",
			    class_name);
	return 0;
}

int served_measure(struct served *served, const char *scenario,
		   const char *costs)
{
	const char *tmp = getenv("TMPDIR");
	char *list, *left, *word;
	int ret;

	if (!served->scale)
		served->scale = "1";
	ret = list_models(served, scenario, costs);
	if (ret || served->profiles)
		return ret;
	if (snprintf(served->scratch, sizeof(served->scratch),
		     "%s/xrsched-profiles-XXXXXX",
		     tmp ? tmp : "/tmp") >= (int)sizeof(served->scratch) ||
	    !mkdtemp(served->scratch)) {
		served->scratch[0] = '\0';
		return fail("no directory for measured costs: %s",
			    strerror(errno));
	}
	list = strdup(served->engines);
	if (!list)
		return fail("out of memory");
	left = list;
	while (!ret && (word = strsep(&left, ","))) {
		word[strcspn(word, ":")] = '\0';
		ret = served_profile(served->models, word, served->scale,
				     served->scratch);
	}
	free(list);
	served->profiles = served->scratch;
	return ret;
}

/* The n-th processor that we may use, round and round. */
static unsigned int cpu_for(unsigned int n)
{
	cpu_set_t cpus;
	unsigned int cpu = 0;

	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 0;
	for (n %= CPU_COUNT(&cpus);; cpu++)
		if (CPU_ISSET(cpu, &cpus) && !n--)
			return cpu;
}

static int start_one(struct served *served, unsigned int device,
		     const struct xrsched_workload_engine *engine)
{
	char program[PATH_MAX], path[32], cpu[16];
	char *const args[] = { program,
			       "--device",
			       path,
			       "--class",
			       (char *)engine->class_name,
			       "--name",
			       (char *)engine->name,
			       "--scale",
			       (char *)served->scale,
			       "--models",
			       served->models,
			       "--cpus",
			       cpu,
			       "--quiet",
			       NULL };
	pid_t pid;

	if (find_program(engine->class_name, program))
		return EXIT_FAILURE;
	snprintf(path, sizeof(path), "/dev/xrsched%u", device);
	snprintf(cpu, sizeof(cpu), "%u", cpu_for(served->nr));
	pid = start(args);
	if (pid < 0)
		return fail("%s: %s", program, strerror(errno));
	served->pid[served->nr++] = pid;
	return 0;
}

static bool is_there(struct xrsched *x, const char *name)
{
	struct xrsched_engine engines[SERVED_MAX];
	int nr = xrsched_engines_get(x, engines, SERVED_MAX);

	for (int i = 0; i < nr; i++)
		if (!strcmp(engines[i].name, name))
			return true;
	return false;
}

/* Has one of them given up? */
static bool one_died(struct served *served)
{
	for (unsigned int i = 0; i < served->nr; i++) {
		if (waitpid(served->pid[i], NULL, WNOHANG) != served->pid[i])
			continue;
		served->pid[i] = served->pid[--served->nr];
		return true;
	}
	return false;
}

static int wait_for(struct served *served, struct xrsched *x, const char *name)
{
	const struct timespec pause = { .tv_nsec = POLL_NS };

	for (uint64_t ns = 0; ns < START_NS; ns += POLL_NS) {
		if (is_there(x, name))
			return 0;
		if (bench_interrupted)
			return fail("ended early");
		if (one_died(served))
			return fail("engine \"%s\" did not come up", name);
		nanosleep(&pause, NULL);
	}
	return fail("engine \"%s\" did not come up in time", name);
}

int served_start(struct served *served, struct xrsched *x, unsigned int device,
		 const struct xrsched_workload *workload)
{
	struct xrsched_workload_engine engine;
	int ret = 0;

	/* One after the other: their ids are in the order of the workload. */
	for (unsigned int i = 0;
	     !ret && !xrsched_workload_get_engine(workload, i, &engine); i++) {
		if (!engine.served)
			continue;
		ret = start_one(served, device, &engine);
		if (!ret)
			ret = wait_for(served, x, engine.name);
	}
	return ret;
}

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *where)
{
	(void)st;
	(void)flag;
	(void)where;
	return remove(path);
}

void served_stop(struct served *served)
{
	for (unsigned int i = 0; i < served->nr; i++)
		kill(served->pid[i], SIGTERM);
	for (unsigned int i = 0; i < served->nr; i++)
		waitpid(served->pid[i], NULL, 0);
	served->nr = 0;
	if (served->scratch[0])
		nftw(served->scratch, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	free(served->models);
	served->models = NULL;
}
