#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh: measure, print a table, and keep it in bench/RESULTS.md.
#	instructions	under -icount shift=0: kernel paths (make bench-kernel), and the system calls of
#			bench/calls.c here, isolated and fused, and on Debian's own kernel
#	hypercalls	and rump kernels on both hosts: bench/hosts.sh
#	by the clock	power-on to the first HTTP 200, requests a second of a 1 KiB file and MB/s of a 64 MiB
#			file by wrk: the three systems in turn, ROUNDS times, same emulator, options and
#			image; the medians, and the ratios, which alone mean something on a shared machine
# What could not be measured is "-" in the table, and the exit status is 1.
set -u
cd "$(dirname "$0")/.." || exit 1
label=bench
. tests/lib.sh
rounds=${ROUNDS:-3}
seconds=${SECONDS_EACH:-10}
out=$work/results.md
linux=build/bench/linux
accel=$(accelerator) # both are told
cpu=max
[ "$accel" = tcg ] || cpu=host

# linux_boot WORDS OPTION...: Debian's kernel in the machine that r2c makes (tools/r2c/run/qemu.c), WORDS on its command
# line
linux_boot()
{
	local words=$1
	shift
	exec qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -machine q35 -smp 1,maxcpus=2 -m 512 "$@" \
		-drive if=none,id=disk0,format=raw,cache=writeback,file="$work/disk.img" \
		-device virtio-blk-pci,drive=disk0,disable-legacy=on -device virtio-rng-pci,disable-legacy=on \
		-kernel $linux/vmlinuz -initrd $linux/initrd \
		-append "console=ttyS0 quiet mitigations=off panic=-1 $words" </dev/null
}

disk_fresh()
{
	cp --sparse=always build/web/small.img "$work/disk.img"
}

# calls SYSTEM: what bench/calls prints there: NAME tab INSTRUCTIONS
calls()
{
	if [ "$1" = linux ]; then
		disk_fresh
		(linux_boot calls -accel tcg -cpu max -icount shift=0,sleep=off -serial stdio \
			-netdev user,id=net0 -device virtio-net-pci,netdev=net0,disable-legacy=on) 2>"$work/$1.err" |
			tr -d '\r' | grep "$(printf '\t')"
	else
		./r2c run --icount --system "$1" --timeout 600 -- build/bench/calls </dev/null 2>"$work/err" ||
			tail -n 20 "$work/err" >&2
	fi
}

# composite NAME LINE COUNT THEIRS: a row of the table, from the line of the kernel's figures that begins so
composite()
{
	echo "| $1 | $(awk -v line="$2" -v n="$3" 'index($0, line) == 1 {
		match($0, /[0-9]+(,|$)/); printf "%.0f", substr($0, RSTART, RLENGTH) / n }' "$work/kernel") | $4 |"
}

cat >"$work/report.lua" <<'END'
function done(summary, latency, requests)
	local e = summary.errors
	io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.bytes, summary.duration,
		e.connect + e.read + e.write + e.status + e.timeout))
end
END
# wrk_of CONNECTIONS URL FIELD: by wrk, FIELD a second: requests or bytes; "-" if anything failed
wrk_of()
{
	wrk -t1 -c"$1" -d"$seconds" --timeout 60 -s "$work/report.lua" "$2" |
		awk -v column="$([ "$3" = requests ] && echo 2 || echo 3)" '
			$1 == "RESULT" && $5 == 0 && $column > 0 { printf "%.1f", $column * 1000000 / $4; ok = 1 }
			END { if (!ok) printf "-" }'
}

# first_200 PORT SECONDS: the time of the first answer, in ns, in $work/first. A connection that comes before the guest
# is up is answered only when the emulator repeats its SYN, seconds later; so there is a new one every tenth of a
# second.
first_200()
{
	local deadline=$((SECONDS + $2)) asking=()
	rm -f "$work/first"
	until [ -s "$work/first" ]; do
		[ $SECONDS -lt $deadline ] && kill -0 "$system_pid" 2>/dev/null || break
		{ curl -sf -o /dev/null --max-time 3 "http://127.0.0.1:$1/1k" && date +%s%N >>"$work/first"; } &
		asking+=($!)
		sleep 0.1
	done
	wait "${asking[@]}"
	[ -s "$work/first" ]
}

# The CPU time that the emulator has used, in ms.
emulator_cpu()
{
	local pid=$system_pid
	[ "$(cat "/proc/$pid/comm")" != r2c ] || pid=$(pgrep -P "$pid" qemu)
	awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hz }' "/proc/$pid/stat"
}

# per A B OPERAND...: (B - A) / OPERAND..., "-" if an operand is
per()
{
	awk -v a="$1" -v b="$2" -v n="$3" -v m="${4-1}" 'BEGIN { if (n == "-" || n * m <= 0) print "-"; else printf "%.3f", (b - a) / (n * m) }'
}

