// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: each kind of them, as libxrsched and as libnl alone receive them;
 * who may listen; what is left out, and that it is counted.
 */
#define _GNU_SOURCE
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <sys/socket.h>

#include <linux/xrsched_server.h>
#include <xrsched/event.h>

#include "control.h"
#include "helpers.h"

#define RATE	PARAMETERS "event_rate"
#define DRIVER	"/sys/bus/platform/drivers/xrsched"

FIXTURE(events)
{
	struct xrsched_events *events;
	int fd;
	uint32_t model;
	uint32_t stream;
	uint32_t id;
	struct xrsched_completion done[64];
};

/* A stream whose frames take 1 ms of an engine and have 10 ms of time. */
static int add_stream(int fd, uint32_t model, uint32_t *handle, uint32_t *id)
{
	struct xrsched_stream_create s;
	int ret;

	stream_init(&s, model);
	s.deadline_ns = 10 * MSEC;
	ret = call(fd, XRSCHED_IOC_STREAM_CREATE, &s);
	*handle = s.handle;
	*id = s.id;
	return ret;
}

FIXTURE_SETUP(events)
{
	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, device_reset("edf,expired=drop"));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, 1, MSEC);
	ASSERT_NE(0, self->model);
	ASSERT_EQ(0, add_stream(self->fd, self->model, &self->stream,
				&self->id));
	ASSERT_EQ(0, xrsched_events_open(&self->events));
}

FIXTURE_TEARDOWN(events)
{
	xrsched_events_close(self->events);
	close(self->fd);
}

/* The next event, waiting for it if need be; as xrsched_events_next(). */
static int take(struct xrsched_events *events, struct xrsched_event *event)
{
	struct pollfd fd = { xrsched_events_fd(events), POLLIN, 0 };
	int ret;

	while (!(ret = xrsched_events_next(events, event)))
		if (poll(&fd, 1, 3000) <= 0)
			return 0;
	return ret;
}

/* The next event of a kind, others passed over. */
static int take_kind(struct xrsched_events *events, uint32_t kind,
		     struct xrsched_event *event)
{
	int ret;

	do
		ret = take(events, event);
	while (ret == 1 && event->kind != kind);
	return ret;
}

TEST_F(events, engine)
{
	struct xrsched_event up, down;
	int id = engine_add(CLASS);
	uint64_t before = now_ns();

	ASSERT_LE(0, id);
	ASSERT_EQ(1, take(self->events, &up));
	EXPECT_EQ(XRSCHED_CMD_ENGINE_UP_NTF, up.kind);
	EXPECT_EQ(0, up.device);
	EXPECT_EQ((uint32_t)id, up.engine);
	EXPECT_STREQ("engine0", up.engine_name);
	EXPECT_STREQ(CLASS, up.engine_class);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP, up.state);
	EXPECT_EQ(XRSCHED_EVENT_NONE, up.stream);
	EXPECT_GT(before, up.time_ns);
	EXPECT_LT(before - SEC, up.time_ns);

	ASSERT_EQ(0, engine_del(id));
	ASSERT_EQ(1, take(self->events, &down));
	EXPECT_EQ(XRSCHED_CMD_ENGINE_DOWN_NTF, down.kind);
	EXPECT_EQ((uint32_t)id, down.engine);
	EXPECT_STREQ("engine0", down.engine_name);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_GONE, down.state);
	EXPECT_EQ(up.seq + 1, down.seq);
	EXPECT_LT(before, down.time_ns);
}

/* A server of one engine; its number, and its file in @fd. */
static int serve_watched(int device, int *fd, unsigned int watchdog_ms)
{
	struct xrsched_serve s = {
		.size = sizeof(s),
		.class_name = CLASS,
		.queues = 1,
		.watchdog_ms = watchdog_ms,
	};

	if (call(device, XRSCHED_IOC_SERVE, &s))
		return -1;
	*fd = s.fd;
	return s.engine[0];
}

static int serve(int device, int *fd)
{
	return serve_watched(device, fd, 20000);
}

