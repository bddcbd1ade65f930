// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that make no sense, most of them nearly right: ioctls, rings, mappings
 * and netlink, by processes without privileges, beside a client that behaves.
 *
 * usage: fuzz [--calls NR] [--seed NR] [--processes NR] [--limit SECONDS]
 *
 * TAP; the seed is printed, and gives the same calls again as far as they do not
 * depend on what the kernel has answered before.  tests/stress/fuzz.sh runs it
 * on a module of two devices: the client that behaves is on the first with an
 * engine of its own, and what root may do (netlink) is done to the second.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/xrsched.h>
#include <linux/xrsched_netlink.h>
#include <linux/xrsched_record.h>
#include <linux/xrsched_server.h>

#include <xrsched/control.h>
#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#define MAX_FILES	6	/* of each kind that a process has open */
#define MAX_PROCESSES	8
#define NOBODY		65534
#define GOOD_CLASS	"good"
#define BATCH		16

/**
 * struct shared - What the processes tell each other
 * @calls: how many were made, by process.
 * @errors: how often each errno was seen.
 * @good: jobs of the client that behaves that completed.
 * @bad: what was wrong with its completions.
 * @stop: it shall end.
 */
struct shared {
	uint64_t calls[MAX_PROCESSES];
	uint64_t errors[256];
	uint64_t good;
	uint64_t bad;
	bool stop;
};

static struct shared *shared;

/**
 * struct map - Memory of a file
 * @at: where.
 * @size: how much.
 */
struct map {
	char *at;
	size_t size;
};

/**
 * struct fuzz - A process that makes calls
 * @x: state of its numbers.
 * @nr: its number.
 * @client: files of the devices.
 * @file: files that calls gave, of whatever kind.
 * @map: their memory.
 * @netlink: its socket.
 * @family: number of the family.
 * @memory: what pointers point to: to be written to …
 * @read_only: … not to be written to, followed by nothing.
 */
struct fuzz {
	uint64_t x;
	unsigned int nr;
	int client[MAX_FILES];
	int file[MAX_FILES];
	struct map map[MAX_FILES];
	int netlink;
	uint16_t family;
	char *memory;
	char *read_only;
};

#define MEMORY 65536

/* ----- numbers ----------------------------------------------------------- */

static uint64_t number(struct fuzz *f)
{
	f->x ^= f->x << 13;
	f->x ^= f->x >> 7;
	f->x ^= f->x << 17;
	return f->x * 0x2545F4914F6CDD1DULL;
}

static unsigned int below(struct fuzz *f, unsigned int end)
{
	return (number(f) >> 32) % end;
}

/* Numbers that are at the edge of something. */
static uint64_t edge(struct fuzz *f)
{
	switch (below(f, 8)) {
	case 0: return 0;
	case 1: return below(f, 8);
	case 2: return 1ULL << below(f, 64);
	case 3: return (1ULL << below(f, 64)) - 1;
	case 4: return UINT64_MAX - below(f, 4);
	case 5: return (uint64_t)UINT32_MAX - below(f, 4);
	case 6: return (uintptr_t)f->memory + below(f, MEMORY);
	default: return number(f);
	}
}

static uint64_t pointer(struct fuzz *f)
{
	switch (below(f, 24)) {
	case 0: return 0;
	case 1: return edge(f);
	case 2: return (uintptr_t)f->read_only + below(f, 4096);
	/* The memory of a ring, which changes under the kernel's eyes. */
	case 3: return (uintptr_t)f->map[below(f, MAX_FILES)].at;
	case 4: return (uintptr_t)f->memory + below(f, MEMORY);
	default: return (uintptr_t)f->memory + 4096 + 8 * below(f, 4096);
	}
}

/* Makes something wrong with one of @size bytes, or with nothing. */
static void mutate(struct fuzz *f, void *data, size_t size)
{
	unsigned int i, nr = below(f, 4);
	uint64_t value;

	for (i = 0; i < nr; i++) {
		value = edge(f);
		switch (below(f, 3)) {
		case 0:
			memcpy((char *)data + 4 * below(f, size / 4), &value, 4);
			break;
		case 1:
			((char *)data)[below(f, size)] = value;
			break;
		default:
			memcpy((char *)data + 8 * below(f, size / 8), &value, 8);
		}
	}
}

