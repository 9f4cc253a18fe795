/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's binary interface: what user level says to the kernel and what it hears back. Used
 * from C and from assembly, by the kernel, libcos and the services that manage capabilities.
 *
 * Entry.  `syscall` with
 *	rax			(capability << 16) | operation
 *	rdi rsi rdx r10 r8 r9	up to six arguments
 * rcx and r11 are lost (SDM 2B, SYSCALL). On return rax is a status or value, negative COS_E* on
 * failure; rdi, rsi and rdx are further results where the operation says so. Every other register
 * is kept. Capability 0 is no capability: a number below 2^16 is a system call of a program and goes
 * through its component's gate (COS_COMP_SET_GATE); a component without a gate gets COS_ENOSYS.
 * An operation on a capability that is not there returns COS_ECAP; in a component with a gate it is
 * an exception (COS_FAULT_CAP) instead, since a program is given no capability at all.
 *
 * Synchronous invocation.  COS_SINV on a sinv capability migrates the thread: the kernel pushes
 * (component, ip, sp, flags) on the thread's invocation stack and enters the server's page table at the
 * capability's entry with
 *	rax = the capability's token	rbx = thread id
 *	rdi rsi rdx r10 r8 r9 = the caller's arguments
 * and no usable stack: the server derives one from the thread id (cos/layout.h). COS_SRET pops. The
 * caller resumes with rax = 0 and the server's rdi, rsi, rdx; or, when the server was stopped
 * while the thread was in it, rax = -COS_EREBOOT. All other registers pass through both ways,
 * so a stub saves what it needs.
 *
 * Gate.  As COS_SINV, but rax = the system-call number as the program had it, rbp = the token of the gate's
 * sinv capability, and rbx = thread id; the program's rbx, rbp and rdi are kept by the kernel in the
 * frame, so that COS_SRET with rdi = result resumes the program with rax = result, rbx, rbp and
 * rdi as they were (or as COS_SELF_CALLER_SET made them), the other registers as the
 * server left them, and its flags.
 *
 * Exception.  The faulting registers are kept in a frame and the component's pager (page faults) or handler
 * (all else) is entered like a server with
 *	rdi = COS_FAULT_*	rsi = address (page faults: CR2)	rdx = error code of the CPU
 *	r10 = ip		r8 = sp				r9 = component id of the offender
 * COS_SRET with rdi = 0 resumes the offender with the registers of the frame; with rdi != 0
 * declines: after the pager the handler is asked; when that declines too, or there is none, the
 * thread is unwound from the component, which its caller sees as COS_EREBOOT. A thread
 * unwound from its outermost component, or that returns from it by COS_SRET, is dead (COS_EVENT_DEAD); in
 * a component with a gate such a COS_SRET is COS_FAULT_CAP.
 *
 * Memory.  A page of physical memory is named by cos_mem: (untyped capability << 40) | page within it.
 *
 * Cores.  A thread is bound to a core; RDTSCP and RDPID tell a thread its core. Nothing in the kernel is locked.
 * What one core takes away (a capability, a mapping, an object) another may be using: it keeps its contents, and is
 * not anything else, until every core has been in the kernel since and has forgotten its translations. A slot
 * or a page asked for earlier than that is refused with COS_EAGAIN, and the cores that lag are interrupted, so it
 * will do to ask again. COS_HW_QUIESCE waits for the same. With one core that is always so.
 */
#ifndef COS_ABI_H
#define COS_ABI_H

#define COS_PAGE_SIZE 4096

/* Errors, returned negated. */
#define COS_ECAP 1    /* no such capability, or not of the type that the operation needs */
#define COS_EINVAL 2  /* an argument is out of range or misaligned */
#define COS_EEXIST 3  /* slot or mapping is occupied */
#define COS_ENOENT 4  /* nothing there */
#define COS_ENOTBL 5  /* an intermediate page-table or captbl node is missing; rdi = its level */
#define COS_EBUSY 6   /* still referenced, or in use */
#define COS_ETYPE 7   /* memory is not of the type needed (untyped, user, kernel) */
#define COS_EPERM 8   /* the capability does not carry that right */
#define COS_EREBOOT 9 /* the server was stopped during the invocation, or is not running */
/* state changed meanwhile (see COS_THD_SWITCH), or another core may use it yet: look again */
#define COS_EAGAIN 10
#define COS_ENOMEM 11	 /* out of memory */
#define COS_ENOSYS 12	 /* no such operation */
#define COS_EDEPTH 13	 /* the invocation stack is full */
#define COS_ETIMEDOUT 14 /* the time is up */
#define COS_EINTR 15	 /* woken for another reason */
#define COS_EIO 16	 /* a device failed */
#define COS_ENODEV 17	 /* no such device */
#define COS_EFAULT 18	 /* an address is not accessible */
#define COS_EDEAD 19	 /* the thread or component no longer exists */
#define COS_ECORE 20	 /* the thread is bound to another core */