/* Fetches the next layer if @seq is 0, else answers. */
static int answer(int fd, uint64_t *seq, uint32_t status, uint64_t energy_pj)
{
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = *seq ? XRSCHED_NEXT_COMMIT : XRSCHED_NEXT_FETCH,
		.seq = *seq,
		.status = status,
		.energy_pj = energy_pj,
		.timeout_ns = now_ns() + 10 * SEC,
	};
	int ret = call(fd, XRSCHED_IOC_SERVER_NEXT, &n);

	if (!ret && !*seq)
		*seq = n.seq;
	return ret;
}

/* A frame that has all the time in the world. */
static int submit_patient(int fd, uint32_t stream, uint64_t frame)
{
	struct xrsched_job job;

	job_init(&job, stream, frame);
	job.deadline_ns = now_ns() + 600 * SEC;
	return submit(fd, &job, 1);
}

#define EXPECT_ENGINE(e, what, how)                                \
	do {                                                       \
		EXPECT_EQ(XRSCHED_CMD_ENGINE_##what##_NTF,         \
			  (e)->kind);                              \
		EXPECT_EQ((uint32_t)id, (e)->engine);              \
		EXPECT_EQ(XRSCHED_ENGINE_STATE_##how, (e)->state); \
	} while (0)

#define EXPECT_FAULT(e, what)                                             \
	do {                                                              \
		EXPECT_EQ(XRSCHED_CMD_ENGINE_FAULT_NTF, (e)->kind);       \
		EXPECT_EQ(XRSCHED_ENGINE_FAULT_##what, (e)->fault);       \
		EXPECT_EQ((uint32_t)id, (e)->engine);                     \
	} while (0)

/* Faults, rests, the quarantine after three of them, and the way back. */
TEST_F(events, fault)
{
	struct xrsched_event event;
	uint64_t seq;
	int id, fd, i;

	id = serve(self->fd, &fd);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, take(self->events, &event));
	EXPECT_ENGINE(&event, UP, UP);
	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 3));
	for (i = 0; i < 3; i++) {
		seq = 0;
		ASSERT_EQ(0, answer(fd, &seq, 0, 0));
		ASSERT_EQ(0, answer(fd, &seq, XRSCHED_LAYER_ERROR, 0));
		ASSERT_EQ(1, take(self->events, &event));
		EXPECT_FAULT(&event, ERROR);
		EXPECT_STREQ("error", xrsched_fault_name(event.fault));
		EXPECT_EQ(XRSCHED_REASON_FAULT, event.reason);
		EXPECT_EQ(self->id, event.stream);
		EXPECT_EQ(3, event.frame);
		EXPECT_EQ(0, event.layer);
		EXPECT_NE(XRSCHED_EVENT_NONE, event.client);
		ASSERT_EQ(1, take_kind(self->events,
				       i < 2 ? XRSCHED_CMD_ENGINE_UP_NTF :
					       XRSCHED_CMD_ENGINE_DOWN_NTF,
				       &event));
	}
	EXPECT_ENGINE(&event, DOWN, QUARANTINED);
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_UP_NTF,
			       &event));
	EXPECT_ENGINE(&event, UP, UP);
	close(fd);
}

/* What a server answers that it should not; and that it dies. */
TEST_F(events, wrong_answers)
{
	struct xrsched_event event;
	uint64_t seq = 0, old, none = 77;
	int id, fd;

	id = serve(self->fd, &fd);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, take(self->events, &event));
	ASSERT_EQ(-EINVAL, answer(fd, &none, 0, 0));
	ASSERT_EQ(1, take(self->events, &event));
	EXPECT_FAULT(&event, UNKNOWN);
	EXPECT_EQ(XRSCHED_REASON_NONE, event.reason);
	EXPECT_EQ(XRSCHED_EVENT_NONE, event.stream);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP, event.state);

	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, UINT64_MAX));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, ABSURD);
	ASSERT_EQ(-ESTALE, answer(fd, &seq, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, STALE);

	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 1));
	old = seq;
	seq = 0;
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	EXPECT_LT(old, seq);
	ASSERT_EQ(0, answer(fd, &seq, XRSCHED_LAYER_REFUSED, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, REFUSED);
	EXPECT_EQ(XRSCHED_REASON_REFUSED, event.reason);
	EXPECT_EQ(1, event.frame);

	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 2));
	seq = 0;
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	close(fd);
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, DIED);
	EXPECT_EQ(2, event.frame);
}

