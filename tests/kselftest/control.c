// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device as a whole, for tests.
 *
 * Each call has a connection of its own: tests fork.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <xrsched/xrsched.h>

#include "control.h"

#define DEVICE_NR	0
#define CHECK_FILE	"/sys/kernel/debug/xrsched/0/check"
#define TRIES		500
#define TRY_NS		10000000

/* Says what failed, and gives the connection up. */
static int done(struct xrsched_control *control, const char *what, int ret)
{
	if (ret < 0)
		printf("# %s: %s: %s\n", what, strerror(-ret),
		       control ? xrsched_control_error(control) : "");
	xrsched_control_close(control);
	return ret;
}

static void pause_a_little(void)
{
	struct timespec ts = { .tv_nsec = TRY_NS };

	nanosleep(&ts, NULL);
}

int policy_set(const char *text)
{
	struct xrsched_control *control = NULL;
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	int ret = xrsched_policy_parse(text, &spec, &error);

	if (ret) {
		printf("# %s\n", error.text);
		return ret;
	}
	ret = xrsched_control_open(&control);
	if (!ret)
		ret = xrsched_control_policy_set(control, DEVICE_NR, &spec);
	return done(control, text, ret);
}

int device_reset(const char *policy)
{
	struct xrsched_control_engine *engine = NULL;
	struct xrsched_control *control = NULL;
	int ret, i, nr;

	ret = xrsched_control_open(&control);
	if (!ret)
		ret = xrsched_control_engines(control, DEVICE_NR, &engine);
	nr = ret;
	for (i = 0; i < nr; i++) {
		ret = xrsched_control_engine_del(control, DEVICE_NR,
						 engine[i].id);
		if (ret)
			break;
	}
	xrsched_free(engine);
	ret = done(control, "reset", ret);
	return ret < 0 ? ret : policy_set(policy);
}

/* What comes next finds no engine and the usual policy, as after loading. */
static void __attribute__((destructor)) leave_clean(void)
{
	if (!access("/dev/xrsched0", F_OK))
		device_reset("dream");
}

static int add(uint32_t kind, const char *class_name)
{
	struct xrsched_control *control = NULL;
	int ret = xrsched_control_open(&control);

	if (!ret)
		ret = xrsched_control_engine_new(control, DEVICE_NR, kind,
						 class_name, NULL, 0, 0);
	return done(control, "new engine", ret);
}

int engine_add(const char *class_name)
{
	return add(XRSCHED_ENGINE_KIND_SIM, class_name);
}

int engine_add_null(const char *class_name)
{
	return add(XRSCHED_ENGINE_KIND_NULL, class_name);
}

int engine_del(int id)
{
	struct xrsched_control *control = NULL;
	int ret = xrsched_control_open(&control);

	if (!ret)
		ret = xrsched_control_engine_del(control, DEVICE_NR, id);
	return done(control, "delete engine", ret);
}

/* Returns the busy engine's number, -EAGAIN if there is none. */
static int find_busy(struct xrsched_control *control)
{
	struct xrsched_control_engine *engine = NULL;
	int ret = xrsched_control_engines(control, DEVICE_NR, &engine);
	int i, nr = ret;

	if (ret >= 0)
		ret = -EAGAIN;
	for (i = 0; i < nr; i++)
		if (engine[i].busy)
			ret = engine[i].id;
	xrsched_free(engine);
	return ret;
}

int engine_busy(void)
{
	struct xrsched_control *control = NULL;
	int ret = xrsched_control_open(&control);
	int tries;

	if (ret)
		return done(control, "busy engine", ret);
	for (tries = 0; tries < TRIES; tries++) {
		ret = find_busy(control);
		if (ret != -EAGAIN)
			break;
		pause_a_little();
	}
	return done(control, "busy engine", ret);
}

int device_info(struct xrsched_control_device *info)
{
	struct xrsched_control *control = NULL;
	int ret = xrsched_control_open(&control);

	if (!ret)
		ret = xrsched_control_device_get(control, DEVICE_NR, info);
	return done(control, "device", ret);
}

bool device_consistent(void)
{
	FILE *file = fopen(CHECK_FILE, "r");
	bool ok = false;
	char line[256];

	if (!file) {
		printf("# %s: %s\n", CHECK_FILE, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof(line), file)) {
		ok = !strcmp(line, "ok\n");
		if (!ok)
			printf("# %s: %s", CHECK_FILE, line);
	}
	fclose(file);
	return ok;
}

bool device_quiet(unsigned int nr_clients, unsigned int nr_streams)
{
	struct xrsched_control_device info;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (device_info(&info))
			return false;
		if (info.clients == nr_clients && info.streams == nr_streams)
			return device_consistent();
		pause_a_little();
	}
	printf("# %u clients and %u streams are left\n", info.clients,
	       info.streams);
	return false;
}
