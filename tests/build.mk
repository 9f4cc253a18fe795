# SPDX-License-Identifier: BSD-2-Clause
# What the tests of booted systems need: programs for Linux that are run here unchanged, and a tree to serve.

LINUX_NAMES := $(basename $(notdir $(wildcard tests/linux/*.c)))
LINUX_PROGRAMS := $(addprefix $(B)/linux/,$(LINUX_NAMES) threads-glibc signals-glibc input)
LINUX_CFLAGS := -std=gnu17 -O1 -g -D_GNU_SOURCE -Wall -Wextra -Wno-nonnull -Wno-restrict \
	-Wno-stringop-overflow -Wno-unused-result -static -MMD -MP

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

$(B)/web/mktree: tests/web/mktree.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O2 $(WARN) -D_GNU_SOURCE -o $@ $<
$(B)/web/test.img: tests/web/image.sh $(B)/web/mktree $(B)/web/root.stamp
	EXTRA_ROOT=$(B)/web/root tests/web/image.sh $@ $(B)/web/mktree 1000 512 1024
$(B)/isolation/attack: tests/isolation/attack.c
	@mkdir -p $(@D)
	musl-gcc $(LINUX_CFLAGS) -o $@ $<
$(B)/log/dmesg: tests/log/dmesg.c
	@mkdir -p $(@D)
	musl-gcc $(LINUX_CFLAGS) -o $@ $<
$(B)/network/reach: tests/network/reach.c
	@mkdir -p $(@D)
	musl-gcc $(LINUX_CFLAGS) -o $@ $<
$(B)/web/small.img: tests/web/image.sh $(B)/web/mktree $(B)/web/root.stamp
	EXTRA_ROOT=$(B)/web/root tests/web/image.sh $@ $(B)/web/mktree 50 16 1

$(eval $(call script_test,kernel-size,60,tests/size.sh))
$(eval $(call script_test,layers,120,tests/layers.sh))
$(eval $(call script_test,docs,60,tests/docs.sh))
$(eval $(call script_test,walks,60,tests/walks.sh))
$(eval $(call script_test,howto,900,tests/howto.sh,r2c $(B)/libcos/domain.o $(B)/kernel/kernel.o $(B)/component/storage.o $(B)/component/posix.o))

# Booted systems: LABEL, and the suffix of its compositions' names.
define system_tests
$(call script_test,web-$(1),2400,tests/web/web.sh system/web$(2).conf web-$(1),$(B)/web/test.img)
$(call script_test,linux-$(1),1500,tests/linux/differ.sh system/run$(2).conf linux-$(1),$(LINUX_PROGRAMS))
$(call script_test,isolation-$(1),600,tests/isolation/isolation.sh system/web$(2).conf isolation-$(1),$(B)/web/small.img $(B)/isolation/attack)
$(call script_test,write-$(1),900,tests/write/write.sh system/run$(2).conf write-$(1),$(B)/linux/copytree $(B)/web/mktree)
$(call script_test,network-$(1),900,tests/network/network.sh "$(2)" network-$(1),$(B)/network/reach $(B)/web/small.img)
$(call script_test,iso-$(1),500,tests/iso/iso.sh system/run$(2).conf iso-$(1),$(B)/linux/args)
$(call script_test,log-$(1),500,tests/log/log.sh system/run$(2).conf log-$(1),$(B)/log/dmesg)
$(call script_test,bad-$(1),1500,tests/bad/bad.sh system/run$(2).conf bad-$(1))
endef
$(eval $(call system_tests,isolated,))
$(eval $(call system_tests,fused,-fused))
$(eval $(call script_test,linux-4,1500,env CPUS=4 tests/linux/differ.sh system/run.conf linux-4,$(LINUX_PROGRAMS)))
# A CPU with PCIDs, which QEMU does not emulate.
$(eval $(call script_test,kernel/pcid,500,tests/kernel/pcid.sh tests/service/system/isolated.conf,$(SERVICE_NEEDS)))
# What has most to do with cores, on two and on eight. Everything on 1, 2, 4 and 8, or on CORES: make test-cores.
MANY_CORES := pipes tcp threads cores futex signals epoll copytree execthreads threads-glibc busybox-find
$(eval $(call script_test,linux-2,900,env CPUS=2 tests/linux/differ.sh system/run-fused.conf linux-2 $(MANY_CORES),$(LINUX_PROGRAMS)))
$(eval $(call script_test,linux-8,900,env CPUS=8 tests/linux/differ.sh system/run.conf linux-8 $(MANY_CORES),$(LINUX_PROGRAMS)))
$(eval $(call script_test,write-8,900,env CPUS=8 tests/write/write.sh system/run-fused.conf write-8,$(B)/linux/copytree $(B)/web/mktree))

CORES := 1 2 4 8
CORES_TESTS := $(foreach c,isolated fused,$(addsuffix -$(c),web linux isolation write network iso log bad)) \
	$(addprefix rumpuser/,conformance pci $(addprefix cos/,rawdisk files files-fused block block-fused wire wire-fused bus ender legacy)) \
	service/system service/reboot/failure $(addprefix netbsd/,linux write etfs ffs web virtif shmif)
CORES_SPECS = $(foreach t,$(CORES_TESTS),$(filter %:$(B)/test/$(t),$(TEST_SPECS)))
.PHONY: test-cores
test-cores:
	tools/debian/packages.sh build run web test
	$(MAKE) --no-print-directory -j2 test-build
	failed=; for cores in $(CORES); do echo "$$cores cores:"; \
		CPUS=$$cores tests/run.sh -j 2 $(CORES_SPECS) || failed="$$failed $$cores"; done; \
	test -z "$$failed" || { echo "failures with this many cores:$$failed"; exit 1; }

# Disk and network behind an IOMMU.
$(B)/iommu/%.conf: system/%.conf
	@mkdir -p $(@D)
	sed -e 's/^system = "\(.*\)"/system = "\1-iommu"/' -e 's/^machine {/&\n\tiommu = true/' $< > $@
$(eval $(call script_test,web-iommu,2400,tests/web/web.sh $(B)/iommu/web.conf web-iommu small,$(B)/iommu/web.conf $(B)/web/test.img))
$(eval $(call script_test,write-iommu,900,tests/write/write.sh $(B)/iommu/run.conf write-iommu,\
	$(B)/iommu/run.conf $(B)/linux/copytree $(B)/web/mktree))

include $(wildcard tests/*/build.mk)
