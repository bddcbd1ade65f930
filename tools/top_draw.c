// SPDX-License-Identifier: GPL-2.0-only
/*
 * The screen of "xrsched top".
 */
#include <curses.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "names.h"
#include "top.h"

#define MS 1e6
#define WIDE 118 /* columns from which on there is room for more */
#define BAR_MIN 10
#define BAR_MAX 40
#define ROWS_MIN 24
#define COLUMNS_MIN 80

enum { PAIR_FRESH = 1, PAIR_MISSING, PAIR_DOWN };

/* Drawn on, and then as much of it shown as the terminal has room for. */
static WINDOW *page;

static int columns(void)
{
	return getmaxx(page);
}

/* What does not fit is cut off, rather than broken into lines. */
static bool set_up_page(void)
{
	int rows = LINES < ROWS_MIN ? ROWS_MIN : LINES;
	int width = COLS < COLUMNS_MIN ? COLUMNS_MIN : COLS;

	if (page && getmaxy(page) == rows && getmaxx(page) == width) {
		werase(page);
		return true;
	}
	if (page)
		delwin(page);
	page = newpad(rows, width);
	return page;
}

static void set_up_colours(void)
{
	static bool done;

	if (done || !has_colors())
		return;
	done = true;
	start_color();
	use_default_colors();
	init_pair(PAIR_FRESH, COLOR_WHITE, COLOR_RED);
	init_pair(PAIR_MISSING, COLOR_YELLOW, -1);
	init_pair(PAIR_DOWN, COLOR_RED, -1);
}

/* A heading over the whole line. */
static void heading(int y, const char *text)
{
	wattron(page, A_REVERSE);
	mvwhline(page, y, 0, ' ', columns());
	mvwaddnstr(page, y, 0, text, columns());
	wattroff(page, A_REVERSE);
}

static int draw_device(const struct top_screen *screen,
		       const struct top_view *view)
{
	const struct xrsched_control_device *device = &view->device;

	mvwprintw(page, 0, 0,
		  "device %u  %s  %u/%u engines up  %u streams  %u clients",
		  device->nr, device->policy, device->engines_up,
		  device->engines, device->streams, device->clients);
	if (screen->paused) {
		wattron(page, A_REVERSE);
		wprintw(page, "  PAUSED ");
		wattroff(page, A_REVERSE);
	}
	mvwprintw(page, 1, 0,
		  "UXCost %.4g = DLV %.4g x NE %.4g   %.0f decisions/s  %s",
		  view->uxcost, view->dlv, view->ne, view->decisions,
		  screen->whole ? "since the reset, " : "in ");
	wprintw(page, "%.1f s", view->seconds);
	return 3;
}

static void draw_bar(double share, int width)
{
	int full = share * width + 0.5;

	waddch(page, '[');
	wattron(page, A_BOLD);
	for (int i = 0; i < width; i++)
		waddch(page, i < full ? '|' : ' ');
	wattroff(page, A_BOLD);
	wprintw(page, "] %5.1f%%", share * 100);
}

static void draw_runs(const struct top_engine *engine)
{
	bool up = engine->now.state == XRSCHED_ENGINE_STATE_UP;
	int look = up ? A_NORMAL : COLOR_PAIR(PAIR_DOWN) | A_BOLD;
	char text[80];

	if (!up)
		snprintf(text, sizeof(text), "! %s",
			 engine_state_name(engine->now.state));
	else if (!engine->now.busy)
		snprintf(text, sizeof(text), "-");
	else if (!top_engine_told(engine))
		snprintf(text, sizeof(text), "busy; whose: CAP_NET_ADMIN");
	else if (engine->runs)
		snprintf(text, sizeof(text), "%s #%" PRIu64 " layer %u",
			 engine->runs, engine->now.frame, engine->now.layer);
	else
		snprintf(text, sizeof(text), "stream %u", engine->now.stream);
	wattron(page, look);
	if (columns() > getcurx(page))
		waddnstr(page, text, columns() - getcurx(page));
	wattroff(page, look);
}

static int draw_engines(int y, const struct top_view *view)
{
	int bar = columns() - 69 < BAR_MIN ? BAR_MIN : columns() - 69;
	int room = LINES / 2;

	if (bar > BAR_MAX)
		bar = BAR_MAX;
	heading(y, "");
	wattron(page, A_REVERSE);
	mvwprintw(page, y++, 0, "%-10s %-8s %-*s %8s %5s %5s  %s", "ENGINE",
		  "CLASS", bar + 9, "BUSY", "LAYERS/s", "LOST", "FAULT",
		  "RUNS");
	wattroff(page, A_REVERSE);
	for (int i = 0; i < view->nr_engines && y < room; i++, y++) {
		const struct top_engine *engine = &view->engines[i];

		mvwprintw(page, y, 0, "%-10.10s %-8.8s ", engine->now.name,
			  engine->now.class_name);
		draw_bar(engine->busy, bar);
		wprintw(page, " %8.0f %5" PRIu64 " %5" PRIu64 "  ",
			engine->layers, engine->lost, engine->faults);
		draw_runs(engine);
	}
	return y + 1;
}

