# SPDX-License-Identifier: BSD-2-Clause
# The programs, and the test that runs each on Linux and in a booted system.

# musl-gcc sees only musl's own headers; Linux's come after them.
$(B)/linux/headers:
	@mkdir -p $@
	ln -sfn /usr/include/linux $@/linux
	ln -sfn /usr/include/asm-generic $@/asm-generic
	ln -sfn /usr/include/x86_64-linux-gnu/asm $@/asm
$(B)/linux/%-glibc: tests/linux/%.c | $(B)/linux/headers
	gcc $(LINUX_CFLAGS) -o $@ $< -lm
$(B)/linux/%: tests/linux/%.c | $(B)/linux/headers
	musl-gcc $(LINUX_CFLAGS) -idirafter $(B)/linux/headers -o $@ $< -lm
# Input for programs that read: every byte value, long and short lines.
$(B)/linux/input: | $(B)/linux/headers
	awk 'BEGIN { for (i = 0; i < 30000; i++) print i, i * i % 7919, substr("abcdefghijklmnopqrstuvwxyz", i % 26) }' > $@
	awk 'BEGIN { for (i = 1; i < 256; i++) printf "%c", i }' >> $@

# What has most to do with cores, on two and on eight cores. All of it on other numbers of cores: make test-cores.
MANY_CORES := pipes tcp threads cores futex signals epoll copytree execthreads threads-glibc busybox-find
# $(call linux_test,VARIANT,ENVIRONMENT,SYSTEM,LIMIT_S[,CASES])
linux_test = $(eval $(call booted_test,linux/differ-$(1),$(4),$(strip $(2) tests/linux/differ.sh $(3) $(5)),$(LINUX_PROGRAMS)))
$(call linux_test,isolated,,system/run.conf,1500)
$(call linux_test,isolated-4,env CPUS=4,system/run.conf,1500)
$(call linux_test,isolated-8,env CPUS=8,system/run.conf,900,$(MANY_CORES))
$(call linux_test,fused,,system/run-fused.conf,1500)
$(call linux_test,fused-2,env CPUS=2,system/run-fused.conf,900,$(MANY_CORES))
