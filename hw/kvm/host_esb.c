/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ESB pages of the host's interrupts, as Linux works on them. */
#include "host_internal.h"
#include "xive/esb.h"

void p9x_host_log(P9xHost *h, P9xHostOp op, uint32_t irq, uint64_t arg,
                  uint32_t data)
{
    if (h->plants.op) {
        h->plants.op(h->plants.op_opaque, op, irq, arg, data);
    }
}

uint64_t p9x_esb_page_load(const P9xEsbPage *page, uint64_t offset,
                           unsigned size)
{
    return p9x_source_page_load(page->source, page->srcno, page->mgmt, offset,
                                size);
}

void p9x_esb_page_store(const P9xEsbPage *page, uint64_t offset,
                        unsigned size, uint64_t value)
{
    p9x_source_page_store(page->source, page->srcno, page->mgmt, offset, size,
                          value);
}

static uint64_t esb_load(P9xHost *h, const P9xIrqInfo *irq, uint32_t offset)
{
    p9x_host_log(h, P9X_HOST_OP_ESB_LOAD, irq->hw_irq, offset, 0);
    return p9x_esb_page_load(&irq->eoi, offset, 8);
}

P9xPq p9x_host_esb_set(P9xHost *h, const P9xIrqInfo *irq, P9xPq pq)
{
    uint64_t old = esb_load(h, irq, P9X_ESB_SET_PQ_00 + 0x100 * (uint32_t)pq);

    return old == UINT64_MAX ? P9X_PQ_00 : (P9xPq)(old & P9X_ESB_PQ);
}

P9xPq p9x_host_esb_get(P9xHost *h, const P9xIrqInfo *irq)
{
    return (P9xPq)(esb_load(h, irq, P9X_ESB_GET) & P9X_ESB_PQ);
}

bool p9x_host_esb_trigger(P9xHost *h, const P9xIrqInfo *irq)
{
    if (!irq->trig.source) {
        return false;
    }
    p9x_host_log(h, P9X_HOST_OP_ESB_STORE, irq->hw_irq, UINT64_MAX, 0);
    p9x_esb_page_store(&irq->trig, 0, 8, 0);
    return true;
}

void p9x_host_source_eoi(P9xHost *h, const P9xIrqInfo *irq)
{
    if (irq->flags & P9X_OPAL_IRQ_STORE_EOI) {
        p9x_host_log(h, P9X_HOST_OP_ESB_STORE, irq->hw_irq, P9X_ESB_STORE_EOI,
                     0);
        p9x_esb_page_store(&irq->eoi, P9X_ESB_STORE_EOI, 8, 0);
        return;
    }
    if (irq->flags & P9X_OPAL_IRQ_LSI) {
        esb_load(h, irq, 0);
        return;
    }
    if (p9x_host_esb_set(h, irq, P9X_PQ_00) & P9X_ESB_Q) {
        p9x_host_esb_trigger(h, irq);
    }
}
