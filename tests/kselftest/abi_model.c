// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_MODEL_CREATE and _DESTROY: every way of being wrong, one at a
 * time, and the limits of what is right.  Needs no engine.
 */
#include "helpers.h"

/*
 * A model with all that a model can have, two variants alike on two classes:
 *
 *	layer	0   1       2       3
 *	block	-   1 (5%)  1 (5%)  -
 *	exit	-   -       -       1 (10%)
 */
FIXTURE(models) {
	int fd;
	struct model m;
	struct xrsched_caps before;
};

FIXTURE_SETUP(models)
{
	struct model *m = &self->m;
	unsigned int i;

	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_caps(self->fd, &self->before));
	model_init(m, 8, MSEC);
	m->arg.nr_variants = 2;
	m->variant[0].nr_layers = 4;
	m->variant[0].accuracy_ppm = 900000;
	m->variant[1] = m->variant[0];
	m->arg.nr_classes = 2;
	strcpy(m->class[1].name, CLASS_NONE);
	for (i = 8; i < 16; i++)
		m->cost[i] = m->cost[0];
	for (i = 0; i < 8; i += 4) {
		m->layer[i + 1].skip = 1;
		m->layer[i + 1].skip_ppm = 50000;
		m->layer[i + 2] = m->layer[i + 1];
		m->layer[i + 3].exit = 1;
		m->layer[i + 3].exit_ppm = 100000;
		m->layer[i + 3].flags = XRSCHED_LAYER_SIDE;
	}
}

FIXTURE_TEARDOWN(models)
{
	close(self->fd);
}

static int create(FIXTURE_DATA(models) *self)
{
	return call(self->fd, XRSCHED_IOC_MODEL_CREATE, &self->m.arg);
}

static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(models) *self, int error)
{
	struct xrsched_model_create arg = self->m.arg;
	struct xrsched_caps after;

	EXPECT_EQ(-error, create(self));
	EXPECT_EQ(0, memcmp(&arg, &self->m.arg, sizeof(arg)));
	ASSERT_EQ(0, get_caps(self->fd, &after));
	EXPECT_EQ(0, memcmp(&after, &self->before, sizeof(after)));
}

/* One change that makes the model wrong. */
#define WRONG(name, error, change) \
TEST_F(models, name) \
{ \
	struct model *m = &self->m; \
\
	change; \
	refused(_metadata, self, error); \
}

/* One change after which it is still right. */
#define RIGHT(name, change) \
TEST_F(models, name) \
{ \
	struct model *m = &self->m; \
\
	change; \
	EXPECT_EQ(0, create(self)); \
	EXPECT_NE(0, m->arg.handle); \
	EXPECT_NE(POISON, m->arg.handle); \
	EXPECT_EQ(0, model_destroy(self->fd, m->arg.handle)); \
}

/* An address that nothing is mapped at. */
#define NOWHERE 16

RIGHT(as_it_is, (void)m)

WRONG(name_empty, EINVAL, memset(m->arg.name, 0, XRSCHED_NAME_LEN))
WRONG(name_without_end, EINVAL, memset(m->arg.name, 'x', XRSCHED_NAME_LEN))
WRONG(name_control, EINVAL, m->arg.name[1] = '\n')
WRONG(name_delete, EINVAL, m->arg.name[1] = 0x7f)
WRONG(name_not_ascii, EINVAL, m->arg.name[1] = (char)0xe9)
WRONG(name_tail, EINVAL, m->arg.name[XRSCHED_NAME_LEN - 1] = 'x')
RIGHT(name_longest, memset(m->arg.name, 'x', XRSCHED_NAME_LEN - 1))

