# SPDX-License-Identifier: GPL-2.0-or-later
"""A POWER9 chip's interrupt controller, driven from outside over qtest.

PnvChip does what firmware does to bring it up: BARs by XSCOM, tables in
memory, set translation, and one thread. Names are those of the register
maps: QEMU's hw/intc/pnv_xive_regs.h, skiboot's xive-p9-regs.h. Bit 0 is the
most significant.
"""

CHIP_SHIFT = 42
XSCOM = 0x000603FC00000000
XSCOM_XIVE = 0x5013000
IC = 0x0006030203100000
TM = 0x0006030203180000
VC = 0x0006010000000000
PC = 0x0006018000000000
VC_SIZE = 1 << 39
PC_SIZE = 1 << 36

PAGE = 1 << 16
REGISTERS, NOTIFY, LSI_TRIGGER, LSI_EOI, INDIRECT = 0, 1, 2, 3, 4


def bit(n):
    return 1 << (63 - n)


ALL_ONES = (1 << 64) - 1
VALID = bit(0)
BAR_64K = bit(1)

CQ_SWI_CMD, CQ_SWI_RSP = 0x020, 0x048
CQ_PBI_CTL = 0x100
CQ_RST_CTL, RST_UNIT, RST_QUIESCE = 0x118, bit(0), bit(1)
CQ_FIR, FIR_VC_INFO = 0x180, bit(62)
CQ_PBI_64K = bit(5) | bit(6)
CQ_IC_BAR, CQ_TM1_BAR, CQ_TM2_BAR = 0x080, 0x090, 0x0A0
CQ_PC_BAR, CQ_PC_BARM, CQ_VC_BAR, CQ_VC_BARM = 0x0B0, 0x0B8, 0x0C0, 0x0C8
CQ_TAR, CQ_TDR = 0x0F0, 0x0F8
CQ_TAR_AUTOINC, CQ_TAR_EDT, CQ_TAR_VDT = bit(0), bit(15), bit(14)
EDT_IPI, EDT_END = bit(1), bit(0)
EDT_SETS = 64

PC_TCTXT_CFG, PC_TCTXT_INDIR0 = 0x400, 0x420
PC_THREAD_EN_REG0_SET, PC_THREAD_EN_REG0_CLR = 0x448, 0x450
TCTXT_BLOCK_GROUP = bit(0) | bit(1) | bit(8)
PC_GLOBAL_CONFIG, PC_VSD_TABLE_ADDR, PC_VSD_TABLE_DATA = 0x480, 0x488, 0x490
PC_VPC_SCRUB_TRIG = 0x710
PC_VPC_CWATCH_SPEC, PC_VPC_CWATCH_DAT0 = 0x738, 0x740
VC_GLOBAL_CONFIG, VC_VSD_TABLE_ADDR, VC_VSD_TABLE_DATA = 0x800, 0x808, 0x810
VC_IRQ_CONFIG_IPI, IRQ_QUEUE_DISABLE = 0x840, bit(43)
IRQ_MEM_ENABLE, IRQ_NOT_EMPTY = bit(45), bit(61)
VC_EQC_SCRUB_TRIG, VC_EQC_SCRUB_MASK = 0x910, 0x918
VC_EQC_CONFIG, EQC_END_S_U = 0x920, bit(39) | bit(40)
VC_EQC_CWATCH_SPEC, VC_EQC_CWATCH_DAT0 = 0x928, 0x930
VC_IVC_SCRUB_TRIG, VC_IVC_SCRUB_MASK = 0x990, 0x998
VC_SBC_SCRUB_TRIG, VC_SBC_SCRUB_MASK = 0xA10, 0xA18
INDIRECT_TABLES = bit(32)
# In the notify page: for IPIs, hardware, two kinds of escalation, the rest.
FORWARD_PORTS = range(0x800, 0xA80, 0x80)
SCRUB_VALID, SCRUB_INVALIDATE = bit(0), bit(2)
CWATCH_CONFLICT, CWATCH_FULL = bit(0), bit(8)
TABLE_EAT, TABLE_SBE, TABLE_ENDT, TABLE_NVTT, TABLE_FIFO = range(5)
VSD_EXCLUSIVE = 2 << 62
VSD_FORWARD = 3 << 62

END_VALID, END_ENQUEUE, END_NOTIFY = 1 << 31, 1 << 30, 1 << 29
END_BACKLOG, END_IGNORE = 1 << 28, 1 << 31      # words 0, 7
END_ESCALATE, END_UNCOND_ESCALATE = 1 << 26, 1 << 25

