// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of backends, and how large things are.
 */
#include <string.h>

#include "compute.h"

const struct compute_backend *const compute_backends[] = {
	&compute_dnnl,
	&compute_ref,
	NULL,
};

const struct compute_backend *compute_find(const char *name)
{
	for (unsigned int i = 0; compute_backends[i]; i++)
		if (!strcmp(compute_backends[i]->name, name))
			return compute_backends[i];
	return NULL;
}

size_t compute_inputs(const struct compute_shape *s)
{
	return (size_t)s->batch * s->y * s->x * s->c;
}

size_t compute_outputs(const struct compute_shape *s)
{
	return (size_t)s->batch * s->out_y * s->out_x * s->k;
}

size_t compute_weights(const struct compute_shape *s)
{
	if (s->kind == COMPUTE_POOL)
		return 0;
	return (size_t)s->k * (s->c / s->groups) * s->r * s->s;
}
