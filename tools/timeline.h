/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recording as a timeline: who ran what when, and what became of frames.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <xrsched/record.h>

#define TIMELINE_ENGINES 64
#define TIMELINE_NONE UINT32_MAX

/**
 * struct timeline_slice - A layer on an engine
 * @begin_ns: when it was dispatched.
 * @end_ns: when it was over.
 * @frame: frame of the stream.
 * @score: why it was chosen, Q32.
 * @energy_pj: what it took, 0 if it was lost.
 * @switch_pj: what it took to move activations there.
 * @engine: number of the engine.
 * @stream: row of the stream.
 * @layer: layer, TIMELINE_NONE: it ran when the recording began.
 * @before: slice of the same frame before this one, TIMELINE_NONE: none.
 * @lost: it failed, took too long, or its engine went.
 */
struct timeline_slice {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t frame;
	int64_t score;
	uint64_t energy_pj;
	uint64_t switch_pj;
	uint32_t engine;
	uint32_t stream;
	uint32_t layer;
	uint32_t before;
	bool lost;
};

/**
 * struct timeline_frame - A frame that ended
 * @frame: its number.
 * @release_ns: when it came.
 * @start_ns: when its first layer was dispatched, 0: never.
 * @end_ns: when it ended.
 * @deadline_ns: when it should have.
 * @energy_pj: what it took.
 * @stream: row of its stream.
 * @outcome: enum xrsched_outcome.
 * @reason: enum xrsched_reason.
 */
struct timeline_frame {
	uint64_t frame;
	uint64_t release_ns;
	uint64_t start_ns;
	uint64_t end_ns;
	uint64_t deadline_ns;
	uint64_t energy_pj;
	uint32_t stream;
	uint8_t outcome;
	uint8_t reason;
};

/**
 * struct timeline_point - A value at a time
 * @at_ns: when.
 * @what: which value.
 * @value: it.
 */
struct timeline_point {
	uint64_t at_ns;
	enum { TIMELINE_READY, TIMELINE_ALPHA, TIMELINE_BETA } what;
	double value;
};

/**
 * struct timeline - All of it
 * @begin_ns: time of the first event.
 * @end_ns: of the last.
 * @work_ns: when a layer first ran, 0: none has.
 * @engine: names of engines by number, "" where there was none; those of all
 *	    that have had that number.
 * @stream: names of streams, by row; a number that is used again is a new row.
 * @nr_streams: rows.
 * @slice: layers, by their end.
 * @nr_slices: how many.
 * @frame: frames, by their end.
 * @nr_frames: how many.
 * @point: values, by time.
 * @nr_points: how many.
 * @lost: records that are missing.
 * @truncated: the file was cut off.
 */
struct timeline {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t work_ns;
	char engine[TIMELINE_ENGINES][2 * XRSCHED_NAME_LEN];
	char (*stream)[XRSCHED_NAME_LEN];
	size_t nr_streams;
	struct timeline_slice *slice;
	size_t nr_slices;
	struct timeline_frame *frame;
	size_t nr_frames;
	struct timeline_point *point;
	size_t nr_points;
	uint64_t lost;
	bool truncated;
};

/**
 * timeline_read() - read a recording
 * @path: file.
 * @timeline: filled in; to be freed by timeline_free() if this succeeds.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int timeline_read(const char *path, struct timeline *timeline);

/** timeline_free() - free what timeline_read() has filled in */
void timeline_free(struct timeline *timeline);

/** timeline_outcome() - how a frame ended, in a word; "late" is one, too */
const char *timeline_outcome(const struct timeline_frame *frame);

/**
 * timeline_json() - as Perfetto and chrome://tracing read it
 * @timeline: it.
 * @file: where to.
 */
void timeline_json(const struct timeline *timeline, FILE *file);

/**
 * timeline_svg() - as a picture
 * @timeline: it.
 * @from_ns: where to begin, relative to the timeline's begin.
 * @length_ns: how much.
 * @file: where to.
 */
void timeline_svg(const struct timeline *timeline, uint64_t from_ns,
		  uint64_t length_ns, FILE *file);

#endif /* TIMELINE_H */
