// SPDX-License-Identifier: GPL-2.0-only
/*
 * An engine that is a process: it turns the text in a job's first buffer into
 * capitals.  Documentation/engines.md goes through it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xrsched/buffer.h>
#include <xrsched/server.h>

#define BYTES 64

/* Executes a layer; says whether it could, and what it took. */
static void execute(const struct xrsched_server_layer *layer,
		    struct xrsched_server_result *result)
{
	struct xrsched_mapping map;
	char *text;
	int i;

	memset(result, 0, sizeof(*result));
	/* What a client passes need not be what we need. */
	if (layer->nr_buffers < 1 ||
	    xrsched_buffer_map(layer->buffer[0], BYTES, XRSCHED_BUFFER_WRITE,
			       &map)) {
		result->status = XRSCHED_LAYER_REFUSED;
		return;
	}
	text = map.addr;
	for (i = 0; i < BYTES; i++)
		text[i] = toupper((unsigned char)text[i]);
	xrsched_buffer_unmap(&map);
	result->status = XRSCHED_LAYER_DONE;
	result->energy_pj = 1000 * BYTES;
}

int main(void)
{
	struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = "upper",
		.queues = 1,
		.watchdog_ms = 1000,
	};
	struct xrsched_server_layer layer;
	struct xrsched_server_result result;
	struct xrsched_server *server;
	int ret = xrsched_server_open(&opts, &server);

	if (ret) {
		fprintf(stderr, "cannot serve: %s\n", strerror(-ret));
		return 1;
	}
	printf("engine %d is up\n", xrsched_server_engine(server, 0));
	fflush(stdout);
	do {
		ret = xrsched_server_fetch(server, 0, &layer, 0);
		while (!ret) {
			execute(&layer, &result);
			/* Answers, and waits for the next one. */
			ret = xrsched_server_next(server, 0, &result, &layer,
						  0);
		}
	} while (ret == -EINTR); /* it was stopped, and goes on */
	/* The engine was removed, say. */
	fprintf(stderr, "no longer an engine: %s\n", strerror(-ret));
	xrsched_server_close(server);
	return 1;
}
