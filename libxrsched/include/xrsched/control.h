/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The control plane: all devices of the machine, over generic netlink.
 *
 * DOC: Use
 *
 * Whoever has a client's handle (struct xrsched) need not come here to set its
 * own device up: xrsched_engine_add() and xrsched_policy_set() do it.  This is
 * for tools that look at, or govern, devices they are no client of.
 *
 *	struct xrsched_control *control;
 *	struct xrsched_control_engine *engine;
 *	int nr = xrsched_control_open(&control);
 *
 *	nr = xrsched_control_engines(control, XRSCHED_CONTROL_ALL, &engine);
 *	…
 *	xrsched_free(engine);
 *	xrsched_control_close(control);
 *
 * The meaning of the members is that of the attributes of the same name in
 * Documentation/netlink.md.
 *
 * DOC: Errors
 *
 * Functions return 0 or more on success and a negative errno on failure, and
 * xrsched_control_error() then says in words what the kernel, or the library,
 * did not like.  Of all functions that talk to the kernel: -ENODEV (no such
 * device), -EPERM (needs CAP_NET_ADMIN), -ENOENT (the module is gone), -ENOMEM,
 * -EPROTO (an answer that makes no sense).
 *
 * DOC: Lists
 *
 * Functions that give a list make it of several messages, between which engines,
 * streams and policies may come and go.  The kernel says so; the list is thrown
 * away and asked for again, up to eight times.  If things change as quickly as
 * that, the last one is given even so: what is in it was there, each once and
 * with figures of one moment, but perhaps not all of it at the same time.
 *
 * DOC: Threads
 *
 * A handle is used by one thread at a time; different handles by different
 * threads at once.  It is closed in exec(), and must not be used by both sides
 * of a fork().
 */
#ifndef XRSCHED_CONTROL_H
#define XRSCHED_CONTROL_H

#include <stdint.h>

#include <linux/xrsched_netlink.h>
#include <xrsched/fault.h>
#include <xrsched/policy.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct xrsched_control - A connection to the control plane (opaque) */
struct xrsched_control;

/** XRSCHED_CONTROL_ALL - In place of a device's number: all devices. */
#define XRSCHED_CONTROL_ALL UINT32_MAX

/** XRSCHED_CONTROL_NONE - In place of a stream's number: none, or not told. */
#define XRSCHED_CONTROL_NONE UINT32_MAX

/** XRSCHED_CONTROL_DOC_LEN - Bytes of a description, with the NUL. */
#define XRSCHED_CONTROL_DOC_LEN 160

/** XRSCHED_CONTROL_CHOICES - Choices that a parameter may have. */
#define XRSCHED_CONTROL_CHOICES 8

/**
 * struct xrsched_control_device - A device
 * @nr: its number, the N of /dev/xrschedN.
 * @engines: engines it has.
 * @engines_up: of these, how many take layers.
 * @streams: streams of all clients.
 * @clients: open files.
 * @pad: 0.
 * @policy: name of the policy that decides.
 * @events: events that the core saw since the device exists.
 * @decisions: layers dispatched since then.
 * @policy_faults: choices of the policy that were replaced since then.
 * @dlv_sum_q48: sum over streams of the violated share of their frames.
 * @ne_sum_q48: sum over streams of energy over worst-case energy.
 * @ne_honest_sum_q48: the same, violated frames charged at their worst.
 * @uxcost_q40: DLV sum times NE sum.
 * @uxcost_honest_q40: DLV sum times honest NE sum.
 * @now_ns: when this was so.
 * @reset_ns: when the statistics began.
 * @events_lost: events (xrsched/event.h) that nobody was told of.
 * @events_seq: number of the latest event, at the same moment.
 * @bad_answers: answers of engines' providers that were refused or cut since
 *               the device exists, engines that are gone included.
 */
