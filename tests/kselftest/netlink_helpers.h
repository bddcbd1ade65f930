/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the control plane share: one request and all that comes
 * back for it, with no help of libxrsched, only libnl's.
 */
#ifndef XRSCHED_TEST_NETLINK_HELPERS_H
#define XRSCHED_TEST_NETLINK_HELPERS_H

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <linux/xrsched_netlink.h>

#include "helpers.h"

/* A device that is not there, whatever the module was loaded with. */
#define NO_DEVICE 100000

/* Bytes taken by a read: the least that does, and so much that all fits. */
#define SMALL_READ 4096
#define BIG_READ 32768

#define MAX_OBJECTS 8192

/**
 * struct nlt - A connection, and what came back for the last request
 * @sock: the socket.
 * @family: the family's number.
 * @text: the kernel's words about an error.
 * @bad: type of the attribute that was at fault, 0: none named.
 * @missing: type of the attribute that was missing, 0: none named.
 * @parts: reads that it took.
 * @torn: NLM_F_DUMP_INTR was there.
 * @nr: objects that came.
 * @object: attributes of each, by type of the set; the first of its type.
 * @memory: what they point to.
 */
struct nlt {
	struct nl_sock *sock;
	int family;
	char text[512];
	int bad;
	int missing;
	int parts;
	bool torn;
	int nr;
	struct nlattr *object[MAX_OBJECTS][64];
	void *memory[MAX_OBJECTS];
	int nr_memory;
};

static inline void nlt_forget(struct nlt *nl)
{
	while (nl->nr_memory)
		free(nl->memory[--nl->nr_memory]);
	memset(nl->object, 0, nl->nr * sizeof(nl->object[0]));
	nl->nr = 0;
	nl->parts = 0;
	nl->bad = 0;
	nl->missing = 0;
	nl->torn = false;
	nl->text[0] = '\0';
}

/* The kernel makes parts of dumps as large as the largest read before. */
static inline struct nlt *nlt_open_reading(size_t bytes)
{
	struct nlt *nl = calloc(1, sizeof(*nl));
	int fd, on = 1;

	nl->sock = nl_socket_alloc();
	nl_socket_set_msg_buf_size(nl->sock, bytes);
	if (genl_connect(nl->sock))
		return NULL;
	nl->family = genl_ctrl_resolve(nl->sock, XRSCHED_FAMILY_NAME);
	fd = nl_socket_get_fd(nl->sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return nl;
}

static inline struct nlt *nlt_open(void)
{
	return nlt_open_reading(BIG_READ);
}

static inline void nlt_close(struct nlt *nl)
{
	nlt_forget(nl);
	nl_socket_free(nl->sock);
	free(nl);
}

static inline struct nl_msg *nlt_new(struct nlt *nl, int cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0, flags, cmd,
		    XRSCHED_FAMILY_VERSION);
	return msg;
}

/* A request about a device. */
static inline struct nl_msg *nlt_about(struct nlt *nl, int cmd, int attr,
				       uint32_t device)
{
	struct nl_msg *msg = nlt_new(nl, cmd, 0);

	nla_put_u32(msg, attr, device);
	return msg;
}

static inline void nlt_take_object(struct nlt *nl, struct nlmsghdr *hdr)
{
	struct nlattr *attr;
	int rem;

	if (nl->nr == MAX_OBJECTS)
		return;
	nla_for_each_attr(attr, genlmsg_attrdata(nlmsg_data(hdr), 0),
			  genlmsg_attrlen(nlmsg_data(hdr), 0), rem)
		if (nla_type(attr) < 64 && !nl->object[nl->nr][nla_type(attr)])
			nl->object[nl->nr][nla_type(attr)] = attr;
	nl->nr++;
}

static inline int nlt_take_error(struct nlt *nl, struct nlmsghdr *hdr,
				 struct nlmsghdr *request)
{
	struct nlmsgerr *err = nlmsg_data(hdr);
	struct nlattr *attr, *bad;
	size_t skip = sizeof(*err) + err->msg.nlmsg_len - sizeof(err->msg);
	int rem;

	if (!err->error || !(hdr->nlmsg_flags & NLM_F_ACK_TLVS))
		return err->error;
	attr = (struct nlattr *)((char *)err + NLMSG_ALIGN(skip));
	nla_for_each_attr(attr, attr, nlmsg_datalen(hdr) - NLMSG_ALIGN(skip),
			  rem) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG)
			nla_strlcpy(nl->text, attr, sizeof(nl->text));
		if (nla_type(attr) == NLMSGERR_ATTR_OFFS) {
			bad = (void *)((char *)request + nla_get_u32(attr));
			nl->bad = nla_type(bad);
		}
		if (nla_type(attr) == NLMSGERR_ATTR_MISS_TYPE)
			nl->missing = nla_get_u32(attr);
	}
	return err->error;
}

