/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * xrsched: recording all that a device is told and decides.
 *
 * XRSCHED_IOC_RECORD_START on /dev/xrschedN gives a file that is read like a
 * pipe: struct xrsched_record, one for each event, in the order in which the
 * device's lock put them, until XRSCHED_IOC_RECORD_STOP.
 * Documentation/record-format.md describes every type of record; the rules at
 * the head of xrsched.h hold here, too.
 */
#ifndef _UAPI_LINUX_XRSCHED_RECORD_H
#define _UAPI_LINUX_XRSCHED_RECORD_H

#include <linux/xrsched.h>

/* Room for unread records of one recording, at most (64 bytes each). */
#define XRSCHED_RECORD_MAX	4194304

/**
 * struct xrsched_record_args - XRSCHED_IOC_RECORD_START
 * @size: In: sizeof(struct xrsched_record_args).
 * @flags: In: must be 0.
 * @records: In: room for records that were not read yet, 1024 …
 *           XRSCHED_RECORD_MAX, rounded up to a power of 2; 0: 262144
 *           (16 MiB).  Charged to the caller's memory control group.
 * @watermark: In: poll() and a read() that waits return as soon as so many are
 *             there, up to @records; 0: an eighth.
 * @fd: Out: the file, closed on exec.
 * @pad: Must be 0.
 *
 * The recording begins with the state of the device at that moment, which may
 * be busy.  A device has one recording at a time.  It sees the work of all
 * clients, therefore the caller needs CAP_PERFMON or CAP_SYS_ADMIN.
 *
 * On the file: read() returns whole records, at most as many as fit and
 * without waiting if O_NONBLOCK is set (EAGAIN if there are none); 0 at the
 * end: after XRSCHED_IOC_RECORD_STOP, or when the device is gone; EINVAL for a
 * buffer too small for one.  poll() says POLLIN as soon as @watermark records
 * are there or the end has come.  What does not fit into the ring is lost; a
 * record of type XRSCHED_REC_LOST stands where records are missing and says how
 * many.  Closing the file ends the recording.
 *
 * Errors: EINVAL, E2BIG, EFAULT, EPERM, EBUSY (the device is being recorded),
 * EAGAIN (more than 4096 streams and jobs are there now, too many to be written
 * down in one go), ENOSPC (@records is too small for the device's state),
 * EMFILE, ENFILE, ENOMEM, ENODEV.
 */
struct xrsched_record_args {
	__u32 size;
	__u32 flags;
	__u32 records;
	__u32 watermark;
	__s32 fd;
	__u32 pad;
};

/**
 * struct xrsched_record_stats - XRSCHED_IOC_RECORD_STATS, on the file
 * @size: In: sizeof(struct xrsched_record_stats).
 * @flags: In: must be 0.
 * @written: Out: records written, read ones included.
 * @lost: Out: records for which there was no room.
 * @records: Out: room.
 * @unread: Out: records that wait to be read.
 *
 * Errors: EINVAL, E2BIG, EFAULT.
 */
struct xrsched_record_stats {
	__u32 size;
	__u32 flags;
	__u64 written;
	__u64 lost;
	__u32 records;
	__u32 unread;
};

/**
 * enum xrsched_record_type - What a record says
 * @XRSCHED_REC_NAME: Name of the stream or engine that is added next.
 * @XRSCHED_REC_MODEL: A model; its tables follow.
 * @XRSCHED_REC_MODEL_DATA: Up to three units of its tables.
 * @XRSCHED_REC_STREAM_ADD: A stream came.
 * @XRSCHED_REC_STREAM_REMOVE: A stream went.
 * @XRSCHED_REC_ENGINE_ADD: An engine came.
 * @XRSCHED_REC_ENGINE_UP: An engine takes layers.
 * @XRSCHED_REC_ENGINE_DOWN: An engine takes none.
 * @XRSCHED_REC_ENGINE_REMOVE: An engine went.
 * @XRSCHED_REC_PARAM: A parameter of the policy that is set next.
 * @XRSCHED_REC_POLICY: The policy is set.
 * @XRSCHED_REC_SUBMIT: A frame was accepted.
 * @XRSCHED_REC_CANCEL: A frame is given up.
 * @XRSCHED_REC_LAYER_DONE: An engine ended its layer.
 * @XRSCHED_REC_RUN: The scheduler looks and decides.
 * @XRSCHED_REC_RESET: Counters begin anew.
 * @XRSCHED_REC_LAYER_FAILED: An engine has not executed its layer.
 * @XRSCHED_REC_ENGINE_RESET: How the reset of an engine went.
 * @XRSCHED_REC_ENGINE_PARK: An engine takes no layer for a while, or does again.
 * @XRSCHED_REC_ENGINE_GUARD: An engine's layers are watched from now on.
 * @XRSCHED_REC_GUARD: How faults are treated.
 * @XRSCHED_REC_RELEASE: The fence that a frame waited for is signalled.
 * @XRSCHED_REC_LEARNED: What was learned of a layer before the model was used.
 * @XRSCHED_REC_DISPATCH: A layer was given to an engine.
 * @XRSCHED_REC_FINISH: A job ended.
 * @XRSCHED_REC_WAKE: The core wants to run at a time.
 * @XRSCHED_REC_TUNED: A window of the tuner ended.
 * @XRSCHED_REC_SNAP_CORE: State of the core when the recording began.
 * @XRSCHED_REC_SNAP_WORDS: Six words of a larger piece of state.
 * @XRSCHED_REC_SNAP_ENGINE: State of an engine.
 * @XRSCHED_REC_SNAP_STREAM: State of a stream.
 * @XRSCHED_REC_SNAP_JOB: First half of the state of a job.
 * @XRSCHED_REC_SNAP_JOB2: Second half.
 * @XRSCHED_REC_SNAP_DEP: A job waits for its upstream frame.
 * @XRSCHED_REC_SNAP_END: The state is complete.
 * @XRSCHED_REC_SNAP_HEALTH: State of an engine that is watched or has failed.
 * @XRSCHED_REC_LOST: Records are missing here.
 * @XRSCHED_REC_END: The recording was ended in good order.
 *
 * Inputs: what the scheduler was told; XRSCHED_REC_NAME to _LEARNED.
 * Outputs: what it decided; XRSCHED_REC_DISPATCH to _TUNED.
 * State at the beginning: XRSCHED_REC_SNAP_*.
 * Readers skip types that they do not know, unless they replay.
 */
