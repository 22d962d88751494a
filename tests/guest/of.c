/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IEEE 1275 client interface: argument blocks are arrays of 32-bit cells
 * {service, nargs, nrets, args..., rets...}.
 */
#include "console.h"
#include "cpu.h"
#include "hcall.h"
#include "of.h"

struct machine machine;

u64 call_firmware(u64 arg, u64 entry, u64 arg2);

static u64 of_entry;
static u64 rtas_entry, rtas_base;

#define OF_MAX_CELLS 16
#define OF_FAILED 0xffffffffu

static u32 of_call_cells(const char *service, u32 nrets, u32 *rets,
                         u32 nargs, const u64 *args)
{
    static u32 cells[OF_MAX_CELLS];

    cells[0] = (u32)(u64)service;
    cells[1] = nargs;
    cells[2] = nrets;
    for (u32 i = 0; i < nargs; i++) {
        cells[3 + i] = (u32)args[i];
    }
    for (u32 i = 0; i < nrets; i++) {
        cells[3 + nargs + i] = 0;
    }
    barrier();
    if ((u32)call_firmware((u64)cells, of_entry, 0)) {
        return OF_FAILED;
    }
    for (u32 i = 0; rets && i < nrets; i++) {
        rets[i] = ((volatile u32 *)cells)[3 + nargs + i];
    }
    return nrets ? ((volatile u32 *)cells)[3 + nargs] : 0;
}

/* of_call(service, nrets, rets, args...): the first result word. */
#define of_call(service, nrets, rets, ...)                              \
    of_call_cells(service, nrets, rets,                                 \
                  sizeof((u64[]){ __VA_ARGS__ }) / sizeof(u64),         \
                  (const u64[]){ __VA_ARGS__ })

static u32 of_find(const char *path)
{
    return of_call("finddevice", 1, NULL, (u64)path);
}

static u32 of_child(u32 node)
{
    return of_call("child", 1, NULL, (u64)node);
}

static u32 of_peer(u32 node)
{
    return of_call("peer", 1, NULL, (u64)node);
}

/* Length of the property, or 0 when there is none. */
static u32 of_prop(u32 node, const char *name, void *buf, u64 size)
{
    u32 n = of_call("getprop", 1, NULL, (u64)node, (u64)name, (u64)buf,
                    size);

    return n == OF_FAILED ? 0 : n;
}

static bool of_prop_is(u32 node, const char *name, const char *value)
{
    static char buf[64];

    memset(buf, 0, sizeof(buf));
    return of_prop(node, name, buf, sizeof(buf) - 1) && string_eq(buf, value);
}

