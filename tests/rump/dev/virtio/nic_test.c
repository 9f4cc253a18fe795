/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * virtio network cards for the host (virtio_nic.c, I1 to I5; rump/nic.h): what is sent arrives
 * unchanged in the model, and what the model sends is received in order. Frames that do not fit are
 * lost and counted; a card that breaks the rules is not used again, and its waiters get an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include <rump/errno.h>
#include <rump/nic.h>
#include <rump/rump.h>

#include "model.h"

#define F_VERSION_1 (1ull << 32)
#define F_EVENT_IDX (1ull << 29)
#define F_MAC (1ull << 5)
#define F_MRG (1ull << 15)
#define F_STATUS (1ull << 16)
#define ALL (F_VERSION_1 | F_EVENT_IDX | F_MAC | F_MRG | F_STATUS)
#define HDR 12
#define RING 64
#define MS INT64_C(1000000)

static void handle(struct model *m, struct chain *c);

#define NET(...)                                                                                \
	{                                                                                       \
		.m_type = 1, .m_offer = ALL, .m_vectors = 3, .m_queue_size = RING, .m_keep = 1, \
		.m_config = {2, 0, 0, 0, 0, 1, 1, 0}, .m_handle = handle, __VA_ARGS__           \
	}
/*
 * In the order of the probe. The first has no memory and does not exist, so numbers are one less.
 */
static struct model poor = NET(), card = NET(), plain = NET(.m_offer = F_VERSION_1, .m_vectors = 1);
static struct model faulty[4] = {NET(), NET(), NET(), NET()};
static const enum fault faults[4] = {FAULT_NO_HEADER, FAULT_LENGTH, FAULT_ID_RANGE, FAULT_INDEX};
static struct model sender = NET();
enum { CARD, PLAIN, FAULTY, SENDER = FAULTY + 4, NONE };

/* The last frame that a card sent, with its header; and how many. */
static uint8_t sent[4000];
static size_t sent_len;
static unsigned nsent;

static void handle(struct model *m, struct chain *c)
{
	sent_len = chain_read(c, 0, sent, sizeof(sent));
	nsent++;
	chain_done(c, 0);
	(void)m;
}

static uint8_t pattern(size_t at, size_t len)
{
	return (uint8_t)(at * 7 + len);
}

/* The model sends a frame of len bytes. false: it has no buffer. */
static bool frame_in(struct model *m, size_t len)
{
	uint8_t data[HDR + 2048] = {0};
	struct chain c;
	bool taken;

	for (size_t i = 0; i < len; i++)
		data[HDR + i] = pattern(i, len);
	pthread_mutex_lock(&m->m_lock);
	taken = chain_take(m, 0, &c);
	if (taken) {
		chain_write(&c, 0, data, HDR + len);
		chain_done(&c, m->m_fault == FAULT_NO_HEADER ? 4 : (uint32_t)(HDR + len));
	}
	pthread_mutex_unlock(&m->m_lock);
	return taken;
}

/* The same, as soon as the driver has given it a buffer. */
static void frame_in_soon(struct model *m, size_t len)
{
	while (!frame_in(m, len))
		usleep(100);
}

struct copied {
	uint8_t frame[2048];
	int error;
	int calls;
};

static int copy_out(void *arg, void *frame, size_t len)
{
	struct copied *c = arg;

	c->calls++;
	memcpy(c->frame, frame, len);
	return c->error;
}

static int copy_in(void *arg, void *frame, size_t len)
{
	struct copied *c = arg;

	c->calls++;
	for (size_t i = 0; i < len; i++)
		((uint8_t *)frame)[i] = pattern(i, len);
	return c->error;
}

static int receive(int number, int64_t timeout_ns, struct copied *c, size_t *len)
{
	return rump_pub_nic_receive(number, timeout_ns, (struct rump_nic_copy){copy_out, c}, len);
}

static int send(int number, size_t len)
{
	struct copied c = {.error = 0};

	return rump_pub_nic_send(number, len, (struct rump_nic_copy){copy_in, &c});
}

