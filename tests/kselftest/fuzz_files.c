// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on rings, servers and recordings, and what else can be done to a file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/xrsched.h>
#include <linux/xrsched_record.h>
#include <linux/xrsched_server.h>

#include "fuzz.h"

/* ----- files that calls gave --------------------------------------------- */

static void unmap(struct map *map)
{
	if (map->at)
		munmap(map->at, map->size);
	map->at = NULL;
}

bool fuzz_ours(const struct fuzz *f, int fd)
{
	unsigned int i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->client[i] == fd || f->file[i] == fd)
			return true;
	return fd < f->first_fd || fd == f->fence;
}

/* What calls gave that said so to somewhere else. */
static void close_strays(struct fuzz *f)
{
	int fd;

	for (fd = f->first_fd; fd < MAX_FD; fd++)
		if (!fuzz_ours(f, fd))
			close(fd);
}

/* In the place of another, which is closed. */
static unsigned int keep_file(struct fuzz *f, int fd, enum fuzz_file what)
{
	unsigned int at = below(f, MAX_FILES);

	unmap(&f->map[at]);
	if (f->file[at] >= 0) {
		close(f->file[at]);
		f->acts++;
	}
	f->file[at] = fd;
	f->what[at] = what;
	f->map[at].entries = 0;
	return at;
}

/* One that some call gave and that is open, or one of a device. */
static int other_file(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->file[(at + i) % MAX_FILES] >= 0)
			return f->file[(at + i) % MAX_FILES];
	return fuzz_client(f);
}

/* Mostly one of @what, if there is one; @atp: where. */
static int file_of(struct fuzz *f, enum fuzz_file what, unsigned int *atp)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES - 1 && f->what[at] != what; i++)
		at = (at + 1) % MAX_FILES;
	*atp = at;
	return f->file[at] >= 0 && below(f, 16) ? f->file[at] : other_file(f);
}

static int any_file(struct fuzz *f)
{
	return below(f, 2) ? fuzz_client(f) : other_file(f);
}

/* Its memory; with nothing wrong if @size, as the call that gave it said. */
static void map_file(struct fuzz *f, unsigned int at, size_t size)
{
	int prot = size || below(f, 8) ? PROT_READ | PROT_WRITE :
					 (int)below(f, 8);
	int flags = size || below(f, 16) ? MAP_SHARED : MAP_PRIVATE;
	off_t offset = size || below(f, 8) ? 0 : (off_t)(edge(f) & ~4095ULL);
	void *map;

	if (f->file[at] < 0)
		return;
	if (!size)
		size = (1 + below(f, 16)) * 4096;
	map = mmap(FUZZ_APART + (2 + at) * FUZZ_STEP, size, prot, flags,
		   f->file[at], offset);
	seen(f, map == MAP_FAILED ? -1 : 0);
	if (map == MAP_FAILED)
		return;
	/* What can be written to only, if all of it can. */
	if (prot != (PROT_READ | PROT_WRITE) || f->map[at].at) {
		munmap(map, size);
		return;
	}
	f->map[at].at = map;
	f->map[at].size = size;
}

/* Keeps what a call gave, if it is a file. */
static int kept(struct fuzz *f, int ret, int fd, enum fuzz_file what)
{
	if (ret || fd <= 2 || fcntl(fd, F_GETFD) < 0)
		return -1;
	return keep_file(f, fd, what);
}

/* Where things are in a ring; fuzz_ring_setup() looks whether that is so. */
#define SQ_TAIL		64
#define CQ_HEAD		192
#define CQ_TAIL		256
#define SQ_JOBS		384

/* ----- rings ------------------------------------------------------------- */

