// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each command of the control plane does, and what dumps hold to.
 */
#include "netlink_helpers.h"

#define Q48 (1ULL << 48)

FIXTURE(netlink)
{
	struct nlt *nl;
	uint64_t mine; /* mask of the engines that the test made */
	struct nlt *small; /* dumps come in small parts */
	int fd; /* a client */
	uint32_t nr_before;
};

FIXTURE_SETUP(netlink)
{
	if (geteuid())
		SKIP(return, "needs root");
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->nl = nlt_open();
	self->small = nlt_open_reading(SMALL_READ);
	ASSERT_NE(NULL, self->nl);
	ASSERT_NE(NULL, self->small);
	ASSERT_LT(0, self->nl->family);
	ASSERT_EQ(0, device_get(self->nl));
	self->nr_before = nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_ENGINES);
}

FIXTURE_TEARDOWN(netlink)
{
	int id;

	for (id = 0; id < 64; id++)
		if (self->mine & (1ULL << id)) {
			EXPECT_EQ(0, engine_del(self->nl, id));
		}
	EXPECT_EQ(0, policy_set(self->nl, "dream"));
	nlt_close(self->nl);
	nlt_close(self->small);
	close(self->fd);
}

/* Makes an engine that the teardown removes; returns its id, or -errno. */
static int make_engine(struct nlt *nl, uint64_t *mine, struct nl_msg *msg)
{
	int ret = nlt_do(nl, msg);

	if (ret)
		return ret;
	ret = nlt_u32(nl, 0, XRSCHED_A_ENGINE_ID);
	*mine |= 1ULL << ret;
	return ret;
}

/* Fills the device up; returns the highest of the engines made. */
static int make_many(struct nlt *nl, uint64_t *mine)
{
	int id, last = -1;

	while ((id = make_engine(nl, mine, engine_new_msg(nl))) >= 0)
		last = id > last ? id : last;
	return last;
}

/* Index of the object whose attribute is this number, -1: none. */
static int find(struct nlt *nl, int attr, uint32_t value)
{
	int i;

	for (i = 0; i < nl->nr; i++)
		if (nlt_u32(nl, i, attr) == value)
			return i;
	return -1;
}

/* The first attribute that object @i has not; 0: all but @pad and @other. */
static int missing(struct nlt *nl, int i, int max, int pad, int other)
{
	int attr;

	for (attr = 1; attr <= max; attr++)
		if (attr != pad && attr != other && !nl->object[i][attr])
			return attr;
	return 0;
}

TEST_F(netlink, family_lists_its_commands)
{
	static const struct {
		int cmd;
		uint32_t flags;
	} op[] = {
		{ XRSCHED_CMD_DEVICE_GET, GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP },
		{ XRSCHED_CMD_ENGINE_GET, GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP },
		{ XRSCHED_CMD_ENGINE_NEW, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_ENGINE_DEL, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_STREAM_GET, GENL_CMD_CAP_DUMP | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_POLICY_GET, GENL_CMD_CAP_DO | GENL_CMD_CAP_DUMP },
		{ XRSCHED_CMD_POLICY_SET, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_STATS_RESET, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_FAULT_GET, GENL_CMD_CAP_DO },
		{ XRSCHED_CMD_FAULT_SET, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_GUARD_GET, GENL_CMD_CAP_DO },
		{ XRSCHED_CMD_GUARD_SET, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
		{ XRSCHED_CMD_LIMITS_GET, GENL_CMD_CAP_DO },
		{ XRSCHED_CMD_LIMITS_SET, GENL_CMD_CAP_DO | GENL_ADMIN_PERM },
	};
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest, *id, *flags;
	int rem, n = 0;

	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0,
		    CTRL_CMD_GETFAMILY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, XRSCHED_FAMILY_NAME);
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	EXPECT_EQ(XRSCHED_FAMILY_VERSION,
		  nlt_u32(self->nl, 0, CTRL_ATTR_VERSION));
	EXPECT_EQ(0, nlt_u32(self->nl, 0, CTRL_ATTR_HDRSIZE));
	nla_for_each_nested(nest, self->nl->object[0][CTRL_ATTR_OPS], rem) {
		id = nla_find(nla_data(nest), nla_len(nest), CTRL_ATTR_OP_ID);
		flags = nla_find(nla_data(nest), nla_len(nest),
				 CTRL_ATTR_OP_FLAGS);
		ASSERT_LT(n, (int)(sizeof(op) / sizeof(op[0])));
		EXPECT_EQ(op[n].cmd, (int)nla_get_u32(id));
		EXPECT_EQ(op[n].flags | GENL_CMD_CAP_HASPOL,
			  nla_get_u32(flags));
		n++;
	}
	EXPECT_EQ(sizeof(op) / sizeof(op[0]), (size_t)n);
}

