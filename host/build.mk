# SPDX-License-Identifier: BSD-2-Clause
#
# r2c, the host command. Its objects are built as the host tests link them too, without a
# sanitizer in the command itself.

R2C_SOURCES := $(filter-out host/main.c,$(wildcard host/*.c))
R2C_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -D_GNU_SOURCE $(INC)
R2C_OBJS := $(patsubst %.c,$(B)/r2c/%.o,$(R2C_SOURCES) host/main.c)
R2C_LIBS := -lconfuse -lelf

ALL += r2c
CLEAN_FILES += r2c
r2c: $(R2C_OBJS)
	$(HOSTCC) -o $@ $^ $(R2C_LIBS)
$(B)/r2c/%.o: %.c
	@mkdir -p $(@D)
	$(HOSTCC) $(R2C_CFLAGS) -c -o $@ $<
-include $(R2C_OBJS:.o=.d)

# Tests: the same sources under the sanitizers, and r2c itself for the script.
$(B)/host/tests/host/%.o: XCFLAGS += -Ihost
R2C_TEST = tests/host/test_$(1).c tests/host/tree.c \
	$(filter-out host/build.c host/run.c host/inspect.c,$(R2C_SOURCES))
$(eval $(call host_test,host/composition,$(call R2C_TEST,composition),$(R2C_LIBS)))
$(eval $(call host_test,host/frame,$(call R2C_TEST,frame),$(R2C_LIBS)))
$(eval $(call host_test,host/system,$(call R2C_TEST,system),$(R2C_LIBS)))
$(eval $(call host_test,host/qemu,$(call R2C_TEST,qemu),$(R2C_LIBS)))
$(eval $(call host_test,host/trace_json,$(call R2C_TEST,trace),$(R2C_LIBS)))
$(eval $(call host_test,host/payload,$(call R2C_TEST,payload),$(R2C_LIBS)))

R2C_TEST_SCRIPT := $(B)/test/host/r2c $(B)/test/host/fake_qemu
$(B)/test/host/r2c: $(call host_objs,$(R2C_SOURCES) host/main.c)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ $(R2C_LIBS)
$(B)/test/host/fake_qemu: $(call host_objs,tests/host/fake_qemu.c host/frame.c host/pool.c host/report.c)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^
$(eval $(call script_test,host/cli,600,tests/host/cli.sh $(R2C_TEST_SCRIPT),$(R2C_TEST_SCRIPT)))
$(eval $(call script_test,host/threads,300,tests/host/threads.sh))
$(eval $(call script_test,host/trace,600,tests/host/trace.sh))
$(eval $(call script_test,host/gdb,600,tests/host/gdb.sh))
