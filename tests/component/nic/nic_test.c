/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The component nic over two cards of the test: the owner of a card (nic.c, I1), which buffers are
 * accepted, how long a receiver waits, and that every error of a card becomes an error of the
 * interface.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <cos/clock.h>
#include <cos/layout.h>
#include <mem/mem.h>
#include <nic/nic.h>
#include <rump/errno.h>
#include <rump/nic.h>
#include "component/sysproxy/server.h"
#include "fake.h"

#define CARDS 2
#define CLIENT 40
#define OTHER 41
#define FRAME "a frame that came in"

static bool ready = true;
static int card_error;
static int infos, stops;
static int64_t waited_ns;
static char sent[NIC_FRAME_MAX];
static unsigned long buffer;

bool server_ready(void)
{
	return ready;
}

int rump_pub_nic_info(int number, uint8_t mac[RUMP_NIC_MAC_LEN], bool *link_up)
{
	infos++;
	if (number >= CARDS)
		return RUMP_ENOENT;
	for (int i = 0; i < RUMP_NIC_MAC_LEN; i++)
		mac[i] = (uint8_t)(0x82 + i);
	*link_up = number == 1;
	return 0;
}

int rump_pub_nic_send(int number, size_t len, struct rump_nic_copy copy)
{
	return number >= CARDS ? RUMP_ENOENT
	       : card_error    ? card_error
			       : copy.copy(copy.arg, sent, len);
}

int rump_pub_nic_receive(int number, int64_t timeout_ns, struct rump_nic_copy copy, size_t *len)
{
	char frame[] = FRAME;

	assert_true(number < CARDS);
	waited_ns = timeout_ns;
	*len = sizeof(frame);
	return card_error ? card_error : copy.copy(copy.arg, frame, sizeof(frame));
}

int rump_pub_nic_receive_stop(int number)
{
	assert_true(number < CARDS);
	stops++;
	return 0;
}

int rump_pub_nic_lost(int number, uint64_t *received, uint64_t *sending)
{
	assert_true(number < CARDS);
	*received = 5;
	*sending = 6;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	fake_client_set(CLIENT);
	card_error = 0;
	return 0;
}

static void starts_before_it_answers(void **state)
{
	(void)state;
	ready = false;
	assert_int_equal(nic_info(0).v0, -COS_EAGAIN);
	assert_int_equal(nic_send(0, buffer, 60), -COS_EAGAIN);
	assert_int_equal(nic_receive(0, buffer, 4096, 1), -COS_EAGAIN);
	ready = true;
	assert_int_equal(infos, 0);
}

static void tells_of_cards(void **state)
{
	(void)state;
	assert_int_equal(nic_info(0).v0, 0x878685848382);
	assert_int_equal(nic_info(0).v1, 0);
	assert_int_equal(nic_info(1).v1, 1);
	assert_int_equal(nic_lost(0).v0, 5);
	assert_int_equal(nic_lost(0).v1, 6);
	assert_int_equal(nic_info(CARDS).v0, -COS_ENOENT);
	assert_int_equal(nic_info(-1).v0, -COS_ENOENT);
	assert_int_equal(nic_info(1l << 32).v0, -COS_ENOENT);
	assert_int_equal(nic_send(CARDS, buffer, 60), -COS_ENOENT);
	assert_int_equal(nic_receive(CARDS, buffer, 4096, 1), -COS_ENOENT);
	assert_int_equal(nic_receive_stop(CARDS), -COS_ENOENT);
	assert_int_equal(nic_lost(CARDS).v0, -COS_ENOENT);
}

