/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all tests of the data path share: a client with a model, a stream and
 * jobs that are valid in everything, so that each test changes one thing.
 *
 * Calls return what the ioctl returned, or -errno.
 */
#ifndef XRSCHED_TEST_CALLS_H
#define XRSCHED_TEST_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/xrsched.h>

#define DEVICE		"/dev/xrsched0"
#define USEC		1000ULL
#define MSEC		1000000ULL
#define SEC		1000000000ULL

/* The class of engines that models are for, and one that nobody provides. */
#define CLASS		"test"
#define CLASS_NONE	"nobody"

#define MAX_LAYERS	8	/* of struct model */
#define LAYER_PJ	1000
#define INPUT_BYTES	64
#define OUT_BYTES	16
#define PJ_PER_BYTE	216	/* to move activations */

/* Energy of a job of @layers layers that was moved once, at its start. */
#define JOB_PJ(layers)	((layers) * LAYER_PJ + INPUT_BYTES * PJ_PER_BYTE)

/* What a call that fails must leave as it is. */
#define POISON		0x5a5a5a5a

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SEC + ts.tv_nsec;
}

static inline void sleep_ns(uint64_t ns)
{
	struct timespec ts = { .tv_sec = ns / SEC, .tv_nsec = ns % SEC };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* Whether something comes true within 20 s, looked at every millisecond. */
#define soon(cond)							\
({									\
	uint64_t until_ = now_ns() + 20 * SEC;				\
	bool true_;							\
									\
	while (!(true_ = (cond)) && now_ns() < until_)			\
		sleep_ns(MSEC);						\
	true_;								\
})

static inline int open_device(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC);
}

static inline int call(int fd, unsigned long nr, void *arg)
{
	int ret = ioctl(fd, nr, arg);

	return ret < 0 ? -errno : ret;
}

static inline int get_caps(int fd, struct xrsched_caps *caps)
{
	memset(caps, 0, sizeof(*caps));
	caps->size = sizeof(*caps);
	return call(fd, XRSCHED_IOC_CAPS, caps);
}

/**
 * struct model - A small model with all that it points to
 * @arg: the call's argument.
 * @variant: its variants.
 * @class: its classes.
 * @layer: its layers.
 * @cost: its costs, layer by layer.
 */
struct model {
	struct xrsched_model_create arg;
	struct xrsched_variant variant[2];
	struct xrsched_class class[2];
	struct xrsched_layer layer[MAX_LAYERS];
	struct xrsched_cost cost[2 * MAX_LAYERS];
};

/* One variant, one class, layers that are all alike. */
static inline void model_init(struct model *m, unsigned int nr_layers,
			      uint64_t latency_ns)
{
	unsigned int i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < nr_layers; i++) {
		m->layer[i].out_bytes = OUT_BYTES;
		m->cost[i].latency_ns = latency_ns;
		m->cost[i].energy_pj = LAYER_PJ;
	}
	m->variant[0].nr_layers = nr_layers;
	m->variant[0].input_bytes = INPUT_BYTES;
	strcpy(m->class[0].name, CLASS);

	m->arg.size = sizeof(m->arg);
	strcpy(m->arg.name, "model");
	m->arg.variants = (uintptr_t)m->variant;
	m->arg.layers = (uintptr_t)m->layer;
	m->arg.classes = (uintptr_t)m->class;
	m->arg.costs = (uintptr_t)m->cost;
	m->arg.nr_variants = 1;
	m->arg.nr_layers = nr_layers;
	m->arg.nr_classes = 1;
	m->arg.handle = POISON;
}

/* Returns the handle, or 0 with errno set. */
static inline uint32_t model_create(int fd, unsigned int nr_layers,
				    uint64_t latency_ns)
{
	struct model m;

	model_init(&m, nr_layers, latency_ns);
	return ioctl(fd, XRSCHED_IOC_MODEL_CREATE, &m.arg) ? 0 : m.arg.handle;
}

static inline int model_destroy(int fd, uint32_t handle)
{
	struct xrsched_handle arg = { .handle = handle };

	return call(fd, XRSCHED_IOC_MODEL_DESTROY, &arg);
}

/* Periodic, with a deadline that no test reaches by accident. */
static inline void stream_init(struct xrsched_stream_create *s, uint32_t model)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	strcpy(s->name, "stream");
	s->model = model;
	s->period_ns = 10 * MSEC;
	s->deadline_ns = 1000 * SEC;
	s->handle = POISON;
	s->id = POISON;
}

/* Returns the handle, or 0 with errno set. */
static inline uint32_t stream_create(int fd, uint32_t model, uint32_t upstream)
{
	struct xrsched_stream_create s;

	stream_init(&s, model);
	s.upstream = upstream;
	return ioctl(fd, XRSCHED_IOC_STREAM_CREATE, &s) ? 0 : s.handle;
}

static inline int stream_destroy(int fd, uint32_t handle)
{
	struct xrsched_handle arg = { .handle = handle };

	return call(fd, XRSCHED_IOC_STREAM_DESTROY, &arg);
}

static inline int stream_stats(int fd, uint32_t stream,
			       struct xrsched_stream_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	stats->stream = stream;
	return call(fd, XRSCHED_IOC_STREAM_STATS, stats);
}

