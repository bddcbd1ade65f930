// SPDX-License-Identifier: GPL-2.0-only
/* Runs the tests of several files as one group, hence one TAP plan. */

#include "suite.h"

int suite_run(const char *name, const struct suite *const *suites, size_t nr)
{
	struct CMUnitTest *all;
	size_t sum = 0;
	size_t i;
	int failed;

	for (i = 0; i < nr; i++)
		sum += suites[i]->nr;
	all = calloc(sum, sizeof(*all));
	if (!all)
		return 2;
	for (i = 0, sum = 0; i < nr; i++) {
		memcpy(all + sum, suites[i]->tests,
		       suites[i]->nr * sizeof(*all));
		sum += suites[i]->nr;
	}
	failed = _cmocka_run_group_tests(name, all, sum, NULL, NULL);
	free(all);
	return failed ? 1 : 0;
}
