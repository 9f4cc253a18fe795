# SPDX-License-Identifier: BSD-2-Clause
#
# One non-recursive makefile. Every folder that builds something has a build.mk, included below;
# paths in it are relative to the top of the tree, and everything made goes under build/, at the
# same path as its source:  rump/vfs/lookup.c -> build/cos/rump/vfs/lookup.o (to run on COS)
#                                              -> build/host/rump/vfs/lookup.o (host, sanitizers)
#
#   cos objects   freestanding, general registers only, for components; a component NAME is
#                 declared by $(eval $(call component,NAME,SOURCES)) and becomes the relocatable
#                 build/component/NAME.o, all symbols still global (r2c localises what is not an
#                 interface when it links a domain).
#   host objects  hosted or not, under AddressSanitizer and UBSan; a host test NAME is declared by
#                 $(eval $(call host_test,NAME,SOURCES[,LIBS])) and becomes build/test/NAME,
#                 which `make test-host` runs (cmocka: exit status 0 when all passed).

.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

B := build
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
HOSTCC ?= $(CC)

WARN := -Wall -Wextra -Werror
INC := -Ikernel/include -Ilibcos/include -Iinterface
DEP = -MMD -MP
# User-level code of components and rump kernels. No SSE: a server keeps the FPU state of the
# thread that is visiting it untouched. No red zone and no TLS: see docs/architecture.md.
COS_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -ffreestanding -nostdinc -fno-pic -fno-pie \
	-mgeneral-regs-only -mno-red-zone -fno-stack-protector -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -fno-common -ffunction-sections -fdata-sections \
	-isystem $(shell $(CC) -print-file-name=include) $(INC)
COS_ASFLAGS := -g $(DEP) $(INC)
HOST_CFLAGS := -std=c17 -O1 -g $(WARN) -Wno-override-init $(DEP) -D_GNU_SOURCE -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined $(INC)
HOST_LDFLAGS := -fsanitize=address,undefined

# cos_objs SOURCES, host_objs SOURCES: the objects that these sources become.
cos_objs = $(patsubst %,$(B)/cos/%.o,$(basename $(1)))
host_objs = $(patsubst %,$(B)/host/%.o,$(basename $(1)))

COMPONENTS :=
HOST_TESTS :=
SCRIPT_TESTS :=
TEST_SPECS :=
TEST_NEEDS :=
ALL :=
CLEAN_FILES :=

# $(call component,NAME,SOURCES[,OBJECTS OR ARCHIVES])
define component
COMPONENTS += $(1)
$(B)/component/$(1).o: $(call cos_objs,$(2)) $(3)
	@mkdir -p $$(@D)
	ld -r -o $$@ $$^
endef

# $(call host_test,NAME,SOURCES[,LIBS]): cmocka is always linked. Extra flags of one object:
# target-specific XCFLAGS in build.mk.
define host_test
HOST_TESTS += $(B)/test/$(1)
$(B)/test/$(1): $(call host_objs,$(2))
	@mkdir -p $$(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $$@ $$^ $(3) -lcmocka -lpthread
endef

# $(call script_test,NAME,LIMIT_S,COMMAND[,PREREQUISITES]): a command that prints PASS, FAIL and SKIP lines
# (tests/run.sh), with a limit in seconds.
define script_test
SCRIPT_TESTS += $(B)/test/$(1)
TEST_SPECS += $(2):$(B)/test/$(1)
TEST_NEEDS += $(4)
$(B)/test/$(1): $(MAKEFILE_LIST)
	@mkdir -p $$(@D)
	printf '#!/bin/sh\nexec %s\n' '$(3)' > $$@
	chmod +x $$@
endef

# A sources.mk says which sources make up what. All are read before any build.mk, which may use any list in
# any order; a list that names another one's is recursive (=).
include $(wildcard */sources.mk tests/*/sources.mk)
include $(wildcard */build.mk)

$(B)/cos/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COS_CFLAGS) $(XCFLAGS) -c -o $@ $<
$(B)/cos/%.o: %.S
	@mkdir -p $(@D)
	$(CC) $(COS_ASFLAGS) $(XCFLAGS) -c -o $@ $<
$(B)/host/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) $(XCFLAGS) -c -o $@ $<

.PHONY: all freestanding clean run test test-host test-build bench packages
all: $(ALL) $(patsubst %,$(B)/component/%.o,$(COMPONENTS))
# All that runs on COS. With another compiler, beside the usual one's: make CC=clang B=build/clang freestanding
freestanding: $(B)/kernel/kernel.o $(B)/trace/kernel.o $(patsubst %,$(B)/component/%.o,$(COMPONENTS))
clean:
	rm -rf $(B) $(CLEAN_FILES)

# What runs on a fresh machine: each installs the packages that it lacks, then builds, then does its job.
run:
	tools/debian/packages.sh build run web
	$(MAKE) --no-print-directory all $(B)/web/web.img
	@echo
	@echo 'nginx will serve this tree'"'"'s documents at http://localhost:8080 in a moment. Ctrl-C ends the system.'
	@echo
	@./r2c run --verbose system/web.conf

test:
	tools/debian/packages.sh build run web test
	$(MAKE) --no-print-directory -j2 test-build
	tests/run.sh -j 2 $(HOST_TESTS) $(TEST_SPECS)

test-build: all $(HOST_TESTS) $(SCRIPT_TESTS) $(TEST_NEEDS)
test-host: $(HOST_TESTS)
	tests/run.sh -j 2 $(HOST_TESTS)

bench:
	tools/debian/packages.sh build run web test bench
	$(MAKE) --no-print-directory all $(BENCH_NEEDS)
	bench/run.sh

-include $(shell find $(B) -path $(B)/debian -prune -o -path $(B)/clang -prune -o -path $(B)/bench -prune -o -name '*.d' -type f -print 2>/dev/null)
