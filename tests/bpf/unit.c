// SPDX-License-Identifier: GPL-2.0-only
/*
 * Native tests of the probes' userspace: histograms against the scheduler's
 * own, and the check of an event's layout.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "../../bpf/lhist.h"
#include "../../bpf/probe.h"
#include "xrs_hist.h"

_Static_assert(XRS_LHIST_BUCKETS == XRS_HIST_BUCKETS,
	       "the probes' histograms are those of the scheduler");

static unsigned int nr, failed;

static void ok(bool good, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++nr, what);
	failed += !good;
}

/* Times of all magnitudes, the same in each run. */
static uint64_t random_ns(void)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> (state % 64);
}

static bool same_buckets(const struct xrs_lhist *probe,
			 const struct xrs_hist *core)
{
	unsigned int i;

	for (i = 0; i < XRS_LHIST_BUCKETS; i++) {
		if (probe->bucket[i] != core->bucket[i]) {
			printf("# bucket %u: %llu, %u in the core\n", i,
			       probe->bucket[i], core->bucket[i]);
			return false;
		}
	}
	return probe->max_ns == core->max_ns &&
	       xrs_lhist_count(probe) == core->nr;
}

static void both(struct xrs_lhist *probe, struct xrs_hist *core, uint64_t ns)
{
	xrs_lhist_add(probe, ns);
	xrs_hist_add(core, ns);
}

static void test_same_as_core(void)
{
	static struct xrs_lhist probe;
	static struct xrs_hist core;
	unsigned int i;
	bool same = true;

	ok(!xrs_lhist_quantile(&probe, 500000), "an empty histogram is 0");
	/* Around all limits of buckets that are powers of two. */
	for (i = 0; i < 64; i++) {
		both(&probe, &core, (1ULL << i) - 1);
		both(&probe, &core, 1ULL << i);
		both(&probe, &core, (1ULL << i) + 1);
	}
	for (i = 0; i < 200000; i++)
		both(&probe, &core, random_ns());
	ok(same_buckets(&probe, &core), "times fall into the core's buckets");
	for (i = 0; i <= 1000000; i += 125)
		same &= xrs_lhist_quantile(&probe, i) ==
			xrs_hist_quantile(&core, i);
	ok(same, "quantiles are the core's");
}

/* What the BPF programs do. */
static void test_table(void)
{
	static uint16_t table[XRS_LHIST_TABLE];
	bool same = true;
	uint64_t ns;
	uint32_t i, bucket;

	for (i = 0; i < XRS_LHIST_TABLE; i++)
		table[i] = xrs_lhist_entry(i);
	for (i = 0; i < 200000 + 3 * 64; i++) {
		ns = i < 3 * 64 ? (1ULL << i / 3) + i % 3 - 1 : random_ns();
		bucket = xrs_lhist_bucket_of(ns);
		same &= xrs_lhist_offset_by(table, ns) ==
			offsetof(struct xrs_lhist, bucket[bucket]);
	}
	ok(same, "the table has the same buckets");
}

static void test_subtract(void)
{
	static struct xrs_lhist before, now, since;
	unsigned int i;

	for (i = 0; i < 1000; i++)
		xrs_lhist_add(&before, 5000000 + i);
	now = before;
	for (i = 0; i < 100; i++)
		xrs_lhist_add(&now, 2000000);
	since = now;
	xrs_lhist_subtract(&since, &before);
	ok(xrs_lhist_count(&since) == 100, "a difference has the new times");
	ok(since.max_ns > 2000000 * 0.98 && since.max_ns < 2000000 * 1.02,
	   "its longest time is near where it is not the longest of all");
	xrs_lhist_add(&now, 9123457);
	since = now;
	xrs_lhist_subtract(&since, &before);
	ok(since.max_ns == 9123457, "and exact where it is");
	since = now;
	xrs_lhist_subtract(&since, &now);
	ok(!xrs_lhist_count(&since) && !since.max_ns,
	   "no difference is an empty histogram");
}

