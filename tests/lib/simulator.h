/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulator with one engine "e0" of class "k", and a small model for it:
 * three layers of 1, 2 and 3 ms on "k", 2, 4 and 6 on "slow".
 */
#ifndef TESTS_LIB_SIMULATOR_H
#define TESTS_LIB_SIMULATOR_H

#include <xrsched/xrsched.h>

#define MS 1000000ULL
#define START_NS 1000000000ULL /* where its clock starts */

extern struct xrsched_variant variant;
extern struct xrsched_layer layers[3];
extern struct xrsched_class classes[2];
extern struct xrsched_cost costs[6];

/* The simulator of the running test */
extern struct xrsched *x;

/* What a test is given to spoil: the model; a stream of it, 20 ms. */
struct xrsched_model_create good_model(void);
struct xrsched_stream_create good_stream(void);

uint32_t new_stream(void);
/* Submits a frame with cookie @frame + 1000. */
int submit(uint32_t stream, uint64_t frame, uint64_t release_ns,
	   uint64_t deadline_ns);
struct xrsched_completion wait_one(void);
void set_policy(const char *text);

int sim_setup(void **state);
int sim_teardown(void **state);

#define SIM_TEST(name) \
	cmocka_unit_test_setup_teardown(name, sim_setup, sim_teardown)

#endif /* TESTS_LIB_SIMULATOR_H */
