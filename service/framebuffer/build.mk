# SPDX-License-Identifier: BSD-2-Clause
# Component framebuffer, its font, and its tests.
$(eval $(call component,framebuffer,$(wildcard service/framebuffer/*.c),$(B)/cos/service/framebuffer/psf.o $(LIBCOS)))

# The font: one of Debian's for the Linux console.
$(B)/framebuffer/font.psf: tools/debian/unpack.sh
	tools/debian/unpack.sh console-setup-linux $(@D)/console-setup
	gzip -dc $(@D)/console-setup/usr/share/consolefonts/Lat15-VGA16.psf.gz >$@
$(B)/cos/service/framebuffer/psf.o: service/framebuffer/psf.S $(B)/framebuffer/font.psf
	@mkdir -p $(@D)
	$(CC) $(COS_ASFLAGS) -DFONT='"$(B)/framebuffer/font.psf"' -c -o $@ $<

$(call host_objs,$(wildcard service/framebuffer/*.c tests/service/framebuffer/*.c)): XCFLAGS := -DCOS_FAKE_KERNEL -I.
$(eval $(call host_test,service/framebuffer/screen,tests/service/framebuffer/screen_test.c service/framebuffer/screen.c \
	service/framebuffer/font.c))
$(call host_objs,tests/service/framebuffer/screen_test.c): $(B)/framebuffer/font.psf
$(eval $(call booted_test,service/framebuffer/framebuffer,900,tests/service/framebuffer/framebuffer.sh,$(B)/framebuffer/font.psf \
	$(B)/component/framebuffer.o))
