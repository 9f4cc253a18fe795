/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that the IOMMU's tables are made of: dev's own, from mem. */
#ifndef SERVICE_DEV_IOPAGES_H
#define SERVICE_DEV_IOPAGES_H

#include "iotable.h"

/* coherent: the IOMMUs look into the processors' caches. */
const struct iopages *iopages_init(bool coherent);

#endif
