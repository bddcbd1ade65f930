// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The control plane, over generic netlink with libnl.
 *
 * Every call is one transaction: a request is sent and all that comes back is
 * taken until the acknowledgment, the error, or the end of the dump.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <xrsched/control.h>

#include "control_call.h"
#include "control_read.h"
#include "internal.h"

/* Room for a part of a dump: the kernel then sends parts of this size. */
#define PART_BYTES (32 * 1024)

/* How often a list is taken that changes while it is. */
#define ATTEMPTS 8

int control_fail(struct xrsched_control *control, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(control->error, sizeof(control->error), fmt, ap);
	va_end(ap);
	return ret;
}

int xrsched_from_libnl(int err)
{
	switch (-err) {
	case NLE_INTR:
		return -EINTR;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_NOACCESS:
		return -EACCES;
	case NLE_PERM:
		return -EPERM;
	case NLE_AF_NOSUPPORT:
	case NLE_PROTO_MISMATCH:
		return -EPROTONOSUPPORT;
	default:
		return -EIO;
	}
}

/* A zeroed object at the end of the list, NULL: no memory. */
void *control_list_add(struct xrsched_control *control)
{
	size_t room, size = control->list.item_size;
	char *item = control->list.item;

	if (control->list.nr == control->list.room) {
		room = control->list.room ? control->list.room * 2 : 8;
		item = reallocarray(item, room, size);
		if (!item)
			return NULL;
		control->list.item = item;
		control->list.room = room;
	}
	item += control->list.nr++ * size;
	return memset(item, 0, size);
}

static int take_device(struct xrsched_control *control, struct nlattr *attrs,
		       int len)
{
	struct xrsched_control_device *device = control_list_add(control);

	return device ? xrsched_read_device(device, attrs, len) : -ENOMEM;
}

static int take_engine(struct xrsched_control *control, struct nlattr *attrs,
		       int len)
{
	struct xrsched_control_engine *engine = control_list_add(control);

	return engine ? xrsched_read_engine(engine, attrs, len) : -ENOMEM;
}

static int take_stream(struct xrsched_control *control, struct nlattr *attrs,
		       int len)
{
	struct xrsched_control_stream *stream = control_list_add(control);

	return stream ? xrsched_read_stream(stream, attrs, len) : -ENOMEM;
}

static int take_policy(struct xrsched_control *control, struct nlattr *attrs,
		       int len)
{
	struct xrsched_control_policy *policy = control_list_add(control);

	return policy ? xrsched_read_policy(policy, attrs, len) : -ENOMEM;
}

