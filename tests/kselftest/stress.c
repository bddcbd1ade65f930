// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many clients at once: sixteen processes with 500 jobs each, random in all
 * that may be, while the policy changes.  In the end every job has had its
 * completion, exactly one, and every counter agrees.
 *
 * XRSCHED_TEST_SEED repeats a run whose seed was printed, XRSCHED_TEST_CLIENTS
 * makes it another number of clients.
 */
#include "control.h"
#include "helpers.h"

#define JOBS		500
#define STREAMS		4
#define BATCH		16

/* A client: what it may submit next, and what it has seen of each job. */
struct client {
	int fd;
	unsigned int seed;
	uint32_t stream[STREAMS];
	uint64_t frame[STREAMS];
	uint64_t release_ns;
	uint32_t submitted;
	uint32_t ended;
	uint32_t outcome[STREAMS][XRSCHED_FAILED + 1];
	uint32_t late[STREAMS];
	uint8_t seen[JOBS];
};

static unsigned int dice(struct client *c, unsigned int sides)
{
	return rand_r(&c->seed) % sides;
}

/* Three streams, one of which the fourth one follows. */
static bool client_open(struct client *c)
{
	struct model m;
	unsigned int i;

	c->fd = open_device();
	if (c->fd < 0)
		return false;
	for (i = 0; i < STREAMS; i++) {
		model_init(&m, 1 + dice(c, 4), 20 * USEC + dice(c, 100 * USEC));
		if (call(c->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg))
			return false;
		c->stream[i] = stream_create(c->fd, m.arg.handle,
					     i == 3 ? c->stream[0] : 0);
		if (!c->stream[i])
			return false;
	}
	return true;
}

/* A frame of any stream; some are not due yet, some cannot be in time. */
static void make_job(struct client *c, struct xrsched_job *job, uint32_t cookie)
{
	unsigned int i = dice(c, 3);

	job_init(job, c->stream[i], c->frame[i]++);
	job->cookie = cookie;
	c->release_ns += dice(c, 400 * USEC);
	job->release_ns = c->release_ns;
	job->deadline_ns = job->release_ns + 1 + dice(c, 20 * MSEC);
	job->skip_mask = dice(c, 2);
}

static bool submit_batch(struct client *c)
{
	struct xrsched_job job[BATCH];
	unsigned int nr = 1 + dice(c, BATCH), i;

	if (nr > JOBS - c->submitted)
		nr = JOBS - c->submitted;
	if (c->release_ns < now_ns())
		c->release_ns = now_ns();
	for (i = 0; i < nr; i++)
		make_job(c, &job[i], c->submitted + i);
	/* The last one may follow the frame that was just submitted. */
	if (nr > 1 && job[nr - 2].stream == c->stream[0] &&
	    job[nr - 2].frame >= c->frame[3]) {
		job[nr - 1].stream = c->stream[3];
		job[nr - 1].frame = job[nr - 2].frame;
		c->frame[3] = job[nr - 1].frame + 1;
	}
	if (submit_flags(c->fd, job, nr, XRSCHED_SUBMIT_WAIT,
			 now_ns() + 20 * SEC) != (int)nr)
		return false;
	c->submitted += nr;
	return true;
}

static bool take(struct client *c, const struct xrsched_completion *done)
{
	unsigned int i;

	if (done->cookie >= JOBS || c->seen[done->cookie]++)
		return false;
	for (i = 0; i < STREAMS; i++)
		if (c->stream[i] == done->stream)
			break;
	if (i == STREAMS || done->outcome < XRSCHED_COMPLETED ||
	    done->outcome > XRSCHED_FAILED)
		return false;
	if (done->start_ns && done->start_ns < done->release_ns)
		return false;
	c->outcome[i][done->outcome]++;
	c->late[i] += done->flags & XRSCHED_COMPLETION_LATE;
	c->ended++;
	return true;
}

static bool reap(struct client *c, unsigned int min)
{
	struct xrsched_completion done[BATCH];
	int nr, i;

	nr = wait_until(c->fd, done, BATCH, min, now_ns() + 20 * SEC);
	if (nr < (int)min)
		return false;
	for (i = 0; i < nr; i++)
		if (!take(c, &done[i]))
			return false;
	return true;
}

