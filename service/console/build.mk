# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,console,$(wildcard service/console/*.c),$(LIBCOS)))
$(eval $(call host_test,service/console/frame,tests/service/console/frame_test.c service/console/frame.c))
$(eval $(call host_test,service/console/input,tests/service/console/input_test.c service/console/input.c))
$(eval $(call host_test,service/console/uart,tests/service/console/uart_test.c service/console/uart.c))
$(call host_objs,$(wildcard tests/service/console/*.c)): XCFLAGS := -I.
