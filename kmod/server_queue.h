/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of a server know of each other: its file (server.c), what it
 * asks for (server_queue.c), and the engines that it is (engine_server.c).
 */

/**
 * DOC: Servers
 *
 * A server is a file with up to XRSCHED_SERVER_MAX_QUEUES queues, each of which
 * is an engine.  A queue has one slot; who owns it, its state says:
 *
 *	PARKED	nobody has asked for a layer
 *	ARMED	somebody has, or the last answer did; on dispatch: READY
 *	READY	a layer waits to be fetched; then: OWNED
 *	OWNED	the server has it; answered: ARMED, or PARKED if it asks for no
 *		other; taken away: LOST
 *	LOST	the server has yet to come back from it, by an answer that is too
 *		late or by asking again: PARKED
 *
 * A layer that is lost has the engine reset, which for a process means that it
 * comes back.  It is waited for as long again as it had for the layer; so long
 * the engine is up, and jobs that only it can run wait.  Whoever is back by then
 * has been reset; at that moment, and no other, it is judged who is not.
 *
 * The slot is mapped by the server, read-only, so nothing that it does there
 * can be seen here.  States change under xrs_device::lock.  The file holds its
 * engines, and these point back to it; on its release they leave the device
 * first.  So a server that dies, however it does, ends there.
 */
#ifndef XRS_SERVER_QUEUE_H
#define XRS_SERVER_QUEUE_H

#include <linux/wait.h>
#include <linux/xrsched_server.h>

struct xrs_device;
struct xrs_engine_dev;

/**
 * struct xrs_server_queue - A queue
 * @engine: its engine, with a reference; constant once the file exists
 * @slot: its slot, which the server sees; written under xrs_device::lock
 * @state: enum xrsched_slot_state; xrs_device::lock
 * @seq: number of the last layer that was in the slot; xrs_device::lock
 * @waiting: somebody waits for a layer; xrs_device::lock
 * @wait: who does
 */
struct xrs_server_queue {
	struct xrs_engine_dev *engine;
	struct xrsched_server_slot *slot;
	u32 state;
	u64 seq;
	bool waiting;
	wait_queue_head_t wait;
};

/**
 * struct xrs_server - A file that is engines
 * @device: with a reference
 * @slots: what is mapped
 * @bytes: its size
 * @poll: who polls
 * @nr: number of queues
 * @queue: the queues
 */
struct xrs_server {
	struct xrs_device *device;
	void *slots;
	size_t bytes;
	wait_queue_head_t poll;
	u32 nr;
	struct xrs_server_queue queue[];
};

/**
 * struct xrs_server_arg - What the provider has to know of an engine
 * @server: the server
 * @queue: number of the queue
 */
struct xrs_server_arg {
	struct xrs_server *server;
	u32 queue;
};

/** xrs_server_set_state() - whose the slot is from now on */
static inline void xrs_server_set_state(struct xrs_server_queue *queue,
					u32 state)
{
	queue->state = state;
	/* The rest of the slot comes before its state. */
	smp_store_release(&queue->slot->state, state);
}

/** xrs_server_park() - tell the core whether somebody wants layers */
void xrs_server_park(struct xrs_server_queue *queue, bool parked);

/**
 * xrs_server_next() - XRSCHED_IOC_SERVER_NEXT
 * @server: the server
 * @arg: the call; all but @arg->size is checked here, the answer filled in
 * @uarg: where the answer goes to
 *
 * Return: 0, or as struct xrsched_server_args says.
 */
int xrs_server_next(struct xrs_server *server, struct xrsched_server_args *arg,
		    void __user *uarg);

#endif /* XRS_SERVER_QUEUE_H */
