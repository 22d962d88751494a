/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Firmware: the client interface (gone once the vectors are installed, as
 * they overwrite it), the facts read through it, and RTAS.
 */
#ifndef GUEST_OF_H
#define GUEST_OF_H

#include "types.h"

enum interrupt_mode { MODE_XICS, MODE_XIVE };

#define MACHINE_MAX_SERVERS 1024
#define MACHINE_MAP_ENTRIES 160

/* One row of a PCI bridge's interrupt-map: INTx of a slot to its LISN. */
struct intx_route {
    u32 slot, pin, lisn, sense;
};

struct machine {
    char bootargs[256];
    u64 ram_size;
    bool has_xive_node;
    char xive_compatible[32];
    u64 tima_user, tima_os, tima_page_size;
    u32 eq_sizes[8], nr_eq_sizes;
    u32 lisn_first, lisn_count;
    u32 reserved_prio_first, reserved_prio_count;
    u32 interrupt_cells;
    u32 servers[MACHINE_MAX_SERVERS], nr_servers;
    bool has_pci;
    u64 pci_buid;
    u64 pci_mem_bus, pci_mem_cpu, pci_mem_size;
    u32 pci_dma_liobn;
    struct intx_route intx[MACHINE_MAP_ENTRIES];
    u32 nr_intx;
    /* What a firmware-assisted dump before this boot has left. */
    u64 dump[40];
    u32 dump_size;
};

extern struct machine machine;

void of_init(u64 entry);
void of_read_bootargs(void);
/* ibm,client-architecture-support; its result. */
u32 of_negotiate(enum interrupt_mode mode);
/* The call below it, which is there as long as the machine is. */
long of_negotiate_again(enum interrupt_mode mode);
void of_read_machine(void);
u32 of_boot_server(void);

/*
 * rtas(name, nrets, rets, args...): calls RTAS, returns the status word.
 * rets may be NULL. The boot CPU only.
 */
#define rtas(name, nrets, rets, ...)                                    \
    rtas_cells(name, nrets, rets,                                       \
               sizeof((u64[]){ __VA_ARGS__ }) / sizeof(u64),            \
               (const u64[]){ __VA_ARGS__ })
int rtas_cells(const char *name, u32 nrets, u32 *rets, u32 nargs,
               const u64 *args);

/* The value of word "key=" in the boot arguments, or NULL. */
const char *bootarg(const char *key);
u64 bootarg_number(const char *key, u64 otherwise);
bool bootarg_is(const char *key, const char *value);
bool string_eq(const char *a, const char *b);

#endif
