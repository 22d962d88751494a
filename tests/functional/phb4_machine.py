# SPDX-License-Identifier: GPL-2.0-or-later
"""A powernv9 machine with one bridge, programmed as firmware would do it.

Addresses and register names are skiboot's; only what the tests touch is here.
The bridge has the device "edu" of QEMU behind it, which interrupts and does
DMA when it is told to. edu's registers have the target's byte order.
"""

import struct

from qtest import Qtest
from virtual_machine import VirtualMachine

XSCOM = 0x603FC00000000
NEST_STACK = 0x4010C40          # PEC 0, stack 0
PCI_STACK = 0xD010840

MMIO_BAR0, MMIO_BAR0_MASK, MMIO_BAR1, MMIO_BAR1_MASK = range(0x0E, 0x12)
REGS_BAR, ESB_BAR, BAR_ENABLE = 0x12, 0x13, 0x14
ETU_RESET = 0x0A
ENABLE_MMIO0, ENABLE_MMIO1 = 1 << 63, 1 << 62
ENABLE_REGS, ENABLE_ESB = 1 << 61, 1 << 60
ENABLE_ALL = ENABLE_MMIO0 | ENABLE_MMIO1 | ENABLE_REGS | ENABLE_ESB

M64 = 0x6000000000000
M64_SIZE = 0x4000000000
M32 = 0x600C000000000
M32_SIZE = 0x80000000
M32_PCI = 0x80000000
REGS = 0x600C3C0000000
ESB = 0x600C300000000

CONFIG_DATA, CONFIG_ADDRESS = 0x130, 0x140
PHB4_CONFIG, RTT_BAR, PEST_BAR = 0x160, 0x168, 0x1A8
M32_START, RTC_INVALIDATE, TCE_KILL = 0x1A0, 0x208, 0x210
IODA_ADDR, IODA_DATA = 0x220, 0x228
NOTIFY_ADDR, NOTIFY_INDEX = 0x300, 0x308
CTRLR, ROOT_CONFIG = 0x810, 0x1000
SLOT_CONTROL = 0x60             # in the root port's config space
ESB_64K = 1 << 52
LSI_SOURCE_ID = 0x100
CRESET, TRAIN_CTL = 0x1A10, 0x1A40
PERST_N, PIPE_N, LINK_ACTIVE = 1 << 60, 1 << 59, 1 << 40

MIST, PESTA, PESTB, TVT, MBT, MDT = 2, 7, 8, 9, 16, 17
MSI64 = 1 << 60

# Guest memory that the bridge's tables and the device's buffers are in.
RTT, PEST, NOTIFY, TCES, BUFFER, SOURCE = range(0x1000000, 0x1600000,
                                                0x100000)

EDU = "edu,id=dev0,dma_mask=0xffffffffffffffff"
EDU_RID = 0x100                 # bus 1, device 0
EDU_BAR = M32_PCI               # in PCI memory
EDU_PE = 5


def swap32(value):
    return struct.unpack("<I", struct.pack(">I", value))[0]


