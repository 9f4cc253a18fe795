#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# trace.sh: r2c run --trace on one core and on four: what it writes is whole, and says what happened.
set -u
cd "$(dirname "$0")/../.." || exit 1
label=host/trace
. tests/lib.sh

cat >"$work/look.py" <<'END'
import collections, json, sys

trace = json.load(open(sys.argv[1]))
cores = int(sys.argv[2])
wrong = []
events = trace["traceEvents"]
stacks = collections.defaultdict(list)
last = collections.defaultdict(float)
calls = set()
names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name" if "name" in e else "ph"] == "thread_name"}
for e in events:
    track = (e["pid"], e["tid"])
    if e["ph"] == "M":
        continue
    if e["ts"] < last[track]:
        wrong.append("time goes back on %s at %s" % (names.get(track, track), e["ts"]))
    last[track] = e["ts"]
    if track not in names:
        wrong.append("no name for %s" % (track,))
    if e["ph"] == "B":
        if e["pid"] == 1 and stacks[track]:
            calls.add((stacks[track][-1], e["name"], e["args"].get("function"), e["cat"]))
        stacks[track].append(e["name"])
    elif e["ph"] == "E":
        if not stacks[track]:
            wrong.append("an end without a beginning on %s" % (track,))
        else:
            stacks[track].pop()
wrong += ["%s is left open" % (track,) for track, stack in stacks.items() if stack]
for call in () if sys.argv[3] == "lost" else (("posix", "storage", "storage_syscall", "sinv"), ("storage", "sched", "sched_park", "sinv"),
             ("sched", "mem", "mem_thd_create", "sinv")):
    if call not in calls:
        wrong.append("no call %s" % (call,))
if not any(a.startswith("program ") and b == "posix" and how == "gate" for a, b, f, how in calls):
    wrong.append("no program calls posix")
kinds = collections.Counter((e["pid"], e.get("cat")) for e in events)
for kind in ((2, "switch"),) if sys.argv[3] == "lost" else ((2, "switch"), (2, "idle"), (2, "interrupt"), (1, "fault")):
    if not kinds[kind]:
        wrong.append("nothing of %s" % (kind,))
used = {e["tid"] for e in events if e["pid"] == 2 and e["ph"] == "B"}
if used != set(range(cores)):
    wrong.append("cores are %s" % used)
if (int(trace["otherData"]["lost"]) > 0) != (sys.argv[3] == "lost"):
    wrong.append("lost " + trace["otherData"]["lost"])
if not 1e8 < int(trace["otherData"]["tsc_hz"]) < 1e11 or not 1e4 < max(last.values()) < 3e8:
    wrong.append("times are %s to %s at %s Hz" % (min(last.values()), max(last.values()), trace["otherData"]["tsc_hz"]))
print("\n".join(wrong[:20]))
sys.exit(1 if wrong else 0)
END

for cores in 1 4; do
	timeout 200 ./r2c run --trace "$work/trace" --cpus $cores --timeout 150 -- busybox sleep 0.1 >"$work/out" 2>&1 ||
		sed 's/^/  | /' "$work/out"
	check "cores-$cores" python3 "$work/look.py" "$work/trace" $cores all
done

# More than fits: the last of it, and how many are missing is told.
timeout 200 ./r2c run --trace "$work/trace" --mem 64 --timeout 150 -- busybox dd if=/dev/zero of=/dev/null bs=1 count=200000 \
	>"$work/out" 2>&1
check wrapped python3 "$work/look.py" "$work/trace" 1 lost
check wrapped-told grep -qE 'r2c: trace: of [0-9]+ events the first [0-9]+ are lost' "$work/out"
