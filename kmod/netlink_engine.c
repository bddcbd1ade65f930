// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink commands about engines.
 */
#include "engine.h"
#include "netlink.h"

static_assert((int)XRS_ENGINE_SIM == XRSCHED_ENGINE_KIND_SIM);
static_assert((int)XRS_ENGINE_NULL == XRSCHED_ENGINE_KIND_NULL);
static_assert((int)XRS_ENGINE_SERVER == XRSCHED_ENGINE_KIND_SERVER);
static_assert((int)XRS_ENGINE_DRIVER == XRSCHED_ENGINE_KIND_DRIVER);

static int engine_put_counters(struct sk_buff *skb,
			       const struct xrs_engine_info *info)
{
	const struct {
		u32 attr;
		u64 value;
	} put[] = {
		{ XRSCHED_A_ENGINE_BUSY_NS, info->busy_ns },
		{ XRSCHED_A_ENGINE_LAYERS, info->layers },
		{ XRSCHED_A_ENGINE_SWITCHES, info->switches },
		{ XRSCHED_A_ENGINE_LOST, info->lost },
		{ XRSCHED_A_ENGINE_ENERGY_PJ, info->energy_pj },
		{ XRSCHED_A_ENGINE_FAULTS, info->faults },
		{ XRSCHED_A_ENGINE_TIMEOUTS, info->timeouts },
		{ XRSCHED_A_ENGINE_REFUSED, info->refused },
		{ XRSCHED_A_ENGINE_BAD_ANSWERS, info->bad_answers },
		{ XRSCHED_A_ENGINE_LOST_NS, info->lost_ns },
		{ XRSCHED_A_ENGINE_LOST_PJ, info->lost_pj },
		{ XRSCHED_A_ENGINE_PREDICTIONS, info->predictions },
		{ XRSCHED_A_ENGINE_ERROR_P50_PPM, info->error_p50_ppm },
		{ XRSCHED_A_ENGINE_ERROR_P95_PPM, info->error_p95_ppm },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(put); i++)
		if (nla_put_u64_64bit(skb, put[i].attr, put[i].value,
				      XRSCHED_A_ENGINE_PAD))
			return -EMSGSIZE;
	return 0;
}

/*
 * What runs on it: named as the trace events name it.  Whose frame that is, is
 * for those only who may see all clients' streams.
 */
static int engine_put_layer(struct sk_buff *skb,
			    const struct xrs_engine_info *info, bool admin)
{
	if (!info->busy)
		return 0;
	if (nla_put_flag(skb, XRSCHED_A_ENGINE_BUSY))
		return -EMSGSIZE;
	if (!admin)
		return 0;
	if (nla_put_u32(skb, XRSCHED_A_ENGINE_STREAM, info->stream) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_LAYER, info->layer) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_ENGINE_FRAME, info->frame,
			      XRSCHED_A_ENGINE_PAD))
		return -EMSGSIZE;
	return 0;
}

static int engine_fill(struct sk_buff *skb, u32 device,
		       const struct xrs_engine_info *info, bool admin)
{
	if (nla_put_u32(skb, XRSCHED_A_ENGINE_DEVICE, device) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_ID, info->id) ||
	    nla_put_string(skb, XRSCHED_A_ENGINE_NAME, info->name) ||
	    nla_put_string(skb, XRSCHED_A_ENGINE_CLASS, info->class_name) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_KIND, info->kind) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_STATE, info->state) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_PES, info->pes) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_ENGINE_BYTES_PER_US,
			      info->bytes_per_us, XRSCHED_A_ENGINE_PAD) ||
	    nla_put_u32(skb, XRSCHED_A_ENGINE_STRIKES, info->strikes) ||
	    engine_put_layer(skb, info, admin))
		return -EMSGSIZE;
	return engine_put_counters(skb, info);
}

/* Asked by one who may see all clients' streams, on a socket that may? */
static bool by_admin(struct sk_buff *request)
{
	return netlink_capable(request, CAP_NET_ADMIN);
}

static int no_such_engine(struct genl_info *info)
{
	return xrs_nl_refuse(info->extack, info->attrs[XRSCHED_A_ENGINE_ID],
			     -ENOENT, "the device has no such engine");
}

int xrs_nl_engine_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_engine_info engine;
	struct xrs_device *dev;
	struct sk_buff *msg;
	u32 id, found;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_ENGINE_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_nl_require(info, XRSCHED_A_ENGINE_ID);
	if (err)
		goto err_put;
	id = nla_get_u32(info->attrs[XRSCHED_A_ENGINE_ID]);
	found = id;
	err = xrs_engine_next(dev, &found, &engine);
	if (err == -ENOENT || (!err && found != id))
		err = no_such_engine(info);
	if (err)
		goto err_put;

	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_ENGINE_GET, &hdr);
	if (!msg)
		goto err_put;
	err = engine_fill(msg, dev->nr, &engine, by_admin(skb));
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

int xrs_nl_engine_get_start(struct netlink_callback *cb)
{
	struct nlattr *id = xrs_nl_dump_attr(cb, XRSCHED_A_ENGINE_ID);

	if (id)
		return xrs_nl_refuse(cb->extack, id, -EINVAL,
				     "a dump shows all engines of a device");
	return xrs_nl_dump_start(cb, XRSCHED_A_ENGINE_DEVICE);
}

