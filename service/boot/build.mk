# SPDX-License-Identifier: BSD-2-Clause
# Component boot, and the booted test of the services.
$(eval $(call component,boot,$(wildcard service/boot/*.c service/boot/x86_64/*.S service/acpi/*.c),$(LIBCOS)))

# The booted test: components that try the services from inside.
$(eval $(call component,probe,tests/service/system/probe.c,$(LIBCOS)))
$(eval $(call component,peer,tests/service/system/peer.c,$(LIBCOS)))
$(eval $(call component,sufferer,tests/service/system/sufferer.c,$(LIBCOS)))
SERVICE_CONF := $(wildcard tests/service/system/*.conf)
SERVICE_NEEDS := r2c $(B)/kernel/kernel.o $(LIBCOS_DOMAIN) $(patsubst %,$(B)/component/%.o,boot mem sched console dev reboot \
	probe peer sufferer)
$(eval $(call script_test,service/system,600,tests/service/system.sh $(SERVICE_CONF),$(SERVICE_NEEDS)))
.PHONY: test-service
test-service: $(SERVICE_NEEDS)
	tests/service/system.sh $(SERVICE_CONF)
