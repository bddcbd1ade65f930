// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Writing recordings: of a device through the kernel's ring, of the simulator
 * by the core's own hook.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "recording.h"
#include "sim.h"

#define BUFFER 4096 /* records that are written at once */

/**
 * struct xrsched_recorder - A recording under way
 * @core: of a simulator: the hook
 * @sim: the simulator, NULL: a device
 * @fd: of a device: the kernel's file
 * @out: where to
 * @error: writing failed with this before
 * @last_ns: time of the last record
 * @sum: what was recorded so far
 * @nr: records in @buffer that were not written
 * @buffer: they
 */
struct xrsched_recorder {
	struct xrs_recorder core;
	struct sim *sim;
	int fd;
	int out;
	int error;
	u64 last_ns;
	struct xrsched_record_sum sum;
	u32 nr;
	struct xrsched_record buffer[BUFFER];
};

static int write_all(int fd, const void *data, size_t size)
{
	const char *at = data;

	while (size) {
		ssize_t done = write(fd, at, size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		size -= done;
	}
	return 0;
}

static int write_header(struct xrsched_recorder *recorder, u32 device)
{
	struct xrsched_recording_header header = {
		.magic = RECORDING_MAGIC,
		.version = XRSCHED_RECORDING_VERSION,
		.header_bytes = sizeof(header),
		.record_bytes = sizeof(struct xrsched_record),
		.flags = recorder->sim ? XRSCHED_RECORDING_SIM : 0,
		.device = device,
	};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	header.realtime_ns = now.tv_sec * 1000000000ULL + now.tv_nsec;
	snprintf(header.producer, sizeof(header.producer), "xrsched %s",
		 XRSCHED_VERSION);
	return write_all(recorder->out, &header, sizeof(header));
}

static void take_note(struct xrsched_recorder *recorder,
		      const struct xrsched_record *record)
{
	struct xrsched_record_sum *sum = &recorder->sum;

	recorder->last_ns = record->at_ns;
	sum->records++;
	sum->inputs += recording_is_input(record->type);
	sum->decisions += recording_is_output(record->type);
	if (record->type == XRSCHED_REC_LOST)
		sum->lost += record->data[0];
}

static int flush(struct xrsched_recorder *recorder)
{
	int ret = recorder->error;

	if (!ret)
		ret = write_all(recorder->out, recorder->buffer,
				recorder->nr * sizeof(*recorder->buffer));
	recorder->error = ret;
	recorder->nr = 0;
	return ret;
}

/* The simulator's records; an error is told when it is stopped. */
static void put(struct xrs_recorder *core, const struct xrs_record *record)
{
	struct xrsched_recorder *recorder = (struct xrsched_recorder *)core;

	if (recorder->nr == BUFFER)
		flush(recorder);
	memcpy(&recorder->buffer[recorder->nr], record, sizeof(*record));
	take_note(recorder, &recorder->buffer[recorder->nr++]);
}

/* ----- a device --------------------------------------------------------- */

static int start_device(struct xrsched_recorder *recorder, struct xrsched *x,
			const struct xrsched_record_opts *opts,
			struct xrsched_error *error)
{
	struct xrsched_record_args arg = {
		.size = sizeof(arg),
		.records = opts->records,
	};

	if (ioctl(xrsched_fd(x), XRSCHED_IOC_RECORD_START, &arg) == 0) {
		recorder->fd = arg.fd;
		return 0;
	}
	switch (errno) {
	case ENOTTY:
		return xrsched_fail(error, -EOPNOTSUPP,
				    "this kernel module cannot record");
	case EPERM:
		return xrsched_fail(error, -EPERM,
				    "recording shows what all clients do and "
				    "takes CAP_PERFMON or CAP_SYS_ADMIN");
	case EBUSY:
		return xrsched_fail(error, -EBUSY,
				    "the device is being recorded already");
	case EAGAIN:
		return xrsched_fail(error, -EAGAIN,
				    "the device has more jobs in flight than "
				    "can be written down at once; try again");
	default:
		return xrsched_fail(error, -errno, "cannot record: %s",
				    strerror(errno));
	}
}

/* Takes what is there; how many records, 0 at the end, -EAGAIN: none now. */
static int take(struct xrsched_recorder *recorder)
{
	ssize_t got =
		read(recorder->fd, recorder->buffer, sizeof(recorder->buffer));
	int nr;

	if (got <= 0)
		return got ? -errno : 0;
	nr = got / sizeof(*recorder->buffer);
	for (int i = 0; i < nr; i++)
		take_note(recorder, &recorder->buffer[i]);
	recorder->nr = nr;
	return flush(recorder) ? recorder->error : nr;
}

XRSCHED_API int xrsched_record_poll(struct xrsched_recorder *recorder,
				    int timeout_ms)
{
	struct pollfd wait = { .fd = recorder->fd, .events = POLLIN };
	int ret, sum = 0;

	if (recorder->sim)
		return recorder->error;
	if (timeout_ms && poll(&wait, 1, timeout_ms) < 0 && errno != EINTR)
		return -errno;
	while ((ret = take(recorder)) > 0)
		sum += ret;
	if (ret == -EAGAIN || ret == -EINTR)
		return sum;
	return ret ? ret : sum ? sum : -ENODEV;
}

/* ----- both ------------------------------------------------------------- */

XRSCHED_API int xrsched_record_start(struct xrsched *x, int fd,
				     const struct xrsched_record_opts *opts,
				     struct xrsched_recorder **out,
				     struct xrsched_error *error)
{
	struct xrsched_caps caps = { 0 };
	struct xrsched_recorder *recorder;
	struct xrsched_record_opts o;
	int ret;

	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (ret || o.flags || o.pad)
		return xrsched_fail(error, ret ? ret : -EINVAL,
				    "options that are not known");
	if (__BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__)
		return xrsched_fail(error, -EOPNOTSUPP,
				    "recordings are little-endian, this "
				    "machine is not");
	recorder = calloc(1, sizeof(*recorder));
	if (!recorder)
		return xrsched_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	recorder->fd = -1;
	recorder->out = fd;
	recorder->sim = xrsched_is_sim(x) ? to_sim(x) : NULL;
	xrsched_get_caps(x, &caps);
	ret = write_header(recorder, caps.device);
	if (ret) {
		free(recorder);
		return xrsched_fail(error, ret, "cannot write: %s",
				    strerror(-ret));
	}
	if (recorder->sim) {
		recorder->core.put = put;
		recorder->sim->core.recorder = &recorder->core;
		sim_record_models(recorder->sim);
		xrs_record_snapshot(&recorder->sim->core);
	} else {
		ret = start_device(recorder, x, &o, error);
		if (ret) {
			free(recorder);
			return ret;
		}
		fcntl(recorder->fd, F_SETFL, O_NONBLOCK);
	}
	*out = recorder;
	return 0;
}

static int drain(struct xrsched_recorder *recorder)
{
	int ret;

	if (ioctl(recorder->fd, XRSCHED_IOC_RECORD_STOP))
		return -errno;
	do
		ret = take(recorder);
	while (ret > 0 || ret == -EINTR);
	return ret;
}

XRSCHED_API int xrsched_record_stop(struct xrsched_recorder *recorder,
				    struct xrsched_record_sum *sum)
{
	struct xrs_record end = { .type = XRS_REC_END };
	int ret = 0;

	if (!recorder)
		return 0;
	if (recorder->sim)
		recorder->sim->core.recorder = NULL;
	else
		ret = drain(recorder);
	end.at_ns = recorder->last_ns;
	end.word[0] = recorder->sum.records;
	put(&recorder->core, &end);
	if (!ret)
		ret = flush(recorder);
	if (recorder->fd >= 0)
		close(recorder->fd);
	if (sum)
		*sum = recorder->sum;
	free(recorder);
	return ret;
}
