# SPDX-License-Identifier: GPL-2.0-or-later
"""What fetching says to the user, and the ways in which it can fail."""

import re
import subprocess
import sys

# Exit statuses of scripts/fetch.sh. A caller skips what needs an item that
# could not be had; the two others are for the user to mend.
EXIT_TROUBLE, EXIT_USAGE, EXIT_UNAVAILABLE = 1, 2, 3


class Unavailable(Exception):
    """This way does not lead to the item; the next one may. One line."""


class Trouble(Exception):
    """No other way can help, such as a full disk. The user has to act."""


def say(text):
    print(f"fetch: {text}", file=sys.stderr, flush=True)


FULL = re.compile(r"No space left on device|Disk quota exceeded|"
                  r"not have enough free space")


def run(command, log=None, **options):
    """Run a command; what it printed. Unavailable, with its reason, if it
    fails; Trouble if the disk is full, because then all else fails too."""
    done = subprocess.run([str(word) for word in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, errors="replace",
                          check=False, **options)
    if log:
        log.write_text(done.stdout)
    if done.returncode == 0:
        return done.stdout
    if FULL.search(done.stdout):
        raise Trouble(full_disk(done.stdout))
    raise Unavailable(reason_in(done.stdout)
                      or f"{command[0]} ended with status {done.returncode}")


def full_disk(text):
    where = re.search(r"[^\s:'\"]*/[^\s:'\"]*", text)
    return ("the disk is full" + (f" ({where[0]})" if where else "") +
            ": make room, or set P9XIVE_CACHE to a directory on another disk")


# apt explains a failure in the line behind "Err:", or behind "E:".
REASONS = (re.compile(r"^Err:.*\n +(\S.*)$", re.M),
           re.compile(r"^E: Failed to fetch \S+ +(\S.*)$", re.M),
           re.compile(r"^(?:E|W): (?!Some index files)(.*)$", re.M),
           re.compile(r"^[\w-]+: error: (.*)$", re.M))


def reason_in(text):
    """The first reason in what apt or dpkg printed, without addresses."""
    for regex in REASONS:
        match = regex.search(text)
        if match:
            return re.sub(r" *\[IP: .*?\]", "", match[1]).strip()
    return ""
