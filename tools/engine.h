/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of xrsched engine.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include <argp.h>
#include <stdbool.h>

#include <xrsched/control.h>

#include "cmd.h"

/* What fault specifications are, for the help of all commands that take one. */
#define FAULT_SPEC_DOC                                                         \
	"SPEC is a list of items with commas between:\n"                       \
	"  KIND=PER%             of each layer, with this probability\n"       \
	"  KIND@AT[+FOR][/EVERY] at this time: the layer that runs then, or "  \
	"all within FOR; again each EVERY\n"                                   \
	"  burst=NR, seed=NR     of the draws: layers in a row, and numbers\n" \
	"  none                  nothing goes wrong any more\n"                \
	"KIND: hang, error, wrong-seq (answers under a wrong number), "        \
	"slowxFACTOR.  Times have a unit (ns, us, ms, s) and count from now."

#define ENGINE_FAULT_DOC                                                    \
	"Without arguments: what is to go wrong, and how often it did.  "   \
	"ENGINE is a name, a number or \"all\", which it is if left out.\n" \
	"\n" FAULT_SPEC_DOC "\n\n"                                          \
	"  sudo xrsched engine fault hang=0.1%,error=1%,seed=7\n"           \
	"  sudo xrsched engine fault os0:hang@5s+1s/10s\n"                  \
	"  sudo xrsched engine fault none\n"                                \
	"  xrsched engine fault --json"

#define ENGINE_GUARD_DOC                                                       \
	"Without SPEC: what it is.  SPEC is a list of items with commas "      \
	"between; those that are left out stay:\n"                             \
	"  floor=TIME, factor=NR    a layer hangs after this time, or this "   \
	"many times what is expected if that is more\n"                        \
	"  retries=NR               it is tried again so often\n"              \
	"  rest=TIME, rest-max=TIME its engine rests, twice as long each "     \
	"time\n"                                                               \
	"  strikes=NR               faults in a row until it is quarantined\n" \
	"\n"                                                                   \
	"  xrsched engine guard\n"                                             \
	"  sudo xrsched engine guard floor=50ms,retries=1"

/**
 * engine_is_meant() - does an argument name an engine?
 * @which: number, name or "all".
 * @engine: the engine.
 */
bool engine_is_meant(const char *which,
		     const struct xrsched_control_engine *engine);

/**
 * engine_none() - say that there is no such engine
 * @which: what was asked for.
 * @device: device.
 * @list: its engines.
 * @nr: how many.
 *
 * Return: the exit code.
 */
int engine_none(const char *which, uint32_t device,
		const struct xrsched_control_engine *list, int nr);

#define ENGINE_SPECS 64

/**
 * struct engine_fault_opts - Arguments of xrsched engine fault
 * @spec: specifications.
 * @nr: how many.
 */
struct engine_fault_opts {
	const char *spec[ENGINE_SPECS];
	unsigned int nr;
};

/** struct engine_guard_opts - Argument of xrsched engine guard, or NULL */
struct engine_guard_opts {
	const char *spec;
};

error_t engine_fault_parse(int key, char *arg, struct argp_state *state);
int engine_fault_run(struct app *app, void *opts);
error_t engine_guard_parse(int key, char *arg, struct argp_state *state);
int engine_guard_run(struct app *app, void *opts);

/**
 * fault_merge() - what a specification adds to an engine's plan
 * @plan: of the engine, so far.
 * @more: to be added: shares that are set take the place of others, steps are
 *        appended.
 *
 * Return: 0, -E2BIG: too many steps.
 */
int fault_merge(struct xrsched_fault_plan *plan,
		const struct xrsched_fault_plan *more);

#endif /* ENGINE_H */
