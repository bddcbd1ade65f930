/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Engines that fail: on purpose, and what a device does about it.
 *
 * DOC: Specifications of faults
 *
 * What is to go wrong on simulated engines, as people write it:
 *
 *	[ENGINE:]ITEM[,ITEM…]
 *
 *	KIND=PER%		of each layer, with this probability
 *	KIND@AT[+FOR][/EVERY]	at this time: the layer that runs then, or all
 *				within FOR; again each EVERY
 *	burst=NR		layers in a row that a draw hits (1)
 *	seed=NR			of the draws (0)
 *	none			nothing (alone)
 *
 *	KIND: hang, error, wrong-seq, slowxFACTOR
 *	times: 10ns 10us 10ms 1.5s, from when it is set
 *	ENGINE: name or number of an engine, "all" (all)
 *
 *	all:hang=1%,error=1%,burst=2,seed=7
 *	left:hang@5s+1s/10s
 *	0:slowx4@2s+500ms,wrong-seq@7s
 *
 * DOC: Specifications of guards
 *
 *	floor=TIME,factor=NR,retries=NR,strikes=NR,rest=TIME,rest-max=TIME
 *
 * Those that are left out stay what they are.
 */
#ifndef XRSCHED_FAULT_H
#define XRSCHED_FAULT_H

#include <linux/xrsched_netlink.h>

#include <xrsched/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XRSCHED_FAULT_STEPS 16
/* Bytes of the longest text that xrsched_fault_format() makes. */
#define XRSCHED_FAULT_TEXT 2048

/**
 * struct xrsched_fault_step - A step of a script
 * @kind: enum xrsched_fault_kind.
 * @factor: of XRSCHED_FAULT_KIND_SLOW: 2 … 1000, else 0.
 * @at_ns: when it begins, since the plan was set.
 * @for_ns: all layers that run within so long are hit, at most 2^40; 0: the
 *          one that runs then, or the first that begins later.
 * @every_ns: and again each time that this has passed, more than @for_ns, at
 *            most 2^50; 0: only once.
 */
struct xrsched_fault_step {
	uint32_t kind;
	uint32_t factor;
	uint64_t at_ns;
	uint64_t for_ns;
	uint64_t every_ns;
};

/**
 * struct xrsched_fault_plan - What is to go wrong on an engine; all 0: nothing
 * @seed: of the draws; each engine has its own even so.
 * @hang_ppm: of a million layers, how many hang; these four together at most
 *            1000000.
 * @error_ppm: how many fail.
 * @slow_ppm: how many take @factor times as long.
 * @wrong_seq_ppm: how many are answered under the number of another layer.
 * @factor: of slow layers: 2 … 1000; 0 if @slow_ppm is.
 * @burst: layers in a row that a draw hits, 0: 1, at most 1000.
 * @nr_steps: steps of the script.
 * @pad: 0.
 * @step: the script; the first step that applies to a layer holds, and a step
 *        before a draw.
 * @hit: only when read: layers hit since, by enum xrsched_fault_kind.
 */
struct xrsched_fault_plan {
	uint64_t seed;
	uint32_t hang_ppm;
	uint32_t error_ppm;
	uint32_t slow_ppm;
	uint32_t wrong_seq_ppm;
	uint32_t factor;
	uint32_t burst;
	uint32_t nr_steps;
	uint32_t pad;
	struct xrsched_fault_step step[XRSCHED_FAULT_STEPS];
	uint64_t hit[8];
};

/**
 * struct xrsched_guard - What a device does about faults
 * @floor_ns: a layer has at least this time before it counts as hung, 1000 …
 *            2^40.
 * @rest_ns: rest of an engine after its first fault, twice as long after each
 *           further one in a row, 1000 … 2^40.
 * @rest_max_ns: longest rest, @rest_ns … 2^40.
 * @factor: a layer has this many times what is expected, if that is more than
 *          @floor_ns, 1 … 1000.
 * @retries: times that a layer is tried again, 0 … 100.
 * @strikes: faults in a row after which an engine is quarantined, 1 … 16.
 * @pad: 0.
 */
struct xrsched_guard {
	uint64_t floor_ns;
	uint64_t rest_ns;
	uint64_t rest_max_ns;
	uint32_t factor;
	uint32_t retries;
	uint32_t strikes;
	uint32_t pad;
};

/**
 * xrsched_fault_parse() - read a specification of faults
 * @text: as above.
 * @engine: set to the engine's name, number, or "all".
 * @plan: set.
 * @error: says what is wrong, or NULL.
 *
 * Whether all values are in their ranges, who sets the plan says.
 *
 * Return: 0 or -EINVAL.
 */
int xrsched_fault_parse(const char *text, char engine[XRSCHED_NAME_LEN],
			struct xrsched_fault_plan *plan,
			struct xrsched_error *error);

/**
 * xrsched_fault_format() - write a plan as xrsched_fault_parse() reads it
 * @plan: the plan.
 * @text: for the text, without an engine.
 * @size: room there; XRSCHED_FAULT_TEXT is enough.
 */
void xrsched_fault_format(const struct xrsched_fault_plan *plan, char *text,
			  size_t size);

/**
 * xrsched_guard_parse() - read a specification of a guard
 * @text: as above.
 * @guard: changed where the text says so.
 * @error: says what is wrong, or NULL.
 *
 * Return: 0 or -EINVAL.
 */
int xrsched_guard_parse(const char *text, struct xrsched_guard *guard,
			struct xrsched_error *error);

/**
 * xrsched_engine_fault() - let things go wrong on a simulator's engine
 * @x: a simulator; for a device there is xrsched_control_fault_set().
 * @id: the engine.
 * @plan: what; the script begins now.
 * @error: says what is wrong, or NULL.
 *
 * From now on its layers are watched, see struct xrsched_guard.
 *
 * Return: 0, -ENOENT (no such engine), -ERANGE (a value) or -EOPNOTSUPP (no
 * simulator).
 */
int xrsched_engine_fault(struct xrsched *x, uint32_t id,
			 const struct xrsched_fault_plan *plan,
			 struct xrsched_error *error);

/**
 * xrsched_guard_get() - what does a simulator do about faults?
 * @x: a simulator; for a device there is xrsched_control_guard_get().
 * @guard: filled in.
 *
 * Return: 0 or -EOPNOTSUPP (no simulator).
 */
int xrsched_guard_get(struct xrsched *x, struct xrsched_guard *guard);

/**
 * xrsched_guard_set() - what a simulator shall do about faults
 * @x: a simulator; for a device there is xrsched_control_guard_set().
 * @guard: what.
 * @error: says what is wrong, or NULL.
 *
 * Return: 0, -ERANGE (a value) or -EOPNOTSUPP (no simulator).
 */
int xrsched_guard_set(struct xrsched *x, const struct xrsched_guard *guard,
		      struct xrsched_error *error);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_FAULT_H */
