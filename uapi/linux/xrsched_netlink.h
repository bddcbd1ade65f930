/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit: made by tests/check/netlink-spec from Documentation/netlink/specs/xrsched.yaml */
/*
 * xrsched: The control plane: devices, engines, streams, their statistics,
 * and the scheduling policy. Jobs do not come this way, see linux/xrsched.h.
 *
 * Times are nanoseconds of CLOCK_MONOTONIC, energies picojoules. Numbers
 * whose name ends in q48 are multiples of 2^-48, those in q40 of 2^-40; they
 * saturate at 2^64 - 1.
 */
#ifndef _UAPI_LINUX_XRSCHED_NETLINK_H
#define _UAPI_LINUX_XRSCHED_NETLINK_H

#include <linux/xrsched.h>

#define XRSCHED_FAMILY_NAME	"xrsched"
#define XRSCHED_FAMILY_VERSION	1

/**
 * enum xrsched_engine_kind - Who executes the layers of an engine
 * @XRSCHED_ENGINE_KIND_SIM: The kernel: a timer runs for as long as the
 *     model's profile says.
 * @XRSCHED_ENGINE_KIND_NULL: Nobody; every layer is complete at once. For
 *     benchmarks.
 * @XRSCHED_ENGINE_KIND_SERVER: A process, by XRSCHED_IOC_SERVE. Cannot be
 *     created here.
 * @XRSCHED_ENGINE_KIND_DRIVER: A kernel driver. Cannot be created here.
 */
enum xrsched_engine_kind {
	XRSCHED_ENGINE_KIND_SIM = 1,
	XRSCHED_ENGINE_KIND_NULL,
	XRSCHED_ENGINE_KIND_SERVER,
	XRSCHED_ENGINE_KIND_DRIVER,
};

/**
 * enum xrsched_engine_state - Whether an engine takes layers
 * @XRSCHED_ENGINE_STATE_UP: Takes layers.
 * @XRSCHED_ENGINE_STATE_FAULTED: Did not finish a layer, and is being reset
 *     or rests after that; jobs that only it can run wait.
 * @XRSCHED_ENGINE_STATE_DRAINING: Finishes its layer and takes no other.
 * @XRSCHED_ENGINE_STATE_QUARANTINED: Has failed too often in a row; down
 *     until its rest is over, or for good.
 * @XRSCHED_ENGINE_STATE_GONE: Was removed; in events only.
 */
enum xrsched_engine_state {
	XRSCHED_ENGINE_STATE_UP = 1,
	XRSCHED_ENGINE_STATE_FAULTED,
	XRSCHED_ENGINE_STATE_DRAINING,
	XRSCHED_ENGINE_STATE_QUARANTINED,
	XRSCHED_ENGINE_STATE_GONE,
};

/**
 * enum xrsched_engine_fault - What an engine, or who provides it, did wrong
 * @XRSCHED_ENGINE_FAULT_ERROR: Failed a layer.
 * @XRSCHED_ENGINE_FAULT_TIMEOUT: Took too long for a layer, which was taken
 *     away.
 * @XRSCHED_ENGINE_FAULT_REFUSED: Could not run a layer for what its client
 *     had passed along; the job is to blame.
 * @XRSCHED_ENGINE_FAULT_STALE: Answered a layer that was taken away or
 *     answered before.
 * @XRSCHED_ENGINE_FAULT_UNKNOWN: Answered a layer that it never had, or with
 *     a status there is not.
 * @XRSCHED_ENGINE_FAULT_ABSURD: Named a time or an energy that cannot be; it
 *     was cut.
 * @XRSCHED_ENGINE_FAULT_RESET: Could not be reset.
 * @XRSCHED_ENGINE_FAULT_DIED: Its process died while it had a layer.
 */
enum xrsched_engine_fault {
	XRSCHED_ENGINE_FAULT_ERROR = 1,
	XRSCHED_ENGINE_FAULT_TIMEOUT,
	XRSCHED_ENGINE_FAULT_REFUSED,
	XRSCHED_ENGINE_FAULT_STALE,
	XRSCHED_ENGINE_FAULT_UNKNOWN,
	XRSCHED_ENGINE_FAULT_ABSURD,
	XRSCHED_ENGINE_FAULT_RESET,
	XRSCHED_ENGINE_FAULT_DIED,
};

/**
 * enum xrsched_fault_kind - What goes wrong with a layer of a simulated
 *     engine, on purpose
 * @XRSCHED_FAULT_KIND_HANG: It never ends.
 * @XRSCHED_FAULT_KIND_ERROR: It takes its time and fails.
 * @XRSCHED_FAULT_KIND_SLOW: It takes a multiple of its time.
 * @XRSCHED_FAULT_KIND_WRONG_SEQ: It is answered under the number of another
 *     layer, so it never ends either.
 */
enum xrsched_fault_kind {
	XRSCHED_FAULT_KIND_HANG = 1,
	XRSCHED_FAULT_KIND_ERROR,
	XRSCHED_FAULT_KIND_SLOW,
	XRSCHED_FAULT_KIND_WRONG_SEQ,
};

