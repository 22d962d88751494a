/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vCPUs: vectors, translation and the hand-over of work.
 *
 * Translation is radix with 1 GiB leaves: RAM is mapped at its own address,
 * and so are the interrupt controller's and the PCI bridge's windows, non-
 * idempotent. The vectors are taken with translation on (AIL=3), as by Linux,
 * so that handlers reach the MMIO pages through the ordinary path.
 */
#include "console.h"
#include "cpu.h"
#include "hcall.h"
#include "of.h"

struct cpu cpus[GUEST_MAX_CPUS];
u32 nr_started = 1;
u64 wait_ticks = TIMEBASE_HZ / 1000;

extern char vectors_begin[], vectors_end[], _end[];
void secondary_start(void);
void secondary_main(void);
void set_msr_by_rfid(u64 msr);

_Static_assert(offsetof(struct cpu, scratch[1]) == CPU_SCRATCH1, "entry.S");
_Static_assert(offsetof(struct cpu, scratch[2]) == CPU_SCRATCH2, "entry.S");
_Static_assert(offsetof(struct cpu, stack) == CPU_STACK, "entry.S");
_Static_assert(offsetof(struct cpu, saved) == CPU_SAVED, "entry.S");
_Static_assert(offsetof(struct cpu, lean) == CPU_LEAN, "entry.S");

static u64 arena_next;

void *arena_alloc(u64 size, u64 align)
{
    void *p;

    if (!arena_next) {
        arena_next = (u64)_end;
    }
    arena_next = (arena_next + align - 1) & ~(align - 1);
    p = (void *)arena_next;
    arena_next += size;
    return p;
}

/* ---- translation ------------------------------------------------------- */

#define PTE_VALID (1ULL << 63)
#define PTE_LEAF (1ULL << 62)
#define PTE_RC 0x180ULL
#define PTE_NON_IDEMPOTENT 0x20ULL
#define PTE_PRIVILEGED_RW 0xeULL
#define PTE_EXECUTE 0x1ULL
#define GIB_SHIFT 30

static u64 *root;            /* 8192 entries of 512 GiB */

static void map_gib(u64 addr, u64 bits)
{
    u64 *dir = &root[(addr >> 39) & 0x1fff];
    u64 *table;

    if (!*dir) {
        table = arena_alloc(4096, 4096);
        memset(table, 0, 4096);
        *dir = PTE_VALID | (u64)table | 9;
    }
    table = (u64 *)(*dir & 0x0fffffffffffff00ULL);
    table[(addr >> GIB_SHIFT) & 511] = PTE_VALID | PTE_LEAF | PTE_RC |
        PTE_PRIVILEGED_RW | bits | (addr >> GIB_SHIFT << GIB_SHIFT);
}

void mmu_map_io(u64 addr, u64 size)
{
    u64 last = (addr + size - 1) >> GIB_SHIFT;

    for (u64 g = addr >> GIB_SHIFT; g <= last; g++) {
        map_gib(g << GIB_SHIFT, PTE_NON_IDEMPOTENT);
    }
}

void mmu_init(void)
{
    u64 *process_table = arena_alloc(4096, 4096);
    long rc;

    root = arena_alloc(65536, 65536);
    memset(root, 0, 65536);
    memset(process_table, 0, 4096);
    map_gib(0, PTE_EXECUTE);

    /* 52-bit addresses (RTS = 21 in two pieces), root of 2^13 entries. */
    process_table[0] = (2ULL << 61) | (5ULL << 5) | (u64)root | 13;
    rc = hcall(H_REGISTER_PROC_TBL, 0x1d, (u64)process_table, 0, 0);
    if (rc) {
        die("H_REGISTER_PROC_TBL: %ld", rc);
    }
}

void mmu_enable_this_cpu(void)
{
    u64 zero = 0;

    __asm__ volatile("mtspr 48,%0; isync" :: "r"(zero));      /* PID */
    set_msr_by_rfid(MSR_SF | MSR_ME | MSR_RI | MSR_IR | MSR_DR);
}

/* ---- exceptions -------------------------------------------------------- */

void vectors_install(void)
{
    const u64 *code = (const u64 *)vectors_begin;
    u64 base[] = { 0, 0x4000 };

    for (unsigned i = 0; i < ARRAY_SIZE(base); i++) {
        /* Address 0 is an object here: hide it from the optimizer. */
        volatile u64 *to = (volatile u64 *)base[i];

        __asm__("" : "+r"(to));
        for (unsigned w = 0x100 / 8; w < 0x1000 / 8; w++) {
            to[w] = code[w];
        }
    }
    for (u64 a = 0; a < 0x5000; a += 128) {
        __asm__ volatile("dcbst 0,%0; sync; icbi 0,%0" :: "r"(a) : "memory");
    }
    __asm__ volatile("sync; isync");
    if (hcall(H_SET_MODE, 3, 3, 0, 0)) {
        die("H_SET_MODE refused AIL=3");
    }
}

