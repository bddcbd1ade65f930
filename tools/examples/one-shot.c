// SPDX-License-Identifier: GPL-2.0-only
/*
 * One job: submit a frame, and wait until it has ended, for no longer than a
 * second.
 */
#include <inttypes.h>

#include "example.h"

int main(void)
{
	struct xrsched *x = open_device();
	/* 2 ms of work, to be done within a second. */
	uint32_t model = make_model(x, "classifier", 2 * MSEC);
	uint32_t stream = make_stream(x, "photos", model, 0, 1000 * MSEC);
	struct xrsched_job job = { .stream = stream, .frame = 1, .cookie = 42 };
	struct xrsched_completion done;

	must("submit", xrsched_submit(x, &job, 1, 0, 0));
	must("wait",
	     xrsched_wait(x, &done, 1, 1, xrsched_now(x) + 1000 * MSEC));
	printf("photo %" PRIu64 ": %s after %" PRIu64 " us\n",
	       (uint64_t)done.cookie, outcome(&done),
	       (uint64_t)(done.finish_ns - done.release_ns) / 1000);
	xrsched_close(x);
	return done.outcome != XRSCHED_COMPLETED;
}
