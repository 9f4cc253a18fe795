/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of two rump kernels that share a bus: storage and network, both NetBSD's and both with
 * TCP/IP. A megabyte goes from each to the other by TCP and comes back, then datagrams by UDP. Ends
 * the system with status 0 if all checks passed.
 */
#include <cos/clock.h>
#include <cos/log.h>
#include <cos/string.h>
#include <cos/sync.h>
#include <cos/thread.h>
#include <mem/mem.h>
#include <network/network.h>
#include <reboot/system.h>
#include <rump/errno.h>
#include <rump/socket.h>
#include <rump/syscall.h>
#include <sched/sched.h>
#include <storage/storage.h>

#define STREAM (1ul << 20)
#define PIECE 8192ul
#define ECHO_PORT 7
#define UDP_PORT 9000
#define DATAGRAMS 200
#define CONNECT_LIMIT_NS (60000 * COS_NS_PER_MS)

/*
 * A rump kernel, and memory that it shares with this component: a part for each end of a
 * connection.
 */
struct kernel {
	struct cos_pair (*syscall)(long num, unsigned long a0, unsigned long a1, unsigned long a2,
				   unsigned long a3, unsigned long a4);
	uint8_t host; /* 10.1.0.host */
	uint8_t *memory;
};

static struct kernel kernels[2] = {{storage_syscall, 1, NULL}, {network_syscall, 2, NULL}};
static const struct kernel *server; /* the other one is the client */
static struct cos_sem listening, served, sender_done;
static long failures;

long component_init(void);

static void check(const char *what, long is, long wanted)
{
	if (is == wanted)
		return;
	cos_log("shmif: %s: %ld, not %ld\n", what, is, wanted);
	__atomic_fetch_add(&failures, 1, __ATOMIC_RELAXED);
}

/* The result, or the negative errno. */
static long call(const struct kernel *k, long num, unsigned long a0, unsigned long a1,
		 unsigned long a2)
{
	struct cos_pair result = k->syscall(num, a0, a1, a2, 0, 0);

	return result.v0 ? -(result.v0 < 0 ? -result.v0 : result.v0) : result.v1;
}

static unsigned long sockaddr(uint8_t *at, uint8_t host, uint16_t port)
{
	struct rump_sockaddr_in in = {.sin_len = sizeof(in), .sin_family = RUMP_AF_INET};

	in.sin_port = __builtin_bswap16(port);
	if (host)
		in.sin_addr = __builtin_bswap32(10u << 24 | 1u << 16 | host);
	memcpy(at, &in, sizeof(in));
	return (unsigned long)at;
}

static long open_socket(const struct kernel *k, long type)
{
	long fd = call(k, RUMP_SYS___socket30, RUMP_AF_INET, (unsigned long)type, 0);

	check("socket", fd >= 0, 1);
	return fd;
}

static void bind_any(const struct kernel *k, long fd, uint8_t *room, uint16_t port)
{
	check("bind",
	      call(k, RUMP_SYS_bind, (unsigned long)fd, sockaddr(room, 0, port),
		   sizeof(struct rump_sockaddr_in)),
	      0);
}

/* An address cannot be used for some seconds after it was set. */
static long connect_patiently(const struct kernel *k, long type, uint8_t *room, uint16_t own,
			      uint8_t host, uint16_t port)
{
	static struct cos_sem never;
	unsigned long end = cos_now_ns() + CONNECT_LIMIT_NS;
	long fd, error;

	for (;;) {
		fd = open_socket(k, type);
		if (own)
			bind_any(k, fd, room, own);
		error = call(k, RUMP_SYS_connect, (unsigned long)fd, sockaddr(room, host, port),
			     sizeof(struct rump_sockaddr_in));
		if (error == 0 || cos_now_ns() > end)
			break;
		call(k, RUMP_SYS_close, (unsigned long)fd, 0, 0);
		cos_sem_wait(&never, cos_now_ns() + 200 * COS_NS_PER_MS);
	}
	check("connect", error, 0);
	return fd;
}

static uint8_t pattern(unsigned long at)
{
	return (uint8_t)(at * 7 + (at >> 8) * 13 + (at >> 16));
}

static void fill(uint8_t *bytes, unsigned long from, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		bytes[i] = pattern(from + i);
}

static bool filled(const uint8_t *bytes, unsigned long from, unsigned long len)
{
	for (unsigned long i = 0; i < len; i++)
		if (bytes[i] != pattern(from + i))
			return false;
	return true;
}

static bool write_all(const struct kernel *k, long fd, const uint8_t *bytes, long len)
{
	while (len > 0) {
		long n = call(k, RUMP_SYS_write, (unsigned long)fd, (unsigned long)bytes,
			      (unsigned long)len);

		if (n <= 0)
			return false;
		bytes += n;
		len -= n;
	}
	return true;
}

