/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console: the start of the service, and its access to the second serial line: an I/O port
 * capability for the port's eight registers, and a thread for its interrupt. The rest of the
 * folder:
 *
 *	log.c		text to the log
 *	log_event.c	the log read back
 *	stream.c	the program's streams, as wire frames
 *	wire_frame.c	wire frames, taken apart
 *	input.c		the program's input
 *	uart.c		the serial port
 */
#include <cos/abi.h>
#include <cos/cap.h>
#include <cos/irq.h>
#include <cos/log.h>
#include <cos/sync.h>
#include <cos/syscall.h>
#include <cos/thread.h>
#include <dev/console.h>
#include <sched/sched.h>

#include "stream.h"
#include "uart.h"

/* boot leaves 10..31 to services (cos/cap.h); dev, perhaps in the same domain, has 10 */
#define CAP_PORTS 11
#define COM2_PORT 0x2f8
#define COM2_LINE 3

static struct cos_sem transmitter; /* posted when the transmitter is empty */
static struct cos_sem bound;	   /* posted when irq_cap is known */
static long irq_cap;

uint8_t uart_in(unsigned reg)
{
	struct cos_results results;

	cos_op_r(CAP_PORTS, COS_PORT_IN, COM2_PORT + reg, 1, 0, 0, 0, 0, &results);
	return (uint8_t)results.rdi;
}

void uart_out(unsigned reg, uint8_t value)
{
	cos_op3(CAP_PORTS, COS_PORT_OUT, COM2_PORT + reg, 1, value);
}

void uart_wait(void)
{
	cos_sem_wait(&transmitter, 0);
}

void uart_wake(void)
{
	cos_sem_post(&transmitter);
}

static void interrupt_thread(void *arg)
{
	(void)arg;
	irq_cap = dev_isa_irq_bind(COM2_LINE);
	cos_sem_post(&bound);
	if (irq_cap < 0)
		return;
	/* First serve what was pending before the line was routed: it makes no edge any more. */
	do
		uart_interrupt(stream_received);
	while (cos_arcv_wait(irq_cap) > 0);
	cos_panic("console: waiting for interrupts failed");
}

/* False: there is no second serial line, or no way to use it, as the log says. */
static bool line_init(void)
{
	long error = cos_op4(COS_CAP_HW, COS_HW_IOPORT, COS_CAP_CAPTBL, CAP_PORTS, COM2_PORT,
			     COM2_PORT + UART_PORTS - 1);

	if (error) {
		cos_log("console: no access to the second serial line (%ld)\n", error);
		return false;
	}
	if (!uart_init()) {
		cos_log("console: no second serial line, streams go to the log\n");
		return false;
	}
	error = cos_thread_create(interrupt_thread, NULL, SCHED_PRIO_IRQ);
	if (error >= 0) {
		cos_sem_wait(&bound, 0);
		error = irq_cap;
	}
	if (error < 0)
		cos_log("console: no interrupt for the second serial line (%ld)\n", error);
	return error >= 0;
}

long component_init(void)
{
	stream_init(line_init());
	return 0;
}
