# SPDX-License-Identifier: BSD-2-Clause
# The systems that ship: what runs in them, and `make run`.

$(B)/web/nginx: system/web/nginx.sh system/web/crypt.c system/web/crypt.h
	tools/debian/packages.sh build web
	tools/debian/source.sh nginx $(B)/debian/nginx
	system/web/nginx.sh $(B)/debian/nginx $@

# What every image of the web systems has besides the tree that it serves.
$(B)/web/root.stamp: $(B)/web/nginx system/web/nginx.conf
	rm -rf $(B)/web/root
	install -D -m 755 $(B)/web/nginx $(B)/web/root/usr/sbin/nginx
	install -D -m 644 system/web/nginx.conf $(B)/web/root/etc/nginx.conf
	touch $@

# The image of `make run`: this tree's documents, under the web server.
$(B)/web/web.img: $(B)/web/root.stamp $(wildcard docs/*) README.md
	rm -rf $(B)/web/demo
	mkdir -p $(B)/web/demo/srv $(B)/web/demo/tmp $(B)/web/demo/run
	cp -r $(B)/web/root/. $(B)/web/demo/
	printf 'root:x:0:0:root:/:/bin/sh\n' > $(B)/web/demo/etc/passwd
	printf 'root:x:0:\n' > $(B)/web/demo/etc/group
	cp -r README.md LICENSE docs $(B)/web/demo/srv/
	rm -f $@
	mke2fs -q -F -t ext2 -d $(B)/web/demo -E root_owner=0:0 $@ 64M
