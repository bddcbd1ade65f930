/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * xrsched: the data path on /dev/xrschedN.
 *
 * Rules that hold for every call here (Documentation/abi.md says why):
 *
 *  - A call returns 0 or more on success and -1 with errno on failure; a call
 *    that failed has changed nothing.
 *  - A struct that starts with @size is extensible: set it to sizeof() of the
 *    struct you were compiled with.  A kernel that knows less accepts a longer
 *    struct when the part it does not know is zero (-E2BIG otherwise); one that
 *    knows more takes the missing part as zero.
 *  - Unknown flags and non-zero padding are refused with -EINVAL.
 *  - Times are nanoseconds of CLOCK_MONOTONIC, absolute unless the name says
 *    otherwise; energies are picojoules; probabilities are parts per million.
 *  - Handles are per open file and never 0.
 *  - What a client has more of than it may is refused with ENOSPC (jobs:
 *    EAGAIN), what all clients of a user have with EDQUOT, what all clients of
 *    the device have with ENOSPC.  The same holds for open(2).
 */
#ifndef _UAPI_LINUX_XRSCHED_H
#define _UAPI_LINUX_XRSCHED_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

/** XRSCHED_NAME_LEN - Bytes of a name, the terminating NUL included. */
#define XRSCHED_NAME_LEN	32

/*
 * Hard limits of this version.  XRSCHED_IOC_CAPS tells those in force, which
 * an administrator may have set lower.
 */
#define XRSCHED_MAX_LAYERS	4096	/* over all variants of a model */
#define XRSCHED_MAX_VARIANTS	8
#define XRSCHED_MAX_CLASSES	32	/* cost rows of a model */
#define XRSCHED_MAX_SKIPS	63	/* skippable blocks of a variant */
#define XRSCHED_MAX_EXITS	7	/* early exits of a variant */
#define XRSCHED_MAX_LATENCY_NS	_BITULL(40)
#define XRSCHED_MAX_ENERGY_PJ	_BITULL(50)
#define XRSCHED_MAX_PERIOD_NS	(1000ULL * 1000 * 1000 * 1000)
#define XRSCHED_PPM		1000000	/* certainty */

/**
 * struct xrsched_caps - What this device can do (XRSCHED_IOC_CAPS)
 * @size: In: sizeof(struct xrsched_caps).
 * @flags: In: must be 0.
 * @features: Out: XRSCHED_FEATURE_* bits.
 * @device: Out: number of the device, as in /dev/xrschedN.
 * @engines: Out: engines that are up now.
 * @max_models: Out: models a client may hold.
 * @max_streams: Out: streams a client may hold.
 * @max_jobs: Out: jobs a client may have submitted and not yet reaped.
 * @max_batch: Out: elements one XRSCHED_IOC_SUBMIT or _WAIT may carry.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENODEV.
 */
struct xrsched_caps {
	__u32 size;
	__u32 flags;
	__u64 features;
	__u32 device;
	__u32 engines;
	__u32 max_models;
	__u32 max_streams;
	__u32 max_jobs;
	__u32 max_batch;
};

/* Jobs can have sync_file fences: XRSCHED_JOB_IN_FENCE, _OUT_FENCE. */
#define XRSCHED_FEATURE_FENCES	_BITULL(0)
/* The device has mapped rings, XRSCHED_IOC_RING_SETUP. */
#define XRSCHED_FEATURE_RINGS	_BITULL(1)
/* What the device does can be recorded: linux/xrsched_record.h. */
#define XRSCHED_FEATURE_RECORD	_BITULL(3)
/* Engines can be served from userspace, see <linux/xrsched_server.h>. */
#define XRSCHED_FEATURE_SERVERS	_BITULL(2)
/* Whether streams are sure to be on time can be asked: XRSCHED_IOC_ADVISE. */
#define XRSCHED_FEATURE_ADVICE	_BITULL(4)
/* Jobs can carry buffers for servers: XRSCHED_JOB_BUFFERS. */
#define XRSCHED_FEATURE_BUFFERS	_BITULL(5)

/**
 * struct xrsched_class - One row of a model's cost table
 * @name: Class of engines that the row is for ("ws-2k"), NUL-terminated, rest
 *        zero.
 */
struct xrsched_class {
	char name[XRSCHED_NAME_LEN];
};

/**
 * struct xrsched_variant - One way to run a model; more than one: a supernet
 * @nr_layers: Layers of this variant, at least 1.
 * @input_bytes: Bytes of activations that the first layer reads.
 * @accuracy_ppm: Accuracy of the variant, 0 if not known.
 * @pad: Must be 0.
 */
struct xrsched_variant {
	__u32 nr_layers;
	__u32 input_bytes;
	__u32 accuracy_ppm;
	__u32 pad;
};

/* The layer lies on a side branch: its output is not what a switch moves. */
#define XRSCHED_LAYER_SIDE	0x1
#define XRSCHED_LAYER_FLAGS	XRSCHED_LAYER_SIDE

