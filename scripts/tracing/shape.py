# SPDX-License-Identifier: GPL-2.0-or-later
"""What p9trace uses of the state in a recorder's file, and of which kind it
has to be (docs/specs/recorder.rst says what it means)."""

from .records import BadInput

SOURCE = {"source": int, "lsi": bool, "pq": str, "level": int, "valid": bool,
          "masked": bool, "end": int, "data": int}
END = {"end": int, "priority": int, "address": int, "entries": int,
       "index": int}
THREAD = {"thread": int, "server": int, "os": {"cppr": int, "ipb": int}}
KVM_SOURCE = {"source": int, "hw": int, "pq": str, "server": int,
              "priority": int}
# A list has one shape for all that is in it.
SHAPES = {
    "spapr-xive": {"on-kvm": bool, "first-vp": int, "ends-a-server": int,
                   "sources": [SOURCE], "ends": [END], "threads": [THREAD],
                   "counters": {}},
    "pnv-xive": {"chip": int, "sources": [SOURCE], "ends": [END],
                 "threads": [THREAD], "counters": {}},
    "p9xive-kvm": {"mode": str, "sources": [KVM_SOURCE],
                   "threads": [THREAD]},
    "vcpus": {"vcpus": [{"vcpu": int, "halted": bool, "ee": bool}]},
    "devices": {"devices": [{"name": str, "source": int, "count": int}]},
}


def check(state):
    """BadInput if @state is not what a recorder writes. What is of a kind that
    is not known here may have any shape."""
    for one in of_kind(state, list, "the state"):
        kind = of_kind(one, dict, "the state").get("is")
        if kind == "p9xive-kvm" and one.get("mode") == "none":
            continue            # the guest uses neither device
        if isinstance(kind, str) and kind in SHAPES:
            fits(one, SHAPES[kind], kind)
            if kind == "spapr-xive" and one["ends-a-server"] < 1:
                raise BadInput(f"{kind}: ends-a-server is less than 1")


def fits(value, shape, where):
    if isinstance(shape, dict):
        of_kind(value, dict, where)
        for name, inner in shape.items():
            if name not in value:
                raise BadInput(f"{where} has no {name}")
            fits(value[name], inner, f"{where}: {name}")
    elif isinstance(shape, list):
        for one in of_kind(value, list, where):
            fits(one, shape[0], where)
    else:
        of_kind(value, shape, where)


def of_kind(value, kind, where):
    # Python takes True for a number.
    if not isinstance(value, kind) or kind is int and value is True:
        raise BadInput(f"{where} is {str(value)[:40]!r}, no {kind.__name__}")
    return value