WRONG(variants_null, EFAULT, m->arg.variants = 0)
WRONG(variants_nowhere, EFAULT, m->arg.variants = NOWHERE)
WRONG(variants_kernel, EFAULT, m->arg.variants = 0xffff888000001000ULL)
WRONG(layers_null, EFAULT, m->arg.layers = 0)
WRONG(layers_nowhere, EFAULT, m->arg.layers = NOWHERE)
WRONG(layers_kernel, EFAULT, m->arg.layers = 0xffff888000001000ULL)
WRONG(classes_null, EFAULT, m->arg.classes = 0)
WRONG(classes_nowhere, EFAULT, m->arg.classes = NOWHERE)
WRONG(classes_kernel, EFAULT, m->arg.classes = 0xffff888000001000ULL)
WRONG(costs_null, EFAULT, m->arg.costs = 0)
WRONG(costs_nowhere, EFAULT, m->arg.costs = NOWHERE)
WRONG(costs_kernel, EFAULT, m->arg.costs = 0xffff888000001000ULL)

WRONG(no_variant, EINVAL, m->arg.nr_variants = 0)
WRONG(variants_over, EINVAL, m->arg.nr_variants = XRSCHED_MAX_VARIANTS + 1)
WRONG(variants_most, EINVAL, m->arg.nr_variants = UINT32_MAX)
WRONG(no_layer, EINVAL, m->arg.nr_layers = 0)
WRONG(layers_over, EINVAL, m->arg.nr_layers = XRSCHED_MAX_LAYERS + 1)
WRONG(layers_most, EINVAL, m->arg.nr_layers = UINT32_MAX)
WRONG(layers_fewer, EINVAL, m->arg.nr_layers = 7)
WRONG(no_class, EINVAL, m->arg.nr_classes = 0)
WRONG(classes_over, EINVAL, m->arg.nr_classes = XRSCHED_MAX_CLASSES + 1)
WRONG(classes_most, EINVAL, m->arg.nr_classes = UINT32_MAX)

WRONG(variant_empty, EINVAL, m->variant[1].nr_layers = 0)
WRONG(variant_shorter, EINVAL, m->variant[1].nr_layers = 3)
WRONG(variant_longer, EINVAL, m->variant[1].nr_layers = 5)
/* 4 + (2^32 - 4) + … would be right if it were not for the overflow. */
WRONG(variant_overflow, EINVAL, {
	m->variant[0].nr_layers = UINT32_MAX - 3;
	m->variant[1].nr_layers = 12;
})
WRONG(variant_accuracy, EINVAL, m->variant[0].accuracy_ppm = XRSCHED_PPM + 1)
RIGHT(variant_certain, m->variant[0].accuracy_ppm = XRSCHED_PPM)
RIGHT(variant_input, m->variant[0].input_bytes = UINT32_MAX)

TEST_F(models, variant_pad)
{
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		self->m.variant[1].pad = bit;
		refused(_metadata, self, EINVAL);
	}
}

WRONG(skip_certain_over, EINVAL,
      m->layer[1].skip_ppm = m->layer[2].skip_ppm = XRSCHED_PPM + 1)
RIGHT(skip_certain, m->layer[1].skip_ppm = m->layer[2].skip_ppm = XRSCHED_PPM)
WRONG(skip_none_but_ppm, EINVAL, m->layer[3].skip_ppm = 1)
WRONG(skip_number_over, EINVAL,
      m->layer[1].skip = m->layer[2].skip = XRSCHED_MAX_SKIPS + 1)
RIGHT(skip_number_last,
      m->layer[1].skip = m->layer[2].skip = XRSCHED_MAX_SKIPS)
WRONG(skip_first_layer, EINVAL, {
	m->layer[0].skip = 1;
	m->layer[0].skip_ppm = 50000;
})
WRONG(skip_first_of_second, EINVAL, {
	m->layer[4].skip = 1;
	m->layer[4].skip_ppm = 50000;
})
WRONG(skip_ppm_differs, EINVAL, m->layer[2].skip_ppm = 50001)
RIGHT(skip_two_blocks, m->layer[2].skip = 2)
WRONG(skip_torn, EINVAL, {
	m->layer[2].skip = 0;
	m->layer[2].skip_ppm = 0;
	m->layer[3] = m->layer[1];
})
WRONG(skip_torn_by_other, EINVAL, {
	m->layer[2].skip = 2;
	m->layer[3] = m->layer[1];
})
WRONG(skip_with_exit, EINVAL, {
	m->layer[2].exit = 2;
	m->layer[2].exit_ppm = 1;
})