/* The kernel's words in an error message, if it found any. */
static void read_extack(struct xrsched_control *control,
			const struct nlmsghdr *hdr, const struct nlmsgerr *err)
{
	const struct nlattr *attr;
	size_t skip = sizeof(*err);
	int len;

	if (!(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	/* The request is sent back before the words, unless it was cut off. */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	len = nlmsg_datalen(hdr) - (int)NLMSG_ALIGN(skip);
	if (len <= 0)
		return;
	attr = nla_find((struct nlattr *)((char *)err + NLMSG_ALIGN(skip)), len,
			NLMSGERR_ATTR_MSG);
	if (attr)
		xrsched_read_string(control->error, sizeof(control->error),
				    attr);
}

static int on_error(struct sockaddr_nl *peer, struct nlmsgerr *err, void *arg)
{
	struct xrsched_control *control = arg;

	(void)peer;
	control->ret = err->error;
	control->done = true;
	control->error[0] = '\0';
	read_extack(control, (struct nlmsghdr *)err - 1, err);
	if (!control->error[0] && err->error == -EPERM)
		control_fail(control, 0,
			     "this needs the capability CAP_NET_ADMIN");
	else if (!control->error[0])
		control_fail(control, 0, "%s", strerror(-err->error));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct xrsched_control *control = arg;

	(void)msg;
	control->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct xrsched_control *control = arg;
	const struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int err = 0;

	/* A dump that failed half way says so here. */
	if (nlmsg_datalen(hdr) >= (int)sizeof(err))
		memcpy(&err, nlmsg_data(hdr), sizeof(err));
	if (err < 0 && !control->ret)
		control->ret = control_fail(control, err, "%s", strerror(-err));
	control->done = true;
	return NL_STOP;
}

static int on_torn(struct nl_msg *msg, void *arg)
{
	struct xrsched_control *control = arg;

	(void)msg;
	control->torn = true;
	return NL_OK;
}

static int on_object(struct nl_msg *msg, void *arg)
{
	struct xrsched_control *control = arg;
	struct genlmsghdr *hdr = nlmsg_data(nlmsg_hdr(msg));
	int ret;

	/* Once something is wrong, the rest is taken and thrown away. */
	if (control->ret || !control->take)
		return NL_OK;
	ret = control->take(control, genlmsg_attrdata(hdr, 0),
			    genlmsg_attrlen(hdr, 0));
	if (ret == -EPROTO)
		control_fail(control, ret,
			     "the kernel's answer makes no sense");
	else if (ret)
		control_fail(control, ret, "%s", strerror(-ret));
	control->ret = ret;
	return NL_OK;
}

/* Sends @msg, which is freed, and waits for the end of what follows. */
int control_transact(struct xrsched_control *control, struct nl_msg *msg)
{
	int ret;

	control->error[0] = '\0';
	control->ret = 0;
	control->done = false;
	control->torn = false;
	control->list.nr = 0;
	ret = nl_send_auto(control->sock, msg);
	nlmsg_free(msg);
	while (ret >= 0 && !control->done)
		ret = nl_recvmsgs_default(control->sock);
	if (ret < 0 && !control->done)
		return control_fail(control, xrsched_from_libnl(ret), "%s",
				    nl_geterror(ret));
	return control->ret;
}

/* A request, perhaps about a device: @attr is its number's attribute, 0: none. */
struct nl_msg *control_request(struct xrsched_control *control, uint8_t cmd,
			       int flags, int attr, uint32_t device)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, control->family, 0,
			 flags, cmd, XRSCHED_FAMILY_VERSION) ||
	    (attr && nla_put_u32(msg, attr, device))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int control_no_memory(struct xrsched_control *control, struct nl_msg *msg)
{
	nlmsg_free(msg);
	return control_fail(control, -ENOMEM, "%s", strerror(ENOMEM));
}

/* What to do with the objects that the next transactions bring. */
void control_expect(struct xrsched_control *control, size_t item_size,
		    int (*take)(struct xrsched_control *, struct nlattr *, int))
{
	memset(&control->list, 0, sizeof(control->list));
	control->list.item_size = item_size;
	control->take = take;
}

/* Takes a dump; returns how many objects are in *@list. */
static int dump(struct xrsched_control *control, uint8_t cmd, int attr,
		uint32_t device, void *list)
{
	struct nl_msg *msg;
	int ret, attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		msg = control_request(control, cmd, NLM_F_DUMP,
				      device == XRSCHED_CONTROL_ALL ? 0 : attr,
				      device);
		ret = msg ? control_transact(control, msg)
			  : control_no_memory(control, NULL);
		if (ret || !control->torn)
			break;
	}
	if (ret) {
		free(control->list.item);
		return ret;
	}
	*(void **)list = control->list.item;
	return (int)control->list.nr;
}

/* Sends @msg, which brings one object for @info (may be NULL). */
int control_get_one(struct xrsched_control *control, struct nl_msg *msg,
		    void *info)
{
	int ret = control_transact(control, msg);

	if (!ret && control->list.nr != 1)
		ret = control_fail(control, -EPROTO,
				   "the kernel's answer is not one object");
	if (!ret)
		memcpy(info, control->list.item, control->list.item_size);
	free(control->list.item);
	return ret;
}

