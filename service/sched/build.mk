# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,sched,$(wildcard service/sched/*.c service/sched/x86_64/*.S),$(LIBCOS)))
# sched_yield: the host has one of that name.
$(call host_objs,$(wildcard service/sched/*.c tests/service/sched/*.c)): XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(call host_objs,$(wildcard service/sched/*.c)): XCFLAGS += -Dsched_yield=sched_yield_of_the_interface
$(eval $(call host_test,service/sched/timeout,tests/service/sched/timeout_test.c service/sched/timeout.c))
$(eval $(call host_test,service/sched/sched,tests/service/sched/sched_test.c $(wildcard service/sched/*.c) libcos/lend.c))
