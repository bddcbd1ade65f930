// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched engine fault, xrsched engine guard.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

/* ----- fault ------------------------------------------------------------ */

error_t engine_fault_parse(int key, char *arg, struct argp_state *state)
{
	struct engine_fault_opts *opts = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (opts->nr == ENGINE_SPECS)
		argp_error(state, "no more than %d specifications at once",
			   ENGINE_SPECS);
	opts->spec[opts->nr++] = arg;
	return 0;
}

int fault_merge(struct xrsched_fault_plan *plan,
		const struct xrsched_fault_plan *more)
{
	uint32_t *const to[] = { &plan->hang_ppm, &plan->error_ppm,
				 &plan->slow_ppm, &plan->wrong_seq_ppm,
				 &plan->factor,	  &plan->burst };
	const uint32_t from[] = { more->hang_ppm, more->error_ppm,
				  more->slow_ppm, more->wrong_seq_ppm,
				  more->factor,	  more->burst };

	for (unsigned int i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		if (from[i])
			*to[i] = from[i];
	if (more->seed)
		plan->seed = more->seed;
	for (uint32_t i = 0; i < more->nr_steps; i++) {
		if (plan->nr_steps == XRSCHED_FAULT_STEPS)
			return -E2BIG;
		plan->step[plan->nr_steps++] = more->step[i];
	}
	return 0;
}

/* What the specifications say about an engine; 0 or the exit code. */
static int plan_of(const struct engine_fault_opts *opts,
		   const struct xrsched_control_engine *engine,
		   struct xrsched_fault_plan *plan, bool *meant)
{
	struct xrsched_fault_plan more;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];

	memset(plan, 0, sizeof(*plan));
	*meant = false;
	for (unsigned int i = 0; i < opts->nr; i++) {
		if (xrsched_fault_parse(opts->spec[i], which, &more, &error))
			return fail("%s", error.text);
		if (!engine_is_meant(which, engine))
			continue;
		*meant = true;
		if (fault_merge(plan, &more))
			return fail("engine %u: a script has at most %d steps",
				    engine->id, XRSCHED_FAULT_STEPS);
	}
	return 0;
}

/* All that is named is there; 0 or the exit code. */
static int check_names(const struct engine_fault_opts *opts, uint32_t device,
		       const struct xrsched_control_engine *list, int nr)
{
	struct xrsched_fault_plan plan;
	struct xrsched_error error;
	char which[XRSCHED_NAME_LEN];

	for (unsigned int i = 0; i < opts->nr; i++) {
		int e;

		if (xrsched_fault_parse(opts->spec[i], which, &plan, &error)) {
			fail("%s", error.text);
			return EXIT_USAGE;
		}
		for (e = 0; e < nr && !engine_is_meant(which, &list[e]); e++)
			;
		if (e == nr)
			return engine_none(which, device, list, nr);
	}
	return 0;
}

static int set_faults(struct xrsched_control *control,
		      const struct engine_fault_opts *opts, uint32_t device,
		      const struct xrsched_control_engine *list, int nr)
{
	int ret = check_names(opts, device, list, nr);

	for (int i = 0; i < nr && !ret; i++) {
		struct xrsched_fault_plan plan;
		bool meant;

		ret = plan_of(opts, &list[i], &plan, &meant);
		if (ret || !meant)
			continue;
		ret = xrsched_control_fault_set(control, device, list[i].id,
						&plan);
		if (ret)
			ret = trouble_control(control, ret,
					      "faults were not set");
	}
	return ret;
}