# web SYSTEM: measures one run of it: "boot-ms requests/s bytes/s cpu-ms/request cpu-ms/MB"
web()
{
	local port start boot small large cpu0 cpu1 cpu2 cpu3
	port=$(port_free)
	disk_fresh
	start=$(date +%s%N)
	if [ "$1" = linux ]; then
		linux_boot '' -accel $accel -cpu $cpu -serial file:"$work/system.log" \
			-netdev user,id=net0,hostfwd=tcp:127.0.0.1:"$port"-:80 \
			-device virtio-net-pci,netdev=net0,disable-legacy=on,mrg_rxbuf=on >"$work/system.err" 2>&1 &
		system_pid=$!
	else
		system_start --accel $accel --disk "$work/disk.img" --mem 512 -p "$port:80" --timeout 900 "$1"
	fi
	first_200 "$port" 240 || {
		echo "bench: $1: nothing was served" >&2
		tail -n 5 "$work/system.err" "$work/system.log" >&2
		system_stop TERM
		echo "- - - - -"
		return
	}
	boot=$((($(head -n 1 "$work/first") - start) / 1000000))
	wrk -t1 -c16 -d2 "http://127.0.0.1:$port/1k" >/dev/null
	cpu0=$(emulator_cpu)
	small=$(wrk_of 16 "http://127.0.0.1:$port/1k" requests)
	cpu1=$(emulator_cpu)
	curl -s -o /dev/null --max-time 300 "http://127.0.0.1:$port/64m"
	cpu2=$(emulator_cpu)
	large=$(wrk_of 1 "http://127.0.0.1:$port/64m" bytes)
	cpu3=$(emulator_cpu)
	system_stop TERM 60
	echo "$boot $small $large $(per "$cpu0" "$cpu1" "$small" "$seconds")" \
		"$(per "$cpu2" "$cpu3" "$([ "$large" = - ] && echo - || awk -v b="$large" 'BEGIN { print b / 1000000 }')" "$seconds")"
}

# median FILE COLUMN
median()
{
	awk -v column="$2" '$column != "-" { print $column }' "$1" | sort -n |
		awk '{ v[NR] = $1 } END { print NR ? v[int((NR + 1) / 2)] : "-" }'
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 > 0 && b + 0 > 0) printf "%.2f", a / b; else printf "-" }'
}

# web_row NAME COLUMN DIVISOR FORMAT
web_row()
{
	local system value cells='' all=()
	for system in isolated fused linux; do
		value=$(median "$work/$system.web" "$2")
		[ "$value" = - ] || value=$(awk -v v="$value" -v d="$3" -v f="$4" 'BEGIN { printf f, v / d }')
		all+=("$value")
		cells="$cells $value |"
	done
	echo "| $1 |$cells $(ratio "${all[0]}" "${all[2]}") | $(ratio "${all[1]}" "${all[2]}") |"
}

echo "bench: system calls" >&2
calls system/run.conf >"$work/isolated.calls"
calls system/run-fused.conf >"$work/fused.calls"
calls linux >"$work/linux.calls"
bench/hosts.sh >"$work/hosts" || echo "bench: not all of bench/hosts.sh could be measured" >&2
for system in isolated fused linux; do
	: >"$work/$system.web"
done
for ((round = 0; round < rounds; round++)); do
	echo "bench: the web server, round $((round + 1)) of $rounds" >&2
	web system/web.conf >>"$work/isolated.web"
	web linux >>"$work/linux.web"
	web system/web-fused.conf >>"$work/fused.web"
