/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside the library: the two back ends behind one handle.
 */
#ifndef XRSCHED_INTERNAL_H
#define XRSCHED_INTERNAL_H

#include <stddef.h>

#include <xrsched/xrsched.h>

/* Part of the library's interface; all else is hidden. */
#define XRSCHED_API __attribute__((visibility("default")))

/* Of struct xrsched_advice, as it was at first; later ones are larger. */
#define ADVICE_SIZE_VER0 80

#define ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/**
 * struct xrsched_ops - A back end
 *
 * Every member is what the public function of its name is, with "_sized" where
 * there is one; @size is that of the caller's struct, which @advise finds in
 * there.  Arguments that do not depend on the back end were checked already.
 */
struct xrsched_ops {
	void (*close)(struct xrsched *x);
	int (*fd)(const struct xrsched *x);
	uint64_t (*now)(struct xrsched *x);
	int (*get_caps)(struct xrsched *x, struct xrsched_caps *caps,
			size_t size);
	int (*model_create)(struct xrsched *x,
			    struct xrsched_model_create *model, size_t size);
	int (*model_destroy)(struct xrsched *x, uint32_t model);
	int (*stream_create)(struct xrsched *x,
			     struct xrsched_stream_create *stream, size_t size);
	int (*stream_destroy)(struct xrsched *x, uint32_t stream);
	int (*stream_stats)(struct xrsched *x, uint32_t stream,
			    struct xrsched_stream_stats *stats, size_t size);
	int (*advise)(struct xrsched *x, struct xrsched_advice *advice);
	int (*submit)(struct xrsched *x, struct xrsched_job *jobs,
		      unsigned int nr, unsigned int flags, uint64_t timeout_ns,
		      size_t size);
	int (*wait)(struct xrsched *x, struct xrsched_completion *completions,
		    unsigned int max, unsigned int min, uint64_t timeout_ns,
		    size_t size);
	int (*cancel)(struct xrsched *x, uint32_t stream, uint64_t frame,
		      unsigned int flags);
	int (*engine_add)(struct xrsched *x, const char *name,
			  const char *class_name, uint32_t pes,
			  uint64_t bytes_per_us, struct xrsched_error *error);
	int (*engine_remove)(struct xrsched *x, uint32_t id,
			     struct xrsched_error *error);
	int (*engines_get)(struct xrsched *x, struct xrsched_engine *engines,
			   unsigned int max);
	int (*policy_set)(struct xrsched *x,
			  const struct xrsched_policy_spec *spec,
			  struct xrsched_error *error);
	int (*policy_get)(struct xrsched *x, struct xrsched_policy_spec *spec);
	int (*device_stats)(struct xrsched *x,
			    struct xrsched_device_stats *stats);
};

/**
 * struct xrsched - First member of a back end's own handle
 * @ops: the back end
 */
struct xrsched {
	const struct xrsched_ops *ops;
};

extern const struct xrsched_ops xrsched_device_ops;
extern const struct xrsched_ops xrsched_sim_ops;

/* Copies an extensible struct of the caller's into one of ours, see xrsched.c. */
int xrsched_copy_opts(void *ours, size_t our_size, const void *theirs);

/* The same of a struct of @size bytes that does not begin with its size. */
int xrsched_copy_sized(void *ours, size_t our_size, const void *theirs,
		       size_t size);

/* Copies a struct of ours into the caller's, which is filled up with zero. */
void xrsched_give_sized(void *theirs, size_t size, const void *ours,
			size_t our_size);

/* Writes @error if there is one, and returns @ret. */
int xrsched_fail(struct xrsched_error *error, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* XRSCHED_INTERNAL_H */
