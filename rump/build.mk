# SPDX-License-Identifier: BSD-2-Clause
# Flags of rump kernels; their sources are in each folder's sources.mk.
$(B)/cos/rump/%.o $(B)/host/rump/%.o: XCFLAGS += $(RUMP_INC)

include $(wildcard rump/*/build.mk rump/*/*/build.mk rump/*/*/*/build.mk)