void fuzz_ring_setup(struct fuzz *f)
{
	struct xrsched_ring_setup arg = {
		.size = sizeof(arg),
		/* Not so many threads that nothing else has its turn. */
		.flags = below(f, 16) ? 0 : XRSCHED_RING_POLL,
		.sq_entries = 1 + below(f, 16),
		.job_size = sizeof(struct xrsched_job),
		.completion_size = sizeof(struct xrsched_completion),
		.fd = -1,
	};
	int at = fuzz_do(f, fuzz_client(f), XRSCHED_IOC_RING_SETUP, &arg,
			 sizeof(arg));

	at = kept(f, at, arg.fd, FUZZ_RING);
	if (at < 0)
		return;
	map_file(f, at, below(f, 8) ? arg.map_size : 0);
	if (f->map[at].at && f->map[at].size == arg.map_size &&
	    arg.sq_jobs == SQ_JOBS && arg.job_size == sizeof(struct xrsched_job))
		f->map[at].entries = arg.sq_entries;
}

/* What a ring's other side does wrong: any word, at any time. */
void fuzz_scribble(struct fuzz *f)
{
	struct map *map = &f->map[below(f, MAX_FILES)];
	unsigned int i;

	if (!map->at)
		return;
	f->acts++;
	/* Without the head, which ring_fill() has to go by, but seldom. */
	for (i = 0; i < 16; i++) {
		size_t at = below(f, 3) ? 64 * (1 + below(f, 5)) :
					  4 * below(f, map->size / 4);
		uint32_t *word = (uint32_t *)(map->at + at);

		*(volatile uint32_t *)word =
			below(f, 2) ? *word + below(f, 4) : edge(f);
	}
}

/* Entries that are right, as far as positions are; room for completions. */
static void ring_fill(struct fuzz *f, struct map *map)
{
	unsigned int i, nr = below(f, 5);
	uint32_t head;

	if (!map->entries)
		return;
	head = *(volatile uint32_t *)map->at;
	for (i = 0; i < nr; i++)
		fuzz_fill_job(f, (void *)(map->at + SQ_JOBS +
					  (head + i) % map->entries *
						  sizeof(struct xrsched_job)));
	*(volatile uint32_t *)(map->at + SQ_TAIL) = head + nr;
	if (below(f, 4))
		*(volatile uint32_t *)(map->at + CQ_HEAD) =
			*(volatile uint32_t *)(map->at + CQ_TAIL);
}

void fuzz_ring_enter(struct fuzz *f)
{
	struct xrsched_ring_enter arg = {
		.size = sizeof(arg),
		.to_submit = below(f, 20),
		.min_complete = below(f, 3),
		.timeout_ns = 1,
	};
	unsigned int at;
	int fd = file_of(f, FUZZ_RING, &at);

	/* Streams of one client, be it the ring's or not. */
	f->at = below(f, MAX_FILES);
	ring_fill(f, &f->map[at]);
	fuzz_do(f, fd, XRSCHED_IOC_RING_ENTER, &arg, sizeof(arg));
}

void fuzz_ring_eventfd(struct fuzz *f)
{
	struct xrsched_ring_eventfd arg = {
		.size = sizeof(arg),
		.fd = below(f, 4) ? f->eventfd : -1,
		.count = below(f, 3),
	};
	unsigned int at;

	fuzz_do(f, file_of(f, FUZZ_RING, &at), XRSCHED_IOC_RING_EVENTFD, &arg,
		sizeof(arg));
}

/* ----- servers and recordings: of root, others may not ------------------- */

void fuzz_serve(struct fuzz *f)
{
	struct xrsched_serve arg = {
		.size = sizeof(arg),
		.class_name = SERVED_CLASS,
		.queues = 1 + !below(f, 4),
		.watchdog_ms = 1 + below(f, 2000),
		.fd = -1,
	};
	int at;

	/* Without a name now and then, or with one that is taken. */
	if (below(f, 4))
		snprintf(arg.name, sizeof(arg.name), "served%u", below(f, 64));
	at = fuzz_do(f, fuzz_client(f), XRSCHED_IOC_SERVE, &arg,
			 sizeof(arg));

	at = kept(f, at, arg.fd, FUZZ_SERVER);
	if (at < 0)
		return;
	map_file(f, at, 0);
	/* There may be something to do for it, while it is there. */
	for (at = 0; at < 4; at++) {
		fuzz_submit(f);
		fuzz_server_next(f);
	}
}

