// SPDX-License-Identifier: GPL-2.0-only
/*
 * Specifications of policies: what is read, what is refused, and that writing
 * is the reverse of reading.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <xrsched/xrsched.h>

#include "suite.h"

static void test_alias(void **state)
{
	struct xrsched_policy_spec spec;
	struct xrsched_error error;

	(void)state;
	assert_ok(xrsched_policy_parse("dream", &spec, &error), &error);
	assert_string_equal(spec.name, "dream-mapscore");
	assert_int_equal(spec.nr, 0);
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		int64_t value;
	} numbers[] = {
		{ "dream,alpha=0", 0 },
		{ "dream,alpha=2", 2000000 },
		{ "dream,alpha=0.5", 500000 },
		{ "dream,alpha=1.25", 1250000 },
		{ "dream,alpha=0.000001", 1 },
		{ "dream,alpha=2.0", 2000000 },
		{ "dream,alpha=0.1000000", 100000 },
		{ "dream,expired=clamp", 0 },
		{ "edf,expired=drop", 2 },
		{ "fcfs,expired=demote", 1 },
		{ "edf,admit=sound", 1 },
	};
	struct xrsched_policy_spec spec;
	struct xrsched_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		assert_ok(xrsched_policy_parse(numbers[i].text, &spec, &error),
			  &error);
		assert_int_equal(spec.nr, 1);
		assert_int_equal(spec.param[0].value, numbers[i].value);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		int ret;
		const char *says;
	} bad[] = {
		{ "drem", -ENOENT, "no policy \"drem\"; there are: " },
		{ "drem", -ENOENT, "dream-mapscore or dream" },
		{ "", -ENOENT, "no policy \"\"" },
		{ ",alpha=1", -ENOENT, "no policy \"\"" },
		{ "Edf", -ENOENT, "no policy \"Edf\"" },
		{ "edf,alpha=1", -EINVAL,
		  "policy edf has no parameter \"alpha\"; it has: expired, "
		  "admit" },
		{ "dream,gamma=1", -EINVAL, "has no parameter \"gamma\"" },
		{ "dream,", -EINVAL, "\"\" is not parameter=value" },
		{ "dream,alpha", -EINVAL, "\"alpha\" is not parameter=value" },
		{ "dream,alpha=1,alpha=1", -EINVAL, "alpha is given twice" },
		{ "dream,alpha=", -ERANGE,
		  "alpha=: must be a number from 0 to 2" },
		{ "dream,alpha=2.1", -ERANGE,
		  "alpha=2.1: must be a number from 0 to 2" },
		{ "dream,alpha=-0.1", -ERANGE, "alpha=-0.1: must be" },
		{ "dream,alpha=1e0", -ERANGE, "alpha=1e0: must be" },
		{ "dream,alpha=0.0000001", -ERANGE,
		  "with at most six decimals" },
		{ "dream,alpha=.5", -ERANGE, "alpha=.5: must be" },
		{ "dream,alpha=1.", -ERANGE, "alpha=1.: must be" },
		{ "dream,alpha= 1", -ERANGE, "alpha= 1: must be" },
		{ "dream,alpha=99999999999999999999", -ERANGE, "must be" },
		{ "dream,expired=never", -ERANGE,
		  "expired=never: must be one of clamp, demote, drop" },
		{ "dream,expired=1", -ERANGE, "must be one of" },
		{ "dream,start=1", -EINVAL, "must be start=ALPHA,BETA" },
		{ "dream,start=1,beta=1", -EINVAL, "must be start=ALPHA,BETA" },
		{ "dream,start=3,1", -ERANGE,
		  "alpha=3: must be a number from 0 to 2" },
		{ "dream,start=1,3", -ERANGE,
		  "beta=3: must be a number from 0 to 2" },
		{ "dream,start=1,1,beta=1", -EINVAL, "beta is given twice" },
		{ "edf,start=1,1", -EINVAL, "has no parameter \"start\"" },
		{ "dream-full,uxcost=prod", -ERANGE,
		  "must be one of sumsum, sumprod" },
		{ "dream-full,energy_denominator=all", -ERANGE,
		  "must be one of released, executed" },
		{ "edf,switch=fast", -ERANGE, "must be one of free, timed" },
	};
	struct xrsched_policy_spec spec;
	struct xrsched_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		int ret = xrsched_policy_parse(bad[i].text, &spec, &error);

		if (ret != bad[i].ret || !strstr(error.text, bad[i].says))
			fail_msg("\"%s\": %d \"%s\"", bad[i].text, ret,
				 error.text);
		assert_int_equal(xrsched_policy_parse(bad[i].text, &spec, NULL),
				 bad[i].ret);
	}
}

static void test_long(void **state)
{
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(xrsched_policy_parse(text, &spec, &error), -EINVAL);
	memcpy(text, "dream,alpha=", 12);
	text[200] = '\0';
	assert_int_equal(xrsched_policy_parse(text, &spec, &error), -ERANGE);
}

/* "start=A,B" is short for both weights. */
static void test_start(void **state)
{
	struct xrsched_policy_spec spec;
	struct xrsched_error error;

	(void)state;
	assert_ok(xrsched_policy_parse("dream-full,start=1,0.5,expired=clamp",
				       &spec, &error),
		  &error);
	assert_int_equal(spec.nr, 3);
	assert_string_equal(spec.param[0].name, "alpha");
	assert_int_equal(spec.param[0].value, 1000000);
	assert_string_equal(spec.param[1].name, "beta");
	assert_int_equal(spec.param[1].value, 500000);
	assert_string_equal(spec.param[2].name, "expired");
}