WRONG(exit_certain_over, EINVAL, m->layer[3].exit_ppm = XRSCHED_PPM + 1)
RIGHT(exit_certain, m->layer[3].exit_ppm = XRSCHED_PPM)
WRONG(exit_none_but_ppm, EINVAL, m->layer[0].exit_ppm = 1)
WRONG(exit_number_over, EINVAL, m->layer[3].exit = XRSCHED_MAX_EXITS + 1)
RIGHT(exit_number_last, m->layer[3].exit = XRSCHED_MAX_EXITS)
WRONG(exit_twice, EINVAL, m->layer[0].exit = 1)

TEST_F(models, layer_flags)
{
	unsigned int bit;

	for (bit = 0; bit < 8; bit++) {
		if (1U << bit & XRSCHED_LAYER_FLAGS)
			continue;
		self->m.layer[7].flags = 1U << bit;
		refused(_metadata, self, EINVAL);
	}
}

TEST_F(models, layer_pad)
{
	unsigned int bit;

	for (bit = 0; bit < 8; bit++) {
		self->m.layer[7].pad = 1U << bit;
		refused(_metadata, self, EINVAL);
	}
}

WRONG(class_empty, EINVAL, memset(&m->class[1], 0, XRSCHED_NAME_LEN))
WRONG(class_without_end, EINVAL, memset(&m->class[1], 'x', XRSCHED_NAME_LEN))
WRONG(class_blank, EINVAL, m->class[1].name[1] = ' ')
WRONG(class_control, EINVAL, m->class[1].name[1] = '\t')
WRONG(class_tail, EINVAL, m->class[1].name[XRSCHED_NAME_LEN - 1] = 'x')
WRONG(class_twice, EINVAL, m->class[1] = m->class[0])

WRONG(cost_no_time, EINVAL, m->cost[15].latency_ns = 0)
WRONG(cost_time_over, EINVAL,
      m->cost[15].latency_ns = XRSCHED_MAX_LATENCY_NS + 1)
WRONG(cost_time_most, EINVAL, m->cost[15].latency_ns = UINT64_MAX)
RIGHT(cost_time_limit, m->cost[15].latency_ns = XRSCHED_MAX_LATENCY_NS)
RIGHT(cost_time_least, m->cost[15].latency_ns = 1)
WRONG(cost_energy_over, EINVAL,
      m->cost[15].energy_pj = XRSCHED_MAX_ENERGY_PJ + 1)
WRONG(cost_energy_most, EINVAL, m->cost[15].energy_pj = UINT64_MAX)
RIGHT(cost_energy_limit, m->cost[15].energy_pj = XRSCHED_MAX_ENERGY_PJ)
RIGHT(cost_energy_none, m->cost[15].energy_pj = 0)

/* Each array ends where there is no memory any more, in its last element. */
TEST_F(models, arrays_cut_off)
{
	struct model *m = &self->m;
	struct {
		__u64 *pointer;
		const void *from;
		size_t size;
	} array[] = {
		{ &m->arg.variants, m->variant, 2 * sizeof(m->variant[0]) },
		{ &m->arg.layers, m->layer, 8 * sizeof(m->layer[0]) },
		{ &m->arg.classes, m->class, 2 * sizeof(m->class[0]) },
		{ &m->arg.costs, m->cost, 16 * sizeof(m->cost[0]) },
	};
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	unsigned int i;
	char *end;

	ASSERT_NE(NULL, page);
	end = page + getpagesize();
	for (i = 0; i < ARRAY_SIZE(array); i++) {
		__u64 right = *array[i].pointer;

		*array[i].pointer = (uintptr_t)(end - array[i].size + 1);
		memcpy(end - array[i].size + 1, array[i].from,
		       array[i].size - 1);
		refused(_metadata, self, EFAULT);
		*array[i].pointer = (uintptr_t)(end - array[i].size);
		memcpy(end - array[i].size, array[i].from, array[i].size);
		EXPECT_EQ(0, create(self));
		*array[i].pointer = right;
		m->arg.handle = POISON;
	}
}

