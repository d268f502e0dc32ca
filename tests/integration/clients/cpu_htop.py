#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""htop's CPU meters, for cpu_samplers.py."""

import re
import sys

import htop


def main():
    lines = htop.look(float(sys.argv[1]), 3)
    for line in lines:
        found = re.match(r" *(Avg|CPU|\d+) *: *([\d.]+)%(.*)", line)
        if not found:
            continue
        rest = dict(re.findall(r"(\w\w): *([\d.]+)%", found[3]))
        busy = float(found[2]) + float(rest["sy"]) + float(rest["ni"])
        steal = float(rest["st"])
        which = f"cpu={found[1]} " if found[1].isdigit() else ""
        print(f"{which}busy={busy} steal={steal}", flush=True)


main()
