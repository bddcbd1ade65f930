// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events, over generic netlink with libnl.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>

#include <xrsched/event.h>

#include "control_read.h"
#include "internal.h"

/* Room for a message of many events. */
#define MESSAGE_BYTES (32 * 1024)

/*
 * What the kernel keeps for a listener that is busy with something else: some
 * thousand events, if the system allows for so much (net.core.rmem_max).
 */
#define QUEUE_BYTES (2 * 1024 * 1024)

/**
 * struct xrsched_events - A subscription
 * @sock: the socket
 * @family: number that the kernel has given the family
 * @message: the message that is being read, NULL: none
 * @next: its next part
 * @left: bytes left of it
 */
struct xrsched_events {
	struct nl_sock *sock;
	int family;
	unsigned char *message;
	struct nlmsghdr *next;
	int left;
};

static const char *const names[] = {
	[XRSCHED_CMD_DEADLINE_MISS_NTF] = "deadline-miss",
	[XRSCHED_CMD_DROP_NTF] = "drop",
	[XRSCHED_CMD_ENGINE_UP_NTF] = "engine-up",
	[XRSCHED_CMD_ENGINE_DOWN_NTF] = "engine-down",
	[XRSCHED_CMD_ENGINE_FAULT_NTF] = "engine-fault",
	[XRSCHED_CMD_POLICY_CHANGE_NTF] = "policy-change",
	[XRSCHED_CMD_TUNER_STEP_NTF] = "tuner-step",
	[XRSCHED_CMD_LOST_NTF] = "lost",
};

XRSCHED_API const char *xrsched_event_name(uint32_t kind)
{
	return kind < sizeof(names) / sizeof(names[0]) ? names[kind] : NULL;
}

XRSCHED_API const char *xrsched_fault_name(uint32_t fault)
{
	static const char *const faults[] = {
		[XRSCHED_ENGINE_FAULT_ERROR] = "error",
		[XRSCHED_ENGINE_FAULT_TIMEOUT] = "timeout",
		[XRSCHED_ENGINE_FAULT_REFUSED] = "refused",
		[XRSCHED_ENGINE_FAULT_STALE] = "stale",
		[XRSCHED_ENGINE_FAULT_UNKNOWN] = "unknown",
		[XRSCHED_ENGINE_FAULT_ABSURD] = "absurd",
		[XRSCHED_ENGINE_FAULT_RESET] = "reset",
		[XRSCHED_ENGINE_FAULT_DIED] = "died",
	};

	return fault < sizeof(faults) / sizeof(faults[0]) ? faults[fault]
							  : NULL;
}

XRSCHED_API int xrsched_events_fd(const struct xrsched_events *events)
{
	return nl_socket_get_fd(events->sock);
}

/* Gets the next message; 1, 0: there is none, or -errno. */
static int receive(struct xrsched_events *events)
{
	struct sockaddr_nl peer;
	int len;

	free(events->message);
	events->message = NULL;
	events->left = 0;
	len = nl_recv(events->sock, &peer, &events->message, NULL);
	if (len > 0) {
		events->next = (struct nlmsghdr *)events->message;
		/* What does not come from the kernel is not an event. */
		events->left = peer.nl_pid ? 0 : len;
		return 1;
	}
	/* libnl does not tell a queue that overflowed from lack of memory. */
	if (len == -NLE_NOMEM)
		return errno == ENOBUFS ? -ENOBUFS : -ENOMEM;
	if (len == -NLE_AGAIN || len == -NLE_INTR || !len)
		return 0;
	return -EIO;
}

/* The family's end, which the controller of all families tells. */
static int is_end(const struct xrsched_events *events, struct nlmsghdr *hdr)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);
	const struct nlattr *id;

	if (hdr->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(hdr, 0) ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return 0;
	id = nla_find(genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
		      CTRL_ATTR_FAMILY_ID);
	return id && nla_len(id) >= 2 && nla_get_u16(id) == events->family;
}

/* Reads a part of a message; 1, 0: no event that is known, or -errno. */
static int read_part(struct xrsched_events *events, struct nlmsghdr *hdr,
		     struct xrsched_event *event)
{
	struct genlmsghdr *genl = nlmsg_data(hdr);
	int ret;

	if (is_end(events, hdr))
		return -ENODEV;
	if (hdr->nlmsg_type != events->family)
		return 0;
	if (!genlmsg_valid_hdr(hdr, 0))
		return -EPROTO;
	if (!xrsched_event_name(genl->cmd))
		return 0;
	memset(event, 0, sizeof(*event));
	event->kind = genl->cmd;
	ret = xrsched_read_event(event, genlmsg_attrdata(genl, 0),
				 genlmsg_attrlen(genl, 0));
	return ret ? ret : 1;
}

XRSCHED_API int xrsched_events_next(struct xrsched_events *events,
				    struct xrsched_event *event)
{
	struct nlmsghdr *hdr;
	int ret;

	for (;;) {
		while (nlmsg_ok(events->next, events->left)) {
			hdr = events->next;
			events->next = nlmsg_next(hdr, &events->left);
			ret = read_part(events, hdr, event);
			if (ret)
				return ret;
		}
		ret = receive(events);
		if (ret <= 0)
			return ret;
	}
}

/* Finds the family and its groups, and joins; a negative error of libnl. */
static int join(struct xrsched_events *events)
{
	struct nl_sock *sock = events->sock;
	int group, controller, ret;

	controller = genl_ctrl_resolve_grp(sock, "nlctrl", "notify");
	if (controller < 0)
		return controller;
	events->family = genl_ctrl_resolve(sock, XRSCHED_FAMILY_NAME);
	if (events->family < 0)
		return events->family;
	group = genl_ctrl_resolve_grp(sock, XRSCHED_FAMILY_NAME,
				      XRSCHED_MCGRP_EVENTS);
	if (group < 0)
		return group;
	/* Events bear no number that a request had. */
	nl_socket_disable_seq_check(sock);
	ret = nl_socket_add_membership(sock, controller);
	return ret ? ret : nl_socket_add_membership(sock, group);
}

XRSCHED_API int xrsched_events_open(struct xrsched_events **eventsp)
{
	struct xrsched_events *events = calloc(1, sizeof(*events));
	int ret;

	if (!events)
		return -ENOMEM;
	ret = -ENOMEM;
	events->sock = nl_socket_alloc();
	if (!events->sock)
		goto err_free;
	nl_socket_set_msg_buf_size(events->sock, MESSAGE_BYTES);
	ret = genl_connect(events->sock);
	if (!ret)
		ret = join(events);
	if (ret < 0) {
		ret = xrsched_from_libnl(ret);
		goto err_socket;
	}
	/* With less room, more is missed; that is no reason to give up. */
	nl_socket_set_buffer_size(events->sock, QUEUE_BYTES, 0);
	nl_socket_set_nonblocking(events->sock);
	*eventsp = events;
	return 0;

err_socket:
	nl_socket_free(events->sock);
err_free:
	free(events);
	return ret;
}

XRSCHED_API void xrsched_events_close(struct xrsched_events *events)
{
	if (!events)
		return;
	nl_socket_free(events->sock);
	free(events->message);
	free(events);
}
