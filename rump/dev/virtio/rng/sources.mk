# SPDX-License-Identifier: BSD-2-Clause
RUMP_DRIVERS_RNG += $(wildcard rump/dev/virtio/rng/*.c)
