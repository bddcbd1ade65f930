// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Policies as people write them, "dream,alpha=0.5,expired=drop", against the
 * core's own tables.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "xrs_policy.h"

#include "internal.h"
#include "policy_spec.h"

_Static_assert(XRS_PARAM_NR <= XRSCHED_POLICY_PARAMS,
	       "a specification has room for all parameters");

#define DECIMALS 6 /* of a value in millionths */

/* Appends to a buffer that may already be full. */
static void append(char *text, size_t size, const char *separator,
		   const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s", separator, more);
}

static void list_policies(char *text, size_t size)
{
	text[0] = '\0';
	for (u32 i = 0; i < xrs_nr_policies; i++) {
		append(text, size, i ? ", " : "", xrs_policies[i]->name);
		if (xrs_policies[i]->alias)
			append(text, size, " or ", xrs_policies[i]->alias);
	}
}

static void list_params(const struct xrs_policy *policy, char *text,
			size_t size)
{
	text[0] = '\0';
	for (u32 i = 0; i < XRS_PARAM_NR; i++)
		if (policy->params & BIT_ULL(i))
			append(text, size, text[0] ? ", " : "",
			       xrs_params[i].name);
	if (!text[0])
		append(text, size, "", "none");
}

/* "0.01 … 2" or "clamp, demote, drop" */
static void list_values(u32 id, char *text, size_t size)
{
	const struct xrs_param *param = &xrs_params[id];
	struct xrsched_param_info info;
	char number[32];

	text[0] = '\0';
	if (param->choice) {
		for (u32 i = 0; param->choice[i]; i++)
			append(text, size, i ? ", " : "one of ",
			       param->choice[i]);
		return;
	}
	xrsched_param_get_info(id, &info);
	xrsched_param_format(&info, info.min, number, sizeof(number));
	append(text, size, "a number from ", number);
	xrsched_param_format(&info, info.max, number, sizeof(number));
	append(text, size, " to ", number);
	if (info.unit != 1)
		append(text, size, "", " with at most six decimals");
}

static int unknown_policy(const char *name, struct xrsched_error *error)
{
	char known[512];

	list_policies(known, sizeof(known));
	return xrsched_fail(error, -ENOENT,
			    "no policy \"%.31s\"; there are: %s", name, known);
}

static int unknown_param(const struct xrs_policy *policy, const char *name,
			 struct xrsched_error *error)
{
	char known[512];

	list_params(policy, known, sizeof(known));
	return xrsched_fail(error, -EINVAL,
			    "policy %s has no parameter \"%.31s\"; it has: %s",
			    policy->name, name, known);
}

static int bad_value(const struct xrs_policy *policy, u32 id, const char *value,
		     struct xrsched_error *error)
{
	char known[512];

	list_values(id, known, sizeof(known));
	return xrsched_fail(error, -ERANGE, "policy %s: %s=%.40s: must be %s",
			    policy->name, xrs_params[id].name, value, known);
}

/* Number of the parameter of that name among those that the policy heeds. */
static int find_param(const struct xrs_policy *policy, const char *name)
{
	for (u32 i = 0; i < XRS_PARAM_NR; i++)
		if ((policy->params & BIT_ULL(i)) &&
		    !strcmp(xrs_params[i].name, name))
			return i;
	return -ENOENT;
}

/* A decimal number times @unit, exactly; false if it is none. */
static bool read_number(const char *text, u32 unit, s64 *value)
{
	int decimals = unit == 1 ? 0 : DECIMALS;
	const int max_digits = 18 - decimals;
	bool negative = *text == '-';
	s64 sum = 0;
	int digits = 0;

	if (negative)
		text++;
	for (; isdigit((unsigned char)*text) && digits < max_digits;
	     text++, digits++)
		sum = sum * 10 + (*text - '0');
	if (!digits)
		return false;
	if (*text == '.' && decimals) {
		if (!isdigit((unsigned char)*++text))
			return false;
		for (; isdigit((unsigned char)*text) && decimals; text++) {
			sum = sum * 10 + (*text - '0');
			decimals--;
		}
		while (*text == '0')
			text++;
	}
	while (decimals--)
		sum *= 10;
	*value = negative ? -sum : sum;
	return !*text;
}

