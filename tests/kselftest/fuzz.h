/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of fuzz share: what is known of a process, and numbers for it.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <linux/xrsched.h>

#define MAX_FILES	6	/* of each kind that a process has open */
#define MAX_PROCESSES	8
#define MAX_CALLS	64	/* numbers of calls; the last one: requests */
#define MAX_KINDS	32	/* of what a process does */
#define MAX_KNOWN	4	/* handles of each sort that a client remembers */
#define MAX_FD		64	/* files a process may have open */
#define TIMED		16	/* one of so many is timed: clocks are calls */
#define GOOD_CLASS	"good"	/* of the client that behaves */
#define SERVED_CLASS	"served"	/* that only servers have */

/**
 * struct tally - How often something was done, and how long it took
 * @times: how often it was its turn.
 * @done: how often there was something to do, and it did it.
 * @timed: how often it was timed.
 * @ns: time that took, asleep or preempted included.
 * @cpu_ns: time that took on a CPU.
 */
struct tally {
	uint64_t times;
	uint64_t done;
	uint64_t timed;
	uint64_t ns;
	uint64_t cpu_ns;
};

/**
 * struct shared - What the processes tell each other
 * @calls: how many were made, by process.
 * @kinds: what was done, by process.
 * @errors: how often each errno was seen, of netlink and of what is no call.
 * @call_errors: of calls, by number, and of requests; 0: success.
 * @good: jobs of the client that behaves that completed.
 * @bad: what was wrong with its completions.
 * @stop: it shall end.
 */
struct shared {
	uint64_t calls[MAX_PROCESSES];
	struct tally kinds[MAX_PROCESSES][MAX_KINDS];
	uint64_t errors[256];
	uint64_t call_errors[MAX_CALLS][256];
	uint64_t good;
	uint64_t bad;
	bool stop;
};

extern struct shared *shared;

/* What files that calls gave are of. */
enum fuzz_file {
	FUZZ_CLOSED,
	FUZZ_RING,
	FUZZ_SERVER,
	FUZZ_RECORD,
};

/**
 * struct map - Memory of a file
 * @at: where.
 * @size: how much.
 * @entries: of a ring, that jobs are put to; a power of two.
 */
struct map {
	char *at;
	size_t size;
	unsigned int entries;
};

/**
 * struct known - What a client was given
 * @model: handles of models; 0: none yet.
 * @stream: of streams.
 */
struct known {
	uint32_t model[MAX_KNOWN];
	uint32_t stream[MAX_KNOWN];
};

/**
 * struct fuzz - A process that makes calls
 * @x: state of its numbers.
 * @nr: its number; 0 is root's.
 * @now_ns: what the clock said not long ago.
 * @acts: what it has done: calls, and what is no call.
 * @client: files of the devices.
 * @known: what these gave.
 * @at: which of them the next call is made on.
 * @only: it has to be this one, by 1; 0: any.
 * @file: files that calls gave.
 * @what: what they are of.
 * @map: their memory.
 * @served: of files of servers, the number of the layer fetched.
 * @first_fd: files before this one stay as they are.
 * @eventfd: to be told by.
 * @memfd: a buffer.
 * @fence: of a job; -1: none yet.
 * @netlink: its socket.
 * @family: number of the family.
 * @memory: what pointers point to: to be written to …
 * @read_only: … not to be written to, followed by nothing.
 */
struct fuzz {
	uint64_t x;
	unsigned int nr;
	uint64_t now_ns;
	uint64_t acts;
	int client[MAX_FILES];
	struct known known[MAX_FILES];
	unsigned int at;
	unsigned int only;
	int file[MAX_FILES];
	enum fuzz_file what[MAX_FILES];
	struct map map[MAX_FILES];
	uint64_t served[MAX_FILES];
	int first_fd;
	int eventfd;
	int memfd;
	int fence;
	int netlink;
	uint16_t family;
	char *memory;
	char *read_only;
};

#define MEMORY 65536
/* Where memory for the kernel to write to begins, and how far apart it is. */
#define FUZZ_APART	((char *)(1UL << 44))
#define FUZZ_STEP	(64UL << 20)

/* ----- numbers ----------------------------------------------------------- */

static inline uint64_t number(struct fuzz *f)
{
	f->x ^= f->x << 13;
	f->x ^= f->x >> 7;
	f->x ^= f->x << 17;
	return f->x * 0x2545F4914F6CDD1DULL;
}

static inline unsigned int below(struct fuzz *f, unsigned int end)
{
	return (number(f) >> 32) % end;
}

/* Numbers that are at the edge of something. */
static inline uint64_t edge(struct fuzz *f)
{
	switch (below(f, 8)) {
	case 0: return 0;
	case 1: return below(f, 8);
	case 2: return 1ULL << below(f, 64);
	case 3: return (1ULL << below(f, 64)) - 1;
	case 4: return UINT64_MAX - below(f, 4);
	case 5: return (uint64_t)UINT32_MAX - below(f, 4);
	case 6: return (uintptr_t)f->memory + below(f, MEMORY);
	default: return number(f);
	}
}

