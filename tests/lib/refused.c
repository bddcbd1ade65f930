// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workload files that are refused: for each rule of
 * Documentation/workload-format.md one that breaks it and no other.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "suite.h"
#include "files.h"

/* A name of 40 characters */
#define S40 "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"

/**
 * struct spoilt - A rule and how it is broken
 * @name: name of the test
 * @file: which file
 * @from: what is replaced
 * @to: by what
 * @says: what the error must hold
 */
struct spoilt {
	const char *name;
	const char *file;
	const char *from;
	const char *to;
	const char *says;
};

static const struct spoilt spoilt[] = {
	/* every file */
	{ "syntax", "t.json", "'version': 1,", "'version': 1",
	  "t.json: line 2, column" },
	{ "truncated", "t.json", "  ]\n}\n", "", "t.json: line 10, column" },
	{ "garbage", "h.json", "{\n  'format'", "", "h.json: line" },
	{ "repeated_field", "t.json", "'version': 1,",
	  "'version': 1, 'version': 1,", "t.json: line 2" },
	{ "format_missing", "t.json", "'format': 'xrsched-scenario', ", "",
	  "t.json: $.format: is missing" },
	{ "format_other", "t.json", "xrsched-scenario", "xrsched-model",
	  "$.format: is \"xrsched-model\", must be \"xrsched-scenario\"" },
	{ "version_missing", "t.json", "'version': 1, ", "",
	  "$.version: is missing" },
	{ "version_unknown", "tiny.json", "'version': 1", "'version': 2",
	  "tiny.json: $.version: 2 is not known" },
	{ "version_type", "t.json", "'version': 1", "'version': '1'",
	  "$.version: is a string, must be an integer" },
	{ "name_missing", "t.json", ", 'name': 't'", "", "$.name: is missing" },
	{ "name_not_the_files", "t.json", "'name': 't'", "'name': 'u'",
	  "$.name: is \"u\", must be the file's name" },
	{ "name_characters", "t.json", "'name': 'a'", "'name': 'a b'",
	  "$.streams[0].name: \"a b\" is no name" },
	{ "name_first_character", "t.json", "'name': 'a'", "'name': '_a'",
	  "$.streams[0].name: \"_a\" is no name" },
	{ "name_empty", "t.json", "'name': 'a'", "'name': ''",
	  "$.streams[0].name: \"\" is no name" },
	{ "name_long", "t.json", "'name': 'a'", "'name': '" S40 "'",
	  "is no name: 1 to 31" },
	{ "unknown_field", "t.json", "'weight': 2", "'wieght': 2",
	  "t.json: $.streams[0].wieght: unknown field; known here: name," },
	{ "unknown_field_at_top", "h.json", "'costs'", "'kosts'",
	  "h.json: $.kosts: unknown field" },
	{ "wrong_type_string", "t.json", "'three streams'", "3",
	  "$.description: is an integer, must be a string" },

	/* scenarios */
	{ "streams_missing", "t.json", "'streams'",
	  "'costs': 'x', 'source_name'",
	  "$.source_name: is an array, must be a string" },
	{ "stream_type", "t.json",
	  "{'name': 'a', 'model': 'tiny', 'fps': 30, 'weight': 2}", "'a'",
	  "$.streams[0]: is a string, must be an object" },
	{ "stream_twice", "t.json", "'name': 'c'", "'name': 'a'",
	  "$.streams[2].name: \"a\" is there twice" },
	{ "model_missing", "t.json", "'model': 'tiny', ", "",
	  "$.streams[0].model: is missing" },
	{ "model_unknown", "t.json", "'model': 'tiny'", "'model': 'nosuch'",
	  "$.streams[0].model: there is no model \"nosuch\"" },
	{ "model_is_a_path", "t.json", "'model': 'tiny'", "'model': './tiny'",
	  "$.streams[0].model: \"./tiny\" is no name" },
	{ "fps_missing", "t.json", "'fps': 30, 'weight'", "'weight'",
	  "$.streams[0]: must have fps or period_ns" },
	{ "fps_and_period", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'period_ns': 5000, 'weight'",
	  "$.streams[0]: has both fps and period_ns" },
	{ "fps_zero", "t.json", "'fps': 30", "'fps': 0",
	  "t.json: $.streams[0].fps: 0 is out of range 0.001..1000000" },
	{ "fps_negative", "t.json", "'fps': 30", "'fps': -30",
	  "$.streams[0].fps: -30 is out of range" },
	{ "fps_absurd", "t.json", "'fps': 30", "'fps': 1000001",
	  "is out of range 0.001..1000000" },
	{ "fps_decimals", "t.json", "'fps': 30", "'fps': 29.9701",
	  "$.streams[0].fps: 29.9701 has more than three decimals" },
	{ "fps_type", "t.json", "'fps': 30", "'fps': '30'",
	  "$.streams[0].fps: must be a number" },
	{ "lightest_zero", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'lightest_variant': 0, 'weight'",
	  "$.streams[0].lightest_variant: 0 is out of range 1..8" },
	{ "lightest_beyond", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'lightest_variant': 3, 'weight'",
	  "$.streams[0].lightest_variant: 3 is out of range 1..2 of \"tiny\"" },
	{ "floor_range", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'accuracy_floor': 80, 'weight'",
	  "$.streams[0].accuracy_floor: 80 is out of range 0..1" },
	{ "floor_too_high", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'accuracy_floor': 0.81, 'weight'",
	  "$.streams[0].accuracy_floor: the heaviest variant of \"tiny\" has "
	  "accuracy 0.8, which is less" },
	{ "period_zero", "t.json", "20000000", "0",
	  "$.streams[2].period_ns: 0 is out of range 1000..1000000000000" },
	{ "period_absurd", "t.json", "20000000", "1000000000001",
	  "$.streams[2].period_ns: 1000000000001 is out of range" },
	{ "period_too_big_for_any", "t.json", "20000000",
	  "99999999999999999999", "t.json: line 8" },
	{ "period_type", "t.json", "20000000", "2.5e7",
	  "$.streams[2].period_ns: is a number with decimals, must be an "
	  "integer" },
	{ "deadline_zero", "t.json", "10000000,", "0,",
	  "$.streams[2].deadline_ns: 0 is out of range 1..1000000000000" },
	{ "deadline_absurd", "t.json", "10000000,", "1000000000001,",
	  "$.streams[2].deadline_ns: 1000000000001 is out of range" },
	{ "phase_negative", "t.json", "5000000}", "-1}",
	  "$.streams[2].phase_ns: -1 is out of range" },
	{ "weight_zero", "t.json", "'weight': 2", "'weight': 0",
	  "$.streams[0].weight: 0 is out of range 1..1000" },
	{ "weight_big", "t.json", "'weight': 2", "'weight': 1001",
	  "$.streams[0].weight: 1001 is out of range" },
	{ "upstream_unknown", "t.json", "'upstream': 'a'", "'upstream': 'z'",
	  "$.streams[1].upstream: \"z\" is no stream before this one" },
	{ "upstream_self", "t.json", "'upstream': 'a'", "'upstream': 'b'",
	  "$.streams[1].upstream: \"b\" is no stream before this one" },
	{ "upstream_cycle", "t.json", "'fps': 30, 'weight'",
	  "'fps': 30, 'upstream': 'b', 'weight'",
	  "$.streams[0].upstream: \"b\" is no stream before this one; a stream "
	  "that triggers others comes before them, so that they form no "
	  "cycle" },
	{ "upstream_rate", "t.json", "'fps': 30, 'upstream'",
	  "'fps': 15, 'upstream'",
	  "$.streams[1]: must have the rate of its upstream \"a\"" },
	{ "upstream_phase", "t.json", "'upstream'", "'phase_ns': 1, 'upstream'",
	  "$.streams[1]: must have the phase_ns of its upstream \"a\"" },
	{ "upstream_deadline", "t.json", "'upstream'",
	  "'deadline_ns': 1000000, 'upstream'",
	  "$.streams[1]: shares the deadline of its upstream \"a\"" },
	{ "trigger_without_upstream", "t.json", "'weight': 2",
	  "'trigger_probability': 0.5",
	  "$.streams[0].trigger_probability: must come with upstream" },
	{ "trigger_range", "t.json", "0.5, 'drop'", "1.5, 'drop'",
	  "$.streams[1].trigger_probability: 1.5 is out of range 0..1" },
	{ "trigger_decimals", "t.json", "0.5, 'drop'", "0.1234567, 'drop'",
	  "0.1234567 has more than six decimals" },
	{ "trigger_type", "t.json", "0.5, 'drop'", "true, 'drop'",
	  "is true or false, must be a number" },
	{ "drop_type", "t.json", "{'max': 1, 'window': 10}", "true",
	  "$.streams[1].drop: is true or false, must be an object" },
	{ "drop_unknown", "t.json", "'max'", "'most'",
	  "$.streams[1].drop.most: unknown field" },
	{ "drop_max", "t.json", "'max': 1", "'max': 11",
	  "$.streams[1].drop.max: 11 is out of range 0..10" },
	{ "drop_window_zero", "t.json", "'window': 10", "'window': 0",
	  "$.streams[1].drop.window: 0 is out of range 1..64" },
	{ "drop_window", "t.json", "'window': 10", "'window': 65",
	  "$.streams[1].drop.window: 65 is out of range 1..64" },
	{ "drop_allow", "t.json", "'max': 1", "'allow': 1",
	  "$.streams[1].drop.allow: is an integer, must be true or false" },
	{ "costs_name", "t.json", "'streams'", "'costs': 'a/b', 'streams'",
	  "$.costs: \"a/b\" is no name" },

	/* hardware */
	{ "engines_missing", "h.json", "'engines'", "'source_name'",
	  "$.source_name: is an array" },
	{ "engine_twice", "h.json", "'e1'", "'e0'",
	  "h.json: $.engines[1].name: \"e0\" is there twice" },
	{ "engine_class_missing", "h.json", ", 'class': 'k1'", "",
	  "$.engines[0].class: is missing" },
	{ "engine_unknown_field", "h.json", "'pes'", "'cores'",
	  "$.engines[0].cores: unknown field; known here: name, class, pes, "
	  "bytes_per_us" },
	{ "engine_pes", "h.json", "'pes': 4", "'pes': 0",
	  "$.engines[0].pes: 0 is out of range 1..4294967295" },
	{ "engine_bandwidth", "h.json", "100}", "1099511627777}",
	  "$.engines[0].bytes_per_us: 1099511627777 is out of range" },
	{ "hint_type", "h.json", "['default']", "[1]",
	  "$.costs[0]: must be the name of a cost set" },
	{ "class_no_model_knows", "h.json", "'k1'", "'nope'",
	  "h.json: $.engines[0].class: no model of t has \"default\" costs for "
	  "class \"nope\"" },
	{ "model_no_engine_can_run", "h.json",
	  "'class': 'k2'},\n    {'name': 'e2', 'class': 'k2'}",
	  "'class': 'k1'}",
	  "t.json: $.streams[2].model: no engine of h can run \"tabled\"" },

	/* models */
	{ "variants_missing", "tiny.json", "'variants'", "'description'",
	  "tiny.json: $.description: is an array" },
	{ "variant_twice", "tiny.json", "'small'", "'big'",
	  "$.variants[1]: \"big\" is there twice" },
	{ "variant_unknown_field", "tiny.json", "'accuracy': 0.8",
	  "'acuracy': 0.8", "$.variants[0].acuracy: unknown field" },
	{ "accuracy_range", "tiny.json", "'accuracy': 0.8", "'accuracy': 80",
	  "$.variants[0].accuracy: 80 is out of range 0..1" },
	{ "input_missing", "tiny.json", "'input_bytes': 3072, ", "",
	  "$.variants[0].input_bytes: is missing" },
	{ "input_range", "tiny.json", "3072", "4294967296",
	  "$.variants[0].input_bytes: 4294967296 is out of range" },
	{ "skip_unknown", "tiny.json", "'skip': 'b1'", "'skip': 'b2'",
	  "$.variants[0].layers[1].skip: \"b2\" is not among the variant's "
	  "skips" },
	{ "skip_unused", "tiny.json", ", 'skip': 'b1'", "",
	  "$.variants[0].skips: \"b1\": no layer belongs to it" },
	{ "skip_first_layer", "tiny.json", "'out_bytes': 800",
	  "'out_bytes': 800, 'skip': 'b1'",
	  "$.variants[0].layers[0]: neither a first layer" },
	{ "skip_not_contiguous", "tiny.json", "'out_bytes': 10}]",
	  "'out_bytes': 10, 'skip': 'b1'}]",
	  "$.variants[0].skips: \"b1\": its layers must follow one another" },
	{ "skip_twice", "tiny.json", "[{'name': 'b1', 'probability': 0.25}]",
	  "[{'name': 'b1', 'probability': 0}, {'name': 'b1', 'probability': "
	  "0}]",
	  "$.variants[0].skips[1]: \"b1\" is there twice" },
	{ "skip_probability_missing", "tiny.json", ", 'probability': 0.25", "",
	  "$.variants[0].skips[0].probability: is missing" },
	{ "exit_unknown", "tiny.json", "'exit': 'x1'", "'exit': 'x2'",
	  "$.variants[0].layers[2].exit: \"x2\" is not among the variant's "
	  "exits" },
	{ "exit_unused", "tiny.json", ", 'exit': 'x1'", "",
	  "$.variants[0].exits: \"x1\": layer 2 does not name it" },
	{ "exit_other_layer", "tiny.json", "'layer': 2", "'layer': 1",
	  "$.variants[0].layers[2]: the list of exits says that \"x1\" follows "
	  "layer 1" },
	{ "exit_last_layer", "tiny.json",
	  ",\n       {'name': 'l3', 'out_bytes': 10}", "",
	  "$.variants[0].exits: \"x1\" must come before the last layer" },
	{ "exit_in_block", "tiny.json", "'side': 1,", "'skip': 'b1',",
	  "$.variants[0].layers[2]: neither a first layer nor one with an "
	  "exit" },
	{ "layer_unknown_field", "tiny.json", "'side'", "'sides'",
	  "$.variants[0].layers[2].sides: unknown field" },
	{ "layer_side", "tiny.json", "'side': 1", "'side': 2",
	  "$.variants[0].layers[2].side: 2 is out of range 0..1" },
	{ "layer_out_bytes", "tiny.json", "'out_bytes': 800", "'out_bytes': 0",
	  "$.variants[0].layers[0].out_bytes: 0 is out of range "
	  "1..4294967295" },
	{ "inline_costs_missing", "tiny.json",
	  "'costs': {'default': {\n       'k1': {'latency_ns': [500000], "
	  "'energy_pj': [5]},\n       'k2': {'latency_ns': [700000], "
	  "'energy_pj': [0]}}}",
	  "'description': ''", "$.variants[1].costs: is missing" },
	{ "inline_set_missing", "tiny.json",
	  "'costs': {'default': {\n       'k1': {'latency_ns': [500000]",
	  "'costs': {'other': {\n       'k1': {'latency_ns': [500000]",
	  "$.variants[1].costs.default: is missing" },
	{ "inline_class_differs", "tiny.json", "'k2': {'latency_ns': [700000]",
	  "'k3': {'latency_ns': [700000]",
	  "$.variants[1].costs.default: has class \"k3\", which the first "
	  "variant has not" },
	{ "inline_class_lacks", "tiny.json",
	  "'k1': {'latency_ns': [500000], 'energy_pj': [5]},\n", "",
	  "$.variants[1].costs.default: must have the classes of the first "
	  "variant" },
	{ "inline_latency_count", "tiny.json", "[1000000, 2000000, ",
	  "[1000000, ",
	  "$.variants[0].costs.default.k1.latency_ns: has 3 elements, must "
	  "have 4..4" },
	{ "inline_latency_zero", "tiny.json", "[1000000,", "[0,",
	  "$.variants[0].costs.default.k1.latency_ns[0]: 0 is out of range "
	  "1..1099511627776" },
	{ "inline_latency_big", "tiny.json", "[1000000,", "[1099511627777,",
	  "latency_ns[0]: 1099511627777 is out of range" },
	{ "inline_energy_big", "tiny.json", "[10, 20", "[1125899906842625, 20",
	  "energy_pj[0]: 1125899906842625 is out of range "
	  "0..1125899906842624" },
	{ "inline_energy_missing", "tiny.json",
	  ",\n              'energy_pj': [10, 20, 30, 40]", "",
	  "$.variants[0].costs.default.k1.energy_pj: is missing" },
	{ "inline_with_costs_at_top", "tiny.json", "'source'",
	  "'costs': {'default': 'x'}, 'source'",
	  "$.costs: must come with \"layers\"" },

	/* tables */
	{ "table_costs_missing", "tabled.json",
	  "  'costs': {'default': 'tabled.costs.tsv'},\n", "",
	  "tabled.json: $.costs: is missing" },
	{ "table_and_inline", "tabled.json", "'input_bytes': 0,",
	  "'input_bytes': 0, 'layers': [],",
	  "$.variants[1].layers: unknown field" },
	{ "table_elsewhere", "tabled.json", "'tabled.layers.tsv'",
	  "'../tabled.layers.tsv'",
	  "$.layers: \"../tabled.layers.tsv\" is no name of a file beside this "
	  "one" },
	{ "table_columns", "tabled.layers.tsv", "variant\tlayer\tname",
	  "variant\tlayer\ttitle",
	  "tabled.layers.tsv: line 1: column 3 is \"title\", must be "
	  "\"name\"" },
	{ "table_column_lacks", "tabled.layers.tsv", "\tbatch\n", "\n",
	  "tabled.layers.tsv: line 1: has 21 columns, must have 22" },
	{ "table_cell_lacks", "tabled.layers.tsv", "\t1\nv0\t1", "\nv0\t1",
	  "tabled.layers.tsv: line 2: has 21 columns, the header 22" },
	{ "table_order", "tabled.layers.tsv", "v0\t1\tc1", "v0\t2\tc1",
	  "tabled.layers.tsv: line 3, column layer: is 2, next comes 1" },
	{ "table_variant", "tabled.layers.tsv", "v1\t0\td0", "v2\t0\td0",
	  "line 5, column variant: is \"v2\", next comes \"v0\"" },
	{ "table_name", "tabled.layers.tsv", "\tc1\t", "\tc 1\t",
	  "line 3, column name: \"c 1\" is no name" },
	{ "table_type", "tabled.layers.tsv", "DSCONV", "POOL",
	  "line 3, column type: \"POOL\" must be CONV, DSCONV, CONV1D or "
	  "GEMM" },
	{ "table_number", "tabled.layers.tsv", "\t100\t", "\t1x0\t",
	  "line 2, column out_bytes: \"1x0\" is no whole number" },
	{ "table_negative", "tabled.layers.tsv", "\t100\t", "\t-1\t",
	  "line 2, column out_bytes: \"-1\" is no whole number" },
	{ "table_zero", "tabled.layers.tsv", "\t100\t", "\t0\t",
	  "line 2, column out_bytes: 0 is out of range 1..4294967295" },
	{ "table_huge", "tabled.layers.tsv", "\t100\t",
	  "\t99999999999999999999999\t", "is out of range 1..4294967295" },
	{ "table_macs", "tabled.layers.tsv", "CONV\t10\t100",
	  "CONV\t1125899906842625\t100",
	  "line 2, column macs: 1125899906842625 is out of range" },
	{ "table_shape", "tabled.layers.tsv", "\t1\t1\nv0\t1", "\t1\t0\nv0\t1",
	  "line 2, column batch: 0 is out of range" },
	{ "table_side", "tabled.layers.tsv", "\t-\t1\t-", "\t-\tyes\t-",
	  "line 4, column side: \"yes\" is no whole number" },
	{ "table_skip_unknown", "tabled.layers.tsv", "\ts1\t", "\ts9\t",
	  "line 3, column skip: \"s9\" is not among the variant's skips" },
	{ "table_skip_first", "tabled.layers.tsv", "100\t7\t-", "100\t7\ts1",
	  "line 2, column skip: neither a first layer" },
	{ "table_exit_unknown", "tabled.layers.tsv", "\tx1\t", "\tx9\t",
	  "line 5, column exit: \"x9\" is not among the variant's exits" },
	{ "table_exit_other_layer", "tabled.json", "'layer': 0", "'layer': 1",
	  "line 5, column exit: the model says that it follows layer 1" },
	{ "table_ends_early", "tabled.layers.tsv",
	  "v1\t0\td0\tCONV1D\t10\t70\t7\t-"
	  "\t0\tx1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\nv1\t1\td1\tCONV\t10\t60"
	  "\t7\t-\t0\t-\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\t1\n",
	  "",
	  "tabled.layers.tsv: line 4: ends before a layer of variant \"v1\"" },
	{ "costs_header", "tabled.costs.tsv", "k3.latency_ns", "k3.latency",
	  "tabled.costs.tsv: line 1, column k3.latency: must be a class with" },
	{ "costs_pair", "tabled.costs.tsv", "k3.energy_pj", "k2.energy_pj",
	  "column k3.latency_ns: must be a class with" },
	{ "costs_class_twice", "tabled.costs.tsv",
	  "k2.latency_ns\tk2.energy_pj", "k3.latency_ns\tk3.energy_pj",
	  "column k3.latency_ns: is there twice" },
	{ "costs_class_name", "tabled.costs.tsv", "k3.latency_ns\tk3.energy_pj",
	  "k 3.latency_ns\tk 3.energy_pj", "\"k 3\" is no name of a class" },
	{ "costs_latency", "tabled.costs.tsv", "v0\t0\t1\t", "v0\t0\t0\t",
	  "tabled.costs.tsv: line 2, column k3.latency_ns: 0 is out of range "
	  "1..1099511627776" },
	{ "costs_energy", "tabled.costs.tsv", "1500000\t7", "1500000\t-7",
	  "line 2, column k2.energy_pj: \"-7\" is no whole number" },
	{ "costs_order", "tabled.costs.tsv", "v0\t2\t5", "v0\t1\t5",
	  "line 4, column layer: is 1, next comes 2" },
	{ "costs_variant", "tabled.costs.tsv", "v1\t0\t7", "v0\t3\t7",
	  "line 5, column variant: is \"v0\", next comes \"v1\"" },
	{ "costs_end_early", "tabled.costs.tsv", "v1\t1\t9\t10\t1900000\t11\n",
	  "", "tabled.costs.tsv: line 5: ends after 4 of 5 layers" },
	{ "costs_too_many", "tabled.costs.tsv", "v1\t1\t9\t10\t1900000\t11\n",
	  "v1\t1\t9\t10\t1900000\t11\nv1\t2\t9\t10\t1900000\t11\n",
	  "line 7, column layer: the model has no more layers" },
};