static void expect(int number, size_t len)
{
	struct copied c = {.error = 0};
	size_t got = 0;

	assert_int_equal(receive(number, -1, &c, &got), 0);
	assert_int_equal(got, len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(c.frame[i], pattern(i, len));
}

static void lost(int number, uint64_t received, uint64_t sending)
{
	uint64_t r, s;

	assert_int_equal(rump_pub_nic_lost(number, &r, &s), 0);
	assert_int_equal(r, received);
	assert_int_equal(s, sending);
}

static void test_info(void **state)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	uint8_t is[6];
	bool up = false;

	(void)state;
	assert_int_equal(rump_pub_nic_info(CARD, is, &up), 0);
	assert_memory_equal(is, mac, 6);
	assert_true(up);
	card.m_config[6] = 0;
	assert_int_equal(rump_pub_nic_info(CARD, is, &up), 0);
	assert_false(up);
	card.m_config[6] = 1;
	assert_int_equal(rump_pub_nic_info(PLAIN, is, &up), 0);
	assert_int_equal(is[0] & 3, 2);
	assert_true(up);
	assert_int_equal(rump_pub_nic_info(NONE, is, &up), RUMP_ENOENT);
	assert_int_equal(rump_pub_nic_info(-1, is, &up), RUMP_ENOENT);
	assert_int_equal(poor.m_status & 4, 0);
	/* features that were not requested */
	assert_int_equal(card.m_features & ~(ALL & ~F_MRG), 0);
}

static void test_receive(void **state)
{
	static const size_t lens[] = {14, 60, 1000, 1514};

	(void)state;
	for (int number = CARD; number <= PLAIN; number++)
		for (int round = 0; round < 100; round++)
			for (int i = 0; i < 4; i++) {
				frame_in_soon(number == CARD ? &card : &plain, lens[i]);
				if (i == 3)
					for (int j = 0; j < 4; j++)
						expect(number, lens[j]);
			}
	lost(CARD, 0, 0);
}

/* As many frames as the ring has places wait; later ones are lost (I2). */
static void test_lost(void **state)
{
	struct copied c = {.error = RUMP_EFAULT};
	uint64_t r = 0, s;
	size_t len;

	(void)state;
	for (size_t i = 0; i < RING + 40; i++)
		frame_in_soon(&card, 100 + i);
	frame_in_soon(&card, 13);
	frame_in_soon(&card, 1515);
	while (rump_pub_nic_lost(CARD, &r, &s) == 0 && r < 42)
		usleep(100);
	for (size_t i = 0; i < RING; i++)
		expect(CARD, 100 + i);
	lost(CARD, 42, 0);
	frame_in_soon(&card, 77);
	expect(CARD, 77);
	/* A frame that could not be copied. */
	frame_in_soon(&card, 78);
	assert_int_equal(receive(CARD, -1, &c, &len), RUMP_EFAULT);
	assert_int_equal(receive(CARD, 0, &c, &len), RUMP_ETIMEDOUT);
	lost(CARD, 43, 0);
}

static void *receive_thread(void *arg)
{
	struct copied c = {.error = 0};
	size_t len;

	return (void *)(uintptr_t)receive((int)(uintptr_t)arg, -1, &c, &len);
}

static void test_waits(void **state)
{
	struct copied c = {.error = 0};
	pthread_t thread;
	void *error;
	size_t len;

	(void)state;
	assert_int_equal(receive(CARD, 0, &c, &len), RUMP_ETIMEDOUT);
	assert_int_equal(receive(CARD, 20 * MS, &c, &len), RUMP_ETIMEDOUT);
	assert_int_equal(receive(NONE, 0, &c, &len), RUMP_ENOENT);
	assert_int_equal(rump_pub_nic_receive_stop(NONE), RUMP_ENOENT);
	assert_int_equal(rump_pub_nic_receive_stop(CARD), 0);
	assert_int_equal(receive(CARD, -1, &c, &len), RUMP_EINTR);
	assert_int_equal(c.calls, 0);
	assert_int_equal(pthread_create(&thread, NULL, receive_thread, (void *)CARD), 0);
	usleep(20000);
	assert_int_equal(rump_pub_nic_receive_stop(CARD), 0);
	pthread_join(thread, &error);
	assert_int_equal((uintptr_t)error, RUMP_EINTR);
	frame_in_soon(&card, 99);
	assert_int_equal(receive(CARD, INT64_MAX, &c, &len), 0);
	assert_int_equal(len, 99);
}

static void test_send(void **state)
{
	static const uint8_t none[HDR];
	struct copied c = {.error = RUMP_EFAULT};

	(void)state;
	nsent = 0;
	for (size_t len = 14; len <= 1514; len += 25) {
		assert_int_equal(send(CARD, len), 0);
		assert_int_equal(sent_len, HDR + len);
		assert_memory_equal(sent, none, HDR);
		for (size_t i = 0; i < len; i++)
			assert_int_equal(sent[HDR + i], pattern(i, len));
	}
	assert_int_equal(nsent, 61);
	assert_int_equal(send(CARD, 13), RUMP_EINVAL);
	assert_int_equal(send(CARD, 1515), RUMP_EINVAL);
	assert_int_equal(send(NONE, 100), RUMP_ENOENT);
	assert_int_equal(rump_pub_nic_send(CARD, 100, (struct rump_nic_copy){copy_in, &c}),
			 RUMP_EFAULT);
	assert_int_equal(nsent, 61);
	lost(CARD, 43, 0); /* a frame is not lost if its receiver got an error */
}

