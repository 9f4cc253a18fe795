/* SPDX-License-Identifier: BSD-2-Clause */
/* Host files that are buses, as memory. */
#ifndef RUMPUSER_COS_BUS_FILE_H
#define RUMPUSER_COS_BUS_FILE_H

#include "file.h"

/* The number of the bus, and where its memory is; -1: the file is not a bus. */
long bus_file_number(const struct file *f, void **mem);

#endif