static uint32_t handle(struct fuzz *f)
{
	return below(f, 12);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* ----- calls ------------------------------------------------------------- */

/* Counts a call; what failed, too. */
static int seen(struct fuzz *f, long ret)
{
	shared->calls[f->nr]++;
	if (ret >= 0)
		return ret;
	__atomic_add_fetch(&shared->errors[errno & 255], 1, __ATOMIC_RELAXED);
	return -1;
}

static void keep_file(struct fuzz *f, int fd)
{
	unsigned int at = below(f, MAX_FILES);

	if (f->map[at].at != MAP_FAILED && f->map[at].at) {
		munmap(f->map[at].at, f->map[at].size);
		f->map[at].at = NULL;
	}
	if (f->file[at] >= 0)
		close(f->file[at]);
	f->file[at] = fd;
}

/* The call by its number, now and then by one that is nearly so. */
static unsigned long nearly(struct fuzz *f, unsigned long cmd)
{
	switch (below(f, 40)) {
	case 0: return cmd ^ (1UL << below(f, 32));
	case 1: return number(f);
	case 2: return (cmd & ~0xffUL) | below(f, 64);
	default: return cmd;
	}
}

/* One that is open; limits may have kept some from it. */
static int client(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->client[(at + i) % MAX_FILES] >= 0)
			return f->client[(at + i) % MAX_FILES];
	return -1;
}

/* One that some call gave and that is open, or one of a device. */
static int other_file(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->file[(at + i) % MAX_FILES] >= 0)
			return f->file[(at + i) % MAX_FILES];
	return client(f);
}

static int do_call(struct fuzz *f, int fd, unsigned long cmd, void *arg,
		   size_t size)
{
	mutate(f, arg, size);
	if (!below(f, 64))
		arg = (void *)pointer(f);
	return seen(f, ioctl(fd, nearly(f, cmd), arg));
}

static void fuzz_model(struct fuzz *f)
{
	struct xrsched_variant *variant = (void *)(f->memory + 16384);
	struct xrsched_class *class = (void *)(f->memory + 20480);
	struct xrsched_layer *layer = (void *)(f->memory + 24576);
	struct xrsched_cost *cost = (void *)(f->memory + 28672);
	unsigned int i, layers = 1 + below(f, 6);
	struct xrsched_model_create arg = {
		.size = sizeof(arg),
		.name = "fuzz",
		.variants = (uintptr_t)variant,
		.layers = (uintptr_t)layer,
		.classes = (uintptr_t)class,
		.costs = (uintptr_t)cost,
		.nr_variants = 1,
		.nr_layers = layers,
		.nr_classes = 1,
	};

	memset(variant, 0, sizeof(*variant));
	variant->nr_layers = layers;
	memset(class, 0, sizeof(*class));
	strcpy(class->name, "fuzz");
	for (i = 0; i < layers; i++) {
		layer[i] = (struct xrsched_layer){ .out_bytes = 16 };
		cost[i].latency_ns = 1 + below(f, 20000);
		cost[i].energy_pj = 1000;
	}
	mutate(f, variant, sizeof(*variant));
	mutate(f, layer, layers * sizeof(*layer));
	mutate(f, cost, layers * sizeof(*cost));
	if (!below(f, 8))
		mutate(f, class, sizeof(*class));
	/* The engine of the client that behaves is not to be used up. */
	if (!memcmp(class->name, GOOD_CLASS, sizeof(GOOD_CLASS)))
		class->name[0] = 'f';
	do_call(f, client(f), XRSCHED_IOC_MODEL_CREATE, &arg, sizeof(arg));
}

static void fuzz_stream(struct fuzz *f)
{
	struct xrsched_stream_create arg = {
		.size = sizeof(arg),
		.name = "fuzz",
		.model = handle(f),
		.upstream = below(f, 4) ? 0 : handle(f),
		.period_ns = 1000 + below(f, 1000000),
		.deadline_ns = below(f, 10000000),
	};

	do_call(f, client(f), XRSCHED_IOC_STREAM_CREATE, &arg, sizeof(arg));
}