TEST_F(netlink, device_get)
{
	ASSERT_EQ(0, device_get(self->nl));
	ASSERT_EQ(1, self->nl->nr);
	EXPECT_EQ(0, missing(self->nl, 0, XRSCHED_A_DEVICE_MAX,
			     XRSCHED_A_DEVICE_PAD, 0));
	EXPECT_EQ(0, nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_NR));
	EXPECT_LE(1, nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_CLIENTS));
	EXPECT_GE(now_ns(), nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_NOW_NS));
	EXPECT_GE(nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_NOW_NS),
		  nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_RESET_NS));
}

TEST_F(netlink, device_get_counts)
{
	uint32_t clients, streams;
	int fd;

	ASSERT_EQ(0, device_get(self->nl));
	clients = nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_CLIENTS);
	streams = nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_STREAMS);
	fd = open_device();
	ASSERT_NE(0, stream_create(fd, model_create(fd, 1, USEC), 0));
	ASSERT_LE(0,
		  make_engine(self->nl, &self->mine, engine_new_msg(self->nl)));
	ASSERT_EQ(0, device_get(self->nl));
	EXPECT_EQ(clients + 1, nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_CLIENTS));
	EXPECT_EQ(streams + 1, nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_STREAMS));
	EXPECT_EQ(self->nr_before + 1,
		  nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_ENGINES));
	EXPECT_EQ(self->nr_before + 1,
		  nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_ENGINES_UP));
	close(fd);
}

TEST_F(netlink, device_dump)
{
	int i;

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_DEVICE_GET));
	ASSERT_LE(1, self->nl->nr);
	for (i = 1; i < self->nl->nr; i++)
		EXPECT_LT(nlt_u32(self->nl, i - 1, XRSCHED_A_DEVICE_NR),
			  nlt_u32(self->nl, i, XRSCHED_A_DEVICE_NR));
	EXPECT_EQ(0, nlt_u32(self->nl, 0, XRSCHED_A_DEVICE_NR));
}

TEST_F(netlink, engine_new_answers_with_the_engine)
{
	char name[32];
	int id;

	id = make_engine(self->nl, &self->mine, engine_new_msg(self->nl));
	ASSERT_LE(0, id);
	ASSERT_EQ(1, self->nl->nr);
	snprintf(name, sizeof(name), "engine%d", id);
	EXPECT_EQ(0, nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_DEVICE));
	EXPECT_STREQ("netlink",
		     nlt_string(self->nl, 0, XRSCHED_A_ENGINE_CLASS));
	EXPECT_STREQ(name, nlt_string(self->nl, 0, XRSCHED_A_ENGINE_NAME));
	EXPECT_EQ(XRSCHED_ENGINE_KIND_SIM,
		  nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_KIND));
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP,
		  nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_STATE));
	EXPECT_EQ(NULL, self->nl->object[0][XRSCHED_A_ENGINE_BUSY]);
	EXPECT_EQ(0, nlt_u64(self->nl, 0, XRSCHED_A_ENGINE_LAYERS));
}

TEST_F(netlink, engine_get)
{
	struct nl_msg *msg = engine_new_msg(self->nl);
	int id, attr;

	nla_put_string(msg, XRSCHED_A_ENGINE_NAME,
		       "1234567890123456789012345678901");
	nla_put_u32(msg, XRSCHED_A_ENGINE_KIND, XRSCHED_ENGINE_KIND_NULL);
	id = make_engine(self->nl, &self->mine, msg);
	ASSERT_LE(0, id);
	ASSERT_EQ(0, nlt_do(self->nl,
			    engine_msg(self->nl, XRSCHED_CMD_ENGINE_GET, id)));
	ASSERT_EQ(1, self->nl->nr);
	/* All but what there is to say while a layer runs. */
	for (attr = 1; attr <= XRSCHED_A_ENGINE_MAX; attr++)
		EXPECT_EQ(attr != XRSCHED_A_ENGINE_PAD &&
				  attr != XRSCHED_A_ENGINE_BUSY &&
				  attr != XRSCHED_A_ENGINE_STREAM &&
				  attr != XRSCHED_A_ENGINE_FRAME &&
				  attr != XRSCHED_A_ENGINE_LAYER,
			  !!self->nl->object[0][attr]);
	EXPECT_EQ(id, (int)nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_ID));
	EXPECT_STREQ("1234567890123456789012345678901",
		     nlt_string(self->nl, 0, XRSCHED_A_ENGINE_NAME));
	EXPECT_EQ(XRSCHED_ENGINE_KIND_NULL,
		  nlt_u32(self->nl, 0, XRSCHED_A_ENGINE_KIND));
}

