# SPDX-License-Identifier: GPL-2.0-or-later
"""On which machines, and how, the matrix guest runs."""

from dataclasses import dataclass

import firmware

ORDERS = ("big", "little")
# Mitigations that TCG can't give: asking for none silences a warning for each.
PAPR = ("pseries,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,"
        "cap-ccf-assist=off")
KVM = ("-device", "p9xive-kvm")
COUNTED = ("-icount", "shift=2")

FLAVOURS = {
    "multi": ("-accel", "tcg,thread=multi"),
    "single": ("-accel", "tcg,thread=single"),
    "one-insn": ("-accel", "tcg,one-insn-per-tb=on"),
    "icount": COUNTED,
}


@dataclass(frozen=True)
class Machine:
    """A machine; @ours: what only our binary gets."""
    name: str
    args: tuple
    ours: tuple = ()
    choice: int = 0
    orders: tuple = ORDERS


def papr(name, ic_mode, cpu="power9", more="", **others):
    return Machine(name, ("-machine", f"{PAPR},ic-mode={ic_mode}{more}",
                          "-cpu", cpu, "-m", "256M"), **others)


def powernv(cpu):
    # A BMC keeps QEMU from saying that there is none.
    return Machine(f"powernv{cpu}", (
        "-machine", f"powernv{cpu}", "-m", "1G", "-device",
        "ipmi-bmc-sim,id=bmc0", "-device", "isa-ipmi-bt,bmc=bmc0,irq=10"))


MACHINES = {machine.name: machine for machine in (
    papr("pseries-power9-xive", "xive"),
    papr("pseries-power9-xics", "xics"),
    papr("pseries-power9-dual", "dual", choice=firmware.XIVE),
    papr("pseries-power9-xive-kvm", "xive", ours=KVM),
    papr("pseries-power9-xics-kvm", "xics", ours=KVM),
    papr("pseries-power8-xics", "xics", "power8"),
    papr("pseries-power10-xive", "xive", "power10"),
    papr("pseries-power11-xive", "xive", "power11"),
    # A nested guest's state is in the host's byte order, not in the guest's.
    papr("pseries-power9-nested", "xive", more=",cap-nested-hv=on",
         orders=("little",)),
    papr("pseries-power10-nested", "xive", "power10",
         more=",cap-nested-hv=on", orders=("little",)),
    powernv(8), powernv(9), powernv(10),
)}

WHY_TWICE = ("with MSR[SE], rfid is carried out once more in the state that "
             "it has returned to")
# Which cases (cases.c: ROW) need a boot of their own on upstream, the row of
# docs/specs/gaps.rst that says so, and why.
ROWS = {
    1: ("X19", WHY_TWICE + ": privileged there"),
    2: ("X19", WHY_TWICE + ": traced there, without an end"),
    3: ("X19", WHY_TWICE + ": no instruction there"),
    4: ("C15", "rfebb with MSR[SE] ends QEMU"),
    5: ("X19", WHY_TWICE + ": after an interrupt, whose SRR0 is itself"),
    6: ("X19", WHY_TWICE + ": an interrupt says that it came before"),
}
COUNTED_ROW = ("C16", "doorbells with counted instructions end QEMU")


@dataclass(frozen=True)
class Combo:
    """One boot on either binary, and what about it."""
    machine: Machine
    order: str
    flavour: str
    kind: str = "plain"          # or "replay", "stops", "steps", "watch"
    row: int = 0
    choice: int = 0
    # The row's name if stock has to fail.
    gap: str = ""

    @property
    def name(self):
        words = [self.machine.name, self.order, self.flavour]
        if self.kind not in ("plain", self.flavour):
            words.append(self.kind)
        if self.choice & firmware.NMI:
            words.append("nmi")
        if self.row:
            words.append("all-rows" if self.row == firmware.ALL_ROWS else
                         f"row-{self.row}")
        return " ".join(words)


def plain_choice(machine, flavour):
    more = {"icount": firmware.COUNTED,
            "replay": firmware.COUNTED | firmware.CONSOLE}
    return machine.choice | more.get(flavour, 0)


def plain():
    return [Combo(machine, order, flavour,
                  choice=plain_choice(machine, flavour))
            for machine in MACHINES.values() for order in machine.orders
            for flavour in FLAVOURS]


def chosen(kind, names, flavours, more=0, orders=ORDERS):
    return [Combo(MACHINES[name], order, flavour, kind,
                  choice=plain_choice(MACHINES[name], flavour) | more)
            for name in names for order in orders for flavour in flavours]


def gaps():
    """Ours in each way, stock once: waiting for one that hangs takes long."""
    xive, pnv = MACHINES["pseries-power9-xive"], MACHINES["powernv9"]
    found = []
    for row, (gap, _) in ROWS.items():
        found.append(Combo(xive if row != 6 else pnv, "big", "multi", row=row,
                           gap=gap))
    for machine in (xive, pnv, MACHINES["powernv8"],
                    MACHINES["pseries-power8-xics"], MACHINES["powernv10"]):
        found += [Combo(machine, order, flavour, row=firmware.ALL_ROWS,
                        gap="ours")
                  for order in ORDERS for flavour in FLAVOURS]
    found += [Combo(MACHINES[name], order, "icount", gap=COUNTED_ROW[0])
              for name, order in (("pseries-power9-xive", "big"),
                                  ("powernv9", "little"))]
    return found


def all_combos():
    both = ("pseries-power9-xive", "powernv9")
    return (plain() +
            chosen("plain", both, ("multi", "single", "icount"), firmware.NMI) +
            chosen("replay", both + ("pseries-power9-xive-kvm",
                                     "pseries-power8-xics", "powernv10"),
                   ("replay",)) +
            chosen("stops", both + ("pseries-power8-xics",), ("multi",)) +
            chosen("steps", both, ("multi", "single")) +
            chosen("watch", both, ("multi",)) +
            gaps())
