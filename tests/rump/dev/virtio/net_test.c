/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio network cards under lwIP (virtio_net.c, I1 to I5): what the stack sends arrives in the
 * model, and what the model sends arrives in a socket. Frames are small, large, spread over
 * buffers, or wrong; and some cards break the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include <rump/errno.h>
#include <rump/rump.h>
#include <rump/rump_syscalls.h>

#include "model.h"

#define F_VERSION_1 (1ull << 32)
#define F_EVENT_IDX (1ull << 29)
#define F_CSUM 1ull
#define F_GUEST_CSUM 2ull
#define F_MAC (1ull << 5)
#define F_MRG (1ull << 15)
#define F_STATUS (1ull << 16)
#define ALL (F_VERSION_1 | F_EVENT_IDX | F_CSUM | F_GUEST_CSUM | F_MAC | F_MRG | F_STATUS)

static const uint8_t peer_mac[6] = {2, 0, 0, 0, 0, 99};

/* The last frame that was sent and is not ARP, and how many there were. */
static uint8_t sent[2000];
static size_t sent_len;
static unsigned nsent, arp_requests;
static pthread_cond_t sent_cond = PTHREAD_COND_INITIALIZER;

static uint32_t sum_add(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static uint16_t sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

/* Send a frame to the driver, in buffers of at most part bytes (0: whole). Lock held. */
static bool send_frame(struct model *m, const uint8_t *frame, size_t len, uint8_t flags,
		       size_t part)
{
	static struct chain c[64];
	uint8_t data[12 + 65536] = {flags};
	size_t off = 0, total = len + 12, room[64];
	uint16_t n = 0;

	memcpy(data + 12, frame, len);
	while (off < total) {
		size_t k = 0;

		if (!chain_take(m, 0, &c[n]))
			return false;
		for (unsigned i = 0; i < c[n].c_nin; i++)
			k += c[n].c_seg[i].len;
		if (part != 0 && k > part)
			k = part;
		if (k > total - off)
			k = total - off;
		room[n++] = k;
		off += k;
	}
	memcpy(data + 10, &n, 2);
	if (m->m_fault == FAULT_BUFFER_COUNT)
		data[10] = data[11] = 0x7f;
	if (m->m_fault == FAULT_MISSING)
		data[10] = 2;
	if (m->m_fault == FAULT_NO_HEADER)
		room[0] = 4;
	off = 0;
	for (unsigned i = 0; i < n; i++) {
		chain_write(&c[i], 0, data + off, room[i]);
		off += room[i];
	}
	for (unsigned i = 0; i < n; i++)
		chain_fill(&c[i], (uint32_t)room[i]);
	queue_publish(m, 0); /* all buffers of a frame at once: 5.1.6.4 */
	return true;
}

static void arp_answer(struct model *m, const uint8_t *request)
{
	uint8_t f[42];

	memcpy(f, request, sizeof(f));
	memcpy(f, request + 6, 6);
	memcpy(f + 6, peer_mac, 6);
	f[21] = 2;
	memcpy(f + 22, peer_mac, 6);
	memcpy(f + 28, request + 38, 4);
	memcpy(f + 32, request + 22, 10);
	send_frame(m, f, sizeof(f), 0, 0);
}

static void handle(struct model *m, struct chain *c)
{
	uint8_t f[4000];
	size_t n;

	n = chain_read(c, 0, f, sizeof(f));
	assert_true(n > 12 + 14);
	if (f[12 + 12] == 8 && f[12 + 13] == 6) {
		if (f[12 + 21] == 1 && memcmp(f + 12 + 28, f + 12 + 38, 4) != 0) {
			arp_requests++;
			arp_answer(m, f + 12);
		}
	} else if (f[12 + 12] == 8 && f[12 + 13] == 0) {
		memcpy(sent, f, n);
		sent_len = n;
		nsent++;
		pthread_cond_broadcast(&sent_cond);
	}
	chain_done(c, 0);
}

#define NET(...)                                                                              \
	{                                                                                     \
		.m_type = 1, .m_offer = ALL, .m_vectors = 3, .m_queue_size = 64, .m_keep = 1, \
		.m_config = {2, 0, 0, 0, 0, 1, 1, 0}, .m_handle = handle, __VA_ARGS__         \
	}
static struct model card = NET(), plain = NET(.m_offer = F_VERSION_1, .m_vectors = 1);
static struct model faulty[4] = {NET(), NET(), NET(), NET()};
static const enum fault faults[4] = {FAULT_BUFFER_COUNT, FAULT_MISSING, FAULT_NO_HEADER,
				     FAULT_LENGTH};

/* An UDP datagram from 10.9.0.2:7 to 10.9.0.1:port, of n bytes of a pattern. */
static size_t udp_frame(uint8_t *f, uint16_t port, size_t n, bool sum)
{
	uint16_t v;
	uint8_t *ip = f + 14, *udp = ip + 20;

	memcpy(f, card.m_config, 6);
	memcpy(f + 6, peer_mac, 6);
	f[12] = 8;
	f[13] = 0;
	memset(ip, 0, 28);
	ip[0] = 0x45;
	v = htons((uint16_t)(28 + n));
	memcpy(ip + 2, &v, 2);
	ip[8] = 64;
	ip[9] = 17;
	memcpy(ip + 12, "\x0a\x09\x00\x02\x0a\x09\x00\x01", 8);
	v = htons((uint16_t)~sum_fold(sum_add(0, ip, 20)));
	memcpy(ip + 10, &v, 2);
	udp[1] = 7;
	v = htons(port);
	memcpy(udp + 2, &v, 2);
	v = htons((uint16_t)(8 + n));
	memcpy(udp + 4, &v, 2);
	for (size_t i = 0; i < n; i++)
		udp[8 + i] = (uint8_t)(i * 7 + n);
	if (sum) {
		v = htons((uint16_t)~sum_fold(
			sum_add(sum_add(17 + 8 + (uint32_t)n, ip + 12, 8), udp, 8 + n)));
		memcpy(udp + 6, &v, 2);
	}
	return 42 + n;
}

static int udp_make(uint16_t port)
{
	struct rump_sockaddr_in sin = {
		.sin_len = sizeof(sin), .sin_family = RUMP_AF_INET, .sin_port = htons(port)};
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_DGRAM, 0);

	assert_true(s >= 0);
	assert_int_equal(rump_sys_bind(s, (void *)&sin, sizeof(sin)), 0);
	return s;
}

