// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies as seen from outside: who goes first, what becomes of frames whose
 * deadline has passed, and that changing one's mind loses nothing.
 */
#include <pthread.h>

#include "control.h"
#include "helpers.h"

/* A client with models of one long layer and of three short ones. */
struct client {
	int fd;
	uint32_t blocker;
	uint32_t one, two;
	struct xrsched_completion done[16];
};

/* A slow machine has to get some calls done in that time. */
#define BLOCK_NS	(400 * MSEC)
#define LAYERS		3
#define LATENCY_NS	(60 * MSEC)

static bool client_init(struct client *c)
{
	uint32_t longest, model;

	if (engine_add(CLASS))
		return false;
	c->fd = open_device();
	longest = model_create(c->fd, 1, BLOCK_NS);
	model = model_create(c->fd, LAYERS, LATENCY_NS);
	c->blocker = stream_create(c->fd, longest, 0);
	c->one = stream_create(c->fd, model, 0);
	c->two = stream_create(c->fd, model, 0);
	return c->two;
}

/* A frame with a deadline of its own, relative to now. */
static int submit_due(struct client *c, uint32_t stream, uint64_t frame,
		      uint64_t deadline_ns)
{
	struct xrsched_job job;

	job_init(&job, stream, frame);
	job.release_ns = now_ns();
	job.deadline_ns = job.release_ns + deadline_ns;
	return submit(c->fd, &job, 1);
}

static struct xrsched_completion *done_of(struct client *c, int nr,
					  uint32_t stream)
{
	return find_done(c->done, nr, stream, 0);
}

/*
 * The same for every policy.
 */
FIXTURE(expired) {
	struct client c;
};

FIXTURE_VARIANT(expired) {
	const char *policy;
};

FIXTURE_VARIANT_ADD(expired, fcfs) { .policy = "fcfs" };
FIXTURE_VARIANT_ADD(expired, edf) { .policy = "edf" };
FIXTURE_VARIANT_ADD(expired, dream) { .policy = "dream" };

FIXTURE_SETUP(expired)
{
	ASSERT_EQ(0, device_reset(variant->policy));
	ASSERT_TRUE(client_init(&self->c));
}

FIXTURE_TEARDOWN(expired)
{
	close(self->c.fd);
	/* Without engines, what runs ends at once. */
	EXPECT_EQ(0, device_reset("fcfs"));
	EXPECT_TRUE(device_quiet(0, 0));
}

static void choose(struct __test_metadata *_metadata,
		   const FIXTURE_VARIANT(expired) *variant, const char *rest)
{
	char text[64];

	snprintf(text, sizeof(text), "%s,%s", variant->policy, rest);
	ASSERT_EQ(0, policy_set(text));
}

/* It is what happens if nobody says anything else. */
TEST_F(expired, drop_waiting)
{
	struct xrsched_stream_stats stats;
	struct xrsched_completion *done;
	struct client *c = &self->c;

	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, 10 * MSEC));
	ASSERT_EQ(1, wait_all(c->fd, c->done, 1));
	done = &c->done[0];
	EXPECT_EQ(c->one, done->stream);
	EXPECT_EQ(XRSCHED_DROPPED, done->outcome);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, done->reason);
	EXPECT_EQ(0, done->flags);
	EXPECT_EQ(0, done->layers);
	/* At its deadline, not when somebody happens to look. */
	EXPECT_LE(done->deadline_ns, done->finish_ns);
	EXPECT_GT(done->release_ns + BLOCK_NS, done->finish_ns);
	ASSERT_EQ(0, stream_stats(c->fd, c->one, &stats));
	EXPECT_EQ(1, stats.dropped);
	EXPECT_EQ(1, stats.released);
	EXPECT_TRUE(stats_add_up(&stats));
}

/* One that has begun ends between two layers. */
TEST_F(expired, drop_running)
{
	struct client *c = &self->c;
	struct xrsched_job job;

	job_init(&job, c->one, 0);
	job.release_ns = now_ns() + 50 * MSEC;
	job.deadline_ns = job.release_ns + LATENCY_NS * 3 / 2;
	ASSERT_EQ(1, submit(c->fd, &job, 1));
	ASSERT_EQ(1, wait_all(c->fd, c->done, 1));
	EXPECT_EQ(XRSCHED_DROPPED, c->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, c->done[0].reason);
	EXPECT_LE(1, c->done[0].layers);
	EXPECT_GT(LAYERS, c->done[0].layers);
	EXPECT_EQ(1, c->done[0].variant);
	EXPECT_EQ(JOB_PJ(c->done[0].layers), c->done[0].energy_pj);
}

