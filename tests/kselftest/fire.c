// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under fire: clients and engine servers that are killed, engines that hang,
 * fail, come and go, and a policy that changes a hundred times a second; and
 * every job of every client ends exactly once even so.
 *
 * usage: fire [SECONDS [SEED]]    (45, 1)
 *
 * Goes on for so long, and until each of the clients' places has seen one that
 * got all its jobs through.  TAP on standard output.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <xrsched/fault.h>
#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"

#define CLIENTS		64
#define JOBS		1000
#define BATCH		16
#define SIMS		4
#define SERVERS		4
#define FAULTS		"hang=1%,error=1%,seed="
#define GUARD		"floor=20ms,rest-max=50ms,strikes=8"
#define TICK		(10 * MSEC)
/* Kernel memory that may stay with caches of the kernel's own. */
#define SLACK_KB	4096

enum how { LIVES, DONE, WRONG };

/**
 * struct place - A client's place
 * @pid: who is there
 * @whole: clients that got all their jobs through
 * @killed: clients that were killed
 * @jobs: jobs that ended, of clients that were not killed
 * @outcome: the same by outcome
 */
struct place {
	pid_t pid;
	unsigned int whole;
	unsigned int killed;
	unsigned long jobs;
	unsigned long outcome[5];
};

static struct place *place;		/* shared */
static pid_t server[SERVERS];
static int sim[SIMS];
static unsigned int servers_killed, engines_changed, policies_set;
static unsigned long lost_layers, faults;
static unsigned int dice;

static unsigned int roll(unsigned int sides)
{
	return (rand_r(&dice) >> 4) % sides;
}

/* ----- clients ----------------------------------------------------------- */

/**
 * struct client - A client's books
 * @seen: jobs whose end was seen
 * @sent: jobs accepted
 * @ended: jobs whose end was seen
 * @outcome: the same by outcome
 */
struct client {
	int fd;
	uint32_t stream;
	unsigned char seen[JOBS];
	unsigned int sent;
	unsigned int ended;
	unsigned long outcome[5];
};

static int die(const char *why, long what)
{
	printf("# client: %s (%ld)\n", why, what);
	fflush(stdout);
	return 3;
}

static int send_some(struct client *c)
{
	struct xrsched_job job[BATCH];
	unsigned int i, nr = 1 + roll(BATCH);
	uint64_t release_ns = now_ns();
	int ret;

	if (nr > JOBS - c->sent)
		nr = JOBS - c->sent;
	for (i = 0; i < nr; i++) {
		job_init(&job[i], c->stream, c->sent + i);
		job[i].cookie = c->sent + i;
		/* From what nobody can meet to what everybody can. */
		job[i].release_ns = release_ns;
		job[i].deadline_ns = release_ns + (1 + roll(400)) * MSEC;
	}
	ret = submit(c->fd, job, nr);
	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		return die("submit", ret);
	c->sent += ret;
	if (!roll(8))
		cancel(c->fd, c->stream, c->sent - 1, 0);
	return 0;
}

static int take_some(struct client *c)
{
	struct xrsched_completion done[64];
	unsigned int max = c->sent - c->ended;
	int i, nr;

	nr = wait_until(c->fd, done, max < 64 ? max : 64, max > 8 ? 8 : max,
			now_ns() + 60 * SEC);
	if (nr < 0)
		return die("no job ends", nr);
	for (i = 0; i < nr; i++) {
		if (done[i].cookie >= c->sent)
			return die("a job that nobody sent", done[i].cookie);
		if (c->seen[done[i].cookie]++)
			return die("a job twice", done[i].cookie);
		if (done[i].outcome < 1 || done[i].outcome > 4)
			return die("an outcome there is not", done[i].outcome);
		c->outcome[done[i].outcome]++;
	}
	c->ended += nr;
	return 0;
}