/* A slow device: a ring full of frames, then none, then as many again as it took. */
static void test_full(void **state)
{
	struct chain c;
	uint64_t received, before, after;

	(void)state;
	assert_int_equal(rump_pub_nic_lost(CARD, &received, &before), 0);
	pthread_mutex_lock(&card.m_lock);
	card.m_keep = 3;
	pthread_mutex_unlock(&card.m_lock);
	for (int i = 0; i < RING; i++)
		assert_int_equal(send(CARD, 60), 0);
	assert_int_equal(send(CARD, 60), RUMP_EAGAIN);
	assert_int_equal(rump_pub_nic_lost(CARD, &received, &after), 0);
	assert_int_equal(after, before + 1);
	pthread_mutex_lock(&card.m_lock);
	for (int i = 0; i < 10; i++) {
		assert_true(chain_take(&card, 1, &c));
		chain_done(&c, 0);
	}
	pthread_mutex_unlock(&card.m_lock);
	for (int i = 0; i < 10; i++)
		assert_int_equal(send(CARD, 60), 0);
	assert_int_equal(send(CARD, 60), RUMP_EAGAIN);
	pthread_mutex_lock(&card.m_lock);
	card.m_keep = 1;
	while (chain_take(&card, 1, &c))
		chain_done(&c, 0);
	pthread_mutex_unlock(&card.m_lock);
	for (int i = 0; i < 4 * RING; i++)
		assert_int_equal(send(CARD, 60), 0);
}

/*
 * It is reset and not used again, and waiters get an error; frames that had arrived can be taken
 * (I5).
 */
static void test_faulty(void **state)
{
	int n = *(int *)*state, number = FAULTY + n;
	struct model *bad = &faulty[n];
	uint8_t mac[6];
	bool up = true;
	pthread_t thread;
	void *error;

	assert_int_equal(send(number, 60), 0);
	frame_in_soon(bad, 50);
	expect(number, 50);
	assert_int_equal(pthread_create(&thread, NULL, receive_thread, (void *)(uintptr_t)number),
			 0);
	usleep(5000);
	bad->m_fault = faults[n];
	frame_in_soon(bad, 51);
	if (faults[n] == FAULT_INDEX) { /* the first of the five is right */
		pthread_join(thread, &error);
		assert_int_equal((uintptr_t)error, 0);
		error = receive_thread((void *)(uintptr_t)number);
	} else {
		pthread_join(thread, &error);
	}
	assert_int_equal((uintptr_t)error, RUMP_EIO);
	assert_int_equal(send(number, 60), RUMP_EIO);
	assert_int_equal(rump_pub_nic_info(number, mac, &up), 0);
	assert_false(up);
	assert_int_equal(bad->m_status & 4, 0);
	frame_in_soon(&card, 500);
	expect(CARD, 500);
}

/* A violation on the send side is found by the next sender. */
static void test_faulty_sends(void **state)
{
	pthread_t thread;
	void *error;

	(void)state;
	frame_in_soon(&sender, 50);
	expect(SENDER, 50);
	assert_int_equal(pthread_create(&thread, NULL, receive_thread, (void *)SENDER), 0);
	sender.m_fault = FAULT_ID_UNUSED;
	assert_int_equal(send(SENDER, 60), 0);
	assert_int_equal(send(SENDER, 60), RUMP_EIO);
	pthread_join(thread, &error);
	assert_int_equal((uintptr_t)error, RUMP_EIO);
}

static int setup(void **state)
{
	(void)state;
	model_add(&poor);
	model_add(&card);
	model_add(&plain);
	for (int i = 0; i < 4; i++)
		model_add(&faulty[i]);
	model_add(&sender);
	model_dma_fail_after = 3; /* two rings and receive buffers, and none for sending */
	return rump_init();
}

int main(void)
{
	static int nth[4] = {0, 1, 2, 3};
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_send),
		cmocka_unit_test(test_full),
		cmocka_unit_test_prestate(test_faulty, &nth[0]),
		cmocka_unit_test_prestate(test_faulty, &nth[1]),
		cmocka_unit_test_prestate(test_faulty, &nth[2]),
		cmocka_unit_test_prestate(test_faulty, &nth[3]),
		cmocka_unit_test(test_faulty_sends),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
