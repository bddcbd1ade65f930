// SPDX-License-Identifier: GPL-2.0-only
/*
 * Not a test: a client that keeps the device busy until it is killed, for
 * tests that look at what is left.  Says "busy" when it is.
 */
#include <errno.h>
#include <stdio.h>

#include "control.h"
#include "helpers.h"

#define STREAMS 8

int main(void)
{
	struct xrsched_completion done[64];
	uint32_t stream[STREAMS];
	struct xrsched_job job;
	int fd = open_device();
	uint64_t frame;
	unsigned int i;

	if (fd < 0 || engine_add(CLASS) < 0 || engine_add(CLASS) < 0 ||
	    engine_add_null(CLASS) < 0 || policy_set("dream,expired=demote"))
		return 1;
	for (i = 0; i < STREAMS; i++) {
		stream[i] = stream_create(fd, model_create(fd, 4, 500 * USEC),
					  i % 2 ? stream[i - 1] : 0);
		if (!stream[i])
			return 1;
	}
	for (frame = 0;; frame++) {
		for (i = 0; i < STREAMS; i++) {
			job_init(&job, stream[i], frame);
			job.release_ns = now_ns() + MSEC;
			job.deadline_ns = job.release_ns + 5 * MSEC;
			submit(fd, &job, 1);
		}
		wait_until(fd, done, 64, 2, now_ns() + 5 * MSEC);
		if (frame == 10) {
			puts("busy");
			fflush(stdout);
		}
	}
}