bool string_eq(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

void of_init(u64 entry)
{
    of_entry = entry;
}

void of_read_bootargs(void)
{
    of_prop(of_find("/chosen"), "bootargs", machine.bootargs,
            sizeof(machine.bootargs) - 1);
}

/*
 * The vector: PVR records up to one that matches nothing, the number of
 * option vectors less one, then each as length less one and its bytes.
 * Vector 5's bytes 23, 24 and 26 choose interrupt mode, radix and GTSE.
 */
#define OV5_BYTES 26
#define FDT_BYTES 0x200000

static u8 *capabilities(enum interrupt_mode mode)
{
    static u8 vec[96];
    static const u8 pvrs[] = {
        0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0x05,      /* ISA 3.00 */
        0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,            /* the end */
    };
    u8 *p = vec;
    u8 *ov5;

    memcpy(p, pvrs, sizeof(pvrs));
    p += sizeof(pvrs);
    *p++ = 5 - 1;
    *p++ = 3 - 1;                       /* vector 1: ISA levels */
    *p++ = 0;
    *p++ = 0;
    *p++ = 0x80;                        /* 3.00 */
    for (int v = 2; v <= 4; v++) {
        *p++ = 0;
        *p++ = 0;
    }
    *p++ = OV5_BYTES - 1;
    ov5 = p - 1;                        /* so that ov5[n] is byte n */
    memset(p, 0, OV5_BYTES);
    ov5[23] = mode == MODE_XIVE ? 0x40 : 0;
    ov5[24] = 0x40;
    ov5[26] = 0x40;
    return vec;
}

u32 of_negotiate(enum interrupt_mode mode)
{
    u32 rets[2] = { 0 };
    u32 root = of_call("open", 1, NULL, (u64)"/");

    of_call("call-method", 2, rets, (u64)"ibm,client-architecture-support",
            (u64)root, (u64)capabilities(mode));
    return rets[0] ? rets[0] : rets[1];
}

long of_negotiate_again(enum interrupt_mode mode)
{
    static void *tree;

    if (!tree) {
        tree = arena_alloc(FDT_BYTES, 4096);
    }
    return hcall(H_CAS, (u64)capabilities(mode), (u64)tree, FDT_BYTES);
}

static void read_xive_node(u32 node)
{
    static u64 reg[4];
    static u32 cells[16];

    machine.has_xive_node = true;
    of_prop(node, "reg", reg, sizeof(reg));
    machine.tima_user = reg[0];
    machine.tima_page_size = reg[1];
    machine.tima_os = reg[2];
    of_prop(node, "compatible", machine.xive_compatible,
            sizeof(machine.xive_compatible) - 1);
    machine.nr_eq_sizes = of_prop(node, "ibm,xive-eq-sizes", machine.eq_sizes,
                                  sizeof(machine.eq_sizes)) / 4;
    if (of_prop(node, "ibm,xive-lisn-ranges", cells, sizeof(cells))) {
        machine.lisn_first = cells[0];
        machine.lisn_count = cells[1];
    }
    if (of_prop(node, "#interrupt-cells", cells, 4)) {
        machine.interrupt_cells = cells[0];
    }
}

static void read_intx_map(u32 node)
{
    static u32 map[MACHINE_MAP_ENTRIES * 7];
    u32 n = of_prop(node, "interrupt-map", map, sizeof(map)) / 28;

    for (u32 i = 0; i < n && i < MACHINE_MAP_ENTRIES; i++) {
        u32 *row = &map[i * 7];

        machine.intx[i] = (struct intx_route){
            .slot = (row[0] >> 11) & 31,
            .pin = row[3],
            .lisn = row[5],
            .sense = row[6],
        };
    }
    machine.nr_intx = n;
}

static void read_pci_node(u32 node)
{
    static u32 ranges[7 * 4];
    static u32 window[6];
    static u64 reg[2];
    u32 n;

    machine.has_pci = true;
    of_prop(node, "reg", reg, sizeof(reg));
    machine.pci_buid = reg[0];
    n = of_prop(node, "ranges", ranges, sizeof(ranges)) / 28;
    for (u32 i = 0; i < n; i++) {
        u32 *r = &ranges[i * 7];

        if ((r[0] >> 24 & 3) == 2) {
            machine.pci_mem_bus = (u64)r[1] << 32 | r[2];
            machine.pci_mem_cpu = (u64)r[3] << 32 | r[4];
            machine.pci_mem_size = (u64)r[5] << 32 | r[6];
        }
    }
    if (of_prop(node, "ibm,dma-window", window, sizeof(window))) {
        machine.pci_dma_liobn = window[0];
    }
    read_intx_map(node);
}

static void read_cpus(void)
{
    static u32 ids[8];

    for (u32 n = of_child(of_find("/cpus")); n && n != OF_FAILED;
         n = of_peer(n)) {
        u32 threads;

        if (!of_prop_is(n, "device_type", "cpu")) {
            continue;
        }
        threads = of_prop(n, "ibm,ppc-interrupt-server#s", ids,
                          sizeof(ids)) / 4;
        for (u32 i = 0; i < threads && i < ARRAY_SIZE(ids); i++) {
            if (machine.nr_servers < MACHINE_MAX_SERVERS) {
                machine.servers[machine.nr_servers++] = ids[i];
            }
        }
    }
}

/* Nodes come in the order that QEMU made them: sort by number. */
static void sort_servers(void)
{
    for (u32 i = 1; i < machine.nr_servers; i++) {
        u32 v = machine.servers[i];
        u32 j = i;

        for (; j && machine.servers[j - 1] > v; j--) {
            machine.servers[j] = machine.servers[j - 1];
        }
        machine.servers[j] = v;
    }
}

static void instantiate_rtas(void)
{
    static u32 size;
    u32 rets[2] = { 0 };
    u32 node = of_find("/rtas");
    u32 handle = of_call("open", 1, NULL, (u64)"/rtas");

    of_prop(node, "rtas-size", &size, 4);
    rtas_base = (u64)arena_alloc(size ? size : 4096, 4096);
    of_call("call-method", 2, rets, (u64)"instantiate-rtas", (u64)handle,
            rtas_base);
    rtas_entry = rets[1];
    if (rets[0] || !rtas_entry) {
        die("instantiate-rtas failed");
    }
}

static struct rtas_token {
    const char *name;
    u32 token;
} rtas_tokens[] = {
    { "start-cpu", 0 },
    { "power-off", 0 },
    { "ibm,read-pci-config", 0 },
    { "ibm,write-pci-config", 0 },
    { "ibm,change-msi", 0 },
    { "ibm,query-interrupt-source-number", 0 },
    { "ibm,set-xive", 0 },
    { "ibm,get-xive", 0 },
    { "ibm,int-off", 0 },
    { "ibm,int-on", 0 },
    { "ibm,os-term", 0 },
    { "ibm,configure-kernel-dump", 0 },
    { "set-indicator", 0 },
};

void of_read_machine(void)
{
    static u32 prios[2];
    u32 root = of_find("/");
    u32 node = of_find("/rtas");

    for (u32 i = 0; i < ARRAY_SIZE(rtas_tokens); i++) {
        of_prop(node, rtas_tokens[i].name, &rtas_tokens[i].token, 4);
    }
    machine.dump_size = of_prop(node, "ibm,kernel-dump", machine.dump,
                                sizeof(machine.dump));
    instantiate_rtas();
    if (of_prop(root, "ibm,plat-res-int-priorities", prios, sizeof(prios))) {
        machine.reserved_prio_first = prios[0];
        machine.reserved_prio_count = prios[1];
    }
    for (node = of_child(root); node && node != OF_FAILED;
         node = of_peer(node)) {
        static u64 reg[2];

        if (of_prop_is(node, "device_type", "power-ivpe")) {
            read_xive_node(node);
        } else if (of_prop_is(node, "device_type", "pci")) {
            read_pci_node(node);
        } else if (of_prop_is(node, "device_type", "memory") &&
                   of_prop(node, "reg", reg, sizeof(reg))) {
            if (reg[0] + reg[1] > machine.ram_size) {
                machine.ram_size = reg[0] + reg[1];
            }
        }
    }
    read_cpus();
    sort_servers();
}

u32 of_boot_server(void)
{
    return machine.nr_servers ? machine.servers[0] : 0;
}

int rtas_cells(const char *name, u32 nrets, u32 *rets, u32 nargs,
               const u64 *args)
{
    static u32 cells[OF_MAX_CELLS];
    volatile u32 *out = &cells[3 + nargs];

    cells[0] = 0;
    for (u32 i = 0; i < ARRAY_SIZE(rtas_tokens); i++) {
        if (string_eq(rtas_tokens[i].name, name)) {
            cells[0] = rtas_tokens[i].token;
        }
    }
    if (!cells[0]) {
        return -1;
    }
    cells[1] = nargs;
    cells[2] = nrets;
    for (u32 i = 0; i < nargs; i++) {
        cells[3 + i] = (u32)args[i];
    }
    barrier();
    call_firmware((u64)cells, rtas_entry, rtas_base);
    for (u32 i = 0; rets && i < nrets; i++) {
        rets[i] = out[i];
    }
    return (int)out[0];
}

const char *bootarg(const char *key)
{
    const char *s = machine.bootargs;

    while (*s) {
        const char *k = key;

        while (*k && *s == *k) {
            s++;
            k++;
        }
        if (!*k && *s == '=') {
            return s + 1;
        }
        while (*s && *s != ' ') {
            s++;
        }
        while (*s == ' ') {
            s++;
        }
    }
    return NULL;
}

u64 bootarg_number(const char *key, u64 otherwise)
{
    const char *s = bootarg(key);
    u64 v = 0;

    if (!s) {
        return otherwise;
    }
    while (*s >= '0' && *s <= '9') {
        v = v * 10 + *s++ - '0';
    }
    return v;
}

bool bootarg_is(const char *key, const char *value)
{
    const char *s = bootarg(key);

    if (!s) {
        return false;
    }
    while (*value && *s == *value) {
        s++;
        value++;
    }
    return !*value && (!*s || *s == ' ');
}
