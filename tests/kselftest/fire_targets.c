// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who is fired at: clients that keep books of their jobs, and servers.
 */
#include <xrsched/server.h>

#include "fire.h"

/* ----- clients ----------------------------------------------------------- */

/**
 * struct client - A client's books
 * @seen: jobs whose end was seen
 * @sent: jobs accepted
 * @ended: jobs whose end was seen
 * @outcome: the same by outcome
 */
struct client {
	int fd;
	uint32_t stream;
	unsigned char seen[MAX_JOBS];
	unsigned int sent;
	unsigned int ended;
	unsigned long outcome[5];
};

static int die(const char *why, long what)
{
	printf("# client: %s (%ld)\n", why, what);
	fflush(stdout);
	return 3;
}

static int send_some(struct client *c)
{
	struct xrsched_job job[BATCH];
	unsigned int i, nr = 1 + roll(BATCH);
	uint64_t release_ns = now_ns();
	int ret;

	if (nr > nr_jobs - c->sent)
		nr = nr_jobs - c->sent;
	for (i = 0; i < nr; i++) {
		job_init(&job[i], c->stream, c->sent + i);
		job[i].cookie = c->sent + i;
		/* From what nobody can meet to what everybody can. */
		job[i].release_ns = release_ns;
		job[i].deadline_ns = release_ns + (1 + roll(400)) * MSEC;
	}
	ret = submit(c->fd, job, nr);
	if (ret == -EAGAIN)
		return 0;
	if (ret < 0)
		return die("submit", ret);
	c->sent += ret;
	if (!roll(8))
		cancel(c->fd, c->stream, c->sent - 1, 0);
	return 0;
}

static int take_some(struct client *c)
{
	struct xrsched_completion done[64];
	unsigned int max = c->sent - c->ended;
	int i, nr;

	nr = wait_until(c->fd, done, max < 64 ? max : 64, max > 8 ? 8 : max,
			now_ns() + 60 * SEC);
	if (nr < 0)
		return die("no job ends", nr);
	for (i = 0; i < nr; i++) {
		if (done[i].cookie >= c->sent)
			return die("a job that nobody sent", done[i].cookie);
		if (c->seen[done[i].cookie]++)
			return die("a job twice", done[i].cookie);
		if (done[i].outcome < 1 || done[i].outcome > 4)
			return die("an outcome there is not", done[i].outcome);
		c->outcome[done[i].outcome]++;
	}
	c->ended += nr;
	return 0;
}

static int books_agree(struct client *c)
{
	struct xrsched_stream_stats s;

	if (stream_stats(c->fd, c->stream, &s))
		return die("no statistics", 0);
	if (s.submitted != nr_jobs || s.in_flight)
		return die("jobs in flight", s.in_flight);
	if (s.completed != c->outcome[XRSCHED_COMPLETED] ||
	    s.dropped != c->outcome[XRSCHED_DROPPED] ||
	    s.cancelled != c->outcome[XRSCHED_CANCELLED] ||
	    s.failed != c->outcome[XRSCHED_FAILED] ||
	    s.submitted != s.completed + s.dropped + s.cancelled + s.failed)
		return die("the books do not agree", s.completed);
	return 0;
}

int client(struct place *p)
{
	struct client c = { .fd = open_device() };
	uint64_t begin = now_ns() + roll(BATCH) * frame_ns();
	int i, ret = 0;

	if (c.fd < 0)
		return die("open", c.fd);
	c.stream = stream_create(c.fd,
				 model_create(c.fd, 1 + roll(3),
					      (20 + roll(200)) * USEC), 0);
	if (!c.stream)
		return die("no stream", 0);
	while (!ret && c.ended < nr_jobs) {
		if (c.sent < nr_jobs) {
			wait_for(begin + c.sent * frame_ns());
			ret = send_some(&c);
		}
		if (!ret && c.sent > c.ended)
			ret = take_some(&c);
	}
	if (!ret)
		ret = books_agree(&c);
	if (ret)
		return ret;
	p->jobs += nr_jobs;
	for (i = 0; i < 5; i++)
		p->outcome[i] += c.outcome[i];
	return 0;
}

/* ----- servers ----------------------------------------------------------- */

/* Executes layers by sleeping; now and then it fails, or forgets to answer. */
int serve(void)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.watchdog_ms = 20,
	};
	struct xrsched_server_result result = {};
	struct xrsched_server_layer layer;
	struct xrsched_server *s;
	int ret = xrsched_server_open(&opts, &s);

	if (ret)
		return ret == -ENOSPC ? 0 : 1;
	ret = xrsched_server_fetch(s, 0, &layer, 0);
	while (!ret || ret == -EINTR) {
		unsigned int luck = roll(100);

		sleep_ns(luck ? layer.expected_ns : 100 * MSEC);
		result.status = luck == 1 ? XRSCHED_LAYER_ERROR :
					    XRSCHED_LAYER_DONE;
		result.energy_pj = LAYER_PJ;
		ret = xrsched_server_next(s, 0, &result, &layer, 0);
	}
	return ret == -ENODEV ? 0 : 1;
}
