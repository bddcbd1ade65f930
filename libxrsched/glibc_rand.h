/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The stream of numbers that srand(3) and rand(3) of the GNU C library give,
 * with a state of one's own.  What was drawn with it elsewhere can be drawn
 * again, on any system.
 */
#ifndef XRSCHED_GLIBC_RAND_H
#define XRSCHED_GLIBC_RAND_H

#include <stdint.h>

#define GLIBC_RAND_DEGREE 31
#define GLIBC_RAND_MAX 2147483647

/**
 * struct glibc_rand - Where in the stream we are
 * @word: the last numbers, modulo 2^32
 * @at: the oldest of them
 */
struct glibc_rand {
	uint32_t word[GLIBC_RAND_DEGREE];
	unsigned int at;
};

/* As srand(@seed). */
void glibc_srand(struct glibc_rand *rand, uint32_t seed);
/* As rand(): 0 … GLIBC_RAND_MAX. */
int glibc_rand(struct glibc_rand *rand);

#endif /* XRSCHED_GLIBC_RAND_H */
