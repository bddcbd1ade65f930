// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Buffers that go along with jobs.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>

#include <xrsched/buffer.h>

#include "internal.h"

XRSCHED_API int xrsched_buffer_create(const char *name, size_t bytes)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int ret;

	if (fd < 0)
		return -errno;
	/* Servers do not touch what could be cut off while they do. */
	if (!ftruncate(fd, (off_t)bytes) &&
	    !fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

/* Tells a dma-buf that the processor begins, or ends, to use it. */
static int sync_dma_buf(const struct xrsched_mapping *map, uint64_t when)
{
	struct dma_buf_sync sync = { .flags = when | DMA_BUF_SYNC_READ };
	int ret;

	if (map->flags & XRSCHED_BUFFER_WRITE)
		sync.flags |= DMA_BUF_SYNC_WRITE;
	do
		ret = ioctl(map->fd, DMA_BUF_IOCTL_SYNC, &sync);
	while (ret < 0 && (errno == EINTR || errno == EAGAIN));
	return ret < 0 ? -errno : 0;
}

/* What has seals is a file in memory; what has none has to be a dma-buf. */
static int check_size(int fd, int seals, size_t bytes)
{
	off_t size;

	if (seals >= 0 && !(seals & F_SEAL_SHRINK))
		return -EPERM;
	/* It cannot become less from here on. */
	size = lseek(fd, 0, SEEK_END);
	if (size < 0)
		return -EINVAL;
	return (uint64_t)size < bytes ? -ERANGE : 0;
}

XRSCHED_API int xrsched_buffer_map(int fd, size_t bytes, uint32_t flags,
				   struct xrsched_mapping *map)
{
	int prot = PROT_READ | (flags & XRSCHED_BUFFER_WRITE ? PROT_WRITE : 0);
	int seals, ret;

	memset(map, 0, sizeof(*map));
	if (!bytes || (flags & ~XRSCHED_BUFFER_WRITE))
		return -EINVAL;
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 && errno == EBADF)
		return -EBADF;
	ret = check_size(fd, seals, bytes);
	if (ret)
		return ret;
	map->addr = mmap(NULL, bytes, prot, MAP_SHARED, fd, 0);
	if (map->addr == MAP_FAILED) {
		map->addr = NULL;
		return -errno;
	}
	map->bytes = bytes;
	map->fd = fd;
	map->flags = flags;
	ret = sync_dma_buf(map, DMA_BUF_SYNC_START);
	if (!ret || (ret == -ENOTTY && seals >= 0))
		return 0;
	munmap(map->addr, bytes);
	memset(map, 0, sizeof(*map));
	return ret == -ENOTTY ? -EINVAL : ret;
}

XRSCHED_API void xrsched_buffer_unmap(struct xrsched_mapping *map)
{
	if (!map->addr)
		return;
	sync_dma_buf(map, DMA_BUF_SYNC_END);
	munmap(map->addr, map->bytes);
	memset(map, 0, sizeof(*map));
}
