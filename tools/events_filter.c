// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which events are shown, and the names of the streams that they are about.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "events.h"

#define ASK_NS 200000000 /* streams are asked for five times a second at most */

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
		   const struct xrsched_event *event, const char *stream_name)
{
	if (filter->device >= 0 && event->device != (uint32_t)filter->device)
		return false;
	return has(&filter->kinds, event->kind,
		   xrsched_event_name(event->kind)) &&
	       has(&filter->streams, event->stream, stream_name) &&
	       has(&filter->engines, event->engine, event->engine_name) &&
	       has(&filter->clients, event->client, NULL);
}

static const char *find(const struct events_names *names,
			const struct xrsched_event *event)
{
	for (int i = 0; i < names->nr; i++)
		if (names->list[i].device == event->device &&
		    names->list[i].id == event->stream &&
		    names->list[i].client == event->client)
			return names->list[i].name;
	return NULL;
}

static void ask(struct events_names *names)
{
	struct xrsched_control_stream *list;
	int nr = xrsched_control_streams(names->control, XRSCHED_CONTROL_ALL,
					 &list);

	if (nr < 0)
		return;
	xrsched_free(names->list);
	names->list = list;
	names->nr = nr;
}

const char *events_name(struct events_names *names,
			const struct xrsched_event *event)
{
	const char *name;

	if (event->stream == XRSCHED_EVENT_NONE)
		return NULL;
	name = find(names, event);
	if (name || now_ns() < names->asked_ns + ASK_NS)
		return name;
	ask(names);
	names->asked_ns = now_ns();
	return find(names, event);
}