struct xrsched_control_device {
	uint32_t nr;
	uint32_t engines;
	uint32_t engines_up;
	uint32_t streams;
	uint32_t clients;
	uint32_t pad;
	char policy[XRSCHED_NAME_LEN];
	uint64_t events;
	uint64_t decisions;
	uint64_t policy_faults;
	uint64_t dlv_sum_q48;
	uint64_t ne_sum_q48;
	uint64_t ne_honest_sum_q48;
	uint64_t uxcost_q40;
	uint64_t uxcost_honest_q40;
	uint64_t now_ns;
	uint64_t reset_ns;
	uint64_t events_lost;
	uint64_t events_seq;
	uint64_t bad_answers;
};

/**
 * struct xrsched_control_engine - An engine
 * @device: number of its device.
 * @id: its number on the device.
 * @name: its name, "" if it has none.
 * @class_name: its class.
 * @kind: enum xrsched_engine_kind.
 * @state: enum xrsched_engine_state.
 * @busy: 1 while a layer runs on it.
 * @pes: processing elements.
 * @busy_ns: time that layers ran; this and all below: since the last reset.
 * @layers: layers finished.
 * @switches: dispatches that moved activations.
 * @lost: layers begun and not finished here.
 * @energy_pj: energy used, switches included.
 * @stream: number of the stream whose layer runs; XRSCHED_CONTROL_NONE: none
 *          does (@busy), or which one is not told without CAP_NET_ADMIN.
 * @layer: that layer, index within the model; 0 if @stream is not told.
 * @frame: its frame; likewise.
 * @faults: layers it failed or did not finish in time.
 * @timeouts: of these, those that took too long.
 * @refused: layers it could not run for what their clients had passed along.
 * @bad_answers: answers of its provider that were refused or cut.
 * @lost_ns: time that layers ran which were lost.
 * @lost_pj: energy of these, their switches included.
 * @strikes: faults in a row.
 * @pad: 0.
 * @predictions: layers whose time was compared with what was expected.
 * @error_p50_ppm: median of how far that was off, parts per million of it.
 * @error_p95_ppm: 95th percentile of that.
 * @bytes_per_us: bandwidth that activations are moved with, 0: that takes no
 *                time.
 */
struct xrsched_control_engine {
	uint32_t device;
	uint32_t id;
	char name[XRSCHED_NAME_LEN];
	char class_name[XRSCHED_NAME_LEN];
	uint32_t kind;
	uint32_t state;
	uint32_t busy;
	uint32_t pes;
	uint64_t busy_ns;
	uint64_t layers;
	uint64_t switches;
	uint64_t lost;
	uint64_t energy_pj;
	uint32_t stream;
	uint32_t layer;
	uint64_t frame;
	uint64_t faults;
	uint64_t timeouts;
	uint64_t refused;
	uint64_t bad_answers;
	uint64_t lost_ns;
	uint64_t lost_pj;
	uint32_t strikes;
	uint32_t pad;
	uint64_t predictions;
	uint64_t error_p50_ppm;
	uint64_t error_p95_ppm;
	uint64_t bytes_per_us;
};

/**
 * struct xrsched_control_times - Distribution of a time, within 3 %
 * @p50_ns: median.
 * @p90_ns: 90th percentile.
 * @p99_ns: 99th percentile.
 * @p999_ns: 99.9th percentile.
 * @max_ns: maximum, exact.
 */
struct xrsched_control_times {
	uint64_t p50_ns;
	uint64_t p90_ns;
	uint64_t p99_ns;
	uint64_t p999_ns;
	uint64_t max_ns;
};

/**
 * struct xrsched_control_stream - A stream of some client
 * @device: number of its device.
 * @id: its number on the device, as traces show it.
 * @name: its name.
 * @model: its model's name.
 * @client: number of its client on the device.
 * @pid: process that opened the client's file.
 * @upstream: number of the stream that it follows, -1: none.
 * @weight: importance against other streams.
 * @period_ns: time between frames, 0: sporadic.
 * @deadline_ns: default deadline, relative to the release.
 * @in_flight: jobs submitted and not ended.
 * @pad: 0.
 * @submitted: jobs accepted; this and all below: since the last reset.
 * @released: jobs whose release came, or that ended before it.
 * @completed: jobs that ran to their end.
 * @late: of these, those after their deadline.
 * @dropped: jobs that the scheduler gave up.
 * @cancelled: jobs that their owner gave up.
 * @failed: jobs that could not be run.
 * @retried: layers that had to be repeated.
 * @full: times a submission found the client's queue full.
 * @layers: layers finished.
 * @switches: times activations had to be moved.
 * @energy_pj: energy of ended jobs, cancelled ones left out.
 * @worst_pj: what the same jobs cost at worst.
 * @honest_pj: as @energy_pj, violated jobs charged at their worst or more.
 * @response: time from release to finish of completed jobs.
 * @queue: time from release to first dispatch.
 * @overdue_ns: for how long the first job in flight is past its deadline.
 */