static void fuzz_handle(struct fuzz *f)
{
	struct xrsched_handle arg = { .handle = handle(f) };

	do_call(f, client(f),
		below(f, 2) ? XRSCHED_IOC_MODEL_DESTROY :
			      XRSCHED_IOC_STREAM_DESTROY,
		&arg, sizeof(arg));
}

static void fill_job(struct fuzz *f, struct xrsched_job *job)
{
	static uint64_t frame;

	memset(job, 0, sizeof(*job));
	job->stream = handle(f);
	job->frame = ++frame;
	job->cookie = number(f);
	if (below(f, 2))
		job->release_ns = now_ns() + below(f, 1000000);
	if (!below(f, 4))
		mutate(f, job, sizeof(*job));
}

static void fuzz_submit(struct fuzz *f)
{
	struct xrsched_job *job = (void *)(f->memory + 32768);
	unsigned int i, nr = 1 + below(f, 8);
	struct xrsched_submit arg = {
		.size = sizeof(arg),
		.jobs = (uintptr_t)job,
		.nr = nr,
		.stride = sizeof(*job),
		.flags = !below(f, 4),
		.timeout_ns = 1,
	};

	for (i = 0; i < nr; i++)
		fill_job(f, &job[i]);
	if (!below(f, 16))
		arg.jobs = pointer(f);
	do_call(f, client(f), XRSCHED_IOC_SUBMIT, &arg, sizeof(arg));
}

static void fuzz_wait(struct fuzz *f)
{
	struct xrsched_wait arg = {
		.size = sizeof(arg),
		.completions = pointer(f),
		.max = 1 + below(f, 32),
		.stride = sizeof(struct xrsched_completion),
		.timeout_ns = 1,
	};

	do_call(f, client(f), XRSCHED_IOC_WAIT, &arg, sizeof(arg));
}

static void fuzz_small(struct fuzz *f)
{
	struct xrsched_cancel cancel = {
		.size = sizeof(cancel),
		.stream = handle(f),
		.flags = below(f, 2),
	};
	struct xrsched_stream_stats stats = {
		.size = sizeof(stats),
		.stream = handle(f),
	};
	struct xrsched_caps caps = { .size = sizeof(caps) };

	switch (below(f, 3)) {
	case 0:
		do_call(f, client(f), XRSCHED_IOC_CANCEL, &cancel,
			sizeof(cancel));
		break;
	case 1:
		do_call(f, client(f), XRSCHED_IOC_STREAM_STATS, &stats,
			sizeof(stats));
		break;
	default:
		do_call(f, client(f), XRSCHED_IOC_CAPS, &caps, sizeof(caps));
	}
}

static void try_map(struct fuzz *f, size_t size)
{
	unsigned int at = below(f, MAX_FILES);
	int prot = below(f, 8) ? PROT_READ | PROT_WRITE : (int)below(f, 8);
	int flags = below(f, 16) ? MAP_SHARED : MAP_PRIVATE;
	off_t offset = below(f, 8) ? 0 : (off_t)(edge(f) & ~4095ULL);
	void *map;

	if (!size || !below(f, 8))
		size = (1 + below(f, 16)) * 4096;
	if (f->file[at] < 0)
		return;
	map = mmap(NULL, size, prot, flags, f->file[at], offset);
	seen(f, map == MAP_FAILED ? -1 : 0);
	if (map == MAP_FAILED)
		return;
	/* What can be written to only, if all of it can. */
	if (prot != (PROT_READ | PROT_WRITE) || f->map[at].at) {
		munmap(map, size);
		return;
	}
	f->map[at].at = map;
	f->map[at].size = size;
}