TEST_F(netlink, engine_del)
{
	int id = engine_new(self->nl);

	ASSERT_LE(0, id);
	EXPECT_EQ(0, engine_del(self->nl, id));
	EXPECT_EQ(-ENOENT, engine_del(self->nl, id));
	EXPECT_EQ(-ENOENT,
		  nlt_do(self->nl,
			 engine_msg(self->nl, XRSCHED_CMD_ENGINE_GET, id)));
}

TEST_F(netlink, engine_dump_in_parts)
{
	int i, ret;

	while ((ret = make_engine(self->nl, &self->mine,
				  engine_new_msg(self->nl))) >= 0)
		;
	EXPECT_EQ(-ENOSPC, ret);
	EXPECT_STRNE("", self->nl->text);
	ASSERT_EQ(0, nlt_dump(self->small, XRSCHED_CMD_ENGINE_GET));
	EXPECT_LT(2, self->small->parts);
	EXPECT_FALSE(self->small->torn);
	for (i = 0; i < self->small->nr; i++)
		if (nlt_u32(self->small, i, XRSCHED_A_ENGINE_DEVICE))
			break;
	EXPECT_EQ(64, i);
	while (i-- > 0)
		EXPECT_EQ(i, (int)nlt_u32(self->small, i, XRSCHED_A_ENGINE_ID));
}

TEST_F(netlink, engine_dump_of_one_device)
{
	struct nl_msg *msg =
		nlt_new(self->nl, XRSCHED_CMD_ENGINE_GET, NLM_F_DUMP);
	int i;

	ASSERT_LE(0,
		  make_engine(self->nl, &self->mine, engine_new_msg(self->nl)));
	nla_put_u32(msg, XRSCHED_A_ENGINE_DEVICE, 0);
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	EXPECT_EQ(self->nr_before + 1, (uint32_t)self->nl->nr);
	for (i = 0; i < self->nl->nr; i++)
		EXPECT_EQ(0, nlt_u32(self->nl, i, XRSCHED_A_ENGINE_DEVICE));
}

/* Dumps engines in parts and calls @between after the first of them. */
static int torn_dump(struct nlt *nl, void (*between)(struct nlt *, uint32_t),
		     uint32_t arg)
{
	struct nl_msg *msg = nlt_new(nl, XRSCHED_CMD_ENGINE_GET, NLM_F_DUMP);
	struct nlt *other = nlt_open();
	int ret;

	nla_put_u32(msg, XRSCHED_A_ENGINE_DEVICE, 0);
	nlt_forget(nl);
	ret = nl_send_auto(nl->sock, msg);
	if (ret > 0)
		ret = nlt_take(nl, nlmsg_hdr(msg));
	between(other, arg);
	while (ret > 0)
		ret = nlt_take(nl, nlmsg_hdr(msg));
	nlmsg_free(msg);
	nlt_close(other);
	return ret;
}

static void delete_engine(struct nlt *nl, uint32_t id)
{
	engine_del(nl, id);
}

static void do_nothing(struct nlt *nl, uint32_t id)
{
	(void)nl;
	(void)id;
}

TEST_F(netlink, engine_dump_quiet)
{
	ASSERT_LE(0, make_many(self->nl, &self->mine));
	EXPECT_EQ(0, torn_dump(self->small, do_nothing, 0));
	EXPECT_EQ(64, self->small->nr);
	EXPECT_FALSE(self->small->torn);
}

TEST_F(netlink, engine_dump_engine_vanishes)
{
	int i, last = make_many(self->nl, &self->mine);

	ASSERT_LE(0, last);
	EXPECT_EQ(0, torn_dump(self->small, delete_engine, last));
	self->mine &= ~(1ULL << last);
	EXPECT_EQ(63, self->small->nr);
	EXPECT_EQ(-1, find(self->small, XRSCHED_A_ENGINE_ID, last));
	EXPECT_TRUE(self->small->torn);
	for (i = 1; i < self->small->nr; i++)
		EXPECT_LT(nlt_u32(self->small, i - 1, XRSCHED_A_ENGINE_ID),
			  nlt_u32(self->small, i, XRSCHED_A_ENGINE_ID));
}