static void test_check(void **state)
{
	struct xrsched_policy_spec spec = { .name = "edf",
					    .nr = XRSCHED_POLICY_PARAMS + 1 };
	struct xrsched_error error;

	(void)state;
	assert_int_equal(xrsched_policy_check(&spec, &error), -EINVAL);
	spec.nr = 1;
	strcpy(spec.param[0].name, "expired");
	spec.param[0].value = 3;
	assert_int_equal(xrsched_policy_check(&spec, &error), -ERANGE);
	spec.param[0].value = -1;
	assert_int_equal(xrsched_policy_check(&spec, &error), -ERANGE);
	spec.param[0].value = 2;
	assert_ok(xrsched_policy_check(&spec, &error), &error);
	strcpy(spec.name, "none");
	assert_int_equal(xrsched_policy_check(&spec, &error), -ENOENT);
}

/* Every policy with every parameter at its least, default and greatest. */
static void test_round_trip(void **state)
{
	struct xrsched_policy_spec spec, again;
	struct xrsched_policy_info policy;
	struct xrsched_param_info param;
	struct xrsched_error error;
	char text[1024];

	(void)state;
	for (unsigned int p = 0; !xrsched_policy_get_info(p, &policy); p++) {
		assert_true(*policy.name && *policy.doc);
		for (int which = 0; which < 3; which++) {
			memset(&spec, 0, sizeof(spec));
			strcpy(spec.name, policy.name);
			for (unsigned int i = 0;
			     !xrsched_param_get_info(i, &param); i++) {
				if (!(policy.params & (1ULL << i)))
					continue;
				strcpy(spec.param[spec.nr].name, param.name);
				spec.param[spec.nr++].value =
					which == 0   ? param.min
					: which == 1 ? param.init
						     : param.max;
			}
			assert_true(xrsched_policy_format(&spec, text,
							  sizeof(text)) <
				    (int)sizeof(text));
			assert_ok(xrsched_policy_parse(text, &again, &error),
				  &error);
			assert_memory_equal(&spec, &again, sizeof(spec));
		}
	}
}

/* As long as a specification gets: its whole length is said, none is written. */
static void test_format_long(void **state)
{
	struct xrsched_policy_spec spec = { .nr = XRSCHED_POLICY_PARAMS };
	char text[4096], less[100];
	int length;

	(void)state;
	memset(spec.name, 'p', sizeof(spec.name) - 1);
	for (uint32_t i = 0; i < spec.nr; i++) {
		memset(spec.param[i].name, 'x', sizeof(spec.param[i].name) - 1);
		spec.param[i].value = INT64_MIN;
	}
	length = xrsched_policy_format(&spec, text, sizeof(text));
	assert_int_equal(length, 31 + 32 * (1 + 31 + 1 + 20));
	assert_int_equal(length, strlen(text));
	memset(less, '!', sizeof(less));
	assert_int_equal(xrsched_policy_format(&spec, less, 64), length);
	assert_int_equal(strlen(less), 63);
	assert_memory_equal(less, text, 63);
	assert_int_equal(less[64], '!');
	assert_int_equal(xrsched_policy_format(&spec, NULL, 0), length);
}

/* Defaults are those of the policy, not of the parameter. */
static void test_defaults(void **state)
{
	struct xrsched_policy_info policy;
	struct xrsched_param_info param;
	struct xrsched_error error;
	struct xrsched_policy_spec spec, set;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	for (unsigned int p = 0; !xrsched_policy_get_info(p, &policy); p++) {
		unsigned int i = 0;

		assert_ok(xrsched_policy_parse(policy.name, &spec, &error),
			  &error);
		assert_ok(xrsched_policy_set(x, &spec, &error), &error);
		assert_int_equal(xrsched_policy_get(x, &set), 0);
		for (; !xrsched_policy_get_param(p, i, &param); i++) {
			assert_string_equal(param.name, set.param[i].name);
			/* The search has it on a scale of its own. */
			if (strcmp(param.name, "alpha"))
				assert_int_equal(param.init,
						 set.param[i].value);
		}
		assert_int_equal(i, set.nr);
		assert_int_equal(i, __builtin_popcountll(policy.params));
	}
	assert_int_equal(xrsched_policy_get_param(1000, 0, &param), -ENOENT);
	xrsched_close(x);
}

static void test_param_format(void **state)
{
	static const char *const choices[] = { "no", "yes", NULL };
	struct xrsched_param_info millionths = { .unit = 1000000,
						 .min = -2000000,
						 .max = 2000000 };
	struct xrsched_param_info choice = { .unit = 1,
					     .max = 1,
					     .choices = choices };
	char text[16];

	(void)state;
	xrsched_param_format(&millionths, 1, text, sizeof(text));
	assert_string_equal(text, "0.000001");
	xrsched_param_format(&millionths, -1500000, text, sizeof(text));
	assert_string_equal(text, "-1.5");
	xrsched_param_format(&millionths, -100000, text, sizeof(text));
	assert_string_equal(text, "-0.1");
	xrsched_param_format(&millionths, 2000000, text, sizeof(text));
	assert_string_equal(text, "2");
	xrsched_param_format(&choice, 1, text, sizeof(text));
	assert_string_equal(text, "yes");
	xrsched_param_format(&choice, 7, text, sizeof(text));
	assert_string_equal(text, "7");
	assert_int_equal(xrsched_param_format(&choice, 1, text, 2), 3);
	assert_string_equal(text, "y");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alias),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_format_long),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_param_format),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
