// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Faults and guards as people write them.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/fault.h>

#include "internal.h"

static const struct unit {
	const char *name;
	double ns;
} units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 } };

static const struct kind {
	const char *name;
	uint32_t kind;
	size_t ppm;
} kinds[] = {
	{ "hang", XRSCHED_FAULT_KIND_HANG,
	  offsetof(struct xrsched_fault_plan, hang_ppm) },
	{ "error", XRSCHED_FAULT_KIND_ERROR,
	  offsetof(struct xrsched_fault_plan, error_ppm) },
	{ "slow", XRSCHED_FAULT_KIND_SLOW,
	  offsetof(struct xrsched_fault_plan, slow_ppm) },
	{ "wrong-seq", XRSCHED_FAULT_KIND_WRONG_SEQ,
	  offsetof(struct xrsched_fault_plan, wrong_seq_ppm) },
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

/* ----- reading ---------------------------------------------------------- */

/* Whether @text begins with @word, which is then passed over. */
static bool take_word(const char **text, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*text, word, len))
		return false;
	*text += len;
	return true;
}

static bool take_number(const char **text, double most, double *value)
{
	char *end;

	/* strtod() would take blanks, signs, "inf" and "nan". */
	if (!strchr("0123456789.", **text) || !**text)
		return false;
	*value = strtod(*text, &end);
	if (end == *text || !(*value <= most))
		return false;
	*text = end;
	return true;
}

static bool take_u64(const char **text, uint64_t most, uint64_t *value)
{
	char *end;

	if (**text < '0' || **text > '9')
		return false;
	errno = 0;
	*value = strtoull(*text, &end, 10);
	if (errno || *value > most)
		return false;
	*text = end;
	return true;
}

static bool take_time(const char **text, uint64_t *ns)
{
	double value;

	if (!take_number(text, 1e18, &value))
		return false;
	for (unsigned int i = 0; i < NR(units); i++) {
		if (!take_word(text, units[i].name))
			continue;
		value = round(value * units[i].ns);
		if (value > 1e18)
			return false;
		*ns = value;
		return true;
	}
	return false;
}

static bool read_share(const char *text, const struct kind *kind,
		       uint32_t factor, struct xrsched_fault_plan *plan)
{
	uint32_t *ppm = (uint32_t *)((char *)plan + kind->ppm);
	double share;

	if (!take_number(&text, 100, &share) || !take_word(&text, "%") ||
	    *text || *ppm)
		return false;
	*ppm = round(share * 10000);
	if (factor && *ppm)
		plan->factor = factor;
	return true;
}

static bool read_step(const char *text, const struct kind *kind,
		      uint32_t factor, struct xrsched_fault_plan *plan)
{
	struct xrsched_fault_step *step = &plan->step[plan->nr_steps];

	if (plan->nr_steps == XRSCHED_FAULT_STEPS)
		return false;
	step->kind = kind->kind;
	step->factor = factor;
	if (!take_time(&text, &step->at_ns))
		return false;
	if (take_word(&text, "+") && !take_time(&text, &step->for_ns))
		return false;
	if (take_word(&text, "/") && !take_time(&text, &step->every_ns))
		return false;
	plan->nr_steps++;
	return !*text;
}

static bool read_kind(const char *text, struct xrsched_fault_plan *plan)
{
	const struct kind *kind = NULL;
	uint64_t factor = 0;

	for (unsigned int i = 0; i < NR(kinds) && !kind; i++)
		if (take_word(&text, kinds[i].name))
			kind = &kinds[i];
	if (!kind)
		return false;
	if (kind->kind == XRSCHED_FAULT_KIND_SLOW &&
	    (!take_word(&text, "x") || !take_u64(&text, 1000, &factor)))
		return false;
	if (take_word(&text, "="))
		return read_share(text, kind, factor, plan);
	return take_word(&text, "@") && read_step(text, kind, factor, plan);
}

static bool read_item(const char *item, struct xrsched_fault_plan *plan)
{
	uint64_t burst;

	if (take_word(&item, "seed="))
		return take_u64(&item, UINT64_MAX, &plan->seed) && !*item;
	if (take_word(&item, "burst=")) {
		if (!take_u64(&item, 1000, &burst) || *item)
			return false;
		plan->burst = burst;
		return true;
	}
	return read_kind(item, plan);
}

/* Splits the engine off; the rest, NULL: its name is none. */
static const char *read_engine(const char *text, char *engine)
{
	/* A name may have colons of its own, items have none. */
	const char *colon = strrchr(text, ':');
	size_t len = colon ? colon - text : 0;

	if (!colon) {
		strcpy(engine, "all");
		return text;
	}
	if (!len || len >= XRSCHED_NAME_LEN)
		return NULL;
	memcpy(engine, text, len);
	engine[len] = '\0';
	return colon + 1;
}

