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

#define MAX_FILES	6	/* of each kind that a process has open */
#define MAX_PROCESSES	8
#define MAX_CALLS	64	/* numbers of calls; the last one: requests */
#define GOOD_CLASS	"good"	/* of the client that behaves */

/**
 * struct shared - What the processes tell each other
 * @calls: how many were made, by process.
 * @errors: how often each errno was seen, of netlink and of what is no call.
 * @call_errors: of calls, by number, and of requests.
 * @good: jobs of the client that behaves that completed.
 * @bad: what was wrong with its completions.
 * @stop: it shall end.
 */
struct shared {
	uint64_t calls[MAX_PROCESSES];
	uint64_t errors[256];
	uint64_t call_errors[MAX_CALLS][256];
	uint64_t good;
	uint64_t bad;
	bool stop;
};

extern struct shared *shared;

/**
 * struct map - Memory of a file
 * @at: where.
 * @size: how much.
 */
struct map {
	char *at;
	size_t size;
};

/**
 * struct fuzz - A process that makes calls
 * @x: state of its numbers.
 * @nr: its number.
 * @client: files of the devices.
 * @file: files that calls gave, of whatever kind.
 * @map: their memory.
 * @netlink: its socket.
 * @family: number of the family.
 * @memory: what pointers point to: to be written to …
 * @read_only: … not to be written to, followed by nothing.
 */
struct fuzz {
	uint64_t x;
	unsigned int nr;
	int client[MAX_FILES];
	int file[MAX_FILES];
	struct map map[MAX_FILES];
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

static inline uint32_t handle(struct fuzz *f)
{
	return below(f, 12);
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
	if (ret >= 0)
		return ret;
	__atomic_add_fetch(&shared->errors[errno & 255], 1, __ATOMIC_RELAXED);
	return -1;
}

/* Counts that a call, or MAX_CALLS - 1: a request, has failed. */
static inline void call_failed(unsigned int nr, int error)
{
	__atomic_add_fetch(&shared->call_errors[nr][error & 255], 1,
			   __ATOMIC_RELAXED);
}

/* Makes a call, or does something else to a file. */
void fuzz_call(struct fuzz *f);

/* Whether calls failed as the headers say only; prints those that did not. */
bool fuzz_calls_documented(void);

/* Sends a request. */
void fuzz_netlink(struct fuzz *f);

/* The family's number, which the kernel's controller knows; 0: it does not. */
uint16_t fuzz_family(void);

#endif /* FUZZ_H */
