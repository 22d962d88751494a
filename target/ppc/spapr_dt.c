/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the device tree says about XIVE: where the TIMA is, which interrupt
 * numbers are for IPIs, which queue size and priorities to use.  ESB pages are
 * not in it, the guest asks for them one by one.
 *
 * Properties are added in the order in which upstream adds them, which makes
 * the blobs of both equal byte by byte.
 */
#include <libfdt.h>
#include <string.h>

#include "xive/ppc/spapr.h"

enum { TIMA_PAGE_SIZE = 1 << P9X_SPAPR_PAGE_SHIFT };

typedef struct Node {
    void *fdt;
    int offset;
    int rc;                     /* of the first call that failed, or 0 */
} Node;

static void add_bytes(Node *n, const char *name, const void *value, size_t len)
{
    if (n->rc == 0) {
        n->rc = fdt_setprop(n->fdt, n->offset, name, value, (int)len);
    }
}

static void add_string(Node *n, const char *name, const char *value)
{
    add_bytes(n, name, value, strlen(value) + 1);
}

static void add_cell(Node *n, const char *name, uint32_t value)
{
    P9xBe32 cell = p9x_be32(value);

    add_bytes(n, name, &cell, sizeof(cell));
}

static void add_cells(Node *n, const char *name, uint32_t first,
                      uint32_t second)
{
    P9xBe32 cells[] = { p9x_be32(first), p9x_be32(second) };

    add_bytes(n, name, cells, sizeof(cells));
}

static uint64_t tima_page(const P9xSpapr *s, P9xTimaPage page)
{
    return s->config.tm_base + (uint64_t)page * TIMA_PAGE_SIZE;
}

/* Most privileged last: guests take the second entry for the OS page. */
static void add_tima(Node *n, const P9xSpapr *s)
{
    P9xBe64 reg[] = {
        p9x_be64(tima_page(s, P9X_TIMA_USER)), p9x_be64(TIMA_PAGE_SIZE),
        p9x_be64(tima_page(s, P9X_TIMA_OS)), p9x_be64(TIMA_PAGE_SIZE)
    };

    add_bytes(n, "reg", reg, sizeof(reg));
}

static int add_controller(const P9xSpapr *s, void *fdt, uint32_t nr_servers,
                          uint32_t phandle)
{
    char name[sizeof("interrupt-controller@") + 16];
    Node n = { .fdt = fdt };

    g_snprintf(name, sizeof(name), "interrupt-controller@%" G_GINT64_MODIFIER
               "x", tima_page(s, P9X_TIMA_USER));
    n.offset = fdt_add_subnode(fdt, 0, name);
    if (n.offset < 0) {
        return n.offset;
    }
    add_string(&n, "device_type", "power-ivpe");
    add_tima(&n, s);
    add_string(&n, "compatible", "ibm,power-ivpe");
    add_cell(&n, "ibm,xive-eq-sizes", P9X_SPAPR_EQ_SHIFT);
    add_cells(&n, "ibm,xive-lisn-ranges", 0, nr_servers);
    add_bytes(&n, "interrupt-controller", NULL, 0);
    add_cell(&n, "#interrupt-cells", 2);
    /* SLOF knows it by the older name. */
    add_cell(&n, "linux,phandle", phandle);
    add_cell(&n, "phandle", phandle);
    return n.rc;
}

int p9x_spapr_dt(P9xSpapr *s, void *fdt, uint32_t nr_servers,
                 uint32_t phandle)
{
    Node root = { .fdt = fdt };

    root.rc = add_controller(s, fdt, nr_servers, phandle);
    /* First reserved priority, and how many from it on up to 0xFE. */
    add_cells(&root, "ibm,plat-res-int-priorities", s->config.hv_prio,
              P9X_PRIO_MASKED - s->config.hv_prio);
    return root.rc;
}
