/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading workload files (Documentation/workload-format.md).
 *
 * Everything that belongs to a workload lies in its arena, so that giving up
 * half-way, or all of it at the end, is one call.  Whatever reads part of a file
 * gets a struct wl_file, knows by it where it is, and says so when it refuses
 * something.
 */
#ifndef XRSCHED_WL_H
#define XRSCHED_WL_H

#include <jansson.h>
#include <stdio.h>

#include <xrsched/workload.h>

#include "internal.h"

#define WL_MAX_NAME 63 /* bytes of a name in a file */
#define WL_MAX_STREAMS 256
#define WL_MAX_ENGINES 64
#define WL_MAX_SETS 32 /* cost sets of a model */
#define WL_MAX_U32 0xffffffffULL
#define WL_NS_PER_S 1000000000ULL

/* ----- memory ----------------------------------------------------------- */

struct wl_block;

/** struct wl_arena - Memory that is given back all at once */
struct wl_arena {
	struct wl_block *blocks;
};

/* Zeroed; NULL if there is no more. */
void *wl_alloc(struct wl_arena *arena, size_t nr, size_t size);
char *wl_strdup(struct wl_arena *arena, const char *text);
void wl_arena_free(struct wl_arena *arena);

/* ----- files ------------------------------------------------------------ */

/**
 * struct wl_file - A JSON file being read, and where in it we are
 * @path: its path
 * @dir: length of the directory part of @path, with its slash
 * @root: what it holds
 * @arena: for what is kept
 * @error: for what is refused
 * @where: JSON path, "$.streams[2].fps"
 * @len: its length
 */
struct wl_file {
	const char *path;
	size_t dir;
	json_t *root;
	struct wl_arena *arena;
	struct xrsched_error *error;
	char where[256];
	size_t len;
};

/* Opens a file of a kind and checks format, version and name; 0 or -errno. */
int wl_open(struct wl_file *file, enum xrsched_workload_kind kind,
	    const char *path, struct wl_arena *arena,
	    struct xrsched_error *error);
void wl_close(struct wl_file *file);

