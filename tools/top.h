/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of "xrsched top": what the kernel says at two moments, what happened
 * in between, and the screen that shows it.
 */
#ifndef TOP_H
#define TOP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <xrsched/control.h>

#define TOP_FRESH 3 /* intervals for which a stream has just begun to miss */
#define TOP_FILTER 32

/* ----- a moment ----------------------------------------------------------- */

/**
 * struct top_sample - What a device says at a moment
 * @device: of the device.
 * @engines: its engines, by id.
 * @nr_engines: how many.
 * @streams: streams of all clients, by id.
 * @nr_streams: how many, -EPERM: not to be seen.
 */
struct top_sample {
	struct xrsched_control_device device;
	struct xrsched_control_engine *engines;
	int nr_engines;
	struct xrsched_control_stream *streams;
	int nr_streams;
};

/**
 * top_sample() - look at a device
 * @control: the control plane.
 * @device: number of the device.
 * @sample: filled in; to be given up with top_sample_free() in any case.
 *
 * Return: 0 or -errno.
 */
int top_sample(struct xrsched_control *control, uint32_t device,
	       struct top_sample *sample);

/**
 * top_sample_free() - give up what a sample holds, and zero it
 * @sample: the sample; may be zeroed.
 */
void top_sample_free(struct top_sample *sample);

/* ----- a time ------------------------------------------------------------- */

/**
 * struct top_stream - What a stream did in a time
 * @now: what it says at the end; its response times are since the reset.
 * @fps: frames completed per second.
 * @wanted: frames per second of its period, 0: sporadic.
 * @ended: frames that completed, were dropped, or failed.
 * @late: completed after their deadline.
 * @dropped: given up by the scheduler.
 * @failed: could not be run.
 * @dlv: share of the frames that ended which was violated.
 * @ne: their energy over their worst.
 * @uxcost: the product.
 * @missing: for how many intervals now it has missed, or waits past a deadline;
 *	     0: not in this one.
 */
struct top_stream {
	struct xrsched_control_stream now;
	double fps;
	double wanted;
	uint64_t ended;
	uint64_t late;
	uint64_t dropped;
	uint64_t failed;
	double dlv;
	double ne;
	double uxcost;
	unsigned int missing;
};

/**
 * struct top_engine - What an engine did in a time
 * @now: what it says at the end.
 * @busy: share of the time that layers ran.
 * @layers: layers finished per second.
 * @lost: layers begun and not finished here.
 * @faults: layers it failed.
 * @runs: name of the stream that it runs, NULL: none, or not to be seen.
 */
struct top_engine {
	struct xrsched_control_engine now;
	double busy;
	double layers;
	uint64_t lost;
	uint64_t faults;
	const char *runs;
};

/* Whose layer an engine runs, is told to CAP_NET_ADMIN only. */
static inline bool top_engine_told(const struct top_engine *engine)
{
	return engine->now.busy && engine->now.stream != XRSCHED_CONTROL_NONE;
}

/**
 * struct top_view - What a device did in a time
 * @device: what it says at the end.
 * @seconds: how long that was.
 * @dlv: sum over the streams of which a frame ended.
 * @ne: likewise.
 * @uxcost: the product.
 * @decisions: layers dispatched per second.
 * @engines: the engines.
 * @nr_engines: how many.
 * @streams: the streams.
 * @nr_streams: how many, -EPERM: not to be seen.
 * @nr_shown: how many of them pass the filter: those that come first.
 */
struct top_view {
	struct xrsched_control_device device;
	double seconds;
	double dlv;
	double ne;
	double uxcost;
	double decisions;
	struct top_engine *engines;
	int nr_engines;
	struct top_stream *streams;
	int nr_streams;
	int nr_shown;
};

/**
 * top_view() - what happened between two moments
 * @view: filled in; what it held is given up.
 * @then: the beginning; NULL: the last reset.
 * @now: the end; has to stay for as long as the view is used.
 *
 * Streams and engines that came meanwhile began with nothing; after a reset of
 * the statistics the time is since that.
 */
void top_view(struct top_view *view, const struct top_sample *then,
	      const struct top_sample *now);

/**
 * top_view_free() - give up what a view holds, and zero it
 * @view: the view; may be zeroed.
 */
void top_view_free(struct top_view *view);

/**
 * top_json() - a view as JSON
 * @view: the view.
 *
 * Return: the object.
 */
json_t *top_json(const struct top_view *view);

/**
 * top_text() - print a view
 * @value: what top_json() made of it.
 */
void top_text(const json_t *value);

/* ----- which streams, in which order -------------------------------------- */

/** enum top_sort - By what streams are sorted; all but the first: worst first */
enum top_sort {
	TOP_SORT_ID,
	TOP_SORT_NAME,
	TOP_SORT_FPS,
	TOP_SORT_P99,
	TOP_SORT_LATE,
	TOP_SORT_DROPPED,
	TOP_SORT_DLV,
	TOP_SORT_NE,
	TOP_SORT_UXCOST,
	TOP_SORTS,
};

/** top_sort_names - what they are called, NULL-terminated */
extern const char *const top_sort_names[TOP_SORTS + 1];

/**
 * top_sort() - bring the streams into an order, those that do not pass last
 * @view: the view.
 * @sort: the order.
 * @reverse: the other way round.
 * @filter: text that the name, the model or the process has to have, "": all.
 */
void top_sort(struct top_view *view, enum top_sort sort, bool reverse,
	      const char *filter);

/* ----- the screen --------------------------------------------------------- */

/**
 * struct top_screen - What the user has asked for
 * @device: number of the device.
 * @interval: seconds.
 * @sort: order of the streams.
 * @reverse: the other way round.
 * @paused: the picture stays.
 * @whole: since the last reset, not of the last interval.
 * @help: the keys are shown.
 * @typing: the filter is being typed.
 * @filter: of the streams.
 * @scroll: streams above the first that is shown.
 */
struct top_screen {
	uint32_t device;
	double interval;
	enum top_sort sort;
	bool reverse;
	bool paused;
	bool whole;
	bool help;
	bool typing;
	char filter[TOP_FILTER];
	int scroll;
};

/**
 * top_draw() - draw it all
 * @screen: what the user has asked for.
 * @view: what is to be seen.
 */
void top_draw(struct top_screen *screen, const struct top_view *view);

#endif /* TOP_H */