/* One read; returns 1: there is more, 0: it is over, or -errno. */
static inline int nlt_take(struct nlt *nl, struct nlmsghdr *request)
{
	struct sockaddr_nl peer;
	struct nlmsghdr *hdr;
	unsigned char *buf = NULL;
	int len, err;

	len = nl_recv(nl->sock, &peer, &buf, NULL);
	if (len <= 0)
		return -EIO;
	nl->memory[nl->nr_memory++] = buf;
	nl->parts++;
	for (hdr = (void *)buf; nlmsg_ok(hdr, len);
	     hdr = nlmsg_next(hdr, &len)) {
		if (hdr->nlmsg_flags & NLM_F_DUMP_INTR)
			nl->torn = true;
		if (hdr->nlmsg_type == NLMSG_ERROR)
			return nlt_take_error(nl, hdr, request);
		if (hdr->nlmsg_type == NLMSG_DONE) {
			memcpy(&err, nlmsg_data(hdr), sizeof(err));
			return err;
		}
		nlt_take_object(nl, hdr);
	}
	return 1;
}

/* Sends a request, which is freed, and takes all that comes; 0 or -errno. */
static inline int nlt_do(struct nlt *nl, struct nl_msg *msg)
{
	int ret;

	nlt_forget(nl);
	ret = nl_send_auto(nl->sock, msg);
	while (ret > 0)
		ret = nlt_take(nl, nlmsg_hdr(msg));
	nlmsg_free(msg);
	return ret;
}

static inline int nlt_dump(struct nlt *nl, int cmd)
{
	return nlt_do(nl, nlt_new(nl, cmd, NLM_F_DUMP));
}

static inline uint32_t nlt_u32(struct nlt *nl, int i, int attr)
{
	return nl->object[i][attr] ? nla_get_u32(nl->object[i][attr]) : POISON;
}

static inline uint64_t nlt_u64(struct nlt *nl, int i, int attr)
{
	return nl->object[i][attr] ? nla_get_u64(nl->object[i][attr]) : POISON;
}

static inline const char *nlt_string(struct nlt *nl, int i, int attr)
{
	return nl->object[i][attr] ? nla_get_string(nl->object[i][attr]) : "?";
}

static inline struct nl_msg *engine_new_msg(struct nlt *nl)
{
	struct nl_msg *msg = nlt_about(nl, XRSCHED_CMD_ENGINE_NEW,
				       XRSCHED_A_ENGINE_DEVICE, 0);

	nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, "netlink");
	return msg;
}

/* Returns its id, or -errno. */
static inline int engine_new(struct nlt *nl)
{
	int ret = nlt_do(nl, engine_new_msg(nl));

	return ret ? ret : (int)nlt_u32(nl, 0, XRSCHED_A_ENGINE_ID);
}

static inline struct nl_msg *engine_msg(struct nlt *nl, int cmd, uint32_t id)
{
	struct nl_msg *msg = nlt_about(nl, cmd, XRSCHED_A_ENGINE_DEVICE, 0);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, id);
	return msg;
}

static inline int engine_del(struct nlt *nl, uint32_t id)
{
	return nlt_do(nl, engine_msg(nl, XRSCHED_CMD_ENGINE_DEL, id));
}

static inline struct nl_msg *policy_set_msg(struct nlt *nl, const char *name)
{
	struct nl_msg *msg = nlt_about(nl, XRSCHED_CMD_POLICY_SET,
				       XRSCHED_A_POLICY_DEVICE, 0);

	nla_put_string(msg, XRSCHED_A_POLICY_NAME, name);
	return msg;
}

static inline void put_setting(struct nl_msg *msg, const char *name,
			       int64_t value)
{
	struct nlattr *nest = nla_nest_start(msg, XRSCHED_A_POLICY_SETTING);

	nla_put_string(msg, XRSCHED_A_PARAM_NAME, name);
	nla_put_s64(msg, XRSCHED_A_PARAM_VALUE, value);
	nla_nest_end(msg, nest);
}

static inline int policy_set(struct nlt *nl, const char *name)
{
	return nlt_do(nl, policy_set_msg(nl, name));
}

/* Afterwards object 0 is the policy of device 0. */
static inline int policy_get(struct nlt *nl)
{
	return nlt_do(nl, nlt_about(nl, XRSCHED_CMD_POLICY_GET,
				    XRSCHED_A_POLICY_DEVICE, 0));
}

/* Afterwards object 0 is device 0. */
static inline int device_get(struct nlt *nl)
{
	return nlt_do(nl, nlt_about(nl, XRSCHED_CMD_DEVICE_GET,
				    XRSCHED_A_DEVICE_NR, 0));
}

static inline int stats_reset(struct nlt *nl)
{
	return nlt_do(nl, nlt_about(nl, XRSCHED_CMD_STATS_RESET,
				    XRSCHED_A_DEVICE_NR, 0));
}

#endif /* XRSCHED_TEST_NETLINK_HELPERS_H */