XRSCHED_API int xrsched_control_devices(struct xrsched_control *control,
					struct xrsched_control_device **list)
{
	control_expect(control, sizeof(**list), take_device);
	return dump(control, XRSCHED_CMD_DEVICE_GET, 0, 0, list);
}

XRSCHED_API int xrsched_control_device_get(struct xrsched_control *control,
					   uint32_t device,
					   struct xrsched_control_device *info)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_DEVICE_GET, 0,
					     XRSCHED_A_DEVICE_NR, device);

	if (!msg)
		return control_no_memory(control, NULL);
	control_expect(control, sizeof(*info), take_device);
	return control_get_one(control, msg, info);
}

XRSCHED_API int xrsched_control_engines(struct xrsched_control *control,
					uint32_t device,
					struct xrsched_control_engine **list)
{
	control_expect(control, sizeof(**list), take_engine);
	return dump(control, XRSCHED_CMD_ENGINE_GET, XRSCHED_A_ENGINE_DEVICE,
		    device, list);
}

/* Longer ones would not fit into the message. */
static int check_name(struct xrsched_control *control, const char *name)
{
	if (strnlen(name, XRSCHED_NAME_LEN) < XRSCHED_NAME_LEN)
		return 0;
	return control_fail(control, -EINVAL, "a name has at most %d bytes",
			    XRSCHED_NAME_LEN - 1);
}

XRSCHED_API int xrsched_control_engine_new(struct xrsched_control *control,
					   uint32_t device, uint32_t kind,
					   const char *class_name,
					   const char *name, uint32_t pes,
					   uint64_t bytes_per_us)
{
	struct xrsched_control_engine engine;
	struct nl_msg *msg;
	int ret;

	ret = check_name(control, class_name);
	if (!ret && name)
		ret = check_name(control, name);
	if (ret)
		return ret;
	msg = control_request(control, XRSCHED_CMD_ENGINE_NEW, 0,
			      XRSCHED_A_ENGINE_DEVICE, device);
	if (!msg || nla_put_u32(msg, XRSCHED_A_ENGINE_KIND, kind) ||
	    nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, class_name) ||
	    (pes && nla_put_u32(msg, XRSCHED_A_ENGINE_PES, pes)) ||
	    (bytes_per_us &&
	     nla_put_u64(msg, XRSCHED_A_ENGINE_BYTES_PER_US, bytes_per_us)) ||
	    (name && *name && nla_put_string(msg, XRSCHED_A_ENGINE_NAME, name)))
		return control_no_memory(control, msg);
	control_expect(control, sizeof(engine), take_engine);
	ret = control_get_one(control, msg, &engine);
	return ret ? ret : (int)engine.id;
}

XRSCHED_API int xrsched_control_engine_del(struct xrsched_control *control,
					   uint32_t device, uint32_t id)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_ENGINE_DEL, 0,
					     XRSCHED_A_ENGINE_DEVICE, device);

	if (!msg || nla_put_u32(msg, XRSCHED_A_ENGINE_ID, id))
		return control_no_memory(control, msg);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

XRSCHED_API int xrsched_control_streams(struct xrsched_control *control,
					uint32_t device,
					struct xrsched_control_stream **list)
{
	control_expect(control, sizeof(**list), take_stream);
	return dump(control, XRSCHED_CMD_STREAM_GET, XRSCHED_A_STREAM_DEVICE,
		    device, list);
}

XRSCHED_API int xrsched_control_policies(struct xrsched_control *control,
					 struct xrsched_control_policy **list)
{
	control_expect(control, sizeof(**list), take_policy);
	return dump(control, XRSCHED_CMD_POLICY_GET, 0, 0, list);
}