/**
 * enum xrsched_a_device - A scheduling domain, /dev/xrschedN
 * @XRSCHED_A_DEVICE_NR: Number of the device, the N of /dev/xrschedN. (u32)
 * @XRSCHED_A_DEVICE_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_DEVICE_ENGINES: Engines the device has. (u32)
 * @XRSCHED_A_DEVICE_ENGINES_UP: Of these, how many take layers. (u32)
 * @XRSCHED_A_DEVICE_STREAMS: Streams of all clients. (u32)
 * @XRSCHED_A_DEVICE_CLIENTS: Open files. (u32)
 * @XRSCHED_A_DEVICE_POLICY: Name of the policy that decides. (string)
 * @XRSCHED_A_DEVICE_EVENTS: Events that the scheduling core has seen since
 *     it exists. (u64)
 * @XRSCHED_A_DEVICE_DECISIONS: Layers it has dispatched since it exists.
 *     (u64)
 * @XRSCHED_A_DEVICE_POLICY_FAULTS: Choices of the policy that broke the
 *     rules and were replaced, since the device exists. (u64)
 * @XRSCHED_A_DEVICE_DLV_SUM_Q48: Sum over the streams that exist of the
 *     violated share of their frames that ended since the last reset. A
 *     stream of which none ended is left out; one without a violation counts
 *     1 / (2 * frames). (u64)
 * @XRSCHED_A_DEVICE_NE_SUM_Q48: Sum over the streams that exist of the
 *     energy of their frames over what these would cost at worst, since the
 *     last reset. (u64)
 * @XRSCHED_A_DEVICE_NE_HONEST_SUM_Q48: As ne-sum-q48, but a late, dropped or
 *     failed frame is charged at its worst case or more. (u64)
 * @XRSCHED_A_DEVICE_UXCOST_Q40: UXCost, the product of dlv-sum-q48 and
 *     ne-sum-q48. (u64)
 * @XRSCHED_A_DEVICE_UXCOST_HONEST_Q40: The product of dlv-sum-q48 and
 *     ne-honest-sum-q48. (u64)
 * @XRSCHED_A_DEVICE_NOW_NS: When this was written. (u64)
 * @XRSCHED_A_DEVICE_RESET_NS: When the statistics were last reset; the
 *     device's creation else. (u64)
 * @XRSCHED_A_DEVICE_EVENTS_LOST: Events of the group events that nobody was
 *     told of for want of room, memory, or because they came too fast, since
 *     the device exists. (u64)
 * @XRSCHED_A_DEVICE_EVENTS_SEQ: Number of the latest event of the group
 *     events, whether anybody listens or not; events-lost is of the same
 *     moment. (u64)
 * @XRSCHED_A_DEVICE_BAD_ANSWERS: Answers of engines' providers that were
 *     refused or cut, since the device exists; those of engines that are
 *     gone, and those given after that, are counted here as well. (u64)
 * @__XRSCHED_A_DEVICE_MAX: One above the last.
 * @XRSCHED_A_DEVICE_MAX: The last that this header knows.
 */
enum xrsched_a_device {
	XRSCHED_A_DEVICE_NR = 1,
	XRSCHED_A_DEVICE_PAD,
	XRSCHED_A_DEVICE_ENGINES,
	XRSCHED_A_DEVICE_ENGINES_UP,
	XRSCHED_A_DEVICE_STREAMS,
	XRSCHED_A_DEVICE_CLIENTS,
	XRSCHED_A_DEVICE_POLICY,
	XRSCHED_A_DEVICE_EVENTS,
	XRSCHED_A_DEVICE_DECISIONS,
	XRSCHED_A_DEVICE_POLICY_FAULTS,
	XRSCHED_A_DEVICE_DLV_SUM_Q48,
	XRSCHED_A_DEVICE_NE_SUM_Q48,
	XRSCHED_A_DEVICE_NE_HONEST_SUM_Q48,
	XRSCHED_A_DEVICE_UXCOST_Q40,
	XRSCHED_A_DEVICE_UXCOST_HONEST_Q40,
	XRSCHED_A_DEVICE_NOW_NS,
	XRSCHED_A_DEVICE_RESET_NS,
	XRSCHED_A_DEVICE_EVENTS_LOST,
	XRSCHED_A_DEVICE_EVENTS_SEQ,
	XRSCHED_A_DEVICE_BAD_ANSWERS,

	__XRSCHED_A_DEVICE_MAX,
	XRSCHED_A_DEVICE_MAX = (__XRSCHED_A_DEVICE_MAX - 1)
};

/**
 * enum xrsched_a_engine - A queue that executes one layer at a time
 * @XRSCHED_A_ENGINE_DEVICE: Number of its device. (u32)
 * @XRSCHED_A_ENGINE_ID: Number of the engine on its device. (u32, max 63)
 * @XRSCHED_A_ENGINE_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_ENGINE_NAME: For people; printable ASCII without blanks, unique
 *     on the device. A new engine that is given none is called engineN, N
 *     being its id. (string, max-len XRSCHED_NAME_LEN - 1)
 * @XRSCHED_A_ENGINE_CLASS: Class of the engine, which is looked up in the
 *     cost tables of models; printable ASCII without blanks. (string,
 *     max-len XRSCHED_NAME_LEN - 1)
 * @XRSCHED_A_ENGINE_KIND: Who executes its layers. (u32, enum engine-kind)
 * @XRSCHED_A_ENGINE_STATE: Whether it takes layers. (u32, enum engine-state)
 * @XRSCHED_A_ENGINE_BUSY: Present while a layer runs on it. (flag)
 * @XRSCHED_A_ENGINE_BUSY_NS: Time that layers ran since the last reset, lost
 *     layers included. (u64)
 * @XRSCHED_A_ENGINE_LAYERS: Layers finished since the last reset. (u64)
 * @XRSCHED_A_ENGINE_SWITCHES: Dispatches since the last reset that had to
 *     move activations. (u64)
 * @XRSCHED_A_ENGINE_LOST: Layers since the last reset that were begun and
 *     not finished here. (u64)
 * @XRSCHED_A_ENGINE_ENERGY_PJ: Energy used since the last reset, switches
 *     included. (u64)
 * @XRSCHED_A_ENGINE_PES: Processing elements, for policies that weigh
 *     engines by size; only the ratio between engines matters. A new engine
 *     that is given none has 1. (u32, min 1)
 * @XRSCHED_A_ENGINE_STREAM: Number of the stream whose layer runs on it;
 *     this, frame and layer are there only while one does (busy), and only
 *     for CAP_NET_ADMIN. (u32)
 * @XRSCHED_A_ENGINE_FRAME: Frame whose layer runs on it. (u64)
 * @XRSCHED_A_ENGINE_LAYER: Layer that runs on it, index within the model.
 *     (u32)
 * @XRSCHED_A_ENGINE_FAULTS: Layers since the last reset that it failed or
 *     did not finish in time. (u64)
 * @XRSCHED_A_ENGINE_TIMEOUTS: Of these, those that took too long. (u64)
 * @XRSCHED_A_ENGINE_REFUSED: Layers since the last reset that it could not
 *     run for what their clients had passed along. (u64)
 * @XRSCHED_A_ENGINE_BAD_ANSWERS: Answers of its provider since the last
 *     reset that were refused (a layer that was taken away, answered already
 *     or never there) or cut (a time or an energy that cannot be). (u64)
 * @XRSCHED_A_ENGINE_LOST_NS: Time since the last reset that layers ran which
 *     were lost. (u64)
 * @XRSCHED_A_ENGINE_LOST_PJ: Energy of these, their switches included. (u64)
 * @XRSCHED_A_ENGINE_STRIKES: Faults in a row. (u32)
 * @XRSCHED_A_ENGINE_PREDICTIONS: Layers since the last reset whose time was
 *     compared with what was expected; none on engines that do not learn.
 *     (u64)
 * @XRSCHED_A_ENGINE_ERROR_P50_PPM: Median of how far that was off, parts per
 *     million of it. (u64)
 * @XRSCHED_A_ENGINE_ERROR_P95_PPM: 95th percentile of that. (u64)
 * @XRSCHED_A_ENGINE_BYTES_PER_US: Bandwidth that activations are moved with
 *     when a job changes engines, bytes per microsecond, 2^40 at most; 0:
 *     moving takes no time. Counts under policies whose parameter switch is
 *     timed. (u64)
 * @__XRSCHED_A_ENGINE_MAX: One above the last.
 * @XRSCHED_A_ENGINE_MAX: The last that this header knows.
 */
