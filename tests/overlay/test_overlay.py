#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/overlay.py on small trees made for the purpose."""

import importlib.util
import os
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "overlay.py"
sys.path.insert(0, str(SCRIPT.parent))
SPEC = importlib.util.spec_from_file_location("overlay", SCRIPT)
overlay = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(overlay)
import lines  # noqa: E402  (it lives in scripts/)

OLD = 1_000_000_000


def hunk(name="h", anchor="two", action="insert-after", text="new",
         file="hw/list.txt", until=None, since=None, before=None):
    last = "" if until is None else f"until = '''{until}'''\n"
    last += "".join(f"{key} = '{value}'\n" for key, value
                    in (("since", since), ("before", before)) if value)
    return (f"[[hunk]]\nname = '{name}'\nwhy = 'a test'\nfile = '{file}'\n"
            f"anchor = '''{anchor}'''\naction = '{action}'\n"
            f"text = '''{text}'''\n" + last)


class OverlayTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name)
        self.repo, self.tree = self.top / "repo", self.top / "tree"
        self.pristine = self.top / "pristine"
        self.write(self.pristine, "VERSION", "10.0.0\n")
        self.write(self.pristine, "configure", "#!/bin/sh\n")
        self.write(self.pristine, "hw/list.txt", "one\ntwo\nthree\n")
        self.write(self.pristine, "hw/other.c", "their code\n")
        for path in self.pristine.rglob("*"):
            os.utime(path, (OLD, OLD))
        self.write(self.repo, "qemu/configs/p9xive.mak", "CONFIG_X=y\n")

    @staticmethod
    def write(top, path, text):
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).write_text(text)

    def hunks(self, *texts):
        self.write(self.repo, "qemu/overlay.toml", "\n".join(texts))

    def apply(self, stock=False):
        return overlay.apply_overlay(self.repo, self.pristine, self.tree,
                                     stock)

    def read(self, path):
        return (self.tree / path).read_text()

    def snapshot(self):
        return {path: (path.lstat().st_ino, path.lstat().st_mtime_ns)
                for path in self.tree.rglob("*") if path.is_file()}

    def refused(self, *words):
        before = self.snapshot() if self.tree.exists() else None
        with self.assertRaises(overlay.OverlayError) as caught:
            self.apply()
        for word in words:
            self.assertIn(word, str(caught.exception))
        after = self.snapshot() if self.tree.exists() else None
        self.assertEqual(before, after, "a refused overlay changed the tree")

    # ------------------------------------------------------------- files ---

    def test_a_file_of_ours_shadows_theirs(self):
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.apply()
        self.assertEqual(self.read("hw/other.c"), "our code\n")

    def test_the_pristine_tree_is_never_changed(self):
        self.apply()
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.hunks(hunk())
        self.apply()
        self.assertEqual((self.pristine / "hw/other.c").read_text(),
                         "their code\n")
        self.assertEqual((self.pristine / "hw/list.txt").read_text(),
                         "one\ntwo\nthree\n")

    def test_the_core_goes_to_its_directory_and_headers_to_include(self):
        self.write(self.repo, "hw/xive/esb.c", "core\n")
        self.write(self.repo, "target/ppc/hcall.c", "hcalls\n")
        self.write(self.repo, "include/xive/esb.h", "header\n")
        self.apply()
        self.assertEqual(self.read("hw/intc/p9xive/hw/xive/esb.c"), "core\n")
        self.assertEqual(self.read("hw/intc/p9xive/target/ppc/hcall.c"),
                         "hcalls\n")
        self.assertEqual(self.read("include/xive/esb.h"), "header\n")

    def test_a_second_run_changes_nothing(self):
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.hunks(hunk())
        self.assertGreater(self.apply(), 0)
        before = self.snapshot()
        self.assertEqual(self.apply(), 0)
        self.assertEqual(self.snapshot(), before)

    def test_an_edit_rewrites_that_file_only(self):
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.write(self.repo, "hw/xive/esb.c", "core\n")
        self.apply()
        before = self.snapshot()
        self.write(self.repo, "hw/xive/esb.c", "better core\n")
        self.assertEqual(self.apply(), 1)
        after = self.snapshot()
        changed = {path.name for path in after if after[path] != before[path]}
        self.assertEqual(changed, {"esb.c"})

    def test_a_file_removed_from_the_repository_vanishes(self):
        self.write(self.repo, "qemu/hw/new/added.c", "ours\n")
        self.apply()
        (self.repo / "qemu/hw/new/added.c").unlink()
        self.apply()
        self.assertFalse((self.tree / "hw/new").exists())

    def test_a_file_no_longer_shadowed_comes_back_with_a_new_time(self):
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.apply()
        (self.repo / "qemu/hw/other.c").unlink()
        self.apply()
        self.assertEqual(self.read("hw/other.c"), "their code\n")
        self.assertGreater((self.tree / "hw/other.c").stat().st_mtime, OLD)
        self.assertEqual(self.apply(), 0)

    def test_a_file_edited_to_the_same_length_is_put_right(self):
        self.apply()
        (self.tree / "hw/other.c").unlink()
        self.write(self.tree, "hw/other.c", "THEIR CODE\n")
        self.apply()
        self.assertEqual(self.read("hw/other.c"), "their code\n")

    def test_stock_has_their_files_and_our_device_configuration(self):
        self.write(self.repo, "qemu/hw/other.c", "our code\n")
        self.write(self.repo, "hw/xive/esb.c", "core\n")
        self.hunks(hunk())
        self.apply(stock=True)
        self.assertEqual(self.read("hw/other.c"), "their code\n")
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nthree\n")
        self.assertFalse((self.tree / "hw/intc").exists())
        self.assertEqual(
            self.read("configs/devices/ppc64-softmmu/p9xive.mak"),
            "CONFIG_X=y\n")

    def test_symbolic_links_stay_links(self):
        os.symlink("other.c", self.pristine / "hw/link.c")
        self.apply()
        self.assertEqual(os.readlink(self.tree / "hw/link.c"), "other.c")
        self.assertEqual(self.apply(), 0)

    def test_editor_leftovers_are_not_laid_over(self):
        self.write(self.repo, "qemu/hw/other.c~", "old\n")
        self.apply()
        self.assertFalse((self.tree / "hw/other.c~").exists())

    def test_a_directory_that_is_no_qemu_is_refused(self):
        (self.pristine / "VERSION").unlink()
        self.refused("no QEMU source tree", "--qemu-source")

    # ------------------------------------------------------------- hunks ---

    def test_insert_after_puts_the_text_below_the_anchors_line(self):
        self.hunks(hunk(anchor="tw", text="new"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nnew\nthree\n")

    def test_insert_before_puts_the_text_above_the_anchors_line(self):
        self.hunks(hunk(anchor="wo", action="insert-before", text="new\n"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\nnew\ntwo\nthree\n")

    def test_replace_takes_the_place_of_the_anchor_alone(self):
        self.hunks(hunk(anchor="wo", action="replace", text="welve"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwelve\nthree\n")

    def test_replace_until_takes_all_between_as_well(self):
        self.hunks(hunk(anchor="one", action="replace", until="th"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "newree\n")

    def test_until_is_looked_for_behind_the_anchor_only(self):
        self.hunks(hunk(anchor="two", action="replace", until="one"))
        self.refused("h", "hw/list.txt", "until")

    def test_until_goes_with_replace_only(self):
        self.hunks(hunk(until="three"))
        self.refused("until", "replace")

    def test_an_anchor_may_span_lines(self):
        self.hunks(hunk(anchor="one\ntwo\n", text="new"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nnew\nthree\n")

    def test_insertion_after_a_last_line_without_newline(self):
        self.write(self.pristine, "hw/list.txt", "one\ntwo")
        self.hunks(hunk())
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nnew\n")

    def test_hunks_of_one_file_do_not_depend_on_their_order(self):
        self.hunks(hunk("b", "three", "insert-before", "two and a half"),
                   hunk("a", "one", "replace", "uno two"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"),
                         "uno two\ntwo\ntwo and a half\nthree\n")

    def test_a_hunk_taken_away_gives_their_text_back(self):
        self.hunks(hunk())
        self.apply()
        self.hunks()
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nthree\n")

    def test_a_missing_anchor_names_hunk_and_file_and_changes_nothing(self):
        self.hunks(hunk())
        self.apply()
        self.hunks(hunk("fits", "one"), hunk("lost", "four"))
        self.refused("lost", "hw/list.txt", "0 times")

    def test_an_anchor_found_twice_is_refused(self):
        self.hunks(hunk("twice", "t"))
        self.refused("twice", "2 times")

    def test_all_hunks_that_do_not_fit_are_named_at_once(self):
        self.hunks(hunk("lost", "four"), hunk("gone", file="hw/none.c"))
        self.refused("lost", "gone", "hw/none.c")

    def test_overlapping_hunks_are_refused(self):
        self.hunks(hunk("wide", "one\ntwo", "replace", "x"),
                   hunk("narrow", "two\nthree", "replace", "y"))
        self.refused("wide", "narrow", "overlap")

    def test_a_hunk_on_a_file_of_ours_is_refused(self):
        self.write(self.repo, "qemu/hw/list.txt", "ours\n")
        self.hunks(hunk("silly"))
        self.refused("silly", "ours")

    def test_malformed_hunks_are_refused(self):
        good = hunk()
        cases = {
            "missing or unknown key": good.replace("why =", "wy ="),
            "action is one of": hunk(action="append"),
            "empty anchor": hunk(anchor=""),
            "the name is taken": good + good,
            "all values are strings": good.replace("'a test'", "1"),
            "unknown table": good + "[patch]\n",
            "overlay.toml": "[[hunk]\n",
        }
        for words, text in cases.items():
            with self.subTest(words):
                self.hunks(text)
                self.refused(words)

    # ---------------------------------------------------------- versions ---

    def version(self, text):
        self.write(self.pristine, "VERSION", text + "\n")

    def test_a_hunk_is_for_the_versions_from_since_up_to_before(self):
        self.hunks(hunk(since="10.2", before="11.0"))
        for version, has_it in (("10.0.13", False), ("10.1.9", False),
                                ("10.2.0", True), ("10.2.2", True),
                                ("11.0.0", False), ("11.1.3", False)):
            with self.subTest(version):
                self.version(version)
                self.apply()
                self.assertEqual("new" in self.read("hw/list.txt"), has_it)

    def test_a_hunk_of_another_version_needs_no_anchor(self):
        self.hunks(hunk(anchor="nowhere", since="10.2"),
                   hunk("gone", file="hw/none.c", since="10.2"))
        self.apply()
        self.version("10.2.0")
        self.refused("nowhere", "hw/none.c", "10.2.0")

    def test_a_hunk_may_stand_once_for_old_and_once_for_new_versions(self):
        self.hunks(hunk(text="old", before="10.2"),
                   hunk(text="new", since="10.2"))
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nold\nthree\n")
        self.version("10.2.0")
        self.apply()
        self.assertEqual(self.read("hw/list.txt"), "one\ntwo\nnew\nthree\n")

    def test_a_name_that_a_tree_would_get_twice_is_taken(self):
        for one, other in (({}, {"since": "10.2"}), ({"before": "11.0"}, {}),
                           ({"before": "11.0"}, {"since": "10.2"})):
            with self.subTest(f"{one} {other}"):
                self.hunks(hunk(**one), hunk(anchor="one", **other))
                self.refused("the name is taken")

    def test_a_limit_that_is_no_version_is_refused(self):
        for limit in ("11.x", "v11", "11-rc1"):
            with self.subTest(limit):
                self.hunks(hunk(since=limit))
                self.refused("hunk h", limit, "no version")

    def test_a_file_of_ours_may_be_for_some_versions_only(self):
        self.write(self.repo, "qemu/since-10.2/hw/other.c", "new code\n")
        self.write(self.repo, "qemu/before-10.2/hw/added.c", "old code\n")
        self.apply()
        self.assertEqual(self.read("hw/other.c"), "their code\n")
        self.assertEqual(self.read("hw/added.c"), "old code\n")
        self.version("10.2.0")
        self.apply()
        self.assertEqual(self.read("hw/other.c"), "new code\n")
        self.assertFalse((self.tree / "hw/added.c").exists())
        self.assertFalse((self.tree / "since-10.2").exists())

    def test_two_files_of_ours_for_one_place_are_refused(self):
        self.write(self.repo, "qemu/since-10.2/hw/other.c", "new code\n")
        self.write(self.repo, "qemu/hw/other.c", "code\n")
        self.apply()
        self.version("10.2.0")
        self.refused("hw/other.c", "both")

    def test_the_tables_are_no_part_of_the_tree(self):
        self.write(self.repo, "qemu/lines.toml", "")
        self.hunks(hunk())
        self.apply()
        self.assertFalse(list(self.tree.glob("*.toml")))

    def test_a_tree_whose_version_is_unreadable_is_refused(self):
        self.version("v10")
        self.refused("VERSION", "v10")


class RealTableTest(unittest.TestCase):
    """qemu/overlay.toml itself."""

    def test_a_hunk_with_two_forms_has_one_for_each_version_of_a_line(self):
        hunks = overlay.load_hunks(SCRIPT.parents[1] / "qemu/overlay.toml")
        forms = {}
        for one in hunks:
            forms.setdefault(one["name"], []).append(one)
        for name, rows in forms.items():
            for line in lines.read_lines() if len(rows) > 1 else ():
                with self.subTest(f"{name} {line.name}"):
                    self.assertEqual(1, sum(overlay.is_for(one, line.since)
                                            for one in rows))


if __name__ == "__main__":
    unittest.main()
