/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel says about devices, as JSON.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <jansson.h>
#include <stdint.h>

#include <xrsched/control.h>

/**
 * snapshot_devices() - devices
 * @control: the control plane.
 * @device: number, or XRSCHED_CONTROL_ALL.
 * @array: set to an array of objects.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int snapshot_devices(struct xrsched_control *control, uint32_t device,
		     json_t **array);

/**
 * snapshot_engines() - engines
 * @control: the control plane.
 * @device: number, or XRSCHED_CONTROL_ALL.
 * @array: set to an array of objects.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int snapshot_engines(struct xrsched_control *control, uint32_t device,
		     json_t **array);

/**
 * snapshot_streams() - streams of all clients (privileged)
 * @control: the control plane.
 * @device: number, or XRSCHED_CONTROL_ALL.
 * @array: set to an array of objects.
 *
 * Return: 0, or a negative errno that nothing was said about.
 */
int snapshot_streams(struct xrsched_control *control, uint32_t device,
		     json_t **array);

/**
 * snapshot_engine() - a single engine
 * @engine: the engine.
 *
 * Return: the object.
 */
json_t *snapshot_engine(const struct xrsched_control_engine *engine);

/**
 * snapshot_device() - a single device
 * @device: the device.
 *
 * Return: the object.
 */
json_t *snapshot_device(const struct xrsched_control_device *device);

/**
 * snapshot_stream() - a single stream
 * @stream: the stream.
 *
 * Return: the object.
 */
json_t *snapshot_stream(const struct xrsched_control_stream *stream);

#endif /* SNAPSHOT_H */