static void test_spoilt(void **state)
{
	const struct spoilt *rule = *state;
	struct xrsched_error error = { "" };
	struct xrsched_workload *w = NULL;
	int ret;

	files_spoil(rule->file, rule->from, rule->to);
	ret = files_load(&w, &error);
	files_restore(rule->file);
	if (ret != -EINVAL || !strstr(error.text, rule->says))
		fail_msg("%d \"%s\", not \"%s\"", ret, error.text, rule->says);
	assert_null(strchr(error.text, '\n'));
	assert_null(w);
}

/* A set called default would do for any other. */
static void test_no_such_set(void **state)
{
	struct xrsched_error error = { "" };
	struct xrsched_workload *w;

	(void)state;
	files_spoil("tabled.json", "'default'", "'mine'");
	assert_int_equal(files_load(&w, &error), -EINVAL);
	assert_non_null(strstr(
		error.text,
		"tabled.json: $.costs: has no set \"default\"; it has: mine"));
	files_restore("tabled.json");
}

static void test_not_an_object(void **state)
{
	struct xrsched_error error = { "" };

	(void)state;
	files_text("list.json", "[]");
	assert_int_equal(xrsched_workload_check(XRSCHED_WORKLOAD_HARDWARE,
						files_path("list.json"),
						&error),
			 -EINVAL);
	assert_non_null(strstr(error.text,
			       "list.json: $: is an array, must be an object"));
}

