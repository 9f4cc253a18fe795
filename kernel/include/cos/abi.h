/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's binary interface: what user level asks of the kernel and what the kernel answers.
 * Read by C and by assembly: by the kernel, by libcos and by the services that manage capabilities.
 *
 * Calling the kernel
 *	The instruction SYSCALL, with
 *		rax			(capability << 16) | operation: COS_OP
 *		rdi rsi rdx r10 r8 r9	up to six arguments
 *	The CPU overwrites rcx and r11 (SDM 2B, SYSCALL). On return rax is a status or a value; a
 *	failure is a negative COS_E*. rdi, rsi and rdx hold further results where the operation says
 *	so. Every other register is as before.
 *
 *	Capability 0 does not exist. A number below 2^16 is a system call of a program, which the
 *	kernel sends through the gate of the program's component (COS_COMP_SET_GATE). In a component
 *	without a gate such a call returns COS_ENOSYS.
 *
 * Synchronous invocation
 *	COS_SINV on a sinv capability moves the calling thread into a server. The
 *	kernel pushes an invocation (component, ip, sp, flags) on the thread's invocation stack,
 *	loads the server's page table, and continues at the entry of the capability with
 *		rax = token of the capability	rbx = thread id
 *		rdi rsi rdx r10 r8 r9 = the caller's arguments
 *	There is no usable stack: the server finds one by the thread id (cos/layout.h). COS_SRET
 *	pops the invocation. The caller continues with rax = 0 and the server's rdi, rsi, rdx. When
 *	the server was stopped while the thread was in it, the caller continues with rax =
 *	-COS_EREBOOT. All other registers pass through in both directions, so the caller's stub
 *	saves those that it needs.
 *
 * Gate
 *	Like COS_SINV, but rax = the program's system-call number, rbp = token of the gate's sinv
 *	capability, rbx = thread id. The kernel keeps the program's rbx, rbp and rdi in the
 *	invocation. COS_SRET with rdi = result resumes the program with rax = result; rbx, rbp, rdi
 *	and the flags as they were (or as COS_SELF_CALLER_SET changed them); the other registers as
 *	the server left them.
 *
 * Exception
 *	The kernel keeps all registers of the faulting thread and enters the component's pager (page
 *	faults) or its handler (all other exceptions), like a server, with
 *		rdi = COS_FAULT_*	rsi = address (page faults: CR2)
 *		rdx = error code of the CPU
 *		r10 = ip		r8 = sp		r9 = id of the faulting component
 *	COS_SRET with rdi = 0 resumes the faulting code with the registers that were kept. COS_SRET
 *	with rdi != 0 declines: after the pager the handler is asked. When the handler declines too,
 *	or there is none, the thread leaves the component, and the component's caller gets
 *	COS_EREBOOT.
 *
 * Death of a thread
 *	A thread dies (COS_EVENT_DEAD) when it leaves its outermost component: by such
 *	a fault, because the component was stopped, or by COS_SRET. In a component with a gate that
 *	COS_SRET is the exception COS_FAULT_CAP instead.
 *
 * Memory
 *	cos_mem names a page of physical memory: (untyped capability << 40) | page within it.
 *
 * Cores
 *	A thread is bound to one core; RDTSCP and RDPID tell a thread its core. The kernel has no
 *	locks that a core waits for. What one core takes away (a capability, a mapping, an object)
 *	another core may still be using. Its slot or page keeps its contents until every core has
 *	entered the kernel since and has dropped its translations. Until then a request for the slot
 *	or the page fails with COS_EAGAIN, and the kernel interrupts the cores that lag: ask again.
 *	COS_HW_QUIESCE waits for the same. On a single core it never happens.
 *
 * Errors of every operation, not repeated below
 *	COS_ECAP	the capability, or one that an argument names, is missing or of another type
 *	COS_EPERM	the capability does not carry the right to the operation, or one that an
 *			argument names does not carry the right to that use of it
 *	COS_ENOSYS	a capability of this type has no such operation
 *	COS_EINVAL	an argument is out of range or misaligned
 *	COS_EAGAIN	a slot or page that the operation needs was freed just now: ask again
 *	COS_EBUSY	an object that the operation refers to has 2^24 - 1 references already
 *	COS_EDEAD	an object that the operation refers to was freed on another core meanwhile
 *	In a component with a gate, an operation on a capability that is not there is the exception
 *	COS_FAULT_CAP, since programs are given no capabilities.
 */
