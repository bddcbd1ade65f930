// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recording: who may, what is refused, what is read, what happens when
 * somebody goes.
 */
#include <linux/capability.h>
#include <linux/xrsched_record.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "control.h"
#include "helpers.h"

#define DRIVER		"/sys/bus/platform/drivers/xrsched"
#define LAYERS		4
#define SHORT_NS	(50 * USEC)
#define LEAST		1024	/* records of the smallest ring */

FIXTURE(record) {
	int fd;
	uint32_t model;
	uint32_t stream;
	unsigned int seen[256];		/* records by type */
	uint64_t lost;
	unsigned int loss_at;		/* record before which some are lost */
	unsigned int nr;
	uint64_t last_ns;
	bool backwards;
};

static void start_init(struct xrsched_record_args *arg)
{
	memset(arg, 0, sizeof(*arg));
	arg->size = sizeof(*arg);
	arg->fd = -2;
}

/* Returns the file, or -errno. */
static int start(int fd, uint32_t records, uint32_t watermark)
{
	struct xrsched_record_args arg;
	int ret;

	start_init(&arg);
	arg.records = records;
	arg.watermark = watermark;
	ret = call(fd, XRSCHED_IOC_RECORD_START, &arg);
	return ret ? ret : arg.fd;
}

static int stop(int rec)
{
	return call(rec, XRSCHED_IOC_RECORD_STOP, NULL);
}

static int stats(int rec, struct xrsched_record_stats *arg)
{
	memset(arg, 0, sizeof(*arg));
	arg->size = sizeof(*arg);
	return call(rec, XRSCHED_IOC_RECORD_STATS, arg);
}

FIXTURE_SETUP(record)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_LE(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, SHORT_NS);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(record)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

static void note(FIXTURE_DATA(record) *self, const struct xrsched_record *r)
{
	self->seen[r->type & 255]++;
	if (r->type == XRSCHED_REC_LOST) {
		self->lost += r->data[0];
		self->loss_at = self->nr;
	}
	if (r->at_ns < self->last_ns)
		self->backwards = true;
	self->last_ns = r->at_ns;
	self->nr++;
}

/* Reads what there is; returns 0 at the end, else -errno. */
static int read_all(FIXTURE_DATA(record) *self, int rec)
{
	struct xrsched_record r[100];
	ssize_t got;

	while ((got = read(rec, r, sizeof(r))) > 0) {
		if (got % sizeof(*r))
			return -EBADMSG;
		for (unsigned int i = 0; i < got / sizeof(*r); i++)
			note(self, &r[i]);
	}
	return got ? -errno : 0;
}

static int run_frames(FIXTURE_DATA(record) *self, uint64_t first,
		      unsigned int nr)
{
	struct xrsched_completion done[64];
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (submit_one(self->fd, self->stream, first + i) != 1)
			return -1;
	return wait_all(self->fd, done, nr);
}

TEST_F(record, bad_arguments)
{
	struct { struct xrsched_record_args arg; uint64_t more; } big;
	struct xrsched_record_args arg;

	start_init(&arg);
	arg.flags = 1;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_RECORD_START, &arg));
	start_init(&arg);
	arg.pad = 1;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_RECORD_START, &arg));
	start_init(&arg);
	arg.size -= 4;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_RECORD_START, &arg));
	EXPECT_EQ(-EINVAL, start(self->fd, LEAST - 1, 0));
	EXPECT_EQ(-EINVAL, start(self->fd, XRSCHED_RECORD_MAX + 1, 0));
	EXPECT_EQ(-EINVAL, start(self->fd, LEAST, LEAST + 1));
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_RECORD_START, NULL));
	memset(&big, 0, sizeof(big));
	start_init(&big.arg);
	big.arg.size = sizeof(big);
	big.more = 1;
	EXPECT_EQ(-E2BIG, call(self->fd, XRSCHED_IOC_RECORD_START, &big));
	/* Nothing of that has left a recording behind. */
	big.more = 0;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_RECORD_START, &big));
	EXPECT_LE(0, big.arg.fd);
	close(big.arg.fd);
}

TEST_F(record, calls_of_the_other_file)
{
	struct xrsched_record_stats arg;
	int rec = start(self->fd, LEAST, 0);
	char byte;

	ASSERT_LE(0, rec);
	EXPECT_EQ(-ENOTTY, stop(self->fd));
	EXPECT_EQ(-ENOTTY, start(rec, LEAST, 0));
	ASSERT_EQ(0, stats(rec, &arg));
	EXPECT_EQ(LEAST, arg.records);
	EXPECT_EQ(arg.written, arg.unread);
	arg.flags = 1;
	EXPECT_EQ(-EINVAL, call(rec, XRSCHED_IOC_RECORD_STATS, &arg));
	EXPECT_EQ(-1, read(rec, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(rec, &byte, 1));
	EXPECT_EQ(FD_CLOEXEC, fcntl(rec, F_GETFD));
	close(rec);
}

/* In a child: with these capabilities and no others. */
static int start_with(int fd, uint64_t caps)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = caps, .permitted = caps },
		{ .effective = caps >> 32, .permitted = caps >> 32 },
	};
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (syscall(SYS_capset, &head, data))
			_exit(255);
		_exit(start(fd, LEAST, 0) < 0 ? errno : 0);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