enum xrsched_a_engine {
	XRSCHED_A_ENGINE_DEVICE = 1,
	XRSCHED_A_ENGINE_ID,
	XRSCHED_A_ENGINE_PAD,
	XRSCHED_A_ENGINE_NAME,
	XRSCHED_A_ENGINE_CLASS,
	XRSCHED_A_ENGINE_KIND,
	XRSCHED_A_ENGINE_STATE,
	XRSCHED_A_ENGINE_BUSY,
	XRSCHED_A_ENGINE_BUSY_NS,
	XRSCHED_A_ENGINE_LAYERS,
	XRSCHED_A_ENGINE_SWITCHES,
	XRSCHED_A_ENGINE_LOST,
	XRSCHED_A_ENGINE_ENERGY_PJ,
	XRSCHED_A_ENGINE_PES,
	XRSCHED_A_ENGINE_STREAM,
	XRSCHED_A_ENGINE_FRAME,
	XRSCHED_A_ENGINE_LAYER,
	XRSCHED_A_ENGINE_FAULTS,
	XRSCHED_A_ENGINE_TIMEOUTS,
	XRSCHED_A_ENGINE_REFUSED,
	XRSCHED_A_ENGINE_BAD_ANSWERS,
	XRSCHED_A_ENGINE_LOST_NS,
	XRSCHED_A_ENGINE_LOST_PJ,
	XRSCHED_A_ENGINE_STRIKES,
	XRSCHED_A_ENGINE_PREDICTIONS,
	XRSCHED_A_ENGINE_ERROR_P50_PPM,
	XRSCHED_A_ENGINE_ERROR_P95_PPM,
	XRSCHED_A_ENGINE_BYTES_PER_US,

	__XRSCHED_A_ENGINE_MAX,
	XRSCHED_A_ENGINE_MAX = (__XRSCHED_A_ENGINE_MAX - 1)
};

/**
 * enum xrsched_a_stream - A periodic or sporadic use of a model by a client
 * @XRSCHED_A_STREAM_DEVICE: Number of its device. (u32)
 * @XRSCHED_A_STREAM_ID: Number of the stream on its device, as traces show
 *     it. (u32)
 * @XRSCHED_A_STREAM_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_STREAM_NAME: Its name, given by its client. (string)
 * @XRSCHED_A_STREAM_MODEL: Name of its model, given by its client. (string)
 * @XRSCHED_A_STREAM_CLIENT: Number of its client, never 0 and of all devices
 *     together used again only after 2^32 others; as in events, traces and
 *     fdinfo (drm-client-id). (u32)
 * @XRSCHED_A_STREAM_PID: Process that opened the client's file, as the
 *     initial PID namespace numbers it. (u32)
 * @XRSCHED_A_STREAM_UPSTREAM: Number of the stream whose frame of the same
 *     number must be complete first; absent if there is none. (u32)
 * @XRSCHED_A_STREAM_PERIOD_NS: Time between frames, 0 for a sporadic stream.
 *     (u64)
 * @XRSCHED_A_STREAM_DEADLINE_NS: Default deadline of a frame, relative to
 *     its release. (u64)
 * @XRSCHED_A_STREAM_WEIGHT: Importance against other streams. (u32)
 * @XRSCHED_A_STREAM_IN_FLIGHT: Jobs submitted and not ended. (u32)
 * @XRSCHED_A_STREAM_SUBMITTED: Jobs accepted since the last reset, and those
 *     that were in flight then. (u64)
 * @XRSCHED_A_STREAM_RELEASED: Jobs whose release has come, or that ended
 *     before it. (u64)
 * @XRSCHED_A_STREAM_COMPLETED: Jobs that ran to their end, late ones
 *     included. (u64)
 * @XRSCHED_A_STREAM_LATE: Of these, those that ended after their deadline.
 *     (u64)
 * @XRSCHED_A_STREAM_DROPPED: Jobs that the scheduler gave up. (u64)
 * @XRSCHED_A_STREAM_CANCELLED: Jobs that their owner gave up. (u64)
 * @XRSCHED_A_STREAM_FAILED: Jobs that could not be run. (u64)
 * @XRSCHED_A_STREAM_RETRIED: Layers that had to be repeated. (u64)
 * @XRSCHED_A_STREAM_LAYERS: Layers that finished. (u64)
 * @XRSCHED_A_STREAM_SWITCHES: Times activations had to be moved. (u64)
 * @XRSCHED_A_STREAM_ENERGY_PJ: Energy of ended jobs, cancelled ones left
 *     out. (u64)
 * @XRSCHED_A_STREAM_WORST_PJ: What the same jobs cost at worst. (u64)
 * @XRSCHED_A_STREAM_HONEST_PJ: As energy-pj, but a late, dropped or failed
 *     job is charged at its worst case or more. (u64)
 * @XRSCHED_A_STREAM_RESPONSE_P50_NS: Median time from release to finish of
 *     completed jobs. This and all quantiles are within 3 %. (u64)
 * @XRSCHED_A_STREAM_RESPONSE_P90_NS: 90th percentile of it. (u64)
 * @XRSCHED_A_STREAM_RESPONSE_P99_NS: 99th percentile of it. (u64)
 * @XRSCHED_A_STREAM_RESPONSE_P999_NS: 99.9th percentile of it. (u64)
 * @XRSCHED_A_STREAM_RESPONSE_MAX_NS: Its maximum, exact. (u64)
 * @XRSCHED_A_STREAM_QUEUE_P50_NS: Median time from release to the first
 *     dispatch. (u64)
 * @XRSCHED_A_STREAM_QUEUE_P90_NS: 90th percentile of it. (u64)
 * @XRSCHED_A_STREAM_QUEUE_P99_NS: 99th percentile of it. (u64)
 * @XRSCHED_A_STREAM_QUEUE_P999_NS: 99.9th percentile of it. (u64)
 * @XRSCHED_A_STREAM_QUEUE_MAX_NS: Its maximum, exact. (u64)
 * @XRSCHED_A_STREAM_FULL: Times a submission found the client's queue full,
 *     whether it was refused or waited. (u64)
 * @XRSCHED_A_STREAM_OVERDUE_NS: For how long the first of the jobs in flight
 *     has been past its deadline, 0 if it is not: a stream that is kept
 *     waiting ends no jobs, late or otherwise. (u64)
 * @__XRSCHED_A_STREAM_MAX: One above the last.
 * @XRSCHED_A_STREAM_MAX: The last that this header knows.
 *
 * The counters hold at every moment: submitted = completed + dropped +
 * cancelled + failed + in-flight.
 */
