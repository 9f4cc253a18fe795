/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cards of virtio_nic.c for public.c; rump/nic.h says what each call means. Called with a
 * virtual CPU, which vnic_receive gives up while it waits.
 */
#ifndef RUMP_DEV_VIRTIO_NIC_VNIC_H
#define RUMP_DEV_VIRTIO_NIC_VNIC_H

#include <rump/nic.h>

struct vnic;

/* NULL: no such card. A card exists as long as the kernel runs. */
struct vnic *vnic_find(int number);
void vnic_info(struct vnic *nc, uint8_t mac[RUMP_NIC_MAC_LEN], bool *link_up);
int vnic_send(struct vnic *nc, size_t len_bytes, struct rump_nic_copy copy);
int vnic_receive(struct vnic *nc, int64_t timeout_ns, struct rump_nic_copy copy, size_t *len_bytes);
void vnic_receive_stop(struct vnic *nc);
void vnic_lost(struct vnic *nc, uint64_t *received, uint64_t *sent);

#endif
