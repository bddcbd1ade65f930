// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control plane as libxrsched offers it (xrsched/control.h).
 */
#include <xrsched/control.h>
#include <xrsched/xrsched.h>

#include "helpers.h"

FIXTURE(library)
{
	struct xrsched_control *control;
	int nr_before;
	uint64_t mine; /* mask of the engines that the test made */
};

static int count_engines(struct xrsched_control *control)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(control, 0, &list);

	if (nr >= 0)
		xrsched_free(list);
	return nr;
}

FIXTURE_SETUP(library)
{
	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, xrsched_control_open(&self->control));
	self->nr_before = count_engines(self->control);
	ASSERT_LE(0, self->nr_before);
}

FIXTURE_TEARDOWN(library)
{
	int id;

	for (id = 0; id < 64; id++)
		if (self->mine & (1ULL << id)) {
			EXPECT_EQ(0, xrsched_control_engine_del(self->control,
								0, id));
		}
	EXPECT_EQ(self->nr_before, count_engines(self->control));
	xrsched_control_close(self->control);
}

/* An engine that the teardown removes. */
static int engine_new(struct xrsched_control *control, uint64_t *mine,
		      const char *name)
{
	int id = xrsched_control_engine_new(control, 0, XRSCHED_ENGINE_KIND_SIM,
					    CLASS, name, 0, 0);

	if (id >= 0)
		*mine |= 1ULL << id;
	return id;
}

/* Refused, and the words say so. */
#define EXPECT_REFUSED(err, words, ret)                                        \
	do {                                                                   \
		EXPECT_EQ(-(err), ret);                                        \
		EXPECT_NE(NULL,                                                \
			  strstr(xrsched_control_error(self->control), words)) \
		{                                                              \
			TH_LOG("'%s'", xrsched_control_error(self->control));  \
		}                                                              \
	} while (0)

TEST_F(library, devices)
{
	struct xrsched_control_device *list, one;
	int nr = xrsched_control_devices(self->control, &list);

	ASSERT_LE(1, nr);
	EXPECT_EQ(0, list[0].nr);
	ASSERT_EQ(0, xrsched_control_device_get(self->control, 0, &one));
	EXPECT_STREQ(list[0].policy, one.policy);
	EXPECT_LE(list[0].now_ns, one.now_ns);
	EXPECT_EQ((uint32_t)self->nr_before, one.engines);
	EXPECT_STREQ("", xrsched_control_error(self->control));
	xrsched_free(list);
}

TEST_F(library, engines)
{
	struct xrsched_control_engine *list;
	int id, nr;

	id = engine_new(self->control, &self->mine, "library");
	ASSERT_LE(0, id);
	nr = xrsched_control_engines(self->control, XRSCHED_CONTROL_ALL, &list);
	ASSERT_LT(0, nr);
	while (nr-- && (list[nr].device || (int)list[nr].id != id))
		;
	ASSERT_LE(0, nr);
	EXPECT_STREQ("library", list[nr].name);
	EXPECT_STREQ(CLASS, list[nr].class_name);
	EXPECT_EQ(XRSCHED_ENGINE_KIND_SIM, list[nr].kind);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP, list[nr].state);
	EXPECT_EQ(0, list[nr].busy);
	xrsched_free(list);
}

TEST_F(library, engines_64)
{
	int id;

	while ((id = engine_new(self->control, &self->mine, NULL)) >= 0)
		;
	EXPECT_REFUSED(ENOSPC, "no room", id);
	EXPECT_EQ(64, count_engines(self->control));
}

TEST_F(library, engines_of_no_device)
{
	struct xrsched_control_engine *list;

	/* Old kernels have no words about dumps, so these may be errno's. */
	EXPECT_REFUSED(ENODEV, "such device",
		       xrsched_control_engines(self->control, 1000, &list));
}

TEST_F(library, engine_name_taken)
{
	ASSERT_LE(0, engine_new(self->control, &self->mine, "library"));
	EXPECT_REFUSED(EEXIST, "of this name",
		       engine_new(self->control, &self->mine, "library"));
}

TEST_F(library, engine_name_too_long)
{
	EXPECT_REFUSED(EINVAL, "31 bytes",
		       engine_new(self->control, &self->mine,
				  "12345678901234567890123456789012"));
}

TEST_F(library, engine_kind_unknown)
{
	EXPECT_EQ(-ERANGE, xrsched_control_engine_new(self->control, 0, 77,
						      CLASS, NULL, 0, 0));
}

TEST_F(library, engine_bandwidth)
{
	struct xrsched_control_engine *list;
	uint64_t shown = 0;
	int id, nr, i;

	EXPECT_EQ(-ERANGE, xrsched_control_engine_new(self->control, 0,
						      XRSCHED_ENGINE_KIND_SIM,
						      CLASS, NULL, 0,
						      (1ULL << 40) + 1));
	id = xrsched_control_engine_new(self->control, 0,
					XRSCHED_ENGINE_KIND_SIM, CLASS, NULL, 0,
					1ULL << 40);
	ASSERT_LE(0, id);
	nr = xrsched_control_engines(self->control, 0, &list);
	ASSERT_LT(0, nr);
	for (i = 0; i < nr; i++)
		if (list[i].id == (uint32_t)id)
			shown = list[i].bytes_per_us;
	xrsched_free(list);
	EXPECT_EQ(0, xrsched_control_engine_del(self->control, 0, id));
	EXPECT_EQ(1ULL << 40, shown);
}

TEST_F(library, engine_del_no_engine)
{
	EXPECT_REFUSED(ENOENT, "no such engine",
		       xrsched_control_engine_del(self->control, 0, 63));
}