static bool read_value(u32 id, const char *text, s64 *value)
{
	const struct xrs_param *param = &xrs_params[id];

	if (!param->choice)
		return read_number(text, param->unit, value);
	for (u32 i = 0; param->choice[i]; i++) {
		if (!strcmp(param->choice[i], text)) {
			*value = i;
			return true;
		}
	}
	return false;
}

/* One "parameter=value" */
static int parse_one(const struct xrs_policy *policy, char *text,
		     struct xrsched_policy_spec *spec,
		     struct xrsched_error *error)
{
	char *value = strchr(text, '=');
	s64 number;
	int id;

	if (!value)
		return xrsched_fail(
			error, -EINVAL,
			"policy %s: \"%.40s\" is not parameter=value",
			policy->name, text);
	*value++ = '\0';
	id = find_param(policy, text);
	if (id < 0)
		return unknown_param(policy, text, error);
	if (!read_value(id, value, &number) ||
	    xrs_policy_check(policy, id, number))
		return bad_value(policy, id, value, error);
	for (uint32_t i = 0; i < spec->nr; i++)
		if (!strcmp(spec->param[i].name, text))
			return xrsched_fail(error, -EINVAL,
					    "policy %s: %s is given twice",
					    policy->name, text);
	snprintf(spec->param[spec->nr].name, sizeof(spec->param[0].name), "%s",
		 xrs_params[id].name);
	spec->param[spec->nr++].value = number;
	return 0;
}

/* "start=ALPHA,BETA", both of them; @rest: what follows the first comma. */
static int parse_start(const struct xrs_policy *policy, const char *alpha,
		       char **rest, struct xrsched_policy_spec *spec,
		       struct xrsched_error *error)
{
	const char *beta = strsep(rest, ",");
	char text[64];
	int ret;

	if (!(policy->params & BIT_ULL(XRS_PARAM_ALPHA)))
		return unknown_param(policy, "start", error);
	if (!beta || strchr(beta, '='))
		return xrsched_fail(error, -EINVAL,
				    "policy %s: start=%.40s: must be "
				    "start=ALPHA,BETA, each from 0 to 2",
				    policy->name, alpha);
	snprintf(text, sizeof(text), "alpha=%.40s", alpha);
	ret = parse_one(policy, text, spec, error);
	if (ret)
		return ret;
	snprintf(text, sizeof(text), "beta=%.40s", beta);
	return parse_one(policy, text, spec, error);
}

static int parse_param(const struct xrs_policy *policy, char *text, char **rest,
		       struct xrsched_policy_spec *spec,
		       struct xrsched_error *error)
{
	if (!strncmp(text, "start=", 6))
		return parse_start(policy, text + 6, rest, spec, error);
	return parse_one(policy, text, spec, error);
}

XRSCHED_API int xrsched_policy_parse(const char *text,
				     struct xrsched_policy_spec *spec,
				     struct xrsched_error *error)
{
	const struct xrs_policy *policy;
	char copy[1024];
	char *rest = copy;
	char *part;
	int ret;

	memset(spec, 0, sizeof(*spec));
	if (strlen(text) >= sizeof(copy))
		return xrsched_fail(error, -EINVAL,
				    "a policy has at most %zu characters",
				    sizeof(copy) - 1);
	strcpy(copy, text);
	part = strsep(&rest, ",");
	policy = xrs_policy_find(part);
	if (!policy)
		return unknown_policy(part, error);
	snprintf(spec->name, sizeof(spec->name), "%s", policy->name);
	while ((part = strsep(&rest, ","))) {
		ret = parse_param(policy, part, &rest, spec, error);
		if (ret)
			return ret;
	}
	return 0;
}

int xrsched_policy_resolve(const struct xrsched_policy_spec *spec,
			   const struct xrs_policy **policy, s64 *param,
			   struct xrsched_error *error)
{
	const struct xrsched_policy_param *p;
	char value[32];
	int id;

	*policy = xrs_policy_find(spec->name);
	if (!*policy)
		return unknown_policy(spec->name, error);
	xrs_policy_defaults(*policy, param);
	if (spec->nr > XRSCHED_POLICY_PARAMS)
		return xrsched_fail(error, -EINVAL,
				    "policy %s: %u parameters, at most %u fit",
				    spec->name, spec->nr,
				    XRSCHED_POLICY_PARAMS);
	for (p = spec->param; p < spec->param + spec->nr; p++) {
		id = find_param(*policy, p->name);
		if (id < 0)
			return unknown_param(*policy, p->name, error);
		if (xrs_policy_check(*policy, id, p->value)) {
			snprintf(value, sizeof(value), "%" PRId64, p->value);
			return bad_value(*policy, id, value, error);
		}
		param[id] = p->value;
	}
	return 0;
}

