// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched policy: what decides, and with which parameters.
 */
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

#define SPEC_SIZE 512

static json_t *value_json(const struct xrsched_param_info *info, int64_t value)
{
	if (info->choices)
		return json_string(info->choices[value]);
	if (info->unit > 1)
		return json_real((double)value / info->unit);
	return json_integer(value);
}

static json_t *choices_json(const char *const *choices)
{
	json_t *array = put_array();

	for (; *choices; choices++)
		put_append(array, json_string(*choices));
	return array;
}

/* A parameter; @value NULL: it has none as no device is asked. */
static json_t *param_json(const struct xrsched_param_info *info,
			  const int64_t *value)
{
	json_t *object = put_object();

	put_text(object, "name", info->name);
	if (value)
		put(object, "value", value_json(info, *value));
	put(object, "default", value_json(info, info->init));
	if (info->choices) {
		put(object, "choices", choices_json(info->choices));
		put_null(object, "min");
		put_null(object, "max");
	} else {
		put_null(object, "choices");
		put(object, "min", value_json(info, info->min));
		put(object, "max", value_json(info, info->max));
	}
	put_text(object, "doc", info->doc);
	return object;
}

static json_t *params_json(unsigned int policy)
{
	struct xrsched_param_info info;
	json_t *array = put_array();

	for (unsigned int i = 0; !xrsched_policy_get_param(policy, i, &info);
	     i++)
		put_append(array, param_json(&info, NULL));
	return array;
}

static json_t *policy_json(unsigned int index,
			   const struct xrsched_policy_info *info)
{
	json_t *object = put_object();

	put_text(object, "name", info->name);
	put_text(object, "alias", info->alias);
	put_text(object, "doc", info->doc);
	put(object, "params", params_json(index));
	return object;
}

