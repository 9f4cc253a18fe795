/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 16550 serial port (National Semiconductor PC16550D, June 1995).
 *
 * Supported: 115200 baud, 8 data bits, no parity, FIFOs, interrupts in both directions. Not
 * supported: ports without a FIFO (8250, 16450), modem control, flow control by hardware: the host
 * takes whatever is sent, and console/wire.h limits what it sends.
 *
 * One thread at a time sends. uart_interrupt is called by the thread that waits for the interrupt.
 *
 * I1  The sender fills the transmit FIFO when it is empty: 16 bytes for one look at the line
 *     status. When it is not empty, the sender turns the interrupt "transmitter empty" on and
 *     sleeps (uart_wait). Turned on while the FIFO is empty, the interrupt comes at once (PC16550D
 *     8.6.5): no wake-up is lost.
 * I2  The line to the interrupt controller is edge-triggered and falls only when no cause is left.
 *     So uart_interrupt serves all causes before it returns; otherwise no further edge would come.
 */
#ifndef SERVICE_CONSOLE_UART_H
#define SERVICE_CONSOLE_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UART_FIFO 16
#define UART_PORTS 8

/* Register 0..7 of the port. */
uint8_t uart_in(unsigned reg);
void uart_out(unsigned reg, uint8_t value);
/* Given by the owner: sleep until uart_wake has been called since the last return. */
void uart_wait(void);
void uart_wake(void);

/* Set the port up, with its receive interrupt on. False: there is no port. */
bool uart_init(void);
void uart_send(const uint8_t *bytes, size_t len_bytes);
/* Has all that was sent left the transmitter? No interrupt says so. */
bool uart_idle(void);
/* Serve all causes of the interrupt; received is called with what came in. */
void uart_interrupt(void (*received)(const uint8_t *bytes, size_t len_bytes));

#endif
