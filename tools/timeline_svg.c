// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timeline as a picture: lanes of engines with what ran on them, lanes of
 * streams with frames from arrival to deadline.
 */
#include "timeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#define WIDTH 1200
#define LEFT 142 /* names of lanes */
#define RIGHT 20
#define TOP 34
#define ENGINE_LANE 30
#define STREAM_LANE 22
#define GAP 26 /* between engines and streams, with a heading */
#define MERGE_NS 2000 /* layers so close are one block */
#define CHAR_PX 6.2 /* of a label, at its size */

/* Colours that can be told apart, also by the colour-blind (Tol, muted). */
static const char *const palette[] = {
	"#88ccee", "#ddcc77", "#117733", "#cc6677", "#332288",
	"#44aa99", "#999933", "#aa4499", "#882255", "#bbbbbb",
};
#define COLOURS (sizeof(palette) / sizeof(palette[0]))
/* Those on which a label has to be white. */
static const bool dark[COLOURS] = {
	[2] = true, [4] = true, [7] = true, [8] = true
};

/**
 * struct picture - A picture being drawn
 * @t: the timeline.
 * @file: where to.
 * @from_ns: its left edge.
 * @to_ns: its right edge.
 * @engine_y: top of an engine's lane, 0: it has none.
 * @stream_y: top of a stream's lane, 0: it has none; by row.
 * @height: of all.
 */
struct picture {
	const struct timeline *t;
	FILE *file;
	uint64_t from_ns;
	uint64_t to_ns;
	int engine_y[TIMELINE_ENGINES];
	int *stream_y;
	int height;
};

static double x_of(const struct picture *p, uint64_t at_ns)
{
	if (at_ns < p->from_ns)
		at_ns = p->from_ns;
	if (at_ns > p->to_ns)
		at_ns = p->to_ns;
	return LEFT + (double)(WIDTH - LEFT - RIGHT) * (at_ns - p->from_ns) /
			      (p->to_ns - p->from_ns);
}

/* Text as XML wants it; names have no control characters. */
static void put_xml(FILE *file, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		default:
			fputc(*text, file);
		}
}

static void text(const struct picture *p, double x, double y,
		 const char *class_name, const char *what)
{
	fprintf(p->file, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y,
		class_name);
	put_xml(p->file, what);
	fputs("</text>\n", p->file);
}

static bool visible(const struct picture *p, uint64_t begin_ns, uint64_t end_ns)
{
	return end_ns > p->from_ns && begin_ns < p->to_ns;
}

static bool frame_visible(const struct picture *p,
			  const struct timeline_frame *f)
{
	return visible(p, f->release_ns,
		       f->end_ns > f->deadline_ns ? f->end_ns : f->deadline_ns);
}

/* Lanes for those who have something to show. */
static void lay_out(struct picture *p)
{
	const struct timeline *t = p->t;
	int y = TOP;

	for (size_t i = 0; i < t->nr_slices; i++)
		if (visible(p, t->slice[i].begin_ns, t->slice[i].end_ns))
			p->stream_y[t->slice[i].stream] = 1;
	for (size_t i = 0; i < t->nr_frames; i++)
		if (frame_visible(p, &t->frame[i]))
			p->stream_y[t->frame[i].stream] = 1;
	for (int id = 0; id < TIMELINE_ENGINES; id++)
		if (t->engine[id][0]) {
			p->engine_y[id] = y;
			y += ENGINE_LANE;
		}
	y += GAP;
	for (size_t row = 0; row < t->nr_streams; row++)
		if (p->stream_y[row]) {
			p->stream_y[row] = y;
			y += STREAM_LANE;
		}
	p->height = y + 46;
}

/* ----- the frame of it -------------------------------------------------- */

