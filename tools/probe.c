// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched probe: what BPF programs see of the scheduler at work.
 */
#include "probe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "clock.h"
#include "put.h"
#include "snapshot.h"
#include "trouble.h"

#define KEY_SIZE 48

/* ----- options ----------------------------------------------------------- */

enum { OPT_DURATION = 0x500, OPT_VERBOSE };

static const struct argp_option options[] = {
	{ "interval", 'i', "S", 0, "Report every S seconds as well", 10 },
	{ "duration", OPT_DURATION, "S", 0,
	  "End after S seconds (with the command, or Ctrl-C)", 10 },
	{ "output", 'o', "FILE", 0, "Where to (standard output)", 10 },
	{ "verbose", OPT_VERBOSE, NULL, 0,
	  "Show what libbpf and the verifier have to say", 11 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct probe_opts *opts = state->input;

	switch (key) {
	case 'i':
		opts->interval_ns =
			arg_real(state, "--interval", arg, 0.01, 1e6) * NS;
		return 0;
	case OPT_DURATION:
		opts->duration_ns =
			arg_real(state, "--duration", arg, 0.01, 1e6) * NS;
		return 0;
	case 'o':
		opts->output = arg;
		return 0;
	case OPT_VERBOSE:
		opts->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		/* All that is left is the command. */
		opts->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = { .options = options, .parser = parse };

const struct argp_child probe_shared[] = { { .argp = &argp }, { 0 } };

/* ----- names ------------------------------------------------------------- */

static void make_key(char *key, uint32_t device, uint32_t client, uint64_t id)
{
	snprintf(key, KEY_SIZE, "%u/%u/%" PRIu64, device, client, id);
}

void probe_names_set(struct probe_names *names, uint32_t device,
		     uint32_t client, uint64_t id, const char *name,
		     const char *kind)
{
	json_t *object = put_object();
	char key[KEY_SIZE];

	make_key(key, device, client, id);
	put_text(object, "name", name);
	put_text(object, "kind", kind);
	put(names->names, key, object);
}

static const json_t *find(const struct probe_names *names, uint32_t device,
			  uint32_t client, uint64_t id)
{
	char key[KEY_SIZE];

	make_key(key, device, client, id);
	return json_object_get(names->names, key);
}

const char *probe_names_get(const struct probe_names *names, uint32_t device,
			    uint32_t client, uint64_t id)
{
	return get_text(find(names, device, client, id), "name");
}

const char *probe_names_kind(const struct probe_names *names, uint32_t device,
			     uint32_t client, uint64_t id)
{
	return get_text(find(names, device, client, id), "kind");
}

static void learn_streams(struct probe_names *names)
{
	const json_t *object;
	size_t i;

	json_array_foreach(names->streams, i, object)
		probe_names_set(names, get_number(object, "device"),
				get_number(object, "client"),
				get_number(object, "id"),
				get_text(object, "name"),
				get_text(object, "model"));
}

static void learn_engines(struct probe_names *names)
{
	const struct xrsched_control_engine *engine = names->engines;

	for (int i = 0; i < names->nr_engines; i++, engine++)
		probe_names_set(names, engine->device, 0,
				probe_engine(engine->id, 0), engine->name,
				engine->class_name);
}

void probe_names_open(struct probe_names *names)
{
	struct xrsched_control *control;
	json_t *array;

	*names = (struct probe_names){ .names = put_object() };
	if (control_connect(&control))
		return;
	names->nr_engines = xrsched_control_engines(
		control, XRSCHED_CONTROL_ALL, &names->engines);
	if (names->nr_engines < 0)
		trouble_control(control, names->nr_engines,
				"no engines to be seen");
	learn_engines(names);
	/* Not allowed: they go by their numbers. */
	if (!snapshot_streams(control, XRSCHED_CONTROL_ALL, &array)) {
		names->streams = array;
		learn_streams(names);
	}
	xrsched_control_close(control);
}

uint32_t probe_names_client(const struct probe_names *names, uint32_t device,
			    uint32_t stream)
{
	const json_t *object;
	size_t i;

	json_array_foreach(names->streams, i, object)
		if (get_number(object, "device") == device &&
		    get_number(object, "id") == stream)
			return get_number(object, "client");
	return 0;
}

void probe_names_close(struct probe_names *names)
{
	json_decref(names->names);
	json_decref(names->streams);
	if (names->nr_engines > 0)
		xrsched_free(names->engines);
	*names = (struct probe_names){ 0 };
}

void probe_time(char *text, size_t size, double ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 } };
	double magnitude = ns < 0 ? -ns : ns;
	size_t i = 0;

	while (i < ELEMENTS(units) - 1 && magnitude < units[i].ns)
		i++;
	snprintf(text, size, "%.4g %s", ns / units[i].ns, units[i].unit);
}

/* ----- the command ------------------------------------------------------- */

static const struct cmd *const verbs[] = {
	&probe_latency,
	&probe_misses,
	&probe_decisions,
};

static struct cmd table[ELEMENTS(verbs) + 1];

/* Rows from other files: put together before main() looks. */
__attribute__((constructor)) static void make_table(void)
{
	for (size_t i = 0; i < ELEMENTS(verbs); i++)
		table[i] = *verbs[i];
}

const struct cmd cmd_probe = {
	.name = "probe",
	.args = "[VERB]",
	.brief = "Watch a device at work with BPF programs",
	.doc = "Of all clients of all devices, while a command runs, for some "
	       "time, or until Ctrl-C.  To be run as root: what is missing "
	       "otherwise, it says.  The module stays loaded meanwhile.\n"
	       "\n"
	       "  sudo xrsched probe latency -- xrsched run VR_Gaming --hw "
	       "4k-1ws2os\n"
	       "  sudo xrsched probe misses --duration 5\n"
	       "  sudo xrsched probe decisions --sum --duration 5",
	.verbs = table,
};