/**
 * struct xrsched_layer - The stretch between two preemption points
 * @out_bytes: Bytes of activations that the layer leaves behind.
 * @skip_ppm: Probability that the block is skipped; the same for all layers of
 *            a block, 0 where @skip is 0.
 * @exit_ppm: Probability that the frame ends after this layer, given that it
 *            was reached; 0 where @exit is 0.
 * @skip: 0: always runs; else the number, from 1, of the skippable block that
 *        the layer belongs to.  A block is contiguous, and neither the first
 *        layer of a variant nor one with an exit belongs to one.
 * @exit: 0, or the number, from 1, of the early exit that follows the layer.
 * @flags: XRSCHED_LAYER_*.
 * @pad: Must be 0.
 */
struct xrsched_layer {
	__u32 out_bytes;
	__u32 skip_ppm;
	__u32 exit_ppm;
	__u8 skip;
	__u8 exit;
	__u8 flags;
	__u8 pad;
};

/**
 * struct xrsched_cost - What a layer costs on engines of one class
 * @latency_ns: Expected run time, 1 … XRSCHED_MAX_LATENCY_NS.
 * @energy_pj: Expected energy, 0 … XRSCHED_MAX_ENERGY_PJ.
 */
struct xrsched_cost {
	__u64 latency_ns;
	__u64 energy_pj;
};

/**
 * struct xrsched_model_create - XRSCHED_IOC_MODEL_CREATE
 * @size: In: sizeof(struct xrsched_model_create).
 * @flags: In: must be 0.
 * @name: In: for people: 1 to 31 printable characters, no blanks, then zeroes.
 * @variants: In: pointer to @nr_variants struct xrsched_variant, the heaviest
 *            (most accurate) first.
 * @layers: In: pointer to @nr_layers struct xrsched_layer, variant by variant.
 * @classes: In: pointer to @nr_classes struct xrsched_class, all different.
 * @costs: In: pointer to @nr_layers * @nr_classes struct xrsched_cost, layer
 *         by layer, classes in the order of @classes.
 * @nr_variants: In: 1 … XRSCHED_MAX_VARIANTS.
 * @nr_layers: In: sum of nr_layers over the variants.
 * @nr_classes: In: 1 … XRSCHED_MAX_CLASSES.
 * @handle: Out: handle of the model.
 *
 * The model is immutable and lives until it is destroyed and its last stream
 * is gone.
 *
 * Errors: EINVAL (a field out of its range), E2BIG (@size), EFAULT, ENOMEM,
 * ENOSPC (the client's limit), EDQUOT (the user's), ENODEV (device gone).
 */
struct xrsched_model_create {
	__u32 size;
	__u32 flags;
	char name[XRSCHED_NAME_LEN];
	__u64 variants;
	__u64 layers;
	__u64 classes;
	__u64 costs;
	__u32 nr_variants;
	__u32 nr_layers;
	__u32 nr_classes;
	__u32 handle;
};

/**
 * struct xrsched_handle - Argument of the destroy calls
 * @handle: In: what to destroy.
 * @flags: In: must be 0.
 *
 * XRSCHED_IOC_MODEL_DESTROY: the handle goes at once, the model with its last
 * stream.  XRSCHED_IOC_STREAM_DESTROY: unfinished jobs are cancelled, each
 * still gets its completion; EBUSY while another stream names this one as its
 * upstream.
 *
 * It does not say its size, so it stays as it is, and the size that is part of
 * the call's number has to be right (ENOTTY).
 *
 * Errors: EINVAL, ENOENT (no such handle), EBUSY, EFAULT, ENODEV.
 */
struct xrsched_handle {
	__u32 handle;
	__u32 flags;
};

/* Frames of this stream are never dropped by the policy's early drop. */
#define XRSCHED_STREAM_NO_EARLY_DROP	0x1
#define XRSCHED_STREAM_FLAGS		XRSCHED_STREAM_NO_EARLY_DROP

/**
 * struct xrsched_stream_create - XRSCHED_IOC_STREAM_CREATE
 * @size: In: sizeof(struct xrsched_stream_create).
 * @flags: In: XRSCHED_STREAM_*.
 * @name: In: for people, as in struct xrsched_model_create.
 * @model: In: handle of the model.
 * @upstream: In: handle of the stream whose frame of the same number must be
 *            complete before a frame of this one starts; 0: none.
 * @period_ns: In: time between frames, 1000 … XRSCHED_MAX_PERIOD_NS; 0: the
 *             stream is sporadic.
 * @deadline_ns: In: default deadline of a frame, relative to its release; 0:
 *               @period_ns.  One of the two must be given.
 * @weight: In: importance against other streams, 1 … 1000; 0: 1.
 * @trigger_ppm: In: probability that a frame of @upstream leads to one of this
 *               stream, 0: certain.  Must be 0 without @upstream.
 * @drop_max: In: at most this many of the last @drop_window frames may be
 *            dropped early by the policy; 0 with @drop_window 0: 2 of 10.
 * @drop_window: In: 1 … 64, or 0.
 * @lightest_variant: In: number, from 1, of the lightest variant that a policy
 *                    may choose; 0: any.
 * @priority: In: 0 (normal) … 3; above 0 needs CAP_SYS_NICE.
 * @pad: In: must be 0.
 * @handle: Out: handle of the stream.
 * @id: Out: number of the stream on its device, as traces and statistics
 *      show it.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENOENT (no such model or upstream), ELOOP
 * (more than 8 streams deep), EPERM (@priority), ENOMEM, ENOSPC (the client's
 * or the device's limit), EDQUOT (the user's), ENODEV.
 */
