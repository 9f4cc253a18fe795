#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# nginx.sh SOURCE OUTPUT: build nginx from its unchanged Debian source, static against Debian's
# musl, as OUTPUT.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
src=$1
mkdir -p "$(dirname "$2")"
out=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
work=$out.build

rm -rf "$work"
mkdir -p "$work/kernel-headers"
cp -a "$src" "$work/src"
# musl-gcc sees only musl's headers; Linux's own come after them.
ln -s /usr/include/linux /usr/include/asm-generic "$work/kernel-headers/"
ln -s /usr/include/x86_64-linux-gnu/asm "$work/kernel-headers/asm"
musl-gcc -O2 -c -o "$work/crypt.o" "$here/crypt.c"
ar rcs "$work/libcrypt.a" "$work/crypt.o"

cd "$work/src"
./configure --with-cc=musl-gcc \
	--with-cc-opt="-O2 -idirafter $work/kernel-headers -I$here" \
	--with-ld-opt="-static -L$work" \
	--prefix=/srv --sbin-path=/usr/sbin/nginx --conf-path=/etc/nginx.conf \
	--pid-path=/run/nginx.pid --lock-path=/run/nginx.lock \
	--error-log-path=stderr --http-log-path=/dev/null \
	--http-client-body-temp-path=/tmp/body --http-proxy-temp-path=/tmp/proxy \
	--http-fastcgi-temp-path=/tmp/fastcgi --http-uwsgi-temp-path=/tmp/uwsgi \
	--http-scgi-temp-path=/tmp/scgi \
	--without-http_gzip_module --without-http_rewrite_module >"$work/configure.log" 2>&1 ||
	{ tail -20 "$work/configure.log" >&2; exit 1; }
make -s >"$work/make.log" 2>&1 || { tail -20 "$work/make.log" >&2; exit 1; }
strip -o "$out" objs/nginx
rm -rf "$work"
