# SPDX-License-Identifier: BSD-2-Clause
"""Commands of gdb for a system that r2c run --gdb has started (docs/debugging.md).

r2c writes what it knows to build/system/NAME/gdb, which sets cos_system and sources this file:
    port        of QEMU's stub        kernel      the image that runs
    domains     {name: ELF file}      components  {id: (name, domain)}

All domains have the same addresses. So only the symbols of one are loaded, the one that the processor is in
when it stops, and a breakpoint in a component compares the domain before it stops.
"""
import bisect
import re
import struct
import subprocess

import gdb

DIRECT = 0xFFFF800000000000  # kernel/x86_64/machine.h
ADDRESS = 0x000FFFFFFFFFF000  # of a page-table entry
PAGE = 4096
KINDS = ("", "by invocation", "by system call", "by exception")  # COS_INV_*
FAULT = 3
FRAMES_MAX = 32
STUB_RBP, STUB_RETURN = 40, 48  # libcos/include/cos/stub.S.h, COS_CLIENT_STUB


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def words(address, count):
    return struct.unpack("<%dQ" % count, bytes(gdb.selected_inferior().read_memory(address, 8 * count)))


class Domain:
    def __init__(self, name, path):
        self.name, self.path = name, path
        self.functions = []  # (address, name)
        for line in output("nm", "-n", "--defined-only", path).splitlines():
            address, kind, symbol = line.split(None, 2)
            if kind in "tTwW":
                self.functions.append((int(address, 16), symbol))
        # The component of an address: NAME.map has the sections of each component's object.
        self.ranges = []
        section = re.compile(r"\s0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+\S*/%s\.(\S+)\.o$" % re.escape(name))
        with open(path[:-4] + ".map") as lines:
            for line in lines:
                if match := section.search(line):
                    start, length = int(match.group(1), 16), int(match.group(2), 16)
                    if start and length:
                        self.ranges.append((start, start + length, match.group(3)))
        self.ranges.sort()

    def owner(self, address):
        at = bisect.bisect(self.ranges, (address, 1 << 64)) - 1
        return self.ranges[at][2] if at >= 0 and address < self.ranges[at][1] else None

    def find(self, component, function):
        names = (function, component + "." + function)
        return [a for a, name in self.functions if name in names and self.owner(a) == component]

    def place(self, address):
        """FUNCTION (FILE:LINE) of a return address."""
        at = bisect.bisect(self.functions, (address, "\x7f")) - 1
        if at < 0 or at + 1 == len(self.functions):
            return "0x%x" % address
        start, name = self.functions[at]
        line = output("addr2line", "-e", self.path, "0x%x" % (address - 1)).strip()
        return "%s+0x%x%s" % (name, address - start, "" if line.startswith("?") else " (%s)" % line)


class System:
    def __init__(self, said):
        gdb.execute("set pagination off")
        gdb.execute("set confirm off")
        gdb.execute("file %s" % said["kernel"], to_string=True)
        # Before the symbols of a component with structures of the same names come.
        self.cpu, self.invocation, self.fault = (
            gdb.lookup_type("struct " + name) for name in ("cpu", "invocation", "fault")
        )
        self.components = said["components"]
        self.domains = {name: Domain(name, path) for name, path in said["domains"].items()}
        self.loaded = None
        gdb.events.stop.connect(lambda event: self.follow())
        gdb.execute("target remote 127.0.0.1:%s" % said["port"], to_string=True)

    def register(self, name):
        return int(gdb.newest_frame().read_register(name)) & (1 << 64) - 1

    def in_user(self):
        return self.register("cs") & 3 != 0

    def current(self):
        """struct cpu of the core that gdb looks at, None before it runs threads."""
        names = ("k_gs_base", "gs_base") if self.in_user() else ("gs_base", "k_gs_base")
        for base in map(self.register, names):
            if base >= DIRECT:
                cpu = gdb.Value(base).cast(self.cpu.pointer())
                return cpu if int(cpu["thd"]) and int(cpu["top"]) else None
        return None

    def component(self, ident):
        return self.components.get(ident, ("program %d" % ident, None))

    def where(self):
        cpu = self.current()
        return self.component(int(cpu["top"]["comp"]["id"])) if cpu else (None, None)

    def load(self, name):
        if name == self.loaded:
            return
        if self.loaded:
            gdb.execute("remove-symbol-file %s" % self.domains[self.loaded].path, to_string=True)
        self.loaded = name
        if name:
            gdb.execute("add-symbol-file %s" % self.domains[name].path, to_string=True)

    def follow(self):
        domain = self.where()[1]
        if domain and domain != self.loaded:
            self.load(domain)
            # gdb has named the place with the other's symbols.
            if self.in_user():
                print("domain %s:" % domain)
                gdb.execute("frame")


