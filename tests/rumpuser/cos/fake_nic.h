/* SPDX-License-Identifier: BSD-2-Clause */
/* One interface of the component nic, number 0, for the fake COS (fake.h): a test is the wire. */
#ifndef TESTS_RUMPUSER_COS_FAKE_NIC_H
#define TESTS_RUMPUSER_COS_FAKE_NIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern struct fake_nic {
	long info_error, send_error, receive_error; /* what the calls return, 0: they work */
	bool stop;				    /* nic_receive is to come back */
	int inside;				    /* calls of nic_receive */
	int sends;				    /* calls of nic_send */
	uint8_t sent[2048];			    /* the last frame that went out */
	size_t sent_len;
} fake_nic;

#define FAKE_NIC_MAC "\x02\x11\x22\x33\x44\x55"

/* A frame comes in: nic_receive has taken it when this returns. */
void fake_nic_frame(const void *frame, size_t len_bytes);
/* The same, to be taken some time. */
void fake_nic_frame_leave(const void *frame, size_t len_bytes);
/* From now on; who waits in nic_receive comes back with it. */
void fake_nic_receive_fails(long error);
/* Wait until so many calls are inside nic_receive. */
void fake_nic_inside_wait(int count);

#endif
