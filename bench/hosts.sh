#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# hosts.sh: services of COS (bench/services.c), the hypercalls of both hosts and rump kernels on them
# (bench/hypercalls.c, bench/rump.c), as tables.
#	COS	instructions, under -icount shift=0: they repeat. Time and bytes a second in a second run, by the clock.
#	POSIX	by the clock: programs in turn, RUNS times, those of the hypercalls CALL_RUNS times; medians of the
#	runs.
# NetBSD's libraries are measured where RUMP_PREFIX has them. What could not be measured is "-", and the status is 1.
set -u
cd "$(dirname "$0")/.." || exit 1
label=bench
. tests/lib.sh
runs=${RUNS:-3}
call_runs=${CALL_RUNS:-15}
fast=build/fast
absent='no RUMP_PREFIX'
[ -z "${RUMP_PREFIX-}" ] || absent=

# cos NAME CONF OPTION...: what a system prints, in $work/NAME: ROW tab VALUE
cos()
{
	local name=$1 conf=$2
	shift 2
	./r2c run --timeout 400 --log "$work/log" "$@" "$conf" >"$work/err" 2>&1 </dev/null ||
		tail -n 20 "$work/err" "$work/log" >&2
	tr -d '\r' <"$work/log" | grep "$(printf '\t')" >"$work/$name"
}

# posix TIMES PROGRAM...: run them in turn, TIMES times; the medians are in $work/PROGRAM. A program that is not built
# is skipped.
posix()
{
	local program run times=$1
	shift
	for ((run = 0; run < times; run++)); do
		for program; do
			[ -x $fast/"$program" ] || continue
			RUMP_NCPU=1 timeout 120 $fast/"$program" 2>"$work/err" | grep "$(printf '\t')" >>"$work/$program.all" ||
				tail -n 5 "$work/err" >&2
		done
	done
	for program; do
		[ -s "$work/$program.all" ] || continue
		sort -t "$(printf '\t')" -k1,1 -k2,2n "$work/$program.all" | awk -F'\t' '
			function put() { if (n) print name "\t" value[int((n + 1) / 2)] }
			$1 != name { put(); name = $1; n = 0 }
			{ value[++n] = $2 }
			END { put() }' >"$work/$program"
	done
}

# value NAME ROW [AWK EXPRESSION OF v]: the figure; without one "-", or the reason
value()
{
	[ -e "$work/$1" ] || {
		echo "${why:--}"
		return
	}
	awk -F'\t' -v row="$2" '
		$1 == row { v = $2; printf "'"${4-%s}"'", '"${3-v}"'; ok = 1 }
		END { if (!ok) printf "-" }' "$work/$1"
}

ratio()
{
	awk -v a="$1" -v b="$2" 'BEGIN { if (a + 0 > 0 && b + 0 > 0) printf "%.2f", a / b; else print b + 0 == 0 && b !~ /^[0-9]/ && b != "-" ? b : "-" }'
}

hypercalls()
{
	local row instructions ours theirs
	echo "| hypercall | COS, instructions | POSIX, ns | NetBSD's librumpuser, ns | POSIX / NetBSD's |"
	echo "| --- | ---: | ---: | ---: | ---: |"
	while IFS=$'\t' read -r row instructions; do
		[ "$row" != unit ] || continue
		ours=$(value bench-hypercalls "$row")
		theirs=$(why=$own_absent value bench-hypercalls-librumpuser "$row")
		echo "| $row | $instructions | $ours | $theirs | $(ratio "$ours" "$theirs") |"
	done <"$work/cos-hypercalls"
}

# aims: which of these are met, and what misses the first
aims()
{
	local row ours theirs slower=''
	while IFS=$'\t' read -r row _; do
		ours=$(value bench-hypercalls "$row")
		theirs=$(value bench-hypercalls-librumpuser "$row")
		awk -v a="$ours" -v b="$theirs" 'BEGIN { exit !(a + 0 > 1.1 * b && a > b + 1 && b + 0 > 0) }' &&
			slower="$slower; $row ($(ratio "$ours" "$theirs"))"
	done <"$work/bench-hypercalls"
	[ ! -e "$work/bench-hypercalls-librumpuser" ] ||
		echo "- no hypercall slower than NetBSD's on POSIX, by more than a tenth and a nanosecond: ${slower:-; met}" | sed 's/: ; /: /'
	echo "- \`curlwp\` in at most 5 instructions: $(value cos-hypercalls curlwp)"
	echo "- \`rump_init\` of \`rump/\` in less than 10 ms and 1.5 MB: $(value bench-rump rump_init v/1000000 %.1f) ms," \
		"$(value bench-rump "rump_init, KiB" v %.0f) KiB on POSIX; $(value cos-rump rump_init v/1000 %.0f) thousand instructions," \
		"$(value cos-rump "rump_init, KiB" v %.0f) KiB on COS"
}

# kernel_row TITLE ROW EXPRESSION FORMAT NAME...: a cell each
kernel_row()
{
	local title=$1 row=$2 expression=$3 format=$4 name cells=''
	shift 4
	for name; do
		case $name in
		*librumpuser) why=$own_absent ;;
		*netbsd*) why=$absent ;;
		*) why= ;;
		esac
		cells="$cells $(why=$why value "$name" "$row" "$expression" "$format") |"
	done
	echo "| $title |$cells"
}

