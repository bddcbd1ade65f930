// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the control plane refuses: each request is valid but for one thing, is
 * answered by the errno that Documentation/netlink.md names, in words, with the
 * attribute at fault, and changes nothing.
 */
#include <sys/utsname.h>

#include "netlink_helpers.h"

FIXTURE(refuse)
{
	struct nlt *nl;
	uint32_t engines;
	uint64_t reset_ns;
	char policy[XRSCHED_NAME_LEN];
	bool words; /* about dumps, too */
};

FIXTURE_SETUP(refuse)
{
	struct utsname kernel;
	int major, minor;

	if (geteuid())
		SKIP(return, "needs root");
	self->nl = nlt_open();
	ASSERT_NE(NULL, self->nl);
	ASSERT_LT(0, self->nl->family);
	ASSERT_EQ(0, device_get(self->nl));
	self->engines = nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_ENGINES);
	self->reset_ns = nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_RESET_NS);
	uname(&kernel);
	ASSERT_EQ(2, sscanf(kernel.release, "%d.%d", &major, &minor));
	self->words = major > 6 || (major == 6 && minor >= 6);
	strcpy(self->policy, nlt_string(self->nl, 0, XRSCHED_A_DEVICE_POLICY));
}

FIXTURE_TEARDOWN(refuse)
{
	EXPECT_EQ(0, device_get(self->nl));
	EXPECT_EQ(self->engines,
		  nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_ENGINES));
	EXPECT_EQ(self->reset_ns,
		  nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_RESET_NS));
	EXPECT_STREQ(self->policy,
		     nlt_string(self->nl, 0, XRSCHED_A_DEVICE_POLICY));
	nlt_close(self->nl);
}

/* Refused with @err because of attribute @attr, in words. */
#define EXPECT_BAD(err, attr, msg)                        \
	do {                                              \
		EXPECT_EQ(-(err), nlt_do(self->nl, msg)); \
		EXPECT_EQ(attr, self->nl->bad);           \
		EXPECT_STRNE("", self->nl->text);         \
		EXPECT_EQ(0, self->nl->nr);               \
	} while (0)

/*
 * The same of a dump.  Kernels before 6.6 have no place for the words about a
 * dump that does not begin, so there the errno has to do.
 */
#define EXPECT_BAD_DUMP(err, attr, msg)                   \
	do {                                              \
		EXPECT_EQ(-(err), nlt_do(self->nl, msg)); \
		EXPECT_EQ(0, self->nl->nr);               \
		if (self->words || self->nl->text[0]) {   \
			EXPECT_EQ(attr, self->nl->bad);   \
			EXPECT_STRNE("", self->nl->text); \
		}                                         \
	} while (0)

/* Refused because attribute @attr is not there. */
#define EXPECT_MISSING(attr, msg)                          \
	do {                                               \
		EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg)); \
		EXPECT_EQ(attr, self->nl->missing);        \
		EXPECT_STRNE("", self->nl->text);          \
		EXPECT_EQ(0, self->nl->nr);                \
	} while (0)

#define NEW(cmd) nlt_new(self->nl, XRSCHED_CMD_##cmd, 0)
#define DUMP(cmd) nlt_new(self->nl, XRSCHED_CMD_##cmd, NLM_F_DUMP)

TEST_F(refuse, unknown_command)
{
	EXPECT_EQ(-EOPNOTSUPP,
		  nlt_do(self->nl, nlt_new(self->nl, XRSCHED_CMD_MAX + 1, 0)));
}

TEST_F(refuse, command_0)
{
	EXPECT_EQ(-EOPNOTSUPP, nlt_do(self->nl, nlt_new(self->nl, 0, 0)));
}

TEST_F(refuse, reserved_header_field)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_DEVICE_GET,
				       XRSCHED_A_DEVICE_NR, 0);
	struct genlmsghdr *hdr = nlmsg_data(nlmsg_hdr(msg));

	hdr->reserved = 1;
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

TEST_F(refuse, reserved_flags)
{
	struct nl_msg *msg =
		nlt_new(self->nl, XRSCHED_CMD_DEVICE_GET, NLM_F_ATOMIC);

	nla_put_u32(msg, XRSCHED_A_DEVICE_NR, 0);
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

TEST_F(refuse, attribute_unknown)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_DEVICE_GET,
				       XRSCHED_A_DEVICE_NR, 0);

	nla_put_u32(msg, XRSCHED_A_DEVICE_MAX + 1, 0);
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

