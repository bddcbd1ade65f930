// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers: what is made can be mapped, and what a server cannot trust is
 * refused.  That they arrive, tests/kselftest/buffers.c and the guide try.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xrsched/buffer.h>

#include "suite.h"

#define BYTES 5000

static void test_made_and_mapped(void **state)
{
	struct xrsched_mapping one, other;
	int fd = xrsched_buffer_create("test", BYTES);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(
		xrsched_buffer_map(fd, BYTES, XRSCHED_BUFFER_WRITE, &one), 0);
	assert_int_equal(xrsched_buffer_map(fd, 10, 0, &other), 0);
	strcpy(one.addr, "text");
	assert_string_equal(other.addr, "text");
	xrsched_buffer_unmap(&one);
	xrsched_buffer_unmap(&one);
	xrsched_buffer_unmap(&other);
	/* Its size stays as it is. */
	assert_int_equal(ftruncate(fd, 1), -1);
	assert_int_equal(ftruncate(fd, 2 * BYTES), -1);
	close(fd);
}

static void test_refused(void **state)
{
	int fd = xrsched_buffer_create("test", BYTES);
	int loose = memfd_create("loose", MFD_ALLOW_SEALING);
	struct xrsched_mapping map;
	int ends[2], file;

	(void)state;
	assert_int_equal(xrsched_buffer_map(fd, BYTES + 1, 0, &map), -ERANGE);
	assert_null(map.addr);
	assert_int_equal(xrsched_buffer_map(fd, 0, 0, &map), -EINVAL);
	assert_int_equal(xrsched_buffer_map(fd, 1, 2, &map), -EINVAL);
	assert_int_equal(xrsched_buffer_map(-1, 1, 0, &map), -EBADF);
	/* One that could be cut off while it is used. */
	assert_int_equal(ftruncate(loose, BYTES), 0);
	assert_int_equal(xrsched_buffer_map(loose, BYTES, 0, &map), -EPERM);
	/* Neither memory nor a dma-buf. */
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(xrsched_buffer_map(ends[0], 1, 0, &map), -EINVAL);
	file = open("/proc/self/exe", O_RDONLY);
	assert_int_equal(xrsched_buffer_map(file, 1, 0, &map), -EINVAL);
	close(file);
	close(ends[0]);
	close(ends[1]);
	close(loose);
	close(fd);
}

static void test_in_a_job(void **state)
{
	struct xrsched_job job = { .flags = XRSCHED_JOB_OUT_FENCE };
	const int32_t fd[2] = { 3, 4 };

	(void)state;
	xrsched_job_set_buffers(&job, fd, 2);
	assert_int_equal(job.flags,
			 XRSCHED_JOB_OUT_FENCE | XRSCHED_JOB_BUFFERS);
	assert_ptr_equal((void *)(uintptr_t)job.buffers, fd);
	assert_int_equal(job.nr_buffers, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_made_and_mapped),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_in_a_job),
	};

	return cmocka_run_group_tests_name("libxrsched: buffers", tests, NULL,
					   NULL);
}
