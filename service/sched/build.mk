# SPDX-License-Identifier: BSD-2-Clause
# Component sched, its host tests (also with the thread sanitizer), and its booted tests.
$(eval $(call component,sched,$(wildcard service/sched/*.c service/sched/x86_64/*.S),$(LIBCOS)))
# sched_yield: the host has one of that name.
$(call host_objs,$(wildcard service/sched/*.c tests/service/sched/*.c)): XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(call host_objs,$(wildcard service/sched/*.c)): XCFLAGS += -Dsched_yield=sched_yield_of_the_interface
SCHED_TEST_LIBCOS := tests/service/sched/libcos.c
SCHED_TEST_SIM := $(SCHED_TEST_LIBCOS) tests/service/sched/sim.c $(wildcard service/sched/*.c) libcos/lend.c libcos/timeout.c
$(eval $(call host_test,service/sched/budget,$(SCHED_TEST_LIBCOS) tests/service/sched/budget_test.c service/sched/budget.c))
$(eval $(call host_test,service/sched/sched,$(SCHED_TEST_SIM) tests/service/sched/sched_test.c))
$(eval $(call host_test,service/sched/cores,$(SCHED_TEST_SIM) tests/service/sched/cores_test.c))
$(B)/tsan/service/sched/%.o: XCFLAGS := -DCOS_FAKE_KERNEL -I. -Dsched_yield=sched_yield_of_the_interface
$(B)/tsan/tests/service/sched/%.o $(B)/tsan/libcos/%.o: XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(B)/tsan/cores: $(patsubst %.c,$(B)/tsan/%.o,$(SCHED_TEST_SIM) tests/service/sched/cores_test.c)
	$(HOSTCC) -fsanitize=thread -o $@ $^ -lcmocka -lpthread
$(eval $(call script_test,service/sched/cores-tsan,300,tests/rumpuser/posix/tsan.sh $(B)/tsan/cores,$(B)/tsan/cores))
$(eval $(call component,deadlines,tests/service/sched/system/deadlines.c,$(LIBCOS)))
$(eval $(call booted_test,service/sched/deadlines,600,tests/service/sched/deadlines.sh 1 2,$(B)/component/deadlines.o))
$(eval $(call component,hog,tests/service/sched/system/hog.c,$(LIBCOS)))
$(B)/linux/share: tests/service/sched/system/share.c | $(B)/linux/headers
	musl-gcc $(LINUX_CFLAGS) -o $@ $< -lm
$(eval $(call booted_test,service/sched/share,600,tests/service/sched/share.sh $(B)/linux/share 1 2,$(B)/component/hog.o $(B)/linux/share))