static const struct out_column param_columns[] = {
	{ "name", "parameter", OUT_TEXT, 0 },
	{ "value", "value", OUT_TEXT, OUT_IF_SET },
	{ "default", "default", OUT_TEXT, 0 },
	{ "choices", "one of", OUT_TEXT, OUT_IF_ANY },
	{ "min", "from", OUT_NUMBER, OUT_IF_SET },
	{ "max", "to", OUT_NUMBER, OUT_IF_SET },
	{ "doc", "meaning", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block list_view[] = {
	{ .key = "params", .columns = param_columns, .empty = "no parameters" },
	{ 0 },
};

static void list_text(const json_t *policies)
{
	json_t *policy;
	size_t i;

	json_array_foreach(policies, i, policy) {
		const char *alias = get_text(policy, "alias");

		printf("%s%s%s%s: %s\n", i ? "\n" : "",
		       get_text(policy, "name"), alias ? ", short " : "",
		       alias ? alias : "", get_text(policy, "doc"));
		out_text(policy, list_view);
	}
}

static int list_run(struct app *app, void *opts)
{
	json_t *policies = put_array();
	struct xrsched_policy_info info;

	(void)opts;
	for (unsigned int i = 0; !xrsched_policy_get_info(i, &info); i++)
		put_append(policies, policy_json(i, &info));
	if (app->json)
		out_json(policies);
	else
		list_text(policies);
	json_decref(policies);
	return 0;
}

/* The kernel's description of a parameter in the library's form. */
static json_t *kernel_param_json(const struct xrsched_control_param *param)
{
	const char *choices[XRSCHED_CONTROL_CHOICES + 1] = { 0 };
	struct xrsched_param_info info = {
		.name = param->name,
		.doc = param->doc,
		.min = param->min,
		.max = param->max,
		.init = param->init,
		.unit = param->unit,
	};

	for (uint32_t i = 0; i < param->nr_choices; i++)
		choices[i] = param->choice[i];
	if (param->nr_choices)
		info.choices = choices;
	return param_json(&info, &param->value);
}

static json_t *shown_json(const struct xrsched_control_policy *policy)
{
	struct xrsched_policy_spec spec = { .nr = policy->nr_params };
	json_t *object = put_object();
	json_t *params = put_array();
	char text[SPEC_SIZE];

	memcpy(spec.name, policy->name, sizeof(spec.name));
	for (uint32_t i = 0; i < policy->nr_params; i++) {
		const struct xrsched_control_param *param = &policy->param[i];

		memcpy(spec.param[i].name, param->name,
		       sizeof(spec.param[i].name));
		spec.param[i].value = param->value;
		put_append(params, kernel_param_json(param));
	}
	xrsched_policy_format(&spec, text, sizeof(text));
	put_count(object, "device", policy->device);
	put_text(object, "policy", policy->name);
	put_text(object, "policy_spec", text);
	put_text(object, "doc", policy->doc);
	put(object, "params", params);
	return object;
}

static const struct out_column show_columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "doc", "meaning", OUT_TEXT, 0 },
	{ "policy_spec", "in one word", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block show_view[] = {
	{ .columns = show_columns, .flags = OUT_LIST },
	{ .key = "params", .columns = param_columns, .empty = "no parameters" },
	{ 0 },
};

static int show(struct app *app, struct xrsched_control *control)
{
	struct xrsched_control_policy policy;
	int ret = xrsched_control_policy_get(control, device_number(app),
					     &policy);

	if (ret)
		return trouble_control(control, ret, "no policy to be seen");
	out_print(app, shown_json(&policy), show_view);
	return 0;
}

static int show_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	ret = show(app, control);
	xrsched_control_close(control);
	return ret;
}

struct set_opts {
	bool given;
	struct xrsched_policy_spec spec;
};

static error_t set_parse(int key, char *arg, struct argp_state *state)
{
	struct set_opts *opts = state->input;
	struct xrsched_error error;

	switch (key) {
	case ARGP_KEY_ARG:
		if (opts->given)
			argp_error(state,
				   "a device has one policy: \"%s\" is "
				   "too much; parameters are joined "
				   "with commas, without blanks",
				   arg);
		opts->given = true;
		if (xrsched_policy_parse(arg, &opts->spec, &error))
			argp_error(state, "%s", error.text);
		return 0;
	case ARGP_KEY_END:
		if (!opts->given)
			argp_error(state, "which policy? \"xrsched policy "
					  "list\" shows them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int set_run(struct app *app, void *opts_)
{
	const struct set_opts *opts = opts_;
	struct xrsched_control *control;
	int ret = control_connect(&control);

	if (ret)
		return ret;
	ret = xrsched_control_policy_set(control, device_number(app),
					 &opts->spec);
	ret = ret ? trouble_control(control, ret, "the policy is as before")
		  : show(app, control);
	xrsched_control_close(control);
	return ret;
}

static const struct cmd verbs[] = {
	{
		.name = "list",
		.brief = "List all policies with their parameters",
		.doc = "  xrsched policy list\n"
		       "  xrsched policy list --json | jq '.[].name'",
		.run = list_run,
	},
	{
		.name = "show",
		.brief = "Show the policy of a device",
		.doc = "  xrsched policy show --device 1",
		.flags = CMD_DEVICE,
		.run = show_run,
	},
	{
		.name = "set",
		.args = "NAME[,PARAMETER=VALUE]...",
		.brief = "Set the policy of a device (needs CAP_NET_ADMIN)",
		.doc = "Parameters that are left out get their defaults.  "
		       "Nothing is lost that is under way.\n"
		       "\n"
		       "  sudo xrsched policy set edf\n"
		       "  sudo xrsched policy set dream,alpha=0.5,expired=drop",
		.flags = CMD_DEVICE,
		.parse = set_parse,
		.opts_size = sizeof(struct set_opts),
		.run = set_run,
	},
	{ 0 },
};

const struct cmd cmd_policy = {
	.name = "policy",
	.args = "[VERB]",
	.brief = "List, show and set policies",
	.doc = "A policy decides who runs next, and where.  The list comes "
	       "from this program; nothing needs to be loaded for it.",
	.flags = CMD_DEVICE,
	.verbs = verbs,
};
