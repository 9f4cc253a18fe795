/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PCI devices of this component. dev's interface is for drivers alone: in a component without a
 * device its functions are null pointers (docs/composition.md, Wiring).
 */
#ifndef RUMPUSER_COS_DEVICES_H
#define RUMPUSER_COS_DEVICES_H

#include <dev/dev.h>

#define DEVICES_WEAK(name) __typeof__(name) name __attribute__((weak))
extern DEVICES_WEAK(dev_count);
extern DEVICES_WEAK(dev_id);
extern DEVICES_WEAK(dev_conf_read);
extern DEVICES_WEAK(dev_conf_write);
extern DEVICES_WEAK(dev_bar_map);
extern DEVICES_WEAK(dev_msix_count);
extern DEVICES_WEAK(dev_irq_bind);
extern DEVICES_WEAK(dev_intx_bind);
extern DEVICES_WEAK(dev_intx_line);
extern DEVICES_WEAK(dev_dma_alloc);
extern DEVICES_WEAK(dev_dma_free);
extern DEVICES_WEAK(dev_dma_addr);
#undef DEVICES_WEAK

/* Their number. Only with one of them are the other functions called. */
static inline long devices_count(void)
{
	return dev_count != NULL ? dev_count() : 0;
}

#endif
