// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many events did not come.
 *
 * Each event has a number on its device, so a gap is a loss, wherever it
 * happened; the kernel says how far the numbers are, so that a loss at the end
 * is no secret either.  It also says how many of them it did not send at all
 * (more than event_rate a second); the others this program was too slow for.
 */
#include "events.h"

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Of those up to a number, how many did not come. */
static uint64_t missing(const struct events_account *account, uint64_t seq)
{
	return seq > account->base + account->got
		       ? seq - account->base - account->got
		       : 0;
}

/* Gaps and reports are about the same losses: the larger tells of all. */
static uint64_t news(struct events_account *account)
{
	uint64_t lost = missing(account, account->top);
	uint64_t fresh;

	if (account->reported > lost)
		lost = account->reported;
	lost += account->earlier;
	fresh = lost > account->told ? lost - account->told : 0;
	account->told += fresh;
	return fresh;
}

/* The device was removed, and one of the same number counts from 1. */
static void begin_anew(struct events_account *account)
{
	account->earlier += missing(account, account->top);
	account->base = 0;
	account->got = 0;
	account->reported = 0;
	account->left_out_before = 0;
}

uint64_t events_count(struct events_account *account,
		      const struct xrsched_event *event)
{
	if (event->kind == XRSCHED_CMD_LOST_NTF) {
		/* Some of these may have been lost before we came. */
		if (event->seq > account->base)
			account->reported +=
				lower(event->lost, event->seq - account->base);
		return news(account);
	}
	if (account->top && event->seq <= account->top)
		begin_anew(account);
	if (event->seq <= account->base ||
	    (account->end && event->seq > account->end))
		return 0;
	account->top = event->seq;
	account->got++;
	return news(account);
}

/* Lets a function look at every device. */
static int each_device(struct events_account *accounts,
		       struct xrsched_control *control,
		       void (*look)(struct events_account *,
				    const struct xrsched_control_device *))
{
	struct xrsched_control_device *list;
	int nr = xrsched_control_devices(control, &list);

	for (int i = 0; i < nr; i++)
		if (list[i].nr < EVENTS_DEVICES)
			look(&accounts[list[i].nr], &list[i]);
	if (nr >= 0)
		xrsched_free(list);
	return nr < 0 ? nr : 0;
}

static void begin_one(struct events_account *account,
		      const struct xrsched_control_device *device)
{
	account->base = device->events_seq;
	account->left_out_before = device->events_lost;
}

int events_begin(struct events_account *accounts,
		 struct xrsched_control *control)
{
	return each_device(accounts, control, begin_one);
}

static void end_one(struct events_account *account,
		    const struct xrsched_control_device *device)
{
	account->end = device->events_seq;
	account->left_out = device->events_lost - account->left_out_before;
}

void events_end(struct events_account *accounts,
		struct xrsched_control *control)
{
	/* Of a device that is gone, what came is all there will be. */
	each_device(accounts, control, end_one);
}

bool events_outstanding(const struct events_account *accounts)
{
	for (int i = 0; i < EVENTS_DEVICES; i++)
		if (missing(&accounts[i], accounts[i].end) >
		    accounts[i].left_out)
			return true;
	return false;
}

void events_settle(struct events_account *accounts)
{
	for (int i = 0; i < EVENTS_DEVICES; i++) {
		struct events_account *account = &accounts[i];

		if (account->end) {
			account->lost = missing(account, account->end);
		} else {
			account->lost = missing(account, account->top);
			if (account->lost < account->reported)
				account->lost = account->reported;
			account->left_out = account->reported;
		}
		account->left_out = lower(account->left_out, account->lost);
		account->lost += account->earlier;
	}
}
