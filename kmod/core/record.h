/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the core: how a record begins and where it goes.
 */
#ifndef XRS_CORE_RECORD_H
#define XRS_CORE_RECORD_H

#include "internal.h"

static inline struct xrs_record begin(const struct xrs_core *core,
				      enum xrs_record_type type, u32 id)
{
	struct xrs_record record = {
		.at_ns = core->now_ns,
		.type = type,
		.id = id,
	};

	return record;
}

static inline void put(struct xrs_core *core, const struct xrs_record *record)
{
	core->recorder->put(core->recorder, record);
}

#endif /* XRS_CORE_RECORD_H */
