#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table and the verdicts of tests/bench/run.sh.

usage: report.py TIMES CALLS [--json]

TIMES is what `bench` prints, CALLS has "view server calls-per-read" lines.
"""

import json
import sys

SERVERS = ("kernel", "floor", "pinned", "caller", "lxcfs")
COLUMNS = ("p50", "p99", "reader", "daemon")


def load(times, calls):
    """{view: {server: {"open": {...}, "seek": {...}, "calls": n}}}"""
    table = {}
    with open(times, encoding="ascii") as lines:
        for line in lines:
            view, server, pattern, *figures = line.split()
            row = table.setdefault(view, {}).setdefault(server, {})
            row[pattern] = dict(zip(COLUMNS, map(float, figures)))
    with open(calls, encoding="ascii") as lines:
        for line in lines:
            view, server, count = line.split()
            table[view][server]["calls"] = float(count)
    return table


def ratio(row, base):
    """How often ROW's open+read+close takes BASE's, or None."""
    return row["open"]["p50"] / base["open"]["p50"] if base else None


def verdict(what, value, limit):
    return {"what": what, "value": value, "limit": limit,
            "met": value <= limit}


def verdicts(table):
    """The targets of the project, against this run."""
    rows = table.get("meminfo", {})
    pinned = rows.get("pinned")
    if not pinned:
        return []
    found = [verdict("meminfo pinned, times the floor",
                     ratio(pinned, rows["floor"]), 2)]
    if "lxcfs" in rows:
        found.append(verdict("meminfo pinned, part of LXCFS",
                             ratio(pinned, rows["lxcfs"]), 0.2))
    if "calls" in pinned:
        found.append(verdict("meminfo pinned, system calls a read",
                             pinned["calls"], 12))
    return found


def figure(value, suffix=""):
    return "-" if value is None else f"{value:.1f}{suffix}"


def print_row(view, server, rows):
    row = rows[server]
    cells = [view, server]
    for pattern in ("open", "seek"):
        f = row[pattern]
        cells += [figure(f["p50"]), figure(f["p99"]),
                  figure(f["reader"] + f["daemon"])]
    cells += [figure(row.get("calls")), figure(ratio(row, rows.get("floor"))),
              figure(ratio(row, rows.get("lxcfs")), "")
              if "lxcfs" not in rows else f"{ratio(row, rows['lxcfs']):.2f}"]
    print("{:8}{:7}{:>7}{:>8}{:>7}{:>7}{:>8}{:>7}{:>7}{:>6}{:>7}"
          .format(*cells))


def print_table(table):
    print(f"{'':15}{'open+read+close':>22}{'lseek+read':>22}")
    print(f"{'file':8}{'server':7}" + 2 * f"{'p50':>7}{'p99':>8}{'CPU':>7}"
          + f"{'calls':>7}{'floor':>6}{'LXCFS':>7}")
    for view, rows in table.items():
        for server in SERVERS:
            if server in rows:
                print_row(view, server, rows)
    print("\nµs: medians of all rounds. CPU: reader and daemon together. "
          "calls: the\nserver's system calls for one open+read+EOF+close. "
          "floor, LXCFS: p50 of\nopen+read+close as a multiple of theirs.")


def main():
    table = load(sys.argv[1], sys.argv[2])
    found = verdicts(table)
    if "--json" in sys.argv:
        json.dump({"us": table, "verdicts": found}, sys.stdout, indent=1)
        print()
        return
    print_table(table)
    print()
    for v in found:
        print(f"{'met   ' if v['met'] else 'MISSED'} {v['what']}: "
              f"{v['value']:.2f} (at most {v['limit']})")


main()
