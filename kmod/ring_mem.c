// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that the kernel shares with a process.
 *
 * Single pages, so that a large ring needs no large block; the kernel sees them
 * through a mapping of its own and never through the process's.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/user.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "ring_mem.h"

/*
 * Charged to the user rather than to the process, whose children and whose
 * passing on of the file would make it a matter of taste who pays.
 */
static int mem_charge(struct xrs_ring_mem *mem)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	struct user_struct *user;
	long locked;

	if (capable(CAP_IPC_LOCK))
		return 0;
	user = get_uid(current_user());
	locked = atomic_long_read(&user->locked_vm);
	do {
		if (locked + mem->nr_pages > limit) {
			free_uid(user);
			return -ENOMEM;
		}
	} while (!atomic_long_try_cmpxchg(&user->locked_vm, &locked,
					  locked + mem->nr_pages));
	mem->user = user;
	return 0;
}

static void mem_uncharge(struct xrs_ring_mem *mem)
{
	if (!mem->user)
		return;
	atomic_long_sub(mem->nr_pages, &mem->user->locked_vm);
	free_uid(mem->user);
}

static int pages_alloc(struct xrs_ring_mem *mem)
{
	unsigned long i;

	mem->pages = kvcalloc(mem->nr_pages, sizeof(*mem->pages),
			      GFP_KERNEL_ACCOUNT);
	if (!mem->pages)
		return -ENOMEM;
	for (i = 0; i < mem->nr_pages; i++) {
		mem->pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!mem->pages[i])
			return -ENOMEM;
	}
	mem->addr = vmap(mem->pages, mem->nr_pages, VM_MAP, PAGE_KERNEL);
	return mem->addr ? 0 : -ENOMEM;
}

int xrs_ring_mem_alloc(struct xrs_ring_mem *mem, size_t bytes)
{
	int ret;

	memset(mem, 0, sizeof(*mem));
	mem->nr_pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
	ret = mem_charge(mem);
	if (!ret)
		ret = pages_alloc(mem);
	if (ret)
		xrs_ring_mem_free(mem);
	return ret;
}

void xrs_ring_mem_free(struct xrs_ring_mem *mem)
{
	unsigned long i;

	vunmap(mem->addr);
	for (i = 0; mem->pages && i < mem->nr_pages && mem->pages[i]; i++)
		put_page(mem->pages[i]);
	kvfree(mem->pages);
	mem_uncharge(mem);
	memset(mem, 0, sizeof(*mem));
}

int xrs_ring_mem_mmap(const struct xrs_ring_mem *mem,
		      struct vm_area_struct *vma)
{
	if (vma->vm_pgoff || vma_pages(vma) != mem->nr_pages ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	xrs_vma_flags(vma, VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	return vm_map_pages(vma, mem->pages, mem->nr_pages);
}
