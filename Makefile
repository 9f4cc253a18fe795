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
# What comes from Debian, for builds elsewhere (B=...) too.
DEBIAN := build/debian
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
HOSTCC ?= $(CC)

WARN := -Wall -Wextra -Werror
INC := -Ikernel/include -Ilibcos/include -Iinterface
DEP = -MMD -MP
# User-level code of components and rump kernels. No SSE: a server keeps the FPU state of the
# thread that is visiting it untouched. No TLS: %fs is the program's
# (docs/decisions/003-thread-migration.md). No red zone.
COS_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -ffreestanding -nostdinc -fno-pic -fno-pie \
	-mgeneral-regs-only -mno-red-zone -fno-stack-protector -fno-omit-frame-pointer \
	-fno-asynchronous-unwind-tables -fno-common -ffunction-sections -fdata-sections \
	-isystem $(shell $(CC) -print-file-name=include) $(INC)
COS_ASFLAGS := -g $(DEP) $(INC)
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
HOST_CFLAGS := -std=c17 -O1 -g $(WARN) -Wno-override-init $(DEP) -D_GNU_SOURCE -fno-omit-frame-pointer \
	$(SANITIZE) $(INC)
HOST_LDFLAGS := $(SANITIZE)

# cos_objs SOURCES, host_objs SOURCES: the objects that these sources become.
cos_objs = $(patsubst %,$(B)/cos/%.o,$(basename $(1)))
host_objs = $(patsubst %,$(B)/host/%.o,$(basename $(1)))

COMPONENTS :=
HOST_TESTS :=
SCRIPT_TESTS :=
TEST_SPECS :=
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
# (tests/run.sh), with a limit in seconds. The prerequisites are made before the test is run; a
# booted_test needs r2c, the kernel and the components besides.
define script_test
SCRIPT_TESTS += $(B)/test/$(1)
TEST_SPECS += $(2):$(B)/test/$(1)
$(B)/test/$(1): $(MAKEFILE_LIST) | $(4)
	@mkdir -p $$(@D)
	printf '#!/bin/sh\nexport TEST_NAME=%s\nexec %s\n' '$(1)' '$(3)' > $$@
	chmod +x $$@
endef
booted_test = $(call script_test,$(1),$(2),$(3),$(4) all)

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

.PHONY: all freestanding portable clean help run check coverage test test-host test-host-build test-build test-list test-cores bench

## all            everything that the systems are made of, and r2c (what make does by itself)
all: $(ALL) $(patsubst %,$(B)/component/%.o,$(COMPONENTS))
## freestanding   all that runs on COS, here with another compiler: make CC=clang B=build/clang freestanding
freestanding: $(B)/kernel/kernel.o $(B)/trace/kernel.o $(patsubst %,$(B)/component/%.o,$(COMPONENTS))
# What another compiler has to accept: that and r2c.
portable: freestanding $(R2C_OBJS)
## clean          removes everything that was made
clean:
	rm -rf $(B) $(CLEAN_FILES)
## help           this list
help:
	@sed -n 's/^## //p' $(filter %.mk Makefile,$(MAKEFILE_LIST))

# What runs on a fresh machine: each installs the packages that it lacks, then builds, then does its job.
## run            serves the documents at http://localhost:8080 by nginx
run:
	tools/debian/packages.sh build run web
	$(MAKE) --no-print-directory all $(B)/web/web.img
	@echo
	@echo 'nginx will serve this tree'"'"'s documents at http://localhost:8080 in a moment. Ctrl-C ends the system.'
	@echo
	@./r2c run --verbose system/web.conf

# How many tests run at once, and how many commands of make.
JOBS ?= 2
TEST_PACKAGES = tools/debian/packages.sh build run web test
TEST_MAKE = $(MAKE) --no-print-directory -j$(JOBS)
## test           all tests; TEST="NAME ..." only these, which can be folders or patterns; JOBS=N at once (2)
ifdef TEST
test:
	$(TEST_PACKAGES)
	@tests=$$(tests/select.sh '$(TEST)' $(HOST_TESTS) $(TEST_SPECS)) && \
		$(TEST_MAKE) $$(echo "$$tests" | sed 's/^[0-9]*://') && tests/run.sh -j $(JOBS) $$tests
else
test:
	$(TEST_PACKAGES)
	$(TEST_MAKE) test-build
	tests/run.sh -j $(JOBS) $(HOST_TESTS) $(TEST_SPECS)
endif

## check          only the checks of the source tree: format, clang-tidy, cppcheck, heads, words, layers, links ...
check:
	$(TEST_PACKAGES)
	$(TEST_MAKE) test-build
	tests/run.sh -j $(JOBS) $(foreach t,$(CHECKS),$(filter %:$(B)/test/tree/$(t),$(TEST_SPECS)))
## test-list      the names of all tests
test-list:
	@printf '%s\n' $(patsubst $(B)/test/%,%,$(HOST_TESTS) $(SCRIPT_TESTS)) | sort
## test-build     all tests and what they need, without running them
# Scripts of tests that are gone go too.
test-build: all $(HOST_TESTS) $(SCRIPT_TESTS)
	@grep -rlxI '#!/bin/sh' $(B)/test | grep -vxF "$$(printf '%s\n' $(SCRIPT_TESTS))" | xargs -r rm
## test-host      the tests that run on this machine itself, under sanitizers
test-host: test-host-build
	tests/run.sh -j $(JOBS) $(HOST_TESTS)
# With what posix/differ runs.
test-host-build: $(HOST_TESTS) $(B)/posix-run/run
## test-cores     the tests of booted systems on 1, 2, 4 and 8 cores, or on CORES="N ..."
test-cores:
	$(TEST_PACKAGES)
	$(TEST_MAKE) test-build
	failed=; for cores in $(CORES); do echo "$$cores cores:"; \
		CPUS=$$cores tests/run.sh -j $(JOBS) $(CORES_SPECS) || failed="$$failed $$cores"; done; \
	test -z "$$failed" || { echo "failures with this many cores:$$failed"; exit 1; }

## coverage       the host tests without sanitizers in build/coverage; prints and writes the table of docs/testing.md
coverage: all $(LINUX_PROGRAMS)
	$(TEST_MAKE) B=build/coverage SANITIZE='--coverage -Wno-maybe-uninitialized -Wl,-u,__gcov_dump' HOSTCC=gcc test-host-build
	tests/coverage.sh build/coverage $(filter-out %/damage,$(HOST_TESTS))

## bench          measurements of the whole system, beside Linux
bench:
	tools/debian/packages.sh build run web test bench
	$(MAKE) --no-print-directory all $(BENCH_NEEDS)
	bench/run.sh

-include $(shell find $(B) -path $(B)/debian -prune -o -path $(B)/clang -prune -o -path $(B)/coverage -prune -o -path $(B)/bench -prune -o -name '*.d' -type f -print 2>/dev/null)
