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


def main():
    cases = list(tree.parse(sys.argv[1]).getroot().iter("testcase"))
    skipped = [c for c in cases if c.find("skipped") is not None]
    passed = [c for c in cases if c.get("status") == "run"]
    failed = len(cases) - len(passed) - len(skipped)
    print(len(passed), failed, len(skipped))
    for case in skipped:
        print(f"{case.get('name')}: {reason(case)}")


main()
