/* SPDX-License-Identifier: BSD-2-Clause */
/* The network cards, served to others by the host (rump/nic.h). */
#include <rump/nic.h>

#include <rump/errno.h>
#include <rump/rump.h>

#include "dev/virtio/nic/vnic.h"

int rump_pub_nic_info(int number, uint8_t mac[RUMP_NIC_MAC_LEN], bool *link_up)
{
	struct vnic *nc;

	rump_schedule();
	nc = vnic_find(number);
	if (nc != NULL)
		vnic_info(nc, mac, link_up);
	rump_unschedule();
	return nc != NULL ? 0 : RUMP_ENOENT;
}

int rump_pub_nic_send(int number, size_t len_bytes, struct rump_nic_copy copy)
{
	struct vnic *nc;
	int error;

	rump_schedule();
	nc = vnic_find(number);
	error = nc != NULL ? vnic_send(nc, len_bytes, copy) : RUMP_ENOENT;
	rump_unschedule();
	return error;
}

int rump_pub_nic_receive(int number, int64_t timeout_ns, struct rump_nic_copy copy,
			 size_t *len_bytes)
{
	struct vnic *nc;
	int error;

	rump_schedule();
	nc = vnic_find(number);
	error = nc != NULL ? vnic_receive(nc, timeout_ns, copy, len_bytes) : RUMP_ENOENT;
	rump_unschedule();
	return error;
}

int rump_pub_nic_receive_stop(int number)
{
	struct vnic *nc;

	rump_schedule();
	nc = vnic_find(number);
	if (nc != NULL)
		vnic_receive_stop(nc);
	rump_unschedule();
	return nc != NULL ? 0 : RUMP_ENOENT;
}

int rump_pub_nic_lost(int number, uint64_t *received, uint64_t *sent)
{
	struct vnic *nc;

	rump_schedule();
	nc = vnic_find(number);
	if (nc != NULL)
		vnic_lost(nc, received, sent);
	rump_unschedule();
	return nc != NULL ? 0 : RUMP_ENOENT;
}
