// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of clients, users and devices: each holds, is given back, and keeps one
 * user from taking what others need.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "control.h"
#include "helpers.h"
#include "ring_helpers.h"

#define ATTRS		"/sys/class/xrsched/xrsched0/"
#define LIMITS		ATTRS "limits/"
#define NOBODY		65534
#define ANOTHER		65533
#define LATENCY_NS	(1 * MSEC)

static const char *const names[] = {
	"max_models", "max_model_bytes", "max_streams", "max_jobs", "max_rings",
	"max_ring_bytes", "max_user_clients", "max_user_model_bytes",
	"max_user_streams", "max_user_jobs", "max_device_clients",
	"max_device_streams", "max_device_jobs", "max_device_ring_bytes",
};

#define NR_LIMITS (sizeof(names) / sizeof(names[0]))

/* Returns what a file in a folder says, or -errno. */
static long long get(const char *folder, const char *name)
{
	char path[128], text[32] = "";
	long long value = -errno;
	int fd;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	value = read(fd, text, sizeof(text) - 1) > 0 ? strtoll(text, NULL, 10) :
						       -errno;
	close(fd);
	return value;
}

/* Returns 0 or -errno. */
static int set(const char *folder, const char *name, const char *value)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

static int set_limit(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	return set(LIMITS, name, text);
}

/* Goes on as a user without privileges, until become_root(). */
static int become(uid_t uid)
{
	return setresuid(uid, uid, 0);
}

static int become_root(void)
{
	return setresuid(0, 0, 0);
}

/* A file that a user has opened; -errno. */
static int open_as(uid_t uid)
{
	int fd;

	if (become(uid))
		return -errno;
	fd = open_device();
	if (fd < 0)
		fd = -errno;
	return become_root() ? -errno : fd;
}

FIXTURE(limits) {
	long long before[NR_LIMITS];
	struct xrsched_completion done[64];
};

FIXTURE_SETUP(limits)
{
	unsigned int i;

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, device_reset("rr,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	ASSERT_EQ(0, chmod(DEVICE, 0666));
	for (i = 0; i < NR_LIMITS; i++) {
		self->before[i] = get(LIMITS, names[i]);
		ASSERT_LT(0, self->before[i]);
	}
}

FIXTURE_TEARDOWN(limits)
{
	unsigned int i;

	EXPECT_EQ(0, become_root());
	EXPECT_EQ(0, chmod(DEVICE, 0660));
	for (i = 0; i < NR_LIMITS; i++)
		EXPECT_EQ(0, set_limit(names[i], self->before[i]));
	/* All that was counted is given back. */
	EXPECT_TRUE(device_quiet(0, 0));
	EXPECT_EQ(0, get(ATTRS, "clients"));
	EXPECT_EQ(0, get(ATTRS, "streams"));
	EXPECT_EQ(0, get(ATTRS, "jobs"));
	EXPECT_EQ(0, get(ATTRS, "ring_bytes"));
}

/* ----- where they are set ------------------------------------------------ */

TEST_F(limits, parameters)
{
	unsigned int i;

	for (i = 0; i < NR_LIMITS; i++) {
		char text[32];

		TH_LOG("%s", names[i]);
		snprintf(text, sizeof(text), "%lld", self->before[i] + 1);
		EXPECT_EQ(self->before[i], get(PARAMETERS, names[i]));
		EXPECT_EQ(0, set(PARAMETERS, names[i], text));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "0"));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "4294967295"));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "many"));
		EXPECT_EQ(self->before[i] + 1, get(PARAMETERS, names[i]));
		snprintf(text, sizeof(text), "%lld", self->before[i]);
		EXPECT_EQ(0, set(PARAMETERS, names[i], text));
		EXPECT_EQ(self->before[i], get(LIMITS, names[i]));
	}
}

TEST_F(limits, attributes)
{
	unsigned int i;

	for (i = 0; i < NR_LIMITS; i++) {
		TH_LOG("%s", names[i]);
		EXPECT_EQ(0, set_limit(names[i], self->before[i] + 1));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
		/* One device's: those to come have what the module says. */
		EXPECT_EQ(self->before[i], get(PARAMETERS, names[i]));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "0"));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "4294967295"));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "4294967296"));
		EXPECT_EQ(-EINVAL, set(LIMITS, names[i], "many"));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
	}
}