static void fuzz_ring_setup(struct fuzz *f)
{
	struct xrsched_ring_setup arg = {
		.size = sizeof(arg),
		.flags = below(f, 16) ? 0 : XRSCHED_RING_POLL,
		.sq_entries = 1 + below(f, 16),
		.job_size = sizeof(struct xrsched_job),
		.completion_size = sizeof(struct xrsched_completion),
		.fd = -1,
	};
	int ret;

	/* Not so many threads that nothing else has its turn. */
	ret = do_call(f, client(f), XRSCHED_IOC_RING_SETUP, &arg, sizeof(arg));
	if (ret == 0 && arg.fd > 2 && fcntl(arg.fd, F_GETFD) >= 0) {
		keep_file(f, arg.fd);
		try_map(f, arg.map_size);
	}
}

/* What a ring's other side does wrong: any word, at any time. */
static void fuzz_scribble(struct fuzz *f)
{
	struct map *map = &f->map[below(f, MAX_FILES)];
	unsigned int i;

	if (!map->at)
		return;
	for (i = 0; i < 16; i++) {
		size_t at = below(f, 3) ? 64 * below(f, 6) :
					  4 * below(f, map->size / 4);
		uint32_t *word = (uint32_t *)(map->at + at);

		*(volatile uint32_t *)word =
			below(f, 2) ? *word + below(f, 4) : edge(f);
	}
}

/* Entries that are right, as far as positions are. */
static void fuzz_ring_fill(struct fuzz *f)
{
	struct map *map = &f->map[below(f, MAX_FILES)];
	volatile uint32_t *tail = (uint32_t *)(map->at + 64);

	if (!map->at)
		return;
	*tail = *(volatile uint32_t *)map->at + below(f, 8);
	fill_job(f, (struct xrsched_job *)(map->at + 384));
}

static void fuzz_ring_enter(struct fuzz *f)
{
	struct xrsched_ring_enter arg = {
		.size = sizeof(arg),
		.to_submit = below(f, 20),
		.min_complete = below(f, 3),
		.timeout_ns = 1,
	};
	int fd = other_file(f);

	fuzz_ring_fill(f);
	do_call(f, fd, XRSCHED_IOC_RING_ENTER, &arg, sizeof(arg));
}

/* Any call that any of our files has, on any of our files. */
static void fuzz_any(struct fuzz *f)
{
	static const unsigned long cmds[] = {
		XRSCHED_IOC_RING_EVENTFD, XRSCHED_IOC_RING_ENTER,
		XRSCHED_IOC_RECORD_START, XRSCHED_IOC_SERVE,
	};
	uint64_t words[48] = { 0 };
	int fd = below(f, 2) ? client(f) : other_file(f);
	unsigned int i;

	for (i = 0; i < 48; i++)
		if (!below(f, 4))
			words[i] = edge(f);
	words[0] = 8 * below(f, 20);
	seen(f, ioctl(fd, below(f, 2) ? cmds[below(f, 4)] :
					_IOWR(0xE9, below(f, 40), char[64]),
		      words));
}

static void fuzz_file(struct fuzz *f)
{
	static const char *const nodes[] = { "/dev/xrsched0", "/dev/xrsched1" };
	int fd = below(f, 2) ? client(f) : other_file(f);
	struct pollfd pollfd = { .fd = fd, .events = -1 };
	unsigned int at = below(f, MAX_FILES);

	switch (below(f, 8)) {
	case 0:
		close(f->client[at]);
		f->client[at] = open(nodes[below(f, 2)], O_RDWR | O_NONBLOCK);
		seen(f, f->client[at]);
		break;
	case 1:
		keep_file(f, -1);
		break;
	case 2:
		seen(f, poll(&pollfd, 1, 0));
		break;
	case 3:
		seen(f, write(fd, f->memory, below(f, 256)));
		break;
	case 4:
		seen(f, lseek(fd, edge(f), below(f, 4)));
		break;
	case 5:
		try_map(f, 0);
		break;
	default:
		seen(f, read(fd, (void *)pointer(f), below(f, 1024)));
	}
}

/* ----- netlink ----------------------------------------------------------- */