# rows UNIT NAME...: all rows of a rump kernel's table
rows()
{
	local unit=$1
	shift
	if [ "$unit" = instructions ]; then
		kernel_row "\`rump_init\`, thousands" rump_init v/1000 %.0f "$@"
	else
		kernel_row "\`rump_init\`, ms" rump_init v/1000000 %.1f "$@"
	fi
	kernel_row "\`rump_init\`, KiB of memory" "rump_init, KiB" v %.0f "$@"
	kernel_row "\`getpid\`, bound lwp" "getpid, bound lwp" v %.0f "$@"
	kernel_row "\`getpid\`, thread without an lwp" "getpid, thread without an lwp" v %.0f "$@"
	case $1 in
	cos*) kernel_row "\`getpid\`, thread of another domain" "getpid, visiting thread" v %.0f "$@" ;;
	esac
	kernel_row "\`pread\` of 4 KiB, cached" "pread of 4 KiB, cached" v %.0f "$@"
	if [ "$unit" = instructions ]; then
		kernel_row "copy of 256 MiB, for 4 KiB" "copy of a file, 4 KiB" v %.0f "$@"
		kernel_row "TCP over loopback, for 4 KiB" "TCP over loopback, 4 KiB" v %.0f "$@"
	else
		kernel_row "copy of 256 MiB, MB/s" "copy of a file, 4 KiB" 4096000/v %.0f "$@"
		kernel_row "TCP over loopback, MB/s" "TCP over loopback, 4 KiB" 4096000/v %.0f "$@"
	fi
}

echo "bench: hypercalls and rump kernels" >&2
cos cos-services bench/services.conf --icount
cos cos-hypercalls bench/hypercalls.conf --icount
cos cos-rump bench/rump.conf --icount
cos cos-clock-rump bench/rump.conf
if [ -z "$absent" ]; then
	cos cos-netbsd bench/rump-netbsd.conf --icount
	cos cos-clock-netbsd bench/rump-netbsd.conf
fi
posix "$call_runs" bench-hypercalls ${RUMP_PREFIX:+bench-hypercalls-librumpuser}
posix "$runs" bench-rump ${RUMP_PREFIX:+bench-rump-netbsd bench-rump-netbsd-librumpuser}
own_absent=$absent
[ -n "$absent" ] || [ -x $fast/bench-hypercalls-librumpuser ] || own_absent='no librumpuser'

{
	echo "## Locks, scheduling, memory"
	echo
	echo "\`bench/services.c\`: of a component, with \`sched\` and \`mem\` in domains of their own; \`-icount\`, as above."
	echo
	echo "| | instructions |"
	echo "| --- | ---: |"
	sed '/^unit\t/d; s/^\(.*\)\t\(.*\)/| \1 | \2 |/' "$work/cos-services"
	echo
	echo "The contended take and give is what Composite's \`tests/bench_sem/bench_sem.c\` times in \`sem_hi_thd\`, of the same two"
	echo "threads. One thread's take blocks; a give by a less urgent thread wakes it, which is the second switch; then it gives"
	echo "without a waiter. There it is 2719, measured as in the table of kernel paths. The row of two threads in turn has two"
	echo "takes and two gives, by threads of one priority, and two switches."
	echo
	echo "## Hypercalls"
	echo
	echo "\`bench/hypercalls.c\`: uncontended; the call, its arguments and the return are counted, the loop is not. COS:"
	echo "\`-icount\`, as above. POSIX: medians of $call_runs runs, gcc -O2, no sanitizers (load $(cut -d' ' -f1 /proc/loadavg)). NetBSD's own host is measured"
	echo "where \`RUMP_PREFIX\` has a \`librumpuser.a\`. After \`make bench\`, \`bench/hosts.sh\` measures these two sections alone."
	echo
	hypercalls
	echo
	echo "Aims:"
	echo
	aims
	echo
	echo "## Rump kernels"
	echo
	echo "\`bench/rump.c\`: \`rump/\`, and NetBSD's libraries in its place; one virtual CPU, no devices, files on tmpfs; the"
	echo "connection carries 64 MiB. The memory of \`rump_init\` is by how much the machine's free memory shrinks (COS), or the"
	echo "process's resident memory grows (POSIX). QEMU counts each step of a \`rep\`: eight bytes in \`rump/\`."
	echo
	echo "| COS, instructions | \`rump/\` | NetBSD |"
	echo "| --- | ---: | ---: |"
	rows instructions cos-rump cos-netbsd
	echo
	echo "| COS by the clock ($(accelerator)), ns | \`rump/\` | NetBSD |"
	echo "| --- | ---: | ---: |"
	rows ns cos-clock-rump cos-clock-netbsd
	echo
	echo "| POSIX, ns | \`rump/\` | NetBSD | NetBSD on its \`librumpuser\` |"
	echo "| --- | ---: | ---: | ---: |"
	rows ns bench-rump bench-rump-netbsd bench-rump-netbsd-librumpuser
} >"$work/tables"
cat "$work/tables"
! grep -q ' - |' "$work/tables" && [ "$(sed -n 's/^unit\t//p' "$work/cos-rump" | sort -u)" = instructions ]