TEST_F(limits, attributes_need_root)
{
	unsigned int i;

	ASSERT_EQ(0, become(NOBODY));
	for (i = 0; i < NR_LIMITS; i++) {
		EXPECT_EQ(self->before[i], get(LIMITS, names[i]));
		EXPECT_EQ(-EACCES, set(LIMITS, names[i], "5000"));
		EXPECT_EQ(-EACCES, set(PARAMETERS, names[i], "5000"));
	}
	EXPECT_EQ(-EACCES, set(ATTRS, "jobs", "0"));
	EXPECT_EQ(0, get(ATTRS, "jobs"));
	ASSERT_EQ(0, become_root());
}

TEST_F(limits, caps_tell)
{
	struct xrsched_caps caps;
	int fd = open_device();

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, set_limit("max_models", 3));
	EXPECT_EQ(0, set_limit("max_streams", 4));
	EXPECT_EQ(0, set_limit("max_jobs", 5));
	EXPECT_EQ(0, get_caps(fd, &caps));
	EXPECT_EQ(3, caps.max_models);
	EXPECT_EQ(4, caps.max_streams);
	EXPECT_EQ(5, caps.max_jobs);
	close(fd);
}

TEST_F(limits, netlink)
{
	struct xrsched_control *control;
	struct xrsched_limits limits = { .max_jobs = 77 }, got;

	ASSERT_EQ(0, xrsched_control_open(&control));
	EXPECT_EQ(0, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(77, get(LIMITS, "max_jobs"));
	EXPECT_EQ(0, xrsched_control_limits_get(control, 0, &got));
	EXPECT_EQ(77, got.max_jobs);
	EXPECT_EQ(self->before[0], got.max_models);
	EXPECT_EQ(self->before[NR_LIMITS - 1], got.max_device_ring_bytes);
	limits.max_jobs = UINT32_MAX;
	limits.max_models = 7;
	EXPECT_EQ(-ERANGE, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(77, get(LIMITS, "max_jobs"));
	EXPECT_EQ(self->before[0], get(LIMITS, "max_models"));
	/* Bytes in 64 bits: what does not fit into 32 is not cut to what does. */
	memset(&limits, 0, sizeof(limits));
	limits.max_ring_bytes = (1ULL << 32) + 4096;
	EXPECT_EQ(-ERANGE, xrsched_control_limits_set(control, 0, &limits));
	limits.max_ring_bytes = 1 << 20;
	limits.max_device_ring_bytes = 1 << 21;
	limits.max_model_bytes = 1 << 22;
	limits.max_user_model_bytes = 1 << 23;
	EXPECT_EQ(0, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(0, xrsched_control_limits_get(control, 0, &got));
	EXPECT_EQ(1 << 20, get(LIMITS, "max_ring_bytes"));
	EXPECT_EQ(1 << 20, got.max_ring_bytes);
	EXPECT_EQ(1 << 21, get(LIMITS, "max_device_ring_bytes"));
	EXPECT_EQ(1 << 21, got.max_device_ring_bytes);
	EXPECT_EQ(1 << 22, got.max_model_bytes);
	EXPECT_EQ(1 << 23, got.max_user_model_bytes);
	EXPECT_EQ(-ENODEV, xrsched_control_limits_get(control, 63, &got));
	xrsched_control_close(control);
}

/* ----- clients ----------------------------------------------------------- */

TEST_F(limits, user_clients)
{
	int fd[2], other, i;

	EXPECT_EQ(0, set_limit("max_user_clients", 2));
	for (i = 0; i < 2; i++) {
		fd[i] = open_as(NOBODY);
		ASSERT_LE(0, fd[i]);
	}
	EXPECT_EQ(-EDQUOT, open_as(NOBODY));
	EXPECT_EQ(2, get(ATTRS, "clients"));
	/* Others are not hit by it, nor is one who may exceed limits. */
	other = open_as(ANOTHER);
	EXPECT_LE(0, other);
	close(other);
	for (i = 0; i < 4; i++)
		EXPECT_LE(0, open_device());
	close(fd[0]);
	fd[0] = open_as(NOBODY);
	EXPECT_LE(0, fd[0]);
	EXPECT_EQ(-EDQUOT, open_as(NOBODY));
	closefrom(3);
}

TEST_F(limits, device_clients)
{
	int fd[2];

	EXPECT_EQ(0, set_limit("max_device_clients", 2));
	fd[0] = open_device();
	fd[1] = open_as(NOBODY);
	ASSERT_LE(0, fd[0]);
	ASSERT_LE(0, fd[1]);
	EXPECT_EQ(-1, open_device());
	EXPECT_EQ(ENOSPC, errno);
	close(fd[1]);
	fd[1] = open_as(ANOTHER);
	EXPECT_LE(0, fd[1]);
	close(fd[0]);
	close(fd[1]);
}

/* ----- models and streams ------------------------------------------------ */

TEST_F(limits, user_model_bytes)
{
	int fd[2] = { open_as(NOBODY), open_as(NOBODY) };
	int other = open_as(ANOTHER);
	unsigned int nr = 0, first;

	EXPECT_EQ(0, set_limit("max_user_model_bytes", 8192));
	while (nr < 64 && model_create(fd[0], 8, LATENCY_NS))
		nr++;
	EXPECT_EQ(EDQUOT, errno);
	EXPECT_LT(0, nr);
	EXPECT_GT(64, nr);
	EXPECT_EQ(0, model_create(fd[1], 8, LATENCY_NS));
	EXPECT_EQ(EDQUOT, errno);
	EXPECT_NE(0, model_create(other, 8, LATENCY_NS));
	/* All of it is given back with the client. */
	close(fd[0]);
	first = nr;
	for (nr = 0; nr < 64 && model_create(fd[1], 8, LATENCY_NS); nr++)
		;
	EXPECT_EQ(first, nr);
	close(fd[1]);
	close(other);
}

TEST_F(limits, user_streams)
{
	int fd[2] = { open_as(NOBODY), open_as(NOBODY) };
	int other = open_as(ANOTHER), root = open_device();
	uint32_t model[2], stream;
	int i;

	for (i = 0; i < 2; i++) {
		model[i] = model_create(fd[i], 1, LATENCY_NS);
		ASSERT_NE(0, model[i]);
	}
	EXPECT_EQ(0, set_limit("max_user_streams", 3));
	stream = stream_create(fd[0], model[0], 0);
	EXPECT_NE(0, stream);
	EXPECT_NE(0, stream_create(fd[0], model[0], 0));
	EXPECT_NE(0, stream_create(fd[1], model[1], 0));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, stream_create(fd[i], model[i], 0));
		EXPECT_EQ(EDQUOT, errno);
	}
	EXPECT_NE(0, stream_create(other, model_create(other, 1, 1), 0));
	model[0] = model_create(root, 1, LATENCY_NS);
	for (i = 0; i < 4; i++)
		EXPECT_NE(0, stream_create(root, model[0], 0));
	EXPECT_EQ(0, stream_destroy(fd[0], stream));
	EXPECT_NE(0, stream_create(fd[1], model[1], 0));
	EXPECT_EQ(0, stream_create(fd[1], model[1], 0));
	EXPECT_EQ(EDQUOT, errno);
	close(fd[0]);
	close(fd[1]);
	close(other);
	close(root);
}

/* ----- jobs -------------------------------------------------------------- */

/* A client of a user with a stream. */
static int client_as(uid_t uid, uint32_t *stream)
{
	int fd = open_as(uid);

	*stream = stream_create(fd, model_create(fd, 1, LATENCY_NS), 0);
	return fd;
}

/* Returns how many of @nr were accepted; @result: of the first that was not. */
static int submit_some(int fd, uint32_t stream, unsigned int frame,
		       unsigned int nr, uint32_t flags, int *result)
{
	struct xrsched_job job[16];
	unsigned int i;
	int ret;

	for (i = 0; i < nr; i++)
		job_init(&job[i], stream, frame + i);
	ret = submit_flags(fd, job, nr, flags, now_ns() + SEC);
	*result = ret >= 0 && ret < (int)nr ? job[ret].result : 0;
	return ret;
}

TEST_F(limits, user_jobs)
{
	uint32_t stream[2], others;
	int fd[2], other, i, result;

	for (i = 0; i < 2; i++)
		fd[i] = client_as(NOBODY, &stream[i]);
	other = client_as(ANOTHER, &others);
	EXPECT_EQ(0, set_limit("max_user_jobs", 4));
	EXPECT_EQ(3, submit_some(fd[0], stream[0], 0, 3, 0, &result));
	EXPECT_EQ(1, submit_some(fd[1], stream[1], 0, 3, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	EXPECT_EQ(-EDQUOT, submit_one(fd[0], stream[0], 3));
	/* Nobody knows when there will be room: it is not waited for. */
	EXPECT_EQ(-EDQUOT, submit_some(fd[1], stream[1], 1, 1,
				       XRSCHED_SUBMIT_WAIT, &result));
	/* Another user is not hit by it, but by its own. */
	EXPECT_EQ(4, submit_some(other, others, 0, 5, 0, &result));
	EXPECT_EQ(4, wait_all(other, self->done, 4));
	EXPECT_EQ(4, get(ATTRS, "jobs"));
	/* That they have ended is not enough, what one client reads is. */
	EXPECT_EQ(3, wait_all(fd[0], self->done, 3));
	EXPECT_EQ(1, get(ATTRS, "jobs"));
	EXPECT_EQ(3, submit_some(fd[1], stream[1], 1, 4, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	/* Or that it is closed. */
	close(fd[1]);
	EXPECT_TRUE(device_quiet(2, 2));
	EXPECT_EQ(4, submit_some(fd[0], stream[0], 3, 5, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	close(fd[0]);
	close(other);
}

TEST_F(limits, root_exceeds_user_limits)
{
	uint32_t stream;
	int fd, result;

	fd = client_as(0, &stream);
	EXPECT_EQ(0, set_limit("max_user_jobs", 1));
	EXPECT_EQ(4, submit_some(fd, stream, 0, 4, 0, &result));
	EXPECT_EQ(4, wait_all(fd, self->done, 4));
	close(fd);
}

TEST_F(limits, device_jobs)
{
	uint32_t stream[2];
	int fd[2], result;

	fd[0] = client_as(0, &stream[0]);
	fd[1] = client_as(NOBODY, &stream[1]);
	EXPECT_EQ(0, set_limit("max_device_jobs", 3));
	EXPECT_EQ(2, submit_some(fd[0], stream[0], 0, 2, 0, &result));
	EXPECT_EQ(1, submit_some(fd[1], stream[1], 0, 2, 0, &result));
	EXPECT_EQ(-ENOSPC, result);
	EXPECT_EQ(-ENOSPC, submit_one(fd[0], stream[0], 2));
	EXPECT_EQ(1, wait_all(fd[1], self->done, 1));
	EXPECT_EQ(1, submit_one(fd[0], stream[0], 2));
	close(fd[0]);
	close(fd[1]);
}

/* A limit that is raised lets those go on who wait for it. */
TEST_F(limits, raised_while_waiting)
{
	uint32_t stream;
	int fd, result;
	pid_t child;

	fd = client_as(0, &stream);
	EXPECT_EQ(0, set_limit("max_jobs", 1));
	EXPECT_EQ(1, submit_one(fd, stream, 0));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		sleep_ns(100 * MSEC);
		_exit(set_limit("max_jobs", 2) ? 1 : 0);
	}
	EXPECT_EQ(1, submit_some(fd, stream, 1, 1, XRSCHED_SUBMIT_WAIT,
				 &result));
	EXPECT_EQ(child, waitpid(child, &result, 0));
	EXPECT_EQ(0, result);
	EXPECT_EQ(2, wait_all(fd, self->done, 2));
	close(fd);
}

/* ----- rings ------------------------------------------------------------- */

static void reap(struct __test_metadata *_metadata, struct ring *ring,
		 unsigned int nr)
{
	struct xrsched_completion done;

	while (nr--) {
		EXPECT_EQ(0, ring_enter(ring, 0, 1));
		EXPECT_TRUE(ring_get(ring, &done));
		EXPECT_EQ(XRSCHED_COMPLETED, done.outcome);
	}
}

TEST_F(limits, ring_jobs)
{
	struct ring ring;
	uint32_t stream;
	int fd, i;

	fd = client_as(NOBODY, &stream);
	/* None ends before the next call, on a machine that stalls, too. */
	stream = stream_create(fd, model_create(fd, 1, 700 * MSEC), 0);
	ASSERT_EQ(0, ring_open(fd, &ring, 8));
	EXPECT_EQ(0, set_limit("max_user_jobs", 2));
	for (i = 0; i < 4; i++)
		ring_add(&ring, stream, i);
	EXPECT_EQ(2, ring_enter(&ring, 4, 0));
	EXPECT_EQ(-EDQUOT, ring_enter(&ring, 2, 0));
	EXPECT_EQ(2, RING_GET(&ring, sq_head));
	reap(_metadata, &ring, 2);
	EXPECT_EQ(2, ring_enter(&ring, 2, 0));
	reap(_metadata, &ring, 2);
	ring_close(&ring);
	close(fd);
}

/*
 * What a ring leaves behind when nobody can read the queue any more is nobody's,
 * and does not count against those that are left, whichever went first.
 */
static void unread(struct __test_metadata *_metadata, bool first)
{
	struct ring left, gone;
	uint32_t stream;
	int fd, i;

	fd = client_as(NOBODY, &stream);
	stream = stream_create(fd, model_create(fd, 1, 50 * MSEC), 0);
	ASSERT_EQ(0, ring_open(fd, &left, 8));
	ASSERT_EQ(0, ring_open(fd, &gone, 2));
	EXPECT_EQ(0, set_limit("max_jobs", 4));
	for (i = 0; i < 2; i++) {
		ring_add(&gone, stream, i);
		EXPECT_EQ(1, ring_enter(&gone, 1, 0));
	}
	if (first)
		close(fd);
	ring_close(&gone);
	if (first) {
		for (i = 0; i < 10000 && get(ATTRS, "jobs"); i++)
			sleep_ns(MSEC);
		EXPECT_EQ(0, get(ATTRS, "jobs"));
	} else {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };
		struct xrsched_stream_stats stats = {};

		for (i = 0; i < 10000 && stats.completed < 2; i++) {
			sleep_ns(MSEC);
			EXPECT_EQ(0, stream_stats(fd, stream, &stats));
		}
		EXPECT_EQ(1, poll(&pfd, 1, 0));
		EXPECT_EQ(2, get(ATTRS, "jobs"));
		close(fd);
	}
	for (i = 0; i < 4; i++)
		ring_add(&left, stream, i + 2);
	EXPECT_EQ(4, ring_enter(&left, 4, 4));
	ring_close(&left);
}

TEST_F(limits, ring_jobs_unread_after_the_file)
{
	unread(_metadata, true);
}

TEST_F(limits, ring_jobs_unread_before_the_file)
{
	unread(_metadata, false);
}

/* The thread tries again by itself, though nobody tells it. */
TEST_F(limits, ring_jobs_by_thread)
{
	struct ring ring;
	uint32_t stream, others;
	int fd, other;

	fd = client_as(NOBODY, &stream);
	other = client_as(NOBODY, &others);
	ring_setup_init(&ring.set, 8);
	ring.set.flags = XRSCHED_RING_POLL;
	ASSERT_EQ(0, ring_open_as(fd, &ring));
	EXPECT_EQ(0, set_limit("max_user_jobs", 1));
	EXPECT_EQ(1, submit_one(other, others, 0));
	ring_add(&ring, stream, 0);
	if (RING_GET(&ring, sq_flags) & XRSCHED_SQ_NEED_WAKEUP)
		ring_enter_flags(&ring, 0, 0, XRSCHED_ENTER_WAKEUP, 0);
	sleep_ns(200 * MSEC);
	EXPECT_EQ(0, RING_GET(&ring, sq_head));
	EXPECT_EQ(1, wait_all(other, self->done, 1));
	reap(_metadata, &ring, 1);
	ring_close(&ring);
	close(fd);
	close(other);
}

TEST_F(limits, ring_bytes)
{
	struct ring ring[3];
	uint32_t bytes;
	int fd, other;

	fd = open_device();
	other = open_device();
	ASSERT_EQ(0, ring_open(fd, &ring[0], 64));
	bytes = ring[0].set.map_size;
	EXPECT_EQ(bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, set_limit("max_ring_bytes", 2 * bytes - 1));
	EXPECT_EQ(-ENOSPC, ring_open(fd, &ring[1], 64));
	EXPECT_EQ(0, ring_open(other, &ring[1], 64));
	EXPECT_EQ(2 * bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, set_limit("max_ring_bytes", 4 * bytes));
	EXPECT_EQ(0, set_limit("max_device_ring_bytes", 3 * bytes - 1));
	EXPECT_EQ(-ENOSPC, ring_open(fd, &ring[2], 64));
	ring_close(&ring[1]);
	EXPECT_EQ(bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, ring_open(fd, &ring[2], 64));
	EXPECT_EQ(-ENOSPC, ring_open(other, &ring[1], 64));
	ring_close(&ring[2]);
	ring_close(&ring[0]);
	close(fd);
	close(other);
}

/* Charged to the user, however many files and rings it is spread over. */
TEST_F(limits, ring_memlock)
{
	struct rlimit limit = { 256 << 10, 256 << 10 };
	struct ring ring[8];
	int fd[8], nr;

	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &limit));
	ASSERT_EQ(0, become(NOBODY));
	for (nr = 0; nr < 8; nr++) {
		fd[nr] = open_device();
		ASSERT_LE(0, fd[nr]);
		if (ring_open(fd[nr], &ring[nr], 256))
			break;
	}
	EXPECT_EQ(limit.rlim_cur / ring[0].set.map_size, nr);
	EXPECT_EQ(-ENOMEM, ring_open(fd[0], &ring[nr], 256));
	ASSERT_EQ(0, become_root());
	ASSERT_EQ(0, become(ANOTHER));
	EXPECT_EQ(0, ring_open(fd[0], &ring[nr], 256));
	ASSERT_EQ(0, become_root());
	for (; nr >= 0; nr--)
		ring_close(&ring[nr]);
	closefrom(3);
}

/* ----- one user and another ---------------------------------------------- */

/* All that a user can take, it takes: another's frames run even so. */
TEST_F(limits, cannot_starve_others)
{
	static int fd[64];
	uint32_t stream, others;
	int other, i, nr, result, jobs = 0;

	EXPECT_EQ(0, set_limit("max_user_clients", 16));
	EXPECT_EQ(0, set_limit("max_user_streams", 24));
	EXPECT_EQ(0, set_limit("max_user_jobs", 128));
	for (nr = 0; nr < 64; nr++) {
		fd[nr] = open_as(NOBODY);
		if (fd[nr] < 0)
			break;
	}
	EXPECT_EQ(16, nr);
	EXPECT_EQ(-EDQUOT, fd[nr]);
	for (i = 0; i < nr; i++) {
		uint32_t model = model_create(fd[i], 1, LATENCY_NS);

		while ((stream = stream_create(fd[i], model, 0))) {
			int got = submit_some(fd[i], stream, 0, 16, 0,
					      &result);

			jobs += got > 0 ? got : 0;
		}
		EXPECT_EQ(EDQUOT, errno);
	}
	EXPECT_EQ(24, get(ATTRS, "streams"));
	EXPECT_EQ(128, jobs);

	other = client_as(ANOTHER, &others);
	ASSERT_LE(0, other);
	ASSERT_NE(0, others);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(1, submit_one(other, others, i));
		EXPECT_EQ(1, wait_all(other, self->done, 1));
		EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	}
	closefrom(3);
}

TEST_F(limits, cannot_see_others)
{
	struct xrsched_stream_stats stats;
	uint32_t stream;
	int fd, other;

	fd = client_as(ANOTHER, &stream);
	EXPECT_EQ(1, submit_at(fd, stream, 0, now_ns() + 1000 * SEC));
	ASSERT_EQ(0, become(NOBODY));
	other = open_device();
	ASSERT_LE(0, other);
	EXPECT_EQ(-ENOENT, stream_stats(other, stream, &stats));
	EXPECT_EQ(-ENOENT, cancel(other, stream, 0, 0));
	EXPECT_EQ(-ENOENT, cancel(other, stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(-ENOENT, stream_destroy(other, stream));
	EXPECT_EQ(-ENOENT, submit_one(other, stream, 1));
	EXPECT_EQ(0, wait_none(other, self->done, 64));
	ASSERT_EQ(0, become_root());
	EXPECT_EQ(1, cancel(fd, stream, 0, 0));
	EXPECT_EQ(1, wait_none(fd, self->done, 64));
	close(fd);
	close(other);
}

TEST_F(limits, priority_needs_capability)
{
	struct xrsched_stream_create arg;
	uint32_t prio;
	int fd;

	ASSERT_EQ(0, become(NOBODY));
	fd = open_device();
	stream_init(&arg, model_create(fd, 1, LATENCY_NS));
	for (prio = 1; prio <= 3; prio++) {
		arg.priority = prio;
		EXPECT_EQ(-EPERM, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	}
	arg.priority = 0;
	EXPECT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	ASSERT_EQ(0, become_root());
	/* What it is called with counts, not who has opened the file. */
	arg.priority = 3;
	EXPECT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	close(fd);
}

TEST_HARNESS_MAIN
