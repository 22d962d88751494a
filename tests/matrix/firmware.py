# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds the matrix guest: two programs, one of each byte order."""

import re
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PNV = HERE.parent / "bench" / "pnv"
sys.path.insert(0, str(HERE.parent / "guest"))
sys.dont_write_bytecode = True

import image as guest  # noqa: E402  (it lives in tests/guest/)

CONTROL = 0x6000          # struct control of matrix.h
COUNTED, NMI, XIVE, CONSOLE = 1, 2, 4, 8      # its choices
ALL_ROWS = 255


def _run(command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise guest.BuildError(
            f"building the matrix guest failed:\n{done.stdout}")


def build(directory, order):
    """The program's ELF file; @order is "big" or "little"."""
    elf = Path(directory) / f"matrix-{order}.elf"
    flags = [f"-m{order}" if flag == "-mbig" else flag
             for flag in guest.CFLAGS if flag != "-ffixed-r13"]
    # Address 0 and what follows are ours.
    flags.append("--param=min-pagesize=0")
    code = sorted(HERE.glob("*.[cS]")) + [PNV / "ic.c"]
    _run([guest.COMPILER, *flags, *guest.LDFLAGS, f"-I{PNV}",
          f"-Wl,-T,{HERE / 'matrix.ld'}", "-o", elf, *code])
    return elf


def tool(name):
    return guest.COMPILER.replace("gcc", name)


def binary(elf):
    """The bytes that a machine loads at 0."""
    path = elf.with_suffix(".raw")
    _run([tool("objcopy"), "-O", "binary", elf, path])
    return path.read_bytes()


def with_choice(data, row, choice):
    """The same, to do the cases of @row; 0: all without one."""
    return (data[:CONTROL] + struct.pack(">QQ", row, choice) +
            data[CONTROL + 16:])


def symbols(elf):
    """Addresses of the program's functions and cases."""
    done = subprocess.run([tool("nm"), str(elf)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return {name: int(at, 16) for at, name in
            re.findall(r"^(\w+) [TtBb] (\w+)$", done.stdout, re.MULTILINE)}