/* What the client saw is what the kernel counted. */
static bool counters_agree(struct client *c)
{
	struct xrsched_stream_stats stats;
	unsigned int i;
	uint32_t *outcome;

	for (i = 0; i < STREAMS; i++) {
		if (stream_stats(c->fd, c->stream[i], &stats) ||
		    !stats_add_up(&stats) || stats.in_flight)
			return false;
		outcome = c->outcome[i];
		if (stats.completed != outcome[XRSCHED_COMPLETED] ||
		    stats.dropped != outcome[XRSCHED_DROPPED] ||
		    stats.cancelled != outcome[XRSCHED_CANCELLED] ||
		    stats.failed != outcome[XRSCHED_FAILED] ||
		    stats.late != c->late[i])
			return false;
	}
	return true;
}

/* Exit code of a client: 0, or the step that went wrong. */
static int client_run(unsigned int seed)
{
	struct client *c = calloc(1, sizeof(*c));
	struct xrsched_stream_stats stats;
	unsigned int i;

	if (!c)
		return 1;
	c->seed = seed;
	if (!client_open(c))
		return 2;
	while (c->submitted < JOBS) {
		if (!submit_batch(c))
			return 3;
		if (!dice(c, 8))
			cancel(c->fd, c->stream[dice(c, STREAMS)], 0,
			       XRSCHED_CANCEL_ALL);
		i = dice(c, STREAMS);
		if (!dice(c, 2) && c->frame[i])
			cancel(c->fd, c->stream[i], c->frame[i] - 1, 0);
		if (stream_stats(c->fd, c->stream[i], &stats) ||
		    !stats_add_up(&stats))
			return 4;
		while (c->submitted - c->ended > 32)
			if (!reap(c, 1))
				return 5;
	}
	while (c->ended < JOBS)
		if (!reap(c, 1))
			return 6;
	if (!counters_agree(c))
		return 7;
	close(c->fd);
	free(c);
	return 0;
}

static const char *const policies[] = {
	"fcfs", "edf,expired=clamp", "dream", "edf,admit=sound",
	"fcfs,expired=demote", "dream,expired=demote,alpha=1",
};

/* Changes the policy until all clients have ended; returns how many failed. */
static int supervise(struct __test_metadata *_metadata, unsigned int left)
{
	unsigned int changes = 0, failed = 0;
	int status;
	pid_t pid;

	while (left) {
		ASSERT_EQ(0, policy_set(policies[changes++ %
						 ARRAY_SIZE(policies)]));
		sleep_ns(2 * MSEC);
		while (left && (pid = waitpid(-1, &status, WNOHANG))) {
			ASSERT_LT(0, pid);
			left--;
			if (!status)
				continue;
			TH_LOG("a client ended with status %#x", status);
			failed++;
		}
	}
	return failed;
}

FIXTURE(stress) {
	unsigned int seed;
	unsigned int clients;
};

FIXTURE_SETUP(stress)
{
	const char *seed = getenv("XRSCHED_TEST_SEED");
	const char *clients = getenv("XRSCHED_TEST_CLIENTS");

	self->clients = clients ? strtoul(clients, NULL, 0) : 16;
	self->seed = seed ? strtoul(seed, NULL, 0) : now_ns() / 1000;
	TH_LOG("seed %u", self->seed);
	ASSERT_EQ(0, device_reset("edf"));
}

FIXTURE_TEARDOWN(stress)
{
	EXPECT_TRUE(device_quiet(0, 0));
}

static void run_clients(struct __test_metadata *_metadata,
			FIXTURE_DATA(stress) *self)
{
	unsigned int i;
	pid_t pid;

	fflush(stdout);
	for (i = 0; i < self->clients; i++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(client_run(self->seed + i));
	}
	EXPECT_EQ(0, supervise(_metadata, self->clients));
}

TEST_F_TIMEOUT(stress, simulated, 60)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(i, engine_add(CLASS));
	run_clients(_metadata, self);
}

TEST_F_TIMEOUT(stress, instant, 60)
{
	ASSERT_EQ(0, engine_add_null(CLASS));
	ASSERT_EQ(1, engine_add_null(CLASS));
	run_clients(_metadata, self);
}

TEST_HARNESS_MAIN
