/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xrsched device limits.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <argp.h>
#include <stdbool.h>

#include <xrsched/control.h>

#include "cmd.h"

/**
 * struct device_limits_opts - Arguments of xrsched device limits
 * @set: what to set; 0 where nothing.
 * @any: there is something to be set.
 */
struct device_limits_opts {
	struct xrsched_limits set;
	bool any;
};

error_t device_limits_parse(int key, char *arg, struct argp_state *state);
int device_limits_run(struct app *app, void *opts);

#endif /* LIMITS_H */