/* With its last layer under way it completes, and is late. */
TEST_F(expired, drop_not_in_last_layer)
{
	struct client *c = &self->c;

	ASSERT_EQ(1, submit_due(c, c->blocker, 0, 10 * MSEC));
	ASSERT_EQ(1, wait_all(c->fd, c->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, c->done[0].outcome);
	EXPECT_EQ(XRSCHED_COMPLETION_LATE, c->done[0].flags);
}

TEST_F(expired, clamp)
{
	struct client *c = &self->c;

	choose(_metadata, variant, "expired=clamp");
	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, 10 * MSEC));
	ASSERT_EQ(2, wait_all(c->fd, c->done, 2));
	EXPECT_EQ(c->one, c->done[1].stream);
	EXPECT_EQ(XRSCHED_COMPLETED, c->done[1].outcome);
	EXPECT_EQ(XRSCHED_COMPLETION_LATE, c->done[1].flags);
	EXPECT_EQ(LAYERS, c->done[1].layers);
}

/* It runs when nobody else wants to. */
TEST_F(expired, demote)
{
	struct xrsched_completion *one, *two;
	struct client *c = &self->c;

	choose(_metadata, variant, "expired=demote");
	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, 10 * MSEC));
	ASSERT_EQ(1, submit_due(c, c->two, 0, 1000 * SEC));
	ASSERT_EQ(3, wait_all(c->fd, c->done, 3));
	one = done_of(c, 3, c->one);
	two = done_of(c, 3, c->two);
	EXPECT_EQ(XRSCHED_COMPLETED, one->outcome);
	EXPECT_EQ(XRSCHED_COMPLETION_LATE, one->flags);
	EXPECT_EQ(0, two->flags);
	EXPECT_LE(two->finish_ns, one->start_ns);
}

/* It goes where it belongs under the new rule. */
TEST_F(expired, clamp_then_drop)
{
	struct client *c = &self->c;

	choose(_metadata, variant, "expired=clamp");
	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, MSEC));
	sleep_ns(2 * MSEC);
	EXPECT_EQ(0, wait_none(c->fd, c->done, 16));
	choose(_metadata, variant, "expired=drop");
	ASSERT_EQ(1, wait_none(c->fd, c->done, 16));
	EXPECT_EQ(XRSCHED_DROPPED, c->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, c->done[0].reason);
}

/* What cannot be in time any more need not wait for its deadline. */
TEST_F(expired, admit_sound)
{
	struct client *c = &self->c;

	choose(_metadata, variant, "admit=sound");
	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, LAYERS * LATENCY_NS - 1));
	ASSERT_EQ(1, wait_none(c->fd, c->done, 16));
	EXPECT_EQ(XRSCHED_DROPPED, c->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_HOPELESS, c->done[0].reason);
	EXPECT_GT(c->done[0].deadline_ns, c->done[0].finish_ns);
	/* What can is waited for. */
	ASSERT_EQ(1, submit_due(c, c->two, 0, 1000 * SEC));
	EXPECT_EQ(0, wait_none(c->fd, c->done, 16));
}

/*
 * Who goes first.
 */
FIXTURE(order) {
	struct client c;
};

FIXTURE_SETUP(order)
{
	ASSERT_EQ(0, device_reset("fcfs"));
	ASSERT_TRUE(client_init(&self->c));
}

FIXTURE_TEARDOWN(order)
{
	close(self->c.fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* Two frames are there when the engine comes free: which one is first? */
static uint32_t first_of_two(struct __test_metadata *_metadata,
			     struct client *c)
{
	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, 1000 * SEC));
	ASSERT_EQ(1, submit_due(c, c->two, 0, 100 * SEC));
	ASSERT_EQ(3, wait_all(c->fd, c->done, 3));
	EXPECT_EQ(c->blocker, c->done[0].stream);
	EXPECT_LE(c->done[1].finish_ns, c->done[2].start_ns);
	return c->done[1].stream;
}

TEST_F(order, fcfs_oldest)
{
	EXPECT_EQ(self->c.one, first_of_two(_metadata, &self->c));
}

TEST_F(order, edf_earliest_deadline)
{
	ASSERT_EQ(0, policy_set("edf"));
	EXPECT_EQ(self->c.two, first_of_two(_metadata, &self->c));
}

TEST_F(order, dream_most_urgent)
{
	/* By urgency alone: they have waited for different times. */
	ASSERT_EQ(0, policy_set("dream,alpha=0,beta=0"));
	EXPECT_EQ(self->c.two, first_of_two(_metadata, &self->c));
}

/*
 * A model that runs slowly on engine 0 and fast, but at a price, on engine 1:
 * what it took tells where it ran.
 */
#define FAST_PJ	5000

static uint64_t energy_on_two(struct __test_metadata *_metadata,
			      struct client *c)
{
	struct model m;
	uint32_t stream;