/* The largest model there can be. */
TEST_F(models, largest)
{
	size_t cells = XRSCHED_MAX_LAYERS * XRSCHED_MAX_CLASSES, i;
	struct xrsched_variant variants[XRSCHED_MAX_VARIANTS] = {};
	struct xrsched_class class[XRSCHED_MAX_CLASSES] = {};
	struct xrsched_layer *layer = calloc(XRSCHED_MAX_LAYERS,
					     sizeof(*layer));
	struct xrsched_cost *cost = calloc(cells, sizeof(*cost));
	struct model *m = &self->m;

	ASSERT_NE(NULL, layer);
	ASSERT_NE(NULL, cost);
	for (i = 0; i < cells; i++) {
		cost[i].latency_ns = XRSCHED_MAX_LATENCY_NS;
		cost[i].energy_pj = XRSCHED_MAX_ENERGY_PJ;
	}
	for (i = 0; i < XRSCHED_MAX_CLASSES; i++)
		snprintf(class[i].name, XRSCHED_NAME_LEN, "class-%zu", i);
	for (i = 0; i < XRSCHED_MAX_VARIANTS; i++)
		variants[i].nr_layers = XRSCHED_MAX_LAYERS /
				       XRSCHED_MAX_VARIANTS;
	for (i = 1; i <= XRSCHED_MAX_SKIPS; i++)
		layer[i].skip = i;
	for (i = 1; i <= XRSCHED_MAX_EXITS; i++)
		layer[XRSCHED_MAX_SKIPS + i].exit = i;
	m->arg.variants = (uintptr_t)variants;
	m->arg.layers = (uintptr_t)layer;
	m->arg.classes = (uintptr_t)class;
	m->arg.costs = (uintptr_t)cost;
	m->arg.nr_variants = XRSCHED_MAX_VARIANTS;
	m->arg.nr_layers = XRSCHED_MAX_LAYERS;
	m->arg.nr_classes = XRSCHED_MAX_CLASSES;
	EXPECT_EQ(0, create(self));
	EXPECT_EQ(0, model_destroy(self->fd, m->arg.handle));

	/* Looked at to its very end. */
	m->arg.handle = POISON;
	cost[cells - 1].latency_ns = 0;
	refused(_metadata, self, EINVAL);
	free(layer);
	free(cost);
}

TEST_F(models, most)
{
	uint32_t handle[4096], nr, i;

	for (nr = 0; nr < self->before.max_models && nr < 4096; nr++) {
		ASSERT_EQ(0, create(self));
		handle[nr] = self->m.arg.handle;
		for (i = 0; i < nr; i++)
			ASSERT_NE(handle[i], handle[nr]);
	}
	self->m.arg.handle = POISON;
	refused(_metadata, self, ENOSPC);
	/* One goes, one comes. */
	EXPECT_EQ(0, model_destroy(self->fd, handle[nr / 2]));
	EXPECT_EQ(0, create(self));
	self->m.arg.handle = POISON;
	refused(_metadata, self, ENOSPC);
}

/* The memory of all models counts, not only their number. */
TEST_F(models, most_memory)
{
	const char *path = PARAMETERS "max_model_bytes";
	long limit = param_set(path, 4096);
	uint32_t last = 0, nr;

	ASSERT_LT(4096, limit);
	for (nr = 0; !create(self); nr++)
		last = self->m.arg.handle;
	EXPECT_LT(0, nr);
	EXPECT_GT(self->before.max_models, nr);
	self->m.arg.handle = POISON;
	refused(_metadata, self, ENOSPC);
	EXPECT_EQ(0, model_destroy(self->fd, last));
	EXPECT_EQ(0, create(self));
	EXPECT_EQ(4096, param_set(path, limit));
}

