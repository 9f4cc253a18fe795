# SPDX-License-Identifier: BSD-2-Clause
# The systems that ship: what runs in them, and `make run`.

$(B)/web/nginx: system/web/nginx.sh system/web/crypt.c system/web/crypt.h
	host/debian/packages.sh build web
	host/debian/source.sh nginx $(B)/debian/nginx
	system/web/nginx.sh $(B)/debian/nginx $@
