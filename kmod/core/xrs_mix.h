/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers that look drawn, the same in the kernel and in userspace.
 */
#ifndef XRS_MIX_H
#define XRS_MIX_H

#include "xrs_shim.h"

/** define XRS_MIX64_STEP - From one state of splitmix64 to the next. */
#define XRS_MIX64_STEP 0x9e3779b97f4a7c15ULL

/**
 * xrs_mix64() - the number of splitmix64 that belongs to a state
 * @state: any number
 *
 * Context: any.  Return: a number each bit of which depends on all of @state.
 */
static inline u64 xrs_mix64(u64 state)
{
	u64 z = state + XRS_MIX64_STEP;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

#endif /* XRS_MIX_H */
