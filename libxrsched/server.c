// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Engines that are a process: the calls of <linux/xrsched_server.h>.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <xrsched/server.h>

#include "internal.h"

#define DEFAULT_PATH "/dev/xrsched0"

/**
 * struct queue - A queue of a server
 * @engine: number of its engine
 * @seq: layer that has to be answered, 0: none
 * @nr_buffers: buffers that are open for it
 * @buffer: their file descriptors
 */
struct queue {
	uint32_t engine;
	uint64_t seq;
	uint32_t nr_buffers;
	int buffer[XRSCHED_SERVER_MAX_BUFFERS];
};

/**
 * struct xrsched_server - A server
 * @fd: its file
 * @map: slots of its queues
 * @map_bytes: size of the mapping
 * @slot_bytes: from one slot to the next
 * @nr: number of queues
 * @queue: the queues
 */
struct xrsched_server {
	int fd;
	const unsigned char *map;
	size_t map_bytes;
	uint32_t slot_bytes;
	uint32_t nr;
	struct queue queue[XRSCHED_SERVER_MAX_QUEUES];
};

static const struct xrsched_server_slot *slot_of(const struct xrsched_server *s,
						 unsigned int queue)
{
	return (const void *)(s->map + (size_t)queue * s->slot_bytes);
}

static int fill_name(char *name, const char *text)
{
	if (!text)
		return 0;
	if (strlen(text) >= XRSCHED_NAME_LEN)
		return -EINVAL;
	strcpy(name, text);
	return 0;
}

/* Turns the device's file into a server's. */
static int serve(struct xrsched_server *s, const char *path,
		 struct xrsched_serve *arg)
{
	int ret = 0;
	int fd = open(path ? path : DEFAULT_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, XRSCHED_IOC_SERVE, arg) < 0)
		ret = -errno;
	/* The server's own file keeps all that is needed. */
	close(fd);
	if (ret)
		return ret;
	s->fd = arg->fd;
	s->nr = arg->queues;
	s->slot_bytes = arg->slot_bytes;
	s->map_bytes = arg->map_bytes;
	for (uint32_t i = 0; i < s->nr; i++)
		s->queue[i].engine = arg->engine[i];
	return 0;
}

XRSCHED_API int xrsched_server_open(const struct xrsched_server_opts *opts,
				    struct xrsched_server **server)
{
	struct xrsched_serve arg = { .size = sizeof(arg) };
	struct xrsched_server_opts o;
	struct xrsched_server *s;
	void *map;
	int ret;

	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (ret)
		return ret;
	if (o.flags || o.pad || !o.class_name ||
	    fill_name(arg.class_name, o.class_name) ||
	    fill_name(arg.name, o.name))
		return -EINVAL;
	arg.queues = o.queues ? o.queues : 1;
	arg.pes = o.pes;
	arg.watchdog_ms = o.watchdog_ms;
	s = calloc(1, sizeof(*s));
	if (!s)
		return -ENOMEM;
	ret = serve(s, o.path, &arg);
	if (ret)
		goto err_free;
	map = mmap(NULL, s->map_bytes, PROT_READ, MAP_SHARED, s->fd, 0);
	if (map == MAP_FAILED) {
		ret = -errno;
		goto err_close;
	}
	s->map = map;
	*server = s;
	return 0;

err_close:
	close(s->fd);
err_free:
	free(s);
	return ret;
}

static void close_buffers(struct queue *q)
{
	for (uint32_t i = 0; i < q->nr_buffers; i++)
		if (q->buffer[i] >= 0)
			close(q->buffer[i]);
	q->nr_buffers = 0;
}

XRSCHED_API void xrsched_server_close(struct xrsched_server *s)
{
	if (!s)
		return;
	for (uint32_t i = 0; i < s->nr; i++)
		close_buffers(&s->queue[i]);
	munmap((void *)s->map, s->map_bytes);
	close(s->fd);
	free(s);
}

XRSCHED_API int xrsched_server_fd(const struct xrsched_server *s)
{
	return s->fd;
}

XRSCHED_API unsigned int xrsched_server_queues(const struct xrsched_server *s)
{
	return s->nr;
}

XRSCHED_API int xrsched_server_engine(const struct xrsched_server *s,
				      unsigned int queue)
{
	return queue < s->nr ? (int)s->queue[queue].engine : -EINVAL;
}

static void copy_layer(struct xrsched_server_layer *layer,
		       const struct xrsched_server_slot *slot,
		       const struct queue *q)
{
	*layer = (struct xrsched_server_layer){
		.seq = slot->seq,
		.frame = slot->frame,
		.cookie = slot->cookie,
		.client = slot->client,
		.stream = slot->stream,
		.model = slot->model,
		.layer = slot->layer,
		.variant = slot->variant,
		.flags = slot->flags,
		.deadline_ns = slot->deadline_ns,
		.dispatch_ns = slot->dispatch_ns,
		.expected_ns = slot->expected_ns,
		.limit_ns = slot->limit_ns,
		.nr_buffers = q->nr_buffers,
	};
	memcpy(layer->model_name, slot->model_name, sizeof(layer->model_name));
	memcpy(layer->buffer, q->buffer, sizeof(layer->buffer));
}