struct xrsched_stream_create {
	__u32 size;
	__u32 flags;
	char name[XRSCHED_NAME_LEN];
	__u32 model;
	__u32 upstream;
	__u64 period_ns;
	__u64 deadline_ns;
	__u32 weight;
	__u32 trigger_ppm;
	__u16 drop_max;
	__u16 drop_window;
	__u8 lightest_variant;
	__u8 priority;
	__u8 pad[2];
	__u32 handle;
	__u32 id;
};

/* The frame waits for @in_fence; the call makes @out_fence for its end. */
#define XRSCHED_JOB_IN_FENCE	0x1
#define XRSCHED_JOB_OUT_FENCE	0x2
/* Buffers go along with the frame, to the servers that execute its layers. */
#define XRSCHED_JOB_BUFFERS	0x4
#define XRSCHED_JOB_FENCES	(XRSCHED_JOB_IN_FENCE | XRSCHED_JOB_OUT_FENCE)
#define XRSCHED_JOB_FLAGS	(XRSCHED_JOB_FENCES | XRSCHED_JOB_BUFFERS)

/**
 * XRSCHED_OUT_FENCE_NS - How long others may have to wait for an out-fence
 *
 * Who waits for a fence cannot give up, so it is signalled so long after it was
 * made, with the error -ETIME, if its frame has not ended; the frame goes on.
 */
#define XRSCHED_OUT_FENCE_NS	10000000000ULL

/** XRSCHED_MAX_BUFFERS - Buffers of a frame, at most. */
#define XRSCHED_MAX_BUFFERS	8

/**
 * struct xrsched_job - One frame to be run (element of XRSCHED_IOC_SUBMIT)
 * @stream: In: handle of its stream.
 * @flags: In: XRSCHED_JOB_*.
 * @frame: In: frame number, below 2^62 and larger than that of any frame
 *         submitted to the stream before.
 * @release_ns: In: the frame does not exist for the scheduler before this
 *              time; 0: now.  Not earlier than that of the frame before it.
 * @deadline_ns: In: absolute deadline, later than the release; 0: release plus
 *               the stream's deadline.
 * @cookie: In: handed back in the completion.
 * @skip_mask: In: bit n-1: block n of the variant is skipped.  What the
 *             network will find out as it runs; no policy looks at it.
 * @exit: In: the early exit that is taken, 0: none.  Same remark.
 * @variant: In: 0: the policy chooses; else the number, from 1, to run.
 * @pad: In: must be 0.
 * @result: Out: 0, or a negative errno, of this element.
 * @in_fence: In: with XRSCHED_JOB_IN_FENCE: a sync_file that must be signalled
 *            before the frame is released, which it is then or at @release_ns,
 *            whichever is later.  The caller's still.  Else 0.
 * @out_fence: Out: with XRSCHED_JOB_OUT_FENCE: a new sync_file, close-on-exec,
 *             that is signalled when the job ends, or by
 *             XRSCHED_OUT_FENCE_NS; a frame with a @release_ns that is further
 *             away is refused.  Otherwise left alone, and so it is when the
 *             element is refused.
 * @buffers: In: with XRSCHED_JOB_BUFFERS: pointer to @nr_buffers __s32, file
 *           descriptors of the buffers: memfds (or other files of a tmpfs or
 *           hugetlbfs) and dma-bufs.  The caller's still.  Else 0.
 * @nr_buffers: In: how many, 1 … XRSCHED_MAX_BUFFERS, or 0.
 * @pad2: In: must be 0.
 *
 * Neither kind of fence holds up the call.  While a frame waits for a fence it
 * is like one that waits for its upstream frame: later ones of its stream come
 * behind it, its deadline stays, and it can be cancelled.  If the fence is
 * signalled with an error, the frame is dropped (XRSCHED_REASON_FENCE).
 *
 * An out-fence is always signalled, since a job always ends: with no error if
 * it completed, late or not; with -ETIME if it was dropped for its deadline or
 * by the policy; -ECANCELED if it was cancelled, or dropped with its upstream
 * frame; the error of its in-fence if it was dropped for that; -EIO if it
 * failed.  Its time stamp is finish_ns of the completion.  With -ETIME, too, if
 * the job takes longer than XRSCHED_OUT_FENCE_NS.
 *
 * The frame holds its buffers until it ends.  Nothing is copied, and nothing
 * looks into them but the servers that have a layer of the frame; what these
 * find there, and whether it is what they need, is between them and the caller
 * (a server that cannot use it fails the frame: XRSCHED_REASON_REFUSED).
 * Engines that are no servers do not use them.
 *
 * Element errors: -EINVAL (a field out of range, a frame number or release
 * that goes backwards, @in_fence is no sync_file, one of @buffers is neither
 * kind of memory), -EBADF, -EFAULT (@buffers), -ENOENT (no such stream; the
 * upstream has no frame of this number in flight or among its last 16 finished
 * ones), -EAGAIN (the client's queue is full), -EDQUOT, -ENOSPC (its user, or
 * all users of the device, have as many jobs as they may; not waited for by
 * XRSCHED_SUBMIT_WAIT, as it depends on others), -EOPNOTSUPP (a fence, and no
 * XRSCHED_FEATURE_FENCES), -EMFILE (no room for @out_fence, or the client's
 * frames hold as many buffers as RLIMIT_NOFILE of the caller is), -ENFILE,
 * -ENOMEM, -ENODEV.
 *
 * In a submission ring there are no out-fences, and in-fences and buffers only
 * if it has no XRSCHED_RING_POLL: a thread of the kernel's has no file
 * descriptors.
 */