/* It never answers, and then too late. */
TEST_F(events, no_answer)
{
	struct xrsched_event event;
	uint64_t seq = 0;
	int id, fd;

	id = serve_watched(self->fd, &fd, 50);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, TIMEOUT);
	EXPECT_EQ(XRSCHED_REASON_TIMEOUT, event.reason);
	EXPECT_EQ(0, event.frame);
	ASSERT_EQ(-ESTALE, answer(fd, &seq, 0, 0));
	/* On a slow machine, its reset has failed by then. */
	do {
		ASSERT_EQ(1, take_kind(self->events,
				       XRSCHED_CMD_ENGINE_FAULT_NTF, &event));
	} while (event.fault == XRSCHED_ENGINE_FAULT_RESET);
	EXPECT_FAULT(&event, STALE);
	close(fd);
}

/* It never answers, and does not come back for its reset. */
TEST_F(events, no_reset)
{
	struct xrsched_event event;
	uint64_t seq = 0;
	int id, fd;

	id = serve_watched(self->fd, &fd, 50);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, TIMEOUT);
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, RESET);
	EXPECT_STREQ("reset", xrsched_fault_name(event.fault));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_DOWN_NTF,
			       &event));
	EXPECT_ENGINE(&event, DOWN, QUARANTINED);
	close(fd);
}

/* A time longer than since the layer was dispatched. */
TEST_F(events, absurd_time)
{
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = XRSCHED_NEXT_COMMIT,
		.busy_ns = UINT64_MAX,
	};
	struct xrsched_event event;
	uint64_t seq = 0;
	int id, fd;

	id = serve(self->fd, &fd);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	n.seq = seq;
	ASSERT_EQ(0, call(fd, XRSCHED_IOC_SERVER_NEXT, &n));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, ABSURD);
	close(fd);
}

/* Its queue was closed: it is not on the device any more. */
TEST_F(events, answers_of_the_gone)
{
	struct xrsched_event event;
	uint64_t seq = 0, none = 77;
	int id, fd;

	id = serve(self->fd, &fd);
	ASSERT_LE(0, id);
	ASSERT_EQ(1, submit_patient(self->fd, self->stream, 0));
	ASSERT_EQ(0, answer(fd, &seq, 0, 0));
	ASSERT_EQ(0, engine_del(id));
	ASSERT_EQ(-ENODEV, answer(fd, &seq, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, STALE);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_GONE, event.state);
	EXPECT_EQ(XRSCHED_EVENT_NONE, event.stream);
	ASSERT_EQ(-ENODEV, answer(fd, &none, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_ENGINE_FAULT_NTF,
			       &event));
	EXPECT_FAULT(&event, UNKNOWN);
	close(fd);
}

TEST_F(events, policy)
{
	struct xrsched_event event;

	ASSERT_EQ(0, policy_set("fcfs"));
	ASSERT_EQ(1, take(self->events, &event));
	EXPECT_EQ(XRSCHED_CMD_POLICY_CHANGE_NTF, event.kind);
	EXPECT_STREQ("fcfs", event.policy);
	EXPECT_STREQ("policy-change", xrsched_event_name(event.kind));
	/* What is refused is no change. */
	ASSERT_NE(0, policy_set("fcfs,expired=7"));
	EXPECT_EQ(0, xrsched_events_next(self->events, &event));
}

