#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run the unittest files (test_*.py) of a directory and print TAP.

    scripts/tap-unittest.py DIRECTORY
"""

import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    """Prints one line per test; its reasons for failing as comments."""

    def startTest(self, test):
        super().startTest(test)
        self.problems, self.skip = [], ""

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skip = f" # SKIP {reason}"

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.problems.append(err)

    def addError(self, test, err):
        super().addError(test, err)
        self.problems.append(err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self.problems.append(err)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        error = AssertionError("it was expected to fail")
        self.problems.append((AssertionError, error, None))

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id().rsplit(".", 1)[-1].removeprefix("test_")
        verdict = "not ok" if self.problems else "ok"
        print(f"{verdict} {self.testsRun} - {name.replace('_', ' ')}"
              f"{self.skip}", flush=True)
        for error in self.problems:
            text = "".join(traceback.format_exception(*error))
            for line in text.splitlines():
                print(f"# {line}", flush=True)


def main():
    suite = unittest.defaultTestLoader.discover(sys.argv[1])
    print(f"1..{suite.countTestCases()}", flush=True)
    result = TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
