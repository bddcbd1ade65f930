/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structs of the ABI to and from userspace, word by word: all of them are small
 * and consist of whole words, and what copy_from_user() and copy_to_user() do
 * for any size costs more than the copying.
 */
#ifndef XRS_WORDS_H
#define XRS_WORDS_H

#include <linux/align.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>

/* Users' structs may lie anywhere. */
static inline bool xrs_words_aligned(const void __user *uptr)
{
	return IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) ||
	       IS_ALIGNED((uintptr_t)uptr, sizeof(unsigned long));
}

/**
 * xrs_words_get() - copy a struct in
 * @to: where to
 * @from: the caller's
 * @bytes: its size, of whole words
 *
 * Each word is read once, or what is not aligned is copied as a whole.
 *
 * Context: process; may fault.  Return: 0 or -EFAULT.
 */
static __always_inline int xrs_words_get(void *to, const void __user *from,
					 size_t bytes)
{
	const unsigned long __user *source = from;
	unsigned long *word = to;
	size_t i;

	might_fault();
	if (should_fail_usercopy())
		return -EFAULT;
	if (!xrs_words_aligned(from))
		return copy_from_user(to, from, bytes) ? -EFAULT : 0;
	if (!user_read_access_begin(source, bytes))
		return -EFAULT;
#pragma GCC unroll 16	/* sizes are constants, and small */
	for (i = 0; i < bytes / sizeof(*word); i++)
		unsafe_get_user(word[i], &source[i], fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

/**
 * xrs_words_put() - copy a struct out
 * @to: the caller's
 * @from: where from
 * @bytes: its size, of whole words
 *
 * Context: process; may fault.  Return: 0 or -EFAULT.
 */
static __always_inline int xrs_words_put(void __user *to, const void *from,
					 size_t bytes)
{
	unsigned long __user *target = to;
	const unsigned long *word = from;
	size_t i;

	might_fault();
	if (should_fail_usercopy())
		return -EFAULT;
	if (!xrs_words_aligned(to))
		return copy_to_user(to, from, bytes) ? -EFAULT : 0;
	if (!user_write_access_begin(target, bytes))
		return -EFAULT;
#pragma GCC unroll 16	/* sizes are constants, and small */
	for (i = 0; i < bytes / sizeof(*word); i++)
		unsafe_put_user(word[i], &target[i], fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/**
 * xrs_words_get_struct() - copy_struct_from_user(), mostly for the size we know
 * @to: a struct of this kernel, of whole words
 * @ksize: its size
 * @from: the caller's
 * @usize: what the caller says its size is
 *
 * Context: process; may fault.  Return: 0, -EFAULT or -E2BIG.
 */
static __always_inline int xrs_words_get_struct(void *to, size_t ksize,
						const void __user *from,
						size_t usize)
{
	if (likely(usize == ksize))
		return xrs_words_get(to, from, ksize);
	return copy_struct_from_user(to, ksize, from, usize);
}

#endif /* XRS_WORDS_H */