static inline uint64_t pointer(struct fuzz *f)
{
	switch (below(f, 24)) {
	case 0: return 0;
	case 1: return edge(f);
	case 2: return (uintptr_t)f->read_only + below(f, 4096);
	/* The memory of a ring, which changes under the kernel's eyes. */
	case 3: return (uintptr_t)f->map[below(f, MAX_FILES)].at;
	case 4: return (uintptr_t)f->memory + below(f, MEMORY);
	default: return (uintptr_t)f->memory + 4096 + 8 * below(f, 4096);
	}
}

/* Makes something wrong with one of @size bytes, or with nothing. */
static inline void mutate(struct fuzz *f, void *data, size_t size)
{
	unsigned int i, nr = below(f, 4);
	uint64_t value;

	for (i = 0; i < nr; i++) {
		value = edge(f);
		switch (below(f, 3)) {
		case 0:
			memcpy((char *)data + 4 * below(f, size / 4), &value, 4);
			break;
		case 1:
			((char *)data)[below(f, size)] = value;
			break;
		default:
			memcpy((char *)data + 8 * below(f, size / 8), &value, 8);
		}
	}
}

/* Mostly one of @known; 0 if there is none. */
static inline uint32_t handle(struct fuzz *f, const uint32_t *known)
{
	unsigned int at = below(f, MAX_KNOWN), i;

	if (!below(f, 16))
		return below(f, 12);
	for (i = 0; i < MAX_KNOWN - 1 && !known[at]; i++)
		at = (at + 1) % MAX_KNOWN;
	return known[at];
}

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* Counts a call; what failed, too. */
static inline int seen(struct fuzz *f, long ret)
{
	shared->calls[f->nr]++;
	f->acts++;
	if (ret >= 0)
		return ret;
	__atomic_add_fetch(&shared->errors[errno & 255], 1, __ATOMIC_RELAXED);
	return -1;
}

/* Counts how a call, or MAX_CALLS - 1: a request, has ended; 0: well. */
static inline void call_ended(unsigned int nr, int error)
{
	__atomic_add_fetch(&shared->call_errors[nr][error & 255], 1,
			   __ATOMIC_RELAXED);
}

/* Does something: one of the kinds of fuzz_kinds.c. */
void fuzz_step(struct fuzz *f);

/* Whether each kind was done as often as it should; prints what each took. */
bool fuzz_kinds_done(unsigned int processes);

/* Whether calls ended as the headers say only; prints how they did. */
bool fuzz_calls_documented(void);

/* Whether each call did all that it should now and then. */
bool fuzz_calls_deep(void);

/* Of fuzz_calls.c: makes a call, with nothing else wrong. */
int fuzz_make(struct fuzz *f, int fd, unsigned long cmd, void *arg);

/* The same with something wrong, as a rule. */
int fuzz_do(struct fuzz *f, int fd, unsigned long cmd, void *arg, size_t size);

/* A client that is open, @f->at. */
int fuzz_client(struct fuzz *f);

/* Whether the process goes by a file itself. */
bool fuzz_ours(const struct fuzz *f, int fd);

/* Fills a job. */
void fuzz_fill_job(struct fuzz *f, struct xrsched_job *job);

/* Calls of clients. */
void fuzz_model(struct fuzz *f);
void fuzz_stream(struct fuzz *f);
void fuzz_model_destroy(struct fuzz *f);
void fuzz_stream_destroy(struct fuzz *f);
void fuzz_submit(struct fuzz *f);
void fuzz_wait(struct fuzz *f);
void fuzz_cancel(struct fuzz *f);
void fuzz_stats(struct fuzz *f);
void fuzz_caps(struct fuzz *f);
void fuzz_advise(struct fuzz *f);

/* Of fuzz_files.c: rings, servers, recordings, and files as such. */
void fuzz_ring_setup(struct fuzz *f);
void fuzz_ring_enter(struct fuzz *f);
void fuzz_ring_eventfd(struct fuzz *f);
void fuzz_scribble(struct fuzz *f);
void fuzz_serve(struct fuzz *f);
void fuzz_server_next(struct fuzz *f);
void fuzz_record(struct fuzz *f);
void fuzz_record_file(struct fuzz *f);
void fuzz_any(struct fuzz *f);
void fuzz_open(struct fuzz *f);
void fuzz_close(struct fuzz *f);
void fuzz_poll(struct fuzz *f);
void fuzz_write(struct fuzz *f);
void fuzz_lseek(struct fuzz *f);
void fuzz_map(struct fuzz *f);
void fuzz_read(struct fuzz *f);

/* Sends a request. */
void fuzz_netlink(struct fuzz *f);

/* The family's number, which the kernel's controller knows; 0: it does not. */
uint16_t fuzz_family(void);

#endif /* FUZZ_H */
