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
	int nth;	/* /proc/thread-self/fail-nth */
	uint32_t model;
	uint32_t stream;
	uint64_t frame;
	struct xrsched_completion done[16];
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
}

FIXTURE_TEARDOWN(failnth)
{
	close(self->nth);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

static void fail_at(FIXTURE_DATA(failnth) *self, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(self->nth, text, len, 0) != len)
		abort();
}

/* Whether the place was come by. */
static bool failed_there(FIXTURE_DATA(failnth) *self)
{
	char text[16] = "";

	if (pread(self->nth, text, sizeof(text) - 1, 0) <= 0)
		abort();
	fail_at(self, 0);
	return !strtoul(text, NULL, 10);
}

/*
 * Calls @once (0 or more, or -errno) with every place failing in turn.  A call
 * that could do without what it did not get may succeed all the same.
 */
static void sweep(struct __test_metadata *_metadata,
		  FIXTURE_DATA(failnth) *self,
		  int (*once)(FIXTURE_DATA(failnth) *self))
{
	unsigned int n, errors = 0;
	bool failed;
	int ret;

	for (n = 1; n < MOST; n++) {
		fail_at(self, n);
		ret = once(self);
		failed = failed_there(self);
		if (!failed)
			break;
		if (ret >= 0)
			continue;
		errors++;
		if (ret != -ENOMEM && ret != -EFAULT)
			TH_LOG("place %u: %s", n, strerror(-ret));
		EXPECT_TRUE(ret == -ENOMEM || ret == -EFAULT);
	}
	EXPECT_LE(0, ret);
	EXPECT_GT(MOST, n);
	EXPECT_LT(0, errors);
	EXPECT_TRUE(device_consistent());
}

static int once_open(FIXTURE_DATA(failnth) *self)
{
	int fd = open_device();

	(void)self;
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

TEST_F(failnth, open)
{
	sweep(_metadata, self, once_open);
	EXPECT_TRUE(device_quiet(1, 1));
}

static int once_model(FIXTURE_DATA(failnth) *self)
{
	uint32_t model = model_create(self->fd, MAX_LAYERS, MSEC);

	return model ? model_destroy(self->fd, model) : -errno;
}

TEST_F(failnth, model)
{
	struct xrsched_caps caps;
	uint32_t i;

	sweep(_metadata, self, once_model);
	/* As many as ever: none was left behind. */
	ASSERT_EQ(0, get_caps(self->fd, &caps));
	for (i = 1; i < caps.max_models; i++)
		ASSERT_NE(0, model_create(self->fd, 1, MSEC));
}

static int once_stream(FIXTURE_DATA(failnth) *self)
{
	uint32_t stream = stream_create(self->fd, self->model, self->stream);

	return stream ? stream_destroy(self->fd, stream) : -errno;
}

TEST_F(failnth, stream)
{
	sweep(_metadata, self, once_stream);
	EXPECT_TRUE(device_quiet(1, 1));
	/* Not held by one that was never made. */
	EXPECT_EQ(0, stream_destroy(self->fd, self->stream));
}

/* Four jobs and their completions. */
static int once_submit(FIXTURE_DATA(failnth) *self)
{
	struct xrsched_job job[4];
	int ret, nr, i;

	for (i = 0; i < 4; i++)
		job_init(&job[i], self->stream, self->frame + i);
	ret = submit(self->fd, job, 4);
	if (ret <= 0)
		return ret;
	self->frame += ret;
	for (i = 0; i < ret; i += nr) {
		nr = wait_until(self->fd, self->done, 4, 1,
				now_ns() + 5 * SEC);
		/* What could not be told is told the next time. */
		if (nr == -EFAULT)
			nr = 0;
		if (nr < 0)
			return nr;
	}
	return ret == 4 ? 0 : job[ret].result;
}

TEST_F(failnth, submit_and_wait)
{
	struct xrsched_stream_stats stats;

	sweep(_metadata, self, once_submit);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(self->frame, stats.submitted);
	EXPECT_EQ(self->frame, stats.completed);
}

static int once_look(FIXTURE_DATA(failnth) *self)
{
	struct xrsched_stream_stats stats;
	struct xrsched_caps caps;
	int ret = get_caps(self->fd, &caps);

	return ret ? ret : stream_stats(self->fd, self->stream, &stats);
}

TEST_F(failnth, caps_and_stats)
{
	sweep(_metadata, self, once_look);
}

static int once_cancel(FIXTURE_DATA(failnth) *self)
{
	int ret = submit_at(self->fd, self->stream, self->frame,
			    now_ns() + 900 * SEC);

	if (ret < 0)
		return ret;
	self->frame++;
	return cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL);
}

TEST_F(failnth, cancel)
{
	struct xrsched_stream_stats stats;

	sweep(_metadata, self, once_cancel);
	cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(self->frame, stats.cancelled);
	EXPECT_TRUE(stats_add_up(&stats));
}

/* The control plane; a socket that could not be had is no fault of ours. */
static int once_engine(FIXTURE_DATA(failnth) *self)
{
	int id = engine_add(CLASS);

	fail_at(self, 0);
	return id < 0 ? -ENOMEM : engine_del(id);
}

TEST_F(failnth, engine)
{
	struct xrsched_control_device info;
	unsigned int n;

	for (n = 1; n < 120; n++) {
		fail_at(self, n);
		once_engine(self);
	}
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(1, info.engines);
	EXPECT_TRUE(device_consistent());
}

TEST_HARNESS_MAIN