#ifndef COS_ABI_H
#define COS_ABI_H

#define COS_PAGE_SIZE 4096

/*
 * ---- Errors, returned negated ----
 */

#define COS_ECAP 1	 /* no such capability, or not of the type that the operation needs */
#define COS_EINVAL 2	 /* an argument is out of range or misaligned */
#define COS_EEXIST 3	 /* the slot or the mapping is occupied */
#define COS_ENOENT 4	 /* nothing there */
#define COS_ENOTBL 5	 /* a page table or a leaf of a captbl is missing; rdi = its level */
#define COS_EBUSY 6	 /* still referenced, or in use */
#define COS_ETYPE 7	 /* memory is not of the type needed (untyped, user, kernel) */
#define COS_EPERM 8	 /* the capability does not carry that right */
#define COS_EREBOOT 9	 /* the server was stopped during the invocation, or is not running */
#define COS_EAGAIN 10	 /* the state has changed, or another core may still use it: look again */
#define COS_ENOMEM 11	 /* out of memory */
#define COS_ENOSYS 12	 /* no such operation */
#define COS_EDEPTH 13	 /* the invocation stack is full, or a chain of delegations too long */
#define COS_ETIMEDOUT 14 /* the time is up */
#define COS_EINTR 15	 /* woken for another reason */
#define COS_EIO 16	 /* a device failed */
#define COS_ENODEV 17	 /* no such device */
#define COS_EFAULT 18	 /* an address is not accessible */
#define COS_EDEAD 19	 /* the thread, component or object no longer exists */
#define COS_ECORE 20	 /* the thread or tcap is bound to another core */

/*
 * ---- Capabilities that every component has ----
 *
 * They are no entries of the capability table, and no look-up finds them.
 */

#define COS_OP(cap, op) (((cap) << 16) | (op))

#define COS_CAP_RET 1	/* operation 0: return from an invocation; rdi, rsi, rdx = results */
#define COS_CAP_SELF 2	/* operations COS_SELF_* on the current thread */
#define COS_CAP_FIRST 8 /* the first slot of a capability table that can be used */

#define COS_SRET COS_OP(COS_CAP_RET, 0)

/*
 * ---- COS_CAP_SELF: the current thread ----
 *
 * The caller is the invocation below the current one: the code that invoked this component. How
 * many of its registers the kernel has depends on how the component was entered: ip, sp and flags
 * for COS_SINV; also rbx, rbp and rdi for the gate; all for an exception. COS_REG_* numbers them.
 */

/* () -> rax = thread id, rdi = core, rsi = COS_INV_* */
#define COS_SELF_ID 0
/*
 * (n) -> rdi, rsi, rdx = the caller's registers 3n, 3n + 1, 3n + 2
 *
 * COS_ENOENT: the component is the thread's outermost; COS_EINVAL: the kernel has no such
 * registers.
 */
#define COS_SELF_CALLER_GET 1
/*
 * (register, value): set a register with which the caller will be resumed
 *
 * ip and sp must be user addresses. Of the flags only those that user level may change are taken.
 * COS_ENOENT: the component is the thread's outermost; COS_EPERM: entered by COS_SINV, for a server
 * must not change its client's registers; COS_EINVAL: the kernel has no such register.
 */
#define COS_SELF_CALLER_SET 2

/* How the component was entered. */
#define COS_INV_BASE 0 /* outermost: the thread started in it */
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

/* Exceptions: the CPU's vector (SDM 3A, table 6-1), or COS_FAULT_CAP. */
#define COS_FAULT_PAGE 14
#define COS_FAULT_CAP 32 /* an operation on a capability that the program does not have */

/*
 * ---- Rights ----
 *
 * Bit n of a capability's rights, n < 24, is the right to operation n. The bits from 24 on are the
 * rights to name it as an argument of other operations, a right for each use. The right that an
 * operation needs is in brackets behind the argument; behind a cos_mem, it is the range's.
 */

