/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fixed-point arithmetic of the scores.
 *
 * Q32 throughout: a signed or unsigned 64-bit integer counts 2^-32.  Every
 * quotient is rounded down and saturates; nothing here can overflow or divide
 * by zero for any input.
 *
 * MapScore's error against exact arithmetic stays below 1e-6 of the sum of the
 * magnitudes of its terms, as long as that sum is 2^-9 or more and no term
 * saturates: Urgency * LatPref at 2^29, Starv and Switch at 2^20.
 */
#ifndef XRS_SCORE_H
#define XRS_SCORE_H

#include "xrs_shim.h"

#define XRS_Q32_ONE	   BIT_ULL(32)
#define XRS_URGENCY_CAP	   BIT_ULL(61)
#define XRS_STARV_CAP	   BIT_ULL(52)
#define XRS_SWITCH_CAP	   BIT_ULL(52)
#define XRS_PREFERENCE_CAP BIT_ULL(52)

/**
 * struct xrs_weights - Parameters of MapScore
 * @alpha: weight of Starv, Q32, 0 … 2
 * @beta: weight of EnPref - Switch, Q32, 0 … 2
 * @add: Urgency + LatPref instead of Urgency * LatPref
 */
struct xrs_weights {
	u64 alpha;
	u64 beta;
	bool add;
};

/**
 * struct xrs_terms - What a MapScore is made of (DREAM)
 * @togo_ns: ToGo
 * @slack_ns: Slack, at its floor or above
 * @lat_pref: LatPref, Q32
 * @age_ns: time since the layer could have run
 * @mean_ns: mean latency of the layer
 * @en_pref: EnPref, Q32
 * @switch_pj: energy that the switch would cost
 * @energy_pj: energy of the layer on the engine
 */
struct xrs_terms {
	u64 togo_ns;
	u64 slack_ns;
	u64 lat_pref;
	u64 age_ns;
	u64 mean_ns;
	u64 en_pref;
	u64 switch_pj;
	u64 energy_pj;
};

u64 xrs_muldiv_wide(u64 a, u64 b, u64 c, u64 cap);

/**
 * xrs_muldiv() - min(a * b / c, cap), rounded down
 * @a: factor
 * @b: factor
 * @c: divisor; 0 is taken as 1
 * @cap: greatest result
 */
static inline u64 xrs_muldiv(u64 a, u64 b, u64 c, u64 cap)
{
	u64 product;

	if (__builtin_mul_overflow(a, b, &product))
		return xrs_muldiv_wide(a, b, c, cap);
	product = div64_u64(product, c ? c : 1);
	return min(product, cap);
}

/**
 * xrs_add_sat() - add to a sum that stops rather than wraps
 * @sum: the sum
 * @add: what is added
 *
 * Models at their limits take 2^52 ns and cost 2^62 pJ a frame.
 */
static inline void xrs_add_sat(u64 *sum, u64 add)
{
	if (unlikely(__builtin_add_overflow(*sum, add, sum)))
		*sum = U64_MAX;
}

/** xrs_ratio_q32() - num / den in Q32, at most XRS_PREFERENCE_CAP */
static inline u64 xrs_ratio_q32(u64 num, u64 den)
{
	return xrs_muldiv(num, XRS_Q32_ONE, den, XRS_PREFERENCE_CAP);
}

/** xrs_score_starv() - alpha * Starv, Q32 */
static inline u64 xrs_score_starv(const struct xrs_weights *w, u64 age_ns,
				  u64 mean_ns)
{
	u64 starv;

	if (!w->alpha)
		return 0;
	starv = xrs_muldiv(age_ns, XRS_Q32_ONE, mean_ns, XRS_STARV_CAP);
	return mul_u64_u64_shr(starv, w->alpha, 32);
}

/** xrs_score_urgency() - Urgency * LatPref (or + with add), Q32 */
static inline u64 xrs_score_urgency(const struct xrs_weights *w, u64 togo_ns,
				    u64 slack_ns, u64 lat_pref)
{
	if (w->add)
		return xrs_muldiv(togo_ns, XRS_Q32_ONE, slack_ns,
				  XRS_URGENCY_CAP) + lat_pref;
	return xrs_muldiv(togo_ns, lat_pref, slack_ns, XRS_URGENCY_CAP);
}

/** xrs_score_energy() - beta * (EnPref - Switch), Q32 */
static inline s64 xrs_score_energy(const struct xrs_weights *w, u64 en_pref,
				   u64 switch_pj, u64 energy_pj)
{
	u64 switched;

	if (!w->beta)
		return 0;
	switched = xrs_muldiv(switch_pj, XRS_Q32_ONE, energy_pj,
			      XRS_SWITCH_CAP);
	return (s64)mul_u64_u64_shr(en_pref, w->beta, 32) -
	       (s64)mul_u64_u64_shr(switched, w->beta, 32);
}

/** xrs_mapscore() - MapScore of a job on an engine (DREAM), Q32 */
static inline s64 xrs_mapscore(const struct xrs_weights *w,
			       const struct xrs_terms *t)
{
	return (s64)xrs_score_urgency(w, t->togo_ns, t->slack_ns, t->lat_pref) +
	       (s64)xrs_score_starv(w, t->age_ns, t->mean_ns) +
	       xrs_score_energy(w, t->en_pref, t->switch_pj, t->energy_pj);
}

#endif /* XRS_SCORE_H */
