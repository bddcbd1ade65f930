/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines served by processes.
 */
#ifndef XRS_SERVER_H
#define XRS_SERVER_H

#include <linux/xrsched_server.h>

#include "client.h"

/**
 * xrs_server_create() - turn a process into engines, as XRSCHED_IOC_SERVE says
 * @client: file on which this was asked for; it is not needed any more then
 * @arg: the call; all but @arg->size is checked here, the answer filled in
 * @uarg: where the answer goes to
 *
 * Return: 0, or as struct xrsched_serve says.
 */
int xrs_server_create(struct xrs_client *client, struct xrsched_serve *arg,
		      void __user *uarg);

#endif /* XRS_SERVER_H */
