#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# linux.sh DIR NGINX CONF CALLS: the peer to measure against: Debian's own kernel as DIR/vmlinuz and an initial
# RAM disk DIR/initrd, whose init mounts the disk and becomes the same web server or, when the kernel's
# command line says "calls", runs CALLS and powers off.
set -eu
mkdir -p "$1"
dir=$(cd "$1" && pwd)
nginx=$(readlink -f "$2")
conf=$(readlink -f "$3")
calls=$(readlink -f "$4")

tools/debian/linux.sh linux-image-amd64 "$dir" virtio_pci virtio_blk virtio_net ext4 crc32c_generic
cd "$dir"
root=root
rm -rf $root
mkdir -p $root/bin $root/dev $root/proc $root/sys $root/mnt
cp -r modules $root/
cp "$(command -v busybox)" $root/bin/busybox
cp "$nginx" $root/bin/nginx
cp "$conf" $root/nginx.conf
cp "$calls" $root/bin/calls
cat >$root/init <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for module in /modules/*; do /bin/busybox insmod "$module"; done
/bin/busybox mount -t ext4 -o rw /dev/vda /mnt
/bin/busybox mount --bind /dev /mnt/dev
/bin/busybox ip link set lo up
/bin/busybox ip link set eth0 up
/bin/busybox ip addr add 10.0.2.15/24 dev eth0
/bin/busybox ip route add default via 10.0.2.2
/bin/busybox cp /bin/nginx /bin/calls /nginx.conf /mnt/tmp/
if /bin/busybox grep -q calls /proc/cmdline; then
	/bin/busybox chroot /mnt /tmp/calls
	/bin/busybox poweroff -f
fi
exec /bin/busybox chroot /mnt /tmp/nginx -c /tmp/nginx.conf
INIT
chmod +x $root/init
(cd $root && find . | cpio -o -H newc --quiet) | gzip >initrd.new
mv initrd.new initrd