TEST_F(record, permission)
{
	EXPECT_EQ(EPERM, start_with(self->fd, 0));
	EXPECT_EQ(EPERM, start_with(self->fd, 1ULL << CAP_NET_ADMIN));
	EXPECT_EQ(0, start_with(self->fd, 1ULL << CAP_PERFMON));
	EXPECT_EQ(0, start_with(self->fd, 1ULL << CAP_SYS_ADMIN));
}

TEST_F(record, one_at_a_time)
{
	int rec = start(self->fd, LEAST, 0);

	ASSERT_LE(0, rec);
	EXPECT_EQ(-EBUSY, start(self->fd, LEAST, 0));
	/* One that was stopped is none, though it can be read. */
	EXPECT_EQ(0, stop(rec));
	EXPECT_EQ(0, stop(rec));
	close(rec);
	rec = start(self->fd, LEAST, 0);
	EXPECT_LE(0, rec);
	close(rec);
}

TEST_F(record, every_event)
{
	int rec = start(self->fd, 0, 0);

	ASSERT_LE(0, rec);
	ASSERT_EQ(3, run_frames(self, 0, 3));
	ASSERT_EQ(0, stop(rec));
	/* Nothing is recorded any more. */
	ASSERT_EQ(3, run_frames(self, 3, 3));
	ASSERT_EQ(0, read_all(self, rec));
	EXPECT_EQ(1, self->seen[XRSCHED_REC_SNAP_END]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_MODEL]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_STREAM_ADD]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_ENGINE_ADD]);
	EXPECT_EQ(3, self->seen[XRSCHED_REC_SUBMIT]);
	EXPECT_EQ(3 * LAYERS, self->seen[XRSCHED_REC_DISPATCH]);
	EXPECT_EQ(3 * LAYERS, self->seen[XRSCHED_REC_LAYER_DONE]);
	EXPECT_EQ(3, self->seen[XRSCHED_REC_FINISH]);
	EXPECT_LE(3, self->seen[XRSCHED_REC_RUN]);
	EXPECT_EQ(0, self->lost);
	EXPECT_FALSE(self->backwards);
	close(rec);
}

/* One that runs and one that waits: their state is there. */
TEST_F(record, begins_on_a_busy_device)
{
	uint32_t model = model_create(self->fd, 1, 700 * MSEC);
	uint32_t stream = stream_create(self->fd, model, 0);
	struct xrsched_completion done[2];
	int rec, i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(1, submit_one(self->fd, stream, i));
	rec = start(self->fd, LEAST, 0);
	ASSERT_LE(0, rec);
	ASSERT_EQ(2, wait_all(self->fd, done, 2));
	ASSERT_EQ(0, stop(rec));
	ASSERT_EQ(0, read_all(self, rec));
	EXPECT_EQ(2, self->seen[XRSCHED_REC_MODEL]);
	EXPECT_EQ(2, self->seen[XRSCHED_REC_SNAP_JOB]);
	EXPECT_EQ(2, self->seen[XRSCHED_REC_SNAP_JOB2]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_SNAP_ENGINE]);
	EXPECT_EQ(0, self->seen[XRSCHED_REC_SUBMIT]);
	EXPECT_EQ(2, self->seen[XRSCHED_REC_FINISH]);
	close(rec);
}

/* A model that comes later is there before its stream; streams go, too. */
TEST_F(record, later_streams)
{
	int rec = start(self->fd, 0, 0);
	uint32_t model = model_create(self->fd, 2, SHORT_NS);
	uint32_t stream = stream_create(self->fd, model, 0);
	uint32_t second = stream_create(self->fd, model, stream);

	ASSERT_LE(0, rec);
	ASSERT_NE(0, second);
	EXPECT_EQ(0, stream_destroy(self->fd, second));
	EXPECT_EQ(0, stream_destroy(self->fd, stream));
	ASSERT_EQ(0, stop(rec));
	ASSERT_EQ(0, read_all(self, rec));
	EXPECT_EQ(2, self->seen[XRSCHED_REC_MODEL]);
	EXPECT_EQ(3, self->seen[XRSCHED_REC_STREAM_ADD]);
	EXPECT_EQ(2, self->seen[XRSCHED_REC_STREAM_REMOVE]);
	close(rec);
}