/* The dump is given up half way: nothing may stay behind (kmemleak, KASAN). */
TEST_F(netlink, stream_dump_given_up)
{
	uint32_t model = model_create(self->fd, 1, USEC);
	struct nlt *nl = nlt_open_reading(SMALL_READ);
	struct nl_msg *msg = nlt_new(nl, XRSCHED_CMD_STREAM_GET, NLM_F_DUMP);
	int i;

	for (i = 0; i < 64; i++)
		ASSERT_NE(0, stream_create(self->fd, model, 0));
	ASSERT_LT(0, nl_send_auto(nl->sock, msg));
	EXPECT_EQ(1, nlt_take(nl, nlmsg_hdr(msg)));
	nlmsg_free(msg);
	nlt_close(nl);
}

TEST_F(netlink, stream_dump_in_parts)
{
	uint32_t model = model_create(self->fd, 1, USEC);
	int i, before;

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_STREAM_GET));
	before = self->nl->nr;
	for (i = 0; i < 64; i++)
		ASSERT_NE(0, stream_create(self->fd, model, 0));
	ASSERT_EQ(0, nlt_dump(self->small, XRSCHED_CMD_STREAM_GET));
	EXPECT_LT(2, self->small->parts);
	EXPECT_EQ(before + 64, self->small->nr);
	EXPECT_FALSE(self->small->torn);
}

TEST_F(netlink, stream_get)
{
	struct xrsched_stream_create s, t;
	int i;

	stream_init(&s, model_create(self->fd, 1, USEC));
	s.weight = 7;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_STREAM_CREATE, &s));
	t = s;
	strcpy(t.name, "follower");
	t.upstream = s.handle;
	t.period_ns = 0;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_STREAM_CREATE, &t));

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_STREAM_GET));
	i = find(self->nl, XRSCHED_A_STREAM_ID, t.id);
	ASSERT_LE(0, i);
	EXPECT_EQ(0, missing(self->nl, i, XRSCHED_A_STREAM_MAX,
			     XRSCHED_A_STREAM_PAD, 0));
	EXPECT_STREQ("follower",
		     nlt_string(self->nl, i, XRSCHED_A_STREAM_NAME));
	EXPECT_EQ(s.id, nlt_u32(self->nl, i, XRSCHED_A_STREAM_UPSTREAM));
	EXPECT_EQ(0, nlt_u64(self->nl, i, XRSCHED_A_STREAM_PERIOD_NS));

	i = find(self->nl, XRSCHED_A_STREAM_ID, s.id);
	ASSERT_LE(0, i);
	EXPECT_EQ(NULL, self->nl->object[i][XRSCHED_A_STREAM_UPSTREAM]);
	EXPECT_STREQ("stream", nlt_string(self->nl, i, XRSCHED_A_STREAM_NAME));
	EXPECT_STREQ("model", nlt_string(self->nl, i, XRSCHED_A_STREAM_MODEL));
	EXPECT_EQ(getpid(), (int)nlt_u32(self->nl, i, XRSCHED_A_STREAM_PID));
	EXPECT_EQ(7, nlt_u32(self->nl, i, XRSCHED_A_STREAM_WEIGHT));
	EXPECT_EQ(s.period_ns,
		  nlt_u64(self->nl, i, XRSCHED_A_STREAM_PERIOD_NS));
	EXPECT_EQ(s.deadline_ns,
		  nlt_u64(self->nl, i, XRSCHED_A_STREAM_DEADLINE_NS));
	EXPECT_EQ(0, nlt_u64(self->nl, i, XRSCHED_A_STREAM_SUBMITTED));
}

/* An engine of the class that the helpers' models are for. */
static struct nl_msg *fitting_engine(struct nlt *nl)
{
	struct nl_msg *msg = nlt_about(nl, XRSCHED_CMD_ENGINE_NEW,
				       XRSCHED_A_ENGINE_DEVICE, 0);

	nla_put_string(msg, XRSCHED_A_ENGINE_CLASS, CLASS);
	return msg;
}

