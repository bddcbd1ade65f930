/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For a test of the data path: calls (calls.h) and the harness.  Of a program's
 * sources, only one can have the harness.
 */
#ifndef XRSCHED_TEST_HELPERS_H
#define XRSCHED_TEST_HELPERS_H

#include "calls.h"
#include "kselftest_harness.h"

/* Without the module there is nothing to test, and that is no failure. */
static void __attribute__((constructor)) need_device(void)
{
	if (access(DEVICE, F_OK))
		ksft_exit_skip("no %s: is the module loaded?\n", DEVICE);
}

#endif /* XRSCHED_TEST_HELPERS_H */
