// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pipeline of two clients that know nothing of each other but a fence: one
 * finds faces, the other says whose they are, and a third party (here: poll(),
 * as a display or a compositor would) waits for the end of both.
 *
 * All frames are submitted at once; no process has to be awake between the
 * stages.
 */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "example.h"

#define FRAMES 4

/* The first stage: its frame's end is a fence. */
static int find(struct xrsched *x, uint32_t stream, uint64_t frame)
{
	struct xrsched_job job = {
		.stream = stream,
		.frame = frame,
		.flags = XRSCHED_JOB_OUT_FENCE,
	};

	must("find", xrsched_submit(x, &job, 1, 0, 0));
	return job.out_fence;
}

/* The second one waits for a fence, and has one of its own. */
static int name(struct xrsched *x, uint32_t stream, uint64_t frame, int fence)
{
	struct xrsched_job job = {
		.stream = stream,
		.frame = frame,
		.flags = XRSCHED_JOB_IN_FENCE | XRSCHED_JOB_OUT_FENCE,
		.in_fence = fence,
	};

	must("name", xrsched_submit(x, &job, 1, 0, 0));
	close(fence); /* the kernel has it */
	return job.out_fence;
}

int main(void)
{
	struct xrsched *finder = open_device(), *namer = open_device();
	uint32_t faces = make_stream(finder, "faces",
				     make_model(finder, "faces", 5 * MSEC), 0,
				     1000 * MSEC);
	uint32_t names = make_stream(namer, "names",
				     make_model(namer, "names", 2 * MSEC), 0,
				     1000 * MSEC);
	struct xrsched_completion found[FRAMES], named[FRAMES];
	struct pollfd fence[FRAMES];
	struct xrsched_caps caps;

	must("caps", xrsched_get_caps(finder, &caps));
	if (!(caps.features & XRSCHED_FEATURE_FENCES))
		must("fences", -EOPNOTSUPP);
	for (int i = 0; i < FRAMES; i++) {
		fence[i].fd = name(namer, names, i, find(finder, faces, i));
		fence[i].events = POLLIN;
	}
	for (int i = 0; i < FRAMES; i++) {
		if (poll(&fence[i], 1, 5000) != 1)
			must("fence", -ETIMEDOUT);
		close(fence[i].fd);
	}
	/* A stage's completion is there when its fence is signalled. */
	must("found", xrsched_wait(finder, found, FRAMES, FRAMES, 0));
	must("named", xrsched_wait(namer, named, FRAMES, FRAMES, 0));
	for (int i = 0; i < FRAMES; i++)
		printf("frame %d: %s, then %s%s\n", i, outcome(&found[i]),
		       outcome(&named[i]),
		       named[i].start_ns < found[i].finish_ns ? ", too early"
							      : "");
	xrsched_close(finder);
	xrsched_close(namer);
	return 0;
}
