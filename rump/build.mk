# SPDX-License-Identifier: BSD-2-Clause
$(B)/cos/rump/%.o $(B)/host/rump/%.o: XCFLAGS += $(RUMP_INC)

include $(wildcard rump/*/build.mk rump/*/*/build.mk rump/*/*/*/build.mk)