#define COS_OP(cap, op) (((cap) << 16) | (op))

/* Built-in capabilities: every component has them, no table lookup. */
#define COS_CAP_RET 1  /* operation 0: return from an invocation; rdi, rsi, rdx = results */
#define COS_CAP_SELF 2 /* operations on the current thread, COS_SELF_* */
#define COS_CAP_FIRST 8

#define COS_SRET COS_OP(COS_CAP_RET, 0)

/*
 * COS_CAP_SELF. The frame is the topmost of the thread's invocation stack: what invoked us. For a
 * COS_SINV frame only ip, sp and flags are there; for a gate frame also rbx, rbp, rdi; for an
 * exception all. Registers are numbered COS_REG_*.
 */
#define COS_SELF_ID 0	      /* () -> rax = thread id, rdi = core, rsi = frame kind COS_INV_* */
#define COS_SELF_CALLER_GET 1 /* (n) -> rdi, rsi, rdx = registers 3n, 3n+1, 3n+2 */
/*
 * (register, value): ip, sp must be user addresses; flags are masked; COS_EPERM for a COS_SINV
 * frame: a client is not its server's to change
 */
#define COS_SELF_CALLER_SET 2

#define COS_INV_BASE 0 /* outermost: nobody invoked us */
#define COS_INV_SINV 1
#define COS_INV_GATE 2
#define COS_INV_FAULT 3

#define COS_REG_IP 0
#define COS_REG_SP 1
#define COS_REG_FLAGS 2
#define COS_REG_RBX 3
#define COS_REG_RBP 4
#define COS_REG_RDI 5
#define COS_REG_RAX 6
#define COS_REG_RSI 7
#define COS_REG_RDX 8
#define COS_REG_RCX 9
#define COS_REG_R8 10
#define COS_REG_R9 11
#define COS_REG_R10 12
#define COS_REG_R11 13
#define COS_REG_R12 14
#define COS_REG_R13 15
#define COS_REG_R14 16
#define COS_REG_R15 17
#define COS_NREGS 18

/* Exceptions: the CPU's vector (SDM 3A, table 6-1), or: */
#define COS_FAULT_PAGE 14
#define COS_FAULT_CAP 32 /* operation on a capability that the program does not have */

/* Capability tables. Index: leaf = index / 64, at most 512 leaves a table. */
#define COS_CAPTBL_LEAF 64
#define COS_CAPTBL_MAX (512 * COS_CAPTBL_LEAF)
#define COS_CAPTBL_EXTEND 0 /* (index, cos_mem of kernel type): add the leaf for index */
/*
 * (index, source captbl, source index, rights): delegate; rights: a mask of (1 << operation) that
 * the copy has of the source's, any type but sinv. It has the parent that the source has, if that
 * has one
 */
#define COS_CAPTBL_COPY 1
#define COS_RIGHTS_ALL 0xffffffffUL
/*
 * (index): COS_EBUSY for the running thread's own thread capability, and for the last reference to
 * an object that is in use: a captbl with capabilities, a page table with links, a component with
 * threads in it or made in it or that holds the last reference to its tables (remove it before
 * them); the last to a component stops it for good; COS_ECORE for the last to a thread of another
 * core
 */
#define COS_CAPTBL_REMOVE 2
/*
 * the same, but the source is the copy's parent: when a capability is removed, all below it are no
 * capabilities any more, on all cores; their slots stay taken until each is removed, and the
 * parent's table in use. COS_EDEPTH: too far down. Capabilities made from one for the same object
 * (sinv, arcv, asnd, parts of a range) have its parent; what was done by one stays (objects,
 * mappings, gates)
 */
#define COS_CAPTBL_DELEGATE 3
#define COS_CAPTBL_DEPTH 31

/*
 * Making objects: on the captbl that receives the capability, at (index, ...). cos_mem must be a page of
 * kernel type that holds no object; it is the object's until its last capability is removed.
 */
