#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of scripts/style.py: each check finds a bad sample, and no check minds
a tree without faults."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

REPO = Path(__file__).resolve().parents[2]
STYLE = REPO / "scripts" / "style.py"
sys.path.insert(0, str(STYLE.parent))
sys.dont_write_bytecode = True

from styling import circles, english, layout, lines  # noqa: E402
from styling import mutants, pages, tools  # noqa: E402
from styling.tree import Skip, Tree  # noqa: E402

SPDX = "SPDX-License-Identifier: GPL-2.0-or-later"
C_HEAD = f"/* {SPDX} */\n"
RST_HEAD = f".. {SPDX}\n\n"
HASH_HEAD = f"# {SPDX}\n"

# A small project in which every check is content.
GOOD = {
    ".clang-format": (REPO / ".clang-format").read_text(encoding="utf-8"),
    ".clang-tidy": (REPO / ".clang-tidy").read_text(encoding="utf-8"),
    "Makefile": HASH_HEAD + "all:\n\ttrue\n",
    "README.md": f"<!-- {SPDX} -->\n[index](docs/index.rst)\n",
    "hw/xive/one.c": C_HEAD + "int p9x_one;\n",
    "qemu/hw/intc/p9xive/two.c": C_HEAD + "int p9x_two;\n",
    "qemu/include/hw/three.h": C_HEAD,
    "qemu/overlay.toml": HASH_HEAD + '[[hunk]]\nname = "a-hunk"\n'
                                     'why = "QEMU lacks it."\n'
                                     'file = "hw/ppc/pnv.c"\n',
    "scripts/run-tests.py": HASH_HEAD + 'SETS = {"check": ["core"]}\n',
    "scripts/go.sh": "#!/bin/bash\n" + HASH_HEAD + "set -eu\necho go\n",
    "tests/functional/test_boot.py": HASH_HEAD + "import os\n\nos.getpid()\n",
    "tests/mutants/mutants.py":
        HASH_HEAD + 'MUTANTS = [("one: it has no name", "hw/xive/one.c", '
                    '"p9x_one", "p9x")]\n',
    "docs/index.rst": RST_HEAD + "Index\n=====\n\n.. toctree::\n\n"
                                 "   architecture\n   overlay\n   testing\n",
    "docs/architecture.rst": RST_HEAD + "Architecture\n============\n\n"
                                        "``one.c``, ``p9xive/two.c``\n",
    "docs/overlay.rst": RST_HEAD + "The hunks\n=========\n\n"
                                   ".. list-table::\n\n   * - ``a-*``\n"
                                   "     - ``hw/ppc/pnv.c``\n"
                                   "\nDirect I/O\n==========\n\n"
                                   "``three.h``\n",
    "docs/testing.rst": RST_HEAD + "Testing\n=======\n\n"
                                   ":doc:`overlay`, ``core``, "
                                   "``test_boot.py``\n",
}
CHECKS = (lines.columns, lines.tabs, lines.blanks, lines.licence,
          lines.test_rows, lines.unfinished, lines.machine_paths, lines.hosts,
          english.english, circles.circles, pages.references,
          pages.titles, pages.upstream_reports, pages.named_files,
          pages.promises, pages.architecture, pages.testing,
          pages.overlay, mutants.mutants, tools.shellcheck, tools.pyflakes,
          tools.codespell, tools.cppcheck, tools.clang_tidy, tools.sphinx)


