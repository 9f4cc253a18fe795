#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# packages.sh GROUP...: install the Debian packages of the groups that are not there yet. Asks
# nothing of apt when all are, so that a second `make` works offline. Needs root, or sudo.
set -eu

build="gcc clang binutils make libconfuse-dev libelf-dev libcmocka-dev dpkg-dev xz-utils"
run="qemu-system-x86 e2fsprogs"
web="musl-tools linux-libc-dev"
test="curl cloc libclang-rt-14-dev busybox-static musl-tools linux-libc-dev xorriso mtools grub-pc-bin grub-common \
	grub-efi-amd64-bin ovmf \
	clang-format clang-tidy cppcheck gdb python3-minimal fdisk makefs file cpio kmod spin bochs bochsbios vgabios bochs-term bsdutils"
bench="wrk cpio kmod busybox-static"

wanted=
for group in "$@"; do
	case $group in
	build) wanted="$wanted $build" ;;
	run) wanted="$wanted $run" ;;
	web) wanted="$wanted $web" ;;
	test) wanted="$wanted $test" ;;
	bench) wanted="$wanted $bench" ;;
	*)
		echo "packages.sh: no group '$group': build run web test bench" >&2
		exit 2
		;;
	esac
done

missing_find()
{
	missing=
	for package in $wanted; do
		status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
		[ "$status" = installed ] || missing="$missing $package"
	done
}
missing_find
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages.sh: run as root or install sudo; missing:$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086
$as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
# A name that only another package provides would be asked for each time.
missing_find
[ -z "$missing" ] || {
	echo "packages.sh: still missing:$missing" >&2
	exit 1
}