class Phb4Machine(VirtualMachine):
    """Its bus is driven from here; registers have names."""

    def prepare(self, *extra, device=EDU):
        self.add_args("-machine", "powernv9", "-m", "1G",
                      "-device", "pnv-phb,chip-id=0,index=0,id=phb",
                      "-device", "pnv-phb-root-port,bus=phb,id=pcie0")
        if device:
            self.add_args("-device", f"{device},bus=pcie0")
        self.add_args(*extra)
        self.bus = Qtest(self)
        self.load, self.store = self.bus.load, self.bus.store
        self.inherit.append(self.bus.peer)
        self.launch(console=False)
        self.bus.started()

    def shutdown(self):
        super().shutdown()
        self.bus.mine.close()

    # ---------------------------------------------------------- registers

    def xscom_load(self, address):
        return self.load(XSCOM + address * 8)

    def xscom_store(self, address, value):
        self.store(XSCOM + address * 8, value)

    def reg(self, offset):
        return self.load(REGS + offset)

    def set_reg(self, offset, value):
        self.store(REGS + offset, value)

    def nest(self, number):
        return self.xscom_load(NEST_STACK + number)

    def set_nest(self, number, value):
        self.xscom_store(NEST_STACK + number, value)

    def place_windows(self):
        for bar, mask, base, size in (
                (MMIO_BAR0, MMIO_BAR0_MASK, M64, M64_SIZE),
                (MMIO_BAR1, MMIO_BAR1_MASK, M32, M32_SIZE)):
            self.set_nest(bar, base << 8)
            self.set_nest(mask, -size << 8 & 0xFFFFFFFFFF000000)
        self.set_nest(REGS_BAR, REGS << 8)
        self.set_nest(ESB_BAR, ESB << 8)
        self.set_nest(BAR_ENABLE, ENABLE_ALL)

    # -------------------------------------------------------- IODA tables

    def select(self, table, index):
        self.set_reg(IODA_ADDR, table << 48 | index)

    def table(self, table, index):
        self.select(table, index)
        return self.reg(IODA_DATA)

    def set_table(self, table, index, value):
        self.select(table, index)
        self.set_reg(IODA_DATA, value)

    def set_m32_window(self, pe):
        """MBT entry 0: all of M32, one PE owns it."""
        self.set_reg(M32_START, M32_PCI)
        single_pe = 2
        self.set_table(MBT, 0, 1 << 63 | 1 << 62 | single_pe << 60 | M32)
        self.set_table(MBT, 1, 1 << 63 | -M32_SIZE & 0x00FFFFFFFFFFF000 | pe)

    def set_bypass(self, pe, start, end):
        """TVE 0 of the PE: no translation between start and end."""
        self.set_table(TVT, pe * 2, (start << 16) & 0xFFFFFF << 40 |
                       (start >> 38) & 3 << 10 | (end >> 8) & 0xFFFFFF << 16 |
                       (end >> 40) & 3 << 8 | 1 << 12 | 1 << 7)

    def set_tce_table(self, pe, table, levels=1, page_shift=16):
        """TVE 0 of the PE: each level has 8192 entries, 64 KiB."""
        entries_shift = 13
        self.set_table(TVT, pe * 2, table >> 12 << 16 | (levels - 1) << 13 |
                       entries_shift - 8 << 8 | page_shift - 11)

    def kill_tces(self):
        self.set_reg(TCE_KILL, 1 << 63)

    def set_msi_owner(self, source, pe):
        """Writing the entry turns the source on, too."""
        shift = (3 - source % 4) * 16
        self.set_reg(IODA_ADDR, MIST << 48 | (8 >> source % 4) << 32 |
                     source // 4)
        self.set_reg(IODA_DATA, pe << shift)

    def frozen(self, pe):
        """(MMIO, DMA) as the tables say."""
        return (bool(self.table(PESTA, pe) >> 63),
                bool(self.table(PESTB, pe) >> 63))

    def unfreeze(self, pe):
        self.set_table(PESTA, pe, 0)
        self.set_table(PESTB, pe, 0)

    # ------------------------------------------------------- config space

    def _config_at(self, rid, offset):
        self.set_reg(CONFIG_ADDRESS,
                     1 << 63 | rid << 44 | (offset & 0xFFC) << 32)

    def config(self, rid, offset):
        self._config_at(rid, offset)
        return swap32(self.load(REGS + CONFIG_DATA, 4))

    def set_config(self, rid, offset, value):
        self._config_at(rid, offset)
        self.store(REGS + CONFIG_DATA, swap32(value), 4)

    def root_config(self, offset):
        return swap32(self.load(REGS + ROOT_CONFIG + offset, 4))

    def set_root_config(self, offset, value):
        self.store(REGS + ROOT_CONFIG + offset, swap32(value), 4)

    # --------------------------------------------------------------- link

    def assert_perst(self, assert_it):
        """The link's cores run; only the device is reset."""
        self.set_reg(CRESET, PIPE_N if assert_it else PIPE_N | PERST_N)

    def train_link(self):
        """As firmware does after it has reset the bridge."""
        self.assert_perst(True)
        self.assert_perst(False)

    def link_is_up(self):
        return bool(self.reg(TRAIN_CTL) & LINK_ACTIVE)

    def enable_freezing(self):
        """Let errors of DMA freeze the PE that made them."""
        for freeze_enable in (0xDA8, 0xE28, 0xEA8):
            self.set_reg(freeze_enable, 0xFFFFFFFFFFFFFFFF)

    # -------------------------------------------------------------- edu

    def start_edu(self):
        """Bus numbers, BAR, PE, MSI 0x20 to source 0x20, TVT bypass."""
        self.place_windows()
        self.train_link()
        self.set_root_config(0x18, 0x00FF0100)
        self.set_root_config(0x04, 6)
        self.set_root_config(SLOT_CONTROL, 0)
        self.set_m32_window(EDU_PE)
        self.set_up_device()
        self.set_rtt(EDU_PE)
        self.set_reg(PEST_BAR, 1 << 63 | PEST)
        self.set_reg(PHB4_CONFIG, 1 << 55 | 1 << 49)
        self.set_reg(CTRLR, ESB_64K)
        self.set_reg(NOTIFY_ADDR, NOTIFY)

    def set_up_device(self):
        self.set_config(EDU_RID, 0x10, EDU_BAR)
        self.set_config(EDU_RID, 0x04, 6)

    def set_rtt(self, pe):
        self.store(RTT + EDU_RID * 2, pe, 2)
        self.set_reg(RTT_BAR, 1 << 63 | RTT)
        self.set_reg(RTC_INVALIDATE, 1 << 63)

    def edu(self, offset):
        return self.load(M32 + offset, 4)

    def set_edu(self, offset, value):
        self.store(M32 + offset, value, 4)

    def edu_dma(self, iova, length, to_memory):
        """Between edu's buffer, at its address 0x40000, and memory."""
        inside = 0x40000
        source, target = (inside, iova) if to_memory else (iova, inside)
        for offset, value in ((0x80, source), (0x88, target), (0x90, length),
                              (0x98, 3 if to_memory else 1)):
            self.store(M32 + offset, value)
        self.bus.ask(f"clock_step {150 * 1_000_000}")

    def edu_fills(self, content):
        """Let edu read its buffer from memory; needs a bypass window."""
        self.bus.write_memory(SOURCE, content)
        self.edu_dma(SOURCE, len(content), to_memory=False)

    def edu_writes(self, iova, content=b"written by edu! "):
        self.edu_fills(content)
        self.edu_dma(iova, len(content), to_memory=True)

    def enable_msi(self, address, data):
        cap = self.config(EDU_RID, 0x34) & 0xFF
        self.set_config(EDU_RID, cap + 4, address & 0xFFFFFFFF)
        self.set_config(EDU_RID, cap + 8, address >> 32)
        self.set_config(EDU_RID, cap + 12, data)
        self.set_config(EDU_RID, cap, 1 << 16)

    def edu_interrupts(self):
        self.set_edu(0x60, 1)
        self.set_edu(0x64, 1)