/* Invariant 1: no job is lost, none counted twice. */
static inline bool stats_add_up(const struct xrsched_stream_stats *stats)
{
	return stats->submitted == stats->completed + stats->dropped +
				   stats->cancelled + stats->failed +
				   stats->in_flight;
}

/* Released now, the stream's deadline, told apart by cookie. */
static inline void job_init(struct xrsched_job *job, uint32_t stream,
			    uint64_t frame)
{
	memset(job, 0, sizeof(*job));
	job->stream = stream;
	job->frame = frame;
	job->cookie = ((uint64_t)stream << 32) + frame;
	job->result = POISON;
}

static inline void submit_init(struct xrsched_submit *s,
			       struct xrsched_job *jobs, unsigned int nr)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	s->jobs = (uintptr_t)jobs;
	s->nr = nr;
	s->stride = sizeof(*jobs);
	s->accepted = POISON;
}

/* Returns how many were accepted, or -errno. */
static inline int submit_flags(int fd, struct xrsched_job *jobs,
			       unsigned int nr, uint32_t flags,
			       uint64_t timeout_ns)
{
	struct xrsched_submit s;
	int ret;

	submit_init(&s, jobs, nr);
	s.flags = flags;
	s.timeout_ns = timeout_ns;
	ret = call(fd, XRSCHED_IOC_SUBMIT, &s);
	return ret ? ret : (int)s.accepted;
}

static inline int submit(int fd, struct xrsched_job *jobs, unsigned int nr)
{
	return submit_flags(fd, jobs, nr, 0, 0);
}

/* Submits one frame that is released at @release_ns, 0: now. */
static inline int submit_at(int fd, uint32_t stream, uint64_t frame,
			    uint64_t release_ns)
{
	struct xrsched_job job;

	job_init(&job, stream, frame);
	job.release_ns = release_ns;
	return submit(fd, &job, 1);
}

static inline int submit_one(int fd, uint32_t stream, uint64_t frame)
{
	return submit_at(fd, stream, frame, 0);
}

static inline void wait_init(struct xrsched_wait *w,
			     struct xrsched_completion *done, unsigned int max)
{
	memset(w, 0, sizeof(*w));
	w->size = sizeof(*w);
	w->completions = (uintptr_t)done;
	w->max = max;
	w->stride = sizeof(*done);
	w->nr = POISON;
}

/* Returns how many came, or -errno. */
static inline int wait_until(int fd, struct xrsched_completion *done,
			     unsigned int max, unsigned int min,
			     uint64_t timeout_ns)
{
	struct xrsched_wait w;
	int ret;

	wait_init(&w, done, max);
	w.min = min;
	w.timeout_ns = timeout_ns;
	ret = call(fd, XRSCHED_IOC_WAIT, &w);
	return ret ? ret : (int)w.nr;
}

/* Waits for all of @nr, but not for ever. */
static inline int wait_all(int fd, struct xrsched_completion *done,
			   unsigned int nr)
{
	return wait_until(fd, done, nr, nr, now_ns() + 10 * SEC);
}

/* Takes what is there. */
static inline int wait_none(int fd, struct xrsched_completion *done,
			    unsigned int max)
{
	return wait_until(fd, done, max, 0, 0);
}

static inline void cancel_init(struct xrsched_cancel *c, uint32_t stream,
			       uint64_t frame)
{
	memset(c, 0, sizeof(*c));
	c->size = sizeof(*c);
	c->stream = stream;
	c->frame = frame;
	c->cancelled = POISON;
}

/* Returns how many were cancelled, or -errno. */
static inline int cancel(int fd, uint32_t stream, uint64_t frame,
			 uint32_t flags)
{
	struct xrsched_cancel c;
	int ret;

	cancel_init(&c, stream, frame);
	c.flags = flags;
	ret = call(fd, XRSCHED_IOC_CANCEL, &c);
	return ret ? ret : (int)c.cancelled;
}

/* Returns the completion of a job, NULL if it is not among @nr. */
static inline struct xrsched_completion *
find_done(struct xrsched_completion *done, int nr, uint32_t stream,
	  uint64_t frame)
{
	int i;

	for (i = 0; i < nr; i++)
		if (done[i].stream == stream && done[i].frame == frame)
			return &done[i];
	return NULL;
}

#define PARAMETERS	"/sys/module/xrsched/parameters/"

/* Sets a parameter of the module.  Returns its old value, or -errno. */
static inline long param_set(const char *path, unsigned int value)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char text[16] = "";
	long old = -errno;

	if (fd < 0)
		return old;
	if (read(fd, text, sizeof(text) - 1) <= 0 ||
	    dprintf(fd, "%u", value) < 0)
		old = -errno;
	else
		old = strtol(text, NULL, 10);
	close(fd);
	return old;
}

/* One page that may be used as said, followed by one that is not there. */
static inline char *page_before_hole(int prot)
{
	size_t page = getpagesize();
	char *at = mmap(NULL, 2 * page, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);

	if (at == MAP_FAILED)
		return NULL;
	munmap(at + page, page);
	return at;
}

#endif /* XRSCHED_TEST_CALLS_H */