TEST_F(library, streams)
{
	struct xrsched_control_stream *list;
	struct xrsched_stream_create s;
	int nr, fd = open_device();

	stream_init(&s, model_create(fd, 1, USEC));
	ASSERT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &s));
	nr = xrsched_control_streams(self->control, 0, &list);
	ASSERT_LT(0, nr);
	while (nr-- && list[nr].id != s.id)
		;
	ASSERT_LE(0, nr);
	EXPECT_STREQ("stream", list[nr].name);
	EXPECT_STREQ("model", list[nr].model);
	EXPECT_EQ((uint32_t)getpid(), list[nr].pid);
	EXPECT_EQ(-1, list[nr].upstream);
	EXPECT_EQ(s.period_ns, list[nr].period_ns);
	EXPECT_EQ(s.deadline_ns, list[nr].deadline_ns);
	xrsched_free(list);
	close(fd);
}

TEST_F(library, policy)
{
	struct xrsched_control_policy info;
	struct xrsched_policy_spec spec;
	uint32_t i;

	ASSERT_EQ(0, xrsched_policy_parse("dream,alpha=0.5,expired=clamp",
					  &spec, NULL));
	ASSERT_EQ(0, xrsched_control_policy_set(self->control, 0, &spec));
	ASSERT_EQ(0, xrsched_control_policy_get(self->control, 0, &info));
	EXPECT_STREQ(spec.name, info.name);
	EXPECT_EQ(0, info.device);
	for (i = 0; i < info.nr_params; i++) {
		if (!strcmp(info.param[i].name, "alpha")) {
			EXPECT_EQ(500000, info.param[i].value);
		} else if (!strcmp(info.param[i].name, "expired")) {
			EXPECT_STREQ("clamp",
				     info.param[i].choice[info.param[i].value]);
		} else {
			EXPECT_EQ(info.param[i].init, info.param[i].value);
		}
	}
}

TEST_F(library, policy_unknown)
{
	struct xrsched_policy_spec spec = { .name = "nonsense" };

	EXPECT_REFUSED(ENOENT, "no such policy",
		       xrsched_control_policy_set(self->control, 0, &spec));
}

TEST_F(library, policy_parameter_unknown)
{
	struct xrsched_policy_spec spec = {
		.name = "fcfs",
		.nr = 1,
		.param = { { .name = "alpha" } },
	};

	EXPECT_REFUSED(EINVAL, "no such parameter",
		       xrsched_control_policy_set(self->control, 0, &spec));
}

TEST_F(library, policy_value_out_of_range)
{
	struct xrsched_policy_spec spec = {
		.name = "dream",
		.nr = 1,
		.param = { { .name = "alpha", .value = -1 } },
	};

	EXPECT_REFUSED(ERANGE, "from 0 to 2",
		       xrsched_control_policy_set(self->control, 0, &spec));
}

TEST_F(library, policy_too_many_parameters)
{
	struct xrsched_policy_spec spec = {
		.name = "dream", .nr = XRSCHED_POLICY_PARAMS + 1,
	};

	EXPECT_REFUSED(EINVAL, " parameters",
		       xrsched_control_policy_set(self->control, 0, &spec));
}

/* The kernel's table of policies is the one that the library was made with. */
TEST_F(library, policies)
{
	struct xrsched_control_policy *list;
	struct xrsched_policy_info policy;
	struct xrsched_param_info param;
	unsigned int i, n;
	int nr = xrsched_control_policies(self->control, &list);

	ASSERT_LT(0, nr);
	for (i = 0; !xrsched_policy_get_info(i, &policy); i++) {
		ASSERT_LT(i, (unsigned int)nr);
		EXPECT_STREQ(policy.name, list[i].name);
		EXPECT_STREQ(policy.doc, list[i].doc);
		EXPECT_EQ(XRSCHED_CONTROL_ALL, list[i].device);
		for (n = 0; !xrsched_policy_get_param(i, n, &param); n++) {
			ASSERT_LT(n, list[i].nr_params);
			EXPECT_STREQ(param.name, list[i].param[n].name);
			EXPECT_STREQ(param.doc, list[i].param[n].doc);
			EXPECT_EQ(param.min, list[i].param[n].min);
			EXPECT_EQ(param.max, list[i].param[n].max);
			EXPECT_EQ(param.init, list[i].param[n].value);
			EXPECT_EQ(param.unit, list[i].param[n].unit);
		}
		EXPECT_EQ(n, list[i].nr_params);
	}
	EXPECT_EQ((unsigned int)nr, i);
	xrsched_free(list);
}

TEST_F(library, stats_reset)
{
	struct xrsched_control_device before, after;

	ASSERT_EQ(0, xrsched_control_device_get(self->control, 0, &before));
	ASSERT_EQ(0, xrsched_control_stats_reset(self->control, 0));
	ASSERT_EQ(0, xrsched_control_device_get(self->control, 0, &after));
	EXPECT_LT(before.reset_ns, after.reset_ns);
	EXPECT_REFUSED(ENODEV, "no such device",
		       xrsched_control_stats_reset(self->control, 1000));
}

TEST_F(library, unprivileged)
{
	ASSERT_EQ(0, setegid(65534));
	ASSERT_EQ(0, seteuid(65534));
	EXPECT_REFUSED(EPERM, "CAP_NET_ADMIN",
		       xrsched_control_stats_reset(self->control, 0));
	EXPECT_LE(0, count_engines(self->control));
	/* For the teardown. */
	ASSERT_EQ(0, seteuid(0));
}

TEST_HARNESS_MAIN
