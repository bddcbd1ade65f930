// SPDX-License-Identifier: GPL-2.0-only
/* The rules of the scheduling core, one by one. */

#include "suite.h"

int main(void)
{
	static const struct suite *const suites[] = {
		&suite_model,	   &suite_submit,      &suite_upstream,
		&suite_expiry,	   &suite_engine,      &suite_fault,
		&suite_switch,	   &suite_policy,      &suite_rogue,
		&suite_dream,	   &suite_explain,     &suite_stream,
		&suite_scale,	   &suite_limits,      &suite_baselines,
		&suite_lookahead,  &suite_ahead_rules, &suite_ahead_plans,
		&suite_blocks,	   &suite_adapt,       &suite_tuner,
		&suite_record,	   &suite_inject,      &suite_held,
		&suite_admission,  &suite_peek,	       &suite_broken,
		&suite_fault_slow,
	};

	return suite_run("core: unit", suites, ARRAY_SIZE(suites));
}