struct xrsched_control_stream {
	uint32_t device;
	uint32_t id;
	char name[XRSCHED_NAME_LEN];
	char model[XRSCHED_NAME_LEN];
	uint32_t client;
	uint32_t pid;
	int64_t upstream;
	uint64_t period_ns;
	uint64_t deadline_ns;
	uint32_t weight;
	uint32_t in_flight;
	uint64_t submitted;
	uint64_t released;
	uint64_t completed;
	uint64_t late;
	uint64_t dropped;
	uint64_t cancelled;
	uint64_t failed;
	uint64_t retried;
	uint64_t full;
	uint64_t layers;
	uint64_t switches;
	uint64_t energy_pj;
	uint64_t worst_pj;
	uint64_t honest_pj;
	struct xrsched_control_times response;
	struct xrsched_control_times queue;
	uint64_t overdue_ns;
};

/**
 * struct xrsched_control_param - A parameter of a policy in the kernel
 * @name: its name.
 * @doc: one line about it.
 * @value: its value; its default where no device was asked for.
 * @min: least value.
 * @max: greatest value.
 * @init: default.
 * @unit: what values are divided by to give what people write.
 * @nr_choices: number of @choice; 0: the value is a number.
 * @choice: names of the values 0, 1, …
 */
struct xrsched_control_param {
	char name[XRSCHED_NAME_LEN];
	char doc[XRSCHED_CONTROL_DOC_LEN];
	int64_t value;
	int64_t min;
	int64_t max;
	int64_t init;
	uint32_t unit;
	uint32_t nr_choices;
	char choice[XRSCHED_CONTROL_CHOICES][XRSCHED_NAME_LEN];
};

/**
 * struct xrsched_control_policy - A policy in the kernel
 * @name: its name.
 * @alias: its second name, "" if it has none.
 * @doc: one line about it.
 * @device: number of the device that uses it, XRSCHED_CONTROL_ALL if none was
 *          asked for.
 * @nr_params: number of @param.
 * @param: the parameters that it heeds.
 */
struct xrsched_control_policy {
	char name[XRSCHED_NAME_LEN];
	char alias[XRSCHED_NAME_LEN];
	char doc[XRSCHED_CONTROL_DOC_LEN];
	uint32_t device;
	uint32_t nr_params;
	struct xrsched_control_param param[XRSCHED_POLICY_PARAMS];
};

/**
 * xrsched_control_open() - connect to the control plane
 * @control: set to the handle.
 *
 * Return: 0; -ENOENT: the module is not loaded, or this is a network namespace
 * other than the initial one; or what socket(2) says.
 */
int xrsched_control_open(struct xrsched_control **control);

/**
 * xrsched_control_close() - disconnect
 * @control: the handle, or NULL.
 */
void xrsched_control_close(struct xrsched_control *control);

/**
 * xrsched_control_error() - why did the last call fail?
 * @control: the handle.
 *
 * Return: one line, "" if the last call succeeded; good until the next call.
 */
const char *xrsched_control_error(const struct xrsched_control *control);

/**
 * xrsched_control_devices() - list the devices
 * @control: the handle.
 * @list: set to an array, by number, to be given to xrsched_free().
 *
 * Return: number of devices, or -errno.
 */
int xrsched_control_devices(struct xrsched_control *control,
			    struct xrsched_control_device **list);

/**
 * xrsched_control_device_get() - look at a device
 * @control: the handle.
 * @device: its number.
 * @info: filled in.
 *
 * Return: 0 or -errno.
 */
