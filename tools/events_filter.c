// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which events are shown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "events.h"

void events_words(const struct argp_state *state, const char *option,
		  char *text, struct events_words *words)
{
	char *word;

	while ((word = strsep(&text, ","))) {
		if (!*word)
			argp_error(state, "%s: a word is missing", option);
		if (words->nr == EVENTS_WORDS)
			argp_error(state, "%s: at most %d of them", option,
				   EVENTS_WORDS);
		words->word[words->nr++] = word;
	}
}

/* Is one of the words its number, or its name? */
static bool has(const struct events_words *words, uint32_t number,
		const char *name)
{
	char text[16];

	if (!words->nr)
		return true;
	if (number == XRSCHED_EVENT_NONE)
		return false;
	snprintf(text, sizeof(text), "%" PRIu32, number);
	for (unsigned int i = 0; i < words->nr; i++)
		if (!strcmp(words->word[i], text) ||
		    (name && !strcmp(words->word[i], name)))
			return true;
	return false;
}

bool events_wanted(const struct events_filter *filter,
		   const struct xrsched_event *event)
{
	return has(&filter->kinds, event->kind,
		   xrsched_event_name(event->kind)) &&
	       has(&filter->streams, event->stream, event->stream_name) &&
	       has(&filter->engines, event->engine, event->engine_name) &&
	       has(&filter->clients, event->client, NULL);
}
