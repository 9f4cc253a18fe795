#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# vfio.sh LINUX CONFORMANCE DISK: processes of Debian's Linux have PCI devices: the conformance suite's section
# pci, and a rump kernel with a disk (disk.c). LINUX is made by tools/debian/linux.sh. Runs in a machine
# with an IOMMU, and in one without if noiommu.sh has made a module for that.
. tests/lib.sh

linux=$1
root=$work/root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,etc,modules}
cp tests/rumpuser/posix/init "$root/init"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$2" "$root/bin/conformance"
cp "$3" "$root/bin/disk"
ldd "$2" "$3" | grep -oE '/[^ :)]+\.so[^ :)]*' | sort -u | while read -r library; do
	mkdir -p "$root/$(dirname "$library")"
	cp -L "$library" "$root/$library"
done
printf 'root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' >"$root/etc/passwd"
head -c 5000001 /dev/urandom >"$root/data"
chmod +x "$root/init"
mkdir "$work/tree"
cp "$root/data" "$work/tree/data"

# guest LABEL OPTION...: one machine, its results, and what is on its disk afterwards
guest()
{
	label=$1
	shift
	(cd "$root" && find . | cpio -o -H newc --quiet) | gzip -1 >"$work/initrd"
	/sbin/mke2fs -q -F -t ext2 -d "$work/tree" "$work/disk" 32M
	timeout 250 qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -accel "$(accelerator)" \
		-cpu max -m 768M -smp 2 -serial file:"$work/log" -kernel "$linux/vmlinuz" -initrd "$work/initrd" \
		-append "console=ttyS0 quiet intel_iommu=on panic=-1" \
		-drive file="$work/disk",format=raw,if=none,id=disk "$@" >"$work/qemu" 2>&1 </dev/null
	sed -i 's/\r$//' "$work/log"
	grep -aE '^(PASS|FAIL|SKIP|[|]) ' "$work/log" | sed -E "s#^(PASS|FAIL|SKIP) #\1 $label/#"
	cat "$work/qemu" >>"$work/log"
	if grep -q '^init: done' "$work/log"; then
		pass "to the end"
	else
		fail "to the end" "the guest ended before" "$work/log"
	fi
	check "the file system is whole" /sbin/e2fsck -fn "$work/disk"
	rm -f "$work/copy"
	/sbin/debugfs -R "dump /copy $work/copy" "$work/disk" >"$work/check.out" 2>&1
	check "what was written is on the disk" python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
sys.exit(len(data) == 0 or data[::-1] != open(sys.argv[2], "rb").read())' "$root/data" "$work/copy"
}

cp "$linux"/modules/* "$root/modules/"
guest vfio -machine q35,kernel-irqchip=split -device intel-iommu,intremap=on -device edu -device e1000e \
	-device virtio-blk-pci,drive=disk,disable-legacy=on,iommu_platform=on
if [ -e "$linux/noiommu/vfio.ko" ]; then
	cp "$linux/noiommu/vfio.ko" "$root"/modules/*-vfio.ko
	guest noiommu -machine q35 -device edu,dma_mask=0xffffffff -device e1000e \
		-device virtio-blk-pci,drive=disk,disable-legacy=on
fi