#define COS_MK_CAPTBL 16 /* (index, cos_mem) */
#define COS_MK_PGTBL 17	 /* (index, cos_mem, level 1..4); level 4 contains the kernel's half */
#define COS_MK_COMP 18	 /* (index, cos_mem, captbl, pgtbl of level 4, component id) */
/*
 * (index, cos_mem, comp, thread id, ip, argument): not yet running; starts at ip with rbx = thread
 * id, rdi = argument, no stack, flags clear; bound to this core
 */
#define COS_MK_THD 19
#define COS_MK_SINV 20 /* (index, comp, entry ip, token) */
#define COS_MK_ARCV 21 /* (index, thd): the thread's receive end-point; at most one a thread */
#define COS_MK_ASND 22 /* (index, arcv) */
#define COS_MK_TCAP 23 /* (index, cos_mem, priority): of this core, without time */

/* sinv */
#define COS_SINV 0

/* Page tables. vaddr in user range, page-aligned. */
#define COS_PG_READ 1
#define COS_PG_WRITE 2
#define COS_PG_EXEC 4	 /* refused together with COS_PG_WRITE */
#define COS_PG_NOCACHE 8 /* device memory */
/*
 * (vaddr, pgtbl of the next lower level, COS_PG_*): rights of the subtree are limited by the flags;
 * a subtree may be linked at several places: a window
 */
#define COS_PGTBL_LINK 0
#define COS_PGTBL_UNLINK 1 /* (vaddr, level of the entry's table) */
/*
 * (vaddr, cos_mem of user type or device, COS_PG_*): reference + 1. Of a super-page by its first
 * page, at a multiple of its size, in a table of its level
 */
#define COS_PGTBL_MAP 2
#define COS_PGTBL_UNMAP 3   /* (vaddr): reference - 1 -> rdi = physical address */
#define COS_PGTBL_PROTECT 4 /* (vaddr, COS_PG_*) */
#define COS_PGTBL_LOOKUP 5  /* (vaddr) -> rdi = COS_PG_*, rsi = physical address */

/* Untyped memory. Pages start untyped; retyping needs reference count 0. */
#define COS_MEM_UNTYPED 0
#define COS_MEM_USER 1	 /* zeroed by the retype */
#define COS_MEM_KERNEL 2 /* zeroed by the retype; never mapped to user level */
#define COS_MEM_DEVICE 3
/* (page, count <= COS_MEM_RETYPE_MAX, type); on failure rdi = pages done */
#define COS_MEM_RETYPE 0
#define COS_MEM_RETYPE_MAX 16
#define COS_MEM_SPLIT 1 /* (captbl, index, page, count): a capability for a part */
#define COS_MEM_PADDR 2 /* (page) -> rdi = physical address, rsi = type, rdx = reference count */
/* Super-pages: what an entry of a page table of level 2 (2 MiB) or 3 (1 GiB, if the CPU has them) maps. */
/*
 * (page, level): 512 free user pages, or super-pages of level 2, become one of that level; none of
 * its pages can be had by itself then. COS_EINVAL: misaligned; COS_ETYPE: they are not that
 */
#define COS_MEM_JOIN 3
#define COS_MEM_CUT 4 /* (first page): a free super-page becomes the 512 that it was made of */

/* Components */
/* SET: (sinv capability, 0 for none); it may be removed afterwards. */
/* COS_EAGAIN: the former one is gone already, do it again. */
#define COS_COMP_SET_GATE 0    /* (sinv) */
#define COS_COMP_SET_PAGER 1   /* (sinv): page faults */
#define COS_COMP_SET_HANDLER 2 /* (sinv): other exceptions, and what the pager declined */
/*
 * (): invocations fail and threads in it unwind, both COS_EREBOOT; those that run in it on other
 * cores are interrupted
 */
#define COS_COMP_STOP 3
#define COS_COMP_START 4 /* (): after a stop; what was in it before stays unwound */

/*
 * Threads. The kernel holds one number of policy's: a priority (smaller is more urgent), used only
 * to decide whether the receiver of an event preempts the running thread.
 */
/*
 * (timeout, token): dispatch it. timeout: absolute TSC at which the core's scheduler thread is
 * dispatched, 0 for none. token: COS_EAGAIN unless it is the core's current event token
 * (COS_SCHED_EVENT), 0: do not check. Events change it, and a timeout that has passed. COS_EBUSY:
 * blocked in COS_ARCV_WAIT; COS_EDEAD; COS_ECORE
 */
