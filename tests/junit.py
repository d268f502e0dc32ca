#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print "passed failed skipped" of a ctest --output-junit file, then one line
"name: reason" for each skipped test."""

import re
import sys
import xml.etree.ElementTree as tree


def reason(case):
    """What a skipped test printed after "SKIP: "."""
    text = case.findtext("system-out") or ""
    found = re.search(r"^SKIP: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else "no reason given"


def results(path):
    """Yield the name of each test, "pass", "fail" or "skip", and why the latter."""
    for case in tree.parse(path).getroot().iter("testcase"):
        if case.find("skipped") is not None:
            yield case.get("name"), "skip", reason(case)
        elif case.get("status") == "run":
            yield case.get("name"), "pass", ""
        else:
            yield case.get("name"), "fail", ""


def main():
    cases = list(results(sys.argv[1]))
    verdicts = [verdict for _, verdict, _ in cases]
    print(*(verdicts.count(verdict) for verdict in ("pass", "fail", "skip")))
    for name, verdict, why in cases:
        if verdict == "skip":
            print(f"{name}: {why}")


if __name__ == "__main__":
    main()
