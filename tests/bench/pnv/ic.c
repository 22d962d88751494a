/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware does, as little of it as one source needs. */
#include "ic.h"

#define XSCOM_XIVE (0x000603FC00000000ULL + (0x5013000ULL << 3))
#define PC_BASE 0x0006018000000000ULL
#define VC_MASK (~((1ULL << 39) - 1))
#define PC_MASK (~((1ULL << 36) - 1))

#define CQ_IC_BAR 0x080
#define CQ_TM1_BAR 0x090
#define CQ_PC_BAR 0x0B0
#define CQ_PC_BARM 0x0B8
#define CQ_VC_BAR 0x0C0
#define CQ_VC_BARM 0x0C8
#define CQ_TAR 0x0F0
#define CQ_TDR 0x0F8
#define CQ_PBI_CTL 0x100
#define PC_TCTXT_CFG 0x400
#define PC_THREAD_EN_REG0_SET 0x448
#define PC_GLOBAL_CONFIG 0x480
#define PC_VSD_TABLE_ADDR 0x488
#define VC_GLOBAL_CONFIG 0x800
#define VC_VSD_TABLE_ADDR 0x808

#define VALID_64K (BIT(0) | BIT(1))
#define EXCLUSIVE (2ULL << 62)

/* Tables of 64 KiB (EAT, ENDT, NVTT) and one of 4 KiB (SBE). */
#define EAT 0x2000000ULL
#define SBE 0x2100000ULL
#define ENDT 0x2200000ULL
#define NVTT 0x2300000ULL
#define QUEUE 0x2405000ULL
#define QUEUE_SIZE 0x1000

#define END 7
#define PRIORITY 6
#define THREAD_VP 0x80

static void reg(u32 offset, u64 value)
{
    store64(IC_BASE + offset, value);
}

static void place_windows(void)
{
    store64(XSCOM_XIVE + CQ_IC_BAR, IC_BASE | VALID_64K);
    reg(CQ_TM1_BAR, TM_BASE | VALID_64K);
    reg(CQ_PC_BARM, PC_MASK);
    reg(CQ_PC_BAR, PC_BASE | BIT(0));
    reg(CQ_VC_BARM, VC_MASK);
    reg(CQ_VC_BAR, VC_BASE | BIT(0));
    reg(CQ_PBI_CTL, BIT(5) | BIT(6));
}

static void set_table(u64 table, u64 addr, u32 size_shift)
{
    u64 vsd = EXCLUSIVE | addr | (size_shift - 12);

    reg(VC_VSD_TABLE_ADDR, table << 48);
    reg(VC_VSD_TABLE_ADDR + 8, vsd);
    reg(PC_VSD_TABLE_ADDR, table << 48);
    reg(PC_VSD_TABLE_ADDR + 8, vsd);
}

static void place_tables(void)
{
    for (u32 i = 0; i < 0x1000; i += 8) {
        store64(SBE + i, 0x5555555555555555ULL);
    }
    reg(VC_GLOBAL_CONFIG, BIT(32));
    reg(PC_GLOBAL_CONFIG, BIT(32));
    set_table(0, EAT, 16);
    set_table(1, SBE, 12);
    set_table(2, ENDT, 16);
    set_table(3, NVTT, 16);
    /* The first half of the sets are IPIs, the second ENDs. */
    reg(CQ_TAR, BIT(0) | BIT(15));
    for (u64 i = 0; i < 64; i++) {
        reg(CQ_TDR, (i < 32 ? BIT(1) : BIT(0)) | (i % 32) << 32);
    }
}

void ic_route(u32 source, u32 eisn)
{
    store64(EAT + source * 8, BIT(0) | (u64)END << 32 | eisn);
}

static void make_end(void)
{
    store64(NVTT + THREAD_VP * 64, BIT(0));
    /* Valid, enqueue, always notify; ESn and ESe off; generation 1. */
    store64(ENDT + END * 32, 0xE000000050400000ULL);
    store64(ENDT + END * 32 + 8, QUEUE);
    store64(ENDT + END * 32 + 24, (u64)THREAD_VP << 32 | PRIORITY << 16);
}

static void push_thread(void)
{
    reg(PC_TCTXT_CFG, BIT(0) | BIT(1) | BIT(8));
    reg(PC_THREAD_EN_REG0_SET, BIT(0));
    store8(TM_HV_WORD2, 0x80);
    store8(TM_HV_CPPR, 0xFF);
}

void ic_bring_up(void)
{
    place_windows();
    place_tables();
    make_end();
    ic_route(SOURCE, EISN);
    push_thread();
    load64(MANAGE_PAGE + ESB_SET_00);
}

u32 ic_queue_entries(u32 eisn)
{
    static u32 next, generation = 1;
    u32 count = 0, entry;

    while ((entry = load32(QUEUE + next * 4)) >> 31 == generation) {
        count += (entry & 0x7FFFFFFF) == eisn;
        if (++next == QUEUE_SIZE / 4) {
            next = 0;
            generation ^= 1;
        }
    }
    return count;
}