enum xrsched_a_stream {
	XRSCHED_A_STREAM_DEVICE = 1,
	XRSCHED_A_STREAM_ID,
	XRSCHED_A_STREAM_PAD,
	XRSCHED_A_STREAM_NAME,
	XRSCHED_A_STREAM_MODEL,
	XRSCHED_A_STREAM_CLIENT,
	XRSCHED_A_STREAM_PID,
	XRSCHED_A_STREAM_UPSTREAM,
	XRSCHED_A_STREAM_PERIOD_NS,
	XRSCHED_A_STREAM_DEADLINE_NS,
	XRSCHED_A_STREAM_WEIGHT,
	XRSCHED_A_STREAM_IN_FLIGHT,
	XRSCHED_A_STREAM_SUBMITTED,
	XRSCHED_A_STREAM_RELEASED,
	XRSCHED_A_STREAM_COMPLETED,
	XRSCHED_A_STREAM_LATE,
	XRSCHED_A_STREAM_DROPPED,
	XRSCHED_A_STREAM_CANCELLED,
	XRSCHED_A_STREAM_FAILED,
	XRSCHED_A_STREAM_RETRIED,
	XRSCHED_A_STREAM_LAYERS,
	XRSCHED_A_STREAM_SWITCHES,
	XRSCHED_A_STREAM_ENERGY_PJ,
	XRSCHED_A_STREAM_WORST_PJ,
	XRSCHED_A_STREAM_HONEST_PJ,
	XRSCHED_A_STREAM_RESPONSE_P50_NS,
	XRSCHED_A_STREAM_RESPONSE_P90_NS,
	XRSCHED_A_STREAM_RESPONSE_P99_NS,
	XRSCHED_A_STREAM_RESPONSE_P999_NS,
	XRSCHED_A_STREAM_RESPONSE_MAX_NS,
	XRSCHED_A_STREAM_QUEUE_P50_NS,
	XRSCHED_A_STREAM_QUEUE_P90_NS,
	XRSCHED_A_STREAM_QUEUE_P99_NS,
	XRSCHED_A_STREAM_QUEUE_P999_NS,
	XRSCHED_A_STREAM_QUEUE_MAX_NS,
	XRSCHED_A_STREAM_FULL,
	XRSCHED_A_STREAM_OVERDUE_NS,

	__XRSCHED_A_STREAM_MAX,
	XRSCHED_A_STREAM_MAX = (__XRSCHED_A_STREAM_MAX - 1)
};

/**
 * enum xrsched_a_param - A parameter of a policy, what it may be and what it
 *     is
 * @XRSCHED_A_PARAM_NAME: Its name. (string, max-len XRSCHED_NAME_LEN - 1)
 * @XRSCHED_A_PARAM_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_PARAM_VALUE: Its value, in units of 1/unit; where there are
 *     choices, the number of one of them. (s64)
 * @XRSCHED_A_PARAM_MIN_VALUE: Least value. (s64)
 * @XRSCHED_A_PARAM_MAX_VALUE: Greatest value. (s64)
 * @XRSCHED_A_PARAM_DEFAULT: Value it takes where none is given. (s64)
 * @XRSCHED_A_PARAM_UNIT: What value is divided by to give what people write,
 *     1 or 1000000. (u32)
 * @XRSCHED_A_PARAM_CHOICE: Name of value 0, of value 1, …; none where the
 *     value is a number. (string, repeated)
 * @XRSCHED_A_PARAM_DOC: One line for people. (string)
 * @__XRSCHED_A_PARAM_MAX: One above the last.
 * @XRSCHED_A_PARAM_MAX: The last that this header knows.
 */
enum xrsched_a_param {
	XRSCHED_A_PARAM_NAME = 1,
	XRSCHED_A_PARAM_PAD,
	XRSCHED_A_PARAM_VALUE,
	XRSCHED_A_PARAM_MIN_VALUE,
	XRSCHED_A_PARAM_MAX_VALUE,
	XRSCHED_A_PARAM_DEFAULT,
	XRSCHED_A_PARAM_UNIT,
	XRSCHED_A_PARAM_CHOICE,
	XRSCHED_A_PARAM_DOC,

