#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tsar's cpu module, for cpu_samplers.py; it prints no steal."""

import sys
import time

import tsar


def counters():
    with open("/proc/stat", encoding="ascii") as file:
        return tsar.cpu(file.read())


def main():
    old = counters()
    for _ in range(2):
        time.sleep(float(sys.argv[1]))
        new = counters()
        columns = tsar.cpu_columns(old, new)
        if columns is None:
            sys.exit(f"tsar would print dashes: {old} {new}")
        print(f"busy={columns['util']}", flush=True)
        old = new


main()
