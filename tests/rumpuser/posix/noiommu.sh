#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# noiommu.sh LINUX: make LINUX/noiommu/vfio.ko, Debian's module with VFIO_NOIOMMU, which Debian leaves out, for
# the kernel that tools/debian/linux.sh put there; vfio.sh then tests without an IOMMU too. Not part of
# `make test`: the source is a download of 140 MB. Nothing is installed.
set -eu
release=$(ls "$1/tree/lib/modules")
version=$(echo "$release" | cut -d . -f 1,2)
mkdir -p "$1/noiommu"
cd "$1/noiommu"
top=$PWD/root

apt-get download -qq -o APT::Sandbox::User=root "linux-headers-$release" \
	"linux-headers-$(echo "$release" | grep -oE '^[0-9.]+-[0-9]+')-common" "linux-kbuild-$version" "linux-source-$version"
for package in *.deb; do
	dpkg-deb -x "$package" "$top"
done
rm -f ./*.deb
# They include one another by where they would be installed.
sed -i "s#/usr/src/#$top/usr/src/#g" "$top/usr/src/linux-headers-$release/Makefile"
sed -i "s#/usr/lib/linux-kbuild#$top/usr/lib/linux-kbuild#g" "$top"/usr/src/linux-headers-*-common/Makefile
tar -xJf "$top/usr/src/linux-source-$version.tar.xz" --strip-components=2 "linux-source-$version/drivers/vfio"
cat >vfio/Makefile <<'END'
obj-m := vfio.o
vfio-y := vfio_main.o iova_bitmap.o container.o
ccflags-y := -DCONFIG_VFIO_NOIOMMU=1
END
make -C "$top/usr/src/linux-headers-$release" M="$PWD/vfio" modules
cp vfio/vfio.ko .
rm -rf root vfio