void cpu_exception(u64 vector, u64 *frame)
{
    struct cpu *cpu = this_cpu;
    u64 dar;

    if (vector == 0x500) {
        cpu->externals++;
        if (cpu->on_external) {
            cpu->on_external(cpu);
            return;
        }
    } else if (vector == 0x900) {
        u64 never = 0x7fffffff;

        __asm__ volatile("mtdec %0" :: "r"(never));
        return;
    } else if (cpu->probing) {
        cpu->faults++;
        cpu->fault_vector = vector;
        frame[FRAME_SRR0 / 8] += 4;
        return;
    }
    __asm__ volatile("mfdar %0" : "=r"(dar));
    die("unexpected exception 0x%lx on cpu %u at 0x%lx, dar 0x%lx", vector,
        cpu->index, frame[FRAME_SRR0 / 8], dar);
}

static bool probe_ended(u64 before)
{
    __asm__ volatile("isync" ::: "memory");
    this_cpu->probing = 0;
    return this_cpu->faults == before;
}

bool probe_load(u64 addr, int size, u64 *value)
{
    u64 before = this_cpu->faults;
    u64 v = 0;

    this_cpu->probing = 1;
    barrier();
    switch (size) {
    case 1:
        __asm__ volatile("lbz %0,0(%1)" : "+r"(v) : "b"(addr) : "memory");
        break;
    case 2:
        __asm__ volatile("lhz %0,0(%1)" : "+r"(v) : "b"(addr) : "memory");
        break;
    case 4:
        __asm__ volatile("lwz %0,0(%1)" : "+r"(v) : "b"(addr) : "memory");
        break;
    default:
        __asm__ volatile("ld %0,0(%1)" : "+r"(v) : "b"(addr) : "memory");
    }
    if (value) {
        *value = v;
    }
    return probe_ended(before);
}

bool probe_store(u64 addr, int size, u64 v)
{
    u64 before = this_cpu->faults;

    this_cpu->probing = 1;
    barrier();
    switch (size) {
    case 1:
        __asm__ volatile("stb %0,0(%1)" :: "r"(v), "b"(addr) : "memory");
        break;
    case 2:
        __asm__ volatile("sth %0,0(%1)" :: "r"(v), "b"(addr) : "memory");
        break;
    case 4:
        __asm__ volatile("stw %0,0(%1)" :: "r"(v), "b"(addr) : "memory");
        break;
    default:
        __asm__ volatile("std %0,0(%1)" :: "r"(v), "b"(addr) : "memory");
    }
    return probe_ended(before);
}

/* ---- start and work ---------------------------------------------------- */

void cpu_cede(void)
{
    u64 ticks = TIMEBASE_HZ / 50;

    __asm__ volatile("mtdec %0" :: "r"(ticks));
    hcall(H_CEDE, 0);
}

void cpu_sleep(void)
{
    u64 ticks = 0x7fffffff;

    __asm__ volatile("mtdec %0" :: "r"(ticks));
    hcall(H_CEDE, 0);
}

bool cpu_slept_long(u64 begin)
{
    u64 limit = 2000 * wait_ticks;
    u64 most = TIMEBASE_HZ * 39 / 10;

    return timebase() - begin > (limit < most ? limit : most);
}

void cpu_delay(u64 ms)
{
    u64 end = timebase() + ms * (TIMEBASE_HZ / 1000);

    while (timebase() < end) {
    }
}

void cpu_wake(const struct cpu *cpu)
{
    barrier();
    hcall(H_PROD, cpu->server);
}

void cpu_boot_init(void)
{
    this_cpu->server = of_boot_server();
    wait_ticks = TIMEBASE_HZ / 1000 * bootarg_number("wait-scale", 1);
}

void secondary_main(void)
{
    struct cpu *cpu = this_cpu;

    mmu_enable_this_cpu();
    cpu->started = 1;
    for (;;) {
        void (*work)(struct cpu *) = cpu->work;

        irq_disable();
        if (work) {
            work(cpu);
            barrier();
            cpu->work = NULL;
        } else {
            cpu_cede();
        }
    }
}

struct cpu *cpu_start(u32 server)
{
    struct cpu *cpu;
    u64 top;

    if (nr_started == GUEST_MAX_CPUS) {
        return NULL;
    }
    cpu = &cpus[nr_started];
    top = (u64)arena_alloc(GUEST_STACK, 256) + GUEST_STACK;
    cpu->index = nr_started;
    cpu->server = server;
    cpu->stack = top;
    barrier();
    if (rtas("start-cpu", 1, NULL, server, (u64)secondary_start,
             (u64)cpu)) {
        return NULL;
    }
    nr_started++;
    return WAIT_FOR(cpu->started, 10000) ? cpu : NULL;
}

struct cpu *cpu_second(void)
{
    static struct cpu *second;

    if (!second && machine.nr_servers > 1) {
        second = cpu_start(machine.servers[1]);
    }
    return second;
}

void cpu_run(struct cpu *cpu, void (*work)(struct cpu *cpu))
{
    barrier();
    cpu->work = work;
    cpu_wake(cpu);
}

bool cpu_wait(struct cpu *cpu, u64 ms)
{
    return WAIT_FOR(!cpu->work, ms);
}

void power_off(void)
{
    rtas("power-off", 1, NULL, 0, 0);
    for (;;) {
    }
}
