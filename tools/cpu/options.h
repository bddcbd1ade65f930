/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xrsched-engine-cpu: what its command line says, and what it does.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <sched.h>
#include <stdbool.h>

#include "net.h"

/**
 * struct options - The command line
 * @net: how models are run.
 * @device: path of the device's node, NULL: the first.
 * @class_name: class to be.
 * @name: name of the engine, NULL: the kernel chooses.
 * @threads: threads that compute.
 * @cpus: processors to run on.
 * @pin: @cpus was given: each thread stays on one of them.
 * @watts: power that a busy engine is taken to draw.
 * @measure: measure @models rather than serve.
 * @runs: times that a layer is measured.
 * @profiles: directory that measured costs go to, NULL: standard output.
 * @models: names, separated by commas, NULL: none.
 * @quiet: no progress.
 */
struct options {
	struct net_opts net;
	const char *device;
	const char *class_name;
	const char *name;
	unsigned int threads;
	cpu_set_t cpus;
	bool pin;
	double watts;
	bool measure;
	unsigned int runs;
	const char *profiles;
	char *models;
	bool quiet;
};

/** options_parse() - read the command line; exits on --help and wrong use */
void options_parse(struct options *options, int argc, char **argv);

/** energy_pj() - what a computation of this length is taken to use */
uint64_t energy_pj(const struct options *options, uint64_t busy_ns);

/** measure() - measure all models; returns the exit code */
int measure(const struct options *options, struct nets *nets);

/** serve() - be an engine until a signal comes; returns the exit code */
int serve(const struct options *options, struct nets *nets);

#endif /* OPTIONS_H */
