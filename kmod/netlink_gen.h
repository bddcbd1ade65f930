/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit: made by tests/check/netlink-spec from Documentation/netlink/specs/xrsched.yaml */
#ifndef XRS_NETLINK_GEN_H
#define XRS_NETLINK_GEN_H

#include <net/genetlink.h>

#include <linux/xrsched_netlink.h>

#define XRS_NL_NR_OPS 14

enum {
	XRS_NL_GROUP_EVENTS,
	XRS_NL_NR_GROUPS,
};

extern const struct nla_policy
xrs_nl_setting_policy[XRSCHED_A_PARAM_VALUE + 1];
extern const struct nla_policy
xrs_nl_fault_step_policy[XRSCHED_A_FAULT_STEP_EVERY_NS + 1];
extern const struct genl_ops xrs_nl_ops[XRS_NL_NR_OPS];
extern const struct genl_multicast_group
xrs_nl_groups[XRS_NL_NR_GROUPS];

int xrs_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_device_get_start(struct netlink_callback *cb);
int xrs_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int xrs_nl_engine_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_engine_get_start(struct netlink_callback *cb);
int xrs_nl_engine_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int xrs_nl_engine_new_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_engine_del_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_stream_get_start(struct netlink_callback *cb);
int xrs_nl_stream_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int xrs_nl_stream_get_done(struct netlink_callback *cb);
int xrs_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_policy_get_start(struct netlink_callback *cb);
int xrs_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int xrs_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_stats_reset_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_fault_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_fault_set_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_guard_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_guard_set_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info);
int xrs_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info);

#endif /* XRS_NETLINK_GEN_H */