/* The call; an answer to the queue's layer, if @result is not NULL. */
static int call_next(struct xrsched_server *s, unsigned int queue,
		     const struct xrsched_server_result *result, uint32_t flags,
		     uint64_t timeout_ns)
{
	struct queue *q = &s->queue[queue];
	struct xrsched_server_args arg = {
		.size = sizeof(arg),
		.flags = flags,
		.queue = queue,
		.timeout_ns = timeout_ns,
		.buffers = (uintptr_t)q->buffer,
		.max_buffers = XRSCHED_SERVER_MAX_BUFFERS,
	};

	if (result) {
		arg.flags |= XRSCHED_NEXT_COMMIT;
		arg.seq = q->seq;
		arg.status = result->status;
		arg.busy_ns = result->busy_ns;
		arg.energy_pj = result->energy_pj;
		close_buffers(q);
	}
	if (ioctl(s->fd, XRSCHED_IOC_SERVER_NEXT, &arg) < 0)
		return -errno;
	if (arg.flags & XRSCHED_NEXT_FETCH) {
		q->seq = arg.seq;
		q->nr_buffers = arg.nr_buffers;
	}
	return 0;
}

static int fetch(struct xrsched_server *s, unsigned int queue,
		 const struct xrsched_server_result *result,
		 struct xrsched_server_layer *layer, uint64_t timeout_ns)
{
	uint32_t flags = XRSCHED_NEXT_FETCH | XRSCHED_NEXT_BUFFERS;
	struct queue *q = &s->queue[queue];
	bool lost = false;
	int ret;

	if (timeout_ns == 1)
		flags |= XRSCHED_NEXT_NOWAIT;
	ret = call_next(s, queue, result, flags, timeout_ns);
	if (ret == -ESTALE && result) {
		lost = true;
		q->seq = 0;
		ret = call_next(s, queue, NULL, flags, timeout_ns);
	}
	if (ret == -ETIMEDOUT || ret == -EAGAIN || ret == -EINTR)
		q->seq = 0;
	if (!ret) {
		copy_layer(layer, slot_of(s, queue), q);
		layer->lost = lost;
	}
	return ret;
}

XRSCHED_API int xrsched_server_fetch_sized(struct xrsched_server *s,
					   unsigned int queue,
					   struct xrsched_server_layer *layer,
					   uint64_t timeout_ns, size_t size)
{
	struct xrsched_server_layer ours;
	int ret;

	if (queue >= s->nr)
		return -EINVAL;
	/* Nobody answers any more what was lost: its buffers are of no use. */
	if (xrsched_server_lost(s, queue))
		close_buffers(&s->queue[queue]);
	ret = fetch(s, queue, NULL, &ours, timeout_ns);
	if (!ret)
		xrsched_give_sized(layer, size, &ours, sizeof(ours));
	return ret;
}

/*
 * Copies an answer.  Of what the kernel would refuse, the layer's buffers are
 * needed still.
 */
static int get_answer(const struct xrsched_server *s, unsigned int queue,
		      struct xrsched_server_result *ours,
		      const struct xrsched_server_result *theirs, size_t size)
{
	int ret = xrsched_copy_sized(ours, sizeof(*ours), theirs, size);

	if (ret)
		return ret;
	return queue < s->nr && s->queue[queue].seq && !ours->pad &&
			       ours->status <= XRSCHED_LAYER_REFUSED
		       ? 0
		       : -EINVAL;
}

XRSCHED_API int
xrsched_server_next_sized(struct xrsched_server *s, unsigned int queue,
			  const struct xrsched_server_result *result,
			  size_t result_size,
			  struct xrsched_server_layer *layer, size_t layer_size,
			  uint64_t timeout_ns)
{
	struct xrsched_server_result answer;
	struct xrsched_server_layer ours;
	int ret = get_answer(s, queue, &answer, result, result_size);

	if (ret)
		return ret;
	ret = fetch(s, queue, &answer, &ours, timeout_ns);
	if (!ret)
		xrsched_give_sized(layer, layer_size, &ours, sizeof(ours));
	return ret;
}

XRSCHED_API int
xrsched_server_commit_sized(struct xrsched_server *s, unsigned int queue,
			    const struct xrsched_server_result *result,
			    size_t size)
{
	struct xrsched_server_result answer;
	int ret = get_answer(s, queue, &answer, result, size);

	if (ret)
		return ret;
	ret = call_next(s, queue, &answer, 0, 0);
	if (!ret || ret == -ESTALE)
		s->queue[queue].seq = 0;
	return ret;
}

XRSCHED_API bool xrsched_server_lost(const struct xrsched_server *s,
				     unsigned int queue)
{
	const struct xrsched_server_slot *slot;

	if (queue >= s->nr || !s->queue[queue].seq)
		return false;
	slot = slot_of(s, queue);
	return __atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) !=
	       XRSCHED_SLOT_OWNED;
}