int xrsched_control_device_get(struct xrsched_control *control, uint32_t device,
			       struct xrsched_control_device *info);

/**
 * xrsched_control_engines() - list engines
 * @control: the handle.
 * @device: number of a device, or XRSCHED_CONTROL_ALL.
 * @list: set to an array, by device and number, to be given to xrsched_free().
 *
 * Return: number of engines, or -errno.
 */
int xrsched_control_engines(struct xrsched_control *control, uint32_t device,
			    struct xrsched_control_engine **list);

/**
 * xrsched_control_engine_new() - create an engine (privileged)
 * @control: the handle.
 * @device: number of the device.
 * @kind: enum xrsched_engine_kind.
 * @class_name: class of the engine.
 * @name: name, unique on the device; NULL or "": none.
 * @pes: processing elements, of which only the ratio between engines matters;
 *       0: 1.
 * @bytes_per_us: bandwidth that activations are moved with, 2^40 at most; 0:
 *                that takes no time.
 *
 * Return: number of the engine, or -errno: -EINVAL (a name that is none),
 * -ERANGE (@kind, @bytes_per_us), -EEXIST (@name), -ENOSPC.
 */
int xrsched_control_engine_new(struct xrsched_control *control, uint32_t device,
			       uint32_t kind, const char *class_name,
			       const char *name, uint32_t pes,
			       uint64_t bytes_per_us);

/**
 * xrsched_control_engine_del() - remove an engine (privileged)
 * @control: the handle.
 * @device: number of the device.
 * @id: number of the engine; a layer that runs on it is repeated elsewhere.
 *
 * Return: 0 or -errno: -ENOENT (no such engine), -ERANGE (no such number).
 */
int xrsched_control_engine_del(struct xrsched_control *control, uint32_t device,
			       uint32_t id);

/**
 * xrsched_control_fault_set() - let things go wrong on a simulated engine
 *                               (privileged)
 * @control: the connection.
 * @device: number of the device.
 * @id: number of the engine.
 * @plan: what, from now on; @hit is not looked at.
 *
 * Return: 0; -EPERM: needs CAP_NET_ADMIN; -ENODEV, -ENOENT: there is no such
 * device, engine; -EOPNOTSUPP: it is not simulated; -ERANGE, -EINVAL: a value.
 */
int xrsched_control_fault_set(struct xrsched_control *control, uint32_t device,
			      uint32_t id,
			      const struct xrsched_fault_plan *plan);

/**
 * xrsched_control_fault_get() - what is to go wrong, and how often it did
 * @control: the connection.
 * @device: number of the device.
 * @id: number of the engine.
 * @plan: filled in.
 *
 * Return: 0; -ENODEV, -ENOENT: there is no such device, engine; -EOPNOTSUPP:
 * it is not simulated.
 */
int xrsched_control_fault_get(struct xrsched_control *control, uint32_t device,
			      uint32_t id, struct xrsched_fault_plan *plan);

/**
 * xrsched_control_guard_get() - what does a device do about faults?
 * @control: the connection.
 * @device: number of the device.
 * @guard: filled in.
 *
 * Return: 0 or -ENODEV.
 */
int xrsched_control_guard_get(struct xrsched_control *control, uint32_t device,
			      struct xrsched_guard *guard);

/**
 * xrsched_control_guard_set() - what a device shall do about faults
 *                               (privileged)
 * @control: the connection.
 * @device: number of the device.
 * @guard: what.
 *
 * Return: 0; -EPERM: needs CAP_NET_ADMIN; -ENODEV; -ERANGE: a value.
 */
int xrsched_control_guard_set(struct xrsched_control *control, uint32_t device,
			      const struct xrsched_guard *guard);

