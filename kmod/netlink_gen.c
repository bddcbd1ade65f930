// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit: made by tests/check/netlink-spec from Documentation/netlink/specs/xrsched.yaml */
#include <net/genetlink.h>
#include <net/netlink.h>

#include "netlink_gen.h"

const struct nla_policy
xrs_nl_setting_policy[XRSCHED_A_PARAM_VALUE + 1] = {
	[XRSCHED_A_PARAM_NAME] = { .type = NLA_NUL_STRING, .len = XRSCHED_NAME_LEN - 1, },
	[XRSCHED_A_PARAM_VALUE] = { .type = NLA_S64, },
};

const struct nla_policy
xrs_nl_fault_step_policy[XRSCHED_A_FAULT_STEP_EVERY_NS + 1] = {
	[XRSCHED_A_FAULT_STEP_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[XRSCHED_A_FAULT_STEP_FACTOR] = NLA_POLICY_RANGE(NLA_U32, 2, 1000),
	[XRSCHED_A_FAULT_STEP_AT_NS] = { .type = NLA_U64, },
	[XRSCHED_A_FAULT_STEP_FOR_NS] = { .type = NLA_U64, },
	[XRSCHED_A_FAULT_STEP_EVERY_NS] = { .type = NLA_U64, },
};

static const struct nla_policy
xrs_nl_device_get_policy[XRSCHED_A_DEVICE_NR + 1] = {
	[XRSCHED_A_DEVICE_NR] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_engine_get_policy[XRSCHED_A_ENGINE_ID + 1] = {
	[XRSCHED_A_ENGINE_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_ENGINE_ID] = NLA_POLICY_MAX(NLA_U32, 63),
};

static const struct nla_policy
xrs_nl_engine_new_policy[XRSCHED_A_ENGINE_BYTES_PER_US + 1] = {
	[XRSCHED_A_ENGINE_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_ENGINE_NAME] = { .type = NLA_NUL_STRING, .len = XRSCHED_NAME_LEN - 1, },
	[XRSCHED_A_ENGINE_CLASS] = { .type = NLA_NUL_STRING, .len = XRSCHED_NAME_LEN - 1, },
	[XRSCHED_A_ENGINE_KIND] = NLA_POLICY_RANGE(NLA_U32, 1, 4),
	[XRSCHED_A_ENGINE_PES] = NLA_POLICY_MIN(NLA_U32, 1),
	[XRSCHED_A_ENGINE_BYTES_PER_US] = { .type = NLA_U64, },
};

static const struct nla_policy
xrs_nl_engine_del_policy[XRSCHED_A_ENGINE_ID + 1] = {
	[XRSCHED_A_ENGINE_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_ENGINE_ID] = NLA_POLICY_MAX(NLA_U32, 63),
};

static const struct nla_policy
xrs_nl_stream_get_policy[XRSCHED_A_STREAM_DEVICE + 1] = {
	[XRSCHED_A_STREAM_DEVICE] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_policy_get_policy[XRSCHED_A_POLICY_DEVICE + 1] = {
	[XRSCHED_A_POLICY_DEVICE] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_policy_set_policy[XRSCHED_A_POLICY_SETTING + 1] = {
	[XRSCHED_A_POLICY_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_POLICY_NAME] = { .type = NLA_NUL_STRING, .len = XRSCHED_NAME_LEN - 1, },
	[XRSCHED_A_POLICY_SETTING] = NLA_POLICY_NESTED(xrs_nl_setting_policy),
};

static const struct nla_policy
xrs_nl_stats_reset_policy[XRSCHED_A_DEVICE_NR + 1] = {
	[XRSCHED_A_DEVICE_NR] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_fault_get_policy[XRSCHED_A_FAULT_ENGINE + 1] = {
	[XRSCHED_A_FAULT_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_ENGINE] = NLA_POLICY_MAX(NLA_U32, 63),
};

static const struct nla_policy
xrs_nl_fault_set_policy[XRSCHED_A_FAULT_STEP + 1] = {
	[XRSCHED_A_FAULT_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_ENGINE] = NLA_POLICY_MAX(NLA_U32, 63),
	[XRSCHED_A_FAULT_SEED] = { .type = NLA_U64, },
	[XRSCHED_A_FAULT_HANG_PPM] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_ERROR_PPM] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_SLOW_PPM] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_WRONG_SEQ_PPM] = { .type = NLA_U32, },
	[XRSCHED_A_FAULT_FACTOR] = NLA_POLICY_RANGE(NLA_U32, 2, 1000),
	[XRSCHED_A_FAULT_BURST] = NLA_POLICY_MAX(NLA_U32, 1000),
	[XRSCHED_A_FAULT_STEP] = NLA_POLICY_NESTED(xrs_nl_fault_step_policy),
};

static const struct nla_policy
xrs_nl_guard_get_policy[XRSCHED_A_GUARD_DEVICE + 1] = {
	[XRSCHED_A_GUARD_DEVICE] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_guard_set_policy[XRSCHED_A_GUARD_REST_MAX_NS + 1] = {
	[XRSCHED_A_GUARD_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_GUARD_FLOOR_NS] = { .type = NLA_U64, },
	[XRSCHED_A_GUARD_FACTOR] = NLA_POLICY_RANGE(NLA_U32, 1, 1000),
	[XRSCHED_A_GUARD_RETRIES] = NLA_POLICY_MAX(NLA_U32, 100),
	[XRSCHED_A_GUARD_STRIKES] = NLA_POLICY_RANGE(NLA_U32, 1, 16),
	[XRSCHED_A_GUARD_REST_NS] = { .type = NLA_U64, },
	[XRSCHED_A_GUARD_REST_MAX_NS] = { .type = NLA_U64, },
};

static const struct nla_policy
xrs_nl_limits_get_policy[XRSCHED_A_LIMITS_DEVICE + 1] = {
	[XRSCHED_A_LIMITS_DEVICE] = { .type = NLA_U32, },
};

static const struct nla_policy
xrs_nl_limits_set_policy[XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES + 1] = {
	[XRSCHED_A_LIMITS_DEVICE] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_MODELS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_MODEL_BYTES] = { .type = NLA_U64, },
	[XRSCHED_A_LIMITS_MAX_STREAMS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_JOBS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_RINGS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_RING_BYTES] = { .type = NLA_U64, },
	[XRSCHED_A_LIMITS_MAX_USER_CLIENTS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES] = { .type = NLA_U64, },
	[XRSCHED_A_LIMITS_MAX_USER_STREAMS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_USER_JOBS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_DEVICE_JOBS] = { .type = NLA_U32, },
	[XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES] = { .type = NLA_U64, },
};

const struct genl_ops xrs_nl_ops[XRS_NL_NR_OPS] = {
	{
		.cmd = XRSCHED_CMD_DEVICE_GET,
		.doit = xrs_nl_device_get_doit,
		.start = xrs_nl_device_get_start,
		.dumpit = xrs_nl_device_get_dumpit,
		.policy = xrs_nl_device_get_policy,
		.maxattr = XRSCHED_A_DEVICE_NR,
	},
	{
		.cmd = XRSCHED_CMD_ENGINE_GET,
		.doit = xrs_nl_engine_get_doit,
		.start = xrs_nl_engine_get_start,
		.dumpit = xrs_nl_engine_get_dumpit,
		.policy = xrs_nl_engine_get_policy,
		.maxattr = XRSCHED_A_ENGINE_ID,
	},
	{
		.cmd = XRSCHED_CMD_ENGINE_NEW,
		.doit = xrs_nl_engine_new_doit,
		.policy = xrs_nl_engine_new_policy,
		.maxattr = XRSCHED_A_ENGINE_BYTES_PER_US,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_ENGINE_DEL,
		.doit = xrs_nl_engine_del_doit,
		.policy = xrs_nl_engine_del_policy,
		.maxattr = XRSCHED_A_ENGINE_ID,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_STREAM_GET,
		.start = xrs_nl_stream_get_start,
		.dumpit = xrs_nl_stream_get_dumpit,
		.done = xrs_nl_stream_get_done,
		.policy = xrs_nl_stream_get_policy,
		.maxattr = XRSCHED_A_STREAM_DEVICE,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_POLICY_GET,
		.doit = xrs_nl_policy_get_doit,
		.start = xrs_nl_policy_get_start,
		.dumpit = xrs_nl_policy_get_dumpit,
		.policy = xrs_nl_policy_get_policy,
		.maxattr = XRSCHED_A_POLICY_DEVICE,
	},
	{
		.cmd = XRSCHED_CMD_POLICY_SET,
		.doit = xrs_nl_policy_set_doit,
		.policy = xrs_nl_policy_set_policy,
		.maxattr = XRSCHED_A_POLICY_SETTING,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_STATS_RESET,
		.doit = xrs_nl_stats_reset_doit,
		.policy = xrs_nl_stats_reset_policy,
		.maxattr = XRSCHED_A_DEVICE_NR,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_FAULT_GET,
		.doit = xrs_nl_fault_get_doit,
		.policy = xrs_nl_fault_get_policy,
		.maxattr = XRSCHED_A_FAULT_ENGINE,
	},
	{
		.cmd = XRSCHED_CMD_FAULT_SET,
		.doit = xrs_nl_fault_set_doit,
		.policy = xrs_nl_fault_set_policy,
		.maxattr = XRSCHED_A_FAULT_STEP,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_GUARD_GET,
		.doit = xrs_nl_guard_get_doit,
		.policy = xrs_nl_guard_get_policy,
		.maxattr = XRSCHED_A_GUARD_DEVICE,
	},
	{
		.cmd = XRSCHED_CMD_GUARD_SET,
		.doit = xrs_nl_guard_set_doit,
		.policy = xrs_nl_guard_set_policy,
		.maxattr = XRSCHED_A_GUARD_REST_MAX_NS,
		.flags = GENL_ADMIN_PERM,
	},
	{
		.cmd = XRSCHED_CMD_LIMITS_GET,
		.doit = xrs_nl_limits_get_doit,
		.policy = xrs_nl_limits_get_policy,
		.maxattr = XRSCHED_A_LIMITS_DEVICE,
	},
	{
		.cmd = XRSCHED_CMD_LIMITS_SET,
		.doit = xrs_nl_limits_set_doit,
		.policy = xrs_nl_limits_set_policy,
		.maxattr = XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES,
		.flags = GENL_ADMIN_PERM,
	},
};

const struct genl_multicast_group
xrs_nl_groups[XRS_NL_NR_GROUPS] = {
	[XRS_NL_GROUP_EVENTS] = {
		.name = XRSCHED_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
};
