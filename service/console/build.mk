# SPDX-License-Identifier: BSD-2-Clause
# Component console, and its host tests.
$(eval $(call component,console,$(wildcard service/console/*.c),$(LIBCOS)))
$(eval $(call host_test,service/console/wire_frame,tests/service/console/wire_frame_test.c service/console/wire_frame.c))
$(eval $(call host_test,service/console/input,tests/service/console/input_test.c service/console/input.c))
$(eval $(call host_test,service/console/uart,tests/service/console/uart_test.c service/console/uart.c))
$(eval $(call host_test,service/console/stream,tests/service/console/stream_test.c service/console/stream.c \
	service/console/wire_frame.c service/console/input.c tests/rumpuser/cos/fake.c $(addprefix libcos/,cond.c format.c log.c mutex.c panic.c sem.c waitq.c)))
$(call host_objs,$(wildcard tests/service/console/*.c)): XCFLAGS := -I. -DCOS_FAKE_KERNEL
$(call host_objs,service/console/stream.c): XCFLAGS := -DCOS_FAKE_KERNEL
