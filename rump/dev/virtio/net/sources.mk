# SPDX-License-Identifier: BSD-2-Clause
RUMP_DRIVERS_NET += $(wildcard rump/dev/virtio/net/*.c rump/dev/virtio/ether/*.c)
