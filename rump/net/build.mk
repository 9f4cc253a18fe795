# SPDX-License-Identifier: BSD-2-Clause
# lwIP's objects, and the flags of the files that see its headers.

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
$(RUMP_LWIP_HOST_LIB): $(RUMP_LWIP_HOST_OBJS)
	rm -f $@
	ar rcs $@ $^

RUMP_LWIP_USERS := $(sort $(RUMP_NET_SRCS) $(RUMP_DRIVERS_NET))
$(call cos_objs,$(RUMP_LWIP_USERS)) $(call host_objs,$(RUMP_LWIP_USERS)): XCFLAGS += $(LWIP_INC)
$(call cos_objs,$(RUMP_LWIP_USERS)) $(call host_objs,$(RUMP_LWIP_USERS)): | $(LWIP_SRC)/include/lwip/init.h
$(call cos_objs,$(RUMP_LWIP_USERS)): XCFLAGS += -Irump/net/lwip/freestanding