struct xrsched_job {
	__u32 stream;
	__u32 flags;
	__u64 frame;
	__u64 release_ns;
	__u64 deadline_ns;
	__u64 cookie;
	__u64 skip_mask;
	__u8 exit;
	__u8 variant;
	__u16 pad;
	__s32 result;
	__s32 in_fence;
	__s32 out_fence;
	__u64 buffers;
	__u32 nr_buffers;
	__u32 pad2;
};

/* Wait for room rather than fail an element with -EAGAIN. */
#define XRSCHED_SUBMIT_WAIT	0x1
#define XRSCHED_SUBMIT_FLAGS	XRSCHED_SUBMIT_WAIT

/**
 * struct xrsched_submit - XRSCHED_IOC_SUBMIT: submit a batch
 * @size: In: sizeof(struct xrsched_submit).
 * @flags: In: XRSCHED_SUBMIT_*.
 * @jobs: In: pointer to @nr elements of @stride bytes, each a struct
 *        xrsched_job; @result of each element that was looked at is written.
 * @nr: In: 1 … max_batch of struct xrsched_caps.
 * @stride: In: sizeof(struct xrsched_job), a multiple of 8; as @size, for the
 *          elements.  One that ends before a field has no flag that wants it.
 * @timeout_ns: In: with XRSCHED_SUBMIT_WAIT, when to give up; 0: never.
 * @accepted: Out: elements that were accepted.
 * @pad: In: must be 0.
 *
 * Elements are taken in order up to the first that is refused; the rest is
 * left untouched.  The call succeeds if at least one was accepted; otherwise
 * it fails with the error of the first.  The decision who runs is taken once,
 * after the batch.
 *
 * A page of the caller's that vanishes in the middle of the call is the one
 * case in which it fails (EFAULT) although jobs are in.
 *
 * Errors: EINVAL, E2BIG, EFAULT, EAGAIN, ETIMEDOUT (no room until @timeout_ns),
 * EINTR (a signal before anything was accepted; restarted where sigaction says
 * so), and those of the first element.
 */
struct xrsched_submit {
	__u32 size;
	__u32 flags;
	__u64 jobs;
	__u32 nr;
	__u32 stride;
	__u64 timeout_ns;
	__u32 accepted;
	__u32 pad;
};

/**
 * enum xrsched_outcome - How a job ended
 * @XRSCHED_COMPLETED: All its layers ran; perhaps late.
 * @XRSCHED_DROPPED: The scheduler gave it up.
 * @XRSCHED_CANCELLED: Its owner gave it up.
 * @XRSCHED_FAILED: It could not be run.
 * @XRSCHED_REFUSED: It was never a job: an entry of a submission ring that
 *                   XRSCHED_IOC_SUBMIT would have refused (rings only).
 */
enum xrsched_outcome {
	XRSCHED_COMPLETED = 1,
	XRSCHED_DROPPED = 2,
	XRSCHED_CANCELLED = 3,
	XRSCHED_FAILED = 4,
	XRSCHED_REFUSED = 5,
};

/**
 * enum xrsched_reason - Why it ended so
 * @XRSCHED_REASON_NONE: Nothing to add.
 * @XRSCHED_REASON_EXPIRED: Dropped: its deadline passed (expired=drop).
 * @XRSCHED_REASON_HOPELESS: Dropped: even the fastest way would have been late
 *                           (admit=sound).
 * @XRSCHED_REASON_EARLY: Dropped: the policy's early frame drop.
 * @XRSCHED_REASON_UPSTREAM: Dropped: its upstream frame did not complete.
 * @XRSCHED_REASON_CANCEL: Cancelled by XRSCHED_IOC_CANCEL.
 * @XRSCHED_REASON_CLOSE: Cancelled because its stream or file was closed.
 * @XRSCHED_REASON_DEVICE: Cancelled because the device was removed.
 * @XRSCHED_REASON_NO_ENGINE: Failed: no engine that is up can run the model.
 * @XRSCHED_REASON_TIMEOUT: Failed: engines did not finish a layer in time.
 * @XRSCHED_REASON_FAULT: Failed: engines reported an error.
 * @XRSCHED_REASON_REFUSED: Failed: an engine cannot run it for what was passed
 *                          along with it (its buffers, say).
 * @XRSCHED_REASON_INVALID: Refused: a field out of its range, a frame number or
 *                          release that goes backwards, buffers that are none
 *                          (any errno but -ENOENT).
 * @XRSCHED_REASON_NOT_FOUND: Refused: no such stream, or its upstream knows
 *                            nothing of the frame (-ENOENT).
 * @XRSCHED_REASON_FENCE: Dropped: the fence that it waited for has failed.
 */