static size_t put_attr(struct fuzz *f, char *to, unsigned int depth)
{
	struct nlattr *attr = (struct nlattr *)to;
	size_t len = NLA_HDRLEN, i;

	attr->nla_type = below(f, 24) | (below(f, 8) ? 0 : NLA_F_NESTED);
	switch (below(f, depth < 2 ? 6 : 5)) {
	case 0:
	case 1: {
		uint64_t value = below(f, 2) ? below(f, 3) : edge(f);

		len += below(f, 2) ? 4 : 8;
		memcpy(to + NLA_HDRLEN, &value, 8);
		break;
	}
	case 2:
		strcpy(to + NLA_HDRLEN, below(f, 2) ? "dream" : "fuzz");
		len += 6;
		break;
	case 3:
		for (i = 0; i < 16; i++)
			to[len + i] = number(f);
		len += below(f, 17);
		break;
	case 4:
		break;
	default:
		attr->nla_type |= NLA_F_NESTED;
		for (i = below(f, 4); i > 0; i--)
			len += put_attr(f, to + len, depth + 1);
	}
	attr->nla_len = below(f, 32) ? len : below(f, 64);
	return NLA_ALIGN(len);
}

/*
 * A request; of root only to the second device, whose number is the first
 * attribute of all sets.
 */
static void fuzz_netlink(struct fuzz *f)
{
	char buffer[2048] = { 0 }, answer[8192];
	struct nlmsghdr *hdr = (struct nlmsghdr *)buffer;
	struct genlmsghdr *genl = NLMSG_DATA(hdr);
	size_t len = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr *device = (struct nlattr *)(buffer + len);
	unsigned int i;

	hdr->nlmsg_type = f->family;
	hdr->nlmsg_flags = NLM_F_REQUEST |
			   (below(f, 2) ? NLM_F_ACK : NLM_F_DUMP);
	genl->cmd = below(f, 32);
	genl->version = below(f, 16) ? XRSCHED_FAMILY_VERSION : number(f);
	device->nla_type = 1;
	device->nla_len = NLA_HDRLEN + 4;
	*(uint32_t *)(device + 1) = f->nr ? below(f, 3) : 1;
	if (!f->nr || below(f, 8))
		len += NLA_HDRLEN + 4;
	for (i = below(f, 6); i > 0 && len < sizeof(buffer) - 300; i--)
		len += put_attr(f, buffer + len, 0);
	/* Of two attributes of one type the last one counts. */
	if (!f->nr) {
		memcpy(buffer + len, device, NLA_HDRLEN + 4);
		len += NLA_HDRLEN + 4;
	}
	hdr->nlmsg_len = f->nr && !below(f, 32) ? below(f, len + 8) : len;
	seen(f, send(f->netlink, buffer, len, 0));
	for (i = 0; i < 4; i++)
		if (recv(f->netlink, answer, sizeof(answer), MSG_DONTWAIT) <= 0)
			break;
}

/* ----- processes --------------------------------------------------------- */

static void fuzz_one(struct fuzz *f)
{
	/* What takes long, as memory comes and goes, less often than the rest. */
	switch (below(f, 64)) {
	case 0: fuzz_model(f); break;
	case 1 ... 3: fuzz_stream(f); break;
	case 4 ... 5: fuzz_handle(f); break;
	case 6 ... 17: fuzz_submit(f); break;
	case 18 ... 24: fuzz_wait(f); break;
	case 25 ... 33: fuzz_small(f); break;
	case 34: fuzz_ring_setup(f); break;
	case 35 ... 38: fuzz_scribble(f); break;
	case 39 ... 51: fuzz_ring_enter(f); break;
	case 52 ... 55: fuzz_any(f); break;
	case 56 ... 60: fuzz_file(f); break;
	default: fuzz_netlink(f);
	}
}

/* So that nothing blocks for long: calls that wait end by EINTR. */
static void wake(int sig)
{
	(void)sig;
}