class Sample(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for path, text in GOOD.items():
            self.write(path, text)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def found(self, check):
        try:
            return list(check(Tree(self.root)))
        except Skip as why:
            self.skipTest(str(why))

    def assert_red(self, check, path, text, reason):
        """The file makes the check fail, and the reason names both."""
        self.write(path, text)
        found = "\n".join(self.found(check))
        self.assertRegex(found, reason)
        self.assertIn(path.rsplit("/", 1)[-1], found)

    def assert_green(self, check, path, text):
        self.write(path, text)
        self.assertEqual(self.found(check), [])


class GoodTest(Sample):
    def test_a_tree_without_faults_passes_each_check(self):
        for check in CHECKS:
            with self.subTest(check.__name__):
                self.assertEqual(self.found(check), [])


class LinesTest(Sample):
    def test_81_columns_are_too_many_and_80_characters_are_not(self):
        for path in ("hw/xive/one.c", "hw/xive/meson.build", "scripts/go.sh"):
            self.assert_red(lines.columns, path, "x" * 81 + "\n",
                            f"{path}:1: 81 columns")
            self.assert_green(lines.columns, path, "é" * 80 + "\n")

    def test_a_tab_is_only_for_makefiles(self):
        self.assert_red(lines.tabs, "hw/xive/one.c", C_HEAD + "\tint x;\n",
                        "one.c:2: a tab")

    def test_blanks_at_the_end_of_a_line_are_found(self):
        self.assert_red(lines.blanks, "docs/a.rst", "a \nb\n", "a.rst:1:")

    def test_a_file_ends_in_one_end_of_line(self):
        for text in ("a", "a\n\n", ""):
            self.assert_red(lines.blanks, "docs/a.rst", text, "end of line")

    def test_a_file_has_one_spdx_line_with_our_licence(self):
        for text in ("int x;\n", C_HEAD * 2, C_HEAD.replace("2.0", "3.0"),
                     "\n" * 10 + C_HEAD):
            self.assert_red(lines.licence, "hw/xive/one.c", text,
                            "SPDX lines at its head")

    def test_unfinished_work_is_found(self):
        for word in ("TO" + "DO", "FIX" + "ME", "X" * 3):
            self.assert_red(lines.unfinished, "hw/xive/one.c",
                            f"/* {word}: later */\n", "unfinished: " + word)

    def test_the_path_of_a_machine_is_found(self):
        for path in ("home/me", "root/x", "work/main", "tmp/w/clone"):
            self.assert_red(lines.machine_paths, "scripts/go.sh",
                            f"cd /{path}\n", "a path of one machine")
        self.assert_green(lines.machine_paths, "scripts/go.sh",
                          "cd net/home/me /usr/share\n")

    def test_a_host_is_found_and_a_name_space_is_not(self):
        scheme = "http" + "s://"
        self.assert_red(lines.hosts, "scripts/go.sh",
                        "host=snapshot.de" + "bian.org\n", "registry's host")
        self.assert_red(lines.hosts, "scripts/go.sh",
                        f"get {scheme}mirror.test/x\n", "a host: mirror.test")
        self.assert_green(lines.hosts, "scripts/go.sh",
                          f"{scheme}www.w3.org/2000/svg {scheme}127.0.0.1/\n")


class EnglishTest(Sample):
    def test_a_sentence_without_an_actor_is_found(self):
        for text in ("Who" + "ever comes first", "no" + "body is told",
                     "some" + "body waits", "test_no" + "body_waits",
                     "who " + "was inside before", "Linux" + "' own"):
            for path in ("hw/xive/one.c", "docs/a.rst", "scripts/go.sh"):
                self.assert_red(english.english, path, text + "\n",
                                path + ":1:")

    def test_what_linux_says_of_an_interrupt_is_no_sentence_of_ours(self):
        self.assert_green(english.english, "scripts/go.sh",
                          "grep 'no" + "body cared' 'Linux' Linux's\n")

    def test_of_the_hunks_the_reasons_count_and_the_text_does_not(self):
        hunk = GOOD["qemu/overlay.toml"]
        word = "no" + "body"
        self.assert_red(english.english, "qemu/overlay.toml",
                        hunk.replace("QEMU lacks", f"{word} has"), "a-hunk")
        self.assert_green(english.english, "qemu/overlay.toml",
                          hunk + f'text = "/* {word} */"\n')


class CirclesTest(Sample):
    """hw/ic/low.c, which hw/ic/high.c calls."""

    def setUp(self):
        super().setUp()
        self.write("hw/ic/high.c", C_HEAD + "int p9x_high(int a,\n"
                   "             int b)\n{\n    return p9x_low(a);\n}\n")
        self.write("hw/ic/low.h", C_HEAD + "int p9x_low(int a);\n")

    def low(self, body, head=""):
        self.write("hw/ic/low.c", C_HEAD + head + "int p9x_low(int a)\n"
                   "{\n    return " + body + ";\n}\n")
        return self.found(circles.circles)

    def test_calls_of_one_direction_are_no_circle(self):
        self.assertEqual(self.low("a /* not p9x_high */"), [])

    def test_a_call_back_is_found_at_both_ends(self):
        self.assertEqual(self.low("p9x_high(a, a)"), [
            "hw/ic/high: it calls hw/ic/low, which leads back to it",
            "hw/ic/low: it calls hw/ic/high, which leads back to it"])

    def test_a_call_back_over_a_third_file_or_a_table_is_found(self):
        self.write("hw/ic/third.c", C_HEAD + "const Ops p9x_ops = {\n"
                   "    p9x_high\n};\n")
        self.assertEqual(len(self.low("p9x_ops.high(a, a)")), 3)

    def test_a_call_back_by_an_inline_function_is_found(self):
        self.write("hw/ic/low.h", C_HEAD + "static inline int p9x_in(void)\n"
                   "{\n    return p9x_high(1, 2);\n}\n")
        self.assertEqual(len(self.low("a")), 2)

    def test_static_functions_of_one_name_are_no_calls(self):
        own = "static int p9x_high(int a)\n{\n    return a;\n}\n\n"
        self.write("hw/ic/high.c", C_HEAD + own + "int p9x_top(int a)\n"
                   "{\n    return p9x_low(a);\n}\n")
        self.assertEqual(self.low("p9x_high(a)", own), [])


class PagesTest(Sample):
    def test_a_reference_that_leads_nowhere_is_found(self):
        for path, text in (("docs/testing.rst", ":doc:`gone`"),
                           ("docs/testing.rst", ":doc:`a page <gone>`"),
                           ("docs/testing.rst", ".. image:: gone.svg"),
                           ("README.md", "[a page](gone.md#part)")):
            self.assert_red(pages.references, path, text + "\n",
                            "leads nowhere: gone")

    def test_a_page_that_is_not_in_the_contents_is_found(self):
        self.assert_red(pages.references, "docs/new.rst", RST_HEAD, "new.rst")
        self.assert_green(pages.references, "docs/new.rst",
                          ":orphan:\n\n" + RST_HEAD)

    def test_a_page_that_has_lost_its_title_is_found(self):
        text = "A page\n\nThe first part\n==============\n"
        self.assert_red(pages.titles, "docs/new.rst", RST_HEAD + text,
                        "no title")
        self.assert_green(pages.titles, "docs/new.rst",
                          RST_HEAD + "======\nA page\n======\n" + text)

    def test_a_report_for_upstream_without_a_part_or_row_is_found(self):
        report = RST_HEAD + "\n\n".join(
            f"{part}\n{'=' * len(part)}\n\nText." for part in pages.REPORT)
        self.write("docs/specs/gaps.rst", RST_HEAD + "   * - C1\n")
        path = "docs/upstream/one.rst"
        for text, wanted in (
                (report + "\n\nRow C1.\n", []),
                (report + "\n\nRow C2.\n",
                 [f"{path}: the gap list has no row C2"]),
                (report + "\n",
                 [f"{path}: it names no row, and is not by reading"]),
                (report.replace("What happens", "Happens") + "\n\nRow C1.\n",
                 [f"{path}: a report has the parts "
                  f"{', '.join(pages.REPORT)}"])):
            self.write(path, text)
            self.assertEqual(self.found(pages.upstream_reports), wanted)

    def test_an_entry_of_the_contents_without_a_page_is_found(self):
        (self.root / "docs/overlay.rst").unlink()
        self.assertIn("docs/overlay.rst",
                      "\n".join(self.found(pages.references)))

    def test_a_file_that_is_named_and_does_not_exist_is_found(self):
        for name in ("gone.c", "hw/phb4/one.c", "gone_*.c"):
            self.assert_red(pages.named_files, "docs/testing.rst",
                            f"``{name}``\n", "no such file")

    def test_another_way_to_name_a_test_in_c_is_found(self):
        for text in ('{ "it-works", test_it_works },\n',
                     '#define KTEST(name) { #name, test_##name }\n'):
            self.assert_red(lines.test_rows, "tests/unit/one.c",
                            C_HEAD + text, "one.c:2: TEST")
        self.assert_green(lines.test_rows, "tests/unit/one.c",
                          C_HEAD + "TEST(it_works),\n")

    def test_a_file_may_be_named_by_its_end_a_pattern_or_as_qemus(self):
        self.assert_green(pages.named_files, "docs/testing.rst",
                          "``one.c``, ``xive/one.c``, ``tw*.c``, "
                          "``hw/ppc/pnv.c``, ``_boot.py``\n")

    def test_a_promise_without_its_test_is_found(self):
        table = (RST_HEAD + "T\n=\n\n.. list-table::\n\n   * - ``{}``\n"
                 "\nNot promised\n============\n\n``other``\n")
        self.assert_red(pages.promises, "docs/threat-model.rst",
                        table.format("a-gone-test"), "the name a-gone-test")
        self.assert_green(pages.promises, "docs/threat-model.rst",
                          table.format("test_boot.py"))

    def test_a_file_that_architecture_does_not_list_is_found(self):
        for path in ("hw/xive/new.c", "hw/kvm/new.c", "target/ppc/new.c",
                     "qemu/hw/intc/p9xive/one.c"):
            self.write(path, C_HEAD)
            self.assertIn(path, "\n".join(self.found(pages.architecture)))

    def test_a_functional_test_that_testing_does_not_list_is_found(self):
        self.write("tests/functional/test_new.py", HASH_HEAD)
        self.assertEqual(self.found(pages.testing), [
            "docs/testing.rst: test_new.py is in none of its tables"])

    def test_a_part_that_testing_does_not_list_is_found(self):
        self.write("scripts/run-tests.py",
                   HASH_HEAD + 'SETS = {"check": ["core", "new"]}\n')
        self.assertEqual(self.found(pages.testing), [
            "docs/testing.rst: new is in none of its tables"])

    def test_hunks_and_their_table_have_to_agree(self):
        hunk = GOOD["qemu/overlay.toml"]
        self.write("qemu/overlay.toml", hunk.replace("a-hunk", "new-hunk"))
        self.assertEqual(self.found(pages.overlay), [
            "docs/overlay.rst: hunk new-hunk is not in its table",
            "docs/overlay.rst: there is no hunk a-*"])

    def test_a_file_of_qemus_tree_that_overlay_does_not_name_is_found(self):
        self.write("qemu/include/hw/new.h", C_HEAD)
        self.assertEqual(self.found(pages.overlay), [
            "docs/overlay.rst: it does not name qemu/include/hw/new.h"])


class MutantsTest(Sample):
    def test_a_mutant_whose_text_is_gone_is_found(self):
        for text in ("int p9x_two;\n", "int p9x_one = sizeof(p9x_one);\n"):
            times = text.count("p9x_one")
            self.write("hw/xive/one.c", C_HEAD + text)
            self.assertEqual(self.found(mutants.mutants), [
                "tests/mutants/mutants.py: one: it has no name: "
                f"its text stands {times} times in hw/xive/one.c"])

    def test_a_mutant_whose_file_is_gone_is_found(self):
        (self.root / "hw/xive/one.c").unlink()
        self.assertRegex("\n".join(self.found(mutants.mutants)),
                         "stands 0 times in hw/xive/one.c")

    def test_a_mutant_that_changes_nothing_is_found(self):
        self.assert_red(mutants.mutants, "tests/mutants/new_mutants.py",
                        'NEW_MUTANTS = [("new", "hw/xive/one.c", "p9x_one", '
                        '"p9x_one")]\n', "new: it changes nothing")

    def test_two_mutants_of_one_name_are_found(self):
        self.assert_red(mutants.mutants, "tests/mutants/new_mutants.py",
                        GOOD["tests/mutants/mutants.py"],
                        "one: it has no name: another mutant")


class ToolsTest(Sample):
    def test_shellcheck_reads_all_scripts(self):
        bad = "#!/bin/bash\nrm $1\n"
        self.assert_red(tools.shellcheck, "scripts/go.sh", bad, "SC2086")
        self.assert_red(tools.shellcheck, "configure", bad, "configure.*2086")

    def test_pyflakes_reads_all_of_python(self):
        self.assert_red(tools.pyflakes, "tests/functional/test_boot.py",
                        "import os\n", "imported but unused")
        self.assert_red(tools.pyflakes, "tool",
                        "#!/usr/bin/python3\nprint(x)\n", "undefined name")

    def test_codespell_reads_all_files(self):
        self.assert_red(tools.codespell, "hw/xive/one.c",
                        "/* the ad" "ress */\n", "ad" "ress")
        self.assert_green(tools.codespell, "hw/xive/one.c", "/* BUID */\n")

    def test_cppcheck_reads_the_core(self):
        bad = (C_HEAD + "int p9x_one(void);\nint p9x_one(void)\n{\n"
               "    int a[2] = { 0 };\n\n    return a[2];\n}\n")
        self.assert_red(tools.cppcheck, "hw/xive/one.c", bad, "one.c:7.*out of")
        self.assert_green(tools.cppcheck, "hw/xive/one.c", C_HEAD)
        self.assert_green(tools.cppcheck, "qemu/hw/intc/p9xive/two.c", bad)

    def test_clang_tidy_reads_the_core_as_debug_builds_have_it(self):
        bad = (C_HEAD + "#ifdef P9X_LOCK_DEBUG\nint p9x_one(int n);\n"
               "int p9x_one(int n)\n{\n"
               "    int sum = 0;\n\n"
               "    for (char i = 0; i < n; i++) {\n        sum += i;\n"
               "    }\n    return sum;\n}\n#endif\n")
        self.assert_red(tools.clang_tidy, "hw/xive/one.c", bad,
                        "one.c:8.*too-small-loop-variable")
        self.assert_red(tools.clang_tidy, "target/ppc/one.c",
                        C_HEAD + "#include \"none.h\"\n", "one.c:2.*not found")

    def test_a_lock_that_is_not_let_go_is_found_where_clang_can_follow(self):
        bad = (C_HEAD + "#define SAFETY(x) __attribute__((x))\n"
               "typedef struct SAFETY(capability(\"lock\")) P9xLock {\n"
               "    int held;\n} P9xLock;\n"
               "void p9x_take(P9xLock *lock) "
               "SAFETY(acquire_capability(lock));\n"
               "void p9x_one(P9xLock *lock);\n"
               "void p9x_one(P9xLock *lock)\n{\n    p9x_take(lock);\n}\n")
        self.assert_green(tools.clang_tidy, "hw/kvm/one.c", bad)
        self.assert_red(tools.clang_tidy, "hw/xive/one.c", bad,
                        "one.c:11.*'lock' is still held.*thread-safety")

    def test_a_warning_of_sphinx_is_a_fault(self):
        self.assert_red(tools.sphinx, "docs/testing.rst",
                        RST_HEAD + "Testing\n=======\n\n:gone:`x`\n",
                        "Unknown interpreted text role")

    def test_a_program_that_is_missing_is_a_reason_to_skip(self):
        with mock.patch.object(shutil, "which", return_value=None):
            for check in (tools.shellcheck, tools.pyflakes, tools.codespell,
                          tools.cppcheck, tools.clang_tidy, tools.sphinx,
                          layout.changed("HEAD")):
                with self.assertRaisesRegex(Skip, "could not be installed"):
                    check(Tree(self.root))

    def test_a_program_that_fails_without_a_word_is_a_fault(self):
        self.assertEqual(tools.run(Tree(self.root), "false"),
                         ["false: exit status 1"])


class LayoutTest(Sample):
    """Of the lines that a branch changes, and no others."""

    BAD = "int p9x_bad;\nvoid p9x_f( void );\n"

    def git(self, *words):
        subprocess.run(["git", "-C", self.root, "-c", "user.name=t",
                        "-c", "user.email=t", *words], check=True,
                       stdout=subprocess.DEVNULL)

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "base")
        self.write("hw/xive/one.c", C_HEAD + self.BAD)
        self.git("add", ".")
        self.git("commit", "-q", "-m", "one")
        self.git("checkout", "-q", "-b", "work")

    def changed(self, path, text):
        self.write(path, text)
        return "\n".join(self.found(layout.changed("base")))

    def test_lines_that_were_there_before_pass(self):
        self.assertEqual(self.found(layout.changed("base")), [])
        self.assertEqual(self.changed(
            "hw/xive/one.c", C_HEAD + self.BAD + "int p9x_new;\n"), "")

    def test_a_new_line_with_another_layout_is_found(self):
        found = self.changed("hw/xive/one.c", C_HEAD + self.BAD +
                             "\nvoid p9x_g( void );\n")
        self.assertIn("-void p9x_g( void );", found)
        self.assertNotIn("-void p9x_f", found)

    def test_a_committed_line_counts_too_until_base_has_it(self):
        self.write("hw/xive/one.c", C_HEAD + "int  p9x_g;\n")
        self.git("commit", "-q", "-a", "-m", "two")
        self.assertIn("-int  p9x_g;", "\n".join(
            self.found(layout.changed("base"))))
        self.git("branch", "-f", "base")
        self.assertEqual(self.found(layout.changed("base")), [])

    def test_lines_outside_of_the_core_are_left_alone(self):
        self.assertEqual(self.changed("qemu/hw/intc/p9xive/two.c",
                                      C_HEAD + "int  p9x_g;\n"), "")

    def test_a_base_that_there_is_not_is_no_pass(self):
        self.assertEqual(self.found(layout.changed("none")),
                         ["there is no none to compare with"])