enum xrsched_reason {
	XRSCHED_REASON_NONE = 0,
	XRSCHED_REASON_EXPIRED = 1,
	XRSCHED_REASON_HOPELESS = 2,
	XRSCHED_REASON_EARLY = 3,
	XRSCHED_REASON_UPSTREAM = 4,
	XRSCHED_REASON_CANCEL = 5,
	XRSCHED_REASON_CLOSE = 6,
	XRSCHED_REASON_DEVICE = 7,
	XRSCHED_REASON_NO_ENGINE = 8,
	XRSCHED_REASON_TIMEOUT = 9,
	XRSCHED_REASON_FAULT = 10,
	XRSCHED_REASON_REFUSED = 11,
	XRSCHED_REASON_INVALID = 12,
	XRSCHED_REASON_NOT_FOUND = 13,
	XRSCHED_REASON_FENCE = 14,
};

/* The job completed after its deadline. */
#define XRSCHED_COMPLETION_LATE	0x1

/**
 * struct xrsched_completion - What became of a job
 * @cookie: As submitted.
 * @frame: As submitted.
 * @stream: Handle of its stream.
 * @outcome: enum xrsched_outcome.
 * @reason: enum xrsched_reason.
 * @variant: Number, from 1, of the variant that ran; 0: none was begun.
 * @flags: XRSCHED_COMPLETION_*.
 * @release_ns: When it could first have run, dependencies included.
 * @start_ns: When its first layer was dispatched; 0: never.
 * @finish_ns: When it ended.
 * @deadline_ns: Its deadline.
 * @energy_pj: Energy it used, switches included.
 * @layers: Layers that ran for it, repeated ones counted again.
 * @switches: Times its activations had to be moved.
 */
struct xrsched_completion {
	__u64 cookie;
	__u64 frame;
	__u32 stream;
	__u8 outcome;
	__u8 reason;
	__u8 variant;
	__u8 flags;
	__u64 release_ns;
	__u64 start_ns;
	__u64 finish_ns;
	__u64 deadline_ns;
	__u64 energy_pj;
	__u32 layers;
	__u32 switches;
};

/**
 * struct xrsched_wait - XRSCHED_IOC_WAIT: take completions
 * @size: In: sizeof(struct xrsched_wait).
 * @flags: In: must be 0.
 * @completions: In: pointer to room for @max struct xrsched_completion.
 * @max: In: 1 … max_batch of struct xrsched_caps.
 * @min: In: return as soon as this many are there; 0: do not wait.
 * @timeout_ns: In: return then with what is there; 0: never.
 * @stride: In: sizeof(struct xrsched_completion), a multiple of 8.  A kernel
 *          that knows more writes that much; one that knows less fills with
 *          zero.
 * @nr: Out: completions written.
 *
 * read() on the file does the same with @min 1 (0 with O_NONBLOCK: -EAGAIN
 * when there is none) and returns whole struct xrsched_completion as they are
 * today, 72 bytes each, however long they become: there is no room to say how
 * long they are to be.  A buffer too small for one is -EINVAL.  poll() reports
 * POLLIN when there is one, POLLOUT when there is room for a job, POLLHUP when
 * the device is gone.
 *
 * Errors: EINVAL (also: @min above @max), E2BIG, EFAULT (completions that were
 * not copied stay queued), ETIMEDOUT (nothing was there at @timeout_ns), EINTR
 * (a signal came first; restarted, the deadline stays), ENODEV (device gone
 * and nothing left to take).
 */
struct xrsched_wait {
	__u32 size;
	__u32 flags;
	__u64 completions;
	__u32 max;
	__u32 min;
	__u64 timeout_ns;
	__u32 stride;
	__u32 nr;
};

/* Cancel every unfinished frame of the stream; @frame must be 0. */
#define XRSCHED_CANCEL_ALL	0x1
#define XRSCHED_CANCEL_FLAGS	XRSCHED_CANCEL_ALL

/**
 * struct xrsched_cancel - XRSCHED_IOC_CANCEL
 * @size: In: sizeof(struct xrsched_cancel).
 * @flags: In: XRSCHED_CANCEL_*.
 * @frame: In: the frame to cancel.
 * @stream: In: handle of its stream.
 * @cancelled: Out: jobs that will end as XRSCHED_CANCELLED.
 *
 * A layer that runs is not cut off: its job ends when the layer does.  Frames
 * of downstream streams that wait for a cancelled one are dropped.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENOENT (no such stream, or the frame is not
 * in flight), ENODEV.
 */