#define COS_RIGHTS_ALL 0xffffffffUL
#define COS_USE_SOURCE 24  /* captbl: capabilities are copied and delegated from it */
#define COS_USE_INSERT 25  /* captbl: capabilities for ranges are put into it */
#define COS_USE_DOMAIN 26  /* captbl, pgtbl: a component is made that uses it */
#define COS_USE_SUBTREE 24 /* pgtbl: it is linked into other tables */
#define COS_USE_ENTRY 24   /* comp: a sinv is made that enters it, anywhere */
#define COS_USE_START 25   /* comp: threads are made in it, which start anywhere */
#define COS_USE_TARGET 24  /* sinv: a component's system calls or exceptions go there */
#define COS_USE_RECEIVE 24 /* thd: it gets a receive end-point */
#define COS_USE_ABOVE 25   /* thd: it becomes the scheduler thread of a thread or of a core */
#define COS_USE_SEND 24	   /* arcv: the right to send to it is made */
#define COS_USE_BIND 25	   /* arcv: interrupts, the log's events, a core's events go to it */
#define COS_USE_CHARGE 24  /* tcap: what runs is charged to it */
#define COS_USE_FILL 25	   /* tcap: it receives time */
#define COS_USE_MAP 24	   /* memory: it is mapped */
#define COS_USE_OBJECT 25  /* memory: objects of the kernel are made of it */

/*
 * ---- Capability tables ----
 *
 * A table is a root page of 512 pointers and up to 512 leaf pages of 64 capabilities; index i is in
 * leaf i / 64. That is what one page holds of each: pointers are of 8 bytes, capabilities of 64.
 */

#define COS_CAPTBL_LEAF 64
#define COS_CAPTBL_MAX (512 * COS_CAPTBL_LEAF)

/*
 * (index, cos_mem of kernel type [OBJECT]): add the leaf that index lies in
 *
 * COS_EEXIST: the leaf is there; COS_ETYPE, COS_EBUSY: the page is not of kernel type, or is in
 * use.
 */
#define COS_CAPTBL_EXTEND 0
/*
 * (index, source captbl [SOURCE], source index, rights): copy a capability to index, as an equal
 *
 * The copy has the rights of the source that are in `rights`, and the parent of the source if the
 * source has one. COS_ENOENT: no capability at the source; COS_EEXIST: index is taken; COS_ENOTBL:
 * the leaf of index is missing.
 */
#define COS_CAPTBL_COPY 1
/*
 * (index): remove a capability, and its object with the last reference to it
 *
 * COS_ENOENT: no capability there.
 * COS_EBUSY: it is the running thread's own thread capability, or the last reference to
 *	- a captbl that holds capabilities, or parents of some,
 *	- a page table with links,
 *	- a component with threads in it or made in it,
 *	- a component that holds the last reference to its captbl, its page table or another
 *	  component: remove it before those,
 *	- the current tcap.
 * COS_EAGAIN: the last reference to a component. It ends for good; other cores may still enter it.
 * COS_ECORE: the last reference to a thread or tcap of another core.
 */
#define COS_CAPTBL_REMOVE 2
/*
 * (index, source captbl [SOURCE], source index, rights): copy a capability to index, as a child of
 * the source
 *
 * When a capability is removed, all its descendants end with it, on all cores; their slots stay
 * taken until each is removed, and the parent's table stays in use until then. Capabilities made
 * from a child for the same object (sinv, arcv, asnd, parts of a range) have its parent. What was
 * done with a child stays: objects, mappings, gates. Errors as COS_CAPTBL_COPY; COS_EDEPTH: the
 * source has COS_CAPTBL_DEPTH ancestors.
 */
#define COS_CAPTBL_DELEGATE 3
/* Each use of a child looks at all ancestors, so they are few; the kernel has 5 bits for them. */
#define COS_CAPTBL_DEPTH 31

/*
 * ---- Making objects ----
 *
 * Operations on the captbl that receives the capability, at the index of the first argument. The
 * cos_mem [OBJECT] must be a page of kernel type that holds no object (else COS_ETYPE, COS_EBUSY).
 * The page belongs to the object until the last capability to the object is removed. COS_EEXIST:
 * index is taken; COS_ENOTBL: the leaf of index is missing.
 */

/* (index, cos_mem): an empty captbl, without leaves */
#define COS_MK_CAPTBL 16
/* (index, cos_mem, level 1 to 4): a page table; one of level 4 contains the kernel's half */
#define COS_MK_PGTBL 17
/* (index, cos_mem, captbl [DOMAIN], pgtbl of level 4 [DOMAIN], component id) */
#define COS_MK_COMP 18
/*
 * (index, cos_mem, comp [START], thread id, ip, argument): a thread of this core, not running yet
 *
 * It starts at ip in comp with rbx = thread id, rdi = argument, no stack, flags clear, and the
 * least urgent priority. COS_EINVAL: thread id is COS_THD_MAX or more, or ip is no user address.
 */