/* What was refused at the very end has not used up anything either. */
TEST_F(models, refusals_cost_nothing)
{
	struct xrsched_model_create *arg;
	uint32_t i;

	arg = (void *)page_before_hole(PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, arg);
	*arg = self->m.arg;
	ASSERT_EQ(0, mprotect(arg, getpagesize(), PROT_READ));
	for (i = 0; i <= self->before.max_models; i++)
		ASSERT_EQ(-EFAULT,
			  call(self->fd, XRSCHED_IOC_MODEL_CREATE, arg));
	for (i = 0; i < self->before.max_models; i++)
		ASSERT_EQ(0, create(self));
}

TEST_F(models, destroy)
{
	uint32_t handle;

	ASSERT_EQ(0, create(self));
	handle = self->m.arg.handle;
	EXPECT_EQ(-ENOENT, model_destroy(self->fd, 0));
	EXPECT_EQ(-ENOENT, model_destroy(self->fd, handle + 1));
	EXPECT_EQ(-ENOENT, model_destroy(self->fd, UINT32_MAX));
	EXPECT_EQ(0, model_destroy(self->fd, handle));
	EXPECT_EQ(-ENOENT, model_destroy(self->fd, handle));
	EXPECT_EQ(0, stream_create(self->fd, handle, 0));
	EXPECT_EQ(ENOENT, errno);
}

TEST_F(models, destroy_flags)
{
	struct xrsched_handle arg = {};
	unsigned int bit;

	ASSERT_EQ(0, create(self));
	arg.handle = self->m.arg.handle;
	for (bit = 0; bit < 32; bit++) {
		arg.flags = 1U << bit;
		EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_MODEL_DESTROY,
					&arg));
	}
	EXPECT_EQ(0, model_destroy(self->fd, arg.handle));
}

/* The argument does not say how long it is, so the call's number has to. */
TEST_F(models, destroy_longer)
{
	struct {
		struct xrsched_handle handle;
		uint64_t more;
	} arg = {};

	EXPECT_EQ(-ENOTTY, call(self->fd, _IOC(_IOC_WRITE, XRSCHED_IOC_MAGIC,
					_IOC_NR(XRSCHED_IOC_MODEL_DESTROY),
					sizeof(arg)), &arg));
}

TEST_F(models, destroy_nowhere)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);

	ASSERT_NE(NULL, page);
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_MODEL_DESTROY, NULL));
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_MODEL_DESTROY,
				page + getpagesize() - 4));
}

/* One client's handle is nothing to another. */
TEST_F(models, of_another_client)
{
	int other = open_device();

	ASSERT_LE(0, other);
	ASSERT_EQ(0, create(self));
	EXPECT_EQ(-ENOENT, model_destroy(other, self->m.arg.handle));
	EXPECT_EQ(0, stream_create(other, self->m.arg.handle, 0));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, model_destroy(self->fd, self->m.arg.handle));
	close(other);
}

/* A stream keeps its model. */
TEST_F(models, outlived_by_stream)
{
	struct xrsched_stream_stats stats;
	uint32_t stream;

	ASSERT_EQ(0, create(self));
	stream = stream_create(self->fd, self->m.arg.handle, 0);
	ASSERT_NE(0, stream);
	EXPECT_EQ(0, model_destroy(self->fd, self->m.arg.handle));
	EXPECT_EQ(1, submit_at(self->fd, stream, 0, now_ns() + 900 * SEC));
	EXPECT_EQ(0, stream_stats(self->fd, stream, &stats));
	EXPECT_EQ(1, stats.in_flight);
	EXPECT_EQ(0, stream_destroy(self->fd, stream));
}

TEST_HARNESS_MAIN