void fuzz_server_next(struct fuzz *f)
{
	struct xrsched_server_args arg = {
		.size = sizeof(arg),
		.queue = !below(f, 4),
		.status = below(f, 3),
		.timeout_ns = now_ns() + 2000000,
	};
	unsigned int at;
	int fd = file_of(f, FUZZ_SERVER, &at), ret;

	/* The layer that was fetched last, mostly; else the next one. */
	arg.seq = f->served[at] + (below(f, 8) ? 0 : below(f, 3));
	arg.flags = arg.seq ? XRSCHED_NEXT_COMMIT : XRSCHED_NEXT_FETCH;
	if (!below(f, 4))
		arg.flags |= 1U << below(f, 5);
	ret = fuzz_do(f, fd, XRSCHED_IOC_SERVER_NEXT, &arg, sizeof(arg));
	f->served[at] = !ret && (arg.flags & XRSCHED_NEXT_FETCH) ? arg.seq : 0;
}

void fuzz_record(struct fuzz *f)
{
	struct xrsched_record_args arg = {
		.size = sizeof(arg),
		.records = 1024U << below(f, 3),
		.watermark = below(f, 64),
		.fd = -1,
	};
	int ret = fuzz_do(f, fuzz_client(f), XRSCHED_IOC_RECORD_START, &arg,
			  sizeof(arg));

	kept(f, ret, arg.fd, FUZZ_RECORD);
}

void fuzz_record_file(struct fuzz *f)
{
	struct xrsched_record_stats arg = { .size = sizeof(arg) };
	unsigned int at;
	int fd = file_of(f, FUZZ_RECORD, &at);

	if (below(f, 4))
		fuzz_do(f, fd, XRSCHED_IOC_RECORD_STATS, &arg, sizeof(arg));
	else
		fuzz_make(f, fd, XRSCHED_IOC_RECORD_STOP, NULL);
}

/* ----- anything, on any file --------------------------------------------- */

/* Any call that any of our files has, on any of our files. */
void fuzz_any(struct fuzz *f)
{
	static const unsigned long cmds[] = {
		XRSCHED_IOC_RING_EVENTFD, XRSCHED_IOC_RING_ENTER,
		XRSCHED_IOC_RECORD_START, XRSCHED_IOC_SERVE,
	};
	uint64_t words[48] = { 0 };
	unsigned int i;

	for (i = 0; i < 48; i++)
		if (!below(f, 4))
			words[i] = edge(f);
	words[0] = 8 * below(f, 20);
	fuzz_make(f, any_file(f),
		  below(f, 2) ? cmds[below(f, 4)] :
				_IOWR(XRSCHED_IOC_MAGIC, below(f, 40),
				      char[64]),
		  words);
}

void fuzz_open(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES);

	close_strays(f);
	close(f->client[at]);
	memset(&f->known[at], 0, sizeof(f->known[at]));
	/* What root may do is done to the second. */
	f->client[at] = open(f->nr && below(f, 2) ? "/dev/xrsched0" :
						    "/dev/xrsched1",
			     O_RDWR | O_NONBLOCK);
	seen(f, f->client[at]);
	/* Whoever has nothing is refused all else. */
	f->only = at + 1;
	fuzz_model(f);
	fuzz_stream(f);
	f->only = 0;
}

void fuzz_close(struct fuzz *f)
{
	keep_file(f, -1, FUZZ_CLOSED);
}

void fuzz_poll(struct fuzz *f)
{
	struct pollfd pollfd = { .fd = any_file(f), .events = -1 };

	seen(f, poll(&pollfd, 1, 0));
}

void fuzz_write(struct fuzz *f)
{
	seen(f, write(any_file(f), f->memory, below(f, 256)));
}

void fuzz_lseek(struct fuzz *f)
{
	seen(f, lseek(any_file(f), edge(f), below(f, 4)));
}

void fuzz_map(struct fuzz *f)
{
	map_file(f, below(f, MAX_FILES), 0);
}

void fuzz_read(struct fuzz *f)
{
	seen(f, read(any_file(f), (void *)pointer(f), below(f, 1024)));
}
