/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What people call the numbers of the kernel's interface.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdint.h>

/**
 * reason_name() - why a frame ended, or a layer failed
 * @reason: enum xrsched_reason.
 *
 * Return: the name, NULL: there is no reason, or none that is known.
 */
const char *reason_name(uint32_t reason);

/**
 * engine_kind_name() - who executes an engine's layers
 * @kind: enum xrsched_engine_kind.
 *
 * Return: the name, "other" if it is not known.
 */
const char *engine_kind_name(uint32_t kind);

/**
 * engine_state_name() - whether an engine takes layers
 * @state: enum xrsched_engine_state.
 *
 * Return: the name, "other" if it is not known.
 */
const char *engine_state_name(uint32_t state);

#endif /* NAMES_H */
