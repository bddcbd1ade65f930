/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that the scheduling core takes from its surroundings: types, lists and
 * 64x64 bit arithmetic.  In the module they are the kernel's own; in userspace
 * (simulator, tests, fuzzers) they are the C library's and liburcu's lists,
 * under the kernel's names.
 */
#ifndef XRS_SHIM_H
#define XRS_SHIM_H

#ifdef __KERNEL__

#include <linux/bitops.h>
#include <linux/container_of.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/types.h>

/*
 * For what is written before it is read, where clearing it, as kernels with
 * CONFIG_INIT_STACK_ALL_ZERO do, would cost more than what it is for.  The first
 * releases of 6.1 and 6.12 do not have it.
 */
#ifndef __uninitialized
#define __uninitialized
#endif

#else

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <linux/types.h>
#include <urcu/compiler.h>
#include <urcu/list.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

#ifndef U64_MAX
#define U64_MAX ((u64)~0ULL)
#endif
#ifndef U32_MAX
#define U32_MAX ((u32)~0U)
#endif
#ifndef S64_MAX
#define S64_MAX ((s64)(U64_MAX >> 1))
#endif

#define list_head cds_list_head
#define INIT_LIST_HEAD CDS_INIT_LIST_HEAD
#define list_add_tail cds_list_add_tail
#define list_del_init cds_list_del_init
#define list_empty cds_list_empty
#define list_entry cds_list_entry
#define list_first_entry cds_list_first_entry
#define list_for_each_entry cds_list_for_each_entry
#define list_for_each_entry_safe cds_list_for_each_entry_safe
#define list_for_each_entry_reverse cds_list_for_each_entry_reverse

/* As the kernel's: each argument is evaluated once. */
#define XRS_PICK(a, op, b) ({						\
	__auto_type a_ = (a);						\
	__auto_type b_ = (b);						\
	a_ op b_ ? a_ : b_; })
#define min(a, b) XRS_PICK(a, <, b)
#define max(a, b) XRS_PICK(a, >, b)
#define min_t(type, a, b) XRS_PICK((type)(a), <, (type)(b))
#define max_t(type, a, b) XRS_PICK((type)(a), >, (type)(b))

#ifndef noinline
#define noinline __attribute_noinline__
#endif
#ifndef container_of
#define container_of(ptr, type, member) caa_container_of(ptr, type, member)
#endif
#define BIT_ULL(n) (1ULL << (n))
#define BIT(n) (1UL << (n))
#define unlikely(x) caa_unlikely(x)
#define __uninitialized
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define __ffs64(word) ((unsigned int)__builtin_ctzll(word))
#define hweight64(word) ((unsigned int)__builtin_popcountll(word))
#define fls64(word) ((word) ? 64 - __builtin_clzll(word) : 0)

static inline u64 div64_u64(u64 a, u64 b)
{
	return a / b;
}

static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	return (u64)((__uint128_t)a * b / c);
}

static inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)(((__uint128_t)a * b) >> shift);
}

#endif /* __KERNEL__ */

#endif /* XRS_SHIM_H */