static void start_waking(void)
{
	struct sigaction action = { .sa_handler = wake };
	struct itimerval every = { { 0, 4000 }, { 0, 4000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

/*
 * Root's requests lower limits, after which others could do nothing any more.
 */
static void restore_limits(struct xrsched_control *control)
{
	static struct xrsched_limits limits;

	if (!limits.max_models &&
	    xrsched_control_limits_get(control, 0, &limits))
		return;
	xrsched_control_limits_set(control, 1, &limits);
}

/* The first is root and does netlink only, the others are nobody. */
static int fuzz_process(unsigned int nr, uint64_t seed, uint64_t calls,
			uint16_t family)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	struct rlimit limit = { 4 << 20, 4 << 20 };
	struct xrsched_control *control = NULL;
	struct fuzz f = {
		.x = (seed + nr + 1) * 0x9E3779B97F4A7C15ULL | 1,
		.nr = nr,
		.family = family,
	};
	unsigned int i;

	f.memory = mmap(NULL, MEMORY + 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	f.read_only = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	munmap(f.read_only + 4096, 4096);
	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (!nr && xrsched_control_open(&control))
		return 1;
	if (nr && (setgid(NOBODY) || setuid(NOBODY)))
		return 1;
	f.netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK,
			   NETLINK_GENERIC);
	if (f.netlink < 0 || connect(f.netlink, (void *)&addr, sizeof(addr)))
		return 1;
	for (i = 0; i < MAX_FILES; i++) {
		f.client[i] = open(i % 2 ? "/dev/xrsched1" : "/dev/xrsched0",
				   O_RDWR | O_NONBLOCK);
		f.file[i] = -1;
	}
	start_waking();
	/* Some count more than one call, some none; nobody goes on for ever. */
	while (shared->calls[nr] < calls &&
	       !__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		if (nr)
			fuzz_one(&f);
		else
			fuzz_netlink(&f);
		if (!nr && !(shared->calls[0] % 16))
			restore_limits(control);
	}
	return 0;
}

/* ----- the client that behaves ------------------------------------------- */

static uint32_t good_stream(struct xrsched *x)
{
	struct xrsched_variant variant = { .nr_layers = 2 };
	struct xrsched_class class = { .name = GOOD_CLASS };
	struct xrsched_layer layer[2] = { { .out_bytes = 1 }, { 0 } };
	struct xrsched_cost cost[2] = { { 1000, 1 }, { 1000, 1 } };
	struct xrsched_model_create m = {
		.size = sizeof(m),
		.name = "good",
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)layer,
		.classes = (uintptr_t)&class,
		.costs = (uintptr_t)cost,
		.nr_variants = 1,
		.nr_layers = 2,
		.nr_classes = 1,
	};
	struct xrsched_stream_create s = {
		.size = sizeof(s),
		.name = "good",
		.period_ns = 1000000,
		.deadline_ns = 1000000000000ULL,
	};

	if (ioctl(xrsched_fd(x), XRSCHED_IOC_MODEL_CREATE, &m))
		return 0;
	s.model = m.handle;
	return ioctl(xrsched_fd(x), XRSCHED_IOC_STREAM_CREATE, &s) ? 0 :
								     s.handle;
}

/* Each completion once, in order, completed; returns how many were not. */
static int take_good(struct xrsched_ring *ring, uint64_t first)
{
	const struct xrsched_completion *done;
	int taken = 0, bad = 0, nr, i;

	while (taken < BATCH) {
		nr = xrsched_ring_wait(ring, &done, 1,
				       now_ns() + 60000000000ULL);
		if (nr <= 0) {
			printf("# no completion: %s\n", strerror(-nr));
			return bad + BATCH - taken;
		}
		for (i = 0; i < nr; i++)
			bad += done[i].cookie != first + taken + i ||
			       done[i].frame != first + taken + i ||
			       done[i].outcome != XRSCHED_COMPLETED;
		xrsched_ring_seen(ring, nr);
		taken += nr;
	}
	return bad;
}

static int good_process(void)
{
	struct xrsched_ring *ring;
	uint64_t frame = 0;
	struct xrsched *x;
	uint32_t stream;
	int i;

	if (xrsched_open("/dev/xrsched0", &x) ||
	    xrsched_ring_create(x, NULL, &ring))
		return 1;
	stream = good_stream(x);
	if (!stream)
		return 1;
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
		for (i = 0; i < BATCH; i++)
			xrsched_job_prepare(xrsched_ring_get_job(ring), stream,
					    frame + i, frame + i);
		if (xrsched_ring_submit(ring) != BATCH)
			return 1;
		shared->bad += take_good(ring, frame);
		frame += BATCH;
		shared->good = frame;
		usleep(3000);
	}
	xrsched_ring_destroy(ring);
	xrsched_close(x);
	return 0;
}