XRSCHED_API int xrsched_fault_parse(const char *text,
				    char engine[XRSCHED_NAME_LEN],
				    struct xrsched_fault_plan *plan,
				    struct xrsched_error *error)
{
	char *items, *item, *rest;
	int ret = 0;

	memset(plan, 0, sizeof(*plan));
	text = read_engine(text, engine);
	if (!text)
		return xrsched_fail(error, -EINVAL,
				    "faults: no engine has such a name");
	if (!strcmp(text, "none"))
		return 0;
	items = strdup(text);
	if (!items)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	rest = items;
	while (!ret && (item = strsep(&rest, ",")))
		if (!read_item(item, plan))
			ret = xrsched_fail(
				error, -EINVAL,
				"faults: \"%.60s\" is no KIND=PER%%, "
				"KIND@AT[+FOR][/EVERY], burst=NR or seed=NR, "
				"KIND one of hang, error, wrong-seq, slowxNR; "
				"times have a unit",
				item);
	free(items);
	return ret;
}

/* ----- writing ---------------------------------------------------------- */

static void append(char *text, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *text, size_t size, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + used, size - used, fmt, ap);
	va_end(ap);
}

/* In the largest unit that takes no fraction. */
static void append_time(char *text, size_t size, const char *before,
			uint64_t ns)
{
	unsigned int i = 0;

	while (i + 1 < NR(units) && ns % (uint64_t)units[i].ns)
		i++;
	append(text, size, "%s%" PRIu64 "%s", before,
	       ns / (uint64_t)units[i].ns, units[i].name);
}

static void append_kind(char *text, size_t size, uint32_t kind, uint32_t factor)
{
	append(text, size, "%s", *text ? "," : "");
	for (unsigned int i = 0; i < NR(kinds); i++)
		if (kinds[i].kind == kind)
			append(text, size, "%s", kinds[i].name);
	if (kind == XRSCHED_FAULT_KIND_SLOW)
		append(text, size, "x%u", factor);
}

XRSCHED_API void xrsched_fault_format(const struct xrsched_fault_plan *plan,
				      char *text, size_t size)
{
	*text = '\0';
	for (unsigned int i = 0; i < NR(kinds); i++) {
		const uint32_t *ppm =
			(const uint32_t *)((const char *)plan + kinds[i].ppm);

		if (!*ppm)
			continue;
		append_kind(text, size, kinds[i].kind, plan->factor);
		append(text, size, "=%g%%", *ppm / 1e4);
	}
	for (unsigned int i = 0; i < plan->nr_steps; i++) {
		const struct xrsched_fault_step *step = &plan->step[i];

		append_kind(text, size, step->kind, step->factor);
		append_time(text, size, "@", step->at_ns);
		if (step->for_ns)
			append_time(text, size, "+", step->for_ns);
		if (step->every_ns)
			append_time(text, size, "/", step->every_ns);
	}
	if (!*text) {
		append(text, size, "none");
		return;
	}
	if (plan->burst > 1)
		append(text, size, ",burst=%u", plan->burst);
	if (plan->seed)
		append(text, size, ",seed=%" PRIu64, plan->seed);
}

/* ----- guards ----------------------------------------------------------- */

static const struct field {
	const char *name;
	size_t offset;
	bool is_time;
} fields[] = {
	{ "floor=", offsetof(struct xrsched_guard, floor_ns), true },
	{ "factor=", offsetof(struct xrsched_guard, factor), false },
	{ "retries=", offsetof(struct xrsched_guard, retries), false },
	{ "strikes=", offsetof(struct xrsched_guard, strikes), false },
	{ "rest=", offsetof(struct xrsched_guard, rest_ns), true },
	{ "rest-max=", offsetof(struct xrsched_guard, rest_max_ns), true },
};

static bool read_field(const char *item, struct xrsched_guard *guard)
{
	uint64_t value;

	for (unsigned int i = 0; i < NR(fields); i++) {
		char *to = (char *)guard + fields[i].offset;

		if (!take_word(&item, fields[i].name))
			continue;
		if (fields[i].is_time)
			return take_time(&item, (uint64_t *)to) && !*item;
		if (!take_u64(&item, UINT32_MAX, &value) || *item)
			return false;
		*(uint32_t *)to = value;
		return true;
	}
	return false;
}

XRSCHED_API int xrsched_guard_parse(const char *text,
				    struct xrsched_guard *guard,
				    struct xrsched_error *error)
{
	char *items = strdup(text), *item, *rest = items;
	int ret = 0;

	if (!items)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	while (!ret && (item = strsep(&rest, ",")))
		if (!read_field(item, guard))
			ret = xrsched_fail(
				error, -EINVAL,
				"guard: \"%.60s\" is none of floor=TIME, "
				"factor=NR, retries=NR, strikes=NR, rest=TIME, "
				"rest-max=TIME; times have a unit",
				item);
	free(items);
	return ret;
}
