#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# scaling.sh IMAGE: a table for bench/RESULTS.md. Boots the image (scaling.c) with eight cores, once with -icount and
# once without. Of its rounds the table has the most instructions and the best rates. Fails when an invocation takes
# more instructions on many cores than on one.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lib.sh
accel=$(accelerator)
for way in "tcg max -icount shift=0,sleep=off" "$accel $([ "$accel" = kvm ] && echo host || echo max)"; do
	read -ra words <<<"$way"
	timeout 600 qemu-system-x86_64 -M q35 -accel "${words[0]}" -cpu "${words[1]}" "${words[@]:2}" -smp 8 -m 256 -display none \
		-vga none -monitor none -nic none -serial "file:$work/log" -serial null -no-reboot \
		-device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$1" </dev/null
	status=$?
	if [ $status -ne 1 ] || ! grep -q '^END 0 failed' "$work/log"; then
		echo "scaling.sh: $1: status $status" >&2
		tail -n 20 "$work/log" >&2
		exit 1
	fi
	tr -d '\r' <"$work/log" | grep '^scaling ' | sed "s/^scaling/${words[2]:-clock}/" >>"$work/all"
done
echo "| cores | instructions of one | a second | beside one core |"
echo "| ---: | ---: | ---: | ---: |"
awk '$1 == "-icount" { if ($4 / $3 > instructions[$2]) instructions[$2] = $4 / $3; next }
	!($2 in rate) { cores[++n] = $2 }
	$3 * $5 / $4 > rate[$2] { rate[$2] = $3 * $5 / $4 }
	END {
		for (i = 1; i <= n; i++) {
			c = cores[i]
			printf "| %d | %.1f | %.0f | %.2f |\n", c, instructions[c], rate[c], rate[c] / rate[1]
			grown = grown || instructions[c] > instructions[1] * 1.02
		}
		exit grown
	}' "$work/all" && exit
echo "scaling.sh: an invocation takes more instructions on many cores" >&2
exit 1
