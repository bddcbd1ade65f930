/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Between specifications of policies and what the core takes.
 */
#ifndef XRSCHED_POLICY_SPEC_H
#define XRSCHED_POLICY_SPEC_H

#include <xrsched/policy.h>

#include "xrs_policy.h"

/* From a specification to the core's arguments; -ENOENT, -EINVAL as parse. */
int xrsched_policy_resolve(const struct xrsched_policy_spec *spec,
			   const struct xrs_policy **policy, s64 *param,
			   struct xrsched_error *error);

/* And back, with all parameters that the policy heeds. */
void xrsched_policy_describe(const struct xrs_policy *policy, const s64 *param,
			     struct xrsched_policy_spec *spec);

#endif /* XRSCHED_POLICY_SPEC_H */