done
{
	echo "# Results"
	echo
	echo "Written by \`make bench\`, $(date -u +%Y-%m-%d). $(qemu-system-x86_64 --version | sed -n '1s/ (.*//p'), machine q35,"
	echo "one virtual CPU, 512 MiB, on $(nproc) x $(sed -n '/^model name/{s/.*: //;p;q}' /proc/cpuinfo) (load $(cut -d' ' -f1 /proc/loadavg))."
	echo "Linux is $(basename "$linux"/tree/boot/vmlinuz-*) of Debian with mitigations=off, in the same machine."
	echo
	echo "## Kernel paths, instructions (user level to user level)"
	echo
	echo "By \`qemu -icount shift=0,sleep=off\`: a tick is an instruction, or a step of a \`rep\`, and the figures repeat. Linux"
	echo "copies bytes by \`rep\`, this system words of eight."
	echo
	echo '```'
	make -s --no-print-directory bench-kernel 2>&1 | grep -vE '^(END|kernel:)' | tee "$work/kernel"
	echo '```'
	echo
	echo "Beside Composite's own x86-64 kernel (its tree of February 2026, by its own benchmarks, on the same emulator with one"
	echo "CPU):"
	echo
	echo "| operation | here | Composite |"
	echo "| --- | ---: | ---: |"
	composite "sinv + sret, with stubs, two page tables" "sinv + sret, with a stub" 1 504
	composite "thread switch" "two thread switches" 2 478
	composite "asnd, receiver runs, and waits again" "asnd, receiver runs" 1 1515
	composite "asnd one way" "asnd one way" 1 608
	echo
	echo "## Kernel paths, ticks of the TSC"
	echo
	if [ $accel = kvm ]; then
		echo "The same by the clock, with KVM on the machine's CPU, where the TSC may run slower than the core. seL4 publishes 775 + 646"
		echo "cycles for call and reply on Haswell, 718 + 576 on Skylake."
		echo
		echo '```'
		make -s --no-print-directory bench-kernel-kvm 2>&1 | grep -vE '^(END|kernel:)'
		echo '```'
	else
		echo "Not measured: this machine has no KVM (\`make bench-kernel-kvm\`)."
	fi
	echo
	echo "## Many cores"
	echo
	echo "\`make bench-scaling\`: invocations in separate pairs of components, a pair a core, each with its own page tables, on 1"
	echo "to 8 cores of one machine at once. Instructions: under \`-icount\` the emulator runs the cores by turns on one TSC. So"
	echo "this is what all cores did, divided by the invocations (the loop and the start counted in). The rates are by the"
	echo "clock, the best of five. This machine has $(nproc) cores for the emulator's"
	echo "eight$([ $accel = kvm ] && echo ", by KVM." || echo ", and emulating each of these page-table switches is mostly a flush of its translations.") The last column has no"
	echo "meaning beyond $(nproc)."
	echo
	make -s --no-print-directory bench-scaling 2>"$work/scaling.err" || { echo "| - |"; cat "$work/scaling.err" >&2; }
	echo
	echo "## The longest ways through the kernel, instructions"
	echo
	echo "\`make bench-longest\`: how long interrupts are off at most, from the kernel's C entry to its C exit. The code of"
	echo "entry.S takes up to 80 more; an invocation, all of it, is above. What runs are the kernel's tests of"
	echo "\`tests/kernel/boot\`, \`bench/services.c\` and programs of \`tests/linux\`. A row is the longest of an operation, exception"
	echo "or interrupt, with its arguments; idleness does not count."
	echo
	make -s --no-print-directory bench-longest 2>"$work/longest.err" || { echo "| - |"; cat "$work/longest.err" >&2; }
	echo
	echo "The same in the systems that the tests boot, on one core (\`make bench-longest-tests\`):"
	make -s --no-print-directory bench-longest-tests 2>"$work/longest.err" || cat "$work/longest.err" >&2
	echo
	echo "## System calls of a program, instructions"
	echo
	echo "The same executable (\`bench/calls.c\`), counted in the same way."
	echo
	echo "| call | isolated | fused | Linux | isolated / Linux | fused / Linux |"
	echo "| --- | ---: | ---: | ---: | ---: | ---: |"
	while IFS=$'\t' read -r name value; do
		isolated=$(awk -F'\t' -v n="$name" '$1 == n { print $2 }' "$work/isolated.calls")
		fused=$(awk -F'\t' -v n="$name" '$1 == n { print $2 }' "$work/fused.calls")
		echo "| $name | ${isolated:--} | ${fused:--} | $value | $(ratio "$isolated" "$value") | $(ratio "$fused" "$value") |"
	done <"$work/linux.calls"
	echo
	cat "$work/hosts"
	echo
	echo "## The web server, by the clock"
	echo
	echo "The same nginx, configuration and ext2 image, $([ $accel = kvm ] && echo KVM || echo "software emulation (\`-accel tcg\`)"), one run of the three in turn, $rounds"
	echo "times; medians. \`wrk\` runs on the build machine, through QEMU's user networking; the files are in the cache."
	echo
	echo "| | isolated | fused | Linux | isolated / Linux | fused / Linux |"
	echo "| --- | ---: | ---: | ---: | ---: | ---: |"
	web_row "power-on to first HTTP 200, ms" 1 1 %d
	web_row "1 KiB file, requests/s (wrk -c16)" 2 1 %.0f
	web_row "64 MiB file, MB/s (wrk -c1)" 3 1000000 %.1f
	web_row "the emulator's CPU time for a request of 1 KiB, ms" 4 1 %.2f
	web_row "the same for 1 MB of the large file, ms" 5 1 %.1f
} >"$out"
cat "$out"
cp "$out" bench/RESULTS.md
# shellcheck disable=SC2046
[ $(wc -l <"$work/linux.calls") -ge 8 ] && ! grep -q ' - |' "$out"