static const struct out_column fault_columns[] = {
	{ "id", "id", OUT_COUNT, 0 },
	{ "name", "name", OUT_TEXT, 0 },
	{ "faults", "faults", OUT_TEXT, 0 },
	{ "hangs", "hangs", OUT_COUNT, 0 },
	{ "errors", "errors", OUT_COUNT, 0 },
	{ "slows", "slow", OUT_COUNT, 0 },
	{ "wrong_seqs", "wrong number", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block fault_view[] = {
	{ .columns = fault_columns, .empty = "no simulated engines" },
	{ 0 },
};

static int show_faults(struct app *app, struct xrsched_control *control,
		       uint32_t device,
		       const struct xrsched_control_engine *list, int nr)
{
	json_t *array = put_array();

	for (int i = 0; i < nr; i++) {
		struct xrsched_fault_plan plan;
		char text[XRSCHED_FAULT_TEXT];
		json_t *object;
		int ret;

		if (list[i].kind != XRSCHED_ENGINE_KIND_SIM)
			continue;
		ret = xrsched_control_fault_get(control, device, list[i].id,
						&plan);
		if (ret == -ENOENT)
			continue;
		if (ret) {
			json_decref(array);
			return trouble_control(control, ret,
					       "no faults to be seen");
		}
		object = put_object();
		xrsched_fault_format(&plan, text, sizeof(text));
		put_count(object, "id", list[i].id);
		put_text(object, "name", list[i].name);
		put_text(object, "faults", text);
		put_count(object, "hangs", plan.hit[XRSCHED_FAULT_KIND_HANG]);
		put_count(object, "errors", plan.hit[XRSCHED_FAULT_KIND_ERROR]);
		put_count(object, "slows", plan.hit[XRSCHED_FAULT_KIND_SLOW]);
		put_count(object, "wrong_seqs",
			  plan.hit[XRSCHED_FAULT_KIND_WRONG_SEQ]);
		put_append(array, object);
	}
	out_print(app, array, fault_view);
	return 0;
}

int engine_fault_run(struct app *app, void *opts_)
{
	const struct engine_fault_opts *opts = opts_;
	uint32_t device = device_number(app);
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int nr, ret = control_connect(&control);

	if (ret)
		return ret;
	nr = xrsched_control_engines(control, device, &list);
	if (nr < 0) {
		ret = trouble_control(control, nr, "no engines to be seen");
		goto out_close;
	}
	if (opts->nr)
		ret = set_faults(control, opts, device, list, nr);
	if (!ret)
		ret = show_faults(app, control, device, list, nr);
	xrsched_free(list);
out_close:
	xrsched_control_close(control);
	return ret;
}

/* ----- guard ------------------------------------------------------------ */

error_t engine_guard_parse(int key, char *arg, struct argp_state *state)
{
	struct engine_guard_opts *opts = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (opts->spec)
		argp_error(state, "one specification, with commas between");
	opts->spec = arg;
	return 0;
}

static const struct out_column guard_columns[] = {
	{ "floor_ns", "floor", OUT_TIME, 0 },
	{ "factor", "factor", OUT_COUNT, 0 },
	{ "retries", "retries", OUT_COUNT, 0 },
	{ "strikes", "strikes", OUT_COUNT, 0 },
	{ "rest_ns", "rest", OUT_TIME, 0 },
	{ "rest_max_ns", "longest rest", OUT_TIME, 0 },
	{ 0 },
};

static const struct out_block guard_view[] = {
	{ .columns = guard_columns },
	{ 0 },
};

static void show_guard(struct app *app, const struct xrsched_guard *guard)
{
	json_t *object = put_object();

	put_count(object, "floor_ns", guard->floor_ns);
	put_count(object, "factor", guard->factor);
	put_count(object, "retries", guard->retries);
	put_count(object, "strikes", guard->strikes);
	put_count(object, "rest_ns", guard->rest_ns);
	put_count(object, "rest_max_ns", guard->rest_max_ns);
	out_print(app, object, guard_view);
}

int engine_guard_run(struct app *app, void *opts_)
{
	const struct engine_guard_opts *opts = opts_;
	uint32_t device = device_number(app);
	struct xrsched_control *control;
	struct xrsched_guard guard;
	struct xrsched_error error;
	int ret = control_connect(&control);

	if (ret)
		return ret;
	ret = xrsched_control_guard_get(control, device, &guard);
	if (ret) {
		ret = trouble_control(control, ret, "no guard to be seen");
		goto out_close;
	}
	if (opts->spec && xrsched_guard_parse(opts->spec, &guard, &error)) {
		fail("%s", error.text);
		ret = EXIT_USAGE;
		goto out_close;
	}
	if (opts->spec) {
		ret = xrsched_control_guard_set(control, device, &guard);
		if (ret)
			ret = trouble_control(control, ret,
					      "the guard was not set");
	}
	if (!ret)
		show_guard(app, &guard);
out_close:
	xrsched_control_close(control);
	return ret;
}
