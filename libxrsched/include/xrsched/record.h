/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recordings: all that a scheduler was told and decided, and doing it over.
 *
 * Documentation/record-format.md describes the file.
 */
#ifndef XRSCHED_RECORD_H
#define XRSCHED_RECORD_H

#include <stdint.h>

#include <linux/xrsched_record.h>

#include <xrsched/run.h>
#include <xrsched/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

/** XRSCHED_RECORDING_VERSION - Version of the file format. */
#define XRSCHED_RECORDING_VERSION 1

/** XRSCHED_RECORDING_SIM - xrsched_recording_header::flags: of a simulator. */
#define XRSCHED_RECORDING_SIM 0x1

/**
 * struct xrsched_recording_header - The first 64 bytes of a recording
 * @magic: "XRSCHREC".
 * @version: XRSCHED_RECORDING_VERSION.
 * @header_bytes: bytes before the first record: 64.
 * @record_bytes: bytes of a record: 64.
 * @flags: XRSCHED_RECORDING_*.
 * @device: number of the device.
 * @pad: 0.
 * @realtime_ns: CLOCK_REALTIME when it was begun.
 * @producer: what wrote it, for people.
 */
struct xrsched_recording_header {
	char magic[8];
	uint32_t version;
	uint32_t header_bytes;
	uint32_t record_bytes;
	uint32_t flags;
	uint32_t device;
	uint32_t pad;
	uint64_t realtime_ns;
	char producer[24];
};

/**
 * struct xrsched_record_opts - How to record
 * @size: sizeof(struct xrsched_record_opts).
 * @flags: 0.
 * @records: room for unread records in the kernel, 0: its default.
 * @pad: 0.
 */
struct xrsched_record_opts {
	uint32_t size;
	uint32_t flags;
	uint32_t records;
	uint32_t pad;
};

/**
 * struct xrsched_record_sum - What was recorded
 * @records: records in the file.
 * @inputs: of these, things that the scheduler was told.
 * @decisions: of these, dispatches, ends of jobs, wake-ups, tuner steps.
 * @lost: records that are missing.
 */
struct xrsched_record_sum {
	uint64_t records;
	uint64_t inputs;
	uint64_t decisions;
	uint64_t lost;
};

struct xrsched_recorder;

/**
 * xrsched_record_start() - record a device or a simulator from now on
 * @x: the handle; a simulator must outlive the recorder.
 * @fd: file to be written to from its current position; stays the caller's.
 * @opts: NULL or how.
 * @recorder: set to the recorder.
 * @error: NULL or place for what is wrong.
 *
 * Of a device, what all its clients do is recorded, which takes CAP_PERFMON or
 * CAP_SYS_ADMIN; it may be busy.  The recorder may be used in another thread
 * than @x.
 *
 * Return: 0 or a negative errno: those of XRSCHED_IOC_RECORD_START, of write(),
 * -EOPNOTSUPP (a big-endian machine).
 */
int xrsched_record_start(struct xrsched *x, int fd,
			 const struct xrsched_record_opts *opts,
			 struct xrsched_recorder **recorder,
			 struct xrsched_error *error);

/**
 * xrsched_record_poll() - take what is there to the file
 * @recorder: the recorder.
 * @timeout_ms: how long to wait for much to be there, 0: not at all.
 *
 * To be called again and again while a device is recorded, often enough that
 * the kernel's room suffices.
 *
 * Return: how many records, -ENODEV (the device has gone; all was taken), or
 * another negative errno of poll(), read() or write().
 */
int xrsched_record_poll(struct xrsched_recorder *recorder, int timeout_ms);

/**
 * xrsched_record_stop() - stop, take what is left, end the file
 * @recorder: the recorder, freed here; NULL: nothing happens.
 * @sum: NULL or what was recorded.
 *
 * Return: 0 or a negative errno; then the file is not complete.
 */
int xrsched_record_stop(struct xrsched_recorder *recorder,
			struct xrsched_record_sum *sum);

struct xrsched_recording;

/**
 * xrsched_recording_open() - open a recording for reading
 * @path: file.
 * @recording: set to the handle.
 * @error: NULL or place for what is wrong.
 *
 * Return: 0 or a negative errno; -EPROTO: this is no recording that we know.
 */
