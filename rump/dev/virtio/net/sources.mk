# SPDX-License-Identifier: BSD-2-Clause
# The driver of virtio's network cards under sockets.
RUMP_DRIVERS_NET += $(wildcard rump/dev/virtio/net/*.c rump/dev/virtio/ether/*.c)
