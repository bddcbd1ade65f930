/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the kernel shares with a process: rings of all kinds.
 */
#ifndef XRS_RING_MEM_H
#define XRS_RING_MEM_H

#include <linux/types.h>

struct page;
struct user_struct;
struct vm_area_struct;

/**
 * struct xrs_ring_mem - Pages that the kernel and a process both see
 * @addr: where the kernel sees them
 * @pages: the pages
 * @nr_pages: how many
 * @user: whose RLIMIT_MEMLOCK they are charged to, with a reference; NULL: one
 *        who has CAP_IPC_LOCK
 *
 * Whatever is read from there may change at any moment and be anything.
 */
struct xrs_ring_mem {
	void *addr;
	struct page **pages;
	unsigned long nr_pages;
	struct user_struct *user;
};

/**
 * xrs_ring_mem_alloc() - allocate, zeroed, charged to the caller
 * @mem: to be filled in
 * @bytes: how much, above 0; rounded up to pages
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOMEM (no memory, or more than RLIMIT_MEMLOCK allows).
 */
int xrs_ring_mem_alloc(struct xrs_ring_mem *mem, size_t bytes);

/**
 * xrs_ring_mem_free() - give it back
 * @mem: what xrs_ring_mem_alloc() has filled in, or zeroes
 *
 * Processes that have it mapped keep the pages, which the kernel does not look
 * at any more.
 *
 * Context: process, may sleep.
 */
void xrs_ring_mem_free(struct xrs_ring_mem *mem);

/**
 * xrs_ring_mem_mmap() - mmap() of the file that stands for it
 * @mem: memory
 * @vma: what the caller wants to have: offset 0, all of it, shared, without
 *       PROT_EXEC; to read only is allowed
 *
 * Context: process; the mmap lock is held.
 * Return: 0, -EINVAL (offset, size, MAP_PRIVATE), -EPERM (PROT_EXEC), -ENOMEM.
 */
int xrs_ring_mem_mmap(const struct xrs_ring_mem *mem,
		      struct vm_area_struct *vma);

#endif /* XRS_RING_MEM_H */
