# SPDX-License-Identifier: BSD-2-Clause
$(eval $(call component,sched,$(wildcard service/sched/*.c service/sched/x86_64/*.S),$(LIBCOS)))
$(call host_objs,$(wildcard tests/service/sched/*.c)): XCFLAGS := -I.
$(eval $(call host_test,service/sched/timeout,tests/service/sched/timeout_test.c service/sched/timeout.c))