/* Whose frame it was, and when it ended. */
#define EXPECT_FRAME(e, nr)                                        \
	do {                                                       \
		EXPECT_EQ(0, (e)->device);                         \
		EXPECT_EQ(self->id, (e)->stream);                  \
		EXPECT_EQ((uint64_t)(nr), (e)->frame);             \
		EXPECT_NE(XRSCHED_EVENT_NONE, (e)->client);        \
		EXPECT_EQ(XRSCHED_EVENT_NONE, (e)->engine);        \
	} while (0)

TEST_F(events, late)
{
	struct xrsched_event event;
	struct xrsched_job job;

	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_LE(0, engine_add(CLASS));
	job_init(&job, self->stream, 0);
	job.release_ns = now_ns();
	job.deadline_ns = job.release_ns + MSEC / 2;
	ASSERT_EQ(1, submit(self->fd, &job, 1));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_DEADLINE_MISS_NTF,
			       &event));
	EXPECT_FRAME(&event, 0);
	EXPECT_EQ(XRSCHED_REASON_NONE, event.reason);
	EXPECT_EQ(job.deadline_ns, event.deadline_ns);
	EXPECT_EQ(self->done[0].finish_ns, event.time_ns);
	EXPECT_EQ(event.time_ns - event.deadline_ns, event.late_ns);
	EXPECT_EQ(0, xrsched_events_next(self->events, &event));
}

/* A stream whose one frame takes the only engine for some time. */
static int keep_busy(int fd, uint64_t ns)
{
	uint32_t model = model_create(fd, 1, ns);
	uint32_t stream = stream_create(fd, model, 0);

	return engine_add(CLASS) < 0 ? -1 : submit_one(fd, stream, 0);
}

/* A frame that expired while it waited is a miss and a drop. */
TEST_F(events, expired)
{
	struct xrsched_event miss, drop;

	ASSERT_EQ(1, keep_busy(self->fd, 100 * MSEC));
	ASSERT_EQ(1, take(self->events, &miss));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 5));
	ASSERT_EQ(1, take(self->events, &miss));
	ASSERT_EQ(1, take(self->events, &drop));
	EXPECT_EQ(XRSCHED_CMD_DEADLINE_MISS_NTF, miss.kind);
	EXPECT_FRAME(&miss, 5);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, miss.reason);
	EXPECT_EQ(XRSCHED_CMD_DROP_NTF, drop.kind);
	EXPECT_FRAME(&drop, 5);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, drop.reason);
	EXPECT_EQ(miss.seq + 1, drop.seq);
}

/* A frame that ends well, or at its owner's wish, is no event. */
TEST_F(events, silence)
{
	struct xrsched_event event;

	ASSERT_LE(0, engine_add(CLASS));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 1, now_ns() + SEC));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 1, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	ASSERT_EQ(1, take(self->events, &event));
	EXPECT_EQ(XRSCHED_CMD_ENGINE_UP_NTF, event.kind);
	sleep_ns(20 * MSEC);
	EXPECT_EQ(0, xrsched_events_next(self->events, &event));
}

TEST_F(events, tuner)
{
	struct xrsched_event event;
	int frame;

	ASSERT_EQ(0, policy_set("dream-tuned,window_ms=1,window_frames=1"));
	ASSERT_LE(0, engine_add(CLASS));
	for (frame = 0; frame < 20; frame++) {
		ASSERT_EQ(1, submit_one(self->fd, self->stream, frame));
		ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	}
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_TUNER_STEP_NTF,
			       &event));
	EXPECT_EQ(0, event.device);
	EXPECT_LT(0, event.window);
	EXPECT_LT(0, event.step);
	EXPECT_LT(0, event.radius);
	EXPECT_GE(2000000, event.alpha_ppm);
}

