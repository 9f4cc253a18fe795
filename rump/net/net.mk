# SPDX-License-Identifier: BSD-2-Clause
#
# lwIP: Debian's source package, unpacked under build/ and compiled unmodified under lwip/lwipopts.h.
# RUMP_LWIP_OBJS are its objects for components, RUMP_LWIP_HOST_OBJS those for host tests.

LWIP := $(B)/debian/lwip
LWIP_SRC := $(LWIP)/src
LWIP_NAMES := core/def core/inet_chksum core/init core/ip core/mem core/memp core/netif core/pbuf \
	core/raw core/tcp core/tcp_in core/tcp_out core/udp \
	core/ipv4/dhcp core/ipv4/etharp core/ipv4/icmp core/ipv4/ip4 core/ipv4/ip4_addr core/ipv4/ip4_frag \
	core/ipv6/ethip6 core/ipv6/icmp6 core/ipv6/ip6 core/ipv6/ip6_addr core/ipv6/ip6_frag core/ipv6/nd6 \
	netif/ethernet
RUMP_LWIP_OBJS := $(LWIP_NAMES:%=$(B)/cos/lwip/%.o)
RUMP_LWIP_HOST_OBJS := $(LWIP_NAMES:%=$(B)/host/lwip/%.o)

LWIP_INC := -Irump/net/lwip -isystem $(LWIP_SRC)/include
LWIP_CFLAGS := $(LWIP_INC) -Irump -Wno-error -Wno-address -Wno-unused-parameter -Wno-type-limits

$(LWIP_SRC)/include/lwip/init.h:
	tools/debian/source.sh lwip $(LWIP)
# The objects follow the options, not the sources' own dates.
$(RUMP_LWIP_OBJS) $(RUMP_LWIP_HOST_OBJS): rump/net/lwip/lwipopts.h rump/net/lwip/arch/cc.h \
	rump/net/lwip/arch/hooks.h | $(LWIP_SRC)/include/lwip/init.h

%/lwip/core/tcp_out.o: LWIP_CFLAGS += -DRUMP_NET_TCP_OUT
$(RUMP_LWIP_OBJS): $(B)/cos/lwip/%.o:
	@mkdir -p $(@D)
	$(CC) $(COS_CFLAGS) $(LWIP_CFLAGS) -Irump/net/lwip/freestanding -c -o $@ $(LWIP_SRC)/$*.c
# lwIP takes addresses of members of packed structures and shifts into the sign bit: not checked.
$(RUMP_LWIP_HOST_OBJS): $(B)/host/lwip/%.o:
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_CFLAGS) -fno-sanitize=alignment,shift $(LWIP_CFLAGS) -c -o $@ $(LWIP_SRC)/$*.c

# Our own files that see lwIP's headers.
RUMP_NET_OBJS_ALL := $(call cos_objs,$(wildcard rump/net/*.c rump/dev/virtio/net/*.c)) \
	$(call host_objs,$(wildcard rump/net/*.c rump/dev/virtio/net/*.c))
$(RUMP_NET_OBJS_ALL): XCFLAGS += $(LWIP_INC)
$(RUMP_NET_OBJS_ALL): | $(LWIP_SRC)/include/lwip/init.h
$(call cos_objs,$(wildcard rump/net/*.c rump/dev/virtio/net/*.c)): XCFLAGS += -Irump/net/lwip/freestanding

RUMP_LWIP_HOST_LIB := $(B)/host/lwip.a
$(RUMP_LWIP_HOST_LIB): $(RUMP_LWIP_HOST_OBJS)
	rm -f $@
	ar rcs $@ $^

# Tests: the rump kernel without file systems, in an ordinary process.
NET_TEST_SRCS := $(RUMP_KERN_SRCS) $(RUMP_NET_SRCS) $(wildcard rumpuser/*.c rumpuser/posix/*.c)
$(B)/host/tests/rump/net/%.o: XCFLAGS += $(RUMP_INC) $(LWIP_INC)
define net_test
$(call host_test,rump/net/$(1),tests/rump/net/$(1).c $(NET_TEST_SRCS),$(RUMP_LWIP_HOST_LIB))
$(B)/test/rump/net/$(1): $(RUMP_LWIP_HOST_LIB)
endef
$(foreach t,$(basename $(notdir $(wildcard tests/rump/net/*.c))),$(eval $(call net_test,$(t))))