#define COS_THD_SWITCH 0
#define COS_THD_PRIO 1 /* (priority) */
/*
 * (number): at its first dispatch it enters its component's gate, as though the program had just
 * issued that system call at (ip, sp) = (0, 0)
 */
#define COS_THD_GATE 2
/*
 * (core): bind it to another one. COS_ECORE: it is not this core's; COS_EBUSY: it runs or is the
 * scheduler thread. News of it that nobody took is lost
 */
#define COS_THD_MOVE 3

/*
 * (timeout, token, tcap): COS_THD_SWITCH that charges that from now on. COS_ETIMEDOUT: there is no
 * time in it
 */
#define COS_THD_RUN 4
/*
 * (thd, tcap; 0 for the core's own): the scheduler thread that has its news, decides when it waits,
 * and is dispatched when the time of its COS_THD_SWITCH is up; and what is charged when an event
 * dispatches it, no more urgent then than that. COS_ECORE; COS_EINVAL: itself
 */
#define COS_THD_SCHED 5

/* Temporal capabilities. Priorities and ticks of the TSC; all of them by this core alone, else COS_ECORE */
/*
 * (tcap, ticks): give it that much, and no more urgent a priority than this has. COS_EINVAL: there
 * is less
 */
#define COS_TCAP_TRANSFER 0
#define COS_TCAP_BUDGET 1 /* () -> rdi = ticks left, rsi = priority */

/* End-points */
/*
 * (0 | COS_ARCV_POLL) by its thread -> rax = events since the last; none: blocks, the core's
 * scheduler thread runs; with POLL returns 0
 */
#define COS_ARCV_WAIT 0
#define COS_ARCV_POLL 1
/*
 * by a scheduler thread's component -> rax = 1 and rdi = thread id, rsi = COS_EVENT_*, or rax = 0;
 * rdx = the event token
 */
#define COS_SCHED_EVENT 1
#define COS_EVENT_READY 1 /* blocked in COS_ARCV_WAIT before, now runnable */
#define COS_EVENT_BLOCKED 2
#define COS_EVENT_DEAD 4
/*
 * (): count an event; if the receiver waits and is more urgent, it runs now, as does a scheduler
 * thread; on its own core, soon, when that is another one
 */
#define COS_ASND 0
/* (tcap, ticks): the same, with so much time from that for the receiver's */
#define COS_ASND_TIME 1

/* Hardware */
/*
 * (thd, arcv): the scheduler thread of the core that thd is bound to; its end-point gives
 * COS_SCHED_EVENT. Another core's first one is dispatched there at once, its later ones are its own
 * to set: COS_ECORE
 */
#define COS_HW_SCHED 0
/*
 * (absolute TSC or 0, event token or 0): halt until an interrupt or that time, by the scheduler
 * thread; COS_EAGAIN: the token is old
 */
#define COS_HW_IDLE 1
/*
 * (arcv) -> rdi = vector, rsi = APIC id of this core: an edge-triggered interrupt with that vector
 * counts an event on arcv
 */
#define COS_HW_IRQ_BIND 2
#define COS_HW_IRQ_FREE 3 /* (vector) */
#define COS_HW_IOPORT 4	  /* (captbl, index, first port, last port): make an I/O port capability */
#define COS_HW_DEVMEM 5	  /* (captbl, index, physical address, pages): device memory, never RAM */
/*
 * (length <= 32, 8 bytes, 8 bytes, 8 bytes, 8 bytes): text to the kernel's log -> rax = how much of
 * it: as much as the serial line has room for, perhaps nothing
 */
#define COS_HW_LOG 6
/* (status 0..COS_HALT_MAX): end the system: QEMU's isa-debug-exit, else reset */
#define COS_HW_HALT 7
#define COS_HALT_MAX 123
#define COS_HALT_PANIC 124 /* the kernel itself ended it */
/*
 * (epoch, 0: one that begins now) -> 0: every core has been in the kernel since it began, or
 * COS_EAGAIN: those that have not are interrupted; rdi = the epoch
 */
#define COS_HW_QUIESCE 8

#define COS_HW_TIME 9 /* (tcap, ticks): of this core's own time, without end */
/*
 * A further core, which then waits for its scheduler thread (COS_HW_SCHED). It is woken in steps, one core at a time,
 * and the caller waits between them as long as the CPU's manual says (SDM 3A, 8.4.4.1).
 */