/* 9 streams in a chain: one more than the core follows. */
static void test_chain_depth(void **state)
{
	char text[2048] = "{'format': 'xrsched-scenario', 'version': 1, "
			  "'name': 'chain', 'streams': [";
	struct xrsched_error error = { "" };

	(void)state;
	for (int i = 0; i < 9; i++) {
		char stream[128];

		snprintf(stream, sizeof(stream),
			 "%s{'name': 's%d', 'model': 'tiny', 'fps': "
			 "30",
			 i ? ", " : "", i);
		strcat(text, stream);
		snprintf(stream, sizeof(stream), ", 'upstream': 's%d'}", i - 1);
		strcat(text, i ? stream : "}");
		if (i < 7)
			continue;
		strcat(text, "]}");
		files_text("chain.json", text);
		text[strlen(text) - 2] = '\0';
		if (i == 7)
			assert_ok(xrsched_workload_check(
					  XRSCHED_WORKLOAD_SCENARIO,
					  files_path("chain.json"), &error),
				  &error);
	}
	assert_int_equal(xrsched_workload_check(XRSCHED_WORKLOAD_SCENARIO,
						files_path("chain.json"),
						&error),
			 -EINVAL);
	assert_non_null(strstr(error.text, "a chain of more than 8 streams"));
}

