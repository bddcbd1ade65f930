// SPDX-License-Identifier: GPL-2.0-only
/*
 * The search for alpha and beta.
 *
 * When it begins, and when streams come or go, it scans: UXCost is measured
 * over one window at the centre and at places far from each other, then once
 * more at the two that were best; it settles at the better one.
 *
 * A step measures UXCost over one window at the centre and at three probes
 * around it, 120 degrees apart.  If the best probe gains more than noise would,
 * the centre moves by the radius along the sum of the gains; otherwise the
 * radius is halved.  The search settles when the radius is small or after
 * some steps.  So it goes on when UXCost leaves its running mean, and from the
 * beginning if there is no scan.
 *
 * Windows are looked at when something happens anyway, and begin with the
 * first event: a quiet device has no timer for this.
 */
#include "policies.h"
#include "xrs_score.h"
#include "xrs_uxcost.h"

#define ONE	   XRS_TUNER_ONE
#define ALPHA_ZERO (ONE / 16)
#define MILLION	   1000000

/* 0.01 * 200^(i/32) in millionths: alpha on its logarithmic scale. */
static const u32 alpha_scale[33] = {
	10000, 11801, 13926, 16433, 19392, 22884, 27005, 31868,
	37606, 44378, 52369, 61799, 72927, 86058, 101555, 119842,
	141421, 166887, 196938, 232400, 274248, 323632, 381907, 450677,
	531830, 627595, 740605, 873965, 1031339, 1217050, 1436202, 1694817,
	2000000,
};

/* Sine of a turn in 24 parts, Q16. */
static const s32 sine[24] = {
	0,	16962,	32768,	46341,	56756,	63303,	65536,	63303,
	56756,	46341,	32768,	16962,	0,	-16962, -32768, -46341,
	-56756, -63303, -65536, -63303, -56756, -46341, -32768, -16962,
};

/*
 * Where a scan looks: each is good in some scenario on some hardware where the
 * others are not.  The thrifty one is tried even if no deadline is missed.
 */
static const struct {
	u32 alpha;
	u32 beta;
} places[XRS_TUNER_PLACES] = {
	{ MILLION / 100, MILLION },
	{ MILLION / 10, 2 * MILLION },
	{ 0, MILLION / 4 },
	{ 2 * MILLION, 2 * MILLION },
};

#define THRIFTY 2
#define NOWHERE U32_MAX

static u32 alpha_of(s32 x)
{
	u32 at, part;

	if (x < ALPHA_ZERO)
		return 0;
	/* Q11 of a table with 32 intervals. */
	at = (u64)(x - ALPHA_ZERO) * (32 << 11) / (ONE - ALPHA_ZERO);
	part = at & 2047;
	at >>= 11;
	if (at >= 32)
		return alpha_scale[32];
	return alpha_scale[at] +
	       (((u64)(alpha_scale[at + 1] - alpha_scale[at]) * part) >> 11);
}

static s32 x_of(s64 alpha)
{
	u32 at = 0;
	u64 part;

	if (alpha < alpha_scale[0])
		return 0;
	while (at < 31 && alpha >= alpha_scale[at + 1])
		at++;
	part = div64_u64((u64)(alpha - alpha_scale[at]) << 11,
			 alpha_scale[at + 1] - alpha_scale[at]);
	part = min_t(u64, part, 2048);
	return ALPHA_ZERO + (((at << 11) + part) * (ONE - ALPHA_ZERO) >> 16);
}

static s32 clamp_one(s64 value)
{
	return value < 0 ? 0 : value > ONE ? ONE : value;
}

/* xorshift64*: directions only have to be different, not unpredictable. */
static u32 draw_angle(struct xrs_tuner *tuner)
{
	tuner->random ^= tuner->random >> 12;
	tuner->random ^= tuner->random << 25;
	tuner->random ^= tuner->random >> 27;
	return (u32)((tuner->random * 0x2545f4914f6cdd1dULL) >> 59) % 24;
}

