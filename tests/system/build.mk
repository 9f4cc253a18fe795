# SPDX-License-Identifier: BSD-2-Clause
# Tests of whole systems: each boots compositions of system/, isolated and fused. What these systems need besides
# their components: programs for Linux, and a tree to serve.

$(B)/web/mktree: tests/system/web/mktree.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O2 $(WARN) -D_GNU_SOURCE -o $@ $<
$(B)/web/test.img: tests/system/web/image.sh $(B)/web/mktree $(B)/web/root.stamp
	EXTRA_ROOT=$(B)/web/root tests/system/web/image.sh $@ $(B)/web/mktree 1000 512 1024
$(B)/web/small.img: tests/system/web/image.sh $(B)/web/mktree $(B)/web/root.stamp
	EXTRA_ROOT=$(B)/web/root tests/system/web/image.sh $@ $(B)/web/mktree 50 16 1

# $(call system_program,NAME,PROGRAM): tests/system/NAME/PROGRAM.c, a program for Linux
define system_program
$(B)/tests/system/$(1)/$(2): tests/system/$(1)/$(2).c
	@mkdir -p $$(@D)
	musl-gcc $(LINUX_CFLAGS) -o $$@ $$<
endef
$(eval $(call system_program,isolation,attack))
$(eval $(call system_program,log,dmesg))
$(eval $(call system_program,network,reach))
$(eval $(call system_program,clock,hour))
$(eval $(call system_program,soak,soak))

# $(call system_test,NAME,VARIANT,LIMIT_S,ARGUMENTS[,PREREQUISITES]): tests/system/NAME/NAME.sh ARGUMENTS
system_test = $(eval $(call booted_test,system/$(1)-$(2),$(3),$(6)tests/system/$(1)/$(1).sh $(4),$(5)))
# $(call system_tests,VARIANT,SUFFIX): all of them, in the compositions whose names end in SUFFIX
define system_tests
$(call system_test,web,$(1),2400,system/web$(2).conf,$(B)/web/test.img)
$(call system_test,isolation,$(1),600,system/web$(2).conf,$(B)/web/small.img $(B)/tests/system/isolation/attack)
$(call system_test,write,$(1),900,system/run$(2).conf,$(B)/linux/copytree $(B)/web/mktree)
$(call system_test,network,$(1),900,"$(2)",$(B)/tests/system/network/reach $(B)/web/small.img)
$(call system_test,iso,$(1),500,system/run$(2).conf,$(B)/linux/args)
$(call system_test,log,$(1),500,system/run$(2).conf,$(B)/tests/system/log/dmesg)
$(call system_test,bad,$(1),1500,system/run$(2).conf)
endef
$(call system_tests,isolated,)
$(call system_tests,fused,-fused)
$(call system_test,write,fused-8,900,system/run-fused.conf,$(B)/linux/copytree $(B)/web/mktree,env CPUS=8 )

# Disk and network behind an IOMMU.
$(B)/iommu/%.conf: system/%.conf
	@mkdir -p $(@D)
	sed -e 's/^system = "\(.*\)"/system = "\1-iommu"/' -e 's/^machine {/&\n\tiommu = true/' $< > $@
$(call system_test,web,iommu,2400,$(B)/iommu/web.conf small,$(B)/iommu/web.conf $(B)/web/test.img)
$(call system_test,write,iommu,900,$(B)/iommu/run.conf,$(B)/iommu/run.conf $(B)/linux/copytree $(B)/web/mktree)

$(eval $(call booted_test,system/clock/hour,600,tests/system/clock/hour.sh system/run.conf,$(B)/tests/system/clock/hour))
$(eval $(call booted_test,system/clock/pit,800,tests/system/clock/pit.sh))

# Ten minutes of a mixed load (SOAK_S seconds): not part of `make test`.
## soak           ten minutes (SOAK_S seconds) of a mixed load in one system
.PHONY: soak
soak:
	tools/debian/packages.sh build run web test
	$(MAKE) --no-print-directory all $(B)/tests/system/soak/soak $(B)/web/root.stamp
	tests/system/soak/soak.sh
