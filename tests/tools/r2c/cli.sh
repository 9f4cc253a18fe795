#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# cli.sh R2C FAKE_QEMU: the command as its user meets it: messages, exit statuses, streams and signals. In a tree of its
# own, with small components; the guest is a fake that does as the test says, and once a real one.
set -u
cd "$(dirname "$0")/../../.." || exit 1
source=$PWD
label=tools/r2c/cli
work=$(mktemp -d)
export TMPDIR=$work/tmp # nothing of a run may stay there
trap 'rm -rf "$work"' EXIT
top=$work/tree
mkdir -p "$TMPDIR" "$top"/{build/{component,libcos,kernel},kernel/x86_64,libcos,interface/{mem,posix,console},system,bin}
cp "$1" "$top/r2c"
cp "$2" "$top/bin/qemu-system-x86_64"
ln -s "$source/kernel/include" "$top/kernel/include"
ln -s "$source/libcos/include" "$top/libcos/include"
ln -s "$source/interface/cos" "$top/interface/cos"
cp tests/tools/r2c/guest.ld "$top/kernel/x86_64/kernel.ld"
cc -c -o "$top/build/kernel/kernel.o" tests/tools/r2c/guest.S || exit 1
printf '%s\n' 'COS_INTERFACE long mem_map(unsigned long len);' '/*' ' * Audience: everyone.' ' */' >"$top/interface/mem/mem.h"
printf '%s\n' 'COS_INTERFACE long posix_gate(void);' '/*' ' * Audience: everyone.' ' */' >"$top/interface/posix/posix.h"
printf '%s\n' 'COS_INTERFACE long console_write(long s, const void *b, unsigned long n);' '/*' ' * Audience: everyone.' ' */' >"$top/interface/console/console.h"
# component NAME FUNCTION...: all of them defined
component()
{
	local name=$1 f
	shift
	for f; do
		printf '\t.globl %s\n%s:\tret\n' "$f" "$f"
	done | as -o "$top/build/component/$name.o" - || exit 1
}
component boot __cos_thread_entry
component mem component_init mem_map
component sched component_init
component console component_init console_write
component posix component_init __cos_entry_posix_gate
component domain __cos_thread_entry __cos_init_entry __cos_copy_start __cos_copy_end __cos_copy_fault
objcopy -W __cos_thread_entry "$top/build/component/domain.o" "$top/build/libcos/domain.o"
rm "$top/build/component/domain.o"
cd "$top" || exit 1
cat >system/run.conf <<'END'
domain "posix" { components = {"posix"} }
component "posix" { devices = {"virtio-blk#*"} }
mount "/" { type = "ext2" device = "virtio-blk#0" }
END
cat >quiet.conf <<'END'
services = {"boot", "mem"}
END
path=$PATH
export PATH=$top/bin:$PATH

