# SPDX-License-Identifier: BSD-2-Clause
#
# What bench/hosts.sh measures: a host's hypercalls (hypercalls.c) and rump kernels on it (rump.c), as components and as
# programs of the POSIX host; these are built as components are, without sanitizers.

BENCH_RUMP_SRCS := $(RUMP_KERN_SRCS) $(RUMP_VFS_SRCS) $(wildcard rump/fs/tmpfs/*.c) $(RUMP_NET_SRCS)
BENCH_SERVER_SRCS := component/sysproxy/server.c component/storage/storage.c

$(eval $(call component,bench-hypercalls,bench/hypercalls.c bench/loop.c bench/cos.c $(RUMPUSER_COS_SRCS),$(LIBCOS)))
$(eval $(call component,bench-rump,bench/rump.c bench/loop.c bench/cos.c $(BENCH_RUMP_SRCS) \
	$(RUMPUSER_COS_SRCS) $(BENCH_SERVER_SRCS),$(RUMP_LWIP_OBJS) $(LIBCOS)))
$(eval $(call component,bench-rump-netbsd,bench/rump.c bench/loop.c bench/cos.c \
	$(RUMPUSER_COS_SRCS) $(BENCH_SERVER_SRCS),$(LIBCOS)))
$(eval $(call component,bench-services,bench/services.c bench/loop.c bench/cos.c,$(LIBCOS)))
$(eval $(call component,bench-visitor,bench/visitor.c bench/loop.c bench/cos.c,$(LIBCOS)))
$(call cos_objs,$(wildcard bench/*.c)): XCFLAGS := $(RUMPUSER_INC)

# On POSIX.
FAST := $(B)/fast
FAST_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -D_GNU_SOURCE $(RUMP_INC) $(LWIP_INC)
fast_objs = $(patsubst %.c,$(FAST)/%.o,$(1))
$(FAST)/%.o: %.c | $(LWIP_SRC)/include/lwip/init.h
	@mkdir -p $(@D)
	$(CC) $(FAST_CFLAGS) -c -o $@ $<
FAST_LWIP_OBJS := $(LWIP_NAMES:%=$(FAST)/lwip/%.o)
$(FAST_LWIP_OBJS): $(FAST)/lwip/%.o: | $(LWIP_SRC)/include/lwip/init.h
	@mkdir -p $(@D)
	$(CC) $(FAST_CFLAGS) $(LWIP_CFLAGS) -c -o $@ $(LWIP_SRC)/$*.c

FAST_HYPERCALLS_OBJS := $(call fast_objs,bench/hypercalls.c bench/loop.c bench/posix.c)
FAST_RUMP_OBJS := $(call fast_objs,bench/rump.c bench/loop.c bench/posix.c)
FAST_HOST_OBJS := $(call fast_objs,$(RUMPUSER_POSIX_SRCS))
FAST_KERNEL_OBJS := $(call fast_objs,$(BENCH_RUMP_SRCS)) $(FAST_LWIP_OBJS)
$(FAST)/bench-hypercalls: $(FAST_HYPERCALLS_OBJS) $(FAST_HOST_OBJS)
$(FAST)/bench-rump: $(FAST_RUMP_OBJS) $(FAST_KERNEL_OBJS) $(FAST_HOST_OBJS)
BENCH_POSIX := $(FAST)/bench-hypercalls $(FAST)/bench-rump

# NetBSD's kernel on this host, either kernel's host being NetBSD's: where RUMP_PREFIX has them (docs/netbsd.md).
ifneq ($(wildcard $(RUMP_PREFIX)/lib/librump.a),)
BENCH_NETBSD_LIBS := $(patsubst %,$(RUMP_PREFIX)/lib/lib%.a,rump rumpvfs rumpfs_tmpfs rumpnet rumpnet_net rumpnet_netinet)
BENCH_NETBSD_LINK := -Wl,--whole-archive $(BENCH_NETBSD_LIBS) -Wl,--no-whole-archive
$(FAST)/bench-rump-netbsd: $(FAST_RUMP_OBJS) $(FAST_HOST_OBJS)
BENCH_POSIX += $(FAST)/bench-rump-netbsd
$(FAST)/bench-rump-netbsd: BENCH_LINK := $(BENCH_NETBSD_LINK)
endif
BENCH_LIBRUMPUSER := $(and $(RUMP_PREFIX),$(wildcard $(RUMP_PREFIX)/lib/librumpuser.a))
ifneq ($(BENCH_LIBRUMPUSER),)
$(FAST)/bench-hypercalls-librumpuser: $(FAST_HYPERCALLS_OBJS)
$(FAST)/bench-rump-netbsd-librumpuser: $(FAST_RUMP_OBJS)
$(FAST)/bench-hypercalls-librumpuser: BENCH_LINK := $(BENCH_LIBRUMPUSER)
$(FAST)/bench-rump-netbsd-librumpuser: BENCH_LINK := $(BENCH_NETBSD_LINK) $(BENCH_LIBRUMPUSER)
BENCH_POSIX += $(FAST)/bench-hypercalls-librumpuser $(FAST)/bench-rump-netbsd-librumpuser
endif

$(BENCH_POSIX):
	$(CC) -o $@ $^ $(BENCH_LINK) -lpthread

BENCH_NEEDS += $(BENCH_POSIX)
