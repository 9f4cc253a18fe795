#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# differ.sh [--known DIR] SYSTEM [NAME...]: run the same executables on Linux and in SYSTEM (a composition, as
# `r2c run --system` takes it), and compare standard output and exit status. NAMEs are cases of tests/linux/cases.sh
# and of the list below; all by default. DIR/NAME.diff is how a case's output is known to differ, as `diff` says it.
# If a program ends with status 77 on this Linux, which cannot show the case, tests/linux/NAME.out is the output of
# one that can. CPUS=N in the environment: cores of the machine.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/linux/cases.sh
known=
cpus=(${CPUS:+--cpus "$CPUS"})
if [ "$1" = --known ]; then
	known=$2
	shift 2
fi
system=$1
label=${TEST_NAME-linux/differ}
shift
wanted=" $* "
bin=build/linux
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# name | program and arguments | standard input (a file) | filter of both outputs, where the
# file systems rightly differ: the order of a directory's entries, its own size and links
cases()
{
	linux_cases booted | sed "s#^\([^|]*\)|#&$bin/#"
	echo "busybox-sha256sum|busybox sha256sum /data/a /data/b/c /data/none|"
	echo "busybox-ls|busybox ls -lan /data /data/b||sed -E /^total/d;/^d/s/^(\S+)\s.*\s(\S+)\$/\\1_\\2/"
	echo "busybox-find|busybox find /data -type f -size +1||sort"
	echo "busybox-grep|busybox grep -rn needle /data||sort"
	echo "busybox-sort|busybox sort -r /data/words|"
	echo "busybox-tar|busybox tar tvf /data/data.tar|"
	echo "busybox-gzip|busybox gzip -c /data/words|"
	echo "busybox-awk|busybox awk {n+=NR*length(\$0)}END{print(n,sqrt(n))} /data/words|"
	echo "busybox-wc|busybox wc|$bin/input"
}

# The tree that both sides see as /: here the image made of it, on Linux by chroot.
root=$work/root
mkdir -p "$root/data/b" "$root/tmp" "$root/bin"
head -c 100000 "$bin/input" >"$root/data/a"
head -c 4097 "$bin/input" >"$root/data/b/c"
printf 'hay\nneedle here\nhay\nand a needle\n' >"$root/data/b/hay"
LC_ALL=C seq 1 3000 | sed 's/$/ word/' >"$root/data/words"
ln -s ../words "$root/data/b/link"
touch -d '2024-02-03 04:05:06 UTC' "$root/data/a" "$root/data/b/c" "$root/data/b/hay" "$root/data/words"
touch -h -d '2024-02-03 04:05:06 UTC' "$root/data/b/link"
(cd "$root/data" && tar --mtime='2024-01-01 UTC' --owner=0 --group=0 -cf "$work/data.tar" a b)
mv "$work/data.tar" "$root/data/data.tar"
touch -d '2024-02-03 04:05:06 UTC' "$root/data/data.tar"
chmod 640 "$root/data/a"
touch -d '2024-02-03 04:05:06 UTC' "$root/data/b" "$root/data"
chown -R 0:0 "$root" 2>/dev/null

linux_run()
{
	unshare --mount sh -c 'root=$1 && shift && mount --bind /dev "$root/dev" &&
		mount -t proc proc "$root/proc" && exec chroot "$root" /bin/busybox env -i "$@"' \
		sh "$root" TMPDIR=/tmp TZ=UTC "$@"
}

mkdir -p "$root/dev" "$root/proc"
cp "$(command -v busybox)" "$root/bin/busybox"
while IFS='|' read -r name command input filter; do
	case $wanted in
	"  " | *" $name "*) ;;
	*) continue ;;
	esac
	read -ra words <<<"$command"
	case ${words[0]} in
	busybox) ;;
	*)
		if ! cp "${words[0]}" "$root/bin/"; then
			echo "FAIL $label/$name: ${words[0]} is not built"
			continue
		fi
		;;
	esac
	words[0]=/bin/$(basename "${words[0]}")
	linux_run "${words[@]}" >"$work/linux.out" 2>"$work/linux.err" <"${input:-/dev/null}"
	expected=$?
	if [ $expected = 77 ] && [ -e "tests/linux/$name.out" ]; then
		cp "tests/linux/$name.out" "$work/linux.out"
		expected=0
	fi
	rm -rf "$root"/tmp/*
	timeout -k 5 200 ./r2c run "${cpus[@]}" --system "$system" --root "$root" --timeout 180 --env TZ=UTC --env TMPDIR=/tmp -- \
		"$root${words[0]}" "${words[@]:1}" >"$work/here.out" 2>"$work/here.err" <"${input:-/dev/null}"
	status=$?
	if [ -n "$filter" ]; then
		for output in linux here; do
			LC_ALL=C $filter "$work/$output.out" >"$work/filtered"
			mv "$work/filtered" "$work/$output.out"
		done
	fi
	if [ $expected != $status ]; then
		echo "FAIL $label/$name: exit status $status, on Linux $expected"
		tail -n 30 "$work/here.err" | sed 's/^/  | /'
	elif [ -e "$known/$name.diff" ]; then
		if diff -a "$work/linux.out" "$work/here.out" | cmp -s - "$known/$name.diff"; then
			echo "PASS $label/$name: but for $known/$name.diff"
		else
			echo "FAIL $label/$name: standard output differs (< Linux, > here), and not as $known/$name.diff"
			diff -a "$work/linux.out" "$work/here.out" | head -n 40 | sed 's/^/  | /'
		fi
	elif ! cmp -s "$work/linux.out" "$work/here.out"; then
		echo "FAIL $label/$name: standard output differs (- Linux, + here)"
		diff -a -u "$work/linux.out" "$work/here.out" | tail -n +3 | head -n 40 | sed 's/^/  | /'
	else
		echo "PASS $label/$name"
	fi
done < <(cases)
