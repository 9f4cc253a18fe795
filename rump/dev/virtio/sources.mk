# SPDX-License-Identifier: BSD-2-Clause
# The transport and the queues.
RUMP_BUS_SRCS += $(wildcard rump/dev/virtio/*.c)