static void test_missing_files(void **state)
{
	struct xrsched_workload_args args = { .size = sizeof(args) };
	struct xrsched_error error = { "" };
	struct xrsched_workload *w;

	(void)state;
	args.scenario = "/nonexistent/x.json";
	assert_int_equal(xrsched_workload_load(&args, &w, &error), -ENOENT);
	assert_non_null(
		strstr(error.text, "/nonexistent/x.json: No such file"));
	args.scenario = "VR_Gamin";
	assert_int_equal(xrsched_workload_load(&args, &w, &error), -ENOENT);
	assert_non_null(strstr(error.text,
			       "no scenario \"VR_Gamin\"; there are: AR_Call"));
	args.scenario = NULL;
	assert_int_equal(xrsched_workload_load(&args, &w, &error), -EINVAL);
	files_spoil("tabled.json", "tabled.costs.tsv", "no.tsv");
	assert_int_equal(files_load(&w, &error), -ENOENT);
	assert_non_null(strstr(error.text, "no.tsv: No such file"));
	files_restore("tabled.json");
	/* No place for the error is no error. */
	assert_int_equal(xrsched_workload_load(&args, &w, NULL), -EINVAL);
}

static int setup(void **state)
{
	(void)state;
	files_make();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	files_remove();
	return 0;
}

int main(void)
{
	const struct CMUnitTest whole[] = {
		cmocka_unit_test(test_no_such_set),
		cmocka_unit_test(test_not_an_object),
		cmocka_unit_test(test_chain_depth),
		cmocka_unit_test(test_missing_files),
	};
	struct CMUnitTest tests[COUNT(whole) + COUNT(spoilt)];

	memcpy(tests, whole, sizeof(whole));
	for (size_t i = 0; i < COUNT(spoilt); i++)
		tests[COUNT(whole) + i] = (struct CMUnitTest){
			.name = spoilt[i].name,
			.test_func = test_spoilt,
			.initial_state = (void *)&spoilt[i],
		};
	return _cmocka_run_group_tests("refused", tests, COUNT(tests), setup,
				       teardown);
}
