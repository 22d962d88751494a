# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of scripts/fetch.sh, which has its description."""

import os
import sys
from pathlib import Path

from binaries import stock_items
from items import all_items
from sources import source_items
from store import Store, default_cache
from words import (EXIT_TROUBLE, EXIT_UNAVAILABLE, EXIT_USAGE, Trouble,
                   Unavailable, say)


class Fetcher:
    def __init__(self, store, again):
        self.store, self.again = store, again
        self.items = {item.name: item
                      for item in source_items() + all_items()
                      + stock_items()}

    def path(self, name):
        """The path of an item; Unavailable with the reason of each way."""
        item = self.items[name]
        given = given_by_hand(item)
        if given:
            return self._by_hand(item, given)
        record = None if self.again else self.store.remembered(name)
        if not record:
            with self.store.locked():
                # The run that was waited for may have got it.
                record = None if self.again else self.store.remembered(name)
                record = record or self._look_for(item)
        if "path" not in record:
            raise Unavailable(record["missing"] + f" ({record['when']}; "
                              "scripts/fetch.sh --again tries again)")
        return record["path"]

    def _by_hand(self, item, given):
        path = Path(given).absolute()
        if not path.exists():
            raise Trouble(f"{given}, given for {item.name}, is not there")
        try:
            return item.by_hand(self.store, path)
        except Unavailable as why:
            raise Trouble(f"{given}, given for {item.name}: {why}") from None

    def _look_for(self, item):
        tried = []
        for label, get in item.ways(self.store):
            try:
                result = get()
            except Unavailable as why:
                tried.append(f"{label}: {why}")
                say(f"{item.name}: {tried[-1]}")
                continue
            if tried:
                say(f"{item.name}: taking {result.version} ({result.suite}, "
                    f"{result.verified})")
            self.store.remember(item.name, path=str(result.path),
                                version=result.version, suite=result.suite,
                                verified=result.verified, fetched=result.when,
                                tried=tried)
            return self.store.remembered(item.name)
        self.store.remember(item.name, tried=tried, missing=(
            f"{item.name} can't be had: " + (tried[0] if tried else
                                             "there is no way to it")))
        say(f"{item.name}: no way is left; {item.variable}=PATH gives one "
            "by hand")
        return self.store.remembered(item.name)

    def print(self, names, quiet):
        """Paths, a line each; a dash for what could not be had."""
        status = 0
        for name in names:
            try:
                path = self.path(name)
            except Unavailable as why:
                say(str(why))
                path, status = "-", EXIT_UNAVAILABLE
            if not quiet:
                print(path, flush=True)
        return status

    def status(self):
        rows = [("item", "version", "suite", "verified by", "when")]
        notes, records = {}, self.store.items()
        for name, item in self.items.items():
            record = records.get(name)
            if given_by_hand(item):
                rows.append((name, "-", "by hand", "not verified",
                             given_by_hand(item)))
            elif not record:
                rows.append((name, "-", "-", "-", "never asked for"))
            elif "path" in record:
                rows.append((name, record["version"], record["suite"],
                             record["verified"], record["fetched"]))
            else:
                rows.append((name, "-", "-", "-",
                             f"not to be had, {record['when']}"))
            if record and not given_by_hand(item):
                notes[name] = record["tried"]
        widths = [max(len(row[column]) for row in rows)
                  for column in range(len(rows[0]))]
        for row in rows:
            print("  ".join(word.ljust(width) for word, width
                            in zip(row, widths)).rstrip())
            for note in notes.get(row[0], ()):
                print(f"    not {note}")


def given_by_hand(item):
    """What the user names for an item; P9XIVE_KERNEL stands for each
    kernel that has no variable of its own."""
    general = "P9XIVE_KERNEL" if item.name.startswith("kernel") else ""
    return os.environ.get(item.variable) or os.environ.get(general) or ""


def usage():
    script = Path(__file__).resolve().parent.parent / "fetch.sh"
    for line in script.read_text().splitlines()[3:]:
        if not line.startswith("#"):
            break
        print(line[2:])


def main(words):
    again = "--again" in words
    words = [word for word in words if word != "--again"]
    if not words or words[0] in ("-h", "--help"):
        usage()
        return 0 if words else EXIT_USAGE
    fetcher = Fetcher(Store(default_cache()), again)
    if words == ["status"]:
        fetcher.status()
        return 0
    everything = [name for name, item in fetcher.items.items()
                  if name != "kernel" and not item.on_request]
    names, quiet = words, False
    if words in (["all"], ["prefetch"]):
        names, quiet = everything, words == ["prefetch"]
    unknown = [name for name in names if name not in fetcher.items]
    if unknown:
        say(f"no such item: {unknown[0]} (there are "
            f"{', '.join(fetcher.items)}; scripts/fetch.sh --help)")
        return EXIT_USAGE
    try:
        return fetcher.print(names, quiet)
    except Trouble as why:
        say(str(why))
        return EXIT_TROUBLE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
