/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio entropy devices: what the device gives arrives, however little at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <rump/entropy.h>
#include <rump/errno.h>
#include <rump/rump.h>

#include "model.h"

static uint8_t next_byte;
static unsigned at_most = 64;

static void handle(struct model *m, struct chain *c)
{
	uint8_t bytes[64];
	size_t len = 0;

	assert_int_equal(c->c_nout, 0);
	while (len < at_most && len < sizeof(bytes))
		bytes[len++] = next_byte++;
	if (m->m_fault == FAULT_SHORT)
		len = 0;
	chain_write(c, 0, bytes, len);
	chain_done(c, (uint32_t)len);
}

static struct model refuses = {.m_type = 4,
			       .m_offer = 1ull << 32,
			       .m_vectors = 2,
			       .m_queue_size = 8,
			       .m_refuse = true,
			       .m_handle = handle};
static struct model good = {
	.m_type = 4, .m_offer = 1ull << 32, .m_vectors = 2, .m_queue_size = 8, .m_handle = handle};

static void expect(size_t len)
{
	uint8_t buf[300], first = next_byte;

	memset(buf, 0xee, sizeof(buf));
	assert_int_equal(rump_pub_entropy_read(buf, len), 0);
	for (size_t i = 0; i < len; i++) {
		if (i % at_most == 0)
			first = (uint8_t)(first + (i ? at_most : 0));
		assert_int_equal(buf[i], (uint8_t)(first + i % at_most));
	}
	assert_int_equal(buf[len], 0xee);
}

static void gives_what_the_device_gives(void **state)
{
	(void)state;
	assert_int_equal(refuses.m_status, 0);
	expect(16);
	expect(64);
	expect(200);
	at_most = 5; /* it may give as little as it wants */
	expect(16);
	at_most = 1;
	expect(10);
	at_most = 64;
}

static void says_when_it_fails(void **state)
{
	uint8_t buf[16];

	(void)state;
	good.m_fault = FAULT_SHORT;
	assert_int_equal(rump_pub_entropy_read(buf, sizeof(buf)), RUMP_EIO);
	good.m_fault = FAULT_NONE;
	expect(16);
	good.m_fault = FAULT_LENGTH;
	assert_int_equal(rump_pub_entropy_read(buf, sizeof(buf)), RUMP_EIO);
	good.m_fault = FAULT_NONE;
	/* It broke the rules: it is not asked again. */
	assert_int_equal(rump_pub_entropy_read(buf, sizeof(buf)), RUMP_EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_the_device_gives),
		cmocka_unit_test(says_when_it_fails),
	};

	model_add(&refuses);
	model_add(&good);
	if (rump_init() != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