/*
 * (APIC id, cos_mem): reset it; for ever it has COS_CORE_PAGES pages of kernel type, from there on,
 * below 4 GiB. COS_EEXIST: it runs; COS_EBUSY: the one that was reset before has not started;
 * COS_ENODEV: no memory in the first MiB to start in
 */
#define COS_HW_CORE_INIT 10
/* (0 | 1): with 1 the one that was reset starts -> rax = cores that run */
#define COS_HW_CORE_STARTUP 11
#define COS_CORE_PAGES 9
/*
 * The log's text, kernel's and user level's, has positions: the n-th character since boot is at n. The kernel keeps the
 * last COS_LOG_BYTES of it.
 */
/*
 * (position) -> rax = how many characters, at most 16, 0: there are none yet; rsi, rdx = these; rdi
 * = where they begin: later than asked for when text in between is lost. COS_EINVAL: the log has
 * not come so far; COS_EAGAIN: just overwritten
 */
#define COS_HW_LOG_READ 12
/* (arcv): COS_HW_LOG is an event on it from now on. COS_ENOMEM: one is bound */
#define COS_HW_LOG_BIND 13
#define COS_LOG_BYTES 65536

/* I/O ports */
#define COS_PORT_IN 0  /* (port, bytes 1|2|4) -> rdi = value */
#define COS_PORT_OUT 1 /* (port, bytes 1|2|4, value) */

/* The first component's stack is where cos/layout.h has that of its thread id; likewise the page of cos_bootinfo. */
#define COS_THD_MAX (1 << 20) /* thread ids are below */
#define COS_STACK_VA 0x4000000000
#define COS_STACK_SHIFT 16
#define COS_STACK_SIZE (1 << COS_STACK_SHIFT)
#define COS_BOOTINFO_VA 0x200000

/* Its capabilities, made by the kernel (service/boot). */
#define COS_BOOT_CAPTBL 8
#define COS_BOOT_PGTBL 9
#define COS_BOOT_COMP 10
#define COS_BOOT_THD 11
#define COS_BOOT_HW 12
#define COS_BOOT_COMP_ID 1  /* its component id */
#define COS_BOOT_TID 1	    /* its thread's id; the stack of that id (cos/layout.h) is mapped */
#define COS_BOOT_UNTYPED 16 /* and up: one a range of free RAM, cos_bootinfo.nranges of them */
#define COS_BOOT_IMAGE 15   /* device-like, read-only: the image payload's pages, mapped already */

#ifndef __ASSEMBLER__
#include <stdint.h>

#define cos_mem(untyped, page) (((uint64_t)(untyped) << 40) | (uint64_t)(page))

/*
 * What the kernel tells the first component: one page, mapped read-only at COS_BOOTINFO_VA in it, and
 * later by boot at the same address in every domain (the clock's calibration is for all).
 */
#define COS_BOOTINFO_MAGIC 0x31304f464e49534fULL
struct cos_bootinfo {
	uint64_t magic;
	uint64_t tsc_hz;   /* frequency of the TSC: boot sets it */
	uint64_t tsc_boot; /* TSC at the kernel's entry */
	/* wall-clock time at tsc_boot, ns since 1970: boot sets it, from the RTC */
	uint64_t wall_boot_ns;
	/* payload (cos/image.h) as mapped read-only in the first component */
	uint64_t image_va;
	uint64_t image_len_bytes;
	uint8_t rsdp[36]; /* ACPI's root (ACPI 6.4, 5.2.5.3), zeros if unknown */
	uint32_t ncores;  /* that run: boot starts them, and sets it */
	uint32_t nranges;
	/* The screen, as the boot loader set it up (Multiboot2 3.6.12); paddr 0: there is none. */
#define COS_FRAMEBUFFER_RGB 1
	struct cos_framebuffer {
		uint64_t paddr;
		uint32_t pitch_bytes; /* of a line */
		uint32_t width, height;
		uint8_t bits; /* of a pixel */
		uint8_t type; /* COS_FRAMEBUFFER_* */
		uint16_t reserved;
		struct {
			uint8_t shift, bits;
		} red, green, blue; /* of COS_FRAMEBUFFER_RGB */
	} framebuffer;
	struct {
		uint64_t paddr;
		uint64_t npages;
	} range[64]; /* range[i] is capability COS_BOOT_UNTYPED + i */
	char cmdline[1024];
};
#endif

#endif
