// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulator's admission advice, as the module gives it.
 */
#include <errno.h>
#include <stdlib.h>

#include "sim.h"
#include "xrs_admission.h"

static uint32_t verdict_of(const struct xrs_admission *a)
{
	if (!xrs_admission_sure(a))
		return XRSCHED_VERDICT_UNKNOWN;
	return a->conserving ? XRSCHED_VERDICT_SURE
			     : XRSCHED_VERDICT_CONSERVING;
}

/* A stream's handle by its id; the simulator has one client. */
static uint32_t handle_of(struct sim *sim, u32 id)
{
	for (u32 i = 1; i <= sim->streams.nr; i++) {
		const struct sim_stream *stream = sim_stream_get(sim, i);

		if (stream && stream->core.id == id)
			return i;
	}
	return 0;
}

static void tell(struct sim *sim, const struct xrs_admission *a, u32 index,
		 struct xrsched_advice *advice)
{
	const struct xrs_admission_stream *s = &a->stream[index];

	advice->stream = handle_of(sim, s->id);
	advice->load_ppm = xrs_admission_load_ppm(a, index);
	if (!advice->stream)
		return;
	advice->limit_ns = s->limit_ns;
	advice->need_ns = s->need_ns;
	advice->work_ns = s->path_ns;
	memcpy(advice->class_name, s->class_name, XRS_NAME_LEN);
}

static int advise(struct sim *sim, struct xrs_admission *a,
		  struct xrsched_advice *advice)
{
	const struct sim_stream *stream = sim_stream_get(sim, advice->stream);
	u32 handle = advice->stream;
	int ret;

	if (handle && !stream)
		return -ENOENT;
	ret = xrs_admission_gather(&sim->core, a);
	if (ret)
		return ret;
	xrs_admission_begin(a);
	while (xrs_admission_step(a))
		;
	*advice = (struct xrsched_advice){
		.size = advice->size,
		.verdict = verdict_of(a),
	};
	if (handle)
		tell(sim, a, stream->core.place, advice);
	else if (a->nr)
		tell(sim, a, xrs_admission_bottleneck(a), advice);
	return 0;
}

int sim_advise(struct xrsched *x, struct xrsched_advice *advice)
{
	struct xrs_admission a = { .max = XRS_ADMISSION_STREAMS };
	struct xrsched_advice ours = { .size = advice->size,
				       .stream = advice->stream };
	int ret;

	a.stream = calloc(a.max, sizeof(*a.stream));
	if (!a.stream)
		return -ENOMEM;
	ret = advise(to_sim(x), &a, &ours);
	free(a.stream);
	if (!ret)
		xrsched_give_sized(advice, ours.size, &ours, sizeof(ours));
	return ret;
}
