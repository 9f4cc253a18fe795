#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# source.sh PACKAGE DIR: fetch Debian's source package and unpack it (with Debian's patches) as
# DIR. The deb-src entries are derived from the machine's own deb entries of its release, in a
# private apt state beside DIR: nothing of the machine's configuration is changed.
set -eu

[ $# = 2 ] || {
	echo "usage: source.sh PACKAGE DIR" >&2
	exit 2
}
package=$1
dir=$2
[ ! -e "$dir" ] || exit 0

mkdir -p "$(dirname "$dir")"
state=$(cd "$(dirname "$dir")" && pwd)/apt
mkdir -p "$state/sources" "$state/lists/partial" "$state/cache/archives/partial"
# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")

# One-line entries: "deb [options] URI suite component..."; the suite is the release or one of its pockets.
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
	[ -f "$list" ] || continue
	sed -n -E "s/^deb((\s+\[[^]]*\])?\s+\S+\s+$codename(-\S+|\/\S+)?\s)/deb-src\1/p" "$list"
done >"$state/sources/machine.list"
# deb822 stanzas.
for stanzas in /etc/apt/sources.list.d/*.sources; do
	[ -f "$stanzas" ] || continue
	awk -v codename="$codename" 'BEGIN { RS = ""; ORS = "\n\n" }
		$0 ~ ("(^|\n)Suites:[^\n]* " codename "([ /\n-]|$)") {
			sub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src"); print }' "$stanzas"
done >"$state/sources/machine.sources"

apt="-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$state/sources \
	-o Dir::State::lists=$state/lists -o Dir::Cache=$state/cache -o APT::Sandbox::User=root"
if [ ! -e "$state/updated" ]; then
	# shellcheck disable=SC2086
	apt-get $apt update -qq >&2
	touch "$state/updated"
fi
work=$(mktemp -d "$state/unpack.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The newest version that the archive still serves: an index may name one that a mirror has dropped.
# shellcheck disable=SC2086
versions=$(apt-cache $apt showsrc "$package" | sed -n 's/^Version: //p' | sort -ruV)
for version in $versions ''; do
	[ -n "$version" ] || {
		cat "$work"/fetch.log >&2 || true
		echo "source.sh: Debian's source package $package could not be had" >&2
		exit 1
	}
	# shellcheck disable=SC2086
	(cd "$work" && apt-get $apt source -qq "$package=$version" >fetch.log 2>&1) && break
done
set -- "$work"/*/
mv "$1" "$dir"
