# SPDX-License-Identifier: BSD-2-Clause
# `make bench`: see bench/run.sh.

$(B)/bench/calls: bench/calls.c | $(B)/linux/headers
	@mkdir -p $(@D)
	musl-gcc -static -std=gnu17 -O2 $(WARN) -idirafter $(B)/linux/headers -o $@ $<
$(B)/bench/linux/initrd: bench/linux.sh $(B)/web/nginx $(B)/bench/calls system/web/nginx.conf
	bench/linux.sh $(@D) $(B)/web/nginx system/web/nginx.conf $(B)/bench/calls
BENCH_NEEDS := $(B)/bench/calls $(B)/bench/linux/initrd $(B)/web/small.img
include bench/hosts.mk
