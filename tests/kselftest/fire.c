// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under fire: clients and engine servers that are killed, engines that hang,
 * fail, come and go, and a policy that changes a hundred times a second; and
 * every job of every client ends exactly once even so.
 *
 * usage: fire [SECONDS [SEED [CLIENTS [JOBS [RATE]]]]]     (45, 1, 64, 1000)
 *
 * Goes on for so long; then nobody is killed any more, until each of the
 * clients' places has seen one that got all its jobs through.  All clients
 * together send RATE jobs a second, or, with 0, as many as they can: that is
 * so if not said on any but the debug kernels, which it would keep from all
 * else.  TAP on standard output.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <xrsched/fault.h>

#include "fire.h"
#include "helpers.h"

#define SIMS		4
#define SERVERS		4
#define FAULTS		"hang=1%,error=1%,seed="
#define GUARD		"floor=20ms,rest-max=50ms,strikes=8,retries=1"
#define DEBUG_RATE	160
/* Stalls of the machine even out over so many seconds. */
#define JUDGED_FROM	60
/* Kernel memory that may stay with caches of the kernel's own. */
#define SLACK_KB	4096

enum how { LIVES, DONE, WRONG };

struct shared *shared;
unsigned int nr_clients = MAX_CLIENTS, nr_jobs = MAX_JOBS, rate;
unsigned int dice = 1;
bool debug_kernel;

static struct place *place;
static pid_t server[SERVERS], switcher;
static int sim[SIMS];
static unsigned int servers_killed, engines_changed;
static unsigned long lost_layers, faults;

enum who { CLIENT, SERVER, SWITCHER };

static pid_t start(enum who who, struct place *p)
{
	unsigned int seed = roll(1000000);
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dice = seed;
	switch (who) {
	case CLIENT:
		setpriority(PRIO_PROCESS, 0, 0);
		_exit(client(p));
	case SERVER:
		setpriority(PRIO_PROCESS, 0, 0);
		_exit(serve());
	case SWITCHER:
		_exit(switch_policies());
	}
	_exit(2);
}

static int add_sim(unsigned int i)
{
	struct xrsched_control *control;
	struct xrsched_fault_plan plan;
	char which[XRSCHED_NAME_LEN], text[64];
	int ret;

	sim[i] = engine_add(CLASS);
	if (sim[i] < 0)
		return sim[i];
	snprintf(text, sizeof(text), "%s%u", FAULTS, roll(1000));
	ret = xrsched_control_open(&control);
	if (ret)
		return ret;
	ret = xrsched_fault_parse(text, which, &plan, NULL);
	if (!ret)
		ret = xrsched_control_fault_set(control, 0, sim[i], &plan);
	xrsched_control_close(control);
	return ret;
}

/* What an engine that goes has seen; all that are there if @id < 0. */
static void note_engine(int id)
{
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int i, nr;

	if (xrsched_control_open(&control))
		return;
	nr = xrsched_control_engines(control, 0, &list);
	for (i = 0; i < nr; i++) {
		if (id >= 0 && list[i].id != (uint32_t)id)
			continue;
		lost_layers += list[i].lost;
		faults += list[i].faults;
	}
	if (nr >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
}

/* NULL: as it was before the first time. */
static int set_guard(const char *text)
{
	static struct xrsched_guard before;
	struct xrsched_control *control;
	struct xrsched_guard guard;
	int ret = xrsched_control_open(&control);

	if (ret)
		return ret;
	if (!before.factor)
		ret = xrsched_control_guard_get(control, 0, &before);
	guard = before;
	if (!ret && text)
		ret = xrsched_guard_parse(text, &guard, NULL);
	if (!ret)
		ret = xrsched_control_guard_set(control, 0, &guard);
	xrsched_control_close(control);
	return ret;
}

static int set_up(void)
{
	unsigned int i;
	int ret = device_reset("edf,expired=drop");

	if (!ret)
		ret = set_guard(GUARD);
	for (i = 0; i < SIMS && !ret; i++)
		ret = add_sim(i);
	for (i = 0; i < SERVERS && !ret; i++)
		server[i] = start(SERVER, NULL);
	for (i = 0; i < nr_clients && !ret; i++)
		place[i].pid = start(CLIENT, &place[i]);
	if (!ret)
		switcher = start(SWITCHER, NULL);
	return ret;
}

/* Takes note of who has ended; what is wrong is in the answer. */
static enum how reap(struct place *p)
{
	int status;

	if (!p->pid || waitpid(p->pid, &status, WNOHANG) != p->pid)
		return LIVES;
	p->pid = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		p->killed++;
		return DONE;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		printf("# a client ended with status %#x\n", status);
		return WRONG;
	}
	p->whole++;
	return DONE;
}

/* Who has ended is replaced, as long as that is wanted. */
static bool look_after(bool again, unsigned int *alive)
{
	bool good = true;
	unsigned int i;

	*alive = 0;
	for (i = 0; i < nr_clients; i++) {
		if (reap(&place[i]) == WRONG)
			good = false;
		if (!place[i].pid && (again || !place[i].whole) && good)
			place[i].pid = start(CLIENT, &place[i]);
		*alive += !!place[i].pid;
	}
	for (i = 0; i < SERVERS; i++)
		if (waitpid(server[i], NULL, WNOHANG) == server[i])
			server[i] = start(SERVER, NULL);
	return good;
}

