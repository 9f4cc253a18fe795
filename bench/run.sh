#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh: measure, print a table, and keep it in bench/RESULTS.md.
#	instructions	under -icount shift=0: kernel paths (make bench-kernel), and the system calls of
#			bench/calls.c here, isolated and fused, and on Debian's own kernel
#	by the clock	power-on to the first HTTP 200, requests a second of a 1 KiB file (wrk), MB/s of a
#			64 MiB file: the three systems in turn, in one run, same emulator and options;
#			only the ratios mean something on a shared machine
set -u
cd "$(dirname "$0")/.." || exit 1
label=bench
. tests/lib.sh
out=$work/results.md
linux=build/bench/linux
# The same rule as r2c's; then both are told.
accel=tcg
cpu=max
if [ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)' /proc/cpuinfo; then
	accel=kvm
	cpu=host
fi
qemu_common=(qemu-system-x86_64 -M q35 -smp 1 -m 512 -display none -no-reboot)

linux_calls()
{
	timeout 300 "${qemu_common[@]}" -cpu max -icount shift=0,sleep=off -kernel $linux/vmlinuz \
		-initrd $linux/initrd -append "console=ttyS0 quiet mitigations=off panic=-1 calls" \
		-serial stdio -monitor none -drive file="$work/linux.img",format=raw,if=none,id=d0 \
		-device virtio-blk-pci,disable-legacy=on,drive=d0 </dev/null 2>/dev/null | tr -d '\r' | grep "$(printf '\t')"
}

here_calls()
{
	timeout 300 ./r2c run --icount --system "$1" --timeout 280 -- build/bench/calls </dev/null 2>"$work/calls.err" ||
		tail -n 5 "$work/calls.err" >&2
}

linux_start()
{
	"${qemu_common[@]}" -accel "$accel" -cpu "$cpu" -kernel $linux/vmlinuz -initrd $linux/initrd \
		-append "console=ttyS0 quiet mitigations=off panic=-1" -serial file:"$work/linux.log" -monitor none \
		-drive file="$work/disk.img",format=raw,if=none,id=d0 -device virtio-blk-pci,disable-legacy=on,drive=d0 \
		-netdev user,id=n0,hostfwd=tcp:127.0.0.1:"$1"-:80 \
		-device virtio-net-pci,disable-legacy=on,netdev=n0 </dev/null >/dev/null 2>&1 &
	system_pid=$!
}

# web SYSTEM: one line "boot-ms requests/s MB/s"
web()
{
	local port start boot rate speed
	port=$(port_free)
	cp --sparse=always build/web/small.img "$work/disk.img"
	start=$(date +%s%N)
	if [ "$1" = linux ]; then
		linux_start "$port"
	else
		system_start --accel $accel --disk "$work/disk.img" --mem 512 -p "$port:80" --timeout 280 "$1"
	fi
	http_wait "$port" 120 || { echo "- - -"; system_stop TERM; return; }
	boot=$((($(date +%s%N) - start) / 1000000))
	wrk -t1 -c16 -d2 "http://127.0.0.1:$port/1k" >/dev/null
	rate=$(wrk -t1 -c16 -d8 "http://127.0.0.1:$port/1k" | sed -n 's/Requests.sec: *//p')
	curl -s -o /dev/null "http://127.0.0.1:$port/64m"
	speed=$(curl -s -o /dev/null -w '%{speed_download}' "http://127.0.0.1:$port/64m")
	system_stop INT 60
	echo "$boot ${rate:--} $((${speed%.*} / 1000000))"
}

{
	echo "# Results"
	echo
	echo "The last run of \`make bench\`: $(date -u +%Y-%m-%d), $(qemu-system-x86_64 --version | head -n 1), one virtual CPU,"
	echo "512 MiB, $([ $accel = kvm ] && echo KVM || echo "software emulation (TCG)"); Linux: $(basename $linux/tree/boot/vmlinuz-*), mitigations off."
	echo
	echo "## Kernel paths, instructions (user level to user level)"
	echo
	echo '```'
	make -s --no-print-directory bench-kernel 2>&1 | tail -n 20
	echo '```'
	echo
	echo "## System calls of a program, instructions"
	echo
	echo "The same executable, \`build/bench/calls\`."
	echo
	echo "| call | isolated | fused | Linux |"
	echo "| --- | ---: | ---: | ---: |"
	cp --sparse=always build/web/small.img "$work/linux.img"
	here_calls system/run.conf >"$work/isolated.calls"
	here_calls system/run-fused.conf >"$work/fused.calls"
	linux_calls >"$work/linux.calls"
	while IFS="$(printf '\t')" read -r name value; do
		echo "| $name | $(awk -F'\t' -v n="$name" '$1 == n { print $2 }' "$work/isolated.calls") |" \
			"$(awk -F'\t' -v n="$name" '$1 == n { print $2 }' "$work/fused.calls") | $value |"
	done <"$work/linux.calls"
	echo
	echo "## The web server, by the clock, in one run"
	echo
	echo "| | isolated | fused | Linux | isolated / Linux | fused / Linux |"
	echo "| --- | ---: | ---: | ---: | ---: | ---: |"
	read -r b1 r1 s1 < <(web system/web.conf)
	read -r b3 r3 s3 < <(web linux)
	read -r b2 r2 s2 < <(web system/web-fused.conf)
	ratio()
	{
		awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 > 0 && b + 0 > 0) printf "%.2f", a / b; else printf "-" }'
	}
	row()
	{
		echo "| $1 | $2 | $3 | $4 | $(ratio "$2" "$4") | $(ratio "$3" "$4") |"
	}
	row "power-on to first HTTP 200, ms" "$b1" "$b2" "$b3"
	row "1 KiB file, requests/s (wrk, 16 connections)" "$r1" "$r2" "$r3"
	row "64 MiB file, MB/s (second download)" "$s1" "$s2" "$s3"
} >"$out"
cat "$out"
cp "$out" bench/RESULTS.md
