// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory runs out, or a page of the caller's is not there, at every place where
 * that can be: each call is repeated with its first, second, third, … such
 * attempt failing, until it succeeds because there are no more.  Needs a kernel
 * with fault injection; what leaks is for kmemleak to tell.
 */
#include "control.h"
#include "helpers.h"

#define DEBUGFS		"/sys/kernel/debug/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
/* No call has as many places; the sweep must come to an end by itself. */
#define MOST		400
/* Jobs of a call: more than have room on the kernel's stack. */
#define BATCH		20

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) > 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

/* All allocations and copies may fail, and nothing is said about it. */
static void __attribute__((constructor)) need_fault_injection(void)
{
	if (access(FAIL_NTH, W_OK) || access(DEBUGFS "failslab", F_OK))
		ksft_exit_skip("this kernel has no fault injection\n");
	write_text(DEBUGFS "failslab/ignore-gfp-wait", "N");
	write_text(DEBUGFS "failslab/verbose", "0");
	write_text(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N");
	write_text(DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N");
	write_text(DEBUGFS "fail_page_alloc/min-order", "0");
	write_text(DEBUGFS "fail_page_alloc/verbose", "0");
	write_text(DEBUGFS "fail_usercopy/verbose", "0");
}

FIXTURE(failnth) {
	int fd;
	int nth;		/* /proc/thread-self/fail-nth */
	uint32_t model;
	uint32_t stream;
	uint64_t frame;		/* next frame of the stream */
	uint64_t read;		/* frames whose completion was read */
	int other;		/* file or handle that a call made */
	struct xrsched_job job[BATCH];
	struct xrsched_completion done[BATCH];
};

FIXTURE_SETUP(failnth)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, self->nth);
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, 2, 20 * USEC);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	/* Only calls are to fail, not the memory of the test itself. */
	ASSERT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
}

FIXTURE_TEARDOWN(failnth)
{
	close(self->nth);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/**
 * struct attempt - A call under test
 * @call: makes the call.  Returns 0 or more, or -errno.
 * @after: with nothing failing any more, looks at what became of it and undoes
 *         it; returns whether it was as it should be.
 */
struct attempt {
	int (*call)(FIXTURE_DATA(failnth) *self);
	bool (*after)(FIXTURE_DATA(failnth) *self, int ret);
};

static void fail_at(FIXTURE_DATA(failnth) *self, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/* To copy this number may be what fails, which then is over, too. */
	if (pwrite(self->nth, text, len, 0) != len && n)
		abort();
}

/* Whether the place was come by; nothing fails any more. */
static bool failed_there(FIXTURE_DATA(failnth) *self)
{
	char text[16] = "";
	ssize_t len = pread(self->nth, text, sizeof(text) - 1, 0);

	/* If it was not, to copy the number may have been the place. */
	fail_at(self, 0);
	return len > 0 && !strtoul(text, NULL, 10);
}

/*
 * Makes a call with every place failing in turn.  A call that could do without
 * what it did not get may succeed all the same.
 */
static void sweep(struct __test_metadata *_metadata,
		  FIXTURE_DATA(failnth) *self, const struct attempt *attempt)
{
	unsigned int n, errors = 0;
	bool failed = true;
	int ret;

	for (n = 1; failed && n < MOST; n++) {
		fail_at(self, n);
		ret = attempt->call(self);
		failed = failed_there(self);
		if (!attempt->after(self, ret)) {
			TH_LOG("place %u: wrong after it returned %d", n, ret);
			_metadata->passed = 0;
		}
		if (ret >= 0)
			continue;
		errors++;
		if (!failed || (ret != -ENOMEM && ret != -EFAULT)) {
			TH_LOG("place %u: %s", n, strerror(-ret));
			_metadata->passed = 0;
		}
	}
	TH_LOG("%u places, %u errors", n - 2, errors);
	EXPECT_GT(MOST, n);
	EXPECT_LT(0, errors);
	EXPECT_TRUE(device_consistent());
}

/* ----- calls that make something ----------------------------------------- */

static int call_open(FIXTURE_DATA(failnth) *self)
{
	self->other = open_device();
	return self->other < 0 ? -errno : 0;
}

static bool after_open(FIXTURE_DATA(failnth) *self, int ret)
{
	return ret || !close(self->other);
}

TEST_F(failnth, open)
{
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_open, .after = after_open });
	EXPECT_TRUE(device_quiet(1, 1));
}

static int call_model(FIXTURE_DATA(failnth) *self)
{
	self->other = model_create(self->fd, MAX_LAYERS, MSEC);
	return self->other ? 0 : -errno;
}

static bool after_model(FIXTURE_DATA(failnth) *self, int ret)
{
	return ret || !model_destroy(self->fd, self->other);
}

TEST_F(failnth, model)
{
	struct xrsched_caps caps;
	uint32_t i;

	sweep(_metadata, self,
	      &(struct attempt){ .call = call_model, .after = after_model });
	/* As many as ever: none was left behind. */
	ASSERT_EQ(0, get_caps(self->fd, &caps));
	for (i = 1; i < caps.max_models; i++)
		ASSERT_NE(0, model_create(self->fd, 1, MSEC));
}