TEST_F(refuse, attribute_of_replies)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_DEVICE_GET,
				       XRSCHED_A_DEVICE_NR, 0);

	nla_put_u32(msg, XRSCHED_A_DEVICE_ENGINES, 0);
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

TEST_F(refuse, attribute_too_short)
{
	struct nl_msg *msg = NEW(DEVICE_GET);

	nla_put_u16(msg, XRSCHED_A_DEVICE_NR, 0);
	EXPECT_BAD(EINVAL, XRSCHED_A_DEVICE_NR, msg);
}

TEST_F(refuse, attribute_too_long)
{
	struct nl_msg *msg = NEW(DEVICE_GET);

	nla_put_u64(msg, XRSCHED_A_DEVICE_NR, 0);
	EXPECT_BAD(EINVAL, XRSCHED_A_DEVICE_NR, msg);
}

TEST_F(refuse, device_get_without_nr)
{
	EXPECT_MISSING(XRSCHED_A_DEVICE_NR, NEW(DEVICE_GET));
}

TEST_F(refuse, device_get_no_device)
{
	EXPECT_BAD(ENODEV, XRSCHED_A_DEVICE_NR,
		   nlt_about(self->nl, XRSCHED_CMD_DEVICE_GET,
			     XRSCHED_A_DEVICE_NR, NO_DEVICE));
}

TEST_F(refuse, device_get_highest_nr)
{
	EXPECT_BAD(ENODEV, XRSCHED_A_DEVICE_NR,
		   nlt_about(self->nl, XRSCHED_CMD_DEVICE_GET,
			     XRSCHED_A_DEVICE_NR, UINT32_MAX));
}

TEST_F(refuse, device_dump_with_nr)
{
	struct nl_msg *msg = DUMP(DEVICE_GET);

	nla_put_u32(msg, XRSCHED_A_DEVICE_NR, 0);
	EXPECT_BAD_DUMP(EINVAL, XRSCHED_A_DEVICE_NR, msg);
}

TEST_F(refuse, engine_get_without_device)
{
	struct nl_msg *msg = NEW(ENGINE_GET);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 0);
	EXPECT_MISSING(XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_get_without_id)
{
	EXPECT_MISSING(XRSCHED_A_ENGINE_ID,
		       nlt_about(self->nl, XRSCHED_CMD_ENGINE_GET,
				 XRSCHED_A_ENGINE_DEVICE, 0));
}

TEST_F(refuse, engine_get_no_device)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_ENGINE_GET,
				       XRSCHED_A_ENGINE_DEVICE, NO_DEVICE);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 0);
	EXPECT_BAD(ENODEV, XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_get_no_engine)
{
	EXPECT_BAD(ENOENT, XRSCHED_A_ENGINE_ID,
		   engine_msg(self->nl, XRSCHED_CMD_ENGINE_GET, 63));
}

TEST_F(refuse, engine_get_id_out_of_range)
{
	EXPECT_BAD(ERANGE, XRSCHED_A_ENGINE_ID,
		   engine_msg(self->nl, XRSCHED_CMD_ENGINE_GET, 64));
}

TEST_F(refuse, engine_dump_no_device)
{
	struct nl_msg *msg = DUMP(ENGINE_GET);

	nla_put_u32(msg, XRSCHED_A_ENGINE_DEVICE, NO_DEVICE);
	EXPECT_BAD_DUMP(ENODEV, XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_dump_with_id)
{
	struct nl_msg *msg = DUMP(ENGINE_GET);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 0);
	EXPECT_BAD_DUMP(EINVAL, XRSCHED_A_ENGINE_ID, msg);
}

TEST_F(refuse, engine_new_without_device)
{
	struct nl_msg *msg = NEW(ENGINE_NEW);

	nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, CLASS);
	EXPECT_MISSING(XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_new_without_class)
{
	EXPECT_MISSING(XRSCHED_A_ENGINE_CLASS,
		       nlt_about(self->nl, XRSCHED_CMD_ENGINE_NEW,
				 XRSCHED_A_ENGINE_DEVICE, 0));
}

TEST_F(refuse, engine_new_no_device)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_ENGINE_NEW,
				       XRSCHED_A_ENGINE_DEVICE, NO_DEVICE);

	nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, CLASS);
	EXPECT_BAD(ENODEV, XRSCHED_A_ENGINE_DEVICE, msg);
}