	__XRSCHED_A_PARAM_MAX,
	XRSCHED_A_PARAM_MAX = (__XRSCHED_A_PARAM_MAX - 1)
};

/**
 * enum xrsched_a_policy - A way to decide which job runs next and where
 * @XRSCHED_A_POLICY_DEVICE: Number of the device that uses it. (u32)
 * @XRSCHED_A_POLICY_NAME: Its name, or in requests its alias. (string,
 *     max-len XRSCHED_NAME_LEN - 1)
 * @XRSCHED_A_POLICY_ALIAS: Its second name; absent if it has none. (string)
 * @XRSCHED_A_POLICY_DOC: One line for people. (string)
 * @XRSCHED_A_POLICY_PARAM: A parameter that it heeds. (nest of param,
 *     repeated)
 * @XRSCHED_A_POLICY_SETTING: Value for one of its parameters, each at most
 *     once. Those that are not mentioned take their defaults. (nest of
 *     setting, repeated)
 * @__XRSCHED_A_POLICY_MAX: One above the last.
 * @XRSCHED_A_POLICY_MAX: The last that this header knows.
 */
enum xrsched_a_policy {
	XRSCHED_A_POLICY_DEVICE = 1,
	XRSCHED_A_POLICY_NAME,
	XRSCHED_A_POLICY_ALIAS,
	XRSCHED_A_POLICY_DOC,
	XRSCHED_A_POLICY_PARAM,
	XRSCHED_A_POLICY_SETTING,

	__XRSCHED_A_POLICY_MAX,
	XRSCHED_A_POLICY_MAX = (__XRSCHED_A_POLICY_MAX - 1)
};

/**
 * enum xrsched_a_event - Something that happened on a device
 * @XRSCHED_A_EVENT_DEVICE: Number of the device. (u32)
 * @XRSCHED_A_EVENT_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_EVENT_TIME_NS: When it happened. (u64)
 * @XRSCHED_A_EVENT_SEQ: Number of the event on its device, from 1, counted
 *     whether anybody listens or not. Who is told of one and then of another
 *     by more than one higher has missed what lies between. (u64)
 * @XRSCHED_A_EVENT_CLIENT: Number of the client whose job it is, as client
 *     of stream-get. (u32)
 * @XRSCHED_A_EVENT_STREAM: Number of the stream on the device, as in
 *     stream-get and traces. (u32)
 * @XRSCHED_A_EVENT_FRAME: Frame of the stream. (u64)
 * @XRSCHED_A_EVENT_DEADLINE_NS: Deadline of the frame. (u64)
 * @XRSCHED_A_EVENT_LATE_NS: How long after its deadline the frame ended.
 *     (u64)
 * @XRSCHED_A_EVENT_REASON: Why, enum xrsched_reason of linux/xrsched.h; 0
 *     for no reason. (u32)
 * @XRSCHED_A_EVENT_ENGINE: Number of the engine on the device. (u32)
 * @XRSCHED_A_EVENT_ENGINE_NAME: Its name. (string)
 * @XRSCHED_A_EVENT_ENGINE_CLASS: Its class. (string)
 * @XRSCHED_A_EVENT_STATE: State that the engine is in now. (u32, enum
 *     engine-state)
 * @XRSCHED_A_EVENT_LAYER: Layer of the frame that ran, index within the
 *     model. (u32)
 * @XRSCHED_A_EVENT_POLICY: Name of the policy that decides from now on.
 *     (string)
 * @XRSCHED_A_EVENT_WINDOW: Number of the tuner's window that ended. (u32)
 * @XRSCHED_A_EVENT_STEP: Step of the search that the window belongs to, 0
 *     once settled. (u32)
 * @XRSCHED_A_EVENT_PROBE: 0 for the centre of the step, else the number of a
 *     place around it. (u32)
 * @XRSCHED_A_EVENT_AGAIN: The place was measured a second time. (flag)
 * @XRSCHED_A_EVENT_SETTLED: The search is over. (flag)
 * @XRSCHED_A_EVENT_RESTARTED: The search began anew. (flag)
 * @XRSCHED_A_EVENT_COST_Q40: UXCost of the window. (u64)
 * @XRSCHED_A_EVENT_ALPHA_PPM: alpha of the next window. (u32)
 * @XRSCHED_A_EVENT_BETA_PPM: beta of the next window. (u32)
 * @XRSCHED_A_EVENT_RADIUS: Radius of the search, 65536 for the side of the
 *     unit square. (u32)
 * @XRSCHED_A_EVENT_LOST: How many events nobody was told of since this was
 *     last said. (u64)
 * @XRSCHED_A_EVENT_FAULT: What the engine did wrong. (u32, enum
 *     engine-fault)
 * @XRSCHED_A_EVENT_STREAM_NAME: Name of the stream, which may be gone by
 *     now. (string)
 * @__XRSCHED_A_EVENT_MAX: One above the last.
 * @XRSCHED_A_EVENT_MAX: The last that this header knows.
 *
 * Which attributes are there depends on what it was; device, time-ns and seq
 * always are.
 */
