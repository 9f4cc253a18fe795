/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports, the log's serial line (16550, polled), and the end of the machine. */
#include "machine.h"

#define COM1 0x3f8
#define COM_DIVISOR_LOW (COM1 + 0)
#define COM_DIVISOR_HIGH (COM1 + 1)
#define COM_INTERRUPTS (COM1 + 1)
#define COM_FIFO (COM1 + 2)
#define COM_LINE (COM1 + 3)
#define COM_MODEM (COM1 + 4)
#define COM_STATUS (COM1 + 5)
#define COM_LINE_8N1 0x03
#define COM_LINE_DLAB 0x80
#define COM_STATUS_THRE 0x20
/* Far more than a character takes; there may be no serial port at all. */
#define COM_POLLS_MAX 100000
#define COM_FIFO_BYTES 16

#define QEMU_DEBUG_EXIT 0xf4
#define RESET_CONTROL 0xcf9 /* of the chipset; bit 1: which reset, bit 2: reset now */

void serial_init(void)
{
	port_out(COM_INTERRUPTS, 1, 0);
	port_out(COM_LINE, 1, COM_LINE_DLAB);
	port_out(COM_DIVISOR_LOW, 1, 1); /* 115200 baud */
	port_out(COM_DIVISOR_HIGH, 1, 0);
	port_out(COM_LINE, 1, COM_LINE_8N1);
	port_out(COM_FIFO, 1, 0x07);
	port_out(COM_MODEM, 1, 0x03);
}

/*
 * Free bytes of the FIFO, counted down from when it was last seen empty: all that a 16550 reports.
 */
static unsigned room;

unsigned serial_room(void)
{
	if (room < 2 && (port_in(COM_STATUS, 1) & COM_STATUS_THRE))
		room = COM_FIFO_BYTES;
	return room;
}

static void serial_put_raw(char c)
{
	static unsigned polls = COM_POLLS_MAX;

	for (unsigned i = 0; room == 0 && serial_room() == 0 && i < polls; i++)
		;
	/* A line that is stuck is waited for once. */
	polls = room ? COM_POLLS_MAX : 1;
	room -= room > 0;
	port_out(COM1, 1, (uint8_t)c);
}

void serial_put(char c)
{
	if (c == '\n')
		serial_put_raw('\r');
	serial_put_raw(c);
}

void port_out(uint16_t port, unsigned bytes, uint32_t value)
{
	if (bytes == 1)
		__asm__ volatile("outb %b0, %1" : : "a"(value), "Nd"(port));
	else if (bytes == 2)
		__asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
	else
		__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

uint32_t port_in(uint16_t port, unsigned bytes)
{
	uint32_t value = 0;

	if (bytes == 1)
		__asm__ volatile("inb %1, %b0" : "+a"(value) : "Nd"(port));
	else if (bytes == 2)
		__asm__ volatile("inw %1, %w0" : "+a"(value) : "Nd"(port));
	else
		__asm__ volatile("inl %1, %0" : "+a"(value) : "Nd"(port));
	return value;
}

noreturn void machine_halt(unsigned status)
{
	port_out(QEMU_DEBUG_EXIT, 4, status);
	port_out(RESET_CONTROL, 1, 0x02);
	port_out(RESET_CONTROL, 1, 0x06);
	for (;;)
		__asm__ volatile("cli; hlt");
}
