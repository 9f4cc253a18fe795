#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# longest.sh FILE...: a table for bench/RESULTS.md, of ROWS rows: the longest ways through the kernel (longest.c) in all
# files, in instructions, the longest first. NAME.longest is booted, with NAME.img as its disk if there is such a
# file. Any other file is the log of a system that has ended, NAME.ANYTHING.
set -u
cd "$(dirname "$0")/../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# longest_of LOG NAME: adds what the log says. A starved machine's has lost characters.
longest_of()
{
	local lines='^longest [0-9]+ [a-z]+ [0-9]+ of [0-9]+, arguments( 0x[0-9a-f]+){4}$' damaged
	tr -d '\r' <"$1" | grep -aE "$lines" | sed "s|\$| $2|" >>"$work/all"
	damaged=$(tr -d '\r' <"$1" | grep -avE "$lines" | grep -ac '^longest ')
	[ "$damaged" = 0 ] || echo "longest.sh: $1: $damaged lines are damaged" >&2
}

for image; do
	if [[ $image != *.longest ]]; then
		longest_of "$image" "$(basename "${image%.*}")"
		continue
	fi
	disk=()
	if [ -e "${image%.longest}.img" ]; then
		cp "${image%.longest}.img" "$work/disk"
		disk=(-drive "if=none,id=disk,format=raw,file=$work/disk" -device virtio-blk-pci,disable-legacy=on,drive=disk
			-netdev user,id=net -device virtio-net-pci,disable-legacy=on,netdev=net)
	fi
	timeout 900 qemu-system-x86_64 -M q35 -cpu max -m 256 -display none -vga none -monitor none -nic none \
		-serial "file:$work/log" -serial null -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-icount shift=0,sleep=off "${disk[@]}" -kernel "$image"
	status=$?
	if ! grep -aq "^longest " "$work/log" || grep -aq "^kernel panic" "$work/log"; then
		echo "longest.sh: $image: status $status" >&2
		tail -n 20 "$work/log" >&2
		exit 1
	fi
	longest_of "$work/log" "$(basename "${image%.longest}")"
done
echo "| instructions | operation | arguments | in | of |"
echo "| ---: | --- | --- | --- | ---: |"
# An operation's name is that of its number among the names for its capability's type in cos/abi.h.
sort -rn -k2,2 "$work/all" | awk -v rows="${ROWS:-12}" '
	FILENAME != "-" {
		# Not the types of memory, nor the flag of a wait.
		if ($1 == "#define" && $2 ~ /^COS_[A-Z]+(_[A-Z]+)*$/ && $3 ~ /^[0-9]+$/ &&
		    $2 !~ /^COS_(MEM_(UNTYPED|USER|KERNEL|DEVICE)|ARCV_POLL)$/) {
			split($2, part, "_")
			sub("SCHED", "ARCV", part[2])
			if (!((part[2], $3) in name))
				name[part[2], $3] = $2
		}
		next
	}
	BEGIN {
		split("captbl CAPTBL pgtbl PGTBL comp COMP thd THD arcv ARCV asnd ASND untyped MEM devmem MEM hw HW ioport PORT tcap TCAP", t, " ")
		for (i = 1; i in t; i += 2)
			prefix[t[i]] = t[i + 1]
	}
	seen[$3, $4]++ || n++ >= rows { next }
	{
		key = prefix[$3] SUBSEP $4
		what = key in name ? "`" name[key] "`" : $3 == "vector" ? ($4 < 32 ? "exception " : "interrupt ") $4 : $3 " " $4
		if ($3 == "captbl" && (("MK" SUBSEP $4) in name))
			what = "`" name["MK" SUBSEP $4] "`"
		sub(/,/, "", $6)
		print "| " $2 " | " what " | " ($3 == "vector" ? "" : $8 " " $9 " " $10 " " $11) " | " $12 " | " $6 " |"
	}' kernel/include/cos/abi.h -
