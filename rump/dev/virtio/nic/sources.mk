# SPDX-License-Identifier: BSD-2-Clause
RUMP_DRIVERS_NIC += $(wildcard rump/dev/virtio/nic/*.c rump/dev/virtio/ether/*.c)