TEST_F(netlink, statistics_and_their_reset)
{
	struct xrsched_completion done[1];
	struct xrsched_stream_create s;
	uint64_t reset_ns, ne;
	int i;

	ASSERT_LE(0,
		  make_engine(self->nl, &self->mine, fitting_engine(self->nl)));
	stream_init(&s, model_create(self->fd, 2, MSEC));
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_STREAM_CREATE, &s));
	ASSERT_EQ(0, stats_reset(self->nl));
	ASSERT_EQ(1, submit_one(self->fd, s.handle, 0));
	ASSERT_EQ(1, wait_all(self->fd, done, 1));

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_STREAM_GET));
	i = find(self->nl, XRSCHED_A_STREAM_ID, s.id);
	ASSERT_LE(0, i);
	EXPECT_EQ(1, nlt_u64(self->nl, i, XRSCHED_A_STREAM_SUBMITTED));
	EXPECT_EQ(1, nlt_u64(self->nl, i, XRSCHED_A_STREAM_COMPLETED));
	EXPECT_EQ(2, nlt_u64(self->nl, i, XRSCHED_A_STREAM_LAYERS));
	EXPECT_EQ(JOB_PJ(2), nlt_u64(self->nl, i, XRSCHED_A_STREAM_ENERGY_PJ));
	EXPECT_EQ(done[0].finish_ns - done[0].release_ns,
		  nlt_u64(self->nl, i, XRSCHED_A_STREAM_RESPONSE_MAX_NS));
	EXPECT_LE(2 * MSEC,
		  nlt_u64(self->nl, i, XRSCHED_A_STREAM_RESPONSE_P50_NS));
	ne = nlt_u64(self->nl, i, XRSCHED_A_STREAM_ENERGY_PJ) * Q48 /
	     nlt_u64(self->nl, i, XRSCHED_A_STREAM_WORST_PJ);

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_ENGINE_GET));
	EXPECT_EQ(2,
		  nlt_u64(self->nl, self->nl->nr - 1, XRSCHED_A_ENGINE_LAYERS));
	EXPECT_LE(2 * MSEC, nlt_u64(self->nl, self->nl->nr - 1,
				    XRSCHED_A_ENGINE_BUSY_NS));

	/* A stream without a violation counts 1 / (2 * frames). */
	ASSERT_EQ(0, device_get(self->nl));
	EXPECT_EQ(Q48 / 2, nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_DLV_SUM_Q48));
	EXPECT_EQ(ne, nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_NE_SUM_Q48));
	reset_ns = nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_RESET_NS);

	ASSERT_EQ(0, stats_reset(self->nl));
	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_STREAM_GET));
	i = find(self->nl, XRSCHED_A_STREAM_ID, s.id);
	ASSERT_LE(0, i);
	EXPECT_EQ(0, nlt_u64(self->nl, i, XRSCHED_A_STREAM_SUBMITTED));
	EXPECT_EQ(0, nlt_u64(self->nl, i, XRSCHED_A_STREAM_RESPONSE_MAX_NS));
	ASSERT_EQ(0, device_get(self->nl));
	EXPECT_EQ(0, nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_DLV_SUM_Q48));
	EXPECT_LT(reset_ns, nlt_u64(self->nl, 0, XRSCHED_A_DEVICE_RESET_NS));
}

TEST_F(netlink, engine_busy)
{
	uint32_t stream, id;

	id = make_engine(self->nl, &self->mine, fitting_engine(self->nl));
	stream =
		stream_create(self->fd, model_create(self->fd, 1, 10 * SEC), 0);
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
	ASSERT_EQ(0, nlt_do(self->nl,
			    engine_msg(self->nl, XRSCHED_CMD_ENGINE_GET, id)));
	EXPECT_NE(NULL, self->nl->object[0][XRSCHED_A_ENGINE_BUSY]);
}

/* The setting of the device's policy, POISON if it has none of this name. */
static int64_t setting(struct nlt *nl, const char *name)
{
	struct nlattr *attr, *value;
	int rem;

	if (policy_get(nl))
		return POISON;
	nla_for_each_attr(attr, nl->object[0][XRSCHED_A_POLICY_DEVICE], 16384,
			  rem) {
		if (nla_type(attr) != XRSCHED_A_POLICY_PARAM)
			continue;
		if (nla_strcmp(nla_find(nla_data(attr), nla_len(attr),
					XRSCHED_A_PARAM_NAME),
			       name))
			continue;
		value = nla_find(nla_data(attr), nla_len(attr),
				 XRSCHED_A_PARAM_VALUE);
		return value ? nla_get_s64(value) : POISON;
	}
	return POISON;
}

