#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each symbol of the core's library has one header, in the folder of the room
that defines it, and a header includes no other room's inside."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path
from posixpath import dirname, join, normpath

REPO = Path(__file__).resolve().parents[2]
BUILD = REPO / "build" / "symbols"
LIBRARY = "libp9xive.a"
PROGRAMS = ("meson", "ninja", "nm")

# Each room, and the folder of its public headers.
PUBLIC = {
    "hw/xive": "include/xive",
    "hw/ic": "include/xive/ic",
    "hw/phb4": "include/xive/phb4",
    "hw/kvm": "include/xive/kvm",
    "target/ppc": "include/xive/ppc",
}
ENGINE = PUBLIC["hw/xive"]
# What a room may include of another one than the engine, with the reason.
PORTS = {
    # The backend port, which has none of the model's types.
    "target/ppc": {"include/xive/kvm/kvm_port.h",
                   "include/xive/kvm/kvm_abi.h"},
}
# Only its own room uses it now, and its header would have a hole without it.
WHOLE = {
    # host.h says what a KVM device may ask of a host's ESB page: set, get,
    # trigger, EOI.
    "p9x_host_esb_set",
}
PORT = "include/xive/kvm/kvm_port.h"
ABI = "include/xive/kvm/kvm_abi.h"
OUTSIDE = ("qemu", "tests")

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
WORD = re.compile(r"p9x_\w+")
# At the begin of a line: a function with its closing bracket, or an object.
FUNCTION = re.compile(r"^[A-Za-z][\w *]*?\b(p9x_\w+)\([^;{}]*;", re.MULTILINE)
OBJECT = re.compile(r"^extern [\w *]+?\b(p9x_\w+)(?:\[[^]]*\])*;",
                    re.MULTILINE)


def texts():
    """C of the core, of adapters and of tests, by path, without comments."""
    return {path.relative_to(REPO).as_posix():
            COMMENT.sub("", path.read_text(encoding="utf-8"))
            for root in ("include", "hw", "target", *OUTSIDE)
            for path in sorted((REPO / root).rglob("*"))
            if path.suffix in (".c", ".h", ".inc")}


def room(path):
    """The room that a file of the core belongs to; None: it is outside."""
    for name, public in PUBLIC.items():
        if path.startswith(name + "/") or dirname(path) == public:
            return name
    return None


def is_public(path):
    return path.startswith(ENGINE + "/")


def declared(files):
    """For each symbol, the headers of the core that declare it."""
    headers = {}
    for path, text in files.items():
        if path.endswith(".h") and room(path):
            for name in {*FUNCTION.findall(text), *OBJECT.findall(text)}:
                headers.setdefault(name, []).append(path)
    return headers


def used(files):
    """For each name, which rooms say it, and how often public headers do."""
    rooms, public = {}, {}
    for path, text in files.items():
        words = WORD.findall(text)
        if is_public(path):
            for name in words:
                public[name] = public.get(name, 0) + 1
        else:
            user = room(path) or path.partition("/")[0]
            for name in words:
                rooms.setdefault(name, set()).add(user)
    return rooms, public


def misplaced(symbols, files):
    """What is wrong with (name, room that defines it), as sentences."""
    headers = declared(files)
    rooms, public = used(files)
    for name, owner in sorted(symbols):
        where = headers.get(name, [])
        if not name.startswith("p9x_"):
            yield f"{name} of {owner} does not begin with p9x_"
        elif len(where) != 1:
            yield f"{name} of {owner} is declared in {where or 'no header'}"
        elif room(where[0]) != owner:
            yield f"{where[0]} declares {name}, which {owner} defines"
        else:
            users = rooms.get(name, set()) - {owner}
            yield from wrongly_seen(name, where[0], users, public.get(name))


def wrongly_seen(name, header, users, mentions):
    if not is_public(header) and users - {"tests"}:
        yield f"{header}: {', '.join(sorted(users))} uses its {name}"
    elif is_public(header) and not users and mentions == 1 and \
            name not in WHOLE:
        yield f"{header}: only its own room uses {name}"


def target(path, name, files):
    """The file that an include in @path means; None: it is elsewhere."""
    for found in (normpath(join(dirname(path), name)), "include/" + name,
                  *(join(folder, name) for folder in PUBLIC)):
        if found in files:
            return found
    return None


def wrong_includes(files):
    """Arrows between rooms that are not allowed."""
    for path, text in files.items():
        user = room(path)
        for name in INCLUDE.findall(text):
            found = target(path, name, files)
            owner = room(found) if found else None
            if not owner or path.startswith("tests/"):
                continue
            if not is_public(found) and owner != user:
                yield f"{path}: {found} is inside {owner}"
            elif is_public(path) and not is_public(found):
                yield f"{path}: {found} is not public"
            elif user and owner not in (user, "hw/xive") and \
                    found not in PORTS.get(user, ()):
                yield f"{path}: {user} knows {found} of {owner}"


