// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The additive feedback generator x^31 + x^3 + 1 of the GNU C library.
 */
#include "glibc_rand.h"

#define SEPARATION 3
#define WARM_UP (10 * GLIBC_RAND_DEGREE)

/* Park and Miller: 16807 * word modulo 2^31 - 1, by Schrage's way. */
static int32_t next_word(int32_t word)
{
	int64_t next = INT64_C(16807) * (word % 127773) -
		       INT64_C(2836) * (word / 127773);

	return next < 0 ? next + GLIBC_RAND_MAX : next;
}

void glibc_srand(struct glibc_rand *rand, uint32_t seed)
{
	int32_t word = seed ? (int32_t)seed : 1;

	for (unsigned int i = 0; i < GLIBC_RAND_DEGREE; i++) {
		rand->word[i] = word;
		word = next_word(word);
	}
	/* The word that is next to change is that of the shorter distance. */
	rand->at = SEPARATION;
	for (unsigned int i = 0; i < WARM_UP; i++)
		glibc_rand(rand);
}

int glibc_rand(struct glibc_rand *rand)
{
	unsigned int other =
		(rand->at + GLIBC_RAND_DEGREE - SEPARATION) % GLIBC_RAND_DEGREE;
	uint32_t sum = rand->word[rand->at] += rand->word[other];

	rand->at = (rand->at + 1) % GLIBC_RAND_DEGREE;
	return sum >> 1;
}
