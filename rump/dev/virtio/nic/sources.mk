# SPDX-License-Identifier: BSD-2-Clause
# The driver of virtio's network cards under the component nic.
RUMP_DRIVERS_NIC += $(wildcard rump/dev/virtio/nic/*.c rump/dev/virtio/ether/*.c)