#define COS_MK_THD 19
/* (index, comp [ENTRY], entry ip, token): the right to enter comp at ip */
#define COS_MK_SINV 20
/* (index, thd [RECEIVE]): the receive end-point of the thread. COS_EEXIST: the thread has one. */
#define COS_MK_ARCV 21
/* (index, arcv [SEND]): the right to send events to it */
#define COS_MK_ASND 22
/* (index, cos_mem, priority): a tcap of this core, without time */
#define COS_MK_TCAP 23

/*
 * ---- Synchronous invocation ----
 */

/* Enter the server: see above. COS_EREBOOT: it is stopped; COS_EDEPTH: the stack is full. */
#define COS_SINV 0

/*
 * ---- Page tables ----
 *
 * A vaddr is a multiple of 4 KiB in the user half, within what a table of that level spans.
 * COS_ENOTBL: rdi is the level of the table that is missing on the way.
 */

#define COS_PG_READ 1  /* must be there */
#define COS_PG_WRITE 2 /* a mapping is never writable and executable at once: COS_EINVAL */
#define COS_PG_EXEC 4
#define COS_PG_NOCACHE 8 /* device memory */

/*
 * (vaddr, pgtbl of a lower level [SUBTREE], COS_PG_*): link a subtree at vaddr, a multiple of what
 * it spans
 *
 * The flags bound the rights of all that is mapped in the subtree; here WRITE and EXEC may be
 * together. A subtree may be linked at several places: a window. COS_ENOTBL, COS_EEXIST.
 */
#define COS_PGTBL_LINK 0
/*
 * (vaddr, level of the table that has the entry, 2 or more): take a subtree out
 *
 * COS_ENOENT: no subtree there; COS_EBUSY: this is the last reference to a table that has links.
 */
#define COS_PGTBL_UNLINK 1
/*
 * (vaddr, cos_mem of user type or device [MAP], COS_PG_*): map a page; it gains a reference
 *
 * A super-page is named by its first page and mapped at a multiple of its size, in a table of its
 * level. COS_ETYPE: kernel or untyped memory, or part of a super-page; COS_ENOTBL; COS_EEXIST;
 * COS_EPERM: the payload's pages are read-only.
 */
#define COS_PGTBL_MAP 2
/* (vaddr) -> rdi = physical address: unmap a page; it loses a reference. COS_ENOENT. */
#define COS_PGTBL_UNMAP 3
/* (vaddr, COS_PG_*): change the rights of a mapping. COS_ENOENT, COS_EPERM as COS_PGTBL_MAP. */
#define COS_PGTBL_PROTECT 4
/* (vaddr) -> rdi = COS_PG_*, rsi = physical address. COS_ENOENT. */
#define COS_PGTBL_LOOKUP 5

/*
 * ---- Untyped and device memory ----
 *
 * Pages start untyped. A type can be changed, and super-pages be joined and cut, while nothing
 * refers to the pages.
 */

#define COS_MEM_UNTYPED 0
#define COS_MEM_USER 1	 /* zeroed by the retype */
#define COS_MEM_KERNEL 2 /* zeroed when an object is made of it; never mapped to user level */
#define COS_MEM_DEVICE 3

/*
 * (page, count of at most COS_MEM_RETYPE_MAX, type) -> on failure rdi = pages done
 *
 * COS_EBUSY: a page is referenced, or part of a super-page; COS_ETYPE: device memory.
 */
#define COS_MEM_RETYPE 0
/*
 * Interrupts are off meanwhile: 16 pages take some 10,000 instructions (bench/RESULTS.md), of which
 * most zero the pages; 512 pages took 317,000.
 */
#define COS_MEM_RETYPE_MAX 16
/* (captbl [INSERT], index, page, count): a capability for a part, at index of that captbl */
#define COS_MEM_SPLIT 1
/* (page) -> rdi = physical address, rsi = type, rdx = reference count */
#define COS_MEM_PADDR 2
/*
 * (page, level): make one super-page of 512 free user pages or 512 free super-pages of level 2
 *
 * A super-page is what an entry of a page table of level 2 (2 MiB) or 3 (1 GiB, if the CPU can)
 * maps. Its pages cannot be used one by one until it is cut. COS_EINVAL: misaligned, or the CPU has
 * no such pages; COS_ETYPE: they are not all of that kind; COS_EBUSY: one is referenced.
 */
