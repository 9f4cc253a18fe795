# SPDX-License-Identifier: BSD-2-Clause
"""Where every thread of a running system is, across all of its domains.

    ./r2c run --qemu-option -gdb --qemu-option tcp:127.0.0.1:1234 SYSTEM.conf &
    CONF=SYSTEM.conf gdb -batch -ex 'target remote 127.0.0.1:1234' -x tools/r2c/debug/gdb/threads.py

For a system that hangs: threads are found in the kernel's table of pages, each with its invocation
stack, innermost first, and the return addresses on its stack in each domain that it is in. (They are
found by value, since only the kernel's registers are saved: some may be left from earlier calls.)
Memory is read physically, so it does not matter where the processor is. Run it from the top of the
tree; types come from build/kernel/kernel.o, names from build/system/NAME/.
"""
import bisect
import os
import re
import struct
import subprocess
import tempfile

import gdb

DIRECT = 0xFFFF800000000000  # kernel/x86_64/machine.h
KERNEL = 0xFFFFFFFF80000000
PAGE = 4096
FRAMES_SHOWN = 24
STACK_WORDS = 600
STATES = ("runnable", "blocked", "dead")
KINDS = ("", "sinv", "gate", "fault")


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def physical(address):
    return address - DIRECT if address < KERNEL else address - KERNEL


def memory(address, length):
    return bytes(gdb.selected_inferior().read_memory(address, length))


def words(address, count):
    return struct.unpack("<%dQ" % count, memory(address, 8 * count))


def offset(type_name, field):
    return int(gdb.parse_and_eval("(unsigned long)&((%s *)0)->%s" % (type_name, field)))


def symbols(path):
    found = []
    for line in output("nm", "-n", "--defined-only", path).splitlines():
        address, kind, name = line.split(None, 2)
        if kind in "tTwW":
            found.append((int(address, 16), name))
    return found


def named(table, ip):
    """NAME+0xOFFSET, or None if ip is in no function."""
    at = bisect.bisect(table, (ip, "\x7f")) - 1
    if at < 0 or at + 1 >= len(table):
        return None
    return "%s+0x%x" % (table[at][1], ip - table[at][0])


def translate(top, va):
    table = top & 0x000FFFFFFFFFF000
    for shift in (39, 30, 21, 12):
        (entry,) = words(table + 8 * (va >> shift & 511), 1)
        if not entry & 1:
            return None
        table = entry & 0x000FFFFFFFFFF000
        if shift in (30, 21) and entry & 0x80:
            return (table & -(1 << shift)) | va & ((1 << shift) - 1)
    return table | va & (PAGE - 1)


def returns_on_stack(top, sp, table):
    low, high = table[0][0], table[-1][0]
    found = []
    at = sp & -8
    for _ in range(STACK_WORDS):
        pa = translate(top, at)
        if pa is None or len(found) == FRAMES_SHOWN:
            break
        (value,) = words(pa, 1)
        name = named(table, value) if low <= value < high else None
        if name and not name.endswith("+0x0"):
            found.append(name)
        at += 8
    return found


class System:
    """The composition's components, and the symbols of their domains and of the kernel."""

    def __init__(self, conf):
        text = output("./r2c", "inspect", conf)
        self.name = re.match(r"system ([^:]*):", text).group(1)
        self.component = {}
        self.table = {}
        domain = None
        for line in text.splitlines():
            if match := re.match(r"domain (\S+)", line):
                domain = match.group(1)
                self.table[domain] = symbols("build/system/%s/%s.elf" % (self.name, domain))
            elif match := re.match(r"  component (\S+) \((\d+)\)", line):
                self.component[int(match.group(2))] = (match.group(1), self.table[domain])
        with tempfile.TemporaryDirectory() as folder:
            image = os.path.join(folder, "image")
            output("./r2c", "build", "-o", image, conf)
            self.kernel = {p[2]: int(p[0], 16) for p in map(str.split, output("nm", image).splitlines()) if len(p) == 3}


def show(system, thd):
    invocation_size = gdb.lookup_type("struct invocation").sizeof
    fault_size = gdb.lookup_type("struct fault").sizeof
    fault_kind = KINDS.index("fault")
    top, tid, prio = (words(thd + offset("struct thd", f), 1)[0] for f in ("top", "id", "prio"))
    core, state = struct.unpack("<II", memory(thd + offset("struct thd", "core"), 8))
    (events,) = words(thd + offset("struct thd", "events"), 1)
    ip, sp = words(thd + offset("struct thd", "reg"), 2)
    urgency = "scheduler" if prio >= 1 << 32 else "priority %d" % prio
    print("thread %d, core %d, %s, %s, %d events" % (tid, core, urgency, STATES[state], events))
    invocation = physical(top)
    end = thd + offset("struct thd", "fpu")
    while invocation < end:
        comp, kind = struct.unpack("<QxxxxI", memory(invocation, 16))
        comp = physical(comp)
        (space,) = words(comp + offset("struct comp", "space"), 1)
        (ident,) = words(comp + offset("struct comp", "id"), 1)
        if invocation != physical(top):
            ip, sp = words(invocation + offset("struct invocation", "reg"), 2)
        name, table = system.component.get(ident, ("program %d" % ident, None))
        where = named(table, ip) if table else None
        print("  %-10s %-5s ip %x %s sp %x" % (name, KINDS[kind], ip, where or "", sp))
        if table:
            print("      " + " < ".join(returns_on_stack(space, sp, table)))
        invocation += invocation_size
        if kind == fault_kind:
            invocation += fault_size


def main():
    gdb.execute("symbol-file build/kernel/kernel.o", to_string=True)
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    system = System(os.environ["CONF"])
    table, npages = words(physical(system.kernel["retype"]), 2)
    kind_thd = int(gdb.parse_and_eval("(int)KIND_THD"))
    pages = memory(physical(table), 8 * npages)
    for number, (word,) in enumerate(struct.iter_unpack("<Q", pages)):
        if word >> 56 & 0x1F == kind_thd:  # kernel/mem.h
            show(system, number * PAGE)


main()
