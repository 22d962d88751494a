# SPDX-License-Identifier: GPL-2.0-or-later
"""The repository's files, as the checks of style see them."""

import subprocess
from functools import cached_property, lru_cache
from pathlib import Path

# The licence's text is not ours to change.
FOREIGN = ("COPYING",)
PICTURES = (".png",)
CODE = (".c", ".h", ".inc", ".S", ".ld", ".pml", ".py", ".sh", ".js", ".css")


class Skip(Exception):
    """A check can't be made here; the text says why."""


class Tree:
    def __init__(self, root):
        self.root = Path(root)

    @cached_property
    def files(self):
        """Paths of all files that are, or may become, part of the project."""
        if (self.root / ".git").exists():
            listed = subprocess.run(
                ["git", "ls-files", "-co", "--exclude-standard"],
                cwd=self.root, check=True, text=True,
                stdout=subprocess.PIPE).stdout.splitlines()
            paths = [name for name in listed if (self.root / name).is_file()]
        else:
            paths = [path.relative_to(self.root).as_posix()
                     for path in self.root.rglob("*") if path.is_file()]
            paths = [path for path in paths if not path.startswith("build")
                     and "__pycache__" not in path]
        return sorted(path for path in paths if path not in FOREIGN
                      and not path.endswith(PICTURES))

    @lru_cache(maxsize=None)
    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def lines(self, path):
        """(number, line) of a file, without the line's end."""
        return enumerate(self.text(path).split("\n"), 1)

    def ending(self, *suffixes):
        return [path for path in self.files if path.endswith(suffixes)]

    def below(self, folder, *suffixes):
        return [path for path in self.ending(*suffixes)
                if path.startswith(folder + "/")]

    def programs(self, word):
        """Files whose first line names an interpreter with this word."""
        return [path for path in self.files
                if self.text(path).startswith("#!")
                and word in self.text(path).split("\n", 1)[0]]

    @cached_property
    def shell(self):
        return sorted({*self.programs("sh"), *self.ending(".sh")}
                      - set(self.programs("python")))

    @cached_property
    def python(self):
        return sorted({*self.programs("python"), *self.ending(".py")})

    @cached_property
    def code(self):
        """What is written in a programming language or for meson."""
        return sorted({*self.ending(*CODE), *self.shell, *self.python,
                       *(path for path in self.files
                         if path.endswith(("meson.build", "meson.options")))})

    @cached_property
    def pages(self):
        return self.ending(".rst", ".md")
