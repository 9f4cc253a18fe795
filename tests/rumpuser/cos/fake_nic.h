/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One interface of the component nic, number 0, for the fake COS (fake.h). The test is the other
 * end of the wire.
 */
#ifndef TESTS_RUMPUSER_COS_FAKE_NIC_H
#define TESTS_RUMPUSER_COS_FAKE_NIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern struct fake_nic {
	long info_error, send_error, receive_error; /* results of the calls; 0: success */
	bool stop;				    /* nic_receive is to return */
	int inside;				    /* calls of nic_receive under way */
	int sends;				    /* calls of nic_send */
	uint8_t sent[2048];			    /* the last frame that was sent */
	size_t sent_len;
} fake_nic;

#define FAKE_NIC_MAC "\x02\x11\x22\x33\x44\x55"

/* Deliver a frame; nic_receive has taken it when this returns. */
void fake_nic_frame(const void *frame, size_t len_bytes);
/* Deliver a frame that nic_receive may take later. */
void fake_nic_frame_leave(const void *frame, size_t len_bytes);
/* From now on, also for waiting calls of nic_receive. */
void fake_nic_receive_fails(long error);
/* Wait until count calls of nic_receive are under way. */
void fake_nic_inside_wait(int count);

#endif
