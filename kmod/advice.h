/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Admission advice: XRSCHED_IOC_ADVISE.
 */
#ifndef XRS_ADVICE_H
#define XRS_ADVICE_H

#include "client.h"

struct xrsched_advice;

/**
 * xrs_advise() - say whether all frames are sure to be on time
 * @client: who asks
 * @arg: validated in full here; filled in
 *
 * Context: process.
 * Return: 0, or as struct xrsched_advice says.
 */
int xrs_advise(struct xrs_client *client, struct xrsched_advice *arg);

#endif /* XRS_ADVICE_H */