enum xrsched_a_event {
	XRSCHED_A_EVENT_DEVICE = 1,
	XRSCHED_A_EVENT_PAD,
	XRSCHED_A_EVENT_TIME_NS,
	XRSCHED_A_EVENT_SEQ,
	XRSCHED_A_EVENT_CLIENT,
	XRSCHED_A_EVENT_STREAM,
	XRSCHED_A_EVENT_FRAME,
	XRSCHED_A_EVENT_DEADLINE_NS,
	XRSCHED_A_EVENT_LATE_NS,
	XRSCHED_A_EVENT_REASON,
	XRSCHED_A_EVENT_ENGINE,
	XRSCHED_A_EVENT_ENGINE_NAME,
	XRSCHED_A_EVENT_ENGINE_CLASS,
	XRSCHED_A_EVENT_STATE,
	XRSCHED_A_EVENT_LAYER,
	XRSCHED_A_EVENT_POLICY,
	XRSCHED_A_EVENT_WINDOW,
	XRSCHED_A_EVENT_STEP,
	XRSCHED_A_EVENT_PROBE,
	XRSCHED_A_EVENT_AGAIN,
	XRSCHED_A_EVENT_SETTLED,
	XRSCHED_A_EVENT_RESTARTED,
	XRSCHED_A_EVENT_COST_Q40,
	XRSCHED_A_EVENT_ALPHA_PPM,
	XRSCHED_A_EVENT_BETA_PPM,
	XRSCHED_A_EVENT_RADIUS,
	XRSCHED_A_EVENT_LOST,
	XRSCHED_A_EVENT_FAULT,
	XRSCHED_A_EVENT_STREAM_NAME,

	__XRSCHED_A_EVENT_MAX,
	XRSCHED_A_EVENT_MAX = (__XRSCHED_A_EVENT_MAX - 1)
};

/**
 * enum xrsched_a_fault_step - A step of the script of an engine's faults
 * @XRSCHED_A_FAULT_STEP_KIND: What becomes of the layers that it hits. (u32,
 *     enum fault-kind)
 * @XRSCHED_A_FAULT_STEP_FACTOR: Of slow, how much; absent else. (u32, min 2,
 *     max 1000)
 * @XRSCHED_A_FAULT_STEP_AT_NS: When it begins, since the faults were set; at
 *     most 2^60. (u64)
 * @XRSCHED_A_FAULT_STEP_FOR_NS: All layers that run within so long are hit,
 *     at most 2^40; absent or 0: the one that runs then, or the first that
 *     begins later. (u64)
 * @XRSCHED_A_FAULT_STEP_EVERY_NS: And again each time that this has passed,
 *     more than for-ns, at most 2^50; absent or 0: only once. (u64)
 * @__XRSCHED_A_FAULT_STEP_MAX: One above the last.
 * @XRSCHED_A_FAULT_STEP_MAX: The last that this header knows.
 */
enum xrsched_a_fault_step {
	XRSCHED_A_FAULT_STEP_KIND = 1,
	XRSCHED_A_FAULT_STEP_FACTOR,
	XRSCHED_A_FAULT_STEP_AT_NS,
	XRSCHED_A_FAULT_STEP_FOR_NS,
	XRSCHED_A_FAULT_STEP_EVERY_NS,

	__XRSCHED_A_FAULT_STEP_MAX,
	XRSCHED_A_FAULT_STEP_MAX = (__XRSCHED_A_FAULT_STEP_MAX - 1)
};

/**
 * enum xrsched_a_fault - What is to go wrong on an engine, and how often it
 *     did
 * @XRSCHED_A_FAULT_DEVICE: Number of its device. (u32)
 * @XRSCHED_A_FAULT_ENGINE: Number of the engine on its device. (u32, max 63)
 * @XRSCHED_A_FAULT_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_FAULT_SEED: Of the draws. (u64)
 * @XRSCHED_A_FAULT_HANG_PPM: Of a million layers, how many hang; this and
 *     the next three make at most 1000000. (u32)
 * @XRSCHED_A_FAULT_ERROR_PPM: How many fail. (u32)
 * @XRSCHED_A_FAULT_SLOW_PPM: How many are slow. (u32)
 * @XRSCHED_A_FAULT_WRONG_SEQ_PPM: How many are answered under the number of
 *     another layer. (u32)
 * @XRSCHED_A_FAULT_FACTOR: How slow these are; goes with slow-ppm. (u32, min
 *     2, max 1000)
 * @XRSCHED_A_FAULT_BURST: Layers in a row that a draw hits; absent, 1. (u32,
 *     max 1000)
 * @XRSCHED_A_FAULT_STEP: A step of the script, 16 at most. The first that
 *     applies to a layer holds, and a step before a draw. (nest of
 *     fault-step, repeated)
 * @XRSCHED_A_FAULT_HANGS: Layers that hung, since the faults were set; as
 *     the next three. (u64)
 * @XRSCHED_A_FAULT_ERRORS: Layers that failed. (u64)
 * @XRSCHED_A_FAULT_SLOWS: Layers that were slow. (u64)
 * @XRSCHED_A_FAULT_WRONG_SEQS: Layers that were answered under the number of
 *     another. (u64)
 * @__XRSCHED_A_FAULT_MAX: One above the last.
 * @XRSCHED_A_FAULT_MAX: The last that this header knows.
 */
enum xrsched_a_fault {
	XRSCHED_A_FAULT_DEVICE = 1,
	XRSCHED_A_FAULT_ENGINE,
	XRSCHED_A_FAULT_PAD,
	XRSCHED_A_FAULT_SEED,
	XRSCHED_A_FAULT_HANG_PPM,
	XRSCHED_A_FAULT_ERROR_PPM,
	XRSCHED_A_FAULT_SLOW_PPM,
	XRSCHED_A_FAULT_WRONG_SEQ_PPM,
	XRSCHED_A_FAULT_FACTOR,
	XRSCHED_A_FAULT_BURST,
	XRSCHED_A_FAULT_STEP,
	XRSCHED_A_FAULT_HANGS,
	XRSCHED_A_FAULT_ERRORS,
	XRSCHED_A_FAULT_SLOWS,
	XRSCHED_A_FAULT_WRONG_SEQS,

	__XRSCHED_A_FAULT_MAX,
	XRSCHED_A_FAULT_MAX = (__XRSCHED_A_FAULT_MAX - 1)
};