/* What is above the rate is left out, counted and reported. */
TEST_F(events, rate)
{
	struct xrsched_control_device before, after;
	struct xrsched_event event = {};
	uint64_t first = 0, got = 0, lost = 0, last = 0;
	bool changed = false;
	long rate;
	int i, ret;

	ASSERT_EQ(1, keep_busy(self->fd, 3 * SEC));
	ASSERT_EQ(1, take(self->events, &event));
	ASSERT_EQ(0, device_info(&before));
	/* Half the ring at once, then 1 in a second. */
	rate = param_set(RATE, 1);
	ASSERT_LT(0, rate);
	for (i = 0; i < 400; i++)
		EXPECT_EQ(1, submit_one(self->fd, self->stream, i));
	for (i = 0; i < 400; i += ret) {
		ret = wait_until(self->fd, self->done, 64, 1, 0);
		ASSERT_LT(0, ret);
	}
	/* Others are not held up by it. */
	EXPECT_EQ(0, policy_set("fcfs"));
	while (got + lost < 801 && take(self->events, &event) == 1) {
		if (!first)
			first = event.seq;
		if (event.seq > last)
			last = event.seq;
		lost += event.lost;
		if (event.kind != XRSCHED_CMD_LOST_NTF)
			got++;
		if (event.kind == XRSCHED_CMD_POLICY_CHANGE_NTF)
			changed = true;
	}
	EXPECT_EQ(1, param_set(RATE, rate));
	EXPECT_TRUE(changed);
	/* What came before may have taken some of the burst. */
	EXPECT_LE(240, got);
	EXPECT_GE(270, got);
	EXPECT_EQ(801, got + lost);
	EXPECT_EQ(first + 800, last);
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(lost, after.events_lost - before.events_lost);
}

/* A server that answers without end hides no frame that is late. */
TEST_F(events, rate_of_answers)
{
	unsigned int late = 0, wrong = 0;
	struct xrsched_event event = {};
	uint64_t none = 77;
	long rate;
	int i, fd;

	ASSERT_EQ(1, keep_busy(self->fd, 3 * SEC));
	ASSERT_LE(0, serve(self->fd, &fd));
	/* The first one counts what time has brought since the last. */
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(-EINVAL, answer(fd, &none, 0, 0));
	ASSERT_EQ(1, take_kind(self->events, XRSCHED_CMD_DROP_NTF, &event));
	rate = param_set(RATE, 1);
	ASSERT_LT(0, rate);
	for (i = 0; i < 400; i++)
		EXPECT_EQ(-EINVAL, answer(fd, &none, 0, 0));
	for (i = 1; i <= 50; i++)
		EXPECT_EQ(1, submit_one(self->fd, self->stream, i));
	while (late < 50 && take(self->events, &event) == 1) {
		late += event.kind == XRSCHED_CMD_DROP_NTF;
		wrong += event.kind == XRSCHED_CMD_ENGINE_FAULT_NTF;
	}
	EXPECT_EQ(1, param_set(RATE, rate));
	EXPECT_EQ(50, late);
	EXPECT_LE(60, wrong);
	EXPECT_GE(70, wrong);
	close(fd);
}

/* With nobody there, events are numbered, but neither kept nor lost. */
TEST_F(events, nobody)
{
	struct xrsched_control_device before, after;
	struct xrsched_event event;
	uint64_t seq;

	ASSERT_EQ(0, policy_set("fcfs"));
	ASSERT_EQ(1, take(self->events, &event));
	seq = event.seq;
	xrsched_events_close(self->events);
	ASSERT_EQ(0, device_info(&before));
	ASSERT_EQ(0, policy_set("edf"));
	ASSERT_EQ(0, xrsched_events_open(&self->events));
	ASSERT_EQ(0, policy_set("llf"));
	ASSERT_EQ(1, take(self->events, &event));
	EXPECT_STREQ("llf", event.policy);
	EXPECT_EQ(seq + 2, event.seq);
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(before.events_lost, after.events_lost);
}

