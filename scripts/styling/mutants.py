# SPDX-License-Identifier: GPL-2.0-or-later
"""The mutants fit the code that they are to break."""

import runpy
from collections import Counter


def listed(tree):
    """(path of the list, name, file, old text, new text) of each mutant."""
    for path in tree.below("tests/mutants", "mutants.py"):
        for name, value in runpy.run_path(str(tree.root / path)).items():
            if name.endswith("MUTANTS"):
                yield from ((path, *mutant) for mutant in value)


def mutants(tree):
    """mutate.py needs the text exactly once, and finds mutants by name."""
    names = Counter()
    for path, name, file, old, new in listed(tree):
        names[name] += 1
        times = tree.text(file).count(old) if file in tree.files else 0
        if times != 1:
            yield f"{path}: {name}: its text stands {times} times in {file}"
        if old == new:
            yield f"{path}: {name}: it changes nothing"
        if names[name] == 2:
            yield f"{path}: {name}: another mutant has this name"
