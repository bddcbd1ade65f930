// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that clients pass along with jobs, for servers to work on.
 */
#include <linux/dma-buf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/magic.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "buffer.h"
#include "compat.h"
#include "job.h"

XRS_IMPORT_NS(DMA_BUF);

/**
 * struct xrs_buffers - A job's buffers
 * @ref: held by the job, and by a call that hands them to a server
 * @nr: how many
 * @file: them, each with a reference
 */
struct xrs_buffers {
	struct kref ref;
	u32 nr;
	struct file *file[];
};

/* fput() may be called anywhere: the file is closed later. */
static void buffers_release(struct kref *ref)
{
	struct xrs_buffers *buffers =
		container_of(ref, struct xrs_buffers, ref);
	u32 i;

	for (i = 0; i < buffers->nr; i++)
		fput(buffers->file[i]);
	kfree(buffers);
}

void xrs_buffers_put(struct xrs_buffers *buffers)
{
	if (buffers)
		kref_put(&buffers->ref, buffers_release);
}

/* Memory with a file descriptor; not what could hold a file of ours. */
static bool is_memory(const struct file *file)
{
	const struct inode *inode = file_inode(file);
	unsigned long magic = inode->i_sb->s_magic;

	return S_ISREG(inode->i_mode) &&
	       (magic == TMPFS_MAGIC || magic == HUGETLBFS_MAGIC);
}

static struct file *buffer_file(int fd)
{
	struct file *file = fget(fd);

	if (!file)
		return ERR_PTR(-EBADF);
	if (is_memory(file))
		return file;
	fput(file);
	if (IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)) {
		struct dma_buf *buf = dma_buf_get(fd);

		if (!IS_ERR(buf))
			return buf->file;
	}
	return ERR_PTR(-EINVAL);
}

/* Counts @nr more of the client's, unless that is too many. */
static int buffers_charge(struct xrs_client *client, u32 nr)
{
	unsigned long limit = rlimit(RLIMIT_NOFILE);
	struct xrs_device *dev = client->device;
	int ret = -EMFILE;

	spin_lock_irq(&dev->lock);
	if (client->nr_buffers < limit && nr <= limit - client->nr_buffers) {
		client->nr_buffers += nr;
		ret = 0;
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_buffers_attach(struct xrs_client *client, struct xrs_user_job *job,
		       const struct xrsched_job *elem)
{
	struct xrs_buffers *buffers;
	s32 fd[XRSCHED_MAX_BUFFERS];
	int ret;
	u32 i;

	if (copy_from_user(fd, u64_to_user_ptr(elem->buffers),
			   elem->nr_buffers * sizeof(fd[0])))
		return -EFAULT;
	buffers = kmalloc(struct_size(buffers, file, elem->nr_buffers),
			  GFP_KERNEL_ACCOUNT);
	if (!buffers)
		return -ENOMEM;
	kref_init(&buffers->ref);
	buffers->nr = 0;
	for (i = 0; i < elem->nr_buffers; i++) {
		struct file *file = buffer_file(fd[i]);

		if (IS_ERR(file)) {
			ret = PTR_ERR(file);
			goto err_put;
		}
		buffers->file[buffers->nr++] = file;
	}
	ret = buffers_charge(client, buffers->nr);
	if (ret)
		goto err_put;
	job->buffers = buffers;
	return 0;

err_put:
	xrs_buffers_put(buffers);
	return ret;
}

void xrs_buffers_drop(struct xrs_client *client, struct xrs_user_job *job)
{
	struct xrs_buffers *buffers = job->buffers;

	lockdep_assert_held(&client->device->lock);
	if (!buffers)
		return;
	job->buffers = NULL;
	client->nr_buffers -= buffers->nr;
	xrs_buffers_put(buffers);
}

u32 xrs_buffers_nr(const struct xrs_user_job *job)
{
	return job->buffers ? job->buffers->nr : 0;
}

struct xrs_buffers *xrs_buffers_get(struct xrs_user_job *job)
{
	if (job->buffers)
		kref_get(&job->buffers->ref);
	return job->buffers;
}

u32 xrs_buffers_room(const struct xrs_buffers *buffers, u32 max)
{
	return buffers ? min(buffers->nr, max) : 0;
}

int xrs_buffers_probe(s32 __user *uptr, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		if (put_user(-1, &uptr[i]))
			return -EFAULT;
	return 0;
}

void xrs_buffers_open(const struct xrs_buffers *buffers, s32 __user *uptr,
		      u32 nr)
{
	u32 i;

	/* Security modules are asked here, as when a file comes by a socket. */
	for (i = 0; i < nr; i++)
		(void)xrs_receive_fd(buffers->file[i], &uptr[i], O_CLOEXEC);
}
