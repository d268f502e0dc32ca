#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print what became of each integration test on each cgroup layout: a Markdown
table of the last run here and in each guest, as they have left it in build/.
With the name of a file, write it there, between the two lines for it."""

import os
import re
import sys

import junit

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
HOST = os.path.join(TOP, "build/logs/integration.xml")
GUESTS = os.path.join(TOP, "build/guests")
LAYOUTS = ["v2-trixie", "v2-bookworm", "hybrid-bookworm", "legacy-bookworm"]
BEGIN, END = "<!-- matrix -->\n", "<!-- end of matrix -->\n"


def host_layout():
    """What qemu.sh calls the layouts, and what their controllers are."""
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        return "v2"
    if os.path.exists("/sys/fs/cgroup/unified"):
        return "v1 hybrid"
    return "v1 legacy"


def linux(release):
    """A kernel, as far as it matters."""
    return "Linux " + ".".join(re.findall(r"\d+", release)[:2])


def host():
    """The column of this machine: its name, what it is, and its tests."""
    tests = {name: (verdict, why) for name, verdict, why in junit.results(HOST)}
    return host_layout(), "this machine, " + linux(os.uname().release), tests


def guest(layout):
    """The column of a guest, from the lines of its log that begin with @."""
    what, tests = "it did not start", {}
    with open(os.path.join(GUESTS, layout + ".log"), errors="replace") as log:
        for line in log:
            word = line.split()
            if line.startswith("@ begin "):
                what = f"a guest, {linux(word[3])}, systemd {word[5]}"
            elif re.match("@ (pass|fail|skip) ", line):
                tests[word[2]] = (word[1], " ".join(word[4:]))
    return layout.replace("-", " "), what, tests


def columns():
    """Those that there is something of."""
    if os.path.exists(HOST):
        yield host()
    for layout in LAYOUTS:
        if os.path.exists(os.path.join(GUESTS, layout + ".log")):
            yield guest(layout)


def cell(result, reasons):
    """A word; REASONS is added to where it needs more of them."""
    if result is None:
        return "not run"
    verdict, why = result
    if verdict == "fail":
        return "FAIL"
    if verdict == "pass":
        return "pass"
    if why not in reasons:
        reasons.append(why)
    return f"skip {reasons.index(why) + 1}"


def table(rows):
    """ROWS as Markdown, the first of them the head."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    rows = [rows[0], ["-" * width for width in widths]] + rows[1:]
    return "".join(
        "| " + " | ".join(map(str.ljust, row, widths)) + " |\n" for row in rows
    )


def matrix():
    """All of it, as text."""
    found = list(columns())
    names = sorted({name for _, _, tests in found for name in tests})
    reasons = []
    rows = [["test"] + [head for head, _, _ in found]]
    for name in names:
        cells = [cell(tests.get(name), reasons) for _, _, tests in found]
        rows.append([name.removeprefix("test_")] + cells)
    text = "".join(f"- {head}: {what}\n" for head, what, _ in found)
    text += "\n" + table(rows) + "\n"
    for number, why in enumerate(reasons, 1):
        text += f"{number}. {why}\n"
    return text.rstrip("\n") + "\n"


def replace(path, text):
    """Put TEXT between the two lines of the file."""
    with open(path) as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w") as file:
        file.write(before + BEGIN + "\n" + text + "\n" + END + after)


def main():
    if len(sys.argv) > 1:
        replace(sys.argv[1], matrix())
    else:
        print(matrix(), end="")


main()
