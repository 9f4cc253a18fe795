/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP over a bad wire between two interfaces of one stack. What one sends the other receives a
 * little later, in the thread of a callout.
 *
 * A stack sends packets for its own addresses by the loopback, so the wire translates addresses:
 * 10.1.0.1 sees the other end as 10.1.0.2, which is 10.2.0.1, which sees the first as 10.2.0.2.
 * Both learn the hardware address of 10.x.0.2 by ARP, which the wire answers.
 */
#include "net_test.h"

#include "kern/callout.h"
#include "kern/kmem.h"
#include "kern/list.h"
#include "net/netif.h"

struct frame {
	struct list node;
	unsigned to, len;
	unsigned char data[1600];
};

static struct {
	unsigned lose, repeat, reorder, damage; /* of a thousand */
} rates;
static uint32_t seed = 1;
static struct ifnet ends[2];
static struct list flying = LIST_INIT(flying);
static struct callout arrival;
static uint64_t sent, lost;

static bool chance(unsigned of_1000)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % 1000 < of_1000;
}

static uint16_t sum_fix(uint16_t sum, uint16_t was, uint16_t is)
{
	uint32_t s = (uint16_t)~sum + (uint32_t)(uint16_t)~was + is; /* RFC 1624, 3 */

	s = (s & 0xffff) + (s >> 16);
	return (uint16_t) ~((s & 0xffff) + (s >> 16));
}

/* 10.a.0.1 to 10.a.0.2 becomes 10.b.0.2 to 10.b.0.1. */
static void translate(unsigned char *f, unsigned to)
{
	unsigned char *ip = f + 14, *tcp = ip + 20;
	uint16_t was[4], is[4], sum;

	memcpy(was, ip + 12, 8);
	ip[12 + 1] = ip[16 + 1] = (unsigned char)(to + 1);
	ip[12 + 3] = 2;
	ip[16 + 3] = 1;
	memcpy(is, ip + 12, 8);
	for (int i = 0; i < 4; i++) {
		memcpy(&sum, ip + 10, 2);
		sum = sum_fix(sum, was[i], is[i]);
		memcpy(ip + 10, &sum, 2);
		memcpy(&sum, tcp + 16, 2);
		sum = sum_fix(sum, was[i], is[i]);
		memcpy(tcp + 16, &sum, 2);
	}
	memcpy(f, ends[to].if_mac, 6);
	memcpy(f + 6, ends[!to].if_mac, 6);
}

static void arp_answer(unsigned char *f)
{
	unsigned char ip[4];

	memcpy(ip, f + 28, 4);
	memcpy(f + 28, f + 38, 4); /* the sender is the address that was asked for */
	memcpy(f + 38, ip, 4);
	memcpy(f + 32, f + 22, 6);
	memcpy(f, f + 6, 6);
	memset(f + 22, 0x22, 6);
	memset(f + 6, 0x22, 6);
	f[21] = 2;
}

static void fly(unsigned to, const unsigned char *data, unsigned len, bool first)
{
	struct frame *fr = kmem_alloc(sizeof(*fr));

	fr->to = to;
	fr->len = len;
	memcpy(fr->data, data, len);
	if (first)
		list_insert_head(&flying, &fr->node);
	else
		list_insert_tail(&flying, &fr->node);
	if (!callout_pending(&arrival))
		callout_schedule(&arrival, 20000);
}

static int wire_transmit(struct ifnet *ifp, struct pbuf *p, const struct iftx *tx)
{
	unsigned from = ifp == &ends[1];
	unsigned char f[1600];

	assert_false(tx->it_csum);
	assert_true(p->tot_len <= 1514);
	pbuf_copy_partial(p, f, p->tot_len, 0);
	if (f[12] == 8 && f[13] == 6) {
		if (f[21] == 1 && f[41] == 2) { /* not the announcement of its own address */
			arp_answer(f);
			fly(from, f, p->tot_len, false);
		}
		return 0;
	}
	if (f[12] != 8 || f[13] != 0 || f[14 + 9] != 6)
		return 0;
	sent++;
	if (chance(rates.lose)) {
		lost++;
		return 0;
	}
	translate(f, !from);
	if (chance(rates.damage)) /* in TCP's header or data */
		f[34 + seed % (p->tot_len - 34u)] ^= (unsigned char)(1 << (seed >> 20) % 8);
	fly(!from, f, p->tot_len, chance(rates.reorder));
	if (chance(rates.repeat))
		fly(!from, f, p->tot_len, false);
	return 0;
}

static void wire_flush(struct ifnet *ifp)
{
	(void)ifp;
}

