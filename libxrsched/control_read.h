/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the library: what the control plane's messages say.
 *
 * Each function fills a zeroed struct from the attributes of a message, and
 * passes over what it does not know: a newer kernel may say more.  Returns 0 or
 * -EPROTO.
 */
#ifndef XRSCHED_CONTROL_READ_H
#define XRSCHED_CONTROL_READ_H

#include <netlink/attr.h>

#include <xrsched/control.h>
#include <xrsched/event.h>

int xrsched_read_device(struct xrsched_control_device *device,
			struct nlattr *attrs, int len);
int xrsched_read_engine(struct xrsched_control_engine *engine,
			struct nlattr *attrs, int len);
int xrsched_read_stream(struct xrsched_control_stream *stream,
			struct nlattr *attrs, int len);
int xrsched_read_policy(struct xrsched_control_policy *policy,
			struct nlattr *attrs, int len);
int xrsched_read_event(struct xrsched_event *event, struct nlattr *attrs,
		       int len);

int xrsched_read_fault(struct xrsched_fault_plan *plan, struct nlattr *attrs,
		       int len);
int xrsched_read_guard(struct xrsched_guard *guard, struct nlattr *attrs,
		       int len);
int xrsched_read_limits(struct xrsched_limits *limits, struct nlattr *attrs,
			int len);

/* What libnl says (control.c), as an errno. */
int xrsched_from_libnl(int err);

/* Copies a string, cut off where there is no room; always NUL-terminated. */
void xrsched_read_string(char *to, size_t size, const struct nlattr *attr);

#endif /* XRSCHED_CONTROL_READ_H */