class ComponentBreakpoint(gdb.Breakpoint):
    def __init__(self, address, domain):
        # Of the processor's kind: under KVM there is no memory yet to write an instruction to.
        super().__init__("*0x%x" % address, type=gdb.BP_HARDWARE_BREAKPOINT)
        self.domain = domain

    def stop(self):
        return system.where()[1] == self.domain


def after_prologue(address):
    """Where the arguments are in place: the function's second line, by its line table."""
    block = gdb.block_for_pc(address)
    sal = gdb.find_pc_line(address)
    if not block or not block.function or not sal.symtab:
        return address
    inside = [e.pc for e in sal.symtab.linetable() if address < e.pc < block.end]
    return min(inside, default=address)


class Break(gdb.Command):
    """cos-break COMPONENT:FUNCTION: stop there, in that component alone."""

    def __init__(self):
        super().__init__("cos-break", gdb.COMMAND_BREAKPOINTS)

    def invoke(self, text, from_tty):
        component, _, function = text.strip().partition(":")
        domain = next((d for name, d in system.components.values() if name == component), None)
        if not function or not domain:
            names = ", ".join(name for name, _ in system.components.values())
            raise gdb.GdbError("expected COMPONENT:FUNCTION, a component of: " + names)
        found = system.domains[domain].find(component, function)
        if not found:
            raise gdb.GdbError("component %s has no function %s (it may be inlined)" % (component, function))
        system.load(domain)
        for address in found:
            ComponentBreakpoint(after_prologue(address), domain)


class Where(gdb.Command):
    """cos-where: which thread runs on this core, in which component."""

    def __init__(self):
        super().__init__("cos-where", gdb.COMMAND_STATUS)

    def invoke(self, text, from_tty):
        cpu = system.current()
        if not cpu:
            print("the kernel, before any thread runs on this core")
            return
        name, domain = system.where()
        print("core %d, thread %d, in %s%s" % (cpu["core"], cpu["tid"], name, ", domain %s" % domain if domain else ""))


class Symbols(gdb.Command):
    """cos-domain NAME: load the symbols of that domain; the next stop brings those of the current one."""

    def __init__(self):
        super().__init__("cos-domain", gdb.COMMAND_FILES)

    def invoke(self, text, from_tty):
        if text.strip() not in system.domains:
            raise gdb.GdbError("expected a domain: " + ", ".join(system.domains))
        system.load(text.strip())


def translate(space, address):
    """The word at an address of another address space, None where nothing is mapped."""
    table = space & ADDRESS
    for shift in (39, 30, 21, 12):
        (entry,) = words(DIRECT + table + 8 * (address >> shift & 511), 1)
        if not entry & 1:
            return None
        table = entry & ADDRESS
        if shift in (30, 21) and entry & 0x80:
            table = table & -(1 << shift) | address & ((1 << shift) - 1) & ADDRESS
            break
    return words(DIRECT + (table | address & (PAGE - 1)), 1)[0]


class Backtrace(gdb.Command):
    """cos-bt: the callers of this thread in all components, through its invocations."""

    def __init__(self):
        super().__init__("cos-bt", gdb.COMMAND_STACK)

    def callers(self, domain, space, frame_pointer, returns):
        for _ in range(FRAMES_MAX):
            print("    " + domain.place(returns))
            if not frame_pointer or frame_pointer % 8:
                return
            returns = translate(space, frame_pointer + 8)
            frame_pointer, last = translate(space, frame_pointer), frame_pointer
            if not returns or frame_pointer is None or (frame_pointer and frame_pointer <= last):
                return

    def invoke(self, text, from_tty):
        cpu = system.current()
        if not cpu:
            raise gdb.GdbError("no thread runs on this core yet")
        top = cpu["top"]
        print("%s" % self.name(top))
        gdb.execute("bt")
        while int(top["kind"]):
            kind = int(top["kind"])
            address = int(top.dereference().address) + system.invocation.sizeof
            if kind == FAULT:
                address += system.fault.sizeof
            top = gdb.Value(address).cast(system.invocation.pointer())
            print("called %s from %s" % (KINDS[kind], self.name(top)))
            ip, sp = int(top["reg"][0]), int(top["reg"][1])
            domain = system.domains.get(system.component(int(top["comp"]["id"]))[1])
            if not domain:
                print("    0x%x" % ip)
                continue
            space = int(top["comp"]["space"])
            if kind == 1:
                print("    " + domain.place(ip))
                returns = translate(space, sp + STUB_RETURN)
                if returns:
                    self.callers(domain, space, translate(space, sp + STUB_RBP), returns)
            else:
                print("    " + domain.place(ip))

    def name(self, top):
        return system.component(int(top["comp"]["id"]))[0]


system = System(cos_system)
for command in (Break, Where, Symbols, Backtrace):
    command()