# run [VARIABLE=VALUE...] ARGUMENT...: r2c with these; status, $work/out, $work/err
run()
{
	local -a variables=()
	while [[ ${1-} =~ ^[A-Z_]+= ]]; do
		variables+=("$1")
		shift
	done
	env "${variables[@]}" timeout -k 5 60 ./r2c "$@" >"$work/out" 2>"$work/err" <"${input:-/dev/null}"
	status=$?
}
# expect NAME STATUS [STDERR [STDOUT]]: of the last run; nothing is left of it
expect()
{
	local left
	left=$(ls -A "$TMPDIR")
	if [ "$status" != "$2" ]; then
		echo "FAIL $label/$1: status $status, not $2: $(head -c 300 "$work/err")"
	elif [ -n "${3-}" ] && ! grep -qF -- "$3" "$work/err"; then
		echo "FAIL $label/$1: does not say '$3': $(head -c 300 "$work/err")"
	elif [ $# -ge 4 ] && [ "$(cat "$work/out")" != "$4" ]; then
		echo "FAIL $label/$1: printed $(head -c 300 "$work/out")"
	elif [ -n "$left" ]; then
		echo "FAIL $label/$1: left behind: $left"
	else
		echo "PASS $label/$1"
	fi
}
# verify NAME COMMAND...
verify()
{
	local name=$1
	shift
	if "$@" >"$work/verify" 2>&1; then
		echo "PASS $label/$name"
	else
		echo "FAIL $label/$name: $*: $(head -c 300 "$work/verify")"
	fi
}

# A static program: never run here, so its code does not matter.
printf '\t.globl _start\n_start:\tret\n' | as -o p.o - && ld -o p p.o

# Usage
run; expect nothing 2 'Usage: r2c COMMAND'
run --version; expect version 0 '' "$(./r2c --version)"
run help; expect help 0
run help run; expect help-run 0
verify help-run-text grep -q -- '--timeout' "$work/out"
run bake x; expect unknown-command 2 'no command "bake"'
verify unknown-command-short test "$(wc -l <"$work/err")" = 2
run build; expect build-nothing 2 'expected one composition file'
run build --nonsense x.conf; expect build-option 2 'Try: r2c build --help'
run run; expect run-nothing 2 'expected a composition file or a program'
run run -p 80 ./p; expect run-forward 2 'expected HOSTPORT:GUESTPORT'
run run --mem 0 ./p; expect run-mem 2 'expected a number above 0'
run run --mem 12X ./p; expect run-mem-unit 2 'with K, M or G behind it'
run run --env X ./p; expect run-env 2 'expected KEY=VALUE'
run run --gdb=70000 ./p; expect gdb-port 2 'expected a port, 1 to 65535'
run run --accel fast ./p; expect run-accel 2 'expected auto, kvm or tcg'
run FAKE_QEMU='exit 0' run --accel tcg ./p; expect accel-tcg 0
run FAKE_QEMU='exit 0' run --accel kvm --icount ./p; expect accel-icount 125 'counted by emulation only'
[ -e /dev/kvm ] || { run FAKE_QEMU='exit 0' run --accel kvm ./p; expect accel-kvm-missing 125 '/dev/kvm: No such file'; }
run run --cwd tmp ./p; expect run-cwd 2 'expected an absolute path'
run run quiet.conf word; expect run-conf-word 2 'has its own program'

# Building and inspecting
run build none.conf; expect build-no-file 125 'none.conf: cannot read the composition'
echo 'domain "x" { components = {"none"} }' >bad.conf
run build bad.conf; expect build-no-object 125 'bad.conf:1: component "none": its object build/component/none.o is not built (make build/component/none.o)'
run build quiet.conf; expect build 0
verify build-output test -s build/system/quiet.elf
run build -o other.elf quiet.conf; expect build-o 0
run build -o /nonexistent/x quiet.conf; expect build-o-unwritable 125 '/nonexistent/x: cannot write'
verify build-same cmp other.elf build/system/quiet.elf
run inspect other.elf; expect inspect-image 0
verify inspect-image-text grep -q '^domain mem$' "$work/out"
run inspect system/run.conf; expect inspect-conf 0
verify inspect-conf-text grep -q 'param MOUNT0=ext2 virtio-blk#0 / rw' "$work/out"
run inspect p; expect inspect-other 125 'it has no payload'
head -c 3000 other.elf >cut.elf
run inspect cut.elf; expect inspect-cut 125
mv build/kernel/kernel.o k.o
run build quiet.conf; expect build-no-kernel 125 'make build/kernel/kernel.o'
mv k.o build/kernel/kernel.o
before=$(stat -c %y build/system/quiet/mem.elf)
run build quiet.conf
verify build-cached test "$before" = "$(stat -c %y build/system/quiet/mem.elf)"
component mem component_init mem_map more
run build quiet.conf
verify build-changed test "$before" != "$(stat -c %y build/system/quiet/mem.elf)"

# NetBSD's rump kernel in the place of the one in this tree: whole archives, also members that no other refers to
mkdir -p prefix/lib
component files-netbsd component_init
printf '\t.globl rump_init\nrump_init:\tret\n\t.section link_set_domains,"a"\n\t.quad 1\n' | as -o member.o -
ar rc prefix/lib/librump.a member.o
cat >netbsd.conf <<'END'
domain "files" { components = {"files"} }
component "files" {
	rump = "netbsd"
	libraries = {"rump", "rumpvfs"}
}
END
run RUMP_PREFIX= build netbsd.conf; expect netbsd-no-prefix 125 'netbsd.conf:3: component "files": rump = "netbsd" expects'
run RUMP_PREFIX="$top/prefix" build netbsd.conf
expect netbsd-no-library 125 'netbsd.conf:4: library "rumpvfs": expected '
ar rc prefix/lib/librumpvfs.a
run RUMP_PREFIX="$top/prefix" build netbsd.conf; expect netbsd 0
verify netbsd-whole grep -q ' rump_init$' <(nm build/system/netbsd/files.elf)
sed 's/"netbsd"/"linux"/' netbsd.conf >bad.conf
run build bad.conf; expect netbsd-other 125 'bad.conf:3: rump = "linux": expected "netbsd"'
sed '/rump = /d' netbsd.conf >bad.conf
run build bad.conf; expect netbsd-libraries-alone 125 'bad.conf:3: libraries: expected rump = "netbsd"'

# Programs that are none
run run ./nonexistent; expect program-missing 127 'nonexistent: No such file'
run run nonexistent; expect program-not-in-path 127 'nonexistent: no such program in PATH'
run run p; expect program-here 127 'the file in this folder is ./ and that name'
run run /etc; expect program-folder 126 'a folder'
run run /etc/passwd; expect program-mode 126 'not executable'
printf '#!/bin/sh\n' >script; chmod +x script
run run ./script; expect program-script 126 'not an ELF executable'
cp p.o object; chmod +x object
run run ./object; expect program-object 126 'no executable'
run run /bin/sh; expect program-dynamic 126 'dynamically linked'
head -c 70 p >short; chmod +x short
run run ./short; expect program-cut 126 'cut off'

# What ends a run
run FAKE_QEMU='exit 0' run ./p; expect exit-0 0
run FAKE_QEMU='exit 42' run -- ./p -x --timeout; expect exit-42 42
run FAKE_QEMU='exit 255' run ./p; expect exit-255 255
run FAKE_QEMU='exit 267' run ./p; expect killed-11 139
run FAKE_QEMU=fail run ./p; expect failed 125 'the system failed: disk on fire'
verify failed-log grep -q '| the fake logs' "$work/err"
run FAKE_QEMU=garble run ./p; expect garbled 125 'garbled'
run FAKE_QEMU=panic run ./p; expect panicked 125 'ended before the program (status 3)'
verify panicked-log grep -q '| the fake logs' "$work/err"
run FAKE_QEMU=reset run ./p; expect reset 125 'was reset'
run FAKE_QEMU=crash run ./p; expect crashed 125 'killed by signal 9'
run FAKE_QEMU=broken run ./p; expect broken 125 'qemu: no such thing'
run FAKE_QEMU=deaf run --timeout 1 ./p; expect timeout 125 'the time is up (1 s)'
run FAKE_QEMU='halt 5' run quiet.conf; expect halt-5 5
run FAKE_QEMU='halt 0' run quiet.conf; expect halt-0 0
run FAKE_QEMU='halt 123' run quiet.conf; expect halt-123 123
run FAKE_QEMU='halt 124' run quiet.conf; expect kernel-panic 124 'the kernel panicked'
run FAKE_QEMU='halt 124' run ./p; expect kernel-panic-program 124 'the kernel panicked'
run FAKE_QEMU=broken run quiet.conf; expect halt-broken 125 'qemu: no such thing'
run FAKE_QEMU=panic run quiet.conf; expect quiet-log 3 '' 'the fake logs'
run FAKE_QEMU='exit 0' run -v ./p; expect verbose 0 'the fake logs'
run FAKE_QEMU='exit 0' run --log "$work/log" ./p; expect log 0
verify log-text grep -q 'the fake logs' "$work/log"
# What cannot be written is said, with its path
run FAKE_QEMU='exit 0' run --log /dev/full ./p; expect log-full 0 '/dev/full: cannot write the log: No space left'
FAKE_QEMU=endless timeout -k 5 60 ./r2c run ./p >/dev/full 2>"$work/err" </dev/null
status=$?; expect stdout-full 141 'cannot write standard output: No space left'
./r2c inspect quiet.conf >/dev/full 2>"$work/err"
status=$?; expect inspect-full 125 'cannot write standard output: No space left'
run FAKE_QEMU='exit 0' run --trace /nonexistent/trace quiet.conf; expect trace-unwritable 125 '/nonexistent/trace: cannot write the trace'
run FAKE_QEMU='exit 0' run --log /nonexistent/log ./p; expect log-unwritable 125 'cannot write the log'

# What is missing on the host
mkdir "$work/tools"
for tool in as ld objcopy cc gcc mke2fs timeout env; do
	ln -s "$(PATH=$path command -v $tool)" "$work/tools/$tool"
done
run PATH="$work/tools" run quiet.conf; expect no-qemu 125 'no qemu-system-x86_64 in PATH'
run PATH="$work/tools:/nonexistent" run ./p; expect no-qemu-program 125 'Debian package qemu-system-x86'
rm "$work/tools/mke2fs"
run PATH="$work/tools" run ./p; expect no-mke2fs 125 'cannot start mke2fs'
run PATH="$work/tools" build --iso quiet.conf; expect no-grub 125 'no grub-mkrescue (Debian packages grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools)'
for tool in grub-mkrescue mformat; do
	printf '#!/bin/sh\nexit 1\n' >"$work/tools/$tool"
	chmod +x "$work/tools/$tool"
done
run PATH="$work/tools" run --iso quiet.conf; expect no-xorriso 125 'no xorriso (Debian packages'
run FAKE_QEMU='exit 0' run --disk none.img quiet.conf; expect no-disk 125 'disk none.img: No such file'
python3 - "$work/port" <<'END' &
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
with open(sys.argv[1] + ".new", "w") as f:
    f.write(str(s.getsockname()[1]))
import os
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(60)
END
holder=$!
until [ -e "$work/port" ]; do kill -0 $holder && sleep 0.05 || break; done
port=$(cat "$work/port")
run FAKE_QEMU='exit 0' run -p "$port:80" quiet.conf; expect busy-port 125 "port $port of this host is in use already"
run FAKE_QEMU='exit 0' run --gdb "$port" quiet.conf; expect gdb-busy 125 "port $port of this host is in use already"
kill $holder

# Streams (S1 and S2 of tools/r2c/run/session.c)
head -c 3000000 /dev/urandom >random
input=random run FAKE_QEMU=echo run ./p; expect echo 0
verify echo-bytes cmp random "$work/out"
input=/dev/null run FAKE_QEMU=echo run ./p; expect echo-nothing 0 '' ''
input='' run FAKE_QEMU='flood 20000000' run ./p; expect flood 0
verify flood-bytes test "$(stat -c %s "$work/out")" = 20000000
FAKE_QEMU=endless timeout -k 5 60 ./r2c run ./p 2>"$work/err" | head -n 2 >"$work/out"
status=${PIPESTATUS[0]}; expect broken-pipe 141 '' $'more\nmore'
FAKE_QEMU=deaf timeout -k 5 60 ./r2c run --timeout 2 ./p <&- >"$work/out" 2>"$work/err"
status=$?; expect closed-stdin 125 'the time is up'

# Signals (S3 to S5 there), sent when the fake has said that it is up. Waits until it is gone, too.
# signal_test NAME FAKE STATUS SIGNAL...
signal_test()
{
	local name=$1 fake=$2 want=$3 s pid
	shift 3
	rm -f "$work/pid" "$work/out" # the last one's "up" is not this one's
	set -m # SIGINT is ignored in the background otherwise
	FAKE_PID=$work/pid FAKE_QEMU=$fake ./r2c run ./p >"$work/out" 2>"$work/err" </dev/null &
	pid=$!
	set +m
	until grep -qs up "$work/out"; do kill -0 $pid 2>/dev/null && sleep 0.05 || break; done
	for s; do
		kill -"$s" $pid
		sleep 0.2
	done
	wait $pid
	status=$?
	expect "$name" "$want"
	verify "$name-qemu-gone" bash -c "! kill -0 $(cat "$work/pid") 2>/dev/null"
}
signal_test interrupt signal 130 INT
verify interrupt-sent grep -qx 'got 2' "$work/out"
signal_test quit signal 131 QUIT
verify quit-sent grep -qx 'got 3' "$work/out"
signal_test interrupt-deaf deaf 130 INT
signal_test interrupt-twice deaf 130 INT INT
signal_test terminate deaf 143 TERM
signal_test hangup deaf 129 HUP
rm -f "$work/pid"
FAKE_PID=$work/pid FAKE_QEMU=deaf ./r2c run ./p >/dev/null 2>&1 </dev/null &
killed=$!
until [ -s "$work/pid" ]; do kill -0 $killed 2>/dev/null && sleep 0.05 || break; done
kill -KILL $killed
wait $killed 2>/dev/null
for _ in $(seq 100); do kill -0 "$(cat "$work/pid")" 2>/dev/null || break; sleep 0.05; done
verify killed-qemu-gone bash -c "! kill -0 $(cat "$work/pid") 2>/dev/null"
rm -rf "${TMPDIR:?}"/* # r2c had no chance to

# What a program is given
mkdir -p root/data "$work/kept"
echo text >root/data/file
cp p root/data/prog
run FAKE_QEMU=keep FAKE_OUT="$work/kept" run --root root --env A=b --env HOME=/h --cwd /data root/data/prog 'a b' ''
expect keep-root 0
./r2c inspect "$work/kept/kernel" >"$work/inspect"
for param in PROGRAM=/data/prog ARGV0=/data/prog 'ARGV1=a b' ARGV2= ENV0=PATH=/bin:/usr/bin:/sbin:/usr/sbin ENV1=HOME=/h \
	ENV2=A=b CWD=/data STDIN=console 'MOUNT0=ext2 virtio-blk#0 / rw'; do
	verify "keep-root-${param%% *}" grep -qxF "    param $param" "$work/inspect"
done
verify keep-root-fsck e2fsck -fn "$work/kept/disk"
verify keep-root-file test "$(debugfs -R 'cat /data/file' "$work/kept/disk" 2>/dev/null)" = text
run FAKE_QEMU=keep FAKE_OUT="$work/kept" run --mem 256M ./p; expect keep 0
debugfs -R "dump $top/p $work/kept/p" "$work/kept/disk" 2>/dev/null
verify keep-program cmp p "$work/kept/p"
verify keep-argv0 bash -c "./r2c inspect $work/kept/kernel | grep -qxF '    param ARGV0=./p'"
verify keep-path bash -c "./r2c inspect $work/kept/kernel | grep -qxF '    param PROGRAM=$top/p'"
verify keep-tmp bash -c "debugfs -R 'stat /tmp' $work/kept/disk 2>/dev/null | grep -q 'Mode:  01777'"
run FAKE_QEMU=keep FAKE_OUT="$work/kept" run --root root ./p; expect keep-beside-root 0
rm -f "$work/kept/p"
debugfs -R "dump $top/p $work/kept/p" "$work/kept/disk" 2>/dev/null
verify keep-beside-root-program cmp p "$work/kept/p"
verify keep-beside-root-mode bash -c "debugfs -R 'stat $top/p' $work/kept/disk 2>/dev/null | grep -q 'Mode:  0755'"
verify keep-beside-root-fsck e2fsck -fn "$work/kept/disk"
truncate -s 1M own.img
run FAKE_QEMU='exit 3' run --disk own.img -- /bin/x; expect own-disk 3
run FAKE_QEMU='exit 3' run --disk own.img -- x; expect own-disk-relative 127 'absolute path on the disk'

# Once for real
PATH=$path
if command -v qemu-system-x86_64 >/dev/null; then
	run run --log "$work/log" ./p; expect real 42 '' hello
	verify real-log grep -q 'the guest logs' "$work/log"
else
	echo "SKIP $label/real: no qemu-system-x86_64"
fi
