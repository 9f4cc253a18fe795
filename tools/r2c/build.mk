# SPDX-License-Identifier: BSD-2-Clause
#
# r2c, the host command. Its objects are built as the host tests link them too, without a
# sanitizer in the command itself. Headers of another wing are included as "compose/system.h".

R2C := tools/r2c
R2C_TESTS := tests/tools/r2c
R2C_SOURCES := $(filter-out $(R2C)/main.c,$(wildcard $(R2C)/*.c $(R2C)/*/*.c))
R2C_CFLAGS := -std=c17 -O2 -g $(WARN) $(DEP) -D_GNU_SOURCE $(INC) -I$(R2C)
R2C_OBJS := $(patsubst %.c,$(B)/r2c/%.o,$(R2C_SOURCES) $(R2C)/main.c)
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
$(B)/host/$(R2C)/%.o $(B)/host/$(R2C_TESTS)/%.o: XCFLAGS += -I$(R2C)
# Without the commands: main.c, which they need, has the program's main.
R2C_TEST = $(R2C_TESTS)/$(1)_test.c $(R2C_TESTS)/tree.c \
	$(filter-out $(R2C)/inspect.c $(R2C)/bake/build.c $(R2C)/run/run.c,$(R2C_SOURCES))
$(foreach t,composition payload qemu system trace_json wire_frame,\
	$(eval $(call host_test,$(R2C)/$(t),$(call R2C_TEST,$(t)),$(R2C_LIBS))))

R2C_TEST_PROGRAMS := $(B)/$(R2C_TESTS)/r2c $(B)/$(R2C_TESTS)/fake_qemu
$(B)/$(R2C_TESTS)/r2c: $(call host_objs,$(R2C_SOURCES) $(R2C)/main.c)
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^ $(R2C_LIBS)
$(B)/$(R2C_TESTS)/fake_qemu: $(call host_objs,$(R2C_TESTS)/fake_qemu.c $(addprefix $(R2C)/,run/wire_frame.c pool.c report.c))
	@mkdir -p $(@D)
	$(HOSTCC) $(HOST_LDFLAGS) -o $@ $^
$(eval $(call booted_test,$(R2C)/cli,600,$(R2C_TESTS)/cli.sh $(R2C_TEST_PROGRAMS),$(R2C_TEST_PROGRAMS)))
$(eval $(call booted_test,$(R2C)/threads,300,$(R2C_TESTS)/threads.sh))
$(eval $(call booted_test,$(R2C)/trace,600,$(R2C_TESTS)/trace.sh))
$(eval $(call booted_test,$(R2C)/gdb,600,$(R2C_TESTS)/gdb.sh))
