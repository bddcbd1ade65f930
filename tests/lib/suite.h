/* SPDX-License-Identifier: GPL-2.0-only */
/* cmocka with what it needs before it. */
#ifndef TESTS_LIB_SUITE_H
#define TESTS_LIB_SUITE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A failed call shows its error text. */
#define assert_ok(call, error)                                                \
	do {                                                                  \
		int ok_ret = (call);                                          \
		if (ok_ret < 0)                                               \
			fail_msg("%s: %d: %s", #call, ok_ret, (error)->text); \
	} while (0)

#define assert_close(a, b, relative)                                         \
	do {                                                                 \
		double ca = (a), cb = (b);                                   \
		if (!(ca - cb <= (relative)*cb && cb - ca <= (relative)*cb)) \
			fail_msg("%s = %.12g, not %.12g", #a, ca, cb);       \
	} while (0)

#endif /* TESTS_LIB_SUITE_H */
