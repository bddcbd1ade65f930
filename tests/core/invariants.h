/* SPDX-License-Identifier: GPL-2.0-only */
/* Invariants 1, 3, 4 and 5 of the design, seen from outside the core. */
#ifndef XRS_TEST_INVARIANTS_H
#define XRS_TEST_INVARIANTS_H

#include "common.h"

const char *invariants_broken(const struct world *w);

#endif /* XRS_TEST_INVARIANTS_H */
