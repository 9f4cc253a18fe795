# SPDX-License-Identifier: BSD-2-Clause
# The driver of virtio's random number generators.
RUMP_DRIVERS_RNG += $(wildcard rump/dev/virtio/rng/*.c)