/* An engine whose class is @len bytes at @class, which need not end in NUL. */
static struct nl_msg *engine_of_class(struct nlt *nl, const char *class,
				      int len)
{
	struct nl_msg *msg = nlt_about(nl, XRSCHED_CMD_ENGINE_NEW,
				       XRSCHED_A_ENGINE_DEVICE, 0);

	nla_put(msg, XRSCHED_A_ENGINE_CLASS, len, class);
	return msg;
}

TEST_F(refuse, engine_new_class_empty)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "", 1));
}

TEST_F(refuse, engine_new_class_blank)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "a b", 4));
}

TEST_F(refuse, engine_new_class_not_ascii)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "\xc3\xa4", 3));
}

TEST_F(refuse, engine_new_class_too_long)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "12345678901234567890123456789012",
				   33));
}

TEST_F(refuse, engine_new_class_without_nul)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "abc", 3));
}

TEST_F(refuse, engine_new_class_of_no_bytes)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_CLASS,
		   engine_of_class(self->nl, "", 0));
}

TEST_F(refuse, engine_new_name_control_character)
{
	struct nl_msg *msg = engine_new_msg(self->nl);

	nla_put_string(msg, XRSCHED_A_ENGINE_NAME, "a\nb");
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_NAME, msg);
}

TEST_F(refuse, engine_new_name_too_long)
{
	struct nl_msg *msg = engine_new_msg(self->nl);

	nla_put_string(msg, XRSCHED_A_ENGINE_NAME,
		       "12345678901234567890123456789012");
	EXPECT_BAD(EINVAL, XRSCHED_A_ENGINE_NAME, msg);
}

TEST_F(refuse, engine_new_name_taken)
{
	struct nl_msg *msg = engine_new_msg(self->nl);
	int id;

	nla_put_string(msg, XRSCHED_A_ENGINE_NAME, "twin");
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	id = nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_ID);
	msg = engine_new_msg(self->nl);
	nla_put_string(msg, XRSCHED_A_ENGINE_NAME, "twin");
	EXPECT_BAD(EEXIST, XRSCHED_A_ENGINE_NAME, msg);
	EXPECT_EQ(0, engine_del(self->nl, id));
}

TEST_F(refuse, engine_new_kind_0)
{
	struct nl_msg *msg = engine_new_msg(self->nl);

	nla_put_u32(msg, XRSCHED_A_ENGINE_KIND, 0);
	EXPECT_BAD(ERANGE, XRSCHED_A_ENGINE_KIND, msg);
}

TEST_F(refuse, engine_new_kind_unknown)
{
	struct nl_msg *msg = engine_new_msg(self->nl);

	nla_put_u32(msg, XRSCHED_A_ENGINE_KIND, XRSCHED_ENGINE_KIND_DRIVER + 1);
	EXPECT_BAD(ERANGE, XRSCHED_A_ENGINE_KIND, msg);
}

TEST_F(refuse, engine_new_with_id)
{
	struct nl_msg *msg = engine_new_msg(self->nl);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 5);
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

TEST_F(refuse, engine_new_dump)
{
	EXPECT_EQ(-EOPNOTSUPP, nlt_do(self->nl, DUMP(ENGINE_NEW)));
}

TEST_F(refuse, engine_del_without_device)
{
	struct nl_msg *msg = NEW(ENGINE_DEL);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 0);
	EXPECT_MISSING(XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_del_without_id)
{
	EXPECT_MISSING(XRSCHED_A_ENGINE_ID,
		       nlt_about(self->nl, XRSCHED_CMD_ENGINE_DEL,
				 XRSCHED_A_ENGINE_DEVICE, 0));
}

TEST_F(refuse, engine_del_no_device)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_ENGINE_DEL,
				       XRSCHED_A_ENGINE_DEVICE, NO_DEVICE);

	nla_put_u32(msg, XRSCHED_A_ENGINE_ID, 0);
	EXPECT_BAD(ENODEV, XRSCHED_A_ENGINE_DEVICE, msg);
}

TEST_F(refuse, engine_del_no_engine)
{
	EXPECT_BAD(ENOENT, XRSCHED_A_ENGINE_ID,
		   engine_msg(self->nl, XRSCHED_CMD_ENGINE_DEL, 63));
}

TEST_F(refuse, engine_del_id_out_of_range)
{
	EXPECT_BAD(ERANGE, XRSCHED_A_ENGINE_ID,
		   engine_msg(self->nl, XRSCHED_CMD_ENGINE_DEL, 64));
}

TEST_F(refuse, stream_get_without_dump)
{
	EXPECT_EQ(-EOPNOTSUPP, nlt_do(self->nl, NEW(STREAM_GET)));
}

