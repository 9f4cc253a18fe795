# SPDX-License-Identifier: BSD-2-Clause
# The driver of virtio's disks.
RUMP_DRIVERS_BLOCK += $(wildcard rump/dev/virtio/blk/*.c)
