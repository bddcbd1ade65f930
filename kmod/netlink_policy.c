// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink commands about policies.
 */
#include "netlink.h"

static int put_choices(struct sk_buff *skb, const struct xrs_param *param)
{
	const char *const *choice;

	for (choice = param->choice; choice && *choice; choice++)
		if (nla_put_string(skb, XRSCHED_A_PARAM_CHOICE, *choice))
			return -EMSGSIZE;
	return 0;
}

/* @value: NULL in the list of all policies. */
static int put_param(struct sk_buff *skb, const struct xrs_param *param,
		     s64 init, const s64 *value)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, XRSCHED_A_POLICY_PARAM);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_string(skb, XRSCHED_A_PARAM_NAME, param->name) ||
	    (value && nla_put_s64(skb, XRSCHED_A_PARAM_VALUE, *value,
				  XRSCHED_A_PARAM_PAD)) ||
	    nla_put_s64(skb, XRSCHED_A_PARAM_MIN_VALUE, param->min,
			XRSCHED_A_PARAM_PAD) ||
	    nla_put_s64(skb, XRSCHED_A_PARAM_MAX_VALUE, param->max,
			XRSCHED_A_PARAM_PAD) ||
	    nla_put_s64(skb, XRSCHED_A_PARAM_DEFAULT, init,
			XRSCHED_A_PARAM_PAD) ||
	    nla_put_u32(skb, XRSCHED_A_PARAM_UNIT, param->unit) ||
	    put_choices(skb, param) ||
	    nla_put_string(skb, XRSCHED_A_PARAM_DOC, param->doc))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int policy_fill(struct sk_buff *skb, const struct xrs_policy *policy,
		       const s64 *value)
{
	s64 init[XRS_PARAM_NR];
	u32 id;

	xrs_policy_defaults(policy, init);
	if (nla_put_string(skb, XRSCHED_A_POLICY_NAME, policy->name) ||
	    (policy->alias &&
	     nla_put_string(skb, XRSCHED_A_POLICY_ALIAS, policy->alias)) ||
	    nla_put_string(skb, XRSCHED_A_POLICY_DOC, policy->doc))
		return -EMSGSIZE;
	for (id = 0; id < XRS_PARAM_NR; id++)
		if ((policy->params & BIT(id)) &&
		    put_param(skb, &xrs_params[id], init[id],
			      value ? &value[id] : NULL))
			return -EMSGSIZE;
	return 0;
}

int xrs_nl_policy_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_device_info picture;
	struct xrs_device *dev;
	struct sk_buff *msg;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_POLICY_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_device_info(dev, &picture);
	if (err)
		goto err_put;
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_POLICY_GET, &hdr);
	if (!msg)
		goto err_put;
	err = nla_put_u32(msg, XRSCHED_A_POLICY_DEVICE, dev->nr);
	if (!err)
		err = policy_fill(msg, picture.policy, picture.param);
	if (err)
		goto err_free;
	xrs_device_put(dev);
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

err_free:
	nlmsg_free(msg);
err_put:
	return xrs_nl_device_put(info, dev, err);
}

int xrs_nl_policy_get_start(struct netlink_callback *cb)
{
	struct nlattr *device = xrs_nl_dump_attr(cb, XRSCHED_A_POLICY_DEVICE);
	int err;

	if (device)
		return xrs_nl_refuse(cb->extack, device, -EINVAL,
				     "a dump shows policies, not a device's");
	err = xrs_nl_dump_start(cb, 0);
	cb->min_dump_alloc = XRS_NL_OBJECT_SIZE;
	return err;
}

int xrs_nl_policy_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	void *hdr;

	for (; dump->next < xrs_nr_policies; dump->next++) {
		hdr = xrs_nl_dump_put(skb, cb, XRSCHED_CMD_POLICY_GET);
		if (!hdr)
			break;
		if (policy_fill(skb, xrs_policies[dump->next], NULL)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		xrs_nl_dump_end(skb, cb, hdr);
	}
	if (!skb->len && dump->next < xrs_nr_policies)
		return -EMSGSIZE;
	return skb->len;
}

/*
 * What is right instead of a wrong name.  extack wants texts that last, so they
 * are put together once: longer than what a format of extack's has room for.
 */
#define KNOWN_LEN 512

