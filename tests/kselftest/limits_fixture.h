/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device whose limits are put back after each test, and clients of users.
 */
#ifndef XRSCHED_TEST_LIMITS_FIXTURE_H
#define XRSCHED_TEST_LIMITS_FIXTURE_H

#include <sys/stat.h>
#include <unistd.h>

#include "control.h"
#include "helpers.h"

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
static inline long long get(const char *folder, const char *name)
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
static inline int set(const char *folder, const char *name, const char *value)
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

static inline int set_limit(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	return set(LIMITS, name, text);
}

/* Goes on as a user without privileges, until become_root(). */
static inline int become(uid_t uid)
{
	return setresuid(uid, uid, 0);
}

static inline int become_root(void)
{
	return setresuid(0, 0, 0);
}

/* A file that a user has opened; -errno. */
static inline int open_as(uid_t uid)
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

/* A client of a user with a stream. */
static inline int client_as(uid_t uid, uint32_t *stream)
{
	int fd = open_as(uid);

	*stream = stream_create(fd, model_create(fd, 1, LATENCY_NS), 0);
	return fd;
}

/* Returns how many of @nr were accepted; @result: of the first that was not. */
static inline int submit_some(int fd, uint32_t stream, unsigned int frame,
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

#endif