	ASSERT_EQ(1, engine_add("fast"));
	model_init(&m, 1, 50 * MSEC);
	m.arg.nr_classes = 2;
	strcpy(m.class[1].name, "fast");
	m.cost[1].latency_ns = MSEC;
	m.cost[1].energy_pj = FAST_PJ;
	ASSERT_EQ(0, call(c->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	stream = stream_create(c->fd, m.arg.handle, 0);
	ASSERT_EQ(1, submit_one(c->fd, stream, 0));
	ASSERT_EQ(1, wait_all(c->fd, c->done, 1));
	return c->done[0].energy_pj;
}

TEST_F(order, fcfs_lowest_engine)
{
	EXPECT_EQ(JOB_PJ(1), energy_on_two(_metadata, &self->c));
	EXPECT_LE(self->c.done[0].start_ns + 50 * MSEC,
		  self->c.done[0].finish_ns);
}

TEST_F(order, edf_fastest_engine)
{
	ASSERT_EQ(0, policy_set("edf"));
	EXPECT_EQ(JOB_PJ(1) - LAYER_PJ + FAST_PJ,
		  energy_on_two(_metadata, &self->c));
}

/* The latency is a fiftieth, the energy five times: it is worth it. */
TEST_F(order, dream_best_engine)
{
	ASSERT_EQ(0, policy_set("dream,alpha=0,beta=0"));
	EXPECT_EQ(JOB_PJ(1) - LAYER_PJ + FAST_PJ,
		  energy_on_two(_metadata, &self->c));
}

/* Decided by the policy there is when the engine comes free. */
TEST_F(order, changed_meanwhile)
{
	struct client *c = &self->c;

	ASSERT_EQ(1, submit_one(c->fd, c->blocker, 0));
	ASSERT_EQ(1, submit_due(c, c->one, 0, 1000 * SEC));
	ASSERT_EQ(1, submit_due(c, c->two, 0, 500 * SEC));
	ASSERT_EQ(0, policy_set("edf"));
	ASSERT_EQ(3, wait_all(c->fd, c->done, 3));
	EXPECT_EQ(c->two, c->done[1].stream);
}

/*
 * The policy changes all the time while streams run.
 */
#define STREAMS		4
#define FRAMES		60

static const char *const policies[] = {
	"fcfs", "edf,expired=clamp", "dream,alpha=2,beta=0.5",
	"fcfs,expired=demote", "dream,togo=min,combine=add,expired=clamp",
	"edf,admit=sound",
};

struct changer {
	bool stop;
	unsigned int changes;
	int ret;
};

static void *change_policies(void *arg)
{
	struct changer *changer = arg;

	while (!__atomic_load_n(&changer->stop, __ATOMIC_ACQUIRE)) {
		changer->ret = policy_set(policies[changer->changes %
						   ARRAY_SIZE(policies)]);
		if (changer->ret)
			break;
		changer->changes++;
		sleep_ns(MSEC);
	}
	return NULL;
}

TEST_F(order, changed_under_load)
{
	struct xrsched_completion done[STREAMS * 2];
	unsigned int frame, i, seen[STREAMS][FRAMES] = {};
	uint32_t model, stream[STREAMS];
	struct xrsched_stream_stats stats;
	struct xrsched_job job[STREAMS];
	struct changer changer = {};
	struct client *c = &self->c;
	pthread_t thread;
	int nr, k;

	model = model_create(c->fd, 4, 300 * USEC);
	for (i = 0; i < STREAMS; i++)
		stream[i] = stream_create(c->fd, model, 0);
	ASSERT_NE(0, stream[STREAMS - 1]);
	ASSERT_EQ(1, engine_add(CLASS));
	ASSERT_EQ(0, pthread_create(&thread, NULL, change_policies, &changer));
	for (frame = 0; frame < FRAMES; frame++) {
		for (i = 0; i < STREAMS; i++)
			job_init(&job[i], stream[i], frame);
		ASSERT_EQ(STREAMS, submit(c->fd, job, STREAMS));
		nr = wait_all(c->fd, done, STREAMS);
		ASSERT_EQ(STREAMS, nr);
		for (k = 0; k < nr; k++) {
			EXPECT_EQ(XRSCHED_COMPLETED, done[k].outcome);
			for (i = 0; i < STREAMS; i++)
				if (stream[i] == done[k].stream)
					seen[i][done[k].frame]++;
		}
	}
	__atomic_store_n(&changer.stop, true, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, changer.ret);
	EXPECT_LT(5, changer.changes);
	for (i = 0; i < STREAMS; i++) {
		for (frame = 0; frame < FRAMES; frame++)
			EXPECT_EQ(1, seen[i][frame]);
		ASSERT_EQ(0, stream_stats(c->fd, stream[i], &stats));
		EXPECT_TRUE(stats_add_up(&stats));
		EXPECT_EQ(FRAMES, stats.completed);
		EXPECT_EQ(0, stats.in_flight);
	}
	EXPECT_TRUE(device_consistent());
}

TEST_HARNESS_MAIN
