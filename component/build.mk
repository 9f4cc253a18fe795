# SPDX-License-Identifier: BSD-2-Clause
#
# The components that are rump kernels. component/NAME/ has the file that gives NAME its interface
# (interface/NAME) and the build.mk that says which parts of rump/ it takes; component/sysproxy is shared.

$(B)/cos/component/%.o $(B)/host/component/%.o: XCFLAGS += -I. $(RUMPUSER_INC)
$(call host_objs,$(wildcard component/*/*.c)): XCFLAGS += -DCOS_FAKE_KERNEL

include $(wildcard component/*/build.mk)