enum xrsched_record_type {
	XRSCHED_REC_NAME = 1,
	XRSCHED_REC_MODEL = 2,
	XRSCHED_REC_MODEL_DATA = 3,
	XRSCHED_REC_STREAM_ADD = 4,
	XRSCHED_REC_STREAM_REMOVE = 5,
	XRSCHED_REC_ENGINE_ADD = 6,
	XRSCHED_REC_ENGINE_UP = 7,
	XRSCHED_REC_ENGINE_DOWN = 8,
	XRSCHED_REC_ENGINE_REMOVE = 9,
	XRSCHED_REC_PARAM = 10,
	XRSCHED_REC_POLICY = 11,
	XRSCHED_REC_SUBMIT = 12,
	XRSCHED_REC_CANCEL = 13,
	XRSCHED_REC_LAYER_DONE = 14,
	XRSCHED_REC_RUN = 15,
	XRSCHED_REC_RESET = 16,
	XRSCHED_REC_LAYER_FAILED = 17,
	XRSCHED_REC_ENGINE_RESET = 18,
	XRSCHED_REC_ENGINE_PARK = 19,
	XRSCHED_REC_GUARD = 20,
	XRSCHED_REC_ENGINE_GUARD = 21,
	XRSCHED_REC_RELEASE = 22,
	XRSCHED_REC_LEARNED = 23,

	XRSCHED_REC_DISPATCH = 64,
	XRSCHED_REC_FINISH = 65,
	XRSCHED_REC_WAKE = 66,
	XRSCHED_REC_TUNED = 67,

	XRSCHED_REC_SNAP_CORE = 128,
	XRSCHED_REC_SNAP_WORDS = 129,
	XRSCHED_REC_SNAP_ENGINE = 130,
	XRSCHED_REC_SNAP_STREAM = 131,
	XRSCHED_REC_SNAP_JOB = 132,
	XRSCHED_REC_SNAP_JOB2 = 133,
	XRSCHED_REC_SNAP_DEP = 134,
	XRSCHED_REC_SNAP_END = 135,
	XRSCHED_REC_SNAP_HEALTH = 136,

	XRSCHED_REC_LOST = 192,
	XRSCHED_REC_END = 193,
};

/**
 * struct xrsched_record - Something that happened
 * @at_ns: When, CLOCK_MONOTONIC; never less than that of the record before.
 * @type: enum xrsched_record_type.
 * @arg: A small argument, by @type.
 * @part: Another one.
 * @id: Number of the stream or engine that it is about, by @type.
 * @data: The rest, by @type; bytes that are not used are 0.
 */
struct xrsched_record {
	__u64 at_ns;
	__u16 type;
	__u8 arg;
	__u8 part;
	__u32 id;
	__u64 data[6];
};

#define XRSCHED_IOC_RECORD_START \
	_IOWR(XRSCHED_IOC_MAGIC, 0x18, struct xrsched_record_args)
/* On the file of a recording.  To stop it never fails. */
#define XRSCHED_IOC_RECORD_STOP	_IO(XRSCHED_IOC_MAGIC, 0x19)
#define XRSCHED_IOC_RECORD_STATS \
	_IOWR(XRSCHED_IOC_MAGIC, 0x1a, struct xrsched_record_stats)

#endif /* _UAPI_LINUX_XRSCHED_RECORD_H */
