#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# image.sh OUTPUT MKTREE FILES TOTAL_MIB BIG_MIB: an ext2 disk image made by mke2fs, with the tree of mktree at
# /srv/files, and beside it OUTPUT.sha256, what sha256sum says of each file.
set -eu
out=$1
work=$(mktemp -d "$(dirname "$out")/image.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/srv/files" "$work/root/etc" "$work/root/tmp" "$work/root/run" "$work/root/dev" \
	"$work/root/proc" "$work/root/bin" "$work/root/usr/sbin"
printf 'root:x:0:0:root:/:/bin/sh\n' >"$work/root/etc/passwd"
printf 'root:x:0:\n' >"$work/root/etc/group"
"$2" "$work/root/srv/files" "$3" "$4" "$5"
head -c 1024 /dev/zero | tr '\0' x >"$work/root/srv/1k"
head -c 67108864 /dev/zero >"$work/root/srv/64m"
[ -z "${EXTRA_ROOT-}" ] || cp -a "$EXTRA_ROOT/." "$work/root/"
(cd "$work/root/srv" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum -b) >"$out.sha256.new"
chown -R 0:0 "$work/root" 2>/dev/null || true
rm -f "$out.new"
mke2fs -q -F -t ext2 -b 4096 -m 0 -d "$work/root" "$out.new" $(($4 + $5 + 64 + 256))M >/dev/null
mv "$out.sha256.new" "$out.sha256"
mv "$out.new" "$out"
