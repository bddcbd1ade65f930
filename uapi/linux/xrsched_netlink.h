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
 */
enum xrsched_engine_state {
	XRSCHED_ENGINE_STATE_UP = 1,
	XRSCHED_ENGINE_STATE_FAULTED,
	XRSCHED_ENGINE_STATE_DRAINING,
	XRSCHED_ENGINE_STATE_QUARANTINED,
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
 *     absent if none does. (u32)
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
 * @XRSCHED_A_STREAM_CLIENT: Number of its client on the device. (u32)
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
 * enum xrsched_cmd - Commands
 * @XRSCHED_CMD_DEVICE_GET: Show a device, or all of them. ENODEV: there is
 *     no such device.
 * @XRSCHED_CMD_ENGINE_GET: Show an engine, or all engines of a device, or of
 *     all devices. ENODEV: there is no such device; ENOENT: it has no such
 *     engine.
 * @XRSCHED_CMD_ENGINE_NEW: Create an engine, simulated unless kind says
 *     otherwise; the answer shows it, with the id it was given. EINVAL:
 *     class or name is not a name; EEXIST: the device has an engine of this
 *     name; ENODEV: there is no such device; ENOSPC: the device has as many
 *     engines as it can have; ENOMEM.
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

	__XRSCHED_CMD_MAX,
	XRSCHED_CMD_MAX = (__XRSCHED_CMD_MAX - 1)
};

#endif /* _UAPI_LINUX_XRSCHED_NETLINK_H */