/* A listener that does not listen: it is told so, and harms no other. */
TEST_F(events, slow_listener)
{
	struct xrsched_events *slow;
	struct xrsched_event event;
	int small = 4096, i, ret;
	bool missed = false;
	uint64_t last;

	ASSERT_EQ(0, xrsched_events_open(&slow));
	ASSERT_EQ(0, setsockopt(xrsched_events_fd(slow), SOL_SOCKET, SO_RCVBUF,
				&small, sizeof(small)));
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, policy_set(i & 1 ? "fcfs" : "edf"));
		/* Something of before may come late. */
		ASSERT_EQ(1, take_kind(self->events,
				       XRSCHED_CMD_POLICY_CHANGE_NTF, &event));
	}
	last = event.seq;
	for (i = 0; i < 200; i++) {
		ret = xrsched_events_next(slow, &event);
		if (ret == -ENOBUFS)
			missed = true;
		else if (ret != 1)
			break;
	}
	EXPECT_TRUE(missed);
	EXPECT_GT(200, i);
	EXPECT_GT(last, event.seq);
	/* It goes on. */
	ASSERT_EQ(0, policy_set("edf"));
	ASSERT_EQ(1, take(slow, &event));
	EXPECT_EQ(last + 1, event.seq);
	xrsched_events_close(slow);
}

/* Events of a device on its way out; for KASAN to look at, too. */
TEST_F(events, unbind)
{
	struct xrsched_event event = {};
	int i, fd;

	for (i = 0; i < 8; i++)
		ASSERT_LE(0, engine_add(CLASS));
	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, take(self->events, &event));
	fd = open(DRIVER "/unbind", O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(9, write(fd, "xrsched.0", 9));
	close(fd);
	for (i = 0; i < 8; i++) {
		ASSERT_EQ(1, take(self->events, &event));
		EXPECT_EQ(XRSCHED_CMD_ENGINE_DOWN_NTF, event.kind);
	}
	fd = open(DRIVER "/bind", O_WRONLY | O_CLOEXEC);
	ASSERT_EQ(9, write(fd, "xrsched.0", 9));
	close(fd);
}

TEST_F(events, needs_capability)
{
	struct xrsched_events *events;

	ASSERT_EQ(0, setresgid(65534, 65534, 65534));
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	EXPECT_EQ(-EPERM, xrsched_events_open(&events));
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct genlmsghdr *hdr = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *name;
	char *policy = arg;

	name = nla_find(genlmsg_attrdata(hdr, 0), genlmsg_attrlen(hdr, 0),
			XRSCHED_A_EVENT_POLICY);
	if (hdr->cmd == XRSCHED_CMD_POLICY_CHANGE_NTF && name)
		nla_strlcpy(policy, name, XRSCHED_NAME_LEN);
	return NL_OK;
}

/* As a program that has libnl and the header, and nothing else of ours. */
TEST_F(events, libnl_alone)
{
	struct nl_sock *sock = nl_socket_alloc();
	char policy[XRSCHED_NAME_LEN] = "";
	int group;

	ASSERT_EQ(0, genl_connect(sock));
	group = genl_ctrl_resolve_grp(sock, XRSCHED_FAMILY_NAME,
				      XRSCHED_MCGRP_EVENTS);
	ASSERT_LT(0, group);
	nl_socket_disable_seq_check(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_event, policy);
	ASSERT_EQ(0, nl_socket_add_membership(sock, group));
	ASSERT_EQ(0, policy_set("llf"));
	ASSERT_EQ(0, nl_recvmsgs_default(sock));
	EXPECT_STREQ("llf", policy);
	nl_socket_free(sock);
}

/* The last test: it loads the module anew. */
TEST_F(events, unload)
{
	struct xrsched_event event;
	const char *ko = getenv("XRSCHED_KO");
	char command[4096];

	if (!ko)
		SKIP(return, "no module in $XRSCHED_KO");
	close(self->fd);
	ASSERT_EQ(0, system("rmmod xrsched"));
	EXPECT_EQ(-ENODEV, take_kind(self->events, 0, &event));
	snprintf(command, sizeof(command), "insmod '%s'", ko);
	ASSERT_EQ(0, system(command));
	self->fd = open_device();
	EXPECT_LE(0, self->fd);
}

TEST_HARNESS_MAIN