/* TCP. */

static void serve(void *arg)
{
	uint8_t *room = server->memory;
	long fd = open_socket(server, RUMP_SOCK_STREAM), peer, n;

	(void)arg;
	bind_any(server, fd, room, ECHO_PORT);
	check("listen", call(server, RUMP_SYS_listen, (unsigned long)fd, 1, 0), 0);
	cos_sem_post(&listening);
	peer = call(server, RUMP_SYS_accept, (unsigned long)fd, 0, 0);
	check("accept", peer >= 0, 1);
	do
		n = call(server, RUMP_SYS_read, (unsigned long)peer, (unsigned long)room, PIECE);
	while (n > 0 && write_all(server, peer, room, n));
	check("the stream's end", n, 0);
	call(server, RUMP_SYS_close, (unsigned long)peer, 0, 0);
	call(server, RUMP_SYS_close, (unsigned long)fd, 0, 0);
	cos_sem_post(&served);
}

struct stream {
	const struct kernel *kernel;
	long fd;
};

static void sends(void *arg)
{
	const struct stream *s = arg;
	uint8_t *room = s->kernel->memory + PIECE;
	bool ok = true;

	for (unsigned long at = 0; at < STREAM && ok; at += PIECE) {
		fill(room, at, PIECE);
		ok = write_all(s->kernel, s->fd, room, PIECE);
	}
	check("all was sent", ok, 1);
	check("shutdown", call(s->kernel, RUMP_SYS_shutdown, (unsigned long)s->fd, 1, 0), 0);
	cos_sem_post(&sender_done);
}

static void tcp(const struct kernel *from, const struct kernel *to)
{
	struct stream s = {.kernel = from};
	uint8_t *room = from->memory;
	unsigned long at = 0;
	long n;

	server = to;
	check("a thread", cos_thread_create(serve, NULL, SCHED_PRIO_SERVICE) >= 0, 1);
	cos_sem_wait(&listening, 0);
	s.fd = connect_patiently(from, RUMP_SOCK_STREAM, room, 0, to->host, ECHO_PORT);
	check("a thread", cos_thread_create(sends, &s, SCHED_PRIO_SERVICE) >= 0, 1);
	while ((n = call(from, RUMP_SYS_read, (unsigned long)s.fd, (unsigned long)room, PIECE)) >
	       0) {
		if (!filled(room, at, (unsigned long)n)) {
			check("the bytes", (long)at, -1);
			break;
		}
		at += (unsigned long)n;
	}
	check("bytes back", (long)at, STREAM);
	cos_sem_wait(&sender_done, 0);
	cos_sem_wait(&served, 0);
	call(from, RUMP_SYS_close, (unsigned long)s.fd, 0, 0);
	cos_log("shmif: tcp from 10.1.0.%u to 10.1.0.%u: %lu bytes there and back\n", from->host,
		to->host, at);
}

/* UDP, one datagram at a time: nothing is lost on a bus that is not flooded. */
static void udp(void)
{
	struct kernel *a = &kernels[0], *b = &kernels[1];
	long fd_a = connect_patiently(a, RUMP_SOCK_DGRAM, a->memory, UDP_PORT, b->host, UDP_PORT);
	long fd_b = connect_patiently(b, RUMP_SOCK_DGRAM, b->memory, UDP_PORT, a->host, UDP_PORT);
	long len, n = 0;

	for (long i = 0; i < DATAGRAMS; i++) {
		len = 1 + i * 37 % 1400;
		fill(a->memory, (unsigned long)i, (unsigned long)len);
		check("datagram out",
		      call(a, RUMP_SYS_write, (unsigned long)fd_a, (unsigned long)a->memory,
			   (unsigned long)len),
		      len);
		check("datagram in",
		      call(b, RUMP_SYS_read, (unsigned long)fd_b, (unsigned long)b->memory, PIECE),
		      len);
		check("its bytes", filled(b->memory, (unsigned long)i, (unsigned long)len), 1);
		check("back",
		      call(b, RUMP_SYS_write, (unsigned long)fd_b, (unsigned long)b->memory,
			   (unsigned long)len),
		      len);
		check("back in",
		      call(a, RUMP_SYS_read, (unsigned long)fd_a, (unsigned long)a->memory, PIECE),
		      len);
		n++;
	}
	cos_log("shmif: udp: %ld datagrams there and back\n", n);
}

long component_init(void)
{
	for (unsigned i = 0; i < 2; i++) {
		long shared = mem_shm_create(2 * PIECE);

		if (shared < 0)
			return shared;
		kernels[i].memory = (uint8_t *)shared;
	}
	tcp(&kernels[0], &kernels[1]);
	tcp(&kernels[1], &kernels[0]);
	udp();
	cos_log("shmif: %ld failures\n", failures);
	return reboot_system(failures != 0);
}