int xrsched_recording_open(const char *path,
			   struct xrsched_recording **recording,
			   struct xrsched_error *error);

/** xrsched_recording_close() - close it; NULL: nothing happens */
void xrsched_recording_close(struct xrsched_recording *recording);

/** xrsched_recording_get_header() - its header; lives as long as it */
const struct xrsched_recording_header *
xrsched_recording_get_header(const struct xrsched_recording *recording);

/**
 * xrsched_recording_next() - the next record
 * @recording: the handle.
 * @record: filled in.
 * @error: NULL or place for what is wrong.
 *
 * Return: 1; 0 at the end; -ENODATA where the file ends although its recording
 * did not (it was cut off, or its writer died); -EPROTO for a record that
 * cannot be, or another negative errno.  @error names the offset.
 */
int xrsched_recording_next(struct xrsched_recording *recording,
			   struct xrsched_record *record,
			   struct xrsched_error *error);

/** xrsched_recording_offset() - offset of the record that was read last */
uint64_t xrsched_recording_offset(const struct xrsched_recording *recording);

/**
 * xrsched_record_text() - a record in words
 * @record: it.
 * @text: room.
 * @size: how much.
 *
 * Return: @text.
 */
const char *xrsched_record_text(const struct xrsched_record *record, char *text,
				unsigned int size);

/**
 * struct xrsched_replay_opts - How to replay
 * @size: sizeof(struct xrsched_replay_opts).
 * @max_notes: differences that are described, 0: 10.
 * @policy: NULL: decide as recorded and compare; else: what would this policy
 *          have made of the same frames?
 */
struct xrsched_replay_opts {
	uint32_t size;
	uint32_t max_notes;
	const struct xrsched_policy_spec *policy;
};

/**
 * struct xrsched_replay_count - Of each kind of decision
 * @dispatches: layers given to engines.
 * @finishes: jobs that ended.
 * @wakes: times at which the core wanted to run.
 * @tuned: windows of the tuner.
 */
struct xrsched_replay_count {
	uint64_t dispatches;
	uint64_t finishes;
	uint64_t wakes;
	uint64_t tuned;
};

/**
 * struct xrsched_replay - What came of it
 * @records: records read.
 * @inputs: of these, things that the scheduler was told.
 * @compared: decisions that were compared, the recorded ones.
 * @differences: decisions that differ, are missing or too many.
 * @lost: records that are missing; nothing after them was replayed.
 * @truncated: 1: the file ends before the recording does.
 * @begin_ns: time of the first record.
 * @end_ns: time of the last.
 * @nr_notes: number of @notes.
 * @notes: the first differences, in words.
 * @recorded: what came of it when it was recorded.  Names, counters, UXCost and
 *            its parts are there, percentiles are the histograms', and nothing
 *            that takes the workload file.
 * @what_if: the same under the policy asked for, NULL: none was.
 *
 * Read only.
 */
struct xrsched_replay {
	uint64_t records;
	uint64_t inputs;
	struct xrsched_replay_count compared;
	uint64_t differences;
	uint64_t lost;
	uint32_t truncated;
	uint32_t nr_notes;
	uint64_t begin_ns;
	uint64_t end_ns;
	const char *const *notes;
	const struct xrsched_result *recorded;
	const struct xrsched_result *what_if;
};

/**
 * xrsched_replay_file() - do a recording over
 * @path: file.
 * @opts: NULL or how.
 * @replay: set to what came of it, to be freed by xrsched_replay_free().
 * @error: NULL or place for what is wrong.
 *
 * The scheduler of this library is told all that the recorded one was told; it
 * has to decide the same, which is compared record by record.
 *
 * With a policy it is told of streams, engines and frames only, and layers take
 * as long as the models' tables say, on engines that are all simulated.  Where
 * a stream was removed while, under the other policy, frames of it are still
 * under way, what follows waits for them, as their owner would have.
 *
 * Return: 0, also if there were differences; or a negative errno: -EPROTO for a
 * file that is damaged.
 */
int xrsched_replay_file(const char *path,
			const struct xrsched_replay_opts *opts,
			struct xrsched_replay **replay,
			struct xrsched_error *error);

/** xrsched_replay_free() - free it; NULL: nothing happens */
void xrsched_replay_free(struct xrsched_replay *replay);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_RECORD_H */
