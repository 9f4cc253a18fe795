# SPDX-License-Identifier: BSD-2-Clause
$(B)/clock/hour: tests/clock/hour.c
	@mkdir -p $(@D)
	musl-gcc $(LINUX_CFLAGS) -o $@ $<
$(eval $(call script_test,clock,600,tests/clock/hour.sh system/run.conf,$(B)/clock/hour))
$(eval $(call script_test,clock-pit,800,tests/clock/pit.sh))
