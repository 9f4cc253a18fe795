# SPDX-License-Identifier: BSD-2-Clause
#
# Sockets, and lwIP: Debian's source package, unpacked under build/ and compiled unmodified under
# lwip/lwipopts.h. RUMP_LWIP_OBJS are its objects for components, RUMP_LWIP_HOST_LIB those for host tests.

RUMP_NET_SRCS := $(wildcard rump/net/*.c)

LWIP := $(DEBIAN)/lwip
LWIP_SRC := $(LWIP)/src
LWIP_NAMES := core/def core/inet_chksum core/init core/ip core/mem core/memp core/netif core/pbuf \
	core/raw core/tcp core/tcp_in core/tcp_out core/udp \
	core/ipv4/dhcp core/ipv4/etharp core/ipv4/icmp core/ipv4/ip4 core/ipv4/ip4_addr core/ipv4/ip4_frag \
	core/ipv6/ethip6 core/ipv6/icmp6 core/ipv6/ip6 core/ipv6/ip6_addr core/ipv6/ip6_frag core/ipv6/nd6 \
	netif/ethernet
RUMP_LWIP_OBJS := $(LWIP_NAMES:%=$(B)/cos/lwip/%.o)
RUMP_LWIP_HOST_OBJS := $(LWIP_NAMES:%=$(B)/host/lwip/%.o)
RUMP_LWIP_HOST_LIB := $(B)/host/lwip.a

LWIP_INC := -Irump/net/lwip -isystem $(LWIP_SRC)/include
LWIP_CFLAGS := $(LWIP_INC) -Irump -Wno-error -Wno-address -Wno-unused-parameter -Wno-type-limits