/* Refuses what is at the current place; always -EINVAL. */
int wl_refuse(struct wl_file *file, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int wl_no_memory(struct wl_file *file);

/* Moves on by a field or an index; wl_leave() goes back to what they return. */
size_t wl_enter(struct wl_file *file, const char *key);
size_t wl_enter_index(struct wl_file *file, size_t index);
void wl_leave(struct wl_file *file, size_t mark);

/*
 * Reading fields of an object.  @required: refused if it is not there; else
 * *out is left as it was.  All return 0 or a negative errno.
 */
int wl_fields(struct wl_file *file, json_t *object, const char *const *known);
int wl_string(struct wl_file *file, json_t *object, const char *key,
	      bool required, const char **out);
int wl_name(struct wl_file *file, json_t *object, const char *key,
	    bool required, size_t max, const char **out);
int wl_integer(struct wl_file *file, json_t *object, const char *key,
	       bool required, uint64_t min, uint64_t max, uint64_t *out);
int wl_u32(struct wl_file *file, json_t *object, const char *key, bool required,
	   uint32_t min, uint32_t max, uint32_t *out);
int wl_ppm(struct wl_file *file, json_t *object, const char *key, bool required,
	   uint32_t *out);
int wl_bool(struct wl_file *file, json_t *object, const char *key, bool *out);
int wl_array(struct wl_file *file, json_t *object, const char *key,
	     bool required, size_t min, size_t max, json_t **out);
int wl_object(struct wl_file *file, json_t *object, const char *key,
	      bool required, json_t **out);

/* An integer by itself, at the current place. */
int wl_integer_value(struct wl_file *file, json_t *value, uint64_t min,
		     uint64_t max, uint64_t *out);
bool wl_name_valid(const char *name, size_t max);

/* ----- tables ----------------------------------------------------------- */

#define WL_MAX_COLUMNS (2 + 2 * XRSCHED_MAX_CLASSES)

/**
 * struct wl_table - A TSV file being read
 * @path: its path
 * @stream: the file
 * @error: for what is refused
 * @header: its first line, split
 * @column: titles of the columns
 * @nr: columns
 * @line: current line, split
 * @room: room in @line
 * @cell: its cells
 * @number: its number
 */
struct wl_table {
	char *path;
	FILE *stream;
	struct xrsched_error *error;
	char *header;
	char *column[WL_MAX_COLUMNS];
	unsigned int nr;
	char *line;
	size_t room;
	char *cell[WL_MAX_COLUMNS];
	unsigned int number;
};

/* Opens @name beside @file and reads its header; 0 or -errno. */
int wl_table_open(struct wl_table *table, const struct wl_file *file,
		  const char *name);
void wl_table_close(struct wl_table *table);
/* Reads a line: 1, 0 at the end, or -errno. */
int wl_table_next(struct wl_table *table);
/* Refuses the cell of a column; always -EINVAL. */
int wl_table_refuse(const struct wl_table *table, unsigned int column,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int wl_table_integer(const struct wl_table *table, unsigned int column,
		     uint64_t min, uint64_t max, uint64_t *out);

/* ----- what files say --------------------------------------------------- */

/**
 * struct wl_mark - A skippable block or an early exit of a variant
 * @name: its name
 * @ppm: its probability
 * @layer: exits: index within the variant
 * @seen: a layer names it
 */
struct wl_mark {
	const char *name;
	uint32_t ppm;
	uint32_t layer;
	bool seen;
};

/**
 * struct wl_variant - A variant while its layers are read
 * @name: its name
 * @skips: skippable blocks
 * @nr_skips: how many
 * @exits: early exits
 * @nr_exits: how many
 * @first: index of its first layer in the model
 */
struct wl_variant {
	const char *name;
	struct wl_mark *skips;
	unsigned int nr_skips;
	struct wl_mark *exits;
	unsigned int nr_exits;
	unsigned int first;
};

/**
 * struct wl_model - A model
 * @name: its name
 * @description: may be ""
 * @nr_variants: variants
 * @nr_layers: layers over all variants
 * @nr_classes: classes kept
 * @variants: as the uapi has them
 * @variant: what else is known of them
 * @layers: as the uapi has them
 * @layer_names: names of layers
 * @shapes: what layers compute
 * @variant_names: names of variants
 * @classes: as the uapi has them
 * @costs: by layer and class
 * @keep: classes to be kept, NULL: all
 * @nr_keep: how many
 * @profiles: directory with measured costs, NULL: none
 */
struct wl_model {
	const char *name;
	const char *description;
	unsigned int nr_variants;
	unsigned int nr_layers;
	unsigned int nr_classes;
	struct xrsched_variant variants[XRSCHED_MAX_VARIANTS];
	struct wl_variant variant[XRSCHED_MAX_VARIANTS];
	struct xrsched_layer *layers;
	const char **layer_names;
	struct xrsched_layer_shape *shapes;
	const char *variant_names[XRSCHED_MAX_VARIANTS];
	struct xrsched_class *classes;
	struct xrsched_cost *costs;
	const char *const *keep;
	unsigned int nr_keep;
	const char *profiles;
};

/**
 * struct wl_stream - A stream
 * @name: its name
 * @model_name: name of its model
 * @source_model: its name where it came from
 * @model: index of its model
 * @upstream: index of the stream that triggers it, -1: none
 * @step: frames are released every @step / @rate nanoseconds
 * @rate: see @step
 * @deadline_ns: relative deadline, 0: the release of the next frame
 * @phase_ns: release of frame 0
 * @weight: importance
 * @trigger_ppm: probability of being triggered
 * @early_drop: may be dropped early
 * @drop_max: bound of early drops
 * @drop_window: frames that it is counted over, 0: the policy's bounds
 * @lightest_variant: number, from 1, of the lightest variant that a policy may
 *                    choose; 0: any
 * @accuracy_floor: the accuracy that all of those must have, ppm; 0: any
 */
struct wl_stream {
	const char *name;
	const char *model_name;
	const char *source_model;
	unsigned int model;
	int upstream;
	uint64_t step;
	uint64_t rate;
	uint64_t deadline_ns;
	uint64_t phase_ns;
	uint32_t weight;
	uint32_t trigger_ppm;
	bool early_drop;
	uint32_t drop_max;
	uint32_t drop_window;
	uint32_t lightest_variant;
	uint32_t accuracy_floor;
};

/**
 * struct wl_engine - An engine
 * @name: its name
 * @class_name: its class
 * @pes: processing elements
 * @bytes_per_us: bandwidth
 * @served: a server provides it
 */
struct wl_engine {
	const char *name;
	const char *class_name;
	uint32_t pes;
	uint64_t bytes_per_us;
	bool served;
};

/**
 * struct xrsched_workload - A workload
 * @arena: all that the rest points to
 * @scenario: name, "" if there is none
 * @scenario_path: its file
 * @description: of the scenario
 * @costs: cost set
 * @streams: streams
 * @nr_streams: how many
 * @models: models
 * @nr_models: how many
 * @hardware: name, "" if there is none
 * @hardware_path: its file
 * @hardware_description: of the hardware
 * @engines: engines
 * @nr_engines: how many
 * @classes: different classes of engines
 * @class_engines: engines of each
 * @nr_classes: how many
 * @load: load factor
 */
struct xrsched_workload {
	struct wl_arena arena;
	const char *scenario;
	char *scenario_path;
	const char *description;
	const char *costs;
	struct wl_stream *streams;
	unsigned int nr_streams;
	struct wl_model **models;
	unsigned int nr_models;
	const char *hardware;
	char *hardware_path;
	const char *hardware_description;
	struct wl_engine *engines;
	unsigned int nr_engines;
	const char *classes[WL_MAX_ENGINES];
	unsigned int class_engines[WL_MAX_ENGINES];
	unsigned int nr_classes;
	double load;
};

/* wl_scenario.c */
int wl_read_scenario(struct wl_file *file, struct xrsched_workload *w);
int wl_read_hardware(struct wl_file *file, struct xrsched_workload *w);

/* wl_model.c; @costs NULL: check all sets, keep the last. */
int wl_read_model(struct wl_file *file, const char *costs,
		  struct wl_model *model);
/* Allocates the layers; wl_layer_add() fills them in, in order. */
int wl_layers_alloc(struct wl_file *file, struct wl_model *model,
		    unsigned int nr);
/* Row of a class's costs or -1 if it is not kept; -ENOMEM, -EINVAL. */
int wl_class_add(struct wl_file *file, struct wl_model *model,
		 const char *name);

/* wl_layers.c */
int wl_read_layer_table(struct wl_file *file, const char *name,
			struct wl_model *model);
int wl_read_cost_table(struct wl_file *file, const char *name,
		       struct wl_model *model);

/* wl_served.c: engines of servers, "CLASS:NUMBER,…"; measured costs. */
int wl_add_served(struct xrsched_workload *w, const char *text,
		  struct xrsched_error *error);
int wl_read_profile(const struct wl_file *file, struct wl_model *model);
void wl_count_class(struct xrsched_workload *w, const char *name);

/* load_factor.c */
double wl_load_factor(const struct xrsched_workload *w);

/* Frame k of a stream is released this long after its first. */
uint64_t wl_release(const struct wl_stream *stream, uint64_t frame);

#endif /* XRSCHED_WL_H */