static void a_card_is_one_clients(void **state)
{
	(void)state;
	assert_int_equal(nic_send(1, buffer, 60), 0);
	fake_client_set(OTHER);
	assert_int_equal(nic_info(1).v0, -COS_EBUSY);
	assert_int_equal(nic_send(1, buffer, 60), -COS_EBUSY);
	assert_int_equal(nic_receive(1, buffer, 4096, 1), -COS_EBUSY);
	assert_int_equal(nic_receive_stop(1), -COS_EBUSY);
	assert_int_equal(nic_lost(1).v0, -COS_EBUSY);
	assert_int_equal(stops, 0);
	/* When the owner has ended, the next client gets the card (I1). */
	fake_stopped = CLIENT;
	assert_int_equal(nic_send(1, buffer, 60), 0);
	fake_stopped = 0;
	fake_client_set(CLIENT);
	assert_int_equal(nic_send(1, buffer, 60), -COS_EBUSY);
	assert_true(nic_info(0).v0 > 0); /* the other card is not affected */
	assert_int_equal(nic_receive_stop(0), 0);
	assert_int_equal(stops, 1);
}

static void buffers_are_shared(void **state)
{
	static char own[NIC_FRAME_MAX];
	unsigned long end = (unsigned long)(COS_SLOT_SHARED + 1) << COS_SLOT_SHIFT;

	(void)state;
	memset((void *)buffer, 7, NIC_FRAME_MAX);
	assert_int_equal(nic_send(0, buffer, NIC_FRAME_MAX), 0);
	assert_memory_equal(sent, (void *)buffer, NIC_FRAME_MAX);
	assert_int_equal(nic_send(0, (unsigned long)own, 60), -COS_EFAULT);
	assert_int_equal(nic_send(0, end - 59, 60), -COS_EFAULT);
	assert_int_equal(nic_send(0, buffer, NIC_FRAME_MIN - 1), -COS_EINVAL);
	assert_int_equal(nic_send(0, buffer, NIC_FRAME_MAX + 1), -COS_EINVAL);
	assert_int_equal(nic_receive(0, buffer, NIC_FRAME_MAX, 0), sizeof(FRAME));
	assert_string_equal((char *)buffer, FRAME);
	assert_int_equal(nic_receive(0, buffer, NIC_FRAME_MAX - 1, 0), -COS_EINVAL);
	assert_int_equal(nic_receive(0, (unsigned long)own, 4096, 0), -COS_EFAULT);
	assert_int_equal(nic_receive(0, end - NIC_FRAME_MAX + 1, NIC_FRAME_MAX, 0), -COS_EFAULT);
}

static void deadlines_are_absolute(void **state)
{
	(void)state;
	nic_receive(0, buffer, 4096, 0);
	assert_true(waited_ns < 0);
	nic_receive(0, buffer, 4096, 1); /* a time long past */
	assert_int_equal(waited_ns, 0);
	nic_receive(0, buffer, 4096, cos_now_ns() + 1000000000000);
	assert_true(waited_ns > 900000000000 && waited_ns <= 1000000000000);
	nic_receive(0, buffer, 4096, ~0ul);
	assert_true(waited_ns < 0);
}

static void errors_have_names(void **state)
{
	static const int pairs[][2] = {
		{RUMP_EAGAIN, COS_EAGAIN}, {RUMP_ETIMEDOUT, COS_ETIMEDOUT}, {RUMP_EINTR, COS_EINTR},
		{RUMP_EFAULT, COS_EFAULT}, {RUMP_EINVAL, COS_EINVAL},	    {RUMP_EIO, COS_EIO},
		{RUMP_ENOENT, COS_ENOENT}, {RUMP_ENXIO, COS_EIO},
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		card_error = pairs[i][0];
		assert_int_equal(nic_receive(0, buffer, 4096, 0), -pairs[i][1]);
		assert_int_equal(nic_send(0, buffer, 60), -pairs[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(starts_before_it_answers, setup),
		cmocka_unit_test_setup(tells_of_cards, setup),
		cmocka_unit_test_setup(a_card_is_one_clients, setup),
		cmocka_unit_test_setup(buffers_are_shared, setup),
		cmocka_unit_test_setup(deadlines_are_absolute, setup),
		cmocka_unit_test_setup(errors_have_names, setup),
	};

	fake_init();
	buffer = (unsigned long)mem_shm_create(4096);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