void xrsched_policy_describe(const struct xrs_policy *policy, const s64 *param,
			     struct xrsched_policy_spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	snprintf(spec->name, sizeof(spec->name), "%s", policy->name);
	for (u32 i = 0; i < XRS_PARAM_NR; i++) {
		if (!(policy->params & BIT_ULL(i)))
			continue;
		snprintf(spec->param[spec->nr].name,
			 sizeof(spec->param[0].name), "%s", xrs_params[i].name);
		spec->param[spec->nr++].value = param[i];
	}
}

XRSCHED_API int xrsched_policy_check(const struct xrsched_policy_spec *spec,
				     struct xrsched_error *error)
{
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];

	return xrsched_policy_resolve(spec, &policy, param, error);
}

XRSCHED_API int xrsched_policy_get_info(unsigned int index,
					struct xrsched_policy_info *info)
{
	const struct xrs_policy *policy;

	if (index >= xrs_nr_policies)
		return -ENOENT;
	policy = xrs_policies[index];
	info->name = policy->name;
	info->alias = policy->alias;
	info->doc = policy->doc;
	info->params = policy->params;
	return 0;
}

XRSCHED_API int xrsched_param_get_info(unsigned int index,
				       struct xrsched_param_info *info)
{
	const struct xrs_param *param;

	if (index >= XRS_PARAM_NR)
		return -ENOENT;
	param = &xrs_params[index];
	info->name = param->name;
	info->doc = param->doc;
	info->choices = param->choice;
	info->min = param->min;
	info->max = param->max;
	info->init = param->init;
	info->unit = param->unit;
	return 0;
}

XRSCHED_API int xrsched_policy_get_param(unsigned int index, unsigned int nr,
					 struct xrsched_param_info *info)
{
	const struct xrs_policy *policy;
	s64 init[XRS_PARAM_NR];

	if (index >= xrs_nr_policies)
		return -ENOENT;
	policy = xrs_policies[index];
	xrs_policy_defaults(policy, init);
	for (u32 id = 0; id < XRS_PARAM_NR; id++) {
		if (!(policy->params & BIT_ULL(id)) || nr--)
			continue;
		xrsched_param_get_info(id, info);
		info->init = init[id];
		return 0;
	}
	return -ENOENT;
}

XRSCHED_API int xrsched_param_format(const struct xrsched_param_info *info,
				     int64_t value, char *text, size_t size)
{
	uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char fraction[32];
	int digits = DECIMALS;

	if (info->choices && value >= info->min && value <= info->max)
		return snprintf(text, size, "%s", info->choices[value]);
	if (info->unit == 1 || magnitude % info->unit == 0)
		return snprintf(text, size, "%" PRId64,
				value / (int64_t)info->unit);
	snprintf(fraction, sizeof(fraction), "%0*" PRIu64, DECIMALS,
		 magnitude % info->unit);
	while (fraction[digits - 1] == '0')
		fraction[--digits] = '\0';
	return snprintf(text, size, "%s%" PRIu64 ".%s", value < 0 ? "-" : "",
			magnitude / info->unit, fraction);
}

XRSCHED_API int xrsched_policy_format(const struct xrsched_policy_spec *spec,
				      char *text, size_t size)
{
	int used = snprintf(text, size, "%.31s", spec->name);

	for (uint32_t i = 0; i < spec->nr && i < XRSCHED_POLICY_PARAMS; i++) {
		struct xrsched_param_info info = { .unit = 1 };
		const size_t done = min((size_t)used, size);
		char value[64];

		for (u32 id = 0; id < XRS_PARAM_NR; id++)
			if (!strcmp(xrs_params[id].name, spec->param[i].name))
				xrsched_param_get_info(id, &info);
		xrsched_param_format(&info, spec->param[i].value, value,
				     sizeof(value));
		used += snprintf(size ? text + done : NULL, size - done,
				 ",%.31s=%s", spec->param[i].name, value);
	}
	return used;
}
