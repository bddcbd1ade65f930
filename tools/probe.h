/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the verbs of "xrsched probe" have in common: options, the command that
 * is watched, when to report, and names for numbers.
 */
#ifndef PROBE_TOOL_H
#define PROBE_TOOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <xrsched/control.h>

#include "cmd.h"

/**
 * struct probe_opts - Options that all verbs take
 * @interval_ns: time between reports, 0: only one at the end.
 * @duration_ns: how long, 0: until told to end.
 * @output: where to, NULL: standard output.
 * @verbose: libbpf and the verifier may speak.
 * @command: what is watched, NULL-terminated; NULL: whatever there is.
 */
struct probe_opts {
	uint64_t interval_ns;
	uint64_t duration_ns;
	const char *output;
	bool verbose;
	char **command;
};

/* What a verb's struct cmd has as @shared; input: its struct probe_opts. */
extern const struct argp_child probe_shared[];

/**
 * struct probe_run - A probe at work
 * @opts: options.
 * @out: where to print.
 * @ctx: of the callbacks.
 * @consume: takes in what the kernel left, may be NULL; 0 or -errno.
 * @report: prints what there is since the last report, or (@total) since the
 *          beginning; 0 or -errno.
 */
struct probe_run {
	const struct probe_opts *opts;
	FILE *out;
	void *ctx;
	int (*consume)(void *ctx);
	int (*report)(void *ctx, bool total);
};

/**
 * probe_begin() - before the probe is attached
 * @run: with @opts; @out is set.
 *
 * Opens the output, and holds signals back until probe_loop().
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int probe_begin(struct probe_run *run);

/**
 * probe_loop() - run the command, or wait; report from time to time
 * @run: the probe, attached.
 *
 * Return: the exit code: the command's, 127 if it cannot be run, 1 if something
 * failed, after having said what.
 */
int probe_loop(struct probe_run *run);

/**
 * probe_end() - close the output
 * @run: the probe.
 * @code: the exit code so far.
 *
 * Return: @code, or 1 if it was 0 and not all output could be written.
 */
int probe_end(struct probe_run *run, int code);

/**
 * struct probe_names - What numbers mean
 * @names: object: "device/client/id" (client 0: an engine, see probe_engine())
 *         to an object with "name", and "kind" (its model or class) if that is
 *         known.
 * @engines: the engines that there were in the beginning.
 * @nr_engines: how many.
 * @streams: array of the streams that there were.
 *
 * Begins with what netlink says (as far as that is allowed), and learns.
 */
struct probe_names {
	json_t *names;
	struct xrsched_control_engine *engines;
	int nr_engines;
	json_t *streams;
};

/**
 * probe_engine() - what stands for an engine in place of its number
 * @id: its number, which another one gets when it is gone.
 * @nr: how many had that number before it, 0: the one that was there first.
 */
static inline uint64_t probe_engine(uint32_t id, uint32_t nr)
{
	return (uint64_t)nr << 32 | id;
}

/**
 * probe_names_open() - ask what there is
 * @names: to be filled in.
 */
void probe_names_open(struct probe_names *names);

/**
 * probe_names_set() - learn a name
 * @names: the names.
 * @device: number of the device.
 * @client: number of the client, 0: an engine.
 * @id: number of the stream, or probe_engine().
 * @name: its name.
 * @kind: its model or class, NULL: not known.
 */
void probe_names_set(struct probe_names *names, uint32_t device,
		     uint32_t client, uint64_t id, const char *name,
		     const char *kind);

/**
 * probe_names_get() - what is it called?
 * @names: the names.
 * @device: number of the device.
 * @client: number of the client, 0: an engine.
 * @id: number of the stream, or probe_engine().
 *
 * Return: the name; NULL: nobody knows.
 */
const char *probe_names_get(const struct probe_names *names, uint32_t device,
			    uint32_t client, uint64_t id);

/**
 * probe_names_kind() - the same for its model or class
 * @names: the names.
 * @device: number of the device.
 * @client: number of the client, 0: an engine.
 * @id: number of the stream, or probe_engine().
 *
 * Return: the name of the model or class; NULL: nobody knows.
 */
const char *probe_names_kind(const struct probe_names *names, uint32_t device,
			     uint32_t client, uint64_t id);

/**
 * probe_names_client() - whose stream was that in the beginning?
 * @names: the names.
 * @device: number of the device.
 * @stream: number of the stream, which may be another client's afterwards.
 *
 * Return: the client's number; 0: nobody knows.
 */
uint32_t probe_names_client(const struct probe_names *names, uint32_t device,
			    uint32_t stream);

/** probe_names_close() - forget */
void probe_names_close(struct probe_names *names);

/**
 * probe_time() - a time in the unit that suits it
 * @text: "12.34 ms".
 * @size: room.
 * @ns: the time, may be negative.
 */
void probe_time(char *text, size_t size, double ns);

/* The verbs. */
extern const struct cmd probe_decisions;
extern const struct cmd probe_latency;
extern const struct cmd probe_misses;

#endif /* PROBE_TOOL_H */
