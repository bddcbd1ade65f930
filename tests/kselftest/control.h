/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device as a whole, for tests: its engines, its policy, and whether it is
 * in order.  All of it over libxrsched's control plane and debugfs.
 */
#ifndef XRSCHED_TEST_CONTROL_H
#define XRSCHED_TEST_CONTROL_H

#include <stdbool.h>

#include <xrsched/control.h>

/*
 * Begin anew, whatever the last test left: no engine, and this policy
 * ("edf,expired=drop").  Returns 0 or -errno.
 */
int device_reset(const char *policy);

int policy_set(const char *text);

/* These return the engine's number, or -errno. */
int engine_add(const char *class_name);
int engine_add_null(const char *class_name);

int engine_del(int id);

/* Waits until a layer runs on an engine.  Returns its number, or -errno. */
int engine_busy(void);

/* Returns 0 or -errno. */
int device_info(struct xrsched_control_device *info);

/* Whether the kernel finds its own state free of contradictions. */
bool device_consistent(void);

/*
 * Whether, within some seconds, all that clients other than @nr left has gone,
 * and what remains is consistent.
 */
bool device_quiet(unsigned int nr_clients, unsigned int nr_streams);

#endif /* XRSCHED_TEST_CONTROL_H */
