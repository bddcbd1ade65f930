// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings that a thread of the kernel's looks after.
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "rings_fixture.h"

static int poll_open(int fd, struct ring *ring, uint32_t idle_us)
{
	ring_setup_init(&ring->set, ENTRIES);
	ring->set.flags = XRSCHED_RING_POLL;
	ring->set.idle_us = idle_us;
	return ring_open_as(fd, ring);
}

static bool becomes(struct ring *ring, uint32_t flag, bool on)
{
	return soon(!(RING_GET(ring, sq_flags) & flag) != on);
}

/* Nothing is called to submit. */
TEST_F(rings, thread)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1000000));
	for (i = 0; i < 40; i++) {
		ring_add(&ring, self->stream, i);
		ASSERT_TRUE(soon(ring_get(&ring, &self->done)));
		EXPECT_EQ(i, self->done.frame);
		EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	}
	EXPECT_EQ(-EINVAL, ring_enter(&ring, 1, 0));
	ring_close(&ring);
}

/* It sleeps when nothing comes, says so, and is woken. */
TEST_F(rings, thread_sleeps)
{
	unsigned int i, left = 0;
	struct ring ring;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	/*
	 * Between the flag and its sleep the thread looks once more, and may
	 * find the entry: that is what it looks for.  It seldom does.
	 */
	for (i = 0; i < 100 && left < 5; i++) {
		ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
		sleep_ns(5 * MSEC);
		ring_add(&ring, self->stream, i);
		sleep_ns(5 * MSEC);
		left += RING_GET(&ring, sq_head) == i;
		ASSERT_EQ(0, ring_enter_flags(&ring, 0, 1, XRSCHED_ENTER_WAKEUP,
					      now_ns() + 10 * SEC));
		EXPECT_TRUE(ring_get(&ring, &self->done));
	}
	EXPECT_EQ(5, left);
	EXPECT_EQ(-EINVAL, ring_enter_flags(&self->ring, 0, 0,
					    XRSCHED_ENTER_WAKEUP, 0));
	ring_close(&ring);
}

/* The barriers on both sides: no entry is ever forgotten. */
TEST_F(rings, thread_race)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	for (i = 0; i < 2000; i++) {
		ring_add(&ring, self->stream, i);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (RING_GET(&ring, sq_flags) & XRSCHED_SQ_NEED_WAKEUP)
			ASSERT_EQ(0, ring_enter_flags(&ring, 0, 0,
						      XRSCHED_ENTER_WAKEUP, 0));
		ASSERT_EQ(0, ring_enter(&ring, 0, 1));
		ASSERT_TRUE(ring_get(&ring, &self->done));
	}
	ring_close(&ring);
}

/* An entry that finds no room is taken when there is, by itself. */
TEST_F(rings, thread_no_room)
{
	struct ring ring;
	unsigned int i;
	long limit;

	limit = param_set(PARAMETERS "max_jobs", 2);
	ASSERT_LT(0, limit);
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
	for (i = 0; i < 9; i++)
		ring_add(&ring, self->stream, i);
	ASSERT_EQ(0, ring_enter_flags(&ring, 0, 9, XRSCHED_ENTER_WAKEUP,
				      now_ns() + 10 * SEC));
	EXPECT_EQ(9, ring_ready(&ring));
	ring_close(&ring);
	EXPECT_EQ(2, param_set(PARAMETERS "max_jobs", limit));
}

/* The kernel's thread of a ring of ours, by its name; 0: there is none. */
static pid_t find_thread(void)
{
	char path[64], name[32];
	struct dirent *entry;
	pid_t found = 0;
	DIR *proc = opendir("/proc");
	FILE *comm;

	while (proc && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		comm = isdigit(entry->d_name[0]) ? fopen(path, "r") : NULL;
		if (!comm)
			continue;
		if (fgets(name, sizeof(name), comm) &&
		    !strncmp(name, "xrsched-sq/", 11))
			found = atoi(entry->d_name);
		fclose(comm);
	}
	if (proc)
		closedir(proc);
	return found;
}

