/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware and an operating system do until a device can send. */
#include "phb.h"

#define XSCOM 0x000603FC00000000ULL
#define NEST_STACK (XSCOM + (0x4010C40ULL << 3))

enum {
    NEST_MMIO0 = 0x0E, NEST_MMIO0_MASK, NEST_MMIO1, NEST_MMIO1_MASK,
    NEST_REGS, NEST_ESB, NEST_ENABLE
};

#define M64 0x0006000000000000ULL
#define M64_SIZE 0x4000000000ULL
#define M32_SIZE 0x80000000ULL
#define M32_PCI 0x80000000ULL
#define REGS 0x000600C3C0000000ULL

#define CONFIG_DATA 0x130
#define CONFIG_ADDRESS 0x140
#define PHB4_CONFIG 0x160
#define RTT_BAR 0x168
#define M32_START 0x1A0
#define PEST_BAR 0x1A8
#define RTC_INVALIDATE 0x208
#define IODA_ADDR 0x220
#define IODA_DATA 0x228
#define NOTIFY_ADDR 0x300
#define NOTIFY_INDEX 0x308
#define CTRLR 0x810
#define ROOT_CONFIG 0x1000
#define CRESET 0x1A10

#define CRESET_PERST_N BIT(3)
#define CRESET_PIPE_N BIT(4)
#define ENABLE_MSI (BIT(8) | BIT(14))
#define ESB_64K BIT(11)

enum { TABLE_MIST = 2, TABLE_MBT = 16 };

/* Tables in memory. */
#define RTT 0x3000000ULL
#define PEST 0x3100000ULL

/* Bus 1, device 0. */
#define EDU_RID 0x100
#define EDU_PE 5

enum {
    PCI_COMMAND = 0x04, PCI_BAR0 = 0x10, PCI_BUS_NUMBERS = 0x18,
    PCI_CAPABILITIES = 0x34
};
#define COMMAND_MEMORY_AND_MASTER 6
#define MSI_ENABLE (1u << 16)
#define MSI64_BASE BIT(3)

static void nest(u32 number, u64 value)
{
    store64(NEST_STACK + number * 8, value);
}

static void reg(u32 offset, u64 value)
{
    store64(REGS + offset, value);
}

static void ioda(u64 table, u64 index, u64 value)
{
    reg(IODA_ADDR, table << 48 | index);
    reg(IODA_DATA, value);
}

static void place_windows(void)
{
    nest(NEST_MMIO0, M64 << 8);
    nest(NEST_MMIO0_MASK, ~(M64_SIZE - 1) << 8);
    nest(NEST_MMIO1, PHB_M32 << 8);
    nest(NEST_MMIO1_MASK, ~(M32_SIZE - 1) << 8);
    nest(NEST_REGS, REGS << 8);
    nest(NEST_ESB, PHB_ESB << 8);
    nest(NEST_ENABLE, BIT(0) | BIT(1) | BIT(2) | BIT(3));
}

static void train_link(void)
{
    reg(CRESET, CRESET_PIPE_N);
    reg(CRESET, CRESET_PIPE_N | CRESET_PERST_N);
}

static void root_config(u32 offset, u32 value)
{
    store32(REGS + ROOT_CONFIG + offset, __builtin_bswap32(value));
}

static void select_config(u32 offset)
{
    reg(CONFIG_ADDRESS, BIT(0) | (u64)EDU_RID << 44 | (u64)offset << 32);
}

static u32 edu_config(u32 offset)
{
    select_config(offset);
    return __builtin_bswap32(load32(REGS + CONFIG_DATA));
}

static void set_edu_config(u32 offset, u32 value)
{
    select_config(offset);
    store32(REGS + CONFIG_DATA, __builtin_bswap32(value));
}

/* The first MBT entry: all of M32, which one PE owns. */
static void place_m32(void)
{
    reg(M32_START, M32_PCI);
    ioda(TABLE_MBT, 0, BIT(0) | BIT(1) | BIT(2) | PHB_M32);
    ioda(TABLE_MBT, 1, BIT(0) | (~(M32_SIZE - 1) & 0x00FFFFFFFFFFF000ULL) |
                       EDU_PE);
}

static void place_tables(void)
{
    store16(RTT + EDU_RID * 2, EDU_PE);
    reg(RTT_BAR, BIT(0) | RTT);
    reg(RTC_INVALIDATE, BIT(0));
    reg(PEST_BAR, BIT(0) | PEST);
}

/* A MIST entry has four sources, which can be written one at a time. */
static void give_message_to_edu(void)
{
    u32 quarter = MSI % 4;

    ioda(TABLE_MIST, (8ULL >> quarter) << 32 | MSI / 4,
         (u64)EDU_PE << (3 - quarter) * 16);
}

static void enable_message(void)
{
    u32 cap = edu_config(PCI_CAPABILITIES) & 0xFF;
    u64 addr = MSI64_BASE | (MSI << 4 & ~0x1F0u);

    set_edu_config(cap + 4, (u32)addr);
    set_edu_config(cap + 8, (u32)(addr >> 32));
    set_edu_config(cap + 12, MSI & 0x1F);
    set_edu_config(cap, MSI_ENABLE);
}

void phb_bring_up(void)
{
    place_windows();
    train_link();
    root_config(PCI_BUS_NUMBERS, 0x00FF0100);
    root_config(PCI_COMMAND, COMMAND_MEMORY_AND_MASTER);
    place_m32();
    set_edu_config(PCI_BAR0, M32_PCI);
    set_edu_config(PCI_COMMAND, COMMAND_MEMORY_AND_MASTER);
    place_tables();
    reg(PHB4_CONFIG, ENABLE_MSI);
    reg(CTRLR, ESB_64K);
    reg(NOTIFY_ADDR, NOTIFY);
    reg(NOTIFY_INDEX, MSI_FIRST_SOURCE);
    give_message_to_edu();
    enable_message();
    load64(MSI_PAGE + ESB_SET_00);
}