TEST_F(netlink, policy_set)
{
	ASSERT_EQ(0, policy_set(self->nl, "edf"));
	ASSERT_EQ(0, policy_get(self->nl));
	EXPECT_STREQ("edf", nlt_string(self->nl, 0, XRSCHED_A_POLICY_NAME));
	EXPECT_EQ(0, nlt_u32(self->nl, 0, XRSCHED_A_POLICY_DEVICE));
	ASSERT_EQ(0, policy_set(self->nl, "fcfs"));
	ASSERT_EQ(0, device_get(self->nl));
	EXPECT_STREQ("fcfs", nlt_string(self->nl, 0, XRSCHED_A_DEVICE_POLICY));
}

TEST_F(netlink, policy_set_by_alias)
{
	ASSERT_EQ(0, policy_set(self->nl, "dream"));
	ASSERT_EQ(0, policy_get(self->nl));
	EXPECT_STREQ("dream-mapscore",
		     nlt_string(self->nl, 0, XRSCHED_A_POLICY_NAME));
	EXPECT_STREQ("dream", nlt_string(self->nl, 0, XRSCHED_A_POLICY_ALIAS));
}

TEST_F(netlink, policy_set_parameters)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "alpha", 2000000);
	put_setting(msg, "expired", 0);
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	EXPECT_EQ(2000000, setting(self->nl, "alpha"));
	EXPECT_EQ(0, setting(self->nl, "expired"));
	EXPECT_EQ(1000000, setting(self->nl, "beta"));
	/* What is not mentioned takes its default, not its last value. */
	ASSERT_EQ(0, policy_set(self->nl, "dream"));
	EXPECT_EQ(100000, setting(self->nl, "alpha"));
	EXPECT_EQ(2, setting(self->nl, "expired"));
}

TEST_F(netlink, policy_set_refused_leaves_parameters)
{
	struct nl_msg *msg = policy_set_msg(self->nl, "dream");

	put_setting(msg, "alpha", 1234567);
	ASSERT_EQ(0, nlt_do(self->nl, msg));
	msg = policy_set_msg(self->nl, "dream");
	put_setting(msg, "alpha", 1);
	put_setting(msg, "beta", -1);
	ASSERT_EQ(-ERANGE, nlt_do(self->nl, msg));
	EXPECT_EQ(1234567, setting(self->nl, "alpha"));
}

TEST_F(netlink, policy_set_with_jobs_in_flight)
{
	struct xrsched_completion done[8];
	struct xrsched_job job[8];
	uint32_t stream;
	int i;

	ASSERT_LE(0,
		  make_engine(self->nl, &self->mine, fitting_engine(self->nl)));
	stream = stream_create(self->fd, model_create(self->fd, 4, MSEC), 0);
	for (i = 0; i < 8; i++)
		job_init(&job[i], stream, i);
	ASSERT_EQ(8, submit(self->fd, job, 8));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(0, policy_set(self->nl, i & 1 ? "edf" : "fcfs"));
	ASSERT_EQ(8, wait_all(self->fd, done, 8));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(XRSCHED_COMPLETED, done[i].outcome);
}

TEST_F(netlink, policy_dump)
{
	static const char *const name[] = { "fcfs", "edf", "dream-mapscore" };
	struct nlattr *param, *choice;
	int i, n;

	ASSERT_EQ(0, nlt_dump(self->nl, XRSCHED_CMD_POLICY_GET));
	for (n = 0; n < 3; n++) {
		for (i = 0; i < self->nl->nr; i++)
			if (!strcmp(name[n], nlt_string(self->nl, i,
							XRSCHED_A_POLICY_NAME)))
				break;
		EXPECT_LT(i, self->nl->nr)
		{
			TH_LOG("no %s", name[n]);
		}
	}
	for (i = 0; i < self->nl->nr; i++) {
		EXPECT_EQ(NULL, self->nl->object[i][XRSCHED_A_POLICY_DEVICE]);
		EXPECT_STRNE("?",
			     nlt_string(self->nl, i, XRSCHED_A_POLICY_DOC));
		/* The first parameter of all policies is "expired". */
		param = self->nl->object[i][XRSCHED_A_POLICY_PARAM];
		ASSERT_NE(NULL, param);
		EXPECT_EQ(NULL, nla_find(nla_data(param), nla_len(param),
					 XRSCHED_A_PARAM_VALUE));
		choice = nla_find(nla_data(param), nla_len(param),
				  XRSCHED_A_PARAM_CHOICE);
		ASSERT_NE(NULL, choice);
		EXPECT_STREQ("clamp", nla_get_string(choice));
	}
}

TEST_HARNESS_MAIN