/* Whether it is time again for what is done each @every. */
static bool due(uint64_t *at, uint64_t every)
{
	uint64_t now = now_ns();

	if (now < *at)
		return false;
	*at = now + every;
	return true;
}

static bool exchange_engine(void)
{
	unsigned int i = roll(SIMS);

	note_engine(sim[i]);
	if (engine_del(sim[i]) || add_sim(i))
		return false;
	engines_changed++;
	return true;
}

/* About every second of the clients that take their time comes through. */
static uint64_t between_kills(void)
{
	uint64_t ns = rate ? nr_jobs * SEC / rate : 0;

	return ns > 500 * MSEC ? ns : 500 * MSEC;
}

static bool shoot(bool kill_clients)
{
	static uint64_t next_client, next_server, next_engine;
	unsigned int i;

	if (kill_clients && due(&next_client, between_kills())) {
		i = roll(nr_clients);
		if (place[i].pid)
			kill(place[i].pid, SIGKILL);
	}
	if (due(&next_server, 300 * MSEC)) {
		kill(server[roll(SERVERS)], SIGKILL);
		servers_killed++;
	}
	return !due(&next_engine, 200 * MSEC) || exchange_engine();
}

static void tell_progress(unsigned int seconds, unsigned int alive)
{
	unsigned int i, whole = 0;

	for (i = 0; i < nr_clients; i++)
		whole += place[i].whole;
	printf("# %u s: %u clients alive, %u are through\n", seconds, alive,
	       whole);
	fflush(stdout);
}

/* Choices that the core had to replace since the module was loaded. */
static uint64_t policy_faults(void)
{
	struct xrsched_control_device *list;
	struct xrsched_control *control;
	uint64_t nr = UINT64_MAX;
	int ret;

	if (xrsched_control_open(&control))
		return nr;
	ret = xrsched_control_devices(control, &list);
	if (ret > 0)
		nr = list[0].policy_faults;
	if (ret >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
	return nr;
}

/* What the device is at, if it does not go on. */
static void tell_state(void)
{
	FILE *f = fopen("/sys/kernel/debug/xrsched/0/state", "re");
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		printf("# %s", line);
	if (f)
		fclose(f);
}

/* Three times the time for those that are late, and 2 minutes. */
static uint64_t patience_ns(unsigned int seconds)
{
	return (3 * seconds + 120) * SEC + 2 * nr_jobs * frame_ns();
}

static bool fire(unsigned int seconds)
{
	uint64_t begin = now_ns(), tell = begin + 10 * SEC;
	bool again = true, good = true;
	unsigned int alive = 1;

	while (good && (again || alive)) {
		good = look_after(again, &alive) && shoot(again) &&
		       !shared->policy_error;
		again = now_ns() < begin + seconds * SEC;
		if (now_ns() > begin + patience_ns(seconds)) {
			printf("# %u clients do not come to an end\n", alive);
			tell_state();
			good = false;
		}
		if (now_ns() > tell) {
			tell_progress((tell - begin) / SEC, alive);
			tell += 10 * SEC;
		}
		sleep_ns(TICK);
	}
	return good;
}

static void cease(void)
{
	unsigned int i;

	for (i = 0; i < nr_clients; i++)
		if (place[i].pid)
			kill(place[i].pid, SIGKILL);
	for (i = 0; i < SERVERS; i++)
		if (server[i])
			kill(server[i], SIGKILL);
	if (switcher)
		kill(switcher, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
	note_engine(-1);
}

/* Memory that the kernel has for itself and does not give back on request. */
static long kernel_kb(void)
{
	static const char *const what[] = { "SUnreclaim:", "VmallocUsed:",
					    "KernelStack:", "Percpu:" };
	char line[256];
	long sum = 0;
	FILE *f;
	int i;

	/* What goes later, by RCU and workers, goes first. */
	sleep_ns(2 * SEC);
	param_set("/proc/sys/vm/drop_caches", 3);
	f = fopen("/proc/meminfo", "re");
	while (f && fgets(line, sizeof(line), f))
		for (i = 0; i < 4; i++)
			if (!strncmp(line, what[i], strlen(what[i])))
				sum += atol(line + strlen(what[i]));
	if (f)
		fclose(f);
	return sum;
}

static unsigned int nr_tests;
static bool all_good = true;

static void tell(bool good, const char *what)
{
	printf("%sok %u %s\n", good ? "" : "not ", ++nr_tests, what);
	fflush(stdout);
	all_good &= good;
}

static unsigned int policies_a_second(void)
{
	return shared->policies_set * SEC /
	       (shared->last_ns - shared->first_ns + 1);
}

/*
 * A hundred times a second, but for what a machine with other things to do
 * takes away: little of a long run.  Debug kernels promise nothing for short
 * runs, nor while their CPUs have more to do than they can.
 */
static bool often_enough(unsigned int seconds)
{
	if (debug_kernel && (!rate || seconds < JUDGED_FROM))
		return true;
	return policies_a_second() >= (seconds < JUDGED_FROM ? 50 : 95);
}

/* Time that CPUs had something to do since the last call, in percent. */
static unsigned int busy_percent(void)
{
	static unsigned long long idle_before, all_before;
	unsigned long long t[8] = {}, idle, all = 0;
	FILE *f = fopen("/proc/stat", "re");
	unsigned int i, percent;

	if (f && fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0],
			&t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) != 8)
		printf("# /proc/stat cannot be read\n");
	if (f)
		fclose(f);
	for (i = 0; i < 8; i++)
		all += t[i];
	idle = t[3] + t[4];
	percent = 100 - (idle - idle_before) * 100 / (all - all_before + 1);
	idle_before = idle;
	all_before = all;
	return percent;
}