static struct known {
	char policies[KNOWN_LEN];
	char params[][KNOWN_LEN]; /* by policy */
} *known;

static void list_params(const struct xrs_policy *policy, char *text)
{
	const char *between = " ";
	int used;
	u32 id;

	used = scnprintf(text, KNOWN_LEN,
			 "the policy has no such parameter; it has:");
	for (id = 0; id < XRS_PARAM_NR; id++) {
		if (!(policy->params & BIT(id)))
			continue;
		used += scnprintf(text + used, KNOWN_LEN - used, "%s%s",
				  between, xrs_params[id].name);
		between = ", ";
	}
}

int xrs_nl_policy_init(void)
{
	int used;
	u32 i;

	known = kzalloc(struct_size(known, params, xrs_nr_policies),
			GFP_KERNEL);
	if (!known)
		return -ENOMEM;
	used = scnprintf(known->policies, KNOWN_LEN,
			 "there is no such policy; there are:");
	for (i = 0; i < xrs_nr_policies; i++) {
		used += scnprintf(known->policies + used, KNOWN_LEN - used,
				  "%s%s", i ? ", " : " ",
				  xrs_policies[i]->name);
		list_params(xrs_policies[i], known->params[i]);
	}
	return 0;
}

void xrs_nl_policy_exit(void)
{
	kfree(known);
}

static const char *known_params(const struct xrs_policy *policy)
{
	u32 i = 0;

	while (xrs_policies[i] != policy)
		i++;
	return known->params[i];
}

static u32 param_find(const char *name)
{
	u32 id;

	for (id = 0; id < XRS_PARAM_NR; id++)
		if (!strcmp(xrs_params[id].name, name))
			break;
	return id;
}

/* Takes one XRSCHED_A_POLICY_SETTING; @seen: mask of those taken before. */
static int get_setting(struct nlattr *setting, struct netlink_ext_ack *extack,
		       const struct xrs_policy *policy, s64 *param, u64 *seen)
{
	struct nlattr *tb[ARRAY_SIZE(xrs_nl_setting_policy)];
	struct nlattr *name, *value;
	int err;
	u32 id;

	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, setting,
			       xrs_nl_setting_policy, extack);
	if (err)
		return err;
	name = tb[XRSCHED_A_PARAM_NAME];
	value = tb[XRSCHED_A_PARAM_VALUE];
	if (!name || !value)
		return xrs_nl_refuse(extack, setting, -EINVAL,
				     "a setting has a name and a value");

	id = param_find(nla_data(name));
	switch (xrs_policy_check(policy, id, nla_get_s64(value))) {
	case 0:
		break;
	case -ERANGE:
		NL_SET_BAD_ATTR(extack, value);
		extack->_msg = xrs_params[id].range;
		return -ERANGE;
	default:
		NL_SET_BAD_ATTR(extack, name);
		extack->_msg = known_params(policy);
		return -EINVAL;
	}
	if (*seen & BIT_ULL(id))
		return xrs_nl_refuse(extack, name, -EINVAL,
				     "the parameter is given twice");
	*seen |= BIT_ULL(id);
	param[id] = nla_get_s64(value);
	return 0;
}

static int get_settings(struct genl_info *info,
			const struct xrs_policy *policy, s64 *param)
{
	struct nlattr *attr;
	u64 seen = 0;
	int rem, err;

	xrs_policy_defaults(policy, param);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != XRSCHED_A_POLICY_SETTING)
			continue;
		err = get_setting(attr, info->extack, policy, param, &seen);
		if (err)
			return err;
	}
	return 0;
}

int xrs_nl_policy_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	struct xrs_device *dev;
	struct nlattr *name;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_POLICY_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_nl_require(info, XRSCHED_A_POLICY_NAME);
	if (err)
		goto out_put;
	name = info->attrs[XRSCHED_A_POLICY_NAME];
	policy = xrs_policy_find(nla_data(name));
	if (!policy) {
		NL_SET_BAD_ATTR(info->extack, name);
		info->extack->_msg = known->policies;
		err = -ENOENT;
		goto out_put;
	}
	err = get_settings(info, policy, param);
	if (!err)
		err = xrs_device_set_policy(dev, policy, param);
out_put:
	return xrs_nl_device_put(info, dev, err);
}
