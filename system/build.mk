# SPDX-License-Identifier: BSD-2-Clause
# The systems that ship: what runs in them, and `make run`.

$(B)/web/nginx: system/web/nginx.sh system/web/crypt.c system/web/crypt.h
	host/debian/packages.sh build web
	host/debian/source.sh nginx $(B)/debian/nginx
	system/web/nginx.sh $(B)/debian/nginx $@

# What every image of the web systems has besides the tree that it serves.
$(B)/web/root.stamp: $(B)/web/nginx system/web/nginx.conf
	rm -rf $(B)/web/root
	install -D -m 755 $(B)/web/nginx $(B)/web/root/usr/sbin/nginx
	install -D -m 644 system/web/nginx.conf $(B)/web/root/etc/nginx.conf
	touch $@