static s32 direction_x(const struct xrs_tuner *tuner, u32 probe)
{
	return sine[(tuner->angle + 8 * (probe - 1) + 6) % 24];
}

static s32 direction_y(const struct xrs_tuner *tuner, u32 probe)
{
	return sine[(tuner->angle + 8 * (probe - 1)) % 24];
}

static struct xrs_point place_at(u32 place)
{
	return (struct xrs_point){
		.x = x_of(places[place - 1].alpha),
		.y = (u64)places[place - 1].beta * ONE / (2 * MILLION),
	};
}

/* The best of a scan, 0 the centre, 1 … a place; not @but. */
static u32 best_place(const struct xrs_tuner *tuner, u32 but)
{
	u32 i, best = NOWHERE;

	for (i = 0; i <= XRS_TUNER_PLACES; i++)
		if (i != but && (best == NOWHERE ||
				 tuner->cost[i] < tuner->cost[best]))
			best = i;
	return best;
}

static u32 scanned(const struct xrs_tuner *tuner)
{
	u32 best;

	if (tuner->window <= XRS_TUNER_PLACES)
		return tuner->window;
	best = best_place(tuner, NOWHERE);
	if (tuner->window == XRS_TUNER_PLACES + 1)
		return best;
	return best_place(tuner, best);
}

/* What the window of a step measures: 0 the centre, 1 … a probe or a place. */
static u32 probe_of(const struct xrs_tuner *tuner)
{
	if (tuner->scan)
		return scanned(tuner);
	if (tuner->window <= XRS_TUNER_PROBES)
		return tuner->window;
	return tuner->window == XRS_TUNER_PROBES + 1 ? 0 : tuner->best;
}

/* Has the policy run at the centre or a probe from now on. */
static void apply(struct xrs_core *core)
{
	struct xrs_tuner *tuner = &core->tuner;
	struct xrs_point at = tuner->centre;
	u32 probe = probe_of(tuner);

	if (probe && tuner->scan) {
		at = place_at(probe);
	} else if (probe) {
		at.x = clamp_one(at.x + (s64)tuner->radius *
				 direction_x(tuner, probe) / ONE);
		at.y = clamp_one(at.y + (s64)tuner->radius *
				 direction_y(tuner, probe) / ONE);
	}
	core->param[XRS_PARAM_ALPHA] = alpha_of(at.x);
	core->param[XRS_PARAM_BETA] = (s64)at.y * 2 * MILLION / ONE;
}

static void begin_window(struct xrs_core *core, u64 now_ns)
{
	u64 length_ns = core->param[XRS_PARAM_WINDOW] * 1000000;
	struct xrs_stream *stream;

	list_for_each_entry(stream, &core->streams, link) {
		stream->window = stream->count;
		length_ns = max(length_ns, stream->period_ns *
				(u64)core->param[XRS_PARAM_WINDOW_FRAMES]);
	}
	core->tuner.end_ns = now_ns + length_ns;
}

static void begin_step(struct xrs_core *core)
{
	struct xrs_tuner *tuner = &core->tuner;

	memset(tuner->cost, 0, sizeof(tuner->cost));
	tuner->window = 0;
	tuner->best = 0;
	tuner->angle = draw_angle(tuner);
	apply(core);
}

/* From the centre; what was learned about noise stays. */
static void begin_search(struct xrs_core *core, bool scan)
{
	struct xrs_tuner *tuner = &core->tuner;

	tuner->scan = scan && core->param[XRS_PARAM_TUNE_SCAN];
	tuner->radius = core->param[XRS_PARAM_TUNE_RADIUS] * ONE / MILLION;
	tuner->step = 1;
	tuner->last_centre = 0;
	tuner->back_cost = 0;
	begin_step(core);
}

/**
 * xrs_tuner_start() - search from where alpha and beta are
 * @core: the core; its policy heeds XRS_PARAM_TUNE
 *
 * Context: caller's lock.
 */
