// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control plane with libnl alone, no libxrsched: lists the engines of all
 * devices, then prints how many came up or went until a second (or as many as
 * the argument says) was quiet, which takes CAP_NET_ADMIN.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include <linux/xrsched_netlink.h>

static int show_engine(struct nl_msg *msg, void *torn)
{
	struct nlattr *attr[XRSCHED_A_ENGINE_MAX + 1];

	if (nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP_INTR)
		*(int *)torn = 1;
	/* Attributes of a newer kernel are passed over. */
	if (genlmsg_parse(nlmsg_hdr(msg), 0, attr, XRSCHED_A_ENGINE_MAX, NULL))
		return NL_SKIP;
	printf("device %u engine %u: %s, class %s, %llu layers\n",
	       nla_get_u32(attr[XRSCHED_A_ENGINE_DEVICE]),
	       nla_get_u32(attr[XRSCHED_A_ENGINE_ID]),
	       nla_get_string(attr[XRSCHED_A_ENGINE_NAME]),
	       nla_get_string(attr[XRSCHED_A_ENGINE_CLASS]),
	       (unsigned long long)nla_get_u64(attr[XRSCHED_A_ENGINE_LAYERS]));
	return NL_OK;
}

static int count_event(struct nl_msg *msg, void *nr)
{
	struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(msg));

	if (header->cmd == XRSCHED_CMD_ENGINE_UP_NTF ||
	    header->cmd == XRSCHED_CMD_ENGINE_DOWN_NTF)
		++*(int *)nr;
	return NL_OK;
}

static int list(struct nl_sock *sock, int family)
{
	int ret, torn = 0;

	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, show_engine,
			    &torn);
	ret = genl_send_simple(sock, family, XRSCHED_CMD_ENGINE_GET,
			       XRSCHED_FAMILY_VERSION, NLM_F_DUMP);
	if (ret >= 0)
		ret = nl_recvmsgs_default(sock);
	if (ret >= 0 && torn)
		printf("(engines came or went meanwhile)\n");
	return ret;
}

static int listen_to(struct nl_sock *sock, int seconds)
{
	struct pollfd poll_fd = { .fd = nl_socket_get_fd(sock),
				  .events = POLLIN };
	int group = genl_ctrl_resolve_grp(sock, XRSCHED_FAMILY_NAME,
					  XRSCHED_MCGRP_EVENTS);
	int ret, nr = 0;

	if (group < 0)
		return group;
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, count_event, &nr);
	ret = nl_socket_add_membership(sock, group);
	if (ret < 0)
		return ret;
	printf("listening\n");
	fflush(stdout);
	while (poll(&poll_fd, 1, seconds * 1000) == 1)
		nl_recvmsgs_default(sock);
	printf("%d events of engines\n", nr);
	return 0;
}

int main(int argc, char **argv)
{
	struct nl_sock *sock = nl_socket_alloc();
	int family, ret;

	if (!sock)
		return 1;
	ret = genl_connect(sock);
	family = ret < 0 ? ret : genl_ctrl_resolve(sock, XRSCHED_FAMILY_NAME);
	ret = family < 0 ? family : list(sock, family);
	if (ret >= 0)
		ret = listen_to(sock, argc > 1 ? atoi(argv[1]) : 1);
	if (ret < 0)
		nl_perror(ret, "libnl");
	nl_socket_free(sock);
	return ret < 0;
}