static void frame_in(size_t n, uint8_t flags, size_t part)
{
	static uint8_t f[70000];
	size_t len = udp_frame(f, 5000, n, true);

	pthread_mutex_lock(&card.m_lock);
	assert_true(send_frame(&card, f, len, flags, part));
	pthread_mutex_unlock(&card.m_lock);
}

static void expect(int s, size_t n)
{
	static uint8_t buf[70000];

	assert_int_equal(rump_sys_recvfrom(s, buf, sizeof(buf), 0, NULL, NULL), n);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(buf[i], (uint8_t)(i * 7 + n));
}

static void test_receive(void **state)
{
	int s = udp_make(5000);

	(void)state;
	frame_in(10, 0, 0);	/* copied */
	frame_in(1000, 0, 0);	/* passed on as it is */
	frame_in(1472, 0, 0);	/* the largest on Ethernet */
	frame_in(1400, 0, 100); /* in fifteen buffers */
	frame_in(9000, 0, 0);	/* more than one buffer holds */
	expect(s, 10);
	expect(s, 1000);
	expect(s, 1472);
	expect(s, 1400);
	expect(s, 9000);
	rump_sys_close(s);
}

/* Buffers that sockets hold are replaced, so the card does not run out (I3). */
static void test_held(void **state)
{
	int s = udp_make(5000);

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		for (;;) { /* another thread refills */
			static uint8_t f[2000];
			size_t len = udp_frame(f, 5000, 1000, true);
			bool ok;

			pthread_mutex_lock(&card.m_lock);
			ok = send_frame(&card, f, len, 0, 0);
			pthread_mutex_unlock(&card.m_lock);
			if (ok)
				break;
			struct rump_timespec ts = {0, 1000000};
			rump_sys_nanosleep(&ts, NULL);
		}
	}
	for (unsigned i = 0; i < 200; i++)
		expect(s, 1000);
	rump_sys_close(s);
}

/* A wrong checksum, and one that the card has verified. */
static void test_checksums(void **state)
{
	static uint8_t f[2000];
	int s = udp_make(5000);
	size_t len = udp_frame(f, 5000, 500, true);

	(void)state;
	f[40] ^= 1;
	pthread_mutex_lock(&card.m_lock);
	assert_true(send_frame(&card, f, len, 0, 0)); /* dropped */
	assert_true(send_frame(&card, f, len, 2, 0)); /* DATA_VALID: delivered */
	pthread_mutex_unlock(&card.m_lock);
	frame_in(501, 0, 0);
	expect(s, 500);
	expect(s, 501);
	rump_sys_close(s);
}