def library():
    """The core's library without optimisation, up to date."""
    commands = [["ninja", "-C", BUILD, LIBRARY]]
    if not (BUILD / "build.ninja").exists():
        commands.insert(0, ["meson", "setup", "--buildtype=debug",
                            "-Dtests=false", BUILD, REPO])
    for command in commands:
        done = subprocess.run(command, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise AssertionError(done.stdout)
    return BUILD / LIBRARY


def symbols_of(archive):
    """(name, room) of what other objects can see."""
    done = subprocess.run(["nm", "-A", "-g", "--defined-only", archive],
                          text=True, check=True, stdout=subprocess.PIPE,
                          env={**os.environ, "LC_ALL": "C"})
    for line in done.stdout.splitlines():
        # .../libp9xive.a:hw_xive_esb.c.o:0000 T p9x_esb
        member = line.removeprefix(f"{archive}:").partition(":")[0]
        yield line.split()[-1], "/".join(member.split("_", 2)[:2])


class SymbolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = texts()

    def test_each_symbol_of_the_library_has_one_header_of_its_room(self):
        missing = [name for name in PROGRAMS if not shutil.which(name)]
        if missing:
            self.skipTest(f"there is no {' and no '.join(missing)}")
        symbols = set(symbols_of(library()))
        self.assertEqual({owner for _, owner in symbols}, set(PUBLIC))
        self.assertGreater(len(symbols), 300)
        self.assertEqual(list(misplaced(symbols, self.files)), [])

    def test_rooms_know_each_other_by_public_headers_only(self):
        self.assertEqual(list(wrong_includes(self.files)), [])

    def test_the_kvm_port_needs_nothing_of_the_model(self):
        self.assertEqual(INCLUDE.findall(self.files[PORT]),
                         [ABI.removeprefix("include/")])
        self.assertEqual(INCLUDE.findall(self.files[ABI]), [])


class RuleTest(unittest.TestCase):
    """What the rules above find."""

    FILES = {
        "include/xive/esb.h": "int p9x_esb(void);\n",
        "include/xive/kvm/vm.h": '#include "xive/esb.h"\nvoid p9x_vm(int a,\n'
                                 "           int b);\n",
        "hw/xive/inside.h": "extern const int p9x_table[2];\n",
        "hw/xive/esb.c": '#include "inside.h"\n#include "xive/esb.h"\n'
                         "int p9x_esb(void)\n{\n    return p9x_table[0];\n}\n",
        "hw/kvm/vm.c": '#include "xive/kvm/vm.h"\n'
                       "void p9x_vm(int a, int b)\n{\n    p9x_esb();\n}\n",
        "qemu/hw/intc/kvm.c": '#include "xive/kvm/vm.h"\n'
                              "    p9x_vm(1, 2);\n",
    }
    SYMBOLS = {("p9x_esb", "hw/xive"), ("p9x_table", "hw/xive"),
               ("p9x_vm", "hw/kvm")}

    def found(self, path="", text="", symbol=None):
        files = {**self.FILES, path: self.FILES.get(path, "") + text}
        symbols = self.SYMBOLS | ({symbol} if symbol else set())
        return [*misplaced(symbols, files), *wrong_includes(files)]

    def test_they_find_nothing_where_all_is_well(self):
        self.assertEqual(self.found(), [])

    def test_they_find_a_name_without_the_prefix(self):
        self.assertEqual(self.found(symbol=("esb", "hw/xive")),
                         ["esb of hw/xive does not begin with p9x_"])

    def test_they_find_a_symbol_without_a_header_or_with_two(self):
        self.assertEqual(self.found(symbol=("p9x_new", "hw/kvm")),
                         ["p9x_new of hw/kvm is declared in no header"])
        twice, = self.found("include/xive/kvm/vm.h", "int p9x_esb(void);\n")
        self.assertIn("include/xive/esb.h", twice)
        self.assertIn("include/xive/kvm/vm.h", twice)

    def test_they_find_a_symbol_in_another_rooms_header(self):
        self.assertEqual(
            self.found("include/xive/kvm/vm.h", "int p9x_new(void);\n",
                       ("p9x_new", "hw/ic")),
            ["include/xive/kvm/vm.h declares p9x_new, which hw/ic defines"])

    def test_they_find_a_rooms_inside_that_another_one_uses(self):
        self.assertEqual(
            self.found("qemu/hw/intc/kvm.c", "    x = p9x_table[1];\n"),
            ["hw/xive/inside.h: qemu uses its p9x_table"])
        self.assertEqual(
            self.found("hw/kvm/vm.c", '#include "../xive/inside.h"\n'),
            ["hw/kvm/vm.c: hw/xive/inside.h is inside hw/xive"])

    def test_they_let_tests_look_inside(self):
        self.assertEqual(
            self.found("tests/unit/t.c", '#include "inside.h"\n'
                       "    x = p9x_table[1];\n"), [])

    def test_they_find_what_only_its_own_room_uses_in_public(self):
        self.assertEqual(
            self.found("include/xive/esb.h", "void p9x_own(void);\n",
                       ("p9x_own", "hw/xive")),
            ["include/xive/esb.h: only its own room uses p9x_own"])

    def test_they_find_an_arrow_between_two_rooms(self):
        self.assertEqual(
            self.found("hw/xive/esb.c", '#include "xive/kvm/vm.h"\n'),
            ["hw/xive/esb.c: hw/xive knows include/xive/kvm/vm.h of hw/kvm"])


if __name__ == "__main__":
    unittest.main()