# Memory: tables and one event queue.
EAT, SBE, ENDT, NVTT, QUEUE = (0x2000000 + n * 0x100000 for n in range(5))
TABLE_SIZE = {TABLE_EAT: 1 << 16, TABLE_SBE: 1 << 12, TABLE_ENDT: 1 << 16,
              TABLE_NVTT: 1 << 16}
TABLE_AT = {TABLE_EAT: EAT, TABLE_SBE: SBE, TABLE_ENDT: ENDT,
            TABLE_NVTT: NVTT}

# TIMA, from the first page: rings and what is special about offsets.
USER, OS, POOL, PHYS = 0, 0x10, 0x20, 0x30
NSR, CPPR, IPB, PIPR, WORD2 = 0, 1, 2, 7, 8
ACK_OS, ACK_HV, ACK_PHYS_EL = 0x810, 0x830, 0xC30
HW_PAGE, HV_PAGE, OS_PAGE, USER_PAGE = 0, PAGE, 2 * PAGE, 3 * PAGE

ESB_EOI, ESB_GET = 0, 0x800
ESB_SET = {"00": 0xC00, "01": 0xD00, "10": 0xE00, "11": 0xF00}


class PnvChip:
    """Chip @number of the machine behind @qtest; nothing is set up yet."""

    def __init__(self, qtest, number=0):
        self.qtest = qtest
        self.number = number
        base = number << CHIP_SHIFT
        self.ic, self.vc, self.pc = IC + base, VC + base, PC + base
        self.tm = TM
        self.tables = number << 24

    # -------------------------------------------------------------- registers

    def xscom_address(self, register):
        return (XSCOM + (self.number << CHIP_SHIFT) + (XSCOM_XIVE << 3) +
                register)

    def xscom_store(self, register, value):
        self.qtest.store(self.xscom_address(register), value)

    def xscom_load(self, register):
        return self.qtest.load(self.xscom_address(register))

    def store(self, register, value):
        self.qtest.store(self.ic + register, value)

    def load(self, register):
        return self.qtest.load(self.ic + register)

    # ----------------------------------------------------------------- set-up

    def place_windows(self):
        self.xscom_store(CQ_IC_BAR, self.ic | VALID | BAR_64K)
        self.store(CQ_TM1_BAR, self.tm | VALID | BAR_64K)
        self.store(CQ_PC_BARM, ~(PC_SIZE - 1) & (1 << 64) - 1)
        self.store(CQ_PC_BAR, self.pc | VALID)
        self.store(CQ_VC_BARM, ~(VC_SIZE - 1) & (1 << 64) - 1)
        self.store(CQ_VC_BAR, self.vc | VALID)
        self.store(CQ_PBI_CTL, CQ_PBI_64K)

    def set_table(self, table, vsd, block=None):
        block = self.number if block is None else block
        address = table << 48 | block << 32
        self.store(VC_VSD_TABLE_ADDR, address)
        self.store(VC_VSD_TABLE_DATA, vsd)
        self.store(PC_VSD_TABLE_ADDR, address)
        self.store(PC_VSD_TABLE_DATA, vsd)

    def place_tables(self):
        """Direct tables, all entries invalid, all sources off."""
        for table, size in TABLE_SIZE.items():
            fill = b"\x55" if table == TABLE_SBE else b"\0"
            self.qtest.write_memory(self.tables + TABLE_AT[table],
                                    fill * size)
            self.set_table(table, VSD_EXCLUSIVE |
                           self.tables + TABLE_AT[table] |
                           size.bit_length() - 13)

    def set_remote_ends(self, other):
        """Events for the other chip's ENDs go to its notify page."""
        self.set_table(TABLE_ENDT, VSD_FORWARD | other.ic + PAGE * NOTIFY,
                       block=other.number)

    def split_sets(self):
        """Half of the VC space to IPIs, half to ENDs."""
        self.store(CQ_TAR, CQ_TAR_AUTOINC | CQ_TAR_EDT)
        for kind in (EDT_IPI, EDT_END):
            for index in range(EDT_SETS // 2):
                self.store(CQ_TDR, kind | self.number << 48 | index << 32)

    def bring_up(self):
        self.place_windows()
        self.store(VC_GLOBAL_CONFIG, INDIRECT_TABLES)
        self.store(PC_GLOBAL_CONFIG, INDIRECT_TABLES)
        self.store(PC_TCTXT_CFG, TCTXT_BLOCK_GROUP)
        self.store(VC_EQC_CONFIG, EQC_END_S_U)
        self.place_tables()
        self.split_sets()
        self.store(PC_THREAD_EN_REG0_SET, bit(0))

    # ------------------------------------------------------ tables in memory

    def write_eas(self, index, end, data, block=None):
        block = self.number if block is None else block
        eas = VALID | block << 56 | end << 32 | data
        self.qtest.write_memory(self.tables + EAT + index * 8,
                                eas.to_bytes(8, "big"))

    def write_end(self, index, priority, nvt=0x80, notify=True, shift=16,
                  number=0):
        """A queue of 2^@shift bytes, the @number-th such from QUEUE on;
        @notify: always, else as ESn says."""
        queue = self.tables + QUEUE + (number << shift)
        flags = END_VALID | END_ENQUEUE | (END_NOTIFY if notify else 0)
        states = 0b0101 if notify else 0b0001      # ESn, ESe: 01 is off
        words = [flags | (shift - 12) << 16, states << 28 | 1 << 22,
                 queue >> 32, queue & 0xFFFFFFFF, 0, 0,
                 self.number << 19 | nvt, priority << 16]
        self.qtest.write_memory(
            self.tables + ENDT + index * 32,
            b"".join(word.to_bytes(4, "big") for word in words))

    def write_escalating_end(self, index, nvt, to):
        """Without a queue; @nvt runs nowhere, so on to END @to, each time."""
        words = [END_VALID | END_NOTIFY | END_ESCALATE | END_UNCOND_ESCALATE,
                 0b0100 << 28, 0, 0, self.number << 24 | to, 0x5555,
                 self.number << 19 | nvt, 6 << 16]
        self.qtest.write_memory(
            self.tables + ENDT + index * 32,
            b"".join(word.to_bytes(4, "big") for word in words))

    def write_group_end(self, index, nvt, priority):
        """Without a queue; @nvt's trailing ones name the group, in whose NVT
        an event waits that no thread takes."""
        words = [END_VALID | END_NOTIFY | END_BACKLOG, 0b0101 << 28, 0, 0, 0,
                 0, self.number << 19 | nvt, END_IGNORE | priority << 16]
        self.qtest.write_memory(
            self.tables + ENDT + index * 32,
            b"".join(word.to_bytes(4, "big") for word in words))

    def write_nvt(self, index, report=0):
        self.qtest.write_memory(self.tables + NVTT + index * 64,
                                (1 << 31).to_bytes(4, "big") + bytes(20) +
                                report.to_bytes(8, "big") + bytes(32))

    def queue_entry(self, n):
        return int.from_bytes(
            self.qtest.read_memory(self.tables + QUEUE + n * 4, 4), "big")

    def scrub(self, trigger, index, invalidate=True):
        self.store(trigger, SCRUB_VALID |
                   (SCRUB_INVALIDATE if invalidate else 0) |
                   self.number << 32 | index)
        for _ in range(1000):
            if not self.load(trigger) & SCRUB_VALID:
                return
        raise AssertionError(f"scrub {trigger:#x} doesn't end")

    # ------------------------------------------------- sources and the thread

    def page(self, source):
        return self.vc + source * 2 * PAGE

    def trigger(self, source):
        self.qtest.store(self.page(source), 0)

    def manage(self, source, offset):
        return self.qtest.load(self.page(source) + PAGE + offset)

    def end_page(self, end, escalation=False):
        sets = VC_SIZE // 2
        return self.vc + sets + (end * 2 + escalation) * PAGE

    def choose_thread(self, thread=0):
        self.store(PC_TCTXT_INDIR0, VALID | thread << 48)

    def tima(self, offset):
        return self.ic + INDIRECT * PAGE + offset

    def tima_load(self, offset, size=1):
        return self.qtest.load(self.tima(offset), size)

    def tima_store(self, offset, value, size=1):
        self.qtest.store(self.tima(offset), value, size)

    def phys(self, register):
        """A byte of the thread's physical ring."""
        ring = self.tima_load(HV_PAGE + PHYS + register // 8 * 8, 8)
        return ring >> 8 * (7 - register % 8) & 0xFF

    def push_thread(self, cppr=0xFF):
        """The physical ring of thread 0 takes interrupts."""
        self.choose_thread()
        self.tima_store(HV_PAGE + PHYS + WORD2, 0x80)
        self.tima_store(HV_PAGE + PHYS + CPPR, cppr)

    def route(self, source=0x20, end=7, priority=6, data=0x1234):
        """One source to the thread's VP, open."""
        self.write_nvt(0x80)
        self.write_end(end, priority)
        self.write_eas(source, end, data)
        self.manage(source, ESB_SET["00"])
        return source