/* What does not fit is counted, where it is missing. */
TEST_F(record, loss_is_told)
{
	struct xrsched_record_stats arg;
	int rec = start(self->fd, LEAST, 0);
	int i;

	ASSERT_LE(0, rec);
	for (i = 0; i < 4; i++)
		ASSERT_EQ(64, run_frames(self, 64 * i, 64));
	ASSERT_EQ(0, stats(rec, &arg));
	EXPECT_LT(0, arg.lost);
	EXPECT_EQ(LEAST, arg.unread);
	/* There is room again, and more comes. */
	ASSERT_EQ(0, fcntl(rec, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, read_all(self, rec));
	EXPECT_EQ(1, self->seen[XRSCHED_REC_LOST]);
	EXPECT_EQ(LEAST, self->loss_at);
	EXPECT_EQ(arg.lost, self->lost);
	ASSERT_EQ(3, run_frames(self, 256, 3));
	ASSERT_EQ(0, stop(rec));
	ASSERT_EQ(0, read_all(self, rec));
	EXPECT_EQ(1, self->seen[XRSCHED_REC_LOST]);
	EXPECT_LT(LEAST + 3 * LAYERS, self->nr);
	close(rec);
}

/* A ring that cannot even hold the state. */
TEST_F(record, too_small_for_the_state)
{
	uint32_t stream = self->stream;
	int i, rec;

	for (i = 0; i < 120 && stream; i++)
		stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, stream);
	EXPECT_EQ(-ENOSPC, start(self->fd, LEAST, 0));
	rec = start(self->fd, 0, 0);
	EXPECT_LE(0, rec);
	close(rec);
}

/* More in flight than may be written down in one go. */
TEST_F(record, too_busy)
{
	uint64_t later = now_ns() + 1000 * SEC;
	struct xrsched_job job[64];
	unsigned int nr, i;

	for (nr = 0; nr < 4096; nr += 64) {
		for (i = 0; i < 64; i++) {
			job_init(&job[i], self->stream, nr + i);
			job[i].release_ns = later;
		}
		ASSERT_EQ(64, submit(self->fd, job, 64));
	}
	EXPECT_EQ(-EAGAIN, start(self->fd, 0, 0));
	EXPECT_LT(0, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	i = start(self->fd, 0, 0);
	EXPECT_LE(0, (int)i);
	close(i);
}

TEST_F(record, waiting)
{
	struct xrsched_record r[4];
	struct pollfd pfd;
	int rec, status;
	pid_t pid;

	rec = start(self->fd, LEAST, 900);
	ASSERT_LE(0, rec);
	pfd.fd = rec;
	pfd.events = POLLIN;
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(0, fcntl(rec, F_SETFL, O_NONBLOCK));
	EXPECT_EQ((ssize_t)sizeof(r), read(rec, r, sizeof(r)));
	EXPECT_EQ(-EAGAIN, read_all(self, rec));
	ASSERT_EQ(0, fcntl(rec, F_SETFL, 0));
	/* One that waits is woken up by the end. */
	pid = fork();
	if (!pid)
		_exit(read(rec, r, sizeof(r)) ? 1 : 0);
	sleep_ns(50 * MSEC);
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	ASSERT_EQ(0, stop(rec));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	close(rec);
	/* And by the watermark. */
	rec = start(self->fd, LEAST, 200);
	ASSERT_LE(0, rec);
	pfd.fd = rec;
	ASSERT_EQ(32, run_frames(self, 0, 32));
	EXPECT_EQ(1, poll(&pfd, 1, 1000));
	EXPECT_EQ((ssize_t)sizeof(r), read(rec, r, sizeof(r)));
	close(rec);
}

/* Who records is killed: the next one finds nothing of it. */
TEST_F(record, killed)
{
	int pipefd[2], rec, status;
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe(pipefd));
	pid = fork();
	if (!pid) {
		byte = start(self->fd, LEAST, 0) < 0;
		if (write(pipefd[1], &byte, 1) == 1)
			pause();
		_exit(1);
	}
	ASSERT_EQ(1, read(pipefd[0], &byte, 1));
	ASSERT_EQ(0, byte);
	EXPECT_EQ(-EBUSY, start(self->fd, LEAST, 0));
	ASSERT_EQ(1, run_frames(self, 0, 1));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	rec = start(self->fd, LEAST, 0);
	EXPECT_LE(0, rec);
	close(rec);
	close(pipefd[0]);
	close(pipefd[1]);
}

static int write_name(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = write(fd, "xrsched.0", 9) == 9 ? 0 : -errno;

	close(fd);
	return ret;
}

/* The device goes: all of it is recorded, then the recording ends. */
TEST_F(record, device_goes)
{
	int rec = start(self->fd, 0, 0);

	ASSERT_LE(0, rec);
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 900 * SEC));
	ASSERT_EQ(0, write_name(DRIVER "/unbind"));
	EXPECT_EQ(0, read_all(self, rec));
	EXPECT_EQ(1, self->seen[XRSCHED_REC_CANCEL]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_FINISH]);
	EXPECT_EQ(1, self->seen[XRSCHED_REC_ENGINE_REMOVE]);
	EXPECT_EQ(0, stop(rec));
	EXPECT_EQ(-ENODEV, start(self->fd, 0, 0));
	close(rec);
	ASSERT_EQ(0, write_name(DRIVER "/bind"));
}

/* A recording keeps the module. */
TEST_F(record, module_stays)
{
	int rec = start(self->fd, LEAST, 0);

	ASSERT_LE(0, rec);
	close(self->fd);
	EXPECT_EQ(-1, syscall(SYS_delete_module, "xrsched", O_NONBLOCK));
	EXPECT_EQ(EAGAIN, errno);
	close(rec);
	self->fd = open_device();
	EXPECT_LE(0, self->fd);
}

TEST_HARNESS_MAIN