static void begin(const struct picture *p)
{
	fprintf(p->file,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
		"height=\"%d\" viewBox=\"0 0 %d %d\" "
		"font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\">\n"
		"<style>.lane{font-size:12px}.head{font-size:12px;"
		"font-weight:bold}.tick{font-size:11px;text-anchor:middle;"
		"fill:#444}.in{font-size:10px;fill:#000}.on{font-size:10px;"
		"fill:#fff}</style>\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
		WIDTH, p->height, WIDTH, p->height, WIDTH, p->height);
}

/* Round steps, at most ten of them. */
static double tick_ms(double length_ms)
{
	static const double steps[] = { 1, 2, 5 };
	double unit = 0.001;

	for (;; unit *= 10)
		for (int i = 0; i < 3; i++)
			if (length_ms / (unit * steps[i]) <= 10)
				return unit * steps[i];
}

static void axis(const struct picture *p)
{
	double from_ms = (p->from_ns - p->t->begin_ns) / 1e6;
	double length_ms = (p->to_ns - p->from_ns) / 1e6;
	double step = tick_ms(length_ms);
	long first = (long)(from_ms / step);
	int bottom = p->height - 40;
	char label[32];

	for (long i = first; i * step <= from_ms + length_ms * 1.0001; i++) {
		double x = LEFT + (WIDTH - LEFT - RIGHT) *
					  (i * step - from_ms) / length_ms;

		if (i * step < from_ms * 0.9999)
			continue;
		fprintf(p->file,
			"<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" "
			"stroke=\"#ddd\"/>\n",
			x, TOP - 6, x, bottom);
		snprintf(label, sizeof(label), "%g ms", i * step);
		text(p, x, bottom + 14, "tick", label);
	}
}

static void lanes(const struct picture *p)
{
	int streams_y = 0;

	text(p, 8, TOP - 12, "head", "engines");
	for (int id = 0; id < TIMELINE_ENGINES; id++)
		if (p->engine_y[id])
			text(p, 8, p->engine_y[id] + ENGINE_LANE / 2 + 3,
			     "lane", p->t->engine[id]);
	for (size_t row = 0; row < p->t->nr_streams; row++) {
		int y = p->stream_y[row];

		if (!y)
			continue;
		if (!streams_y)
			streams_y = y;
		fprintf(p->file,
			"<rect x=\"8\" y=\"%d\" width=\"10\" height=\"10\" "
			"fill=\"%s\"/>\n",
			y + STREAM_LANE / 2 - 6, palette[row % COLOURS]);
		text(p, 23, y + STREAM_LANE / 2 + 3, "lane", p->t->stream[row]);
	}
	if (streams_y)
		text(p, 8, streams_y - 8, "head", "streams");
}

/* ----- what it shows ---------------------------------------------------- */

static void block(const struct picture *p, const struct timeline_slice *slice,
		  uint64_t end_ns)
{
	double x = x_of(p, slice->begin_ns), width = x_of(p, end_ns) - x;
	uint32_t colour = slice->stream % COLOURS;
	int y = p->engine_y[slice->engine] + 3;
	char label[64];

	if (!visible(p, slice->begin_ns, end_ns) || y == 3)
		return;
	if (width < 0.4)
		width = 0.4;
	fprintf(p->file,
		"<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
		"fill=\"%s\"><title>",
		x, y, width, ENGINE_LANE - 6, palette[colour]);
	put_xml(p->file, p->t->stream[slice->stream]);
	fprintf(p->file, " frame %" PRIu64 ", %.3f ms</title></rect>\n",
		slice->frame, (end_ns - slice->begin_ns) / 1e6);
	snprintf(label, sizeof(label), "%.31s %" PRIu64,
		 p->t->stream[slice->stream], slice->frame);
	if (strlen(label) * CHAR_PX > width - 4)
		snprintf(label, sizeof(label), "%" PRIu64, slice->frame);
	if (strlen(label) * CHAR_PX <= width - 4)
		text(p, x + 3, y + ENGINE_LANE / 2 + 1,
		     dark[colour] ? "on" : "in", label);
}

