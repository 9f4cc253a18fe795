#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# linux.sh PACKAGE DIR MODULE...: Debian's own kernel, of the metapackage PACKAGE (linux-image-amd64), as DIR/vmlinuz,
# and the modules named with those that they need, as DIR/modules/NUMBER-NAME.ko in the order to load
# them. Nothing is installed.
set -eu
metapackage=$1
unpack=$(cd "$(dirname "$0")" && pwd)/unpack.sh
mkdir -p "$2"
cd "$2"
shift 2

package()
{
	apt-cache depends "$metapackage" | sed -n 's/.*Depends: //p' | head -n 1
}
[ -e tree ] || {
	[ -n "$(package)" ] || {
		as_root=
		[ "$(id -u)" = 0 ] || as_root=sudo
		$as_root apt-get update -qq
	}
	"$unpack" "$(package)" tree
}
cp tree/boot/vmlinuz-* vmlinuz
release=$(ls tree/lib/modules)
from=tree/lib/modules/$release

depmod -b tree "$release"
rm -rf modules
mkdir modules
order=
for module; do
	file=$(sed -n "s#^\(\S*/$module\.ko\):.*#\1#p" "$from/modules.dep")
	needs=$(sed -n "s#^$file: *##p" "$from/modules.dep" | tr ' ' '\n' | tac)
	order="$order $needs $file"
done
n=100
for file in $order; do
	name=$(basename "$file")
	[ -z "$(find modules -name "*[0-9]-$name")" ] || continue
	n=$((n + 1))
	cp "$from/$file" "modules/$n-$name"
done
