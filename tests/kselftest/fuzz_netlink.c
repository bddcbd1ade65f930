// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to the control plane.
 */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/xrsched_netlink.h>

#include "fuzz.h"

static size_t put_attr(struct fuzz *f, char *to, unsigned int depth)
{
	struct nlattr *attr = (struct nlattr *)to;
	size_t len = NLA_HDRLEN, i;

	attr->nla_type = below(f, 24) | (below(f, 8) ? 0 : NLA_F_NESTED);
	switch (below(f, depth < 2 ? 6 : 5)) {
	case 0:
	case 1: {
		uint64_t value = below(f, 2) ? below(f, 3) : edge(f);

		len += below(f, 2) ? 4 : 8;
		memcpy(to + NLA_HDRLEN, &value, 8);
		break;
	}
	case 2:
		strcpy(to + NLA_HDRLEN, below(f, 2) ? "dream" : "fuzz");
		len += 6;
		break;
	case 3:
		for (i = 0; i < 16; i++)
			to[len + i] = number(f);
		len += below(f, 17);
		break;
	case 4:
		break;
	default:
		attr->nla_type |= NLA_F_NESTED;
		for (i = below(f, 4); i > 0; i--)
			len += put_attr(f, to + len, depth + 1);
	}
	attr->nla_len = below(f, 32) ? len : below(f, 64);
	return NLA_ALIGN(len);
}

/*
 * Requests, and of what type their attributes are from the second on; the first
 * is the device.  s: a string, u, U: a number of 4 or 8 bytes, n: nested.
 */
static const struct {
	uint8_t cmd;
	const char *attrs;
} requests[] = {
	{ XRSCHED_CMD_DEVICE_GET, "" },
	{ XRSCHED_CMD_ENGINE_GET, "u" },
	{ XRSCHED_CMD_ENGINE_NEW, "ssuuU" },
	{ XRSCHED_CMD_ENGINE_DEL, "u" },
	{ XRSCHED_CMD_STREAM_GET, "" },
	{ XRSCHED_CMD_POLICY_GET, "" },
	{ XRSCHED_CMD_POLICY_SET, "sn" },
	{ XRSCHED_CMD_STATS_RESET, "" },
	{ XRSCHED_CMD_FAULT_GET, "u" },
	{ XRSCHED_CMD_FAULT_SET, "uUuuuuuun" },
	{ XRSCHED_CMD_GUARD_GET, "" },
	{ XRSCHED_CMD_GUARD_SET, "UuuuUU" },
	{ XRSCHED_CMD_LIMITS_GET, "" },
	{ XRSCHED_CMD_LIMITS_SET, "uUuuuUuUuuuuuU" },
};

static size_t put_known(struct fuzz *f, char *to, unsigned int type, char kind)
{
	static const char *const names[] = {
		"dream", "edf", "fcfs", "lookahead", "fuzz", SERVED_CLASS,
	};
	struct nlattr *attr = (struct nlattr *)to;
	uint64_t value = below(f, 4) ? below(f, 6) : edge(f);

	attr->nla_type = type;
	if (kind == 's') {
		strcpy(to + NLA_HDRLEN, names[below(f, 6)]);
		attr->nla_len = NLA_HDRLEN + strlen(to + NLA_HDRLEN) + 1;
	} else if (kind == 'n') {
		attr->nla_type |= NLA_F_NESTED;
		attr->nla_len = NLA_HDRLEN +
				put_known(f, to + NLA_HDRLEN, 1, 'u');
	} else {
		memcpy(to + NLA_HDRLEN, &value, 8);
		attr->nla_len = NLA_HDRLEN + (kind == 'u' ? 4 : 8);
	}
	return NLA_ALIGN(attr->nla_len);
}

/* One that there is, with some of its attributes. */
static size_t put_request(struct fuzz *f, struct genlmsghdr *genl, char *to)
{
	unsigned int nr = below(f, sizeof(requests) / sizeof(*requests)), i;
	const char *attrs = requests[nr].attrs;
	unsigned int seldom = 1 + below(f, 3);
	size_t len = 0;

	genl->cmd = requests[nr].cmd;
	for (i = 0; attrs[i]; i++)
		if (!below(f, seldom))
			len += put_known(f, to + len, i + 2, attrs[i]);
	return len;
}

/* Counts what became of requests. */
static void take_answers(struct fuzz *f)
{
	char answer[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *hdr;
	const struct nlmsgerr *err;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < 4; i++) {
		len = recv(f->netlink, answer, sizeof(answer), MSG_DONTWAIT);
		if (len <= 0)
			break;
		for (hdr = (void *)answer; NLMSG_OK(hdr, len);
		     hdr = NLMSG_NEXT(hdr, len)) {
			err = NLMSG_DATA(hdr);
			if (hdr->nlmsg_type == NLMSG_ERROR)
				call_ended(MAX_CALLS - 1, -err->error);
		}
	}
}

/*
 * A request; of root only to the second device, whose number is the first
 * attribute of all sets.
 */
void fuzz_netlink(struct fuzz *f)
{
	char buffer[2048] = { 0 };
	struct nlmsghdr *hdr = (struct nlmsghdr *)buffer;
	struct genlmsghdr *genl = NLMSG_DATA(hdr);
	size_t len = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr *device = (struct nlattr *)(buffer + len);
	unsigned int i;

	hdr->nlmsg_type = f->family;
	hdr->nlmsg_flags = NLM_F_REQUEST |
			   (below(f, 4) ? NLM_F_ACK : NLM_F_DUMP);
	genl->cmd = below(f, 32);
	genl->version = below(f, 16) ? XRSCHED_FAMILY_VERSION : number(f);
	device->nla_type = 1;
	device->nla_len = NLA_HDRLEN + 4;
	*(uint32_t *)(device + 1) = f->nr ? below(f, 3) : 1;
	if (!f->nr || below(f, 8))
		len += NLA_HDRLEN + 4;
	if (below(f, 8))
		len += put_request(f, genl, buffer + len);
	for (i = below(f, 2) ? 0 : below(f, 6); i > 0 && len < sizeof(buffer) - 300; i--)
		len += put_attr(f, buffer + len, 0);
	/* Of two attributes of one type the last one counts. */
	if (!f->nr) {
		memcpy(buffer + len, device, NLA_HDRLEN + 4);
		len += NLA_HDRLEN + 4;
	}
	hdr->nlmsg_len = f->nr && !below(f, 32) ? below(f, len + 8) : len;
	seen(f, send(f->netlink, buffer, len, 0));
	take_answers(f);
}

uint16_t fuzz_family(void)
{
	struct {
		struct nlmsghdr hdr;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[8];
	} request = {
		.hdr = { sizeof(request), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		.genl = { CTRL_CMD_GETFAMILY, 1, 0 },
		.attr = { NLA_HDRLEN + 8, CTRL_ATTR_FAMILY_NAME },
		.name = XRSCHED_FAMILY_NAME,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	struct nlattr *attr;
	char answer[4096];
	ssize_t len, at;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		return 0;
	len = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	for (at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN < len;
	     at += NLA_ALIGN(attr->nla_len)) {
		attr = (struct nlattr *)(answer + at);
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(attr + 1);
		if (attr->nla_len < NLA_HDRLEN)
			break;
	}
	return 0;
}