#define COS_MEM_JOIN 3
/*
 * (first page): cut a free super-page into the 512 that it was made of
 *
 * COS_ETYPE: no super-page begins there; COS_EBUSY: it is referenced.
 */
#define COS_MEM_CUT 4

/*
 * ---- Components ----
 */

/*
 * (sinv capability [TARGET], or 0 for none): set where the component's system calls (gate), page
 * faults (pager), or other exceptions and declined page faults (handler) go. The capability may be
 * removed afterwards.
 *
 * COS_EAGAIN: the former one is gone, the new one not set: ask again; COS_EBUSY: the former one is
 * the last reference to a component in use.
 */
#define COS_COMP_SET_GATE 0
#define COS_COMP_SET_PAGER 1
#define COS_COMP_SET_HANDLER 2
/*
 * (): stop it: invocations of it fail, threads in it leave it, both with COS_EREBOOT
 *
 * Threads that run in it on other cores are interrupted. A stopped component can be stopped again.
 */
#define COS_COMP_STOP 3
/*
 * (): let it be invoked again after a stop; threads that were in it before still leave it
 *
 * COS_EDEAD: it ended with its last capability, or was stopped 2^31 times.
 */
#define COS_COMP_START 4

/*
 * ---- Threads ----
 *
 * The kernel schedules nothing. A core runs the thread that its scheduler threads dispatch, until
 * it blocks, dies, a timeout passes, or an event makes a more urgent thread run. For that last
 * decision the kernel keeps a priority of each thread: a smaller number is more urgent.
 */

/*
 * (timeout, token): run the thread now, in place of the caller
 *
 * timeout: the absolute TSC at which the scheduler thread runs again; 0: none. token: the core's
 * event token (COS_SCHED_EVENT), or 0 not to check. COS_EAGAIN: an event or a timeout has changed
 * the token, so the decision rests on old state; COS_EBUSY: the thread waits in COS_ARCV_WAIT;
 * COS_EDEAD; COS_ECORE.
 */
#define COS_THD_SWITCH 0
/* (priority): set it */
#define COS_THD_PRIO 1
/*
 * (number): start the thread with a system call
 *
 * At its first dispatch it enters its component's gate, as if its program had issued that system
 * call at (ip, sp) = (0, 0). COS_EBUSY: it has started; COS_ENOENT: no gate; COS_EREBOOT: the
 * gate's component is stopped; COS_ECORE.
 */
#define COS_THD_GATE 2
/*
 * (core): bind it to another core; its pending events for the scheduler are lost
 *
 * COS_ECORE: it is not bound to this core; COS_EBUSY: it runs, is a scheduler thread, or has a
 * scheduler thread or a tcap of its own (COS_THD_SCHED).
 */
#define COS_THD_MOVE 3
/*
 * (timeout, token, tcap [CHARGE]): COS_THD_SWITCH, and charge what runs from now on to tcap
 *
 * COS_ETIMEDOUT: the tcap has no time; COS_ECORE: the tcap is another core's.
 */
#define COS_THD_RUN 4
/*
 * (thd [ABOVE] or 0, tcap [CHARGE] or 0): set its scheduler thread, and the tcap that its events
 * are charged to
 *
 * thd: its scheduler thread, which gets its events and runs when it blocks or its timeout passes;
 * 0: the core's. tcap: charged when an event dispatches it, and its priority is then the limit;
 * 0: the core's own time. All three are of this core, else COS_ECORE. COS_EINVAL: the thread would
 * schedule itself, directly or through others.
 */
#define COS_THD_SCHED 5

/*
 * ---- Temporal capabilities: time of a core ----
 *
 * Ticks are of the TSC. COS_ECORE: the tcap belongs to another core.
 */

/*
 * (tcap [FILL], ticks): hand time on to another tcap, which becomes no more urgent than this one
 *
 * COS_EINVAL: there is less time in this one, or 2^62 ticks in the other.
 */
#define COS_TCAP_TRANSFER 0
/* () -> rdi = ticks left, rsi = priority */
#define COS_TCAP_BUDGET 1

/*
 * ---- End-points ----
 */

