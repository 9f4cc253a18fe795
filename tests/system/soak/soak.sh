#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# soak.sh: SOAK_S seconds (600) of a mixed load in one system (soak.conf) with CPUS cores (4): files, pipes, sockets,
# threads, signals and executions by soak.c, programs that end, and CLIENTS (8) that fetch from its web server. It fails
# if data that was read is wrong, memory or files are left over, a component fails, or e2fsck finds damage. PLANT has
# soak.c make such a fault.
set -u
cd "$(dirname "$0")/../../.." || exit 1
export SOAK_S=${SOAK_S:-600} CPUS=${CPUS:-4} PLANT=${PLANT-}
clients=${CLIENTS:-8}
stalled_s=200 # without a line of output: soak.c prints one every 10 s, and may wait for 180 (SETTLE_S)
. tests/lib.sh
PATH=$PATH:/sbin:/usr/sbin

# Programs that end at times over the whole run, in turn by exit and by signals.
cp tests/system/soak/soak.conf "$work/soak.conf"
mkdir -p "$work"/root/{bin,tmp,run,dev,proc,soak,srv}
printf 'root:x:0:0:root:/:/bin/sh\n' >"$work/passwd"
cp -a build/web/root/. "$work/root/"
cp "$work/passwd" "$work/root/etc/passwd"
printf 'root:x:0:\n' >"$work/root/etc/group"
cp build/tests/system/soak/soak "$work/root/bin/soak"
ends=(0 9 11 6 15 0 11 9)
for i in "${!ends[@]}"; do
	cp build/tests/system/soak/soak "$work/root/bin/mortal-$i"
	printf 'program "/bin/mortal-%s" {\n\targs = {"mortal-%s", "mortal", "%s", "%s"}\n\tstdin = "null"\n}\n' \
		"$i" "$i" $((SOAK_S * (i + 1) / 10)) "${ends[i]}" >>"$work/soak.conf"
done
head -c 1024 /dev/zero | tr '\0' x >"$work/root/srv/1k"
head -c 3000000 /dev/urandom >"$work/root/srv/3m"
head -c 100000 /dev/urandom >"$work/root/srv/100k"
sums=$(cd "$work/root/srv" && sha256sum -b 1k 100k 3m)
image=$work/disk.img
mke2fs -q -F -t ext2 -d "$work/root" -E root_owner=0:0 "$image" 160M >/dev/null

# client N: fetches until there is $work/over, and pauses while there is $work/quiet; errors are in $work/client.N
client()
{
	local name fetched=0
	while [ ! -e "$work/over" ]; do
		[ ! -e "$work/quiet" ] || { sleep 0.2; continue; }
		for name in 1k 100k 1k 3m; do
			curl -sS --max-time 120 -o "$work/got.$1" "http://127.0.0.1:$port/$name" 2>"$work/curl.$1" &&
				grep -q "^$(sha256sum -b <"$work/got.$1" | cut -d' ' -f1) .*$name\$" <<<"$sums" ||
				echo "$name: $(cat "$work/curl.$1")" >>"$work/client.$1"
			fetched=$((fetched + 1))
		done
		echo "$fetched" >"$work/fetched.$1"
	done
}

port=$(port_free)
system_start --disk "$image" -p "$port:80" --timeout $((SOAK_S + 900)) "$work/soak.conf"
if ! http_wait "$port"; then
	fail boot "nothing was served" "$work/system.err"
	tail -n 40 "$work/system.log" | sed 's/^/  | /'
	exit 1
fi
pids=()
for ((i = 0; i < clients; i++)); do
	client "$i" &
	pids+=($!)
done

# Until soak prints its result, or prints nothing for a long time.
seen=0 since=$SECONDS ended=
while [ -z "$ended" ] && kill -0 "$system_pid" 2>/dev/null && [ $((SECONDS - since)) -lt $stalled_s ]; do
	sleep 1
	mapfile -t -s "$seen" lines < <(grep -a '^soak: ' "$work/system.out")
	for line in "${lines[@]}"; do
		seen=$((seen + 1)) since=$SECONDS
		case $line in
		*quiet*) touch "$work/quiet" ;;
		*load*) rm -f "$work/quiet" ;;
		*done* | *FAIL*) ended=$line ;;&
		*) echo "$line; $(cat "$work"/fetched.* 2>/dev/null | awk '{ n += $1 } END { print n + 0 }') fetches from outside" ;;
		esac
	done
done
touch "$work/over"
rm -f "$work/quiet"
wait "${pids[@]}"
case $ended in
*done*) pass load ;;
*FAIL*) fail load "$ended" "$work/system.log" ;;
*) fail load "no line for $stalled_s s, or the system ended" "$work/system.log" ;;
esac
cat "$work"/client.* >"$work/client-errors" 2>/dev/null
[ ! -s "$work/client-errors" ] && [ "$(cat "$work"/fetched.* | wc -l)" = "$clients" ] && pass clients ||
	fail clients "wrong data was fetched" "$work/client-errors"
check still-serving curl -sf --max-time 60 -o /dev/null "http://127.0.0.1:$port/3m"
system_stop INT 120
[ "$system_status" -lt 124 ] && pass orderly-end || fail orderly-end "status $system_status" "$work/system.err"
# The log reports the programs that were to be killed, and nothing else.
grep -aE '^reboot: |panic|exception' "$work/system.log" | grep -av mortal >"$work/reports"
[ ! -s "$work/reports" ] && pass no-reports || fail no-reports "a component failed" "$work/reports"
killed=$(grep -ac '^posix: program /bin/mortal-.* killed by signal' "$work/system.log")
[ "$killed" = 6 ] && pass mortals || fail mortals "$killed were killed, not 6" "$work/system.log"
check e2fsck e2fsck -fn "$image"
check marked-clean sh -c 'e2fsck -n "$1" | grep -q ": clean,"' sh "$image"
[ -z "$failed" ]
