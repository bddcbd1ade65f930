/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file that goes along with jobs, of which can be seen who still has it.
 */
#ifndef XRSCHED_TEST_MEMORY_FILE_H
#define XRSCHED_TEST_MEMORY_FILE_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "helpers.h"

/**
 * struct memory - A file that can be watched
 * @fd: it, in a tmpfs of its own, without a name
 * @again: that tmpfs, which counts how many files it has
 * @free: how many more it could have with none
 */
struct memory {
	int fd;
	int again;
	uint64_t free;
};

static inline uint64_t memory_free(const struct memory *m)
{
	struct statfs stat;

	return fstatfs(m->again, &stat) ? 0 : stat.f_ffree;
}

static inline int memory_open(struct memory *m, const char *text)
{
	char dir[] = "/tmp/buffers.XXXXXX";

	if (!mkdtemp(dir) ||
	    mount("buffers", dir, "tmpfs", 0, "nr_inodes=16,size=64k"))
		return -1;
	m->again = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m->free = memory_free(m);
	m->fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	/* It goes when nobody has a file of it any more. */
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	return m->fd < 0 || write(m->fd, text, strlen(text)) < 0 ? -1 : 0;
}

/* Whether anybody has the file that memory_open() made. */
static inline bool memory_held(const struct memory *m)
{
	return memory_free(m) < m->free;
}

/* A file is closed a little after the last one has let go of it. */
static inline bool memory_let_go(const struct memory *m)
{
	return soon(!memory_held(m));
}

#endif