/*
 * (0 or COS_ARCV_POLL) -> rax = events since the last call, of the calling thread's own end-point
 *
 * Without events the thread blocks and its scheduler thread runs. With COS_ARCV_POLL, and for the
 * core's scheduler thread, the call returns 0 instead. COS_EPERM: it is another thread's end-point.
 */
#define COS_ARCV_WAIT 0
#define COS_ARCV_POLL 1
/*
 * () -> rax = 1, rdi = thread id, rsi = COS_EVENT_*; or rax = 0; rdx = the core's event token
 *
 * Take the oldest event for the scheduler thread that has this end-point. COS_ECORE.
 */
#define COS_SCHED_EVENT 1
#define COS_EVENT_READY 1 /* blocked in COS_ARCV_WAIT before, now runnable */
#define COS_EVENT_BLOCKED 2
#define COS_EVENT_DEAD 4

/*
 * (): send an event
 *
 * The receiver runs at once when it is the core's scheduler thread, or when it waits and is more
 * urgent than the running thread. Otherwise the event waits for the receiver's COS_ARCV_WAIT. A
 * receiver of another core gets the event soon, by interrupt.
 * COS_EDEAD: the end-point is gone.
 */
#define COS_ASND 0
/*
 * (tcap [right to COS_TCAP_TRANSFER], ticks): the same, after such a transfer to the tcap of the
 * receiver
 */
#define COS_ASND_TIME 1

/*
 * ---- Hardware ----
 */

/*
 * (thd [ABOVE], its arcv [BIND]): make it the scheduler thread of the core that it is bound to
 *
 * Its end-point then gives COS_SCHED_EVENT. The first one of another core is dispatched there at
 * once; later ones only that core can set: COS_ECORE. COS_EBUSY: it is blocked; COS_EDEAD.
 */
#define COS_HW_SCHED 0
/*
 * (absolute TSC or 0, event token or 0): halt until an interrupt or that time
 *
 * For the core's scheduler thread alone: COS_EPERM. Returns at once when events wait.
 * COS_EAGAIN: the token has changed.
 */
#define COS_HW_IDLE 1
/*
 * (arcv [BIND]) -> rdi = vector, rsi = APIC id of this core: bind a free interrupt vector to it
 *
 * From then on an edge-triggered interrupt with that vector is an event. COS_ENOMEM: no vector is
 * free.
 */
#define COS_HW_IRQ_BIND 2
/* (vector): undo COS_HW_IRQ_BIND. COS_ENOENT: it is not bound. */
#define COS_HW_IRQ_FREE 3
/* (captbl [INSERT], index, first port, last port): make a capability for I/O ports */
#define COS_HW_IOPORT 4
/*
 * (captbl [INSERT], index, physical address, pages): make a capability for device memory
 *
 * COS_EPERM: some of it is RAM or the local APIC.
 */
#define COS_HW_DEVMEM 5
/*
 * (length of at most 32, four words of text) -> rax = how many characters the log has taken
 *
 * As many as the serial line has room for, perhaps none: send the rest again.
 */
#define COS_HW_LOG 6
/* (status 0 to COS_HALT_MAX): end the system by QEMU's isa-debug-exit, else by a reset */
#define COS_HW_HALT 7
/* QEMU exits with 2 * status + 1, of 8 bits. 124 is the kernel's own, more are not used. */
#define COS_HALT_MAX 123
#define COS_HALT_PANIC 124
/*
 * (epoch, or 0 for one that begins now) -> rdi = the epoch
 *
 * 0: every core has entered the kernel since the epoch began. COS_EAGAIN: not yet; those that have
 * not are interrupted. COS_EINVAL: there was no such epoch.
 */
#define COS_HW_QUIESCE 8
/* (tcap [FILL], ticks): give it time of this core's own, of which there is no end */
#define COS_HW_TIME 9

/*
 * Further cores are started one at a time: COS_HW_CORE_INIT, then COS_HW_CORE_STARTUP, once more if
 * the core has not started by then. The caller waits in between as long as the CPU's manual says
 * (SDM 3A, 8.4.4.1). A core that has started waits for its scheduler thread (COS_HW_SCHED).
 */