/* Layers of a frame that follow each other on an engine are one block. */
static void blocks(const struct picture *p)
{
	const struct timeline *t = p->t;
	struct timeline_slice open[TIMELINE_ENGINES] = { 0 };

	for (size_t i = 0; i < t->nr_slices; i++) {
		const struct timeline_slice *slice = &t->slice[i];
		struct timeline_slice *last = &open[slice->engine];

		if (last->end_ns && last->stream == slice->stream &&
		    last->frame == slice->frame &&
		    slice->begin_ns <= last->end_ns + MERGE_NS) {
			last->end_ns = slice->end_ns;
			continue;
		}
		if (last->end_ns)
			block(p, last, last->end_ns);
		*last = *slice;
	}
	for (int id = 0; id < TIMELINE_ENGINES; id++)
		if (open[id].end_ns)
			block(p, &open[id], open[id].end_ns);
}

/* Pale from arrival to deadline, full to its end; a cross where it was lost. */
static void frame(const struct picture *p, const struct timeline_frame *f)
{
	const char *colour = palette[f->stream % COLOURS];
	const char *outcome = timeline_outcome(f);
	double x = x_of(p, f->release_ns), end = x_of(p, f->end_ns);
	double deadline = x_of(p, f->deadline_ns);
	int y = p->stream_y[f->stream] + 3, h = STREAM_LANE - 8;
	bool missed = strcmp(outcome, "completed") != 0;

	fprintf(p->file,
		"<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" height=\"%d\" "
		"fill=\"%s\" fill-opacity=\"0.25\" stroke=\"%s\" "
		"stroke-width=\"0.7\"/>\n",
		x, y, deadline > x ? deadline - x : 0.4, h, colour, colour);
	if (f->start_ns && end > x)
		fprintf(p->file,
			"<rect x=\"%.2f\" y=\"%d\" width=\"%.2f\" "
			"height=\"%d\" fill=\"%s\"><title>frame %" PRIu64
			" %s</title></rect>\n",
			x, y + 3, end - x, h - 6, colour, f->frame, outcome);
	if (missed && f->end_ns >= p->from_ns && f->end_ns <= p->to_ns)
		fprintf(p->file,
			"<path d=\"M%.1f %d l7 %d m0 -%d l-7 %d\" "
			"stroke=\"#c00\" stroke-width=\"2\" fill=\"none\">"
			"<title>frame %" PRIu64 " %s</title></path>\n",
			end - 3.5, y + 3, h - 6, h - 6, h - 6, f->frame,
			outcome);
}

static void legend(const struct picture *p)
{
	text(p, LEFT, p->height - 8, "lane",
	     "engines: layers that follow each other on an engine are one "
	     "block, labelled with stream and frame.  streams: pale from "
	     "arrival to deadline, full to the frame's end.");
	fprintf(p->file,
		"<path d=\"M8 %d l7 8 m0 -8 l-7 8\" stroke=\"#c00\" "
		"stroke-width=\"2\" fill=\"none\"/>\n",
		p->height - 17);
	text(p, 23, p->height - 8, "lane", "late or lost");
}

void timeline_svg(const struct timeline *timeline, uint64_t from_ns,
		  uint64_t length_ns, FILE *file)
{
	struct picture p = {
		.t = timeline,
		.file = file,
		.from_ns = timeline->begin_ns + from_ns,
		.to_ns = timeline->begin_ns + from_ns + length_ns,
	};

	p.stream_y = calloc(timeline->nr_streams + 1, sizeof(*p.stream_y));
	if (!p.stream_y)
		out_of_memory();
	lay_out(&p);
	begin(&p);
	axis(&p);
	lanes(&p);
	blocks(&p);
	for (size_t i = 0; i < timeline->nr_frames; i++)
		if (frame_visible(&p, &timeline->frame[i]))
			frame(&p, &timeline->frame[i]);
	legend(&p);
	fputs("</svg>\n", file);
	free(p.stream_y);
}
