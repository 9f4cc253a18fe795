#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# unpack.sh PACKAGE DIR: the files of a Debian package in DIR, unless that is there already. Nothing is installed, and
# none of the package's scripts runs.
set -eu
package=$1
dir=$2
[ ! -e "$dir" ] || exit 0
rm -rf "$dir.new"
mkdir -p "$dir.new/tree"
cd "$dir.new"

download()
{
	apt-get download -qq -o APT::Sandbox::User=root "$package"
}
download || {
	as_root=
	[ "$(id -u)" = 0 ] || as_root=sudo
	$as_root apt-get update -qq
	download
}
dpkg-deb -x "$package"_*.deb tree
cd - >/dev/null
mv "$dir.new/tree" "$dir"
rm -rf "$dir.new"
