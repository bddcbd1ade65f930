// SPDX-License-Identifier: GPL-2.0-only
/*
 * Models as clients hand them in.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xrsched.h>

#include "module.h"
#include "profile.h"

/* The core's structs and the uapi's are the same, so arrays are copied whole. */
static_assert(sizeof(struct xrs_layer) == sizeof(struct xrsched_layer));
static_assert(offsetof(struct xrs_layer, skip) ==
	      offsetof(struct xrsched_layer, skip));
static_assert(offsetof(struct xrs_layer, pad) ==
	      offsetof(struct xrsched_layer, pad));
static_assert(sizeof(struct xrs_cost) == sizeof(struct xrsched_cost));
static_assert(offsetof(struct xrs_cost, energy_pj) ==
	      offsetof(struct xrsched_cost, energy_pj));
static_assert(sizeof(struct xrsched_class) == XRS_NAME_LEN);
static_assert(XRS_NAME_LEN == XRSCHED_NAME_LEN);
static_assert(XRS_MAX_LAYERS == XRSCHED_MAX_LAYERS);
static_assert(XRS_MAX_VARIANTS == XRSCHED_MAX_VARIANTS);
static_assert(XRS_MAX_CLASSES == XRSCHED_MAX_CLASSES);
static_assert(XRS_LAYER_SIDE == XRSCHED_LAYER_SIDE);

static void profile_uncharge(struct xrs_client *client, size_t bytes)
{
	atomic_long_sub(bytes, &client->user->model_bytes);
	atomic_long_sub(bytes, &client->model_bytes);
}

static int profile_charge(struct xrs_client *client, size_t bytes)
{
	struct xrs_device *dev = client->device;
	int ret = 0;

	/* Two at once may both be refused where one would have been enough. */
	if (atomic_long_add_return(bytes, &client->model_bytes) >
	    xrs_limit(dev, XRS_LIMIT_MODEL_BYTES))
		ret = -ENOSPC;
	if (atomic_long_add_return(bytes, &client->user->model_bytes) >
	    xrs_limit(dev, XRS_LIMIT_USER_MODEL_BYTES) && !client->exempt)
		ret = ret ?: -EDQUOT;
	if (ret)
		profile_uncharge(client, bytes);
	return ret;
}

static void profile_free(struct xrs_profile *profile)
{
	profile_uncharge(profile->client, profile->bytes);
	kvfree(profile->mem);
	kfree(profile);
}

static void profile_release(struct kref *ref)
{
	profile_free(container_of(ref, struct xrs_profile, ref));
}

void xrs_profile_put(struct xrs_profile *profile)
{
	kref_put(&profile->ref, profile_release);
}

/* Memory for a model of the given size, charged to the client. */
static struct xrs_profile *profile_alloc(struct xrs_client *client,
					 const struct xrsched_model_create *arg)
{
	static atomic64_t last_nr = ATOMIC64_INIT(0);
	struct xrs_profile *profile;
	size_t bytes;
	int ret;

	bytes = xrs_model_bytes(arg->nr_variants, arg->nr_layers,
				arg->nr_classes);
	ret = profile_charge(client, bytes);
	if (ret)
		return ERR_PTR(ret);
	profile = kzalloc(sizeof(*profile), GFP_KERNEL_ACCOUNT);
	if (!profile) {
		profile_uncharge(client, bytes);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&profile->ref);
	profile->client = client;
	profile->bytes = bytes;
	profile->mem = kvzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!profile->mem) {
		profile_free(profile);
		return ERR_PTR(-ENOMEM);
	}
	memcpy(profile->name, arg->name, XRS_NAME_LEN);
	xrs_model_layout(&profile->model, profile->mem, arg->nr_variants,
			 arg->nr_layers, arg->nr_classes);
	memcpy(profile->model.name, arg->name, XRS_NAME_LEN);
	profile->model.nr = atomic64_inc_return(&last_nr);
	return profile;
}

static int copy_variants(struct xrs_model *model, u64 uptr)
{
	struct xrsched_variant variants[XRSCHED_MAX_VARIANTS];
	u32 i;

	if (copy_from_user(variants, u64_to_user_ptr(uptr),
			   model->nr_variants * sizeof(*variants)))
		return -EFAULT;
	for (i = 0; i < model->nr_variants; i++) {
		if (variants[i].pad)
			return -EINVAL;
		model->variant[i].nr_layers = variants[i].nr_layers;
		model->variant[i].input_bytes = variants[i].input_bytes;
		model->variant[i].accuracy_ppm = variants[i].accuracy_ppm;
	}
	return 0;
}

/* Into the model's own memory, to be validated there. */
static int copy_arrays(struct xrs_model *model,
		       const struct xrsched_model_create *arg)
{
	size_t cells = (size_t)model->nr_layers * model->nr_classes;

	if (copy_from_user(model->layer, u64_to_user_ptr(arg->layers),
			   model->nr_layers * sizeof(*model->layer)) ||
	    copy_from_user(model->class_name, u64_to_user_ptr(arg->classes),
			   model->nr_classes * sizeof(*model->class_name)) ||
	    copy_from_user(model->cost, u64_to_user_ptr(arg->costs),
			   cells * sizeof(*model->cost)))
		return -EFAULT;
	return copy_variants(model, arg->variants);
}

static int profile_publish(struct xrs_client *client,
			   struct xrs_profile *profile, u32 *handle)
{
	int ret = -ENOSPC;

	mutex_lock(&client->lock);
	if (client->nr_models >= xrs_limit(client->device, XRS_LIMIT_MODELS))
		goto unlock;
	ret = xa_alloc_cyclic(&client->models, handle, profile,
			      XA_LIMIT(1, INT_MAX), &client->next_model,
			      GFP_KERNEL_ACCOUNT);
	if (ret < 0)
		goto unlock;
	profile->handle = *handle;
	client->nr_models++;
	ret = 0;
unlock:
	mutex_unlock(&client->lock);
	return ret;
}

int xrs_profile_create(struct xrs_client *client,
		       struct xrsched_model_create *arg)
{
	struct xrs_profile *profile;
	int ret;

	if (arg->flags || !xrs_name_valid(arg->name) ||
	    !arg->nr_variants || arg->nr_variants > XRSCHED_MAX_VARIANTS ||
	    !arg->nr_layers || arg->nr_layers > XRSCHED_MAX_LAYERS ||
	    !arg->nr_classes || arg->nr_classes > XRSCHED_MAX_CLASSES)
		return -EINVAL;
	profile = profile_alloc(client, arg);
	if (IS_ERR(profile))
		return PTR_ERR(profile);
	ret = copy_arrays(&profile->model, arg);
	if (!ret)
		ret = xrs_model_seal(&profile->model);
	if (!ret)
		ret = profile_publish(client, profile, &arg->handle);
	if (ret)
		xrs_profile_put(profile);
	return ret;
}

int xrs_profile_destroy(struct xrs_client *client, u32 handle)
{
	struct xrs_profile *profile;

	mutex_lock(&client->lock);
	profile = xa_erase(&client->models, handle);
	if (profile)
		client->nr_models--;
	mutex_unlock(&client->lock);
	if (!profile)
		return -ENOENT;
	xrs_profile_put(profile);
	return 0;
}

void xrs_profile_close_all(struct xrs_client *client)
{
	struct xrs_profile *profile;
	unsigned long handle;

	xa_for_each(&client->models, handle, profile) {
		xa_erase(&client->models, handle);
		xrs_profile_put(profile);
	}
}