static int engine_show(struct sk_buff *skb, struct netlink_callback *cb,
		       struct xrs_device *dev)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	struct xrs_engine_info info;
	u32 id = dump->next;
	void *hdr;
	int err;

	if (dump->next > U32_MAX)
		return -ENOENT;
	err = xrs_engine_next(dev, &id, &info);
	if (err)
		return err;
	xrs_nl_dump_gen(cb, info.gen);
	hdr = xrs_nl_dump_put(skb, cb, XRSCHED_CMD_ENGINE_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = engine_fill(skb, dev->nr, &info, by_admin(cb->skb));
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	xrs_nl_dump_end(skb, cb, hdr);
	dump->next = (u64)id + 1;
	return 0;
}

int xrs_nl_engine_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return xrs_nl_dump_walk(skb, cb, engine_show);
}

/* Copies a name; padded with zeroes, as xrs_name_valid() wants it. */
static int get_name(struct genl_info *info, u32 attr, char *name)
{
	struct nlattr *nla = info->attrs[attr];

	nla_strscpy(name, nla, XRS_NAME_LEN);
	if (xrs_name_valid(name))
		return 0;
	return xrs_nl_refuse(info->extack, nla, -EINVAL,
			     "a name is printable ASCII without blanks");
}

static int engine_params(struct genl_info *info,
			 struct xrs_engine_params *params)
{
	struct nlattr *kind = info->attrs[XRSCHED_A_ENGINE_KIND];
	struct nlattr *pes = info->attrs[XRSCHED_A_ENGINE_PES];
	struct nlattr *bw = info->attrs[XRSCHED_A_ENGINE_BYTES_PER_US];
	int err;

	memset(params, 0, sizeof(*params));
	params->kind = kind ? nla_get_u32(kind) : XRS_ENGINE_SIM;
	params->pes = pes ? nla_get_u32(pes) : 1;
	params->bytes_per_us = bw ? nla_get_u64(bw) : 0;
	if (params->kind != XRS_ENGINE_SIM && params->kind != XRS_ENGINE_NULL)
		return xrs_nl_refuse(info->extack, kind, -EINVAL,
				     "engines of this kind come by themselves");
	if (params->bytes_per_us > BIT_ULL(40))
		return xrs_nl_refuse(info->extack, bw, -ERANGE,
				     "bytes-per-us must be 0 to 2^40");
	err = xrs_nl_require(info, XRSCHED_A_ENGINE_CLASS);
	if (!err)
		err = get_name(info, XRSCHED_A_ENGINE_CLASS,
			       params->class_name);
	if (!err && info->attrs[XRSCHED_A_ENGINE_NAME])
		err = get_name(info, XRSCHED_A_ENGINE_NAME, params->name);
	return err;
}

static int engine_create(struct genl_info *info, struct xrs_device *dev,
			 struct xrs_engine_info *picture)
{
	struct xrs_engine_params params;
	struct xrs_engine_dev *engine;
	int err;

	err = engine_params(info, &params);
	if (err)
		return err;
	err = xrs_engine_create(dev, &params, &engine);
	if (err == -EEXIST)
		NL_SET_ERR_MSG_ATTR(info->extack,
				    info->attrs[XRSCHED_A_ENGINE_NAME],
				    "the device has an engine of this name");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack,
			       "the device has no room for another engine");
	else if (err < 0)
		NL_SET_ERR_MSG(info->extack, "the engine cannot be created");
	if (err < 0)
		return err;

	/* As it is born: nobody has seen it run yet. */
	memset(picture, 0, sizeof(*picture));
	picture->id = engine->core.id;
	picture->kind = params.kind;
	picture->pes = engine->core.pes;
	picture->bytes_per_us = engine->core.bytes_per_us;
	picture->state = XRSCHED_ENGINE_STATE_UP;
	strscpy(picture->name, engine->name, sizeof(picture->name));
	strscpy(picture->class_name, engine->core.class_name,
		sizeof(picture->class_name));
	xrs_engine_put(engine);
	return 0;
}

int xrs_nl_engine_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_engine_info picture;
	struct xrs_device *dev;
	struct sk_buff *msg;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_ENGINE_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	/* All that may fail comes first: who is refused leaves no engine. */
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_ENGINE_NEW, &hdr);
	if (!msg)
		goto err_put;
	err = engine_create(info, dev, &picture);
	if (err)
		goto err_free;
	err = engine_fill(msg, dev->nr, &picture, true);
	if (err)
		goto err_destroy;
	genlmsg_end(msg, hdr);
	err = genlmsg_reply(msg, info);
	if (err)
		xrs_engine_destroy(dev, picture.id);
	goto err_put;

err_destroy:
	xrs_engine_destroy(dev, picture.id);
err_free:
	nlmsg_free(msg);
err_put:
	return xrs_nl_device_put(info, dev, err);
}

int xrs_nl_engine_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *id = info->attrs[XRSCHED_A_ENGINE_ID];
	struct xrs_device *dev;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_ENGINE_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_nl_require(info, XRSCHED_A_ENGINE_ID);
	if (!err)
		err = xrs_engine_destroy(dev, nla_get_u32(id));
	if (err == -ENOENT)
		err = no_such_engine(info);
	return xrs_nl_device_put(info, dev, err);
}