void xrs_tuner_start(struct xrs_core *core)
{
	struct xrs_tuner *tuner = &core->tuner;

	tuner->centre.x = x_of(core->param[XRS_PARAM_ALPHA]);
	tuner->centre.y = core->param[XRS_PARAM_BETA] * ONE / (2 * MILLION);
	tuner->random = core->param[XRS_PARAM_TUNE_SEED] + 1;
	tuner->noise_q32 = xrs_ratio_q32(core->param[XRS_PARAM_TUNE_NOISE],
					 MILLION);
	tuner->gen = core->stream_gen;
	begin_search(core, true);
}

/* Relative noise of a window, learned where the same place is measured twice. */
static void learn_noise(struct xrs_tuner *tuner, u64 cost)
{
	u64 last = tuner->last_centre, gap;

	if (last) {
		gap = cost > last ? cost - last : last - cost;
		gap = xrs_ratio_q32(gap, max_t(u64, last, 1));
		gap = min(gap, XRS_Q32_ONE);
		tuner->noise_q32 = (3 * tuner->noise_q32 + gap) / 4;
	}
	tuner->last_centre = cost;
}

/* UXCost of the centre: the mean of its windows in this step. */
static u64 centre_cost(const struct xrs_tuner *tuner)
{
	u64 again = tuner->cost[XRS_TUNER_PROBES + 1];

	return again ? tuner->cost[0] / 2 + again / 2 : tuner->cost[0];
}

/*
 * What a probe gains over the centre, Q32.  Of the best, the second look
 * counts: the first is why it is the best, be it by luck.
 */
static u64 gain_q32(const struct xrs_tuner *tuner, u32 probe)
{
	u64 centre = centre_cost(tuner), cost = tuner->cost[probe];

	if (tuner->cost[XRS_TUNER_PROBES + 2] && probe == tuner->best)
		cost = tuner->cost[XRS_TUNER_PROBES + 2];
	return cost < centre ? xrs_ratio_q32(centre - cost, centre) : 0;
}

/* Whole part of a square root, bit by bit. */
static u64 root(u64 square)
{
	u64 result = 0, bit = BIT_ULL(62);

	for (; bit; bit >>= 2) {
		if (square >= result + bit) {
			square -= result + bit;
			result = (result >> 1) + bit;
		} else {
			result >>= 1;
		}
	}
	return result;
}

/* Moves the centre by the radius along the sum of the gains. */
static void move(struct xrs_tuner *tuner)
{
	s64 x = 0, y = 0, length;
	u32 probe;

	for (probe = 1; probe <= XRS_TUNER_PROBES; probe++) {
		/* Q12 of a gain of at most 1 keeps squares within 64 bits. */
		s64 gain = gain_q32(tuner, probe) >> 20;

		x += gain * direction_x(tuner, probe);
		y += gain * direction_y(tuner, probe);
	}
	length = root(x * x + y * y);
	if (!length)
		return;
	tuner->back = tuner->centre;
	tuner->back_cost = centre_cost(tuner);
	tuner->centre.x = clamp_one(tuner->centre.x + tuner->radius * x / length);
	tuner->centre.y = clamp_one(tuner->centre.y + tuner->radius * y / length);
	tuner->last_centre = 0;
}

/* Whether the best probe gains more than noise would. */
static bool gains(const struct xrs_core *core)
{
	const struct xrs_tuner *tuner = &core->tuner;
	u64 gain = core->param[XRS_PARAM_TUNE_GAIN];
	u64 sigmas = core->param[XRS_PARAM_TUNE_SIGMAS];
	/* Noise is 1 at most, sigmas 10: no product wraps. */
	u64 enough = max(xrs_ratio_q32(gain, MILLION),
			 div64_u64(tuner->noise_q32 * sigmas, MILLION));

	return gain_q32(tuner, tuner->best) > enough;
}