/* Colour is not all: fresh ones have two marks and stand in reverse. */
static int look_of(const struct top_stream *stream)
{
	if (!stream->missing)
		return A_NORMAL;
	if (stream->missing <= TOP_FRESH)
		return (has_colors() ? COLOR_PAIR(PAIR_FRESH) : A_REVERSE) |
		       A_BOLD;
	return COLOR_PAIR(PAIR_MISSING) | A_BOLD;
}

static void draw_stream(int y, const struct top_stream *stream)
{
	const struct xrsched_control_stream *now = &stream->now;
	int look = look_of(stream);

	wattron(page, look);
	mvwprintw(page, y, 0, "%-2s %-16.16s ",
		  !stream->missing		? ""
		  : stream->missing > TOP_FRESH ? "!"
						: "!!",
		  now->name);
	if (columns() >= WIDE)
		wprintw(page, "%-16.16s %6u %5u %9.2f ", now->model,
			now->client, now->in_flight, now->response.p50_ns / MS);
	wprintw(page, "%7u %6.1f/%-5.4g %7.1f %5" PRIu64 " %5" PRIu64 " ",
		now->pid, stream->fps, stream->wanted,
		now->response.p99_ns / MS, stream->late, stream->dropped);
	/* Nothing to score: what waits for ever would look as if all were well. */
	if (stream->ended)
		wprintw(page, "%5.3f %5.3f %6.3f", stream->dlv, stream->ne,
			stream->uxcost);
	else if (now->overdue_ns)
		wprintw(page, "overdue %7.1f ms", now->overdue_ns / MS);
	else
		wprintw(page, "%5s %5s %6s", "-", "-", "-");
	wattroff(page, look);
}

static void draw_streams(int y, struct top_screen *screen,
			 const struct top_view *view)
{
	int room = LINES - y - 2;

	heading(y, "");
	wattron(page, A_REVERSE);
	mvwprintw(page, y, 0, "%-2s %-16s ", "", "STREAM");
	if (columns() >= WIDE)
		wprintw(page, "%-16s %6s %5s %9s ", "MODEL", "CLIENT", "QUEUE",
			"P50 ms");
	wprintw(page, "%7s %6s/%-5s %7s %5s %5s %5s %5s %6s", "PID", "FPS",
		"WANT", "P99 ms", "LATE", "DROP", "DLV", "NE", "UXCOST");
	wattroff(page, A_REVERSE);
	y++;
	if (view->nr_streams == -EPERM) {
		mvwprintw(page, y, 0,
			  "streams are shown to CAP_NET_ADMIN only: use sudo");
		return;
	}
	if (screen->scroll > view->nr_shown - room)
		screen->scroll = view->nr_shown - room;
	if (screen->scroll < 0)
		screen->scroll = 0;
	for (int i = screen->scroll; i < view->nr_shown && room > 0;
	     i++, room--)
		draw_stream(y++, &view->streams[i]);
	if (!view->nr_shown)
		mvwprintw(page, y, 0, "%s",
			  *screen->filter ? "no stream passes the filter"
					  : "no streams");
}

static void draw_foot(const struct top_screen *screen)
{
	wmove(page, LINES - 1, 0);
	if (screen->typing) {
		wprintw(page, "filter: %s_", screen->filter);
		return;
	}
	wprintw(page, "q quit  ? help  space pause  s sort: %s%s  / filter: %s",
		top_sort_names[screen->sort], screen->reverse ? " (r)" : "",
		*screen->filter ? screen->filter : "-");
}

static void draw_help(void)
{
	static const char *const lines[] = {
		"q          quit",
		"space, p   the picture stays; again: goes on",
		"s, S       sort streams by the next, or previous, column",
		"r          the other way round",
		"/          only streams with this in name or model, or of "
		"this",
		"           process; Enter ends it, Escape clears it",
		"w          of the last interval, or since the statistics' "
		"reset",
		"d          next device",
		"+, -       interval longer, shorter",
		"up, down   scroll the streams",
		"",
		"!! a stream that has just begun to miss deadlines   ! still",
		"P50 and P99 are response times since the reset; LATE, DROP "
		"and",
		"all else are of the time that the second line says.",
		"DLV: share of frames late, dropped or failed.  NE: energy "
		"over",
		"worst energy.  UXCOST: DLV x NE; of the device: sum x sum.",
		"",
		"any key goes back",
	};

	heading(0, "xrsched top");
	for (size_t i = 0; i < ELEMENTS(lines) && (int)i + 2 < LINES; i++)
		mvwaddnstr(page, i + 2, 2, lines[i],
			   columns() > 2 ? columns() - 2 : 0);
}

void top_draw(struct top_screen *screen, const struct top_view *view)
{
	if (!set_up_page())
		return;
	set_up_colours();
	if (screen->help) {
		draw_help();
	} else {
		draw_streams(draw_engines(draw_device(screen, view), view),
			     screen, view);
		draw_foot(screen);
	}
	/* Of what the terminal showed before, nothing is sure after a resize. */
	wnoutrefresh(stdscr);
	pnoutrefresh(page, 0, 0, 0, 0, LINES - 1, COLS - 1);
	doupdate();
}
