/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Buffers that clients pass along with jobs, for servers to work on.
 */

/**
 * DOC: Buffers
 *
 * A buffer is a file: a memfd (or another file of a tmpfs or hugetlbfs) or a
 * dma-buf.  Nothing else is taken: such a file cannot hold one of ours, so that
 * no cycle of references can come about as with sockets.
 *
 * A job holds its files from the moment that it is submitted until it ends,
 * however that comes about.  Nothing here looks into them.  A server that has a
 * layer of the job gets file descriptors of its own if it asks for them, which
 * are its to close; it sees no files of other jobs.
 *
 * A client's jobs hold no more files than its RLIMIT_NOFILE: closing a file
 * descriptor once the job is submitted does not get around that.
 */
#ifndef XRS_BUFFER_H
#define XRS_BUFFER_H

#include <linux/xrsched.h>

struct xrs_buffers;
struct xrs_client;
struct xrs_user_job;

/**
 * xrs_buffers_attach() - get the buffers that userspace wants for a job
 * @client: whose job it is
 * @job: filled in, not submitted; belongs to the caller
 * @elem: the kernel's copy of what is wanted, checked by xrs_user_job_fill()
 *
 * Context: process, may sleep; file descriptors are the current task's.  Takes
 * xrs_device::lock.
 * Return: 0, -EBADF (no such file), -EINVAL (not a buffer), -EFAULT, -EMFILE
 * (the client's jobs hold too many) or -ENOMEM.
 */
int xrs_buffers_attach(struct xrs_client *client, struct xrs_user_job *job,
		       const struct xrsched_job *elem);

/**
 * xrs_buffers_drop() - a job has ended, or has never been one
 * @client: whose job it is
 * @job: job; has no buffers afterwards
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_buffers_drop(struct xrs_client *client, struct xrs_user_job *job);

/** xrs_buffers_nr() - how many a job has; xrs_device::lock held */
u32 xrs_buffers_nr(const struct xrs_user_job *job);

/**
 * xrs_buffers_get() - keep a job's buffers beyond its end
 * @job: job
 *
 * Context: any; xrs_device::lock held.
 * Return: them, to be given back by xrs_buffers_put(); NULL if it has none.
 */
struct xrs_buffers *xrs_buffers_get(struct xrs_user_job *job);

/** xrs_buffers_put() - end that; NULL is nothing; any context */
void xrs_buffers_put(struct xrs_buffers *buffers);

/** xrs_buffers_room() - how many of them go where there is room for @max */
u32 xrs_buffers_room(const struct xrs_buffers *buffers, u32 max);

/**
 * xrs_buffers_probe() - see whether the numbers of file descriptors can be told
 * @uptr: where they will go; filled with -1
 * @nr: how many
 *
 * Context: process, may sleep.
 * Return: 0 or -EFAULT.
 */
int xrs_buffers_probe(s32 __user *uptr, u32 nr);

/**
 * xrs_buffers_open() - open buffers in the current process
 * @buffers: of xrs_buffers_get(); may be NULL if @nr is 0
 * @uptr: where the numbers go, after xrs_buffers_probe(); left alone where a
 *        file could not be opened
 * @nr: how many, of xrs_buffers_room()
 *
 * Context: process, may sleep.
 */
void xrs_buffers_open(const struct xrs_buffers *buffers, s32 __user *uptr,
		      u32 nr);

#endif /* XRS_BUFFER_H */
