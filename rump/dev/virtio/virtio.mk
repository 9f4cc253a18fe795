# SPDX-License-Identifier: BSD-2-Clause
#
# virtio: the transport and the queues (RUMP_VIRTIO_SRCS, rump/build.mk), and a driver a folder. A
# component takes the transport and the drivers it wants; they find each other by link set.

RUMP_VIRTIO_BLK_SRCS := $(wildcard rump/dev/virtio/blk/*.c)
RUMP_VIRTIO_NET_SRCS := $(wildcard rump/dev/virtio/net/*.c)