static void test_send(void **state)
{
	struct rump_sockaddr_in to = {.sin_len = sizeof(to),
				      .sin_family = RUMP_AF_INET,
				      .sin_port = htons(7),
				      .sin_addr = inet_addr("10.9.0.2")};
	uint8_t data[1200];
	int s = udp_make(5001);
	unsigned before;

	(void)state;
	memset(data, 0xa5, sizeof(data));
	pthread_mutex_lock(&card.m_lock);
	before = nsent;
	pthread_mutex_unlock(&card.m_lock);
	assert_int_equal(rump_sys_sendto(s, data, 1200, 0, (void *)&to, sizeof(to)), 1200);
	pthread_mutex_lock(&card.m_lock);
	while (nsent == before)
		pthread_cond_wait(&sent_cond, &card.m_lock);
	assert_int_equal(sent_len, 12 + 14 + 28 + 1200);
	assert_int_equal(sent[0], 0); /* the stack computes UDP's sum */
	assert_memory_equal(sent + 12, peer_mac, 6);
	assert_memory_equal(sent + 12 + 42, data, 1200);
	assert_int_equal(
		sum_fold(sum_add(sum_add(17 + 1208, sent + 12 + 26, 8), sent + 12 + 34, 1208)),
		0xffff);
	assert_true(arp_requests >= 1);
	pthread_mutex_unlock(&card.m_lock);
	/* More than the ring holds, one after the other: sent frames are released (I5). */
	for (int i = 0; i < 500; i++)
		assert_int_equal(rump_sys_sendto(s, data, 900, 0, (void *)&to, sizeof(to)), 900);
	pthread_mutex_lock(&card.m_lock);
	while (nsent != before + 501)
		pthread_cond_wait(&sent_cond, &card.m_lock);
	pthread_mutex_unlock(&card.m_lock);
	rump_sys_close(s);
}

/* TCP's sum is left to the card: begun with the pseudo header, to be completed from csum_start. */
static void test_offload(void **state)
{
	struct rump_sockaddr_in to = {.sin_len = sizeof(to),
				      .sin_family = RUMP_AF_INET,
				      .sin_port = htons(7),
				      .sin_addr = inet_addr("10.9.0.2")};
	int s = rump_sys_socket(RUMP_AF_INET, RUMP_SOCK_STREAM | RUMP_SOCK_NONBLOCK, 0);
	unsigned before;
	uint16_t start, off, len, sum;

	(void)state;
	pthread_mutex_lock(&card.m_lock);
	before = nsent;
	pthread_mutex_unlock(&card.m_lock);
	rump_sys_connect(s, (void *)&to, sizeof(to));
	pthread_mutex_lock(&card.m_lock);
	while (nsent == before)
		pthread_cond_wait(&sent_cond, &card.m_lock);
	assert_int_equal(sent[12 + 23], 6);
	assert_int_equal(sent[0], 1); /* NEEDS_CSUM */
	memcpy(&start, sent + 6, 2);
	memcpy(&off, sent + 8, 2);
	assert_int_equal(start, 34);
	assert_int_equal(off, 16);
	len = (uint16_t)(sent_len - 12 - start);
	/* First what the card does, then what a receiver does. */
	sum = htons((uint16_t)~sum_fold(sum_add(0, sent + 12 + start, len)));
	memcpy(sent + 12 + start + off, &sum, 2);
	assert_int_equal(
		sum_fold(sum_add(sum_add(6u + len, sent + 12 + 26, 8), sent + 12 + 34, len)),
		0xffff);
	pthread_mutex_unlock(&card.m_lock);
	rump_sys_close(s);
}

/* The card breaks the rules: it is reset and not used again; the others continue. */
static void test_faulty(void **state)
{
	unsigned n = *(unsigned *)*state;
	struct model *bad = &faulty[n];
	struct rump_timespec ts = {0, 1000000};
	static uint8_t f[2000];
	size_t len = udp_frame(f, 5000, 1000, true);
	uint8_t status = 0;
	int s;

	pthread_mutex_lock(&bad->m_lock);
	assert_int_equal(bad->m_status & 4, 4);
	bad->m_fault = faults[n];
	assert_true(send_frame(bad, f, len, 0, 0));
	pthread_mutex_unlock(&bad->m_lock);
	for (int i = 0; i < 20000 && status != 128; i++) {
		rump_sys_nanosleep(&ts, NULL);
		pthread_mutex_lock(&bad->m_lock);
		status = bad->m_status;
		pthread_mutex_unlock(&bad->m_lock);
	}
	assert_int_equal(status, 128);
	s = udp_make(5000);
	frame_in(77, 0, 0);
	expect(s, 77);
	rump_sys_close(s);
}

static int setup(void **state)
{
	(void)state;
	setenv("RUMP_NET", "10.9.0.1/24", 1);
	model_add(&card);
	model_add(&plain);
	for (int i = 0; i < 4; i++)
		model_add(&faulty[i]);
	return rump_init() != 0 || rump_pub_lwproc_rfork(RUMP_RFCFDG) != 0 ? -1 : 0;
}

int main(void)
{
	static unsigned nth[4] = {0, 1, 2, 3};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_checksums),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_offload),
		cmocka_unit_test_prestate(test_faulty, &nth[0]),
		cmocka_unit_test_prestate(test_faulty, &nth[1]),
		cmocka_unit_test_prestate(test_faulty, &nth[2]),
		cmocka_unit_test_prestate(test_faulty, &nth[3]),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