/* @cost: what the centre was last seen at. */
static void settle(struct xrs_core *core, u64 cost)
{
	struct xrs_tuner *tuner = &core->tuner;

	tuner->step = 0;
	tuner->scan = false;
	tuner->mean_q40 = cost;
	tuner->off = 0;
	tuner->window = 0;
	apply(core);
}

/*
 * All places of a step are measured, the promising one twice: move or look
 * closer, and perhaps stop.
 */
static void end_step(struct xrs_core *core)
{
	struct xrs_tuner *tuner = &core->tuner;

	tuner->back_cost = 0;
	if (tuner->cost[XRS_TUNER_PROBES + 1] && gains(core))
		move(tuner);
	else
		tuner->radius /= 2;
	if (tuner->radius < core->param[XRS_PARAM_TUNE_END] * ONE / MILLION ||
	    tuner->step >= core->param[XRS_PARAM_TUNE_STEPS]) {
		/* A single window may be far off. */
		settle(core, centre_cost(tuner));
	} else {
		tuner->step++;
		begin_step(core);
	}
}

/* A move that has turned out to be none for the better is taken back. */
static void look_back(struct xrs_tuner *tuner)
{
	if (tuner->back_cost && tuner->cost[0] > tuner->back_cost) {
		tuner->centre = tuner->back;
		tuner->cost[0] = tuner->back_cost;
		tuner->radius /= 2;
	}
	tuner->back_cost = 0;
}

/* Of what a scan has found, all that is left is to stay there. */
static void end_scan(struct xrs_core *core, u32 place, u64 cost)
{
	if (place)
		core->tuner.centre = place_at(place);
	settle(core, cost);
}

/*
 * Takes note of a window of a scan; the next one begins.  Where the centre
 * misses no deadline, places that are not thrifty are spared: there is only
 * energy to be gained.
 */
static void scan_window(struct xrs_core *core, u64 cost, bool perfect)
{
	struct xrs_tuner *tuner = &core->tuner;
	bool careful = !core->param[XRS_PARAM_TUNE_PERFECT];
	u64 first, second;
	u32 best;

	if (careful && !tuner->window && perfect) {
		tuner->window = THRIFTY;
	} else if (tuner->window == THRIFTY && !tuner->cost[1]) {
		if (perfect && cost < tuner->cost[0])
			end_scan(core, THRIFTY, cost);
		else
			end_scan(core, 0, tuner->cost[0]);
		return;
	} else if (++tuner->window == XRS_TUNER_SCAN) {
		best = best_place(tuner, NOWHERE);
		first = tuner->cost[best] / 2 +
			tuner->cost[XRS_TUNER_PLACES + 1] / 2;
		second = tuner->cost[best_place(tuner, best)] / 2 +
			 tuner->cost[XRS_TUNER_PLACES + 2] / 2;
		if (second < first)
			best = best_place(tuner, best);
		end_scan(core, best, min(first, second));
		return;
	}
	apply(core);
}

/*
 * Takes note of a window of a search; the next one begins.  Where the centre
 * misses no deadline there is nothing to gain but energy, and deadlines to be
 * lost: UXCost multiplies both, and a probe's misses stay on the bill.
 */
static void end_window(struct xrs_core *core, u64 cost, bool perfect)
{
	struct xrs_tuner *tuner = &core->tuner;
	u32 probe;

	cost = max_t(u64, cost, 1);
	tuner->cost[tuner->window] = cost;
	if (tuner->scan) {
		scan_window(core, cost, perfect);
		return;
	}
	if (!tuner->window)
		look_back(tuner);
	if (!probe_of(tuner))
		learn_noise(tuner, cost);
	if (!tuner->window && perfect && !core->param[XRS_PARAM_TUNE_PERFECT]) {
		settle(core, tuner->cost[0]);
		return;
	}
	if (++tuner->window == XRS_TUNER_PROBES + 1) {
		for (probe = 1; probe <= XRS_TUNER_PROBES; probe++)
			if (!tuner->best ||
			    tuner->cost[probe] < tuner->cost[tuner->best])
				tuner->best = probe;
		if (!gains(core)) {
			end_step(core);
			return;
		}
	}
	if (tuner->window == XRS_TUNER_WINDOWS)
		end_step(core);
	else
		apply(core);
}