static int call_stream(FIXTURE_DATA(failnth) *self)
{
	self->other = stream_create(self->fd, self->model, self->stream);
	return self->other ? 0 : -errno;
}

static bool after_stream(FIXTURE_DATA(failnth) *self, int ret)
{
	return ret || !stream_destroy(self->fd, self->other);
}

TEST_F(failnth, stream)
{
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_stream, .after = after_stream });
	EXPECT_TRUE(device_quiet(1, 1));
	/* Not held by one that was never made. */
	EXPECT_EQ(0, stream_destroy(self->fd, self->stream));
}

/* ----- jobs -------------------------------------------------------------- */

static bool read_some(FIXTURE_DATA(failnth) *self, int nr)
{
	int i;

	/* Each once, in order: none was lost, none came again. */
	for (i = 0; i < nr; i++)
		if (self->done[i].frame != self->read++)
			return false;
	return true;
}

static bool read_rest(FIXTURE_DATA(failnth) *self)
{
	int nr = self->frame - self->read;

	return !nr || (wait_all(self->fd, self->done, nr) == nr &&
		       read_some(self, nr));
}

static int call_submit(FIXTURE_DATA(failnth) *self)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++)
		job_init(&self->job[i], self->stream, self->frame + i);
	return submit(self->fd, self->job, BATCH);
}

/* What was taken is in the return value, or else in the results. */
static bool after_submit(FIXTURE_DATA(failnth) *self, int ret)
{
	int taken = 0;

	while (taken < BATCH && !self->job[taken].result)
		taken++;
	if (ret > taken)
		taken = ret;
	self->frame += taken;
	return read_rest(self);
}

TEST_F(failnth, submit)
{
	struct xrsched_stream_stats stats;

	sweep(_metadata, self,
	      &(struct attempt){ .call = call_submit, .after = after_submit });
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(self->frame, stats.submitted);
	EXPECT_EQ(self->frame, stats.completed);
}

/* Three are there to be taken, whenever a call is made. */
static bool end_three(FIXTURE_DATA(failnth) *self)
{
	struct xrsched_stream_stats stats;

	while (self->frame - self->read < 3)
		if (submit_one(self->fd, self->stream, self->frame++) != 1)
			return false;
	do {
		if (stream_stats(self->fd, self->stream, &stats))
			return false;
	} while (stats.in_flight);
	return true;
}

static int call_wait(FIXTURE_DATA(failnth) *self)
{
	return wait_until(self->fd, self->done, 3, 1, now_ns() + 5 * SEC);
}

static bool after_wait(FIXTURE_DATA(failnth) *self, int ret)
{
	return read_some(self, ret) && end_three(self);
}

TEST_F(failnth, wait)
{
	ASSERT_TRUE(end_three(self));
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_wait, .after = after_wait });
	EXPECT_TRUE(read_rest(self));
}

static int call_read(FIXTURE_DATA(failnth) *self)
{
	ssize_t len = read(self->fd, self->done, 3 * sizeof(self->done[0]));

	return len < 0 ? -errno : len / (int)sizeof(self->done[0]);
}

TEST_F(failnth, read)
{
	ASSERT_TRUE(end_three(self));
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_read, .after = after_wait });
	EXPECT_TRUE(read_rest(self));
}

/* ----- other calls ------------------------------------------------------- */

static int call_look(FIXTURE_DATA(failnth) *self)
{
	struct xrsched_stream_stats stats;
	struct xrsched_caps caps;
	int ret = get_caps(self->fd, &caps);

	return ret ? ret : stream_stats(self->fd, self->stream, &stats);
}

static bool after_look(FIXTURE_DATA(failnth) *self, int ret)
{
	(void)self;
	return ret <= 0;
}

TEST_F(failnth, caps_and_stats)
{
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_look, .after = after_look });
}

static int call_cancel(FIXTURE_DATA(failnth) *self)
{
	return cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL);
}

/* There is always one to be cancelled. */
static bool after_cancel(FIXTURE_DATA(failnth) *self, int ret)
{
	struct xrsched_stream_stats stats;

	if (stream_stats(self->fd, self->stream, &stats) ||
	    !stats_add_up(&stats) || (ret > 0 && stats.in_flight))
		return false;
	return stats.in_flight ||
	       submit_at(self->fd, self->stream, self->frame++,
			 now_ns() + 900 * SEC) == 1;
}

TEST_F(failnth, cancel)
{
	ASSERT_TRUE(after_cancel(self, 0));
	sweep(_metadata, self,
	      &(struct attempt){ .call = call_cancel, .after = after_cancel });
}

/*
 * The control plane.  What becomes of a call may get lost on its way back, so
 * that only the device can tell.
 */
TEST_F(failnth, engine)
{
	struct xrsched_control_device info;
	unsigned int n;

	for (n = 1; n < 100; n++) {
		fail_at(self, n);
		engine_add(CLASS);
		fail_at(self, 0);
	}
	EXPECT_TRUE(device_consistent());
	ASSERT_EQ(0, device_reset("fcfs"));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(0, info.engines);
}

TEST_HARNESS_MAIN
