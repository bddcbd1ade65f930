// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control plane while everything changes under it: engines, streams and
 * policies come and go, jobs run, statistics are reset, and all the while dumps
 * are taken and hold to their rules.  For KASAN and lockdep to look at.
 */
#include <sys/wait.h>

#include "netlink_helpers.h"

#define DURATION (2 * SEC)

/* What is at work, each in a process of its own; returns 0 if all was well. */
typedef int (*worker_fn)(struct nlt *nl, uint64_t end_ns);

#define DEMAND(cond)                                                       \
	do {                                                               \
		if (!(cond)) {                                             \
			fprintf(stderr, "# %s:%d: not so: %s\n", __func__, \
				__LINE__, #cond);                          \
			return 1;                                          \
		}                                                          \
	} while (0)

static int change_engines(struct nlt *nl, uint64_t end_ns)
{
	struct nl_msg *msg;
	int id;

	while (now_ns() < end_ns) {
		msg = nlt_about(nl, XRSCHED_CMD_ENGINE_NEW,
				XRSCHED_A_ENGINE_DEVICE, 0);
		nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, CLASS);
		DEMAND(!nlt_do(nl, msg));
		id = nlt_u32(nl, 0, XRSCHED_A_ENGINE_ID);
		sleep_ns(MSEC);
		DEMAND(!engine_del(nl, id));
	}
	return 0;
}

static int change_policy(struct nlt *nl, uint64_t end_ns)
{
	while (now_ns() < end_ns) {
		DEMAND(!policy_set(nl, "edf"));
		DEMAND(!policy_set(nl, "fcfs"));
		DEMAND(!policy_set(nl, "dream"));
		DEMAND(!stats_reset(nl));
		sleep_ns(100 * USEC);
	}
	return 0;
}

/*
 * Changes one value of the guard; the others stay, whoever changes them
 * meanwhile, and so does this one.
 */
static int change_guard(struct nlt *nl, uint64_t end_ns, int attr,
			uint32_t from)
{
	struct nl_msg *msg;
	uint32_t n = 0;

	while (now_ns() < end_ns) {
		msg = nlt_about(nl, XRSCHED_CMD_GUARD_SET,
				XRSCHED_A_GUARD_DEVICE, 0);
		nla_put_u32(msg, attr, from + ++n % 8);
		DEMAND(!nlt_do(nl, msg));
		DEMAND(!nlt_do(nl, nlt_about(nl, XRSCHED_CMD_GUARD_GET,
					     XRSCHED_A_GUARD_DEVICE, 0)));
		DEMAND(nlt_u32(nl, 0, attr) == from + n % 8);
	}
	return 0;
}

static int change_retries(struct nlt *nl, uint64_t end_ns)
{
	return change_guard(nl, end_ns, XRSCHED_A_GUARD_RETRIES, 1);
}

static int change_strikes(struct nlt *nl, uint64_t end_ns)
{
	return change_guard(nl, end_ns, XRSCHED_A_GUARD_STRIKES, 2);
}

/* The number of a stream that is there all the time. */
static uint32_t stays;

/* Are the numbers of what was dumped different, and in order? */
static int in_order(struct nlt *nl, int attr)
{
	int i;

	for (i = 1; i < nl->nr; i++)
		if (nlt_u32(nl, i - 1, attr) >= nlt_u32(nl, i, attr))
			return 0;
	return 1;
}

static int shown(struct nlt *nl, int attr, uint32_t value)
{
	int i;

	for (i = 0; i < nl->nr; i++)
		if (nlt_u32(nl, i, attr) == value)
			return 1;
	return 0;
}

static struct nl_msg *dump_of(struct nlt *nl, int cmd, int attr)
{
	struct nl_msg *msg = nlt_new(nl, cmd, NLM_F_DUMP);

	nla_put_u32(msg, attr, 0);
	return msg;
}

