// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reaching the kernel, and what to do when that does not work.
 */
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "out.h"

#define PATH_SIZE 32
#define TEXT_SIZE 640

static void offer_sim(void)
{
	fputs("  or try it without: xrsched sim VR_Gaming --hw 4k-1ws2os\n",
	      stderr);
}

static int not_loaded(void)
{
	fail("the xrsched module is not loaded");
	fputs("  sudo insmod kmod/xrsched.ko (\"make\" builds it), or "
	      "sudo modprobe xrsched where it is installed\n",
	      stderr);
	offer_sim();
	return EXIT_FAILURE;
}

int trouble(int err, const char *fmt, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	switch (-err) {
	case EPERM:
		fail("%s", text);
		/* Some say what they take, which may be another capability. */
		fputs(strstr(text, "CAP_") ? "  say it again with sudo\n"
					   : "  this needs CAP_NET_ADMIN: say "
					     "it again with sudo\n",
		      stderr);
		offer_sim();
		break;
	case EACCES:
		fail("%s", text);
		fputs("  only root and the group xrsched may open a device:\n"
		      "  sudo usermod -aG xrsched $USER and a new login, or "
		      "once more with sudo\n",
		      stderr);
		offer_sim();
		break;
	case ENODEV:
		fail("%s", text);
		fputs("  \"xrsched device list\" shows the devices there are\n",
		      stderr);
		break;
	default:
		fail("%s", text);
	}
	return EXIT_FAILURE;
}

int trouble_control(const struct xrsched_control *control, int err,
		    const char *doing)
{
	const char *why = xrsched_control_error(control);

	if (err == -ENOENT && !*why)
		return not_loaded();
	return trouble(err, "%s: %s", doing, *why ? why : strerror(-err));
}

int control_connect(struct xrsched_control **control)
{
	int ret = xrsched_control_open(control);

	if (ret == -ENOENT)
		return not_loaded();
	if (ret)
		return trouble(ret, "generic netlink cannot be reached: %s",
			       strerror(-ret));
	return 0;
}

/* There is no such node: is it the device, or all of it? */
static int no_node(const char *path)
{
	struct xrsched_control *control;

	if (xrsched_control_open(&control))
		return not_loaded();
	xrsched_control_close(control);
	return trouble(-ENODEV, "there is no %s", path);
}

int device_open(const struct app *app, struct xrsched **x)
{
	char path[PATH_SIZE];
	int ret;

	snprintf(path, sizeof(path), "/dev/xrsched%u", device_number(app));
	ret = xrsched_open(path, x);
	if (ret == -ENOENT || ret == -ENXIO)
		return no_node(path);
	if (ret == -ENOTTY)
		return fail("%s is not a device of xrsched", path);
	if (ret)
		return trouble(ret, "%s cannot be opened: %s", path,
			       strerror(-ret));
	return 0;
}

uint32_t device_number(const struct app *app)
{
	return app->device < 0 ? 0 : app->device;
}

uint32_t device_or_all(const struct app *app)
{
	return app->device < 0 ? XRSCHED_CONTROL_ALL : (uint32_t)app->device;
}