/* Once settled: start anew when two windows in a row are far off. */
static bool watch(struct xrs_core *core, u64 cost)
{
	struct xrs_tuner *tuner = &core->tuner;
	u64 mean = tuner->mean_q40;
	u64 gap = cost > mean ? cost - mean : mean - cost;

	if (xrs_ratio_q32(gap, max_t(u64, mean, 1)) >
	    xrs_ratio_q32(core->param[XRS_PARAM_TUNE_RESTART], MILLION)) {
		if (++tuner->off == 2) {
			begin_search(core, false);
			return true;
		}
		return false;
	}
	tuner->off = 0;
	tuner->mean_q40 = mean - mean / 8 + cost / 8;
	return false;
}

/* UXCost of the window; false if no frame ended in it. */
static bool window_cost(struct xrs_core *core, u64 *cost_q40, bool *perfect)
{
	struct xrs_uxcost sum = {};
	struct xrs_stream *stream;

	*perfect = true;
	list_for_each_entry(stream, &core->streams, link) {
		const struct xrs_counters *now = &stream->count;
		const struct xrs_counters *then = &stream->window;

		xrs_uxcost_add(&sum, now, then);
		if (now->late != then->late || now->dropped != then->dropped ||
		    now->failed != then->failed)
			*perfect = false;
	}
	xrs_uxcost_finish(&sum);
	*cost_q40 = xrs_uxcost_read(&sum, core->param[XRS_PARAM_UXCOST],
				    core->param[XRS_PARAM_DENOMINATOR]);
	return sum.dlv_sum_q48;
}

static void report(struct xrs_core *core, struct xrs_tuner_step *step,
		   bool restarted)
{
	const struct xrs_tuner *tuner = &core->tuner;

	step->window = tuner->windows;
	step->alpha = core->param[XRS_PARAM_ALPHA];
	step->beta = core->param[XRS_PARAM_BETA];
	step->radius = tuner->radius;
	step->settled = !tuner->step;
	step->restarted = restarted;
	if (xrs_recorded(core))
		xrs_record_tuned(core, step);
	if (core->ops->tuned)
		core->ops->tuned(core, step);
}

static void tuner_run(struct xrs_core *core, u64 now_ns)
{
	struct xrs_tuner *tuner = &core->tuner;
	struct xrs_tuner_step step = {};
	bool restarted = false, perfect;

	if (tuner->gen != core->stream_gen) {
		tuner->gen = core->stream_gen;
		begin_search(core, true);
		begin_window(core, now_ns);
		return;
	}
	if (now_ns < tuner->end_ns)
		return;

	if (window_cost(core, &step.cost_q40, &perfect)) {
		tuner->windows++;
		step.step = tuner->step;
		step.probe = probe_of(tuner);
		step.again = tuner->window > (tuner->scan ? XRS_TUNER_PLACES :
							    XRS_TUNER_PROBES);
		if (tuner->step)
			end_window(core, step.cost_q40, perfect);
		else
			restarted = watch(core, step.cost_q40);
		report(core, &step, restarted);
	}
	begin_window(core, now_ns);
}

/**
 * xrs_tuner_run() - end a window whose time is over
 * @core: the core
 * @now_ns: now
 *
 * Called with every run while the policy tunes.
 *
 * Context: caller's lock.  O(streams) at the end of a window.
 */
void xrs_tuner_run(struct xrs_core *core, u64 now_ns)
{
	if (core->nr_streams)
		tuner_run(core, now_ns);
}
