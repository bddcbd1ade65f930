/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside recordings: what both their writer and their reader know.
 */
#ifndef XRSCHED_RECORDING_H
#define XRSCHED_RECORDING_H

#include <fcntl.h>

#include <xrsched/record.h>

#include "internal.h"
#include "xrs_core.h"

#define RECORDING_MAGIC "XRSCHREC"

_Static_assert(sizeof(struct xrsched_recording_header) == 64, "header");
_Static_assert(sizeof(struct xrs_record) == sizeof(struct xrsched_record),
	       "records differ");
_Static_assert(offsetof(struct xrs_record, word) ==
		       offsetof(struct xrsched_record, data),
	       "records differ");

static inline bool recording_is_input(uint16_t type)
{
	return type >= XRSCHED_REC_NAME && type < XRSCHED_REC_DISPATCH;
}

static inline bool recording_is_output(uint16_t type)
{
	return type >= XRSCHED_REC_DISPATCH && type < XRSCHED_REC_SNAP_CORE;
}

#endif /* XRSCHED_RECORDING_H */
