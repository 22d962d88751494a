#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a small initramfs: busybox, a few kernel modules, and a script to run.

    scripts/initramfs.py --kernel DIR --busybox FILE --output FILE \\
        [--modules e1000e,nvme] [--script FILE | --run 'commands'] \\
        [--interactive]

DIR and FILE are what scripts/fetch.sh kernel-13 and busybox print. As a
module: initramfs.build(kernel, busybox, modules, script, output,
interactive=False, files={}), where files has more of them, name in the guest
to path here.

The guest mounts proc, sys and dev, loads the modules with what they depend
on, says "p9xive: booted", and runs the script with busybox's sh. After the
script it powers off, or, if interactive, gives a shell on the console that
doesn't echo what it reads and whose prompt is "p9xive> ": a test sends one
line, and has the answer when the next prompt comes.

Debian's kernel packages carry no modules.dep (depmod makes it where they are
installed), so dependencies are read from the modules themselves.
"""

import argparse
import gzip
import lzma
import sys
from pathlib import Path

READY = "p9xive: booted"
PROMPT = "p9xive> "
DEFAULT_MODULES = ("e1000e", "nvme")
DIRECTORIES = ("bin", "dev", "modules", "proc", "sys", "tmp", "etc")

INIT_HEAD = """\
#!/bin/sh
# What a guest of p9xive does before the script that it was made for.
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
echo 4 >/proc/sys/kernel/printk
# Words like nvme_core.io_timeout=60 are for modules, which have no other way
# to see the command line.
parameters() {
    tr ' ' '\\n' </proc/cmdline | sed -n "s/^$(echo "$1" | tr - _)\\.//p"
}
while read -r module; do
    # shellcheck disable=SC2046
    insmod "/modules/$module" $(parameters "${module%%.ko}") ||
        echo "p9xive: no module $module"
done </modules/order
echo "%s"
sh /script
""" % READY

INIT_SHELL = """\
stty -echo 2>/dev/null
export PS1="%s"
setsid cttyhack sh
""" % PROMPT

INIT_TAIL = """\
sync
poweroff -f
"""


class InitramfsError(Exception):
    """Something to tell the user."""


class Cpio:
    """A cpio archive in the "newc" format, which Linux unpacks."""

    def __init__(self):
        self.parts = []
        self.inode = 0

    def add(self, name, mode, data=b"", device=(0, 0)):
        self.inode += 1
        raw = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0,
                  device[0], device[1], len(raw), 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields)
        for part in (head + raw, data):
            self.parts.append(part + bytes(-len(part) % 4))

    def directory(self, name):
        self.add(name, 0o040755)

    def file(self, name, data, mode=0o644):
        self.add(name, 0o100000 | mode, data)

    def tree(self, files):
        """Files of the host with the directories that they are in."""
        made = set()
        for name, path in sorted(files.items()):
            for parent in reversed(Path(name).parents[:-1]):
                if str(parent) not in made | set(DIRECTORIES):
                    made.add(str(parent))
                    self.directory(str(parent))
            path = Path(path)
            self.file(name, path.read_bytes(), path.stat().st_mode & 0o777)

    def console(self):
        # The kernel opens the console before devtmpfs is mounted.
        self.add("dev/console", 0o020600, device=(5, 1))
        self.add("dev/null", 0o020666, device=(1, 3))

    def bytes(self):
        self.add("TRAILER!!!", 0)
        return b"".join(self.parts)


def read_module(path):
    """A module's content: the kernel's insmod wants it uncompressed."""
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data)
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix != ".ko":
        raise InitramfsError(f"{path}: a compression that is not known here")
    return data


def modinfo(data, key):
    """All values of one key among a module's key=value strings."""
    prefix, found, position = key.encode() + b"=", [], 0
    while (position := data.find(b"\0" + prefix, position)) >= 0:
        start = position + 1 + len(prefix)
        end = data.index(b"\0", start)
        found.append(data[start:end].decode(errors="replace"))
        position = end
    return found


def module_name(path):
    return path.name.split(".ko")[0].replace("-", "_")


class Modules:
    """The modules of one kernel, and what each needs before itself."""

    def __init__(self, top):
        self.files = {module_name(path): path for path in top.rglob("*.ko*")}
        builtin = next(top.glob("*/modules.builtin"), None)
        lines = builtin.read_text().split() if builtin else ()
        self.builtin = {module_name(Path(line)) for line in lines}
        self.loaded = {}

    @staticmethod
    def needs(data):
        """(names it can't do without, names to try before it)."""
        hard = [name for value in modinfo(data, "depends")
                for name in value.split(",") if name]
        soft = []
        for value in modinfo(data, "softdep"):
            if value.startswith("pre:"):
                soft += value[4:].split("post:")[0].split()
        return hard, soft

    def load(self, name, optional=False):
        """Put a module after what it needs into the order of loading."""
        name = name.replace("-", "_")
        if name in self.builtin or name in self.loaded:
            return
        if name not in self.files:
            if optional:
                return
            raise InitramfsError(f"the kernel has no module {name}")
        data = read_module(self.files[name])
        hard, soft = self.needs(data)
        for other in hard:
            self.load(other)
        for other in soft:
            self.load(other, optional=True)
        self.loaded[name] = data


def build(kernel, busybox, modules, script, output, interactive=False,
          files=None):
    """Write the initramfs; returns its size in bytes."""
    available = Modules(Path(kernel) / "lib" / "modules")
    for name in modules:
        available.load(name)

    archive = Cpio()
    for name in DIRECTORIES:
        archive.directory(name)
    archive.console()
    archive.file("bin/busybox", Path(busybox).read_bytes(), 0o755)
    archive.add("bin/sh", 0o120777, b"busybox")
    init = INIT_HEAD + (INIT_SHELL if interactive else "") + INIT_TAIL
    archive.file("init", init.encode(), 0o755)
    archive.file("script", script.encode())
    for name, data in available.loaded.items():
        archive.file(f"modules/{name}.ko", data)
    order = "".join(f"{name}.ko\n" for name in available.loaded)
    archive.file("modules/order", order.encode())
    archive.tree(files or {})

    data = archive.bytes()
    Path(output).write_bytes(data)
    return len(data)


def main():
    parser = argparse.ArgumentParser(description="Make a small initramfs.")
    parser.add_argument("--kernel", type=Path, required=True,
                        help="directory with lib/modules")
    parser.add_argument("--busybox", type=Path, required=True,
                        help="static busybox of the guest's architecture")
    parser.add_argument("--modules", default=",".join(DEFAULT_MODULES),
                        help="names, separated by commas (default: "
                             "%(default)s)")
    parser.add_argument("--script", type=Path, help="shell script to run")
    parser.add_argument("--run", default="", help="shell commands to run")
    parser.add_argument("--interactive", action="store_true",
                        help="a shell on the console afterwards")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()

    script = args.script.read_text() if args.script else args.run + "\n"
    names = [name for name in args.modules.split(",") if name]
    try:
        build(args.kernel, args.busybox, names, script, args.output,
              args.interactive)
    except (InitramfsError, OSError) as error:
        print(f"initramfs: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