class ProgramTest(Sample):
    def style(self, *words, **env):
        done = subprocess.run([sys.executable, STYLE, *words, self.root],
                              text=True, stdout=subprocess.PIPE, check=False,
                              env={**os.environ, **env})
        return done.returncode, done.stdout

    def test_it_looks_at_changed_lines_alone_if_it_is_told_to(self):
        status, text = self.style("--changed", "HEAD", PATH="")
        self.assertEqual(status, 0)
        self.assertRegex(text, r"^1\.\.1\nok 1 - changed lines .*# SKIP git")

    def test_it_prints_a_plan_and_names_what_is_wrong(self):
        # Without the programs, which have tests of their own.
        self.write("hw/xive/one.c", C_HEAD + "\tint x;\n")
        status, text = self.style(PATH="")
        self.assertEqual(status, 1)
        self.assertRegex(text, r"(?s)^1\.\.(\d+)\n.*not ok 2 - .*tabs\n"
                               r"# hw/xive/one.c:2: a tab.*ok \1 - .*# SKIP")

    def test_a_tree_without_faults_ends_well(self):
        status, text = self.style(PATH="")
        self.assertEqual(status, 0, text)

    def test_git_says_which_files_there_are(self):
        git = ["git", "-C", str(self.root)]
        subprocess.run([*git, "init", "-q"], check=True)
        self.write(".gitignore", HASH_HEAD + "/out/\n")
        self.write("out/x.c", "\t\n")
        files = Tree(self.root).files
        self.assertIn(".gitignore", files)
        self.assertNotIn("out/x.c", files)


if __name__ == "__main__":
    unittest.main()
