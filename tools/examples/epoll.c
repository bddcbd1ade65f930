// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event loop: frames come from a timer, completions from a ring, and the
 * same loop could wait for sockets or input devices as well.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <xrsched/ring.h>

#include "example.h"

#define FRAMES 20
#define PERIOD_NS (10 * MSEC)

/**
 * struct app - What the loop looks after
 * @ring: rings.
 * @stream: handle of the stream.
 * @timer: fires each period.
 * @submitted: frames handed over.
 * @ended: frames that have ended.
 * @skipped: periods in which this process did not get to run.
 */
struct app {
	struct xrsched_ring *ring;
	uint32_t stream;
	int timer;
	unsigned int submitted;
	unsigned int ended;
	unsigned int skipped;
};

static void on_timer(struct app *app)
{
	struct xrsched_job *job;
	uint64_t periods;

	if (read(app->timer, &periods, sizeof(periods)) != sizeof(periods))
		return;
	app->skipped += periods - 1;
	/* No room: nobody has taken completions for long. Leave the frame out. */
	job = xrsched_ring_get_job(app->ring);
	if (!job || app->submitted == FRAMES)
		return;
	xrsched_job_prepare(job, app->stream, app->submitted, 0);
	must("submit", xrsched_ring_submit(app->ring));
	app->submitted++;
}

static void on_completions(struct app *app)
{
	const struct xrsched_completion *done;
	unsigned int nr;

	while ((nr = xrsched_ring_peek(app->ring, &done, FRAMES)) > 0) {
		for (unsigned int i = 0; i < nr; i++)
			if (done[i].outcome == XRSCHED_FAILED)
				printf("frame %u failed\n",
				       (unsigned int)done[i].frame);
		xrsched_ring_seen(app->ring, nr);
		app->ended += nr;
	}
}

static void watch(int loop, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event))
		must("epoll_ctl", -errno);
}

int main(void)
{
	struct itimerspec each = { .it_interval.tv_nsec = PERIOD_NS,
				   .it_value.tv_nsec = PERIOD_NS };
	struct xrsched *x = open_device();
	struct app app = { .timer = timerfd_create(CLOCK_MONOTONIC, 0) };
	int loop = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event;

	app.stream = make_stream(x, "gaze", make_model(x, "gaze", MSEC),
				 PERIOD_NS, 0);
	must("rings", xrsched_ring_create(x, NULL, &app.ring));
	watch(loop, app.timer);
	watch(loop, xrsched_ring_fd(app.ring));
	timerfd_settime(app.timer, 0, &each, NULL);
	while (app.ended < FRAMES) {
		if (epoll_wait(loop, &event, 1, -1) != 1)
			continue;
		if (event.data.fd == app.timer)
			on_timer(&app);
		else
			on_completions(&app);
	}
	printf("%u frames submitted, %u ended\n", app.submitted, app.ended);
	if (app.skipped)
		fprintf(stderr, "%u periods went by unseen\n", app.skipped);
	xrsched_ring_destroy(app.ring);
	xrsched_close(x);
	return 0;
}
