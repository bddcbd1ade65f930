/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Admission advice: whether every frame of a set of streams is sure to be on
 * time.  Documentation/admission.md has the theorem and its proof.
 */
#ifndef XRS_ADMISSION_H
#define XRS_ADMISSION_H

#include "xrs_model.h"
#include "xrs_shim.h"

struct xrs_core;
struct xrs_stream;

/** define XRS_ADMISSION_STREAMS - Streams of a set that is looked at, at most. */
#define XRS_ADMISSION_STREAMS 1024

/** define XRS_ADMISSION_ROUNDS - Rounds after which bounds hardly move. */
#define XRS_ADMISSION_ROUNDS 16

/**
 * struct xrs_admission_stream - A stream as the test sees it
 * @class_name: class of engines that its layers take longest on
 * @id: the stream's id
 * @upstream: index of its upstream stream, which comes before it; its own: none
 * @root: derived: index of the stream at the head of its chain
 * @layers: layers of its longest variant
 * @bytes: most activations that lie between two of its layers
 * @every_ns: least time between two frames; of a triggered stream: its root's
 * @limit_ns: longest response that is good enough, no longer than @every_ns
 * @work_ns: longest that all its layers take, each on its slowest engine
 * @path_ns: the same with those of its upstream streams
 * @engines: engines that run its model
 * @path_engines: engines that run it or one of its upstream streams
 * @fewest: of these streams, how many engines that one has that has fewest
 * @bound_ns: no response is longer, if @sure; else @limit_ns
 * @need_ns: the same if @sure; else what a frame needs, which is more
 * @sure: @need_ns is within @limit_ns
 */
struct xrs_admission_stream {
	char class_name[XRS_NAME_LEN];
	u32 id;
	u32 upstream;
	u32 root;
	u32 layers;
	u64 bytes;
	u64 every_ns;
	u64 limit_ns;
	u64 work_ns;
	u64 path_ns;
	u64 engines;
	u64 path_engines;
	u32 fewest;
	u64 bound_ns;
	u64 need_ns;
	bool sure;
};

/**
 * struct xrs_admission - A set of streams, and what is known of it
 * @stream: room for @max of them, the caller's
 * @max: at most XRS_ADMISSION_STREAMS
 * @nr: how many there are
 * @bytes_per_us: bandwidth of the slowest engine, 0: moving takes no time
 * @rounds: rounds made
 * @at: stream whose turn it is in this one
 * @moved: some bound has become shorter in it
 * @conserving: the device's policy is one that the guarantee holds for
 */
struct xrs_admission {
	struct xrs_admission_stream *stream;
	u32 max;
	u32 nr;
	u64 bytes_per_us;
	u32 rounds;
	u32 at;
	bool moved;
	bool conserving;
};

int xrs_admission_gather(struct xrs_core *core, struct xrs_admission *a);
void xrs_admission_begin(struct xrs_admission *a);
bool xrs_admission_step(struct xrs_admission *a);
bool xrs_admission_sure(const struct xrs_admission *a);
u32 xrs_admission_bottleneck(const struct xrs_admission *a);
u64 xrs_admission_demand(const struct xrs_admission *a, u32 index, u32 other);
u32 xrs_admission_load_ppm(const struct xrs_admission *a, u32 index);

#endif /* XRS_ADMISSION_H */
