// SPDX-License-Identifier: GPL-2.0-only
/*
 * What people call the numbers of the kernel's interface.
 */
#include "names.h"

#include <stddef.h>

#include <linux/xrsched.h>
#include <linux/xrsched_netlink.h>

#include "cmd.h"

static const char *const reasons[] = {
	[XRSCHED_REASON_EXPIRED] = "expired",
	[XRSCHED_REASON_HOPELESS] = "hopeless",
	[XRSCHED_REASON_EARLY] = "early",
	[XRSCHED_REASON_UPSTREAM] = "upstream",
	[XRSCHED_REASON_CANCEL] = "cancel",
	[XRSCHED_REASON_CLOSE] = "close",
	[XRSCHED_REASON_DEVICE] = "device",
	[XRSCHED_REASON_NO_ENGINE] = "no_engine",
	[XRSCHED_REASON_TIMEOUT] = "timeout",
	[XRSCHED_REASON_FAULT] = "fault",
	[XRSCHED_REASON_REFUSED] = "refused",
	[XRSCHED_REASON_INVALID] = "invalid",
	[XRSCHED_REASON_NOT_FOUND] = "not_found",
};

const char *reason_name(uint32_t reason)
{
	return reason < ELEMENTS(reasons) ? reasons[reason] : NULL;
}

const char *engine_kind_name(uint32_t kind)
{
	switch (kind) {
	case XRSCHED_ENGINE_KIND_SIM:
		return "sim";
	case XRSCHED_ENGINE_KIND_NULL:
		return "null";
	case XRSCHED_ENGINE_KIND_SERVER:
		return "server";
	case XRSCHED_ENGINE_KIND_DRIVER:
		return "driver";
	default:
		return "other";
	}
}

const char *engine_state_name(uint32_t state)
{
	switch (state) {
	case XRSCHED_ENGINE_STATE_UP:
		return "up";
	case XRSCHED_ENGINE_STATE_FAULTED:
		return "faulted";
	case XRSCHED_ENGINE_STATE_DRAINING:
		return "draining";
	case XRSCHED_ENGINE_STATE_QUARANTINED:
		return "quarantined";
	case XRSCHED_ENGINE_STATE_GONE:
		return "gone";
	default:
		return "other";
	}
}
