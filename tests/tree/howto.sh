#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# howto.sh: docs/howto.md is true. Its edits are made in a copy of the tree (howto.py), the copy is built, and the
# composition that the document ends with is booted and shows each of them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh

copy=$work/tree
mkdir -p "$copy/build/debian"
find . -path ./build -prune -o -path ./.git -prune -o -path ./r2c -prune -o -type f -print0 | xargs -0 cp -a --parents -t "$copy"
for part in cos component kernel libcos r2c trace linux debian/lwip debian/lwip.stamp; do
	[ ! -e "build/$part" ] || cp -a --parents "build/$part" "$copy"
done

check "the edits are made" tests/tree/howto.py docs/howto.md "$copy"
cd "$copy" || exit 1
check "what they need is built" make -j2 r2c build/kernel/kernel.o build/kernel/kernel.ld build/libcos/domain.o build/linux/readahead \
	build/component/{boot,mem,sched,console,dev,reboot,storage,posix,greeter}.o
./r2c inspect system/howto.conf >"$work/inspect" 2>&1
check "the component exports its interface" grep -q 'exports greeter' "$work/inspect"
cat >"$work/look" <<'END'
END
timeout 200 ./r2c run "${cpus[@]}" --system system/howto.conf --log "$work/log" --qemu-option -device --qemu-option edu \
	build/linux/readahead >"$work/out" 2>"$work/err" </dev/null
sed -i 's/\r$//' "$work/log"
check "the program ends" grep -q '^file = 0$' "$work/out"
build/linux/readahead >"$work/linux"
check "the system call answers as Linux's" diff "$work/linux" "$work/out"
check "the component starts" grep -q '^greeter: ready' "$work/log"
check "the driver finds its device" grep -q '^edu0 at pci .* alive$' "$work/log"
timeout 200 ./r2c run "${cpus[@]}" --system system/howto.conf busybox cat /hello/hello >"$work/out" 2>"$work/err" </dev/null
check "the file system has its file" grep -qx 'hello from a file system' "$work/out"
cat "$work/err"