/* ----- all together ------------------------------------------------------ */

static int add_engines(struct xrsched_control *control)
{
	static const struct {
		uint32_t device, kind;
		const char *class_name;
	} engines[] = {
		{ 0, XRSCHED_ENGINE_KIND_SIM, GOOD_CLASS },
		{ 0, XRSCHED_ENGINE_KIND_NULL, "fuzz" },
		{ 1, XRSCHED_ENGINE_KIND_SIM, "fuzz" },
		{ 1, XRSCHED_ENGINE_KIND_NULL, "fuzz" },
	};
	unsigned int i;
	int ret = 0;

	for (i = 0; i < 4 && ret >= 0; i++)
		ret = xrsched_control_engine_new(control, engines[i].device,
						 engines[i].kind,
						 engines[i].class_name, NULL, 0,
						 0);
	return ret < 0 ? ret : 0;
}

/* The family's number, which the kernel's controller knows. */
static uint16_t family_number(void)
{
	struct {
		struct nlmsghdr hdr;
		struct genlmsghdr genl;
		struct nlattr attr;
		char name[8];
	} request = {
		.hdr = { sizeof(request), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		.genl = { CTRL_CMD_GETFAMILY, 1, 0 },
		.attr = { NLA_HDRLEN + 8, CTRL_ATTR_FAMILY_NAME },
		.name = XRSCHED_FAMILY_NAME,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	struct nlattr *attr;
	char answer[4096];
	ssize_t len, at;

	if (fd < 0 || send(fd, &request, sizeof(request), 0) < 0)
		return 0;
	len = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	for (at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN < len;
	     at += NLA_ALIGN(attr->nla_len)) {
		attr = (struct nlattr *)(answer + at);
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)(attr + 1);
		if (attr->nla_len < NLA_HDRLEN)
			break;
	}
	return 0;
}

static unsigned int nr_test;
static int failed;

static void result(bool ok, const char *what)
{
	printf("%sok %u fuzz.%s\n", ok ? "" : "not ", ++nr_test, what);
	fflush(stdout);
	failed |= !ok;
}

/* What the header and netlink.md name, and what the kernel says of files. */
static const int documented[] = {
	EINVAL, E2BIG, EFAULT, ENOENT, EBUSY, ELOOP, EPERM, ENOMEM, ENOSPC,
	EDQUOT, ENODEV, EAGAIN, ETIMEDOUT, EINTR, EBADF, EMFILE, ENFILE,
	EOPNOTSUPP, ENOTTY, EACCES, ESPIPE, ENXIO, EOVERFLOW, ESTALE, ERANGE,
	ENOBUFS, EEXIST, EALREADY, ENOTCONN, ESHUTDOWN,
};

static bool errors_documented(void)
{
	bool ok = true;
	unsigned int i, j;

	for (i = 0; i < 256; i++) {
		if (!shared->errors[i])
			continue;
		for (j = 0; j < sizeof(documented) / sizeof(int); j++)
			if (documented[j] == (int)i)
				break;
		printf("# %8llu %s\n", (unsigned long long)shared->errors[i],
		       strerror(i));
		if (j == sizeof(documented) / sizeof(int))
			ok = false;
	}
	return ok;
}

/* Whether, within some seconds, nothing of any client is left. */
static bool all_gone(struct xrsched_control *control)
{
	struct xrsched_limits limits = { .clients = 1 };
	unsigned int device, tries;

	for (device = 0; device < 2; device++) {
		for (tries = 0; tries < 500; tries++) {
			if (xrsched_control_limits_get(control, device,
						       &limits))
				return false;
			if (!limits.clients && !limits.streams &&
			    !limits.jobs && !limits.ring_bytes)
				break;
			usleep(10000);
		}
		printf("# device %u: %u clients, %u streams, %u jobs left\n",
		       device, limits.clients, limits.streams, limits.jobs);
		if (tries == 500)
			return false;
	}
	return true;
}

/**
 * struct plan - How much to do
 * @calls: calls, of all processes.
 * @seed: seed.
 * @processes: processes, that of root included.
 * @limit: seconds after which it has failed.
 */
struct plan {
	uint64_t calls;
	uint64_t seed;
	unsigned int processes;
	unsigned int limit;
};

static uint64_t calls_made(const struct plan *plan)
{
	uint64_t calls = 0;
	unsigned int i;

	for (i = 0; i < plan->processes; i++)
		calls += shared->calls[i];
	return calls;
}

/* Waits for @nr processes; false if one failed or they took too long. */
static bool wait_for(pid_t *pid, unsigned int nr, uint64_t until_ns)
{
	bool ok = true;
	unsigned int i;
	int status;

	for (i = 0; i < nr; i++) {
		while (!waitpid(pid[i], &status, WNOHANG)) {
			if (now_ns() > until_ns) {
				printf("# process %u hangs or is too slow\n",
				       i);
				kill(pid[i], SIGKILL);
				waitpid(pid[i], &status, 0);
				break;
			}
			usleep(20000);
		}
		if (status)
			printf("# process %u: status %#x\n", i, status);
		ok &= !status;
	}
	return ok;
}

static void fuzz_all(const struct plan *plan, uint16_t family)
{
	/* Root's has a share of a sixteenth. */
	uint64_t each = plan->calls - plan->calls / 16;
	uint64_t begin = now_ns();
	pid_t good, pid[MAX_PROCESSES];
	unsigned int i;
	double seconds;
	bool ok;

	good = fork();
	if (!good)
		_exit(good_process());
	for (i = 0; i < plan->processes; i++) {
		pid[i] = fork();
		if (!pid[i])
			_exit(fuzz_process(i, plan->seed,
					   i ? each / (plan->processes - 1) + 1 :
					       plan->calls / 16,
					   family));
	}
	ok = wait_for(pid, plan->processes,
		      begin + plan->limit * 1000000000ULL);
	seconds = (now_ns() - begin) / 1e9;
	result(ok && calls_made(plan) >= plan->calls, "all_calls_made");
	printf("# %llu calls in %.1f s, %.0f a second\n",
	       (unsigned long long)calls_made(plan), seconds,
	       calls_made(plan) / seconds);
	__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	ok = wait_for(&good, 1, now_ns() + 90000000000ULL);
	printf("# beside them: %llu jobs, %llu not as they should be\n",
	       (unsigned long long)shared->good,
	       (unsigned long long)shared->bad);
	result(ok && shared->good && !shared->bad, "others_unharmed");
}

static void read_arguments(int argc, char **argv, struct plan *plan)
{
	static const struct option options[] = {
		{ "calls", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "processes", required_argument, NULL, 'p' },
		{ "limit", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 'c')
			plan->calls = strtoull(optarg, NULL, 0);
		else if (c == 's')
			plan->seed = strtoull(optarg, NULL, 0);
		else if (c == 'p')
			plan->processes = strtoul(optarg, NULL, 0);
		else if (c == 'l')
			plan->limit = strtoul(optarg, NULL, 0);
		else
			exit(2);
	}
	if (plan->processes < 2 || plan->processes > MAX_PROCESSES) {
		fprintf(stderr, "fuzz: 2 to %d processes\n", MAX_PROCESSES);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	struct plan plan = { 100000, 0, 3, 300 };
	struct xrsched_control *control;
	uint16_t family;

	plan.seed = now_ns();
	read_arguments(argc, argv, &plan);
	printf("TAP version 13\n1..4\n# --seed %llu --calls %llu --processes %u\n",
	       (unsigned long long)plan.seed, (unsigned long long)plan.calls,
	       plan.processes);
	fflush(stdout);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	family = family_number();
	if (shared == MAP_FAILED || !family || xrsched_control_open(&control) ||
	    add_engines(control)) {
		printf("Bail out! two devices, and root, are needed\n");
		return 1;
	}
	fuzz_all(&plan, family);
	result(errors_documented(), "errors_are_documented");
	result(all_gone(control), "all_is_given_back");
	xrsched_control_close(control);
	return failed;
}
