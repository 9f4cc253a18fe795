# SPDX-License-Identifier: BSD-2-Clause
# Flags of the hypercalls; their sources are in sources.mk.
$(B)/cos/rumpuser/%.o $(B)/host/rumpuser/%.o $(B)/tsan/rumpuser/%.o: XCFLAGS += $(RUMPUSER_INC)
$(call host_objs,$(RUMPUSER_COS_SRCS)): XCFLAGS += -DCOS_FAKE_KERNEL