/**
 * struct xrsched_limits - How much there may be on a device, and how much is
 * @max_model_bytes: memory of a client's models, in bytes.
 * @max_ring_bytes: memory of a client's rings, in bytes.
 * @max_user_model_bytes: memory of a user's models, in bytes.
 * @max_device_ring_bytes: memory of all rings, in bytes.
 * @max_models: models a client may hold.
 * @max_streams: streams a client may hold.
 * @max_jobs: jobs a client may have submitted and not yet read.
 * @max_rings: pairs of rings a client may have.
 * @max_user_clients: files of the device that a user may have open.
 * @max_user_streams: streams of all clients of a user.
 * @max_user_jobs: jobs of all clients of a user.
 * @max_device_clients: open files of the device.
 * @max_device_streams: streams on the device.
 * @max_device_jobs: jobs of all clients.
 * @clients: files of the device that are open.
 * @streams: streams there are.
 * @jobs: jobs not yet read.
 * @pad: 0.
 * @ring_bytes: memory of all rings, in bytes.
 */
struct xrsched_limits {
	uint64_t max_model_bytes;
	uint64_t max_ring_bytes;
	uint64_t max_user_model_bytes;
	uint64_t max_device_ring_bytes;
	uint32_t max_models;
	uint32_t max_streams;
	uint32_t max_jobs;
	uint32_t max_rings;
	uint32_t max_user_clients;
	uint32_t max_user_streams;
	uint32_t max_user_jobs;
	uint32_t max_device_clients;
	uint32_t max_device_streams;
	uint32_t max_device_jobs;
	uint32_t clients;
	uint32_t streams;
	uint32_t jobs;
	uint32_t pad;
	uint64_t ring_bytes;
};

/**
 * xrsched_control_limits_get() - what may there be on a device, and what is?
 * @control: the connection.
 * @device: number of the device.
 * @limits: filled in.
 *
 * Return: 0 or -ENODEV.
 */
int xrsched_control_limits_get(struct xrsched_control *control, uint32_t device,
			       struct xrsched_limits *limits);

/**
 * xrsched_control_limits_set() - change a device's limits (privileged)
 * @control: the connection.
 * @device: number of the device.
 * @limits: the limits; those that are 0 stay, as does what is counted.
 *
 * Return: 0; -EPERM: needs CAP_NET_ADMIN; -ENODEV; -ERANGE: a value.
 */
int xrsched_control_limits_set(struct xrsched_control *control, uint32_t device,
			       const struct xrsched_limits *limits);

/**
 * xrsched_control_streams() - list streams of all clients (privileged)
 * @control: the handle.
 * @device: number of a device, or XRSCHED_CONTROL_ALL.
 * @list: set to an array, by device and number, to be given to xrsched_free().
 *
 * Return: number of streams, or -errno.
 */
int xrsched_control_streams(struct xrsched_control *control, uint32_t device,
			    struct xrsched_control_stream **list);

/**
 * xrsched_control_policies() - list the policies that the kernel has
 * @control: the handle.
 * @list: set to an array, to be given to xrsched_free().
 *
 * Return: number of policies, or -errno.
 */
int xrsched_control_policies(struct xrsched_control *control,
			     struct xrsched_control_policy **list);

/**
 * xrsched_control_policy_get() - look at a device's policy
 * @control: the handle.
 * @device: number of the device.
 * @info: filled in, parameters with their values.
 *
 * Return: 0 or -errno.
 */
int xrsched_control_policy_get(struct xrsched_control *control, uint32_t device,
			       struct xrsched_control_policy *info);

/**
 * xrsched_control_policy_set() - change a device's policy (privileged)
 * @control: the handle.
 * @device: number of the device.
 * @spec: the policy; parameters left out get their defaults.
 *
 * Return: 0 or -errno: -ENOENT (no such policy), -EINVAL (it has no such
 * parameter, or one is given twice), -ERANGE (a value).
 */
int xrsched_control_policy_set(struct xrsched_control *control, uint32_t device,
			       const struct xrsched_policy_spec *spec);

/**
 * xrsched_control_stats_reset() - begin a device's statistics anew (privileged)
 * @control: the handle.
 * @device: number of the device.
 *
 * Return: 0 or -errno.
 */
int xrsched_control_stats_reset(struct xrsched_control *control,
				uint32_t device);

/**
 * xrsched_free() - give up an array that this library made
 * @list: the array, or NULL.
 */
void xrsched_free(void *list);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_CONTROL_H */