static void test_format(void)
{
	static const char text[] =
		"name: job_complete\nID: 1396\nformat:\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
		"\tfield:u64 release_ns;\toffset:16;\tsize:8;\tsigned:0;\n"
		"\tfield:char name[32];\toffset:24;\tsize:32;\tsigned:0;\n"
		"\tfield:const char * text;\toffset:56;\tsize:8;\tsigned:0;\n"
		"\nprint fmt: \"release_ns=%llu\", REC->release_ns\n";
	static const struct xrs_probe_field good[] = {
		{ "release_ns", 16, 8 },
		{ "name", 24, 32 },
		{ "text", 56, 8 },
	};
	static const struct xrs_probe_field moved = { "release_ns", 24, 8 };
	static const struct xrs_probe_field narrow = { "release_ns", 16, 4 };
	static const struct xrs_probe_field absent = { "release", 16, 8 };
	struct xrs_probe_error error;

	ok(!xrs_probe_format(text, good, 3, &error),
	   "an event that is laid out as expected is accepted");
	ok(xrs_probe_format(text, &moved, 1, &error) == -EPROTO &&
		   strstr(error.text, "'release_ns' at offset 16"),
	   "a field that moved is named");
	ok(xrs_probe_format(text, &narrow, 1, &error) == -EPROTO &&
		   strstr(error.text, "'release_ns'"),
	   "a field of another size is named");
	ok(xrs_probe_format(text, &absent, 1, &error) == -EPROTO &&
		   strstr(error.text, "no field 'release'"),
	   "a field that is not there is named");
	ok(xrs_probe_format("", good, 1, NULL) == -EPROTO &&
		   xrs_probe_format("field:u64", good, 1, NULL) == -EPROTO &&
		   xrs_probe_format("field:;", good, 1, NULL) == -EPROTO,
	   "what is no format file is refused");
}

/* An event as type information has it: (xrs_device *, xrs_job *, integer). */
static struct btf *make_btf(unsigned int integer_size)
{
	struct btf *btf = btf__new_empty();
	int private, device, job, integer, proto;

	private = btf__add_ptr(btf, 0);
	device = btf__add_struct(btf, "xrs_device", 8);
	device = btf__add_ptr(btf, btf__add_const(btf, device));
	job = btf__add_struct(btf, "xrs_job", 8);
	job = btf__add_ptr(btf, btf__add_const(btf, job));
	integer = btf__add_int(btf, "integer", integer_size, 0);
	integer = btf__add_typedef(btf, "alias", integer);
	proto = btf__add_func_proto(btf, 0);
	btf__add_func_param(btf, NULL, private);
	btf__add_func_param(btf, NULL, device);
	btf__add_func_param(btf, NULL, job);
	btf__add_func_param(btf, NULL, integer);
	btf__add_typedef(btf, "btf_trace_event", btf__add_ptr(btf, proto));
	return btf;
}

static void test_prototype(void)
{
	static const struct xrs_probe_arg args[] = {
		{ "xrs_device", 0 },
		{ "xrs_job", 0 },
		{ NULL, 8 },
		{ NULL, 8 },
	};
	static const struct xrs_probe_arg other[] = {
		{ "xrs_device", 0 },
		{ "xrs_pick", 0 },
	};
	static const struct xrs_probe_arg integers[] = {
		{ "xrs_device", 0 },
		{ NULL, 8 },
	};
	static const struct xrs_probe_arg pointers[] = {
		{ "xrs_device", 0 },
		{ "xrs_job", 0 },
		{ "xrs_job", 0 },
	};
	struct btf *btf = make_btf(8), *narrow = make_btf(4);

	ok(xrs_probe_fits(btf, "event", args, 3) &&
		   xrs_probe_fits(btf, "event", args, 2),
	   "an event with the arguments that are expected is accepted");
	ok(!xrs_probe_fits(narrow, "event", args, 3),
	   "an integer of another size is refused");
	ok(!xrs_probe_fits(btf, "event", args, 4),
	   "an argument that is not there is refused");
	ok(!xrs_probe_fits(btf, "event", other, 2) &&
		   !xrs_probe_fits(btf, "event", integers, 2) &&
		   !xrs_probe_fits(btf, "event", pointers, 3),
	   "a pointer to something else, or none, is refused");
	ok(!xrs_probe_fits(btf, "other", args, 3),
	   "an event that is not there is refused");
	btf__free(narrow);
	btf__free(btf);
}

int main(void)
{
	test_same_as_core();
	test_table();
	test_subtract();
	test_format();
	test_prototype();
	printf("1..%u\n", nr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
