/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of "xrsched events": which events are shown and how, and how many were
 * not seen at all.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <xrsched/control.h>
#include <xrsched/event.h>

#define EVENTS_DEVICES 256 /* numbers that devices may have */
#define EVENTS_WORDS 32 /* that one filter may have */

/* ----- which ones --------------------------------------------------------- */

/**
 * struct events_words - Names or numbers, of which an event has to have one
 * @word: they.
 * @nr: how many, 0: anything goes.
 */
struct events_words {
	const char *word[EVENTS_WORDS];
	unsigned int nr;
};

/**
 * struct events_filter - Which events are shown
 * @device: number of the device, -1: all.
 * @kinds: names of kinds.
 * @streams: names or numbers.
 * @engines: names or numbers.
 * @clients: numbers.
 */
struct events_filter {
	int device;
	struct events_words kinds;
	struct events_words streams;
	struct events_words engines;
	struct events_words clients;
};

/**
 * events_words() - read a list of words
 * @state: for the message.
 * @option: what is read ("--kind").
 * @text: words, with commas between; is cut up.
 * @words: where they are added.
 */
void events_words(const struct argp_state *state, const char *option,
		  char *text, struct events_words *words);

/**
 * events_wanted() - is an event to be shown?
 * @filter: which are.
 * @event: the event.
 *
 * Return: true if it is.
 */
bool events_wanted(const struct events_filter *filter,
		   const struct xrsched_event *event);

/* ----- how ---------------------------------------------------------------- */

/**
 * events_json() - an event as JSON, without the members that do not apply
 * @event: the event.
 *
 * Return: the object.
 */
json_t *events_json(const struct xrsched_event *event);

/**
 * events_text() - print an event in a line
 * @event: the event.
 */
void events_text(const struct xrsched_event *event);

/** events_heading() - print what stands above these lines */
void events_heading(void);

/* ----- those that did not come -------------------------------------------- */

/**
 * struct events_account - Events of a device that came, and that did not
 * @base: number of the latest event before this began.
 * @top: number of the latest event that came since, 0: none.
 * @got: events that came since.
 * @end: number of the latest event that should have come, once that is known.
 * @reported: what the kernel said meanwhile that it left out.
 * @told: of those lost, how many were told of.
 * @earlier: lost of a device of this number that was removed.
 * @left_out_before: what the kernel had left out when this began.
 * @left_out: of those lost, how many the kernel left out, at the end.
 * @lost: how many did not come, at the end.
 */
struct events_account {
	uint64_t base;
	uint64_t top;
	uint64_t got;
	uint64_t end;
	uint64_t reported;
	uint64_t told;
	uint64_t earlier;
	uint64_t left_out_before;
	uint64_t left_out;
	uint64_t lost;
};

/**
 * events_begin() - what happened before does not count
 * @accounts: EVENTS_DEVICES of them, zeroed.
 * @control: who knows what that is.
 *
 * To be called after the subscription.
 *
 * Return: 0 or -errno.
 */
int events_begin(struct events_account *accounts,
		 struct xrsched_control *control);

/**
 * events_count() - enter an event into the account of its device
 * @account: the account.
 * @event: the event.
 *
 * Return: how many events are known to be lost now that were not before.
 */
uint64_t events_count(struct events_account *account,
		      const struct xrsched_event *event);

/**
 * events_end() - what happens from now on does not count
 * @accounts: EVENTS_DEVICES of them.
 * @control: who knows which events should have come.
 */
void events_end(struct events_account *accounts,
		struct xrsched_control *control);

/**
 * events_outstanding() - may some be on their way that count?
 * @accounts: EVENTS_DEVICES of them, after events_end().
 *
 * Return: true if not all came.
 */
bool events_outstanding(const struct events_account *accounts);

/**
 * events_settle() - what has not come now, never will
 * @accounts: EVENTS_DEVICES of them; @lost and @left_out are set.
 *
 * Without events_end(), what came after the last event that was seen does not
 * count.
 */
void events_settle(struct events_account *accounts);

#endif /* EVENTS_H */
