/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's ioctl requests that posix knows, and the terminal's structures. */
#ifndef POSIX_ABI_TTY_H
#define POSIX_ABI_TTY_H

#include <stddef.h>
#include <stdint.h>

#define LX_TCGETS 0x5401
#define LX_TCSETS 0x5402
#define LX_TCSETSW 0x5403
#define LX_TCSETSF 0x5404
#define LX_TIOCGPGRP 0x540f
#define LX_TIOCSPGRP 0x5410
#define LX_TIOCGWINSZ 0x5413
#define LX_FIONREAD 0x541b
#define LX_FIONBIO 0x5421
#define LX_FIONCLEX 0x5450
#define LX_FIOCLEX 0x5451
#define LX_FIOASYNC 0x5452
struct lx_termios {
	uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
	uint8_t c_line;
	uint8_t c_cc[19];
};
struct lx_winsize {
	uint16_t row, col, xpixel, ypixel;
};

#endif