static const struct ifnet_ops wire_ops = {.if_transmit = wire_transmit, .if_flush = wire_flush};

static void arrive(void *arg)
{
	struct frame *fr;
	struct pbuf *p;

	(void)arg;
	net_lock();
	for (int i = 0; i < 64 && (fr = list_first(&flying, struct frame, node)) != NULL; i++) {
		list_remove(&fr->node);
		p = pbuf_alloc(PBUF_RAW, (u16_t)fr->len, PBUF_RAM);
		pbuf_take(p, fr->data, (u16_t)fr->len);
		netif_deliver(&ends[fr->to], p, 0);
		kmem_free(fr, sizeof(*fr));
	}
	if (!list_empty(&flying) && !callout_pending(&arrival))
		callout_schedule(&arrival, 20000);
	net_unlock();
}

static rump_pid_t pid;

#define BYTES (3u << 20)

static void *send_pattern(void *arg)
{
	int fd = *(int *)arg;
	static unsigned char buf[8192];
	uint64_t at = 0;

	if (rump_pub_lwproc_newlwp(pid) != 0)
		abort();
	while (at < BYTES) {
		size_t n = BYTES - at < sizeof(buf) ? BYTES - at : sizeof(buf);

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(at + i);
		if (rump_sys_write(fd, buf, n) != (rump_ssize_t)n)
			abort();
		at += n;
	}
	rump_sys_shutdown(fd, RUMP_SHUT_WR);
	rump_pub_lwproc_releaselwp();
	return NULL;
}

static void transfer(unsigned lose, unsigned repeat, unsigned reorder, unsigned damage)
{
	struct rump_sockaddr_in sin = sin_make("10.2.0.1", 0), peer;
	rump_socklen_t len = sizeof(sin);
	int l = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0), c, a;
	static unsigned char buf[16384];
	uint64_t at = 0;
	rump_ssize_t n;
	pthread_t t;

	assert_ok(rump_sys_bind(l, SA(&sin), sizeof(sin)));
	assert_ok(rump_sys_listen(l, 1));
	assert_ok(rump_sys_getsockname(l, SA(&sin), &len));
	rates.lose = lose;
	rates.repeat = repeat;
	rates.reorder = reorder;
	rates.damage = damage;
	sin.sin_addr = inet_addr("10.1.0.2");
	c = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM, 0);
	assert_ok(rump_sys_connect(c, SA(&sin), sizeof(sin)));
	a = rump_sys_accept(l, SA(&peer), &len);
	assert_ok(a);
	assert_int_equal(peer.sin_addr, inet_addr("10.2.0.2"));
	pthread_create(&t, NULL, send_pattern, &c);
	while ((n = rump_sys_read(a, buf, sizeof(buf))) > 0) {
		for (rump_ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], pattern(at + (uint64_t)i));
		at += (uint64_t)n;
	}
	assert_int_equal(n, 0);
	assert_int_equal(at, BYTES);
	pthread_join(t, NULL);
	rates.lose = rates.repeat = rates.reorder = rates.damage = 0;
	rump_sys_close(a);
	rump_sys_close(c);
	rump_sys_close(l);
}

static void test_good_wire(void **state)
{
	(void)state;
	transfer(0, 0, 0, 0);
	assert_true(sent > BYTES / 1460);
	assert_int_equal(lost, 0);
}

static void test_loss(void **state)
{
	(void)state;
	transfer(10, 0, 0, 0);
	assert_true(lost > 0);
}

static void test_reorder_repeat(void **state)
{
	(void)state;
	transfer(0, 30, 30, 0);
}

/* Checksums are checked: damage causes loss, never wrong data. */
static void test_damage(void **state)
{
	(void)state;
	transfer(0, 0, 0, 10);
}

static int setup(void **state)
{
	setenv("RUMP_NET_wire0", "10.1.0.1/24", 1);
	setenv("RUMP_NET_wire1", "10.2.0.1/24", 1);
	if (net_setup(state) != 0)
		return -1;
	pid = rump_sys_getpid();
	rump_schedule();
	callout_init(&arrival, arrive, NULL);
	for (int i = 0; i < 2; i++) {
		ends[i].if_ops = &wire_ops;
		ends[i].if_driver = "wire";
		memset(ends[i].if_mac, 2 + 4 * i, 6);
		ends[i].if_mtu = 1500;
		ends[i].if_link = true;
		netif_attach(&ends[i]);
	}
	rump_unschedule();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_wire),
		cmocka_unit_test(test_loss),
		cmocka_unit_test(test_reorder_repeat),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