/**
 * enum xrsched_a_guard - What a device does about engines that fail
 * @XRSCHED_A_GUARD_DEVICE: Number of the device. (u32)
 * @XRSCHED_A_GUARD_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_GUARD_FLOOR_NS: A layer has at least this time before it counts
 *     as hung, 1000 … 2^40. (u64)
 * @XRSCHED_A_GUARD_FACTOR: And this many times what is expected. (u32, min
 *     1, max 1000)
 * @XRSCHED_A_GUARD_RETRIES: Times that a layer is tried again. (u32, max
 *     100)
 * @XRSCHED_A_GUARD_STRIKES: Faults in a row after which an engine is
 *     quarantined. (u32, min 1, max 16)
 * @XRSCHED_A_GUARD_REST_NS: Rest of an engine after its first fault, twice
 *     as long after each further one in a row, 1000 … 2^40. (u64)
 * @XRSCHED_A_GUARD_REST_MAX_NS: Longest rest, rest-ns … 2^40. (u64)
 * @__XRSCHED_A_GUARD_MAX: One above the last.
 * @XRSCHED_A_GUARD_MAX: The last that this header knows.
 */
enum xrsched_a_guard {
	XRSCHED_A_GUARD_DEVICE = 1,
	XRSCHED_A_GUARD_PAD,
	XRSCHED_A_GUARD_FLOOR_NS,
	XRSCHED_A_GUARD_FACTOR,
	XRSCHED_A_GUARD_RETRIES,
	XRSCHED_A_GUARD_STRIKES,
	XRSCHED_A_GUARD_REST_NS,
	XRSCHED_A_GUARD_REST_MAX_NS,

	__XRSCHED_A_GUARD_MAX,
	XRSCHED_A_GUARD_MAX = (__XRSCHED_A_GUARD_MAX - 1)
};

/**
 * enum xrsched_a_limits - How much clients, users and all together may have
 *     on a device
 * @XRSCHED_A_LIMITS_DEVICE: Number of the device. (u32)
 * @XRSCHED_A_LIMITS_PAD: Aligns 64 bit values. (pad)
 * @XRSCHED_A_LIMITS_MAX_MODELS: Models a client may hold, 1 … 2^12. (u32)
 * @XRSCHED_A_LIMITS_MAX_MODEL_BYTES: Memory of a client's models in bytes,
 *     4096 … 2^30. (u64)
 * @XRSCHED_A_LIMITS_MAX_STREAMS: Streams a client may hold, 1 … 2^16. (u32)
 * @XRSCHED_A_LIMITS_MAX_JOBS: Jobs a client may have submitted and not yet
 *     read, 1 … 2^20. (u32)
 * @XRSCHED_A_LIMITS_MAX_RINGS: Pairs of rings a client may have, 1 … 2^12.
 *     (u32)
 * @XRSCHED_A_LIMITS_MAX_RING_BYTES: Memory of a client's rings in bytes,
 *     4096 … 2^30. (u64)
 * @XRSCHED_A_LIMITS_MAX_USER_CLIENTS: Files of the device that a user may
 *     have open, 1 … 2^20. (u32)
 * @XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES: Memory of a user's models in
 *     bytes, 4096 … 2^30. (u64)
 * @XRSCHED_A_LIMITS_MAX_USER_STREAMS: Streams of all clients of a user, 1 …
 *     2^16. (u32)
 * @XRSCHED_A_LIMITS_MAX_USER_JOBS: Jobs of all clients of a user that were
 *     not yet read, 1 … 2^24. (u32)
 * @XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS: Open files of the device, 1 … 2^20.
 *     (u32)
 * @XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS: Streams on the device, 1 … 2^16.
 *     (u32)
 * @XRSCHED_A_LIMITS_MAX_DEVICE_JOBS: Jobs of all clients that were not yet
 *     read, 1 … 2^24. (u32)
 * @XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES: Memory of the rings of all
 *     clients in bytes, 4096 … 2^30. (u64)
 * @XRSCHED_A_LIMITS_CLIENTS: Files of the device that are open. (u32)
 * @XRSCHED_A_LIMITS_STREAMS: Streams there are. (u32)
 * @XRSCHED_A_LIMITS_JOBS: Jobs not yet read. (u32)
 * @XRSCHED_A_LIMITS_RING_BYTES: Memory of all rings in bytes. (u64)
 * @__XRSCHED_A_LIMITS_MAX: One above the last.
 * @XRSCHED_A_LIMITS_MAX: The last that this header knows.
 */
enum xrsched_a_limits {
	XRSCHED_A_LIMITS_DEVICE = 1,
	XRSCHED_A_LIMITS_PAD,
	XRSCHED_A_LIMITS_MAX_MODELS,
	XRSCHED_A_LIMITS_MAX_MODEL_BYTES,
	XRSCHED_A_LIMITS_MAX_STREAMS,
	XRSCHED_A_LIMITS_MAX_JOBS,
	XRSCHED_A_LIMITS_MAX_RINGS,
	XRSCHED_A_LIMITS_MAX_RING_BYTES,
	XRSCHED_A_LIMITS_MAX_USER_CLIENTS,
	XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES,
	XRSCHED_A_LIMITS_MAX_USER_STREAMS,
	XRSCHED_A_LIMITS_MAX_USER_JOBS,
	XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS,
	XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS,
	XRSCHED_A_LIMITS_MAX_DEVICE_JOBS,
	XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES,
	XRSCHED_A_LIMITS_CLIENTS,
	XRSCHED_A_LIMITS_STREAMS,
	XRSCHED_A_LIMITS_JOBS,
	XRSCHED_A_LIMITS_RING_BYTES,

	__XRSCHED_A_LIMITS_MAX,
	XRSCHED_A_LIMITS_MAX = (__XRSCHED_A_LIMITS_MAX - 1)
};