struct xrsched_cancel {
	__u32 size;
	__u32 flags;
	__u64 frame;
	__u32 stream;
	__u32 cancelled;
};

/**
 * struct xrsched_stream_stats - XRSCHED_IOC_STREAM_STATS: counters of a stream
 * @size: In: sizeof(struct xrsched_stream_stats).
 * @flags: In: must be 0.
 * @stream: In: handle of the stream.
 * @in_flight: Out: jobs submitted and not ended.
 * @submitted: Out: jobs accepted; equals @completed + @dropped + @cancelled +
 *             @failed + @in_flight at every moment.
 * @released: Out: frames whose release has come, or that ended before it.
 * @completed: Out: jobs that ended as XRSCHED_COMPLETED, late ones included.
 * @late: Out: of these, those past their deadline.
 * @dropped: Out: jobs that ended as XRSCHED_DROPPED.
 * @cancelled: Out: jobs that ended as XRSCHED_CANCELLED.
 * @failed: Out: jobs that ended as XRSCHED_FAILED.
 * @retried: Out: layers that had to be repeated.
 * @layers: Out: layers that ran.
 * @switches: Out: times activations had to be moved.
 * @energy_pj: Out: energy of jobs that ended, cancelled ones left out.
 * @worst_pj: Out: what the same jobs cost at worst (UXCost's denominator).
 * @honest_pj: Out: as @energy_pj, but a late, dropped or failed job counts at
 *             least its worst case (uxcost_honest).
 * @response_p50_ns: Out: median time from release to finish of completed jobs.
 * @response_p99_ns: Out: its 99th percentile; both within 3 %.
 * @response_max_ns: Out: its maximum, exact.
 * @queue_p50_ns: Out: median time from release to first dispatch.
 * @queue_p99_ns: Out: its 99th percentile.
 * @full: Out: times a submission found the client's queue full, whether it was
 *        refused or waited.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENOENT, ENODEV.
 */
struct xrsched_stream_stats {
	__u32 size;
	__u32 flags;
	__u32 stream;
	__u32 in_flight;
	__u64 submitted;
	__u64 released;
	__u64 completed;
	__u64 late;
	__u64 dropped;
	__u64 cancelled;
	__u64 failed;
	__u64 retried;
	__u64 layers;
	__u64 switches;
	__u64 energy_pj;
	__u64 worst_pj;
	__u64 honest_pj;
	__u64 response_p50_ns;
	__u64 response_p99_ns;
	__u64 response_max_ns;
	__u64 queue_p50_ns;
	__u64 queue_p99_ns;
	__u64 full;
};

/* A thread of the kernel looks for entries; nothing need be called to submit. */
#define XRSCHED_RING_POLL	0x1
#define XRSCHED_RING_FLAGS	XRSCHED_RING_POLL

/* Bits of the word at @sq_flags of struct xrsched_ring_setup. */
#define XRSCHED_SQ_NEED_WAKEUP	0x1	/* the thread sleeps: _ENTER_WAKEUP */
#define XRSCHED_SQ_OVERFLOW	0x2	/* completions wait for room: enter */
#define XRSCHED_SQ_BROKEN	0x4	/* the tail is further than entries */

#define XRSCHED_MAX_SQ_ENTRIES	4096
#define XRSCHED_MAX_CQ_ENTRIES	65536
#define XRSCHED_MAX_RING_IDLE_US 1000000