static int books_agree(struct client *c)
{
	struct xrsched_stream_stats s;

	if (stream_stats(c->fd, c->stream, &s))
		return die("no statistics", 0);
	if (s.submitted != JOBS || s.in_flight)
		return die("jobs in flight", s.in_flight);
	if (s.completed != c->outcome[XRSCHED_COMPLETED] ||
	    s.dropped != c->outcome[XRSCHED_DROPPED] ||
	    s.cancelled != c->outcome[XRSCHED_CANCELLED] ||
	    s.failed != c->outcome[XRSCHED_FAILED] ||
	    s.submitted != s.completed + s.dropped + s.cancelled + s.failed)
		return die("the books do not agree", s.completed);
	return 0;
}

static int client(struct place *p)
{
	struct client c = { .fd = open_device() };
	int i, ret = 0;

	if (c.fd < 0)
		return die("open", c.fd);
	c.stream = stream_create(c.fd,
				 model_create(c.fd, 1 + roll(3),
					      (20 + roll(200)) * USEC), 0);
	if (!c.stream)
		return die("no stream", 0);
	while (!ret && c.ended < JOBS) {
		if (c.sent < JOBS)
			ret = send_some(&c);
		if (!ret && c.sent > c.ended)
			ret = take_some(&c);
	}
	if (!ret)
		ret = books_agree(&c);
	if (ret)
		return ret;
	p->jobs += JOBS;
	for (i = 0; i < 5; i++)
		p->outcome[i] += c.outcome[i];
	return 0;
}

/* ----- servers ----------------------------------------------------------- */

/* Executes layers by sleeping; now and then it fails, or forgets to answer. */
static int serve(void)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.watchdog_ms = 20,
	};
	struct xrsched_server_result result = {};
	struct xrsched_server_layer layer;
	struct xrsched_server *s;
	int ret = xrsched_server_open(&opts, &s);

	if (ret)
		return ret == -ENOSPC ? 0 : 1;
	ret = xrsched_server_fetch(s, 0, &layer, 0);
	while (!ret || ret == -EINTR) {
		unsigned int luck = roll(100);

		sleep_ns(luck ? layer.expected_ns : 100 * MSEC);
		result.status = luck == 1 ? XRSCHED_LAYER_ERROR :
					    XRSCHED_LAYER_DONE;
		result.energy_pj = LAYER_PJ;
		ret = xrsched_server_next(s, 0, &result, &layer, 0);
	}
	return ret == -ENODEV ? 0 : 1;
}

/* ----- the one who fires ------------------------------------------------- */

static pid_t start(struct place *p, unsigned int seed)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dice = seed;
	_exit(p ? client(p) : serve());
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

static int set_guard(const char *text)
{
	struct xrsched_control *control;
	struct xrsched_guard guard;
	int ret = xrsched_control_open(&control);

	if (ret)
		return ret;
	ret = xrsched_control_guard_get(control, 0, &guard);
	if (!ret)
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
		server[i] = start(NULL, roll(1000000));
	for (i = 0; i < CLIENTS && !ret; i++)
		place[i].pid = start(&place[i], roll(1000000));
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
	for (i = 0; i < CLIENTS; i++) {
		if (reap(&place[i]) == WRONG)
			good = false;
		if (!place[i].pid && (again || !place[i].whole) && good)
			place[i].pid = start(&place[i], roll(1000000));
		*alive += !!place[i].pid;
	}
	for (i = 0; i < SERVERS; i++)
		if (waitpid(server[i], NULL, WNOHANG) == server[i])
			server[i] = start(NULL, roll(1000000));
	return good;
}

