// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may use the control plane: everybody may look at devices, engines and
 * policies; all else needs CAP_NET_ADMIN.
 */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "netlink_helpers.h"

FIXTURE(access)
{
	struct nlt *nl;
};

FIXTURE_SETUP(access)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->nl = nlt_open();
	ASSERT_NE(NULL, self->nl);
	ASSERT_LT(0, self->nl->family);
}

FIXTURE_TEARDOWN(access)
{
	nlt_close(self->nl);
}

/* Whoever is not root: a test is a process of its own, so it may stay so. */
static int become_nobody(void)
{
	return setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534);
}

TEST_F(access, engine_new)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(-EPERM, nlt_do(self->nl, engine_new_msg(self->nl)));
}

TEST_F(access, engine_del)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(-EPERM, engine_del(self->nl, 0));
}

TEST_F(access, stream_dump)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(-EPERM, nlt_dump(self->nl, XRSCHED_CMD_STREAM_GET));
	EXPECT_EQ(0, self->nl->nr);
}

TEST_F(access, policy_set)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(-EPERM, policy_set(self->nl, "fcfs"));
}

TEST_F(access, stats_reset)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(-EPERM, stats_reset(self->nl));
}

TEST_F(access, limits_set)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_LIMITS_SET,
				       XRSCHED_A_LIMITS_DEVICE, 0);

	ASSERT_EQ(0, become_nobody());
	nla_put_u32(msg, XRSCHED_A_LIMITS_MAX_JOBS, 1);
	EXPECT_EQ(-EPERM, nlt_do(self->nl, msg));
	EXPECT_EQ(0, nlt_do(self->nl, nlt_about(self->nl,
						XRSCHED_CMD_LIMITS_GET,
						XRSCHED_A_LIMITS_DEVICE, 0)));
	EXPECT_LT(1, nlt_u32(self->nl, 0, XRSCHED_A_LIMITS_MAX_JOBS));
}

/* Even on a socket of its own, which nobody privileged has opened. */
TEST_F(access, own_socket)
{
	struct nlt *nl;

	ASSERT_EQ(0, become_nobody());
	nl = nlt_open();
	ASSERT_NE(NULL, nl);
	EXPECT_EQ(-EPERM, policy_set(nl, "fcfs"));
	nlt_close(nl);
}

/* Has all that is permitted but @without, or nothing but @only. */
static int set_capabilities(int without, int only)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];
	int i;

	if (syscall(SYS_capget, &head, data))
		return -1;
	for (i = 0; i < 64; i++)
		if (i == without || (only >= 0 && i != only))
			data[i / 32].permitted &= ~(1U << (i % 32));
	for (i = 0; i < 2; i++) {
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &head, data);
}

TEST_F(access, root_without_the_capability)
{
	ASSERT_EQ(0, set_capabilities(CAP_NET_ADMIN, -1));
	EXPECT_EQ(-EPERM, stats_reset(self->nl));
}

TEST_F(access, nobody_with_the_capability)
{
	ASSERT_EQ(0, prctl(PR_SET_KEEPCAPS, 1));
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	ASSERT_EQ(0, set_capabilities(-1, CAP_NET_ADMIN));
	EXPECT_EQ(0, stats_reset(self->nl));
}

TEST_F(access, may_look)
{
	ASSERT_EQ(0, become_nobody());
	EXPECT_EQ(0, device_get(self->nl));
	EXPECT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_DEVICE_GET));
	EXPECT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_ENGINE_GET));
	EXPECT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_POLICY_GET));
	EXPECT_EQ(0, policy_get(self->nl));
}

/* Whose layer runs on the first engine: nobody; somebody; that was not told. */
enum told { IDLE, TOLD, NOT_TOLD, ODD };

static enum told told(struct nlt *nl)
{
	struct nlattr **engine = nl->object[0];
	int nr = !!engine[XRSCHED_A_ENGINE_STREAM] +
		 !!engine[XRSCHED_A_ENGINE_FRAME] +
		 !!engine[XRSCHED_A_ENGINE_LAYER];

	if (nl->nr < 1 || (nr && nr != 3) ||
	    (nr && !engine[XRSCHED_A_ENGINE_BUSY]))
		return ODD;
	if (nr)
		return TOLD;
	return engine[XRSCHED_A_ENGINE_BUSY] ? NOT_TOLD : IDLE;
}

static enum told told_by_get(struct nlt *nl, int engine)
{
	return nlt_do(nl, engine_msg(nl, XRSCHED_CMD_ENGINE_GET, engine)) ?
		       ODD :
		       told(nl);
}

static enum told told_by_dump(struct nlt *nl)
{
	return nlt_dump(nl, XRSCHED_CMD_ENGINE_GET) ? ODD : told(nl);
}

/* A client's stream and frame are nobody's business but an administrator's. */
TEST_F(access, whose_layer_runs)
{
	struct nl_msg *msg = nlt_about(self->nl, XRSCHED_CMD_ENGINE_NEW,
				       XRSCHED_A_ENGINE_DEVICE, 0);
	int fd = open_device(), id;
	struct nlt *own;

	ASSERT_LE(0, fd);
	nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, CLASS);
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	id = nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_ID);
	EXPECT_EQ(0, id);
	EXPECT_EQ(IDLE, told_by_get(self->nl, id));
	EXPECT_EQ(1, submit_one(fd, stream_create(fd, model_create(fd, 1,
								   100 * SEC),
						  0), 777));
	EXPECT_EQ(TOLD, told_by_get(self->nl, id));
	EXPECT_EQ(777, nlt_u64(self->nl, 0, XRSCHED_A_ENGINE_FRAME));
	EXPECT_EQ(TOLD, told_by_dump(self->nl));
	ASSERT_EQ(0, seteuid(65534));
	/* Neither on a socket that root has opened, nor on one of its own. */
	EXPECT_EQ(NOT_TOLD, told_by_get(self->nl, id));
	EXPECT_EQ(NOT_TOLD, told_by_dump(self->nl));
	own = nlt_open();
	ASSERT_NE(NULL, own);
	EXPECT_EQ(NOT_TOLD, told_by_get(own, id));
	EXPECT_EQ(NOT_TOLD, told_by_dump(own));
	nlt_close(own);
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(TOLD, told_by_get(self->nl, id));
	close(fd);
	EXPECT_EQ(0, engine_del(self->nl, id));
}

/* The family is there in the initial network namespace only. */
TEST_F(access, network_namespace)
{
	struct nlt *nl;

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	nl = nlt_open();
	ASSERT_NE(NULL, nl);
	EXPECT_EQ(-NLE_OBJ_NOTFOUND, nl->family);
	nl->family = self->nl->family;
	EXPECT_EQ(-ENOENT, device_get(nl));
	nlt_close(nl);
}

TEST_HARNESS_MAIN
