/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control plane: generic netlink family "xrsched".
 *
 * DOC: Netlink
 *
 * Specified in Documentation/netlink/specs/xrsched.yaml, from which
 * netlink_gen.c and the uapi header are made.  Handlers run in process context,
 * several at once (parallel_ops): they look at the rest of the module only
 * through the functions that it offers to the control plane, which take a
 * picture under the device's lock, and hold a reference to one device at most.
 *
 * A dump is a walk by number: what vanished is not met any more, what came late
 * may be missed, and what stays is shown exactly once.  A change of the set
 * that it shows (xrs_device::gen) marks the dump by NLM_F_DUMP_INTR.
 */
#ifndef XRS_NETLINK_H
#define XRS_NETLINK_H

#include <net/genetlink.h>

#include "device.h"
#include "netlink_gen.h"

/*
 * For the rest of the module.
 */

/** xrs_netlink_init() - open the control plane, when all else works */
int xrs_netlink_init(void);

/** xrs_netlink_exit() - close it, before anything else goes */
void xrs_netlink_exit(void);

/**
 * xrs_nl_event_wanted() - does anybody listen to events?
 *
 * The answer, if it is yes, holds until rcu_read_unlock().
 *
 * Context: any; rcu_read_lock() held.
 */
bool xrs_nl_event_wanted(void);

/**
 * xrs_nl_events_send() - tell listeners of some events, in one message
 * @dev: where they happened
 * @event: the first of @nr in a row
 * @nr: how many, at least 1
 * @sent: out: so many of those done with were sent; if less: no memory
 *
 * Context: process.
 * Return: so many are done with, at least 1: the message was full.
 */
u32 xrs_nl_events_send(struct xrs_device *dev, const struct xrs_event *event,
		       u32 nr, u32 *sent);

/*
 * For the commands' files.
 */

/** xrs_nl_events_open() - events may be sent, the family is there */
void xrs_nl_events_open(void);

/** xrs_nl_events_close() - none is sent any more once this returns */
void xrs_nl_events_close(void);

/** xrs_nl_policy_init() - before the family is there */
int xrs_nl_policy_init(void);

/** xrs_nl_policy_exit() - once it is gone: nobody reads its texts any more */
void xrs_nl_policy_exit(void);

extern struct genl_family xrs_nl_family;

/*
 * Room for any object: a policy that heeds every parameter is the largest, and
 * takes 3588 of the 3760 bytes that are the default (netlink_words).
 */
#define XRS_NL_OBJECT_SIZE 8192

/**
 * struct xrs_nl_dump - Where a dump is; in netlink_callback::ctx
 * @device: number of the device to go on with
 * @gen: generation of that device when its last object was shown
 * @next: number of its object to go on with; may be above U32_MAX: no more
 * @walking: @gen is set: an object of @device was shown
 * @one: @device is the only one
 * @done: nothing is left
 * @buf: memory for a picture, or NULL
 */
struct xrs_nl_dump {
	u32 device;
	u32 gen;
	u64 next;
	bool walking;
	bool one;
	bool done;
	void *buf;
};

/** xrs_nl_dump() - the state of a dump */
static inline struct xrs_nl_dump *xrs_nl_dump(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct xrs_nl_dump) > sizeof(cb->ctx));

	return (struct xrs_nl_dump *)cb->ctx;
}

/** xrs_nl_dump_attr() - an attribute of a dump's request, validated; or NULL */
static inline struct nlattr *xrs_nl_dump_attr(struct netlink_callback *cb,
					      u32 attr)
{
	return nlmsg_find_attr(cb->nlh, GENL_HDRLEN, attr);
}

/**
 * xrs_nl_device() - the device that a request is about
 * @info: request
 * @attr: attribute that holds the device's number
 *
 * Return: the device with a reference, or an ERR_PTR() and the reason in the
 * request's extack.
 */
struct xrs_device *xrs_nl_device(struct genl_info *info, u32 attr);

/**
 * xrs_nl_device_put() - give back what xrs_nl_device() gave
 * @info: request
 * @dev: the device
 * @err: what the request came to
 *
 * Return: @err, put into words where it says that the device was removed, or
 * that there is no memory.
 */
int xrs_nl_device_put(struct genl_info *info, struct xrs_device *dev, int err);

/**
 * xrs_nl_require() - refuse a request without an attribute
 * @info: request
 * @attr: attribute that has to be there
 *
 * Return: 0 or -EINVAL.
 */
int xrs_nl_require(struct genl_info *info, u32 attr);

/**
 * xrs_nl_refuse() - say why, and what is at fault
 * @extack: of the request
 * @attr: attribute at fault, or NULL
 * @err: negative errno
 * @msg: string literal
 */
#define xrs_nl_refuse(extack, attr, err, msg)				\
({									\
	NL_SET_ERR_MSG_ATTR(extack, attr, msg);				\
	(err);								\
})

/**
 * xrs_nl_reply_new() - begin the answer to a request
 * @info: request
 * @cmd: command of the answer
 * @hdr: out: to be handed to genlmsg_end()
 *
 * Return: the message with room for one object, or NULL.
 */
struct sk_buff *xrs_nl_reply_new(struct genl_info *info, u8 cmd, void **hdr);

/**
 * xrs_nl_dump_start() - begin a dump
 * @cb: dump
 * @attr: attribute that confines it to one device, 0: none
 *
 * Return: 0 or -ENODEV.
 */
int xrs_nl_dump_start(struct netlink_callback *cb, u32 attr);

/**
 * xrs_nl_dump_gen() - mark the dump if it is torn
 * @cb: dump
 * @gen: generation of the device at the picture about to be shown
 *
 * Before the message of each object is begun, and at the end of each device.
 */
void xrs_nl_dump_gen(struct netlink_callback *cb, u32 gen);

/**
 * xrs_nl_dump_walk() - go on with a dump of objects of devices
 * @skb: message to be filled
 * @cb: dump
 * @show: put the object with the lowest number >= xrs_nl_dump::next into @skb
 *        and move on; -ENOENT: no more, -ENODEV, -EMSGSIZE: @skb is full
 *
 * Return: as a dumpit.
 */
int xrs_nl_dump_walk(struct sk_buff *skb, struct netlink_callback *cb,
		     int (*show)(struct sk_buff *skb,
				 struct netlink_callback *cb,
				 struct xrs_device *dev));

/**
 * xrs_nl_dump_put() - begin the message of an object in a dump
 * @skb: message to be filled
 * @cb: dump
 * @cmd: command of the message
 *
 * Return: to be handed to xrs_nl_dump_end() or genlmsg_cancel(), or NULL: @skb
 * is full.
 */
void *xrs_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/**
 * xrs_nl_dump_end() - end the message of an object in a dump
 * @skb: message
 * @cb: dump
 * @hdr: from xrs_nl_dump_put()
 */
void xrs_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb,
		     void *hdr);

#endif /* XRS_NETLINK_H */
