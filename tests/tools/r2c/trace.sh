#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# trace.sh: r2c run --trace on one core and on four: what it writes is whole, and says what happened.
set -u
cd "$(dirname "$0")/../../.." || exit 1
label=tools/r2c/trace
. tests/lib.sh

cat >"$work/look.py" <<'END'
import collections, json, sys

trace = json.load(open(sys.argv[1]))
cores = int(sys.argv[2])
wrong = []
events = trace["traceEvents"]
stacks, hows = collections.defaultdict(list), collections.defaultdict(list)
last = collections.defaultdict(float)
calls = set()
returns = collections.defaultdict(lambda: [0, 0])
ended = {}
names = {(e["pid"], e["tid"]): e["args"]["name"] for e in events if e["name" if "name" in e else "ph"] == "thread_name"}
for e in events:
    track = (e["pid"], e["tid"])
    if e["ph"] == "M":
        continue
    if e["pid"] == 1 and track in ended:
        how = ended.pop(track)
        returns[how][0] += 1
        returns[how][1] += e["ts"] > last[track]
    if e["ts"] < last[track]:
        wrong.append("time goes back on %s at %s" % (names.get(track, track), e["ts"]))
    last[track] = e["ts"]
    if track not in names:
        wrong.append("no name for %s" % (track,))
    if e["ph"] == "B":
        if e["pid"] == 1 and stacks[track]:
            calls.add((stacks[track][-1], e["name"], e["args"].get("function"), e["cat"]))
        stacks[track].append(e["name"])
        hows[track].append(e["cat"])
    elif e["ph"] == "E":
        if not stacks[track]:
            wrong.append("an end without a beginning on %s" % (track,))
        else:
            stacks[track].pop()
            ended[track] = hows[track].pop()
wrong += ["%s is left open" % (track,) for track, stack in stacks.items() if stack]
for call in () if sys.argv[3] == "lost" else (("posix", "storage", "storage_syscall", "sinv"), ("storage", "sched", "sched_park", "sinv"),
             ("sched", "mem", "mem_thd_create", "sinv")):
    if call not in calls:
        wrong.append("no call %s" % (call,))
if not any(a.startswith("program ") and b == "posix" and f == "posix_gate" for a, b, f, how in calls):
    wrong.append("no program calls posix")
# A return is seen when it comes, not when its caller does something else next.
for how, (seen, early) in returns.items():
    if early * 2 < seen:
        wrong.append("of %d returns by %s %d come before what is next" % (seen, how, early))
if not returns["sinv"][0] or not returns["gate"][0]:
    wrong.append("no returns")
kinds = collections.Counter((e["pid"], e.get("cat")) for e in events)
if sys.argv[3] == "lost" and kinds[1, "gate"] < 10000:
    wrong.append("only %d system calls" % kinds[1, "gate"])
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

# More than fits: the last events are there, and r2c says how many are missing.
timeout 200 ./r2c run --trace "$work/trace" --mem 64 --timeout 150 -- busybox dd if=/dev/zero of=/dev/null bs=1 count=200000 \
	>"$work/out" 2>&1
check wrapped python3 "$work/look.py" "$work/trace" 1 lost
check wrapped-said grep -qE 'r2c: trace: of [0-9]+ events the first [0-9]+ are lost' "$work/out"