static void sum_up(unsigned int seconds)
{
	unsigned long whole = 0, killed = 0, jobs = 0, outcome[5] = {};
	unsigned int i, k;

	for (i = 0; i < nr_clients; i++) {
		whole += place[i].whole;
		killed += place[i].killed;
		jobs += place[i].jobs;
		for (k = 0; k < 5; k++)
			outcome[k] += place[i].outcome[k];
	}
	printf("# %u s: %lu clients of %d jobs whole, %lu killed; jobs %lu = %lu completed + %lu dropped + %lu cancelled + %lu failed\n",
	       seconds, whole, nr_jobs, killed, jobs, outcome[1], outcome[2],
	       outcome[3], outcome[4]);
	printf("# %u jobs a second wanted (0: all there can be), CPUs busy for %u %% of the time\n",
	       rate, busy_percent());
	printf("# setting a policy took %u us, %u us at most, %u us of them on a CPU\n",
	       (unsigned int)(shared->setting_ns / USEC /
			      (shared->policies_set + 1)),
	       (unsigned int)(shared->longest_ns / USEC),
	       (unsigned int)(shared->cpu_ns / USEC /
			      (shared->policies_set + 1)));
	printf("# %u policies set (%u a second, %u late by more than 10 ms), %u engines exchanged, %u servers killed, %lu layers lost, %lu of them to faults\n",
	       shared->policies_set, policies_a_second(), shared->late,
	       engines_changed, servers_killed, lost_layers,
	       faults);
}

/* Caches and slabs that then stay are filled: what comes later must go again. */
static long first_round(void)
{
	unsigned int jobs = nr_jobs;
	bool good;

	nr_jobs = (jobs + 9) / 10;
	good = !set_up() && fire(1);
	cease();
	device_reset("edf");
	tell(good && device_quiet(0, 0), "fire: a first round");
	nr_jobs = jobs;
	memset(shared, 0, sizeof(*shared));
	engines_changed = servers_killed = 0;
	lost_layers = faults = 0;
	return kernel_kb();
}

static bool take_arguments(int argc, char **argv, unsigned int *seconds)
{
	unsigned int *const where[] = { seconds, &dice, &nr_clients, &nr_jobs,
					&rate };
	int i;

	if (argc > 6)
		return false;
	for (i = 1; i < argc; i++)
		*where[i - 1] = atoi(argv[i]);
	return *seconds && nr_clients && nr_clients <= MAX_CLIENTS && nr_jobs &&
	       nr_jobs <= MAX_JOBS;
}

int main(int argc, char **argv)
{
	unsigned int seconds = 45;
	uint64_t begin;
	long before;
	bool good;

	debug_kernel = !access("/sys/kernel/debug/kmemleak", F_OK);
	if (debug_kernel)
		rate = DEBUG_RATE;
	if (!take_arguments(argc, argv, &seconds)) {
		fprintf(stderr,
			"usage: fire [SECONDS [SEED [CLIENTS [JOBS [RATE]]]]]\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	place = shared->place;
	/* Who fires must not wait for those who are fired at. */
	setpriority(PRIO_PROCESS, 0, -10);
	time_alone();
	before = first_round();

	begin = now_ns();
	busy_percent();
	tell(!set_up(), "fire: set up");
	good = fire(seconds);
	cease();
	sum_up((now_ns() - begin) / SEC + 1);
	tell(good, "fire: every job of every client ended once");
	tell(faults && servers_killed && engines_changed &&
		     shared->policies_set,
	     "fire: there was fire");
	tell(often_enough(seconds), "fire: the policy was changed often");
	tell(policy_faults() == 0, "fire: no policy chose what it may not");
	tell(device_consistent(), "fire: the device is in order");
	device_reset("edf");
	set_guard(NULL);
	tell(device_quiet(0, 0), "fire: nothing is left");
	before = kernel_kb() - before;
	printf("# kernel memory: %+ld kB\n", before);
	/* Debug kernels keep what was freed; they have kmemleak instead. */
	tell(debug_kernel || before < SLACK_KB, "fire: memory is back");
	printf("1..%u\n", nr_tests);
	return !all_good;
}
