/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policies by name: what the scheduler decides with, and its parameters.
 *
 * Every function returns 0 or more on success and a negative errno on failure
 * unless its description says otherwise, and may be called from any thread.
 */
#ifndef XRSCHED_POLICY_H
#define XRSCHED_POLICY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct xrsched_error;

/** XRSCHED_POLICY_PARAMS - Parameters that a specification may carry. */
#define XRSCHED_POLICY_PARAMS 32

/**
 * struct xrsched_policy_param - A parameter and its value
 * @name: name of the parameter.
 * @value: value in the parameter's own unit: the number of the choice, a whole
 *         number, or millionths (struct xrsched_param_info.unit).
 */
struct xrsched_policy_param {
	char name[32];
	int64_t value;
};

/**
 * struct xrsched_policy_spec - A policy with parameters
 * @name: name of the policy.
 * @nr: number of @param that count.
 * @param: parameters; those left out have their defaults.
 */
struct xrsched_policy_spec {
	char name[32];
	uint32_t nr;
	struct xrsched_policy_param param[XRSCHED_POLICY_PARAMS];
};

/**
 * struct xrsched_policy_info - What a policy is
 * @name: its name.
 * @alias: its second name, or NULL.
 * @doc: one line about it.
 * @params: bit i: it heeds parameter i of xrsched_param_get_info().
 */
struct xrsched_policy_info {
	const char *name;
	const char *alias;
	const char *doc;
	uint64_t params;
};

/**
 * struct xrsched_param_info - What a parameter is
 * @name: its name.
 * @doc: one line about it.
 * @choices: NULL-terminated names of the values 0, 1, …; NULL: a number.
 * @min: least value.
 * @max: greatest value.
 * @init: default; a policy may have another, see xrsched_policy_get_param().
 * @unit: 1000000 where values are millionths, 1 where they are whole numbers.
 */
struct xrsched_param_info {
	const char *name;
	const char *doc;
	const char *const *choices;
	int64_t min;
	int64_t max;
	int64_t init;
	uint32_t unit;
};

/**
 * xrsched_policy_parse() - read "dream,alpha=0.5,expired=drop"
 * @text: name of a policy, then any number of ",parameter=value";
 *        ",start=A,B" stands for ",alpha=A,beta=B".
 * @spec: filled in; the name is the policy's own, not its alias.
 * @error: NULL or place for what is wrong, with the names or the range that
 *         would be right.
 *
 * Return: 0, -ENOENT (no such policy), -EINVAL (no such parameter, one given
 * twice, or not of that form), -ERANGE (a value that is not possible).
 */
int xrsched_policy_parse(const char *text, struct xrsched_policy_spec *spec,
			 struct xrsched_error *error);

/**
 * xrsched_policy_check() - is a specification one that this library knows?
 * @spec: what to look at.
 * @error: as for xrsched_policy_parse().
 *
 * Return: as xrsched_policy_parse().
 */
int xrsched_policy_check(const struct xrsched_policy_spec *spec,
			 struct xrsched_error *error);

/**
 * xrsched_policy_format() - write a specification as xrsched_policy_parse()
 * reads it
 * @spec: what to write.
 * @text: where to; always NUL-terminated if @size is above 0.
 * @size: room there.
 *
 * Return: length of the whole text without NUL, as snprintf().
 */
int xrsched_policy_format(const struct xrsched_policy_spec *spec, char *text,
			  size_t size);

/**
 * xrsched_policy_get_info() - what policies are there?
 * @index: 0, 1, …
 * @info: filled in; the strings are never freed.
 *
 * Return: 0, or -ENOENT beyond the last.
 */
int xrsched_policy_get_info(unsigned int index,
			    struct xrsched_policy_info *info);

/**
 * xrsched_param_get_info() - what parameters are there?
 * @index: 0, 1, …
 * @info: filled in; the strings are never freed.
 *
 * Return: 0, or -ENOENT beyond the last.
 */
int xrsched_param_get_info(unsigned int index, struct xrsched_param_info *info);

/**
 * xrsched_policy_get_param() - which parameters does a policy heed?
 * @index: of the policy, as for xrsched_policy_get_info().
 * @nr: 0, 1, … of the parameters that it heeds.
 * @info: filled in, with the default of this policy; the strings are never
 *        freed.
 *
 * Return: 0, or -ENOENT beyond the last of either.
 */
int xrsched_policy_get_param(unsigned int index, unsigned int nr,
			     struct xrsched_param_info *info);

/**
 * xrsched_param_format() - write a parameter's value as people do
 * @info: the parameter.
 * @value: its value.
 * @text: where to; always NUL-terminated if @size is above 0.
 * @size: room there.
 *
 * Return: length of the whole text without NUL, as snprintf().
 */
int xrsched_param_format(const struct xrsched_param_info *info, int64_t value,
			 char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_POLICY_H */