TEST_F(refuse, stream_dump_no_device)
{
	struct nl_msg *msg = DUMP(STREAM_GET);

	nla_put_u32(msg, XRSCHED_A_STREAM_DEVICE, NO_DEVICE);
	EXPECT_BAD_DUMP(ENODEV, XRSCHED_A_STREAM_DEVICE, msg);
}

TEST_F(refuse, policy_get_without_device)
{
	EXPECT_MISSING(XRSCHED_A_POLICY_DEVICE, NEW(POLICY_GET));
}

TEST_F(refuse, policy_get_no_device)
{
	EXPECT_BAD(ENODEV, XRSCHED_A_POLICY_DEVICE,
		   nlt_about(self->nl, XRSCHED_CMD_POLICY_GET,
			     XRSCHED_A_POLICY_DEVICE, NO_DEVICE));
}

TEST_F(refuse, policy_dump_with_device)
{
	struct nl_msg *msg = DUMP(POLICY_GET);

	nla_put_u32(msg, XRSCHED_A_POLICY_DEVICE, 0);
	EXPECT_BAD_DUMP(EINVAL, XRSCHED_A_POLICY_DEVICE, msg);
}

TEST_F(refuse, policy_set_without_device)
{
	struct nl_msg *msg = NEW(POLICY_SET);

	nla_put_string(msg, XRSCHED_A_POLICY_NAME, "fcfs");
	EXPECT_MISSING(XRSCHED_A_POLICY_DEVICE, msg);
}

TEST_F(refuse, policy_set_without_name)
{
	EXPECT_MISSING(XRSCHED_A_POLICY_NAME,
		       nlt_about(self->nl, XRSCHED_CMD_POLICY_SET,
				 XRSCHED_A_POLICY_DEVICE, 0));
}

TEST_F(refuse, policy_set_no_device)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_POLICY_SET,
				       XRSCHED_A_POLICY_DEVICE, NO_DEVICE);

	nla_put_string(msg, XRSCHED_A_POLICY_NAME, "fcfs");
	EXPECT_BAD(ENODEV, XRSCHED_A_POLICY_DEVICE, msg);
}

TEST_F(refuse, policy_set_no_policy)
{
	EXPECT_BAD(ENOENT, XRSCHED_A_POLICY_NAME,
		   policy_set_msg(self->nl, "nonsense"));
	EXPECT_NE(NULL, strstr(self->nl->text, "there are: lookahead, "));
	EXPECT_NE(NULL, strstr(self->nl->text, ", dream-full"));
}

TEST_F(refuse, policy_set_name_too_long)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_POLICY_NAME,
		   policy_set_msg(self->nl,
				  "12345678901234567890123456789012"));
}

TEST_F(refuse, policy_set_no_such_parameter)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "nonsense", 0);
	EXPECT_BAD(EINVAL, XRSCHED_A_PARAM_NAME, msg);
	EXPECT_NE(NULL, strstr(self->nl->text, ", alpha, beta, "));
}

TEST_F(refuse, policy_set_parameter_of_another_policy)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "fcfs");

	put_setting(msg, "alpha", 0);
	EXPECT_BAD(EINVAL, XRSCHED_A_PARAM_NAME, msg);
	EXPECT_NE(NULL, strstr(self->nl->text, "it has: expired, admit, "));
	EXPECT_EQ(NULL, strstr(self->nl->text, "alpha"));
}

TEST_F(refuse, policy_set_parameter_twice)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "alpha", 1);
	put_setting(msg, "alpha", 1);
	EXPECT_BAD(EINVAL, XRSCHED_A_PARAM_NAME, msg);
}

TEST_F(refuse, policy_set_value_too_small)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "alpha", -1);
	EXPECT_BAD(ERANGE, XRSCHED_A_PARAM_VALUE, msg);
}

TEST_F(refuse, policy_set_value_too_great)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "alpha", 2000001);
	EXPECT_BAD(ERANGE, XRSCHED_A_PARAM_VALUE, msg);
}

TEST_F(refuse, policy_set_second_of_two_settings)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "beta", 1);
	put_setting(msg, "expired", INT64_MAX);
	EXPECT_BAD(ERANGE, XRSCHED_A_PARAM_VALUE, msg);
}