XRSCHED_API int xrsched_control_policy_get(struct xrsched_control *control,
					   uint32_t device,
					   struct xrsched_control_policy *info)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_POLICY_GET, 0,
					     XRSCHED_A_POLICY_DEVICE, device);

	if (!msg)
		return control_no_memory(control, NULL);
	control_expect(control, sizeof(*info), take_policy);
	return control_get_one(control, msg, info);
}

static int put_setting(struct nl_msg *msg,
		       const struct xrsched_policy_param *param)
{
	struct nlattr *nest = nla_nest_start(msg, XRSCHED_A_POLICY_SETTING);

	if (!nest || nla_put_string(msg, XRSCHED_A_PARAM_NAME, param->name) ||
	    nla_put_s64(msg, XRSCHED_A_PARAM_VALUE, param->value))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

XRSCHED_API int
xrsched_control_policy_set(struct xrsched_control *control, uint32_t device,
			   const struct xrsched_policy_spec *spec)
{
	struct nl_msg *msg;
	uint32_t i;
	int ret;

	if (spec->nr > XRSCHED_POLICY_PARAMS)
		return control_fail(control, -EINVAL,
				    "a policy has at most %d parameters",
				    XRSCHED_POLICY_PARAMS);
	ret = check_name(control, spec->name);
	for (i = 0; !ret && i < spec->nr; i++)
		ret = check_name(control, spec->param[i].name);
	if (ret)
		return ret;
	msg = control_request(control, XRSCHED_CMD_POLICY_SET, 0,
			      XRSCHED_A_POLICY_DEVICE, device);
	if (!msg || nla_put_string(msg, XRSCHED_A_POLICY_NAME, spec->name))
		return control_no_memory(control, msg);
	for (i = 0; i < spec->nr; i++)
		if (put_setting(msg, &spec->param[i]))
			return control_no_memory(control, msg);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

XRSCHED_API int xrsched_control_stats_reset(struct xrsched_control *control,
					    uint32_t device)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_STATS_RESET,
					     0, XRSCHED_A_DEVICE_NR, device);

	if (!msg)
		return control_no_memory(control, NULL);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

static int set_up(struct xrsched_control *control)
{
	struct nl_sock *sock = control->sock;
	int fd, on = 1;

	nl_socket_modify_err_cb(sock, NL_CB_CUSTOM, on_error, control);
	nl_socket_modify_cb(sock, NL_CB_ACK, NL_CB_CUSTOM, on_ack, control);
	nl_socket_modify_cb(sock, NL_CB_FINISH, NL_CB_CUSTOM, on_finish,
			    control);
	nl_socket_modify_cb(sock, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_torn,
			    control);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_object,
			    control);
	fd = nl_socket_get_fd(sock);
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		return -errno;
	return 0;
}

XRSCHED_API int xrsched_control_open(struct xrsched_control **controlp)
{
	struct xrsched_control *control = calloc(1, sizeof(*control));
	int ret;

	if (!control)
		return -ENOMEM;
	ret = -ENOMEM;
	control->sock = nl_socket_alloc();
	if (!control->sock)
		goto err_free;
	nl_socket_set_msg_buf_size(control->sock, PART_BYTES);
	ret = genl_connect(control->sock);
	if (ret < 0)
		goto err_libnl;
	control->family = genl_ctrl_resolve(control->sock, XRSCHED_FAMILY_NAME);
	ret = control->family;
	if (ret < 0)
		goto err_libnl;
	ret = set_up(control);
	if (ret)
		goto err_socket;
	*controlp = control;
	return 0;

err_libnl:
	ret = xrsched_from_libnl(ret);
err_socket:
	nl_socket_free(control->sock);
err_free:
	free(control);
	return ret;
}

XRSCHED_API void xrsched_control_close(struct xrsched_control *control)
{
	if (!control)
		return;
	nl_socket_free(control->sock);
	free(control);
}

XRSCHED_API const char *
xrsched_control_error(const struct xrsched_control *control)
{
	return control->error;
}

XRSCHED_API void xrsched_free(void *list)
{
	free(list);
}
