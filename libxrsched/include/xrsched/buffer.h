/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Buffers: memory that goes along with a job, to the servers that execute it.
 *
 * DOC: Use
 *
 * A client makes memory, fills it in, and says so in the job:
 *
 *	int fd = xrsched_buffer_create("frame", bytes);
 *	ret = xrsched_buffer_map(fd, bytes, XRSCHED_BUFFER_WRITE, &map);
 *	…map.addr…
 *	xrsched_buffer_unmap(&map);
 *	xrsched_job_set_buffers(&job, &fd, 1);
 *	ret = xrsched_submit(x, &job, 1, 0, 0);
 *
 * The kernel holds the buffers until the job ends, so @fd may be closed, or
 * used for further jobs, as soon as it is submitted.  dma-bufs of a driver go
 * the same way.
 *
 * A server finds file descriptors in struct xrsched_server_layer, and maps what
 * it needs.  What comes from a client need not be what it says: too small, or a
 * file that its owner could cut off under the server's feet, which would kill
 * it.  xrsched_buffer_map() refuses both, and the server answers with
 * XRSCHED_LAYER_REFUSED: that job fails, and nothing else.
 */
#ifndef XRSCHED_BUFFER_H
#define XRSCHED_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include <linux/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

/** define XRSCHED_BUFFER_WRITE - it is to be written to as well */
#define XRSCHED_BUFFER_WRITE 0x1

/**
 * struct xrsched_mapping - A buffer that can be used
 * @addr: where it is.
 * @bytes: how long.
 * @fd: its file descriptor, which has to stay open until it is unmapped.
 * @flags: as given.
 */
struct xrsched_mapping {
	void *addr;
	size_t bytes;
	int fd;
	uint32_t flags;
};

/**
 * xrsched_buffer_create() - make memory to be passed along with jobs
 * @name: for people who look into /proc; need not be unique.
 * @bytes: its size, which stays as it is.
 *
 * All zero at first.  To be given back by close().
 *
 * Return: a file descriptor (close-on-exec), or -errno as memfd_create(2).
 */
int xrsched_buffer_create(const char *name, size_t bytes);

/**
 * xrsched_buffer_map() - use a buffer
 * @fd: its file descriptor, of xrsched_buffer_create(), a dma-buf, or one of
 *      struct xrsched_server_layer.
 * @bytes: as much of it, from its beginning, at least 1.
 * @flags: XRSCHED_BUFFER_WRITE or 0.
 * @map: filled in.
 *
 * A dma-buf is made coherent with the processor until it is unmapped.  To be
 * given back by xrsched_buffer_unmap().
 *
 * Return: 0, -EBADF (-1, say: it could not be opened), -ERANGE (it is shorter),
 * -EPERM (it could be made shorter: not sealed by F_SEAL_SHRINK), -EINVAL
 * (@bytes is 0, unknown @flags, no memory), or another -errno as mmap(2).
 */
int xrsched_buffer_map(int fd, size_t bytes, uint32_t flags,
		       struct xrsched_mapping *map);

/**
 * xrsched_buffer_unmap() - a buffer is not used any more
 * @map: of xrsched_buffer_map(); all zero: nothing happens.
 */
void xrsched_buffer_unmap(struct xrsched_mapping *map);

/**
 * xrsched_job_set_buffers() - pass buffers along with a job
 * @job: the job, before it is submitted.
 * @fd: their file descriptors; read when the job is submitted.
 * @nr: how many, 1 … XRSCHED_MAX_BUFFERS.
 */
static inline void xrsched_job_set_buffers(struct xrsched_job *job,
					   const int32_t *fd, uint32_t nr)
{
	job->flags |= XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)fd;
	job->nr_buffers = nr;
}

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_BUFFER_H */
