// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every refusal says in words what is wrong, whatever is wrong: all commands
 * there are, with no attribute, with each attribute alone, with each beside
 * what the command is about, in values and lengths that are mostly wrong.
 */
#include "netlink_helpers.h"

/* Attributes beyond what any set has are tried as well. */
#define ATTRIBUTES 60

FIXTURE(words)
{
	struct nlt *nl;
	uint32_t flags[XRSCHED_CMD_MAX + 1]; /* of each command: what it has */
	int refused;
	int mute; /* without words */
};

/* What commands the family has, and in which form. */
static int list_commands(FIXTURE_DATA(words) *self)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest, *id, *flags;
	int rem, nr = 0;

	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0,
		    CTRL_CMD_GETFAMILY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, XRSCHED_FAMILY_NAME);
	if (nlt_do(self->nl, msg) || !self->nl->object[0][CTRL_ATTR_OPS])
		return 0;
	nla_for_each_nested(nest, self->nl->object[0][CTRL_ATTR_OPS], rem) {
		id = nla_find(nla_data(nest), nla_len(nest), CTRL_ATTR_OP_ID);
		flags = nla_find(nla_data(nest), nla_len(nest),
				 CTRL_ATTR_OP_FLAGS);
		if (id && flags && nla_get_u32(id) <= XRSCHED_CMD_MAX) {
			self->flags[nla_get_u32(id)] = nla_get_u32(flags);
			nr++;
		}
	}
	return nr;
}

FIXTURE_SETUP(words)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->nl = nlt_open();
	ASSERT_NE(NULL, self->nl);
	ASSERT_LT(0, self->nl->family);
	ASSERT_LT(0, list_commands(self));
}

FIXTURE_TEARDOWN(words)
{
	nlt_close(self->nl);
}

static void attempt(FIXTURE_DATA(words) *self, int cmd, struct nl_msg *msg)
{
	int ret = nlt_do(self->nl, msg);

	if (!ret)
		return;
	self->refused++;
	if (self->nl->text[0])
		return;
	self->mute++;
	printf("# command %d: %d without words\n", cmd, ret);
}

/* One more attribute, as wrong as @how says. */
static void put_attribute(struct nl_msg *msg, int attr, int how)
{
	static const char text[64] = "no such thing";
	uint64_t zero = 0, all = UINT64_MAX;

	switch (how) {
	case 0:
		nla_put(msg, attr, 0, "");
		break;
	case 1:
		nla_put(msg, attr, 3, text);
		break;
	case 2:
		nla_put(msg, attr, 4, &zero);
		break;
	case 3:
		nla_put(msg, attr, 4, &all);
		break;
	case 4:
		nla_put(msg, attr, 8, &all);
		break;
	case 5:
		nla_put_string(msg, attr, text);
		break;
	case 6:
		nla_put(msg, attr, sizeof(text), text);
		break;
	case 7: /* a nest with nothing in it */
		nla_put(msg, attr | NLA_F_NESTED, 0, "");
		break;
	case 8: /* a nest of something unknown */
		nla_nest_end(msg, ({
			struct nlattr *nest = nla_nest_start(msg, attr);

			nla_put_u32(msg, 50, 1);
			nest;
		}));
		break;
	}
}

#define WAYS 9

/*
 * Attribute 1 names the device in every set.  On debug kernels this takes longer
 * than the harness allows if nothing is said.
 */
TEST_F_TIMEOUT(words, of_every_command, 110)
{
	struct nl_msg *msg;
	int cmd, attr, how, with;
	uint32_t retries;

	/* The one thing that some of this may set. */
	ASSERT_EQ(0, nlt_do(self->nl, nlt_about(self->nl, XRSCHED_CMD_GUARD_GET,
						XRSCHED_A_GUARD_DEVICE, 0)));
	retries = nlt_u32(self->nl, 0, XRSCHED_A_GUARD_RETRIES);
	for (cmd = 1; cmd <= XRSCHED_CMD_MAX; cmd++) {
		if (!(self->flags[cmd] & GENL_CMD_CAP_DO))
			continue;
		if (cmd != XRSCHED_CMD_STATS_RESET)
			attempt(self, cmd, nlt_new(self->nl, cmd, 0));
		for (attr = 1; attr < ATTRIBUTES; attr++)
			for (how = 0; how < WAYS; how++)
				for (with = 0; with < 2; with++) {
					msg = nlt_new(self->nl, cmd, 0);
					if (with && attr != 1)
						nla_put_u32(msg, 1, 0);
					put_attribute(msg, attr, how);
					attempt(self, cmd, msg);
				}
	}
	msg = nlt_about(self->nl, XRSCHED_CMD_GUARD_SET, XRSCHED_A_GUARD_DEVICE,
			0);
	nla_put_u32(msg, XRSCHED_A_GUARD_RETRIES, retries);
	EXPECT_EQ(0, nlt_do(self->nl, msg));
	EXPECT_EQ(0, self->mute);
	/* Most of it is wrong: something has to have been refused. */
	EXPECT_LT(1000, self->refused);
}

/* What has no form of this kind is refused by generic netlink, not by us. */
TEST_F(words, of_a_form_that_is_not_there)
{
	int cmd;

	for (cmd = 1; cmd <= XRSCHED_CMD_MAX; cmd++)
		if (!self->flags[cmd])
			EXPECT_EQ(-EOPNOTSUPP,
				  nlt_do(self->nl, nlt_new(self->nl, cmd, 0)));
}

/*
 * A policy with all its parameters is the largest object: it has to fit into
 * the kernel's answer and the parts of a dump, with room for more.
 */
TEST_F(words, largest_answer)
{
	char before[XRSCHED_NAME_LEN];
	struct nlmsghdr *hdr;

	ASSERT_EQ(0, policy_get(self->nl));
	strcpy(before, nlt_string(self->nl, 0, XRSCHED_A_POLICY_NAME));
	ASSERT_EQ(0, policy_set(self->nl, "dream-full"));
	EXPECT_EQ(0, policy_get(self->nl));
	ASSERT_LT(0, self->nl->nr_memory);
	hdr = self->nl->memory[0];
	TH_LOG("%u bytes", hdr->nlmsg_len);
	EXPECT_GT(8192 * 3 / 4, hdr->nlmsg_len);
	EXPECT_EQ(0, policy_set(self->nl, before));
}

TEST_HARNESS_MAIN
