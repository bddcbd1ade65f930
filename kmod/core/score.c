// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slow path of the scores' arithmetic: products of more than 64 bits.
 */
#include "xrs_score.h"

#if defined(__KERNEL__) && !defined(CONFIG_X86_64)
/*
 * Before 6.11 the kernel's generic mul_u64_u64_div_u64() may be off in the
 * last place.  Decisions must not depend on the machine, so divide bit by bit.
 */
static u64 div_wide(u64 a, u64 b, u64 c)
{
	u64 high = mul_u64_u64_shr(a, b, 64), low = a * b, quotient = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		bool carry = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		if (carry || high >= c) {
			high -= c;
			quotient |= BIT_ULL(bit);
		}
	}
	return quotient;
}
#else
#define div_wide mul_u64_u64_div_u64
#endif

/**
 * xrs_muldiv_wide() - xrs_muldiv() for any product
 * @a: factor
 * @b: factor
 * @c: divisor; 0 is taken as 1
 * @cap: greatest result
 *
 * Context: any.  Return: min(a * b / c, cap), rounded down.
 */
u64 xrs_muldiv_wide(u64 a, u64 b, u64 c, u64 cap)
{
	u64 quotient;

	if (!c)
		c = 1;
	if (mul_u64_u64_shr(a, b, 64) >= c)
		return cap;	/* the quotient needs more than 64 bits */
	quotient = div_wide(a, b, c);
	return min(quotient, cap);
}