/*
 * (APIC id, cos_mem [OBJECT]): reset that core, with memory for it
 *
 * The core keeps COS_CORE_PAGES pages of kernel type for ever, from that one on, below 4 GiB.
 * COS_EEXIST: it runs; COS_EBUSY: the core that was reset before has not started, or a page is in
 * use; COS_ENODEV: no memory in the first MiB, where a core has to start; COS_ENOMEM: 256 cores
 * run.
 */
#define COS_HW_CORE_INIT 10
/* (0 or 1) -> rax = how many cores run; with 1 the core that was reset starts */
#define COS_HW_CORE_STARTUP 11
/* Four stacks of exceptions, the kernel's stack of 16 KiB, and the rest in the ninth. */
#define COS_CORE_PAGES 9

/*
 * Text in the log, the kernel's and user level's, has positions: the n-th character since boot is
 * at n. The kernel keeps the last COS_LOG_BYTES.
 */
/*
 * (position) -> rax = how many characters, at most 16; rsi, rdx = these; rdi = position of the
 * first
 *
 * 0: none there yet. rdi is later than the position asked for when the text in between is lost.
 * COS_EINVAL: the log has not come so far; COS_EAGAIN: overwritten while it was read.
 */
#define COS_HW_LOG_READ 12
/* (arcv [BIND]): from now on text by COS_HW_LOG is an event on it. COS_ENOMEM: one is bound. */
#define COS_HW_LOG_BIND 13
/* Static memory of the kernel; a boot writes some KiB. */
#define COS_LOG_BYTES 65536

/*
 * ---- I/O ports ----
 */

/* (port, bytes 1, 2 or 4) -> rdi = value. COS_EPERM: not all are ports of the capability. */
#define COS_PORT_IN 0
/* (port, bytes 1, 2 or 4, value). COS_EPERM. */
#define COS_PORT_OUT 1

/*
 * ---- The first component ----
 *
 * The kernel makes it (service/boot) of the image's first segments. Its stack is where cos/layout.h
 * has the stack of its thread id; the page of cos_bootinfo likewise.
 */

/* Thread ids are below: so many stacks of COS_STACK_SIZE fill the 64 GiB from COS_STACK_VA on. */
#define COS_THD_MAX (1 << 20)
#define COS_STACK_VA 0x4000000000
#define COS_STACK_SHIFT 16
#define COS_STACK_SIZE (1 << COS_STACK_SHIFT)
#define COS_BOOTINFO_VA 0x200000

/* Its capabilities. */
#define COS_BOOT_CAPTBL 8
#define COS_BOOT_PGTBL 9
#define COS_BOOT_COMP 10
#define COS_BOOT_THD 11
#define COS_BOOT_HW 12
#define COS_BOOT_COMP_ID 1  /* its component id */
#define COS_BOOT_TID 1	    /* its thread's id; the stack of that id (cos/layout.h) is mapped */
#define COS_BOOT_UNTYPED 16 /* and up: a range of free RAM each, cos_bootinfo.nranges of them */
#define COS_BOOT_IMAGE 15   /* device-like, read-only: the image payload's pages, mapped already */

#ifndef __ASSEMBLER__
#include <stdint.h>

#define cos_mem(untyped, page) (((uint64_t)(untyped) << 40) | (uint64_t)(page))

/*
 * What the first component learns from the kernel: one page, mapped read-only at COS_BOOTINFO_VA.
 * boot maps it at the same address in every domain, since all need the clock's calibration.
 */
#define COS_BOOTINFO_MAGIC 0x31304f464e49534fULL
struct cos_bootinfo {
	uint64_t magic;
	uint64_t tsc_hz;       /* frequency of the TSC; boot sets it */
	uint64_t tsc_boot;     /* TSC at the kernel's entry */
	uint64_t wall_boot_ns; /* wall clock at tsc_boot, since 1970; boot sets it from the RTC */
	uint64_t image_va;     /* payload (cos/image.h), read-only in the first component */
	uint64_t image_len_bytes;
	uint8_t rsdp[36]; /* ACPI's root (ACPI 6.4, 5.2.5.3), zeros if unknown */
	uint32_t ncores;  /* cores that run; boot starts them and sets it */
	uint32_t nranges;
	/* The screen as the boot loader set it up (Multiboot2 3.6.12); paddr 0: none. */
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
	} range[64]; /* range[i] is capability COS_BOOT_UNTYPED + i; RAM beyond is not used */
	char cmdline[1024]; /* with the ranges it fits in the page; a longer one is cut */
};
#endif

#endif