/* A setting with all but one of what it needs, or with something else, too. */
static struct nl_msg *half_setting(struct nlt *nl, bool name, bool value,
				   int other, int flags)
{
	struct nl_msg *msg = policy_set_msg(nl, "dream");
	struct nlattr *nest = nla_nest_start(msg, XRSCHED_A_POLICY_SETTING);

	if (name)
		nla_put_string(msg, XRSCHED_A_PARAM_NAME, "alpha");
	if (value)
		nla_put_s64(msg, XRSCHED_A_PARAM_VALUE, 0);
	if (other)
		nla_put_s64(msg, other, 0);
	nla_nest_end(msg, nest);
	nest->nla_type = XRSCHED_A_POLICY_SETTING | flags;
	return msg;
}

TEST_F(refuse, policy_set_setting_without_name)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_POLICY_SETTING,
		   half_setting(self->nl, false, true, 0, NLA_F_NESTED));
}

TEST_F(refuse, policy_set_setting_without_value)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_POLICY_SETTING,
		   half_setting(self->nl, true, false, 0, NLA_F_NESTED));
}

TEST_F(refuse, policy_set_setting_with_more)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_PARAM_MIN_VALUE,
		   half_setting(self->nl, true, true, XRSCHED_A_PARAM_MIN_VALUE,
				NLA_F_NESTED));
}

TEST_F(refuse, policy_set_setting_not_nested)
{
	EXPECT_BAD(EINVAL, XRSCHED_A_POLICY_SETTING,
		   half_setting(self->nl, true, true, 0, 0));
}

TEST_F(refuse, policy_set_with_param)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");
	struct nlattr *nest = nla_nest_start(msg, XRSCHED_A_POLICY_PARAM);

	nla_put_string(msg, XRSCHED_A_PARAM_NAME, "alpha");
	nla_put_s64(msg, XRSCHED_A_PARAM_VALUE, 0);
	nla_nest_end(msg, nest);
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, msg));
}

static bool limit_in_bytes(int attr)
{
	return attr == XRSCHED_A_LIMITS_MAX_MODEL_BYTES ||
	       attr == XRSCHED_A_LIMITS_MAX_RING_BYTES ||
	       attr == XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES ||
	       attr == XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES;
}

static struct nl_msg *limits_msg(struct nlt *nl, int attr, uint64_t value)
{
	struct nl_msg *msg = nlt_about(nl, XRSCHED_CMD_LIMITS_SET,
				       XRSCHED_A_LIMITS_DEVICE, 0);

	if (limit_in_bytes(attr))
		nla_put_u64(msg, attr, value);
	else
		nla_put_u32(msg, attr, value);
	return msg;
}

TEST_F(refuse, limits_get_without_device)
{
	EXPECT_MISSING(XRSCHED_A_LIMITS_DEVICE, NEW(LIMITS_GET));
}

TEST_F(refuse, limits_get_no_device)
{
	EXPECT_BAD(ENODEV, XRSCHED_A_LIMITS_DEVICE,
		   nlt_about(self->nl, XRSCHED_CMD_LIMITS_GET,
			     XRSCHED_A_LIMITS_DEVICE, NO_DEVICE));
}

TEST_F(refuse, limits_set_without_device)
{
	EXPECT_MISSING(XRSCHED_A_LIMITS_DEVICE, NEW(LIMITS_SET));
}

TEST_F(refuse, limits_set_out_of_range)
{
	int attr;

	for (attr = XRSCHED_A_LIMITS_MAX_MODELS;
	     attr <= XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES; attr++) {
		EXPECT_BAD(ERANGE, attr, limits_msg(self->nl, attr, 0));
		EXPECT_BAD(ERANGE, attr, limits_msg(self->nl, attr, UINT32_MAX));
		if (limit_in_bytes(attr))
			EXPECT_BAD(ERANGE, attr,
				   limits_msg(self->nl, attr,
					      (1ULL << 32) + 4096));
	}
}

TEST_F(refuse, limits_set_what_is_counted)
{
	EXPECT_EQ(-EINVAL, nlt_do(self->nl, limits_msg(self->nl,
						       XRSCHED_A_LIMITS_JOBS,
						       1)));
	EXPECT_NE('\0', self->nl->text[0]);
}

TEST_F(refuse, stats_reset_without_nr)
{
	EXPECT_MISSING(XRSCHED_A_DEVICE_NR, NEW(STATS_RESET));
}

TEST_F(refuse, stats_reset_no_device)
{
	EXPECT_BAD(ENODEV, XRSCHED_A_DEVICE_NR,
		   nlt_about(self->nl, XRSCHED_CMD_STATS_RESET,
			     XRSCHED_A_DEVICE_NR, NO_DEVICE));
}

TEST_HARNESS_MAIN
