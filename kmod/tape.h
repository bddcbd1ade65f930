/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recordings: what a device's core is told and decides, for a reader.
 */
#ifndef XRS_TAPE_H
#define XRS_TAPE_H

#include "client.h"

struct xrsched_record_args;
struct xrs_model;

/**
 * xrs_tape_start() - begin to record a device
 * @client: a file of the device
 * @arg: the call; all but @arg->size and @arg->fd is checked here
 * @filep: out: the recording's file; when it is closed the recording ends
 *
 * Return: 0, or as struct xrsched_record_args says.
 */
int xrs_tape_start(struct xrs_client *client,
		   const struct xrsched_record_args *arg, struct file **filep);

/**
 * xrs_tape_model() - record a model, before a stream that uses it is added
 * @dev: device, recorded or not
 * @model: sealed
 *
 * Context: process; xrs_device::config held.
 */
void xrs_tape_model(struct xrs_device *dev, const struct xrs_model *model);

/** xrs_tape_end() - the device is gone: recordings end; xrs_device::lock held */
void xrs_tape_end(struct xrs_device *dev);

#endif /* XRS_TAPE_H */
