/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside a replay: a core and its objects, made from records.
 */
#ifndef XRSCHED_LIB_REPLAY_H
#define XRSCHED_LIB_REPLAY_H

#include <xrsched/record.h>

#include "recording.h"

/**
 * struct replay_engine - An engine
 * @core: for the core
 * @name: for people
 */
struct replay_engine {
	struct xrs_engine core;
	char name[XRS_NAME_LEN];
};

/**
 * struct replay_model - A model
 * @core: for the core
 * @mem: its tables
 */
struct replay_model {
	struct xrs_model core;
	void *mem;
};

/**
 * struct replay_stream - A stream
 * @core: for the core
 * @name: for people
 * @row: index in replay_world::row
 * @timer_ns: while the state is read: when its timer is due
 * @dying: what-if: goes with its last job
 */
struct replay_stream {
	struct xrs_stream core;
	char name[XRS_NAME_LEN];
	u32 row;
	u64 timer_ns;
	bool dying;
};

/**
 * struct replay_row - What is known of a stream, for the result
 * @name: its name
 * @model: its model's
 * @id: its number
 * @upstream: row of its upstream stream, -1: none
 * @period_ns: its period
 * @deadline_ns: its deadline
 * @count: counters of the past: until it went or counters were reset
 * @response: histogram, likewise
 * @queue: likewise
 */
struct replay_row {
	char name[XRS_NAME_LEN];
	char model[XRS_NAME_LEN];
	u32 id;
	int upstream;
	u64 period_ns;
	u64 deadline_ns;
	struct xrs_counters count;
	struct xrs_hist response;
	struct xrs_hist queue;
};

/**
 * struct replay_world - A core and what it lives with
 * @core: the scheduler
 * @recorder: hook of who compares
 * @mode: 0: as recorded; 1: what-if
 * @engine: names by id
 * @streams: struct replay_stream by number, a tree of tsearch()
 * @models: struct replay_model by number, likewise
 * @building: a model whose tables are not complete, or NULL
 * @units: units of its tables that were read
 * @name: of the stream or engine to come
 * @name_what: XRS_REC_NAME_*, 0: there is none
 * @name_id: whose name it is
 * @name_value: what comes with it
 * @param: of the policy to come
 * @param_set: which were given
 * @used: policy of the last dispatch, NULL: there was none
 * @used_param: its parameters then
 * @row: what the result will say of streams, past ones too
 * @nr_rows: how many
 * @room_rows: room
 * @tuner: state of the beginning: the tuner's words
 * @half: state of the beginning: a job of which only half was read, or NULL
 * @snapping: pieces of the state of the beginning were read
 * @snapped: all of them were
 * @wake_ns: what-if: when the core wants to run
 * @end_ns: what-if: when engines are done
 * @energy_pj: what-if: what it takes
 * @busy: what-if: engines that run a layer
 * @error: for what is wrong with a record
 */
struct replay_world {
	struct xrs_core core;
	struct xrs_recorder recorder;
	struct replay_engine engine[XRS_MAX_ENGINES];
	void *streams;
	void *models;
	struct replay_model *building;
	u64 units;
	char name[XRS_NAME_LEN];
	u8 name_what;
	u64 name_value;
	u32 name_id;
	s64 param[XRS_PARAM_NR];
	u32 param_set;
	const struct xrs_policy *used;
	s64 used_param[XRS_PARAM_NR];
	struct replay_row *row;
	u32 nr_rows;
	u32 room_rows;
	u64 tuner[XRS_REC_TUNER_WORDS];
	struct xrs_job *half;
	bool snapping;
	bool snapped;
	u64 wake_ns;
	u64 end_ns[XRS_MAX_ENGINES];
	u64 energy_pj[XRS_MAX_ENGINES];
	u64 busy;
	struct xrsched_error *error;
};

/* replay_feed.c: objects and inputs; 0 or -errno with world->error */
int replay_world_init(struct replay_world *world,
		      const struct xrs_core_ops *ops,
		      struct xrsched_error *error);
void replay_world_free(struct replay_world *world);
struct replay_stream *replay_stream_get(struct replay_world *world, u32 id);
int replay_feed(struct replay_world *world, const struct xrs_record *record);
/* A stream goes, its counters are kept; -EBUSY as the core's. */
int replay_stream_gone(struct replay_world *world,
		       struct replay_stream *stream);
/* Notes what streams that are there have counted. */
void replay_stream_count(struct replay_world *world,
			 const struct replay_stream *stream);
void replay_each_stream(struct replay_world *world,
			void (*fn)(struct replay_world *world,
				   struct replay_stream *stream, void *arg),
			void *arg);
/* A layer was dispatched: by whom will stand in the result. */
void replay_used(struct replay_world *world);
void replay_job_free(struct xrs_job *job);
int replay_bad(struct replay_world *world, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* Says that there is no memory; -ENOMEM. */
int replay_no_memory(struct replay_world *world);

/* replay_model.c: models, and what was learned of them */
int replay_feed_model(struct replay_world *world, const struct xrs_record *r);
struct replay_model *replay_model_get(struct replay_world *world, u64 nr);
void replay_model_free(void *object);

/* replay_state.c: state of the beginning */
int replay_state(struct replay_world *world, const struct xrs_record *record);

/* replay_whatif.c: other decisions */
int replay_what_if(const char *path, const struct xrsched_policy_spec *policy,
		   struct xrsched_result **result, struct xrsched_error *error);

/* replay_result.c */
struct xrsched_result *replay_result(struct replay_world *world, u64 span_ns);
void replay_result_free(const struct xrsched_result *result);

#endif /* XRSCHED_LIB_REPLAY_H */
