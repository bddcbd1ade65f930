// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serving: a layer comes, is computed, is answered with the next one's fetch.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xrsched/server.h>

#include "options.h"

static volatile sig_atomic_t stop;

/*
 * It may come just before we begin to wait for a layer, which nothing else would
 * end then: it comes again.
 */
static void on_signal(int number)
{
	(void)number;
	stop = 1;
	alarm(1);
}

/* Without SA_RESTART: whoever waits for a layer is to come back. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* One bad layer is one bad layer: it is said once a model, and answered. */
static void complain(const char *model, unsigned int layer, const char *why)
{
	static char last[XRSCHED_NAME_LEN];

	if (!strcmp(last, model))
		return;
	snprintf(last, sizeof(last), "%s", model);
	fprintf(stderr, "xrsched-engine-cpu: %s, layer %u: %s\n", model, layer,
		why);
}

static void execute(const struct options *o, struct nets *nets,
		    const struct xrsched_server_layer *layer,
		    struct xrsched_server_result *result)
{
	int buffer = layer->nr_buffers ? layer->buffer[0] : -1;
	struct xrsched_error error;
	uint64_t busy_ns = 0;
	struct net *net;
	int ret;

	/* What nobody could compute is the client's fault, not the engine's. */
	*result = (struct xrsched_server_result){
		.status = XRSCHED_LAYER_REFUSED,
	};
	if (layer->nr_buffers && buffer < 0) {
		complain(layer->model_name, layer->layer,
			 "its buffer cannot be opened");
		return;
	}
	net = nets_find(nets, layer->model_name, &error);
	if (!net) {
		complain(layer->model_name, layer->layer, error.text);
		return;
	}
	ret = net_run(net, layer->layer, buffer, &busy_ns);
	if (ret) {
		complain(layer->model_name, layer->layer, strerror(-ret));
		if (ret == -ENOMEM)
			result->status = XRSCHED_LAYER_ERROR;
		return;
	}
	result->status = XRSCHED_LAYER_DONE;
	result->busy_ns = busy_ns;
	result->energy_pj = energy_pj(o, busy_ns);
}

static int work(const struct options *o, struct nets *nets,
		struct xrsched_server *server)
{
	struct xrsched_server_result result;
	struct xrsched_server_layer layer;
	int ret;

	ret = xrsched_server_fetch(server, 0, &layer, 0);
	while (!stop) {
		if (ret == -EINTR)
			ret = xrsched_server_fetch(server, 0, &layer, 0);
		if (ret)
			break;
		execute(o, nets, &layer, &result);
		/* Who was told to go meanwhile takes no other layer along. */
		if (stop) {
			xrsched_server_commit(server, 0, &result);
			break;
		}
		ret = xrsched_server_next(server, 0, &result, &layer, 0);
	}
	return stop ? 0 : ret;
}

/* So that the first frame does not pay for it. */
static int prepare(const struct options *o, struct nets *nets)
{
	char *list = o->models, *name;

	while (list && (name = strsep(&list, ","))) {
		struct xrsched_error error;
		struct net *net = nets_find(nets, name, &error);
		uint64_t busy_ns;

		if (!net) {
			fprintf(stderr, "xrsched-engine-cpu: %s\n", error.text);
			return -ENOENT;
		}
		for (unsigned int i = 0; i < net_model(net)->nr_layers; i++) {
			int ret = net_run(net, i, -1, &busy_ns);

			if (ret) {
				complain(name, i, strerror(-ret));
				return ret;
			}
		}
	}
	return 0;
}

int serve(const struct options *o, struct nets *nets)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.path = o->device,
		.class_name = o->class_name,
		.name = o->name,
		.queues = 1,
	};
	struct xrsched_server *server;
	int ret;

	/* Who is not an engine yet has no layer to end. */
	if (prepare(o, nets))
		return EXIT_FAILURE;
	catch_signals();
	ret = xrsched_server_open(&opts, &server);
	if (ret) {
		fprintf(stderr, "xrsched-engine-cpu: cannot serve %s: %s%s\n",
			o->device ? o->device : "/dev/xrsched0", strerror(-ret),
			ret == -EPERM ? " (it takes CAP_SYS_ADMIN)" : "");
		return EXIT_FAILURE;
	}
	if (!o->quiet)
		fprintf(stderr,
			"xrsched-engine-cpu: serving class %s as engine %d\n",
			o->class_name, xrsched_server_engine(server, 0));
	ret = work(o, nets, server);
	xrsched_server_close(server);
	if (ret)
		fprintf(stderr, "xrsched-engine-cpu: %s\n",
			ret == -ENODEV ? "the engine or its device is gone"
				       : strerror(-ret));
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