/* Whether a line of its /proc/PID/cgroup ends with @group. */
static bool in_group(pid_t pid, const char *group)
{
	char path[64], line[256] = "";
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found |= strlen(line) >= strlen(group) &&
			 !strcmp(line + strlen(line) - strlen(group), group);
	}
	if (file)
		fclose(file);
	return found;
}

#define GROUP_DIR "/tmp/xrsched-cgroup"

/* A process of less importance, in a group of its own; 0, or what is wrong. */
static int poll_in_group(int fd)
{
	struct ring ring;
	pid_t thread;
	FILE *procs = fopen(GROUP_DIR "/xrtest/cgroup.procs", "w");

	if (!procs || fprintf(procs, "0") < 0 || fclose(procs))
		return 1;
	if (nice(5) != 5)
		return 2;
	if (poll_open(fd, &ring, 1000))
		return 3;
	thread = find_thread();
	if (!thread)
		return 4;
	if (!in_group(thread, "/xrtest"))
		return 5;
	return getpriority(PRIO_PROCESS, thread) == 5 ? 0 : 6;
}

/* Who has a thread look for entries pays for it, see ring_start_thread(). */
TEST_F(rings, thread_is_charged)
{
	int status;
	pid_t pid;

	mkdir(GROUP_DIR, 0755);
	if (mount("none", GROUP_DIR, "cgroup2", 0, NULL))
		SKIP(return, "no cgroup2");
	mkdir(GROUP_DIR "/xrtest", 0755);
	pid = fork();
	if (!pid)
		_exit(poll_in_group(self->fd));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* The thread goes with the ring, a moment later. */
	for (status = 0; status < 100 && rmdir(GROUP_DIR "/xrtest"); status++)
		sleep_ns(20 * MSEC);
	umount(GROUP_DIR);
	rmdir(GROUP_DIR);
}

#define TRACE_DIR	"/sys/kernel/tracing"
#define TRACE_OWN	TRACE_DIR "/instances/xrtest"

static bool put_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	return file && fputs(text, file) >= 0 && !fclose(file);
}

/*
 * What the kernel has to wait for all its tasks for, until each has slept or
 * has said that it might: to take a trampoline away.
 */
static int trace_and_end(void)
{
	bool can, ok;

	if (access(TRACE_DIR "/instances", F_OK))
		mount("none", TRACE_DIR, "tracefs", 0, NULL);
	if (mkdir(TRACE_OWN, 0755))
		return KSFT_SKIP;
	can = put_text(TRACE_OWN "/set_ftrace_filter", "vfs_open") &&
	      put_text(TRACE_OWN "/current_tracer", "function");
	ok = put_text(TRACE_OWN "/current_tracer", "nop");
	if (rmdir(TRACE_OWN) || !ok)
		return KSFT_FAIL;
	return can ? KSFT_PASS : KSFT_SKIP;
}

/* A thread that has always something to do holds up nobody's tracing. */
TEST_F(rings, thread_and_tracing)
{
	uint64_t frame = 0, until;
	struct ring ring;
	int status = -1;
	pid_t pid;

	if (!access("/sys/kernel/debug/kmemleak", F_OK))
		SKIP(return, "a debug kernel takes too long for an instance");
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1000000));
	pid = fork();
	if (!pid)
		_exit(trace_and_end());
	until = now_ns() + 20 * SEC;
	while (!waitpid(pid, &status, WNOHANG) && now_ns() < until) {
		ring_add(&ring, self->stream, frame++);
		sleep_ns(50 * MSEC);
		while (ring_get(&ring, &self->done))
			;
	}
	EXPECT_GT(until, now_ns());
	ring_close(&ring);
	if (now_ns() >= until)
		waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == KSFT_SKIP)
		SKIP(return, "no function tracer");
	EXPECT_EQ(0, status);
}

/* A thread that sleeps, and one that does not, go with the file. */
TEST_F(rings, thread_goes)
{
	struct ring ring;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
	ring_close(&ring);
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1000000));
	ring_close(&ring);
	EXPECT_TRUE(device_quiet(1, 2));
}

TEST_HARNESS_MAIN
