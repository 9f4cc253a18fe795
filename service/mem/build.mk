# SPDX-License-Identifier: BSD-2-Clause
# Component mem, and its host tests.
$(eval $(call component,mem,$(wildcard service/mem/*.c),$(LIBCOS)))
$(call host_objs,$(wildcard service/mem/*.c tests/service/mem/*.c)): XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(eval $(call host_test,service/mem/frame,tests/service/mem/frame_test.c service/mem/frame.c))
$(eval $(call host_test,service/mem/region,tests/service/mem/region_test.c service/mem/region.c))
$(eval $(call host_test,service/mem/program,tests/service/mem/program_test.c tests/service/mem/fake_kernel.c \
	$(filter-out service/mem/main.c service/mem/meta.c,$(wildcard service/mem/*.c)) libcos/lend.c))
