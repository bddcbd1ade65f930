/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reaching the kernel, and what to do when that does not work.
 */
#ifndef TROUBLE_H
#define TROUBLE_H

#include <xrsched/control.h>
#include <xrsched/xrsched.h>

#include "cmd.h"

/**
 * trouble() - say what went wrong and what helps
 * @err: negative errno.
 * @fmt: what went wrong, as for printf(), without a newline.
 *
 * Return: 1, the exit code.
 */
int trouble(int err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * trouble_control() - the same after a call on the control plane
 * @control: the handle.
 * @err: negative errno.
 * @doing: what was tried ("engine 3 was not removed").
 *
 * Return: 1, the exit code.
 */
int trouble_control(const struct xrsched_control *control, int err,
		    const char *doing);

/**
 * control_connect() - open the control plane
 * @control: set to the handle.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int control_connect(struct xrsched_control **control);

/**
 * device_open() - open the device that --device says, or the first
 * @app: says which.
 * @x: set to the handle.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int device_open(const struct app *app, struct xrsched **x);

/**
 * device_number() - which device is meant?
 * @app: says which.
 *
 * Return: what --device says, else 0.
 */
uint32_t device_number(const struct app *app);

/**
 * device_or_all() - which devices are meant?
 * @app: says which.
 *
 * Return: what --device says, else XRSCHED_CONTROL_ALL.
 */
uint32_t device_or_all(const struct app *app);

#endif /* TROUBLE_H */