/**
 * struct xrsched_ring_setup - XRSCHED_IOC_RING_SETUP: make a pair of rings
 * @size: In: sizeof(struct xrsched_ring_setup).
 * @flags: In: XRSCHED_RING_*.
 * @sq_entries: In: jobs that fit into the submission ring, 1 …
 *              XRSCHED_MAX_SQ_ENTRIES.  Out: the same, rounded up to a power
 *              of two.
 * @cq_entries: In: completions that fit into the completion ring, @sq_entries
 *              … XRSCHED_MAX_CQ_ENTRIES; 0: twice @sq_entries.  Out: the same,
 *              rounded up.
 * @job_size: In: sizeof(struct xrsched_job), a multiple of 8, 256 at most:
 *            bytes from one entry to the next.  As @size, for the entries.
 * @completion_size: In: sizeof(struct xrsched_completion), likewise; what the
 *                   kernel does not know is zero.
 * @idle_us: In: with XRSCHED_RING_POLL: how long the thread looks in vain
 *           before it sleeps, 1 … XRSCHED_MAX_RING_IDLE_US; 0: 1000.
 * @fd: Out: file of the rings, close-on-exec.
 * @map_size: Out: bytes to be mapped from @fd at offset 0, all at once, shared.
 * @sq_head: Out: place in the mapping of a __u32: entries the kernel has taken.
 * @sq_tail: Out: __u32: entries that there are; written by the application
 *           (store-release), as the only one of these but @cq_head.
 * @sq_flags: Out: __u32: XRSCHED_SQ_* bits.
 * @sq_jobs: Out: the entries, struct xrsched_job: entry n is at n %
 *           @sq_entries.
 * @cq_head: Out: __u32: completions the application has taken; written by it
 *           (store-release).
 * @cq_tail: Out: __u32: completions that there are (load-acquire).
 * @cq_overflow: Out: __u32: completions, so far, that found the ring full.
 * @cq_completions: Out: the completions, struct xrsched_completion.
 *
 * All counters go on to 2^32 and wrap.  Each is on a cache line of its own.
 *
 * What is submitted by a ring completes on it, and only there.  @result of an
 * entry is neither read nor written; an entry that XRSCHED_IOC_SUBMIT would
 * refuse completes as XRSCHED_REFUSED.  One that finds the client's queue full
 * stays in the ring until there is room.  A job whose completion has been
 * written to the ring does not count against max_jobs any more.  Completions
 * that find the ring full wait in order, count, and come in by themselves
 * or by XRSCHED_IOC_RING_ENTER as the application moves @cq_head.
 *
 * The kernel copies an entry once and then looks only at its copy; it never
 * reads back what it has written to the mapping.
 *
 * @fd counts as a use of the client's file: the client ends when its file and
 * all its rings have been closed and unmapped.  When the rings go, completions
 * in the mapping go with them; those that waited for room, and those of jobs
 * in flight, go to the client's queue (XRSCHED_IOC_WAIT).
 *
 * Memory is charged to the caller's user under RLIMIT_MEMLOCK, unless he has
 * CAP_IPC_LOCK.  With XRSCHED_RING_POLL, the thread's time is charged to the
 * caller's control groups, and it has the caller's niceness.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENOMEM (no memory, or RLIMIT_MEMLOCK), ENOSPC
 * (the client's limits max_rings and max_ring_bytes, or the device's),
 * EMFILE, ENFILE, EINTR (killed), ENODEV.
 */
struct xrsched_ring_setup {
	__u32 size;
	__u32 flags;
	__u32 sq_entries;
	__u32 cq_entries;
	__u32 job_size;
	__u32 completion_size;
	__u32 idle_us;
	__s32 fd;
	__u64 map_size;
	__u32 sq_head;
	__u32 sq_tail;
	__u32 sq_flags;
	__u32 sq_jobs;
	__u32 cq_head;
	__u32 cq_tail;
	__u32 cq_overflow;
	__u32 cq_completions;
};

/* Wake the ring's thread, if it sleeps (XRSCHED_RING_POLL). */
#define XRSCHED_ENTER_WAKEUP	0x1
#define XRSCHED_ENTER_FLAGS	XRSCHED_ENTER_WAKEUP

/**
 * struct xrsched_ring_enter - XRSCHED_IOC_RING_ENTER: submit, then wait
 * @size: In: sizeof(struct xrsched_ring_enter).
 * @flags: In: XRSCHED_ENTER_*.
 * @to_submit: In: take at most this many entries; 0 with XRSCHED_RING_POLL.
 * @min_complete: In: then wait until so many completions are in the ring, at
 *                most its entries; 0: do not wait.
 * @timeout_ns: In: when to stop waiting; 0: never.
 *
 * On the file of a ring.  The call returns how many entries were taken, which
 * may be fewer: those that are there, or those that the client's queue had room
 * for.  If it took any, it does not fail, whatever ended the wait: the
 * completion ring tells.  The decision who runs is taken once, after the batch;
 * where what entries need may have to be waited for, after each 64 of them.
 * Completions that waited for room are moved in first.
 *
 * Of several threads that call this at once, one takes entries at a time, and
 * each waits by itself.  A wait goes on although the mapping is taken away or
 * the file is closed by another thread.
 *
 * poll() on the file reports POLLIN when there are completions, POLLOUT when
 * there is room for an entry, POLLHUP when the device is gone.
 *
 * Errors, if no entry was taken: EINVAL (also: the tail is more than the
 * ring's entries ahead), E2BIG, EFAULT, EAGAIN (the first entry found the
 * client's queue full), EDQUOT, ENOSPC (it found the user's, the device's limit
 * of jobs reached; a ring's own thread tries again every 100 ms), ENOMEM,
 * ETIMEDOUT (@min_complete were not there at
 * @timeout_ns), EINTR (a signal came first; restarted, the deadline stays),
 * ENODEV (device gone; when waiting: and no completion is left to take).
 */
struct xrsched_ring_enter {
	__u32 size;
	__u32 flags;
	__u32 to_submit;
	__u32 min_complete;
	__u64 timeout_ns;
};

/**
 * struct xrsched_ring_eventfd - XRSCHED_IOC_RING_EVENTFD: tell by an eventfd
 * @size: In: sizeof(struct xrsched_ring_eventfd).
 * @flags: In: must be 0.
 * @fd: In: the eventfd, in place of the one before; -1: none any more.
 * @count: In: add 1 to it each time that at least so many completions have
 *         been added to the ring since the last time, at most its entries; 0:
 *         1.
 *
 * On the file of a ring.  Completions of one instant are told of once.  Those
 * that do not fill up @count are told of together with later ones: wait with a
 * timeout where that matters.
 *
 * Errors: EINVAL, E2BIG, EFAULT, EBADF (no such file), ENODEV.
 */
