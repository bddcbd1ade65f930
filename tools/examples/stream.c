// SPDX-License-Identifier: GPL-2.0-only
/*
 * A stream of 60 frames a second on a pair of rings: jobs are written, and
 * completions read, where the kernel has them.
 *
 * All times are multiples of the period from one start: nothing drifts, however
 * late this process is woken.
 */
#include <xrsched/ring.h>

#include "example.h"

#define FRAMES 30
#define PERIOD_NS (1000 * MSEC / 60)

int main(void)
{
	struct xrsched *x = open_device();
	uint32_t model = make_model(x, "hands", 3 * MSEC);
	uint32_t camera = make_stream(x, "camera", model, PERIOD_NS, 0);
	const struct xrsched_completion *done;
	unsigned int late = 0, lost = 0;
	struct xrsched_ring *ring;
	uint64_t start;

	must("rings", xrsched_ring_create(x, NULL, &ring));
	start = xrsched_now(x) + MSEC;
	for (uint64_t frame = 0; frame < FRAMES; frame++) {
		struct xrsched_job *job = xrsched_ring_get_job(ring);

		xrsched_job_prepare(job, camera, frame, frame);
		/* The kernel releases it then, and not before. */
		job->release_ns = start + frame * PERIOD_NS;
		/* One system call: this frame in, and its end awaited. */
		must("submit", xrsched_ring_submit_and_wait(ring, 1, 0));
		must("wait", xrsched_ring_wait(ring, &done, 1, 0));
		if (done->outcome != XRSCHED_COMPLETED)
			lost++;
		else if (done->flags & XRSCHED_COMPLETION_LATE)
			late++;
		xrsched_ring_seen(ring, 1);
	}
	printf("%u frames, %u late, %u lost, in %u ms\n", FRAMES, late, lost,
	       (unsigned int)((xrsched_now(x) - start) / MSEC));
	xrsched_ring_destroy(ring);
	xrsched_close(x);
	return 0;
}