static int take_dumps(struct nlt *nl, uint64_t end_ns)
{
	int i;

	while (now_ns() < end_ns) {
		DEMAND(!nlt_do(nl, dump_of(nl, XRSCHED_CMD_ENGINE_GET,
					   XRSCHED_A_ENGINE_DEVICE)));
		DEMAND(in_order(nl, XRSCHED_A_ENGINE_ID));
		DEMAND(!nlt_do(nl, dump_of(nl, XRSCHED_CMD_STREAM_GET,
					   XRSCHED_A_STREAM_DEVICE)));
		DEMAND(in_order(nl, XRSCHED_A_STREAM_ID));
		DEMAND(shown(nl, XRSCHED_A_STREAM_ID, stays));
		/* Each stream's picture is one of one moment: invariant 1. */
		for (i = 0; i < nl->nr; i++)
			DEMAND(nlt_u64(nl, i, XRSCHED_A_STREAM_SUBMITTED) ==
			       nlt_u64(nl, i, XRSCHED_A_STREAM_COMPLETED) +
				       nlt_u64(nl, i,
					       XRSCHED_A_STREAM_DROPPED) +
				       nlt_u64(nl, i,
					       XRSCHED_A_STREAM_CANCELLED) +
				       nlt_u64(nl, i, XRSCHED_A_STREAM_FAILED) +
				       nlt_u32(nl, i,
					       XRSCHED_A_STREAM_IN_FLIGHT));
		DEMAND(!nlt_dump(nl, XRSCHED_CMD_DEVICE_GET));
	}
	return 0;
}

/* Clients that come, submit and go, with or without waiting. */
static int change_clients(struct nlt *nl, uint64_t end_ns)
{
	struct xrsched_completion done[8];
	uint32_t model, stream;
	int fd, i, n;

	(void)nl;
	for (n = 0; now_ns() < end_ns; n++) {
		fd = open_device();
		DEMAND(fd >= 0);
		model = model_create(fd, 4, 20 * USEC);
		DEMAND(model);
		for (i = 0; i < 8; i++) {
			stream = stream_create(fd, model, 0);
			DEMAND(stream);
			DEMAND(submit_one(fd, stream, 0) == 1);
		}
		if (n & 1)
			DEMAND(wait_all(fd, done, 8) == 8);
		close(fd);
	}
	return 0;
}

static pid_t start(worker_fn worker, size_t read_bytes, uint64_t end_ns)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	_exit(worker(nlt_open_reading(read_bytes), end_ns));
}

struct worker {
	worker_fn run;
	size_t read_bytes;
	const char *name;
};

#define MAX_WORKERS 8

/* Has them all at work at once; which of them failed, as a mask. */
static unsigned int work(const struct worker *worker, int nr)
{
	uint64_t end_ns = now_ns() + DURATION;
	unsigned int failed = 0;
	pid_t pid[MAX_WORKERS];
	int i, status;

	for (i = 0; i < nr; i++)
		pid[i] = start(worker[i].run, worker[i].read_bytes, end_ns);
	for (i = 0; i < nr; i++)
		if (waitpid(pid[i], &status, 0) != pid[i] || status)
			failed |= 1U << i;
	return failed;
}

TEST(guard_of_two)
{
	static const struct worker worker[] = {
		{ change_retries, BIG_READ, "change_retries" },
		{ change_strikes, BIG_READ, "change_strikes" },
	};

	if (geteuid())
		SKIP(return, "needs root");
	EXPECT_EQ(0, work(worker, 2));
}

TEST(control_plane_under_change)
{
	static const struct worker worker[] = {
		{ change_engines, BIG_READ, "change_engines" },
		{ change_engines, BIG_READ, "change_engines" },
		{ change_policy, BIG_READ, "change_policy" },
		{ change_clients, BIG_READ, "change_clients" },
		{ change_clients, BIG_READ, "change_clients" },
		{ take_dumps, SMALL_READ, "take_dumps, small" },
		{ take_dumps, BIG_READ, "take_dumps, big" },
	};
	const int nr = sizeof(worker) / sizeof(worker[0]);
	struct xrsched_stream_create s;
	unsigned int failed;
	int fd, i;

	if (geteuid())
		SKIP(return, "needs root");
	fd = open_device();
	stream_init(&s, model_create(fd, 1, USEC));
	ASSERT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &s));
	stays = s.id;
	failed = work(worker, nr);
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(0, failed >> i & 1)
		{
			TH_LOG("%s", worker[i].name);
		}
	}
	close(fd);
}

TEST_HARNESS_MAIN
