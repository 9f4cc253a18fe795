# SPDX-License-Identifier: BSD-2-Clause
RUMP_DRIVERS_BLOCK += $(wildcard rump/dev/virtio/blk/*.c)