struct xrsched_ring_eventfd {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 count;
};

/**
 * enum xrsched_verdict - What can be said of a device's streams beforehand
 * @XRSCHED_VERDICT_SURE: Every frame will be on time.
 * @XRSCHED_VERDICT_CONSERVING: Every frame would be under a policy that leaves
 *                              no engine idle that a ready frame could run on:
 *                              not the one in force.
 * @XRSCHED_VERDICT_UNKNOWN: Perhaps; what was asked about need not be.
 */
enum xrsched_verdict {
	XRSCHED_VERDICT_SURE = 1,
	XRSCHED_VERDICT_CONSERVING = 2,
	XRSCHED_VERDICT_UNKNOWN = 3,
};

/**
 * struct xrsched_advice - XRSCHED_IOC_ADVISE: are all frames sure to be on time?
 * @size: In: sizeof(struct xrsched_advice).
 * @flags: In: must be 0.
 * @stream: In: handle of one of the caller's streams that more is to be said of;
 *          0: the one that is closest to being late, of all clients.  Out: its
 *          handle; 0 if another client has it (or if there is none at all).
 * @verdict: Out: enum xrsched_verdict, of all streams of the device together.
 * @load_ppm: Out: most that is asked of the engines which run its model, in
 *            parts per million of what they can give; all ones: there are none.
 * @pad: Must be 0.
 * @limit_ns: Out: a frame that has not taken longer is on time; no longer than
 *            the time between frames.
 * @need_ns: Out: what a frame may take from its release.  Up to @limit_ns that
 *           is a promise on the same terms as @verdict; above it, or all ones
 *           (no engine), there is none.
 * @work_ns: Out: of that its own layers and those of the frames that trigger it,
 *           each on its slowest engine; the rest is waiting for others.
 * @class_name: Out: class of engines that its layers take longest on.
 *
 * Of another client's stream nothing is told but @load_ppm: the rest is 0.
 *
 * To be asked after a stream was made, say.  It is a sufficient test: yes is
 * yes, no is not known.  It takes for granted that frames come no more often
 * than their stream's period (its deadline, if it has none), with the release of
 * the frame that triggers them, and are submitted by then; that layers take no
 * longer than their models say, and engines do not fail; that policies and
 * engines stay as they are; and that nothing was late when the last stream came.
 *
 * Errors: EINVAL, E2BIG, EFAULT, ENOENT (no such stream), ENOSPC (the device has
 * more than 1024 streams), ENOMEM, EINTR (killed), ENODEV.
 */
struct xrsched_advice {
	__u32 size;
	__u32 flags;
	__u32 stream;
	__u32 verdict;
	__u32 load_ppm;
	__u32 pad;
	__u64 limit_ns;
	__u64 need_ns;
	__u64 work_ns;
	char class_name[XRSCHED_NAME_LEN];
};

#define XRSCHED_IOC_MAGIC	0xE9

#define XRSCHED_IOC_CAPS	_IOWR(XRSCHED_IOC_MAGIC, 0x00, struct xrsched_caps)
#define XRSCHED_IOC_MODEL_CREATE \
	_IOWR(XRSCHED_IOC_MAGIC, 0x01, struct xrsched_model_create)
#define XRSCHED_IOC_MODEL_DESTROY \
	_IOW(XRSCHED_IOC_MAGIC, 0x02, struct xrsched_handle)
#define XRSCHED_IOC_STREAM_CREATE \
	_IOWR(XRSCHED_IOC_MAGIC, 0x03, struct xrsched_stream_create)
#define XRSCHED_IOC_STREAM_DESTROY \
	_IOW(XRSCHED_IOC_MAGIC, 0x04, struct xrsched_handle)
#define XRSCHED_IOC_STREAM_STATS \
	_IOWR(XRSCHED_IOC_MAGIC, 0x05, struct xrsched_stream_stats)
#define XRSCHED_IOC_SUBMIT	_IOWR(XRSCHED_IOC_MAGIC, 0x06, struct xrsched_submit)
#define XRSCHED_IOC_WAIT	_IOWR(XRSCHED_IOC_MAGIC, 0x07, struct xrsched_wait)
#define XRSCHED_IOC_CANCEL	_IOWR(XRSCHED_IOC_MAGIC, 0x08, struct xrsched_cancel)
#define XRSCHED_IOC_RING_SETUP \
	_IOWR(XRSCHED_IOC_MAGIC, 0x09, struct xrsched_ring_setup)
#define XRSCHED_IOC_RING_ENTER \
	_IOW(XRSCHED_IOC_MAGIC, 0x0A, struct xrsched_ring_enter)
#define XRSCHED_IOC_RING_EVENTFD \
	_IOW(XRSCHED_IOC_MAGIC, 0x0B, struct xrsched_ring_eventfd)
#define XRSCHED_IOC_ADVISE	_IOWR(XRSCHED_IOC_MAGIC, 0x20, struct xrsched_advice)

#endif /* _UAPI_LINUX_XRSCHED_H */