/**
 * enum xrsched_cmd - Commands
 * @XRSCHED_CMD_DEVICE_GET: Show a device, or all of them. ENODEV: there is
 *     no such device.
 * @XRSCHED_CMD_ENGINE_GET: Show an engine, or all engines of a device, or of
 *     all devices. Which stream, frame and layer runs on it (stream, frame,
 *     layer) is shown to CAP_NET_ADMIN only, as that may be another
 *     client's. ENODEV: there is no such device; ENOENT: it has no such
 *     engine.
 * @XRSCHED_CMD_ENGINE_NEW: Create an engine, simulated unless kind says
 *     otherwise; the answer shows it, with the id it was given. EINVAL:
 *     class or name is not a name; EEXIST: the device has an engine of this
 *     name; ERANGE: a number that cannot be; ENODEV: there is no such
 *     device; ENOSPC: the device has as many engines as it can have; ENOMEM.
 * @XRSCHED_CMD_ENGINE_DEL: Remove an engine. A layer that runs on it is
 *     begun anew elsewhere; jobs that no engine can run any more fail.
 *     ENODEV: there is no such device; ENOENT: it has no such engine.
 * @XRSCHED_CMD_STREAM_GET: Show the streams of a device, or of all devices.
 *     Privileged, since it tells of all clients; clients have
 *     XRSCHED_IOC_STREAM_STATS for their own. ENODEV: there is no such
 *     device.
 * @XRSCHED_CMD_POLICY_GET: Show the policy of a device with the values of
 *     its parameters, or all policies there are, whose parameters then come
 *     without value. ENODEV: there is no such device.
 * @XRSCHED_CMD_POLICY_SET: Change the policy of a device, or its parameters.
 *     No job is lost and none that runs is touched. ENODEV: there is no such
 *     device; ENOENT: there is no such policy; EINVAL: the policy has no
 *     such parameter, or one is given twice; ERANGE: a value is out of its
 *     range.
 * @XRSCHED_CMD_STATS_RESET: Begin all statistics of a device, its engines
 *     and its streams anew. ENODEV: there is no such device.
 * @XRSCHED_CMD_DEADLINE_MISS_NTF: A frame missed its deadline: it was
 *     completed after it (reason 0), or dropped because it had passed
 *     (reason XRSCHED_REASON_EXPIRED); in that case drop-ntf follows.
 * @XRSCHED_CMD_DROP_NTF: A frame was dropped; reason says why. late-ns is
 *     there only where its deadline had passed.
 * @XRSCHED_CMD_ENGINE_UP_NTF: An engine takes layers from now on.
 * @XRSCHED_CMD_ENGINE_DOWN_NTF: An engine takes no layers any more; state
 *     says what has become of it.
 * @XRSCHED_CMD_ENGINE_FAULT_NTF: An engine did something wrong; fault says
 *     what, and reason, for a layer that was lost by it, what a job will
 *     fail with that is not tried again. client, stream, frame, layer and
 *     stream-name are there if a layer was. Wrong answers have a rate of
 *     their own: a server that sends many hides neither faults nor what
 *     becomes of jobs.
 * @XRSCHED_CMD_POLICY_CHANGE_NTF: The policy of a device, or its parameters,
 *     were set; policy-get shows them.
 * @XRSCHED_CMD_TUNER_STEP_NTF: A window of the search for alpha and beta
 *     ended.
 * @XRSCHED_CMD_LOST_NTF: Some events nobody was told of: they came faster
 *     than the module's parameter event_rate allows or than they could be
 *     sent. seq is that of the last of them.
 * @XRSCHED_CMD_FAULT_GET: Show what is to go wrong on a simulated engine,
 *     and how often it did. ENODEV: there is no such device; ENOENT: it has
 *     no such engine; EOPNOTSUPP: it is not simulated.
 * @XRSCHED_CMD_FAULT_SET: Let things go wrong on a simulated engine from now
 *     on; what is not mentioned does not. Its layers are watched from then
 *     on, see guard-set. If nothing is mentioned and it is quarantined, it
 *     comes back after its rest, however often it has failed. ENODEV: there
 *     is no such device; ENOENT: it has no such engine; EOPNOTSUPP: it is
 *     not simulated; ERANGE: a value is out of its range; E2BIG: too many
 *     steps.
 * @XRSCHED_CMD_GUARD_GET: Show what a device does about engines that fail.
 *     ENODEV: there is no such device.
 * @XRSCHED_CMD_GUARD_SET: Change what a device does about engines that fail;
 *     what is not mentioned stays. Layers that run and engines that rest
 *     keep the time they were given. ENODEV: there is no such device;
 *     ERANGE: a value is out of its range.
 * @XRSCHED_CMD_LIMITS_GET: Show a device's limits and what counts against
 *     them. ENODEV: there is no such device.
 * @XRSCHED_CMD_LIMITS_SET: Change a device's limits; what is not mentioned
 *     stays, and so does what exists already. ENODEV: there is no such
 *     device; ERANGE: a value is out of its range.
 * @__XRSCHED_CMD_MAX: One above the last.
 * @XRSCHED_CMD_MAX: The last that this header knows.
 */
enum xrsched_cmd {
	XRSCHED_CMD_DEVICE_GET = 1,
	XRSCHED_CMD_ENGINE_GET,
	XRSCHED_CMD_ENGINE_NEW,
	XRSCHED_CMD_ENGINE_DEL,
	XRSCHED_CMD_STREAM_GET,
	XRSCHED_CMD_POLICY_GET,
	XRSCHED_CMD_POLICY_SET,
	XRSCHED_CMD_STATS_RESET,
	XRSCHED_CMD_DEADLINE_MISS_NTF,
	XRSCHED_CMD_DROP_NTF,
	XRSCHED_CMD_ENGINE_UP_NTF,
	XRSCHED_CMD_ENGINE_DOWN_NTF,
	XRSCHED_CMD_ENGINE_FAULT_NTF,
	XRSCHED_CMD_POLICY_CHANGE_NTF,
	XRSCHED_CMD_TUNER_STEP_NTF,
	XRSCHED_CMD_LOST_NTF,
	XRSCHED_CMD_FAULT_GET,
	XRSCHED_CMD_FAULT_SET,
	XRSCHED_CMD_GUARD_GET,
	XRSCHED_CMD_GUARD_SET,
	XRSCHED_CMD_LIMITS_GET,
	XRSCHED_CMD_LIMITS_SET,

	__XRSCHED_CMD_MAX,
	XRSCHED_CMD_MAX = (__XRSCHED_CMD_MAX - 1)
};

/*
 * What happens on all devices. Needs CAP_NET_ADMIN to join, since it tells
 * of all clients' frames.
 */
#define XRSCHED_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_XRSCHED_NETLINK_H */
