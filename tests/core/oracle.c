// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's arithmetic against long double: scores, UXCost, histograms, the
 * tables derived from models; and its heap against a sorted array.
 *
 * Usage: oracle [--seed N]
 */

#include "suite.h"

u64 oracle_seed = 20230325;

int main(int argc, char **argv)
{
	static const struct suite *const suites[] = {
		&suite_score, &suite_uxcost, &suite_hist,
		&suite_heap,  &suite_view,
	};

	if (argc == 3 && !strcmp(argv[1], "--seed")) {
		oracle_seed = strtoull(argv[2], NULL, 0);
	} else if (argc != 1) {
		fprintf(stderr, "usage: oracle [--seed N]\n");
		return 2;
	}
	printf("# oracle: --seed %llu\n", (unsigned long long)oracle_seed);
	return suite_run("core: oracle", suites, ARRAY_SIZE(suites));
}
