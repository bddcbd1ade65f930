/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the library: one transaction with the control plane.
 */
#ifndef XRSCHED_CONTROL_CALL_H
#define XRSCHED_CONTROL_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/msg.h>

#include <xrsched/control.h>

/**
 * struct xrsched_control - A connection
 * @sock: the socket
 * @family: number that the kernel has given the family
 * @error: why the last call failed
 * @ret: what the transaction came to, once @done
 * @done: the transaction is over
 * @torn: the dump's objects changed while it was taken
 * @take: puts an object that was received into @list
 * @list: what was received
 */
struct xrsched_control {
	struct nl_sock *sock;
	int family;
	char error[256];
	int ret;
	bool done;
	bool torn;
	int (*take)(struct xrsched_control *control, struct nlattr *attrs,
		    int len);
	struct {
		void *item;
		size_t item_size;
		size_t nr;
		size_t room;
	} list;
};

/* Sets what xrsched_control_error() says; returns @ret. */
int control_fail(struct xrsched_control *control, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* A zeroed object at the end of the list, NULL: no memory. */
void *control_list_add(struct xrsched_control *control);

/* A request, perhaps about a device: @attr is its number's attribute, 0: none. */
struct nl_msg *control_request(struct xrsched_control *control, uint8_t cmd,
			       int flags, int attr, uint32_t device);

/* Frees @msg, which may be NULL; -ENOMEM. */
int control_no_memory(struct xrsched_control *control, struct nl_msg *msg);

/* What to do with the objects that the next transactions bring. */
void control_expect(struct xrsched_control *control, size_t item_size,
		    int (*take)(struct xrsched_control *, struct nlattr *,
				int));

/* Sends @msg, which is freed, and waits for the end of what follows. */
int control_transact(struct xrsched_control *control, struct nl_msg *msg);

/* The same; it brings one object for @info. */
int control_get_one(struct xrsched_control *control, struct nl_msg *msg,
		    void *info);

#endif /* XRSCHED_CONTROL_CALL_H */