/* One shot, a hundred times a second. */
static bool shoot(unsigned int tick)
{
	static const char *const policy[] = {
		"fcfs", "edf,expired=drop", "llf", "rr", "dream", "dream-full",
		"planaria", "veltair", "xrbench", "lookahead", "fcfs-static",
		"edf,expired=demote",
	};
	unsigned int i;

	if (policy_set(policy[roll(sizeof(policy) / sizeof(policy[0]))]))
		return false;
	policies_set++;
	if (tick % 50 == 10) {
		i = roll(CLIENTS);
		if (place[i].pid)
			kill(place[i].pid, SIGKILL);
	}
	if (tick % 30 == 20) {
		i = roll(SERVERS);
		kill(server[i], SIGKILL);
		servers_killed++;
	}
	if (tick % 20 == 5) {
		i = roll(SIMS);
		note_engine(sim[i]);
		engine_del(sim[i]);
		if (add_sim(i))
			return false;
		engines_changed++;
	}
	return true;
}

static bool fire(unsigned int seconds)
{
	uint64_t begin = now_ns(), next = begin;
	unsigned int tick = 0, alive = 1;
	bool again = true, good = true;

	while (good && (again || alive)) {
		good = look_after(again, &alive) && shoot(tick++);
		again = now_ns() < begin + seconds * SEC;
		/* Three times the time for those that are late, and 2 minutes. */
		if (now_ns() > begin + (3 * seconds + 120) * SEC) {
			printf("# %u clients do not come to an end\n", alive);
			good = false;
		}
		next += TICK;
		if (now_ns() < next)
			sleep_ns(next - now_ns());
		else
			next = now_ns();
	}
	return good;
}

static void cease(void)
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		if (place[i].pid)
			kill(place[i].pid, SIGKILL);
	for (i = 0; i < SERVERS; i++)
		kill(server[i], SIGKILL);
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

static void sum_up(unsigned int seconds)
{
	unsigned long whole = 0, killed = 0, jobs = 0, outcome[5] = {};
	unsigned int i, k;

	for (i = 0; i < CLIENTS; i++) {
		whole += place[i].whole;
		killed += place[i].killed;
		jobs += place[i].jobs;
		for (k = 0; k < 5; k++)
			outcome[k] += place[i].outcome[k];
	}
	printf("# %u s: %lu clients of %d jobs whole, %lu killed; jobs %lu = %lu completed + %lu dropped + %lu cancelled + %lu failed\n",
	       seconds, whole, JOBS, killed, jobs, outcome[1], outcome[2],
	       outcome[3], outcome[4]);
	printf("# %u policies set, %u engines exchanged, %u servers killed, %lu layers lost, %lu of them to faults\n",
	       policies_set, engines_changed, servers_killed, lost_layers,
	       faults);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 45;
	bool kasan = !access("/sys/kernel/debug/kmemleak", F_OK);
	uint64_t begin;
	long before;
	bool good;

	dice = argc > 2 ? atoi(argv[2]) : 1;
	place = mmap(NULL, CLIENTS * sizeof(*place), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Once for caches that then stay: what comes later must go again. */
	good = !set_up() && fire(1);
	cease();
	device_reset("edf");
	tell(good && device_quiet(0, 0), "fire: a first round");
	before = kernel_kb();
	memset(place, 0, CLIENTS * sizeof(*place));
	policies_set = engines_changed = servers_killed = 0;
	lost_layers = faults = 0;

	begin = now_ns();
	tell(!set_up(), "fire: set up");
	good = fire(seconds);
	cease();
	sum_up((now_ns() - begin) / SEC);
	tell(good, "fire: every job of every client ended once");
	tell(faults && servers_killed && engines_changed,
	     "fire: there was fire");
	tell(device_consistent(), "fire: the device is in order");
	device_reset("edf");
	set_guard("floor=10ms,rest-max=10s,strikes=3");
	tell(device_quiet(0, 0), "fire: nothing is left");
	before = kernel_kb() - before;
	printf("# kernel memory: %+ld kB\n", before);
	/* Debug kernels keep what was freed; they have kmemleak instead. */
	tell(kasan || before < SLACK_KB, "fire: memory is back");
	printf("1..%u\n", nr_tests);
	return !all_good;
}
